#include "src/json/json_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- checks on the text, in one pass and without recursion ---- */

struct scan {
	const char *at, *end;
	int line;
	int values;
	const char *why;
};

static void skip_space(struct scan *s)
{
	for (; s->at < s->end && strchr(" \t\r\n", *s->at) && *s->at; s->at++)
		s->line += *s->at == '\n';
}

static bool no(struct scan *s, const char *why)
{
	s->why = why;
	return false;
}

static int hex4(const char *p, const char *end)
{
	int v = 0;
	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		char c = p[i];
		int d = c >= '0' && c <= '9'   ? c - '0'
		        : c >= 'a' && c <= 'f' ? c - 'a' + 10
		        : c >= 'A' && c <= 'F' ? c - 'A' + 10
		                               : -1;
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

/* Checks the four digits after "\u". Surrogates must come in pairs. */
static bool scan_unicode(struct scan *s)
{
	int v = hex4(s->at, s->end);
	if (v <= 0)
		return no(s, v ? "a bad \\u escape" : "\\u0000 in a string");
	s->at += 4;
	if (v >= 0xdc00 && v <= 0xdfff)
		return no(s, "half of a surrogate pair");
	if (v < 0xd800 || v > 0xdbff)
		return true;
	if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
		return no(s, "half of a surrogate pair");
	v = hex4(s->at + 2, s->end);
	s->at += 6;
	return (v >= 0xdc00 && v <= 0xdfff) || no(s, "half of a surrogate pair");
}

static bool scan_string(struct scan *s)
{
	s->at++;
	while (s->at < s->end && *s->at != '"') {
		unsigned char c = (unsigned char)*s->at;
		if (c < 0x20)
			return no(s, "a control character in a string");
		if (c >= 0x80) {
			size_t used;
			if (text_decode(s->at, (size_t)(s->end - s->at), &used) < 0)
				return no(s, "bytes that are not UTF-8");
			s->at += used;
			continue;
		}
		s->at++;
		if (c != '\\')
			continue;
		if (s->at >= s->end || !strchr("\"\\/bfnrtu", *s->at) || !*s->at)
			return no(s, "a bad escape in a string");
		if (*s->at++ == 'u' && !scan_unicode(s))
			return false;
	}
	if (s->at >= s->end)
		return no(s, "a string without an end");
	s->at++;
	return true;
}

static size_t digits(struct scan *s)
{
	const char *from = s->at;
	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - from);
}

static bool scan_number(struct scan *s)
{
	const char *from = s->at;
	if (*s->at == '-')
		s->at++;
	bool zero = s->at < s->end && *s->at == '0';
	size_t n = digits(s);
	bool good = n == 1 || (n && !zero);
	if (good && s->at < s->end && *s->at == '.') {
		s->at++;
		good = digits(s) > 0;
	}
	if (good && s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
		s->at++;
		if (s->at < s->end && (*s->at == '+' || *s->at == '-'))
			s->at++;
		good = digits(s) > 0;
	}
	/* cJSON copies a number into a buffer of 64 bytes and reads beyond it if the number is longer. */
	if (s->at - from > 60)
		return no(s, "a number of more than 60 characters");
	return good || no(s, "a bad number");
}

static bool scan_word(struct scan *s)
{
	static const char *const words[] = { "true", "false", "null" };
	for (int i = 0; i < 3; i++) {
		size_t n = strlen(words[i]);
		if ((size_t)(s->end - s->at) >= n && !memcmp(s->at, words[i], n)) {
			s->at += n;
			return true;
		}
	}
	return no(s, "something that is not JSON");
}

static bool scan_scalar(struct scan *s)
{
	char c = *s->at;
	return c == '"' ? scan_string(s) : c == '-' || (c >= '0' && c <= '9') ? scan_number(s) : scan_word(s);
}

static bool scan_key(struct scan *s)
{
	skip_space(s);
	if (s->at >= s->end || *s->at != '"')
		return no(s, "a key is missing");
	if (!scan_string(s))
		return false;
	skip_space(s);
	if (s->at >= s->end || *s->at != ':')
		return no(s, "a colon is missing");
	s->at++;
	return true;
}

