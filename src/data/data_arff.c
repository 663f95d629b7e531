/* Reads ARFF files (Weka's format) of the UEA archive. A row is a window. It consists of plain numeric attributes, or
 *of one relational attribute: a quoted text with one line for each channel, in which \n separates the lines:
 *
 *	@relation BasicMotions
 *	@attribute motion relational
 *	  @attribute t0 numeric
 *	  @attribute t1 numeric
 *	@end motion
 *	@attribute activity {Running,Walking}
 *	@data
 *	'1,2\n3,4',Running
 *
 * The label is the last nominal attribute, or the one that --label names. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "src/read/lines.h"
#include "src/read/read_data.h"
#include "src/data/window_build.h"

enum { ATTRIBUTES_MAX = 1 << 20, DECLARED_MAX = 1000 };

enum kind { KIND_NUMBER, KIND_NOMINAL, KIND_TEXT, KIND_RELATION };

struct arff {
	struct lines l;
	struct window_build b;
	struct err *e;
	const struct data_wanted *w;
	/* one entry for each attribute; attributes inside a relational one are not counted */
	unsigned char *kind;
	int64_t n_attribute, room;
	int64_t n_number, n_relation, inner; /* inner: numeric attributes inside the relational one */
	int64_t label;                       /* number of the attribute that is the label; -1: none */
	bool label_found;                    /* --label names it */
	bool inside;
	char *cell; /* the current cell, without quotes */
	size_t cell_room;
};

/* ---- words ---- */

static bool blank_or_comment(const struct arff *q)
{
	const char *s = skip_blanks(q->l.p, q->l.eol);
	return s == q->l.eol || *s == '%';
}

/* Reads a word into q->cell. The word ends at a character of `stop`, or it is quoted, with backslashes before quotes
 * inside it. Returns what follows the word, or NULL if a quote is not closed. */
static const char *take_text(struct arff *q, const char *p, const char *stop, size_t *n)
{
	size_t need = (size_t)(q->l.eol - p) + 1;
	if (need > q->cell_room) {
		q->cell = xrealloc(q->cell, need, 1);
		q->cell_room = need;
	}
	*n = 0;
	p = skip_blanks(p, q->l.eol);
	if (p < q->l.eol && (*p == '\'' || *p == '"')) {
		char quote = *p++;
		for (; p < q->l.eol && *p != quote; p++) {
			/* Keep \n: it separates the lines of a relation. */
			if (*p == '\\' && p + 1 < q->l.eol && p[1] != 'n')
				p++;
			q->cell[(*n)++] = *p;
		}
		return p < q->l.eol ? skip_blanks(p + 1, q->l.eol) : NULL;
	}
	while (p < q->l.eol && !strchr(stop, *p))
		q->cell[(*n)++] = *p++;
	while (*n && (q->cell[*n - 1] == ' ' || q->cell[*n - 1] == '\t'))
		--*n;
	return p;
}

static int say_quote(const struct arff *q)
{
	return err_set(q->e, ERR_FORMAT, "line %lld: a quote is opened but not closed", (long long)q->l.line);
}

/* ---- the header ---- */

static int declare(struct arff *q, const char *p)
{
	struct window_set *s = q->b.s;
	size_t n;
	s->declared = arena_alloc(&s->arena, DECLARED_MAX, sizeof *s->declared);
	s->n_declared = 0;
	for (p++; p < q->l.eol && *p != '}' && s->n_declared < DECLARED_MAX; p += p < q->l.eol && *p == ',') {
		p = take_text(q, p, ",}", &n);
		if (!p)
			return say_quote(q);
		if (n)
			s->declared[s->n_declared++] = text_copy(&s->arena, q->cell, n);
		if (p < q->l.eol && *p != ',' && *p != '}')
			return err_set(q->e, ERR_FORMAT, "line %lld: the labels must be written as {A,B,C}",
			               (long long)q->l.line);
	}
	return 0;
}

static int add_attribute(struct arff *q, enum kind k)
{
	if (q->n_attribute == ATTRIBUTES_MAX)
		return err_set(q->e, ERR_LIMIT, "line %lld: more than %d attributes", (long long)q->l.line,
		               ATTRIBUTES_MAX);
	if (q->n_attribute == q->room) {
		q->room = q->room ? 2 * q->room : 256;
		q->kind = xrealloc(q->kind, (size_t)q->room, 1);
	}
	q->kind[q->n_attribute++] = (unsigned char)k;
	q->n_number += k == KIND_NUMBER;
	q->n_relation += k == KIND_RELATION;
	return 0;
}

