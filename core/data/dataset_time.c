/* The times of the rows: the column that holds them, the steps from row to row, gaps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/column_name.h"
#include "core/data/dataset_cut.h"

/* ---- which columns are times ---- */

/* Returns whether one of the names, of a list or of numbers from 1 on, is column k. */
static bool among(const struct table *t, char *const *name, int n, int k)
{
	struct err e = { 0 };
	for (int i = 0; i < n; i++)
		if (table_column(t, "columns", name[i], &e) == k)
			return true;
	return false;
}

bool cut_is_asked(const struct cut *c, int k)
{
	const struct recipe *r = c->r;
	for (int64_t i = 0; i < cut_own_channels(c); i++)
		if (!strcmp(c->t->name[k], c->m->channel[i]))
			return true;
	return k == c->label_col || among(c->t, r->columns, r->n_columns, k) ||
	       among(c->t, r->predict, r->n_predict, k);
}

static bool is_stamp(const char *s)
{
	return s[0] >= '0' && s[0] <= '9' && strpbrk(s, "-/:.T ") != NULL;
}

/* Returns whether a column of text may hold times, by its name or its first cell. */
static bool may_be_text(const struct cut *c, int k)
{
	const struct table *t = c->t;
	if (!t->text[k] || c->role[k] != ROLE_SIGNAL || cut_is_numeric(t, k) || cut_is_asked(c, k))
		return false;
	int64_t i = 0;
	while (i + 1 < t->n_row && !*t->text[k][i])
		i++;
	struct time_form form;
	double at;
	return strcasestr(t->name[k], "time") || strcasestr(t->name[k], "date") || is_stamp(t->text[k][i]) ||
	       time_of_texts(&t->text[k][i], 1, &at, &form);
}

/* Names of columns that number the rows. Those of the second list are only believed if each row is one more. */
static bool named_index(const char *name)
{
	static const char *const names[] = { "index", "idx", "id", "rowid", "unnamed0", "", NULL };
	return column_name_among(names, name);
}
static bool named_counter(const char *name)
{
	static const char *const names[] = { "row",   "no",       "nr",           "#",         "sample",
		                             "frame", "obs",      "seq",          "number",    "record",
		                             "cycle", "cycles",   "recno",        "sampleno",  "samplenumber",
		                             "scan",  "recnum",   "sampleindex",  "rownumber", "framenumber",
		                             "step",  "point",    "recordnumber", "datapoint", "timestep",
		                             "entry", "sequence", "packet",       "line",      "sampleid",
		                             NULL };
	return column_name_among(names, name);
}

/* How a column of numbers goes from row to row of a group. */
struct course {
	int64_t up, down, same, one;
	double least, most; /* steps */
	bool whole, gap;    /* all cells are whole numbers; one is missing */
};

static struct course course_of(const struct cut *c, const double *x)
{
	struct course q = { .whole = true, .least = INFINITY, .most = -INFINITY };
	int n = c->group ? c->n_group : 1;
	int64_t *last = xcalloc((size_t)n + 1, sizeof *last); /* [group]: the row before + 1 */
	for (int64_t i = 0; i < c->t->n_row; i++) {
		int g = c->group ? c->group[i] : 0;
		if (isnan(x[i])) {
			q.gap = true;
			continue;
		}
		q.whole &= x[i] == floor(x[i]);
		if (last[g]) {
			double step = x[i] - x[last[g] - 1];
			q.up += step > 0;
			q.down += step < 0;
			q.same += !(step > 0) && !(step < 0);
			q.one += step >= 1 && step <= 1;
			q.least = step < q.least ? step : q.least;
			q.most = step > q.most ? step : q.most;
		}
		last[g] = i + 1;
	}
	free(last);
	return q;
}

/* The first column of a file with a header, above which nothing stands, is an index that pandas wrote. */
static bool is_unnamed(const struct table *t, int k)
{
	return !k && t->has_header && (!*t->name[k] || !strcmp(t->name[k], "column 1"));
}

/* Returns whether all cells look like Unix times or dates without marks. */
static bool looks_like_dates(const struct table *t, int k)
{
	const double *x = t->number[k];
	struct time_form form;
	double ends[2] = { x[0], x[t->n_row - 1] }, at[2];
	time_of_numbers(ends, 2, "", at, &form);
	return form.kind == TIME_DATE;
}

