#include "tests/fuzz/data.h"

#include <stdlib.h>
#include "core/base/mem.h"
#include "tests/fuzz/fuzz.h"

#define VALUES_MAX 1000000

struct setting {
	int bit;
	const char *name, *value;
};

static void choose(struct recipe *r, unsigned choice)
{
	static const struct setting settings[] = {
		{ 0, "window", "3" },    { 1, "scale", "standard" }, { 2, "missing", "interpolate" },
		{ 3, "label", "1" },     { 4, "table", "wide" },     { 5, "lengths", "same" },
		{ 6, "layout", "NTC" },  { 7, "derive", "diff" },    { 11, "table", "columns" },
		{ 12, "label", "last" }, { 13, "layout", "NCT" },    { 14, "table", "long" },
	};
	struct err e = { 0 };
	recipe_init(r);
	/* rows of both kinds at once have no meaning: they are rows of groups */
	static const struct setting groups[] = { { 14, "group", "1" }, { 1, "scale-by", "group" } };
	for (unsigned i = 0; i < 2 && (choice & 0x4010) == 0x4010; i++)
		if (choice >> groups[i].bit & 1 && recipe_set(r, groups[i].name, groups[i].value, &e) < 0)
			abort();
	for (unsigned i = 0; i < sizeof settings / sizeof *settings; i++)
		if (choice >> settings[i].bit & 1 && recipe_set(r, settings[i].name, settings[i].value, &e) < 0)
			abort();
}

static void look(const struct dataset *d)
{
	if (d->T * d->C > VALUES_MAX || d->n_y > VALUES_MAX)
		return;
	real *x = xcalloc((size_t)(d->T * d->C) + 1, sizeof *x), *y = xcalloc((size_t)d->n_y + 1, sizeof *y);
	for (int64_t i = 0; i < d->n && i < 20; i++) {
		dataset_window(d, i, x);
		dataset_truth(d, i, y);
		dataset_class(d, i);
		dataset_stamp(d, i, d->T - 1);
	}
	free(x);
	free(y);
}

void fuzz_data(const struct data_reader *reader, unsigned choice, const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct recipe r;
	struct source s;
	struct data d = { 0 };
	struct dataset set;
	choose(&r, choice);
	const struct data_wanted q = { .r = &r,
		                       .T = choice & 0x100 ? 24 : 0,
		                       .C = choice & 0x200 ? 1 + (choice & 0x8000 ? 1 : 0) : 0,
		                       .training = choice & 0x400,
		                       .no_sandbox = true };
	source_memory(&s, "data", data, n);
	if (reader->probe(s.head, s.n_head, &q)) {
		if (reader->read(&d, &s, &q, 16 << 20, &e) < 0 || data_cut(&set, &d, &r, NULL, &e) < 0) {
			fuzz_refused(&e);
		} else {
			look(&set);
			dataset_release(&set);
		}
		data_release(&d);
	}
	recipe_release(&r);
}
