/* The command line: one table of verbs, one of options. Dispatch, --help, man page and completions are drawn from them.
 */
#ifndef SRC_OPTIONS_H
#define SRC_OPTIONS_H

#include <stdio.h>
#include "core/analysis/analysis.h"
#include "core/model/recipe.h"
#include "src/read/read_model.h"

struct config;

struct options {
	const struct verb *verb;
	const char *model, *data; /* positional */
	struct recipe recipe;     /* what the command line gave */
	const char *recipe_file;
	bool save_recipe;
	int64_t index; /* -w, -1: not given */
	const char *target, *importance, *method, *baseline, *cluster_method, *off, *compare, *npy, *layers, *y, *task,
	        *out, *isa;
	bool all, nodes, no_saliency, json, quiet;
	uint64_t seed;
	bool seed_given;
	int clusters, threads; /* 0: not given */
	const char *screen, *plain, *size, *keys, *dump;
	const char *glyphs, *colours, *theme;
	bool mouse, styles;
	struct read_options read;
	const struct config *config; /* the user's settings, or NULL */
	void (*instead)(FILE *f);    /* --help, --version ...: print this and do nothing else */
};

struct verb {
	const char *name, *args, *help;
	int pos_min, pos_max;
	int (*run)(struct options *o, struct err *e); /* exit status; 1 and 2 with a sentence in e */
};
extern const struct verb verbs[]; /* src/verbs/verbs.c; name NULL ends */

struct option_row {
	const char *group; /* "Data", "Analysis" ...: heading in --help */
	const char *name;  /* long name without dashes */
	char letter;       /* 0: none */
	const char *arg;   /* NULL: a flag */
	const char *help;
	int (*set)(struct options *o, const char *name, const char *arg, struct err *e);
};
extern const struct option_row option_rows[]; /* name NULL ends */
/* What the value may be, where it comes from a list. */
bool option_has_choices(const struct option_row *r);
void option_choices_print(const struct option_row *r, FILE *f); /* one space between two */

/* Nothing given yet: settings may be put in before the command line, which wins. */
void options_init(struct options *o);
/* 0, or a negative code: a usage error. argv must outlive o. */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_release(struct options *o);
void options_help(FILE *f);
/* --threads, by default the processors that this process may use. */
int options_threads(const struct options *o);

/* The stages that --dump knows (src/verbs/dump.c). */
void dump_stages_print(FILE *f);

#endif
