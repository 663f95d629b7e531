/* The command line: one table of verbs, one of options. Parsing, --help, the manual, the completions of shells and the
 * settings file are drawn from the two.
 *
 *	options_init(&o);                      defaults; the settings file may then change some
 *	options_parse(&o, argc, argv, &e);     what the command line says takes precedence
 *	o.instead ? o.instead(stdout) : ...    --formats and the like: print and do nothing else
 *	options_release(&o);
 */
#ifndef SRC_OPTIONS_H
#define SRC_OPTIONS_H

#include <stdio.h>
#include "core/analysis/analysis.h"
#include "core/model/recipe.h"
#include "src/read/read_model.h"

struct config;
struct loaded;

/* ---- verbs ---- */

enum verb_id {
#define VERB(id, name, args, least, most, help, example) VERB_##id,
#include "src/cli/verbs.def"
#undef VERB
	N_VERBS
};

enum { ARGUMENTS_MAX = 1 << 30 };

struct verb {
	const char *name, *args;
	int pos_min, pos_max; /* how many arguments it takes, options apart */
	const char *help, *example;
};
/* The rows of verbs.def by enum verb_id; a row whose name is NULL ends them. */
extern const struct verb verbs[];
/* NULL: there is no such verb. */
const struct verb *verb_find(const char *name);

/* ---- what the command line says ---- */

/* The stages that --dump prints. src/verbs/dump.c has a function dump_NAME for each. */
#define DUMP_STAGES(X) X(graph) X(shapes) X(model) X(recipe) X(window) X(activations) X(gradients)

/* The bundled samples: name, the rows that did not train the model, and a window of theirs with something to see (a
 * heartbeat, a torque that falls for one step). The first one is the default. FIRST and NEXT may be the same macro.
 * Each has samples/NAME.csv and samples/NAME-model.json, which the build puts into the program (src/job/samples.c).
 */
#define SAMPLES(FIRST, NEXT) FIRST(ecg, "8000:", 0) NEXT(machine, "8000:", 87)
#define SAMPLE_NAME(name, rows, index) #name
#define SAMPLE_OR_NAME(name, rows, index) "|" #name

enum { OPTIONS_MAX = 192 };
/* The method that the standing of the methods chooses (core/truth/truth_standing.h). */
enum { METHOD_AUTO = 1000 };

struct options {
	const struct verb *verb;
	const char *model;       /* the first argument; NULL: none */
	const char *const *data; /* [n_data] the other ones: data files, folders and patterns */
	int n_data;
	const char **names;   /* all arguments; owned */
	struct recipe recipe; /* what the command line gave */
	const char *recipe_file;
	bool save_recipe;
	int64_t index; /* -1: not given */
	/* What the command line says of the question by itself: task (TASK_AUTO: not given), measure, method, seed,
	 * cluster method and clusters. The texts target, baseline and off are put into it when the model and the data
	 * are there (src/job/load.c). */
	struct question q;
	const char *target, *baseline, *off, *compare, *npy, *layers, *y, *out, *isa;
	int method; /* index into saliency_methods; METHOD_AUTO; -1: not said */
	bool all, nodes, no_saliency, all_maps, json, quiet;
	int schema_version; /* of JSON; 0: not given. It implies json */
	int threads;        /* 0: not given */
	int chunk, of;      /* 0: not given */
	int64_t ablation;
	int moments; /* enum moments_kind */
	const char *maps, *shard, *resume, *survey;
	int windows; /* 0: not given */
	const char *methods, *replace, *points, *unit, *fail_under, *mask;
	const char *attack, *epsilon, *epsilon_unit, *by;
	const char *to, *to_class, *filter, *near, *variation, *consistent, *max_cycles, *learning_rate, *descent;
	int from; /* enum invert_start */
	bool free, no_clip;
	int iterations, segment, smoothing; /* 0: not given */
	const char *max_flips, *max_difference, *min_saliency_rank;
	const char *ratio, *rank, *repair, *curve, *curve_out, *max_loss, *tune_on, *tune_rate, *test_rows;
	int remove, keep_min, calibrate, tune, seeds; /* 0: not given */
	bool global, renorm;
	bool merge;
	const char *events, *error_above, *saliency_above, *where;
	const char *beside, *screen, *plain, *size, *keys, *dump;
	const char *glyphs, *colours, *theme, *filter_columns;
	bool mouse, styles, follow;
	const char *session; /* NULL: the browser's own */
	bool fresh, no_session;
	const char *meta;
	bool quick, full;
	int port; /* -1: not given */
	const char *allow_origin;
	struct data_tail *tail; /* of --follow: keeps what was read (src/join/data_tail.h); NULL: there is none */
	bool grew;              /* the data are those that the tail keeps, and more */
	const char **set;       /* the texts of --set; owned */
	/* What a program that holds model and data gives instead of names of files: load() takes it over. With data
	 * beside it, as names in read.bundled, these are cut by its recipe. NULL: files are read. */
	struct loaded *ready;
	const int64_t *chosen; /* [n_chosen] predict: these windows, in this order. NULL: all, or --index */
	int64_t n_chosen;
	bool picture;      /* --screen is written as SVG */
	int layer;         /* index of the layer that --screen begins with; -1: the first */
	int64_t filter_at; /* and its filter; -1: the most important one */
	struct read_options read;
	const struct config *config; /* the user's settings, or NULL */
	bool help;                   /* --help: print options_help and do nothing else */
	void (*instead)(FILE *f);    /* --version and the like: print this and do nothing else; NULL: none */
	bool given[OPTIONS_MAX];     /* which rows of option_rows the command line named */
};

