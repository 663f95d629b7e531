#include "core/base/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What the text of a number says: an integer of at most 19 digits times a power of ten. */
struct scan {
	uint64_t digits;
	int64_t n_digit;   /* digits in the text, with leading zeros; if more than 19, `digits` holds the first 19 */
	int64_t exponent;  /* value = digits * 10^exponent (n_digit <= 19) */
	const char *first; /* where the digits begin */
	bool negative;
};

enum { DIGITS_MAX = 19 }; /* 10^19 < 2^64 */

/* ---- digits ---- */

static const uint64_t ten_to[] = { 1,
	                           10,
	                           100,
	                           1000,
	                           10000,
	                           100000,
	                           1000000,
	                           10000000,
	                           100000000,
	                           1000000000,
	                           10000000000,
	                           100000000000,
	                           1000000000000,
	                           10000000000000,
	                           100000000000000,
	                           1000000000000000,
	                           10000000000000000,
	                           100000000000000000 };

/* Reads up to eight digits at once and returns how many there are; p must have eight readable bytes. It does not branch
 * on the count, which the processor could not predict in a column of numbers. The method is that of Lemire 2021
 * ("Number parsing at a gigabyte per second", Software: Practice and Experience, section 5) for exactly eight digits.
 */
static inline int some_digits(const char *p, uint64_t *digits)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	uint64_t x, other;
	memcpy(&x, p, sizeof x);
	/* A digit is a byte from 0x30 to 0x39: its high half is 3, and adding 6 to its low half does not carry. So a
	 * byte of `other` is 0 if and only if the byte of x is a digit. */
	other = ((x & 0xf0f0f0f0f0f0f0f0) ^ 0x3030303030303030) |
	        (((x & 0x0f0f0f0f0f0f0f0f) + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0);
	int n = other ? __builtin_ctzll(other) / 8 : 8;
	if (!n)
		return 0;
	/* shift the n digits to the end of the word, so that zeros stand in front of them */
	x = (x & 0x0f0f0f0f0f0f0f0f) << (64 - 8 * n);
	x = x * 2561 >> 8;
	x = (x & 0x00ff00ff00ff00ff) * 6553601 >> 16;
	x = (x & 0x0000ffff0000ffff) * 42949672960001 >> 32;
	*digits = *digits * ten_to[n] + x;
	return n;
#else
	int n = 0;
	for (; n < 8 && (unsigned)(p[n] - '0') < 10; n++)
		*digits = *digits * 10 + (uint64_t)(p[n] - '0');
	return n;
#endif
}

static inline const char *scan_digits(const char *p, const char *end, uint64_t *digits)
{
	for (int n = 8; n == 8 && end - p >= 8; p += n)
		n = some_digits(p, digits);
	for (; p < end && (unsigned)(*p - '0') < 10; p++)
		*digits = *digits * 10 + (uint64_t)(*p - '0');
	return p;
}

/* Takes the first 19 digits of a number that has more. */
static uint64_t first_digits(const char *p, char point)
{
	uint64_t d = 0;
	for (int n = 0; n < DIGITS_MAX; p++)
		if (*p != point) {
			d = d * 10 + (uint64_t)(*p - '0');
			n++;
		}
	return d;
}

/* Splits the number at s into its parts. Returns the place behind it, or NULL if there is no number. */
static inline const char *scan(const char *s, const char *end, char point, struct scan *q)
{
	const char *p = s, *from;
	*q = (struct scan){ 0 };
	if (p == end)
		return NULL;
	q->negative = *p == '-';
	p += q->negative | (*p == '+');
	q->first = from = p;
	p = scan_digits(p, end, &q->digits);
	q->n_digit = p - from;
	if (p < end && *p == point) {
		from = ++p;
		p = scan_digits(p, end, &q->digits);
		q->exponent = from - p;
		q->n_digit += p - from;
	}
	if (!q->n_digit)
		return NULL;
	if (p < end && (*p == 'e' || *p == 'E')) {
		int64_t v = 0;
		bool minus = false;
		p++;
		if (p < end && (*p == '-' || *p == '+'))
			minus = *p++ == '-';
		if (p == end || *p < '0' || *p > '9')
			return NULL;
		for (; p < end && *p >= '0' && *p <= '9'; p++)
			if (v < 1000000000)
				v = v * 10 + (*p - '0');
		q->exponent += minus ? -v : v;
	}
	if (q->n_digit > DIGITS_MAX)
		q->digits = first_digits(q->first, point);
	return p;
}

