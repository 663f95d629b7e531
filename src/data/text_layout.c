#include "src/data/text_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/read/lines.h"

enum {
	CELLS_MAX = 4097,     /* cells of a line that are looked at */
	SAMPLE_FIRST = 200,   /* lines that are looked at first */
	SAMPLE_MOST = 20000,  /* and at most, where no table is found before */
	TAIL_LINES = 100,     /* lines at the end that are looked at */
	TAIL_BYTES = 1 << 16, /* they lie in so many bytes */
	BLOCK_MOST = 8,       /* lines of a header, with units and titles */
};

/* Between names with single blanks in them: a tab, or two blanks or more. */
enum { WIDE_BLANKS = 'W' };

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

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
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

/* Whether the letters belong into a date or a time. */
static bool word_of_time(const char *s, size_t n)
{
	static const char *const words[] = { "T",   "Z",   "AM",  "PM",   "UTC", "GMT", "CET", "CEST",
		                             "MET", "EST", "EDT", "CST",  "CDT", "MST", "MDT", "PST",
		                             "PDT", "BST", "JST", "MESZ", "MEZ", NULL };
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

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
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
			if (!word_of_time(s + k, i - k))
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

/* The line at p. */
static struct text_line line_at(const char *p, const char *end, int64_t line)
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

static bool only_of(const char *s, const char *end, const char *chars)
{
	while (s < end && *s && strchr(chars, *s))
		s++;
	return s == end;
}

static void skip_mark(const char **s, const char *end)
{
	if (end - *s >= 3 && !memcmp(*s, "\xef\xbb\xbf", 3)) /* a byte order mark, where files were joined */
		*s += 3;
}

/* Errors of Excel begin like comments. */
static bool is_excel_error(const char *s, const char *end)
{
	static const char *const words[] = { "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", NULL };
	for (int i = 0; words[i]; i++) {
		size_t k = strlen(words[i]);
		if ((size_t)(end - s) >= k && !memcmp(s, words[i], k))
			return true;
	}
	return false;
}

static bool is_comment(const struct text_layout *l, const char *s, const char *end)
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
	return *s != '#' || !is_excel_error(s, end);
}

static bool same_line(const struct text_line *a, const char *s, const char *end)
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
	skip_mark(&s, end);
	if (is_comment(l, s, end) || same_line(&l->units, s, end))
		return true;
	for (int i = 0; i < l->n_header && !l->no_numbers; i++)
		if (same_line(&l->header[i], s, end))
			return true;
	return l->n_col > 1 && only_of(s, end, separators);
}

struct text_line text_layout_first(const struct text_layout *l)
{
	return (struct text_line){ .next = l->first, .line = l->line - 1 };
}

bool text_layout_next(const struct text_layout *l, struct text_line *line)
{
	while (line->next < l->end) {
		*line = line_at(line->next, l->end, line->line + 1);
		if (!only_of(line->s, line->end, " \t") && !text_layout_is_aside(l, line->s, line->end))
			return true;
	}
	return false;
}

/* ---- the first lines ---- */

struct sample {
	struct text_line *line; /* lines that are not blank */
	int *blanks;            /* blank lines before each */
	int n;
	bool whole; /* the text ends with them */
};

static void sample_release(struct sample *q)
{
	free(q->line);
	free(q->blanks);
	*q = (struct sample){ 0 };
}

/* Whether the line has a double quote that opens a cell and is not closed. */
static bool quote_is_open(const char *s, const char *end)
{
	bool open = false;
	for (const char *p = s; (p = memchr(p, '"', (size_t)(end - p))); p++)
		open = open ? false : p == s || strchr(",;\t|", p[-1]);
	return open;
}

/* The line at p, with the lines that a cell in quotes goes on to: a name such as "Temp\n[C]". *number is the line's
 * number, and then that of the next one. */
static struct text_line quoted_line(const char *p, const char *end, int64_t *number)
{
	enum { MOST = 6 };
	struct text_line l = line_at(p, end, (*number)++), more = l;
	if (!quote_is_open(l.s, l.end))
		return l;
	for (int i = 0; i < MOST && more.next < end; i++) {
		more = line_at(more.next, end, l.line);
		if (quote_is_open(l.s, more.end))
			continue;
		*number += i + 1;
		l.end = more.end;
		l.next = more.next;
		break;
	}
	return l;
}

static void sample_take(struct sample *q, const char *p, const char *end, int64_t number, int most)
{
	int blanks = 0;
	*q = (struct sample){ .line = xcalloc((size_t)most, sizeof *q->line),
		              .blanks = xcalloc((size_t)most, sizeof *q->blanks) };
	while (p < end && q->n < most) {
		struct text_line l = quoted_line(p, end, &number);
		p = l.next;
		if (only_of(l.s, l.end, " \t")) {
			blanks++;
			continue;
		}
		q->blanks[q->n] = blanks;
		q->line[q->n++] = l;
		blanks = 0;
	}
	q->whole = p == end;
}

/* ---- one way to split the lines ---- */

/* What the cells of a line are. */
struct shape {
	int width, filled;       /* cells; cells without the empty ones at the end */
	int number, stamp, word; /* the others are empty */
	bool comment;
};

