#include "core/err.h"

#include <stdio.h>
#include <string.h>
#include "core/text.h"

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

int err_at(struct err *e, const char *fmt, ...)
{
	if (!e)
		return ERR_FORMAT;
	char place[512], raw[sizeof e->text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(place, sizeof place, fmt, ap);
	va_end(ap);
	/* a long place and a long sentence: the sentence is cut, the place stays */
	snprintf(raw, sizeof raw, "%s: %.*s", place, (int)(sizeof raw - strlen(place) - 3), e->text);
	text_clean(e->text, sizeof e->text, raw, strlen(raw));
	return e->code;
}
