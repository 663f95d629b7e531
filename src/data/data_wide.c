/* Reads tables in which each row is a window: the .tsv files of the UCR archive, its older .txt files with blanks
 * between the numbers, and CSV with or without a header. One cell of a row may be the label and others may number or
 * name the row: src/data/wide_label.h decides which. Rows may differ in length, and NaN after the last value of a row
 * also ends it. Several channels follow each other in a row. A row may have any number of cells.
 *
 * With --table columns each column is a window, and each row is a time step. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/data/column_name.h"
#include "src/data/label_names.h"
#include "src/text/text_decode.h"
#include "src/data/wide_parts.h"
#include "src/data/window_build.h"
#include "src/read/read_data.h"

enum {
	ROWS_FIRST = 1000,    /* rows in the beginning that are looked at for the label */
	ROWS_PROBE = 100,     /* where only the number of cells matters */
	ROWS_SPREAD = 1000,   /* and rows all over the rest of the file */
	CELLS_SEEN = 1 << 22, /* cells of all these rows, at most */
};

enum role { ROLE_VALUE, ROLE_LABEL, ROLE_ID, ROLE_GROUP };

/* ---- the columns that may be something else than values ---- */

static void add_column(struct wide *q, int64_t at)
{
	if (q->question.n_column < COLUMNS_SEEN)
		q->column[q->question.n_column++] = (struct column_seen){ .at = at };
}

/* Whether --group names a column: by its name, or by its number, counted from 1. */
static bool is_group(const struct recipe *r, const char *name, int64_t k)
{
	for (int i = 0; r && i < r->n_group; i++) {
		const char *asked = r->group[i], *number = asked + (*asked == '#');
		size_t digits = strspn(number, "0123456789");
		if ((name && !strcmp(asked, name)) ||
		    (digits && digits < 9 && !number[digits] && atoll(number) == k + 1))
			return true;
	}
	return false;
}

/* Adds the columns whose names are those of labels or rows, and those that hold a word in the first row. */
static void add_middle(struct wide *q, int64_t from, int64_t to, const char *asked)
{
	const char *s, *name, *at = q->l.p, *names = q->header;
	size_t n, name_n = 0;
	struct wide h = *q;
	char buf[256];
	h.l.eol = q->header_eol;
	h.tail = false;
	for (int64_t k = 0; at && k < to; k++) {
		at = wide_take_cell(q, at, &s, &n);
		buf[0] = 0;
		if (names) {
			names = wide_take_cell(&h, names, &name, &name_n);
			text_clean(buf, sizeof buf, name, name_n);
		}
		bool named = (*buf && (label_name(buf) || id_name(buf) || (asked && !strcasecmp(asked, buf)))) ||
		             is_group(q->r, buf, k);
		if (k >= from && q->question.n_column < COLUMNS_SEEN - 3 &&
		    (named || !wide_is_number(q, s, n) || (asked && label_position(asked, q->n_cell) == k)))
			add_column(q, k);
	}
}

static void name_columns(struct wide *q, struct arena *a)
{
	struct wide h = *q;
	const char *s, *at = q->header;
	size_t n;
	int64_t numbers;
	if (!at)
		return;
	h.l.p = q->header;
	h.l.eol = q->header_eol;
	h.tail = false;
	int64_t names = wide_count_cells(&h, &numbers), shift = q->n_cell - names;
	h.tail = shift == -1;
	/* The row names of R have no name. */
	if (shift != 0 && shift != 1 && shift != -1)
		return;
	shift = shift == 1;
	for (int64_t k = shift; at && k < q->n_cell; k++) {
		at = wide_take_cell(&h, at, &s, &n);
		for (int i = 0; i < q->question.n_column; i++)
			if (q->column[i].at == k || q->column[i].at + q->n_cell == k)
				q->column[i].name = text_copy(a, s, n);
	}
	if (shift && q->column[0].at == 0)
		q->column[0].name = "";
}

/* ---- some rows ---- */

struct cells {
	const char **s;
	size_t *n;
	int64_t room;
};

