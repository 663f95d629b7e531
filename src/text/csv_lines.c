#include "src/text/csv_parts.h"

#include <csv.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"

/* ---- what a cell holds ---- */

static bool is_missing(const struct reader_csv *q, const char *s, size_t n)
{
	for (int i = 0; i < q->n_missing; i++)
		if (strlen(q->missing_word[i]) == n && !memcmp(s, q->missing_word[i], n))
			return true;
	return cell_is_missing(s, n);
}

static bool number_is_missing(const struct reader_csv *q, double v)
{
	for (int i = 0; i < q->n_missing; i++)
		if (v == q->missing_number[i])
			return true;
	return false;
}

static bool blank_at(const char *s, size_t n, size_t *k)
{
	*k = n && (*s == ' ' || *s == '\t') ? 1 : n > 1 && !memcmp(s, "\xc2\xa0", 2) ? 2 : 0;
	return *k > 0;
}

/* Takes blanks, no-break blanks and single quotes from around a cell. */
static void trim(const char **s, size_t *n)
{
	size_t k;
	while (blank_at(*s, *n, &k))
		*s += k, *n -= k;
	while (*n &&
	       ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t' || (*n > 1 && blank_at(*s + *n - 2, 2, &k) && k == 2)))
		*n -= (*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t' ? 1 : 2;
	if (*n >= 2 && **s == '\'' && (*s)[*n - 1] == '\'')
		++*s, *n -= 2;
}

static void take_number(struct reader_csv *q, double v)
{
	struct csv_column *c = &q->column[q->col];
	if (q->n_missing && number_is_missing(q, v)) {
		if (c->number)
			c->value[q->row] = NAN;
		return;
	}
	for (int64_t i = 0; !c->number && i < q->row; i++)
		c->value[i] = NAN;
	c->value[q->row] = v;
	c->number++;
}

static void take_cell(struct reader_csv *q, const char *s, size_t n)
{
	struct csv_column *c = &q->column[q->col];
	const struct text_unit *unit = &q->l.column[q->col].unit;
	bool bare = unit->n && !text_unit_strip(unit, &s, &n);
	bool missing = is_missing(q, s, n);
	double v;
	if (!missing &&
	    (number_parse(s, n, c->point, &v) == NUMBER_OK || number_any(s, n, c->point, &v) == NUMBER_OK) &&
	    (!bare || v == 0)) {
		take_number(q, v);
		return;
	}
	c->word += !missing;
	if (!missing && number_marks(s, n) > 0)
		c->against++;
	if (c->number)
		c->value[q->row] = NAN;
}

/* ---- rows ---- */

int csv_say_changed(struct reader_csv *q)
{
	return err_set(q->e, ERR_IO, "changed while it was read; try again");
}

/* Notes the line of a row. Rows in neighbouring lines need no memory for that. */
static void note_line(struct reader_csv *q)
{
	if (!q->row)
		q->first_line = q->start;
	if (!q->row_line && q->start != q->first_line + q->row) {
		csv_spend(q, q->rows_max * (int64_t)sizeof *q->row_line);
		if (q->bad)
			return;
		q->row_line = arena_reserve(&q->t->arena, (size_t)q->rows_max, sizeof *q->row_line);
		for (int64_t i = 0; i < q->row; i++)
			q->row_line[i] = q->first_line + i;
	}
	if (q->row_line)
		q->row_line[q->row] = q->start;
}

static void text_cell(struct reader_csv *q, const char *s, size_t n)
{
	const char **text = q->t->text[q->col];
	int64_t row = q->row;
	if (!text)
		return;
	/* Equal cells that follow each other share one text, as in columns of labels. */
	text_clean(q->clean, 3 * CSV_FIELD_MAX + 1, s, n);
	text[row] = row && !strcmp(text[row - 1], q->clean) ? text[row - 1] : csv_kept(q);
}

/* ---- libcsv's callbacks ---- */

static void on_cell(void *s, size_t n, void *arg)
{
	struct reader_csv *q = arg;
	const char *text = s;
	if (q->bad)
		return;
	trim(&text, &n);
	if (q->col >= q->n_col)
		q->extra += n > 0;
	else if (q->naming)
		text_cell(q, text, n);
	else
		take_cell(q, text, n);
	if (q->col < INT_MAX)
		q->col++;
}

/* The cells of the row from column `from` on are missing. */
static void without_cells(struct reader_csv *q, int from)
{
	for (int c = from; c < q->n_col; c++) {
		if (!q->naming && q->column[c].number)
			q->column[c].value[q->row] = NAN;
		if (q->naming && q->t->text[c])
			q->t->text[c][q->row] = "";
	}
}

/* Whether the columns from `from` on are empty throughout, so that a line may end before them. */
static bool rest_is_empty(const struct reader_csv *q, int from)
{
	for (int c = from; c < q->n_col; c++)
		if (q->l.column[c].kind != CELL_EMPTY)
			return false;
	return true;
}

static int say_ragged(struct reader_csv *q)
{
	int cells = q->extra ? q->col : q->col < q->n_col ? q->col : q->n_col;
	return err_set(q->e, ERR_FORMAT,
	               "line %lld: %d cell%s where the table has %d; --missing drop leaves such rows out, --comment C "
	               "lines that begin with C, --skip N the first N lines",
	               (long long)q->start, cells, cells == 1 ? "" : "s", q->n_col);
}

static void on_row(int term, void *arg)
{
	struct reader_csv *q = arg;
	(void)term;
	if (q->bad)
		return;
	if (q->extra || (q->col < q->n_col && !rest_is_empty(q, q->col))) {
		if (!q->lenient) {
			q->bad = say_ragged(q);
			return;
		}
		q->ragged++;
		without_cells(q, 0);
	} else if (q->col < q->n_col) {
		without_cells(q, q->col);
	}
	if (!q->naming)
		note_line(q);
	q->col = q->extra = 0;
	q->row++;
	if (q->row * q->n_col > CSV_CELLS_MAX)
		q->bad = err_set(q->e, ERR_LIMIT, "line %lld: more than %d cells; split the file", (long long)q->start,
		                 CSV_CELLS_MAX);
	else if (q->row >= q->rows_max)
		q->bad = csv_say_changed(q);
}

static void *field_realloc(void *p, size_t n)
{
	if (n > CSV_FIELD_MAX + 256)
		return NULL;
	return xrealloc(p, n, 1);
}

/* ---- lines that need no CSV parser: quotes enclose whole cells or are absent ---- */

static int say_long(const struct reader_csv *q)
{
	return err_set(q->e, ERR_LIMIT, "line %lld: a cell of more than %d bytes; is a closing quote missing?",
	               (long long)q->start, CSV_FIELD_MAX);
}

/* Returns whether no cell of the line needs libcsv: each quote at the beginning of a cell is closed at its end, and has
 * no other in between. A quote within a cell that does not begin with one is a letter like any other. */
static bool quotes_are_plain(const struct reader_csv *q, const char *s, const char *end)
{
	const char *from = s;
	while ((s = memchr(s, q->l.quote, (size_t)(end - s)))) {
		if (s != from && s[-1] != q->delim) {
			/* blanks before a quote are libcsv's */
			if (s[-1] == ' ' || s[-1] == '\t')
				return false;
			s++;
			continue;
		}
		const char *close = memchr(s + 1, q->l.quote, (size_t)(end - s - 1));
		if (!close || (close + 1 < end && close[1] != q->delim))
			return false;
		s = close + 1;
	}
	return true;
}

/* Whether a cell that is a number needs nothing else. */
static bool is_plain(const struct reader_csv *q)
{
	return !q->naming && q->col < q->n_col && !q->l.column[q->col].unit.n;
}

/* Splits such a line into the cells that libcsv would find. Most cells are plain numbers; they are read only once. */
static void plain_line(struct reader_csv *q, const char *s, const char *end)
{
	/* A number cannot extend beyond the end of its line, so number_begin() may look at all the data. */
	const char *all = (const char *)q->data + q->n;
	for (;; s++) {
		double v;
		const char *stop = is_plain(q) ? number_begin(s, all, q->column[q->col].point, &v) : NULL;
		if (stop && (stop == end || *stop == q->delim)) {
			take_number(q, v);
			q->col++;
		} else {
			bool quoted = s < end && *s == q->l.quote;
			s += quoted;
			stop = memchr(s, quoted ? q->l.quote : q->delim, (size_t)(end - s));
			stop = stop ? stop : end;
			if (stop - s > CSV_FIELD_MAX)
				q->bad = say_long(q);
			on_cell((void *)(uintptr_t)s, (size_t)(stop - s), q);
			stop += quoted;
		}
		s = stop;
		if (s == end || q->bad)
			break;
	}
	on_row('\n', q);
}

/* A line that text_layout.c splits: blanks separate its cells, or it is one cell. */
static void other_line(struct reader_csv *q, const char *s, const char *end)
{
	struct text_cells cells = text_layout_cells(&q->l, s, end);
	const char *cell;
	size_t n;
	while (!q->bad && text_layout_cell(&cells, &cell, &n)) {
		if (n > CSV_FIELD_MAX)
			q->bad = say_long(q);
		double v;
		if (is_plain(q) && number_parse(cell, n, q->column[q->col].point, &v) == NUMBER_OK) {
			take_number(q, v);
			q->col++;
		} else {
			on_cell((void *)(uintptr_t)cell, n, q);
		}
	}
	on_row('\n', q);
}

/* ---- any line ---- */

static int say_libcsv(struct reader_csv *q)
{
	if (csv_error(q->p) == CSV_EPARSE)
		return err_set(q->e, ERR_FORMAT,
		               "line %lld: a quote inside an unquoted cell, or text after a closing quote",
		               (long long)q->line);
	return say_long(q);
}

static int feed(struct reader_csv *q, const void *s, size_t n)
{
	if (csv_parse(q->p, s, n, on_cell, on_row, q) != n && !q->bad)
		q->bad = say_libcsv(q);
	return q->bad;
}

/* Takes from the line what stands before its first cell and behind its last one. */
static void cut_edges(const struct reader_csv *q, const char **s, const char **end)
{
	const char *stop = *end;
	if (q->l.lead || q->l.tail)
		while (stop > *s && (stop[-1] == ' ' || stop[-1] == '\t'))
			stop--;
	if (q->l.tail && stop > *s && stop[-1] == q->l.tail)
		*end = stop - 1;
	if (!q->l.lead)
		return;
	while (*s < *end && **s == ' ')
		++*s;
	*s += *s < *end && **s == q->delim;
}

int csv_lines_begin(struct reader_csv *q)
{
	q->p = xcalloc(1, sizeof *q->p);
	if (csv_init(q->p, CSV_STRICT | CSV_STRICT_FINI)) {
		free(q->p);
		return err_set(q->e, ERR_IO, "libcsv cannot be started");
	}
	csv_set_delim(q->p, (unsigned char)q->delim);
	csv_set_quote(q->p, (unsigned char)q->l.quote);
	csv_set_realloc_func(q->p, field_realloc);
	csv_set_blk_size(q->p, 256);
	return 0;
}

int csv_lines_end(struct reader_csv *q)
{
	/* The first pass has reported this already. */
	if (!q->bad && !q->naming && csv_fini(q->p, on_cell, on_row, q) && !q->bad)
		q->bad = err_set(q->e, ERR_FORMAT, "line %lld: a quote is opened but not closed", (long long)q->start);
	csv_free(q->p);
	free(q->p);
	return q->bad;
}

bool csv_row_is_open(const struct reader_csv *q)
{
	return q->p->pstate != 0;
}

void csv_line_blank(struct reader_csv *q)
{
	on_cell((char[1]){ 0 }, 0, q);
	on_row('\n', q);
}

void csv_line(struct reader_csv *q, const char *s, const char *end, bool quoted)
{
	bool by_layout = !q->delim || q->delim == ' ', open = csv_row_is_open(q);
	if (!open && (q->l.tail || q->l.lead) && !by_layout)
		cut_edges(q, &s, &end);
	if (by_layout)
		other_line(q, s, end);
	else if (!open && (!quoted || quotes_are_plain(q, s, end)))
		plain_line(q, s, end);
	else if (!feed(q, s, (size_t)(end - s)))
		feed(q, "\n", 1);
}

const char *csv_library_version(void)
{
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
	return TEXT(CSV_MAJOR) "." TEXT(CSV_MINOR) "." TEXT(CSV_RELEASE);
}
