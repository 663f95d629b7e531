#include "src/read/npy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"

enum { HEAD_MAX = 1 << 16, CHUNK = 1 << 16 };

bool npy_probe(const unsigned char *head, size_t n)
{
	return n >= 6 && !memcmp(head, "\x93NUMPY", 6);
}

/* ---- the header: a Python dictionary of three keys ---- */

struct dict {
	const char *p;
	struct err *e;
};

static void blanks(struct dict *q)
{
	while (*q->p == ' ' || *q->p == '\n')
		q->p++;
}

static bool take(struct dict *q, char c)
{
	blanks(q);
	if (*q->p != c)
		return false;
	q->p++;
	return true;
}

/* Reads a quoted string into buf. Returns false if there is no string or it does not fit. */
static bool take_string(struct dict *q, char *buf, size_t size)
{
	blanks(q);
	char quote = *q->p;
	size_t n = 0;
	if (quote != '\'' && quote != '"')
		return false;
	for (q->p++; *q->p && *q->p != quote; q->p++)
		if (n + 1 < size)
			buf[n++] = *q->p;
	buf[n] = 0;
	return *q->p++ == quote && n + 1 < size;
}

static bool take_word(struct dict *q, const char *word)
{
	size_t n = strlen(word);
	blanks(q);
	if (strncmp(q->p, word, n) != 0)
		return false;
	q->p += n;
	return true;
}

static bool take_shape(struct dict *q, struct npy *a)
{
	if (!take(q, '('))
		return false;
	while (!take(q, ')')) {
		blanks(q);
		size_t digits = strspn(q->p, "0123456789");
		if (!digits || digits > 15 || a->rank == NPY_RANK_MAX)
			return false;
		a->dim[a->rank++] = strtoll(q->p, NULL, 10);
		q->p += digits;
		take_word(q, "L");
		if (!take(q, ',') && *q->p != ')')
			return false;
	}
	return true;
}

static int set_type(struct npy *a, const char *descr, struct err *e)
{
	static const struct {
		char kind;
		const char *sizes;
	} kinds[] = { { 'f', "2 4 8" }, { 'i', "1 2 4 8" }, { 'u', "1 2 4 8" },
		      { 'b', "1" },     { 'U', NULL },      { 'S', NULL } };
	const char *p = descr;
	char order = strchr("<>|=", *p) && *p ? *p++ : '=';
	char kind = *p ? *p++ : 0;
	size_t digits = strspn(p, "0123456789");
	int size = digits && digits < 6 && !p[digits] ? atoi(p) : -1;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char one[2] = { (char)('0' + size), 0 };
		if (kinds[i].kind != kind || size < 0 || (kinds[i].sizes && (size > 9 || !strstr(kinds[i].sizes, one))))
			continue;
		a->kind = kind;
		a->size = kind == 'U' ? 4 * size : size;
		a->swap = order == '>';
		return a->size ? 0 : err_set(e, ERR_FORMAT, "its elements are empty texts");
	}
	if (kind == 'O')
		return err_set(e, ERR_UNSUPPORTED,
		               "it holds Python objects, which can run programs and are not read; save numbers: "
		               "numpy.save(f, numpy.asarray(x, dtype=\"float32\"))");
	return err_set(e, ERR_UNSUPPORTED, "elements of type '%.40s' are not supported; save x.astype(\"float32\")",
	               descr);
}

static int parse(struct npy *a, const char *text, struct err *e)
{
	struct dict q = { text, e };
	char key[32], descr[64] = "";
	bool seen[3] = { false };
	bool good = take(&q, '{');
	while (good && !take(&q, '}')) {
		good = take_string(&q, key, sizeof key) && take(&q, ':');
		if (!good)
			break;
		if (!strcmp(key, "descr") && take(&q, '['))
			return err_set(
			        e, ERR_UNSUPPORTED,
			        "its elements are records; save the numbers alone: x[\"name\"].astype(\"float32\")");
		if (!strcmp(key, "descr")) {
			good = take_string(&q, descr, sizeof descr);
			seen[0] = true;
		} else if (!strcmp(key, "fortran_order")) {
			a->fortran = take_word(&q, "True");
			good = a->fortran || take_word(&q, "False");
			seen[1] = true;
		} else if (!strcmp(key, "shape") && !seen[2]) {
			good = take_shape(&q, a);
			seen[2] = true;
		} else {
			good = false;
		}
		if (good && !take(&q, ','))
			good = *q.p == '}';
	}
	if (!good || !seen[0] || !seen[1] || !seen[2])
		return err_set(e, ERR_FORMAT, "byte %lld: the header is not as NumPy writes it",
		               (long long)(q.p - text));
	return set_type(a, descr, e);
}

