#include "src/data/csv.h"

#include <csv.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "core/base/number.h"
#include "src/read/read_model.h"

/* A table is read in two passes. The first pass reads the numbers and counts what else each column holds. The second
 * pass reads names and texts; a table that holds only numbers does not need it. */
struct reader_csv {
	const unsigned char *data;
	size_t n;
	char delim, point;
	bool naming; /* true in the second pass */
	bool texts;  /* the second pass has to continue after the header */
	struct table *t;
	/* position in the file */
	int64_t line, start; /* line of the file; line on which the current row began */
	int64_t row;         /* complete rows, including the header */
	int col, n_col;
	int64_t blank; /* blank lines that may be empty cells, if the file has one column */
	struct csv_parser p;
	/* results of the first pass */
	struct column {
		int64_t number, word;
		bool point, comma; /* one of its numbers has a point or a comma */
		bool first_number, first_empty, first_stamp;
		double first;
		double *value; /* [row], including the header; written from the first number on */
	} * column;
	int64_t rows_max, *row_line; /* line of the file for each row */
	double *room;                /* (n_col, rows_max): the memory of all value arrays */
	int64_t budget;              /* bytes that the table may still use */
	bool header;
	char *clean; /* buffer for one cleaned cell */
	struct err *e;
	int bad;
};

/* ---- what a cell holds ---- */

static bool is_missing(const char *s, size_t n)
{
	static const char *const marks[] = { "NA", "N/A", "NaN", "null", "?", NULL };
	if (!n)
		return true;
	if (n > 4 || !strchr("Nn?", *s))
		return false;
	for (int i = 0; marks[i]; i++)
		if (strlen(marks[i]) == n && !strncasecmp(marks[i], s, n))
			return true;
	return false;
}

static enum number parse(const struct reader_csv *q, const char *s, size_t n, double *out)
{
	enum number k = number_parse(s, n, '.', out);
	return k == NUMBER_NOT && q->point == ',' ? number_parse(s, n, ',', out) : k;
}

