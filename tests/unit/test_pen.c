/* Shorter changes of looks: some by hand, and random pictures that a terminal emulator (libvterm) shows alike. */
#include <vterm.h>
#include "tests/unit/unit.h"
#include "core/base/rng.h"
#include "ui/terminal/pen.h"

static const struct {
	const char *what, *in, *out;
	bool off;
} cases[] = {
	{ "plain text after a colour", "\033[33mx\033[39m\033(B\033[my", "\033[33mx\033[my", true },
	{ "what stays is not sent again", "\033[38;5;73ma\033(B\033[0;7m\033[38;5;73mb\033(B\033[m",
	  "\033[38;5;73ma\033[7mb\033[m", true },
	{ "one attribute goes", "\033[0;1;7m\033[33ma\033(B\033[0;1m\033[33mb\033[m", "\033[1;7;33ma\033[27mb\033[m",
	  true },
	{ "terminals that cannot do that", "\033[0;1;7m\033[33ma\033[0;1m\033[33mb\033[m",
	  "\033[1;7;33ma\033[0;1;33mb\033[m", false },
	{ "bold goes and faint stays", "\033[1;2ma\033[0;2mb\033[m", "\033[1;2ma\033[0;2mb\033[m", true },
	{ "blanks have no colour", "\033[33ma\033[39m\033[m  \033[33mb\033[m", "\033[33ma  b\033[m", true },
	{ "but a background", "\033[44ma\033[49m\033[m  \033[44mb\033[m", "\033[44ma\033[m  \033[44mb\033[m", true },
	{ "and reverse video", "\033[7ma\033[m  \033[7mb\033[m", "\033[7ma\033[m  \033[7mb\033[m", true },
	{ "direct colours", "\033[38;2;1;22;255ma\033[39m\033[mb", "\033[38;2;1;22;255ma\033[mb", true },
	{ "the second character set of screen", "\033[m\017a\033[0;7m\017b\033[m\017", "a\033[7mb\033[m", true },
	{ "lines", "\033(0\033[0mq\033(B\033[mq", "\033(0q\033(Bq", true },
	{ "from the unknown on all stays", "\033[39ma\033[33mb\033[11mc\033[39m\033(B\033[md",
	  "a\033[33mb\033[11mc\033[39m\033(B\033[md", true },
	{ "a look that is not used is not sent", "\033[33m\033[2;3H\033[34m\033[m", "\033[2;3H", true },
	{ "a sequence without an end", "a\033[3", "a\033[3", true },
	{ "to the right", "\033[5;3Hab\033[5;18Hc\033[20Gd\033[21Ge", "\033[5;3Hab\033[13Cc\033[Cd\033[21Ge", true },
	{ "not to the left, and not from where it is not known", "\033[5;13Ha\033[9G\303\244\033[20G\033[6;22Hb",
	  "\033[5;13Ha\033[9G\303\244\033[20G\033[6;22Hb", true },
};

START_TEST(changes_of_looks_are_as_short_as_they_can_be)
{
	char out[200];
	size_t n = pen_shorten(cases[_i].in, strlen(cases[_i].in), cases[_i].off, out);
	ck_assert_msg(n == strlen(cases[_i].out) && !memcmp(out, cases[_i].out, n), "%s", cases[_i].what);
}
END_TEST

enum { COLS = 30, ROWS = 6, BYTES = 4000 };

static void add(char *s, const char *piece)
{
	size_t n = strlen(s);
	snprintf(s + n, BYTES - n, "%s", piece);
}

/* What a program could send, also where curses would not: looks, text, blanks, moves and clearing. The emulator takes
 * letters after a character of several bytes for ASCII, so letters for lines come between their own sequences. */