static int64_t split_row(const struct wide *q, struct cells *c)
{
	const char *at = q->l.p;
	int64_t k = 0;
	for (; at; k++) {
		if (k == c->room) {
			c->room = c->room ? 2 * c->room : 256;
			c->s = xrealloc(c->s, (size_t)c->room, sizeof *c->s);
			c->n = xrealloc(c->n, (size_t)c->room, sizeof *c->n);
		}
		at = wide_take_cell(q, at, &c->s[k], &c->n[k]);
	}
	return k;
}

static int64_t see_row(struct wide *q, struct cells *c, bool follows)
{
	int64_t n = split_row(q, c);
	q->uneven = q->uneven || n != q->n_cell;
	for (int i = 0; i < q->question.n_column; i++) {
		struct column_seen *s = &q->column[i];
		int64_t k = s->at < 0 ? s->at + n : s->at;
		bool rises = s->rises;
		if (k >= 0 && k < n && !is_missing_word(q->r, c->s[k], c->n[k]))
			column_add(s, c->s[k], c->n[k], q->point);
		s->rises = follows ? s->rises : rises;
	}
	q->question.rows++;
	return n;
}

/* Looks at the first rows, and at others all over the text, because files are often sorted by class. */
static void see_rows(struct wide *q, int rows)
{
	struct wide w = *q;
	struct cells c = { 0 };
	int64_t seen = 0;
	bool more = true;
	/* The last line of a part of a file may be incomplete. */
	for (int i = 0; more && i < rows && seen < CELLS_SEEN / 2; i++) {
		if (i && w.l.eol == w.l.end)
			break;
		seen += see_row(q, &c, true);
		more = wide_next_row(&w);
		q->l = w.l;
	}
	int64_t step = more && rows == ROWS_FIRST ? (w.l.end - w.l.p) / ROWS_SPREAD + 1 : 0;
	for (const char *at = w.l.p; step && seen < CELLS_SEEN && at < w.l.end; at += step) {
		q->l.p = at;
		lines_here(&q->l);
		if (!wide_next_row(q) || q->l.eol == q->l.end)
			break;
		seen += see_row(q, &c, false);
		at = q->l.p > at + step ? q->l.p - step : at;
	}
	free(c.s);
	free(c.n);
}

/* Marks the columns of --group. */
static int find_groups(struct wide *q)
{
	int n = q->r ? q->r->n_group : 0;
	for (int i = 0; i < q->question.n_column; i++) {
		struct column_seen *s = &q->column[i];
		s->group = is_group(q->r, s->name, s->at < 0 ? s->at + q->n_cell : s->at);
		q->n_group += s->group;
	}
	if (q->n_group >= n)
		return 0;
	for (int k = 0; k < n; k++) {
		bool found = false;
		for (int i = 0; i < q->question.n_column; i++) {
			struct recipe one = { .group = &q->r->group[k], .n_group = 1 };
			const struct column_seen *s = &q->column[i];
			found = found || is_group(&one, s->name, s->at < 0 ? s->at + q->n_cell : s->at);
		}
		if (!found)
			return err_set(
			        q->e, ERR_VALUE,
			        "--group %.60s: no cell of a row has this name; a row is a window here, and --table "
			        "long takes rows for time steps",
			        q->r->group[k]);
	}
	return 0;
}

/* Decides what each cell of a row is, by so many rows: ROWS_FIRST, and then others all over the text, or fewer. names:
 * where the columns' names are kept. */
static int find_roles(struct wide *q, const struct data_wanted *w, int rows, struct arena *names)
{
	struct lines start = q->l;
	const char *asked = w->r ? w->r->label : NULL;
	int64_t back = q->n_cell < 6 ? (q->n_cell + 1) / 2 - (q->n_cell > 2) : 3;
	int64_t front = q->n_cell - back < 3 ? q->n_cell - back : 3;
	q->question = (struct wide_question){ .n_cell = q->n_cell,
		                              .T = w->T,
		                              .C = w->C,
		                              .classes = w->classes,
		                              .asked = asked,
		                              .neighbours = true,
		                              .column = q->column };
	for (int64_t k = 0; k < front; k++)
		add_column(q, k);
	add_middle(q, front, q->n_cell - back, asked);
	for (int64_t k = back; k > 0; k--)
		add_column(q, -k);
	name_columns(q, names);
	int bad = find_groups(q);
	see_rows(q, rows);
	q->l = start;
	q->question.uneven = q->uneven;
	bad = bad ? bad : wide_label_choose(&q->roles, &q->question, q->e);
	for (int i = 0; i < q->question.n_column; i++)
		column_release(&q->column[i]);
	return bad;
}

