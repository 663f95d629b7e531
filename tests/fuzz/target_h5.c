/* Keras' HDF5 files, as the reading child sees them. */
#include "tests/fuzz/child.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_child_init(&reader_keras);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (reader_keras.probe(data, n))
		fuzz_in_child(data, n);
	return 0;
}
