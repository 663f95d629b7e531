#include "core/data/dataset_cut.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "core/model/recipe_label.h"

int64_t table_line(const struct table *t, int64_t row)
{
	return t->line ? t->line[row] : row + t->first_line;
}

const struct file_part *cut_part(const struct file_part *part, int n, int64_t row)
{
	int from = 0, to = n;
	while (to - from > 1) {
		int half = from + (to - from) / 2;
		if (part[half].from <= row)
			from = half;
		else
			to = half;
	}
	return n ? &part[from] : NULL;
}

const char *table_place(const struct table *t, int64_t row, char buf[PLACE_TEXT])
{
	const struct file_part *p = t->n_part > 1 ? cut_part(t->part, t->n_part, row) : NULL;
	snprintf(buf, PLACE_TEXT, "%.100s%s%s %lld", p ? p->file : "", p ? ", " : "",
	         t->line_noun ? t->line_noun : "line", (long long)table_line(t, row));
	return buf;
}

const char *window_place(const struct window_set *s, int64_t w, char buf[PLACE_TEXT])
{
	const struct file_part *p = s->n_part > 1 ? cut_part(s->part, s->n_part, w) : NULL;
	char line[40] = "";
	if (s->line)
		snprintf(line, sizeof line, "line %lld, ", (long long)s->line[w]);
	snprintf(buf, PLACE_TEXT, "%.100s%s%swindow %lld", p ? p->file : "", p ? ", " : "", line, (long long)w);
	return buf;
}

/* ---- warnings ---- */

void cut_warn(struct dataset *d, const char *fmt, ...)
{
	char more[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(more, sizeof more, fmt, ap);
	va_end(ap);
	/* A name that was cut off may end inside a character. */
	char clean[3 * sizeof more];
	text_clean(clean, sizeof clean, more, strlen(more));
	warnings_add(&d->arena, &d->warning, clean);
}

void cut_warnings(struct dataset *d, const char *lines)
{
	for (const char *p = lines; p && *p;) {
		size_t n = strcspn(p, "\n");
		cut_warn(d, "%.*s", (int)(n < 500 ? n : 500), p);
		p += n + (p[n] == '\n');
	}
}

/* ---- columns ---- */

static void list_columns(const struct table *t, char *buf, size_t size)
{
	size_t n = 0;
	buf[0] = 0;
	for (int c = 0; c < t->n_col && c < 8 && n + 64 < size; c++)
		n += (size_t)snprintf(buf + n, size - n, "%s%.40s", c ? ", " : "", t->name[c]);
	if (t->n_col > 8)
		snprintf(buf + n, size - n, " ...");
}

/* Returns the column whose name, or one of whose lines of the header, is `name`. *times: how many columns that is. */
static int named_column(const struct table *t, const char *name, int *times)
{
	int found = -1;
	*times = 0;
	for (int c = t->n_col - 1; c >= 0; c--)
		if (!strcmp(t->name[c], name))
			found = c, ++*times;
	for (int c = t->n_col - 1; c >= 0 && !*times; c--)
		for (int i = 0; i < t->n_header; i++)
			if (!strcmp(t->header[i][c], name)) {
				found = c;
				*times += 1;
				break;
			}
	return found;
}

/* The column at the position that the text gives, counted from 1, or -1. */
static int column_at(const struct table *t, const char *position)
{
	size_t digits = strspn(position, "0123456789");
	int k = digits && !position[digits] && digits < 9 ? atoi(position) : 0;
	return k >= 1 && k <= t->n_col ? k - 1 : -1;
}

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 128)
		s++;
	return !*s;
}