static int strides(struct npy *a, struct err *e)
{
	int64_t bytes;
	a->count = 1;
	for (int i = 0; i < a->rank; i++) {
		int k = a->fortran ? i : a->rank - 1 - i;
		a->stride[k] = a->count;
		if (!i64_mul(a->count, a->dim[k], &a->count))
			return err_set(e, ERR_LIMIT, "the array's size is beyond 64 bits");
	}
	return i64_mul(a->count, a->size, &bytes) ? 0 : err_set(e, ERR_LIMIT, "the array's size is beyond 64 bits");
}

int npy_head(struct npy *a, struct source *s, struct err *e)
{
	unsigned char fixed[12];
	size_t got;
	memset(a, 0, sizeof *a);
	int bad = source_read(s, fixed, 10, &got, e);
	if (bad)
		return bad;
	bool wide = got == 10 && fixed[6] > 1;
	if (wide) {
		bad = source_read(s, fixed + 10, 2, &got, e);
		if (bad)
			return bad;
		got += 10;
	}
	if (got != (wide ? 12 : 10) || !npy_probe(fixed, got))
		return err_set(e, ERR_FORMAT, "the file ends inside its header");
	if (fixed[6] < 1 || fixed[6] > 3)
		return err_set(e, ERR_UNSUPPORTED, "version %d of the format is not supported; versions 1 to 3 are",
		               fixed[6]);
	uint32_t n = fixed[8] | (uint32_t)fixed[9] << 8;
	if (wide)
		n |= (uint32_t)fixed[10] << 16 | (uint32_t)fixed[11] << 24;
	if (n > HEAD_MAX)
		return err_set(e, ERR_LIMIT, "its header is longer than %d bytes", HEAD_MAX);
	char *text = xmalloc((size_t)n + 1);
	bad = source_read(s, text, n, &got, e);
	text[got] = 0;
	if (!bad && got < n)
		bad = err_set(e, ERR_FORMAT, "the file ends inside its header");
	if (!bad)
		bad = parse(a, text, e);
	free(text);
	return bad ? bad : strides(a, e);
}

