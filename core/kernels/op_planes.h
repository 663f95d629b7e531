/* Convolutions and pools over more than one axis, such as sensors by time. One axis is time and goes through the
 * one-dimensional kernels. Each position along the others (the outer axes) is a series of its own, and the taps along
 * the outer axes count as further channels. */
#ifndef CORE_OP_PLANES_H
#define CORE_OP_PLANES_H

#include "core/kernels/op_window.h"

struct planes {
	int64_t n, taps;             /* outer positions of the output; kernel elements along the outer axes */
	int64_t *from;               /* (n, taps) where a series begins in a plane of the input; -1: padding */
	int64_t *to;                 /* (n) where one begins in a plane of the output */
	int64_t *padded;             /* (n) taps inside the input or its declared padding (count_include_pad) */
	int64_t step_in, step_out;   /* elements from one time step to the next */
	int64_t plane_in, plane_out; /* elements of one channel */
	int64_t *kernel;             /* (taps, k) element of a channel's kernel, in the order of the taps */
};

/* Like window_infer. If only one axis is longer than 1, *p is NULL and w alone describes the window. Else *p is made
 * (memory from g->arena), and w->across holds the windows of all axes. */
int planes_infer(struct op_infer *q, const int64_t *kernel, struct shape *out, struct window *w, struct planes **p,
                 struct err *e);

/* planes_gather copies the series of position `pos` of all channels from x (channels, plane_in) to rows (channels *
 * taps, w->ti). planes_add adds rows to x at the same places. */
void planes_gather(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *x,
                   real *rows);
void planes_add(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *rows,
                real *x);
/* Copy the series of position `pos` from y (channels, plane_out) to rows (channels, w->to), and from rows to y. */
void planes_read(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *y,
                 real *rows);
void planes_write(const struct planes *p, const struct window *w, int64_t pos, int64_t channels, const real *rows,
                  real *y);

#endif