int table_column(const struct table *t, const char *option, const char *name, struct err *e)
{
	int times, found = named_column(t, name, &times);
	if (times == 1)
		return found;
	if (times > 1)
		return err_set(e, ERR_VALUE, "--%s %s: %d columns have this name; '#%d' is the first of them", option,
		               name, times, found + 1);
	int at = column_at(t, name + (*name == '#'));
	if (at >= 0)
		return at;
	char list[420], near[NEAREST_SAY];
	struct nearest q = { .asked = name };
	for (int c = 0; c < t->n_col; c++)
		nearest_try(&q, t->name[c]);
	list_columns(t, list, sizeof list);
	return err_set(e, ERR_VALUE, "--%s %.60s: no such column; there %s %d: %s%s%s%s", option, name,
	               t->n_col == 1 ? "is" : "are", t->n_col, list, nearest_say(&q, near, sizeof near),
	               !strcmp(option, "label") ? "; --label none takes no column for a label" : "",
	               is_ascii(name) ? "" : "; --encoding NAME reads a text in another encoding");
}

/* Warns where a text is the name of one column and the number of another. */
static void warn_position(struct dataset *d, const struct table *t, const char *option, const char *name, int taken)
{
	int at = column_at(t, name);
	if (at >= 0 && at != taken)
		cut_warn(d, "--%s %s is the name of column %d; '#%s' is the column at this position ('%s')", option,
		         name, taken + 1, name, t->name[at]);
}

/* Refuses a column without numbers that is named as a channel or a target, with one of its cells. */
static int say_no_numbers(const struct table *t, int k, const char *option, const char *given, struct err *e)
{
	const char *cell = "";
	for (int64_t i = 0; t->text[k] && i < t->n_row && !*cell; i++)
		cell = t->text[k][i];
	if (!*cell)
		return err_set(e, ERR_VALUE, "--%s %s: column '%s' holds no numbers: all its cells are empty", option,
		               given, t->name[k]);
	return err_set(e, ERR_VALUE, "--%s %s: column '%s' holds no numbers, but cells such as '%.40s'%s", option,
	               given, t->name[k], cell,
	               strpbrk(cell, "0123456789") ? "; write its cells as numbers alone, without units or other signs"
	                                           : "");
}

bool cut_is_numeric(const struct table *t, int c)
{
	if (!t->number[c])
		return false;
	int64_t numbers = 0, words = 0;
	for (int64_t i = 0; i < t->n_row; i++) {
		if (!isnan(t->number[c][i]))
			numbers++;
		else if (t->text[c] && t->text[c][i][0])
			words++;
	}
	return numbers > words;
}

/* Returns whether a column is a channel if --columns names none. */
static bool is_signal(const struct cut *c, int k)
{
	return k != c->label_col && c->role[k] == ROLE_SIGNAL && cut_is_numeric(c->t, k);
}

static int count_numeric(const struct cut *c)
{
	int n = 0;
	for (int k = 0; k < c->t->n_col; k++)
		n += is_signal(c, k);
	return n;
}

int64_t cut_own_channels(const struct cut *c)
{
	bool all = c->m && c->m->channel && !c->r->n_columns;
	return all ? c->r->derive == DERIVE_DIFF ? c->m->C / 2 : c->m->C : 0;
}

