/* Cells and lines of a text, and what a cell is. */
#include "src/text/text_layout_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/read/lines.h"

/* ---- cells ---- */

static void trim(const char **s, size_t *n)
{
	for (;;) {
		if (*n && (**s == ' ' || **s == '\t'))
			++*s, --*n;
		else if (*n > 1 && !memcmp(*s, "\xc2\xa0", 2)) /* a no-break blank */
			*s += 2, *n -= 2;
		else
			break;
	}
	for (;;) {
		if (*n && ((*s)[*n - 1] == ' ' || (*s)[*n - 1] == '\t'))
			--*n;
		else if (*n > 1 && !memcmp(*s + *n - 2, "\xc2\xa0", 2))
			*n -= 2;
		else
			break;
	}
}

struct text_cells text_layout_cells(const struct text_layout *l, const char *s, const char *end)
{
	struct text_cells c = { .at = s, .end = end, .delim = l->delim, .quote = l->quote };
	size_t n = (size_t)(end - s);
	if (l->delim == ' ')
		trim(&c.at, &n);
	while (n && (c.at[n - 1] == ' ' || (c.at[n - 1] == '\t' && l->delim == ' ')))
		n--;
	if (n && l->tail && c.at[n - 1] == l->tail)
		n--;
	c.end = c.at + n;
	if (l->lead && n && *c.at == l->delim)
		c.at++;
	return c;
}

/* Returns the end of the cell at p: a separator or the end of the line. */
static const char *cell_end(const struct text_cells *c, const char *p)
{
	if (p < c->end && *p == c->quote) {
		const char *q = p + 1;
		/* a doubled quote is a quote */
		while ((q = memchr(q, c->quote, (size_t)(c->end - q))) && q + 1 < c->end && q[1] == c->quote)
			q += 2;
		p = q ? q : p;
	}
	if (!c->delim)
		return c->end;
	if (c->delim == WIDE_BLANKS) {
		while (p < c->end && *p != '\t' && !(*p == ' ' && p + 1 < c->end && is_blank(p[1])))
			p++;
		return p;
	}
	if (c->delim == ' ') {
		while (p < c->end && !is_blank(*p))
			p++;
		return p;
	}
	const char *q = memchr(p, c->delim, (size_t)(c->end - p));
	return q ? q : c->end;
}

bool text_layout_cell(struct text_cells *c, const char **s, size_t *n)
{
	if (!c->at)
		return false;
	const char *p = c->at, *end;
	while (c->delim != '\t' && p < c->end && is_blank(*p))
		p++;
	end = cell_end(c, p);
	*s = p;
	*n = (size_t)(end - p);
	trim(s, n);
	if (*n >= 2 && (**s == '"' || **s == '\'') && (*s)[*n - 1] == **s) {
		++*s;
		*n -= 2;
		trim(s, n);
	}
	if (end == c->end) {
		c->at = NULL;
		return true;
	}
	end++;
	while ((c->delim == ' ' || c->delim == WIDE_BLANKS) && end < c->end && is_blank(*end))
		end++;
	c->at = end;
	return true;
}

struct text_cells text_layout_header(const struct text_layout *l, int i)
{
	struct text_layout h = *l;
	h.delim = l->header_delim[i];
	h.lead = h.lead && h.delim == l->delim;
	struct text_cells c = text_layout_cells(&h, l->header[i].s, l->header[i].end);
	size_t n = (size_t)(c.end - c.at);
	if (h.delim == WIDE_BLANKS) {
		trim(&c.at, &n);
		c.end = c.at + n;
	}
	return c;
}

/* ---- what a cell is ---- */

bool cell_is_missing(const char *s, size_t n)
{
	static const char *const marks[] = { "NA", "N/A", "NaN", "null", "?", NULL };
	if (!n)
		return true;
	if (n > 4 || !strchr("Nn?", *s))
		return false;
	for (int i = 0; marks[i]; i++)
		if (word_is(s, n, marks[i]))
			return true;
	return false;
}

/* Words that may stand for a missing value, though the reader does not take them for one without being told. */
static bool may_be_missing(const char *s, size_t n)
{
	static const char *const words[] = { "None",  "-",     "--",     "---",     "#N/A",    "NaT",      "inf",
		                             "-inf",  "+inf",  "***",    "n.a.",    "missing", "Infinity", "-Infinity",
		                             ".",     "<NA>",  "-nan",   "1.#INF",  "1.#QNAN", "#DIV/0!",  "#VALUE!",
		                             "#REF!", "#NUM!", "1.#IND", "-1.#IND", "Bad",     "nan(ind)", "-nan(ind)",
		                             "*",     "void",  "#NULL!", "no data", NULL };
	for (int i = 0; words[i]; i++)
		if (word_is(s, n, words[i]))
			return true;
	return false;
}

