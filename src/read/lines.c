#include "src/read/lines.h"

#include <string.h>
#include <strings.h>

void lines_here(struct lines *l)
{
	const char *nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
	l->eol = nl ? nl : l->end;
	if (l->eol > l->p && l->eol[-1] == '\r')
		l->eol--;
}

void lines_next(struct lines *l)
{
	l->p = l->eol;
	while (l->p < l->end && *l->p != '\n')
		l->p++;
	l->p += l->p < l->end;
	l->line++;
}

const char *skip_blanks(const char *p, const char *eol)
{
	while (p < eol && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

bool word_is(const char *s, size_t n, const char *word)
{
	return n == strlen(word) && !strncasecmp(s, word, n);
}
