/* Answers to op_reach (core/graph/op.h) that several operators give. */
#ifndef CORE_OP_REACH_H
#define CORE_OP_REACH_H

#include "core/kernels/op_window.h"

/* The queried axis of the input becomes axis `axis` of the output, position for position. -1: no axis of the output. */
struct reach reach_kept(const struct reach_query *q, int axis);
/* The output's axes are the input's. mixed: the positions along the queried axis mix. */
struct reach reach_same(const struct reach_query *q, bool mixed);
/* The output is input 0 with another type or shape of the numbers, or with single elements replaced. */
struct reach reach_first_same(const struct reach_query *q);
/* The inputs are broadcast as NumPy does it, so their axes are counted from the right. */
struct reach reach_broadcast(const struct reach_query *q);
/* Input 0's positions mix along the attribute `axis` (-1 without it) and along no other axis. */
struct reach reach_mixing_axis(const struct reach_query *q);
/* Operators with op.window: what the window says along its axis. */
struct reach window_reach(const struct reach_query *q);

#endif
