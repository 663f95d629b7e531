#include "core/model/recipe.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/base/words.h"

/* ---- fields as a table ---- */

struct field {
	const char *name;
	unsigned bit;
	enum recipe_kind kind;
	size_t at, count;          /* offset of the value; of a list's length */
	const char *const *choice; /* words of a choice (stored as an index) or of a text */
};

static const char *const derives[] = { "none", "diff", NULL };
static const char *const scales[] = { "none", "standard", "minmax", NULL };
static const char *const scale_bys[] = { "all", "group", NULL };
static const char *const splits[] = { "train", "test", "all", NULL };
static const char *const label_froms[] = { "column", "folder", NULL };
static const char *const rules[] = { "last", "majority", "any", NULL };
static const char *const gaps[] = { "warn", "drop", NULL };
static const char *const missings[] = { "error", "drop", "interpolate", NULL };
static const char *const tables[] = { "auto", "long", "wide", "columns", NULL };
static const char *const lengths[] = { "auto", "fit", "same", NULL };
static const char *const stacks[] = { "no", "yes", NULL };
static const char *const decimals[] = { "auto", "point", "comma", NULL };
const char *const layout_names[] = { "NCT",  "NTC",  "NT",  "NC1T", "NCT1", "N1TC", "N1CT",
	                             "NTC1", "NT1C", "TNC", "TC",   "CT",   "T",    NULL };

#define AT(member) offsetof(struct recipe, member)

static const struct field fields[] = {
#define FIELD(bit, name, kind, at, count, choice) { name, RECIPE_##bit, kind, at, count, choice },
#include "core/model/recipe.def"
#undef FIELD
};
enum { N_FIELD = sizeof fields / sizeof *fields };

const char *const recipe_fields[] = {
#define FIELD(bit, name, kind, at, count, choice) name,
#include "core/model/recipe.def"
#undef FIELD
	NULL,
};

/* The table reads and writes enums as ints. */
_Static_assert(sizeof(enum scale) == sizeof(int) && sizeof(enum missing) == sizeof(int), "enums are ints");

static void *member(const struct recipe *r, size_t at)
{
	return (char *)(uintptr_t)r + at;
}

static const struct field *find(const char *name)
{
	for (int i = 0; i < N_FIELD; i++)
		if (!strcmp(fields[i].name, name))
			return &fields[i];
	return NULL;
}

const char *const *recipe_choices(const char *name)
{
	const struct field *f = find(name);
	return f ? f->choice : NULL;
}

/* ---- lifetime ---- */

static void free_scaler(struct scaler *s)
{
	free(s->shift);
	free(s->scale);
	free(s->low);
	free(s->high);
	memset(s, 0, sizeof *s);
}

static void clear(struct recipe *r, const struct field *f)
{
	switch (f->kind) {
	case RECIPE_IS_LIST: {
		char ***list = member(r, f->at);
		int *n = member(r, f->count);
		for (int i = 0; i < *n; i++)
			free((*list)[i]);
		free(*list);
		*list = NULL;
		*n = 0;
		break;
	}
	case RECIPE_IS_TEXT: {
		char **s = member(r, f->at);
		free(*s);
		*s = NULL;
		break;
	}
	case RECIPE_IS_CHOICE:
		*(int *)member(r, f->at) = 0;
		break;
	case RECIPE_IS_COUNT:
		*(int64_t *)member(r, f->at) = 0;
		break;
	case RECIPE_IS_POSITIVE:
		*(double *)member(r, f->at) = 0;
		break;
	case RECIPE_IS_RANGE:
		*(struct row_range *)member(r, f->at) = (struct row_range){ 0, -1 };
		break;
	case RECIPE_IS_SCALER:
		free_scaler(member(r, f->at));
		break;
	}
	r->given &= ~f->bit;
}

void recipe_forget(struct recipe *r, unsigned of)
{
	for (int i = 0; i < N_FIELD; i++)
		if (fields[i].bit & of)
			clear(r, &fields[i]);
}

void recipe_init(struct recipe *r)
{
	memset(r, 0, sizeof *r);
	r->fit.to = r->rows.to = -1;
}

