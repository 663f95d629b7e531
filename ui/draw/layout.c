#include "ui/draw/layout.h"

#include <math.h>

static int clamp(int v, int lo, int hi)
{
	return v > hi ? hi : v < lo ? lo : v;
}

struct rect rect_top(struct rect *r, int n)
{
	n = clamp(n, 0, r->h);
	struct rect t = { r->x, r->y, r->w, n };
	r->y += n;
	r->h -= n;
	return t;
}

struct rect rect_bottom(struct rect *r, int n)
{
	n = clamp(n, 0, r->h);
	r->h -= n;
	return (struct rect){ r->x, r->y + r->h, r->w, n };
}

struct rect rect_left(struct rect *r, int n)
{
	n = clamp(n, 0, r->w);
	struct rect t = { r->x, r->y, n, r->h };
	r->x += n;
	r->w -= n;
	return t;
}

struct rect rect_right(struct rect *r, int n)
{
	n = clamp(n, 0, r->w);
	r->w -= n;
	return (struct rect){ r->x + r->w, r->y, n, r->h };
}

struct frame layout_frame(int w, int h, bool keybar)
{
	struct frame f = { .usable = w >= LAYOUT_MIN_W && h >= LAYOUT_MIN_H };
	struct rect all = { 0, 0, w, h };
	if (!f.usable) {
		f.top = rect_top(&all, 1);
		f.body = (struct rect){ 0, f.top.h, w, 0 };
		f.bottom = f.body;
		return f;
	}
	f.top = rect_top(&all, 2);
	f.bottom = rect_bottom(&all, keybar ? 1 : 0);
	f.body = all;
	return f;
}

int panel_rows(int channels, int plot_h, int max)
{
	int rows = channels * (plot_h + 1);
	return rows < max ? rows : max;
}

struct panel layout_panel(struct rect area, int channels, int plot_max)
{
	struct panel p = { .input = area };
	p.output = (struct rect){ area.x + area.w, area.y, 0, area.h };
	if (channels < 1 || area.h < 2) {
		p.channels = 0;
		p.plot_h = 0;
		return p;
	}
	p.plot_h = clamp(area.h / channels - 1, 1, plot_max);
	p.channels = clamp(area.h / (p.plot_h + 1), 1, channels);
	if (area.w >= 72) {
		p.output = rect_right(&p.input, clamp(area.w * 30 / 100, 20, 44));
		rect_right(&p.input, 1);
	}
	p.label_w = p.input.w >= 90 ? 20 : p.input.w >= 50 ? 13 : p.input.w >= 30 ? 8 : 0;
	return p;
}

struct boxes layout_boxes(struct rect area, int n)
{
	struct boxes b = { .gap = 2 };
	if (n < 1 || area.w < 1 || area.h < 1)
		return b;
	int min_w = area.w >= 80 ? 16 : 13;
	int fit = (area.w + b.gap) / (min_w + b.gap);
	fit = clamp(fit, 1, n);
	b.rows = (n + fit - 1) / fit;
	b.per_row = (n + b.rows - 1) / b.rows; /* rows of equal length look better than a short last one */
	b.w = clamp((area.w - (area.w > 60 ? 4 : 0) + b.gap) / b.per_row - b.gap, 1, 24); /* room for the last arrow */
	b.h = clamp(area.h / b.rows, 4, 22);
	if (b.h > area.h)
		b.h = area.h;
	b.visible = clamp(area.h / b.h, 1, b.rows);
	return b;
}

struct columns layout_columns(struct rect area, int n, int current, int first, int min_w)
{
	struct columns c = { 0 };
	if (n < 1 || area.w < 1)
		return c;
	c.n = clamp(area.w / min_w, 1, n);
	c.w = area.w / c.n;
	if (c.w > 44)
		c.w = 44;
	c.first = layout_scroll(first, current, 1, n, c.n);
	return c;
}

int layout_scroll(int first, int at, int n, int total, int room)
{
	if (at + n > first + room)
		first = at + n - room;
	if (at < first)
		first = at;
	if (first > total - room)
		first = total - room;
	return first < 0 ? 0 : first;
}

struct grid layout_grid(struct rect area, int n, int zoom)
{
	static const int least_w = 10, least_h = 2;
	struct grid g = { 0 };
	if (n < 1 || area.w < 1 || area.h < 1)
		return g;
	int most = clamp(area.w / least_w, 1, n);
	int best = most;
	double score = INFINITY;
	/* the number of columns whose cells come nearest to four times as wide as high, all filters on the screen */
	for (int cols = 1; cols <= most; cols++) {
		int rows = (n + cols - 1) / cols, h = area.h / rows;
		if (h < least_h)
			continue;
		double s = fabs(log((double)area.w / cols / (clamp(h, least_h, 8) * 4.5)));
		if (s < score) {
			score = s;
			best = cols;
		}
	}
	best = clamp(best - zoom, 1, most);
	g.cols = best;
	g.w = area.w / best;
	g.rows = (n + best - 1) / best;
	g.h = clamp(area.h / g.rows + (zoom > 0 ? zoom : 0), least_h, 10 + (zoom > 0 ? zoom : 0));
	if (g.h > area.h)
		g.h = area.h;
	g.visible = clamp(area.h / g.h, 1, g.rows);
	return g;
}

void layout_heights(const double *scaled, int n, int room, int max, int gap, int *height)
{
	int used = n;
	for (int i = 0; i < n; i++)
		height[i] = 1;
	/* the blank rows below the last plot are not seen */
	room += n > 1 || max > 1 ? gap : 0;
	/* give rows one at a time to the plot that is lowest for its importance; the second row comes with the gap */
	for (;;) {
		int best = -1;
		double worst = 0;
		for (int i = 0; i < n; i++) {
			int rows = height[i] > 1 ? height[i] - gap : 1;
			double want = scaled[i] > 0 ? scaled[i] * max / (rows + 1) : 0;
			if (rows < max && want > worst && used + (rows > 1 ? 1 : 1 + gap) <= room) {
				worst = want;
				best = i;
			}
		}
		if (best < 0 || worst < 0.5)
			break;
		int more = height[best] > 1 ? 1 : 1 + gap;
		height[best] += more;
		used += more;
	}
}
