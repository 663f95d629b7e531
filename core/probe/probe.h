/* The probe: what one window does to the network. It holds the window, the question, a run of the graph with the
 * switched-off filters set, and the gradients of the target, and computes what is missing when it is asked for.
 *
 *	struct probe p;
 *	probe_init(&p, m, false); probe_window(&p, tc, y, -1);
 *	act = probe_activation(&p, layer); grad = probe_gradient(&p, layer);
 *	probe_release(&p);
 *
 * Importance measures (importance.h), saliency methods (saliency.h) and traces (trace.h) work on a probe. The analysis
 * (core/analysis/analysis.h) keeps what they give; views and verbs ask there. Arrays that are handed out belong to the
 * probe and are valid until the window or the question changes. `layer` is an index into the probe's layers. */
#ifndef CORE_PROBE_H
#define CORE_PROBE_H

#include "core/data/dataset.h"
#include "core/model/loss.h"
#include "core/probe/question.h"
#include "core/run/run.h"

/* Of one layer; each array is made when it is first needed. */
struct probe_layer {
	bool act_valid;
	const real *act; /* (F,times) */
	real *act_rows;  /* what act points at if the run has the values in another order */
	real *raw;       /* (F) importance by measure probe.raw_measure, if that is not -1 */
};

/* A gradient of one layer. */
enum gradient_state {
	GRADIENT_UNKNOWN,
	GRADIENT_NONE, /* the target does not depend on the layer */
	GRADIENT_PAST, /* it was computed and is not kept */
	GRADIENT_HELD,
};
struct layer_gradient {
	enum gradient_state state;
	real *act, *pre; /* (F,times) by the layer's value, and by that before the activation function; or NULL */
	bool has_pre;
};
/* The gradients of the target, or those of the loss. */
struct probe_gradients {
	struct layer_gradient *layer; /* (n_layer) */
	real *input;                  /* (T,C) */
	bool input_valid, input_depends;
};

/* True values given by hand. */
struct truth {
	const real *y; /* (outputs), or NULL */
	int cls;       /* class, or -1 */
};

struct probe {
	const struct model *m;
	const struct layer *layer; /* what layer indices mean */
	struct layer *own_layer;   /* the list, if it is not the model's */
	int n_layer;
	struct probe_layer *state; /* (n_layer) */
	struct question q;         /* read only: probe_ask changes it */
	struct run *run;           /* of the window, with the switches */
	struct run *twin;          /* for other inputs and other values: probe_twin */
	uint64_t twin_uses;        /* how often the twin was handed out: who counts knows whether it is as he left it */
	struct run *many;          /* for several inputs at once: probe_many */
	uint64_t many_uses;        /* how often that was handed out */
	/* Inputs at once, or 0 while it is unknown: probe_width. Who gives run and twin other parameters (run_override)
	 * sets it to 1, because a run of several inputs cannot have them. */
	int width;
	real *many_scratch;  /* scratch of probe_many: RUN_LANES times the numbers of the largest value */
	bool input_unwanted; /* no gradients of the input are computed */
	bool pre_wanted;     /* gradients before activation functions are computed, too */
	/* the window */
	const struct dataset *d; /* where windows come from, or NULL */
	bool has_window;         /* x is window q.window of d, or was given by hand */
	real *x, *native;        /* (T,C), and scratch in the model's layout */
	bool has_y;
	real *y; /* (outputs) true values, if has_y */
	int cls; /* true class or -1 */
	bool truth_by_hand;
	real *baseline, *baseline_given; /* (T,C) each */
	/* NULL, or a run of several windows at once that holds the values of this window in a lane (probe_lane) */
	const struct run *lanes;
	int lane;
	/* what was computed */
	bool forward_valid;
	int predicted;   /* class; -1: the task is no classification */
	int *step_class; /* (out_steps) class at each step; -1: the task is no segmentation */
	struct probe_gradients of_target, of_loss;
	int raw_measure; /* the measure of probe_layer.raw, or -1 */
	/* Gradients of so many numbers are kept at a time. If those of all layers are more, a pass keeps those of the
	 * layer that is asked for and of the next ones. */
	int64_t room, gradients;       /* gradients: of all layers, without those before activation functions */
	int *value_first, *value_next; /* the layers of a value: see probe_gradient.c */
	real *rows, *seed;             /* scratch: each as large as the largest layer, input or output */
};

