/* A screen in memory: cells of one code point and one style. Views draw here; ui/terminal/terminal.c shows it, tests
 * print it. Everything is clipped. Control characters are refused (they become U+FFFD), whatever the text gate let
 * through. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct rect {
	int x, y, w, h;
};

struct cell {
	int32_t cp;     /* 0: right half of a wide character to the left */
	uint16_t style; /* enum style | STYLE_* attributes (ui/draw/style.h) */
};

/* A part of the screen that a click can select; later ones lie above earlier ones. a, b: as the view numbers them. */
struct zone {
	struct rect r;
	int a, b;
};

struct canvas {
	int w, h;
	struct cell *cell;      /* (h,w) */
	int cursor_x, cursor_y; /* where the hardware cursor rests; -1: hidden */
	int32_t ellipsis;       /* what stands where text was cut */
	struct zone *zone;      /* [n_zone], until canvas_clear */
	int n_zone;
};

void canvas_init(struct canvas *c, int w, int h);
void canvas_resize(struct canvas *c, int w, int h); /* contents are lost */
void canvas_release(struct canvas *c);
void canvas_clear(struct canvas *c);

void canvas_put(struct canvas *c, int x, int y, int32_t cp, unsigned style);
/* Text in at most w columns (w < 0: to the right edge); too long: cut, the last column an ellipsis. Returns columns
 * used. */
int canvas_text(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
/* The same, but cut in the middle: names differ at their ends. */
int canvas_name(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
int canvas_printf(struct canvas *c, int x, int y, int w, unsigned style, const char *fmt, ...)
        __attribute__((format(printf, 6, 7)));
/* The same, ending at column x + w - 1. */
int canvas_right(struct canvas *c, int x, int y, int w, unsigned style, const char *s);
void canvas_fill(struct canvas *c, struct rect r, int32_t cp, unsigned style);
/* Add attributes (reverse, bold) to what is there. */
void canvas_mark(struct canvas *c, struct rect r, unsigned attributes);
void canvas_cursor(struct canvas *c, int x, int y);
void canvas_zone(struct canvas *c, struct rect r, int a, int b);
/* The topmost zone there; NULL: none. */
const struct zone *canvas_zone_at(const struct canvas *c, int x, int y);

/* One line a row, blanks at the end left out. */
void canvas_print(const struct canvas *c, FILE *f);
/* The styles: one line a row of style letters, then '|' and attribute digits (1 bold, 2 reverse, 4 underline). */
void canvas_print_styles(const struct canvas *c, FILE *f);

#endif
