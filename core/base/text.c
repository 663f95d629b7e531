#include "core/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct range {
	int32_t from, to;
};

static bool in_ranges(int32_t cp, const struct range *r, size_t n)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		if (cp > r[mid].to)
			lo = mid + 1;
		else if (cp < r[mid].from)
			hi = mid;
		else
			return true;
	}
	return false;
}
#define IN(cp, table) in_ranges(cp, table, sizeof(table) / sizeof *(table))

/* Code points that the gate replaces: control characters, invisible format characters (Unicode's
 * Default_Ignorable_Code_Point and Bidi_Control), separators, private use, noncharacters. Sorted. */
static const struct range unsafe[] = {
	{ 0x0000, 0x001F },   { 0x007F, 0x009F },   { 0x00AD, 0x00AD },   { 0x034F, 0x034F },    { 0x061C, 0x061C },
	{ 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },   { 0x180B, 0x180F },   { 0x200B, 0x200F },    { 0x2028, 0x202E },
	{ 0x2060, 0x206F },   { 0x3164, 0x3164 },   { 0xD800, 0xF8FF },   { 0xFDD0, 0xFDEF },    { 0xFE00, 0xFE0F },
	{ 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFFC },   { 0xFFFE, 0xFFFF },    { 0x1BCA0, 0x1BCA3 },
	{ 0x1D173, 0x1D17A }, { 0x1FFFE, 0x1FFFF }, { 0x2FFFE, 0x2FFFF }, { 0x3FFFE, 0x10FFFF },
};

/* Combining marks, which take no column of their own. Sorted. */
static const struct range combining[] = {
	{ 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x05BF, 0x05C7 }, { 0x0610, 0x061A },
	{ 0x064B, 0x065F }, { 0x0670, 0x0670 }, { 0x06D6, 0x06DC }, { 0x06DF, 0x06E4 }, { 0x06E7, 0x06ED },
	{ 0x0711, 0x0711 }, { 0x0730, 0x074A }, { 0x07A6, 0x07B0 }, { 0x0816, 0x082D }, { 0x08D3, 0x0903 },
	{ 0x093A, 0x093C }, { 0x0941, 0x094D }, { 0x0951, 0x0957 }, { 0x0E31, 0x0E31 }, { 0x0E34, 0x0E3A },
	{ 0x0E47, 0x0E4E }, { 0x0EB1, 0x0EBC }, { 0x0F71, 0x0F84 }, { 0x135D, 0x135F }, { 0x1AB0, 0x1AFF },
	{ 0x1DC0, 0x1DFF }, { 0x20D0, 0x20FF }, { 0x302A, 0x302F }, { 0x3099, 0x309A }, { 0xFE20, 0xFE2F },
};

static const struct range wide[] = {
	{ 0x1100, 0x115E },   { 0x231A, 0x231B },   { 0x2329, 0x232A },   { 0x23E9, 0x23EC },   { 0x25FD, 0x25FE },
	{ 0x2614, 0x2615 },   { 0x2648, 0x2653 },   { 0x26AA, 0x26AB },   { 0x26BD, 0x26BE },   { 0x26C4, 0x26C5 },
	{ 0x2705, 0x2705 },   { 0x270A, 0x270B },   { 0x2728, 0x2728 },   { 0x274C, 0x274C },   { 0x2753, 0x2755 },
	{ 0x2795, 0x2797 },   { 0x2B1B, 0x2B1C },   { 0x2B50, 0x2B50 },   { 0x2E80, 0x303E },   { 0x3041, 0x33FF },
	{ 0x3400, 0x4DBF },   { 0x4E00, 0x9FFF },   { 0xA000, 0xA4CF },   { 0xA960, 0xA97F },   { 0xAC00, 0xD7A3 },
	{ 0xF900, 0xFAFF },   { 0xFE30, 0xFE6F },   { 0xFF01, 0xFF60 },   { 0xFFE0, 0xFFE6 },   { 0x16FE0, 0x18AFF },
	{ 0x1B000, 0x1B2FF }, { 0x1F004, 0x1F004 }, { 0x1F0CF, 0x1F0CF }, { 0x1F18E, 0x1F18E }, { 0x1F191, 0x1F19A },
	{ 0x1F200, 0x1F64F }, { 0x1F680, 0x1F6FF }, { 0x1F7E0, 0x1F7EB }, { 0x1F900, 0x1F9FF }, { 0x1FA70, 0x1FAFF },
	{ 0x20000, 0x3FFFD },
};