void cut_say_order(struct cut *c, int64_t n)
{
	char list[300] = "";
	size_t at = 0;
	for (int64_t i = 0; i < n && i < 6; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%.40s", i ? ", " : "", c->m->channel[i]);
	understood_add(&c->d->arena, &c->d->understood, "columns",
	               "in the order of the model's channels, not of the file: %s%s", list, n > 6 ? " ..." : "");
}

/* Takes the columns that the model's channels are called after, in the order of the model. Returns false and takes none
 * if one is not there. */
static bool pick_own(struct cut *c)
{
	struct dataset *d = c->d;
	const struct table *t = c->t;
	int64_t n = cut_own_channels(c);
	bool sorted = true;
	for (int64_t i = 0; i < n; i++) {
		int k = -1;
		for (int j = 0; j < t->n_col; j++)
			if (!strcmp(t->name[j], c->m->channel[i]))
				k = k < 0 && t->number[j] && j != c->label_col ? j : t->n_col;
		if (k < 0 || k == t->n_col)
			return false;
		c->col[i] = k;
		sorted = sorted && (!i || c->col[i - 1] < k);
	}
	d->n_source = (int)n;
	if (!sorted)
		cut_say_order(c, n);
	return n > 0;
}

/* Whether a cell is a number beside which something stands: "(12.5)", "0x1F", "3.3 V". */
static bool is_dressed_number(const char *s)
{
	enum { REST = 6 };
	size_t sign = strcspn(s, "0123456789"), digits = strspn(s + sign, "0123456789.,xXabcdefABCDEF");
	size_t rest = strlen(s + sign + digits), plain = strspn(s, "+-0123456789.,");
	return sign < 4 && digits && s[plain] && !strpbrk(s, ":/") && rest <= REST;
}

/* Names a column of text that is no channel although its cells look like numbers. */
static void warn_dressed(struct cut *c)
{
	const struct table *t = c->t;
	for (int k = 0; k < t->n_col; k++) {
		if (!t->text[k] || k == c->label_col || c->role[k] != ROLE_SIGNAL || cut_is_numeric(t, k) ||
		    k == c->time_col || k == c->clock_col)
			continue;
		int64_t all = 0, dressed = 0;
		const char *cell = "";
		for (int64_t i = 0; i < t->n_row; i++) {
			bool is = is_dressed_number(t->text[k][i]);
			all += *t->text[k][i] != 0;
			dressed += is;
			cell = is && !*cell ? t->text[k][i] : cell;
		}
		if (!dressed || dressed * 10 < all * 9)
			continue;
		cut_warn(c->d,
		         "column '%.60s' holds text such as '%.40s' and is no channel; write its cells as numbers "
		         "alone to use it",
		         t->name[k], cell);
		return;
	}
}

static int pick_sources(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	const struct table *t = c->t;
	const struct recipe *r = c->r;
	size_t cap = (size_t)(r->n_columns ? r->n_columns : t->n_col) + (size_t)r->n_predict;
	cap += (size_t)cut_own_channels(c);
	c->col = arena_alloc(&d->arena, cap, sizeof *c->col);
	for (int i = 0; i < r->n_columns; i++) {
		int k = table_column(t, "columns", r->columns[i], e);
		if (k < 0)
			return k;
		warn_position(d, t, "columns", r->columns[i], k);
		if (!t->number[k])
			return say_no_numbers(c->t, k, "columns", r->columns[i], e);
		for (int j = 0; j < d->n_source; j++)
			if (c->col[j] == k)
				return err_set(e, ERR_VALUE, "--columns: column '%s' is named twice", t->name[k]);
		c->col[d->n_source++] = k;
	}
	bool chosen = r->n_columns || pick_own(c);
	for (int k = 0; k < t->n_col && !chosen; k++)
		if (is_signal(c, k))
			c->col[d->n_source++] = k;
	if (!chosen)
		warn_dressed(c);
	if (!d->n_source)
		return err_set(e, ERR_FORMAT, "no column holds numbers; is the decimal mark a point?");
	d->n_held = d->n_source;
	return 0;
}

/* Finds the columns that --predict names, or else the first. */
static int pick_predicted(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	const struct recipe *r = c->r;
	d->predict = arena_alloc(&d->arena, (size_t)r->n_predict + (size_t)d->n_held + 1, sizeof *d->predict);
	d->n_predict = 1;
	for (int i = 0; i < r->n_predict; i++) {
		int k = table_column(c->t, "predict", r->predict[i], e), h = 0;
		if (k < 0)
			return k;
		warn_position(d, c->t, "predict", r->predict[i], k);
		if (!c->t->number[k])
			return say_no_numbers(c->t, k, "predict", r->predict[i], e);
		while (h < d->n_held && c->col[h] != k)
			h++;
		if (h == d->n_held)
			c->col[d->n_held++] = k;
		d->predict[i] = h;
		d->n_predict = i + 1;
	}
	return 0;
}

/* An output with a time axis: each of its channels is a column. */
static int pick_steps(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	const struct model *m = c->m;
	int bad = pick_predicted(c, e);
	if (bad)
		return bad;
	if (c->r->n_predict && c->r->n_predict != m->out_channels)
		return err_set(e, ERR_VALUE,
		               "--predict names %d column%s, but the output of the model has %lld channel%s",
		               c->r->n_predict, c->r->n_predict == 1 ? "" : "s", (long long)m->out_channels,
		               m->out_channels == 1 ? "" : "s");
	if (!c->r->n_predict && m->out_channels > 1 && m->out_channels != d->n_source) {
		cut_warn(d,
		         "the output has %lld channels and the window %d columns: --predict says which columns are "
		         "the true values",
		         (long long)m->out_channels, d->n_source);
		d->n_predict = 0;
		return 0;
	}
	/* the columns of the window are no answer at its own steps */
	if (!c->r->n_predict && m->task == TASK_SEQUENCE) {
		d->n_predict = 0;
		return 0;
	}
	for (int i = 0; !c->r->n_predict && i < m->out_channels; i++)
		d->predict[i] = i;
	d->n_predict = (int)m->out_channels;
	d->n_y = m->outputs;
	c->steps = m->out_steps;
	return 0;
}

static int pick_predict(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	const struct recipe *r = c->r;
	if (c->label_col >= 0 || c->by_folder)
		return 0;
	/* The outputs of a classifier are not steps of a forecast, unless the recipe names columns to predict. */
	if (!r->n_predict && c->m && c->m->head == HEAD_SOFTMAX)
		return 0;
	if (c->m && (c->m->task == TASK_RECONSTRUCTION || c->m->task == TASK_SEGMENTATION))
		return 0;
	if (c->m && c->m->out_steps > 1)
		return pick_steps(c, e);
	int bad = pick_predicted(c, e);
	if (bad)
		return bad;
	d->n_y = c->m ? c->m->outputs : d->n_predict;
	if (c->m && c->m->head == HEAD_SOFTMAX)
		d->n_y = d->n_predict;
	if (d->n_y % d->n_predict)
		return err_set(e, ERR_VALUE,
		               "--predict names %d columns, but the model has %lld outputs, which is no "
		               "multiple of it",
		               d->n_predict, (long long)d->n_y);
	c->steps = d->n_y / d->n_predict;
	return 0;
}

/* Writes an example of --columns for n columns: "A,B", or "A,B,C ..." for more. */
static void letters(int64_t n, char *buf, size_t size)
{
	size_t at = 0;
	buf[0] = 0;
	for (int64_t i = 0; i < n && i < 4; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%c", i ? "," : "", (char)('A' + i));
	if (n > 4)
		snprintf(buf + at, size - at, ",...");
}

/* Refuses a recipe that gives another number of channels than the model reads. The message says what would fit. */
static int check_channels(const struct cut *c, struct err *e)
{
	const struct dataset *d = c->d;
	int64_t want = c->m ? c->m->C : d->C, n = d->n_source;
	if (d->C == want)
		return 0;
	bool diff = d->derive == DERIVE_DIFF;
	int64_t columns = diff && want % 2 == 0 ? want / 2 : want;
	char names[32], fit[256] = "";
	size_t at = 0;
	letters(columns, names, sizeof names);
	if (!diff && 2 * n == want)
		at += (size_t)snprintf(fit, sizeof fit, "--derive diff");
	if (diff && n == want)
		at += (size_t)snprintf(fit, sizeof fit, "--derive none");
	if (columns <= count_numeric(c) || !at)
		at += (size_t)snprintf(fit + at, sizeof fit - at, "%s--columns %s", at ? " or " : "", names);
	if (diff && columns == want && n != want)
		snprintf(fit + at, sizeof fit - at, " and --derive none");
	int numeric = count_numeric(c);
	char few[80] = "";
	if (columns > numeric && n != want && (diff || 2 * n != want))
		snprintf(few, sizeof few, ", but only %d column%s of the file hold%s numbers", numeric,
		         numeric == 1 ? "" : "s", numeric == 1 ? "s" : "");
	bool wide = c->m && !c->t->line_noun && !c->r->n_columns && n >= c->m->T * want && c->m->T > 1;
	return err_set(e, ERR_VALUE,
	               "the model reads %lld channel%s, the recipe gives %lld (%lld column%s%s); %s would "
	               "give %lld%s%s",
	               (long long)want, want == 1 ? "" : "s", (long long)d->C, (long long)n, n == 1 ? "" : "s",
	               diff ? " and differences" : "", fit, (long long)want, few,
	               wide ? "; if each row is a window of its own, --table wide reads it so" : "");
}

static void name_columns(struct cut *c)
{
	struct dataset *d = c->d;
	d->held_name = arena_alloc(&d->arena, (size_t)d->n_held, sizeof *d->held_name);
	d->channel = arena_alloc(&d->arena, (size_t)d->C, sizeof *d->channel);
	for (int i = 0; i < d->n_held; i++)
		d->held_name[i] = arena_strdup(&d->arena, c->t->name[c->col[i]]);
	for (int i = 0; i < d->C; i++) {
		const char *name = d->held_name[i % d->n_source];
		if (i >= d->n_source) {
			char *s = xasprintf("Δ %s", name);
			name = arena_strdup(&d->arena, s);
			free(s);
		}
		d->channel[i] = name;
	}
}

/* ---- rows ---- */

int cut_range(struct row_range r, int64_t n, const char *noun, const char *option, const char *remedy, int64_t *from,
              int64_t *to, struct err *e)
{
	*from = r.from;
	*to = r.to < 0 ? n : r.to;
	if (*from >= n || *to > n)
		return err_set(e, ERR_VALUE, "--%s %lld:%.0lld: the file has %lld %s%s; %s", option, (long long)r.from,
		               r.to < 0 ? 0LL : (long long)r.to, (long long)n, noun, n == 1 ? "" : "s", remedy);
	return 0;
}

int cut_rows(const struct recipe *r, int64_t n, const char *noun, int64_t *from, int64_t *to, struct err *e)
{
	int64_t fit_from, fit_to;
	int bad = cut_range(r->rows, n, noun, "rows", "--rows 0: takes them all", from, to, e);
	if (bad || !r->split || !strcmp(r->split, "all"))
		return bad;
	if (!(r->given & RECIPE_FIT))
		return err_set(e, ERR_VALUE, "--split %s: give the %ss of the training set with --fit A:B", r->split,
		               noun);
	bad = cut_range(r->fit, n, noun, "fit", "--split all takes them all", &fit_from, &fit_to, e);
	if (bad)
		return bad;
	bool train = !strcmp(r->split, "train");
	int64_t lo = train ? fit_from : fit_to < n ? fit_to : 0;
	int64_t hi = train ? fit_to : fit_to < n ? n : fit_from;
	*from = *from > lo ? *from : lo;
	*to = *to < hi ? *to : hi;
	if (*from >= *to)
		return err_set(e, ERR_VALUE, "--split %s: no %ss are left; the file has %lld, --fit takes %lld:%lld",
		               r->split, noun, (long long)n, (long long)fit_from, (long long)fit_to);
	return 0;
}

/* Replaces each NaN of x (n) by a straight line between its neighbours, or by the nearest value at the ends. */
static bool interpolate(double *x, int64_t n, int64_t *filled)
{
	int64_t last = -1;
	for (int64_t i = 0; i <= n; i++) {
		if (i < n && isnan(x[i]))
			continue;
		if (i == n && last < 0)
			return false;
		for (int64_t k = last + 1; k < i; k++, ++*filled) {
			double f = last < 0 ? 1 : i == n ? 0 : (double)(k - last) / (double)(i - last);
			x[k] = f <= 0 ? x[last] : f >= 1 ? x[i] : x[last] + (x[i] - x[last]) * f;
		}
		last = i;
	}
	return true;
}

static int say_empty(const struct cut *c, int h, const struct segment *s, struct err *e)
{
	const char *name = c->t->name[c->col[h]];
	if (s->group >= 0)
		return err_set(e, ERR_FORMAT, "column '%s' holds no number in group '%.80s'", name,
		               c->d->group_name[s->group]);
	return err_set(e, ERR_FORMAT, "column '%s' holds no number in the rows that are cut", name);
}

/* Takes held column h where it lies in the table. false: it has to be copied, because a cell is no number, rows are
 * left out, or the table keeps its columns. */
static bool take_column(struct cut *c, int h)
{
	struct dataset *d = c->d;
	double *x = c->t->number[c->col[h]];
	if (!c->gives || !x || d->row_of || 2 * d->n_row < c->t->n_row)
		return false;
	for (int64_t i = 0; i < d->n_row; i++)
		if (!cut_cell_ok(c->t, c->col[h], d->first_row + i))
			return false;
	/* a reader may have laid all columns into one piece, with columns that nobody wants */
	size_t most = 2 * (size_t)(d->n_held * c->t->n_row) * sizeof *x;
	if (!arena_move(&d->arena, c->gives, x, most))
		return false;
	d->raw[h] = x + d->first_row;
	return true;
}

static int copy_column(struct cut *c, int h, struct err *e)
{
	struct dataset *d = c->d;
	double *x = d->raw[h] = arena_alloc(&d->arena, (size_t)d->n_row, sizeof *x);
	for (int64_t i = 0; i < d->n_row; i++) {
		int64_t row = cut_file_row(d, i);
		x[i] = cut_cell_ok(c->t, c->col[h], row) ? c->t->number[c->col[h]][row] : NAN;
	}
	for (int k = 0; k < d->n_segment; k++)
		if (!interpolate(x + d->segment[k].row, d->segment[k].n_row, &d->n_missing))
			return say_empty(c, h, &d->segment[k], e);
	return 0;
}

static int copy_raw(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	/* the arrays that are allocated here, in cut_scaler() and in cut_windows() */
	int64_t bytes = d->n_row * d->n_held * (int64_t)sizeof **d->raw;
	bytes += d->n_segment > 1 ? 2 * d->n_row * (int64_t)sizeof *d->start : 0;
	if (c->r->scale_by == SCALE_BY_GROUP)
		bytes += (int64_t)d->n_group * d->n_held * 4 * (int64_t)sizeof(double);
	if (c->t->room && bytes > c->t->room)
		return err_set(
		        e, ERR_LIMIT,
		        "%lld rows of %d columns take more memory than may be used; see --rows, --columns, --max-mem",
		        (long long)d->n_row, d->n_held);
	int bad = 0;
	d->raw = arena_alloc(&d->arena, (size_t)d->n_held, sizeof *d->raw);
	for (int h = 0; h < d->n_held && !bad; h++)
		bad = take_column(c, h) ? 0 : copy_column(c, h, e);
	return bad;
}

/* ---- scaling ---- */

/* Says the first value that is too large after scaling. */
static int check_scaled(const struct cut *c, struct err *e)
{
	enum { SOME = 1024 };
	const struct dataset *d = c->d;
	float x[SOME];
	char at[PLACE_TEXT];
	for (int h = 0; h < d->n_held; h++)
		for (int64_t i = 0; i < d->n_row; i++) {
			if (i % SOME == 0)
				dataset_rows(d, h, i, d->n_row - i < SOME ? d->n_row - i : SOME, x);
			if (!isfinite(x[i % SOME]))
				return err_set(e, ERR_VALUE,
				               "%s, column '%s': %g, scaled, is beyond 32-bit numbers; --scale "
				               "standard fits the scaling anew",
				               table_place(c->t, cut_file_row(d, i), at), d->held_name[h],
				               d->raw[h][i]);
		}
	return 0;
}

/* ---- windows ---- */

static int pick_window(struct cut *c, struct err *e)
{
	const struct recipe *r = c->r;
	c->T = c->m ? c->m->T : r->window;
	if (c->m && r->window && r->window != c->m->T)
		return err_set(e, ERR_VALUE, "--window %lld: the model reads windows of %lld steps",
		               (long long)r->window, (long long)c->m->T);
	if (c->T < 1)
		return err_set(e, ERR_VALUE, "the length of a window is not known; give its steps with --window T");
	c->d->T = c->T;
	c->d->step = r->step ? r->step : 1;
	c->d->horizon = r->horizon ? r->horizon : 1;
	return 0;
}

static int cut(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	int bad = pick_window(c, e);
	const char *label = recipe_no_label(c->r) ? NULL : c->r->label ? c->r->label : c->t->label;
	c->by_folder = c->r->label_from == LABEL_FROM_FOLDER;
	if (!bad && c->r->label && c->by_folder)
		bad = err_set(e, ERR_VALUE,
		              "--label %.60s and --label-from folder both name the labels; give one of them",
		              c->r->label);
	if (!bad && label && !c->by_folder) {
		c->label_col = table_column(c->t, "label", label, e);
		bad = c->label_col < 0 ? c->label_col : 0;
	}
	if (!bad)
		bad = cut_groups(c, e);
	if (bad)
		return bad;
	cut_times(c);
	bad = pick_sources(c, e);
	if (bad)
		return bad;
	d->derive = c->r->derive;
	d->C = d->n_source * (d->derive == DERIVE_DIFF ? 2 : 1);
	bad = check_channels(c, e);
	if (!bad)
		bad = pick_predict(c, e);
	if (bad)
		return bad;
	name_columns(c);
	bad = cut_rows(c->r, c->t->n_row, "row", &c->file_from, &c->file_to, e);
	if (!bad)
		bad = cut_keep_rows(c, e);
	if (!bad)
		bad = cut_gaps(c, e);
	if (!bad)
		bad = cut_segments(c, e);
	if (!bad)
		bad = copy_raw(c, e);
	if (!bad)
		bad = cut_scaler(c, e);
	if (!bad)
		bad = check_scaled(c, e);
	if (bad)
		return bad;
	if (d->n_y)
		cut_columns_truth(c);
	cut_windows(c);
	cut_stamps(c);
	bool itself = c->m && c->m->task == TASK_RECONSTRUCTION;
	if (c->label_col >= 0 || c->by_folder)
		bad = cut_labels(c, e);
	if (!bad && itself)
		cut_window_truth(c);
	if (bad || itself || c->label_col >= 0 || c->by_folder)
		return bad;
	if (d->n_y && c->m && c->m->head == HEAD_SOFTMAX)
		bad = cut_class_numbers(c, e);
	/* later values of a column are not what a classifier says */
	if (!bad && c->m && c->m->task == TASK_CLASSIFICATION && !d->has_labels)
		d->n_y = d->n_target = 0;
	return bad;
}

int dataset_cut(struct dataset *d, struct table *t, const struct recipe *r, const struct model *m, struct err *e)
{
	memset(d, 0, sizeof *d);
	struct cut c = { .d = d, .t = t, .r = r, .m = m, .label_col = -1, .steps = 1 };
	c.gives = t->gives ? &t->arena : NULL;
	d->file = arena_strdup(&d->arena, t->file ? t->file : "");
	understood_copy(&d->arena, &d->understood, t->understood);
	cut_warnings(d, t->warning);
	int bad = t->n_row && t->n_col ? 0 : err_set(e, ERR_FORMAT, "there are no rows");
	if (!bad)
		bad = cut(&c, e);
	if (!bad)
		cut_class_names(&c);
	free(c.time);
	if (bad)
		dataset_release(d);
	return bad;
}
