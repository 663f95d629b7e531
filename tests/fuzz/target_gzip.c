/* Packed data files, read by a path. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "src/read/read_data.h"
#include "tests/fuzz/fuzz.h"

static char path[] = "/dev/shm/tsviz-fuzz-XXXXXX";

static void clean(void)
{
	unlink(path);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	int fd = mkstemp(path);
	if (fd < 0)
		abort();
	close(fd);
	atexit(clean);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct data d;
	const struct data_wanted q = { .no_sandbox = true };
	const struct read_options o = { .max_mem = 16 << 20 };
	int fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		abort();
	close(fd);
	if (data_read(&d, path, &q, &o, &e) < 0)
		fuzz_refused(&e);
	else
		data_release(&d);
	return 0;
}