static bool is_target(const char *name)
{
	static const char *const names[] = { "class", "target", "label", "y", NULL };
	for (int i = 0; names[i]; i++)
		if (!strcasecmp(names[i], name))
			return true;
	return false;
}

static int attribute(struct arff *q, const char *p)
{
	char name[NAME_MAX_BYTES + 1], type[32];
	size_t n;
	p = take_text(q, p, " \t{", &n);
	if (!p)
		return say_quote(q);
	text_clean(name, sizeof name, q->cell, n);
	p = skip_blanks(p, q->l.eol);
	if (p < q->l.eol && *p == '{') {
		bool wanted = q->w->r && q->w->r->label && !strcmp(q->w->r->label, name);
		if (q->inside)
			return err_set(q->e, ERR_UNSUPPORTED, "line %lld: attribute '%s' of a relation is not numeric",
			               (long long)q->l.line, name);
		if (!q->label_found) {
			q->label = q->n_attribute;
			q->label_found = wanted;
			int bad = declare(q, p);
			if (bad)
				return bad;
		}
		return add_attribute(q, KIND_NOMINAL);
	}
	p = take_text(q, p, " \t", &n);
	text_clean(type, sizeof type, q->cell, p ? n : 0);
	if (!strcasecmp(type, "numeric") || !strcasecmp(type, "real") || !strcasecmp(type, "integer")) {
		if (q->inside) {
			q->inner++;
			return 0;
		}
		if (q->label < 0 && is_target(name))
			q->label = q->n_attribute;
		return add_attribute(q, KIND_NUMBER);
	}
	if (!strcasecmp(type, "string") && !q->inside) {
		if (!q->label_found && q->w->r && q->w->r->label && !strcmp(q->w->r->label, name)) {
			q->label = q->n_attribute;
			q->label_found = true;
		}
		return add_attribute(q, KIND_TEXT);
	}
	if (!strcasecmp(type, "relational") && !q->inside) {
		q->inside = true;
		return add_attribute(q, KIND_RELATION);
	}
	return err_set(
	        q->e, ERR_UNSUPPORTED,
	        "line %lld: attribute '%s' has the type '%s'; only numeric, nominal and relational ones are read",
	        (long long)q->l.line, name, type);
}

/* Reads one line of the header. Returns 1 after @data, 0 after other lines, or an error. */
static int head_line(struct arff *q)
{
	const char *p = skip_blanks(q->l.p, q->l.eol), *word = p;
	while (p < q->l.eol && *p != ' ' && *p != '\t')
		p++;
	size_t n = (size_t)(p - word);
	if (word_is(word, n, "@data"))
		return 1;
	if (word_is(word, n, "@relation"))
		return 0;
	if (word_is(word, n, "@attribute"))
		return attribute(q, p);
	if (word_is(word, n, "@end")) {
		q->inside = false;
		return 0;
	}
	if (word_is(word, n, "@frequency") || word_is(word, n, "@horizon"))
		return err_set(q->e, ERR_UNSUPPORTED,
		               "this is a .tsf file of the Monash archive; save each series as a column of a CSV file");
	return err_set(q->e, ERR_FORMAT, "line %lld: expected @attribute or @data", (long long)q->l.line);
}

static int read_head(struct arff *q)
{
	int k = 0;
	for (; q->l.p < q->l.end && !k; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!blank_or_comment(q))
			k = head_line(q);
	}
	if (k < 0)
		return k;
	if (!k)
		return err_set(q->e, ERR_FORMAT, "line %lld: the file ends before @data", (long long)q->l.line);
	if (q->w->r && q->w->r->label && !q->label_found)
		return err_set(q->e, ERR_VALUE, "--label %.60s: no nominal attribute has this name", q->w->r->label);
	if (q->n_relation && q->n_number > (q->label >= 0 && q->kind[q->label] == KIND_NUMBER))
		return err_set(q->e, ERR_UNSUPPORTED,
		               "it has numeric attributes and a relational one; only one kind can be read");
	return 0;
}

/* ---- rows ---- */

static int say_number(const struct arff *q, const char *s, size_t n)
{
	return err_set(q->e, ERR_FORMAT, "line %lld: '%.*s' is not a number", (long long)q->l.line,
	               (int)(n < 40 ? n : 40), s);
}

static int put_number(struct arff *q, const char *s, size_t n)
{
	float v;
	if (!text_value(s, n, '.', &v))
		return say_number(q, s, n);
	int bad = window_build_room(&q->b, 1);
	if (!bad)
		window_build_value(&q->b, v);
	return bad;
}

