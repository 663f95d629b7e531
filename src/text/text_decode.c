#include "src/text/text_decode.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/text.h"

/* ---- the end of the file ---- */

/* Leaves out zero bytes at the end, which a full card or a crash leaves behind, and the ^Z of DOS. */
static size_t without_tail(const unsigned char *s, size_t n)
{
	size_t end = n;
	while (end && (s[end - 1] == 0 || s[end - 1] == 0x1a || s[end - 1] == '\n' || s[end - 1] == '\r'))
		end--;
	for (size_t i = end; i < n; i++)
		if (s[i] == 0 || s[i] == 0x1a)
			return i;
	return n;
}

static int say_zero(const unsigned char *s, const unsigned char *zero, struct err *e)
{
	long long line = 1;
	for (; s < zero; s++)
		line += *s == '\n';
	return err_set(e, ERR_FORMAT, "line %lld: a zero byte; the file is not text", line);
}

/* ---- which encoding ---- */

/* Whether all bytes are ASCII and none is zero. Most files are: eight bytes are looked at together. */
static bool plain_ascii(const unsigned char *s, size_t n)
{
	size_t i = 0;
	uint64_t bad = 0;
	for (; i + 64 <= n && !bad; i += 64)
		for (int k = 0; k < 64; k += 8) {
			uint64_t x;
			memcpy(&x, s + i + k, sizeof x);
			/* a byte of 0 borrows from its highest bit, a byte above 127 has it */
			bad |= (x | (x - 0x0101010101010101)) & 0x8080808080808080;
		}
	for (; i < n && !bad; i++)
		bad = s[i] == 0 || s[i] > 127;
	return !bad;
}

static bool is_utf8(const unsigned char *s, size_t n)
{
	for (size_t i = 0, used; i < n; i += used) {
		used = 1;
		if (s[i] > 127 && text_decode((const char *)s + i, n - i, &used) < 0)
			return false;
	}
	return true;
}

bool text_is_utf8(const unsigned char *s, size_t n)
{
	return plain_ascii(s, n) || (!memchr(s, 0, n) && is_utf8(s, n));
}

/* Text in UTF-16 without a mark: nearly every other byte of its first lines is zero. Returns 'l' or 'b' for the order
 * of the bytes, or 0. */
static char zeros_of_utf16(const unsigned char *s, size_t n)
{
	size_t zero[2] = { 0, 0 }, seen = n < 4096 ? n & ~(size_t)1 : 4096;
	for (size_t i = 0; i < seen; i++)
		zero[i % 2] += s[i] == 0;
	if (seen < 8)
		return 0;
	if (zero[1] * 10 > seen / 2 * 7 && zero[0] * 20 < seen / 2)
		return 'l';
	return zero[0] * 10 > seen / 2 * 7 && zero[1] * 20 < seen / 2 ? 'b' : 0;
}

/* The same for UTF-32, of whose four bytes at most two are not zero. */
static char zeros_of_utf32(const unsigned char *s, size_t n)
{
	size_t zero[4] = { 0, 0, 0, 0 }, seen = n < 4096 ? n & ~(size_t)3 : 4096, each = seen / 4;
	for (size_t i = 0; i < seen; i++)
		zero[i % 4] += s[i] == 0;
	if (seen < 16)
		return 0;
	if (zero[3] == each && zero[2] == each && zero[1] * 10 > each * 7 && zero[0] * 20 < each)
		return 'l';
	return zero[0] == each && zero[1] == each && zero[2] * 10 > each * 7 && zero[3] * 20 < each ? 'b' : 0;
}

/* ---- to UTF-8 ---- */

static void from_utf32(struct decoded *d, const unsigned char *s, size_t n, bool big)
{
	char *out = xmalloc(n + 4);
	size_t k = 0;
	for (size_t i = 0; i + 3 < n; i += 4) {
		uint32_t u = big ? (uint32_t)s[i] << 24 | (uint32_t)s[i + 1] << 16 | (uint32_t)s[i + 2] << 8 | s[i + 3]
		                 : (uint32_t)s[i + 3] << 24 | (uint32_t)s[i + 2] << 16 | (uint32_t)s[i + 1] << 8 | s[i];
		k += text_encode(out + k, u > 0x10ffff || (u >= 0xd800 && u < 0xe000) ? 0xfffd : (int32_t)u);
	}
	d->owned = (unsigned char *)out;
	d->text = d->owned;
	d->n = k;
	d->encoding = big ? "UTF-32, big-endian" : "UTF-32, little-endian";
}

