#include "src/cli/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "core/base/err.h"

void say_error(const char *sentence)
{
	fprintf(stderr, "tsviz: %s\n", sentence);
}

void say_warning(const char *fmt, ...)
{
	struct err e = { 0 }; /* for the text gate */
	char text[sizeof e.text];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	err_set(&e, ERR_NONE, "%s", text);
	fprintf(stderr, "tsviz: warning: %s\n", e.text);
}

void say_warnings(const char *file, const char *lines)
{
	while (*lines) {
		size_t n = strcspn(lines, "\n");
		say_warning("%s: %.*s", file, (int)n, lines);
		lines += n + (lines[n] == '\n');
	}
}

void say_warning_sentence(const char *sentence)
{
	say_warning("%s", sentence);
}

void say_remark(const char *sentence)
{
	say_error(sentence);
}
