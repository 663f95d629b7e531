/* Reads data in JSON: lines of objects, arrays of objects, objects of columns as pandas writes them, and arrays of
 * numbers. An object is a row, and its keys are columns; the keys of an object inside are "outer.inner". Objects with
 * arrays of numbers are windows: each array is a channel, or one array of arrays is the whole window. */
#include "src/data/foreign.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "src/text/csv.h"
#include "src/json/json_read.h"

/* ---- the rows: values in the text, parsed one at a time, or children of a tree ---- */

struct span {
	const char *s;
	size_t n;
	int64_t line;
};

struct rows {
	struct span *span; /* malloc'd; NULL: children of the tree */
	cJSON *tree;       /* the whole file, or NULL */
	const cJSON **child;
	int64_t n, room;
};

static const cJSON *row_open(const struct rows *r, int64_t i, struct err *e)
{
	if (!r->span)
		return r->child[i];
	cJSON *v = json_parse(r->span[i].s, r->span[i].n, e);
	if (!v)
		err_at(e, "row %" PRId64 ", at line %" PRId64, i + 1, r->span[i].line);
	return v;
}

static void row_close(const struct rows *r, const cJSON *v)
{
	if (r->span)
		cJSON_Delete((cJSON *)(uintptr_t)v);
}

static void rows_release(struct rows *r)
{
	free(r->span);
	free(r->child);
	cJSON_Delete(r->tree);
}

/* The end of the value that begins at s: brackets are counted, strings are skipped. */
static const char *value_end(const char *s, const char *end)
{
	int64_t depth = 0;
	for (; s < end; s++) {
		if (*s == '"') {
			for (s++; s < end && *s != '"'; s++)
				s += *s == '\\';
			if (!depth)
				return s < end ? s + 1 : end;
		} else if (*s == '{' || *s == '[') {
			depth++;
		} else if (*s == '}' || *s == ']') {
			if (--depth <= 0)
				return depth < 0 ? s : s + 1;
		} else if (!depth && strchr(", \t\r\n", *s)) {
			return s;
		}
	}
	return end;
}

/* Splits a text into its values. In an array they are separated by commas, else by blanks. Returns false if something
 * else stands between them. */
static bool split(struct rows *r, const char *s, const char *end, bool in_array, int64_t line)
{
	bool comma = true;
	r->n = 0;
	while (s < end) {
		if (strchr(" \t\r\n", *s) && *s) {
			line += *s++ == '\n';
			continue;
		}
		if (in_array && *s == ',' && !comma) {
			comma = true;
			s++;
			continue;
		}
		if (in_array && !comma)
			return false;
		const char *to = value_end(s, end);
		if (to == s)
			return false;
		if (r->n == r->room) {
			r->room = r->room ? r->room * 2 : 256;
			r->span = xrealloc(r->span, (size_t)r->room, sizeof *r->span);
		}
		r->span[r->n++] = (struct span){ s, (size_t)(to - s), line };
		for (; s < to; s++)
			line += *s == '\n';
		comma = false;
	}
	return true;
}

static int say_form(struct err *e)
{
	return err_set(
	        e, ERR_FORMAT,
	        "expected JSON lines ({\"a\": 1, \"b\": 2} on each line), an array of such objects, an object of "
	        "columns, or an array of numbers");
}

/* ---- columns ---- */

struct keys {
	const char **name;
	int *kind; /* enum kind, of all rows together */
	int n;
};

enum kind { NUMBER = 1, TEXT = 2, ARRAY = 4, QUOTED = 8 /* "1.5" */ };

/* Whether a string is a number. "007" is a name. */
static bool is_quoted_number(const char *s)
{
	const char *digits = s + (*s == '-');
	bool named = digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
	return !named && number_parse(s, strlen(s), '.', NULL) == NUMBER_OK;
}

static int kind_of(const cJSON *v)
{
	if (cJSON_IsString(v))
		return is_quoted_number(v->valuestring) ? QUOTED : *v->valuestring ? TEXT : 0;
	return cJSON_IsNumber(v) || cJSON_IsBool(v) ? NUMBER : cJSON_IsArray(v) ? ARRAY : 0;
}

/* Numbers in quotes are numbers, unless other cells of the column are words. */
static bool holds_numbers(int kind)
{
	return kind & NUMBER || (kind & QUOTED && !(kind & TEXT));
}

