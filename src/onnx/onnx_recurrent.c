/* LSTM, GRU and RNN with what ONNX says beyond core: sequences of one length below that of the input, and the last
 * state beside the sequence of states. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/onnx/onnx_call.h"

/* Returns step t of y along the axis of steps; dir selects a direction, -1 keeps all. */
static int state_at(struct ocall *c, int y, int64_t axis, int64_t t, int64_t dir)
{
	const struct shape none = { 0 };
	struct attr along = attr_i("axis", axis);
	int in[4] = { y, graph_const_int(c->net->g, NULL, &none, &t, c->net->e) };
	int state = ocall_step(c, "Gather", 2, in, 1, &along);
	if (dir < 0)
		return state;
	in[0] = state;
	in[1] = ocall_ints(c, 1, &dir);
	in[2] = ocall_ints(c, 1, &(int64_t){ dir + 1 });
	in[3] = ocall_ints(c, 1, &axis); /* the axis of steps is gone */
	return ocall_step(c, "Slice", 4, in, 0, NULL);
}

/* Returns the length of the sequence that the layer reads: sequence_lens, all of whose numbers must be the same, else
 * all steps. Returns an error if it is not known while loading. */
static int64_t sequence_length(struct ocall *c, int64_t steps)
{
	const struct value *v = ocall_there(c, 4) ? &c->net->g->value[c->in[4]] : NULL;
	int64_t n = v ? shape_count(&v->shape) : 0;
	if (!v)
		return steps;
	if (!v->constant || v->dtype != DT_INT64)
		return ocall_fail(c, ERR_UNSUPPORTED, "sequence_lens depends on the input");
	for (int64_t i = 0; i < n; i++)
		if (v->i[i] < 1 || v->i[i] > steps)
			return err_set(c->net->e, ERR_FORMAT, "sequence_lens holds %lld for %lld steps",
			               (long long)v->i[i], (long long)steps);
		else if (v->i[i] != v->i[0])
			return ocall_fail(c, ERR_UNSUPPORTED, "sequences of different lengths in one batch");
	return n ? v->i[0] : steps;
}

/* Returns x without the steps from `length` on. */
static int first_steps(struct ocall *c, int x, int64_t axis, int64_t length)
{
	int in[] = { x, ocall_ints(c, 1, &(int64_t){ 0 }), ocall_ints(c, 1, &length), ocall_ints(c, 1, &axis) };
	return ocall_step(c, "Slice", 4, in, 0, NULL);
}

/* Makes `name` of y (a sequence of states) and zeros behind it. Returns the value. */
static int zeros_behind(struct ocall *c, int y, int64_t axis, int64_t zeros, const char *name)
{
	int64_t pads[8] = { 0 };
	pads[4 + axis] = zeros;
	int in[] = { y, ocall_ints(c, 8, pads) };
	if (in[1] < 0)
		return in[1];
	return graph_node(c->net->g, "Pad", c->n->name, 2, in, 1, &name, 0, NULL, NULL, c->net->e);
}

/* Makes `name`, the last state, from the sequence of states. Returns the value. */
static int last_state(struct ocall *c, int y, int64_t axis, const char *name)
{
	const struct attr *a = ocall_attr(c, "direction");
	const char *direction = a && a->type == ATTR_STRING ? a->s : "forward";
	int64_t end = c->net->g->value[y].shape.dim[axis] - 1;
	struct attr along = attr_i("axis", axis);
	int in[] = { -1, -1 }, n = 1;
	if (!strcmp(direction, "bidirectional")) {
		in[0] = state_at(c, y, axis, end, 0);
		in[1] = state_at(c, y, axis, 0, 1);
		n = 2;
	} else {
		in[0] = state_at(c, y, axis, strcmp(direction, "reverse") ? end : 0, -1);
	}
	for (int i = 0; i < n; i++)
		if (in[i] < 0)
			return in[i];
	return graph_node(c->net->g, n > 1 ? "Concat" : "Identity", c->n->name, n, in, 1, &name, n > 1, &along, NULL,
	                  c->net->e);
}

static const char *new_name(struct ocall *c, const char *name)
{
	for (int i = 0;; i++) {
		char *text = xasprintf("%s.steps%d", name, i);
		const char *own = graph_find(c->net->g, text) < 0 ? arena_strdup(&c->net->arena, text) : NULL;
		free(text);
		if (own)
			return own;
	}
}

/* Reads a sequence that is shorter than the input as one of its own length, with zeros behind its states, as ONNX
 * defines it. Takes the last state from the sequence of states. The layer's activations are that sequence, so the layer
 * then has its part in an output that reads only the last state. */
int form_recurrent(struct ocall *c)
{
	ocall_drop(c, "output_sequence");
	int64_t axis = ocall_int(c, "layout", 0) != 0;
	if (ocall_shape(c, 0)->rank != 3)
		return ocall_fail(c, ERR_FORMAT, "its input must be of rank 3");
	int64_t steps = ocall_shape(c, 0)->dim[axis], length = sequence_length(c, steps);
	if (length < 0)
		return (int)length;
	if (c->n_in > 4)
		c->in[4] = -1;
	if (length < steps && (c->in[0] = first_steps(c, c->in[0], axis, length)) < 0)
		return c->in[0];
	const char *whole = c->out[0], *last = c->n_out > 1 ? c->out[1] : NULL;
	bool cut = length < steps && whole, both = last && whole;
	if (!cut && !both)
		return 0;
	if (cut)
		c->out[0] = new_name(c, whole);
	if (both)
		c->out[1] = NULL;
	int bad = graph_node(c->net->g, c->op, c->n->name, c->n_in, c->in, c->n_out, c->out, c->n_attr, c->attr, c->id,
	                     c->net->e);
	int y = c->id[0];
	if (bad >= 0 && both)
		bad = c->id[1] = last_state(c, y, axis, last);
	if (bad >= 0 && cut)
		bad = c->id[0] = zeros_behind(c, y, axis, steps - length, whole);
	return bad < 0 ? bad : 1;
}