struct cell {
	const char *s;
	size_t n;
	enum cell_kind kind;
};

/* Splits a line. Returns how many cells it has, at most CELLS_MAX. */
static int split(const struct text_layout *l, const char *s, const char *end, struct cell *cell)
{
	struct text_cells c = text_layout_cells(l, s, end);
	int n = 0;
	while (n < CELLS_MAX && text_layout_cell(&c, &cell[n].s, &cell[n].n)) {
		cell[n].kind = cell_kind(cell[n].s, cell[n].n);
		n++;
	}
	return n;
}

static struct shape shape_of(const struct cell *cell, int n)
{
	struct shape q = { .width = n };
	for (int i = 0; i < n; i++) {
		q.number += cell[i].kind == CELL_NUMBER;
		q.stamp += cell[i].kind == CELL_STAMP;
		q.word += cell[i].kind == CELL_WORD;
		if (cell[i].n)
			q.filled = i + 1;
	}
	return q;
}

/* A date and a time that blanks separate count as one. */
static int pairs_of_stamps(const struct cell *cell, int n)
{
	int pairs = 0;
	for (int i = 1; i < n; i++)
		if (cell[i].kind == CELL_STAMP && cell[i - 1].kind == CELL_STAMP) {
			pairs++;
			i++;
		}
	return pairs;
}

/* A run of neighbouring lines of data whose cells are in the same columns: the least and the largest number of columns
 * that fits all of them. */
struct run {
	int from, to, rows; /* lines from <= i < to of the sample */
	int least, most;
	double score;
};

struct reading {
	struct text_layout l; /* delim, quote, tail, lead, comment, marks */
	struct run best;
	struct shape *shape; /* [line of the sample] */
};

static bool run_takes(const struct run *r, const struct shape *q)
{
	int least = r->least > q->filled ? r->least : q->filled, most = r->most < q->width ? r->most : q->width;
	return least <= most;
}

static void run_add(struct run *r, const struct shape *q, int i)
{
	r->least = r->least > q->filled ? r->least : q->filled;
	r->most = r->most < q->width ? r->most : q->width;
	r->to = i + 1;
}

/* Whether line i repeats one of the lines just above the run: the header again, where files were joined. */
static bool is_repeated(const struct sample *q, int from, int i)
{
	const char *s = q->line[i].s;
	skip_mark(&s, q->line[i].end);
	for (int k = from - 1; k >= 0 && k >= from - LAYOUT_HEADERS; k--)
		if (same_line(&q->line[k], s, q->line[i].end))
			return true;
	return false;
}

static void find_run(struct reading *r, const struct sample *q, struct cell *cell)
{
	struct run now = { 0 };
	int words = 0;
	bool open = false;
	for (int i = 0; i < q->n; i++) {
		struct shape *s = &r->shape[i];
		if (is_comment(&r->l, q->line[i].s, q->line[i].end)) {
			*s = (struct shape){ .comment = true };
			continue;
		}
		int n = split(&r->l, q->line[i].s, q->line[i].end, cell);
		*s = shape_of(cell, n);
		if (open && is_repeated(q, now.from, i)) {
			*s = (struct shape){ .comment = true };
			continue;
		}
		int numeric = s->number + s->stamp;
		if (r->l.delim == ' ')
			numeric -= pairs_of_stamps(cell, n);
		/* a row without its numbers has the words of the row before it, or none */
		bool neutral = !numeric && (!s->word || (open && s->word == words && s->word < now.least));
		if (open && (!run_takes(&now, s) || (!numeric && !neutral)))
			open = false;
		if (!open && !numeric)
			continue;
		if (!open)
			now = (struct run){ .from = i, .most = CELLS_MAX };
		open = true;
		words = s->word;
		run_add(&now, s, i);
		if (numeric) {
			/* blanks separate words of other files, too */
			double weight = r->l.delim == ' ' && s->word ? 0.5 : 1;
			now.rows++;
			now.score += weight * numeric * numeric / (numeric + s->word);
		}
		if (now.score > r->best.score)
			r->best = now;
	}
}

static bool ends_in(const struct sample *q, char c)
{
	int n = 0;
	for (int i = 0; i < q->n; i++) {
		const char *end = q->line[i].end;
		while (end > q->line[i].s && is_blank(end[-1]))
			end--;
		n += end > q->line[i].s && end[-1] == c;
	}
	return q->n && n * 10 >= q->n * 9;
}

static bool begins_with(const struct sample *q, char c)
{
	int n = 0;
	for (int i = 0; i < q->n; i++) {
		const char *s = q->line[i].s;
		while (s < q->line[i].end && is_blank(*s))
			s++;
		n += s < q->line[i].end && *s == c;
	}
	return q->n && n * 10 >= q->n * 9;
}