/* Returns the column of a key; a new one is added if `add`. -1: there is none, or there are too many. */
static int find_key(struct keys *k, struct arena *a, const char *name, int guess, bool add)
{
	if (guess < k->n && !strcmp(k->name[guess], name))
		return guess;
	for (int i = 0; i < k->n; i++)
		if (!strcmp(k->name[i], name))
			return i;
	if (!add || k->n == CSV_COLUMNS_MAX)
		return -1;
	k->name[k->n] = arena_strdup(a, name);
	k->kind[k->n] = 0;
	return k->n++;
}

struct visit {
	struct keys *keys;
	struct found *f;
	int64_t row;
	bool fill;
	int at; /* the column that is expected next */
};

static int put_cell(struct visit *q, int c, const cJSON *v, struct err *e)
{
	bool numbers = holds_numbers(q->keys->kind[c]);
	double *x = numbers ? found_numbers(q->f, c, e) : NULL;
	if (!x && numbers)
		return e->code;
	if (cJSON_IsNumber(v))
		x[q->row] = v->valuedouble;
	else if (cJSON_IsBool(v))
		x[q->row] = cJSON_IsTrue(v);
	else if (x && kind_of(v) == QUOTED)
		number_parse(v->valuestring, strlen(v->valuestring), '.', &x[q->row]);
	if (!(q->keys->kind[c] & TEXT))
		return 0;
	char number[40];
	snprintf(number, sizeof number, "%.9g", x ? x[q->row] : 0);
	const char *text = cJSON_IsString(v) ? v->valuestring : x && !isnan(x[q->row]) ? number : "";
	return found_text(q->f, c, q->row, text, strlen(text), e);
}

/* Goes through the cells of an object. Without fill, the columns and their kinds are collected. */
static int visit_object(struct visit *q, const cJSON *o, const char *before, struct arena *a, int depth, struct err *e)
{
	int bad = 0;
	for (const cJSON *v = o->child; v && !bad; v = v->next) {
		char *whole = xasprintf("%s%s%s", before, *before ? "." : "", v->string ? v->string : "");
		const char *name = arena_strdup(a, whole);
		free(whole);
		if (cJSON_IsObject(v)) {
			bad = depth > 4 ? err_set(e, ERR_UNSUPPORTED, "objects inside of objects are too deep")
			                : visit_object(q, v, name, a, depth + 1, e);
			continue;
		}
		int c = find_key(q->keys, &q->f->arena, name, q->at, !q->fill);
		if (c < 0)
			return err_set(e, ERR_LIMIT, "more than %d columns", CSV_COLUMNS_MAX);
		q->at = c + 1;
		if (q->fill && !(q->keys->kind[c] & ARRAY))
			bad = put_cell(q, c, v, e);
		else if (!q->fill)
			q->keys->kind[c] |= kind_of(v);
	}
	return bad;
}

static int each_row(struct visit *q, const struct rows *r, struct err *e)
{
	int bad = 0;
	for (q->row = 0; q->row < r->n && !bad; q->row++) {
		const cJSON *o = row_open(r, q->row, e);
		if (!o)
			return e->code;
		q->at = 0;
		struct arena names = { 0 };
		bad = cJSON_IsObject(o) ? visit_object(q, o, "", &names, 0, e)
		                        : err_set(e, ERR_FORMAT,
		                                  "row %" PRId64 " is no object as the rows before it are", q->row + 1);
		arena_release(&names);
		row_close(r, o);
	}
	return bad;
}

static int put_table(struct found *f, const struct rows *r, struct keys *k, struct err *e)
{
	struct visit q = { .keys = k, .f = f, .fill = true };
	int bad = k->n ? found_columns(f, r->n, k->n, e) : say_form(e);
	for (int c = 0; c < k->n && !bad; c++)
		f->name[c] = k->name[c];
	bad = bad ? bad : each_row(&q, r, e);
	understood_add(&f->arena, &f->understood, "rows", "%" PRId64 " objects, each is a time step", r->n);
	return bad;
}

/* ---- arrays of numbers ---- */

enum { AXES_MAX = 4 };

struct box {
	int rank;
	int64_t dim[AXES_MAX];
};

/* The shape of nested arrays, by their first elements. */
static bool box_of(const cJSON *v, struct box *b)
{
	for (; cJSON_IsArray(v); v = v->child) {
		if (b->rank == AXES_MAX)
			return false;
		b->dim[b->rank++] = cJSON_GetArraySize(v);
	}
	return true;
}