/* Reads what follows a value: closing brackets and one comma. *depth is 0 at the end of the text. */
static bool scan_after(struct scan *s, const char *open, int *depth)
{
	for (;;) {
		if (!*depth)
			return true;
		skip_space(s);
		if (s->at >= s->end)
			return no(s, "the text ends too early");
		char want = open[*depth - 1] == '{' ? '}' : ']';
		if (*s->at == ',') {
			s->at++;
			return open[*depth - 1] != '{' || scan_key(s);
		}
		if (*s->at != want)
			return no(s, "a comma or bracket is missing");
		s->at++;
		--*depth;
	}
}

static bool scan_text(struct scan *s)
{
	char open[JSON_DEPTH_MAX];
	int depth = 0;
	do {
		skip_space(s);
		if (s->at >= s->end)
			return no(s, "the text ends too early");
		if (++s->values > JSON_VALUES_MAX)
			return no(s, "too many values");
		char c = *s->at;
		if (c == '{' || c == '[') {
			if (depth == JSON_DEPTH_MAX)
				return no(s, "nested too deeply");
			s->at++;
			skip_space(s);
			open[depth++] = c;
			bool empty = s->at < s->end && *s->at == (c == '{' ? '}' : ']');
			if (!empty) {
				if (c == '{' && !scan_key(s))
					return false;
				continue;
			}
			s->at++;
			depth--;
		} else if (!scan_scalar(s)) {
			return false;
		}
		if (!scan_after(s, open, &depth))
			return false;
	} while (depth);
	skip_space(s);
	return s->at == s->end || no(s, "text after the end");
}

/* ---- checks on the tree ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *duplicate_key(const cJSON *o)
{
	size_t n = 0, i = 0;
	for (const cJSON *c = o->child; c; c = c->next)
		n++;
	const char **key = xcalloc(n + 1, sizeof *key), *twice = NULL;
	for (const cJSON *c = o->child; c; c = c->next)
		key[i++] = c->string;
	qsort(key, n, sizeof *key, by_text);
	for (i = 1; i < n && !twice; i++)
		if (!strcmp(key[i - 1], key[i]))
			twice = key[i];
	free(key);
	return twice;
}

/* Checks all objects and numbers. The scan of the text has limited the depth of this recursion. */
static int check_tree(const cJSON *v, struct err *e)
{
	const char *twice = cJSON_IsObject(v) ? duplicate_key(v) : NULL;
	if (twice)
		return err_set(e, ERR_FORMAT, "key \"%s\" is given twice", twice);
	if (cJSON_IsNumber(v) && !isfinite(v->valuedouble))
		return err_set(e, ERR_FORMAT, "a number is beyond the range of double");
	for (const cJSON *c = v->child; c; c = c->next) {
		int bad = check_tree(c, e);
		if (bad)
			return bad;
	}
	return 0;
}

cJSON *json_parse(const char *text, size_t n, struct err *e)
{
	struct scan s = { .at = text, .end = text + n, .line = 1 };
	if (!scan_text(&s)) {
		err_set(e, ERR_FORMAT, "line %d: %s", s.line, s.why);
		return NULL;
	}
	cJSON *v = cJSON_ParseWithLength(text, n);
	if (!v)
		err_set(e, ERR_FORMAT, "is not JSON");
	else if (check_tree(v, e)) {
		cJSON_Delete(v);
		v = NULL;
	}
	return v;
}

const cJSON *json_get(const cJSON *o, const char *key)
{
	return cJSON_IsObject(o) ? cJSON_GetObjectItemCaseSensitive(o, key) : NULL;
}

const char *json_text(const cJSON *o, const char *key, const char *fallback)
{
	const cJSON *v = json_get(o, key);
	return cJSON_IsString(v) ? v->valuestring : fallback;
}

bool json_whole(const cJSON *v, int64_t *out)
{
	/* every whole number up to 2^53 is a double */
	if (!cJSON_IsNumber(v) || v->valuedouble != floor(v->valuedouble) || fabs(v->valuedouble) > 9007199254740992.0)
		return false;
	*out = (int64_t)v->valuedouble;
	return true;
}
