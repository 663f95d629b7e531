#include "src/text/csv_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"

static void say_skipped(struct reader_csv *q)
{
	const struct text_layout *l = &q->l;
	char text[320] = "";
	size_t n = 0;
	if (l->above)
		n += (size_t)snprintf(text, sizeof text, "%lld line%s above the table", (long long)l->above,
		                      l->above == 1 ? "" : "s");
	if (l->below) {
		const char *end = memchr(l->below_at, '\n', (size_t)(l->text_end - l->below_at));
		size_t k = (size_t)((end ? end : l->text_end) - l->below_at);
		char first[128];
		text_clean(first, sizeof first, l->below_at, k < 40 ? k : 40);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%lld line%s below the table ('%s%s')",
		                      n ? ", " : "", (long long)l->below, l->below == 1 ? "" : "s", first,
		                      k > 40 ? "..." : "");
	}
	if (q->aside)
		snprintf(text + n, sizeof text - n, "%s%lld line%s between its rows", n ? ", " : "",
		         (long long)q->aside, q->aside == 1 ? "" : "s");
	if (!*text)
		return;
	understood_add(&q->t->arena, &q->t->understood, "skipped", "%s", text);
	char *all = xasprintf("skipped %s", text);
	warnings_add(&q->t->arena, &q->t->warning, all);
	free(all);
}

/* A number of column c that can be read in two ways. */
static bool find_doubtful(const struct reader_csv *q, int c, const char **s, size_t *n)
{
	struct text_line line = text_layout_first(&q->l);
	for (int i = 0; i < 200 && text_layout_next(&q->l, &line); i++) {
		struct text_cells cells = text_layout_cells(&q->l, line.s, line.end);
		int k = 0;
		while (text_layout_cell(&cells, s, n))
			if (k++ == c && number_marks(*s, *n) & (NUMBER_EITHER_COMMA | NUMBER_EITHER_POINT))
				return true;
	}
	return false;
}

static void say_doubts(struct reader_csv *q)
{
	char text[400];
	if (*q->l.doubt) {
		text_clean(text, sizeof text, q->l.doubt, strlen(q->l.doubt));
		warnings_add(&q->t->arena, &q->t->warning, text);
	}
	int more = 0, first = -1;
	for (int c = 0; c < q->n_col; c++)
		if (q->l.column[c].doubtful && q->column[c].number && q->column[c].point == q->l.column[c].point) {
			first = first < 0 ? c : first;
			more++;
		}
	const char *s;
	size_t n;
	if (first < 0 || !find_doubtful(q, first, &s, &n) || n > 40)
		return;
	char point = q->column[first].point, others[64] = "";
	double as = 0, or = 0;
	number_any(s, n, point, &as);
	number_any(s, n, point == '.' ? ',' : '.', & or);
	if (more > 1)
		snprintf(others, sizeof others, " (and %d more column%s)", more - 1, more == 2 ? "" : "s");
	snprintf(text, sizeof text, "column '%.60s'%s: '%.*s' is taken as %.10g; --decimal %s takes it as %.10g",
	         q->t->name[first], others, (int)n, s, as, point == '.' ? "comma" : "point", or);
	warnings_add(&q->t->arena, &q->t->warning, text);
}

/* Numbers that mark missing cells in many files. */
static const double usual_marks[] = { -200,   -999, -999.9, -999.99, -9999, -99999,
	                              -32768, 9999, 99999,  999999,  1e20,  9.96921e36 };

