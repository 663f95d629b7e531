#include "src/text/text_layout_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/read/lines.h"

/* ---- decimal marks ---- */

static void find_points(struct text_layout *l, const struct tally *t, char said)
{
	bool comma = false, point = false, certain;
	for (int c = 0; c < l->n_col; c++) {
		comma |= t[c].comma > 0;
		point |= t[c].point > 0;
	}
	certain = comma;
	/* a column of decimal commas beside which nothing speaks for points */
	for (int c = 0; c < l->n_col && !point && l->delim != ','; c++)
		comma |= (t[c].marks & NUMBER_EITHER_COMMA) && !(t[c].marks & NUMBER_EITHER_POINT);
	for (int c = 0; c < l->n_col; c++) {
		struct text_column *q = &l->column[c];
		q->kind = tally_kind(&t[c]);
		bool either_comma = t[c].marks & NUMBER_EITHER_COMMA, either_point = t[c].marks & NUMBER_EITHER_POINT;
		if (t[c].point || t[c].comma) {
			q->point = t[c].comma > t[c].point ? ',' : '.';
		} else if (either_comma && !either_point) {
			/* In a file of commas, a comma in quotes groups thousands. */
			bool decimal = comma || (!point && l->delim != ',');
			q->point = decimal ? ',' : '.';
			q->doubtful = !certain;
		} else {
			q->point = comma && !point ? ',' : '.';
			q->doubtful = either_point && q->point == ',';
		}
		if (!point && !comma && !either_comma && !either_point)
			q->point = l->delim == ';' ? ',' : '.';
		if (said) {
			q->point = said;
			q->doubtful = false;
		}
	}
}

/* ---- the end of the table ---- */

static void doubt(struct text_layout *l, const char *text)
{
	size_t n = strlen(l->doubt);
	snprintf(l->doubt + n, sizeof l->doubt - n, "%s%s", n ? "; " : "", text);
}

/* Whether a word names a number that was computed from the rows above it. */
static bool is_summary_word(const char *s, size_t n)
{
	static const char *const words[] = { "mean",   "average", "avg",     "max", "maximum",  "min",        "minimum",
		                             "sum",    "total",   "totals",  "std", "stddev",   "stdev",      "std dev",
		                             "median", "count",   "range",   "var", "variance", "mittelwert", "summe",
		                             "end",    "rms",     "samples", NULL };
	while (n && strchr(":.", s[n - 1]))
		n--;
	for (int i = 0; words[i]; i++)
		if (word_is(s, n, words[i]))
			return true;
	return false;
}

/* How the cells of a line agree with the columns. */
struct fit {
	bool width;   /* it has as many cells as the table */
	int agreeing; /* numbers and stamps in columns that hold such */
	int strange;  /* words in columns of numbers or stamps */
	bool first;   /* the first cell is one of them */
	bool summary; /* the first cell is a word such as "Mean" */
	struct shape s;
};

static struct fit fit_of(struct finder *f, const struct text_layout *l, const struct tally *t,
                         const struct text_line *line)
{
	int n = line_split(l, line->s, line->end, f->cell);
	struct fit q = { .s = line_shape(f->cell, n) };
	q.width = q.s.filled <= l->n_col && q.s.width >= l->n_col;
	for (int k = 0; k < n && k < l->n_col; k++) {
		enum cell_kind kind = f->cell[k].kind, below = tally_kind(&t[k]);
		bool valued = below == CELL_NUMBER || below == CELL_STAMP;
		q.agreeing += valued && kind == below;
		q.strange += valued && kind == CELL_WORD;
		q.first |= !k && valued && kind == CELL_WORD;
	}
	q.summary = n && is_summary_word(f->cell[0].s, f->cell[0].n);
	return q;
}

/* Whether the line cannot be a row. A line of as many cells as the table can be one if a cell has the number or the
 * stamp that its column asks for, because a column may change from numbers to words: ids 7, 8, s1. Only a word such as
 * "Mean" in such a column makes it a summary. A line of another number of cells whose cells all fit is a row that was
 * cut, which the reader reports. */
