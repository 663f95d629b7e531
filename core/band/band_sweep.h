/* What the files of the sweep share (see core/band/band.h): the bands of values, and what each kind of node does to
 * them. */
#ifndef CORE_BAND_SWEEP_H
#define CORE_BAND_SWEEP_H

#include "core/band/band_plan.h"

enum { SPARES = 16 };

/* The band of one value for steps [a,b): slot s = c*W + w of filter f lies at d + (s*F + f)*ld + (t - a). Steps outside
 * the value's own 0..L-1 (padding) hold zeros. This chunk computes steps [from,b). Those before come from the chunks
 * before it, as far as somebody still reads them. */
struct piece {
	real *d;
	size_t n; /* reals of d */
	int64_t a, from, b, ld;
};

struct sweep {
	const struct band *b;
	const struct model *m;
	const struct graph *g;
	const struct run *r;
	struct piece *piece; /* per value */
	struct piece *tail;  /* per value: the steps that a later chunk reads */
	int64_t *keep;       /* per value: the first of these steps */
	int64_t *done;       /* per value: the end of the steps that are computed */
	real **rows;         /* per value of CARRY_ROWS: (F, T*C) */
	bool *need;          /* per value */
	int *last;           /* per value: node that reads it last */
	real *const *const *map;
	int64_t chunk, n_chunk, chunk_steps; /* chunk_steps: of the input */
	struct spare {
		real *d;
		size_t n;
	} spare[SPARES]; /* memory of pieces that are done; fresh pages would cost more than the arithmetic */
};

static inline int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* The end of the steps that a layer or rows with L steps have after this chunk: one at least, so that the first chunk
 * asks every node for something. */
static inline int64_t chunk_end(const struct sweep *q, int64_t L)
{
	int64_t end = L * (q->chunk + 1) * q->chunk_steps / q->m->T;
	return q->chunk + 1 == q->n_chunk || end > L ? L : end > 1 ? end : 1;
}

/* The existing steps [*from,*to) that this chunk computes. */
static inline void fresh_steps(const struct carried *c, const struct piece *p, int64_t *from, int64_t *to)
{
	*from = p->from > 0 ? p->from : 0;
	*to = p->b < c->L ? p->b : c->L;
}

static inline int64_t slots(const struct sweep *q, const struct carried *c)
{
	return q->m->C * c->W;
}

static inline real *slot_row(const struct carried *c, const struct piece *p, int64_t slot, int64_t f)
{
	return p->d + (slot * c->F + f) * p->ld;
}

/* Returns memory of at least *n reals and sets *n to what it holds. It is one of the spares if one is large enough.
 * sweep_give makes it a spare again. */
real *sweep_take(struct sweep *q, size_t *n);
void sweep_give(struct sweep *q, real *d, size_t n);

/* Give the piece of value v memory for its steps [a,b), and the steps that an earlier chunk left. The contents of the
 * others stay undefined; sweep_piece_alloc fills them with zeros. */
void sweep_piece_open(struct sweep *q, int v);
void sweep_piece_alloc(struct sweep *q, int v);
/* Copies the steps that a later chunk reads out of the piece, which is complete, and back into it. */
void sweep_tail_save(struct sweep *q, int v);
void sweep_tail_restore(struct sweep *q, int v);
/* Sets [*from,*to) to the steps that the chunk computes, that exist, and whose slot w lies inside the window. false:
 * there are none. */
bool sweep_slot_steps(const struct sweep *q, const struct carried *c, const struct piece *p, int64_t w, int64_t *from,
                      int64_t *to);
/* Sets d (n) to the derivatives of elements from, from + step, ... of the node's output by the same elements of input k
 * (the function slope of struct op). */
void sweep_slope(const struct sweep *q, int node, int k, int64_t from, int64_t step, int64_t n, real *d);
/* Returns how many inputs depend on the window; *only is the last of them. */
int sweep_inputs(const struct sweep *q, const struct node *n, int *only);

/* core/band/band_node.c: compute the band of the node's output from the bands of its inputs. */
void sweep_alias(struct sweep *q, int i);
void sweep_point(struct sweep *q, int i);
void sweep_conv(struct sweep *q, int i);
void sweep_pool(struct sweep *q, int i);
void sweep_concat(struct sweep *q, int i);
void sweep_shift(struct sweep *q, int i);

/* core/band/band_rows.c: from a band to rows over the whole window, from rows to rows, and from a band to a layer's
 * maps. */
void sweep_to_rows(const struct sweep *q, int node, enum step step);
void sweep_rows_matmul(struct sweep *q, int i);
void sweep_rows_point(struct sweep *q, int i);
void sweep_rows_jacobian(struct sweep *q, int i);
void sweep_map(struct sweep *q, const struct layer *l, real *const *map);
/* Zeros the derivatives of filters that are switched off. */
void sweep_silence(const struct sweep *q, int v);

#endif