void npy_shape(const struct npy *a, char *buf, size_t size)
{
	size_t n = (size_t)snprintf(buf, size, "(");
	for (int i = 0; i < a->rank && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%lld", i ? ", " : "", (long long)a->dim[i]);
	if (n < size)
		snprintf(buf + n, size - n, ")");
}

/* ---- elements ---- */

static void swap_bytes(unsigned char *p, int size, int64_t n)
{
	for (int64_t i = 0; i < n; i++, p += size)
		for (int k = 0; k < size / 2; k++) {
			unsigned char c = p[k];
			p[k] = p[size - 1 - k];
			p[size - 1 - k] = c;
		}
}

/* Converts an IEEE 754 half-precision number. */
static double half(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double v = exponent == 31 ? (fraction ? NAN : INFINITY)
	           : exponent     ? ldexp(1024 + fraction, exponent - 25)
	                          : ldexp(fraction, -24);
	return h >> 15 ? -v : v;
}

/* Converts the element at p, whose bytes are in the order of this machine. */
static double element(char kind, int size, const unsigned char *p)
{
	union {
		int8_t i1;
		int16_t i2;
		int32_t i4;
		int64_t i8;
		uint8_t u1;
		uint16_t u2;
		uint32_t u4;
		uint64_t u8;
		float f4;
		double f8;
	} v;
	memcpy(&v, p, (size_t)size);
	switch (kind << 4 | size) {
	case 'f' << 4 | 2:
		return half(v.u2);
	case 'f' << 4 | 4:
		return (double)v.f4;
	case 'f' << 4 | 8:
		return v.f8;
	case 'i' << 4 | 1:
		return v.i1;
	case 'i' << 4 | 2:
		return v.i2;
	case 'i' << 4 | 4:
		return v.i4;
	case 'i' << 4 | 8:
		return (double)v.i8;
	case 'u' << 4 | 1:
		return v.u1;
	case 'u' << 4 | 2:
		return v.u2;
	case 'u' << 4 | 4:
		return v.u4;
	case 'u' << 4 | 8:
		return (double)v.u8;
	default:
		return v.u1 != 0; /* bool */
	}
}

double npy_number(const struct npy *a, const unsigned char *p, int64_t i)
{
	unsigned char one[8];
	memcpy(one, p + i * a->size, (size_t)a->size);
	if (a->swap)
		swap_bytes(one, a->size, 1);
	return element(a->kind, a->size, one);
}

size_t npy_text(const struct npy *a, const unsigned char *p, int64_t i, char *buf, size_t size)
{
	char raw[1024];
	size_t n = 0;
	p += i * a->size;
	if (a->kind == 'S') {
		while (n < (size_t)a->size && n < sizeof raw && p[n])
			n++;
		return text_clean(buf, size, (const char *)p, n);
	}
	for (int k = 0; k + 4 <= a->size && n + 4 <= sizeof raw; k += 4) {
		unsigned char c[4];
		memcpy(c, p + k, 4);
		if (a->swap)
			swap_bytes(c, 4, 1);
		uint32_t cp = c[0] | (uint32_t)c[1] << 8 | (uint32_t)c[2] << 16 | (uint32_t)c[3] << 24;
		if (!cp)
			break;
		n += text_encode(raw + n, cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000) ? 0xFFFD : (int32_t)cp);
	}
	return text_clean(buf, size, raw, n);
}

static int convert(const struct npy *a, struct source *s, float *x, struct err *e)
{
	unsigned char *chunk = xmalloc(CHUNK);
	int64_t each = CHUNK / a->size, done = 0;
	int bad = 0;
	while (done < a->count && !bad) {
		int64_t k = a->count - done < each ? a->count - done : each;
		size_t want = (size_t)(k * a->size), got;
		bad = source_read(s, chunk, want, &got, e);
		if (!bad && got < want)
			bad = err_set(e, ERR_FORMAT, "the file ends at element %lld of %lld",
			              (long long)(done + (int64_t)got / a->size), (long long)a->count);
		if (!bad && a->swap)
			swap_bytes(chunk, a->size, k);
		for (int64_t i = 0; i < k && !bad; i++)
			x[done + i] = (float)element(a->kind, a->size, chunk + i * a->size);
		done += k;
	}
	free(chunk);
	return bad;
}

int npy_floats(const struct npy *a, struct source *s, int64_t budget, float **out, struct err *e)
{
	int64_t bytes;
	*out = NULL;
	if (a->kind == 'U' || a->kind == 'S')
		return err_set(e, ERR_UNSUPPORTED, "the array holds text, not numbers");
	if (!i64_mul(a->count, (int64_t)sizeof(float), &bytes) || bytes > budget)
		return err_set(e, ERR_LIMIT,
		               "an array of %lld numbers needs more memory than is allowed; see --max-mem",
		               (long long)a->count);
	/* A header may promise more elements than the file holds. Check this before memory is reserved. */
	if (s->size >= 0 && a->count > s->size / a->size)
		return err_set(e, ERR_FORMAT,
		               "the file ends early: its header promises %lld elements of %d bytes, and the file has "
		               "%lld bytes",
		               (long long)a->count, a->size, (long long)s->size);
	float *x = xmalloc((size_t)bytes + 1);
	size_t got;
	int bad;
	if (a->kind == 'f' && a->size == 4) {
		bad = source_read(s, x, (size_t)bytes, &got, e);
		if (!bad && got < (size_t)bytes)
			bad = err_set(e, ERR_FORMAT, "the file ends at element %lld of %lld", (long long)got / 4,
			              (long long)a->count);
		if (!bad && a->swap)
			swap_bytes((unsigned char *)x, 4, a->count);
	} else {
		bad = convert(a, s, x, e);
	}
	if (bad)
		free(x);
	else
		*out = x;
	return bad;
}
