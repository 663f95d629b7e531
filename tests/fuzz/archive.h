/* A zip archive of a few members that are not packed, so that what is fuzzed is behind its checksums. */
#ifndef TESTS_FUZZ_ARCHIVE_H
#define TESTS_FUZZ_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>

struct fuzz_member {
	const char *name;
	const uint8_t *data;
	size_t n;
};
/* malloc'd. */
uint8_t *fuzz_archive(const struct fuzz_member *m, int count, size_t *n);
/* Where `magic` is in the last place, or the end. */
size_t fuzz_find_last(const uint8_t *data, size_t n, const char *magic);

#endif
