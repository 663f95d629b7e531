/* Archives: their directory, and every member. */
#include <stdlib.h>
#include "src/read/zip_read.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	if (zip_prepare(&e) < 0)
		abort();
	struct zip_reader *z = zip_probe(data, n) ? zip_reader_open(data, n, &e) : NULL;
	if (!z && zip_probe(data, n))
		fuzz_refused(&e);
	for (int i = 0; z && i < zip_reader_count(z); i++) {
		unsigned char *member;
		size_t size;
		if (zip_reader_read(z, i, 1 << 20, &member, &size, &e) < 0)
			fuzz_refused(&e);
		free(member);
	}
	zip_reader_close(z);
	return 0;
}
