/* What a cell means, and what that looks like. A view names a meaning (S_CLUSTER + 2); a table gives it the colours
 * that the terminal has. No view says anything by colour alone: a letter, a mark or a length says it, too. */
#ifndef UI_STYLE_H
#define UI_STYLE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/base/err.h"

/* Levels of a heat-map: 0 to HEAT_LEVELS - 1, and with signs up to HEAT_SIGNED_MOST on either side of 0. */
enum { HEAT_LEVELS = 6, HEAT_SIGNED_MOST = 3 };

enum style {
	S_TEXT,
	S_DIM,
	S_TITLE,
	S_BAR,
	S_KEY,
	S_TAB,
	S_TAB_ON,
	S_BORDER,
	S_BORDER_ON,
	S_LINE,
	S_AXIS,
	S_WARN,
	S_TRUE,
	S_PREDICTED,
	S_TRACK,
	S_CHANNEL,
	S_HIT,
	S_IMPORTANCE,
	S_CELL,                  /* the cell under the cursor of a heat-map */
	S_STRIP,                 /* saliency below a plot */
	S_SEQ,                   /* 8, low to high: saliency, importance */
	S_DIV = S_SEQ + 8,       /* 7, - to + */
	S_CLUSTER = S_DIV + 7,   /* 12 */
	S_HEAT = S_CLUSTER + 12, /* heat-map: each pair of its levels in a cell (ui/draw/heat.h) */
	S_HEAT_SIGNED = S_HEAT + HEAT_LEVELS * HEAT_LEVELS,
	S_COUNT = S_HEAT_SIGNED + (2 * HEAT_SIGNED_MOST + 1) * (2 * HEAT_SIGNED_MOST + 1),
};
enum { STYLE_SHIFT = 8, STYLE_BOLD = 1 << 8, STYLE_REVERSE = 2 << 8, STYLE_UNDERLINE = 4 << 8, STYLE_MASK = 255 };

enum colours { COLOURS_MONO = 0, COLOURS_8 = 8, COLOURS_16 = 16, COLOURS_256 = 256 };
enum theme { THEME_DARK, THEME_LIGHT };

struct look {
	int fg, bg; /* palette index; -1: the terminal's own */
	bool bold, reverse, underline;
};
/* How a cell's style looks. clusters: how many there are, which chooses the palette. */
struct look style_look(unsigned style, enum colours colours, enum theme theme, int clusters);
char style_letter(unsigned style); /* one letter a meaning, for tests */

/* v 0..1 to S_SEQ + 0..7; v -1..1 to S_DIV + 0..6. */
unsigned style_seq(double v);
unsigned style_div(double v);
unsigned style_cluster(int label);
/* A cell of a heat-map with two levels, of which 0 has no colour of its own: the letters
 * have the colour of `front`, the background that of `back`. front must not be 0. */
unsigned style_heat(int front, int back, bool is_signed);
/* Letter of a cluster: A..Z, then a..z, then '+'. */
char cluster_letter(int label);

/* The words for colours and themes by number; NULL behind the last. */
const char *colours_word(int i);
const char *theme_word(int i);
/* "256" ... and "dark", "light"; colours -1: auto. */
int colours_parse(int *out, const char *s, struct err *e);
int theme_parse(enum theme *out, const char *s, struct err *e);
/* The colour of a palette index as 0xRRGGBB, for terminals whose colour numbers are RGB. */
unsigned style_rgb(int index);

#endif
