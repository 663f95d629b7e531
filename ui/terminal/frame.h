/* Where curses writes to: the terminal, or while a picture is drawn a file in memory, whose bytes are shortened
 * (ui/terminal/pen.h) and then sent. A process has one. */
#ifndef UI_FRAME_H
#define UI_FRAME_H

#include <stdbool.h>
#include <stdio.h>

/* A stream to the terminal at standard output, for newterm. frame_close closes it. NULL: there is none, as fopen says.
 */
FILE *frame_open(void);
void frame_close(void);
/* Between the two, what is written to the stream is kept; frame_end sends it, shortened. The terminal has its usual
 * look before and after. Curses must not change the modes of the terminal meanwhile. off: see pen_shorten. Without
 * memory curses writes to the terminal as ever. */
void frame_begin(void);
void frame_end(bool off);

#endif
