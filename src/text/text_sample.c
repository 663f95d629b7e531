/* The first lines of a text are split in every possible way; the way that gives the longest run of rows wins. */
#include "src/text/text_layout_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem.h"
#include "core/base/number.h"
#include "src/read/lines.h"

/* ---- the first lines ---- */

void sample_release(struct sample *q)
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
	struct text_line l = text_line_at(p, end, (*number)++), more = l;
	if (!quote_is_open(l.s, l.end))
		return l;
	for (int i = 0; i < MOST && more.next < end; i++) {
		more = text_line_at(more.next, end, l.line);
		if (quote_is_open(l.s, more.end))
			continue;
		*number += i + 1;
		l.end = more.end;
		l.next = more.next;
		break;
	}
	return l;
}

void sample_take(struct sample *q, const char *p, const char *end, int64_t number, int most)
{
	int blanks = 0;
	*q = (struct sample){ .line = xcalloc((size_t)most, sizeof *q->line),
		              .blanks = xcalloc((size_t)most, sizeof *q->blanks) };
	while (p < end && q->n < most) {
		struct text_line l = quoted_line(p, end, &number);
		p = l.next;
		if (text_only_of(l.s, l.end, " \t")) {
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

int line_split(const struct text_layout *l, const char *s, const char *end, struct cell *cell)
{
	struct text_cells c = text_layout_cells(l, s, end);
	int n = 0;
	while (n < CELLS_MAX && text_layout_cell(&c, &cell[n].s, &cell[n].n)) {
		cell[n].kind = cell_kind(cell[n].s, cell[n].n);
		n++;
	}
	return n;
}

struct shape line_shape(const struct cell *cell, int n)
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

bool run_takes(const struct run *r, const struct shape *q)
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
	text_skip_mark(&s, q->line[i].end);
	for (int k = from - 1; k >= 0 && k >= from - LAYOUT_HEADERS; k--)
		if (text_same_line(&q->line[k], s, q->line[i].end))
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
		if (text_is_comment(&r->l, q->line[i].s, q->line[i].end)) {
			*s = (struct shape){ .comment = true };
			continue;
		}
		int n = line_split(&r->l, q->line[i].s, q->line[i].end, cell);
		*s = line_shape(cell, n);
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

char sample_quote(const struct sample *q)
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

void sample_marks(struct text_layout *l, const struct sample *q)
{
	static const char all[] = "#%~;/";
	int n = 0;
	for (int i = 0; all[i]; i++) {
		int lines = 0;
		for (int k = 0; k < q->n; k++)
			lines += *q->line[k].s == all[i] && !text_is_excel_error(q->line[k].s, q->line[k].end);
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

bool reading_has_decimals(const struct reading *r, const struct sample *q, struct cell *cell, bool *certain)
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
		if (line_split(&r->l, s, end, cell) != 2 || !comma || comma == s || comma + 1 == end ||
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

char line_says_delim(const struct text_line *line)
{
	const char *s = line->s, *end = line->end;
	while (s < end && (*s == '"' || is_blank(*s)))
		s++;
	if (end - s < 5 || strncasecmp(s, "sep=", 4) != 0 || !strchr(",;|\t", s[4]))
		return 0;
	return text_only_of(s + 5, end, "\" \t,;") ? s[4] : 0;
}

bool reading_fits(const struct reading *r)
{
	int i = r->best.from - 1;
	while (i >= 0 && r->shape[i].comment)
		i--;
	return i >= 0 && r->shape[i].word && !r->shape[i].number && run_takes(&r->best, &r->shape[i]);
}

/* Whether the line above the run is one word without a comma, as the name of a single column is. */
static bool header_above(const struct finder *f, const struct reading *r)
{
	int i = r->best.from - 1;
	return i >= 0 && r->shape[i].width == 1 && r->shape[i].word && f->sample.n;
}

/* Whether the names above the run are separated, as in `a,u` above rows `1,` whose second column is empty. */
static bool names_are_split(const struct reading *r)
{
	int i = r->best.from - 1;
	return i >= 0 && r->shape[i].width > 1 && !r->shape[i].comment && reading_fits(r);
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
	if (r.best.rows && r.best.least < 2 && delim && !names_are_split(&r))
		r.best.score = 0; /* it separates nothing */
	bool certain = false;
	if (delim == ',' && f->point != '.' && r.best.score > 0 && (!reading_fits(&r) || f->point == ',') &&
	    reading_has_decimals(&r, q, f->cell, &certain) && (certain || f->point == ',' || header_above(f, &r)))
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

void finder_try_all(struct finder *f, const struct text_layout *base)
{
	static const char delims[] = { '\t', ';', ',', '|', ' ', 0 };
	free(f->best.shape);
	f->best = (struct reading){ .l = *base };
	for (size_t i = 0; i < sizeof delims; i++)
		try_delim(f, base, delims[i]);
}
