/* Scaling: by the scaler of the recipe, or by one that is fitted to the rows or windows of --fit, or with --scale-by
 * group by one for each group, which is fitted to its own. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"

/* The values of one column in the rows or windows to which a scaler is fitted. */
struct fit {
	struct sum sum, square;
	double low, high, mean;
	int64_t n;
	bool whole; /* --fit has no number of this group, so all its rows or windows are taken */
};

/* Scalers are fitted to parts: all rows or windows are one part, or each group with a window is one. */
struct fitting {
	struct cut *c;
	int64_t n, from, to; /* rows or windows of the file; of them, those of --fit */
	const int *group;    /* [n] group in the file; NULL: all are one part */
	int *part;           /* [group in the file] part, or -1 */
	int n_part;
	struct fit *fit;       /* [n_part] */
	bool *any_whole;       /* [n_part] for any column */
	struct scaler *scaler; /* [n_part] */
};

/* ---- the numbers of a part ---- */

static void fit_value(struct fit *f, int pass, double v)
{
	if (pass) {
		sum_add(&f->square, (v - f->mean) * (v - f->mean));
		return;
	}
	sum_add(&f->sum, v);
	f->low = v < f->low ? v : f->low;
	f->high = v > f->high ? v : f->high;
	f->n++;
}

/* Adds the numbers of held column h in row i of the table, as float32, or in window i of the set. */
static void fit_item(const struct cut *c, int h, int64_t i, int pass, struct fit *f)
{
	if (!c->set) {
		if (cut_cell_ok(c->t, c->col[h], i))
			fit_value(f, pass, (double)(float)c->t->number[c->col[h]][i]);
		return;
	}
	int64_t step, n = cut_stored_length(c, i);
	const float *x = cut_channel(c->d, i, c->d->source[h], &step);
	n = n < c->d->T ? n : c->d->T;
	for (int64_t t = 0; t < n; t++) {
		double v = (double)x[t * step];
		if (fabs(v) <= FLT_MAX)
			fit_value(f, pass, v);
	}
}

static int part_of(const struct fitting *q, int64_t i)
{
	return q->group ? q->part[q->group[i]] : 0;
}

/* Adds the numbers of all rows or windows of the parts of which --fit has none. */
static int fit_whole(const struct fitting *q, int h, int pass, struct err *e)
{
	const struct cut *c = q->c;
	int bad = 0;
	bool any = false;
	for (int p = 0; p < q->n_part; p++)
		any = any || q->fit[p].whole;
	for (int64_t i = 0; any && i < q->n && !bad; i++) {
		int p = part_of(q, i);
		if (p < 0 || !q->fit[p].whole)
			continue;
		if (!c->set && c->r->missing == MISSING_ERROR)
			bad = cut_check_cells(c, i, i + 1, e);
		fit_item(c, h, i, pass, &q->fit[p]);
	}
	return bad;
}

static int say_none(const struct fitting *q, int h, int p, struct err *e)
{
	const char *name = q->c->d->held_name[h];
	if (q->group)
		return err_set(e, ERR_FORMAT, "'%.80s' holds no number in group '%.80s'", name, q->c->d->group_name[p]);
	if (q->c->set)
		return err_set(e, ERR_FORMAT, "--fit: '%.80s' holds no number in windows %lld:%lld", name,
		               (long long)q->from, (long long)q->to);
	return err_set(e, ERR_FORMAT, "--fit: column '%s' holds no number in rows %lld:%lld", name, (long long)q->from,
	               (long long)q->to);
}

/* Fits the scalers of held column h. */
static int fit_column(struct fitting *q, int h, struct err *e)
{
	bool standard = q->c->r->scale == SCALE_STANDARD;
	for (int p = 0; p < q->n_part; p++)
		q->fit[p] = (struct fit){ .low = INFINITY, .high = -INFINITY };
	for (int pass = 0; pass < 2; pass++) {
		for (int64_t i = q->from; i < q->to; i++) {
			int p = part_of(q, i);
			if (p >= 0 && !q->fit[p].whole)
				fit_item(q->c, h, i, pass, &q->fit[p]);
		}
		for (int p = 0; p < q->n_part && q->group && !pass; p++) {
			q->fit[p].whole = !q->fit[p].n;
			q->any_whole[p] = q->any_whole[p] || q->fit[p].whole;
		}
		int bad = fit_whole(q, h, pass, e);
		if (bad)
			return bad;
		for (int p = 0; p < q->n_part; p++) {
			struct fit *f = &q->fit[p];
			if (!f->n)
				return say_none(q, h, p, e);
			f->mean = (f->sum.s + f->sum.c) / (double)f->n;
		}
	}
	for (int p = 0; p < q->n_part; p++) {
		const struct fit *f = &q->fit[p];
		struct scaler *s = &q->scaler[p];
		s->low[h] = f->low;
		s->high[h] = f->high;
		s->shift[h] = standard ? f->mean : f->low;
		s->scale[h] = standard ? sqrt((f->square.s + f->square.c) / (double)f->n) : f->high - f->low;
	}
	return 0;
}

