#include "tests/unit/unit.h"
#include "ui/draw/plot.h"
#include "ui/draw/style.h"

static const struct paint plain = { .style = S_LINE };

static char *text_of(const struct canvas *c)
{
	static char buf[65536];
	FILE *f = fmemopen(buf, sizeof buf, "w");
	canvas_print(c, f);
	fclose(f);
	return buf;
}

START_TEST(columns_keep_minimum_and_maximum)
{
	real v[1000];
	double lo[7], hi[7];
	for (int at = 0; at < 1000; at += 37) {
		for (int i = 0; i < 1000; i++)
			v[i] = 0;
		v[at] = 5;
		v[(at + 500) % 1000] = -3;
		plot_columns(series_of(v, 1000), 7, lo, hi);
		double low = 0, high = 0;
		for (int x = 0; x < 7; x++) {
			low = lo[x] < low ? lo[x] : low;
			high = hi[x] > high ? hi[x] : high;
		}
		ck_assert_double_eq(high, 5);
		ck_assert_double_eq(low, -3);
	}
}
END_TEST

START_TEST(every_sample_falls_into_its_column)
{
	for (int n = 1; n < 60; n++)
		for (int w = 1; w < 60; w++)
			for (int i = 0; i < n; i++) {
				int64_t first, count;
				int x = plot_column_of(n, w, i);
				ck_assert_int_ge(x, 0);
				ck_assert_int_lt(x, w);
				plot_samples(n, w, x, &first, &count);
				ck_assert_msg(i >= first && i < first + count,
				              "sample %d of %d in column %d of %d: %d..%d", i, n, x, w, (int)first,
				              (int)(first + count));
			}
}
END_TEST

START_TEST(a_line_over_another_leaves_its_dots)
{
	struct canvas c;
	real low[4] = { 0, 0, 0, 0 }, high[4] = { 3, 3, 3, 3 };
	const struct range range = { 0, 3 };
	const struct rect r = { 0, 0, 2, 1 };
	const struct glyphs *g = glyphs_of(GLYPHS_BRAILLE);
	canvas_init(&c, 2, 1);
	plot_line(&c, g, r, series_of(low, 4), range, plain);
	plot_line(&c, g, r, series_of(high, 4), range, (struct paint){ .style = S_PREDICTED, .over = true });
	ck_assert_str_eq(text_of(&c), "\u28c9\u28c9\n");
	ck_assert_int_eq(c.cell[0].style, S_PREDICTED);
	canvas_release(&c);
}
END_TEST