/* ---- recognising the table ---- */

static int64_t n_values(const struct wide *q)
{
	return q->n_cell - q->roles.has_label - q->roles.n_id - q->n_group;
}

/* Whether the header names two parts of a time: such a row is a time step. */
static bool names_times(const struct wide *q)
{
	static const char *const names[] = { "year", "month", "day",  "hour",      "minute",   "yr",   "mo", "dy",
		                             "hr",   "doy",   "date", "timestamp", "datetime", "time", NULL };
	const char *s, *at = q->header;
	size_t n;
	int found = 0;
	struct wide h = *q;
	h.l.eol = q->header_eol;
	while (at && found < 2) {
		at = wide_take_cell(&h, at, &s, &n);
		for (int i = 0; names[i]; i++)
			found += strlen(names[i]) == n && !strncasecmp(names[i], s, n);
	}
	return found >= 2;
}

/* Returns whether the cells of a row are those of the model's window. */
static bool fits(const struct wide *q, const struct data_wanted *w, bool chosen)
{
	int64_t values = n_values(q), n = q->n_cell, want = w->T * (w->C ? w->C : 1);
	bool words = q->n_number + 1 + q->roles.n_id + q->n_group < n;
	if (chosen && (words || (q->n_number + q->roles.has_label + q->roles.n_id + q->n_group < n)))
		return false;
	if (!chosen && q->n_number + 3 + q->n_group < n)
		return false;
	/* If there are as many numeric columns as channels, rows are time steps. */
	if (w->C && q->n_number == w->C)
		return false;
	if (w->C)
		return values == want || n == want || n == want + 1 || (n == want + 2 && !chosen) ||
		       (w->C == 1 && !q->header && n >= 8);
	return n >= 8 && (values % w->T == 0 || n % w->T == 0);
}

/* Returns whether each row is a window: true if the recipe asks for it, false if the recipe names columns that hold
 * a series, else the number of cells decides. */
static bool wide_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	struct err e;
	struct arena names = { 0 };
	struct decoded text = { .text = head, .n = n };
	const struct recipe *r = w->r;
	if (r && (r->table == TABLE_WIDE || r->table == TABLE_COLUMNS))
		return true;
	if (r && (r->table == TABLE_LONG || r->n_columns || r->n_predict || r->derive != DERIVE_NONE))
		return false;
	/* UTF-16 has zero bytes. The end of the head may lie inside a character, so other text is taken as it is. */
	bool decode = encoding_of(r) || (n && memchr(head, 0, n));
	if (w->T < 2 || (decode && text_to_utf8(&text, head, n - n % 2, encoding_of(r), &e)))
		return false;
	struct wide q = { .l = { .p = (const char *)text.text, .end = (const char *)text.text + text.n },
		          .r = r,
		          .e = &e };
	bool found = wide_find_table(&q), chosen = found && !find_roles(&q, w, ROWS_PROBE, &names);
	/* A label that is no cell of a window is a column of time steps. */
	bool wide = found && !names_times(&q) && fits(&q, w, chosen);
	arena_release(&names);
	decoded_release(&text);
	return wide;
}

/* ---- reading ---- */

static int say_cell(const struct wide *q, const char *s, size_t n, int64_t k)
{
	return err_set(q->e, ERR_FORMAT, "line %lld, cell %lld: '%.*s' is not a number", (long long)q->l.line,
	               (long long)k + 1, (int)(n < 40 ? n : 40), s);
}

/* Reads a number that fills the whole cell at p. Returns what follows it, or NULL if the cell holds something else. */
static const char *quick_number(const struct wide *q, const char *p, double *v, const char **next)
{
	const char *end = q->delim ? number_begin(p, q->l.eol, q->point, v) : NULL;
	if (!end || (end < q->l.eol && *end != q->delim))
		return NULL;
	*next = end < q->l.eol && !(q->tail && end + 1 == q->l.eol) ? end + 1 : NULL;
	return end;
}

