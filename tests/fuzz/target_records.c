/* Data in JSON. The first two bytes choose the recipe. */
#include "tests/fuzz/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n >= 2)
		fuzz_data(&reader_records, data[0] | (unsigned)data[1] << 8, data + 2, n - 2);
	return 0;
}
