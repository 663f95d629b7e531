/* Key scripts, played on a small network over a small series: the browser without a terminal. The first two bytes are
 * the size of the screen, the third the look. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset.h"
#include "src/text/csv.h"
#include "src/job/train_spec.h"
#include "tests/fuzz/fuzz.h"
#include "ui/browse/browse.h"
#include "ui/views/views.h"

static const char spec_text[] =
        "{\"window\": 12, \"layers\": [{\"type\": \"Conv1D\", \"name\": \"a\", \"filters\": 10, \"kernel\": 3, "
        "\"padding\": \"same\","
        " \"activation\": \"relu\"}, {\"type\": \"MaxPooling1D\", \"name\": \"p\"}, {\"type\": \"Conv1D\", \"name\": "
        "\"b\", \"filters\": 5,"
        " \"kernel\": 3, \"input\": \"p\", \"padding\": \"same\"}, {\"type\": \"Flatten\", \"name\": \"f\"},"
        " {\"type\": \"Dense\", \"name\": \"d\", \"units\": 1}], \"loss\": \"mse\"}";

static struct model *model;
static struct dataset data;
static FILE *sink;

static void start(void)
{
	struct err e = { 0 };
	struct spec s;
	struct table t;
	struct recipe r;
	char csv[4096] = "when,x,y\n";
	for (int i = 0; i < 60; i++)
		snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "day %d,%d,%d\n", i, i * 37 % 23, i * 11 % 7);
	recipe_init(&r);
	if (spec_from_json(&s, spec_text, sizeof spec_text - 1, &e) < 0 || !(model = spec_build(&s, 2, 1, NULL, &e)) ||
	    table_from_csv(&t, "data.csv", (unsigned char *)csv, strlen(csv), INT64_MAX, &e) < 0 ||
	    dataset_cut(&data, &t, &r, model, &e) < 0 || !(sink = fopen("/dev/null", "w"))) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	spec_release(&s);
	table_release(&t);
	recipe_release(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const glyphs[] = { "braille", "block", "ascii" };
	struct err e = { 0 };
	char size[16];
	if (n < 3)
		return 0;
	if (!model)
		start();
	char *keys = fuzz_text(bytes + 3, n - 3);
	snprintf(size, sizeof size, "%dx%d", bytes[0] + 1, bytes[1] / 3 + 1);
	const struct browse_options o = {
		.m = model,
		.d = &data,
		.q = { .task = TASK_REGRESSION },
		.size = size,
		.keys = keys,
		.out = sink,
		.styles = true,
		.view = all_views[bytes[2] % VIEW_COUNT]->name,
		.glyphs = glyphs[bytes[2] / VIEW_COUNT % 3],
		.theme = bytes[2] & 128 ? "light" : "dark",
	};
	if ((bytes[2] & 64 ? browse_plain : browse_screen)(&o, &e))
		fuzz_refused(&e);
	free(keys);
	return 0;
}