/* ---- rounding ---- */

/* The double nearest to (q + x) * 2^e, ties to even, where x is 0, or something between 0 and 1 if `more` is set. q is
 * 0 or has its highest bit set. */
static double round_to_double(uint64_t q, bool more, int e)
{
	int top = e + 63, drop = top < -1022 ? 11 + (-1022 - top) : 11;
	if (!q || drop > 64)
		return 0;
	uint64_t kept = drop == 64 ? 0 : q >> drop, rest = drop == 64 ? q : q & (((uint64_t)1 << drop) - 1);
	uint64_t half = (uint64_t)1 << (drop - 1);
	kept += rest > half || (rest == half && (more || (kept & 1)));
	return ldexp((double)kept, e + drop); /* exact, since kept <= 2^53, or infinite */
}

/* ---- exact arithmetic, for numbers that the faster methods below cannot decide ---- */

enum { LIMBS = 192, SIGNIFICANT = 770 }; /* a number half way between two doubles has at most 767 digits */

struct big {
	uint32_t d[LIMBS];
	int n;
};

static void big_mul_add(struct big *b, uint32_t factor, uint32_t add)
{
	uint64_t carry = add;
	for (int i = 0; i < b->n; i++) {
		carry += (uint64_t)b->d[i] * factor;
		b->d[i] = (uint32_t)carry;
		carry >>= 32;
	}
	if (carry)
		b->d[b->n++] = (uint32_t)carry;
}

static void big_mul_power_of_5(struct big *b, int64_t n)
{
	for (; n >= 13; n -= 13)
		big_mul_add(b, 1220703125, 0);
	for (; n > 0; n--)
		big_mul_add(b, 5, 0);
}

static int big_bits(const struct big *b)
{
	return b->n ? b->n * 32 - __builtin_clz(b->d[b->n - 1]) : 0;
}

static void big_shift(struct big *b, int n)
{
	int limbs = n / 32, bits = n % 32;
	memmove(b->d + limbs, b->d, (size_t)b->n * sizeof *b->d);
	memset(b->d, 0, (size_t)limbs * sizeof *b->d);
	b->n += limbs;
	big_mul_add(b, (uint32_t)1 << bits, 0);
}

static bool big_less(const struct big *a, const struct big *b)
{
	if (a->n != b->n)
		return a->n < b->n;
	for (int i = a->n - 1; i >= 0; i--)
		if (a->d[i] != b->d[i])
			return a->d[i] < b->d[i];
	return false;
}

static void big_subtract(struct big *a, const struct big *b)
{
	int64_t borrow = 0;
	for (int i = 0; i < a->n; i++) {
		borrow += (int64_t)a->d[i] - (i < b->n ? b->d[i] : 0);
		a->d[i] = (uint32_t)borrow;
		borrow >>= 32;
	}
	while (a->n && !a->d[a->n - 1])
		a->n--;
}

/* Sets b to the significant digits. Returns the exponent with which value = b * 10^exponent. *magnitude becomes the
 * power of ten of the first digit. */
static int64_t big_read(struct big *b, const struct scan *q, char point, int64_t *magnitude)
{
	const char *p = q->first;
	int64_t left = q->n_digit, used = 0;
	bool more = false;
	for (; left && (*p == '0' || *p == point); p++)
		left -= *p == '0';
	*magnitude = left + q->exponent - 1;
	for (; left && (used < SIGNIFICANT || !more); p++) {
		if (*p == point)
			continue;
		left--;
		if (used < SIGNIFICANT) {
			big_mul_add(b, 10, (uint32_t)(*p - '0'));
			used++;
		} else {
			more = *p != '0';
		}
	}
	/* further digits cannot decide a tie except by not being 0: one digit stands for all of them */
	int64_t rest = *magnitude + 1 - used;
	if (more) {
		big_mul_add(b, 10, 1);
		rest--;
	}
	return rest;
}

