/* The terminal, through ncurses: the only file that knows it. It is restored on every way out: quit, error, signal,
 * crash. */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include "core/base/err.h"
#include "ui/draw/canvas.h"
#include "ui/draw/style.h"

struct terminal;

/* Starts curses. Call it before a model is loaded, as curses does not survive a want of memory. Until terminal_open
 * nothing is written and the terminal keeps its modes, so a program that ends earlier has nothing to restore. Returns a
 * negative code when there is no terminal, or none that can be drawn on (ERR_UNSUPPORTED); e says which. */
int terminal_start(struct err *e);
/* Takes the terminal over; starts curses if terminal_start has not. colours: the number that the user asked for, or -1:
 * by the terminal and NO_COLOR. NULL: failed as terminal_start does. */
struct terminal *terminal_open(int colours, bool mouse, struct err *e);
void terminal_close(struct terminal *t);
enum colours terminal_colours(const struct terminal *t);
/* The name in TERM, if no description of it was found and it is driven as xterm-256color; else NULL. */
const char *terminal_unknown(const struct terminal *t);
/* Is it the console of Linux? Its fonts have no Braille. */
bool terminal_is_console(const struct terminal *t);
void terminal_size(const struct terminal *t, int *w, int *h);
/* The next key that waits, KEYS_RESIZE and KEYS_EOF among them; 0: none. */
int terminal_key(struct terminal *t);
/* Where the last click or turn of the wheel was, from 0. */
void terminal_pointer(const struct terminal *t, int *x, int *y);
/* Sleeps until a key or a signal comes, `other` (-1: none) can be read, or `ms` milliseconds have passed (-1: no
 * limit). */
void terminal_wait(struct terminal *t, int ms, int other);
/* Shows the canvas; sends only the cells that changed since the last call. */
void terminal_present(struct terminal *t, const struct canvas *c, enum theme theme, int clusters);
/* The next terminal_present sends every cell again. */
void terminal_redraw(struct terminal *t);
/* True: terminal_present is due though nothing has changed, after terminal_redraw or when the shell has continued the
 * program. */
bool terminal_stale(const struct terminal *t);
/* Copies the text to the clipboard of the user's own terminal by OSC 52, over ssh, too. False: this terminal has none.
 * A terminal that does not know the request ignores it. */
bool terminal_copy(struct terminal *t, const char *text);
/* Stops the program until the shell continues it. */
void terminal_suspend(struct terminal *t);
/* The signal that asks for the end of the program; 0: none. */
int terminal_signal(void);
/* Ends the program by that signal. Call it after terminal_close. */
void terminal_die(int sig);
/* The library in use: "ncurses 6.4.20221231". */
const char *terminal_curses_version(void);

#endif
