/* The text gate: what comes out may be printed anywhere, fits, and passes a second time unchanged. */
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char clean[200], again[200];
	if (!n)
		return 0;
	size_t size = 1 + data[0] % sizeof clean, k = text_clean(clean, size, (const char *)data + 1, n - 1), used;
	if (k >= size || strlen(clean) != k || text_clean(again, sizeof again, clean, k) != k ||
	    memcmp(clean, again, k) != 0)
		abort();
	for (size_t i = 0; i < k; i += used)
		if (!text_printable(text_decode(clean + i, k - i, &used)))
			abort();
	if (text_width(clean) > 2 * (int)k)
		abort();
	return 0;
}