static int read_line(struct wide *q, struct window_build *b)
{
	const char *at = q->l.p, *s, *label = NULL, *next;
	size_t n, label_n = 0, room = 1;
	int64_t k = 0;
	/* The label of rows that differ in length may come last. */
	bool label_last = q->roles.has_label && q->roles.label < 0 && q->uneven;
	for (const char *c = q->l.p; c < q->l.eol; c++)
		room += q->delim ? *c == q->delim : *c == ' ' || *c == '\t';
	int bad = window_build_room(b, room);
	for (; at && !bad; k++) {
		double number;
		float v;
		enum role role = k < q->n_cell ? (enum role)q->role[k] : ROLE_VALUE;
		if (role == ROLE_VALUE && quick_number(q, at, &number, &next) && (next || !label_last)) {
			window_build_value(b, (float)number);
			at = next;
			continue;
		}
		at = wide_take_cell(q, at, &s, &n);
		if (role == ROLE_LABEL || (label_last && !at)) {
			label = s;
			label_n = n;
		} else if (role == ROLE_GROUP) {
			bad = window_build_group(b, q->group[k], s, n, q->l.line);
		} else if (role == ROLE_VALUE && text_value_or_word(q->r, s, n, q->point, &v)) {
			window_build_value(b, v);
		} else if (role == ROLE_VALUE) {
			bad = say_cell(q, s, n, k);
		}
	}
	if (!bad && !q->uneven && k != q->n_cell)
		bad = err_set(q->e, ERR_FORMAT, "line %lld: %lld cells, but the first row has %lld",
		              (long long)q->l.line, (long long)k, (long long)q->n_cell);
	if (!bad)
		bad = window_build_channel(b);
	return bad ? bad : window_build_window(b, label, label_n, q->l.line);
}

static int read_lines(struct wide *q, struct window_build *b)
{
	int bad = 0;
	for (bool more = true; more && !bad; more = !bad && wide_next_row(q))
		bad = read_line(q, b);
	return bad ? bad : window_build_finish(b, true);
}

static void give_roles(struct wide *q)
{
	const struct wide_roles *r = &q->roles;
	q->role = xcalloc((size_t)q->n_cell + 1, 1);
	q->group = xcalloc((size_t)q->n_cell + 1, sizeof *q->group);
	for (int i = 0; i < q->question.n_column; i++) {
		const struct column_seen *s = &q->column[i];
		int64_t k = s->at < 0 ? s->at + q->n_cell : s->at;
		if (!s->group)
			continue;
		q->role[k] = ROLE_GROUP;
		q->group[k] = q->n_group == 1 ? NULL : s->name ? s->name : "group";
	}
	for (int i = 0; i < r->n_id; i++)
		q->role[r->id[i] < 0 ? r->id[i] + q->n_cell : r->id[i]] = ROLE_ID;
	if (r->has_label && (r->label >= 0 || !q->uneven))
		q->role[r->label < 0 ? r->label + q->n_cell : r->label] = ROLE_LABEL;
}

/* Puts what was found into words. */
static void say_found(const struct wide *q, struct window_set *s)
{
	const struct wide_roles *r = &q->roles;
	char place[160];
	understood_add(&s->arena, &s->understood, "separator", "%s%s",
	               q->delim == '\t'  ? "tab"
	               : q->delim == ';' ? "semicolon"
	               : q->delim == ',' ? "comma"
	               : q->delim == '|' ? "pipe"
	                                 : "blanks",
	               q->point == ',' ? ", with a decimal comma" : "");
	understood_add(&s->arena, &s->understood, "header", "%s", q->header ? "yes" : "none");
	if (q->skipped)
		understood_add(&s->arena, &s->understood, "skipped", "%lld line%s above the table",
		               (long long)q->skipped, q->skipped == 1 ? "" : "s");
	wide_label_place(&q->question, r->label, place, sizeof place);
	if (r->has_label)
		understood_add(&s->arena, &s->understood, "label", "%s: %s", place, r->why);
	else
		understood_add(&s->arena, &s->understood, "label", "none");
	for (int i = 0; i < q->question.n_column; i++) {
		if (!q->column[i].group)
			continue;
		wide_label_place(&q->question, q->column[i].at, place, sizeof place);
		understood_add(&s->arena, &s->understood, "group", "%s", place);
	}
	for (int i = 0; i < r->n_id; i++) {
		wide_label_place(&q->question, r->id[i], place, sizeof place);
		understood_add(&s->arena, &s->understood, "not used", "%s", place);
	}
}