void recipe_release(struct recipe *r)
{
	for (int i = 0; i < N_FIELD; i++)
		clear(r, &fields[i]);
}

static double *dup_doubles(const double *v, int n)
{
	if (!v)
		return NULL;
	double *d = xcalloc((size_t)n, sizeof *d);
	memcpy(d, v, (size_t)n * sizeof *d);
	return d;
}

void recipe_set_scaler(struct recipe *r, int n, const double *shift, const double *scale, const double *low,
                       const double *high)
{
	struct scaler s = { n, dup_doubles(shift, n), dup_doubles(scale, n), dup_doubles(low, n),
		            dup_doubles(high, n) };
	free_scaler(&r->scaler);
	r->scaler = s;
	r->given |= RECIPE_SCALER;
}

static void copy_field(struct recipe *dst, const struct recipe *src, const struct field *f)
{
	clear(dst, f);
	switch (f->kind) {
	case RECIPE_IS_LIST: {
		char **from = *(char ***)member(src, f->at);
		int n = *(int *)member(src, f->count);
		char **to = n ? xcalloc((size_t)n, sizeof *to) : NULL;
		for (int i = 0; i < n; i++)
			to[i] = xstrdup(from[i]);
		*(char ***)member(dst, f->at) = to;
		*(int *)member(dst, f->count) = n;
		break;
	}
	case RECIPE_IS_TEXT: {
		const char *s = *(char **)member(src, f->at);
		*(char **)member(dst, f->at) = s ? xstrdup(s) : NULL;
		break;
	}
	case RECIPE_IS_CHOICE:
		*(int *)member(dst, f->at) = *(int *)member(src, f->at);
		break;
	case RECIPE_IS_COUNT:
		*(int64_t *)member(dst, f->at) = *(int64_t *)member(src, f->at);
		break;
	case RECIPE_IS_POSITIVE:
		*(double *)member(dst, f->at) = *(double *)member(src, f->at);
		break;
	case RECIPE_IS_RANGE:
		*(struct row_range *)member(dst, f->at) = *(struct row_range *)member(src, f->at);
		break;
	case RECIPE_IS_SCALER: {
		const struct scaler *s = &src->scaler;
		if (s->n)
			recipe_set_scaler(dst, s->n, s->shift, s->scale, s->low, s->high);
		break;
	}
	}
	dst->given = (dst->given & ~f->bit) | (src->given & f->bit);
}

void recipe_copy(struct recipe *dst, const struct recipe *src)
{
	recipe_init(dst);
	for (int i = 0; i < N_FIELD; i++)
		copy_field(dst, src, &fields[i]);
}

void recipe_merge(struct recipe *r, const struct recipe *over)
{
	/* remove the fields of r that those of `over` contradict */
	bool refit = ((over->given & RECIPE_SCALE) && (over->scale != r->scale || !(r->given & RECIPE_SCALE))) ||
	             ((over->given & RECIPE_SCALE_BY) && over->scale_by != r->scale_by) ||
	             ((over->given & RECIPE_FIT) && (over->fit.from != r->fit.from || over->fit.to != r->fit.to));
	if (refit)
		clear(r, find("scaler"));
	if ((over->given & RECIPE_SCALE) && over->scale == SCALE_NONE)
		clear(r, find("scale-by"));
	if (over->given & RECIPE_SPLIT)
		clear(r, find("rows"));
	if (over->given & RECIPE_ROWS)
		clear(r, find("split"));
	if (over->given & RECIPE_LABEL)
		clear(r, find("label-from"));
	if (over->given & RECIPE_LABEL_FROM)
		clear(r, find("label"));
	for (int i = 0; i < N_FIELD; i++)
		if (over->given & fields[i].bit)
			copy_field(r, over, &fields[i]);
}

/* ---- from text ---- */

/* Reads a whole number of 1 to 15 digits, without sign or space. */
static const char *take_count(const char *s, int64_t *out)
{
	const char *p = s;
	int64_t v = 0;
	for (; *p >= '0' && *p <= '9' && p - s < 16; p++)
		v = v * 10 + (*p - '0');
	if (p == s || p - s > 15)
		return NULL;
	*out = v;
	return p;
}

