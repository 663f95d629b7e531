/* Reads and changes a call of an operator before it becomes a node. */
#include <string.h>
#include "src/onnx/onnx_call.h"

struct attr *ocall_attr(struct ocall *c, const char *name)
{
	for (int i = 0; i < c->n_attr; i++)
		if (!strcmp(c->attr[i].name, name))
			return &c->attr[i];
	return NULL;
}

void ocall_drop(struct ocall *c, const char *name)
{
	struct attr *a = ocall_attr(c, name);
	if (a)
		*a = c->attr[--c->n_attr];
}

void ocall_set(struct ocall *c, struct attr a)
{
	struct attr *old = ocall_attr(c, a.name);
	if (old)
		*old = a;
	else if (c->n_attr < (int)(sizeof c->attr / sizeof *c->attr))
		c->attr[c->n_attr++] = a;
}

int64_t ocall_int(struct ocall *c, const char *name, int64_t fallback)
{
	const struct attr *a = ocall_attr(c, name);
	return a && a->type == ATTR_INT ? a->i : fallback;
}

const struct shape *ocall_shape(const struct ocall *c, int k)
{
	return &c->net->g->value[c->in[k]].shape;
}

bool ocall_there(const struct ocall *c, int k)
{
	return k < c->n_in && c->in[k] >= 0;
}

int ocall_fail(struct ocall *c, int code, const char *text)
{
	return err_set(c->net->e, code, "%s", text);
}

int ocall_put(struct ocall *c, int k, int value)
{
	if (value < 0)
		return value;
	while (c->n_in <= k)
		c->in[c->n_in++] = -1;
	c->in[k] = value;
	return 0;
}

int ocall_ints(struct ocall *c, int n, const int64_t *v)
{
	struct shape s = { 1, { n } };
	return graph_const_int(c->net->g, NULL, &s, v, c->net->e);
}

int ocall_attr_to_input(struct ocall *c, const char *name, int k)
{
	const struct attr *a = ocall_attr(c, name);
	if (!a)
		return 0;
	int bad = 0;
	if (a->type == ATTR_INTS)
		bad = ocall_put(c, k, ocall_ints(c, a->n, a->ints));
	else if (a->type == ATTR_INT)
		bad = ocall_put(c, k, ocall_ints(c, 1, &a->i));
	else
		return err_set(c->net->e, ERR_FORMAT, "attribute %s is no list of integers", name);
	ocall_drop(c, name);
	return bad;
}

int ocall_real_to_input(struct ocall *c, const char *name, int k)
{
	const struct attr *a = ocall_attr(c, name);
	if (!a)
		return 0;
	struct shape s = { 0 };
	real v = (real)(a->type == ATTR_INT ? (double)a->i : a->f);
	ocall_drop(c, name);
	return ocall_put(c, k, graph_const_real(c->net->g, NULL, &s, &v, false, c->net->e));
}

int ocall_step(struct ocall *c, const char *op, int n_in, const int *in, int n_attr, const struct attr *a)
{
	for (int i = 0; i < n_in; i++)
		if (in[i] < 0)
			return in[i];
	return graph_op(c->net->g, op, c->n->name, n_in, in, n_attr, a, c->net->e);
}

int ocall_reshape(struct ocall *c, int x, int n, const int64_t *dims)
{
	int in[] = { x, ocall_ints(c, n, dims) };
	return ocall_step(c, "Reshape", 2, in, 0, NULL);
}
