/* Finds the table in a text whose rows are windows: its separator, its header, and the cells of a line. */
#include "src/data/wide_parts.h"

#include <math.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/data/window_build.h"
#include "src/text/text_layout.h"

enum { FORM_LINES = 20 /* lines at which the form is found */ };

/* ---- lines and cells ---- */

/* Returns whether a line holds nothing, a comment, or separators alone. */
static bool is_aside(const struct wide *q)
{
	const char *s = skip_blanks(q->l.p, q->l.eol), *comment = q->r ? q->r->comment : NULL;
	size_t k = comment ? strlen(comment) : 0;
	if (comment && (size_t)(q->l.eol - s) >= k && !memcmp(s, comment, k))
		return true;
	if (s == q->l.eol || comment)
		return s == q->l.eol;
	if (*s == '#' || *s == '%' || (*s == '/' && s + 1 < q->l.eol && s[1] == '/'))
		return true;
	while (s < q->l.eol && (*s == q->delim || *s == ' ' || *s == '\t'))
		s++;
	return q->delim && s == q->l.eol;
}

const char *wide_take_cell(const struct wide *q, const char *p, const char **s, size_t *n)
{
	const char *eol = q->l.eol, *end;
	if (!q->delim) {
		while (p < eol && (*p == ' ' || *p == '\t'))
			p++;
		end = p < eol && *p == '"' ? memchr(p + 1, '"', (size_t)(eol - p - 1)) : NULL;
		for (end = end ? end + 1 : p; end < eol && *end != ' ' && *end != '\t';)
			end++;
		*s = p;
		*n = (size_t)(end - p);
		while (end < eol && (*end == ' ' || *end == '\t'))
			end++;
	} else {
		if (p < eol && (*p == '"' || *p == '\'')) {
			end = memchr(p + 1, *p, (size_t)(eol - p - 1));
			end = end ? memchr(end, q->delim, (size_t)(eol - end)) : NULL;
		} else {
			end = memchr(p, q->delim, (size_t)(eol - p));
		}
		*s = p;
		*n = (size_t)((end ? end : eol) - p);
		end = end ? end : eol;
	}
	text_trim(s, n);
	if (*n >= 2 && (**s == '"' || **s == '\'') && (*s)[*n - 1] == **s) {
		++*s;
		*n -= 2;
	}
	if (!q->delim)
		return end < eol ? end : NULL;
	/* A separator at the end of every line ends the last cell. */
	return end < eol && !(q->tail && end + 1 == eol) ? end + 1 : NULL;
}

bool wide_is_number(const struct wide *q, const char *s, size_t n)
{
	float v;
	return text_value_or_word(q->r, s, n, q->point, &v);
}

int64_t wide_count_cells(const struct wide *q, int64_t *numbers)
{
	const char *s, *at = q->l.p;
	size_t n;
	int64_t cells = 0;
	*numbers = 0;
	while (at) {
		at = wide_take_cell(q, at, &s, &n);
		cells++;
		*numbers += wide_is_number(q, s, n);
	}
	return cells;
}

bool wide_next_row(struct wide *q)
{
	for (lines_next(&q->l); q->l.p < q->l.end; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!is_aside(q))
			return true;
	}
	return false;
}

/* The same for the line at which the text begins. */
static bool first_row(struct wide *q)
{
	if (q->l.p >= q->l.end)
		return false;
	lines_here(&q->l);
	return !is_aside(q) || wide_next_row(q);
}

/* ---- separator, decimal mark, header ---- */

/* The separator and the decimal mark are those that src/text finds in the first lines. Returns an error if the lines
 * hold values in a form of their own. */
static int find_form(struct wide *q)
{
	struct wide w = *q;
	struct text_layout l;
	enum decimal asked = q->r ? q->r->decimal : DECIMAL_AUTO;
	struct layout_wanted wanted = { .comment = q->r ? q->r->comment : NULL,
		                        .point = asked == DECIMAL_POINT   ? '.'
		                                 : asked == DECIMAL_COMMA ? ','
		                                                          : 0 };
	bool more = first_row(&w);
	const char *from = w.l.p;
	for (int k = 1; more && k < FORM_LINES; k++)
		more = wide_next_row(&w);
	const char *end = w.l.eol > from ? w.l.eol : from;
	if (from == end)
		return 0;
	int bad = text_layout_find(&l, from, (size_t)(end - from), &wanted, q->e);
	if (bad)
		return bad;
	int commas = 0, points = 0;
	for (int c = 0; c < l.n_col; c++) {
		commas += l.column[c].kind == CELL_NUMBER && l.column[c].point == ',';
		points += l.column[c].kind == CELL_NUMBER && l.column[c].point == '.';
	}
	q->delim = l.delim == ' ' ? 0 : l.delim;
	q->point = commas > points ? ',' : '.';
	text_layout_release(&l);
	return 0;
}

