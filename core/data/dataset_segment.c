/* Which rows are used, in which order, and where windows begin. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/dataset_cut.h"

bool cut_cell_ok(const struct table *t, int col, int64_t row)
{
	double v = t->number[col][row];
	return fabs(v) <= FLT_MAX;
}

static int say_cell(const struct table *t, int col, int64_t row, struct err *e)
{
	const char *remedy = "--missing interpolate fills such cells, --missing drop leaves their rows out";
	char at[PLACE_TEXT];
	table_place(t, row, at);
	if (!isnan(t->number[col][row]))
		return err_set(e, ERR_FORMAT, "%s, column '%s': %g is beyond 32-bit numbers; %s", at, t->name[col],
		               t->number[col][row], remedy);
	const char *s = t->text[col] ? t->text[col][row] : "";
	if (*s)
		return err_set(e, ERR_FORMAT, "%s, column '%s': '%.60s' is not a number; %s", at, t->name[col], s,
		               remedy);
	return err_set(e, ERR_FORMAT, "%s, column '%s': the cell is empty; %s", at, t->name[col], remedy);
}

static bool row_ok(const struct cut *c, int64_t row)
{
	for (int h = 0; h < c->d->n_held; h++)
		if (!cut_cell_ok(c->t, c->col[h], row))
			return false;
	return true;
}

int cut_check_cells(const struct cut *c, int64_t from, int64_t to, struct err *e)
{
	for (int64_t i = from; i < to; i++)
		for (int h = 0; h < c->d->n_held; h++)
			if (!cut_cell_ok(c->t, c->col[h], i))
				return say_cell(c->t, c->col[h], i, e);
	return 0;
}

/* ---- rows ---- */

/* Lists the rows that are kept in d->row_of, the rows of a group together. Sorting by counting keeps the order of the
 * file within a group. */
static void list_rows(struct cut *c, int64_t kept)
{
	struct dataset *d = c->d;
	bool drop = kept < c->file_to - c->file_from;
	size_t n_group = c->group ? (size_t)c->n_group : 1;
	int64_t *next = xcalloc(n_group + 1, sizeof *next);
	d->row_of = arena_alloc(&d->arena, (size_t)kept, sizeof *d->row_of);
	for (int pass = 0; pass < 2; pass++) {
		for (int64_t i = c->file_from; i < c->file_to; i++) {
			if (drop && !row_ok(c, i))
				continue;
			int g = c->group ? c->group[i] : 0;
			if (pass)
				d->row_of[next[g]++] = i;
			else
				next[g + 1]++;
		}
		for (size_t g = 1; g < n_group && !pass; g++)
			next[g] += next[g - 1];
	}
	free(next);
}

int cut_keep_rows(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	int64_t kept = d->n_row = c->file_to - c->file_from;
	d->first_row = c->file_from;
	d->rate = c->t->rate > 0 ? c->t->rate : c->r->rate;
	int bad = c->r->missing == MISSING_ERROR ? cut_check_cells(c, c->file_from, c->file_to, e) : 0;
	if (bad)
		return bad;
	if (c->r->missing == MISSING_DROP) {
		kept = 0;
		for (int64_t i = c->file_from; i < c->file_to; i++)
			kept += row_ok(c, i);
		d->n_missing = d->n_row - kept;
	}
	if (kept < d->n_row || c->group)
		list_rows(c, kept);
	d->n_row = kept;
	return 0;
}

/* ---- segments ---- */

/* Returns whether row i of the dataset and the one before it may not be in one window. */
static bool border(const struct cut *c, int64_t i)
{
	if (c->group && c->group[cut_file_row(c->d, i)] != c->group[cut_file_row(c->d, i - 1)])
		return true;
	return cut_is_gap(c, i);
}

static int64_t segment_end(const struct cut *c, int64_t from)
{
	int64_t i = from + 1;
	while (i < c->d->n_row && !border(c, i))
		i++;
	return i;
}

static int say_short(const struct cut *c, int64_t longest, struct err *e)
{
	const struct dataset *d = c->d;
	char dropped[64] = "";
	if (d->n_missing && c->r->missing == MISSING_DROP)
		snprintf(dropped, sizeof dropped, " (%lld with missing cells dropped)", (long long)d->n_missing);
	if (c->n_border)
		return err_set(e, ERR_VALUE, "no %s has enough rows for a window of %lld steps%s; the longest has %lld",
		               c->group ? "group" : "part between two gaps", (long long)d->T, dropped,
		               (long long)longest);
	return err_set(e, ERR_VALUE, "%lld row%s%s %s too few for a window of %lld steps", (long long)longest,
	               longest == 1 ? "" : "s", dropped, longest == 1 ? "is" : "are", (long long)d->T);
}