/* Writes the numbers of nested arrays. Returns false if the shape differs or something is no number. */
static bool put_box(const cJSON *v, const struct box *b, int axis, double **to)
{
	if (axis >= b->rank || axis >= AXES_MAX) {
		**to = cJSON_IsNumber(v) ? v->valuedouble : cJSON_IsTrue(v) ? 1 : cJSON_IsFalse(v) ? 0 : (double)NAN;
		++*to;
		return cJSON_IsNumber(v) || cJSON_IsBool(v) || cJSON_IsNull(v);
	}
	if (!cJSON_IsArray(v) || cJSON_GetArraySize(v) != b->dim[axis])
		return false;
	for (const cJSON *c = v->child; c; c = c->next)
		if (!put_box(c, b, axis + 1, to))
			return false;
	return true;
}

/* Makes an array of n boxes. *to: where the numbers go. */
static int make_array(struct found *f, int64_t n, const struct box *b, double **to, struct err *e)
{
	int64_t dim[AXES_MAX + 1] = { n }, count = n, bytes;
	for (int i = 0; i < b->rank; i++) {
		dim[i + 1] = b->dim[i];
		if (!i64_mul(count, b->dim[i], &count))
			count = -1;
	}
	if (count < 1 || !i64_mul(count, sizeof(double), &bytes) || bytes > f->budget)
		return err_set(e, count < 1 ? ERR_FORMAT : ERR_LIMIT,
		               count < 1 ? "an array is empty"
		                         : "its numbers need more memory than is allowed; see --max-mem");
	/* the header has a multiple of 64 bytes, so the numbers are aligned */
	*to = (double *)(void *)found_npy(&f->x, &f->nx, "<f8", sizeof(double), false, b->rank + 1, dim);
	return 0;
}

/* An array whose elements are numbers or arrays of one shape. */
static int put_array(struct found *f, const struct rows *r, struct err *e)
{
	struct box b = { 0 };
	double *to = NULL;
	int bad = 0;
	for (int64_t i = 0; i < r->n && !bad; i++) {
		const cJSON *v = row_open(r, i, e);
		if (!v)
			return e->code;
		if (!i)
			bad = box_of(v, &b) ? make_array(f, r->n, &b, &to, e) : say_form(e);
		if (!bad && !put_box(v, &b, 0, &to))
			bad = err_set(e, ERR_FORMAT,
			              "element %" PRId64
			              " is not like the first: all must be numbers, or arrays of one shape",
			              i + 1);
		row_close(r, v);
	}
	return bad;
}

/* ---- windows: objects with arrays ---- */

static int find_label(const struct keys *k, const struct recipe *r, int *label, struct err *e)
{
	static const char *const names[] = { "y", "label", "labels", "class", "target", "classes", "targets", NULL };
	const char *asked = r ? r->label_array ? r->label_array : r->label : NULL;
	*label = -1;
	if (asked && !strcmp(asked, "none"))
		return 0;
	for (int i = 0; i < k->n; i++)
		for (int j = 0; asked ? j < 1 : names[j] != NULL; j++)
			if (*label < 0 && !(k->kind[i] & ARRAY) && !strcasecmp(k->name[i], asked ? asked : names[j]))
				*label = i;
	return asked && *label < 0 ? err_set(e, ERR_VALUE, "no key '%.60s' holds a label", asked) : 0;
}

/* The labels as an array of texts. */
static int put_labels(struct found *f, const struct rows *r, const char *key, struct err *e)
{
	enum { WIDTH = 64 };
	int64_t bytes;
	if (!i64_mul(r->n, WIDTH * 4, &bytes) || bytes > f->budget)
		return err_set(e, ERR_LIMIT, "the labels need more memory than is allowed; see --max-mem");
	unsigned char *p = found_npy(&f->y, &f->ny, "<U64", WIDTH * 4, false, 1, &r->n);
	memset(p, 0, (size_t)bytes);
	for (int64_t i = 0; i < r->n; i++, p += WIDTH * 4) {
		const cJSON *o = row_open(r, i, e), *v = o ? json_get(o, key) : NULL;
		char number[40] = "";
		if (cJSON_IsNumber(v))
			snprintf(number, sizeof number, "%.9g", v->valuedouble);
		else if (cJSON_IsBool(v))
			snprintf(number, sizeof number, "%d", cJSON_IsTrue(v));
		const char *s = cJSON_IsString(v) ? v->valuestring : number;
		for (int c = 0; c < WIDTH && *s; c++) {
			size_t used;
			int32_t cp = text_decode(s, strlen(s), &used);
			uint32_t u = cp < 0 ? 0xfffd : (uint32_t)cp;
			memcpy(p + 4 * c, &u, 4);
			s += used;
		}
		if (!o)
			return e->code;
		row_close(r, o);
	}
	understood_add(&f->arena, &f->understood, "label", "key '%.60s'", key);
	return 0;
}

