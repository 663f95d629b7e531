/* Fewer bytes for the same picture. Curses changes colours and attributes one by one, switches off what is off, and
 * sends the character set along: "ESC [39m ESC ( B ESC [m" between a coloured and a plain word. Here the sequences that
 * it writes for a picture are read, and the shortest that leads from the look of what was written last to the look of
 * what is written next takes their place. */
#ifndef UI_PEN_H
#define UI_PEN_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the `n` bytes at `in` with shorter changes of the look to `out`, which holds `n`, and returns how many there
 * are then. The terminal has its usual look before the first byte. All that is no change of a look passes as it is, in
 * its order. Of blanks only what is seen of them keeps its look: the background, lines and reverse video. From a change
 * that is unknown on, the rest passes as it is. off: the terminal can switch single attributes and colours off (ESC
 * [27m, ESC [39m; ECMA-48, 8.3.117); otherwise all of them are, and what stays is sent again. */
size_t pen_shorten(const char *in, size_t n, bool off, char *out);

#endif