/* Single quotes stand around cells if there is no double quote, and one of them begins a line or a cell. */
static char find_quote(const struct sample *q)
{
	bool single = false;
	for (int i = 0; i < q->n; i++) {
		const char *s = q->line[i].s, *end = q->line[i].end;
		if (memchr(s, '"', (size_t)(end - s)))
			return '"';
		for (const char *p = s; (p = memchr(p, '\'', (size_t)(end - p))); p++)
			single |= (p == s || strchr(",;\t|", p[-1])) && memchr(p + 1, '\'', (size_t)(end - p - 1));
	}
	return single ? '\'' : '"';
}

/* The marks of comments, without those with which most lines begin. */
static void find_marks(struct text_layout *l, const struct sample *q)
{
	static const char all[] = "#%~;/";
	int n = 0;
	for (int i = 0; all[i]; i++) {
		int lines = 0;
		for (int k = 0; k < q->n; k++)
			lines += *q->line[k].s == all[i] && !is_excel_error(q->line[k].s, q->line[k].end);
		if (2 * lines <= q->n)
			l->marks[n++] = all[i];
	}
	l->marks[n] = 0;
}

static void drop_mark(char *marks, char c)
{
	char *p = strchr(marks, c);
	if (p)
		memmove(p, p + 1, strlen(p));
}

/* ---- decimal commas that look like separators ---- */

/* Whether the run, split at commas, looks like one decimal comma in each line: two cells, the first a whole number, the
 * second digits with zeros in front, or all of one length. */
static bool looks_like_decimals(const struct reading *r, const struct sample *q, struct cell *cell, bool *certain)
{
	bool zeros = false, same = true;
	size_t length = 0;
	if (r->l.delim != ',' || r->best.least != 2 || r->best.most != 2)
		return false;
	for (int i = r->best.from; i < r->best.to; i++) {
		const char *s = q->line[i].s, *end = q->line[i].end;
		const char *comma = memchr(s, ',', (size_t)(end - s));
		if (r->shape[i].comment)
			continue;
		if (split(&r->l, s, end, cell) != 2 || !comma || comma == s || comma + 1 == end ||
		    !is_digit(comma[1]) || !is_digit(comma[-1]))
			return false;
		for (size_t k = 0; k < cell[1].n; k++)
			if (!is_digit(cell[1].s[k]))
				return false;
		zeros |= cell[1].n > 1 && *cell[1].s == '0';
		same &= !length || cell[1].n == length;
		length = cell[1].n;
	}
	*certain = zeros;
	return zeros || (same && length > 1);
}

/* ---- the choice ---- */

/* Finds `sep=;`, which Excel writes into the first line. */
static char said_delim(const struct text_line *line)
{
	const char *s = line->s, *end = line->end;
	while (s < end && (*s == '"' || is_blank(*s)))
		s++;
	if (end - s < 5 || strncasecmp(s, "sep=", 4) != 0 || !strchr(",;|\t", s[4]))
		return 0;
	return only_of(s + 5, end, "\" \t,;") ? s[4] : 0;
}

/* How the first name line above the run agrees: 1 it has as many cells, 0 it does not, or there is none. */
static bool header_fits(const struct reading *r)
{
	int i = r->best.from - 1;
	while (i >= 0 && r->shape[i].comment)
		i--;
	return i >= 0 && r->shape[i].word && !r->shape[i].number && run_takes(&r->best, &r->shape[i]);
}

struct finder {
	char point; /* what --decimal says, or 0 */
	struct sample sample;
	struct cell *cell;
	struct reading best;
	char said; /* by sep= */
};

/* Whether the line above the run is one word without a comma, as the name of a single column is. */
static bool header_above(const struct finder *f, const struct reading *r)
{
	int i = r->best.from - 1;
	return i >= 0 && r->shape[i].width == 1 && r->shape[i].word && f->sample.n;
}

static void try_delim(struct finder *f, const struct text_layout *base, char delim)
{
	struct reading r = { .l = *base };
	const struct sample *q = &f->sample;
	r.l.delim = delim;
	if (delim == ';')
		drop_mark(r.l.marks, ';');
	if (delim != ';' && delim != ' ' && ends_in(q, ';'))
		r.l.tail = ';';
	else if (delim != ',' && delim && ends_in(q, ','))
		r.l.tail = ',';
	r.l.lead = delim == '|' && begins_with(q, '|');
	if (r.l.lead && ends_in(q, '|'))
		r.l.tail = '|';
	r.shape = xcalloc((size_t)q->n + 1, sizeof *r.shape);
	find_run(&r, q, f->cell);
	if (r.best.rows && r.best.least < 2 && delim)
		r.best.score = 0; /* it separates nothing */
	bool certain = false;
	if (delim == ',' && f->point != '.' && r.best.score > 0 && (!header_fits(&r) || f->point == ',') &&
	    looks_like_decimals(&r, q, f->cell, &certain) && (certain || f->point == ',' || header_above(f, &r)))
		r.best.score /= 8; /* a column of decimal commas has half the cells */
	/* Tabs hardly ever stand within cells, and semicolons seldom; commas do, and blanks more so. */
	r.best.score *= delim == '\t' ? 2 : delim == ';' ? 1.5 : delim == ' ' ? 0.9 : 1;
	if (f->said && delim == f->said && r.best.rows)
		r.best.score += 1e-9, r.best.score *= 1e6;
	if (!f->best.shape || r.best.score > f->best.best.score) {
		free(f->best.shape);
		f->best = r;
	} else {
		free(r.shape);
	}
}

