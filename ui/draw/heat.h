/* The cells of a heat-map. Two values share a cell as its upper and lower half, by colour and background; or one value
 * has a cell of its own, as a colour or, where colours are few, as a glyph. */
#ifndef UI_HEAT_H
#define UI_HEAT_H

#include "ui/draw/canvas.h"
#include "ui/draw/glyphs.h"

/* Returns the level of v: 0..HEAT_LEVELS - 1 for v in 0..1, or -HEAT_SIGNED_MOST..HEAT_SIGNED_MOST for v in -1..1.
 * Values outside count as the nearest end, NaN as 0. */
int heat_level(double v, bool is_signed);
/* Draws the levels of two values, one above the other. It needs glyphs with halves of a cell, and colours. */
void heat_halves(struct canvas *c, int x, int y, int top, int bottom, bool is_signed);
/* Draws v in one cell: a full cell in the colour of its level. */
void heat_full(struct canvas *c, int x, int y, double v, bool is_signed);
/* Draws v in one cell as a glyph, the denser the larger, negative values by other glyphs; and in a colour, too. */
void heat_glyph(struct canvas *c, const struct glyphs *g, int x, int y, double v, bool is_signed);

#endif