/* Decides by name and course whether a column of numbers holds times or numbers the rows. */
static enum role numbers_role(const struct cut *c, int k)
{
	const struct table *t = c->t;
	const char *name = t->name[k];
	bool time = column_name_is_time(name), index = named_index(name) || is_unnamed(t, k),
	     counter = named_counter(name);
	for (int i = 0; i < t->n_header; i++)
		counter = counter || (*t->header[i][k] && named_counter(t->header[i][k]));
	bool dates = !time && looks_like_dates(t, k);
	if (!time && !index && !counter && !dates)
		return ROLE_SIGNAL;
	struct course q = course_of(c, t->number[k]);
	int64_t steps = q.up + q.down + q.same;
	if (q.gap || !q.up)
		return ROLE_SIGNAL;
	if (time)
		return q.down * 10 <= steps ? ROLE_TIME : ROLE_SIGNAL;
	if (q.up < steps)
		return ROLE_SIGNAL;
	if (dates)
		return ROLE_TIME;
	return q.whole && (index || q.one == steps) ? ROLE_INDEX : ROLE_SIGNAL;
}

/* Gives columns of numbers that are no signal their roles. A column stays a channel if no other would be one. */
static void find_roles(struct cut *c)
{
	const struct table *t = c->t;
	int found = 0, left = 0;
	for (int k = 0; k < t->n_col; k++) {
		if (c->role[k] != ROLE_SIGNAL || cut_is_asked(c, k) || !cut_is_numeric(t, k))
			continue;
		if (!t->text[k])
			c->role[k] = numbers_role(c, k);
		found += c->role[k] != ROLE_SIGNAL;
		left += c->role[k] == ROLE_SIGNAL;
	}
	for (int k = 0; found && !left && !c->r->n_columns && k < t->n_col; k++)
		if (c->role[k] == ROLE_TIME || c->role[k] == ROLE_INDEX)
			c->role[k] = ROLE_SIGNAL;
}

/* ---- the times ---- */

/* Adds the clock of another column to dates that have none, as in the columns "date" and "time". */
static void add_clock(struct cut *c)
{
	const struct table *t = c->t;
	struct time_form form;
	double *clock = xcalloc((size_t)t->n_row, sizeof *clock);
	for (int k = 0; k < t->n_col && c->clock_col < 0; k++) {
		if (k == c->time_col || !may_be_text(c, k) || !time_of_texts(t->text[k], t->n_row, clock, &form) ||
		    form.has_date)
			continue;
		c->clock_col = k;
		/* The clock was counted on over midnight, and the date counts the days. */
		for (int64_t i = 0; i < t->n_row; i++)
			c->time[i] += fmod(clock[i], 86400);
	}
	free(clock);
}

static bool is_constant(const struct table *t, int k)
{
	for (int64_t i = 1; i < t->n_row; i++)
		if (strcmp(t->text[k][i], t->text[k][0]) != 0)
			return false;
	return t->n_row > 1;
}

/* Takes the first column of times. One that is always the same, such as the day of a measurement, is taken if there is
 * no other. */
static void times_from_text(struct cut *c)
{
	const struct table *t = c->t;
	int first = -1, constant = -1;
	for (int k = 0; k < t->n_col && !c->timed; k++) {
		if (!may_be_text(c, k))
			continue;
		first = first < 0 ? k : first;
		if (!time_of_texts(t->text[k], t->n_row, c->time, &c->form))
			continue;
		bool split = c->form.has_date && !c->form.has_clock; /* the clock may stand in another column */
		if (!split && is_constant(t, k)) {
			constant = constant < 0 ? k : constant;
			continue;
		}
		c->time_col = k;
		c->timed = true;
		if (split)
			add_clock(c);
	}
	if (!c->timed && constant >= 0) {
		c->timed = time_of_texts(t->text[constant], t->n_row, c->time, &c->form);
		first = constant;
	}
	if (c->time_col < 0)
		c->time_col = first; /* Its texts are shown, although they may not be understood. */
}

static void times_from_numbers(struct cut *c)
{
	const struct table *t = c->t;
	for (enum role want = ROLE_TIME; want <= ROLE_INDEX && c->time_col < 0; want++)
		for (int k = 0; k < t->n_col && c->time_col < 0; k++)
			if (c->role[k] == want && t->number[k] && !t->text[k])
				c->time_col = k;
	if (c->time_col < 0)
		return;
	time_of_numbers(t->number[c->time_col], t->n_row, t->name[c->time_col], c->time, &c->form);
	if (c->role[c->time_col] == ROLE_INDEX)
		c->form.kind = TIME_COUNT;
	c->timed = true;
}

