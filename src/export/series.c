#include "src/export/series.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/data/perturb.h"
#include "src/export/export.h"
#include "src/job/job.h"
#include "src/json/recipe_json.h"

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n > k && !strcmp(s + n - k, end);
}

int series_check_name(const struct options *o, struct err *e)
{
	if (!o->out || ends(o->out, ".npy") || ends(o->out, ".csv"))
		return 0;
	return err_set(e, ERR_VALUE,
	               "-o %s: changed windows are written as .csv or .npy; the report goes to standard output",
	               o->out);
}

int series_check(const struct options *o, const struct dataset *d, struct err *e)
{
	if (o->out && o->free && perturb_derives(d))
		return err_set(e, ERR_VALUE,
		               "-o %s: with --free derived channels change by themselves, which is the window of no "
		               "series; leave out --free",
		               o->out);
	if (o->out && d->group_scaler)
		return err_set(e, ERR_VALUE,
		               "-o %s: --scale-by group gives each group a scale of its own, which a file of "
		               "windows cannot say",
		               o->out);
	return 0;
}

static int64_t own_channels(const struct series *s)
{
	return perturb_derives(s->d) ? s->d->n_source : s->m->C;
}

/* Raw value of own channel c at step t of changed window i. */
static double raw_value(const struct series *s, int64_t i, int64_t t, int64_t c)
{
	const struct model *m = s->m;
	if (s->raw && t < dataset_length(s->d, s->window[i]))
		return (double)s->raw[(i * m->T + t) * own_channels(s) + c];
	return dataset_unscale_channel(s->d, s->window[i], c, (double)s->x[(i * m->T + t) * m->C + c]);
}

static void csv_text(FILE *f, const char *s)
{
	fputs(",\"", f);
	for (; *s; s++)
		fprintf(f, *s == '"' ? "\"\"" : "%c", *s);
	fputc('"', f);
}

/* Whether the file has a last column with the true class of the window in each of its rows. A model that carries the
 * name of such a column in its recipe could not read the file without it. */
static bool has_class(const struct series *s)
{
	return s->d->label && s->d->class_name;
}

static void write_class(FILE *f, const struct series *s, int64_t i)
{
	int k = dataset_class(s->d, s->window[i]);
	if (k >= 0 && k < s->d->n_class)
		csv_text(f, s->d->class_name[k]);
	else
		fputc(',', f);
}

void series_csv(FILE *f, const struct series *s)
{
	int64_t own = own_channels(s);
	fprintf(f, "%s window", s->what);
	for (int64_t c = 0; c < own; c++)
		csv_text(f, s->d->channel ? s->d->channel[c] : "channel");
	if (has_class(s))
		fputs(",\"true class\"", f);
	fputc('\n', f);
	for (int64_t i = 0; i < s->n; i++)
		for (int64_t t = 0; t < s->m->T; t++) {
			fprintf(f, "%lld", (long long)s->window[i]);
			for (int64_t c = 0; c < own; c++) {
				char text[NUMBER_TEXT + 1];
				text[number_write(text, raw_value(s, i, t, c), 17)] = '\0';
				fprintf(f, ",%s", text);
			}
			if (has_class(s))
				write_class(f, s, i);
			fputc('\n', f);
		}
}

static void write_npy(FILE *f, const struct series *s)
{
	int64_t T = s->m->T, own = own_channels(s), k = 0;
	real *v = xcalloc((size_t)(s->n * own * T) + 1, sizeof *v);
	for (int64_t i = 0; i < s->n; i++)
		for (int64_t c = 0; c < own; c++)
			for (int64_t t = 0; t < T; t++)
				v[k++] = (real)raw_value(s, i, t, c);
	export_npy(&(struct export_numbers){ .name = s->what, .rank = 3, .dim = { s->n, own, T }, .v = v }, f);
	free(v);
}

/* The recipe by which the file is read again: each window is a group of rows, or a window of an array. */
int series_recipe(const char *name, const struct series *s, struct err *e)
{
	const struct scaler *q = dataset_scaler(s->d, s->window[0]);
	int64_t own = own_channels(s);
	struct recipe r;
	char *path = xasprintf("%s.recipe.json", name), *columns = NULL;
	recipe_init(&r);
	int bad = 0;
	const bool csv = ends(name, ".csv");
	for (int64_t c = 0; c < own; c++) {
		char *more = columns ? xasprintf("%s,%lld", columns, (long long)c + 1 + csv)
		                     : xasprintf("%lld", (long long)c + 1 + csv);
		free(columns);
		columns = more;
	}
	bad = recipe_set(&r, "columns", columns, e);
	if (!bad && csv) {
		bad = recipe_set(&r, "group", "1", e);
		bad = bad ? bad : recipe_set(&r, "table", "long", e);
	}
	if (!bad && csv && has_class(s)) {
		char *last = xasprintf("%lld", (long long)own + 2);
		bad = recipe_set(&r, "label", last, e);
		free(last);
	}
	if (!bad && s->d->derive == DERIVE_DIFF)
		bad = recipe_set(&r, "derive", "diff", e);
	if (!bad && s->d->scale != SCALE_NONE) {
		bad = recipe_set(&r, "scale", s->d->scale == SCALE_STANDARD ? "standard" : "minmax", e);
		recipe_set_scaler(&r, (int)own, q->shift, q->scale, q->low, q->high);
	}
	bad = bad ? bad : recipe_write(&r, path, e);
	if (bad)
		err_at(e, "%s", path);
	recipe_release(&r);
	free(columns);
	free(path);
	return bad;
}

int series_write(const struct options *o, const struct series *s, struct err *e)
{
	struct output out;
	int bad = output_open(&out, o, e);
	if (bad)
		return bad;
	if (ends(o->out, ".npy"))
		write_npy(out.f, s);
	else
		series_csv(out.f, s);
	bad = output_close(&out, e);
	return bad ? bad : series_recipe(o->out, s, e);
}
