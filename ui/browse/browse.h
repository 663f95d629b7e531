/* The browser, as the rest of the program calls it. browse(), browse_screen() and browse_plain() return an exit status
 * (0, 1, 2), and put a sentence into e when it is not 0. */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include "ui/session/browse_options.h"
#include "ui/state/ui.h"

/* Starts curses, as long as there is memory: call it before model and data are loaded. Nothing is seen of it. */
void browse_start(void);
/* Runs on a terminal until the user quits. On a terminal that cannot be drawn on (TERM=dumb) it prints the view as
 * plain text instead. */
int browse(const struct browse_options *o, struct err *e);
/* Headless (--screen): plays the keys on a canvas, and prints its text, and its styles when o->styles is set. */
int browse_screen(const struct browse_options *o, struct err *e);
/* Headless (--plain): prints one view as plain text, as long as it takes. */
int browse_plain(const struct browse_options *o, struct err *e);
/* Headless: plays the keys, draws the view, and calls take with the browser, whose canvas is the screen. Returns 0 or a
 * negative code with a sentence in e. */
int browse_picture(const struct browse_options *o, void (*take)(void *ctx, const struct ui *u), void *ctx,
                   struct err *e);
/* The name of view i, for options, messages and --help; NULL behind the last. */
const char *browse_view_name(int i);
/* Prints every view with its key and what it shows, one a line (--views). */
void browse_view_table_print(FILE *f);
/* Prints every action with its keys, one a line (--bindings). */
void browse_bindings_print(FILE *f);
/* The library in use: "ncurses 6.4.20221231". */
const char *browse_curses_version(void);

#endif
