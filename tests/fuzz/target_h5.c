/* Keras files by the whole way: a file, the reading child, its answer. Children may die; this process may not. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/read_model.h"
#include "tests/fuzz/fuzz.h"

static char path[] = "/dev/shm/tsviz-fuzz-XXXXXX";

static void clean(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (*argc == 2 && !strcmp((*argv)[1], READ_MODEL_CHILD))
		read_model_child();
	int fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
	atexit(clean);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct read_options o = { .max_mem = 256 << 20, .max_time = 1 };
	int fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
	fuzz_model(read_model(path, &o, &e), &e);
	return 0;
}
