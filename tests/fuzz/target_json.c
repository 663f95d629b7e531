/* tsviz' own models. */
#include <stdlib.h>
#include "src/read/read_model.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_side side = { .refused = true };
	struct read_options o = { .max_mem = 64 << 20 };
	char *text = fuzz_text(data, n);
	fuzz_model(reader_json.read("net.json", (unsigned char *)text, n, &side, &o, &e), FUZZ_MOST, &e);
	free(text);
	return 0;
}