/* Reads the channels of a relational attribute. \n separates the channels, commas separate the numbers. */
static int put_relation(struct arff *q, const char *s, size_t n)
{
	const char *end = s + n;
	int bad = 0;
	while (!bad && s <= end) {
		int64_t count = 0;
		const char *stop = s;
		while (stop + 1 < end && !(stop[0] == '\\' && stop[1] == 'n'))
			stop++;
		if (stop + 1 >= end)
			stop = end;
		while (!bad && s <= stop) {
			const char *from = s;
			while (s < stop && *s != ',')
				s++;
			bad = put_number(q, from, (size_t)(s - from));
			count++;
			s++;
		}
		if (!bad && count != q->inner)
			bad = err_set(q->e, ERR_FORMAT,
			              "line %lld: a channel has %lld values, but the relation has %lld attributes",
			              (long long)q->l.line, (long long)count, (long long)q->inner);
		if (!bad)
			bad = window_build_channel(&q->b);
		s = stop + 2;
		/* A \n at the end does not begin another channel. */
		if (stop == end || s >= end)
			break;
	}
	return bad;
}

/* Copies all n bytes. xstrndup() would stop at a NUL. */
static char *copy_bytes(const char *s, size_t n)
{
	char *copy = xcalloc(n + 1, 1);
	memcpy(copy, s, n);
	return copy;
}

static int read_row(struct arff *q)
{
	const char *p = q->l.p;
	char *label = NULL;
	size_t n, label_n = 0;
	int bad = 0;
	int64_t k = 0;
	if (*skip_blanks(p, q->l.eol) == '{')
		return err_set(q->e, ERR_UNSUPPORTED,
		               "line %lld: sparse rows are not supported; save the file with dense rows",
		               (long long)q->l.line);
	for (;; k++) {
		p = take_text(q, p, ",", &n);
		if (!p)
			bad = say_quote(q);
		else if (k >= q->n_attribute || (p < q->l.eol && *p != ','))
			bad = err_set(q->e, ERR_FORMAT,
			              "line %lld: more values than the %lld attributes, or text after a quote",
			              (long long)q->l.line, (long long)q->n_attribute);
		else if (k == q->label)
			label = copy_bytes(q->cell, label_n = n);
		else if (q->kind[k] == KIND_NUMBER)
			bad = put_number(q, q->cell, n);
		else if (q->kind[k] == KIND_RELATION)
			bad = put_relation(q, q->cell, n);
		if (bad || p >= q->l.eol)
			break;
		p++;
	}
	if (!bad && k + 1 != q->n_attribute)
		bad = err_set(q->e, ERR_FORMAT, "line %lld: %lld values, but there are %lld attributes",
		              (long long)q->l.line, (long long)k + 1, (long long)q->n_attribute);
	if (!bad && !q->n_relation)
		bad = window_build_channel(&q->b);
	if (!bad)
		bad = window_build_window(&q->b, label, label_n, q->l.line);
	free(label);
	return bad;
}

static int read_rows(struct arff *q)
{
	int bad = read_head(q);
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!blank_or_comment(q))
			bad = read_row(q);
	}
	return bad ? bad : window_build_finish(&q->b, q->label >= 0 && q->kind[q->label] == KIND_NUMBER);
}

static int arff_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	size_t n;
	struct arff q = { .l.line = 1, .e = e, .w = w, .label = -1 };
	int bad = source_rest(s, &text, &n, e);
	if (bad)
		return bad;
	d->ready = true;
	q.l.p = (const char *)text;
	q.l.end = q.l.p + n;
	if (n >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		q.l.p += 3;
	window_build_init(&q.b, &d->set, s->file, "ARFF", budget - (int64_t)n, e);
	bad = read_rows(&q);
	window_build_release(&q.b);
	free(q.kind);
	free(q.cell);
	free(text);
	return bad;
}

static bool arff_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	struct arff q = { .l = { .p = (const char *)head, .end = (const char *)head + n } };
	(void)w;
	if (n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
		q.l.p += 3;
	for (; q.l.p < q.l.end; lines_next(&q.l)) {
		lines_here(&q.l);
		if (blank_or_comment(&q))
			continue;
		const char *s = skip_blanks(q.l.p, q.l.eol);
		return q.l.eol - s >= 9 && !strncasecmp(s, "@relation", 9);
	}
	return false;
}

const struct data_reader reader_arff = {
	.name = "ARFF",
	.extensions = ".arff (numeric, nominal and relational attributes)",
	.example = "tsviz eval net.keras GunPoint_TEST.arff",
	.probe = arff_probe,
	.read = arff_read,
};
