/* --help: all verbs and options, or those of one verb. */
#include <string.h>
#include "src/cli/options.h"

enum { LEFT = 27, WORDS_MAX = 70 };

void option_verbs_print(const struct option_row *r, FILE *f)
{
	int n = 0, k = 0;
	for (const struct verb *v = verbs; v->name; v++)
		n += option_taken(r, v);
	for (const struct verb *v = verbs; v->name; v++)
		if (option_taken(r, v))
			fprintf(f, "%s%s", k == 0 ? "" : k + 1 == n ? " and " : ", ", v->name), k++;
}

static size_t words_length(const struct option_row *r)
{
	size_t n = 0;
	const char *word;
	for (int i = 0; (word = option_word(r, i)); i++)
		n += strlen(word) + 2;
	return n;
}

/* Choices stand behind the help, where they are few or all of them are asked for. */
static void row_print(const struct option_row *r, const struct verb *v, FILE *f)
{
	char left[64];
	const char *word, *arg = option_arg(r, v);
	snprintf(left, sizeof left, "%s%c%s--%s%s%s", r->letter ? "-" : "  ", r->letter ? r->letter : ' ',
	         r->letter ? ", " : " ", r->name, arg ? " " : "", arg ? arg : "");
	fprintf(f, "  %-*s %s", LEFT, left, r->help);
	for (int i = 0; (v || words_length(r) <= WORDS_MAX) && (word = option_word(r, i)); i++)
		fprintf(f, "%s%s%s", i ? ", " : "; one of ", word, word[strlen(word) - 1] == ':' ? "NUMBER" : "");
	if (r->initial)
		fprintf(f, " (%s)", r->initial);
	fputc('\n', f);
}

const char options_data[] = "is a file, a folder with its folders, a pattern in quotes such as 'data/*.csv', or - for "
                            "standard input; several "
                            "files are read one after the other, and no window crosses from one to the next";

/* The options of a verb; NULL: all of them. What every verb has stands in the last group, and in the help of all. */
static void rows_print(const struct verb *v, FILE *f)
{
	const char *group = NULL;
	for (const struct option_row *r = option_rows; r->name; r++) {
		group = r->group ? r->group : group;
		bool every = r->verbs & 1u << VERB_HELP && !(r->arg_verbs && option_arg(r, v));
		if (v && (!option_taken(r, v) || every))
			continue;
		if (group)
			fprintf(f, "\n%s\n", group);
		group = NULL;
		row_print(r, v, f);
	}
}

static void verb_print(const struct verb *v, FILE *f)
{
	fprintf(f, "usage: tsviz %s%s%s [OPTIONS] %s\n\n%s\n", v == verbs ? "[" : "", v->name, v == verbs ? "]" : "",
	        v->args, v->help);
	if (strstr(v->args, "DATA"))
		fprintf(f, "\nDATA %s.\n", options_data);
	rows_print(v, f);
	fprintf(f, "\nExample: %s\n", v->example);
}

void options_help(const struct verb *v, FILE *f)
{
	if (v) {
		verb_print(v, f);
		return;
	}
	fprintf(f, "tsviz: look inside 1-D convolutional networks for time series\n\n");
	for (v = verbs; v->name; v++)
		fprintf(f, "  tsviz %s%s%s %-*s %s\n", v == verbs ? "[" : "", v->name, v == verbs ? "]" : "",
		        (int)(28 - strlen(v->name) - (v == verbs ? 2 : 0)), v->args, v->help);
	fprintf(f, "\nDATA %s.\n", options_data);
	fprintf(f, "\n`tsviz help VERB` lists the options of one verb. The default stands in brackets.\n");
	rows_print(NULL, f);
	fprintf(f, "\nExit status: 0 done, 1 failed; the reason is on standard error, 2 wrong usage, 3 below "
	           "--fail-under.\n");
}