START_TEST(a_spark_rises_by_eighths)
{
	struct canvas c;
	real v[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	canvas_init(&c, 8, 1);
	plot_spark(&c, glyphs_of(GLYPHS_BRAILLE), 0, 0, 8, series_of(v, 8), (struct range){ 0, 7 }, plain);
	ck_assert_str_eq(text_of(&c), "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588\n");
	canvas_clear(&c);
	plot_spark(&c, glyphs_of(GLYPHS_ASCII), 0, 0, 8, series_of(v, 8), (struct range){ 0, 7 }, plain);
	ck_assert_str_eq(text_of(&c), ".:-=+*##\n");
	canvas_release(&c);
}
END_TEST

START_TEST(a_spike_between_many_samples_is_drawn_by_every_glyph_set)
{
	struct canvas c;
	real v[5000] = { 0 };
	v[3217] = 1;
	v[811] = -1;
	canvas_init(&c, 20, 3);
	for (int set = 0; set < GLYPHS_COUNT; set++) {
		canvas_clear(&c);
		plot_line(&c, glyphs_of((enum glyph_set)set), (struct rect){ 0, 0, 20, 3 }, series_of(v, 5000),
		          (struct range){ -1, 1 }, plain);
		int up = plot_column_of(5000, 20, 3217), down = plot_column_of(5000, 20, 811);
		ck_assert_msg(c.cell[up].cp != ' ' && c.cell[up].cp != 0x2800, "the spike is missing in set %d:\n%s",
		              set, text_of(&c));
		/* the dip: dots below, or a column that is lower than its neighbours */
		int32_t dip = c.cell[2 * 20 + down].cp, beside = c.cell[2 * 20 + down + 1].cp;
		ck_assert_msg(dip != beside || c.cell[20 + down].cp != c.cell[20 + down + 1].cp,
		              "the dip is missing in set %d:\n%s", set, text_of(&c));
	}
	canvas_release(&c);
}
END_TEST

START_TEST(a_line_in_dots_has_no_gaps)
{
	static const int bit[4][2] = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
	struct canvas c;
	real v[40];
	canvas_init(&c, 40, 4);
	for (int n = 2; n <= 40; n++) {
		for (int i = 0; i < n; i++)
			v[i] = (real)((i * 7919) % 13);
		plot_line(&c, glyphs_of(GLYPHS_BRAILLE), (struct rect){ 0, 0, 40, 4 }, series_of(v, n),
		          (struct range){ 0, 12 }, plain);
		int top0 = -1, bottom0 = -1;
		for (int x = 0; x < 80; x++) {
			int top = -1, bottom = -1;
			for (int y = 0; y < 16; y++)
				if ((c.cell[y / 4 * 40 + x / 2].cp - 0x2800) & bit[y % 4][x % 2]) {
					top = top < 0 ? y : top;
					bottom = y;
				}
			ck_assert_int_ge(top, 0);
			if (x)
				ck_assert(top <= bottom0 + 1 && bottom >= top0 - 1);
			top0 = top;
			bottom0 = bottom;
		}
	}
	canvas_release(&c);
}
END_TEST

START_TEST(bars_have_the_length_of_their_value)
{
	struct canvas c;
	canvas_init(&c, 4, 1);
	const struct glyphs *g = glyphs_of(GLYPHS_BRAILLE);
	plot_bar(&c, g, 0, 0, 4, 1, S_LINE);
	ck_assert_str_eq(text_of(&c), "\u2588\u2588\u2588\u2588\n");
	plot_bar(&c, g, 0, 0, 4, 0.375, S_LINE);
	ck_assert_str_eq(text_of(&c), "\u2588\u258c\n");
	plot_bar(&c, g, 0, 0, 4, NAN, S_LINE);
	ck_assert_str_eq(text_of(&c), "\n");
	plot_bar(&c, g, 0, 0, 4, 17, S_LINE);
	ck_assert_str_eq(text_of(&c), "\u2588\u2588\u2588\u2588\n");
	canvas_release(&c);
}
END_TEST

START_TEST(the_strip_shows_absolute_values)
{
	struct canvas c;
	real v[4] = { 0, (real)-1, (real)0.4, 1 };
	canvas_init(&c, 4, 1);
	plot_strip(&c, glyphs_of(GLYPHS_BRAILLE), 0, 0, 4, series_of(v, 4), 1, S_LINE);
	ck_assert_str_eq(text_of(&c), " \u2588\u2583\u2588\n");
	canvas_release(&c);
}
END_TEST

/* Up and down by the sign, in every set of glyphs: nothing below an eighth, little below a half. */
START_TEST(a_strip_of_signs_has_two_directions)
{
	static const struct {
		enum glyph_set set;
		const char *text;
	} q[] = { { GLYPHS_BRAILLE, " \u2594\u2580 \u2581\u2584\n" },
		  { GLYPHS_BLOCK, " \u2594\u2580 \u2581\u2584\n" },
		  { GLYPHS_ASCII, " '+ ,-\n" } };
	real v[6] = { (real)0.2, (real)0.5, 2, (real)-0.2, (real)-0.5, -2 };
	for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
		struct canvas c;
		canvas_init(&c, 6, 1);
		plot_signed_strip(&c, glyphs_of(q[i].set), 0, 0, 6, series_of(v, 6), 2);
		ck_assert_str_eq(text_of(&c), q[i].text);
		ck_assert_int_eq(c.cell[2].style, style_div(1));
		ck_assert_int_eq(c.cell[5].style, style_div(-1));
		/* of two steps in a cell the larger one counts, with its sign */
		plot_signed_strip(&c, glyphs_of(q[i].set), 0, 0, 1, series_of(v + 2, 4), 2);
		ck_assert_int_eq(c.cell[0].style, style_div(1));
		plot_signed_strip(&c, glyphs_of(q[i].set), 0, 0, 1, series_of(v + 3, 3), 2);
		ck_assert_int_eq(c.cell[0].style, style_div(-1));
		canvas_release(&c);
	}
}
END_TEST

START_TEST(a_line_is_coloured_by_another_series)
{
	struct canvas c;
	real v[4] = { 0, 1, 0, 1 }, by[4] = { 0, 1, (real)-1.2, 2 };
	canvas_init(&c, 4, 1);
	plot_line(&c, glyphs_of(GLYPHS_BRAILLE), (struct rect){ 0, 0, 4, 1 }, series_of(v, 4), (struct range){ 0, 1 },
	          (struct paint){ .style = S_LINE, .by = series_of(by, 4), .max = 2 });
	ck_assert_int_eq(c.cell[0].style, S_LINE);
	ck_assert_int_eq(c.cell[1].style, S_LINE);
	ck_assert_int_eq(c.cell[2].style, style_seq(0.6));
	ck_assert_int_eq(c.cell[3].style, S_SEQ + 7);
	plot_line(&c, glyphs_of(GLYPHS_BRAILLE), (struct rect){ 0, 0, 4, 1 }, series_of(v, 4), (struct range){ 0, 1 },
	          (struct paint){ .style = S_LINE, .by = series_of(by, 4), .max = 2, .is_signed = true });
	ck_assert_int_eq(c.cell[2].style, style_div(-0.6));
	ck_assert_int_eq(c.cell[3].style, style_div(1));
	canvas_release(&c);
}
END_TEST