static void try_all(struct finder *f, const struct text_layout *base)
{
	static const char delims[] = { '\t', ';', ',', '|', ' ', 0 };
	free(f->best.shape);
	f->best = (struct reading){ .l = *base };
	for (size_t i = 0; i < sizeof delims; i++)
		try_delim(f, base, delims[i]);
}

/* ---- from the run to the table ---- */

/* What most cells of each column are, and how their numbers are written. */
struct tally {
	int kind[4];
	int marks;        /* the sum of enum number_marks */
	int point, comma; /* numbers that decide for each decimal mark */
};

static struct tally *count_columns(const struct finder *f, int from, int to, int n_col)
{
	struct tally *t = xcalloc((size_t)n_col + 1, sizeof *t);
	for (int i = from; i < to; i++) {
		if (f->best.shape[i].comment)
			continue;
		int n = split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell);
		for (int k = 0; k < n && k < n_col; k++) {
			const struct cell *c = &f->cell[k];
			t[k].kind[c->kind]++;
			int marks = c->kind == CELL_NUMBER ? number_marks(c->s, c->n) : 0;
			t[k].marks |= marks;
			t[k].point += (marks & (NUMBER_DECIMAL_POINT | NUMBER_GROUP_COMMA)) != 0;
			t[k].comma += (marks & (NUMBER_DECIMAL_COMMA | NUMBER_GROUP_POINT)) != 0;
		}
	}
	return t;
}

static enum cell_kind most_of(const struct tally *t)
{
	if (t->kind[CELL_NUMBER] && t->kind[CELL_NUMBER] >= t->kind[CELL_STAMP] + t->kind[CELL_WORD])
		return CELL_NUMBER;
	if (t->kind[CELL_STAMP] && t->kind[CELL_STAMP] >= t->kind[CELL_WORD])
		return CELL_STAMP;
	return t->kind[CELL_WORD] ? CELL_WORD : CELL_EMPTY;
}

/* Whether the numbers among the cells rise by equal steps of whole numbers. */
static bool counts_up(const struct cell *cell, int n, double *first, int *numbers)
{
	double before = 0, step = 0, v;
	*numbers = 0;
	for (int i = 0; i < n; i++) {
		if (cell[i].kind != CELL_NUMBER)
			continue;
		if (number_parse(cell[i].s, cell[i].n, '.', &v) != NUMBER_OK || v != (double)(long long)v)
			return false;
		if (*numbers == 0)
			*first = v;
		if (*numbers == 1)
			step = v - before;
		if (*numbers && (v - before != step || step != 1))
			return false;
		before = v;
		++*numbers;
	}
	return *numbers > 0;
}

static bool rises(const struct cell *cell, int n)
{
	double before = -1e300, v;
	for (int i = 0; i < n; i++) {
		if (cell[i].kind != CELL_NUMBER)
			continue;
		if (number_parse(cell[i].s, cell[i].n, '.', &v) != NUMBER_OK || v <= before)
			return false;
		before = v;
	}
	return true;
}

static bool begins_with_word(struct finder *f, int i)
{
	const struct text_line *line = &f->sample.line[i];
	return i < f->sample.n && split(&f->best.l, line->s, line->end, f->cell) && f->cell->kind == CELL_WORD;
}

/* Whether line i, the first of a run, names the columns although it holds numbers: `date,0,1,OT` above stamps and
 * numbers, `month,2023,2024`, or the names 0, 1, 2 of pandas. */
static bool line_is_header(struct finder *f, const struct tally *t, int i, int n_col)
{
	/* the line above it has names alone */
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	if (above && above->word && !above->number && !above->stamp && above->filled == n_col)
		return false;
	const struct text_line *line = &f->sample.line[i];
	int n = split(&f->best.l, line->s, line->end, f->cell), numbers, other;
	struct shape s = shape_of(f->cell, n);
	double first = 0, second = 0;
	bool word_above = false;
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind below = most_of(&t[k]);
		word_above |= f->cell[k].kind == CELL_WORD && (below == CELL_NUMBER || below == CELL_STAMP);
	}
	if (s.stamp || !n)
		return false;
	if (!s.number)
		return word_above;
	/* a column that changes from words to numbers */
	if (f->cell[0].kind == CELL_WORD && begins_with_word(f, i + 1))
		return false;
	split(&f->best.l, line->s, line->end, f->cell);
	bool named = f->cell[0].kind == CELL_WORD && (most_of(&t[0]) == CELL_NUMBER || most_of(&t[0]) == CELL_STAMP);
	bool corner = !f->cell[0].n && n > 1;
	bool up = counts_up(f->cell, n, &first, &numbers), rising = rises(f->cell, n);
	if (word_above && named && (up || (numbers > 1 && rising) || (s.number > 2 && rising)))
		return true;
	if (!up || s.word || i + 1 >= f->sample.n || first < 0 || first > 1)
		return false;
	if (!corner && !(named && word_above) && numbers < 3)
		return false;
	line = &f->sample.line[i + 1];
	n = split(&f->best.l, line->s, line->end, f->cell);
	/* the row names in the corner's column are no values */
	return !counts_up(f->cell + corner, n - corner, &second, &other);
}

