/* Tables, and how they are cut into windows. The first byte chooses the recipe. */
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset.h"
#include "src/text/csv.h"
#include "tests/fuzz/fuzz.h"

static void set(struct recipe *r, const char *name, const char *value)
{
	struct err e = { 0 };
	if (recipe_set(r, name, value, &e) < 0)
		abort();
}

static void choose(struct recipe *r, unsigned bits)
{
	recipe_init(r);
	set(r, "window", bits & 1 ? "3" : "1");
	if (bits & 2)
		set(r, "derive", "diff");
	if (bits & 4)
		set(r, "scale", bits & 8 ? "minmax" : "standard");
	if (bits & 16)
		set(r, "missing", bits & 32 ? "drop" : "interpolate");
	if ((bits & 192) == 192)
		set(r, "group", "1");
	else if (bits & 64)
		set(r, "label", "1");
	if ((bits & 196) == 196)
		set(r, "scale-by", "group");
	if (bits & 128)
		set(r, "columns", "2");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct table t;
	struct dataset d;
	struct recipe r;
	if (!n)
		return 0;
	char *text = fuzz_text(data + 1, n - 1);
	choose(&r, data[0]);
	if (table_from_csv(&t, "data.csv", (unsigned char *)text, n - 1, INT64_MAX, &e) < 0) {
		fuzz_refused(&e);
	} else {
		if (dataset_cut(&d, &t, &r, NULL, &e) < 0)
			fuzz_refused(&e);
		else
			dataset_release(&d);
		table_release(&t);
	}
	recipe_release(&r);
	free(text);
	return 0;
}
