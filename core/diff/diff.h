/* What differs between two networks: layers and weights; and with a set of windows what they say, where their values
 * part, and whether they look at the same points.
 *
 *	struct diff_job j = { .m = { a, b }, .d = { &da, &db }, .q = { &qa, &qb }, .windows = 200, ... };
 *	if (!diff_check(&j, &e)) diff_run(&j, &r);
 *	diff_release(&r);
 *
 * Each model has windows of its own, cut and scaled by its own recipe from the same data; window i is the same rows in
 * both. The numbers do not depend on the number of threads. A difference is the second model minus the first. */
#ifndef CORE_DIFF_H
#define CORE_DIFF_H

#include "core/diff/diff_layers.h"
#include "core/diff/diff_outputs.h"
#include "core/diff/diff_weights.h"

enum { DIFF_WINDOWS = 200 /* that layers and maps are compared in, unless it is said */ };

/* Rank correlations (Spearman) of the maps of the target that both models give for a window, of the absolute values. */
struct diff_maps {
	int64_t n;                   /* windows in which both maps have an order */
	int64_t without;             /* windows in which one of them has none: all its points are alike */
	double mean, median, lowest; /* NaN: n is 0 */
	int64_t lowest_window;
	double *rank; /* [windows]; NaN: without an order */
};

struct diff_result {
	int n_pair, n_weight;
	struct diff_pair *pair;     /* [n_pair] */
	struct diff_weight *weight; /* [n_weight] */
	char hash[2][SHA256_TEXT];  /* diff_weights_hash of each */
	bool has_data;              /* the rest is there */
	int64_t windows, *window;   /* [windows] in which layers and maps are compared */
	struct diff_outputs outputs;
	struct diff_layer *layer; /* [n_pair] */
	int first; /* the first pair of layers that diverges, not by the numbers of filters alone; -1: none */
	struct diff_maps maps;
};

struct diff_job {
	const struct model *m[2];
	const struct dataset *d[2];  /* NULL both: structure and weights alone */
	const struct question *q[2]; /* target, task, method, baseline, seed; the window is ignored */
	const char *name[2];         /* for messages: what the user calls them */
	int64_t windows;             /* so many, spread evenly over the set; all, if there are not more */
	int threads;
	void *ctx;
	/* Called by one thread at a time; may be NULL. */
	void (*progress)(void *ctx, int64_t windows, int64_t of);
};
/* An error with both names if the two cannot be compared: too many layers, other windows, outputs, tasks or classes. */
int diff_check(const struct diff_job *j, struct err *e);
/* The same of windows and outputs of the models alone, before there are data. */
int diff_check_models(const struct diff_job *j, struct err *e);
/* Fills r, which the caller releases. */
void diff_run(const struct diff_job *j, struct diff_result *r);
void diff_release(struct diff_result *r);
/* How many tensors, of those that belong together, are not equal; *alone: how many have no partner of the same shape.
 */
int diff_weights_changed(const struct diff_result *r, int *alone);
/* Writes in one sentence what the result says. */
void diff_sentence(const struct diff_job *j, const struct diff_result *r, char *buf, size_t size);

#endif
