#include "src/text/csv_parts.h"

#include <csv.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/read/read_model.h"

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
	bool missing = is_missing(q, s, n);
	double v;
	if (!missing &&
	    (number_parse(s, n, c->point, &v) == NUMBER_OK || number_any(s, n, c->point, &v) == NUMBER_OK)) {
		take_number(q, v);
		return;
	}
	c->word += !missing;
	if (!missing && number_marks(s, n) > 0)
		c->against++;
	if (c->number)
		c->value[q->row] = NAN;
}

void csv_spend(struct reader_csv *q, int64_t bytes)
{
	q->budget -= bytes;
	if (q->budget < 0 && !q->bad)
		q->bad = err_set(q->e, ERR_LIMIT, "its table needs more memory than is allowed; see --max-mem");
}

/* Reserves memory for the rows. There are at most as many rows as lines. Pages that are never written take no memory.
 */
static void make_room(struct reader_csv *q)
{
	struct arena *a = &q->t->arena;
	int64_t rows = 2, most = CSV_CELLS_MAX / q->n_col + 2;
	for (size_t i = 0; i < q->n; i++)
		rows += q->data[i] == '\n' || q->data[i] == '\r';
	rows = rows < most ? rows : most;
	csv_spend(q, rows * q->n_col * (int64_t)sizeof *q->room);
	if (q->bad)
		return;
	q->room = arena_reserve(a, (size_t)(rows * q->n_col), sizeof *q->room);
	q->rows_max = rows;
	for (int c = 0; c < q->n_col; c++)
		q->column[c].value = q->room + c * q->rows_max;
}

/* Two blank lines or more begin another block, as in files of gnuplot and Octave. */
static void take_block(struct reader_csv *q)
{
	enum { BLOCKS_MAX = 100000 };
	if (q->blank < 2 || !q->row || q->n_col == 1 || q->l.blank_rows || q->naming || q->n_block == BLOCKS_MAX ||
	    (q->n_block && q->block[q->n_block - 1] == q->row))
		return;
	if (q->n_block == q->block_room) {
		q->block_room = q->block_room ? 2 * q->block_room : 16;
		q->block = xrealloc(q->block, (size_t)q->block_room, sizeof *q->block);
	}
	q->block[q->n_block++] = q->row;
}

/* Notes the line of a row. Rows in neighbouring lines need no memory for that. */
static void take_line(struct reader_csv *q)
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

const char *csv_kept(struct reader_csv *q)
{
	csv_spend(q, (int64_t)strlen(q->clean) + 1);
	return arena_strdup(&q->t->arena, q->clean);
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
		take_line(q);
	q->col = q->extra = 0;
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

/* Splits such a line into the cells that libcsv would find. Most cells are plain numbers; they are read only once. */
static void plain_line(struct reader_csv *q, const char *s, const char *end)
{
	/* A number cannot extend beyond the end of its line, so number_begin() may look at all the data. */
	const char *all = (const char *)q->data + q->n;
	for (;; s++) {
		double v;
		const char *stop =
		        q->naming || q->col >= q->n_col ? NULL : number_begin(s, all, q->column[q->col].point, &v);
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
		if (!q->naming && q->col < q->n_col &&
		    number_parse(cell, n, q->column[q->col].point, &v) == NUMBER_OK) {
			take_number(q, v);
			q->col++;
		} else {
			on_cell((void *)(uintptr_t)cell, n, q);
		}
	}
	on_row('\n', q);
}

/* ---- one pass ---- */

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

/* Which first characters a line may have that is no data. */
static void note_asides(struct reader_csv *q)
{
	const struct text_layout *l = &q->l;
	for (const char *p = l->marks; *p; p++)
		q->maybe[(unsigned char)*p] = true;
	if (l->comment)
		q->maybe[(unsigned char)*l->comment] = true;
	for (int i = 0; i < l->n_header; i++)
		if (l->header[i].s < l->header[i].end)
			q->maybe[(unsigned char)*l->header[i].s] = true;
	if (l->units.s && l->units.s < l->units.end)
		q->maybe[(unsigned char)*l->units.s] = true;
	q->maybe[' '] = q->maybe['\t'] = q->maybe[0xef] = true;
	if (q->delim)
		q->maybe[(unsigned char)q->delim] = true;
}

/* ---- the memory of the text ---- */

enum { FORGET_BYTES = 1 << 20 };

/* Whether one pass is enough as far as the first lines show: each column holds numbers that have one reading. */
static bool may_forget(const struct reader_csv *q)
{
	for (int c = 0; c < q->n_col; c++)
		if (q->l.column[c].doubtful ||
		    (q->l.column[c].kind != CELL_NUMBER && q->l.column[c].kind != CELL_EMPTY))
			return false;
	return true;
}

/* Gives the pages of the text before `at` back to the system. They then hold zeros. If a column turns out to need a
 * second pass, the text must be read again from its file. */
static void forget(struct reader_csv *q, size_t at)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)q->data + q->forgotten;
	uintptr_t first = (from + page - 1) & ~(page - 1), end = ((uintptr_t)q->data + at) & ~(page - 1);
	for (int c = 0; c < q->n_col; c++) {
		if (!q->column[c].word && !q->column[c].against)
			continue;
		q->forgetting = false;
		q->again = q->forgotten > 0;
		if (q->again)
			q->bad = ERR_IO;
		return;
	}
	if (end <= first || madvise((void *)first, end - first, MADV_DONTNEED))
		return;
	q->forgotten = at;
}