/* Rows that do not fit the model, but are as many as its steps, are time steps of windows in columns. */
static int check_columns(const struct window_set *s, const struct data_wanted *w, struct err *e)
{
	if (!s->rank || w->C > 1 || s->dim[2] == w->T || s->n != w->T || (w->r && w->r->table == TABLE_WIDE))
		return 0;
	return err_set(
	        e, ERR_VALUE,
	        "%lld rows of %lld numbers, and the model reads windows of %lld steps; --table columns takes each "
	        "column for a window",
	        (long long)s->n, (long long)s->dim[2], (long long)w->T);
}

/* Rows of one length with a few cells more than the window are not longer windows: some cell is no value. */
static int check_width(const struct wide *q, const struct data_wanted *w)
{
	enum { FEW = 8 };
	int64_t values = n_values(q), want = w->T * w->C;
	char place[160] = "no cell is taken for the label";
	if (!want || q->uneven || values <= want || values > want + FEW || values % w->T == 0 || w->classes < 2 ||
	    (w->r && w->r->lengths != LENGTHS_AUTO))
		return 0;
	if (q->roles.has_label) {
		wide_label_place(&q->question, q->roles.label, place, sizeof place - 24);
		size_t n = strlen(place);
		snprintf(place + n, sizeof place - n, " is the label");
	}
	return err_set(q->e, ERR_VALUE,
	               "each row has %lld cells besides the label, and the model reads %lld; %s: --label first, last, "
	               "NAME or none decides, --group NAME keeps a cell that is no value out of the window, and "
	               "--lengths fit cuts longer windows",
	               (long long)values, (long long)want, place);
}

/* Makes each column a window. The values stay where they are. */
static int turn(struct window_set *s, struct err *e)
{
	if (!s->rank)
		return err_set(e, ERR_FORMAT, "--table columns: the rows differ in length");
	s->rank = 2;
	s->axes = "TN";
	s->dim[1] = s->dim[2];
	s->stride[0] = s->dim[1];
	s->stride[1] = 1;
	s->line = NULL;
	s->label = NULL;
	s->value = NULL;
	s->n = s->n_truth = s->dim[1];
	return 0;
}

/* Of windows in columns, leaves out a first column that counts or names the steps. */
static void drop_time(struct wide *q)
{
	static const char *const names[] = { "step", NULL };
	const struct column_seen *c = &q->column[0];
	bool named = c->name && (column_name_is_time(c->name) || column_name_among(names, c->name));
	if (q->question.n_column && q->n_cell > 1 && !q->roles.n_id &&
	    (named || (c->rises && c->wholes == q->question.rows && c->wholes > 2)))
		q->roles.id[q->roles.n_id++] = c->at;
}

/* ---- channels beside each other ---- */

/* The name of a cell without its digits: "acc_x_" for acc_x_12. */
static void base_of(char *buf, size_t size, const char *s, size_t n)
{
	size_t k = 0;
	for (size_t i = 0; i < n && k + 1 < size; i++)
		if (s[i] < '0' || s[i] > '9')
			buf[k++] = s[i];
	buf[k] = 0;
}

/* What the header says about the order of the channels' values in a row, if its names without their digits are those
 * of C channels: "NTC": x0,y0,x1,y1; "NCT": x0,x1,y0,y1; NULL: it does not say. */
