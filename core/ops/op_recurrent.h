/* LSTM, GRU and RNN: what their three files share. */
#ifndef CORE_OP_RECURRENT_H
#define CORE_OP_RECURRENT_H

#include "core/kernels/matmul.h"
#include "core/kernels/op_util.h"

enum cell { CELL_RNN, CELL_GRU, CELL_LSTM };

struct gate_function {
	const char *name;
	real (*f)(real x, real a, real b);
	real (*df)(real x, real y, real a, real b);
	real a, b; /* defaults */
};

struct recurrent {
	enum cell cell;
	int64_t t, n, d, i, h; /* steps, batch, directions, input and hidden size */
	int64_t gates, gh;     /* gates of the cell; gates * h */
	bool reverse[2], batch_first;
	bool after;                   /* GRU's linear_before_reset */
	bool coupled;                 /* LSTM's input_forget: the forget gate is 1 - the input gate */
	real clip;                    /* 0: none */
	struct gate_function f[2][3]; /* per direction: f, g, h as ONNX orders them */
};

/* One direction of a call. Steps s are counted in the order of processing: in the direction "reverse" the last step of
 * the input is s = 0. */
struct lane {
	const struct recurrent *p;
	int dir;
	const real *w, *r, *peep; /* (gh, i), (gh, h), (3h) or NULL */
	const real *bias;         /* (2 gh) or NULL */
	/* kept from forward to backward */
	real *z;  /* (t, n, gh) the gates before their functions */
	real *a;  /* (t, n, gh) the gates after their functions */
	real *hs; /* (t+1, n, h) hidden states, the initial one first */
	real *cs; /* (t+1, n, h) LSTM: cell states; GRU: (t, n, h) what the reset gate multiplies or made */
	/* scratch */
	real *x;   /* (t, n, i) input in order of processing */
	void *tmp; /* of matmul */
};

/* Inputs of all three: X W R B sequence_lens initial_h (initial_c P). */
enum { IN_X, IN_W, IN_R, IN_B, IN_LENS, IN_H, IN_C, IN_P };

void lane_open(const struct op_call *c, int dir, struct lane *l);
/* The row of step s and batch entry n in X and in Y, and of batch entry n in Y_h. */
int64_t lane_x(const struct lane *l, int64_t s, int64_t n);
int64_t lane_y(const struct lane *l, int64_t s, int64_t n);
int64_t lane_last(const struct lane *l, int64_t n);

static inline real gate(const struct lane *l, int which, real z)
{
	const struct gate_function *f = &l->p->f[l->dir][which];
	real limit = l->p->clip;
	return f->f(limit > 0 && z > limit ? limit : limit > 0 && z < -limit ? -limit : z, f->a, f->b);
}
/* The derivative of a gate by z, where a is its value. */
static inline real gate_d(const struct lane *l, int which, real z, real a)
{
	const struct gate_function *f = &l->p->f[l->dir][which];
	return l->p->clip > 0 && (z > l->p->clip || z < -l->p->clip) ? 0 : f->df(z, a, f->a, f->b);
}

int recurrent_infer(struct op_infer *q, struct err *e);
void recurrent_forward(struct op_call *c);
void recurrent_backward(struct op_call *c);
void recurrent_trace(struct op_call *c, const real *share, real **share_x);

#endif
