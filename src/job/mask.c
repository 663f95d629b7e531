/* --mask FILE: which points of the data are important, as somebody knows who made or marked the data. */
#include <stdlib.h>
#include <string.h>
#include "core/base/words.h"
#include "src/job/job.h"

/* The fields of the recipe that say which windows and channels of a file of windows are meant. */
static const char *const shape_fields[] = { "columns", "layout", "derive" };

/* A reader takes the file for what the data are; nothing is scaled or labelled. What is derived is not used. */
static int read_marks(const struct loaded *l, const struct options *o, struct recipe *r, struct data *d, struct err *e)
{
	recipe_init(r);
	r->table = l->read->ready ? TABLE_WIDE : TABLE_LONG;
	r->given = RECIPE_TABLE;
	if (l->read->ready) {
		int bad = 0;
		for (size_t k = 0; k < sizeof shape_fields / sizeof *shape_fields && !bad; k++) {
			char *value = recipe_text(&l->recipe, shape_fields[k]);
			bad = value ? recipe_set(r, shape_fields[k], value, e) : 0;
			free(value);
		}
		if (bad)
			return bad;
	}
	struct data_wanted q = { .r = r,
		                 .T = l->read->ready ? l->model->T : 0,
		                 .C = l->read->ready ? l->model->C : 0,
		                 .no_sandbox = o->read.no_sandbox,
		                 .max_time = o->read.max_time };
	return data_read(d, o->mask, &q, &o->read, e);
}

/* ---- a series ---- */

/* The column of the mask for channel c of the data: the one of this name, or the one at its place where there are no
 * other columns and no header. -1 with an error. */
static int column_of(const struct loaded *l, const struct table *t, int64_t channels, int64_t c, struct err *e)
{
	const char *name = l->data.channel[c];
	for (int k = 0; k < t->n_col; k++)
		if (t->has_header && !strcmp(t->name[k], name))
			return k;
	if (!t->has_header && t->n_col == channels)
		return (int)c;
	if (!t->has_header)
		return err_set(
		        e, ERR_VALUE,
		        "%d column%s, but the window has %lld channel%s; a header that names them says which is which",
		        t->n_col, t->n_col == 1 ? "" : "s", (long long)channels, channels == 1 ? "" : "s");
	return err_set(e, ERR_VALUE, "there is no column '%s', which is a channel of the window", name);
}

static int take_column(const struct table *t, int col, int64_t c, int64_t channels, unsigned char *at, struct err *e)
{
	for (int64_t row = 0; row < t->n_row; row++) {
		double v = t->number[col] ? t->number[col][row] : -1;
		if (v != 0 && v != 1)
			return err_set(e, ERR_VALUE, "line %lld, column '%s': 1 (important) or 0 is expected",
			               (long long)(t->line ? t->line[row] : t->first_line + row), t->name[col]);
		at[row * channels + c] = v == 1;
	}
	return 0;
}

static int from_table(const struct loaded *l, const struct table *t, struct truth_mask *mask, unsigned char **own,
                      struct err *e)
{
	if (t->n_row != l->rows)
		return err_set(e, ERR_VALUE, "%lld rows, but the data have %lld; the mask needs one for each",
		               (long long)t->n_row, (long long)l->rows);
	unsigned char *at = *own = xcalloc((size_t)(t->n_row * mask->C) + 1, 1);
	mask->rows = t->n_row;
	mask->at = at;
	for (int64_t c = 0; c < mask->C; c++) {
		int col = column_of(l, t, mask->C, c, e);
		if (col < 0)
			return col;
		int bad = take_column(t, col, c, mask->C, at, e);
		if (bad)
			return bad;
	}
	return 0;
}

/* ---- ready windows ---- */

/* As the data are cut, all of them. */
static int from_windows(const struct loaded *l, struct data *d, const struct recipe *r, struct truth_mask *mask,
                        unsigned char **own, struct err *e)
{
	struct dataset cut;
	if (d->set.n != l->read->set.n)
		return err_set(e, ERR_VALUE, "%lld windows, but the data have %lld; the mask needs one for each",
		               (long long)d->set.n, (long long)l->read->set.n);
	int bad = data_cut(&cut, d, r, l->model, e);
	if (bad)
		return bad;
	int64_t T = cut.T;
	real *x = xcalloc((size_t)(T * cut.C), sizeof *x);
	unsigned char *at = *own = xcalloc((size_t)(d->set.n * T * mask->C) + 1, 1);
	mask->rows = d->set.n * T;
	mask->at = at;
	for (int64_t i = 0; i < cut.n && !bad; i++) {
		dataset_window(&cut, i, x);
		for (int64_t k = 0; k < T * mask->C && !bad; k++) {
			real v = x[k / mask->C * cut.C + k % mask->C];
			if (v != 0 && v != 1)
				bad = err_set(e, ERR_VALUE, "window %lld: 1 (important) or 0 is expected at each point",
				              (long long)dataset_row(&cut, i));
			at[dataset_row(&cut, i) * T * mask->C + k] = v == 1;
		}
	}
	free(x);
	dataset_release(&cut);
	return bad;
}

int load_mask(const struct loaded *l, const struct options *o, int64_t channels, struct truth_mask *mask,
              unsigned char **own, struct err *e)
{
	struct recipe r;
	struct data d = { 0 };
	*own = NULL;
	*mask = (struct truth_mask){ .C = channels };
	int bad = read_marks(l, o, &r, &d, e);
	if (!bad) {
		if (d.ready != l->read->ready)
			bad = err_set(e, ERR_VALUE,
			              d.ready ? "ready windows, but the data are a series"
			                      : "a series, but the data are ready windows");
		else
			bad = d.ready ? from_windows(l, &d, &r, mask, own, e) : from_table(l, &d.table, mask, own, e);
		data_release(&d);
	}
	recipe_release(&r);
	if (bad) {
		free(*own);
		*own = NULL;
	}
	return bad ? err_at(e, "--mask %s", o->mask) : 0;
}
