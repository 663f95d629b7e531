/* The analysis gives everything that tsviz says about one window. It computes a number when it is asked for and keeps
 *it until it is stale. Views, verbs and tests ask the analysis; a probe (core/probe/probe.h) does the computing.
 *
 *	a = analysis_new(m);
 *	analysis_data(a, d); analysis_ask(a, &q);      or, without a data set: analysis_window(a, tc, y, class)
 *	imp = analysis_importance(a, layer); map = analysis_saliency(a, layer, filter);
 *	analysis_free(a);
 *
 * All pointers returned belong to the analysis. They are valid until the next analysis_ask, analysis_window or
 * analysis_truth. An analysis is not thread-safe: each thread needs its own. The formulas are in the tables of
 * importance.c and saliency.c. */
#ifndef CORE_ANALYSIS_H
#define CORE_ANALYSIS_H

#include "core/analysis/rank.h"
#include "core/probe/importance.h"
#include "core/probe/question.h"
#include "core/probe/saliency.h"
#include "core/probe/trace.h"
#include "core/run/kinks.h"

struct layer_importance {
	int64_t F;
	bool depends;             /* false: the target does not depend on this layer (raw, scaled NULL) */
	const real *raw, *scaled; /* (F) */
	const int *order;         /* (F) filters by raw importance, largest first; ties by index */
	const int *rank;          /* (F) place of each filter in order, 0-based */
};

struct layer_clusters {
	int k; /* 0: no clusters, for want of a time axis or with more than CLUSTER_FILTERS_MAX filters */
	enum cluster_method method;
	const int *label;   /* (F) 0..k-1 in order of first appearance; -1 without clusters */
	const int *size;    /* (k) */
	const bool *silent; /* (k) all filters of the cluster are silent in this window */
	/* (k,times) the prototype of each cluster: the mean of its filters' activations, each min-max scaled over time
	 * as for clustering. NULL without clusters. */
	const real *prototype;
	double inertia, silhouette; /* NaN: none (k-means only; at least 2 clusters) */
	const double *silhouettes;  /* CLUSTER_DTW: (n_silhouettes) for 2, 3 ... clusters; k has the largest */
	int n_silhouettes;
	uint64_t seed;
};

/* Makes an analysis of m, which must outlive it. The caller frees it with analysis_free. */
struct analysis *analysis_new(const struct model *m);
/* Like analysis_new, but instead of the model's layers it has one "layer" for every operator that depends on the input
 * (`analyze --nodes`). Operators that only move values are left out. Layer 0 is the input in both. */
struct analysis *analysis_new_nodes(const struct model *m);
void analysis_free(struct analysis *a); /* NULL is fine */
const struct model *analysis_model(const struct analysis *a);
/* Returns the list that all layer indices below refer to, and sets *n to its length. It is the model's own list, or
 * that of analysis_new_nodes. */
const struct layer *analysis_layers(const struct analysis *a, int *n);
int analysis_find_layer(const struct analysis *a, const char *name); /* index of an analysed layer, or -1 */

/* ---- window and question ---- */
/* From now on analysis_ask takes windows and their true values from `d`, which must outlive the analysis. */
void analysis_data(struct analysis *a, const struct dataset *d);
/* From now on every window has these true values, which are copied, instead of the data's. NULL: from the next
 * analysis_ask on, windows have the data's true values again. */
void analysis_truth(struct analysis *a, const struct truth *t);
/* Sets a window given by hand, which is copied: tc (T,C); y (outputs) its true values, or NULL; cls its class, or -1.
 */
void analysis_window(struct analysis *a, const real *tc, const real *y, int cls);
/* Sets the window that BASELINE_WINDOW means, given by hand: tc (T,C), copied. */
void analysis_baseline_window(struct analysis *a, const real *tc);
/* Takes over a question, which is copied, and keeps the numbers that still answer it. To change one setting:
 *	struct question q = *analysis_question(a); q.method = 2; analysis_ask(a, &q);
 * The caller must not change q.off of such a copy. */
void analysis_ask(struct analysis *a, const struct question *q);
const struct question *analysis_question(const struct analysis *a);
/* From now on no gradient of the input is computed: for surveys, which ask for importance only. */
void analysis_set_importances_only(struct analysis *a);

