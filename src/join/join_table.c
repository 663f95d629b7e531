/* Joins tables whose rows are time steps. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"
#include "src/join/data_join.h"

/* The tables of all files, and which of their columns belong to the columns of the first one. */
struct tables {
	struct join *j;
	const struct table **t; /* [file] */
	int **col;              /* [file][column of the first table] */
	int64_t *first;         /* [file + 1] rows before the file */
	struct table *out;
};

/* ---- columns ---- */

/* The times-th column of this name, counted from 0; -1: there are not so many. */
static int find_column(const struct table *t, const char *name, int times)
{
	for (int c = 0; c < t->n_col; c++)
		if (!strcmp(t->name[c], name) && !times--)
			return c;
	return -1;
}

static int times_before(const struct table *t, int col)
{
	int n = 0;
	for (int c = 0; c < col; c++)
		n += !strcmp(t->name[c], t->name[col]);
	return n;
}

static int refuse(struct tables *q, int i, const char *what, const char *name, const char *other)
{
	err_set(q->j->e, ERR_VALUE,
	        "%s '%.60s', which %.80s %s; the files need the same columns, so leave this file out or change its "
	        "header",
	        what, name, q->j->f->file[0].name, other);
	return join_at(q->j, i);
}

/* Matches the columns of file i by their names. */
static int match_names(struct tables *q, int i)
{
	const struct table *a = q->t[0], *t = q->t[i];
	for (int c = 0; c < a->n_col; c++) {
		q->col[i][c] = find_column(t, a->name[c], times_before(a, c));
		if (q->col[i][c] < 0)
			return refuse(q, i, "has no column", a->name[c], "has");
	}
	for (int c = 0; c < t->n_col; c++)
		if (find_column(a, t->name[c], times_before(t, c)) < 0)
			return refuse(q, i, "has a column", t->name[c], "has not");
	return 0;
}

static int match_columns(struct tables *q, int i)
{
	const struct table *a = q->t[0], *t = q->t[i];
	const char *name = q->j->f->file[0].name;
	q->col[i] = arena_alloc(&q->out->arena, (size_t)a->n_col, sizeof **q->col);
	if (a->has_header != t->has_header) {
		err_set(q->j->e, ERR_VALUE,
		        "has %s header, and %.80s has %s; columns are matched by their names, so give both a header or "
		        "none",
		        t->has_header ? "a" : "no", name, a->has_header ? "one" : "none");
		return join_at(q->j, i);
	}
	if (a->has_header)
		return match_names(q, i);
	for (int c = 0; c < a->n_col; c++)
		q->col[i][c] = c;
	if (a->n_col == t->n_col)
		return 0;
	err_set(q->j->e, ERR_VALUE, "has %d column%s, and %.80s has %d; leave this file out%s", t->n_col,
	        t->n_col == 1 ? "" : "s", name, a->n_col,
	        ", or if each file holds other channels of the same steps, --stack puts them side by side");
	return join_at(q->j, i);
}

static int check_rate(struct tables *q, int i)
{
	double a = q->t[0]->rate, b = q->t[i]->rate;
	if (fabs(a - b) <= 1e-6 * fabs(a))
		return 0;
	err_set(q->j->e, ERR_VALUE,
	        "has %.6g rows a second, and %.80s has %.6g; resample one of them, or leave one out", b,
	        q->j->f->file[0].name, a);
	return join_at(q->j, i);
}

/* ---- cells ---- */

/* Neighbouring cells with the same text share it. */
static const char *shared(struct arena *a, const char *s, const char *before)
{
	return before && !strcmp(before, s) ? before : arena_strdup(a, s);
}

static void join_numbers(struct tables *q, int c)
{
	struct table *out = q->out;
	bool any = false;
	for (int i = 0; i < q->j->f->n; i++)
		any = any || q->t[i]->number[q->col[i][c]];
	if (!any)
		return;
	double *x = out->number[c] = arena_reserve(&out->arena, (size_t)out->n_row, sizeof *x);
	for (int i = 0; i < q->j->f->n; i++) {
		const double *from = q->t[i]->number[q->col[i][c]];
		int64_t n = q->t[i]->n_row;
		if (from)
			memcpy(x + q->first[i], from, (size_t)n * sizeof *x);
		for (int64_t row = 0; row < n && !from; row++)
			x[q->first[i] + row] = NAN;
	}
}

static void join_text(struct tables *q, int c)
{
	struct table *out = q->out;
	const char *before = NULL;
	bool any = false;
	for (int i = 0; i < q->j->f->n; i++)
		any = any || q->t[i]->text[q->col[i][c]];
	if (!any)
		return;
	const char **s = out->text[c] = arena_reserve(&out->arena, (size_t)out->n_row, sizeof *s);
	for (int i = 0; i < q->j->f->n; i++) {
		for (int64_t row = 0; row < q->t[i]->n_row; row++) {
			char buf[32];
			before = shared(&out->arena, cut_label_text(q->t[i], q->col[i][c], row, buf), before);
			s[q->first[i] + row] = before;
		}
	}
}