static double exact(const struct scan *q, char point)
{
	struct big a = { .n = 0 }, b = { .d = { 1 }, .n = 1 };
	int64_t magnitude, exponent = big_read(&a, q, point, &magnitude);
	if (!a.n || magnitude < -330)
		return 0;
	if (magnitude > 310)
		return INFINITY;
	big_mul_power_of_5(exponent < 0 ? &b : &a, exponent < 0 ? -exponent : exponent);
	/* scale a / b into [1,2), then take 64 bits of the quotient */
	int shift = big_bits(&a) - big_bits(&b);
	big_shift(shift > 0 ? &b : &a, shift > 0 ? shift : -shift);
	if (big_less(&a, &b)) {
		big_shift(&a, 1);
		shift--;
	}
	uint64_t bits = 0;
	for (int i = 0; i < 64; i++) {
		bool one = !big_less(&a, &b);
		bits = bits << 1 | one;
		if (one)
			big_subtract(&a, &b);
		big_shift(&a, 1);
	}
	return round_to_double(bits, a.n > 0, (int)exponent + shift - 63);
}

/* ---- faster methods, for most numbers ---- */

#ifdef __SIZEOF_INT128__
__extension__ typedef unsigned __int128 wide;

static const uint64_t five[] = { 1,
	                         5,
	                         25,
	                         125,
	                         625,
	                         3125,
	                         15625,
	                         78125,
	                         390625,
	                         1953125,
	                         9765625,
	                         48828125,
	                         244140625,
	                         1220703125,
	                         6103515625,
	                         30517578125,
	                         152587890625,
	                         762939453125,
	                         3814697265625,
	                         19073486328125,
	                         95367431640625,
	                         476837158203125,
	                         2384185791015625,
	                         11920928955078125,
	                         59604644775390625,
	                         298023223876953125,
	                         1490116119384765625,
	                         7450580596923828125 };

/* w * 10^e by one exact product or quotient of integers. It works for abs(e) <= 27, since 5^27 < 2^63. */
static bool by_integers(uint64_t w, int64_t e, double *out)
{
	if (e < -27 || e > 27)
		return false;
	if (!w) {
		*out = 0;
		return true;
	}
	uint64_t f = five[e < 0 ? -e : e];
	int zeros = __builtin_clzll(w);
	w <<= zeros;
	if (e >= 0) {
		wide p = (wide)w * f;
		uint64_t high = (uint64_t)(p >> 64), low = (uint64_t)p;
		int up = high ? __builtin_clzll(high) : 64;
		uint64_t q = up == 64 ? low : up ? high << up | low >> (64 - up) : high;
		bool more = up != 64 && (low << up) != 0;
		*out = round_to_double(q, more, (int)e - zeros + 64 - up);
		return true;
	}
	int by = __builtin_clzll(f);
	f <<= by;
	wide p = (wide)w << 63;
	uint64_t q = (uint64_t)(p / f); /* between 2^62 and 2^64 */
	bool more = p % f != 0;
	int up = __builtin_clzll(q);
	*out = round_to_double(q << up, more, (int)e - zeros + by - 63 - up);
	return true;
}

/* The integer nearest to m * 2^e * 10^s, ties to even. The product is below 2^63, and abs(s) <= 27. */
static uint64_t scaled(uint64_t m, int e, int s)
{
	wide n = (wide)m * five[s > 0 ? s : 0], d = five[s < 0 ? -s : 0];
	e += s;
	if (e >= 0)
		n <<= e;
	else
		d <<= -e;
	uint64_t q = (uint64_t)(e < 0 && s >= 0 ? n >> -e : n / d);
	wide rest = n - q * d;
	return q + (rest > d - rest || (rest == d - rest && (q & 1)));
}

/* Writes v > 0 as *q * 10^(*exponent - digits + 1), where *q has `digits` digits. */
static bool to_digits(double v, int digits, uint64_t *q, int *exponent)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof bits);
	int e = (int)(bits >> 52);
	uint64_t m = (bits & (((uint64_t)1 << 52) - 1)) | (uint64_t)(e > 0) << 52;
	e = (e ? e : 1) - 1075;
	/* log10(2) = 0.30103, so x is the power of ten of v or one less */
	int x = (int)floor((e + 63 - __builtin_clzll(m)) * 0.30103);
	for (;; x++) {
		int s = digits - 1 - x;
		if (s < -27 || s > 27)
			return false;
		*q = scaled(m, e, s);
		if (*q < ten_to[digits])
			break;
	}
	*exponent = x;
	return true;
}
#else
static bool to_digits(double v, int digits, uint64_t *q, int *exponent)
{
	(void)v, (void)digits, (void)q, (void)exponent;
	return false;
}

