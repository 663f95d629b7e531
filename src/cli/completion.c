#include "src/cli/completion.h"

#include <stdbool.h>
#include <string.h>
#include "src/cli/options.h"

/* ---- what a row is completed with ---- */

static bool is_path(const char *arg)
{
	return strstr(arg, "FILE") || strstr(arg, "MODEL") || strstr(arg, "DIR");
}

static bool takes_file(const struct option_row *r)
{
	return option_arg(r, NULL) && is_path(option_arg(r, NULL));
}

/* The choices with one space between two. */
static void words_print(FILE *f, const struct option_row *r)
{
	const char *word;
	for (int i = 0; (word = option_word(r, i)); i++)
		fprintf(f, "%s%s", i ? " " : "", word);
}

static void verbs_print(FILE *f)
{
	for (const struct verb *v = verbs; v->name; v++)
		fprintf(f, "%s%s", v == verbs ? "" : " ", v->name);
}

static bool takes_files(const struct verb *v)
{
	return is_path(v->args);
}

/* The words behind a verb that are neither options nor files: those of "[ecg|machine]", and the verbs for help. */
static void arguments_print(FILE *f, const struct verb *v)
{
	if (v == &verbs[VERB_HELP])
		verbs_print(f);
	for (const char *s = strchr(v->args, '|') ? v->args : ""; *s; s++)
		if (!strchr("[]", *s))
			fputc(*s == '|' ? ' ' : *s, f);
}

/* Text within single quotes; the shell's own separators are escaped where asked for. */
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

/* ---- bash ---- */

/* "--index -w" of each option that the verb takes. */
static void bash_options(FILE *f, const struct verb *v)
{
	bool any = false;
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!option_taken(r, v))
			continue;
		fprintf(f, "%s--%s", any ? " " : "", r->name);
		any = true;
		if (r->letter)
			fprintf(f, " -%c", r->letter);
	}
}

/* Options whose value is the next word: what comes behind them is no verb. */
static void bash_pattern(FILE *f, const struct option_row *r)
{
	fprintf(f, "--%s", r->name);
	if (r->letter)
		fprintf(f, "|-%c", r->letter);
}

static void bash_valued(FILE *f)
{
	bool any = false;
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!option_arg(r, NULL))
			continue;
		fputs(any ? "|" : "", f);
		bash_pattern(f, r);
		any = true;
	}
}

static void bash_values(FILE *f)
{
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!option_arg(r, NULL))
			continue;
		fputc('\t', f);
		bash_pattern(f, r);
		fputs(") ", f);
		if (option_word(r, 0)) {
			fputs("words='", f);
			words_print(f, r);
			fputs("' ;;\n", f);
		} else {
			fputs(takes_file(r) ? "files=1 ;;\n" : "return ;;\n", f);
		}
	}
}