static void say_roles(struct cut *c)
{
	const struct table *t = c->t;
	for (int k = 0; k < t->n_col; k++) {
		if (c->role[k] != ROLE_TIME && c->role[k] != ROLE_INDEX)
			continue;
		bool part = false;
		for (int p = 0; c->in_parts && p < CUT_PARTS; p++)
			part = part || c->part[p] == k;
		if (part)
			continue;
		const char *what = c->role[k] == ROLE_TIME ? "is the time of the rows" : "numbers the rows";
		if (is_unnamed(t, k)) {
			understood_add(&c->d->arena, &c->d->understood, "no channel",
			               "the first column, which has no name and numbers the rows");
			if (!c->r->n_columns)
				cut_warn(c->d, "the first column has no name, numbers the rows and is no channel; "
				               "--columns names the channels");
			continue;
		}
		understood_add(&c->d->arena, &c->d->understood, "no channel", "column '%.80s', which %s", t->name[k],
		               what);
		if (!c->r->n_columns)
			cut_warn(c->d, "column '%.80s' %s and is no channel; --columns names the channels", t->name[k],
			         what);
	}
}

/* Returns whether a column counts the rows, or rises by steps that are equal but for the last digits of its numbers, as
 * times do. */
static bool rises_evenly(const struct cut *c, int k)
{
	struct course q = course_of(c, c->t->number[k]);
	int64_t steps = q.up + q.down + q.same;
	if (q.gap || steps < 2 || q.up < steps)
		return false;
	return (q.whole && q.one == steps) || (steps >= 8 && q.most <= 1.25 * q.least);
}

/* The first column of a file without a header may number the rows or be a signal. It is taken for a signal, and the
 * other reading is named. */
static void warn_first(struct cut *c)
{
	enum { NAMED = 4 };
	const struct table *t = c->t;
	char list[64] = "";
	size_t at = 0;
	int n = 0;
	if (t->has_header || t->text[0] || c->role[0] != ROLE_SIGNAL || c->r->n_columns || cut_is_asked(c, 0) ||
	    !cut_is_numeric(t, 0) || !rises_evenly(c, 0))
		return;
	for (int k = 1; k < t->n_col; k++)
		if (c->role[k] == ROLE_SIGNAL && k != c->label_col && cut_is_numeric(t, k) && n++ < NAMED)
			at += (size_t)snprintf(list + at, sizeof list - at, "%s%d", n > 1 ? "," : "", k + 1);
	if (n)
		cut_warn(c->d,
		         "the first column rises evenly, from %.6g on, as row numbers or times do, and is a channel, "
		         "because no header names it; --columns %s%s leaves it out",
		         t->number[0][0], list, n > NAMED ? ",..." : "");
}

void cut_times(struct cut *c)
{
	const struct table *t = c->t;
	c->time_col = c->clock_col = -1;
	find_roles(c);
	c->time = xmalloc((size_t)t->n_row * sizeof *c->time);
	times_from_text(c);
	if (!c->timed && !cut_time_parts(c) && c->time_col < 0)
		times_from_numbers(c);
	if (t->time) {
		memcpy(c->time, t->time, (size_t)t->n_row * sizeof *c->time);
		c->form = (struct time_form){ .kind = TIME_ELAPSED, .what = "the file's own times" };
		c->timed = true;
	}
	say_roles(c);
	warn_first(c);
	if (c->timed && c->form.ambiguous)
		cut_warn(c->d,
		         "column '%.80s': '%.40s' may have the day or the month first, and no row decides; the month "
		         "is taken "
		         "to be first",
		         t->name[c->time_col], t->text[c->time_col][0]);
}

/* ---- gaps ---- */

bool cut_is_gap(const struct cut *c, int64_t i)
{
	if (!c->timed || c->r->gaps != GAPS_DROP)
		return false;
	double step = c->time[cut_file_row(c->d, i)] - c->time[cut_file_row(c->d, i - 1)];
	return step < 0 || time_is_jump(&c->pace, step);
}

static void say_rate(struct cut *c, const char *column)
{
	const struct time_steps *s = &c->pace;
	char step[32], rate[64] = "";
	time_say(s->mean, c->form.kind, step, sizeof step);
	if (c->form.kind != TIME_COUNT && s->mean < 1)
		snprintf(rate, sizeof rate, ", %.4g rows a second", 1 / s->mean);
	understood_add(&c->d->arena, &c->d->understood, "time", "%s (%s), one row every %s%s", column, c->form.what,
	               step, rate);
}

/* Finds the first step of a kind and returns the row of the file before it. kind: 1 a jump, 0 none, -1 a fall. */
static int64_t first_step(const struct cut *c, const double *at, const bool *border, int kind, double *step)
{
	for (int64_t i = 1; i < c->d->n_row; i++) {
		*step = at[i] - at[i - 1];
		if (isnan(*step) || border[i])
			continue;
		if (kind > 0 ? time_is_jump(&c->pace, *step) : kind < 0 ? *step < 0 : !(*step > 0) && !(*step < 0))
			return cut_file_row(c->d, i - 1);
	}
	return -1;
}

