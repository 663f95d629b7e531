/* How each value's derivative by the input is held (see core/band/band.h): shared by the plan and the sweep. */
#ifndef CORE_BAND_PLAN_H
#define CORE_BAND_PLAN_H

#include "core/band/band.h"
#include "core/kernels/op_window.h"

enum carry { CARRY_NONE, CARRY_BAND, CARRY_ROWS };

/* What a node does to the band. */
enum step {
	STEP_NONE,  /* not carried */
	STEP_ALIAS, /* the same points in the same order of (filter, time) or element */
	STEP_POINT, /* sum over inputs of diagonal(dy/dx) times the input's */
	STEP_CONV,
	STEP_POOL,        /* MaxPool, AveragePool */
	STEP_SHIFT,       /* Slice or Pad along time: step t is step t*stride - pad of the input, or zero */
	STEP_CONCAT,      /* along the filter axis */
	STEP_FLATTEN,     /* band to rows, an element each */
	STEP_REDUCE_MEAN, /* band to rows, a filter each: mean over time */
	STEP_REDUCE_MAX,  /* the same of the winner */
	STEP_MATMUL,      /* rows to rows: Gemm, MatMul by a constant */
	STEP_JACOBIAN,    /* rows to rows: a small operator of any kind, by its own backward */
};

struct carried {
	enum carry kind;
	int64_t F, L;            /* filters and steps; CARRY_ROWS: F elements, L = 1 */
	int64_t sf, st;          /* strides of filter and step in the value's data */
	int64_t jump, offset, W; /* of a band */
	int64_t cost;            /* multiply-adds of the step that makes it */
};

struct band {
	const struct model *m;
	const struct layer *layer;
	int n_layer;
	struct carried *of;   /* per value */
	unsigned char *step;  /* per node: enum step */
	struct window *slide; /* per node: STEP_CONV, STEP_POOL, STEP_SHIFT (k = 1) */
	bool *covers;         /* per layer */
};

#endif