/* ---- answers: each computes what is missing. layer: index of a LAYER_ANALYSED layer ---- */
const struct run *analysis_run(struct analysis *a); /* forward has run: any tensor's value, by its id in the graph */
const real *analysis_input(struct analysis *a);     /* (T,C) */
const real *analysis_output(struct analysis *a);    /* (outputs) */
const real *analysis_logits(struct analysis *a);    /* (outputs) */
int analysis_class(struct analysis *a);             /* predicted class, -1 for a regression; one sigmoid: 0 or 1 */
/* false: there is no true value; *value is NaN. */
bool analysis_loss(struct analysis *a, enum loss_kind *kind, double *value);
double analysis_target_value(struct analysis *a); /* NaN: target `loss` without a true value */
const struct kinks *analysis_kinks(struct analysis *a);
const real *analysis_activation(struct analysis *a, int layer); /* (F,times) */
const real *analysis_gradient(struct analysis *a, int layer);   /* (F,times) d target/d act; NULL: no dependence */
const struct layer_importance *analysis_importance(struct analysis *a, int layer);
/* Returns the raw importance alone, (F), neither scaled nor ranked; NULL: the target does not depend on the layer. */
const real *analysis_importance_raw(struct analysis *a, int layer);
/* Returns the raw importance by the measure `ablation`, (F), whatever the question's measure is; NULL: the target does
 * not depend on the layer. */
const real *analysis_ablation(struct analysis *a, int layer);
/* Returns the sum over time of abs(d loss/d act) as an importance; its raw is NULL without a true value. */
const struct layer_importance *analysis_loss_influence(struct analysis *a, int layer);
/* Returns (F,times) d target/d value before the activation function; NULL: no dependence. A question with an importance
 * measure that needs it, asked before, saves a pass. */
const real *analysis_pre_gradient(struct analysis *a, int layer);
const real *analysis_loss_gradient(struct analysis *a, int layer); /* (F,times) d loss/d act, or NULL */
const real *analysis_input_gradient(struct analysis *a);           /* (T,C) d target/d input, signed; or NULL */
const real *analysis_input_loss_gradient(struct analysis *a);      /* (T,C) or NULL */
/* Returns the saliency map (T,C) of a filter (layer >= 0) or of the target (layer -1), by the question's method. */
const real *analysis_saliency(struct analysis *a, int layer, int64_t filter);
const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter); /* NULL: not computed yet */
/* Returns the target's map over frequencies, (T/2+1,C), which adds up to the sum of the map (core/probe/spectrum.h);
 * NULL: the question's method has no spectrum. */
const double *analysis_spectrum(struct analysis *a);
/* Returns all maps of a layer: (F) pointers to (T,C). */
const real *const *analysis_saliency_layer(struct analysis *a, int layer);
/* Computes and keeps all maps of the layers with want[layer]; NULL: of all analysed layers. This costs less than one
 * layer after the other. */
void analysis_saliency_layers(struct analysis *a, const bool *want);
/* Frees the maps of a layer. They are computed again when they are asked for. */
void analysis_drop_maps(struct analysis *a, int layer);
/* What analysis_saliency_layers would do for the layers with want[layer]: *sweep gets the multiply-adds of one sweep,
 * *single the number of maps that are computed one after the other, and *layer the middle layer of these, or -1. */
void analysis_saliency_cost(struct analysis *a, const bool *want, int64_t *sweep, int64_t *single, int *layer);
/* Returns how a kept map was computed; NULL: it is not computed yet. */
const struct saliency_note *analysis_saliency_note(const struct analysis *a, int layer, int64_t filter);
/* Returns the map (T,C) of a filter or of the target (layer -1) by another method than the question's. It is kept until
 * the map of another filter is asked for. note is never NULL. */
const real *analysis_method(struct analysis *a, int method, int layer, int64_t filter, struct saliency_note *note);
const real *analysis_baseline(struct analysis *a); /* (T,C) what the window is compared with */
const struct layer_clusters *analysis_clusters(struct analysis *a, int layer);
const struct layer_clusters *analysis_clusters_cached(const struct analysis *a, int layer); /* NULL: not computed yet */
bool analysis_silent(struct analysis *a, int layer, int64_t filter);                        /* probe_silent */
/* Recursive highlighting (core/probe/trace.h): analysis_trace goes back from a point, analysis_feeds forward from it.
 * The result is valid until the next call. */
const struct trace *analysis_trace(struct analysis *a, int layer, int64_t filter, int64_t t);
const struct trace *analysis_feeds(struct analysis *a, int layer, int64_t filter, int64_t t);

/* ---- the same in pieces, for callers with other work in between (ui/scene/worker.c) ----
 * Each function does one piece of work on an answer and returns true while there is more to do. A piece takes about one
 * pass of the network, or `budget` seconds. Each function can have one unfinished answer. A call for another answer
 * drops the unfinished one. Between two pieces the caller may ask for anything else. */
bool analysis_importance_step(struct analysis *a, int layer);
bool analysis_ablation_step(struct analysis *a, int layer);
bool analysis_saliency_step(struct analysis *a, int layer, int64_t filter);
bool analysis_method_step(struct analysis *a, int method, int layer, int64_t filter);
bool analysis_clusters_step(struct analysis *a, int layer, double budget);

#endif