static void times(int64_t n, char *buf, size_t size)
{
	buf[0] = 0;
	if (n > 1)
		snprintf(buf, size, " (the first of %lld)", (long long)n);
}

static void say_steps(struct cut *c, const double *at, const bool *border, const char *column)
{
	const struct time_steps *s = &c->pace;
	char len[32], count[48];
	double step = 0;
	bool drop = c->r->gaps == GAPS_DROP;
	const char *remedy = drop ? "no window crosses it" : "windows cross it; --gaps drop leaves them out";
	if (s->down > s->up) {
		cut_warn(c->d, "%s falls from row to row, so windows run back in time", column);
		return;
	}
	if (s->jumps && s->even) {
		int64_t row = first_step(c, at, border, 1, &step);
		times(s->jumps, count, sizeof count);
		cut_warn(c->d, "gap of %s after row %lld%s; %s", time_say(step, c->form.kind, len, sizeof len),
		         (long long)row, count, remedy);
	} else if (s->jumps) {
		cut_warn(c->d, "%s is not evenly spaced: steps of %s and up to %s", column,
		         time_say(s->usual, c->form.kind, len, sizeof len),
		         time_say(s->longest, c->form.kind, count, sizeof count));
	}
	if (s->down) {
		int64_t row = first_step(c, at, border, -1, &step);
		times(s->down, count, sizeof count);
		cut_warn(c->d, "%s falls after row %lld%s; %s", column, (long long)row, count, remedy);
	}
	if (s->same && s->same <= s->up) {
		int64_t row = first_step(c, at, border, 0, &step);
		times(s->same, count, sizeof count);
		cut_warn(c->d, "%s stays the same after row %lld%s", column, (long long)row, count);
	}
}

int cut_gaps(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	char column[160] = "the time";
	if (c->time_col >= 0)
		snprintf(column, sizeof column, "column '%.80s'", c->t->name[c->time_col]);
	if (c->r->gaps == GAPS_DROP && !c->timed && !(c->t->rate > 0))
		return err_set(e, ERR_VALUE,
		               "--gaps drop: no column holds the times of the rows, so gaps are not known");
	if (!c->timed || d->n_row < 2)
		return 0;
	double *at = xmalloc((size_t)d->n_row * sizeof *at);
	bool *border = xcalloc((size_t)d->n_row, sizeof *border);
	for (int64_t i = 0; i < d->n_row; i++) {
		at[i] = c->time[cut_file_row(d, i)];
		border[i] = i && c->group && c->group[cut_file_row(d, i)] != c->group[cut_file_row(d, i - 1)];
	}
	c->pace = time_steps_of(at, d->n_row, border);
	if (c->pace.usual > 0)
		say_rate(c, column);
	say_steps(c, at, border, column);
	free(at);
	free(border);
	if (c->r->gaps == GAPS_DROP && c->pace.jumps && !c->pace.even)
		return err_set(e, ERR_VALUE, "--gaps drop: %s has no usual step, so gaps are not known", column);
	return 0;
}

/* ---- time stamps ---- */

/* Writes the text of a row's time, in the words of the file. */
static const char *stamp_text(const struct cut *c, int64_t row, char *buf, size_t size)
{
	const struct table *t = c->t;
	if (c->in_parts)
		cut_part_stamp(c, row, buf, size);
	else if (!t->text[c->time_col])
		snprintf(buf, size, "%.15g", t->number[c->time_col][row]);
	else if (c->clock_col >= 0)
		snprintf(buf, size, "%s %s", t->text[c->time_col][row], t->text[c->clock_col][row]);
	else
		return t->text[c->time_col][row];
	return buf;
}

void cut_stamps(struct cut *c)
{
	struct dataset *d = c->d;
	if (c->time_col < 0 || c->role[c->time_col] == ROLE_INDEX)
		return;
	char buf[256];
	size_t total = 0;
	for (int64_t i = 0; i < d->n_row; i++)
		total += strlen(stamp_text(c, cut_file_row(d, i), buf, sizeof buf)) + 1;
	char *p = arena_alloc(&d->arena, total, 1);
	d->stamp = arena_alloc(&d->arena, (size_t)d->n_row, sizeof *d->stamp);
	for (int64_t i = 0; i < d->n_row; i++) {
		const char *s = stamp_text(c, cut_file_row(d, i), buf, sizeof buf);
		size_t n = strlen(s) + 1;
		memcpy(p, s, n);
		d->stamp[i] = p;
		p += n;
	}
}
