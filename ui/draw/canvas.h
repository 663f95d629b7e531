/* A screen in memory. Each cell holds one code point and one style. Views draw on the canvas, ui/terminal/terminal.c
 * shows it, and tests print it. Everything is clipped to the canvas. A control character becomes U+FFFD. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct rect {
	int x, y, w, h;
};

struct cell {
	int32_t cp;     /* 0: the right half of the wide character in the cell to the left */
	uint16_t style; /* enum style | STYLE_* attributes (ui/draw/style.h) */
};

/* A part of the screen that a click can select. Later zones lie above earlier ones. The view gives a and b their
 * meaning. */
struct zone {
	struct rect r;
	int a, b;
};

struct canvas {
	int w, h;
	struct cell *cell;      /* (h,w) */
	int cursor_x, cursor_y; /* where the hardware cursor rests; -1: hidden */
	int32_t ellipsis;       /* the code point that replaces text that was cut off */
	struct zone *zone;      /* [n_zone]; canvas_clear empties it */
	int n_zone;
};

/* Makes a blank canvas; a size below 0 counts as 0. The caller releases it. */
void canvas_init(struct canvas *c, int w, int h);
void canvas_resize(struct canvas *c, int w, int h); /* clears it, too */
void canvas_release(struct canvas *c);
/* Makes all cells blank, hides the cursor and drops all zones. */
void canvas_clear(struct canvas *c);

/* Draws one code point at column x of row y. A wide one also takes the next column. */
void canvas_put(struct canvas *c, int x, int y, int32_t cp, unsigned style);
/* Draws the UTF-8 text s in at most w columns; w < 0: up to the right edge. A text that is too long is cut, and an
 * ellipsis takes its last column. Returns the number of columns used. */
int canvas_text(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
/* Like canvas_text, but a text that is too long is cut in the middle, because names differ at their ends. */
int canvas_name(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
/* Like canvas_text, with a format. The text has at most 1023 bytes. */
int canvas_printf(struct canvas *c, int x, int y, int w, unsigned style, const char *fmt, ...)
        __attribute__((format(printf, 6, 7)));
/* Like canvas_text, but the text ends at column x + w - 1. w must be 0 or more. */
int canvas_right(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
/* Draws cp in every cell of r. */
void canvas_fill(struct canvas *c, struct rect r, int32_t cp, unsigned style);
/* Adds attributes (reverse, bold) to the cells of r. Their text and colours stay. */
void canvas_mark(struct canvas *c, struct rect r, unsigned attributes);
/* Puts the hardware cursor there; does nothing outside the canvas. */
void canvas_cursor(struct canvas *c, int x, int y);
/* Adds a zone above all others. */
void canvas_zone(struct canvas *c, struct rect r, int a, int b);
/* Returns the topmost zone at (x,y), or NULL. The pointer is valid until the next canvas_zone. */
const struct zone *canvas_zone_at(const struct canvas *c, int x, int y);

/* Prints each row as one line of text, without the blanks at its end. */
void canvas_print(const struct canvas *c, FILE *f);
/* Prints the styles, one line for each row: a letter for each cell's style, then '|', then a digit for each cell's
 * attributes (the sum of 1 bold, 2 reverse, 4 underline). */
void canvas_print_styles(const struct canvas *c, FILE *f);

#endif
