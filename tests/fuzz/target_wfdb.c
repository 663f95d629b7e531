/* WFDB records: the header alone, as it decides whether the file is one and which files beside it are read. The first
 * two bytes choose the recipe. Then a record of one signal whose samples and annotations are these bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tests/fuzz/data.h"
#include "tests/fuzz/fuzz.h"

static char folder[] = "/tmp/tsviz-fuzz-XXXXXX";

static void put(const char *name, const void *p, size_t n)
{
	char path[64];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		abort();
}

static void clean(void)
{
	static const char *const names[] = { "r.hea", "r.dat", "r.atr" };
	char path[64];
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

/* The bytes are the header up to the first NUL, then the samples, then, after another NUL, the annotations. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct recipe r;
	struct data d;
	if (n < 2)
		return 0;
	fuzz_data(&reader_wfdb, data[0], data + 2, n - 2);
	if (strstr(folder, "XXXXXX")) {
		if (!mkdtemp(folder))
			abort();
		atexit(clean);
	}
	const uint8_t *zero = memchr(data, 0, n);
	size_t head = zero ? (size_t)(zero - data) : n, left = n - head, half = left / 2;
	put("r.hea", data, head);
	put("r.dat", data + head, half);
	put("r.atr", data + head + half, left - half);
	recipe_init(&r);
	char path[64];
	snprintf(path, sizeof path, "%s/r.hea", folder);
	struct read_options o = { .no_sandbox = true, .max_mem = 16 << 20 };
	const struct data_wanted q = { .r = &r, .no_sandbox = true };
	if (data_read(&d, path, &q, &o, &e) < 0)
		fuzz_refused(&e);
	else
		data_release(&d);
	recipe_release(&r);
	return 0;
}
