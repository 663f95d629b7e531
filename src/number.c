#include "src/number.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/mem.h"

struct scan {
	uint64_t digits;  /* the first 19 significant ones as an integer */
	int n_digit;      /* significant digits seen */
	int64_t exponent; /* value = digits * 10^exponent, when n_digit <= 19 */
	bool negative;
};

static bool scan(const char *s, size_t n, char point, struct scan *q)
{
	const char *p = s, *end = s + n;
	bool any = false;
	*q = (struct scan) { 0 };
	if (p < end && (*p == '-' || *p == '+'))
		q->negative = *p++ == '-';
	for (int part = 0; part < 2; part++) {
		for (; p < end && *p >= '0' && *p <= '9'; p++) {
			any = true;
			if (q->n_digit < 19)
				q->digits = q->digits * 10 + (uint64_t)(*p - '0');
			q->n_digit += q->digits || q->n_digit;
			q->exponent -= part;
		}
		if (part || p == end || *p != point)
			break;
		p++;
	}
	if (!any)
		return false;
	if (p < end && (*p == 'e' || *p == 'E')) {
		int64_t v = 0;
		bool minus = false;
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			minus = *p++ == '-';
		if (p == end)
			return false;
		for (; p < end && *p >= '0' && *p <= '9'; p++)
			if (v < 1000000)
				v = v * 10 + (*p - '0');
		q->exponent += minus ? -v : v;
	}
	return p == end;
}

/* strtod in whatever locale is set: the decimal mark is put in as that locale wants it. */
static double slow(const char *s, size_t n, char point)
{
	const char *mark = localeconv()->decimal_point;
	size_t m = strlen(mark), k = 0;
	char small[128], *buf = n + m + 1 <= sizeof small ? small : xmalloc(n + m + 1);
	for (size_t i = 0; i < n; i++) {
		if (s[i] == point) {
			memcpy(buf + k, mark, m);
			k += m;
		} else {
			buf[k++] = s[i];
		}
	}
	buf[k] = 0;
	double v = strtod(buf, NULL);
	if (buf != small)
		free(buf);
	return v;
}

enum number number_parse(const char *s, size_t n, char point, double *out)
{
	static const double ten[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
		                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	struct scan q;
	if (!scan(s, n, point, &q))
		return NUMBER_NOT;
	double v;
	/* Both factors are exact, so one rounding gives the nearest double (Clinger 1990, "How to read
	 * floating point numbers accurately") */
	if (q.n_digit <= 19 && q.digits <= (uint64_t)1 << 53 && q.exponent >= -22 && q.exponent <= 22) {
		v = (double)q.digits;
		v = q.exponent < 0 ? v / ten[-q.exponent] : v * ten[q.exponent];
		v = q.negative ? -v : v;
	} else {
		v = slow(s, n, point);
	}
	if (!isfinite(v))
		return NUMBER_RANGE;
	if (out)
		*out = v;
	return NUMBER_OK;
}