static void from_utf16(struct decoded *d, const unsigned char *s, size_t n, bool big)
{
	char *out = xmalloc(n / 2 * 3 + 4);
	size_t k = 0;
	for (size_t i = 0; i + 1 < n; i += 2) {
		int32_t u = big ? s[i] << 8 | s[i + 1] : s[i + 1] << 8 | s[i];
		int32_t v = i + 3 < n ? big ? s[i + 2] << 8 | s[i + 3] : s[i + 3] << 8 | s[i + 2] : 0;
		if (u >= 0xd800 && u < 0xdc00 && v >= 0xdc00 && v < 0xe000) {
			u = 0x10000 + ((u - 0xd800) << 10) + (v - 0xdc00);
			i += 2;
		} else if (u >= 0xd800 && u < 0xe000) {
			u = 0xfffd;
		}
		k += text_encode(out + k, u);
	}
	d->owned = (unsigned char *)out;
	d->text = d->owned;
	d->n = k;
	d->encoding = big ? "UTF-16, big-endian" : "UTF-16, little-endian";
}

/* In a language that Latin-1 can write, so many letters that are not ASCII hardly ever follow each other. */
enum { FOREIGN_LETTERS = 4 };

/* Latin-1, and what Windows-1252 has in the place of its control characters (unicode.org, CP1252.TXT). */
static void from_latin1(struct decoded *d, const unsigned char *s, size_t n)
{
	static const uint16_t windows[32] = { 0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		                              0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
		                              0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		                              0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178 };
	size_t k = 0, more = 0;
	bool odd = false;
	int row = 0, longest = 0;
	for (size_t i = 0; i < n; i++) {
		more += s[i] > 127;
		row = s[i] > 127 ? row + 1 : 0;
		longest = row > longest ? row : longest;
		odd = odd || (s[i] >= 0x80 && s[i] < 0xa0 && windows[s[i] - 0x80] == s[i]);
	}
	if (odd)
		d->warning = "the text is not UTF-8 and holds bytes that Latin-1 and Windows-1252 have no letters for, "
		             "so it "
		             "may be Mac Roman, code page 437 or another encoding, and letters of names be wrong; "
		             "--encoding NAME says which";
	else if (longest >= FOREIGN_LETTERS)
		d->warning = "the text is not UTF-8, and it is read as Latin-1, but its letters look like those of "
		             "another encoding; --encoding NAME says which: GBK, SHIFT_JIS, CP1251 ...";
	char *out = xmalloc(n + 2 * more + 4);
	for (size_t i = 0; i < n; i++) {
		int32_t c = s[i] >= 0x80 && s[i] < 0xa0 ? windows[s[i] - 0x80] : s[i];
		if (c < 128)
			out[k++] = (char)c;
		else
			k += text_encode(out + k, c);
	}
	d->owned = (unsigned char *)out;
	d->text = d->owned;
	d->n = k;
	d->encoding = "Latin-1, because it is not UTF-8; --encoding NAME reads another one";
}

/* ---- an encoding by its name ---- */

static int say_encoding(const char *encoding, const unsigned char *s, const char *at, struct err *e)
{
	long long line = 1;
	for (; s < (const unsigned char *)at; s++)
		line += *s == '\n';
	return err_set(e, ERR_FORMAT, "line %lld: bytes that are no letters of --encoding %.40s", line, encoding);
}

/* Copies what iconv makes of n bytes to d->owned. A letter that the end of the bytes cuts off is left out. */
static int convert(struct decoded *d, iconv_t how, const unsigned char *s, size_t n, const char *encoding,
                   struct err *e)
{
	char *in = (char *)(uintptr_t)s;
	size_t left = n, room = n + n / 2 + 64, used = 0;
	d->owned = xmalloc(room);
	for (;;) {
		char *out = (char *)d->owned + used;
		size_t space = room - used;
		size_t bad = iconv(how, left ? &in : NULL, &left, &out, &space);
		used = room - space;
		if (bad != (size_t)-1 && !left)
			break;
		if (bad == (size_t)-1 && errno == EINVAL) {
			left = 0;
		} else if (bad == (size_t)-1 && errno != E2BIG) {
			return say_encoding(encoding, s, in, e);
		} else if (bad == (size_t)-1) {
			room *= 2;
			d->owned = xrealloc(d->owned, room, 1);
		}
	}
	d->text = d->owned;
	d->n = used;
	return 0;
}