static void bash_print(FILE *f)
{
	fputs("# bash completion for tsviz\n"
	      "_tsviz()\n"
	      "{\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words= files= verb= i\n"
	      "\tCOMPREPLY=()\n"
	      "\t[ \"$prev\" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	      "\t[ \"$cur\" = = ] && { prev=${COMP_WORDS[COMP_CWORD-1]} cur=; }\n"
	      "\t# the first word that is neither an option nor the value of one is the verb, or a model to browse\n"
	      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	      "\t\tcase ${COMP_WORDS[i]} in\n"
	      "\t\t",
	      f);
	bash_valued(f);
	fputs(") [ \"${COMP_WORDS[i+1]}\" = = ] && ((i++)); ((i++)) ;;\n"
	      "\t\t-*) ;;\n"
	      "\t\t*) verb=${COMP_WORDS[i]}; break ;;\n"
	      "\t\tesac\n"
	      "\tdone\n"
	      "\tcase $prev in\n",
	      f);
	bash_values(f);
	fputs("\t*) case $cur in\n\t\t-*) case $verb in\n", f);
	for (int i = 1; i <= N_VERBS; i++) {
		const struct verb *v = &verbs[i % N_VERBS];
		fprintf(f, "\t\t\t%s) words='", v == verbs ? "*" : v->name);
		bash_options(f, v);
		fputs("' ;;\n", f);
	}
	fputs("\t\t\tesac ;;\n\t\t*) case $verb in\n\t\t\t'') files=1 words='", f);
	verbs_print(f);
	fputs("' ;;\n", f);
	for (const struct verb *v = verbs; v->name; v++) {
		if (takes_files(v))
			continue;
		fprintf(f, "\t\t\t%s) words='", v->name);
		arguments_print(f, v);
		fputs("' ;;\n", f);
	}
	fputs("\t\t\t*) files=1 ;;\n"
	      "\t\t\tesac ;;\n"
	      "\t\tesac ;;\n"
	      "\tesac\n"
	      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	      "\t# one name a line: names may hold blanks\n"
	      "\tlocal IFS=$'\\n'\n"
	      "\t[ \"$files\" ] && COMPREPLY+=($(compgen -f -- \"$cur\"))\n"
	      "}\n"
	      "complete -o filenames -F _tsviz tsviz\n",
	      f);
}

/* ---- zsh ---- */

static void zsh_option(FILE *f, const struct option_row *r)
{
	if (r->letter)
		fprintf(f, "\t\t\t'(-%c --%s)'{-%c%s,--%s%s}'[", r->letter, r->name, r->letter,
		        option_arg(r, NULL) ? "+" : "", r->name, option_arg(r, NULL) ? "=" : "");
	else
		fprintf(f, "\t\t\t'--%s%s[", r->name, option_arg(r, NULL) ? "=" : "");
	quoted(f, r->help, "[]:\\");
	fputs("]", f);
	if (option_arg(r, NULL)) {
		fputs(":", f);
		quoted(f, option_arg(r, NULL), "[]:");
		fputs(":", f);
	}
	if (option_word(r, 0)) {
		const char *word;
		fputs("(", f);
		for (int i = 0; (word = option_word(r, i)); i++) {
			fputs(i ? " " : "", f);
			quoted(f, word, ":");
		}
		fputs(")", f);
	} else if (takes_file(r)) {
		fputs("_files", f);
	}
	fputs("'\n", f);
}

static void zsh_print(FILE *f)
{
	fputs("#compdef tsviz\n"
	      "_tsviz()\n"
	      "{\n"
	      "\tlocal -a verbs options\n"
	      "\tlocal verb= word\n"
	      "\tverbs=(\n",
	      f);
	for (const struct verb *v = verbs; v->name; v++) {
		fprintf(f, "\t\t'%s:", v->name);
		quoted(f, v->help, ":");
		fputs("'\n", f);
	}
	fputs("\t)\n"
	      "\tfor word in \"${(@)words[2,CURRENT-1]}\"; do\n"
	      "\t\t(( ${verbs[(I)$word:*]} )) && { verb=$word; break; }\n"
	      "\tdone\n"
	      "\tcase $verb in\n",
	      f);
	for (int i = 1; i <= N_VERBS; i++) {
		const struct verb *v = &verbs[i % N_VERBS];
		fprintf(f, "\t%s)\n\t\toptions=(\n", v == verbs ? "*" : v->name);
		for (const struct option_row *r = option_rows; r->name; r++)
			if (option_taken(r, v))
				zsh_option(f, r);
		if (!takes_files(v)) {
			fputs("\t\t\t'1:verb:' '2:argument:(", f);
			arguments_print(f, v);
			fputs(")'\n", f);
		} else {
			fputs("\t\t\t'*:file:_files'\n", f);
		}
		fputs("\t\t) ;;\n", f);
	}
	fputs("\tesac\n"
	      "\t[[ -z $verb && $PREFIX != -* ]] && _describe verb verbs\n"
	      "\t_arguments -s -S $options\n"
	      "}\n"
	      "_tsviz \"$@\"\n",
	      f);
}

/* ---- fish ---- */

/* The condition under which an option is offered: after one of its verbs; browse's also where there is none. */
static void fish_condition(FILE *f, const struct option_row *r)
{
	bool browse = option_taken(r, verbs);
	if (r->verbs & 1u << VERB_HELP)
		return;
	fprintf(f, " -n '%s__fish_seen_subcommand_from", browse ? "not " : "");
	for (const struct verb *v = verbs; v->name; v++)
		if (option_taken(r, v) != browse)
			fprintf(f, " %s", v->name);
	fputs("'", f);
}

static void fish_option(FILE *f, const struct option_row *r)
{
	fputs("complete -c tsviz", f);
	fish_condition(f, r);
	fprintf(f, " -l %s", r->name);
	if (r->letter)
		fprintf(f, " -s %c", r->letter);
	if (option_word(r, 0)) {
		fputs(" -x -a '", f);
		words_print(f, r);
		fputs("'", f);
	} else if (option_arg(r, NULL)) {
		fputs(takes_file(r) ? " -r" : " -x", f);
	}
	fputs(" -d '", f);
	quoted(f, r->help, "\\");
	fputs("'\n", f);
}

static void fish_print(FILE *f)
{
	fputs("# fish completion for tsviz\n", f);
	for (const struct verb *v = verbs; v->name; v++) {
		fprintf(f, "complete -c tsviz -n __fish_use_subcommand -a %s -d '", v->name);
		quoted(f, v->help, "\\");
		fputs("'\n", f);
		if (takes_files(v))
			continue;
		fprintf(f, "complete -c tsviz -f -n '__fish_seen_subcommand_from %s' -a '", v->name);
		arguments_print(f, v);
		fputs("'\n", f);
	}
	for (const struct option_row *r = option_rows; r->name; r++)
		fish_option(f, r);
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

const char *completion_name(int i)
{
	return i < (int)(sizeof shells / sizeof *shells) ? shells[i].shell : NULL;
}
