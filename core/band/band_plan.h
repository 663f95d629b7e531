/* How the derivative of each value by the input is held (see core/band/band.h). The plan and the sweep share it. */
#ifndef CORE_BAND_PLAN_H
#define CORE_BAND_PLAN_H

#include "core/band/band.h"
#include "core/kernels/op_window.h"

enum carry { CARRY_NONE, CARRY_BAND, CARRY_ROWS };

/* What a node does to the band. */
enum step {
	STEP_NONE,  /* not carried */
	STEP_ALIAS, /* the same points in the same order of (filter, time) or element */
	STEP_POINT, /* the sum, over the inputs, of dy/dx (a diagonal) times the derivative of the input */
	STEP_CONV,
	STEP_POOL,        /* MaxPool, AveragePool */
	STEP_SHIFT,       /* Slice or Pad along time: step t is step t*stride - pad of the input, or zero */
	STEP_CONCAT,      /* along the filter axis */
	STEP_FLATTEN,     /* band to rows, a row for each element */
	STEP_REDUCE_MEAN, /* band to rows, a row for each filter: the mean over time */
	STEP_REDUCE_MAX,  /* the same: the step that wins */
	STEP_MATMUL,      /* rows to rows: Gemm, MatMul by a constant */
	STEP_JACOBIAN,    /* rows to rows: a small operator of any kind, through its backward function */
};

struct carried {
	enum carry kind;
	int64_t F, L;            /* filters and steps; of CARRY_ROWS: F elements, L = 1 */
	int64_t sf, st;          /* strides of filter and step in the value's data */
	int64_t jump, offset, W; /* of a band */
	int64_t cost;            /* multiply-adds of the step that makes it */
};

struct band {
	const struct model *m;
	const struct layer *layer;
	int n_layer;
	int64_t chunk_steps;  /* 0: as memory asks */
	struct carried *of;   /* per value */
	unsigned char *step;  /* per node: enum step */
	struct window *slide; /* per node: STEP_CONV, STEP_POOL, STEP_SHIFT (k = 1) */
	bool *covers;         /* per layer */
};

#endif