/* Reads all lines. The parser gets one line at a time, so that each row knows its line. Its state 0 means "between
 * rows". */
static int pass(struct reader_csv *q)
{
	struct csv_parser parser;
	q->p = &parser;
	if (csv_init(q->p, CSV_STRICT | CSV_STRICT_FINI))
		return err_set(q->e, ERR_IO, "libcsv cannot be started");
	csv_set_delim(q->p, (unsigned char)q->delim);
	csv_set_quote(q->p, (unsigned char)q->l.quote);
	csv_set_realloc_func(q->p, field_realloc);
	csv_set_blk_size(q->p, 256);
	q->line = q->l.line - 1;
	q->row = q->col = q->extra = 0;
	q->blank = q->aside = q->ragged = 0;
	q->n_block = q->naming ? q->n_block : 0;
	q->bad = 0;
	bool by_layout = !q->delim || q->delim == ' ';
	const unsigned char *data = q->data;
	int64_t lf = -1, cr = -1, quote = -1;
	for (size_t at = 0; at < q->n && !q->bad;) {
		size_t end = next_byte(q, &lf, at, '\n'), other = next_byte(q, &cr, at, '\r');
		end = other < end ? other : end;
		size_t next = end + (end < q->n);
		if (next < q->n && q->data[end] == '\r' && q->data[next] == '\n')
			next++;
		q->line++;
		if (q->p->pstate == 0) {
			if (only_spaces(q->data + at, end - at)) {
				q->blank++;
				at = next;
				continue;
			}
			if (q->maybe[data[at]] &&
			    text_layout_is_aside(&q->l, (const char *)data + at, (const char *)data + end)) {
				q->aside++;
				take_block(q);
				at = next;
				continue;
			}
			/* In a file of one column, a blank line between others is an empty cell. */
			for (; q->blank && q->n_col == 1 && q->row && !q->l.blank_rows && !q->bad; q->blank--) {
				q->start = q->line - q->blank;
				on_cell((char[1]){ 0 }, 0, q);
				on_row('\n', q);
			}
			take_block(q);
			q->blank = 0;
			q->start = q->line;
		}
		if (q->forgetting && at >= q->forgotten + FORGET_BYTES)
			forget(q, at);
		const char *s = (const char *)data + at, *stop = (const char *)data + end;
		if (q->p->pstate == 0 && (q->l.tail || q->l.lead) && !by_layout)
			cut_edges(q, &s, &stop);
		if (by_layout)
			other_line(q, s, stop);
		else if (q->p->pstate == 0 &&
		         (next_byte(q, &quote, at, q->l.quote) >= end || quotes_are_plain(q, s, stop)))
			plain_line(q, s, stop);
		else if (!feed(q, s, (size_t)(stop - s)))
			feed(q, "\n", 1);
		at = next;
	}
	/* The first pass has reported this already. */
	if (!q->bad && !q->naming && csv_fini(q->p, on_cell, on_row, q) && !q->bad)
		q->bad = err_set(q->e, ERR_FORMAT, "line %lld: a quote is opened but not closed", (long long)q->start);
	csv_free(q->p);
	if (q->forgetting && q->forgotten && !q->bad)
		forget(q, q->n);
	return q->bad;
}

/* ---- decimal marks ---- */

/* Reads the numbers. A column in which cells spoke against its decimal mark is tried with the other one, and keeps the
 * one that makes more cells numbers. */
static int read_numbers(struct reader_csv *q, enum decimal said)
{
	int bad = pass(q), flipped = 0;
	int64_t *before = xcalloc((size_t)q->n_col, sizeof *before);
	for (int round = 0; round < 2 && !bad && said == DECIMAL_AUTO; round++) {
		flipped = 0;
		for (int c = 0; c < q->n_col; c++) {
			struct csv_column *k = &q->column[c];
			bool flip = round ? before[c] > k->number : k->against > 0;
			before[c] = round ? 0 : flip ? k->number + 1 : 0;
			if (flip) {
				k->point = k->point == '.' ? ',' : '.';
				flipped++;
			}
		}
		for (int c = 0; c < q->n_col && flipped; c++)
			q->column[c].number = q->column[c].word = q->column[c].against = 0;
		bad = flipped ? pass(q) : 0;
		if (!flipped)
			break;
	}
	free(before);
	return bad;
}

/* ---- between the passes ---- */

