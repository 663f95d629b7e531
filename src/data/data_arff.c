/* Reads ARFF files (Weka's format). As in the UEA archive, a row is a window. It consists of plain numeric attributes,
 *or of one relational attribute: a quoted text with one line for each channel, in which \n separates the lines:
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
 * The label is the attribute that --label names, else the one with a usual name, else the nominal one. If the model has
 * as many channels as there are numeric attributes, or by --table long, a row is a time step instead, and the
 *attributes are the columns of a table. Weka separates values by commas or blanks, and weights such as {1.5} may end a
 *row. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/read/lines.h"
#include "src/read/read_data.h"
#include "src/text/csv.h"
#include "src/data/label_names.h"
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
	const char **name; /* in the arena of the set or of the table */
	int64_t n_attribute, room;
	int64_t n_number, n_relation, inner; /* inner: numeric attributes inside the relational one */
	int64_t label;                       /* number of the attribute that is the label; -1: none */
	int64_t declaring;                   /* number of the attribute whose labels are in the set's `declared` */
	bool inside, weights;
	char *row_label; /* of the current row, or NULL */
	size_t row_label_n;
	char *cell; /* the current cell, without quotes */
	size_t cell_room;
	/* a table of time steps: [attribute][row] */
	struct table *t;
	int64_t budget, n_row, row_room;
	double **number;
	const char ***text;
	int64_t *line;
};

static struct arena *arena_of(struct arff *q)
{
	return &q->b.s->arena;
}

/* ---- words ---- */

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

static int add_attribute(struct arff *q, const char *name, enum kind k)
{
	if (q->n_attribute == ATTRIBUTES_MAX)
		return err_set(q->e, ERR_LIMIT, "line %lld: more than %d attributes", (long long)q->l.line,
		               ATTRIBUTES_MAX);
	if (q->n_attribute == q->room) {
		q->room = q->room ? 2 * q->room : 256;
		q->kind = xrealloc(q->kind, (size_t)q->room, 1);
		q->name = xrealloc(q->name, (size_t)q->room, sizeof *q->name);
	}
	q->name[q->n_attribute] = text_copy(arena_of(q), name, strlen(name));
	q->kind[q->n_attribute++] = (unsigned char)k;
	q->n_number += k == KIND_NUMBER;
	q->n_relation += k == KIND_RELATION;
	return 0;
}

/* Reads an attribute with a list of labels. Only the last list is kept: choose_label() refuses files that need another.
 */
static int nominal(struct arff *q, const char *p, const char *name)
{
	const struct recipe *r = q->w->r;
	bool asked = r && r->label && !strcasecmp(r->label, name), had = q->declaring >= 0;
	bool before = had && ((r && r->label && !strcasecmp(r->label, q->name[q->declaring])) ||
	                      label_name(q->name[q->declaring]) > label_name(name));
	if (q->inside)
		return err_set(q->e, ERR_UNSUPPORTED, "line %lld: attribute '%s' of a relation is not numeric",
		               (long long)q->l.line, name);
	if (asked || !before) {
		q->declaring = q->n_attribute;
		int bad = declare(q, p);
		if (bad)
			return bad;
	}
	return add_attribute(q, name, KIND_NOMINAL);
}

static int attribute(struct arff *q, const char *p)
{
	static const struct {
		const char *type;
		enum kind kind;
	} types[] = {
		{ "numeric", KIND_NUMBER }, { "real", KIND_NUMBER }, { "integer", KIND_NUMBER },
		{ "string", KIND_TEXT },    { "date", KIND_TEXT },   { "relational", KIND_RELATION },
	};
	char name[NAME_MAX_BYTES + 1], type[32];
	size_t n;
	p = take_text(q, p, " \t{", &n);
	if (!p)
		return say_quote(q);
	text_clean(name, sizeof name, q->cell, n);
	p = skip_blanks(p, q->l.eol);
	if (p < q->l.eol && *p == '{')
		return nominal(q, p, name);
	p = take_text(q, p, " \t", &n);
	text_clean(type, sizeof type, q->cell, p ? n : 0);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (strcasecmp(type, types[i].type) != 0 || (q->inside && types[i].kind != KIND_NUMBER))
			continue;
		q->inner += q->inside;
		if (q->inside)
			return 0;
		q->inside = types[i].kind == KIND_RELATION;
		return add_attribute(q, name, types[i].kind);
	}
	return err_set(
	        q->e, ERR_UNSUPPORTED,
	        "line %lld: attribute '%s' has the type '%s'; numeric, nominal, date, string and relational ones "
	        "are read%s",
	        (long long)q->l.line, name, type, q->inside ? ", and only numeric ones in a relation" : "");
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
	return err_set(q->e, ERR_FORMAT, "line %lld: expected @attribute or @data", (long long)q->l.line);
}

