/* All that tsviz says about one window, computed on demand and kept until the window, the target or the set of
 * switched-off filters changes. Views, the JSON writer and tests ask here and nowhere else.
 *
 *	a = analysis_new(m); analysis_window(a, x, y, class); analysis_target(a, t);
 *	imp = analysis_importance(a, layer);  s = analysis_saliency(a, layer, filter);
 *
 * Everything handed out stays valid until the next call that sets something (window, target, measure, method, switch
 *...). Not thread-safe: one analysis per thread. Formulas: DESIGN.md section 4 and the files named in the comments. */
#ifndef CORE_ANALYSIS_H
#define CORE_ANALYSIS_H

#include "core/probe/cluster.h"
#include "core/run/kinks.h"
#include "core/model/loss.h"
#include "core/model/model.h"
#include "core/analysis/rank.h"
#include "core/run/run.h"

/* ---- target: the scalar that is differentiated (core/probe/target.c) ---- */
enum target_kind { TARGET_SUM, TARGET_CLASS, TARGET_OUTPUT, TARGET_LOSS };
struct target {
	enum target_kind kind;
	int64_t k; /* TARGET_OUTPUT: which */
};
/* "sum", "class", "output:3", "loss"; checked against model and task. */
int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e);
void target_format(const struct target *t, char *buf, size_t size);
struct target target_default(enum task task);

/* ---- importance measures (core/probe/importance.c): a table ---- */
struct analysis;
struct importance_measure {
	const char *name, *label, *formula, *source;
	/* raw (F) of one analysed layer */
	void (*compute)(struct analysis *a, int layer, real *raw);
	bool before; /* needs gradients before activation functions */
};
extern const struct importance_measure importance_measures[]; /* name NULL ends: gradient, gated, taylor, ablation */
int importance_find(const char *name);                        /* index or -1 */

/* ---- saliency methods (core/probe/saliency*.c): a table; `gradient` first. How a map is made in slices:
 * core/probe/saliency.h
 * ---- */
struct saliency_job;
struct saliency_method {
	const char *name, *label, *formula, *source;
	bool is_signed; /* the map has signs; others are absolute values */
	bool baseline;  /* compares with analysis_set_baseline's window */
	bool random;    /* uses analysis_set_seed's seed */
	/* One pass of the network's worth of work on the map of a filter's sum over time, or of the target; true: there
	 * is more. */
	bool (*step)(struct saliency_job *j);
};
extern const struct saliency_method saliency_methods[]; /* name NULL ends */
int saliency_find(const char *name);                    /* index or -1 */
/* How a map came about, for the line beside it. */
struct saliency_note {
	double residual; /* how far the map is from adding up to f(x) - f(baseline), relative to it; NaN: no such
	                    promise */
	int64_t steps;   /* points of the path, samples, or patches that were tried; 0: one pass was all */
	int at;          /* Grad-CAM: the layer whose activations were weighed; else -1 */
};
/* share (C): what part of the sum of abs(map) each channel has; zeros for a map of zeros. */
void saliency_channels(const real *tc, int64_t T, int64_t C, double *share);
enum baseline {
	BASELINE_ZERO,
	BASELINE_MEAN,
	BASELINE_WINDOW
};                                         /* zeros, each channel's mean over the window, a window given */
extern const char *const baseline_names[]; /* "zero", "mean", "window" */

struct layer_importance {
	int64_t F;
	bool depends;             /* false: the target does not depend on this layer (raw, scaled NULL) */
	const real *raw, *scaled; /* (F) */
	const int *order;         /* (F) filters by raw importance, largest first; ties by index */
	const int *rank;          /* (F) place of each filter in order, 0-based */
};

struct layer_clusters {
	int k; /* 0: no time axis (or more than CLUSTER_FILTERS_MAX filters), no clusters */
	enum cluster_method method;
	const int *label;           /* (F) 0..k-1 in order of first appearance; -1 without clusters */
	const int *size;            /* (k) */
	const bool *silent;         /* (k) all filters of the cluster are constant in this window */
	double inertia, silhouette; /* NaN: none (k-means only; at least 2 clusters) */
	const double *silhouettes;  /* CLUSTER_DTW: (n_silhouettes) of 2, 3 ... clusters; k is where they are largest */
	int n_silhouettes;
	uint64_t seed;
};

struct analysis *analysis_new(const struct model *m);
/* The same with one "layer" for every operator that depends on the input instead of the model's layers (`analyze
 * --nodes`); those that only move values are left out. Layer 0 is the input in both. */
struct analysis *analysis_new_nodes(const struct model *m);
void analysis_free(struct analysis *a);
const struct model *analysis_model(const struct analysis *a);
/* What layer indices mean below: the model's own list, or that of analysis_new_nodes. */
const struct layer *analysis_layers(const struct analysis *a, int *n);
int analysis_find_layer(const struct analysis *a, const char *name); /* analysed layer, or -1 */

/* A new window. x (T,C). y: the model's number of outputs true values, or NULL; cls: true class or -1. Keeps
 * switched-off filters. */
void analysis_window(struct analysis *a, const real *tc, const real *y, int cls);
void analysis_set_task(struct analysis *a, enum task task); /* resolved: regression or classification */
void analysis_set_target(struct analysis *a, struct target t);
void analysis_set_measure(struct analysis *a, int measure); /* index into importance_measures */
/* From now on of all gradients only importances by the measure in use are asked for (a survey): others are not
 * computed. */