static int put_windows(struct found *f, const struct rows *r, const struct keys *k, const struct recipe *recipe,
                       struct err *e)
{
	int channels = 0, only = 0, label, bad = find_label(k, recipe, &label, e);
	struct box b = { 0 };
	double *to = NULL;
	for (int c = 0; c < k->n; c++)
		if (k->kind[c] & ARRAY) {
			only = c;
			channels++;
			if (k->kind[c] != ARRAY)
				return err_set(e, ERR_FORMAT,
				               "key '%.60s' holds an array in some rows and none in others",
				               k->name[c]);
		}
	for (int64_t i = 0; i < r->n && !bad; i++) {
		const cJSON *o = row_open(r, i, e);
		if (!o)
			return e->code;
		for (int c = 0; c < k->n && !bad; c++) {
			if (!(k->kind[c] & ARRAY))
				continue;
			const cJSON *v = json_get(o, k->name[c]);
			if (!to) {
				struct box all = { 0 };
				bool fits = box_of(v, &b) && b.rank >= 1 && b.rank <= (channels == 1 ? 2 : 1);
				all = b;
				if (fits && channels > 1)
					all = (struct box){ 2, { channels, b.dim[0] } };
				bad = fits ? make_array(f, r->n, &all, &to, e) : say_form(e);
			}
			if (!bad && !put_box(v, &b, 0, &to))
				bad = err_set(e, ERR_UNSUPPORTED,
				              "row %" PRId64
				              ", key '%.60s': all arrays must be numbers and have one length; pad "
				              "or cut the windows",
				              i + 1, k->name[c]);
		}
		row_close(r, o);
	}
	if (bad)
		return bad;
	f->channel = channels > 1 ? arena_alloc(&f->arena, (size_t)channels, sizeof *f->channel) : NULL;
	for (int c = 0; c < k->n && f->channel; c++)
		if (k->kind[c] & ARRAY)
			f->channel[f->n_channel++] = k->name[c];
	understood_add(&f->arena, &f->understood, "windows", "each object is a window; %s%.60s%s",
	               channels > 1 ? "its arrays are channels" : "key '", channels > 1 ? "" : k->name[only],
	               channels > 1 ? "" : "' holds the values");
	return label >= 0 ? put_labels(f, r, k->name[label], e) : 0;
}

/* ---- the whole file ---- */

static int put_objects(struct found *f, const struct rows *r, const struct recipe *recipe, struct err *e)
{
	struct keys k = { .n = 0 };
	struct visit q = { .keys = &k, .f = f };
	k.name = arena_alloc(&f->arena, CSV_COLUMNS_MAX, sizeof *k.name);
	k.kind = arena_alloc(&f->arena, CSV_COLUMNS_MAX, sizeof *k.kind);
	int bad = each_row(&q, r, e), arrays = 0;
	for (int i = 0; i < k.n; i++)
		arrays |= k.kind[i] & ARRAY;
	return bad ? bad : arrays ? put_windows(f, r, &k, recipe, e) : put_table(f, r, &k, e);
}

/* An object of columns: arrays of one length, or objects with an entry for each row, as pandas' to_json() writes. */
static int put_column_object(struct found *f, const cJSON *o, struct err *e)
{
	int64_t n = o->child ? cJSON_GetArraySize(o->child) : 0;
	int columns = 0, bad = 0;
	for (const cJSON *v = o->child; v; v = v->next, columns++)
		if ((!cJSON_IsArray(v) && !cJSON_IsObject(v)) || cJSON_GetArraySize(v) != n || !n)
			return say_form(e);
	bad = columns ? found_columns(f, n, columns, e) : say_form(e);
	int c = 0;
	for (const cJSON *v = o->child; v && !bad; v = v->next, c++) {
		struct keys k = { .name = f->name, .kind = &(int){ 0 }, .n = columns };
		int *kind = arena_alloc(&f->arena, (size_t)columns, sizeof *kind);
		k.kind = kind;
		f->name[c] = arena_strdup(&f->arena, v->string);
		for (const cJSON *x = v->child; x; x = x->next) {
			kind[c] |= kind_of(x);
			if (cJSON_IsArray(x) || cJSON_IsObject(x))
				return say_form(e);
		}
		struct visit q = { .keys = &k, .f = f, .fill = true };
		for (const cJSON *x = v->child; x && !bad; x = x->next, q.row++)
			bad = put_cell(&q, c, x, e);
	}
	understood_add(&f->arena, &f->understood, "columns", "an object of %d columns, each of %" PRId64 " rows",
	               columns, n);
	return bad;
}