/* nodes: one "layer" for every operator that depends on the input and does more than move values, instead of the
 * model's own layers. Layer 0 is the input in both. The model must outlive the probe. */
void probe_init(struct probe *p, const struct model *m, bool nodes);
void probe_release(struct probe *p);

/* ---- window and question ---- */
/* From now on probe_ask takes windows and their true values from `d`, which must outlive the probe. NULL: only
 * probe_window brings windows. */
void probe_data(struct probe *p, const struct dataset *d);
/* From now on every window has these true values (copied) instead of the data's. NULL: the data's again, from the next
 * probe_ask on. */
void probe_truth(struct probe *p, const struct truth *t);
/* A window given by hand: tc (T,C); y (outputs) true values or NULL; class or -1. All are copied. */
void probe_window(struct probe *p, const real *tc, const real *y, int cls);
/* The window that BASELINE_WINDOW means, given by hand: tc (T,C), copied. */
void probe_baseline_window(struct probe *p, const real *tc);
/* Takes over a question, and the window that it names if there are data. `q` may be a shallow copy of p->q whose `off`
 * is untouched. Returns what became stale, bits of enum stale. */
unsigned probe_ask(struct probe *p, const struct question *q);

/* ---- what the window does ---- */
void probe_forward(struct probe *p); /* the run's values are those of the window */
const real *probe_activation(struct probe *p, int layer);
/* (F,times) d target / d act; NULL: the target does not depend on the layer. */
const real *probe_gradient(struct probe *p, int layer);
/* (F,times) d target / d value before the activation function; NULL: it is the same value as act, or was not wanted. */
const real *probe_pre_gradient(struct probe *p, int layer);
/* Says before the first gradient whether probe_pre_gradient will be called, so that one backward pass is enough. */
void probe_want_pre(struct probe *p, bool wanted);
const real *probe_loss_gradient(struct probe *p, int layer); /* (F,times) or NULL */
/* Are the gradients of all layers kept? */
bool probe_keeps_gradients(const struct probe *p);
/* Does the target depend on the layer? */
bool probe_depends(struct probe *p, int layer);
/* One backward pass from the target that keeps nothing: seen is called for each layer on which the target depends, with
 * the rows (F,times) of its gradient. For a measure that wants it, the gradient before the activation function
 * follows. The rows are valid during the call. seen may be NULL. */
void probe_each_gradient(struct probe *p, void (*seen)(struct probe *p, int layer, const real *rows));
const real *probe_input_gradient(struct probe *p);      /* (T,C) or NULL */
const real *probe_input_loss_gradient(struct probe *p); /* (T,C) or NULL */
const real *probe_baseline(struct probe *p);            /* (T,C) by the question's baseline */
/* A filter is silent in a window if it is zero at every step, or takes one value at all of its two or more steps.
 * v (times): its activation. */
bool probe_silent(const real *v, int64_t times);

/* ---- several windows at once (core/probe/batch.h) ---- */
/* From now on the window is the one in a lane of run `lanes` after its forward pass. Its true values and its outputs
 * are those of the window; activations are taken from the lane when they are asked for. Until the next probe_ask, which
 * must come with another window, gradients cannot be asked for. */
void probe_lane(struct probe *p, const struct run *lanes, int lane, const real *y, int cls);
/* Sets the switched-off filters of the question in a run, and switches the others on. */
void probe_set_switches(struct probe *p, struct run *r);
/* A backward pass of all lanes of `lanes` from the seed of value v: seen(layer, lane, rows, ctx) is called for each
 * layer on which v depends and each of the first n lanes, as probe_each_gradient does. Where the layer's value is
 * (F,times) in the graph, too, `together` is asked first with the gradient (F,times,RUN_LANES); if it returns true,
 * `seen` is not called. */