int32_t text_decode(const char *s, size_t n, size_t *used)
{
	const unsigned char *p = (const unsigned char *)s;
	static const int32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	*used = 1;
	if (p[0] < 0x80)
		return p[0];
	int len = p[0] >= 0xF0 && p[0] <= 0xF4  ? 4
	          : p[0] >= 0xE0 && p[0] < 0xF0 ? 3
	          : p[0] >= 0xC2 && p[0] < 0xE0 ? 2
	                                        : 0;
	if (!len || (size_t)len > n)
		return -1;
	int32_t cp = p[0] & (0xFF >> (len + 1));
	for (int i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return -1;
		cp = (cp << 6) | (p[i] & 0x3F);
	}
	if (cp < least[len] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		return -1;
	*used = (size_t)len;
	return cp;
}

size_t text_encode(char *dst, int32_t cp)
{
	unsigned char *d = (unsigned char *)dst;
	if (cp < 0x80) {
		d[0] = (unsigned char)cp;
		return 1;
	}
	if (cp < 0x800) {
		d[0] = (unsigned char)(0xC0 | (cp >> 6));
		d[1] = (unsigned char)(0x80 | (cp & 0x3F));
		return 2;
	}
	if (cp < 0x10000) {
		d[0] = (unsigned char)(0xE0 | (cp >> 12));
		d[1] = (unsigned char)(0x80 | ((cp >> 6) & 0x3F));
		d[2] = (unsigned char)(0x80 | (cp & 0x3F));
		return 3;
	}
	d[0] = (unsigned char)(0xF0 | (cp >> 18));
	d[1] = (unsigned char)(0x80 | ((cp >> 12) & 0x3F));
	d[2] = (unsigned char)(0x80 | ((cp >> 6) & 0x3F));
	d[3] = (unsigned char)(0x80 | (cp & 0x3F));
	return 4;
}

bool text_printable(int32_t cp)
{
	return cp >= 0 && cp <= 0x10FFFF && !IN(cp, unsafe);
}

/* A text with more marks than this on one character is made to overprint the lines beside it. Further ones are left
 * out. */
enum { MARKS_MAX = 3 };

size_t text_clean(char *dst, size_t size, const char *s, size_t n)
{
	size_t at = 0, used = 1;
	int marks = 0;
	if (!size)
		return 0;
	for (size_t i = 0; i < n; i += used) {
		/* printable ASCII, of which nearly all text consists, stays as it is */
		if (s[i] >= 0x20 && s[i] < 0x7F) {
			if (at + 1 >= size)
				break;
			dst[at++] = s[i];
			marks = 0;
			used = 1;
			continue;
		}
		int32_t cp = text_decode(s + i, n - i, &used);
		bool mark = cp >= 0 && IN(cp, combining);
		marks = mark ? marks + 1 : 0;
		if (!text_printable(cp) || marks > MARKS_MAX || (mark && at == 0))
			cp = 0xFFFD;
		char enc[4];
		size_t len = text_encode(enc, cp);
		if (at + len >= size)
			break;
		memcpy(dst + at, enc, len);
		at += len;
	}
	dst[at] = '\0';
	return at;
}

char *text_clean_copy(struct arena *a, const char *s)
{
	/* a byte becomes at most three: those of U+FFFD */
	size_t n = strlen(s), size = 3 * n + 1;
	char *clean = xmalloc(size);
	text_clean(clean, size, s, n);
	char *copy = arena_strdup(a, clean);
	free(clean);
	return copy;
}

int text_width_cp(int32_t cp)
{
	if (cp >= 0x20 && cp < 0x7F)
		return 1;
	return IN(cp, combining) ? 0 : IN(cp, wide) ? 2 : 1;
}

int text_width(const char *s)
{
	int w = 0;
	size_t used, n = strlen(s);
	for (size_t i = 0; i < n; i += used)
		w += text_width_cp(text_decode(s + i, n - i, &used));
	return w;
}

/* How many bytes of s the first characters take that fill at most `most` columns. */
static size_t bytes_of_columns(const char *s, int most)
{
	size_t n = strlen(s), at = 0, used;
	for (int w = 0; at < n; at += used) {
		w += text_width_cp(text_decode(s + at, n - at, &used));
		if (w > most)
			break;
	}
	return at;
}

bool text_shorten(char *dst, size_t size, const char *s, int most)
{
	int all = text_width(s), head = (most - 3) / 2, tail = most - 3 - head;
	if (all <= most) {
		text_clean(dst, size, s, strlen(s));
		return false;
	}
	const char *end = s + bytes_of_columns(s, all - tail);
	while (text_width(end) > tail)
		end += bytes_of_columns(end, 2);
	size_t n = text_clean(dst, size / 2, s, bytes_of_columns(s, head));
	memcpy(dst + n, "...", 4);
	text_clean(dst + n + 3, size - n - 3, end, strlen(end));
	return true;
}

void text_add(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list a;
	va_start(a, fmt);
	if (n < size)
		vsnprintf(buf + n, size - n, fmt, a);
	va_end(a);
}
