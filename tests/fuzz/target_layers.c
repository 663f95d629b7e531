/* Keras' configurations beside the weights of files that are whole: no libhdf5 once they are read. The first byte
 * chooses the file, --window and --input. */
#include <stdio.h>
#include <stdlib.h>
#include "src/keras/keras_build.h"
#include "src/read/read_model.h"
#include "tests/fuzz/fuzz.h"

static const char *const names[] = { "tests/keras/chain.h5",    "tests/keras/mixed.h5",       "tests/keras/nested_3.h5",
	                             "tests/keras/norms_3.h5",  "tests/keras/recurrent_3.h5", "tests/keras/residual.h5",
	                             "tests/keras/planes.h5",   "tests/keras/attention.h5",   "tests/keras/ops2.h5",
	                             "tests/keras/states.h5",   "tests/keras/masks.h5",       "tests/keras/pieces.h5",
	                             "tests/keras/tcn.h5",      "tests/keras/fast.h5",        "tests/keras/looks.h5",
	                             "tests/keras/temporal.h5", "tests/keras/words.h5",       "tests/keras/theano.h5",
	                             "tests/keras/two.h5" };
enum { FILES = sizeof names / sizeof *names };
static struct keras_file files[FILES];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err e = { 0 };
	(void)argc, (void)argv;
	if (keras_h5_prepare(&e) < 0)
		abort();
	for (int i = 0; i < FILES; i++) {
		unsigned char *data;
		size_t n;
		if (read_file(names[i], 1 << 24, &data, &n, &e) < 0 ||
		    keras_h5_read(names[i], data, n, &files[i], &e) < 0) {
			fprintf(stderr, "%s: %s\n", names[i], e.text);
			abort();
		}
		free(data);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	if (!n)
		return 0;
	struct keras_file k = files[data[0] % FILES];
	struct read_options o = { .window = data[0] & 0x80 ? 16 : 0, .input = data[0] & 0x40 ? "a,b,x" : NULL };
	k.arena = (struct arena){ 0 };
	k.config = fuzz_text(data + 1, n - 1);
	k.config_size = n - 1;
	fuzz_model(keras_build("net.h5", &k, &o, &e), FUZZ_MOST, &e);
	arena_release(&k.arena);
	free(k.config);
	return 0;
}
