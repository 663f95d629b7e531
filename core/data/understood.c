#include "core/data/understood.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "core/base/text.h"

static void add(struct arena *a, struct understood **list, const char *what, const char *text)
{
	struct understood *u = arena_alloc(a, 1, sizeof *u);
	u->what = arena_strdup(a, what);
	u->text = text_clean_copy(a, text);
	while (*list)
		list = &(*list)->next;
	*list = u;
}

void understood_add(struct arena *a, struct understood **list, const char *what, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	add(a, list, what, text);
}

void understood_copy(struct arena *a, struct understood **list, const struct understood *from)
{
	for (; from; from = from->next)
		add(a, list, from->what, from->text);
}

void warnings_add(struct arena *a, const char **warnings, const char *line)
{
	char *all = *warnings ? xasprintf("%s\n%s", *warnings, line) : xstrdup(line);
	*warnings = arena_strdup(a, all);
	free(all);
}
