/* What is known of one filter, and the table of these facts. The table is the one list of them: the columns of the
 * browser's filter table, and the names of filter expressions (filter_expr.h), are its rows.
 *
 * To add a fact: a field of struct filter_facts, a row in filter_facts.c, and the line that fills the field
 * (`scene_facts` in ui/scene/scene.c). */
#ifndef CORE_FILTER_FACTS_H
#define CORE_FILTER_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The facts of one filter. NaN or NULL: the value does not exist, or is not there yet. */
struct filter_facts {
	const char *layer;               /* name of its layer */
	double place;                    /* of the layer in the network, from 0 */
	double index;                    /* number of the filter in its layer, from 0 */
	double imp, raw, rank, ablation; /* scaled and raw importance; rank from 1; importance by ablation */
	double cluster;                  /* from 0 (letter A) */
	double mean, max, min;           /* of the activation */
	double peak;                     /* the step of the largest activation */
	double change;                   /* of the importance compared with the pin */
	const double *look;              /* (channels) the share of each channel in the saliency of the filter */
	double alive;                    /* share of all windows in which the filter is not silent */
	double unique;                   /* share of its variance that its siblings cannot explain */
	bool silent, off, marked;
	bool dead;   /* it is silent in all windows, and constant over them */
	double none; /* what facts that are not there yet point at */
};

enum fact_kind {
	FACT_NUMBER, /* double */
	FACT_DEGREE, /* double, 0 to 1, shown with a bar */
	FACT_FLAG,   /* bool */
	FACT_TEXT,   /* const char * */
	FACT_PART,   /* double, 0 to 1, shown in per cent */
	FACT_LETTER, /* double: number of a cluster, shown as its letter */
	FACT_SHARE,  /* const double *: a number for each channel of the input */
	FACT_CURVE,  /* no number: the activation, drawn */
};

/* Where a fact comes from, so that nothing is computed that nobody looks at. */
enum fact_source {
	FROM_LAYER = 1 << 0, /* activations and importance */
	FROM_CLUSTERS = 1 << 1,
	FROM_MAPS = 1 << 2,     /* the saliency map of each filter */
	FROM_ABLATION = 1 << 3, /* a pass of the network for each filter */
	FROM_SURVEY = 1 << 4,   /* figures over all windows */
};

struct filter_fact {
	const char *name, *also; /* as expressions and settings name it; NULL: no other name */
	const char *title;       /* of its column; NULL: it has none */
	const char *help;
	enum fact_kind kind;
	enum fact_source source;
	size_t offset; /* in struct filter_facts */
	int width;     /* of its column */
	bool shown;    /* its column is shown unless the user says otherwise */
	bool rises;    /* sorted by it, small values come first */
	bool whole;    /* whole numbers */
};
extern const struct filter_fact filter_fact_table[]; /* name NULL ends */
/* The table's row of this name, which has n bytes; -1: there is none. */
int filter_fact_find(const char *name, size_t n);
/* The value of fact i as a number, of this channel if it has one for each: flags are 0 and 1, texts and curves NaN. */
double filter_fact_number(const struct filter_facts *f, int i, int64_t channel);

/* The channels of the input by name, for expressions such as look:load>0.7. names: NULL: they have none. */
struct fact_channels {
	int64_t n;
	const char *const *names;
};
/* The channel that a word of n bytes means: its number from 1, its name, or a part of the name that no other channel
 * has. "diff" and "delta" are parts of names that begin with the sign of a difference. -1: none, or several. */
int64_t fact_channel_find(const struct fact_channels *c, const char *word, size_t n);

#endif
