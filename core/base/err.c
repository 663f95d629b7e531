#include "core/base/err.h"

#include <stdio.h>
#include <string.h>
#include "core/base/text.h"

int err_set(struct err *e, int code, const char *fmt, ...)
{
	if (e) {
		char raw[sizeof e->text];
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(raw, sizeof raw, fmt, ap);
		va_end(ap);
		e->code = code;
		text_clean(e->text, sizeof e->text, raw, strlen(raw));
	}
	return code;
}

enum { PLACE_MAX = 500 };

/* A path may have 4096 bytes. The middle of a long one is left out. */
static void shorten(char *place)
{
	size_t n = strlen(place), part = PLACE_MAX / 2;
	if (n > PLACE_MAX + 3) {
		memset(place + part, '.', 3);
		memmove(place + part + 3, place + n - part, part + 1);
	}
}

int err_at(struct err *e, const char *fmt, ...)
{
	if (!e)
		return ERR_FORMAT;
	char place[8192], raw[sizeof e->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(place, sizeof place, fmt, ap);
	va_end(ap);
	shorten(place);
	/* if both do not fit, the place stays whole and the sentence is cut */
	snprintf(raw, sizeof raw, "%.*s: %.*s", PLACE_MAX + 3, place, (int)(sizeof raw - strlen(place) - 3), e->text);
	text_clean(e->text, sizeof e->text, raw, strlen(raw));
	return e->code;
}
