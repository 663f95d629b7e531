/* Keys: a Unicode character, a control character (1..26, 27 Esc, 127 Backspace) or one of these. Written as in
 * `--keys`, the bindings and the help: "j", "enter", "ctrl-u", "f1", "pgdn". */
#ifndef UI_KEYS_H
#define UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

enum key {
	KEY_NONE_ = 0,
	KEYS_INTERRUPT = 3, /* ctrl-c */
	KEYS_TAB = 9,
	KEYS_ENTER = 13,
	KEYS_ESC = 27,
	KEYS_BACKSPACE = 127,
	KEYS_UP = 0x110000,
	KEYS_DOWN,
	KEYS_LEFT,
	KEYS_RIGHT,
	KEYS_HOME,
	KEYS_END,
	KEYS_PGUP,
	KEYS_PGDN,
	KEYS_BTAB,
	KEYS_DELETE,
	KEYS_F1,
	KEYS_F12 = KEYS_F1 + 11,
	KEYS_RESIZE, /* the terminal has a new size */
	KEYS_REST,   /* headless: time to rest, "rest" */
	KEYS_WHEEL_UP,
	KEYS_WHEEL_DOWN,
	KEYS_CLICK,
	KEYS_POINTER,          /* headless: the place of the click or wheel that follows, then x and y */
	KEYS_EOF,              /* the terminal has gone */
	KEYS_PASTED = 1 << 24, /* with a character: pasted, not typed; never a command */
};

/* One key from its name; 0: no such name. */
int key_parse(const char *name, size_t n);
/* Its name in buf (16 bytes suffice). */
void key_format(int key, char *buf, size_t size);
/* Reads names of keys and single characters between blanks ("j j enter 2"). Returns their number, keys in *out
 * (malloc'd), or ERR_VALUE for a word that is neither. "resize:WxH" becomes KEYS_RESIZE followed by w and h;
 * "click:X,Y" and the wheel with a place become KEYS_POINTER, x, y and the key. */
int keys_parse(const char *s, int **out, struct err *e);

#endif
