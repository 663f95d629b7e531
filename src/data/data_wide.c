/* Reads tables in which each row is a window and its first or last cell is the label: the .tsv files of the UCR
 * archive, its older .txt files with blanks between the numbers, and CSV with or without a header. Rows may differ in
 * length, and NaN after the last value of a row also ends it. Several channels follow each other in a row, in the order
 * of numpy's x.reshape(n, -1). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "src/read/lines.h"
#include "src/read/read_data.h"
#include "src/data/window_build.h"

struct wide {
	struct lines l;
	char delim; /* 0: any number of blanks */
	char point;
	bool header;
	int64_t n_cell;   /* in the first line of data */
	int64_t n_number; /* how many of them are numbers or missing values */
	enum { EDGE_NONE, EDGE_FIRST, EDGE_LAST } label;
	bool label_asked;
	struct err *e;
};

/* ---- lines and cells ---- */

static bool blank(const struct wide *q)
{
	for (const char *s = q->l.p; s < q->l.eol; s++)
		if (*s != ' ' && *s != '\t')
			return false;
	return true;
}

/* Reads the cell at p, without blanks and quotes around it. Returns where the next cell begins, or NULL at the end
 * of the line. */
static const char *take_cell(const struct wide *q, const char *p, const char **s, size_t *n)
{
	const char *eol = q->l.eol, *end;
	if (!q->delim) {
		while (p < eol && (*p == ' ' || *p == '\t'))
			p++;
		for (end = p; end < eol && *end != ' ' && *end != '\t';)
			end++;
		*s = p;
		*n = (size_t)(end - p);
		while (end < eol && (*end == ' ' || *end == '\t'))
			end++;
		return end < eol ? end : NULL;
	}
	if (p < eol && *p == '"') {
		end = memchr(p + 1, '"', (size_t)(eol - p - 1));
		end = end ? memchr(end, q->delim, (size_t)(eol - end)) : NULL;
	} else {
		end = memchr(p, q->delim, (size_t)(eol - p));
	}
	const char *next = end ? end + 1 : NULL;
	end = end ? end : eol;
	*s = p;
	*n = (size_t)(end - p);
	text_trim(s, n);
	if (*n >= 2 && **s == '"' && (*s)[*n - 1] == '"') {
		++*s;
		*n -= 2;
	}
	return next;
}

static bool is_number(const struct wide *q, const char *s, size_t n)
{
	float v;
	return text_value(s, n, q->point, &v);
}

/* ---- recognising the table ---- */

static void find_delim(struct wide *q)
{
	static const char delims[] = "\t;,";
	q->delim = 0;
	q->point = '.';
	for (int i = 0; delims[i]; i++)
		if (memchr(q->l.p, delims[i], (size_t)(q->l.eol - q->l.p))) {
			q->delim = delims[i];
			break;
		}
	/* With semicolons between cells, a comma is a decimal comma unless the line also has a point. */
	if (q->delim == ';' && memchr(q->l.p, ',', (size_t)(q->l.eol - q->l.p)) &&
	    !memchr(q->l.p, '.', (size_t)(q->l.eol - q->l.p)))
		q->point = ',';
}

static void count_cells(struct wide *q)
{
	const char *s, *at = q->l.p;
	size_t n;
	q->n_cell = q->n_number = 0;
	while (at) {
		at = take_cell(q, at, &s, &n);
		q->n_cell++;
		q->n_number += is_number(q, s, n);
	}
}

static bool is_label_name(const char *s, size_t n)
{
	static const char *const names[] = { "label", "class", "target", "y", "labels", "class_label", NULL };
	for (int i = 0; names[i]; i++)
		if (strlen(names[i]) == n && !strncasecmp(s, names[i], n))
			return true;
	return false;
}

/* Finds the first and the last cell of the line at q->l.p. */
static void edge_cells(const struct wide *q, const char **first, size_t *n_first, const char **last, size_t *n_last)
{
	const char *at = take_cell(q, q->l.p, first, n_first);
	*last = *first;
	*n_last = *n_first;
	if (q->delim && at) {
		const char *end = q->l.eol;
		while (end > at && end[-1] != q->delim)
			end--;
		take_cell(q, end, last, n_last);
		return;
	}
	while (at)
		at = take_cell(q, at, last, n_last);
}

/* Finds the column of the label. A header may name it. Without a header it is a column with words, or with a whole
 * number in each of the first lines. */