static int set_count(int64_t *out, const char *name, const char *value, struct err *e)
{
	int64_t v;
	const char *end = take_count(value, &v);
	if (!end || *end || v < 1)
		return err_set(e, ERR_VALUE, "--%s '%.60s': a whole number from 1 on is needed", name, value);
	*out = v;
	return 0;
}

static int set_positive(double *out, const char *name, const char *value, struct err *e)
{
	double v;
	if (number_parse(value, strlen(value), '.', &v) != NUMBER_OK || !(v > 0) || isinf(v))
		return err_set(e, ERR_VALUE, "--%s '%.60s': a number above 0 is needed", name, value);
	*out = v;
	return 0;
}

static int set_range(struct row_range *out, const char *name, const char *value, struct err *e)
{
	struct row_range v = { 0, -1 };
	const char *p = value;
	if (*p != ':')
		p = take_count(p, &v.from);
	if (p && *p == ':') {
		p++;
		if (*p)
			p = take_count(p, &v.to);
		if (p && !*p && (v.to < 0 || v.to > v.from)) {
			*out = v;
			return 0;
		}
	}
	return err_set(e, ERR_VALUE,
	               "--%s '%.60s': rows are A:B with A < B, counted from 0, B not included; 100: is from "
	               "100 to the end",
	               name, value);
}

static int say_choice(const struct field *f, const char *value, struct err *e)
{
	char list[160], near[NEAREST_SAY];
	struct nearest q = { .asked = value };
	for (int i = 0; f->choice[i]; i++)
		nearest_try(&q, f->choice[i]);
	return err_set(e, ERR_VALUE, "--%s '%.60s': it is one of %s%s", f->name, value,
	               words_join(f->choice, list, sizeof list), nearest_say(&q, near, sizeof near));
}

static char *clean(const char *s, size_t n)
{
	char *out = xmalloc(3 * n + 1);
	text_clean(out, 3 * n + 1, s, n);
	return out;
}

/* Reads one entry of a list and moves *at behind it. An entry ends at a comma. If it is quoted, it may hold commas, and
 * a quote in it is doubled. Returns NULL if the quotes do not match. */
static char *take_entry(const char **at)
{
	const char *p = *at;
	while (*p == ' ')
		p++;
	if (*p != '"') {
		size_t n = strcspn(p, ",");
		*at = p + n;
		while (n && p[n - 1] == ' ')
			n--;
		return clean(p, n);
	}
	char *raw = xmalloc(strlen(p) + 1);
	size_t n = 0;
	for (p++; *p && !(*p == '"' && p[1] != '"'); p++) {
		p += *p == '"';
		raw[n++] = *p;
	}
	char *entry = *p == '"' ? clean(raw, n) : NULL;
	free(raw);
	p += *p == '"';
	while (*p == ' ')
		p++;
	*at = p;
	if (*p && *p != ',') {
		free(entry);
		return NULL;
	}
	return entry;
}

static int set_list(struct recipe *r, const struct field *f, const char *value, struct err *e)
{
	char **list = NULL;
	int n = 0, cap = 0;
	const char *why = NULL;
	for (const char *p = value;; p++) {
		if (n == cap) {
			cap = cap ? 2 * cap : 8;
			list = xrealloc(list, (size_t)cap, sizeof *list);
		}
		char *entry = take_entry(&p);
		if (entry)
			list[n++] = entry;
		why = !entry ? "a quote that opens or closes in the wrong place" : !*entry ? "an entry is empty" : NULL;
		if (!why && n >= RECIPE_LIST_MAX)
			why = "too many entries";
		if (why || !*p)
			break;
	}
	if (why) {
		for (int i = 0; i < n; i++)
			free(list[i]);
		free(list);
		return err_set(e, ERR_VALUE, "--%s '%.60s': %s; a list is A,B,C", f->name, value, why);
	}
	clear(r, f);
	*(char ***)member(r, f->at) = list;
	*(int *)member(r, f->count) = n;
	return 0;
}

