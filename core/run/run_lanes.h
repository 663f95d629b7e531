/* The parts of a run that computes several windows at once (run_new_lanes): which nodes know lanes, and the way of
 * those that do not, which are called once for each window. Only run.c and run_plan.c include this. */
#ifndef CORE_RUN_LANES_H
#define CORE_RUN_LANES_H

#include "core/graph/graph.h"
#include "core/graph/op.h"

/* Scratch of nodes that are called once for each lane: their arrays with the elements of a lane side by side. */
struct by_lane {
	unsigned char *node; /* (n_node) 1: the node is called so */
	void **at;           /* the pointers of one call */
	real *turned;
};

/* Numbers side by side for each element of the value in a run with so many lanes. */
static inline int64_t value_lanes(const struct value *v, int64_t lanes)
{
	return v->depends ? lanes : 1;
}
/* The bytes of the value's elements in such a run. */
static inline size_t value_lanes_bytes(const struct value *v, int64_t lanes)
{
	return value_bytes(v) * (size_t)value_lanes(v, lanes);
}
/* Whether the node depends on the network's input. */
bool node_depends(const struct graph *g, const struct node *n);
/* The lanes of a call of the node in a run with so many. */
int64_t node_lanes(const struct graph *g, const struct node *n, int64_t lanes);

/* Bytes between the pieces that a node keeps for each lane. */
static inline size_t node_save_bytes(const struct node *n)
{
	return (n->save_bytes + 63) & ~(size_t)63;
}

/* Fills q for a run of g, released with by_lane_release. */
void by_lane_make(struct by_lane *q, const struct graph *g, int64_t lanes);
void by_lane_release(struct by_lane *q);
/* Calls forward or backward of c's node once for each lane. The arrays of c have `lanes` lanes. */
void by_lane_call(const struct by_lane *q, const struct op_call *c, int64_t lanes, bool backward);

#endif