/* ---- what is to be said ---- */

enum { NAMED = 5, LIST_TEXT = 280 };

/* Names the groups that are marked: "'a', 'b'", with dots after the fifth. Returns how many there are. */
static int list_groups(const struct dataset *d, const bool *mark, char list[LIST_TEXT])
{
	size_t at = 0;
	int n = 0;
	list[0] = 0;
	for (int g = 0; g < d->n_group; g++) {
		if (!mark[g])
			continue;
		if (n++ < NAMED)
			at += (size_t)snprintf(list + at, LIST_TEXT - at, "%s'%.40s'", n > 1 ? ", " : "",
			                       d->group_name[g]);
	}
	if (n > NAMED)
		snprintf(list + at, LIST_TEXT - at, " ...");
	return n;
}

/* A column that is constant has no scale: it is divided by 1. */
static void mend_constant(struct fitting *q, int h)
{
	struct dataset *d = q->c->d;
	const char *what = q->c->set ? "channel" : "column", *items = q->c->set ? "windows" : "rows";
	char list[LIST_TEXT];
	bool *constant = xcalloc((size_t)q->n_part, sizeof *constant), any = false;
	for (int p = 0; p < q->n_part; p++) {
		constant[p] = !(q->scaler[p].scale[h] > 0);
		any = any || constant[p];
		q->scaler[p].scale[h] = constant[p] ? 1 : q->scaler[p].scale[h];
	}
	if (any && !q->group)
		cut_warn(d, "%s '%.80s' is constant in the %s on which the scaling is fitted; it is only shifted", what,
		         d->held_name[h], items);
	if (any && q->group) {
		int n = list_groups(d, constant, list);
		cut_warn(d,
		         "%s '%.80s' is constant in the %s on which the scaling of %d group%s is fitted: %s; there "
		         "it is only shifted",
		         what, d->held_name[h], items, n, n == 1 ? "" : "s", list);
	}
	free(constant);
}

static void warn_whole(const struct fitting *q)
{
	char list[LIST_TEXT];
	const char *items = q->c->set ? "windows" : "rows";
	int n = q->group ? list_groups(q->c->d, q->any_whole, list) : 0;
	if (n)
		cut_warn(q->c->d, "--fit has no %s of %d group%s: %s; %s scaled by the statistics of all %s %s", items,
		         n, n == 1 ? "" : "s", list, n == 1 ? "it is" : "each is", n == 1 ? "its" : "of its", items);
}

/* ---- fitting ---- */

/* Sets the range of --fit. Cells that are no numbers are an error unless the recipe says what is done with them. */
static int fit_range(struct fitting *q, struct err *e)
{
	const struct cut *c = q->c;
	q->n = c->set ? c->file_to : c->t->n_row;
	int bad = cut_range(c->r->fit, q->n, c->set ? "window" : "row", "fit", "--fit 0: takes them all", &q->from,
	                    &q->to, e);
	if (!bad && !c->set && c->r->missing == MISSING_ERROR)
		bad = cut_check_cells(c, q->from, q->to, e);
	return bad;
}

/* Finds the part of each group of the file. Groups without a window are none. */
static void number_parts(struct fitting *q)
{
	const struct cut *c = q->c;
	const struct dataset *d = c->d;
	int n = c->set ? c->set->n_group : c->n_group;
	q->group = c->set ? c->set->group : c->group;
	q->part = xcalloc((size_t)n + 1, sizeof *q->part);
	for (int g = 0; g < n; g++)
		q->part[g] = -1;
	for (int k = 0; k < d->n_segment; k++)
		q->part[c->group[cut_file_row(d, d->segment[k].row)]] = d->segment[k].group;
	for (int64_t i = 0; c->set && i < d->n; i++) {
		int64_t w = cut_file_row(d, i);
		q->part[c->set->group[w]] = d->group[w];
	}
}

