/* Recursive highlighting: which points of other layers belong to one point of an activation. Backward (trace.c): which
 * earlier points it is made of. Forward (trace_forward.c): which later points it feeds. */
#ifndef CORE_TRACE_H
#define CORE_TRACE_H

#include "core/probe/probe.h"

struct trace {
	int layer; /* the point it starts from */
	int64_t filter, time;
	int n_layer;
	const real *const *share; /* [layer]: (F,times), layer 0: (T,C); NULL where nothing leads */
	bool complete;            /* forward: false if it ends before operators too large to be followed */
};

/* share [n_layer], zeroed or filled by an earlier call, whose arrays are freed: the shares that every earlier layer's
 * points have in the point. They sum to 1 in every layer that all paths cross, or to 0 behind a shut relu. */
void trace_back(struct probe *p, int layer, int64_t filter, int64_t time, real **share);
/* The same of every later point: what share the point has in it, which is what trace_back from there finds here. layer
 * 0: channel `filter` of the input. false: it ends before operators too large to be followed. */
bool trace_feeds(struct probe *p, int layer, int64_t filter, int64_t time, real **share);

/* ---- what both directions use ---- */
/* share [n_layer]: what `value` [value of the graph] holds for each layer, as rows (the input: (T,C)); NULL where there
 * is nothing above 0. */
void trace_collect(struct probe *p, real *const *value, real **share);
/* to (points of that output of the node): for each, the sum over the inputs' points of its share of them times `feed`
 * [value of the graph]. */
void trace_points(struct run *r, int node, int output, real *const *feed, real *to);

#endif
