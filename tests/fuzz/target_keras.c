/* .keras archives: as they are, or made of a configuration and the HDF5 file that stands behind it. */
#include <stdlib.h>
#include "src/read_model.h"
#include "tests/fuzz/archive.h"
#include "tests/fuzz/child.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };
	(void)argc, (void)argv;
	if (reader_keras_v3.prepare(&e) < 0)
		abort();
	fuzz_child_init();
	return 0;
}

static void work(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_side side = { .refused = true };
	struct read_options o = { .max_mem = 64 << 20 };
	fuzz_model(reader_keras_v3.read("net.keras", data, n, &side, &o, &e), &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char metadata[] = "{\"keras_version\": \"3.4.1\"}";
	if (reader_keras_v3.probe(data, n)) {
		fuzz_in_child(work, data, n);
		return 0;
	}
	size_t config = fuzz_find_last(data, n, "\x89HDF"), size;
	const struct fuzz_member members[] = {
		{ "config.json", data, config },
		{ "metadata.json", (const uint8_t *)metadata, sizeof metadata - 1 },
		{ "model.weights.h5", data + config, n - config },
	};
	uint8_t *archive = fuzz_archive(members, 3, &size);
	fuzz_in_child(work, archive, size);
	free(archive);
	return 0;
}