/* A line that only draws: ---- or |---|---| or ====. */
static bool is_rule(const struct text_line *l)
{
	return l->end - l->s >= 2 && only_of(l->s, l->end, "-=+|: \t_") &&
	       (memchr(l->s, '-', (size_t)(l->end - l->s)) || memchr(l->s, '=', (size_t)(l->end - l->s)));
}

/* Whether a cell is a unit, a form of a date, or what a data logger computed. */
static bool is_unit(const char *s, size_t n)
{
	static const char *const units[] = {
		"s",      "ms",    "us",      "min",    "h",       "hz",    "khz",   "mhz",      "v",       "mv",
		"uv",     "kv",    "a",       "ma",     "ka",      "ah",    "mah",   "w",        "kw",      "mw",
		"kwh",    "wh",    "mwh",     "var",    "pa",      "hpa",   "kpa",   "mpa",      "bar",     "mbar",
		"psi",    "m",     "mm",      "cm",     "km",      "um",    "g",     "kg",       "mg",      "t",
		"n",      "kn",    "nm",      "j",      "kj",      "k",     "c",     "f",        "degc",    "degf",
		"deg",    "rad",   "deg c",   "deg f",  "%",       "ppm",   "ppb",   "db",       "dbm",     "lx",
		"lux",    "l",     "ml",      "m/s",    "m/s2",    "m/s^2", "km/h",  "mph",      "kt",      "rpm",
		"1/min",  "l/min", "w/m2",    "w/m^2",  "kw/m2",   "rh",    "%rh",   "avg",      "smp",     "min",
		"max",    "std",   "tot",     "rn",     "ts",      "vol",   "volt",  "volts",    "amp",     "amps",
		"counts", "count", "none",    "raw",    "-",       "units", "unit",  "second",   "seconds", "ohm",
		"kohm",   "m/sec", "degrees", "mm/h",   "g/m3",    "ug/m3", "mg/m3", "datetime", "usd",     "eur",
		"string", "int",   "float",   "double", "numeric", NULL
	};
	char text[64];
	if (!n)
		return true;
	if (n > 2 && ((*s == '[' && s[n - 1] == ']') || (*s == '(' && s[n - 1] == ')')))
		return true;
	if (n >= sizeof text)
		return false;
	/* a degree sign, a micro sign and a squared sign are not ASCII; no name of a column is one sign and a letter */
	if (n <= 5 && (*s & 0x80) &&
	    (!memcmp(s, "\xc2\xb0", 2) || !memcmp(s, "\xc2\xb5", 2) || !memcmp(s, "\xce\xbc", 2)))
		return true;
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\xc2' && i + 1 < n && (s[i + 1] == '\xb2' || s[i + 1] == '\xb3'))
			text[k++] = s[++i] == '\xb2' ? '2' : '3';
		else
			text[k++] = s[i];
	for (int i = 0; units[i]; i++)
		if (word_is(text, k, units[i]))
			return true;
	/* yyyy-mm-dd hh:mm:ss.mmm */
	bool letters = false;
	for (size_t i = 0; i < k; i++) {
		if (!strchr("yYmMdDhHsSfT -/.:", text[i]))
			return false;
		letters |= strchr("-/:", text[i]) != NULL;
	}
	return letters;
}

static bool is_units_line(struct finder *f, const struct text_line *line)
{
	int n = split(&f->best.l, line->s, line->end, f->cell), filled = 0;
	for (int i = 0; i < n; i++) {
		if (!is_unit(f->cell[i].s, f->cell[i].n))
			return false;
		filled += f->cell[i].n > 0;
	}
	return filled > 0;
}

/* The first characters of a line that a comment mark takes, with the blanks behind them. */
static struct text_line uncommented(const struct text_line *line)
{
	struct text_line l = *line;
	while (l.s < l.end && strchr("#%~;/! ", *l.s))
		l.s++;
	return l;
}

/* Splits at two blanks or more, or at tabs: names with single blanks in them. */
static bool wide_blanks(const struct text_line *line, int n_col)
{
	int n = 0;
	const char *p = line->s;
	while (p < line->end) {
		while (p < line->end && is_blank(*p))
			p++;
		if (p < line->end)
			n++;
		while (p < line->end && !(is_blank(*p) && (*p == '\t' || (p + 1 < line->end && is_blank(p[1])))))
			p++;
	}
	return n == n_col;
}

/* Whether the line, split at `delim`, has a name for each column. */
static bool names_fit(struct finder *f, const struct text_line *line, char delim, int least, int most)
{
	struct text_layout l = f->best.l;
	l.delim = delim;
	int n = split(&l, line->s, line->end, f->cell);
	struct shape s = shape_of(f->cell, n);
	const struct cell *last = n ? &f->cell[n - 1] : NULL;
	if (!n || (f->cell[0].n && f->cell[0].s[f->cell[0].n - 1] == ':'))
		return false; /* a key and its value */
	/* LabVIEW names a column of comments that most rows do not have. */
	if (s.filled == most + 1 && most > 1 && word_is(last->s, last->n, "Comment"))
		s.filled--;
	return s.word && !s.number && !s.stamp && s.filled <= most && s.width >= least && s.filled >= (least + 1) / 2;
}