static bool is_footer(struct finder *f, const struct text_layout *l, const struct tally *t,
                      const struct text_line *line)
{
	struct fit q = fit_of(f, l, t, line);
	bool starts_with_word = f->cell[0].kind == CELL_WORD;
	if (!q.s.word || (l->n_col == 1 && !memchr(line->s, ' ', (size_t)(line->end - line->s))))
		return false;
	if (q.width)
		return q.strange && (!q.agreeing || (q.first && q.summary));
	if (!starts_with_word)
		return !q.s.number && !q.s.stamp;
	return q.strange || q.summary || !q.agreeing;
}

/* Whether the line has no first cell, though the column has one in all lines that were looked at: a row of totals. */
static bool lacks_first(const struct finder *f, const struct text_layout *l, const struct tally *t, const struct fit *q)
{
	enum { SEEN = 5 };
	return q->width && l->n_col > 1 && q->agreeing && !f->cell[0].n && t[0].kind[CELL_EMPTY] <= f->sample.whole &&
	       t[0].kind[CELL_NUMBER] + t[0].kind[CELL_STAMP] >= SEEN;
}

/* Names the last line if it begins with an empty cell, as totals do. */
static void doubt_totals(struct finder *f, struct text_layout *l, const struct tally *t, const struct text_line *line)
{
	char text[200];
	size_t k = (size_t)(line->end - line->s);
	struct fit q = fit_of(f, l, t, line);
	if (!lacks_first(f, l, t, &q))
		return;
	snprintf(text, sizeof text,
	         "the last row has no first cell ('%.*s'), as totals have none; it is taken as data; --rows leaves it "
	         "out",
	         k < 40 ? (int)k : 40, line->s);
	doubt(l, text);
}

/* Names the last lines if they begin with a word where the others begin with a number, or with a word such as "Mean"
 * in a column of words. They are rows, but a summary looks the same. */
static void doubt_last_rows(struct finder *f, struct text_layout *l, const struct tally *t,
                            const struct text_line *tail, int64_t last, int64_t least)
{
	enum { FEW = 5 };
	char text[240];
	int64_t n = 0;
	bool words = false; /* the column holds words */
	for (; last - n >= least && n <= FEW; n++) {
		struct fit q = fit_of(f, l, t, &tail[(last - n) % TAIL_LINES]);
		if (!q.first && !(q.width && q.summary))
			break;
		words |= !q.first;
	}
	if (!n || n > FEW || last - n < least)
		return;
	const struct text_line *line = &tail[(last - n + 1) % TAIL_LINES];
	size_t k = (size_t)(line->end - line->s);
	snprintf(text, sizeof text, "the last %s with a word %s ('%.*s'); %s taken as data",
	         n == 1 ? "row begins" : "rows begin",
	         words ? "that summaries begin with" : "where the rows above begin with a number", k < 40 ? (int)k : 40,
	         line->s, n == 1 ? "it is" : "they are");
	doubt(l, text);
}

static void find_end(struct finder *f, struct text_layout *l, const struct tally *t)
{
	struct text_line tail[TAIL_LINES];
	const char *p = l->first;
	int64_t n = 0;
	l->end = l->text_end;
	if (l->text_end - p > TAIL_BYTES) {
		p = l->text_end - TAIL_BYTES;
		p = text_line_at(p, l->text_end, 0).next;
	}
	while (p < l->text_end) {
		struct text_line line = text_line_at(p, l->text_end, 0);
		if (!text_only_of(line.s, line.end, " \t"))
			tail[n++ % TAIL_LINES] = line;
		p = line.next;
	}
	int64_t below = 0, least = n > TAIL_LINES ? n - TAIL_LINES : 0;
	for (int64_t i = n - 1; i >= least; i--) {
		const struct text_line *line = &tail[i % TAIL_LINES];
		bool aside = text_layout_is_aside(l, line->s, line->end);
		if (!aside && !is_footer(f, l, t, line)) {
			l->end = line->next;
			l->below = below;
			l->below_at = below ? tail[(i + 1) % TAIL_LINES].s : NULL;
			doubt_last_rows(f, l, t, tail, i, least);
			doubt_totals(f, l, t, line);
			return;
		}
		below += !aside || below;
	}
}