/* Whether `mark` lies far from all other numbers of column c: further than they lie from each other. */
static bool stands_apart(const struct reader_csv *q, int c, double mark, int64_t *times)
{
	double low = INFINITY, high = -INFINITY;
	*times = 0;
	for (int64_t i = 0; i < q->row; i++) {
		double v = q->column[c].value[i];
		*times += v == mark;
		if (v == mark || isnan(v))
			continue;
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	return low <= high && (mark < low ? low - mark : mark - high) > high - low;
}

static void say_marks(struct reader_csv *q)
{
	for (int c = 0; c < q->n_col; c++) {
		double low = INFINITY, high = -INFINITY;
		for (int64_t i = 0; i < q->row && q->column[c].number; i++) {
			double v = q->column[c].value[i];
			low = v < low ? v : low;
			high = v > high ? v : high;
		}
		for (size_t k = 0; k < sizeof usual_marks / sizeof *usual_marks; k++) {
			double mark = usual_marks[k];
			int64_t times;
			char text[300];
			if ((mark != low && mark != high) || !stands_apart(q, c, mark, &times))
				continue;
			snprintf(text, sizeof text,
			         "column '%.60s' holds %g in %lld row%s, far from its other numbers; if it marks "
			         "missing "
			         "cells, give --missing-value %g",
			         q->t->name[c], mark, (long long)times, times == 1 ? "" : "s", mark);
			warnings_add(&q->t->arena, &q->t->warning, text);
			return;
		}
	}
}

static const char *const kind_words[] = {
	[CELL_EMPTY] = "empty", [CELL_NUMBER] = "numbers", [CELL_STAMP] = "dates or times", [CELL_WORD] = "words"
};

static enum cell_kind kind_of(const struct reader_csv *q, int c)
{
	const struct csv_column *k = &q->column[c];
	if (k->number && k->number >= k->word)
		return CELL_NUMBER;
	return q->l.column[c].kind == CELL_NUMBER ? CELL_WORD : q->l.column[c].kind;
}

/* "t (dates or times), a and b (numbers)": neighbours of one kind share its word. */
static void say_columns(struct reader_csv *q)
{
	char text[700];
	size_t n = 0;
	for (int c = 0; c < q->n_col && n + 160 < sizeof text; c++) {
		bool last = c + 1 == q->n_col || kind_of(q, c + 1) != kind_of(q, c);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%.60s", n ? ", " : "", q->t->name[c]);
		if (last || n + 160 >= sizeof text)
			n += (size_t)snprintf(text + n, sizeof text - n, " (%s)", kind_words[kind_of(q, c)]);
		if (n + 160 >= sizeof text && c + 1 < q->n_col)
			snprintf(text + n, sizeof text - n, " ...");
	}
	understood_add(&q->t->arena, &q->t->understood, q->n_col == 1 ? "column" : "columns", "%d: %s", q->n_col, text);
}

static void say_header(struct reader_csv *q)
{
	const struct text_layout *l = &q->l;
	struct arena *a = &q->t->arena;
	struct understood **list = &q->t->understood;
	if (!l->n_header)
		understood_add(a, list, "header", "none: the columns have numbers");
	else if (l->n_header == 1)
		understood_add(a, list, "header", "line %lld", (long long)l->header[0].line);
	else
		understood_add(a, list, "header", "lines %lld to %lld, joined", (long long)l->header[0].line,
		               (long long)l->header[l->n_header - 1].line);
	if (l->units.s) {
		char units[200];
		text_clean(units, sizeof units, l->units.s,
		           (size_t)(l->units.end - l->units.s) < 60 ? (size_t)(l->units.end - l->units.s) : 60);
		understood_add(a, list, "units", "line %lld: %s", (long long)l->units.line, units);
	}
	understood_add(a, list, "data", "%lld rows, from line %lld on", (long long)q->row, (long long)q->first_line);
}

/* Letters that stand for a factor as often as for a unit. */
static bool is_factor(const char *unit)
{
	static const char *const factors[] = { "k", "K", "M", "G", "B", "bn", "Bn", "Mn", "mn", "Mio", "mio", "mln" };
	for (size_t i = 0; i < sizeof factors / sizeof *factors; i++)
		if (!strcmp(factors[i], unit))
			return true;
	return false;
}

/* The units in the cells: "a in °C, b in V". */
static void say_units(struct reader_csv *q)
{
	char text[400], unit[64];
	size_t n = 0;
	for (int c = 0; c < q->n_col && n + 160 < sizeof text; c++) {
		const struct text_unit *u = &q->l.column[c].unit;
		if (!u->n || !q->column[c].number)
			continue;
		text_clean(unit, sizeof unit, u->s, u->n);
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%.60s in %s", n ? ", " : "", q->t->name[c], unit);
		if (is_factor(unit)) {
			char warning[240];
			snprintf(warning, sizeof warning,
			         "column '%.60s': its cells end in '%.8s', which is read as a unit and multiplies "
			         "nothing",
			         q->t->name[c], unit);
			warnings_add(&q->t->arena, &q->t->warning, warning);
		}
	}
	if (n)
		understood_add(&q->t->arena, &q->t->understood, "units in the cells", "%s", text);
}

static void say_blocks(struct reader_csv *q)
{
	if (!q->t->group)
		return;
	char text[160];
	snprintf(text, sizeof text,
	         "blank lines divide the rows into %d blocks; each is a group, and no window crosses "
	         "from one to the next",
	         q->t->n_group);
	warnings_add(&q->t->arena, &q->t->warning, text);
	understood_add(&q->t->arena, &q->t->understood, "blocks", "%d, divided by blank lines; each is a group",
	               q->t->n_group);
}

void csv_say(struct reader_csv *q, const struct decoded *decoded)
{
	const char *encoding = decoded->encoding;
	struct arena *a = &q->t->arena;
	struct understood **list = &q->t->understood;
	int commas = 0, points = 0;
	for (int c = 0; c < q->n_col; c++) {
		commas += q->column[c].number && q->column[c].point == ',';
		points += q->column[c].number && q->column[c].point == '.';
	}
	if (strcmp(encoding, TEXT_UTF8) != 0)
		understood_add(a, list, "encoding", "%s", encoding);
	if (decoded->warning)
		warnings_add(&q->t->arena, &q->t->warning, decoded->warning);
	understood_add(a, list, "separator", "%s", text_layout_separator(&q->l));
	understood_add(a, list, "decimal mark", "%s",
	               commas && points ? "comma in some columns, point in others"
	               : commas         ? "comma"
	                                : "point");
	say_header(q);
	say_columns(q);
	say_units(q);
	if (q->l.rate > 0)
		understood_add(a, list, "rate", "%g rows per second, which the first lines say", q->l.rate);
	say_skipped(q);
	say_doubts(q);
	say_marks(q);
	say_blocks(q);
	if (q->ragged)
		understood_add(a, list, "rows of another width", "%lld, taken as missing", (long long)q->ragged);
}
