#include "src/text/csv_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/read/read_model.h"

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
	int64_t rows = 2 + (q->feed ? q->feed->lines : 0), most = CSV_CELLS_MAX / q->n_col + 2;
	for (size_t i = 0; i < q->n && !q->feed; i++)
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

const char *csv_kept(struct reader_csv *q)
{
	csv_spend(q, (int64_t)strlen(q->clean) + 1);
	return arena_strdup(&q->t->arena, q->clean);
}

/* ---- lines that are no rows ---- */

static bool only_spaces(const char *s, const char *end)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	return s == end;
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

/* ---- one pass ---- */

/* A place in the text, at the beginning of a line. */
struct place {
	size_t at;
	size_t until;         /* the text is known so far; a line has ended there, or the text */
	int64_t lf, cr, mark; /* the next ones of these bytes from `at` on, if they do not lie before it */
};

/* Returns the position of the next byte c. *known keeps the last answer, so that it is searched for again only if it
 * lies before the place. */
static size_t next_byte(const struct reader_csv *q, const struct place *p, int64_t *known, int c)
{
	if (*known < (int64_t)p->at) {
		const unsigned char *found = memchr(q->data + p->at, c, p->until - p->at);
		*known = found ? found - q->data : (int64_t)p->until;
	}
	return (size_t)*known;
}

/* Reads the next piece of the text if the known one is used up. Returns false at the end of the text. */
static bool more_text(struct reader_csv *q, struct place *p)
{
	if (p->at < p->until || p->at >= q->n || q->bad)
		return p->at < q->n && !q->bad;
	size_t before = (size_t)(q->data - q->feed->text), until;
	q->bad = text_feed_more(q->feed, before + p->at, &until, q->e);
	p->until = until - before < q->n ? until - before : q->n;
	p->lf = p->cr = p->mark = -1;
	return !q->bad;
}

/* Moves to the next line. Returns where the current one ends. */
static size_t take_line(struct reader_csv *q, struct place *p)
{
	size_t end = next_byte(q, p, &p->lf, '\n'), other = next_byte(q, p, &p->cr, '\r');
	end = other < end ? other : end;
	p->at = end + (end < q->n);
	if (p->at < q->n && q->data[end] == '\r' && q->data[p->at] == '\n')
		p->at++;
	q->line++;
	return end;
}

/* Whether the line is no row: it is blank, or a comment and the like. */
static bool is_no_row(struct reader_csv *q, const char *s, const char *end)
{
	if (only_spaces(s, end)) {
		q->blank++;
		return true;
	}
	if (!q->maybe[(unsigned char)*s] || !text_layout_is_aside(&q->l, s, end))
		return false;
	q->aside++;
	take_block(q);
	return true;
}

/* Takes the blank lines before a row. In a file of one column, a blank line between others is an empty cell. */
static void take_blanks(struct reader_csv *q)
{
	for (; q->blank && q->n_col == 1 && q->row && !q->l.blank_rows && !q->bad; q->blank--) {
		q->start = q->line - q->blank;
		csv_line_blank(q);
	}
	take_block(q);
	q->blank = 0;
	q->start = q->line;
}

/* Reads all lines. The parser gets one line at a time, so that each row knows its line. */
static int pass(struct reader_csv *q)
{
	int bad = q->feed ? text_feed_begin(q->feed, q->e) : 0;
	bad = bad ? bad : csv_lines_begin(q);
	if (bad)
		return bad;
	struct place p = { .until = q->feed ? 0 : q->n, .lf = -1, .cr = -1, .mark = -1 };
	q->line = q->l.line - 1;
	q->row = q->col = q->extra = 0;
	q->blank = q->aside = q->ragged = 0;
	q->n_block = q->naming ? q->n_block : 0;
	q->bad = 0;
	while (more_text(q, &p)) {
		const char *s = (const char *)q->data + p.at;
		size_t mark = next_byte(q, &p, &p.mark, q->l.quote);
		const char *end = (const char *)q->data + take_line(q, &p);
		if (!csv_row_is_open(q)) {
			if (is_no_row(q, s, end))
				continue;
			take_blanks(q);
		}
		csv_line(q, s, end, (const char *)q->data + mark < end);
	}
	return csv_lines_end(q);
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
	q->rows_max = t->n_row + 1;
	int bad = q->bad || !texts ? q->bad : pass(q);
	if (!bad && q->row != t->n_row)
		bad = csv_say_changed(q);
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
	int bad = q->bad ? q->bad : read_numbers(q, said);
	return bad ? bad : make_table(q);
}