/* ---- recorders with their own first lines ---- */

/* Empatica's files: the time of the first value in Unix seconds, then the values per second, then the values. */
static void take_start_and_rate(struct finder *f, struct text_layout *l, int start)
{
	double value[3][8];
	if (l->n_header || l->n_col > 8 || f->sample.n < start + 4)
		return;
	for (int i = 0; i < 3; i++) {
		int n = line_split(l, f->sample.line[start + i].s, f->sample.line[start + i].end, f->cell);
		for (int k = 0; k < l->n_col; k++)
			if (k >= n || number_parse(f->cell[k].s, f->cell[k].n, '.', &value[i][k]) != NUMBER_OK)
				return;
	}
	for (int k = 0; k < l->n_col; k++)
		if (value[0][k] < 1e9 || value[0][k] > 4e9 || value[1][k] <= 0 || value[1][k] > 1e5 ||
		    value[0][k] != value[0][0] || value[1][k] != value[1][0] || value[2][k] > 1e9)
			return;
	l->rate = value[1][0];
	l->above += 2;
	l->first = f->sample.line[start + 2].s;
	l->line = f->sample.line[start + 2].line;
}

/* ---- together ---- */

static bool like_columns(struct finder *f, const struct tally *t, int i, int n_col)
{
	int n = line_split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell);
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind below = tally_kind(&t[k]);
		if (f->cell[k].kind == CELL_WORD && (below == CELL_NUMBER || below == CELL_STAMP))
			return false;
	}
	return true;
}

/* The first row may lie above the run, if a line of another width broke it: the reader then says that line. */
static int true_start(struct finder *f, const struct tally *t)
{
	const struct shape *s = f->best.shape;
	int start = f->best.best.from, n_col = f->best.best.least;
	for (int i = start - 1; i >= 0; i--) {
		if (s[i].comment)
			continue;
		bool fits = run_takes(&f->best.best, &s[i]), data = s[i].number + s[i].stamp > 0;
		if (data && fits && like_columns(f, t, i, n_col))
			start = i;
		else if (!data && fits && (n_col > 1 || f->sample.blanks[i] || start - i > 1))
			break; /* names */
	}
	return start;
}

static bool enough(const struct finder *f)
{
	const struct run *r = &f->best.best;
	return f->sample.whole || (r->score > 0 && r->to == f->sample.n && 2 * r->rows >= f->sample.n);
}

/* A text without a row of numbers: its first line that is no comment is the header. */
static void without_rows(struct finder *f, struct text_layout *l)
{
	int i = 0;
	while (i + 1 < f->sample.n && text_is_comment(l, f->sample.line[i].s, f->sample.line[i].end))
		i++;
	const struct text_line *line = &f->sample.line[i];
	static const char delims[] = "\t;,|";
	l->delim = 0;
	for (int k = 0; delims[k] && !l->delim; k++)
		if (memchr(line->s, delims[k], (size_t)(line->end - line->s)))
			l->delim = delims[k];
	l->n_col = line_split(l, line->s, line->end, f->cell);
	l->column = xcalloc((size_t)l->n_col + 1, sizeof *l->column);
	for (int c = 0; c < l->n_col; c++)
		l->column[c] = (struct text_column){ .kind = CELL_WORD, .point = '.' };
	l->header[0] = *line;
	l->header_delim[0] = l->delim;
	l->n_header = 1;
	l->no_numbers = true;
	l->above = i;
	l->first = line->next;
	l->line = line->line + 1;
	l->end = l->text_end;
}