/* pandas' to_json(orient="split"): the names of the columns, and rows of cells. */
static int put_split(struct found *f, const cJSON *names, const cJSON *data, struct err *e)
{
	int columns = cJSON_GetArraySize(names), bad = 0;
	bad = columns ? found_columns(f, cJSON_GetArraySize(data), columns, e) : say_form(e);
	int *kind = arena_alloc(&f->arena, (size_t)columns + 1, sizeof *kind), c = 0;
	struct keys k = { .kind = kind, .n = columns };
	struct visit q = { .keys = &k, .f = f, .fill = true };
	for (const cJSON *v = names->child; v && !bad; v = v->next, c++)
		f->name[c] = cJSON_IsString(v) ? arena_strdup(&f->arena, v->valuestring) : NULL;
	for (int pass = 0; pass < 2 && !bad; pass++) {
		q.row = 0;
		for (const cJSON *row = data->child; row && !bad; row = row->next, q.row++) {
			if (!cJSON_IsArray(row) || cJSON_GetArraySize(row) != columns)
				return err_set(e, ERR_FORMAT, "row %" PRId64 " has not %d cells", q.row + 1, columns);
			c = 0;
			for (const cJSON *v = row->child; v && !bad; v = v->next, c++)
				if (pass)
					bad = put_cell(&q, c, v, e);
				else
					kind[c] |= kind_of(v) & ~ARRAY;
		}
	}
	return bad;
}

static void rows_of_children(struct rows *r, const cJSON *array)
{
	int n = cJSON_GetArraySize(array);
	r->child = xcalloc((size_t)n + 1, sizeof *r->child);
	free(r->span);
	r->span = NULL;
	r->n = 0;
	for (const cJSON *v = array->child; v; v = v->next)
		r->child[r->n++] = v;
}

/* The only value of the file is an object. */
static int put_object(struct found *f, struct rows *r, const struct recipe *recipe, struct err *e)
{
	r->tree = json_parse(r->span->s, r->span->n, e);
	if (!r->tree)
		return e->code;
	const cJSON *names = json_get(r->tree, "columns"), *data = json_get(r->tree, "data");
	if (cJSON_IsArray(names) && cJSON_IsArray(data))
		return put_split(f, names, data, e);
	const cJSON *objects = NULL;
	for (const cJSON *v = r->tree->child; v; v = v->next)
		if (cJSON_IsArray(v) && cJSON_IsObject(v->child))
			objects = objects ? r->tree : v;
	if (!objects)
		return put_column_object(f, r->tree, e);
	if (objects == r->tree)
		return err_set(e, ERR_UNSUPPORTED, "several keys hold arrays of objects; save the one that is meant");
	understood_add(&f->arena, &f->understood, "array", "key '%.60s'", objects->string);
	rows_of_children(r, objects);
	return put_objects(f, r, recipe, e);
}

/* ---- NaN and Infinity ---- */

/* The length of a word for a number that JSON does not have but Python writes; 0: none begins at s. */
static size_t odd_number(const char *s, const char *end)
{
	static const char *const words[] = { "NaN", "Infinity", "-Infinity" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if ((size_t)(end - s) >= n && !memcmp(s, words[i], n))
			return n;
	}
	return 0;
}

/* Returns a copy of the text in which NaN and Infinity are null, outside of strings, or NULL if it has none. *n: its
 * length; *lost: how often it had Infinity; *line: where first. */