/* Reads numbers such as "1.5,2" up to a ';' or the end. Returns NULL if the text holds something else. */
static const char *take_doubles(const char *p, double **out, int *n)
{
	int cap = 0;
	*out = NULL;
	*n = 0;
	for (;; p++) {
		double v;
		const char *end = number_begin(p, p + strlen(p), '.', &v);
		if (!end || *n >= RECIPE_LIST_MAX)
			return NULL;
		if (*n == cap) {
			cap = cap ? 2 * cap : 8;
			*out = xrealloc(*out, (size_t)cap, sizeof **out);
		}
		(*out)[(*n)++] = v;
		p = end;
		if (*p != ',')
			return *p == ';' || !*p ? p : NULL;
	}
}

static bool parse_scaler(const char *p, struct scaler *s)
{
	static const char *const parts[] = { "shift ", "scale ", "low ", "high " };
	double **into[] = { &s->shift, &s->scale, &s->low, &s->high };
	for (int i = 0; i < 4; i++) {
		size_t len = strlen(parts[i]);
		int n;
		if (i == 2 && !*p)
			break;
		if (strncmp(p, parts[i], len) != 0)
			return false;
		p = take_doubles(p + len, into[i], &n);
		if (!p || (i && n != s->n))
			return false;
		s->n = n;
		if (*p == ';' && !*++p)
			return false;
	}
	for (int i = 0; i < s->n; i++)
		if (s->scale[i] == 0)
			return false;
	return !*p;
}

static int set_scaler(struct recipe *r, const char *value, struct err *e)
{
	struct scaler s = { 0 };
	if (!parse_scaler(value, &s)) {
		free_scaler(&s);
		return err_set(e, ERR_VALUE,
		               "scaler '%.80s': it is 'shift A,B;scale C,D;low E,F;high G,H', scales not 0", value);
	}
	free_scaler(&r->scaler);
	r->scaler = s;
	return 0;
}

static int say_unknown(const char *name, struct err *e)
{
	char near[NEAREST_SAY];
	struct nearest q = { .asked = name };
	for (int i = 0; i < N_FIELD; i++)
		nearest_try(&q, fields[i].name);
	return err_set(e, ERR_VALUE, "'%.60s' is no recipe option%s", name, nearest_say(&q, near, sizeof near));
}

int recipe_set(struct recipe *r, const char *name, const char *value, struct err *e)
{
	const struct field *f = find(name);
	if (!f)
		return say_unknown(name, e);
	if (strlen(value) > RECIPE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "--%s: longer than %d bytes", name, RECIPE_TEXT_MAX);
	int bad = 0, k;
	switch (f->kind) {
	case RECIPE_IS_LIST:
		bad = set_list(r, f, value, e);
		break;
	case RECIPE_IS_TEXT:
		if (f->choice && words_find(f->choice, value) < 0)
			return say_choice(f, value, e);
		if (!*value)
			return err_set(e, ERR_VALUE, "--%s: its value is empty", name);
		clear(r, f);
		*(char **)member(r, f->at) = clean(value, strlen(value));
		break;
	case RECIPE_IS_CHOICE:
		k = words_find(f->choice, value);
		if (k < 0)
			return say_choice(f, value, e);
		*(int *)member(r, f->at) = k;
		break;
	case RECIPE_IS_COUNT:
		bad = set_count(member(r, f->at), name, value, e);
		break;
	case RECIPE_IS_POSITIVE:
		bad = set_positive(member(r, f->at), name, value, e);
		break;
	case RECIPE_IS_RANGE:
		bad = set_range(member(r, f->at), name, value, e);
		break;
	case RECIPE_IS_SCALER:
		bad = set_scaler(r, value, e);
		break;
	}
	if (!bad)
		r->given |= f->bit;
	return bad;
}

const void *recipe_value(const struct recipe *r, const char *name, enum recipe_kind *kind, int *n)
{
	const struct field *f = find(name);
	if (!f || !(r->given & f->bit))
		return NULL;
	const void *v = member(r, f->at);
	*kind = f->kind;
	*n = 0;
	switch (f->kind) {
	case RECIPE_IS_LIST:
		*n = *(const int *)member(r, f->count);
		return *(char **const *)v;
	case RECIPE_IS_TEXT:
		return *(char *const *)v;
	case RECIPE_IS_CHOICE:
		*kind = RECIPE_IS_TEXT;
		return f->choice[*(const int *)v];
	case RECIPE_IS_COUNT:
	case RECIPE_IS_POSITIVE:
	case RECIPE_IS_RANGE:
	case RECIPE_IS_SCALER:
		break;
	}
	return v;
}

