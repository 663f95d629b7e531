/* Keras' HDF5 files, as the reading child sees them. */
#include <stdlib.h>
#include "src/read_model.h"
#include "tests/fuzz/child.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };
	(void)argc, (void)argv;
	if (reader_keras.prepare(&e) < 0)
		abort();
	fuzz_child_init();
	return 0;
}

static void work(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_side side = { .refused = true };
	struct read_options o = { .max_mem = 64 << 20 };
	fuzz_model(reader_keras.read("net.h5", data, n, &side, &o, &e), &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (reader_keras.probe(data, n))
		fuzz_in_child(work, data, n);
	return 0;
}
