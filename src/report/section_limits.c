/* What the report does not say, how far it may be trusted, and the commands that make it again. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/kernels/tile.h"
#include "src/kept/survey_names.h"
#include "src/read/version.h"
#include "src/report/report.h"

void section_limits(struct report *r, struct doc *d)
{
	doc_say(d, "What the numbers are not:");
	doc_item(d, "Saliency and importance say what the model's output depends on. They do not say what causes what "
	            "in the "
	            "world, nor whether the model is right.");
	doc_item(d, "All figures are of the data that this report names. They do not hold for data of another kind, "
	            "time or "
	            "place.");
	doc_item(d, "Pictures show one window. Another window may look otherwise.");
	doc_item(d,
	         "Nothing here shows that the model is safe, fair or fit for a use. That is for its author to argue.");
	if (r->n_limit)
		doc_say(d, "What was left out or bounded:");
	for (int i = 0; i < r->n_limit; i++)
		doc_item(d, "%s", r->limit[i]);
}

/* ---- commands ---- */

/* A word for a POSIX shell. */
static void quoted(FILE *f, const char *s)
{
	if (*s && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-") == strlen(s)) {
		fprintf(f, " %s", s);
		return;
	}
	fputs(" '", f);
	for (; *s; s++)
		if (*s == '\'')
			fputs("'\\''", f);
		else
			fputc(*s, f);
	fputc('\'', f);
}

static void pair(FILE *f, const char *name, const char *value)
{
	if (!value)
		return;
	fprintf(f, " --%s", name);
	quoted(f, value);
}

/* Verb, files and recipe, as the user gave them. */
static void begin(FILE *f, const struct report *r, const char *verb)
{
	const struct options *o = r->o;
	fprintf(f, "tsviz %s", verb);
	quoted(f, o->model);
	for (int i = 0; i < o->n_data; i++)
		quoted(f, o->data[i]);
	pair(f, "recipe", o->recipe_file);
	for (int i = 0; recipe_fields[i]; i++) {
		char *v = recipe_text(&o->recipe, recipe_fields[i]);
		pair(f, recipe_fields[i], v);
		free(v);
	}
	pair(f, "head", o->read.head);
	pair(f, "weights", o->read.weights);
	pair(f, "input", o->read.input);
	for (int i = 0; i < o->read.n_set; i++)
		pair(f, "set", o->set[i]);
	if (o->q.task != TASK_AUTO)
		pair(f, "task", task_names[o->q.task]);
}

static void code(struct doc *d, FILE *f, char **text)
{
	fclose(f);
	doc_code(d, *text);
	free(*text);
	*text = NULL;
}

static void command(struct report *r, struct doc *d, const char *verb, bool window, bool asks, const char *more)
{
	const struct options *o = r->o;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	if (!f)
		return;
	begin(f, r, verb);
	if (window)
		fprintf(f, " -w %lld", (long long)r->window);
	if (asks) {
		pair(f, "target", o->target);
		pair(f, "baseline", o->baseline);
		if (options_given(o, "seed"))
			fprintf(f, " --seed %llu", (unsigned long long)o->q.seed);
	}
	fputs(more, f);
	code(d, f, &text);
}

static void the_report(struct report *r, struct doc *d)
{
	const struct options *o = r->o;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);
	if (!f)
		return;
	begin(f, r, "report");
	if (o->index >= 0) /* else the same window is chosen again */
		fprintf(f, " -w %lld", (long long)o->index);
	pair(f, "target", o->target);
	pair(f, "baseline", o->baseline);
	if (options_given(o, "importance"))
		pair(f, "importance", importance_measures[r->b.l.q.measure].name);
	if (options_given(o, "method"))
		pair(f, "method", saliency_methods[r->b.l.q.method].name);
	if (options_given(o, "seed"))
		fprintf(f, " --seed %llu", (unsigned long long)o->q.seed);
	pair(f, "survey", o->survey);
	pair(f, "session", o->session);
	pair(f, "meta", o->meta);
	fputs(r->effort == REPORT_FULL ? " --full" : r->effort == REPORT_QUICK ? " --quick" : "", f);
	fputs(" -o", f);
	quoted(f, o->out ? o->out : "-");
	code(d, f, &text);
}

void section_commands(struct report *r, struct doc *d)
{
	bool data = r->b.l.has_data;
	doc_say(d,
	        "Made by tsviz %s, with the instructions %s of the processor. Other instructions may change the last "
	        "digits.",
	        TSVIZ_VERSION, isa_active()->name);
	doc_say(d, "These commands, in the folder in which this report was made, give it again, and its numbers one by "
	           "one:");
	the_report(r, d);
	command(r, d, "info", false, false, " --json");
	if (!data)
		return;
	if (r->b.l.data.n_target)
		command(r, d, "eval", false, false, " --json");
	command(r, d, "analyze", true, true, " -o window.json");
	command(r, d, "survey", false, true, " -o survey.json");
	command(r, d, "truth", false, true, "");
	command(r, d, "browse", true, true, "");
}