static int read_head(struct arff *q)
{
	int k = 0;
	for (; q->l.p < q->l.end && !k; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!line_is_comment(&q->l))
			k = head_line(q);
	}
	if (k < 0)
		return k;
	if (!k)
		return err_set(q->e, ERR_FORMAT, "line %lld: the file ends before @data", (long long)q->l.line);
	return 0;
}

/* ---- the label, and what a row is ---- */

/* Whether --group names attribute k: by its name, or by its number, counted from 1. */
static bool is_group(const struct arff *q, int64_t k)
{
	const struct recipe *r = q->w->r;
	for (int i = 0; r && i < r->n_group; i++)
		if (!strcmp(q->name[k], r->group[i]) || label_position(r->group[i], q->n_attribute) == k)
			return true;
	return false;
}

/* The attributes of --group are no values, and each of its names has to be there. */
static int take_groups(struct arff *q)
{
	const struct recipe *r = q->w->r;
	int n = 0;
	for (int64_t k = 0; k < q->n_attribute; k++) {
		bool group = is_group(q, k) && q->kind[k] != KIND_RELATION;
		n += group;
		q->n_number -= group && q->kind[k] == KIND_NUMBER;
	}
	if (!r || n >= r->n_group)
		return 0;
	return err_set(q->e, ERR_VALUE, "--group: %d of %d attributes are there", n, r->n_group);
}

static bool can_be_label(const struct arff *q, int64_t k)
{
	return q->kind[k] != KIND_RELATION && !is_group(q, k);
}

/* Finds the attribute that --label names: by its name, its number, first, last or none. */
static int ask_label(struct arff *q, const char *asked)
{
	int64_t n = q->n_attribute, found = -1, k = label_position(asked, n);
	for (int64_t i = 0; i < n; i++)
		if (can_be_label(q, i) && !strcasecmp(q->name[i], asked) && (found < 0 || !strcmp(q->name[i], asked)))
			found = i;
	q->label = found >= 0 ? found : k;
	if (q->label >= 0 ? can_be_label(q, q->label) : !strcmp(asked, "none"))
		return 0;
	return err_set(q->e, ERR_VALUE, "--label %.60s: no attribute has this name", asked);
}

/* What the name of an attribute says. A number of a name that may be that of something measured is no label. */
static enum label_sign sign_of(const struct arff *q, int64_t i)
{
	enum label_sign sign = can_be_label(q, i) ? label_name(q->name[i]) : LABEL_NO;
	return sign == LABEL_MAYBE && q->kind[i] == KIND_NUMBER ? LABEL_NO : sign;
}

/* Whether the recipe says that each row is a time step. */
static bool says_steps(const struct recipe *r)
{
	return r && r->table != TABLE_WIDE && (r->table == TABLE_LONG || r->n_columns || r->n_predict);
}

/* Whether attribute i, a number whose name may be that of a label or of something measured, can be the label: the row
 * has one number more than the model reads. *doubtful: the model's size does not decide. */
static bool number_may_be_label(const struct arff *q, int64_t i, bool *doubtful)
{
	int64_t T = q->w->T, C = q->w->C;
	*doubtful = false;
	if (q->kind[i] != KIND_NUMBER || label_name(q->name[i]) != LABEL_MAYBE)
		return false;
	*doubtful = T < 2 || !C;
	return !*doubtful && q->n_number == T * C + 1;
}

/* Finds the attribute that is the label: by its name, else the only nominal one, or the nominal one that comes last of
 * all, as Weka has it. */