static char *without_odd_numbers(const char *s, const char *end, size_t *n, int64_t *lost, int64_t *line)
{
	static const char null[] = { 'n', 'u', 'l', 'l' };
	bool inside = false;
	char *copy = NULL, *to = NULL;
	const char *from = s;
	int64_t at_line = 1;
	*lost = 0;
	while (s < end) {
		size_t k = inside ? 0 : odd_number(s, end);
		at_line += *s == '\n';
		if (!k) {
			inside = inside != (*s == '"');
			s += inside && *s == '\\' && s + 1 < end ? 2 : 1;
			continue;
		}
		if (!copy)
			copy = to = xmalloc((size_t)(end - from) / 3 * 4 + 8);
		memcpy(to, from, (size_t)(s - from));
		to += s - from;
		memcpy(to, null, sizeof null);
		to += sizeof null;
		*line = k > 3 && !*lost ? at_line : *line;
		*lost += k > 3;
		s += k;
		from = s;
	}
	if (copy)
		memcpy(to, from, (size_t)(end - from));
	*n = copy ? (size_t)(to - copy) + (size_t)(end - from) : 0;
	return copy;
}

static int put_text(struct found *f, struct rows *r, const struct foreign_job *j, const char *s, size_t n,
                    struct err *e);

/* A number that is NaN is a missing one, as null is. */
static int put_rows(struct found *f, struct rows *r, const struct foreign_job *j, struct err *e)
{
	const char *s = (const char *)j->data;
	size_t n;
	int64_t lost, line = 0;
	char *plain = without_odd_numbers(s, s + j->n, &n, &lost, &line);
	int bad = 0;
	if (lost)
		bad = err_set(e, ERR_FORMAT,
		              "line %" PRId64 ": Infinity is not a number that can be computed with; write null, and "
		              "--missing interpolate or --missing drop says what becomes of it",
		              line);
	bad = bad ? bad : put_text(f, r, j, plain ? plain : s, plain ? n : j->n, e);
	rows_release(r);
	free(plain);
	return bad;
}

static int put_text(struct found *f, struct rows *r, const struct foreign_job *j, const char *s, size_t n,
                    struct err *e)
{
	const char *end = s + n;
	if (n > 3 && !memcmp(s, "\xef\xbb\xbf", 3))
		s += 3;
	if (!split(r, s, end, false, 1) || !r->n)
		return say_form(e);
	if (r->n == 1 && *r->span->s == '{')
		return put_object(f, r, j->q->r, e);
	struct span first = r->span[0];
	if (r->n == 1 && *first.s == '[') {
		if (first.n < 2 || first.s[first.n - 1] != ']' ||
		    !split(r, first.s + 1, first.s + first.n - 1, true, first.line) || !r->n)
			return say_form(e);
		return *r->span->s == '{' ? put_objects(f, r, j->q->r, e) : put_array(f, r, e);
	}
	return *first.s == '{' ? put_objects(f, r, j->q->r, e) : put_array(f, r, e);
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	struct rows r = { .n = 0 };
	int bad = put_rows(f, &r, j, e);
	f->line_noun = "row";
	return bad;
}

static int records_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	static const struct foreign how = { .work = work };
	int bad = foreign_read(d, s, q, budget, &how, e);
	/* In rows that are time steps the labels are a column, which --label names. */
	if (!d->ready && q->r && q->r->label_array && strcmp(q->r->label_array, "none") != 0)
		d->unused = RECIPE_LABEL_ARRAY;
	return bad;
}

/* JSON that is no model and no recipe of tsviz, and no architecture of Keras. */
static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	static const char *const models[] = { "tsviz-model", "\"class_name\"", "\"layers\"", NULL };
	size_t at = n >= 3 && !memcmp(head, "\xef\xbb\xbf", 3) ? 3 : 0, part = n < 65536 ? n : 65536;
	(void)q;
	while (at < n && strchr(" \t\r\n", head[at]) && head[at])
		at++;
	if (at + 1 >= n || (head[at] != '{' && head[at] != '['))
		return false;
	for (int i = 0; models[i]; i++)
		if (memmem(head, part, models[i], strlen(models[i])))
			return false;
	const char *next = head[at] == '{' ? "\"" : "{[\"-0123456789NI";
	for (at++; at < n && strchr(" \t\r\n", head[at]) && head[at]; at++)
		;
	return at < n && head[at] && strchr(next, head[at]);
}

const struct data_reader reader_records = {
	.name = "JSON",
	.extensions = ".jsonl .json (objects are rows, those with arrays are windows; also pandas' to_json)",
	.example = "tsviz predict net.onnx log.jsonl --columns load",
	.uses = RECIPE_LABEL_ARRAY,
	.probe = probe,
	.read = records_read,
};