/* A fast oscillation of 1000 samples in 14 cells: a band from minimum to maximum in the style of a track, and its mean
 * as a line in the middle. One spike is a line, and so is a slow oscillation. */
START_TEST(a_fast_oscillation_is_a_band_with_its_mean_inside)
{
	static real v[1000];
	struct canvas c;
	canvas_init(&c, 14, 5);
	for (enum glyph_set g = 0; g < GLYPHS_COUNT; g++) {
		for (int i = 0; i < 1000; i++)
			v[i] = (real)sin(i * 0.9);
		plot_line(&c, glyphs_of(g), (struct rect){ 0, 0, 14, 5 }, series_of(v, 1000), (struct range){ -1, 1 },
		          (struct paint){ .style = S_LINE });
		for (int x = 0; x < 14; x++)
			for (int y = 0; y < 5; y++) {
				ck_assert_int_eq(c.cell[y * 14 + x].style, y == 2 ? S_LINE : S_TRACK);
				ck_assert(c.cell[y * 14 + x].cp != ' ' && c.cell[y * 14 + x].cp != 0x2800);
			}
		for (int i = 0; i < 1000; i++)
			v[i] = i == 500 ? 1 : (real)(0.01 * sin(i * 0.9) - 0.9);
		plot_line(&c, glyphs_of(g), (struct rect){ 0, 0, 14, 5 }, series_of(v, 1000), (struct range){ -1, 1 },
		          (struct paint){ .style = S_LINE });
		int spike = plot_column_of(1000, 14, 500);
		for (int i = 0; i < 14 * 5; i++)
			ck_assert_int_ne(c.cell[i].style, S_TRACK);
		for (int y = 0; y < 5; y++)
			ck_assert(c.cell[y * 14 + spike].cp != ' ' && c.cell[y * 14 + spike].cp != 0x2800);
		for (int i = 0; i < 1000; i++)
			v[i] = (real)sin(i * 0.006);
		plot_line(&c, glyphs_of(g), (struct rect){ 0, 0, 14, 5 }, series_of(v, 1000), (struct range){ -1, 1 },
		          (struct paint){ .style = S_LINE });
		for (int i = 0; i < 14 * 5; i++)
			ck_assert_int_ne(c.cell[i].style, S_TRACK);
	}
	canvas_release(&c);
}
END_TEST

START_TEST(odd_series_draw_something_harmless)
{
	struct canvas c;
	real bad[5] = { NAN, INFINITY, 1, -INFINITY, NAN }, flat[3] = { 2, 2, 2 }, one[1] = { 1 };
	canvas_init(&c, 30, 4);
	for (int set = 0; set < GLYPHS_COUNT; set++) {
		const struct glyphs *g = glyphs_of((enum glyph_set)set);
		const struct series all[] = { series_of(bad, 5), series_of(flat, 3), series_of(one, 1),
			                      series_of(NULL, 9), series_of(one, 0) };
		for (size_t k = 0; k < sizeof all / sizeof *all; k++)
			for (int w = 0; w < 30; w += 7)
				for (int h = 0; h < 4; h++) {
					struct rect r = { 0, 0, w, h };
					plot_line(&c, g, r, all[k], series_range(all[k]), plain);
					plot_signed(&c, g, r, all[k], series_abs_max(all[k]));
					plot_strip(&c, g, 0, 0, w, all[k], series_abs_max(all[k]), S_LINE);
					plot_spark(&c, g, 0, 0, w, all[k], series_range(all[k]), plain);
					plot_hits(&c, g, r, all[k], series_range(all[k]), all[k], 1);
				}
	}
	struct range r = series_range(series_of(bad, 5));
	ck_assert_double_eq(r.lo, 1);
	ck_assert_double_eq(r.hi, 1);
	canvas_release(&c);
}
END_TEST

UNIT_MAIN("plot", columns_keep_minimum_and_maximum, every_sample_falls_into_its_column, a_spark_rises_by_eighths,
          a_line_over_another_leaves_its_dots, a_spike_between_many_samples_is_drawn_by_every_glyph_set,
          a_line_in_dots_has_no_gaps, bars_have_the_length_of_their_value, the_strip_shows_absolute_values,
          a_strip_of_signs_has_two_directions, a_fast_oscillation_is_a_band_with_its_mean_inside,
          a_line_is_coloured_by_another_series, odd_series_draw_something_harmless)
