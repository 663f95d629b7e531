/* The figures of some chunks of a survey: what is counted, the extremes, and the sums. Two parts that follow each other
 * can be joined; survey_tree joins them in the order of a fixed tree over the numbers of the chunks. */
#ifndef CORE_SURVEY_PART_H
#define CORE_SURVEY_PART_H

#include "core/survey/survey_plan.h"

/* Finite values: how many, how many of them are 0, extremes, mean, and the sum of squared differences from the mean.
 * Values that are not finite are counted apart. n 0: the other numbers mean nothing. */
struct spread {
	int64_t n, zero, nan, inf;
	double min, max, mean, m2;
};
void spread_add(struct spread *s, double v);
/* Chan, Golub, LeVeque 1979, Updating formulae and a pairwise algorithm for computing sample variances, equation 2.1.
 */
void spread_join(struct spread *to, const struct spread *from);
double spread_deviation(const struct spread *s); /* of the population */
/* Adds a row (n) in one go. */
void spread_add_row(struct spread *s, const real *v, int64_t n);
/* Sets mean and m2 of a row of row->n finite values, which differ little from the first: it is taken off before they
 * are squared. sum and square are those of the differences. */
void spread_end_row(struct spread *row, double first, double sum, double square);

/* Absolute values by their logarithm: SURVEY_OCTAVE buckets an octave, each 1 % wide. Bucket k holds 2^(k/70 - 24) <=
 * abs(v) < 2^((k+1)/70 - 24). `tiny` counts smaller ones that are not 0, `huge` larger ones. */
enum { SURVEY_OCTAVE = 70, SURVEY_LOWEST = -24, SURVEY_BUCKETS = SURVEY_OCTAVE * 48 };
struct histogram_side {
	int from, n; /* count[i] belongs to bucket from + i */
	int64_t *count;
};
struct histogram {
	int64_t zero, tiny, huge;
	struct histogram_side side[2]; /* of negative values, of positive ones */
};
/* Returns the bucket of a float that is not 0: -1 below the first, SURVEY_BUCKETS above the last. */
int survey_bucket(float v);
/* Adds the n numbers v[0], v[step], v[2 step] ... Those that are not finite are left out. */
void histogram_add(struct histogram *h, int64_t n, const real *v, int64_t step);
void histogram_join(struct histogram *to, const struct histogram *from);

struct survey_window {
	int64_t window, time;
	double value; /* the largest activation of the window, at step `time` */
};
/* One window for every range of the largest activation that is a seventh of an octave wide: the first one. */
enum { SURVEY_SPREAD_KEYS = SURVEY_BUCKETS / 10 + 1 };
struct survey_examples {
	int from, n;              /* at[i] has key from + i, of -SURVEY_SPREAD_KEYS .. SURVEY_SPREAD_KEYS */
	struct survey_window *at; /* window -1: none */
};

enum { SURVEY_TOP = 8, SURVEY_METHODS = 2 /* gradient, gradient x input */, SURVEY_MEASURES_MOST = 8 };
/* One filter over the windows of one class. */
struct survey_filter {
	int64_t windows, alive, active; /* windows; those with any activity; active steps */
	struct spread activation;
	struct histogram histogram;
	struct spread importance[SURVEY_MEASURES_MOST][2]; /* raw and scaled */
	double *channel;                                   /* (SURVEY_METHODS,C) sums of the absolute map */
	int n_top;
	struct survey_window top[SURVEY_TOP]; /* by value, largest first, then by index */
	struct survey_examples examples;
};

struct survey_part {
	int64_t first, chunks;   /* chunks first .. first + chunks - 1 */
	int64_t from, windows;   /* windows from .. from + windows - 1 */
	int64_t not_finite;      /* windows in which any figure is not finite */
	int64_t maps, ablations; /* windows with maps, and with ablation */
	struct error_sums errors;
	int64_t *predicted;             /* (classes) */
	double *saliency_channel;       /* (SURVEY_METHODS,C) sums of the target's absolute map */
	double *saliency_step;          /* (SURVEY_METHODS,T) */
	struct survey_moments *moments; /* [consumer] */
	struct survey_filter **filter;  /* [layer] of (groups, filters) */
	struct spread *of_output;       /* (outputs) in the order of the model's own framework */
	real *output;                   /* (windows, outputs) in the same order; NULL: they are not kept */
};

/* Makes the part of `chunks` chunks from `first` on, with nothing counted. */
struct survey_part *survey_part_new(const struct survey_plan *p, int64_t first, int64_t chunks);
void survey_part_free(const struct survey_plan *p, struct survey_part *q); /* NULL is fine */
/* Adds the rows of a filter to its figures. v (times): its activation in window i. */
void survey_filter_add(struct survey_filter *f, const struct survey_layer_plan *y, int64_t i, const real *v);
/* The same for windows i to i + n - 1 at once: v (times,TILE_LANES); of[lane] is the filter's figures for the class of
 * window i + lane. finite[lane] becomes false if a number of the lane is not finite. */
void survey_filter_add_lanes(struct survey_filter *const *of, const struct survey_layer_plan *y, int64_t i, int n,
                             const real *v, bool *finite);
/* Adds the figures of a filter to those of another one. C: channels. */
void survey_filter_join(struct survey_filter *to, const struct survey_filter *from, int64_t C);
void survey_filter_release(struct survey_filter *f);
/* The figures of a filter over all classes. The caller releases them with survey_filter_release. */
struct survey_filter survey_filter_all(const struct survey_plan *p, const struct survey_part *q, int layer, int64_t f);
/* Whether all values are one and the same finite number. */
bool survey_filter_dead(const struct survey_filter *f);
/* Eight windows whose largest activations are spread over their range: those of the examples that are nearest to the
 * middles of eight equal parts. Ordered by value, largest first, then by index. Returns how many: fewer if some are the
 * same. */
int survey_filter_spread(const struct survey_filter *f, struct survey_window out[SURVEY_TOP]);
/* Puts w into a list that is ordered by value, largest first, then by index. */
void survey_top_offer(struct survey_window *top, int *n, struct survey_window w);
/* Makes count[bucket - from] exist, and n include it. */
void histogram_room(struct histogram_side *s, int from, int end);
void examples_room(struct survey_examples *x, int from, int end);

/* Parts in the fixed tree. Its leaves are the chunks; a node of level l covers 2^l chunks, and joins two nodes of level
 * l-1. A node without a right half is its left half. */
struct survey_tree {
	const struct survey_plan *plan;
	int n, cap;
	struct survey_part **part; /* in ascending order */
};
/* Takes over a part, and joins what can be joined. It covers chunks that are a node of the tree, and none that is there
 * already. */
void survey_tree_add(struct survey_tree *t, struct survey_part *q);
/* Joins what is left, once all chunks are there. Returns the only part, which the tree keeps; NULL: some are missing.
 */
const struct survey_part *survey_tree_all(struct survey_tree *t);
void survey_tree_release(struct survey_tree *t);
/* Whether these chunks are a node of the tree. */
bool survey_is_node(const struct survey_plan *p, int64_t first, int64_t chunks);

#endif