static int find_label(struct arff *q)
{
	int64_t named = -1, nominal = -1;
	int n_named = 0, n_nominal = 0;
	enum label_sign best = LABEL_NO;
	for (int64_t i = 0; i < q->n_attribute; i++)
		best = sign_of(q, i) > best ? sign_of(q, i) : best;
	for (int64_t i = 0; i < q->n_attribute; i++) {
		bool can = best && sign_of(q, i) == best;
		named = can ? i : named;
		n_named += can;
		bool is = q->kind[i] == KIND_NOMINAL && !is_group(q, i);
		nominal = is ? i : nominal;
		n_nominal += is;
	}
	q->label = n_named == 1 ? named : nominal;
	for (int64_t i = 0; q->label < 0 && i < q->n_attribute; i++) {
		bool doubtful;
		if (number_may_be_label(q, i, &doubtful))
			q->label = i;
		if (doubtful && !q->n_relation && !says_steps(q->w->r))
			return err_set(q->e, ERR_VALUE,
			               "attribute '%s' may be the label or a value of each window; --label '%s' or "
			               "--label none decides",
			               q->name[i], q->name[i]);
	}
	if (n_named == 1 || n_nominal <= 1 || nominal == q->n_attribute - 1)
		return 0;
	return err_set(q->e, ERR_VALUE,
	               "%d nominal attributes, and none of them comes last; --label NAME says which one is the label",
	               n_nominal);
}

/* Returns whether each row is a time step. */
static bool rows_are_steps(const struct arff *q)
{
	const struct recipe *r = q->w->r;
	int64_t T = q->w->T, C = q->w->C;
	int64_t n = q->n_number - (q->label >= 0 && q->kind[q->label] == KIND_NUMBER);
	if (q->n_relation || (r && r->table == TABLE_WIDE))
		return false;
	if (says_steps(r))
		return true;
	if (C)
		return n != T * C && (n == C || (r && r->derive == DERIVE_DIFF && 2 * n == C));
	return T > 1 && n % T && !(r && r->lengths == LENGTHS_FIT);
}

static void say_found(struct arff *q, struct arena *a, struct understood **list)
{
	char unused[300] = "";
	size_t n = 0;
	if (q->label >= 0)
		understood_add(a, list, "label", "attribute '%s'", q->name[q->label]);
	else
		understood_add(a, list, "label", "none");
	for (int64_t i = 0; i < q->n_attribute; i++)
		if (i != q->label && !is_group(q, i) && (q->kind[i] == KIND_NOMINAL || q->kind[i] == KIND_TEXT) &&
		    n < 200)
			n += (size_t)snprintf(unused + n, sizeof unused - n, "%s%.60s", n ? ", " : "", q->name[i]);
	if (n)
		understood_add(a, list, "not used", "attributes that hold no numbers: %s", unused);
	if (q->weights)
		understood_add(a, list, "weights", "the weights of the rows are not used");
}