/* Bytes of the texts of all files. */
static int64_t text_bytes(const struct tables *q)
{
	int64_t n = 0;
	for (int i = 0; i < q->j->f->n; i++)
		for (int c = 0; c < q->t[i]->n_col; c++)
			for (int64_t row = 0; q->t[i]->text[c] && row < q->t[i]->n_row; row++)
				n += (int64_t)strlen(q->t[i]->text[c][row]) + 16;
	return n;
}

/* ---- rows ---- */

static void join_lines(struct tables *q)
{
	struct table *out = q->out;
	out->line = arena_reserve(&out->arena, (size_t)out->n_row, sizeof *out->line);
	for (int i = 0; i < q->j->f->n; i++)
		for (int64_t row = 0; row < q->t[i]->n_row; row++)
			out->line[q->first[i] + row] = table_line(q->t[i], row);
	out->line_noun = q->t[0]->line_noun ? arena_strdup(&out->arena, q->t[0]->line_noun) : NULL;
}

/* The labels of rows are in a column, which all files must have: the labels of a part of the rows are none. */
static void join_label(struct tables *q)
{
	struct table *out = q->out;
	out->label = q->t[0]->label ? arena_strdup(&out->arena, q->t[0]->label) : NULL;
	for (int i = 1; i < q->j->f->n; i++)
		if (!q->t[i]->label)
			out->label = NULL;
}

static void join_times(struct tables *q)
{
	struct table *out = q->out;
	bool all = true;
	for (int i = 0; i < q->j->f->n; i++)
		all = all && q->t[i]->time;
	out->rate = q->t[0]->rate;
	if (!all)
		return;
	out->time = arena_reserve(&out->arena, (size_t)out->n_row, sizeof *out->time);
	for (int i = 0; i < q->j->f->n; i++)
		memcpy(out->time + q->first[i], q->t[i]->time, (size_t)q->t[i]->n_row * sizeof *out->time);
}

static void join_row_groups(struct tables *q)
{
	int n = q->j->f->n;
	int **group = xcalloc((size_t)n, sizeof *group), *n_group = xcalloc((size_t)n, sizeof *n_group);
	const char ***name = xcalloc((size_t)n, sizeof *name);
	struct join_groups g;
	for (int i = 0; i < n; i++) {
		group[i] = q->t[i]->group;
		name[i] = q->t[i]->group_name;
		n_group[i] = q->t[i]->n_group;
	}
	join_groups(q->j, &q->out->arena, q->first, group, (const char **const *)name, n_group, &g);
	q->out->group = g.of;
	q->out->group_name = g.name;
	q->out->n_group = g.n;
	free(group);
	free(n_group);
	free(name);
}

static int fill(struct tables *q)
{
	struct table *out = q->out;
	const struct table *a = q->t[0];
	int files = q->j->f->n, bad = 0;
	for (int i = 0; i < files; i++)
		q->first[i + 1] = q->first[i] + q->t[i]->n_row;
	out->n_row = q->first[files];
	out->n_col = a->n_col;
	out->has_header = a->has_header;
	size_t n = (size_t)a->n_col;
	out->name = arena_alloc(&out->arena, n, sizeof *out->name);
	out->number = arena_alloc(&out->arena, n, sizeof *out->number);
	out->text = arena_alloc(&out->arena, n, sizeof *out->text);
	for (int c = 0; c < a->n_col; c++)
		out->name[c] = arena_strdup(&out->arena, a->name[c]);
	for (int i = 0; i < files && !bad; i++) {
		bad = match_columns(q, i);
		bad = bad ? bad : check_rate(q, i);
	}
	/* numbers, lines, times and groups of each row */
	int64_t each = (int64_t)(n * sizeof(double) + 2 * sizeof(int64_t) + sizeof(double));
	bad = bad ? bad : join_spend(q->j, out->n_row * each + text_bytes(q));
	if (bad)
		return bad;
	for (int c = 0; c < a->n_col; c++) {
		join_numbers(q, c);
		join_text(q, c);
	}
	join_lines(q);
	join_label(q);
	join_times(q);
	join_row_groups(q);
	out->part = join_parts(q->j, &out->arena, q->first);
	out->n_part = files;
	return 0;
}

int join_tables(struct join *j, struct table *out)
{
	size_t n = (size_t)j->f->n;
	struct tables q = { .j = j, .out = out };
	q.t = xcalloc(n, sizeof *q.t);
	q.col = xcalloc(n, sizeof *q.col);
	q.first = xcalloc(n + 1, sizeof *q.first);
	int64_t held = 0;
	for (int i = 0; i < j->f->n; i++) {
		q.t[i] = &j->part[i].table;
		held += (int64_t)q.t[i]->arena.used;
	}
	int bad = fill(&q);
	/* what the files took is free when the joined table is cut */
	out->room = j->room + held;
	free(q.t);
	free(q.col);
	free(q.first);
	return bad;
}
