/* What a child sends to its parent. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/model/serial.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	unsigned char *copy = xcalloc(n + 1, 1);
	memcpy(copy, data, n);
	fuzz_model(serial_read(copy, n, &e), FUZZ_MOST, &e);
	free(copy);
	return 0;
}