static int choose_label(struct arff *q)
{
	const struct recipe *r = q->w->r;
	int bad = r && r->label ? ask_label(q, r->label) : find_label(q);
	if (!bad && q->n_relation && q->n_number > (q->label >= 0 && q->kind[q->label] == KIND_NUMBER))
		bad = err_set(q->e, ERR_UNSUPPORTED,
		              "it has numeric attributes and a relational one; only one kind can be read");
	if (q->label != q->declaring)
		q->b.s->n_declared = 0;
	return bad;
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
	if (!text_value_or_word(q->w->r, s, n, '.', &v))
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

static int say_count(const struct arff *q, int64_t cells)
{
	return err_set(q->e, ERR_FORMAT, "line %lld: %lld values, but there are %lld attributes", (long long)q->l.line,
	               (long long)cells, (long long)q->n_attribute);
}

/* Takes the cells of a row one after the other. take() gets the number of the attribute and the bytes of the cell. */
static int each_cell(struct arff *q, int (*take)(struct arff *q, int64_t k, const char *s, size_t n))
{
	const char *p = q->l.p;
	size_t n;
	int bad = 0;
	int64_t k = 0;
	bool blanks = q->n_attribute > 1 && !memchr(p, ',', (size_t)(q->l.eol - p));
	if (*skip_blanks(p, q->l.eol) == '{')
		return err_set(q->e, ERR_UNSUPPORTED,
		               "line %lld: sparse rows are not supported; save the file with dense rows (Weka's filter "
		               "SparseToNonSparse)",
		               (long long)q->l.line);
	for (;; k++) {
		p = take_text(q, p, blanks ? " \t" : ",", &n);
		bool after = p && k == q->n_attribute && (!n || (q->cell[0] == '{' && q->cell[n - 1] == '}'));
		if (!p)
			return say_quote(q);
		if (after && p >= q->l.eol) {
			q->weights = q->weights || n;
			return 0;
		}
		if (k >= q->n_attribute || (p < q->l.eol && *p != ',' && !blanks))
			return err_set(q->e, ERR_FORMAT,
			               "line %lld: more values than the %lld attributes, or text after a quote",
			               (long long)q->l.line, (long long)q->n_attribute);
		bad = take(q, k, q->cell, n);
		p = blanks ? skip_blanks(p, q->l.eol) : p;
		if (bad || p >= q->l.eol)
			break;
		p += !blanks;
	}
	return !bad && k + 1 != q->n_attribute ? say_count(q, k + 1) : bad;
}

/* ---- windows ---- */

static int put_cell(struct arff *q, int64_t k, const char *s, size_t n)
{
	if (k == q->label) {
		free(q->row_label);
		q->row_label = copy_bytes(s, q->row_label_n = n);
		return 0;
	}
	if (is_group(q, k))
		return window_build_group(&q->b, q->w->r->n_group > 1 ? q->name[k] : NULL, s, n, q->l.line);
	return q->kind[k] == KIND_NUMBER     ? put_number(q, s, n)
	       : q->kind[k] == KIND_RELATION ? put_relation(q, s, n)
	                                     : 0;
}

static int read_window(struct arff *q)
{
	int bad = each_cell(q, put_cell);
	if (!bad && !q->n_relation)
		bad = window_build_channel(&q->b);
	if (!bad)
		bad = window_build_window(&q->b, q->row_label, q->row_label_n, q->l.line);
	free(q->row_label);
	q->row_label = NULL;
	return bad;
}

/* ---- time steps ---- */

static int more_rows(struct arff *q)
{
	if (q->n_row < q->row_room)
		return 0;
	int64_t room = q->row_room ? 2 * q->row_room : 256, bytes;
	if (!i64_mul(room, 16 * q->n_attribute + 8, &bytes) || bytes > q->budget)
		return err_set(q->e, ERR_LIMIT, "line %lld: the rows need more memory than is allowed; see --max-mem",
		               (long long)q->l.line);
	for (int64_t k = 0; k < q->n_attribute; k++)
		if (q->kind[k] == KIND_NUMBER)
			q->number[k] = xrealloc(q->number[k], (size_t)room, sizeof **q->number);
		else
			q->text[k] = xrealloc(q->text[k], (size_t)room, sizeof **q->text);
	q->line = xrealloc(q->line, (size_t)room, sizeof *q->line);
	q->row_room = room;
	return 0;
}

static int keep_cell(struct arff *q, int64_t k, const char *s, size_t n)
{
	double *v = q->kind[k] == KIND_NUMBER ? &q->number[k][q->n_row] : NULL;
	float f;
	if (v && number_parse(s, n, '.', v) != NUMBER_OK) {
		if (!text_value_or_word(q->w->r, s, n, '.', &f))
			return say_number(q, s, n);
		*v = (double)f;
	}
	if (v)
		return 0;
	const char **to = &q->text[k][q->n_row], *before = q->n_row ? to[-1] : "";
	bool missing = !n || (n == 1 && *s == '?');
	if (missing || (strlen(before) == n && !memcmp(before, s, n))) {
		*to = missing ? "" : before;
		return 0;
	}
	q->budget -= (int64_t)n + 16;
	*to = text_copy(arena_of(q), s, n);
	return 0;
}

/* Moves the rows into the table. */
static void give_table(struct arff *q)
{
	struct table *t = q->t;
	size_t n = (size_t)q->n_attribute, rows = (size_t)q->n_row;
	t->arena = q->b.s->arena;
	q->b.s->arena = (struct arena){ 0 };
	t->file = q->b.s->file;
	t->has_header = true;
	t->n_row = q->n_row;
	t->n_col = (int)n;
	t->room = q->budget;
	t->name = arena_dup(&t->arena, q->name, n, sizeof *t->name);
	t->number = arena_alloc(&t->arena, n, sizeof *t->number);
	t->text = arena_alloc(&t->arena, n, sizeof *t->text);
	t->line = arena_dup(&t->arena, q->line, rows, sizeof *t->line);
	for (size_t k = 0; k < n; k++)
		if (q->kind[k] == KIND_NUMBER)
			t->number[k] = arena_dup(&t->arena, q->number[k], rows, sizeof **t->number);
		else
			t->text[k] = arena_dup(&t->arena, q->text[k], rows, sizeof **t->text);
	understood_add(&t->arena, &t->understood, "rows", "each row is a time step, and the attributes are columns");
}

static int read_steps(struct arff *q)
{
	int bad = 0;
	if (q->n_attribute > CSV_COLUMNS_MAX)
		return err_set(q->e, ERR_LIMIT, "%lld attributes are too many columns for a series; at most %d",
		               (long long)q->n_attribute, CSV_COLUMNS_MAX);
	q->number = xcalloc((size_t)q->n_attribute + 1, sizeof *q->number);
	q->text = xcalloc((size_t)q->n_attribute + 1, sizeof *q->text);
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (line_is_comment(&q->l))
			continue;
		bad = more_rows(q);
		bad = bad ? bad : each_cell(q, keep_cell);
		q->n_row += !bad;
	}
	if (!bad)
		give_table(q);
	return bad;
}

