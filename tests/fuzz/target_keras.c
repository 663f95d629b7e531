/* .keras archives: as they are, or made of a configuration and the HDF5 file that stands behind it. */
#include <stdlib.h>
#include "tests/fuzz/archive.h"
#include "tests/fuzz/child.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_child_init(&reader_keras_v3);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char metadata[] = "{\"keras_version\": \"3.4.1\"}";
	if (reader_keras_v3.probe(data, n)) {
		fuzz_in_child(data, n);
		return 0;
	}
	size_t config = fuzz_find_last(data, n, "\x89HDF"), size;
	const struct fuzz_member members[] = {
		{ "config.json", data, config },
		{ "metadata.json", (const uint8_t *)metadata, sizeof metadata - 1 },
		{ "model.weights.h5", data + config, n - config },
	};
	uint8_t *archive = fuzz_archive(members, 3, &size);
	fuzz_in_child(archive, size);
	free(archive);
	return 0;
}