/* A line of names just above the table that has another number of cells. */
static void doubt_names(struct finder *f, struct text_layout *l, int start)
{
	char text[200];
	if (l->n_header || !start || f->best.shape[start - 1].comment || line_is_rule(&f->sample.line[start - 1]))
		return;
	const struct shape *s = &f->best.shape[start - 1];
	if (s->width < 2 || s->width == l->n_col || s->number || s->stamp || !s->word)
		return;
	snprintf(text, sizeof text, "line %lld has %d cells, the rows below it have %d, so the columns have no names",
	         (long long)f->sample.line[start - 1].line, s->width, l->n_col);
	doubt(l, text);
}

/* Whether each second cell may be the decimals of the one before it, as in `1,234,5,678`: it is made of as many digits
 * in all rows, one of them begins with a zero, and the cells before them never do. */
static bool pairs_look_like_numbers(struct finder *f, int n_col)
{
	const struct reading *r = &f->best;
	size_t *length = xcalloc((size_t)n_col, sizeof *length);
	bool zeros = false, fits = n_col % 2 == 0;
	for (int i = r->best.from; i < r->best.to && fits; i++) {
		const struct text_line *line = &f->sample.line[i];
		if (r->shape[i].comment)
			continue;
		fits = line_split(&r->l, line->s, line->end, f->cell) == n_col;
		for (int k = 0; k < n_col && fits; k++) {
			const struct cell *c = &f->cell[k];
			size_t sign = k % 2 == 0 && c->n && (*c->s == '-' || *c->s == '+');
			bool zero = c->n > sign + 1 && c->s[sign] == '0';
			fits = c->n > sign && strspn(c->s + sign, "0123456789") >= c->n - sign;
			if (k % 2 == 0) {
				fits = fits && !zero;
			} else {
				fits = fits && c->n > 1 && (!length[k] || length[k] == c->n);
				length[k] = c->n;
				zeros |= zero;
			}
		}
	}
	free(length);
	return fits && zeros;
}

static void doubt_decimals(struct finder *f, struct text_layout *l)
{
	bool certain;
	struct reading r = f->best;
	if (l->delim == 0 && l->n_col == 1 && l->column[0].point == ',') {
		r.l.delim = ',';
		int i = r.best.from;
		r.best.least = r.best.most = 2;
		if (reading_has_decimals(&r, &f->sample, f->cell, &certain) && i >= 0 && !l->n_header)
			doubt(l, "the commas are taken as decimal marks; --decimal point takes them as separators");
	} else if (l->delim == ',' && l->n_col == 2 && reading_has_decimals(&r, &f->sample, f->cell, &certain) &&
	           !reading_fits(&r)) {
		doubt(l, "the commas are taken as separators; --decimal comma takes them as decimal marks");
	} else if (l->delim == ',' && l->n_col >= 4 && !l->n_header && pairs_look_like_numbers(f, l->n_col)) {
		doubt(l, "all commas are taken as separators; each second column looks like the decimals of the one "
		         "before it: if commas are decimal marks as well, save the file with semicolons");
	}
}

/* Whether unquoted decimal commas between commas have doubled the cells: fewer names than cells, at most half as many
 * more. */
static int check_commas(struct finder *f, struct text_layout *l, int start, struct err *e)
{
	if (l->delim != ',' || l->n_header || !start || f->best.shape[start - 1].comment)
		return 0;
	const struct shape *s = &f->best.shape[start - 1];
	if (s->number || s->stamp || s->width < 2 || s->width >= l->n_col || 2 * s->width < l->n_col)
		return 0;
	return err_set(e, ERR_FORMAT,
	               "line %lld has %d names, but the rows below it have %d cells; if commas are both separators and "
	               "decimal marks, save the file with semicolons; --skip %lld reads the rows without names",
	               (long long)f->sample.line[start - 1].line, s->width, l->n_col,
	               (long long)f->sample.line[start - 1].line);
}

/* Refuses rows of numbers just above the table that have another number of cells, if a line of names above them has as
 * many cells as they have. */