/* ---- the file ---- */

static int read_windows(struct arff *q)
{
	struct window_set *s = q->b.s;
	int bad = 0;
	for (; q->l.p < q->l.end && !bad; lines_next(&q->l)) {
		lines_here(&q->l);
		if (!line_is_comment(&q->l))
			bad = read_window(q);
	}
	bad = bad ? bad : window_build_finish(&q->b, q->label >= 0 && q->kind[q->label] == KIND_NUMBER);
	if (bad)
		return bad;
	say_found(q, &s->arena, &s->understood);
	if (!q->n_relation && s->rank && q->w->C > 1 && s->dim[2] == q->w->T * q->w->C)
		return window_set_split(s, q->w->r, q->w->T, q->w->C, q->e);
	return 0;
}

static int read_all(struct arff *q, struct data *d)
{
	int bad = read_head(q);
	bad = bad ? bad : take_groups(q);
	if (bad)
		return bad;
	/* Of time steps, the label is a column like the others, which dataset_cut() chooses. */
	bad = choose_label(q);
	bool steps = rows_are_steps(q);
	d->ready = !steps;
	return steps ? read_steps(q) : bad ? bad : read_windows(q);
}

static int arff_read(struct data *d, struct source *s, const struct data_wanted *w, int64_t budget, struct err *e)
{
	unsigned char *text;
	int64_t bytes;
	struct arff q = { .e = e, .w = w, .label = -1, .declaring = -1, .t = &d->table };
	int bad = text_rest(s, w->r, &q.l, &text, &bytes, e);
	q.l.comment = comment_of(w->r);
	if (bad)
		return bad;
	q.budget = budget - bytes;
	window_build_init(&q.b, &d->set, s->file, "ARFF", q.budget, e);
	bad = read_all(&q, d);
	window_build_release(&q.b);
	for (int64_t k = 0; q.number && k < q.n_attribute; k++) {
		free(q.number[k]);
		free(q.text[k]);
	}
	free(q.number);
	free(q.text);
	free(q.line);
	free(q.row_label);
	free(q.kind);
	free(q.name);
	free(q.cell);
	free(text);
	return bad;
}

static bool arff_probe(const unsigned char *head, size_t n, const struct data_wanted *w)
{
	struct arff q = {
		.l = { .p = (const char *)head, .end = (const char *)head + n, .comment = comment_of(w->r) }
	};
	if (n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3))
		q.l.p += 3;
	for (; q.l.p < q.l.end; lines_next(&q.l)) {
		lines_here(&q.l);
		if (line_is_comment(&q.l))
			continue;
		const char *s = skip_blanks(q.l.p, q.l.eol);
		return q.l.eol - s >= 9 && !strncasecmp(s, "@relation", 9);
	}
	return false;
}

const struct data_reader reader_arff = {
	.name = "ARFF",
	.extensions = ".arff (a row is a window or, by the model's channels or --table long, a time step)",
	.example = "tsviz eval net.keras GunPoint_TEST.arff",
	.uses = RECIPE_TABLE | RECIPE_COMMENT | RECIPE_ENCODING,
	.probe = arff_probe,
	.read = arff_read,
};
