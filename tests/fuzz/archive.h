/* Makes zip archives whose members are not packed, so that the fuzzed bytes get past the checksums. */
#ifndef TESTS_FUZZ_ARCHIVE_H
#define TESTS_FUZZ_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

struct fuzz_member {
	const char *name;
	const uint8_t *data;
	size_t n;
};
/* Returns an archive of these members, malloc'd. */
uint8_t *fuzz_archive(const struct fuzz_member *m, int count, size_t *n);
/* Returns the last position of `magic`, or n. */
size_t fuzz_find_last(const uint8_t *data, size_t n, const char *magic);

#endif
