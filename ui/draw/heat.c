#include "ui/draw/heat.h"

#include <math.h>
#include "ui/draw/style.h"

enum { FULL = 0x2588, UPPER = 0x2580, LOWER = 0x2584 };

int heat_level(double v, bool is_signed)
{
	int most = is_signed ? HEAT_SIGNED_MOST : HEAT_LEVELS - 1, least = is_signed ? -most : 0;
	if (isnan(v))
		return 0;
	v = v > 1 ? 1 : v < -1 ? -1 : v;
	int level = (int)lrint(v * most);
	return level < least ? least : level;
}

/* The style of a cell that is full of `level`. That of the cell to its left, if its letters have this colour: of a full
 * cell the background is not seen, and a colour that stays costs nothing on the line. */
static unsigned full_style(const struct canvas *c, int x, int y, int level, bool is_signed)
{
	unsigned from = style_heat(level, is_signed ? -HEAT_SIGNED_MOST : 0, is_signed),
	         n = is_signed ? 2 * HEAT_SIGNED_MOST + 1 : HEAT_LEVELS;
	if (x > 0 && x <= c->w && y >= 0 && y < c->h) {
		unsigned left = c->cell[y * c->w + x - 1].style;
		if (left >= from && left < from + n)
			return left;
	}
	return style_heat(level, 0, is_signed);
}

void heat_halves(struct canvas *c, int x, int y, int top, int bottom, bool is_signed)
{
	/* Level 0 is the background. Of two others the larger one is the letter's colour, so that a pair of levels has
	 * one style whichever stands above. */
	if (!top && !bottom)
		canvas_put(c, x, y, ' ', S_TEXT);
	else if (top == bottom)
		canvas_put(c, x, y, FULL, full_style(c, x, y, top, is_signed));
	else if (!bottom || (top && top > bottom))
		canvas_put(c, x, y, UPPER, style_heat(top, bottom, is_signed));
	else
		canvas_put(c, x, y, LOWER, style_heat(bottom, top, is_signed));
}

void heat_full(struct canvas *c, int x, int y, double v, bool is_signed)
{
	int level = heat_level(v, is_signed);
	heat_halves(c, x, y, level, level, is_signed);
}

void heat_glyph(struct canvas *c, const struct glyphs *g, int x, int y, double v, bool is_signed)
{
	enum { STEPS = 4, EIGHTHS = 8 };
	bool ascii = g->level[1] == '.';
	if (isnan(v))
		v = 0;
	double a = fabs(v) > 1 ? 1 : fabs(v);
	int step = (int)lrint(a * (ascii && !is_signed ? EIGHTHS : STEPS));
	if (step == 0)
		canvas_put(c, x, y, ' ', S_TEXT);
	else if (!is_signed)
		canvas_put(c, x, y, ascii ? g->level[step] : g->heat[step - 1], style_seq(a));
	else
		canvas_put(c, x, y, v < 0 ? g->cold[step - 1] : g->heat[step - 1], style_div(v));
}