static bool by_integers(uint64_t w, int64_t e, double *out)
{
	(void)w, (void)e, (void)out;
	return false;
}
#endif

static inline double convert(const struct scan *q, char point)
{
	static const double ten[] = { 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
		                      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	static const double sign[] = { 1, -1 };
	double v, next;
	int64_t e = q->exponent;
	if (q->n_digit > DIGITS_MAX) {
		/* The number lies between `digits` and digits + 1. If both give the same double, so does the number. */
		e += q->n_digit - DIGITS_MAX;
		/* Bits are compared, because 0 and -0 differ. */
		if (!by_integers(q->digits, e, &v) || !by_integers(q->digits + 1, e, &next) ||
		    memcmp(&v, &next, sizeof v) != 0) /* NOLINT(*-suspicious-memory-comparison,cert-*) */
			v = exact(q, point);
	} else if (q->digits <= (uint64_t)1 << 53 && e >= -22 && e <= 22) {
		/* Both factors are exact, so one rounding gives the nearest double. (Clinger 1990, "How to read
		 * floating point numbers accurately", PLDI.) */
		v = (double)q->digits;
		v = e < 0 ? v / ten[-e] : v * ten[e];
	} else if (!by_integers(q->digits, e, &v)) {
		v = exact(q, point);
	}
	return v * sign[q->negative];
}

const char *number_begin(const char *s, const char *end, char point, double *out)
{
	struct scan q;
	const char *stop = scan(s, end, point, &q);
	if (!stop)
		return NULL;
	*out = convert(&q, point);
	return isfinite(*out) ? stop : NULL;
}

enum number number_parse(const char *s, size_t n, char point, double *out)
{
	struct scan q;
	if (scan(s, s + n, point, &q) != s + n)
		return NUMBER_NOT;
	double v = convert(&q, point);
	if (!isfinite(v))
		return NUMBER_RANGE;
	if (out)
		*out = v;
	return NUMBER_OK;
}

/* ---- other ways of writing numbers ---- */

enum { ANY_MAX = 400 };

/* A number in parts. body holds the digits and the marks of its mantissa: '.' and ',', and '_' for any other mark of
 * thousands. */
struct parts {
	bool negative, percent;
	char body[ANY_MAX];
	int n;
	const char *exponent; /* behind the letter, or NULL */
	size_t n_exponent;
};

/* Returns the length of the mark of thousands at s: a blank, a no-break or a thin blank, an apostrophe. 0: none. */
static size_t other_mark(const char *s, size_t n)
{
	static const char *const marks[] = {
		" ", "'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x99", NULL
	};
	for (int i = 0; marks[i]; i++) {
		size_t k = strlen(marks[i]);
		if (n >= k && !memcmp(s, marks[i], k))
			return k;
	}
	return 0;
}

static bool split_parts(struct parts *q, const char *s, size_t n)
{
	*q = (struct parts){ .n = 0 };
	if (n >= 3 && !memcmp(s, "\xe2\x88\x92", 3)) {
		q->negative = true;
		s += 3, n -= 3;
	} else if (n && (*s == '-' || *s == '+')) {
		q->negative = *s == '-';
		s++, n--;
	}
	if (n > 1 && s[n - 1] == '%') {
		q->percent = true;
		n -= n > 2 && s[n - 2] == ' ' ? 2 : 1;
	}
	while (n) {
		bool plain = (*s >= '0' && *s <= '9') || *s == '.' || *s == ',';
		size_t bytes = plain ? 1 : other_mark(s, n);
		if (q->n == ANY_MAX - 1)
			return false;
		if (!bytes)
			break;
		q->body[q->n++] = plain ? *s : '_';
		s += bytes;
		n -= bytes;
	}
	if (!n)
		return true;
	if (!strchr("eEdD", *s) || n > 32)
		return false;
	q->exponent = s + 1;
	q->n_exponent = n - 1;
	return true;
}

/* Whether body[0..n) is one to three digits, and then groups of three digits with `mark` before each. */
static bool in_groups(const char *body, int n, char mark)
{
	int digits = 0, groups = 0;
	for (int i = 0; i < n; i++) {
		if (body[i] == mark) {
			if (groups ? digits != 3 : digits < 1 || digits > 3)
				return false;
			groups++;
			digits = 0;
		} else if (body[i] < '0' || body[i] > '9') {
			return false;
		} else {
			digits++;
		}
	}
	return groups && digits == 3;
}

static int count_of(const char *body, int n, char c)
{
	int k = 0;
	for (int i = 0; i < n; i++)
		k += body[i] == c;
	return k;
}

/* The last place of c in body, or -1. */
static int last_of(const char *body, int n, char c)
{
	while (n > 0 && body[n - 1] != c)
		n--;
	return n - 1;
}

/* The marks of a mantissa with one kind of mark. */
static int one_kind(const char *b, int n, char mark)
{
	bool point = mark == '.';
	int group = point ? NUMBER_GROUP_POINT : NUMBER_GROUP_COMMA;
	if (count_of(b, n, mark) > 1)
		return in_groups(b, n, mark) ? group : -1;
	if (in_groups(b, n, mark) && b[0] != '0')
		return point ? NUMBER_EITHER_POINT : NUMBER_EITHER_COMMA;
	return point ? NUMBER_DECIMAL_POINT : NUMBER_DECIMAL_COMMA;
}

static int marks_of(const struct parts *q)
{
	const char *b = q->body;
	int n = q->n, points = count_of(b, n, '.'), commas = count_of(b, n, ','), others = count_of(b, n, '_');
	if (n == points + commas + others || (n && b[n - 1] == '_'))
		return -1;
	if (!points && !commas)
		return !others ? 0 : in_groups(b, n, '_') ? NUMBER_GROUP_OTHER : -1;
	if (!others && (!points || !commas)) {
		int marks = one_kind(b, n, points ? '.' : ',');
		bool either = marks == NUMBER_EITHER_POINT || marks == NUMBER_EITHER_COMMA;
		/* Thousands have no exponent. */
		return either && q->exponent ? points ? NUMBER_DECIMAL_POINT : NUMBER_DECIMAL_COMMA : marks;
	}
	/* Two kinds: the mark that comes last is the decimal mark, the other one groups. */
	char point = last_of(b, n, '.') > last_of(b, n, ',') ? '.' : ',', mark = point == '.' ? ',' : '.';
	int at = last_of(b, n, point);
	if (others && points && commas)
		return -1;
	if (count_of(b, n, point) != 1 || !in_groups(b, at, others ? '_' : mark))
		return -1;
	return (point == '.' ? NUMBER_DECIMAL_POINT : NUMBER_DECIMAL_COMMA) | (others        ? NUMBER_GROUP_OTHER
	                                                                       : mark == ',' ? NUMBER_GROUP_COMMA
	                                                                                     : NUMBER_GROUP_POINT);
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

/* [+-]0xH.HHHp[+-]D with at most 16 digits, as printf's %a and Python's float.hex() write it. The exponent has to be
 * there: without it, the number may be an address or a code. */
static enum number hexadecimal(const char *s, size_t n, double *out)
{
	const char *end = s + n;
	bool negative = n && *s == '-', minus = false;
	uint64_t v = 0;
	int digits = 0, exponent = 0, e = 0;
	s += n && (*s == '-' || *s == '+');
	if (end - s < 3 || s[0] != '0' || (s[1] | 32) != 'x')
		return NUMBER_NOT;
	for (s += 2; s < end && digits < 16 && hex_digit(*s) >= 0; s++, digits++)
		v = v << 4 | (uint64_t)hex_digit(*s);
	if (s < end && *s == '.')
		for (s++; s < end && digits < 16 && hex_digit(*s) >= 0; s++, digits++, exponent -= 4)
			v = v << 4 | (uint64_t)hex_digit(*s);
	if (!digits || end - s < 2 || (*s | 32) != 'p')
		return NUMBER_NOT;
	s++;
	if (*s == '-' || *s == '+')
		minus = *s++ == '-';
	if (s == end)
		return NUMBER_NOT;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return NUMBER_NOT;
		e = e < 100000 ? e * 10 + (*s - '0') : e;
	}
	double x = ldexp((double)v, exponent + (minus ? -e : e));
	if (!isfinite(x))
		return NUMBER_RANGE;
	if (out)
		*out = negative ? -x : x;
	return NUMBER_OK;
}

int number_marks(const char *s, size_t n)
{
	struct parts q;
	if (hexadecimal(s, n, NULL) == NUMBER_OK)
		return 0;
	if (!split_parts(&q, s, n))
		return -1;
	int marks = marks_of(&q);
	/* The exponent is checked by reading the number. */
	char text[64];
	if (marks >= 0 && q.exponent) {
		text[0] = '1', text[1] = 'e';
		memcpy(text + 2, q.exponent, q.n_exponent);
		if (number_parse(text, q.n_exponent + 2, '.', NULL) == NUMBER_NOT)
			return -1;
	}
	return marks;
}

enum number number_any(const char *s, size_t n, char point, double *out)
{
	struct parts q;
	if (hexadecimal(s, n, out) == NUMBER_OK)
		return NUMBER_OK;
	if (!split_parts(&q, s, n))
		return NUMBER_NOT;
	int marks = marks_of(&q), wrong = point == '.' ? NUMBER_DECIMAL_COMMA | NUMBER_GROUP_POINT
	                                               : NUMBER_DECIMAL_POINT | NUMBER_GROUP_COMMA;
	if (marks < 0 || marks & wrong)
		return NUMBER_NOT;
	char text[ANY_MAX + 64];
	size_t k = 0;
	if (q.negative)
		text[k++] = '-';
	for (int i = 0; i < q.n; i++)
		if (q.body[i] == point)
			text[k++] = '.';
		else if (q.body[i] >= '0' && q.body[i] <= '9')
			text[k++] = q.body[i];
	if (q.exponent) {
		text[k++] = 'e';
		memcpy(text + k, q.exponent, q.n_exponent);
		k += q.n_exponent;
	}
	return number_parse(text, k, '.', out);
}

/* ---- writing ---- */

/* Writes with printf. The decimal mark of the locale, which may be several bytes, becomes a point. */
static size_t write_any(char *out, double v, int digits)
{
	char raw[64];
	size_t n = 0;
	snprintf(raw, sizeof raw, "%.*g", digits, v);
	for (const char *p = raw; *p; p++) {
		if (strchr("0123456789+-e", *p))
			out[n++] = *p;
		else if (!n || out[n - 1] != '.')
			out[n++] = '.';
	}
	return n;
}

size_t number_write(char out[NUMBER_TEXT], double v, int digits)
{
	char d[DIGITS_MAX + 1], *p = out;
	uint64_t q;
	int x = 0, n = digits;
	if (signbit(v))
		*p++ = '-';
	if (v == 0) {
		*p++ = '0';
		return (size_t)(p - out);
	}
	if (!to_digits(fabs(v), digits, &q, &x))
		return write_any(out, v, digits);
	for (int i = digits; i-- > 0; q /= 10)
		d[i] = (char)('0' + q % 10);
	while (n > 1 && d[n - 1] == '0')
		n--;
	bool exponent = x < -4 || x >= digits;
	int whole = exponent ? 1 : x + 1; /* digits in front of the point */
	if (whole <= 0) {
		memset(p, '0', 5);
		p[1] = '.';
		p += 2 - whole;
		whole = 0;
	}
	for (int i = 0; i < n || i < whole; i++) {
		if (i == whole && i)
			*p++ = '.';
		*p++ = i < n ? d[i] : '0';
	}
	if (exponent) {
		int y = x < 0 ? -x : x;
		*p++ = 'e';
		*p++ = x < 0 ? '-' : '+';
		if (y >= 100)
			*p++ = (char)('0' + y / 100);
		*p++ = (char)('0' + y / 10 % 10);
		*p++ = (char)('0' + y % 10);
	}
	return (size_t)(p - out);
}
