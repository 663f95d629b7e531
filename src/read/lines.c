#include "src/read/lines.h"

#include <string.h>
#include <strings.h>

void lines_here(struct lines *l)
{
	const char *nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
	l->eol = nl ? nl : l->end;
	const char *cr = memchr(l->p, '\r', (size_t)(l->eol - l->p));
	l->eol = cr ? cr : l->eol;
}

void lines_next(struct lines *l)
{
	l->p = l->eol;
	if (l->p < l->end && *l->p++ == '\r' && l->p < l->end && *l->p == '\n')
		l->p++;
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

size_t take_word(const char **p, const char *eol, const char **word)
{
	*word = *p = skip_blanks(*p, eol);
	while (*p < eol && **p != ' ' && **p != '\t')
		++*p;
	return (size_t)(*p - *word);
}

bool line_is_comment(const struct lines *l)
{
	const char *s = skip_blanks(l->p, l->eol);
	size_t n = l->comment ? strlen(l->comment) : 0;
	return s == l->eol || *s == '#' || *s == '%' || (n && (size_t)(l->eol - s) >= n && !memcmp(s, l->comment, n));
}
