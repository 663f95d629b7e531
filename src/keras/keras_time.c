/* TimeDistributed: a layer, or each layer of a model, that is applied at every step of axis 1. */
#include <stdio.h>
#include <string.h>
#include "src/keras/keras_build.h"

/* (N,T,rest) of Keras becomes (N T,rest): every step is a window of a batch. */
static int merge_time(struct kcall *c, int x)
{
	struct shape s = k_shape(c, x);
	int64_t dim[RANK_MAX] = { 0 };
	if (!i64_mul(s.dim[0], s.dim[1], &dim[0]))
		return k_fail(c, ERR_LIMIT, "too many steps");
	for (int i = 2; i < s.rank; i++)
		dim[i - 1] = s.dim[i];
	return k_keras_reshape(c, x, s.rank - 1, dim);
}

/* The meaning of the axes of a value (N,T,rest). If there is but one step, time goes on inside. */
static void labels(const struct shape *s, char *out)
{
	int time = 1;
	for (int i = 2; i < s->rank - 1 && s->dim[time] == 1; i++)
		time = i;
	for (int i = 0; i < s->rank; i++)
		out[k_axis(s->rank, i)] = i == 0 ? 'N' : i == s->rank - 1 ? 'C' : i == time ? 'T' : '1';
	out[s->rank] = '\0';
}

/* Back to (N,T,rest). */
static int divide_time(struct kcall *c, int y, int64_t N, int64_t T)
{
	struct shape s = k_shape(c, y), to = { .rank = s.rank + 1, .dim = { N, T } };
	char axes[RANK_MAX + 1];
	if (y < 0)
		return y;
	if (to.rank > RANK_MAX)
		return k_fail(c, ERR_UNSUPPORTED, "more than %d axes", RANK_MAX);
	for (int i = 1; i < s.rank; i++)
		to.dim[i + 1] = s.dim[i];
	labels(&to, axes);
	return k_label(c, k_keras_reshape(c, y, to.rank, to.dim), axes);
}

/* Inside, the steps are the batch. They are called time again, so that receptive fields are followed through them. */
static void call_time(struct kcall *c, int from, int64_t merged, bool many)
{
	for (int i = from; i < c->g->n_value; i++) {
		struct value *v = &c->g->value[i];
		if (v->constant || v->shape.rank < 1 || v->shape.dim[0] != merged || v->axis[0] != 'N')
			continue;
		v->axis[0] = many ? 'T' : 'N';
		for (int a = 1; many && a < v->shape.rank; a++)
			if (v->axis[a] == 'T')
				v->axis[a] = '1';
	}
}

int k_timed(struct kcall *c, const struct kclass *cls)
{
	int x[64], rank = k_rank(c, c->x[0]), from = c->g->n_value;
	struct shape s = k_shape(c, c->x[0]);
	if (rank < 3 || c->n_x > 64)
		return k_fail(c, ERR_FORMAT, "it reads a series, but gets an input of rank %d", rank);
	for (int i = 0; i < c->n_x; i++) {
		struct shape other = k_shape(c, c->x[i]);
		if (other.rank < 3 || other.dim[1] != s.dim[1])
			return k_fail(c, ERR_FORMAT, "its inputs do not have the same number of steps");
		x[i] = merge_time(c, c->x[i]);
	}
	int64_t merged = s.dim[0] * s.dim[1];
	struct kcall sub = *c;
	sub.x = x;
	sub.plain = true;
	sub.mask = sub.mask_out = -1;
	int y = sub.bad ? sub.bad : cls->build(&sub);
	c->bad = c->bad ? c->bad : sub.bad;
	if (c->bad || y < 0)
		return c->bad ? c->bad : y;
	if (k_dim(c, y, 0) != merged)
		return k_fail(c, ERR_UNSUPPORTED, "TimeDistributed(%s) is not supported", c->cls);
	call_time(c, from, merged, s.dim[1] > 1);
	y = divide_time(c, y, s.dim[0], s.dim[1]);
	/* Layers that are an activation function have it inside. */
	c->activation = sub.activation;
	c->kind = sub.kind;
	return cls->flags & K_ACTIVATES ? k_activate(c, y) : y;
}