/* ---- to text ---- */

struct text {
	char *s;
	size_t n, cap;
};

static void put(struct text *t, const char *s, size_t n)
{
	if (t->cap - t->n <= n) {
		t->cap = 2 * (t->cap + n) + 64;
		t->s = xrealloc(t->s, t->cap, 1);
	}
	memcpy(t->s + t->n, s, n);
	t->n += n;
	t->s[t->n] = 0;
}

static void __attribute__((format(printf, 2, 3))) putf(struct text *t, const char *fmt, ...)
{
	char buf[64];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(buf, sizeof buf, fmt, ap);
	va_end(ap);
	put(t, buf, (size_t)n);
}

static void put_list(struct text *t, char *const *list, int n)
{
	for (int i = 0; i < n; i++) {
		const char *s = list[i];
		size_t len = strlen(s);
		if (i)
			put(t, ",", 1);
		if (!strpbrk(s, ",\"") && len && s[0] != ' ' && s[len - 1] != ' ') {
			put(t, s, len);
			continue;
		}
		put(t, "\"", 1);
		for (; *s; s++)
			put(t, *s == '"' ? "\"\"" : s, *s == '"' ? 2 : 1);
		put(t, "\"", 1);
	}
}

static void put_doubles(struct text *t, const char *name, const double *v, int n)
{
	for (int i = 0; v && i < n; i++)
		putf(t, "%s%.17g", i ? "," : name, v[i]);
}

/* Writes v with six digits, or as many more as give v again. Returns the length. */
static size_t shortest(char out[NUMBER_TEXT], double v)
{
	double again = NAN;
	size_t n = 0;
	for (int digits = 6; digits <= 17 && again != v; digits++) {
		n = number_write(out, v, digits);
		number_parse(out, n, '.', &again);
	}
	return n;
}

char *recipe_text(const struct recipe *r, const char *name)
{
	const struct field *f = find(name);
	if (!f || !(r->given & f->bit))
		return NULL;
	struct text t = { 0 };
	put(&t, "", 0);
	switch (f->kind) {
	case RECIPE_IS_LIST:
		put_list(&t, *(char ***)member(r, f->at), *(int *)member(r, f->count));
		break;
	case RECIPE_IS_TEXT:
		put(&t, *(char **)member(r, f->at), strlen(*(char **)member(r, f->at)));
		break;
	case RECIPE_IS_CHOICE: {
		const char *s = f->choice[*(int *)member(r, f->at)];
		put(&t, s, strlen(s));
		break;
	}
	case RECIPE_IS_COUNT:
		putf(&t, "%lld", (long long)*(int64_t *)member(r, f->at));
		break;
	case RECIPE_IS_POSITIVE: {
		char number[NUMBER_TEXT];
		put(&t, number, shortest(number, *(double *)member(r, f->at)));
		break;
	}
	case RECIPE_IS_RANGE: {
		const struct row_range *v = member(r, f->at);
		putf(&t, "%lld:", (long long)v->from);
		if (v->to >= 0)
			putf(&t, "%lld", (long long)v->to);
		break;
	}
	case RECIPE_IS_SCALER:
		put_doubles(&t, "shift ", r->scaler.shift, r->scaler.n);
		put_doubles(&t, ";scale ", r->scaler.scale, r->scaler.n);
		if (r->scaler.low && r->scaler.high) {
			put_doubles(&t, ";low ", r->scaler.low, r->scaler.n);
			put_doubles(&t, ";high ", r->scaler.high, r->scaler.n);
		}
		break;
	}
	return t.s;
}

bool recipe_get(const struct recipe *r, const char *name, char *buf, size_t size)
{
	char *s = recipe_text(r, name);
	bool fits = s && strlen(s) < size;
	if (fits)
		memcpy(buf, s, strlen(s) + 1);
	free(s);
	return fits;
}
