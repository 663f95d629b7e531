#include "src/json/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/number.h"

enum { DEPTH = sizeof((struct json *)0)->comma / sizeof(bool) };

void json_init(struct json *j, FILE *f)
{
	memset(j, 0, sizeof *j);
	j->f = f;
}

/* Puts what must precede a value or a key into out, at most two bytes. Returns how many. */
static size_t before(struct json *j, char *out)
{
	size_t n = 0;
	if (j->after_key) {
		j->after_key = false;
		return 0;
	}
	if (j->comma[j->depth])
		out[n++] = ',';
	if (j->newline)
		out[n++] = '\n';
	j->newline = false;
	j->comma[j->depth] = true;
	return n;
}

static void begin(struct json *j)
{
	char out[2];
	fwrite(out, 1, before(j, out), j->f);
}

static void open_with(struct json *j, char c)
{
	begin(j);
	fputc(c, j->f);
	assert(j->depth + 1 < DEPTH);
	j->comma[++j->depth] = false;
}

static void close_with(struct json *j, char c)
{
	assert(j->depth > 0 && !j->after_key);
	j->depth--;
	j->newline = false;
	fputc(c, j->f);
}

void json_object(struct json *j)
{
	open_with(j, '{');
}

void json_end_object(struct json *j)
{
	close_with(j, '}');
}

void json_array(struct json *j)
{
	open_with(j, '[');
}

void json_end_array(struct json *j)
{
	close_with(j, ']');
}

void json_members(struct json *j, const char *text)
{
	begin(j);
	fputs(text, j->f);
}

void json_newline(struct json *j)
{
	j->newline = true;
}

/* Writes a string. text_clean() leaves no control characters, so only the quote and the backslash are escaped. */
static void put_string(struct json *j, const char *s)
{
	size_t n = strlen(s);
	char small[1024], *buf = 3 * n + 1 <= sizeof small ? small : xmalloc(3 * n + 1);
	text_clean(buf, 3 * n + 1, s, n);
	fputc('"', j->f);
	for (const char *p = buf; *p;) {
		size_t plain = strcspn(p, "\"\\");
		fwrite(p, 1, plain, j->f);
		p += plain;
		if (*p) {
			fputc('\\', j->f);
			fputc(*p++, j->f);
		}
	}
	fputc('"', j->f);
	if (buf != small)
		free(buf);
}

void json_key(struct json *j, const char *key)
{
	assert(!j->after_key);
	begin(j);
	put_string(j, key);
	fputc(':', j->f);
	j->after_key = true;
}

void json_string(struct json *j, const char *s)
{
	if (!s) {
		json_null(j);
		return;
	}
	begin(j);
	put_string(j, s);
}

void json_int(struct json *j, int64_t v)
{
	begin(j);
	fprintf(j->f, "%lld", (long long)v);
}

void json_bool(struct json *j, bool v)
{
	begin(j);
	fputs(v ? "true" : "false", j->f);
}

void json_null(struct json *j)
{
	begin(j);
	fputs("null", j->f);
}

static void number(struct json *j, double v, int digits)
{
	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	char out[2 + NUMBER_TEXT];
	size_t n = before(j, out);
	n += number_write(out + n, v, digits);
	fwrite(out, 1, n, j->f);
}

void json_number(struct json *j, double v)
{
	number(j, v, 9);
}

void json_number17(struct json *j, double v)
{
	number(j, v, 17);
}

void json_reals(struct json *j, const real *v, int64_t n)
{
	if (!v) {
		json_null(j);
		return;
	}
	json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_number(j, (double)v[i]);
	json_end_array(j);
}

void json_ints(struct json *j, const int *v, int64_t n)
{
	if (!v) {
		json_null(j);
		return;
	}
	json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_int(j, v[i]);
	json_end_array(j);
}

void json_put_string(struct json *j, const char *key, const char *v)
{
	json_key(j, key);
	json_string(j, v);
}

void json_put_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_put_number(struct json *j, const char *key, double v)
{
	json_key(j, key);
	json_number(j, v);
}

void json_put_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}