static void trim(const char **s, size_t *n)
{
	while (*n && (**s == ' ' || **s == '\t'))
		++*s, --*n;
	while (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
		--*n;
}

static void take_number(struct reader_csv *q, const char *s, size_t n, double v)
{
	struct column *c = &q->column[q->col];
	c->point = c->point || memchr(s, '.', n);
	c->comma = c->comma || (q->point == ',' && memchr(s, ',', n));
	if (q->row == 0) {
		c->first_number = true;
		c->first = v;
	} else {
		for (int64_t i = 0; !c->number && i < q->row; i++)
			c->value[i] = NAN;
		c->value[q->row] = v;
	}
	c->number++;
}

static void take_cell(struct reader_csv *q, const char *s, size_t n)
{
	struct column *c = &q->column[q->col];
	bool missing = is_missing(s, n);
	double v;
	if (!missing && parse(q, s, n, &v) == NUMBER_OK) {
		take_number(q, s, n, v);
		return;
	}
	c->word += !missing;
	if (q->row == 0) {
		c->first_empty = missing;
		c->first_stamp =
		        n && *s >= '0' && *s <= '9' && (memchr(s, ':', n) || memchr(s, '-', n) || memchr(s, '/', n));
	} else if (c->number) {
		c->value[q->row] = NAN;
	}
}

static void spend(struct reader_csv *q, int64_t bytes)
{
	q->budget -= bytes;
	if (q->budget < 0 && !q->bad)
		q->bad = err_set(q->e, ERR_LIMIT, "its table needs more memory than is allowed; see --max-mem");
}

/* Reserves memory for the rows when the number of columns is known. There are at most as many rows as lines. Pages
 * that are never written take no memory. */
static void make_room(struct reader_csv *q)
{
	struct arena *a = &q->t->arena;
	if (!q->row_line) {
		int64_t rows = 2, most = CSV_CELLS_MAX / q->n_col + 2;
		for (size_t i = 0; i < q->n; i++)
			rows += q->data[i] == '\n' || q->data[i] == '\r';
		rows = rows < most ? rows : most;
		spend(q, rows * (q->n_col + 1) * (int64_t)sizeof *q->room);
		if (q->bad)
			return;
		q->row_line = arena_reserve(a, (size_t)rows, sizeof *q->row_line);
		q->room = arena_reserve(a, (size_t)(rows * q->n_col), sizeof *q->room);
		q->rows_max = rows;
	}
	for (int c = 0; c < q->n_col; c++) {
		q->column[c].value = q->room + c * q->rows_max;
		q->column[c].value[0] = q->column[c].first_number ? q->column[c].first : NAN;
	}
}

static const char *kept(struct reader_csv *q)
{
	spend(q, (int64_t)strlen(q->clean) + 1);
	return arena_strdup(&q->t->arena, q->clean);
}

static const char *cleaned(struct reader_csv *q, const char *s, size_t n)
{
	text_clean(q->clean, 3 * CSV_FIELD_MAX + 1, s, n);
	return kept(q);
}

static void name_cell(struct reader_csv *q, const char *s, size_t n)
{
	const char **text = q->t->text[q->col];
	int64_t row = q->row - q->header;
	if (row < 0) {
		if (n)
			q->t->name[q->col] = cleaned(q, s, n);
	} else if (text) {
		/* Equal cells that follow each other share one text, as in columns of labels. */
		text_clean(q->clean, 3 * CSV_FIELD_MAX + 1, s, n);
		text[row] = row && !strcmp(text[row - 1], q->clean) ? text[row - 1] : kept(q);
	}
}

/* ---- libcsv's callbacks ---- */

static void on_cell(void *s, size_t n, void *arg)
{
	struct reader_csv *q = arg;
	if (q->bad)
		return;
	if (q->row == 0 && !q->naming) {
		if (q->col == CSV_COLUMNS_MAX) {
			q->bad = err_set(q->e, ERR_LIMIT, "line %lld: more than %d columns", (long long)q->start,
			                 CSV_COLUMNS_MAX);
			return;
		}
		q->column = xrealloc(q->column, (size_t)q->col + 1, sizeof *q->column);
		q->column[q->col] = (struct column){ 0 };
		q->n_col = q->col + 1;
	}
	if (q->col < q->n_col) {
		const char *text = s;
		trim(&text, &n);
		if (q->naming)
			name_cell(q, text, n);
		else
			take_cell(q, text, n);
	}
	if (q->col < INT_MAX)
		q->col++;
}

static void on_row(int term, void *arg)
{
	struct reader_csv *q = arg;
	(void)term;
	if (q->bad)
		return;
	if (q->col != q->n_col) {
		q->bad = err_set(q->e, ERR_FORMAT, "line %lld: %d cell%s where the first line has %d",
		                 (long long)q->start, q->col, q->col == 1 ? "" : "s", q->n_col);
		return;
	}
	if (!q->naming) {
		if (q->row == 0)
			make_room(q);
		if (q->bad)
			return;
		q->row_line[q->row] = q->start;
	}
	q->col = 0;
	q->row++;
	if (q->row * q->n_col > CSV_CELLS_MAX)
		q->bad = err_set(q->e, ERR_LIMIT, "line %lld: more than %d cells; split the file", (long long)q->start,
		                 CSV_CELLS_MAX);
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

/* Returns whether all quotes of the line come in pairs that enclose a whole cell. */
static bool quotes_are_plain(const struct reader_csv *q, const char *s, const char *end)
{
	while ((s = memchr(s, '"', (size_t)(end - s)))) {
		const char *close = memchr(s + 1, '"', (size_t)(end - s - 1));
		bool first = s == (const char *)q->data || s[-1] == q->delim || s[-1] == '\n' || s[-1] == '\r';
		if (!first || !close || (close + 1 < end && close[1] != q->delim))
			return false;
		s = close + 1;
	}
	return true;
}

/* Splits such a line into the cells that libcsv would find. Most cells are plain numbers; they are read only once. */
static void plain_line(struct reader_csv *q, const char *s, const char *end)
{
	/* A number cannot extend beyond the end of its line, so number_begin() may look at all the data. */
	const char *all = (const char *)q->data + q->n;
	for (;; s++) {
		double v;
		const char *stop = q->naming || q->col >= q->n_col || !q->row ? NULL : number_begin(s, all, '.', &v);
		if (stop && (stop == end || *stop == q->delim)) {
			take_number(q, s, (size_t)(stop - s), v);
			q->col++;
		} else {
			bool quoted = s < end && *s == '"';
			s += quoted;
			stop = memchr(s, quoted ? '"' : q->delim, (size_t)(end - s));
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

/* ---- one pass ---- */

static int say_libcsv(struct reader_csv *q)
{
	if (csv_error(&q->p) == CSV_EPARSE)
		return err_set(q->e, ERR_FORMAT,
		               "line %lld: a quote inside an unquoted cell, or text after a closing quote",
		               (long long)q->line);
	return say_long(q);
}

static int feed(struct reader_csv *q, const void *s, size_t n)
{
	if (csv_parse(&q->p, s, n, on_cell, on_row, q) != n && !q->bad)
		q->bad = say_libcsv(q);
	return q->bad;
}

static bool only_spaces(const unsigned char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] != ' ' && s[i] != '\t')
			return false;
	return true;
}

/* Returns the position of the next byte c from `at` on. *known keeps the last answer, so that it is searched for
 * again only if it lies before `at`. */
static size_t next_byte(const struct reader_csv *q, int64_t *known, size_t at, int c)
{
	if (*known < (int64_t)at) {
		const unsigned char *p = memchr(q->data + at, c, q->n - at);
		*known = p ? p - q->data : (int64_t)q->n;
	}
	return (size_t)*known;
}

/* Reads all lines. The parser gets one line at a time, so that each row knows its line. Its state 0 means "between
 * rows". */
static int pass(struct reader_csv *q)
{
	if (csv_init(&q->p, CSV_STRICT | CSV_STRICT_FINI))
		return err_set(q->e, ERR_IO, "libcsv cannot be started");
	csv_set_delim(&q->p, (unsigned char)q->delim);
	csv_set_realloc_func(&q->p, field_realloc);
	csv_set_blk_size(&q->p, 256);
	q->line = q->row = q->col = 0;
	q->blank = 0;
	q->bad = 0;
	const unsigned char *data = q->data;
	int64_t lf = -1, cr = -1, quote = -1;
	for (size_t at = 0; at < q->n && !q->bad && !(q->naming && q->row == q->header && !q->texts);) {
		size_t end = next_byte(q, &lf, at, '\n'), other = next_byte(q, &cr, at, '\r');
		end = other < end ? other : end;
		size_t next = end + (end < q->n);
		if (next < q->n && q->data[end] == '\r' && q->data[next] == '\n')
			next++;
		q->line++;
		if (q->p.pstate == 0) {
			if (only_spaces(q->data + at, end - at)) {
				q->blank++;
				at = next;
				continue;
			}
			/* In a file of one column, a blank line between others is an empty cell. */
			for (; q->blank && q->n_col == 1 && q->row && !q->bad; q->blank--) {
				q->start = q->line - q->blank;
				on_cell((char[1]){ 0 }, 0, q);
				on_row('\n', q);
			}
			q->blank = 0;
			q->start = q->line;
		}
		const char *s = (const char *)data + at, *stop = (const char *)data + end;
		if (q->p.pstate == 0 && (next_byte(q, &quote, at, '"') >= end || quotes_are_plain(q, s, stop)))
			plain_line(q, s, stop);
		else if (!feed(q, data + at, end - at))
			feed(q, "\n", 1);
		at = next;
	}
	/* The first pass has reported this already. */
	if (!q->bad && !q->naming && csv_fini(&q->p, on_cell, on_row, q) && !q->bad)
		q->bad = err_set(q->e, ERR_FORMAT, "line %lld: a quote is opened but not closed", (long long)q->start);
	csv_free(&q->p);
	return q->bad;
}

/* ---- before the first pass ---- */

static int check_zero(const unsigned char *p, size_t n, struct err *e)
{
	const unsigned char *zero = memchr(p, 0, n);
	if (zero) {
		long long line = 1;
		for (const unsigned char *s = p; s < zero; s++)
			line += *s == '\n';
		return err_set(e, ERR_FORMAT, "line %lld: a zero byte; the file is not text", line);
	}
	return 0;
}

/* Counts each possible delimiter outside quotes in the line at `at`. Returns the start of the next line. */
static size_t count_delims(const unsigned char *s, size_t n, size_t at, int count[3])
{
	bool quoted = false;
	memset(count, 0, 3 * sizeof *count);
	for (; at < n; at++) {
		if (s[at] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (s[at] == '\n' || s[at] == '\r')
			break;
		count[0] += s[at] == '\t' && count[0] < CSV_CELLS_MAX;
		count[1] += s[at] == ';' && count[1] < CSV_CELLS_MAX;
		count[2] += s[at] == ',' && count[2] < CSV_CELLS_MAX;
	}
	while (at < n && (s[at] == '\n' || s[at] == '\r'))
		at++;
	return at;
}

/* Returns the delimiter: the first of tab, semicolon and comma that occurs equally often in each of the first lines.
 * If there is none, returns the one that occurs most often in the first line. */
static char find_delim(const unsigned char *s, size_t n)
{
	static const char delims[] = "\t;,";
	int first[3], count[3];
	bool steady[3] = { true, true, true };
	size_t limit = n < (1 << 20) ? n : 1 << 20, at = count_delims(s, limit, 0, first);
	for (int lines = 1; lines < 10 && at < limit; lines++) {
		at = count_delims(s, limit, at, count);
		/* the line at the limit may be incomplete */
		for (int k = 0; k < 3 && (at < limit || limit == n); k++)
			steady[k] = steady[k] && count[k] == first[k];
	}
	for (int k = 0; k < 3; k++)
		if (first[k] && steady[k])
			return delims[k];
	int best = 2;
	for (int k = 1; k >= 0; k--)
		if (first[k] > first[best])
			best = k;
	return delims[best];
}

/* ---- between the passes ---- */

/* A first line of words is a header. It is data if it has a number, a time stamp, or an empty cell other than the
 * first. */
static bool has_header(const struct reader_csv *q)
{
	bool words = false;
	for (int c = 0; c < q->n_col; c++) {
		const struct column *k = &q->column[c];
		if (k->first_number || k->first_stamp || (k->first_empty && c))
			return false;
		words = words || !k->first_empty;
	}
	return words;
}

static int make_table(struct reader_csv *q)
{
	struct table *t = q->t;
	struct arena *a = &t->arena;
	q->header = has_header(q);
	t->has_header = q->header;
	t->n_col = q->n_col;
	t->n_row = q->row - q->header;
	if (t->n_row < 1)
		return err_set(q->e, ERR_FORMAT, "there is a header but no row");
	size_t n_col = (size_t)t->n_col, n_row = (size_t)t->n_row;
	t->name = arena_alloc(a, n_col, sizeof *t->name);
	t->number = arena_alloc(a, n_col, sizeof *t->number);
	t->text = arena_alloc(a, n_col, sizeof *t->text);
	t->line = q->row_line + q->header;
	for (int c = 0; c < t->n_col; c++) {
		struct column *k = &q->column[c];
		char name[32];
		snprintf(name, sizeof name, "column %d", c + 1);
		t->name[c] = arena_strdup(a, name);
		if (k->number)
			t->number[c] = k->value + q->header;
		if (k->word - (q->header && !k->first_empty) > 0) {
			t->text[c] = arena_alloc(a, n_row, sizeof **t->text);
			q->texts = true;
			/* In all other rows the column holds numbers only. */
			if (k->number)
				spend(q, t->n_row * (int64_t)sizeof **t->text);
		}
	}
	return q->bad;
}

/* Returns whether commas in numbers are decimal commas. If other numbers have a point, the comma may group
 * thousands, and the file may be a mixture. */
static bool comma_is_decimal(const struct reader_csv *q)
{
	bool point = false, comma = false;
	for (int c = 0; c < q->n_col; c++) {
		point |= q->column[c].point;
		comma |= q->column[c].comma;
	}
	return comma && !point;
}

static int read_table(struct reader_csv *q)
{
	q->point = q->delim == ';' ? ',' : '.';
	int bad = pass(q);
	if (!bad && q->point == ',' && !comma_is_decimal(q)) {
		q->point = '.';
		bad = pass(q);
	}
	if (!bad && !q->row)
		bad = err_set(q->e, ERR_FORMAT, "the file is empty");
	if (!bad)
		bad = make_table(q);
	if (bad)
		return bad;
	q->naming = true;
	return pass(q);
}

int table_from_csv(struct table *t, const char *file, const unsigned char *data, size_t n, int64_t budget,
                   struct err *e)
{
	memset(t, 0, sizeof *t);
	int bad = check_zero(data, n, e);
	if (bad)
		return bad;
	if (n >= 3 && !memcmp(data, "\xef\xbb\xbf", 3)) {
		data += 3;
		n -= 3;
	}
	struct reader_csv q = { .data = data, .n = n, .t = t, .budget = budget, .e = e };
	q.delim = find_delim(data, n);
	q.clean = xmalloc(3 * CSV_FIELD_MAX + 1);
	text_clean(q.clean, 1024, file, strlen(file));
	t->file = arena_strdup(&t->arena, q.clean);
	bad = read_table(&q);
	if (!bad)
		understood_add(&t->arena, &t->understood, "separator", "%s",
		               q.delim == ','   ? "comma"
		               : q.delim == ';' ? "semicolon"
		                                : "tab");
	free(q.clean);
	free(q.column);
	t->room = q.budget > 0 ? q.budget : 1;
	if (bad)
		table_release(t);
	return bad;
}

const char *csv_library_version(void)
{
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
	return TEXT(CSV_MAJOR) "." TEXT(CSV_MINOR) "." TEXT(CSV_RELEASE);
}
