/* All that tsviz says about one window, computed on demand and kept until the window, the target or the set of
 * switched-off filters changes. Views, the JSON writer and tests ask here and nowhere else.
 *
 *	a = analysis_new(m); analysis_window(a, x, y, class); analysis_target(a, t);
 *	imp = analysis_importance(a, layer);  s = analysis_saliency(a, layer, filter);
 *
 * Everything handed out stays valid until the next analysis_window/target/measure/switch call. Not thread-safe: one
 * analysis per thread. Formulas: DESIGN.md section 4 and the files named in the comments. */
#ifndef CORE_ANALYSIS_H
#define CORE_ANALYSIS_H

#include "core/model.h"
#include "core/run.h"

/* ---- target: the scalar that is differentiated (core/target.c) ---- */
enum target_kind { TARGET_SUM, TARGET_CLASS, TARGET_OUTPUT, TARGET_LOSS };
struct target {
	enum target_kind kind;
	int64_t k;                                 /* TARGET_OUTPUT: which */
};
/* "sum", "class", "output:3", "loss"; checked against the model. */
int target_parse(struct target *t, const char *s, const struct model *m, enum task task, struct err *e);
void target_format(const struct target *t, char *buf, size_t size);
struct target target_default(enum task task);

/* ---- loss (core/loss.c): values and formulas of golden/README.md ---- */
enum loss_kind { LOSS_NONE, LOSS_MSE, LOSS_MAE, LOSS_CROSSENTROPY, LOSS_BINARY_CROSSENTROPY };
const char *loss_name(enum loss_kind k);           /* "mse", "crossentropy", "binary_crossentropy" */

/* ---- importance measures (core/importance.c): a table ---- */
struct analysis;
struct importance_measure {
	const char *name, *label, *formula, *source;
	/* raw (F) of one analysed layer */
	void (*compute)(struct analysis *a, int layer, real *raw);
};
extern const struct importance_measure importance_measures[];   /* name NULL ends: gradient, gated, taylor, ablation */
int importance_find(const char *name);             /* index or -1 */

/* ---- saliency methods (core/saliency.c): a table; `gradient` first ---- */
struct saliency_method {
	const char *name, *label, *formula, *source;
	bool is_signed;
	/* map (T,C) of the sum over time of one filter's activation (layer >= 0), or of the target (layer -1) */
	void (*compute)(struct analysis *a, int layer, int64_t filter, real *tc);
};
extern const struct saliency_method saliency_methods[];
int saliency_find(const char *name);

struct layer_importance {
	int64_t F;
	bool depends;                              /* false: the target does not depend on this layer (raw, scaled NULL) */
	const real *raw, *scaled;                  /* (F) */
	const int *order;                          /* (F) filters by raw importance, largest first; ties by index */
	const int *rank;                           /* (F) place of each filter in order, 0-based */
};

struct layer_clusters {
	int k;                                     /* 0: no time axis, no clusters */
	const int *label;                          /* (F) 0..k-1; numbered by the mean importance-free order of first appearance; -1 none */
	const int *size;                           /* (k) */
	const bool *silent;                        /* (k) all filters of the cluster are constant in this window */
	double inertia, silhouette;
	uint64_t seed;
};

struct analysis *analysis_new(const struct model *m);
void analysis_free(struct analysis *a);
const struct model *analysis_model(const struct analysis *a);

/* A new window. x (T,C). y: the model's number of outputs true values, or NULL; cls: true class or -1. Keeps switched-off filters. */
void analysis_window(struct analysis *a, const real *tc, const real *y, int cls);
void analysis_set_task(struct analysis *a, enum task task);        /* resolved: regression or classification */
void analysis_set_target(struct analysis *a, struct target t);
void analysis_set_measure(struct analysis *a, int measure);        /* index into importance_measures */
void analysis_set_method(struct analysis *a, int method);          /* index into saliency_methods */
void analysis_set_seed(struct analysis *a, uint64_t seed);         /* for clusters and sampling methods */
void analysis_set_clusters(struct analysis *a, int k);             /* 0: filters / 5 and at least 1 */
struct target analysis_target(const struct analysis *a);
int analysis_measure(const struct analysis *a);
int analysis_method(const struct analysis *a);

/* Switch one filter off (its activated output becomes zero) or on again; everything is recomputed on demand. */
void analysis_switch(struct analysis *a, int layer, int64_t filter, bool off);
bool analysis_is_off(const struct analysis *a, int layer, int64_t filter);
void analysis_switch_clear(struct analysis *a);
int analysis_n_off(const struct analysis *a);

/* All below compute what is missing. layer: index of a LAYER_ANALYSED layer. */
const real *analysis_input(struct analysis *a);                    /* (T,C) */
const real *analysis_output(struct analysis *a);                   /* (outputs) */
const real *analysis_logits(struct analysis *a);                   /* (outputs) */
int analysis_class(struct analysis *a);                            /* predicted class, -1 for a regression */
bool analysis_loss(struct analysis *a, enum loss_kind *kind, double *value);
double analysis_target_value(struct analysis *a);
const real *analysis_activation(struct analysis *a, int layer);    /* (F,times) */
const real *analysis_gradient(struct analysis *a, int layer);      /* (F,times) d target/d act; NULL: no dependence */
const struct layer_importance *analysis_importance(struct analysis *a, int layer);
const struct layer_importance *analysis_loss_influence(struct analysis *a, int layer);  /* raw NULL without a true value */
const real *analysis_loss_gradient(struct analysis *a, int layer); /* (F,times) d loss/d act, or NULL */
const real *analysis_input_gradient(struct analysis *a);           /* (T,C) d target/d input, signed */
const real *analysis_input_loss_gradient(struct analysis *a);      /* (T,C) or NULL */
/* Map of a filter (layer >= 0) or the target (layer -1) by the current method: abs for unsigned methods. (T,C), raw. */
const real *analysis_saliency(struct analysis *a, int layer, int64_t filter);
const real *analysis_saliency_cached(const struct analysis *a, int layer, int64_t filter);  /* NULL: not computed yet */
const struct layer_clusters *analysis_clusters(struct analysis *a, int layer);
/* A filter without activity in this window: its activation is constant over time (with a time axis) or zero. */
bool analysis_dead(struct analysis *a, int layer, int64_t filter);

/* ---- recursive highlighting (core/trace.c) ---- */
struct trace {
	int layer; int64_t filter, time;
	const real *const *share;                  /* [layer index]: (F,times) shares, NULL where nothing leads there; layer 0: input (T,C) */
};
const struct trace *analysis_trace(struct analysis *a, int layer, int64_t filter, int64_t t);

/* ---- background work in slices ----
 * Queue the maps of all filters of a layer (first those asked last); analysis_step works for about `budget` seconds and returns
 * true while something is left. analysis_progress: done and total of the queue. */
void analysis_queue_saliency(struct analysis *a, int layer, int n, const int *filters);
bool analysis_step(struct analysis *a, double budget);
void analysis_progress(const struct analysis *a, int64_t *done, int64_t *total);

/* ---- small helpers shared by views and writers ---- */
void minmax_scale(const real *v, int64_t n, real *out);            /* all zeros if max = min; NaN stays NaN and is left out */
/* The viewing rule of golden/README.md: idx = round-half-even(F * p); shown[f] for the filters at ascending positions >= idx. */
void percentile_shown(const real *scaled, int64_t F, double p, bool *shown);

#endif