static int fit_anew(struct cut *c, struct scaler *s, int n, bool by_group, struct err *e)
{
	struct fitting q = { .c = c, .n_part = n, .scaler = s };
	if (by_group)
		number_parts(&q);
	q.fit = xcalloc((size_t)n, sizeof *q.fit);
	q.any_whole = xcalloc((size_t)n, sizeof *q.any_whole);
	int bad = fit_range(&q, e);
	for (int h = 0; h < c->d->n_held && !bad; h++) {
		bad = fit_column(&q, h, e);
		if (!bad)
			mend_constant(&q, h);
	}
	if (!bad)
		warn_whole(&q);
	free(q.part);
	free(q.fit);
	free(q.any_whole);
	return bad;
}

/* Makes a scaler that changes nothing. ranged: it has room for the smallest and largest values. */
static void scaler_init(struct scaler *s, struct arena *a, int n, bool ranged)
{
	s->n = n;
	s->shift = arena_alloc(a, (size_t)n, sizeof *s->shift);
	s->scale = arena_alloc(a, (size_t)n, sizeof *s->scale);
	for (int h = 0; h < n; h++)
		s->scale[h] = 1;
	s->low = ranged ? arena_alloc(a, (size_t)n, sizeof *s->low) : NULL;
	s->high = ranged ? arena_alloc(a, (size_t)n, sizeof *s->high) : NULL;
}

static int scale_groups(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	if (c->r->scaler.n)
		return err_set(
		        e, ERR_VALUE,
		        "the recipe has 'scale-by group' and a scaler that is the same for all groups; --scale-by "
		        "all uses the scaler, or take it out of the recipe");
	if (c->r->scale == SCALE_NONE)
		return err_set(e, ERR_VALUE,
		               "--scale-by group needs a kind of scaling; add --scale standard or --scale minmax");
	if (!d->n_group && c->set)
		return err_set(
		        e, ERR_VALUE,
		        "--scale-by group: the windows (%s) have no groups; each of several files is a group, and "
		        "--scale-by all scales all windows alike",
		        c->set->format);
	if (!d->n_group)
		return err_set(
		        e, ERR_VALUE,
		        "--scale-by group: the rows have no groups; --group COL names the column that tells them "
		        "apart, each of several files is a group, and --scale-by all scales all rows alike");
	scaler_init(&d->scaler, &d->arena, d->n_held, false);
	d->group_scaler = arena_alloc(&d->arena, (size_t)d->n_group, sizeof *d->group_scaler);
	for (int g = 0; g < d->n_group; g++)
		scaler_init(&d->group_scaler[g], &d->arena, d->n_held, true);
	understood_add(&d->arena, &d->understood, "scaling", "%s, of each of %d group%s by its own statistics",
	               c->r->scale == SCALE_STANDARD ? "standard" : "minmax", d->n_group, d->n_group == 1 ? "" : "s");
	return fit_anew(c, d->group_scaler, d->n_group, true, e);
}

static int take_given(struct cut *c, const struct scaler *given, struct err *e)
{
	struct scaler *s = &c->d->scaler;
	size_t n = (size_t)s->n;
	if (given->n != s->n)
		return err_set(e, ERR_VALUE,
		               "the scaling that comes with the recipe is for %d column%s, here %s %d; "
		               "--columns chooses, or --scale "
		               "standard --fit A:B fits it anew",
		               given->n, given->n == 1 ? "" : "s", s->n == 1 ? "is" : "are", s->n);
	memcpy(s->shift, given->shift, n * sizeof *s->shift);
	memcpy(s->scale, given->scale, n * sizeof *s->scale);
	if (given->low && given->high) {
		memcpy(s->low, given->low, n * sizeof *s->low);
		memcpy(s->high, given->high, n * sizeof *s->high);
	} else {
		s->low = s->high = NULL;
	}
	return 0;
}

int cut_scaler(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	bool none = c->r->scale == SCALE_NONE && (c->r->given & RECIPE_SCALE);
	bool known = !none && c->r->scaler.n > 0;
	d->scale = c->r->scale;
	if (c->r->scale_by == SCALE_BY_GROUP)
		return scale_groups(c, e);
	bool scaled = known || d->scale != SCALE_NONE;
	scaler_init(&d->scaler, &d->arena, d->n_held, scaled);
	if (!scaled)
		return 0;
	if (!known)
		return fit_anew(c, &d->scaler, 1, false, e);
	if (d->scale == SCALE_NONE)
		d->scale = SCALE_STANDARD;
	return take_given(c, &c->r->scaler, e);
}
