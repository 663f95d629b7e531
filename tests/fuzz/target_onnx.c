/* ONNX, as the reading child sees it. Files beside the model are not there. */
#include <stdlib.h>
#include "src/read/read_model.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_side side = { .refused = true };
	struct read_options o = { .max_mem = 64 << 20 };
	if (reader_onnx.probe(data, n))
		fuzz_model(reader_onnx.read("net.onnx", data, n, &side, &o, &e), FUZZ_MOST, &e);
	for (int i = 0; i < side.n; i++)
		free(side.file[i].name);
	free(side.file);
	return 0;
}