/* Reads the table in a text of which text_layout_find() can see all that it looks at. *far: it has looked at bytes that
 * the feed has not in memory. */
static int read_layout(struct reader_csv *q, const struct decoded *text, const char *file, const struct recipe *r,
                       bool *far)
{
	enum decimal said = r ? r->decimal : DECIMAL_AUTO;
	struct layout_wanted w = { .skip = r ? r->skip : 0,
		                   .comment = r ? r->comment : NULL,
		                   .point = said == DECIMAL_POINT   ? '.'
		                            : said == DECIMAL_COMMA ? ','
		                                                    : 0 };
	struct table *t = q->t;
	memset(t, 0, sizeof *t);
	q->clean = xmalloc(3 * CSV_FIELD_MAX + 1);
	text_clean(q->clean, 1024, file, strlen(file));
	t->file = arena_strdup(&t->arena, q->clean);
	take_missing(q, r);
	int bad = text_layout_find(&q->l, (const char *)text->text, text->n, &w, q->e);
	*far = q->feed && (bad || (const unsigned char *)q->l.looked > q->feed->text + FEED_HEAD - CSV_FIELD_MAX);
	bad = *far && !bad ? ERR_LIMIT : bad;
	if (!bad)
		bad = read_table(q, said);
	if (!bad)
		csv_say(q, text);
	text_layout_release(&q->l);
	free(q->clean);
	free(q->column);
	free(q->missing_number);
	free(q->block);
	t->room = q->budget > 0 ? q->budget : 1;
	if (bad)
		table_release(t);
	return bad;
}

int table_from_text(struct table *t, const char *file, const unsigned char *data, size_t n, const struct recipe *r,
                    int64_t budget, struct err *e)
{
	struct decoded text;
	bool far;
	int bad = text_to_utf8(&text, data, n, r ? r->encoding : NULL, e);
	if (bad)
		return bad;
	struct reader_csv q = { .t = t, .budget = budget - (text.owned ? (int64_t)text.n : 0), .e = e };
	bad = read_layout(&q, &text, file, r, &far);
	decoded_release(&text);
	return bad;
}

int table_from_csv(struct table *t, const char *file, const unsigned char *data, size_t n, int64_t budget,
                   struct err *e)
{
	return table_from_text(t, file, data, n, NULL, budget, e);
}

/* *whole: the text has to be in memory as a whole. */
static int read_pieces(struct table *t, struct source *s, const struct recipe *r, int64_t budget, bool *whole,
                       struct err *e)
{
	struct text_feed feed;
	bool fits;
	int bad = text_feed_open(&feed, &fits, s, e);
	*whole = !bad && !fits;
	if (bad || !fits)
		return bad;
	size_t mark = !memcmp(feed.text, TEXT_MARK, sizeof TEXT_MARK - 1) ? sizeof TEXT_MARK - 1 : 0;
	struct decoded text = { .text = feed.text + mark, .n = feed.n - mark, .encoding = TEXT_UTF8 };
	struct reader_csv q = { .t = t, .budget = budget, .feed = &feed, .e = e };
	bad = read_layout(&q, &text, s->file, r, whole);
	text_feed_close(&feed);
	return bad;
}

static int read_whole(struct table *t, struct source *s, const struct recipe *r, int64_t budget, struct err *e)
{
	unsigned char *copy = NULL;
	size_t n;
	const unsigned char *text = source_all(s, &n);
	int bad = text ? 0 : source_rest(s, &copy, &n, e);
	if (bad)
		return bad;
	bad = table_from_text(t, s->file, text ? text : copy, n, r, budget - (int64_t)n, e);
	free(copy);
	if (!bad)
		t->room += (int64_t)n;
	return bad;
}

int table_from_source(struct table *t, struct source *s, const struct recipe *r, int64_t budget, struct err *e)
{
	bool whole = r && r->encoding;
	int bad = whole ? 0 : read_pieces(t, s, r, budget, &whole, e);
	if (!whole)
		return bad;
	bad = source_rewinds(s) ? source_rewind(s, e) : bad;
	return bad ? bad : read_whole(t, s, r, budget, e);
}
