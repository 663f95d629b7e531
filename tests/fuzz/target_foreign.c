/* What a locked child answers when it has read a sound, MATLAB, EDF, WFDB or JSON file: the file may have taken it
 * over, so any bytes must be refused with a message, or make data. */
#include "src/data/foreign.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct data d = { 0 };
	struct recipe r;
	struct err e = { 0 };
	if (n < 2)
		return 0;
	recipe_init(&r);
	const struct data_wanted q = { .r = &r, .T = data[0] & 1 ? 24 : 0, .C = data[0] & 2 ? 1 : 0 };
	if (found_receive(&d, "data", data + 2, n - 2, &q, 16 << 20, &e) < 0)
		fuzz_refused(&e);
	data_release(&d);
	recipe_release(&r);
	return 0;
}