static int decode_as(struct decoded *d, const unsigned char *s, size_t n, const char *encoding, struct err *e)
{
	*d = (struct decoded){ .warning = NULL };
	/* A slash begins what iconv shall do with letters that it cannot write. */
	iconv_t how = strchr(encoding, '/') || !*encoding ? (iconv_t)-1 : iconv_open("UTF-8", encoding);
	int bad;
	if (how != (iconv_t)-1)
		bad = convert(d, how, s, n, encoding, e);
	else
		bad = err_set(e, ERR_VALUE, "--encoding %.40s: no encoding of this name is known; iconv -l lists them",
		              encoding);
	/* POSIX lets it fail with EBADF for what was not opened; without the call an analyzer sees a leak. */
	iconv_close(how);
	if (!bad && d->n >= 3 && !memcmp(d->text, TEXT_MARK, 3)) {
		d->text += 3;
		d->n -= 3;
	}
	d->n = bad ? 0 : without_tail(d->text, d->n);
	const unsigned char *zero = bad || !d->n ? NULL : memchr(d->text, 0, d->n);
	bad = zero ? say_zero(d->text, zero, e) : bad;
	d->encoding = encoding;
	if (bad)
		decoded_release(d);
	return bad;
}

static int decode_bytes(struct decoded *d, const unsigned char *s, size_t n, struct err *e)
{
	n = without_tail(s, n);
	*d = (struct decoded){ .text = s, .n = n, .encoding = TEXT_UTF8 };
	if (plain_ascii(s, n))
		return 0;
	const unsigned char *zero = memchr(s, 0, n);
	if (zero)
		return say_zero(s, zero, e);
	if (!is_utf8(s, n))
		from_latin1(d, s, n);
	return 0;
}

static int decode_wide(struct decoded *d, const unsigned char *s, size_t n, int bytes, bool big, struct err *e)
{
	*d = (struct decoded){ .warning = NULL };
	(bytes == 4 ? from_utf32 : from_utf16)(d, s, n, big);
	d->n = without_tail(d->text, d->n);
	const unsigned char *zero = memchr(d->text, 0, d->n);
	int bad = zero ? say_zero(d->text, zero, e) : 0;
	if (bad)
		decoded_release(d);
	return bad;
}

int text_to_utf8(struct decoded *d, const unsigned char *data, size_t n, const char *encoding, struct err *e)
{
	if (encoding)
		return decode_as(d, data, n, encoding, e);
	if (n >= 3 && !memcmp(data, TEXT_MARK, 3))
		return decode_bytes(d, data + 3, n - 3, e);
	/* The mark of UTF-32, little-endian, begins as that of UTF-16. */
	if (n >= 8 && !memcmp(data, "\xff\xfe\0\0", 4))
		return decode_wide(d, data + 4, n - 4, 4, false, e);
	if (n >= 8 && !memcmp(data, "\0\0\xfe\xff", 4))
		return decode_wide(d, data + 4, n - 4, 4, true, e);
	if (n >= 2 && !memcmp(data, "\xff\xfe", 2))
		return decode_wide(d, data + 2, n - 2, 2, false, e);
	if (n >= 2 && !memcmp(data, "\xfe\xff", 2))
		return decode_wide(d, data + 2, n - 2, 2, true, e);
	char order = zeros_of_utf32(data, n);
	if (order)
		return decode_wide(d, data, n, 4, order == 'b', e);
	order = zeros_of_utf16(data, n);
	return order ? decode_wide(d, data, n, 2, order == 'b', e) : decode_bytes(d, data, n, e);
}

void decoded_release(struct decoded *d)
{
	free(d->owned);
	*d = (struct decoded){ 0 };
}