/* Whether line i has few words beside empty cells, and the line above it names the columns, as in the files of
 * yfinance: `Price,a,b`, `Ticker,X,X`, `Date,,`. */
static bool is_sparse_header(struct finder *f, int i, char delim, int least, int most)
{
	const struct shape *s = &f->best.shape[i];
	return i > 0 && !f->sample.blanks[i] && s->word && !s->number && !s->stamp && s->width >= least &&
	       s->filled <= most && names_fit(f, &f->sample.line[i - 1], delim, least, most);
}

struct block {
	struct text_line line[BLOCK_MOST];
	char delim[BLOCK_MOST];
	int n; /* the first one is the nearest to the data */
};

/* The row names of R have no name: the first column counts up from 1, or holds words or stamps in quotes. */
static bool has_row_names(struct finder *f, int start, const struct tally *t)
{
	enum cell_kind kind = most_of(&t[0]);
	double v, before = 0;
	if (kind == CELL_WORD || kind == CELL_STAMP)
		return true;
	for (int i = start; i < f->sample.n && i < start + 5; i++) {
		const struct text_line *line = &f->sample.line[i];
		if (*line->s == '"')
			return true;
		if (!split(&f->best.l, line->s, line->end, f->cell) ||
		    number_parse(f->cell[0].s, f->cell[0].n, '.', &v) != NUMBER_OK || (i > start && v != before + 1))
			return false;
		before = v;
	}
	return true;
}

/* Finds the lines of names above line `start`. */
static void find_block(struct finder *f, struct text_layout *l, struct block *b, int start, const struct tally *t)
{
	static const char others[] = { '\t', ';', ',', '|', ' ' };
	const struct sample *q = &f->sample;
	int least = f->best.best.least, most = f->best.best.most;
	most = most == CELLS_MAX ? least : most;
	for (int i = start - 1; i >= 0 && b->n < BLOCK_MOST; i--) {
		const struct text_line *line = &q->line[i];
		bool blank_below = q->blanks[i + 1] > 0;
		if (is_rule(line))
			continue;
		if (f->best.shape[i].comment) {
			struct text_line bare = uncommented(line);
			if (!b->n && !l->comment && bare.s < bare.end && names_fit(f, &bare, l->delim, least, most) &&
			    (least > 1 || !memchr(bare.s, ' ', (size_t)(bare.end - bare.s)))) {
				b->line[b->n] = bare;
				b->delim[b->n++] = l->delim;
			}
			if (b->n)
				break;
			continue;
		}
		if (b->n && blank_below && !f->best.l.lead)
			break;
		if (least == 1 && b->n && !is_units_line(f, &b->line[b->n - 1]))
			break;
		if (names_fit(f, line, l->delim, least, most) || is_sparse_header(f, i, l->delim, least, most)) {
			b->line[b->n] = *line;
			b->delim[b->n++] = l->delim;
			continue;
		}
		if (b->n)
			break;
		if (least > 2 && f->best.shape[i].filled == least - 1 &&
		    names_fit(f, line, l->delim, least - 1, least - 1) && has_row_names(f, start, t)) {
			l->header_shift = 1;
			b->line[b->n] = *line;
			b->delim[b->n++] = l->delim;
			break;
		}
		if (l->delim == ' ' && wide_blanks(line, least)) {
			b->line[b->n] = *line;
			b->delim[b->n++] = WIDE_BLANKS;
			break;
		}
		for (size_t k = 0; k < sizeof others && !b->n && least > 1; k++)
			if (others[k] != l->delim && names_fit(f, line, others[k], least, least)) {
				b->line[b->n] = *line;
				b->delim[b->n++] = others[k];
			}
		break;
	}
}

static int filled_cells(struct finder *f, const struct text_line *line, int *only)
{
	int n = split(&f->best.l, line->s, line->end, f->cell), filled = 0;
	for (int i = 0; i < n; i++)
		if (f->cell[i].n) {
			filled++;
			*only = i;
		}
	return filled;
}

/* Whether a line begins with what oscilloscopes and loggers say about a recording. */
static bool is_preamble_key(const char *s, size_t n)
{
	static const char *const keys[] = { "model",
		                            "model number",
		                            "serial number",
		                            "firmware version",
		                            "software version",
		                            "record length",
		                            "sample interval",
		                            "sample rate",
		                            "sampling rate",
		                            "point format",
		                            "pt fmt",
		                            "waveform type",
		                            "vertical units",
		                            "vertical scale",
		                            "vertical offset",
		                            "horizontal units",
		                            "horizontal scale",
		                            "probe attenuation",
		                            "probe atten",
		                            "trigger point",
		                            "instrument",
		                            NULL };
	while (n && s[n - 1] == ':')
		n--;
	for (int i = 0; keys[i]; i++)
		if (word_is(s, n, keys[i]))
			return true;
	return false;
}

