/* The terminal, through ncurses: the only file that knows it. It is restored on every way out: quit, error, signal,
 * crash. */
#ifndef UI_TERMINAL_H
#define UI_TERMINAL_H

#include "core/base/err.h"
#include "ui/draw/canvas.h"
#include "ui/draw/style.h"

struct terminal;

/* Starts curses, which does not survive a want of memory: before a model takes its share. Until terminal_open nothing
 * is written and the terminal keeps its modes, so a program that ends before has nothing to restore. < 0: there is no
 * terminal, or none to draw on (ERR_UNSUPPORTED); e says which. */
int terminal_start(struct err *e);
/* Takes the terminal over, started or not. colours: asked for, or -1: what the terminal and NO_COLOR say. NULL: as
 * terminal_start. */
struct terminal *terminal_open(int colours, bool mouse, struct err *e);
void terminal_close(struct terminal *t);
enum colours terminal_colours(const struct terminal *t);
void terminal_size(const struct terminal *t, int *w, int *h);
/* The next key that waits, 0: none. KEYS_RESIZE, KEYS_EOF included. */
int terminal_key(struct terminal *t);
/* Sleep until a key, a signal, something to read in `other` (-1: none), or `ms` have passed (-1: no limit). */
void terminal_wait(struct terminal *t, int ms, int other);
/* Show the canvas: what changed since the last call. */
void terminal_present(struct terminal *t, const struct canvas *c, enum theme theme, int clusters);
/* Draw everything again at the next present. */
void terminal_redraw(struct terminal *t);
/* A present is due though nothing has changed: after terminal_redraw, or when the shell continued us. */
bool terminal_stale(const struct terminal *t);
/* To the clipboard of the user's own terminal, by OSC 52: over ssh, too. False: this terminal has none. Where it only
 * does not know the request nothing happens. */
bool terminal_copy(struct terminal *t, const char *text);
/* Stop until the shell continues us. */
void terminal_suspend(struct terminal *t);
/* A signal that ends the program, 0: none. */
int terminal_signal(void);
/* After terminal_close: end by that signal. */
void terminal_die(int sig);
/* The library in use: "ncurses 6.4.20221231". */
const char *terminal_curses_version(void);

#endif
