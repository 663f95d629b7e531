#include "src/cli/completion.h"

#include <stdbool.h>
#include <string.h>
#include "src/cli/options.h"

/* What a value is completed with. */
static bool takes_file(const struct option_row *r)
{
	return r->arg && !strcmp(r->arg, "FILE");
}

static void options_print(FILE *f)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (r->letter)
			fprintf(f, "-%c ", r->letter);
		fprintf(f, "--%s%s", r->name, r[1].name ? " " : "");
	}
}

static void verbs_print(FILE *f)
{
	for (const struct verb *v = verbs; v->name; v++)
		fprintf(f, "%s%s", v->name, v[1].name ? " " : "");
}

static void bash_print(FILE *f)
{
	fputs("# bash completion for tsviz\n"
	      "_tsviz()\n"
	      "{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
	      "\tCOMPREPLY=()\n"
	      "\t[ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	      "\t[ \"$cur\" = = ] && { prev=${COMP_WORDS[COMP_CWORD-1]} cur=; }\n"
	      "\tcase $prev in\n",
	      f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!r->arg)
			continue;
		fprintf(f, "\t--%s%s%c) ", r->name, r->letter ? "|-" : "", r->letter ? r->letter : ' ');
		if (option_has_choices(r)) {
			fputs("words='", f);
			option_choices_print(r, f);
			fputs("' ;;\n", f);
		} else {
			fputs(takes_file(r) ? "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n" : "return ;;\n", f);
		}
	}
	fputs("\t*) case $cur in\n\t\t-*) words='", f);
	options_print(f);
	fputs("' ;;\n\t\t*) [ \"$COMP_CWORD\" = 1 ] && words='", f);
	verbs_print(f);
	fputs("'\n\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
	      "\t\tesac ;;\n"
	      "\tesac\n"
	      "\tCOMPREPLY+=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "}\n"
	      "complete -o filenames -F _tsviz tsviz\n",
	      f);
}

/* Text within single quotes; zsh's own separators are escaped where asked for. */
static void quoted(FILE *f, const char *s, const char *escape)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\'", f);
		else if (strchr(escape, *s))
			fputc('\\', f);
		fputc(*s, f);
	}
}

static void zsh_print(FILE *f)
{
	fputs("#compdef tsviz\n"
	      "_tsviz()\n"
	      "{\n"
	      "\tlocal -a verbs\n"
	      "\tverbs=(\n",
	      f);
	for (const struct verb *v = verbs; v->name; v++) {
		fprintf(f, "\t\t'%s:", v->name);
		quoted(f, v->help, ":");
		fputs("'\n", f);
	}
	fputs("\t)\n\t_arguments -s -S \\\n", f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (r->letter)
			fprintf(f, "\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", r->letter, r->name, r->letter, r->arg ? "+" : "",
			        r->name, r->arg ? "=" : "");
		else
			fprintf(f, "\t\t'--%s%s[", r->name, r->arg ? "=" : "");
		quoted(f, r->help, "[]:");
		fputs("]", f);
		if (r->arg) {
			fputs(":", f);
			quoted(f, r->arg, "[]:");
			fputs(":", f);
		}
		if (option_has_choices(r)) {
			fputs("(", f);
			option_choices_print(r, f);
			fputs(")", f);
		} else if (takes_file(r)) {
			fputs("_files", f);
		}
		fputs("' \\\n", f);
	}
	fputs("\t\t'1: :{ _describe verb verbs; _files }' '*:file:_files'\n"
	      "}\n"
	      "_tsviz \"$@\"\n",
	      f);
}

static void fish_print(FILE *f)
{
	fputs("# fish completion for tsviz\n", f);
	for (const struct verb *v = verbs; v->name; v++) {
		fprintf(f, "complete -c tsviz -n __fish_use_subcommand -a %s -d '", v->name);
		quoted(f, v->help, "\\");
		fputs("'\n", f);
	}
	for (const struct option_row *r = option_rows; r->name; r++) {
		fprintf(f, "complete -c tsviz -l %s", r->name);
		if (r->letter)
			fprintf(f, " -s %c", r->letter);
		if (option_has_choices(r)) {
			fputs(" -x -a '", f);
			option_choices_print(r, f);
			fputs("'", f);
		} else if (r->arg) {
			fputs(takes_file(r) ? " -r" : " -x", f);
		}
		fputs(" -d '", f);
		quoted(f, r->help, "\\");
		fputs("'\n", f);
	}
}

static const struct {
	const char *shell;
	void (*print)(FILE *f);
} shells[] = { { "bash", bash_print }, { "zsh", zsh_print }, { "fish", fish_print } };

void (*completion_of(const char *shell))(FILE *f)
{
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		if (!strcmp(shells[i].shell, shell))
			return shells[i].print;
	return NULL;
}

void completion_names_print(FILE *f)
{
	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++)
		fprintf(f, "%s%s", i ? " " : "", shells[i].shell);
}
