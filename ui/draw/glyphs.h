/* The characters that shapes are drawn with: Braille (2x4 dots in a cell), blocks (eighths of a cell) or ASCII. Each
 * set is a row of a table. */
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/err.h"

enum glyph_set { GLYPHS_BRAILLE, GLYPHS_BLOCK, GLYPHS_ASCII, GLYPHS_COUNT };

struct glyphs {
	const char *name;
	bool braille;                              /* line plots in dots; else columns of `level` */
	int32_t level[9];                          /* height of a column within a cell: nothing .. full */
	int32_t above[3], below[3];                /* in one cell, from its middle up and down: nothing, little, much */
	int32_t part[9];                           /* length of a bar within a cell: nothing .. full */
	int32_t track;                             /* rest of a bar */
	int32_t end_l, end_r;                      /* ends of a slider */
	int32_t shade[4];                          /* light to full */
	int32_t heat[4], cold[4];                  /* of a heat-map: positive and negative values, little to much */
	int32_t mean;                              /* the middle of a band */
	int32_t h, v, tl, tr, bl, br;              /* box */
	int32_t tee_l, tee_r, tee_d, tee_u, cross; /* ├ ┤ ┬ ┴ ┼ */
	int32_t arrow, arrow_down, node, node_on;  /* into the next box; a layer in a branching network */
	int32_t mark, hit, side;                   /* selected column; highlighted point; cluster bar */
	int32_t truth, predicted, middle;          /* points of y and ŷ; middle line */
	int32_t up, down;                          /* more above, below */
	int32_t ellipsis;                          /* text that was cut off, or is to come */
	int32_t note;                              /* there is a note about it */
	int32_t none;                              /* what there is nothing of */
	int32_t to;                                /* one thing goes into another */
	int32_t falls, rises;                      /* sorted with the largest first, or the smallest */
	int32_t before, behind;                    /* more to the left, to the right */
	const char *yhat;                          /* "ŷ" */
	const char *times, *approx;
};

const struct glyphs *glyphs_of(enum glyph_set s);
int glyphs_parse(enum glyph_set *out, const char *s, struct err *e);
/* The set for a locale with this character set: Braille for UTF-8, else ASCII. */
enum glyph_set glyphs_of_locale(const char *codeset);

#endif