/* Says which groups give no window, because they are too short. used: [n_group] whether the group gives one. */
static void warn_short(struct cut *c, const int *new_group)
{
	char list[300] = "";
	size_t n = 0;
	int lost = 0;
	bool *present = xcalloc((size_t)c->n_group + 1, sizeof *present);
	for (int64_t i = c->file_from; i < c->file_to; i++)
		present[c->group[i]] = true;
	for (int g = 0; g < c->n_group; g++) {
		if (!present[g] || new_group[g])
			continue;
		if (lost++ < 5)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s'%.40s'", lost > 1 ? ", " : "",
			                      c->group_name[g]);
	}
	if (lost)
		cut_warn(c->d, "%d group%s %s too short for a window of %lld steps: %s%s", lost, lost == 1 ? "" : "s",
		         lost == 1 ? "is" : "are", (long long)c->d->T, list, lost > 5 ? " ..." : "");
	free(present);
}

/* Names the groups that give windows, in the order of the file, and gives the segments their new numbers. */
static void number_groups(struct cut *c)
{
	struct dataset *d = c->d;
	int *new_group = xcalloc((size_t)c->n_group + 1, sizeof *new_group);
	for (int i = 0; i < d->n_segment; i++)
		new_group[d->segment[i].group] = 1;
	d->group_name = arena_alloc(&d->arena, (size_t)c->n_group, sizeof *d->group_name);
	for (int g = 0; g < c->n_group; g++)
		if (new_group[g]) {
			d->group_name[d->n_group++] = arena_strdup(&d->arena, c->group_name[g]);
			new_group[g] = d->n_group;
		}
	for (int i = 0; i < d->n_segment; i++)
		d->segment[i].group = new_group[d->segment[i].group] - 1;
	warn_short(c, new_group);
	free(new_group);
}

int cut_segments(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	int64_t n = 0, used = 0, longest = 0, count = 0;
	for (int64_t from = 0, end; from < d->n_row; from = end, count++) {
		end = segment_end(c, from);
		n += end - from >= d->T;
		longest = end - from > longest ? end - from : longest;
	}
	c->n_border = count > 1 ? count - 1 : 0;
	if (!n)
		return say_short(c, longest, e);
	if (n > INT32_MAX)
		return err_set(e, ERR_LIMIT, "more than %d groups", INT32_MAX);
	if (count > n && !d->row_of)
		list_rows(c, d->n_row);
	d->segment = arena_alloc(&d->arena, (size_t)n, sizeof *d->segment);
	for (int64_t from = 0, end; from < d->n_row; from = end) {
		end = segment_end(c, from);
		if (end - from < d->T)
			continue;
		int group = c->group ? c->group[cut_file_row(d, from)] : -1;
		d->segment[d->n_segment++] = (struct segment){ used, end - from, group };
		/* Rows that no window can hold are left out, and the others move up. */
		for (int64_t i = from; i < end && count > n; i++)
			d->row_of[used + i - from] = cut_file_row(d, i);
		used += end - from;
	}
	d->n_row = used;
	if (c->group)
		number_groups(c);
	return 0;
}

/* ---- windows ---- */

/* Lists the first rows of all windows in d->start: those with true values, then the others, each by row of the file. */
static void list_windows(struct cut *c, int64_t need)
{
	struct dataset *d = c->d;
	int64_t n = c->file_to - c->file_from, total = 0;
	int64_t *at = xcalloc((size_t)n, sizeof *at); /* [row of the file]: window that begins there + 1 */
	for (int i = 0; i < d->n_segment; i++)
		total += (d->segment[i].n_row - d->T) / d->step + 1;
	d->start = arena_alloc(&d->arena, (size_t)total, sizeof *d->start);
	for (int truth = d->n_y > 0; truth >= 0; truth--) {
		memset(at, 0, (size_t)n * sizeof *at);
		for (int i = 0; i < d->n_segment; i++) {
			const struct segment *s = &d->segment[i];
			for (int64_t k = 0; k <= s->n_row - d->T; k += d->step) {
				if (!d->n_y || (k + need <= s->n_row) == truth)
					at[cut_file_row(d, s->row + k) - c->file_from] = s->row + k + 1;
				if (d->step > s->n_row)
					break;
			}
		}
		for (int64_t i = 0; i < n; i++)
			if (at[i])
				d->start[d->n++] = at[i] - 1;
		d->n_target = truth ? d->n : d->n_target;
	}
	free(at);
}

void cut_windows(struct cut *c)
{
	struct dataset *d = c->d;
	int64_t need = d->n_y ? d->truth_from + c->steps : d->T + d->horizon + c->steps - 1;
	need = need < d->T ? d->T : need;
	if (d->n_segment > 1) {
		list_windows(c, need);
		return;
	}
	d->n = (d->n_row - d->T) / d->step + 1;
	if (d->n_y && d->n_row >= need)
		d->n_target = (d->n_row - need) / d->step + 1;
}
