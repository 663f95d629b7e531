#include <math.h>
#include "tests/unit/unit.h"
#include "ui/draw/style.h"

/* Colours against the backgrounds that terminals have. The contrast is that of WCAG 2.1, section 1.4.3: (a + 0.05) / (b
 * + 0.05), where a and b are the relative luminances of the lighter and the darker colour. */

static double linear(unsigned c)
{
	double v = c / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double luminance(unsigned rgb)
{
	return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

static double contrast(unsigned a, unsigned b)
{
	double p = luminance(a), q = luminance(b);
	return (fmax(p, q) + 0.05) / (fmin(p, q) + 0.05);
}

START_TEST(contrast_is_that_of_the_standard)
{
	ck_assert_double_eq_tol(contrast(0xffffff, 0x000000), 21, 1e-9);
	ck_assert_double_eq_tol(contrast(0x777777, 0xffffff), 4.478, 1e-3);
}
END_TEST

/* Each background of a theme; 0 ends the list. */
static const unsigned background[2][4] = {
	[THEME_DARK] = { 0x101010, 0x002b36, 0x282a36, 0 },
	[THEME_LIGHT] = { 0xfdf6e3, 0xffffff, 0, 0 },
};
static const enum colours depth[] = { COLOURS_8, COLOURS_16, COLOURS_256 };

static double least(struct look l, enum theme theme)
{
	double c = INFINITY;
	for (const unsigned *b = background[theme]; *b && l.fg >= 0; b++)
		c = fmin(c, contrast(style_rgb(l.fg), *b));
	return c;
}

START_TEST(every_style_is_seen_on_every_background)
{
	for (int theme = 0; theme < 2; theme++)
		for (size_t d = 0; d < sizeof depth / sizeof *depth; d++)
			for (int clusters = 8; clusters <= 12; clusters += 4)
				for (unsigned s = 0; s < S_HEAT; s++) {
					struct look l = style_look(s, depth[d], (enum theme)theme, clusters);
					ck_assert_msg(least(l, (enum theme)theme) >= 3,
					              "style %u on theme %d: colour %d of %d has %.2f", s, theme, l.fg,
					              (int)depth[d], least(l, (enum theme)theme));
					ck_assert_msg(depth[d] != COLOURS_16 || l.fg != 8,
					              "style %u is dark grey alone", s);
				}
}
END_TEST

START_TEST(the_line_of_a_plot_is_grey_and_clear)
{
	for (int theme = 0; theme < 2; theme++) {
		struct look l = style_look(S_LINE, COLOURS_256, (enum theme)theme, 0);
		unsigned c = style_rgb(l.fg);
		ck_assert_msg((c >> 16) == (c >> 8 & 255) && (c >> 16) == (c & 255), "%06x is no grey", c);
		ck_assert_msg(least(l, (enum theme)theme) >= 4.5, "contrast %.2f", least(l, (enum theme)theme));
	}
}
END_TEST

/* A larger value has more contrast, and no two neighbours of 256 colours look alike. */
START_TEST(a_larger_value_is_clearer)
{
	for (int theme = 0; theme < 2; theme++)
		for (size_t d = 0; d < sizeof depth / sizeof *depth; d++)
			for (unsigned i = 1; i < 8; i++) {
				struct look a = style_look(S_SEQ + i - 1, depth[d], (enum theme)theme, 0);
				struct look b = style_look(S_SEQ + i, depth[d], (enum theme)theme, 0);
				double p = least(a, (enum theme)theme), q = least(b, (enum theme)theme);
				ck_assert_msg(depth[d] == COLOURS_256 ? q > p : q >= p,
				              "theme %d, %d colours, value %u: %.2f after %.2f", theme, (int)depth[d],
				              i, q, p);
			}
}
END_TEST

/* A heat-map fills cells, so its low levels may be close to the background. Each level is farther from it than the one
 * before, on both sides of 0, and the strongest is as clear as a line. */
START_TEST(a_larger_value_of_a_heat_map_is_clearer)
{
	for (int theme = 0; theme < 2; theme++)
		for (size_t d = 0; d < sizeof depth / sizeof *depth; d++)
			for (int side = 0; side < 3; side++) {
				int most = side ? HEAT_SIGNED_MOST : HEAT_LEVELS - 1;
				double before = 1;
				for (int i = 1; i <= most; i++) {
					unsigned s = style_heat(side == 1 ? -i : i, 0, side > 0);
					struct look l = style_look(s, depth[d], (enum theme)theme, 0);
					double c = contrast(style_rgb(l.fg), background[theme][0]);
					ck_assert_msg(l.fg >= 0 && l.bg < 0, "level 0 is the background");
					ck_assert_msg(depth[d] == COLOURS_256 ? c > before : c >= before,
					              "theme %d, %d colours, side %d, level %d: %.2f after %.2f", theme,
					              (int)depth[d], side, i, c, before);
					before = c;
				}
				ck_assert_msg(before >= 4, "theme %d, %d colours, side %d: %.2f", theme, (int)depth[d],
				              side, before);
			}
}
END_TEST

/* Each pair of levels has a style of its own, whose two colours are those of the levels. */
START_TEST(a_cell_of_a_heat_map_has_the_colours_of_both_levels)
{
	for (int is_signed = 0; is_signed < 2; is_signed++) {
		int most = is_signed ? HEAT_SIGNED_MOST : HEAT_LEVELS - 1;
		for (int a = is_signed ? -most : 0; a <= most; a++)
			for (int b = is_signed ? -most : 0; b <= most; b++) {
				if (!a || !b)
					continue;
				struct look l = style_look(style_heat(a, b, is_signed), COLOURS_256, THEME_DARK, 0);
				ck_assert_int_eq(
				        l.fg, style_look(style_heat(a, 0, is_signed), COLOURS_256, THEME_DARK, 0).fg);
				ck_assert_int_eq(
				        l.bg, style_look(style_heat(b, 0, is_signed), COLOURS_256, THEME_DARK, 0).fg);
				ck_assert(style_heat(a, b, is_signed) <= STYLE_MASK);
			}
	}
}
END_TEST

/* No colour stands for two clusters as long as there are enough of 256. */
START_TEST(clusters_do_not_share_a_colour)
{
	for (int theme = 0; theme < 2; theme++)
		for (int clusters = 8; clusters <= 12; clusters += 4)
			for (int a = 0; a < clusters; a++)
				for (int b = 0; b < a; b++)
					ck_assert_int_ne(
					        style_look(style_cluster(a), COLOURS_256, (enum theme)theme, clusters)
					                .fg,
					        style_look(style_cluster(b), COLOURS_256, (enum theme)theme, clusters)
					                .fg);
}
END_TEST

/* Twelve clusters look different in each theme and depth, and each is clear. Where a depth has fewer colours that are
 * clear on every background of the theme, underline and bold tell those of the same colour apart. */
START_TEST(twelve_clusters_are_told_apart_everywhere)
{
	for (int theme = 0; theme < 2; theme++)
		for (size_t d = 0; d < sizeof depth / sizeof *depth; d++)
			for (int a = 0; a < 12; a++) {
				struct look p = style_look(style_cluster(a), depth[d], (enum theme)theme, 12);
				ck_assert_msg(p.fg >= 0 && least(p, (enum theme)theme) >= 3,
				              "theme %d, %d colours, cluster %d: colour %d has %.2f", theme,
				              (int)depth[d], a, p.fg, least(p, (enum theme)theme));
				for (int b = 0; b < a; b++) {
					struct look q = style_look(style_cluster(b), depth[d], (enum theme)theme, 12);
					bool same = style_rgb(p.fg) == style_rgb(q.fg) && p.bold == q.bold &&
					            p.underline == q.underline;
					ck_assert_msg(!same && p.reverse == q.reverse,
					              "theme %d, %d colours: clusters %d and %d look alike", theme,
					              (int)depth[d], b, a);
				}
				ck_assert_int_eq(cluster_letter(a), 'A' + a);
			}
}
END_TEST

/* The difference of two colours as the distance in CIE L*a*b* (CIE 1976), D65. */
static void lab_of(unsigned rgb, double lab[3])
{
	double r = linear(rgb >> 16), g = linear(rgb >> 8 & 255), b = linear(rgb & 255);
	double v[3] = { (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b,
		        (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089 };
	for (int i = 0; i < 3; i++)
		v[i] = v[i] > 0.008856 ? cbrt(v[i]) : 7.787 * v[i] + 16.0 / 116;
	lab[0] = 116 * v[1] - 16;
	lab[1] = 500 * (v[0] - v[1]);
	lab[2] = 200 * (v[1] - v[2]);
}

/* No two of the twelve colours are near each other: 2.3 is what an eye just sees, neighbours of a rainbow of twelve are
 * at 30 and more. */
START_TEST(no_two_of_twelve_clusters_are_near)
{
	for (int theme = 0; theme < 2; theme++)
		for (int a = 0; a < 12; a++)
			for (int b = 0; b < a; b++) {
				double p[3], q[3];
				lab_of(style_rgb(style_look(style_cluster(a), COLOURS_256, (enum theme)theme, 12).fg),
				       p);
				lab_of(style_rgb(style_look(style_cluster(b), COLOURS_256, (enum theme)theme, 12).fg),
				       q);
				double d = hypot(hypot(p[0] - q[0], p[1] - q[1]), p[2] - q[2]);
				ck_assert_msg(d >= 30, "theme %d: clusters %d and %d are at %.1f", theme, b, a, d);
			}
}
END_TEST

UNIT_MAIN("style", contrast_is_that_of_the_standard, every_style_is_seen_on_every_background,
          the_line_of_a_plot_is_grey_and_clear, a_larger_value_is_clearer, a_larger_value_of_a_heat_map_is_clearer,
          a_cell_of_a_heat_map_has_the_colours_of_both_levels, clusters_do_not_share_a_colour,
          twelve_clusters_are_told_apart_everywhere, no_two_of_twelve_clusters_are_near)
