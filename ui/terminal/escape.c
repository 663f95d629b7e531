#include "ui/terminal/escape.h"

#include <stddef.h>

static void keep(struct escape *e, int c)
{
	int at = e->n + 2; /* after ESC and what began it */
	if (at + 1 < ESCAPE_TEXT) {
		e->text[at] = (char)c;
		e->text[at + 1] = '\0';
	}
}

bool escape_begin(struct escape *e, int c)
{
	e->n = 0;
	switch (c) {
	case '[':
		e->state = ESCAPE_CONTROL;
		break; /* CSI */
	case 'O':
		e->state = ESCAPE_SHORT;
		break; /* SS3: one character */
	case ']':
	case 'P':
	case '_':
	case '^':
	case 'X': /* OSC, DCS, APC, PM, SOS: until ST or BEL */
		e->state = ESCAPE_STRING;
		break;
	default:
		e->state = ESCAPE_NONE;
		break;
	}
	e->text[0] = '\033';
	e->text[1] = (char)c;
	e->text[2] = '\0';
	return e->state != ESCAPE_NONE;
}

bool escape_feed(struct escape *e, int c)
{
	if (e->state == ESCAPE_NONE)
		return false;
	if (e->state != ESCAPE_STRING)
		keep(e, c);
	if (++e->n > ESCAPE_MOST) {
		e->state = ESCAPE_NONE;
		return false;
	}
	switch (e->state) {
	case ESCAPE_CONTROL:
		if (c < ' ' || c > '~') { /* broken off: this one is a key again */
			e->state = ESCAPE_NONE;
			return false;
		}
		if (c == 'M' && e->n == 1) /* the oldest report of the mouse: three characters follow */
			e->state = ESCAPE_MOUSE;
		else if (c >= '@')
			e->state = ESCAPE_NONE;
		break;
	case ESCAPE_MOUSE:
		if (e->n == 4)
			e->state = ESCAPE_NONE;
		break;
	case ESCAPE_STRING:
		if (c == 7 || c == 0x9c)
			e->state = ESCAPE_NONE;
		else if (c == 27)
			e->state = ESCAPE_STRING_END;
		break;
	default:
		e->state = ESCAPE_NONE;
		break;
	}
	return true;
}

const char *escape_ended(const struct escape *e)
{
	return e->state == ESCAPE_NONE && (e->text[1] == '[' || e->text[1] == 'O') && e->n > 0 && e->n + 2 < ESCAPE_TEXT
	               ? e->text
	               : NULL;
}