static void picture(struct rng *rng, char *s)
{
	static const char *const pieces[] = {
		"\033[m",
		"\033(B\033[m",
		"\033[39m",
		"\033[49m",
		"\033[33m",
		"\033[94m",
		"\033[41m",
		"\033[0;7m",
		"\033[1m",
		"\033[4m",
		"\033[27m",
		"\033[22;24m",
		"\033[9m",
		"\033[0;1;4;7m",
		"\033[38;5;73m",
		"\033[48;5;200;7m",
		"\033[104m",
		"\033[38;2;1;2;3m",
		"\033[39;49m",
		"\033(0qx\033(B",
		"\033(B",
		"ab",
		"q",
		" ",
		"   ",
		"\342\226\205",
		"\342\240\211",
		"\303\244",
		"\033[4X",
		"\033[K",
		"\033[2P",
		"\r",
		"\b",
		"\033[3C",
		"\033[2A",
	};
	*s = 0;
	while (strlen(s) < BYTES - 100) {
		char move[32];
		snprintf(move, sizeof move, rng_below(rng, 2) ? "\033[%d;%dH" : "\033[%d;%dH\033[%dG",
		         1 + (int)rng_below(rng, ROWS), 1 + (int)rng_below(rng, COLS - 8),
		         1 + (int)rng_below(rng, COLS - 8));
		add(s, move);
		for (int i = (int)rng_below(rng, 5); i >= 0; i--)
			add(s, pieces[rng_below(rng, sizeof pieces / sizeof *pieces)]);
	}
	add(s, "\033(B\033[m");
}

static VTerm *shown(const char *s, size_t n, VTermScreen **screen)
{
	VTerm *vt = vterm_new(ROWS, COLS);
	vterm_set_utf8(vt, 1);
	*screen = vterm_obtain_screen(vt);
	vterm_screen_reset(*screen, 1);
	vterm_input_write(vt, s, n);
	return vt;
}

static bool alike(const VTermScreenCell *a, const VTermScreenCell *b)
{
	uint32_t ca = a->chars[0] ? a->chars[0] : ' ', cb = b->chars[0] ? b->chars[0] : ' ';
	if (ca != cb || !vterm_color_is_equal(&a->bg, &b->bg) || a->attrs.reverse != b->attrs.reverse ||
	    a->attrs.underline != b->attrs.underline || a->attrs.strike != b->attrs.strike)
		return false;
	return (ca == ' ' && !a->attrs.reverse && !a->attrs.underline && !a->attrs.strike) ||
	       (a->attrs.bold == b->attrs.bold && vterm_color_is_equal(&a->fg, &b->fg));
}

START_TEST(random_pictures_look_alike)
{
	struct rng rng;
	rng_init(&rng, 7);
	size_t before = 0, after = 0;
	for (int round = 0; round < 200; round++) {
		char in[BYTES], out[BYTES];
		VTermScreen *a, *b;
		picture(&rng, in);
		size_t n = strlen(in), k = pen_shorten(in, n, round % 2, out);
		VTerm *va = shown(in, n, &a), *vb = shown(out, k, &b);
		VTermPos pa, pb;
		before += n;
		after += k;
		ck_assert_uint_le(k, n);
		for (int i = 0; i < ROWS * COLS; i++) {
			VTermScreenCell ca, cb;
			vterm_screen_get_cell(a, (VTermPos){ i / COLS, i % COLS }, &ca);
			vterm_screen_get_cell(b, (VTermPos){ i / COLS, i % COLS }, &cb);
			ck_assert_msg(alike(&ca, &cb), "round %d: cell %d,%d", round, i % COLS, i / COLS);
		}
		vterm_state_get_cursorpos(vterm_obtain_state(va), &pa);
		vterm_state_get_cursorpos(vterm_obtain_state(vb), &pb);
		ck_assert(pa.row == pb.row && pa.col == pb.col);
		vterm_free(va);
		vterm_free(vb);
	}
	ck_assert_msg(after < before * 9 / 10, "%zu bytes of %zu", after, before);
}
END_TEST

START_TEST(no_bytes_at_all_break_it)
{
	static const char some[] = "\033[;m0123456789:?(B0 \016\017\r\bCGHdXm";
	struct rng rng;
	rng_init(&rng, 3);
	for (int round = 0; round < 3000; round++) {
		size_t n = (size_t)rng_below(&rng, 200);
		char *in = malloc(n + 1), *out = malloc(n + 1);
		for (size_t i = 0; i < n; i++)
			in[i] = rng_below(&rng, 8) ? some[rng_below(&rng, sizeof some)] : (char)rng_below(&rng, 256);
		char *exact = memcpy(malloc(n ? n : 1), in, n);
		ck_assert_uint_le(pen_shorten(exact, n, round % 2, out), n);
		free(exact);
		free(in);
		free(out);
	}
}
END_TEST

static void suite(TCase *c)
{
	tcase_add_loop_test(c, changes_of_looks_are_as_short_as_they_can_be, 0, sizeof cases / sizeof *cases);
	tcase_add_test(c, random_pictures_look_alike);
	tcase_add_test(c, no_bytes_at_all_break_it);
}
UNIT_MAIN_WITH("pen", suite)