static void find_label(struct wide *q, const char *header, const char *header_eol, int64_t values)
{
	const char *first, *last;
	size_t n_first, n_last;
	bool can_first = true, can_last = true, word_first = false, word_last = false;
	double v;
	if (header) {
		struct wide h = *q;
		h.l.p = header;
		h.l.eol = header_eol;
		edge_cells(&h, &first, &n_first, &last, &n_last);
		q->label = is_label_name(first, n_first) ? EDGE_FIRST
		           : is_label_name(last, n_last) ? EDGE_LAST
		                                         : EDGE_NONE;
		if (q->label)
			return;
	}
	q->label = EDGE_NONE;
	if (values == q->n_cell)
		return;
	struct wide w = *q;
	for (int i = 0; i < 100 && w.l.p < w.l.end; i++, lines_next(&w.l)) {
		lines_here(&w.l);
		if (blank(&w))
			continue;
		/* this line may be incomplete */
		edge_cells(&w, &first, &n_first, &last, &n_last);
		word_first = word_first || !is_number(q, first, n_first);
		word_last = word_last || !is_number(q, last, n_last);
		can_first = can_first && (number_parse(first, n_first, q->point, &v) != NUMBER_OK || v == floor(v));
		can_last = can_last && (number_parse(last, n_last, q->point, &v) != NUMBER_OK || v == floor(v));
		if (memchr(w.l.p, '\n', (size_t)(w.l.end - w.l.p)) == NULL)
			break;
	}
	q->label = word_first  ? EDGE_FIRST
	           : word_last ? EDGE_LAST
	           : can_first ? EDGE_FIRST
	           : can_last  ? EDGE_LAST
	                       : EDGE_NONE;
	/* If the row has one value more than the model's window, one value must be the label. */
	if (!q->label && values && values + 1 == q->n_cell)
		q->label = EDGE_FIRST;
}

/* Finds the column that --label asks for: first, last, none, a name or a number. Returns false if neither the first
 * nor the last column is meant. */
static bool ask_label(struct wide *q, const char *name, const char *header, const char *header_eol)
{
	const char *first, *last;
	size_t n_first, n_last, n = strlen(name);
	struct wide h = *q;
	q->label_asked = true;
	if (header) {
		h.l.p = header;
		h.l.eol = header_eol;
		edge_cells(&h, &first, &n_first, &last, &n_last);
		if (n == n_first && !memcmp(first, name, n)) {
			q->label = EDGE_FIRST;
			return true;
		}
		if (n == n_last && !memcmp(last, name, n)) {
			q->label = EDGE_LAST;
			return true;
		}
	}
	size_t digits = strspn(name, "0123456789");
	int64_t k = digits && digits < 9 && !name[digits] ? atoll(name) : 0;
	bool is_first = !strcmp(name, "first") || k == 1, is_last = !strcmp(name, "last") || (k && k == q->n_cell);
	q->label = is_first ? EDGE_FIRST : is_last ? EDGE_LAST : EDGE_NONE;
	return is_first || is_last || !strcmp(name, "none");
}

/* Looks at the beginning of the file and fills *q. Afterwards q->l is at the first line of data. */
static bool look(struct wide *q, const struct data_wanted *w)
{
	const char *header = NULL, *header_eol = NULL;
	if (q->l.end - q->l.p >= 3 && !memcmp(q->l.p, "\xef\xbb\xbf", 3))
		q->l.p += 3;
	if (q->l.p < q->l.end && memchr(q->l.p, 0, (size_t)(q->l.end - q->l.p)))
		return false;
	for (q->l.line = 1; q->l.p < q->l.end; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!blank(q))
			break;
	}
	if (q->l.p == q->l.end)
		return false;
	find_delim(q);
	count_cells(q);
	/* A line in which most cells are words is a header. */
	if (q->n_number * 2 < q->n_cell) {
		header = q->l.p;
		header_eol = q->l.eol;
		q->header = true;
		for (lines_next(&q->l); q->l.p < q->l.end; lines_next(&q->l)) {
			lines_here(&q->l);
			if (!blank(q))
				break;
		}
		if (q->l.p == q->l.end)
			return false;
		find_delim(q);
		count_cells(q);
	}
	int64_t values = w->T * (w->C ? w->C : 1);
	find_label(q, header, header_eol, values);
	if (w->r && w->r->label && !ask_label(q, w->r->label, header, header_eol))
		q->label_asked = false;
	return true;
}

/* Returns whether each row is a window: true if the recipe asks for it, false if the recipe names columns that hold
 * a series, else the number of cells decides. */
