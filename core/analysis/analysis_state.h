/* What an analysis keeps, for the files that compute it: analysis.c, target.c, importance.c, saliency*.c, trace.c.
 * Others use core/analysis/analysis.h.
 *
 * Buffers are made once, when first needed, and stay; the valid flags say whether their contents belong to the current
 * window, target, measure, method and switches. */
#ifndef CORE_ANALYSIS_STATE_H
#define CORE_ANALYSIS_STATE_H

#include "core/analysis/analysis.h"
#include "core/probe/saliency.h"

struct importance_state {
	bool raw_valid, valid;       /* raw alone; all */
	struct layer_importance out; /* its pointers are those below, or NULL */
	real *raw, *scaled;          /* (F) */
	int *order, *rank;           /* (F) */
};

struct layer_state {
	bool act_valid, clusters_valid;
	real *act;                         /* (F,times) */
	real *grad, *pre_grad, *loss_grad; /* (F,times); pre_grad of the value before the activation function, for
	                                    * measures that need it */
	bool grad_depends, pre_depends, loss_depends;
	struct importance_state importance, influence;
	real **map;                 /* (F) of (T,C), each NULL until needed */
	struct saliency_note *note; /* (F) */
	unsigned char *map_valid;   /* (F) */
	struct layer_clusters clusters;
	int *label, *size;   /* (F) each */
	bool *silent;        /* (F) */
	double *silhouettes; /* (F) */
};

struct filter_ref {
	int layer;
	int64_t filter;
};

struct analysis {
	const struct model *m;
	const struct layer *layer; /* what layer indices mean */
	struct layer *own_layer;   /* analysis_new_nodes: the list; else NULL */
	int n_layer;
	struct layer_state *state; /* (n_layer) */
	struct run *run;           /* the current window with the current switches */
	struct run *twin;          /* other inputs, other switches: made when first needed */
	struct band *band;         /* made when first needed */
	/* settings */
	enum task task;
	struct target target;
	int measure, method;
	uint64_t seed;
	enum cluster_method cluster_method;
	int k;
	enum baseline baseline_kind;
	struct filter_ref *off;
	int n_off;
	/* the window */
	real *x, *native; /* (T,C) and in the model's layout; native also serves as scratch */
	real *y;          /* (outputs) */
	bool has_y;
	bool importances_only; /* no gradient of the input */
	int cls;               /* true class or -1 */
	/* what was computed */
	bool forward_valid, grad_valid, loss_grad_valid, kinks_valid, target_map_valid;
	int predicted; /* class, -1 for a regression */
	struct kinks kinks;
	real *input_grad, *input_loss_grad; /* (T,C) */
	bool input_depends, input_loss_depends;
	real *target_map; /* (T,C) */
	struct saliency_note target_note;
	real *baseline, *baseline_given; /* (T,C) */
	real *rows, *seed_native;        /* scratch: as large as the largest layer or output */
	struct trace trace;
	real **trace_share; /* (n_layer) */
	struct trace feeds;
	real **feeds_share; /* (n_layer) */
	/* background work: a stack */
	struct filter_ref *queue;
	int n_queue, queue_cap;
	int64_t queue_done;
	struct saliency_job job;             /* the map in the making */
	int *cluster_queue, n_cluster_queue; /* layers, each once */
	struct cluster_dtw *clustering;      /* of clustering_layer; NULL: not begun */
	int clustering_layer;
};

/* What becomes stale when something is set. */
enum analysis_stale {
	STALE_FORWARD = 1,
	STALE_TARGET = 2,
	STALE_LOSS = 4,
	STALE_IMPORTANCE = 8,
	STALE_MAPS = 16,
	STALE_CLUSTERS = 32,
	STALE_ALL = 63,
};
void analysis_stale(struct analysis *a, unsigned what);

static inline const struct value *layer_value(const struct analysis *a, int layer)
{
	return &a->m->graph->value[a->layer[layer].act];
}
static inline bool layer_runs(const struct layer *l)
{
	return l->kind == LAYER_ANALYSED || l->kind == LAYER_INPUT;
}
static inline int64_t layer_count(const struct layer *l)
{
	return l->filters * l->times;
}
static inline int64_t analysis_window_count(const struct analysis *a)
{
	return a->m->T * a->m->C;
}
/* *p, made when it is NULL: n numbers. */
static inline real *analysis_buffer(real **p, int64_t n)
{
	if (!*p)
		*p = xcalloc((size_t)n, sizeof **p);
	return *p;
}

/* Run forward if the window or the switches changed. */
void analysis_forward(struct analysis *a);
/* Does the layer's value depend on the input and have a gradient? */
bool analysis_differentiable(const struct analysis *a, int layer);
/* A second run of the same graph with the current switches set, nothing computed. The caller packs an input and runs
 * it. */
struct run *analysis_twin(struct analysis *a);
/* Ask `r` for the input's gradient only. */
void analysis_want_input(struct analysis *a);
/* seed (native shape of the layer's act): ones at all steps of one filter, zeros elsewhere. Returns the value to start
 * from. */
int analysis_filter_seed(struct analysis *a, int layer, int64_t filter, real *seed);

/* The target's value in a run (of the same graph, after run_forward), with the class that the current window predicts.
 */
double target_eval(struct analysis *a, const struct run *r);
/* seed: d target / d value in run r, value returned; -1: there is none (loss without truth). */
int target_seed(struct analysis *a, const struct run *r, real *seed);
/* The same for the loss. */
int target_loss_seed(struct analysis *a, const struct run *r, real *seed);
/* The mean of the seeds on the straight way between the values of two runs: multiplied with their difference it gives
 * the difference of the targets (exactly, or for crossentropies to about 1e-4: 64 points). */
int target_seed_between(struct analysis *a, const struct run *from, const struct run *to, real *seed);
enum loss_kind target_loss_kind(const struct analysis *a);

/* Clusters that are queued, for about `budget` seconds; true: there are more. */
bool analysis_step_clusters(struct analysis *a, double budget);

/* share (n_layer): what `value` (by value) holds for each layer, as rows (the input: (T,C)); NULL where there is
 * nothing above 0. */
void trace_collect(struct analysis *a, real *const *value, real **share);
/* to (points of that output of the node): for each, the sum over the inputs' points of its share of them times feed (by
 * value). */
void trace_points(struct run *r, int node, int output, real *const *feed, real *to);

/* Fill importance from raw: scaled, order, rank. */
void importance_finish(struct importance_state *s, int64_t F, bool depends);
/* raw (F): sum over time of abs(g (F,times)). */
void importance_abs_sum(const real *g, int64_t F, int64_t times, real *raw);

#endif