static int check_above(const struct finder *f, int start, struct err *e)
{
	const struct shape *s = f->best.shape;
	int i = start - 1;
	while (i >= 0 && !s[i].comment && !s[i].word && s[i].number && !run_takes(&f->best.best, &s[i]))
		i--;
	if (i < 0 || i == start - 1 || s[i].comment || s[i].number || !s[i].word || s[i].filled != s[i + 1].filled ||
	    s[i].filled < 2)
		return 0;
	return err_set(e, ERR_FORMAT, "line %lld: %d cells where line %lld has %d; --skip %lld begins with the former",
	               (long long)f->sample.line[start].line, s[start].width, (long long)f->sample.line[start - 1].line,
	               s[start - 1].width, (long long)f->sample.line[start].line - 1);
}

/* Whether line i, which has numbers, has words above the numbers of half of its columns: the second line of Rigol's
 * oscilloscopes, `Sequence,Volt,Volt,0.0,1e-05`. */
static bool is_units_row(struct finder *f, const struct tally *t, int i, int n_col)
{
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	int n = line_split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell), words = 0;
	if (!above || !above->word || above->number || above->stamp)
		return false;
	for (int k = 0; k < n && k < n_col; k++)
		words += f->cell[k].kind == CELL_WORD && tally_kind(&t[k]) == CELL_NUMBER;
	return words >= 2 && 2 * words >= n;
}

/* Whether the first cell of line i is nothing but a unit of time, as BIOPAC calls the column of the times. */
static bool begins_with_unit_of_time(struct finder *f, int i)
{
	static const char *const units[] = { "s",   "sec",     "seconds", "ms", "msec", "millisec", "milliseconds",
		                             "min", "minutes", "h",       "hr", "hours" };
	const struct text_line *line = &f->sample.line[i];
	if (!line_split(&f->best.l, line->s, line->end, f->cell))
		return false;
	const struct cell *c = &f->cell[0];
	for (size_t k = 0; k < sizeof units / sizeof *units; k++)
		if (strlen(units[k]) == c->n && !strncasecmp(units[k], c->s, c->n))
			return true;
	return false;
}

/* Whether line i, below the names, says how many values each column has: BIOPAC writes `,60,60` where the rows below
 * begin with a time, whose column is called by its unit. */
static bool is_counts_row(struct finder *f, const struct tally *t, int i, int n_col)
{
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	const struct text_line *line = &f->sample.line[i];
	if (!above || !above->word || above->number || above->stamp || !begins_with_unit_of_time(f, i - 1))
		return false;
	int n = line_split(&f->best.l, line->s, line->end, f->cell);
	if (n < 2 || n > n_col + 1 || f->cell[0].n || tally_kind(&t[0]) == CELL_EMPTY)
		return false;
	const struct cell *first = &f->cell[1];
	for (int k = 1; k < n && k < n_col; k++)
		if (f->cell[k].n != first->n || memcmp(f->cell[k].s, first->s, first->n) != 0)
			return false;
	for (size_t k = 0; k < first->n; k++)
		if (first->s[k] < '0' || first->s[k] > '9')
			return false;
	/* the next row has its first cell */
	const struct text_line *below = &f->sample.line[i + 1];
	return first->n && line_split(&f->best.l, below->s, below->end, f->cell) && f->cell[0].n > 0;
}

/* Whether line i is none of the rows below it: it begins with a word, and two cells or more are not what its columns
 * hold. The line above it is no line of names. */
static bool is_preamble_row(struct finder *f, const struct tally *t, int i, int n_col)
{
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	int n = line_split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell), strange = 0;
	bool named = above && above->word && !above->number && !above->stamp && above->filled == n_col;
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind kind = f->cell[k].kind, below = tally_kind(&t[k]);
		strange += kind != CELL_EMPTY && kind != below && below != CELL_WORD && below != CELL_EMPTY;
	}
	return !named && n && f->cell[0].kind == CELL_WORD && tally_kind(&t[0]) != CELL_WORD && strange >= 2;
}

