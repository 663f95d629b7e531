#include "tests/unit/unit.h"
#include "ui/draw/canvas.h"
#include "ui/draw/style.h"

static char *text_of(const struct canvas *c)
{
	static char buf[4096];
	FILE *f = fmemopen(buf, sizeof buf, "w");
	canvas_print(c, f);
	fclose(f);
	return buf;
}

START_TEST(text_is_cut_with_an_ellipsis_at_its_width)
{
	struct canvas c;
	canvas_init(&c, 10, 1);
	ck_assert_int_eq(canvas_text(&c, 0, 0, 5, S_TEXT, "abcdefgh"), 5);
	ck_assert_str_eq(text_of(&c), "abcd\u2026\n");
	canvas_clear(&c);
	ck_assert_int_eq(canvas_text(&c, 0, 0, 5, S_TEXT, "abcde"), 5);
	ck_assert_str_eq(text_of(&c), "abcde\n");
	canvas_release(&c);
}
END_TEST

START_TEST(control_characters_never_reach_a_cell)
{
	struct canvas c;
	canvas_init(&c, 8, 1);
	canvas_put(&c, 0, 0, 27, S_TEXT);
	canvas_put(&c, 1, 0, 0x9B, S_TEXT);
	canvas_put(&c, 2, 0, 0x202E, S_TEXT);
	canvas_put(&c, 3, 0, '\n', S_TEXT);
	canvas_text(&c, 4, 0, -1, S_TEXT, "\033[1");
	ck_assert_str_eq(text_of(&c), "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD[1\n");
	canvas_release(&c);
}
END_TEST

START_TEST(nothing_is_drawn_outside)
{
	struct canvas c;
	canvas_init(&c, 3, 2);
	canvas_put(&c, -1, 0, 'x', S_TEXT);
	canvas_put(&c, 3, 0, 'x', S_TEXT);
	canvas_put(&c, 0, 2, 'x', S_TEXT);
	canvas_put(&c, 0, -1, 'x', S_TEXT);
	canvas_fill(&c, (struct rect){ -5, -5, 3, 3 }, 'x', S_TEXT);
	canvas_mark(&c, (struct rect){ -5, -5, 50, 4 }, STYLE_BOLD);
	ck_assert_str_eq(text_of(&c), "\n\n");
	canvas_text(&c, 1, 1, -1, S_TEXT, "abc");
	ck_assert_str_eq(text_of(&c), "\n a\u2026\n");
	canvas_release(&c);
}
END_TEST

START_TEST(wide_characters_take_two_cells_and_leave_no_halves)
{
	struct canvas c;
	canvas_init(&c, 5, 1);
	ck_assert_int_eq(canvas_text(&c, 0, 0, -1, S_TEXT, "\u6f22a"), 3);
	ck_assert_int_eq(c.cell[1].cp, 0);
	canvas_put(&c, 1, 0, 'x', S_TEXT);
	ck_assert_str_eq(text_of(&c), " xa\n");
	canvas_clear(&c);
	canvas_put(&c, 4, 0, 0x6f22, S_TEXT);
	ck_assert_int_eq(c.cell[4].cp, ' ');
	canvas_text(&c, 0, 0, 3, S_TEXT, "\u6f22\u6f22\u6f22");
	ck_assert_str_eq(text_of(&c), "\u6f22\u2026\n");
	canvas_release(&c);
}
END_TEST

START_TEST(right_aligned_text_ends_at_its_edge)
{
	struct canvas c;
	canvas_init(&c, 8, 1);
	canvas_right(&c, 1, 0, 6, S_TEXT, "12");
	ck_assert_str_eq(text_of(&c), "     12\n");
	canvas_release(&c);
}
END_TEST

START_TEST(the_style_plane_names_meanings_and_attributes)
{
	char buf[256];
	struct canvas c;
	canvas_init(&c, 4, 1);
	canvas_put(&c, 0, 0, 'a', style_seq(1));
	canvas_put(&c, 1, 0, 'b', style_cluster(1));
	canvas_mark(&c, (struct rect){ 1, 0, 1, 1 }, STYLE_REVERSE);
	FILE *f = fmemopen(buf, sizeof buf, "w");
	canvas_print_styles(&c, f);
	fclose(f);
	ck_assert_str_eq(buf, "7B..| 2\n");
	canvas_release(&c);
}
END_TEST

START_TEST(every_style_has_a_look_for_every_terminal)
{
	static const enum colours set[] = { COLOURS_MONO, COLOURS_8, COLOURS_16, COLOURS_256 };
	for (size_t k = 0; k < sizeof set / sizeof *set; k++)
		for (unsigned s = 0; s < S_COUNT; s++)
			for (int theme = 0; theme < 2; theme++) {
				struct look l = style_look(s, set[k], (enum theme)theme, 12);
				int most = set[k] == COLOURS_MONO ? -1 : (int)set[k] - 1;
				ck_assert_msg(l.fg >= -1 && l.fg <= most && l.bg >= -1 && l.bg <= most,
				              "style %u: colours %d and %d of %d", s, l.fg, l.bg, (int)set[k]);
			}
}
END_TEST

UNIT_MAIN("canvas", text_is_cut_with_an_ellipsis_at_its_width, control_characters_never_reach_a_cell,
          nothing_is_drawn_outside, wide_characters_take_two_cells_and_leave_no_halves,
          right_aligned_text_ends_at_its_edge, the_style_plane_names_meanings_and_attributes,
          every_style_has_a_look_for_every_terminal)