static int make_table(struct reader_csv *q)
{
	struct table *t = q->t;
	struct arena *a = &t->arena;
	t->has_header = q->l.n_header > 0;
	t->n_col = q->n_col;
	t->n_row = q->row;
	if (t->n_row < 1)
		return err_set(q->e, ERR_FORMAT, "there is a header but no row");
	size_t n_col = (size_t)t->n_col, n_row = (size_t)t->n_row;
	t->name = arena_alloc(a, n_col, sizeof *t->name);
	t->number = arena_alloc(a, n_col, sizeof *t->number);
	t->text = arena_alloc(a, n_col, sizeof *t->text);
	t->line = q->row_line;
	t->first_line = q->first_line;
	t->rate = q->l.rate;
	csv_name_columns(q);
	csv_give_blocks(q);
	bool texts = false;
	for (int c = 0; c < t->n_col; c++) {
		struct csv_column *k = &q->column[c];
		if (k->number)
			t->number[c] = k->value;
		if (k->word > 0) {
			t->text[c] = arena_alloc(a, n_row, sizeof **t->text);
			texts = true;
			/* In all other rows the column holds numbers only. */
			if (k->number)
				csv_spend(q, t->n_row * (int64_t)sizeof **t->text);
		}
	}
	q->naming = true;
	int bad = q->bad || !texts ? q->bad : pass(q);
	if (!bad)
		csv_drop_settings(q);
	return bad;
}

/* ---- together ---- */

static void take_missing(struct reader_csv *q, const struct recipe *r)
{
	q->lenient = r && r->missing != MISSING_ERROR;
	if (!r || !r->n_missing_value)
		return;
	q->n_missing = r->n_missing_value;
	q->missing_word = r->missing_value;
	q->missing_number = xcalloc((size_t)q->n_missing, sizeof *q->missing_number);
	for (int i = 0; i < q->n_missing; i++)
		if (number_parse(r->missing_value[i], strlen(r->missing_value[i]), '.', &q->missing_number[i]) !=
		    NUMBER_OK)
			q->missing_number[i] = NAN;
}

static int read_table(struct reader_csv *q, enum decimal said)
{
	q->delim = q->l.delim;
	q->data = (const unsigned char *)q->l.first;
	q->n = (size_t)(q->l.end - q->l.first);
	q->n_col = q->l.n_col;
	if (q->n_col > CSV_COLUMNS_MAX)
		return err_set(q->e, ERR_LIMIT, "line %lld: more than %d columns", (long long)q->l.line,
		               CSV_COLUMNS_MAX);
	q->column = xcalloc((size_t)q->n_col, sizeof *q->column);
	for (int c = 0; c < q->n_col; c++)
		q->column[c].point = q->l.column[c].point;
	note_asides(q);
	make_room(q);
	q->forgetting = q->forgetting && !q->bad && may_forget(q);
	int bad = q->bad ? q->bad : read_numbers(q, said);
	return bad ? bad : make_table(q);
}

/* own: the bytes are the caller's gift: they are changed and released. *again: they have to be read once more. */
static int read_text(struct table *t, const char *file, const unsigned char *data, size_t n, unsigned char *own,
                     bool *again, const struct recipe *r, int64_t budget, struct err *e)
{
	struct decoded text;
	memset(t, 0, sizeof *t);
	int bad = text_to_utf8(&text, data, n, e);
	if (bad) {
		free(own);
		return bad;
	}
	if (text.owned) {
		free(own);
		own = NULL;
	}
	struct reader_csv q = { .t = t, .budget = budget - (text.owned ? (int64_t)text.n : 0), .e = e };
	enum decimal said = r ? r->decimal : DECIMAL_AUTO;
	struct layout_wanted w = { .skip = r ? r->skip : 0,
		                   .comment = r ? r->comment : NULL,
		                   .point = said == DECIMAL_POINT   ? '.'
		                            : said == DECIMAL_COMMA ? ','
		                                                    : 0 };
	q.forgetting = again && !*again;
	q.clean = xmalloc(3 * CSV_FIELD_MAX + 1);
	text_clean(q.clean, 1024, file, strlen(file));
	t->file = arena_strdup(&t->arena, q.clean);
	take_missing(&q, r);
	bad = text_layout_find(&q.l, (const char *)text.text, text.n, &w, e);
	if (!bad)
		bad = read_table(&q, said);
	if (!bad)
		csv_say(&q, &text);
	text_layout_release(&q.l);
	free(q.clean);
	free(q.column);
	free(q.missing_number);
	free(q.block);
	decoded_release(&text);
	free(own);
	if (again)
		*again = bad && q.again;
	t->room = q.budget > 0 ? q.budget : 1;
	if (bad)
		table_release(t);
	return bad;
}

int table_from_text(struct table *t, const char *file, const unsigned char *data, size_t n, const struct recipe *r,
                    int64_t budget, struct err *e)
{
	return read_text(t, file, data, n, NULL, NULL, r, budget, e);
}

int table_from_own_text(struct table *t, const char *file, unsigned char *data, size_t n, bool *again,
                        const struct recipe *r, int64_t budget, struct err *e)
{
	return read_text(t, file, data, n, data, again, r, budget, e);
}

int table_from_csv(struct table *t, const char *file, const unsigned char *data, size_t n, int64_t budget,
                   struct err *e)
{
	return table_from_text(t, file, data, n, NULL, budget, e);
}

const char *csv_library_version(void)
{
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
	return TEXT(CSV_MAJOR) "." TEXT(CSV_MINOR) "." TEXT(CSV_RELEASE);
}