struct lanes_pass {
	struct run *lanes;
	int n;
	void (*seen)(int layer, int lane, const real *rows, void *ctx);
	/* Or NULL. pre: the gradient is that before the activation function. */
	bool (*together)(int layer, bool pre, const real *gradient, void *ctx);
	void (*input)(const real *gradient, void *ctx); /* or NULL: that of the input, with its lanes */
	void *ctx;
	real *turned; /* scratch: RUN_LANES times the numbers of the largest value */
};
void probe_lanes_gradient(struct probe *p, const struct lanes_pass *q, int v, const real *seed);

/* ---- target and loss, in a run of the probe's graph after run_forward ---- */
/* The target's value in `r`. TARGET_CLASS reads the class that the probe's own window predicts. NaN: the target is the
 * loss and there is no true value. */
double probe_target(const struct probe *p, const struct run *r);
/* seed: d target / d value at `r`, in the shape of the value that is returned; -1: the target is the loss and there is
 * no true value. */
int probe_target_seed(const struct probe *p, const struct run *r, real *seed);
/* The mean of the seeds on the straight way from the values of `from` to those of `to`. Multiplied with the difference
 * of the values it gives the difference of the targets: exactly, or to about 1e-4 (64 points) for a cross-entropy. */
int probe_target_seed_between(const struct probe *p, const struct run *from, const struct run *to, real *seed);
enum loss_kind probe_loss_kind(const struct probe *p);
/* The loss, whatever the target is: *loss is its value, NaN without a true value. seed as above, or NULL. Returns the
 * value to start from, or -1. */
int probe_loss_seed(const struct probe *p, const struct run *r, real *seed, double *loss);

/* For probe.c: make, release and forget the gradients. */
void probe_gradients_init(struct probe *p);
void probe_gradients_release(struct probe *p);
void probe_gradients_forget(struct probe *p, struct probe_gradients *q);

/* ---- for measures and methods ---- */
/* A second run of the same graph with the same switches, nothing computed: the caller gives it an input. Valid until
 * the next call. */
struct run *probe_twin(struct probe *p);
/* The twin after a forward pass of x (T,C). */
struct run *probe_twin_run(struct probe *p, const real *x);
/* How many inputs are evaluated at once: RUN_LANES, or 1 where single runs are as fast (run_lanes_pay). */
int probe_width(struct probe *p);
/* Where that is RUN_LANES: a run of so many inputs with the same switches, nothing computed. Outputs, logits and
 * activations can be read. Valid until the next call. */
struct run *probe_many(struct probe *p);
/* Gives it the input x (T,C) in one lane. */
void probe_many_input(struct probe *p, struct run *many, int lane, const real *x);
/* The twin with what `many` computed in one lane: the activation of a layer, or outputs and logits (layer -1). Valid
 * until the next call of probe_twin. */
const struct run *probe_many_lane(struct probe *p, const struct run *many, int lane, int layer);
/* Switches a filter off in one lane until the next call of probe_many. */
void probe_many_off(struct probe *p, struct run *many, int lane, const struct filter_id *id);
/* seed: ones at all steps of one filter and zeros elsewhere, in the shape of the layer's act. Returns that value. */
int probe_filter_seed(struct probe *p, int layer, int64_t filter, real *seed);
/* Does the layer's value depend on the input and have a gradient? */
bool probe_differentiable(const struct probe *p, int layer);

static inline const struct value *probe_value(const struct probe *p, int layer)
{
	return &p->m->graph->value[p->layer[layer].act];
}
static inline int64_t probe_window_count(const struct probe *p)
{
	return p->m->T * p->m->C;
}
static inline bool layer_runs(const struct layer *l)
{
	return l->kind == LAYER_ANALYSED || l->kind == LAYER_INPUT;
}
static inline int64_t layer_count(const struct layer *l)
{
	return l->filters * l->times;
}
/* *p, made when it is NULL: n numbers. */
static inline real *real_buffer(real **p, int64_t n)
{
	if (!*p)
		*p = xcalloc((size_t)n, sizeof **p);
	return *p;
}

#endif
