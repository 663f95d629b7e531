/* A page for each verb: what it does, its own options, an example and where more is said. All of it is drawn from the
 * tables of verbs and options. */
#include <ctype.h>
#include <string.h>
#include "src/cli/manual_text.h"

/* The pages that explain what a verb does, by verb. Every one names tsviz(1) besides. */
static const char *const more[N_VERBS] = {
	[VERB_BROWSE] = "tsviz-browser 7",  [VERB_DEMO] = "tsviz-tutorial 7", [VERB_INFO] = "tsviz-formats 5",
	[VERB_PREDICT] = "tsviz-formats 5", [VERB_EVAL] = "tsviz-tutorial 7", [VERB_ANALYZE] = "tsviz-methods 7",
	[VERB_SURVEY] = "tsviz-formats 5",  [VERB_SCAN] = "tsviz-formats 5",  [VERB_TRUTH] = "tsviz-truth 7",
	[VERB_DIFF] = "tsviz-formats 5",    [VERB_ATTACK] = "tsviz-whatif 7", [VERB_COUNTERFACTUAL] = "tsviz-whatif 7",
	[VERB_INVERT] = "tsviz-whatif 7",   [VERB_PRUNE] = "tsviz-prune 7",   [VERB_TRAIN] = "tsviz-formats 5",
	[VERB_CONVERT] = "tsviz-formats 5", [VERB_SERVE] = "tsviz-serve 7",   [VERB_REPORT] = "tsviz-browser 7",
};

/* An option that every verb takes is said once, in tsviz(1). Some have a value at a few verbs only. */
static bool own(const struct option_row *r, const struct verb *v)
{
	bool every = r->verbs & 1u << VERB_HELP && !(r->arg_verbs && option_arg(r, v));
	return option_taken(r, v) && !every;
}

static void synopsis(FILE *f, const struct verb *v)
{
	fputs(".Sh SYNOPSIS\n.Nm tsviz\n", f);
	fprintf(f, v == verbs ? ".Op Cm %s\n" : ".Cm %s\n", v->name);
	fputs(".Op Ar options\n", f);
	if (*v->args) {
		fputs(".No", f);
		man_argument(f, v->args);
		fputc('\n', f);
	}
}

static void description(FILE *f, const struct verb *v)
{
	fputs(".Sh DESCRIPTION\n", f);
	char help[500];
	snprintf(help, sizeof help, "%c%s", toupper((unsigned char)v->help[0]), v->help + 1);
	man_sentence(f, help);
	if (!strstr(v->args, "DATA"))
		return;
	fputs(".Pp\n.Ar DATA\n", f);
	man_sentence(f, options_data);
	fputs(".Xr tsviz\\-formats 5\ndescribes the files and how they become windows.\n", f);
}

static void options(FILE *f, const struct verb *v)
{
	const char *group = NULL;
	bool any = false;
	fputs(".Sh OPTIONS\nThe options that every verb has are in\n.Xr tsviz 1 .\n", f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		group = r->group ? r->group : group;
		if (!own(r, v))
			continue;
		if (group) {
			fputs(any ? ".El\n" : "", f);
			man_heading(f, "Ss", group);
			fputs(".Bl -tag -width Ds\n", f);
			group = NULL;
			any = true;
		}
		man_option(f, r, v);
	}
	fputs(any ? ".El\n" : "", f);
}

static void verb_page(FILE *f, enum verb_id id)
{
	const struct verb *v = &verbs[id];
	char name[64];
	snprintf(name, sizeof name, "tsviz-%s", v->name);
	man_head(f, name, 1, v->help);
	synopsis(f, v);
	description(f, v);
	options(f, v);
	fputs(".Sh EXIT STATUS\n0: done; 1: failed; 2: wrong usage; more in\n.Xr tsviz 1 .\n.Sh EXAMPLES\n", f);
	man_example(f, v->example);
	fputs(".Sh SEE ALSO\n.Xr tsviz 1", f);
	if (more[id])
		fprintf(f, " ,\n.Xr %s", more[id]);
	fputc('\n', f);
}

#define VERB(id, name, args, least, most, help, example) \
	static void page_##name(FILE *f)                 \
	{                                                \
		verb_page(f, VERB_##id);                 \
	}
#include "src/cli/verbs.def"
#undef VERB

const struct man_page man_verbs[] = {
#define VERB(id, name, args, least, most, help, example) { "tsviz-" #name ".1", page_##name },
#include "src/cli/verbs.def"
#undef VERB
	{ 0 },
};
