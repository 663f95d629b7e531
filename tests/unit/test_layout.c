#include "tests/unit/unit.h"
#include "ui/draw/layout.h"

static bool inside(struct rect r, struct rect in)
{
	return r.w >= 0 && r.h >= 0 && r.x >= in.x && r.y >= in.y && r.x + r.w <= in.x + in.w &&
	       r.y + r.h <= in.y + in.h;
}

static bool apart(struct rect a, struct rect b)
{
	return a.w == 0 || a.h == 0 || b.w == 0 || b.h == 0 || a.x + a.w <= b.x || b.x + b.w <= a.x ||
	       a.y + a.h <= b.y || b.y + b.h <= a.y;
}

START_TEST(frames_fit_every_size)
{
	for (int w = 1; w <= 250; w++)
		for (int h = 1; h <= 80; h++)
			for (int bar = 0; bar < 2; bar++) {
				struct rect all = { 0, 0, w, h };
				struct frame f = layout_frame(w, h, bar);
				ck_assert(inside(f.top, all) && inside(f.body, all) && inside(f.bottom, all));
				ck_assert(apart(f.top, f.body) && apart(f.body, f.bottom) && apart(f.top, f.bottom));
				ck_assert_int_eq(f.usable, w >= 40 && h >= 12);
				if (f.usable)
					ck_assert_int_eq(f.top.h + f.body.h + f.bottom.h, h);
			}
}
END_TEST

START_TEST(panels_fit_and_show_a_channel)
{
	for (int w = 1; w <= 250; w += 3)
		for (int h = 0; h <= 40; h++)
			for (int c = 0; c <= 40; c += 3)
				for (int most = 1; most < 8; most += 3) {
					struct rect area = { 0, 2, w, h };
					struct panel p = layout_panel(area, c, most);
					ck_assert(inside(p.input, area) && inside(p.output, area) &&
					          apart(p.input, p.output));
					ck_assert_int_le(p.channels * (p.plot_h + 1), h);
					ck_assert_int_le(p.channels, c);
					ck_assert_int_le(p.plot_h, most);
					if (h >= 2 && c > 0)
						ck_assert_int_ge(p.channels, 1);
					ck_assert_int_lt(p.label_w, p.input.w);
				}
}
END_TEST

START_TEST(boxes_hold_all_layers_in_the_width)
{
	for (int w = 1; w <= 250; w++)
		for (int h = 1; h <= 60; h += 2)
			for (int n = 1; n < 80; n += 7) {
				struct boxes b = layout_boxes((struct rect){ 0, 0, w, h }, n);
				ck_assert_int_ge(b.per_row * b.rows, n);
				ck_assert_int_ge(b.w, 1);
				ck_assert_int_le((b.per_row - 1) * (b.w + b.gap) + b.w, w);
				ck_assert_int_le(b.visible * b.h, h);
				ck_assert_int_ge(b.visible, 1);
			}
}
END_TEST

START_TEST(columns_keep_the_selected_layer_in_sight)
{
	for (int w = 1; w <= 250; w++)
		for (int n = 1; n < 60; n += 5)
			for (int at = 0; at < n; at++) {
				struct columns c =
				        layout_columns((struct rect){ 0, 0, w, 10 }, n, at, (at * 7) % (n + 3), 26);
				ck_assert(at >= c.first && at < c.first + c.n);
				ck_assert(c.first >= 0 && c.first + c.n <= n);
				ck_assert_int_le(c.n * c.w, w);
			}
}
END_TEST

START_TEST(grids_hold_all_filters)
{
	for (int w = 1; w <= 250; w += 2)
		for (int h = 1; h <= 70; h++)
			for (int n = 1; n <= 600; n = n * 3 + 1)
				for (int zoom = -3; zoom <= 3; zoom++) {
					struct grid g = layout_grid((struct rect){ 0, 0, w, h }, n, zoom);
					ck_assert_int_ge(g.cols * g.rows, n);
					ck_assert_int_le(g.cols * g.w, w);
					ck_assert_int_le(g.visible * g.h, h);
					ck_assert_int_ge(g.w, 1);
					ck_assert_int_ge(g.visible, 1);
				}
}
END_TEST

START_TEST(a_grid_fills_an_ordinary_screen)
{
	struct grid g = layout_grid((struct rect){ 0, 0, 80, 16 }, 64, 0);
	ck_assert_int_eq(g.visible, g.rows);
	g = layout_grid((struct rect){ 0, 0, 80, 16 }, 16, 0);
	ck_assert_int_eq(g.visible, g.rows);
	ck_assert_int_ge(g.h, 3);
}
END_TEST

START_TEST(heights_follow_importance)
{
	double v[6] = { 1, 0.9, 0.5, 0.2, 0.1, 0 };
	int h[6], sum = 0;
	layout_heights(v, 6, 14, 4, 0, h);
	for (int i = 0; i < 6; i++) {
		sum += h[i];
		ck_assert(h[i] >= 1 && h[i] <= 4);
		if (i)
			ck_assert_int_le(h[i], h[i - 1]);
	}
	ck_assert_int_le(sum, 14);
	ck_assert_int_gt(h[0], h[4]);
	layout_heights(v, 6, 3, 4, 0, h);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(h[i], 1);
	/* with a blank row below each plot of several */
	v[0] = 1;
	layout_heights(v, 6, 16, 8, 1, h);
	for (int i = sum = 0; i < 6; i++) {
		sum += h[i];
		ck_assert_int_ne(h[i], 2);
	}
	ck_assert_int_ge(sum, 15);
	ck_assert_int_le(sum, 17);
	/* few plots take the whole room, up to the highest of 8 rows and the blank one */
	layout_heights(v, 2, 38, 8, 1, h);
	ck_assert_int_eq(h[0], 9);
	ck_assert_int_eq(h[1], 9);
	v[0] = NAN;
	layout_heights(v, 6, 30, 4, 0, h);
	ck_assert_int_eq(h[0], 1);
}
END_TEST

START_TEST(scrolling_shows_the_row_and_moves_little)
{
	ck_assert_int_eq(layout_scroll(0, 5, 1, 100, 10), 0);
	ck_assert_int_eq(layout_scroll(0, 10, 1, 100, 10), 1);
	ck_assert_int_eq(layout_scroll(50, 49, 1, 100, 10), 49);
	ck_assert_int_eq(layout_scroll(95, 99, 1, 100, 10), 90);
	ck_assert_int_eq(layout_scroll(7, 0, 1, 3, 10), 0);
}
END_TEST

UNIT_MAIN("layout", frames_fit_every_size, panels_fit_and_show_a_channel, boxes_hold_all_layers_in_the_width,
          columns_keep_the_selected_layer_in_sight, grids_hold_all_filters, a_grid_fills_an_ordinary_screen,
          heights_follow_importance, scrolling_shows_the_row_and_moves_little)
