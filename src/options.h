/* The command line: one table of verbs, one of options. Dispatch, --help, man page and completions are drawn from them. */
#ifndef SRC_OPTIONS_H
#define SRC_OPTIONS_H

#include "core/analysis.h"
#include "core/recipe.h"
#include <stdio.h>
#include "src/read_model.h"

struct options {
	const struct verb *verb;
	const char *model, *data;                  /* positional */
	struct recipe recipe;                      /* what the command line gave */
	const char *recipe_file;
	bool save_recipe;
	int64_t index;                             /* -w, -1: not given */
	const char *target, *importance, *method, *layers, *y, *task, *out, *isa;
	bool all, nodes, no_saliency, json, quiet, plain_given;
	uint64_t seed;
	int clusters, threads;
	const char *screen, *plain, *size, *keys, *dump;
	const char *glyphs, *colours, *theme;
	bool mouse;
	struct read_options read;
};

struct verb {
	const char *name, *args, *help;
	int pos_min, pos_max;
	int (*run)(struct options *o, struct err *e);     /* exit status */
};
extern const struct verb verbs[];

struct option_row {
	const char *name;                          /* long name without dashes */
	char letter;                               /* 0: none */
	const char *arg;                           /* NULL: a flag */
	const char *help;
	const char *group;                         /* "Data", "Analysis", "Browser", "Limits" ... */
	int (*set)(struct options *o, const char *name, const char *arg, struct err *e);
};
extern const struct option_row option_rows[];

/* 0, or exit status 2 after a message (usage). */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_help(FILE *f);

#endif
