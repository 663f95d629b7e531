/* Outputs, importance of all filters, or the gradient of the input for several windows at once: the numbers of a probe
 * for each of them, bit for bit.
 *
 *	struct batch *b = batch_new(m, d);
 *	if (b && batch_importance(b, q, first, n)) raw = batch_raw(b, lane, layer);
 *	batch_free(b); */
#ifndef CORE_BATCH_H
#define CORE_BATCH_H

#include "core/probe/probe.h"

/* Model and data must outlive it. NULL: the network is no faster for several windows at once (run_lanes_pay). */
struct batch *batch_new(const struct model *m, const struct dataset *d);
void batch_free(struct batch *b);
/* Computes the windows [first, first + n) for the question q, whose own window is ignored; 0 < n <= RUN_LANES. false:
 * they have to be asked for one by one, because the measure is not one of the gradient or a window has no loss. */
bool batch_importance(struct batch *b, const struct question *q, int64_t first, int n);
/* Computes the outputs of the n windows named, 0 < n <= RUN_LANES, for the question q, whose own window is ignored.
 * gradient (n, T*C): abs(d target / d input) of each, as the saliency method `gradient` gives it; NULL: not wanted.
 * false: a window has no target, because it is the loss and there is no true value. */
bool batch_windows(struct batch *b, const struct question *q, const int64_t *window, int n, real *gradient);
/* What the windows [first, first + n) do, 0 < n <= RUN_LANES, for the question q, whose own window and measure are
 * ignored. All layers must be those of batch_is_rows. v->gradient is called for each layer on which the target depends
 * with d target / d act, (F,times,RUN_LANES), and where the layer has an activation function again with that before it;
 * it returns true. v->input gets d target / d input in the shape of the model's input with RUN_LANES numbers for each
 * element. false: as above; nothing is called. */
struct batch_view {
	bool (*gradient)(int layer, bool pre, const real *gradient, void *ctx);
	void (*input)(const real *gradient, void *ctx);
	void *ctx;
};
bool batch_all(struct batch *b, const struct question *q, int64_t first, int n, const struct batch_view *v);
/* Whether v->gradient is called for the layer with the gradient before its activation function, too. */
bool batch_has_pre(const struct batch *b, int layer);
/* Whether the layer's value is (F,times) in the graph, too, and can be read in all lanes. */
bool batch_is_rows(const struct batch *b, int layer);
/* (F,times,RUN_LANES) of such a layer after a call. */
const real *batch_activation(const struct batch *b, int layer);
/* (outputs) of the window in the lane. */
const real *batch_output(const struct batch *b, int lane);
/* (F) of a layer; NULL: the target does not depend on the layer. */
const real *batch_raw(const struct batch *b, int lane, int layer);

#endif