static int lay_out(struct finder *f, struct text_layout *l, struct err *e)
{
	struct block b = { .n = 0 };
	const struct run *r = &f->best.best;
	l->delim = f->best.l.delim;
	l->tail = f->best.l.tail;
	l->lead = f->best.l.lead;
	memcpy(l->marks, f->best.l.marks, sizeof l->marks);
	struct tally *t = tally_columns(f, r->from + (r->rows > 2), r->to, r->least);
	int start = true_start(f, t), bad = check_above(f, start, e);
	if (bad) {
		free(t);
		return bad;
	}
	while (start + 2 < r->to && !finder_is_header(f, t, start, r->least) && is_preamble_row(f, t, start, r->least))
		start++;
	bool units = start + 1 < f->sample.n && is_units_row(f, t, start, r->least);
	bool counts = !units && start + 2 < f->sample.n && is_counts_row(f, t, start, r->least);
	for (int i = 0;
	     i < 3 && !units && !counts && start + 1 < f->sample.n && finder_is_header(f, t, start, r->least); i++) {
		if (b.n == BLOCK_MOST)
			break;
		memmove(b.line + 1, b.line, (size_t)b.n * sizeof *b.line);
		memmove(b.delim + 1, b.delim, (size_t)b.n);
		b.line[0] = f->sample.line[start++];
		b.delim[0] = l->delim;
		b.n++;
		while (start + 1 < f->sample.n && f->best.shape[start].comment)
			start++;
	}
	l->n_col = r->least;
	block_find(f, l, &b, start - b.n, t);
	/* A column that is empty throughout counts if it has a name. */
	int only = 0, width = l->n_col;
	for (int i = 0; i < b.n && !l->header_shift; i++)
		if (b.delim[i] == l->delim && line_filled(f, &b.line[i], &only) && only + 1 > width &&
		    r->most < CELLS_MAX)
			width = only + 1 < r->most ? only + 1 : r->most;
	l->n_col = width;
	free(t);
	t = tally_columns(f, start, r->to > start ? r->to : start + 1, l->n_col);
	l->column = xcalloc((size_t)l->n_col, sizeof *l->column);
	block_take(f, l, &b);
	if (units)
		l->units = f->sample.line[start];
	start += units || counts;
	l->first = f->sample.line[start].s;
	l->line = f->sample.line[start].line;
	l->above = start - l->n_header - (l->units.s != NULL);
	struct tally *numbers = xcalloc((size_t)l->n_col + 1, sizeof *numbers);
	memcpy(numbers, t, (size_t)l->n_col * sizeof *t);
	units_find(f, l, numbers, start, r->to);
	find_points(l, numbers, f->point);
	free(numbers);
	take_start_and_rate(f, l, start);
	doubt_names(f, l, start);
	doubt_decimals(f, l);
	find_end(f, l, t);
	int blanks = 0;
	for (int i = start + 1; i < r->to; i++)
		blanks += f->sample.blanks[i] > 0;
	l->blank_rows = r->to - start > 2 && blanks * 10 > (r->to - start - 1) * 8;
	free(t);
	return check_commas(f, l, start, e);
}

/* Refuses `12:34:56.789 -> 1.0,2.0`, which the serial monitor of Arduino writes: the arrow is a second separator. */
static int check_arrows(const struct finder *f, struct err *e)
{
	int arrows = 0;
	for (int i = 0; i < f->sample.n; i++)
		arrows += memmem(f->sample.line[i].s, (size_t)(f->sample.line[i].end - f->sample.line[i].s), " -> ",
		                 4) != NULL;
	if (arrows < 2 || 2 * arrows < f->sample.n)
		return 0;
	return err_set(
	        e, ERR_FORMAT,
	        "its lines have ' -> ' between a time and the values; replace it by the separator of the values, or "
	        "save them without times");
}

/* Whether the line has a cell such as "[0.1, 0.2]": a list that pandas wrote. */
static bool has_list(const struct text_line *line)
{
	const char *open = memchr(line->s, '[', (size_t)(line->end - line->s));
	const char *s = open ? open + 1 : line->end;
	while (s < line->end && (is_blank(*s) || *s == '-' || *s == '\''))
		s++;
	const char *close = s < line->end && is_digit(*s) ? memchr(s, ']', (size_t)(line->end - s)) : NULL;
	int parts = 0;
	for (bool before = false; close && s < close; s++) {
		bool blank = is_blank(*s) || *s == ',';
		parts += before && !blank;
		before = blank;
	}
	return parts > 0;
}

