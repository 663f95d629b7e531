#include "core/base/err.h"
#include "core/base/text.h"
#include "tests/unit/unit.h"

static const struct {
	const char *in, *out;
} cases[] = {
	{ "conv1d_3", "conv1d_3" },
	{ "Δ Temperatur °C", "Δ Temperatur °C" },
	{ "日本", "日本" },
	{ "a\033[31mb", "a\uFFFD[31mb" },
	{ "a\r\nb\tc", "a\uFFFD\uFFFDb\uFFFDc" },
	{ "x\x7f", "x\uFFFD" },
	{ "\xc2\x9b"
	  "31m",
	  "\uFFFD31m" }, /* C1: CSI in one character */
	{ "user\u202Etxt.exe", "user\uFFFDtxt.exe" },
	{ "a\u200Bb\uFEFFc", "a\uFFFDb\uFFFDc" },
	{ "a\u2028b\u2066c", "a\uFFFDb\uFFFDc" },
	{ "tag\U000E0041", "tag\uFFFD" },
	{ "\xff\xfe", "\uFFFD\uFFFD" },
	{ "\xc0\xaf", "\uFFFD\uFFFD" },                     /* overlong */
	{ "\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD" },           /* surrogate */
	{ "\xf4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD" }, /* above U+10FFFF */
	{ "e\u0301", "e\u0301" },
	{ "\u0301", "\uFFFD" }, /* nothing to stand on */
	{ "a\u0301\u0302\u0303\u0304\u0305", "a\u0301\u0302\u0303\uFFFD\uFFFD" },
	{ "cut\xe2\x82", "cut\uFFFD\uFFFD" },
};

START_TEST(every_unsafe_character_becomes_a_visible_one)
{
	char buf[256];
	text_clean(buf, sizeof buf, cases[_i].in, strlen(cases[_i].in));
	ck_assert_str_eq(buf, cases[_i].out);
	char again[256];
	text_clean(again, sizeof again, buf, strlen(buf));
	ck_assert_str_eq(again, buf);
}
END_TEST

START_TEST(a_nul_inside_is_seen)
{
	char buf[32];
	text_clean(buf, sizeof buf, "a\0b", 3);
	ck_assert_str_eq(buf, "a\uFFFDb");
}
END_TEST

START_TEST(text_is_cut_between_characters)
{
	const char *s = "aé日𝄞";
	for (size_t size = 1; size < 16; size++) {
		char buf[16];
		memset(buf, 'X', sizeof buf);
		size_t n = text_clean(buf, size, s, strlen(s));
		ck_assert_uint_eq(n, strlen(buf));
		ck_assert_uint_lt(n, size);
		ck_assert_int_eq(strncmp(buf, s, n), 0);
		ck_assert(n == 0 || n == 1 || n == 3 || n == 6 || n == 10);
	}
}
END_TEST

START_TEST(every_code_point_survives_encoding)
{
	char b[4];
	size_t used;
	for (int32_t cp = 0; cp <= 0x10FFFF; cp++) {
		size_t n = text_encode(b, cp);
		int32_t back = text_decode(b, n, &used);
		if (cp >= 0xD800 && cp <= 0xDFFF)
			ck_assert_int_eq(back, -1);
		else
			ck_assert(back == cp && used == n);
	}
}
END_TEST

START_TEST(no_control_character_is_printable)
{
	for (int32_t cp = 0; cp < 0x20; cp++)
		ck_assert(!text_printable(cp));
	for (int32_t cp = 0x7f; cp < 0xa0; cp++)
		ck_assert(!text_printable(cp));
	ck_assert(!text_printable(-1) && !text_printable(0x110000));
	ck_assert(text_printable(0xFFFD) && text_printable(0x2800) && text_printable(' '));
}
END_TEST

START_TEST(widths)
{
	ck_assert_int_eq(text_width("abc"), 3);
	ck_assert_int_eq(text_width("日本"), 4);
	ck_assert_int_eq(text_width("e\u0301"), 1);
	ck_assert_int_eq(text_width("⣿▁─"), 3);
}
END_TEST

START_TEST(shorter)
{
	char b[8 * 9];
	ck_assert(!text_shorten(b, sizeof b, "abcdefghi", 9));
	ck_assert_str_eq(b, "abcdefghi");
	ck_assert(text_shorten(b, sizeof b, "abcdefghij", 9));
	ck_assert_str_eq(b, "abc...hij");
	ck_assert(text_shorten(b, sizeof b, "abcdefghij", 8));
	ck_assert_str_eq(b, "ab...hij");
	/* a wide character that the edge would halve is left out on either side */
	ck_assert(text_shorten(b, sizeof b, "日本日本日本", 9));
	ck_assert_str_eq(b, "日...本");
}
END_TEST

START_TEST(error_sentences_pass_the_gate)
{
	struct err e = { 0 };
	ck_assert_int_eq(err_set(&e, ERR_FORMAT, "layer '%s': bad", "x\033]0;pwn\007"), ERR_FORMAT);
	ck_assert_str_eq(e.text, "layer 'x\uFFFD]0;pwn\uFFFD': bad");
	ck_assert_int_eq(err_at(&e, "net\n.h5"), ERR_FORMAT);
	ck_assert_str_eq(e.text, "net\uFFFD.h5: layer 'x\uFFFD]0;pwn\uFFFD': bad");
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, every_unsafe_character_becomes_a_visible_one, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, a_nul_inside_is_seen);
	tcase_add_test(c, text_is_cut_between_characters);
	tcase_add_test(c, every_code_point_survives_encoding);
	tcase_add_test(c, no_control_character_is_printable);
	tcase_add_test(c, widths);
	tcase_add_test(c, shorter);
	tcase_add_test(c, error_sentences_pass_the_gate);
}

UNIT_MAIN_WITH("text", setup)
