/* Which group each row of a table belongs to: as the reader knows it, refined by the columns of --group. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/data/dataset_cut.h"
#include "core/data/group_names.h"

/* ---- the groups of --group ---- */

/* Writes the name of a row's group: the cell of the only column, or all parts, as in "a.csv / subject 3 / walk".
 * Returns false if a cell is empty; *col is its column then. */
static bool row_group(const struct cut *c, const int *column, int64_t row, char *buf, size_t size, int *col)
{
	const struct table *t = c->t;
	bool alone = c->r->n_group == 1 && !t->group;
	size_t n = 0;
	buf[0] = 0;
	if (t->group)
		n = (size_t)snprintf(buf, size, "%.*s", GROUP_PART_MAX, t->group_name[t->group[row]]);
	for (int k = 0; k < c->r->n_group; k++) {
		char number[32];
		const char *cell = cut_label_text(t, column[k], row, number);
		*col = column[k];
		if (!*cell)
			return false;
		bool word = alone || t->text[column[k]];
		n += (size_t)snprintf(buf + n, size - n, "%s%.*s%s%.*s", n ? " / " : "", GROUP_PART_MAX,
		                      word ? "" : t->name[column[k]], word ? "" : " ", GROUP_PART_MAX, cell);
	}
	return true;
}

static int refine(struct cut *c, const int *column, struct err *e)
{
	const struct table *t = c->t;
	size_t size = (size_t)(c->r->n_group + 1) * (2 * GROUP_PART_MAX + 8);
	char *name = xmalloc(size), *clean = xmalloc(3 * size);
	struct group_names q = { 0 };
	int64_t bad_row = -1;
	int bad_col = 0;
	c->group = arena_alloc(&c->d->arena, (size_t)t->n_row, sizeof *c->group);
	for (int64_t i = 0; i < t->n_row && bad_row < 0; i++) {
		if (!row_group(c, column, i, name, size, &bad_col)) {
			bad_row = i;
			break;
		}
		/* A name that was cut off may end inside a character. */
		text_clean(clean, 3 * size, name, strlen(name));
		c->group[i] = group_names_add(&q, &c->d->arena, clean);
	}
	c->n_group = q.n;
	c->group_name = arena_dup(&c->d->arena, q.name, (size_t)q.n, sizeof *q.name);
	group_names_release(&q);
	free(name);
	free(clean);
	if (bad_row < 0)
		return 0;
	char at[PLACE_TEXT];
	table_place(t, bad_row, at);
	return err_set(e, ERR_FORMAT, "%s, column '%s': the cell is empty, so the row has no group; --group '%s'", at,
	               t->name[bad_col], t->name[bad_col]);
}

int cut_groups(struct cut *c, struct err *e)
{
	const struct recipe *r = c->r;
	c->group = c->t->group;
	c->group_name = c->t->group_name;
	c->n_group = c->t->n_group;
	c->role = arena_alloc(&c->d->arena, (size_t)c->t->n_col, sizeof *c->role);
	if (!r->n_group) {
		cut_unused_groups(c);
		return 0;
	}
	int *column = xcalloc((size_t)r->n_group, sizeof *column), bad = 0;
	for (int k = 0; k < r->n_group && !bad; k++) {
		column[k] = table_column(c->t, "group", r->group[k], e);
		bad = column[k] < 0 ? column[k] : 0;
		if (!bad)
			c->role[column[k]] = ROLE_GROUP;
	}
	if (!bad)
		bad = refine(c, column, e);
	free(column);
	if (!bad)
		cut_unused_groups(c);
	return bad;
}

/* ---- ready windows ---- */

int cut_set_groups(struct cut *c, struct err *e)
{
	const struct window_set *s = c->set;
	struct dataset *d = c->d;
	if (c->r->n_group && !s->group_asked)
		return err_set(
		        e, ERR_VALUE,
		        "--group: the groups of ready windows can be a column of a table of windows, an attribute of "
		        "ARFF or an array of .npz; this file is %s",
		        s->format);
	if (!s->group || !s->n_group)
		return 0;
	if (s->n_grouped != c->n_window)
		return err_set(e, ERR_FORMAT, "%lld window%s, but %lld groups of them", (long long)c->n_window,
		               c->n_window == 1 ? "" : "s", (long long)s->n_grouped);
	int *new_group = xcalloc((size_t)s->n_group, sizeof *new_group);
	d->group_name = arena_alloc(&d->arena, (size_t)s->n_group, sizeof *d->group_name);
	d->group = arena_alloc(&d->arena, (size_t)s->n, sizeof *d->group);
	for (int64_t i = 0; i < d->n; i++) {
		int g = s->group[cut_file_row(d, i)];
		if (!new_group[g]) {
			d->group_name[d->n_group] = arena_strdup(&d->arena, s->group_name[g]);
			new_group[g] = ++d->n_group;
		}
		d->group[cut_file_row(d, i)] = new_group[g] - 1;
	}
	free(new_group);
	return 0;
}