static const char *order_by_names(const struct wide *q, int64_t C)
{
	enum { CHANNELS = 64, NAME = 64 };
	char first[CHANNELS][NAME], base[NAME], before[NAME] = "";
	const char *s, *at = q->header;
	size_t n;
	int64_t values = n_values(q), k = 0, cell = 0, runs = 0, wrong = 0, numbers;
	struct wide h = *q;
	h.l.p = q->header;
	h.l.eol = q->header_eol;
	h.tail = false;
	if (!at || C < 2 || C > CHANNELS || values % C || values / C < 2 || wide_count_cells(&h, &numbers) != q->n_cell)
		return NULL;
	for (; at && cell < q->n_cell; cell++) {
		at = wide_take_cell(&h, at, &s, &n);
		if (q->role[cell] != ROLE_VALUE)
			continue;
		base_of(base, sizeof base, s, n);
		if (k < C)
			memcpy(first[k], base, NAME);
		wrong += strcmp(first[k % C], base) != 0;
		runs += (!k || strcmp(before, base) != 0) == (k % (values / C) == 0);
		memcpy(before, base, NAME);
		k++;
	}
	bool apart = k == values;
	for (int64_t i = 1; i < C; i++)
		for (int64_t j = 0; j < i; j++)
			apart = apart && strcmp(first[i], first[j]) != 0;
	return apart && !wrong ? "NTC" : k == values && runs == values ? "NCT" : NULL;
}

/* Gives the windows their channels. The recipe's layout decides, then the names of the header, then the values. */
static int split_channels(const struct wide *q, struct window_set *s, const struct data_wanted *w)
{
	bool asked = w->r && w->r->given & RECIPE_LAYOUT;
	const char *order = asked || !w->r || !s->rank ? NULL : order_by_names(q, w->C);
	struct recipe r;
	if (!order)
		return window_set_split(s, w->r, w->T, w->C, q->e);
	recipe_init(&r);
	int bad = recipe_set(&r, "layout", order, q->e);
	bad = bad ? bad : window_set_split(s, &r, w->T, w->C, q->e);
	recipe_release(&r);
	return bad;
}

static int read_table(struct wide *q, struct window_set *s, const struct data_wanted *w, struct window_build *b)
{
	bool columns = w->r && w->r->table == TABLE_COLUMNS;
	struct data_wanted any = *w;
	struct recipe r;
	recipe_init(&r);
	if (columns)
		any = (struct data_wanted){ 0 };
	if (!wide_find_table(q))
		return q->bad ? q->bad
		              : err_set(q->e, ERR_FORMAT, "the file has no row of numbers%s",
		                        q->header ? ", only a header" : "");
	if (columns && q->r->n_group)
		return err_set(q->e, ERR_VALUE,
		               "--group: with --table columns a window is a column, which has no cell "
		               "for its group");
	if (columns) {
		recipe_set(&r, "label", "none", NULL);
		any.r = &r;
	}
	int bad = find_roles(q, &any, ROWS_FIRST, &s->arena);
	recipe_release(&r);
	if (!bad && q->n_group && q->uneven)
		bad = err_set(q->e, ERR_VALUE,
		              "--group: the rows differ in length, so the cell of the group is not known");
	if (bad)
		return bad;
	if (columns)
		drop_time(q);
	give_roles(q);
	bad = read_lines(q, b);
	if (bad)
		return bad;
	say_found(q, s);
	if (*q->roles.warning)
		warnings_add(&s->arena, &s->warning, q->roles.warning);
	if (columns)
		return turn(s, q->e);
	bad = check_columns(s, w, q->e);
	bad = bad ? bad : check_width(q, w);
	return bad ? bad : split_channels(q, s, w);
}

static int wide_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	int64_t bytes;
	struct window_build b;
	struct wide q = { .r = w->r, .e = e };
	int bad = text_rest(s, w->r, &q.l, &text, &bytes, e);
	if (bad)
		return bad;
	d->ready = true;
	window_build_init(&b, &d->set, s->file, "table of windows", budget - bytes, e);
	bad = read_table(&q, &d->set, w, &b);
	window_build_release(&b);
	free(q.role);
	free(q.group);
	free(text);
	return bad;
}

const struct data_reader reader_wide = {
	.name = "Table of windows",
	.extensions = ".tsv .txt .csv (a row a window, one of its cells the label: --label)",
	.example = "tsviz eval net.keras GunPoint_TEST.tsv",
	.uses = RECIPE_TABLE | RECIPE_SKIP | RECIPE_COMMENT | RECIPE_DECIMAL | RECIPE_ENCODING,
	.probe = wide_probe,
	.read = wide_read,
};
