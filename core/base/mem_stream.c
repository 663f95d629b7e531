#include "core/base/mem_stream.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include "core/base/mem.h"

struct growing {
	char **text;
	size_t *n, room; /* bytes of *text, its NUL included */
};

static ssize_t grow(void *cookie, const char *bytes, size_t n)
{
	struct growing *g = cookie;
	size_t needed;
	if (!size_add(*g->n, n, &needed) || !size_add(needed, 1, &needed))
		return 0;
	if (needed > g->room) {
		g->room = needed > g->room * 2 ? needed : g->room * 2;
		*g->text = xrealloc(*g->text, g->room, 1);
	}
	memcpy(*g->text + *g->n, bytes, n);
	*g->n += n;
	(*g->text)[*g->n] = '\0';
	return (ssize_t)n;
}

static int end(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *mem_stream(char **text, size_t *n)
{
	struct growing *g = xmalloc(sizeof *g);
	*g = (struct growing){ text, n, 1 };
	*text = xcalloc(1, 1);
	*n = 0;
	FILE *f = fopencookie(g, "w", (cookie_io_functions_t){ .write = grow, .close = end });
	if (!f)
		mem_lacking();
	return f;
}
