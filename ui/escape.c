#include "ui/escape.h"

bool escape_begin(struct escape *e, int c)
{
	e->n = 0;
	switch (c) {
	case '[': e->state = ESCAPE_CONTROL; break;                /* CSI */
	case 'O': e->state = ESCAPE_SHORT; break;                  /* SS3: one character */
	case ']': case 'P': case '_': case '^': case 'X':          /* OSC, DCS, APC, PM, SOS: until ST or BEL */
		e->state = ESCAPE_STRING;
		break;
	default: e->state = ESCAPE_NONE; break;
	}
	return e->state != ESCAPE_NONE;
}

bool escape_feed(struct escape *e, int c)
{
	if (e->state == ESCAPE_NONE)
		return false;
	if (++e->n > ESCAPE_MOST) {
		e->state = ESCAPE_NONE;
		return false;
	}
	switch (e->state) {
	case ESCAPE_CONTROL:
		if (c < ' ' || c > '~') {                          /* broken off: this one is a key again */
			e->state = ESCAPE_NONE;
			return false;
		}
		if (c >= '@')
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