/* Whether the upper lines of the block are keys with values that happen to have as many cells as the table. A key such
 * as "Label" is known by the line above the block, which then is a key with a number. */
static bool has_preamble(struct finder *f, const struct block *b, int from)
{
	for (int i = from + 1; i < b->n; i++)
		if (split(&f->best.l, b->line[i].s, b->line[i].end, f->cell) &&
		    is_preamble_key(f->cell[0].s, f->cell[0].n))
			return true;
	int top = 0;
	while (top < f->sample.n && f->sample.line[top].line < b->line[b->n - 1].line)
		top++;
	while (top && !f->best.shape[top - 1].comment && !f->best.shape[top - 1].filled)
		top--; /* separators alone */
	if (!top || f->best.shape[top - 1].comment || f->sample.blanks[top])
		return false;
	const struct text_line *above = &f->sample.line[top - 1];
	return split(&f->best.l, above->s, above->end, f->cell) > 1 && is_preamble_key(f->cell[0].s, f->cell[0].n);
}

/* Takes units from the bottom of the block and titles from its top; what is left are the names. */
static void take_block(struct finder *f, struct text_layout *l, struct block *b)
{
	int from = 0, only = 0;
	while (b->n - from > 1 && is_units_line(f, &b->line[from])) {
		l->units = b->line[from++];
		if (from > 2)
			break;
	}
	if (b->n - from > 1 && has_preamble(f, b, from))
		b->n = from + 1;
	while (b->n - from > 1) {
		const struct text_line *top = &b->line[b->n - 1];
		const char *s = top->s + (*top->s == '"');
		bool logger = top->end - s > 4 && (!memcmp(s, "TOA5", 4) || !memcmp(s, "TOB1", 4));
		if (!logger && !(l->n_col > 2 && filled_cells(f, top, &only) == 1 && only == 0))
			break;
		b->n--;
	}
	for (int i = b->n - 1; i >= from && l->n_header < LAYOUT_HEADERS; i--) {
		l->header[l->n_header] = b->line[i];
		l->header_delim[l->n_header++] = b->delim[i];
	}
}

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
		q->kind = most_of(&t[c]);
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
	int n = split(l, line->s, line->end, f->cell);
	struct fit q = { .s = shape_of(f->cell, n) };
	q.width = q.s.filled <= l->n_col && q.s.width >= l->n_col;
	for (int k = 0; k < n && k < l->n_col; k++) {
		enum cell_kind kind = f->cell[k].kind, below = most_of(&t[k]);
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

/* Names the last lines if they begin with a word where the others begin with a number. They are rows, but a summary in
 * words that is_summary_word() does not know looks the same. */
static void doubt_last_rows(struct finder *f, struct text_layout *l, const struct tally *t,
                            const struct text_line *tail, int64_t last, int64_t least)
{
	enum { FEW = 5 };
	char text[240];
	int64_t n = 0;
	while (last - n >= least && n <= FEW && fit_of(f, l, t, &tail[(last - n) % TAIL_LINES]).first)
		n++;
	if (!n || n > FEW || last - n < least)
		return;
	const struct text_line *line = &tail[(last - n + 1) % TAIL_LINES];
	size_t k = (size_t)(line->end - line->s);
	snprintf(text, sizeof text,
	         "the last %s with a word where the rows above begin with a number ('%.*s'); %s taken as data",
	         n == 1 ? "row begins" : "rows begin", k < 40 ? (int)k : 40, line->s, n == 1 ? "it is" : "they are");
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
		p = line_at(p, l->text_end, 0).next;
	}
	while (p < l->text_end) {
		struct text_line line = line_at(p, l->text_end, 0);
		if (!only_of(line.s, line.end, " \t"))
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
		int n = split(l, f->sample.line[start + i].s, f->sample.line[start + i].end, f->cell);
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
	int n = split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell);
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind below = most_of(&t[k]);
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
	while (i + 1 < f->sample.n && is_comment(l, f->sample.line[i].s, f->sample.line[i].end))
		i++;
	const struct text_line *line = &f->sample.line[i];
	static const char delims[] = "\t;,|";
	l->delim = 0;
	for (int k = 0; delims[k] && !l->delim; k++)
		if (memchr(line->s, delims[k], (size_t)(line->end - line->s)))
			l->delim = delims[k];
	l->n_col = split(l, line->s, line->end, f->cell);
	l->column = xcalloc((size_t)l->n_col + 1, sizeof *l->column);
	for (int c = 0; c < l->n_col; c++)
		l->column[c] = (struct text_column){ CELL_WORD, '.', false };
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
	if (l->n_header || !start || f->best.shape[start - 1].comment || is_rule(&f->sample.line[start - 1]))
		return;
	const struct shape *s = &f->best.shape[start - 1];
	if (s->width < 2 || s->width == l->n_col || s->number || s->stamp || !s->word)
		return;
	snprintf(text, sizeof text, "line %lld has %d cells, the rows below it have %d, so the columns have no names",
	         (long long)f->sample.line[start - 1].line, s->width, l->n_col);
	doubt(l, text);
}

