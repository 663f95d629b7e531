/* Truth: how far saliency maps may be believed, measured on one model and one set of windows.
 *
 *	struct truth_job j = { .m = m, .d = d, .q = &q, .windows = 200, ... };
 *	truth_run(&j, &r);
 *	truth_release(&r);
 *
 * The measures, with formulas and sources, are rows of truth_measures.def. The numbers do not depend on the number of
 * threads: each window has numbers of its own, and they are added up in the order of the windows. */
#ifndef CORE_TRUTH_H
#define CORE_TRUTH_H

#include "core/data/perturb.h"
#include "core/probe/saliency.h"
#include "core/truth/truth_mask.h"

enum {
	TRUTH_STEPS = 20,       /* in which all units are replaced */
	TRUTH_WINDOWS = 200,    /* unless it is said */
	TRUTH_METHODS_MAX = 32, /* of a job */
	TRUTH_DRAWS = 1000,     /* of the bootstrap */
	TRUTH_CLASSES_MOST = 64 /* with more classes there are no figures by class */
};
enum truth_measure {
#define TRUTH_MEASURE(id, key, label, formula, source, use) TRUTH_##id,
#include "core/truth/truth_measures.def"
#undef TRUTH_MEASURE
	TRUTH_MEASURES,
	TRUTH_OF_MASK = TRUTH_AUC_PR /* from here on: the measures against a mask */
};
struct truth_measure_row {
	const char *key, *label, *formula, *source, *use;
};
extern const struct truth_measure_row truth_measures[]; /* [TRUTH_MEASURES] */

/* A map that is measured: that of a row of saliency_methods, or what a function makes. */
struct truth_method {
	const char *name;
	int method; /* index into saliency_methods; -1: `map` makes it */
	/* Fills out (T,C) for the window that p holds. Several threads call it at once. */
	void (*map)(struct probe *p, real *out);
};

struct truth_job {
	const struct model *m;
	const struct dataset *d;
	const struct question *q; /* target, task, baseline and seed; its window and method are ignored */
	int n_method;
	struct truth_method method[TRUTH_METHODS_MAX];
	int64_t windows;   /* so many, spread evenly over the set; all, if there are not more */
	int64_t only;      /* with windows 1: this window; the others have windows from 0 on */
	unsigned replaces; /* bits 1 << enum replace; at least one */
	bool series;       /* see core/data/perturb.h */
	int64_t length;    /* steps of a unit */
	bool more;         /* the measures that need many maps, too */
	/* The important points, or NULL. Its channels are those that are replaced by themselves. Classifiers are
	 * judged by the windows that they get right alone: of the others nobody knows what they looked at. */
	const struct truth_mask *mask;
	int threads;
	void *ctx;
	/* Called by one thread at a time; may be NULL. */
	void (*progress)(void *ctx, int64_t windows, int64_t of);
	bool (*stop)(
	        void *ctx); /* asked often, by several threads at once: is the result no longer wanted? May be NULL. */
};

/* D(k), k = 0 .. TRUTH_STEPS. */
struct truth_curve {
	double d[TRUTH_STEPS + 1];
};

/* Of one method and one replacement. */
struct truth_srg {
	double srg, raw;
	double low, high;               /* 95 % bootstrap interval of srg over windows */
	struct truth_curve most, least; /* most and least important first */
	double *by_class;               /* [classes] srg over the windows that are predicted as this class; NaN: none */
};
struct truth_row {
	const char *name;
	int method;                         /* index into saliency_methods, or -1 */
	struct truth_srg of[REPLACE_COUNT]; /* where the job asks for the replacement */
	double alike;                       /* share of windows whose map has no order: all units score the same */
	double measure[TRUTH_MEASURES]; /* SRG: the mean over replacements; NaN: not measured, or not promised. The row
	                                 * `random` has SRG and those against the mask */
	double stability_more;          /* with 5 % of noise; STABILITY is that with 1 % */
	double *after;                  /* [layers] rank correlation after the topmost 1, 2 .. were randomised */
};
struct truth_result {
	int n_row; /* the methods, and behind them the row `random` */
	struct truth_row *row;
	unsigned replaces;
	int n_replace;
	bool series;
	int64_t length, units, windows;
	int64_t *window;                /* [windows] their indices */
	int64_t share[TRUTH_STEPS + 1]; /* units that are replaced in step k */
	int64_t classes;                /* 0: the task is no classification */
	int64_t *class_windows;         /* [classes] windows that are predicted so */
	double end[REPLACE_COUNT];      /* mean of abs(y - y_end) */
	/* A random order: mean of D over both directions, less and plus 1.96 standard errors over windows. */
	struct truth_curve random_low[REPLACE_COUNT], random_high[REPLACE_COUNT];
	/* Mean rank correlation, over pairs of replacements, of the methods' SRG without `random`; NaN: fewer than two
	 * of either. */
	double agreement;
	int64_t stability_windows, random_windows; /* of the measures that need many maps */
	int layers;                                /* that were randomised */
	bool masked;                               /* there was a mask: */
	int64_t mask_windows;                      /* that were compared with it */
	double mask_share;                         /* mean share of their units that are in it */
	int best, second;                          /* rows by mean SRG, without `random`; -1: there is none */
};
/* Fills r, which the caller releases. Returns false if it was stopped; then there is nothing to release. */
bool truth_run(const struct truth_job *j, struct truth_result *r);
void truth_release(struct truth_result *r);
/* Writes what the result says in one sentence. */
void truth_sentence(const struct truth_result *r, char *buf, size_t size);
/* Rank correlation (Spearman) of a and b (n), ties by mean ranks; NaN if one of them has no order. */
double truth_rank_correlation(const double *a, const double *b, int64_t n);

#endif
