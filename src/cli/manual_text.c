#include "src/cli/manual_text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/mem_stream.h"
#include "src/read/version.h"

enum { LINE = 78 }; /* mandoc -Tlint wants lines below 80 bytes */

/* Text as mdoc takes it: backslashes and dashes escaped, lines broken between words, none that begins with a control
 * character. */
void man_text(FILE *f, const char *s)
{
	for (size_t at = 0; *s;) {
		size_t n = strcspn(s, " ");
		if (at && at + 1 + n >= LINE)
			fputc('\n', f), at = 0;
		else if (at)
			fputc(' ', f), at++;
		if (!at && (*s == '.' || *s == '\''))
			fputs("\\&", f);
		for (at += n; n; n--, s++)
			if (*s == '\\' || *s == '-')
				fputs(*s == '-' ? "\\-" : "\\e", f), at++;
			else
				fputc(*s, f);
		s += strspn(s, " ");
	}
}

/* As one argument of a macro: quoted, and never taken for a macro itself. */
void man_argument(FILE *f, const char *s)
{
	fputs(" \"\\&", f);
	for (; *s; s++)
		if (*s == '"')
			fputs("\\(dq", f);
		else if (*s == '\\')
			fputs("\\e", f);
		else
			fputc(*s, f);
	fputc('"', f);
}

void man_item(FILE *f, const char *macro, const char *s)
{
	fprintf(f, ".It %s", macro);
	man_argument(f, s);
	fputc('\n', f);
}

void man_line(FILE *f, const char *s)
{
	man_text(f, s);
	fputc('\n', f);
}

/* Sentences, each of which begins a line, as mdoc wants it. */
void man_paragraph(FILE *f, const char *s)
{
	const char *end;
	for (; (end = strstr(s, ". ")); s = end + 2) {
		char *one = xstrndup(s, (size_t)(end - s) + 1);
		man_line(f, one);
		free(one);
	}
	man_line(f, s);
}

void man_sentence(FILE *f, const char *s)
{
	man_text(f, s);
	fputs(".\n", f);
}

void man_head(FILE *f, const char *name, int section, const char *what)
{
	char upper[32];
	size_t i = 0;
	for (; name[i] && i + 1 < sizeof upper; i++)
		upper[i] = (char)toupper((unsigned char)name[i]);
	upper[i] = '\0';
	fprintf(f, ".Dd " TSVIZ_DATE "\n.Dt %s %d\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", upper, section, name, what);
}

void man_heading(FILE *f, const char *kind, const char *title)
{
	fprintf(f, ".%s ", kind);
	man_line(f, title);
}

void man_formula(FILE *f, const char *label, const char *formula, const char *source)
{
	fputs(label, f);
	fputs(":\n.Bd -ragged -offset indent -compact\n", f);
	man_line(f, formula);
	fputs(".Ed\n", f);
	if (source && *source) {
		fputs("Source:\n", f);
		man_sentence(f, source);
	}
}

void man_example(FILE *f, const char *command)
{
	fputs(".Bd -literal -offset indent\n", f);
	for (const char *s = command; *s; s++)
		if (*s == '\\' || *s == '-')
			fputs(*s == '-' ? "\\-" : "\\e", f);
		else
			fputc(*s, f);
	fputs("\n.Ed\n", f);
}

void man_choices(FILE *f, const struct option_row *r)
{
	char *words = NULL;
	const char *word;
	size_t n = 0;
	if (!option_word(r, 0))
		return;
	FILE *m = mem_stream(&words, &n);
	for (int i = 0; (word = option_word(r, i)); i++)
		fprintf(m, "%s%s%s", i ? " " : "", word, word[strlen(word) - 1] == ':' ? "NUMBER" : "");
	fputs("One of:\n", f);
	if (!fclose(m))
		man_sentence(f, words);
	free(words);
}

void man_option(FILE *f, const struct option_row *r, const struct verb *v)
{
	const char *arg = option_arg(r, v);
	fputs(".It ", f);
	if (r->letter)
		fprintf(f, "Fl %c , ", r->letter);
	fprintf(f, "Fl \\-%s", r->name);
	if (arg) {
		fputs(" Ar", f);
		man_argument(f, arg);
	}
	fputc('\n', f);
	man_sentence(f, r->help);
	man_choices(f, r);
	if (r->initial) {
		fputs("Default:\n", f);
		man_sentence(f, r->initial);
	}
}