/* Whether the line has cells such as "3:0.25", which number a value: the form of LIBSVM. */
static bool has_pairs(const struct text_line *line)
{
	int pairs = 0;
	for (const char *s = line->s; s < line->end; s++) {
		const char *from = s;
		while (s < line->end && is_digit(*s))
			s++;
		bool after = from == line->s || is_blank(from[-1]);
		if (after && s > from && line->end - s > 1 && *s == ':' && (is_digit(s[1]) || s[1] == '-')) {
			const char *end = s + 1;
			while (end < line->end && !is_blank(*end) && *end != ':')
				end++;
			pairs += end == line->end || is_blank(*end);
		}
	}
	return pairs >= 3;
}

/* Refuses texts whose lines hold the values of a window in a form of their own. */
static int check_lists(const struct finder *f, struct err *e)
{
	int lists = 0, pairs = 0;
	for (int i = 0; i < f->sample.n; i++) {
		lists += has_list(&f->sample.line[i]);
		pairs += has_pairs(&f->sample.line[i]);
	}
	if (2 * lists > f->sample.n)
		return err_set(
		        e, ERR_FORMAT,
		        "its cells hold lists such as [0.1, 0.2]; write each value into a cell of its own, or save "
		        "the lists as an array (.npy)");
	if (2 * pairs > f->sample.n)
		return err_set(e, ERR_FORMAT,
		               "its values are numbered, as '3:0.25' (LIBSVM); write all values of a row without their "
		               "numbers");
	return 0;
}

int text_layout_find(struct text_layout *l, const char *text, size_t n, const struct layout_wanted *w, struct err *e)
{
	struct finder f = { .point = w->point };
	int64_t line = 1;
	*l = (struct text_layout){ .text = text, .text_end = text + n, .comment = w->comment };
	const char *p = text;
	for (int64_t i = 0; i < w->skip && p < l->text_end; i++, line++)
		p = text_line_at(p, l->text_end, 0).next;
	int bad = 0;
	f.cell = xcalloc(CELLS_MAX, sizeof *f.cell);
	for (int most = SAMPLE_FIRST; !bad; most *= 10) {
		sample_release(&f.sample);
		sample_take(&f.sample, p, l->text_end, line, most);
		if (!f.sample.n) {
			bad = err_set(e, ERR_FORMAT, w->skip > 0 ? "--skip leaves no line" : "the file is empty");
			break;
		}
		l->looked = f.sample.line[f.sample.n - 1].next;
		f.said = line_says_delim(&f.sample.line[0]);
		l->quote = sample_quote(&f.sample);
		if (!l->comment)
			sample_marks(l, &f.sample);
		finder_try_all(&f, l);
		if (enough(&f) || most >= SAMPLE_MOST)
			break;
	}
	if (!bad)
		bad = check_arrows(&f, e);
	if (!bad)
		bad = check_lists(&f, e);
	if (!bad && f.best.best.score > 0 && f.best.best.rows)
		bad = lay_out(&f, l, e);
	else if (!bad)
		without_rows(&f, l);
	free(f.best.shape);
	free(f.cell);
	sample_release(&f.sample);
	if (bad)
		text_layout_release(l);
	return bad;
}

void text_layout_release(struct text_layout *l)
{
	free(l->column);
	l->column = NULL;
}

const char *text_layout_separator(const struct text_layout *l)
{
	static const struct {
		char delim;
		const char *name;
	} names[] = {
		{ '\t', "tab" }, { ';', "semicolon" }, { ',', "comma" }, { '|', "vertical bar" }, { ' ', "blanks" }
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].delim == l->delim)
			return names[i].name;
	return "none: one cell in a line";
}