/* Finds out whether each of the first lines of data ends with a separator. */
static void find_tail(struct wide *q)
{
	struct wide w = *q;
	bool tail = q->delim != 0;
	int n = 0;
	for (bool more = true; more && n < FORM_LINES && tail; n++) {
		const char *end = w.l.eol;
		while (q->delim != '\t' && end > w.l.p && (end[-1] == ' ' || end[-1] == '\t'))
			end--;
		tail = end == w.l.eol && end > w.l.p && end[-1] == q->delim;
		more = wide_next_row(&w);
	}
	q->tail = tail;
	if (!tail || !q->header)
		return;
	/* A header without the separator at its end names an empty last column. */
	struct wide h = *q;
	int64_t numbers, names, cells = wide_count_cells(q, &numbers);
	h.l.p = q->header;
	h.l.eol = q->header_eol;
	h.tail = false;
	names = wide_count_cells(&h, &numbers);
	q->tail = names != cells + 1 || q->header_eol[-1] == q->delim;
}

/* Returns whether the numbers of the line count up by one, and there are three or more. */
static bool counts_up(const struct wide *q)
{
	const char *s, *at = q->l.p;
	size_t n;
	double v, before = 0;
	int64_t numbers = 0;
	while (at) {
		at = wide_take_cell(q, at, &s, &n);
		if (number_parse(s, n, q->point, &v) != NUMBER_OK)
			continue;
		if (v != floor(v) || (numbers && (v > before + 1 || v < before + 1)))
			return false;
		before = v;
		numbers++;
	}
	return numbers >= 3;
}

/* Returns whether the current line names the columns: most of its cells are words, or its numbers count up while those
 * of the next line do not. */
static bool is_header(const struct wide *q)
{
	int64_t numbers, cells = wide_count_cells(q, &numbers);
	struct wide next = *q;
	if (numbers * 2 < cells)
		return true;
	return counts_up(q) && wide_next_row(&next) && !counts_up(&next);
}

/* A comment just above the first row may be the header, as numpy.savetxt writes it. */
static void header_in_comment(struct wide *q, const char *text, int64_t n_cell)
{
	struct wide h = *q;
	int64_t numbers;
	const char *above = q->l.p;
	while (above > text && (above[-1] == '\n' || above[-1] == '\r'))
		above--;
	h.l.eol = above;
	while (above > text && above[-1] != '\n' && above[-1] != '\r')
		above--;
	h.l.p = above;
	h.tail = false;
	if (h.l.p >= h.l.eol || !strchr("#%", *h.l.p))
		return;
	h.l.p = skip_blanks(h.l.p + 1, h.l.eol);
	if (h.l.p < h.l.eol && wide_count_cells(&h, &numbers) == n_cell && numbers * 2 < n_cell) {
		q->header = h.l.p;
		q->header_eol = h.l.eol;
	}
}

/* Passes over lines of words that have fewer than half of the cells of a later line: titles. */
static bool skip_titles(struct wide *q)
{
	struct wide w = *q;
	int64_t most = 0, numbers, cells;
	int n = 0;
	for (bool more = true; more && n < FORM_LINES; n++, more = wide_next_row(&w)) {
		cells = wide_count_cells(&w, &numbers);
		most = cells > most ? cells : most;
	}
	for (n = 0; n < FORM_LINES; n++) {
		cells = wide_count_cells(q, &numbers);
		if (cells * 2 >= most || numbers == cells)
			return true;
		q->skipped++;
		if (!wide_next_row(q))
			return false;
	}
	return true;
}

bool wide_find_table(struct wide *q)
{
	const char *text = q->l.p;
	q->l.line = 1;
	for (int64_t i = 0; q->r && i < q->r->skip && q->l.p < q->l.end; i++) {
		lines_here(&q->l);
		lines_next(&q->l);
	}
	if (q->l.end - q->l.p >= 3 && !memcmp(q->l.p, "\xef\xbb\xbf", 3))
		q->l.p += 3;
	if (q->l.p < q->l.end && memchr(q->l.p, 0, (size_t)(q->l.end - q->l.p)))
		return false;
	q->bad = find_form(q);
	if (q->bad || !first_row(q) || !skip_titles(q))
		return false;
	if (is_header(q)) {
		q->header = q->l.p;
		q->header_eol = q->l.eol;
		if (!wide_next_row(q))
			return false;
	}
	find_tail(q);
	q->n_cell = wide_count_cells(q, &q->n_number);
	if (!q->header)
		header_in_comment(q, text, q->n_cell);
	return true;
}