static void doubt_decimals(struct finder *f, struct text_layout *l)
{
	bool certain;
	struct reading r = f->best;
	if (l->delim == 0 && l->n_col == 1 && l->column[0].point == ',') {
		r.l.delim = ',';
		int i = r.best.from;
		r.best.least = r.best.most = 2;
		if (looks_like_decimals(&r, &f->sample, f->cell, &certain) && i >= 0 && !l->n_header)
			doubt(l, "the commas are taken as decimal marks; --decimal point takes them as separators");
	} else if (l->delim == ',' && l->n_col == 2 && looks_like_decimals(&r, &f->sample, f->cell, &certain) &&
	           !header_fits(&r)) {
		doubt(l, "the commas are taken as separators; --decimal comma takes them as decimal marks");
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
	int n = split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell), words = 0;
	if (!above || !above->word || above->number || above->stamp)
		return false;
	for (int k = 0; k < n && k < n_col; k++)
		words += f->cell[k].kind == CELL_WORD && most_of(&t[k]) == CELL_NUMBER;
	return words >= 2 && 2 * words >= n;
}

/* Whether line i is none of the rows below it: it begins with a word, and two cells or more are not what its columns
 * hold. The line above it is no line of names. */
static bool is_preamble_row(struct finder *f, const struct tally *t, int i, int n_col)
{
	const struct shape *above = i > 0 ? &f->best.shape[i - 1] : NULL;
	int n = split(&f->best.l, f->sample.line[i].s, f->sample.line[i].end, f->cell), strange = 0;
	bool named = above && above->word && !above->number && !above->stamp && above->filled == n_col;
	for (int k = 0; k < n && k < n_col; k++) {
		enum cell_kind kind = f->cell[k].kind, below = most_of(&t[k]);
		strange += kind != CELL_EMPTY && kind != below && below != CELL_WORD && below != CELL_EMPTY;
	}
	return !named && n && f->cell[0].kind == CELL_WORD && most_of(&t[0]) != CELL_WORD && strange >= 2;
}

static int lay_out(struct finder *f, struct text_layout *l, struct err *e)
{
	struct block b = { .n = 0 };
	const struct run *r = &f->best.best;
	l->delim = f->best.l.delim;
	l->tail = f->best.l.tail;
	l->lead = f->best.l.lead;
	memcpy(l->marks, f->best.l.marks, sizeof l->marks);
	struct tally *t = count_columns(f, r->from + (r->rows > 2), r->to, r->least);
	int start = true_start(f, t), bad = check_above(f, start, e);
	if (bad) {
		free(t);
		return bad;
	}
	while (start + 2 < r->to && !line_is_header(f, t, start, r->least) && is_preamble_row(f, t, start, r->least))
		start++;
	bool units = start + 1 < f->sample.n && is_units_row(f, t, start, r->least);
	for (int i = 0; i < 3 && !units && start + 1 < f->sample.n && line_is_header(f, t, start, r->least); i++) {
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
	find_block(f, l, &b, start - b.n, t);
	/* A column that is empty throughout counts if it has a name. */
	int only = 0, width = l->n_col;
	for (int i = 0; i < b.n && !l->header_shift; i++)
		if (b.delim[i] == l->delim && filled_cells(f, &b.line[i], &only) && only + 1 > width &&
		    r->most < CELLS_MAX)
			width = only + 1 < r->most ? only + 1 : r->most;
	l->n_col = width;
	free(t);
	t = count_columns(f, start, r->to > start ? r->to : start + 1, l->n_col);
	l->column = xcalloc((size_t)l->n_col, sizeof *l->column);
	take_block(f, l, &b);
	if (units) {
		l->units = f->sample.line[start];
		start++;
	}
	l->first = f->sample.line[start].s;
	l->line = f->sample.line[start].line;
	l->above = start - l->n_header - (l->units.s != NULL);
	find_points(l, t, f->point);
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

int text_layout_find(struct text_layout *l, const char *text, size_t n, const struct layout_wanted *w, struct err *e)
{
	struct finder f = { .point = w->point };
	int64_t line = 1;
	*l = (struct text_layout){ .text = text, .text_end = text + n, .comment = w->comment };
	const char *p = text;
	for (int64_t i = 0; i < w->skip && p < l->text_end; i++, line++)
		p = line_at(p, l->text_end, 0).next;
	int bad = 0;
	f.cell = xcalloc(CELLS_MAX, sizeof *f.cell);
	for (int most = SAMPLE_FIRST; !bad; most *= 10) {
		sample_release(&f.sample);
		sample_take(&f.sample, p, l->text_end, line, most);
		if (!f.sample.n) {
			bad = err_set(e, ERR_FORMAT, w->skip > 0 ? "--skip leaves no line" : "the file is empty");
			break;
		}
		f.said = said_delim(&f.sample.line[0]);
		l->quote = find_quote(&f.sample);
		if (!l->comment)
			find_marks(l, &f.sample);
		try_all(&f, l);
		if (enough(&f) || most >= SAMPLE_MOST)
			break;
	}
	if (!bad)
		bad = check_arrows(&f, e);
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