void analysis_set_importances_only(struct analysis *a);
void analysis_set_method(struct analysis *a, int method);  /* index into saliency_methods */
void analysis_set_seed(struct analysis *a, uint64_t seed); /* for clusters and sampling methods */
void analysis_set_clusters(struct analysis *a, enum cluster_method method, int k); /* k 0: the method's own choice */
/* tc (T,C), copied: BASELINE_WINDOW only, else NULL. */
void analysis_set_baseline(struct analysis *a, enum baseline kind, const real *tc);
enum task analysis_task(const struct analysis *a);
struct target analysis_target(const struct analysis *a);
int analysis_measure(const struct analysis *a);
int analysis_method(const struct analysis *a);

/* Switch one filter off (its activated output becomes zero) or on again; everything is recomputed on demand. */
void analysis_switch(struct analysis *a, int layer, int64_t filter, bool off);
bool analysis_is_off(const struct analysis *a, int layer, int64_t filter);
void analysis_switch_clear(struct analysis *a);
int analysis_n_off(const struct analysis *a);

/* All below compute what is missing. layer: index of a LAYER_ANALYSED layer. */
const struct run *analysis_run(struct analysis *a); /* forward has run: any tensor's value, by its id in the graph */
const real *analysis_input(struct analysis *a);     /* (T,C) */
const real *analysis_output(struct analysis *a);    /* (outputs) */
const real *analysis_logits(struct analysis *a);    /* (outputs) */
int analysis_class(struct analysis *a);             /* predicted class, -1 for a regression; one sigmoid: 0 or 1 */
bool analysis_loss(struct analysis *a, enum loss_kind *kind, double *value);
double analysis_target_value(struct analysis *a); /* NaN: target `loss` without a true value */
const struct kinks *analysis_kinks(struct analysis *a);
const real *analysis_activation(struct analysis *a, int layer); /* (F,times) */
const real *analysis_gradient(struct analysis *a, int layer);   /* (F,times) d target/d act; NULL: no dependence */
/* (F,times) the same, min-max scaled over the whole layer: a filter's influence on the output, step by step, as the
 * paper's own tool colours it. NULL: no dependence. Valid until the next call. */
const real *analysis_step_influence(struct analysis *a, int layer);
const struct layer_importance *analysis_importance(struct analysis *a, int layer);
/* Its raw values alone, (F), neither scaled nor ranked; NULL: no dependence. */
const real *analysis_importance_raw(struct analysis *a, int layer);
const struct layer_importance *analysis_loss_influence(struct analysis *a,
                                                       int layer); /* raw NULL without a true value */
const real *analysis_loss_gradient(struct analysis *a, int layer); /* (F,times) d loss/d act, or NULL */
const real *analysis_input_gradient(struct analysis *a);           /* (T,C) d target/d input, signed */
const real *analysis_input_loss_gradient(struct analysis *a);      /* (T,C) or NULL */
/* Map of a filter (layer >= 0) or the target (layer -1) by the current method: abs for unsigned methods. (T,C), raw. */
const real *analysis_saliency(struct analysis *a, int layer, int64_t filter);
const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter); /* NULL: not computed yet */
/* All maps of a layer: (F) pointers to (T,C). */
const real *const *analysis_saliency_layer(struct analysis *a, int layer);
/* All maps of the layers with want[layer] (NULL: of all analysed layers), which then are kept: at less cost than one
 * layer after the other. */
void analysis_saliency_layers(struct analysis *a, const bool *want);
/* How far the map is from adding up to the difference it explains, relative to it (integrated gradients, DeepLIFT);
 * NaN: the method makes no such promise. Computes the map if need be. */
double analysis_saliency_residual(struct analysis *a, int layer, int64_t filter);
/* The same with steps and the like. Of a map that is kept; NULL: it is not computed yet. */
const struct saliency_note *analysis_saliency_note(const struct analysis *a, int layer, int64_t filter);
/* What the map is of: baseline zero, mean or given. (T,C), current window. */
const real *analysis_baseline(struct analysis *a);
enum baseline analysis_baseline_kind(const struct analysis *a);
uint64_t analysis_seed(const struct analysis *a);
const struct layer_clusters *analysis_clusters(struct analysis *a, int layer);
const struct layer_clusters *analysis_clusters_cached(const struct analysis *a, int layer); /* NULL: not computed yet */
enum cluster_method analysis_cluster_method(const struct analysis *a);
/* A filter without activity in this window: its activation is constant over time (with a time axis) or zero. */
bool analysis_dead(struct analysis *a, int layer, int64_t filter);

/* ---- recursive highlighting (core/probe/trace.c) ---- */
struct trace {
	int layer; /* the point it starts from */
	int64_t filter, time;
	int n_layer;
	const real *const
	        *share; /* [layer index]: (F,times) shares, NULL where nothing leads there; layer 0: input (T,C) */
	bool complete;  /* analysis_feeds: false: it ends before operators too large to be followed */
};
/* Backward: what this point is made of. Valid until the next call or a setter. */
const struct trace *analysis_trace(struct analysis *a, int layer, int64_t filter, int64_t t);
/* Forward (core/probe/trace_forward.c): which later points this one feeds, and what share of them it has: what
 * analysis_trace from there finds here. layer 0: channel `filter` of the input. */
const struct trace *analysis_feeds(struct analysis *a, int layer, int64_t filter, int64_t t);

/* ---- background work in slices ----
 * Queue maps of filters of a layer (first those asked last; layer -1, filter 0: the target's) and clusters of layers;
 * analysis_step works for about `budget` seconds, in the middle of a map if need be, and returns true while something
 * is left. A setter drops what it makes stale. analysis_progress: done and total of the queue. */
void analysis_queue_saliency(struct analysis *a, int layer, int n, const int *filters);
void analysis_queue_clusters(struct analysis *a, int layer);
bool analysis_step(struct analysis *a, double budget);
void analysis_progress(const struct analysis *a, int64_t *done, int64_t *total);

#endif