static bool wide_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	struct wide q = { .l = { .p = (const char *)head, .end = (const char *)head + n } };
	const struct recipe *r = w->r;
	if (r && r->table == TABLE_WIDE)
		return true;
	if (r && (r->table == TABLE_LONG || r->n_columns || r->n_predict || r->derive != DERIVE_NONE))
		return false;
	if (w->T < 2 || !look(&q, w))
		return false;
	/* If the label is in another column, rows are time steps. */
	if (r && r->label && !q.label_asked)
		return false;
	int64_t C = w->C ? w->C : 1, values = q.n_cell - (q.label != EDGE_NONE);
	/* All cells must be numbers, except the label. */
	if (q.n_number + (q.label != EDGE_NONE) < q.n_cell)
		return false;
	/* If there are as many numeric columns as channels, rows are time steps. */
	if (w->C && q.n_number == w->C)
		return false;
	if (w->C)
		return values == w->T * C || q.n_cell == w->T * C || q.n_cell == w->T * C + 1 ||
		       (C == 1 && !q.header && q.n_cell >= 8);
	return q.n_cell >= 8 && (values % w->T == 0 || q.n_cell % w->T == 0);
}

/* ---- reading ---- */

static int say_cell(const struct wide *q, const char *s, size_t n, int64_t k)
{
	return err_set(q->e, ERR_FORMAT, "line %lld, cell %lld: '%.*s' is not a number", (long long)q->l.line,
	               (long long)k + 1, (int)(n < 40 ? n : 40), s);
}

/* Reads a number that fills the whole cell at p. Returns what follows it, or NULL if the cell holds something else. */
static const char *quick_number(const struct wide *q, const char *p, double *v, const char **next)
{
	const char *end = q->delim ? number_begin(p, q->l.eol, q->point, v) : NULL;
	if (!end || (end < q->l.eol && *end != q->delim))
		return NULL;
	*next = end < q->l.eol ? end + 1 : NULL;
	return end;
}

static int read_line(struct wide *q, struct window_build *b)
{
	const char *at = q->l.p, *s, *label = NULL, *next;
	size_t n, label_n = 0, cells = 1;
	for (const char *c = q->l.p; c < q->l.eol; c++)
		cells += q->delim ? *c == q->delim : *c == ' ' || *c == '\t';
	int bad = window_build_room(b, cells);
	for (int64_t k = 0; at && !bad; k++) {
		double number;
		float v;
		if ((q->label != EDGE_FIRST || k) && quick_number(q, at, &number, &next) &&
		    (next || q->label != EDGE_LAST)) {
			window_build_value(b, (float)number);
			at = next;
			continue;
		}
		at = take_cell(q, at, &s, &n);
		if ((q->label == EDGE_FIRST && !k) || (q->label == EDGE_LAST && !at)) {
			label = s;
			label_n = n;
		} else if (text_value(s, n, q->point, &v)) {
			window_build_value(b, v);
		} else {
			bad = say_cell(q, s, n, k);
		}
	}
	if (!bad)
		bad = window_build_channel(b);
	return bad ? bad : window_build_window(b, label, label_n, q->l.line);
}

static int read_lines(struct wide *q, struct window_build *b)
{
	int bad = 0;
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!blank(q))
			bad = read_line(q, b);
	}
	return bad ? bad : window_build_finish(b, true);
}

static int wide_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	size_t n;
	struct window_build b;
	int bad = source_rest(s, &text, &n, e);
	if (bad)
		return bad;
	struct wide q = { .l = { .p = (const char *)text, .end = (const char *)text + n }, .e = e };
	d->ready = true;
	window_build_init(&b, &d->set, s->file, "table of windows", budget - (int64_t)n, e);
	if (!look(&q, w))
		bad = err_set(e, ERR_FORMAT, "the file has no row of numbers");
	if (!bad && w->r && w->r->label && !q.label_asked)
		bad = err_set(e, ERR_VALUE,
		              "--label %.60s: the label of a window must be its first or last cell; use --label first, "
		              "last or none",
		              w->r->label);
	if (!bad)
		bad = read_lines(&q, &b);
	window_build_release(&b);
	free(text);
	return bad ? bad : window_set_split(&d->set, w->r, w->T, w->C, e);
}

const struct data_reader reader_wide = {
	.name = "UCR .tsv",
	.extensions = ".tsv .txt .csv (a row a window, its label first or last)",
	.example = "tsviz eval net.keras GunPoint_TEST.tsv",
	.probe = wide_probe,
	.read = wide_read,
};