bool text_is_time_word(const char *s, size_t n)
{
	static const char *const words[] = { "T",   "Z",    "AM",   "PM",     "UTC",    "GMT",    "CET",  "CEST", "MET",
		                             "EST", "EDT",  "CST",  "CDT",    "MST",    "MDT",    "PST",  "PDT",  "BST",
		                             "JST", "MESZ", "MEZ",  "EET",    "EEST",   "WET",    "WEST", "MEST", "MSK",
		                             "KST", "AEST", "AEDT", "\u5e74", "\u6708", "\u65e5", NULL };
	/* the beginnings of the names of months and days in English, and of those months that German writes otherwise
	 */
	static const char *const names[] = { "january", "february", "march",     "april",       "may",      "june",
		                             "july",    "august",   "september", "october",     "november", "december",
		                             "monday",  "tuesday",  "wednesday", "thursday",    "friday",   "saturday",
		                             "sunday",  "januar",   "februar",   "m\xc3\xa4rz", "maerz",    "mai",
		                             "juni",    "juli",     "oktober",   "dezember",    NULL };
	for (int i = 0; words[i]; i++)
		if (word_is(s, n, words[i]))
			return true;
	for (int i = 0; names[i] && n >= 3; i++)
		if (n <= strlen(names[i]) && !strncasecmp(s, names[i], n))
			return true;
	return false;
}

static bool is_letter(char c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

/* Whether the cell is a date or a time: groups of digits, the marks of dates and times, and words of time. */
static bool is_stamp(const char *s, size_t n)
{
	int groups = 0, words = 0, marks = 0, dots = 0;
	for (size_t i = 0; i < n;) {
		size_t k = i;
		if (is_digit(s[i])) {
			while (i < n && is_digit(s[i]))
				i++;
			groups++;
		} else if (is_letter(s[i])) {
			while (i < n && is_letter(s[i]))
				i++;
			if (!text_is_time_word(s + k, i - k))
				return false;
			words++;
		} else if (strchr("-/:., +", s[i])) {
			marks += s[i] == '-' || s[i] == '/' || s[i] == ':';
			dots += s[i] == '.' ? 1 : s[i] == ',' ? -10 : 0;
			i++;
		} else {
			return false;
		}
	}
	return groups >= 2 && (marks || words || dots >= 2) && (is_digit(*s) || is_letter(*s));
}

enum cell_kind cell_kind(const char *s, size_t n)
{
	if (cell_is_missing(s, n) || may_be_missing(s, n))
		return CELL_EMPTY;
	if (number_marks(s, n) >= 0)
		return CELL_NUMBER;
	return is_stamp(s, n) ? CELL_STAMP : CELL_WORD;
}

/* ---- lines ---- */

struct text_line text_line_at(const char *p, const char *end, int64_t line)
{
	struct text_line l = { .s = p, .line = line };
	const char *lf = memchr(p, '\n', (size_t)(end - p));
	const char *cr = memchr(p, '\r', (size_t)((lf ? lf : end) - p));
	l.end = cr ? cr : lf ? lf : end;
	l.next = l.end < end ? l.end + 1 : end;
	if (cr && l.next < end && *l.next == '\n')
		l.next++;
	return l;
}

bool text_only_of(const char *s, const char *end, const char *chars)
{
	while (s < end && *s && strchr(chars, *s))
		s++;
	return s == end;
}

void text_skip_mark(const char **s, const char *end)
{
	if (end - *s >= 3 && !memcmp(*s, "\xef\xbb\xbf", 3)) /* a byte order mark, where files were joined */
		*s += 3;
}

bool text_is_excel_error(const char *s, const char *end)
{
	static const char *const words[] = { "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", NULL };
	for (int i = 0; words[i]; i++) {
		size_t k = strlen(words[i]);
		if ((size_t)(end - s) >= k && !memcmp(s, words[i], k))
			return true;
	}
	return false;
}

bool text_is_comment(const struct text_layout *l, const char *s, const char *end)
{
	while (s < end && is_blank(*s))
		s++;
	if (l->comment) {
		size_t k = strlen(l->comment);
		return (size_t)(end - s) >= k && !memcmp(s, l->comment, k);
	}
	if (s == end || !*s || !strchr(l->marks, *s))
		return false;
	if (*s == '/')
		return end - s > 1 && s[1] == '/';
	return *s != '#' || !text_is_excel_error(s, end);
}

bool text_same_line(const struct text_line *a, const char *s, const char *end)
{
	const char *stop = a->end;
	while (end > s && is_blank(end[-1]))
		end--;
	while (stop > a->s && is_blank(stop[-1]))
		stop--;
	return a->s && end > s && end - s == stop - a->s && !memcmp(s, a->s, (size_t)(end - s));
}

bool text_layout_is_aside(const struct text_layout *l, const char *s, const char *end)
{
	char separators[] = { ' ', '\t', l->delim ? l->delim : ' ', 0 };
	text_skip_mark(&s, end);
	if (text_is_comment(l, s, end) || text_same_line(&l->units, s, end))
		return true;
	for (int i = 0; i < l->n_header && !l->no_numbers; i++)
		if (text_same_line(&l->header[i], s, end))
			return true;
	return l->n_col > 1 && text_only_of(s, end, separators);
}

struct text_line text_layout_first(const struct text_layout *l)
{
	return (struct text_line){ .next = l->first, .line = l->line - 1 };
}

bool text_layout_next(const struct text_layout *l, struct text_line *line)
{
	while (line->next < l->end) {
		*line = text_line_at(line->next, l->end, line->line + 1);
		if (!text_only_of(line->s, line->end, " \t") && !text_layout_is_aside(l, line->s, line->end))
			return true;
	}
	return false;
}