/* ---- the table of options ---- */

enum option_type {
	OPTION_FLAG,    /* bool at place */
	OPTION_TEXT,    /* const char * at place, unchecked */
	OPTION_CHOICE,  /* const char * at place, one of the words; a word that ends with ':' is followed by a number */
	OPTION_WORD,    /* int or enum at place: the number of the word, counted from least */
	OPTION_COUNT,   /* int at place, from least to most */
	OPTION_INDEX,   /* int64_t or uint64_t at place, from least to most */
	OPTION_RECIPE,  /* a field of the recipe of the same name; without an argument it is "yes" */
	OPTION_BYTES,   /* int64_t at place; 256M, 2G */
	OPTION_SECONDS, /* double at place */
	OPTION_PRINT,   /* no value; `print` is printed instead of running the verb */
	OPTION_OTHER,   /* `set` does it */
};

struct option_row {
	const char *group;   /* heading in --help, in the first row of a group */
	const char *name;    /* long name without dashes */
	const char *aliases; /* other names that are understood, separated by blanks, or NULL */
	char letter;         /* 0: none */
	enum option_type type;
	const char *arg;     /* what its value is called; NULL: it takes none */
	unsigned arg_verbs;  /* bits of the verbs at which it takes the value; 0: at all */
	const char *help;    /* without choices and default, which are added where it is printed */
	const char *initial; /* the default in words, or NULL */
	unsigned verbs;      /* bit 1 << VERB_X for each verb that takes it */
	/* names of options, separated by blanks; the verbs browse and demo take this one only beside one of them */
	const char *headless;
	bool one_window; /* analyze does not take it together with --all */
	bool setting;    /* the settings file may set it */
	bool optional;   /* as the last word of the command line it needs no value; `set` then gets NULL */
	size_t place;    /* offset in struct options */
	int64_t least, most;
	const char *(*word)(int i); /* the choices by number, NULL behind the last; NULL: free text */
	void (*print)(FILE *f);
	int (*set)(struct options *o, const char *value, struct err *e);
};
extern const struct option_row option_rows[]; /* name NULL ends */

static inline bool option_taken(const struct option_row *r, const struct verb *v)
{
	return r->verbs >> (v - verbs) & 1;
}
/* What the value of the option is called at verb v, which may be NULL; NULL: it takes none there. */
static inline const char *option_arg(const struct option_row *r, const struct verb *v)
{
	return !r->arg_verbs || (v && r->arg_verbs >> (v - verbs) & 1) ? r->arg : NULL;
}
/* The row of a long name or an alias of n bytes; NULL: there is none. */
const struct option_row *option_find(const char *name, size_t n);
/* Word i that the value may be, NULL behind the last. */
const char *option_word(const struct option_row *r, int i);
/* The number of the word that the value is, or a negative code with a sentence. */
int option_choose(const struct option_row *r, const char *value, struct err *e);
/* Sets it. value is NULL where the option takes none, and must outlive o. */
int option_set(struct options *o, const struct option_row *r, const char *value, struct err *e);

/* ---- parsing ---- */

void options_init(struct options *o);
/* 0, or a negative code and a sentence: a usage error. argv must outlive o. An option that is given twice has its last
 * value. */
int options_parse(struct options *o, int argc, char **argv, struct err *e);
void options_release(struct options *o);
/* Did the command line name the option? */
bool options_given(const struct options *o, const char *name);
/* --threads, by default the processors that this process may use. */
int options_threads(const struct options *o);

/* ---- src/cli/help.c ---- */

/* What DATA may be: the rest of a sentence that begins with "DATA". */
extern const char options_data[];
/* All verbs and options; or one verb, its options and an example. */
void options_help(const struct verb *v, FILE *f);
/* Prints the names of the verbs that take an option as in "browse, demo and info". */
void option_verbs_print(const struct option_row *r, FILE *f);

#endif
