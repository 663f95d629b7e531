/* Einsum: the sum, over the subscripts that the output lacks, of products of one element of each operand. Plain loops
 * over all subscripts, the last one as an inner loop. */
#include <math.h>
#include <string.h>
#include "core/kernels/op_util.h"
#include "core/kernels/op_reach.h"

enum {
	OPERANDS = 8,
	SUBSCRIPTS = 2 * RANK_MAX,
	DOTS = 1
}; /* subscript DOTS + i: the i-th axis from the right of an ellipsis */

struct einsum {
	int m, n, n_out; /* operands; subscripts, those of the output first */
	char name[SUBSCRIPTS + 1];
	int64_t dim[SUBSCRIPTS], stride[OPERANDS + 1][SUBSCRIPTS]; /* of the output: row OPERANDS */
	int64_t outer, inner; /* products of one call: all subscripts but the last; the last */
};

/* One operand's subscripts as a string: letters, and an ellipsis written out for `dots` axes. Returns how many or -1.
 */
static int subscripts(const char *s, size_t len, int dots, char *out)
{
	int n = 0;
	for (size_t i = 0; i < len; i++) {
		if (s[i] == ' ')
			continue;
		if (n >= SUBSCRIPTS - RANK_MAX)
			return -1;
		if (s[i] == '.') {
			if (i + 2 >= len || s[i + 1] != '.' || s[i + 2] != '.' || dots < 0)
				return -1;
			for (int k = dots - 1; k >= 0; k--)
				out[n++] = (char)(DOTS + k);
			i += 2;
			continue;
		}
		if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z')))
			return -1;
		out[n++] = s[i];
	}
	out[n] = '\0';
	return n;
}

static int letters(const char *s, size_t len)
{
	int n = 0;
	for (size_t i = 0; i < len; i++)
		n += s[i] != ' ' && s[i] != '.';
	return n;
}

static int find(struct einsum *p, char name)
{
	const char *at = memchr(p->name, name, (size_t)p->n);
	return at ? (int)(at - p->name) : -1;
}

static int add_name(struct einsum *p, char name)
{
	int i = find(p, name);
	if (i >= 0)
		return i;
	if (p->n == SUBSCRIPTS)
		return -1;
	p->name[p->n] = name;
	p->dim[p->n] = 1;
	return p->n++;
}

/* Sizes and strides of operand k; an axis of one element is broadcast. */
static int operand(struct op_infer *q, struct einsum *p, int k, const char *names, struct err *e)
{
	const struct shape *s = &q->in[k]->shape;
	int64_t stride[RANK_MAX];
	if ((int)strlen(names) != s->rank)
		return err_set(e, ERR_FORMAT, "operand %d has %d axes, but %d subscripts", k, s->rank,
		               (int)strlen(names));
	shape_strides(s, stride);
	for (int i = 0; i < s->rank; i++) {
		int at = add_name(p, names[i]);
		if (at < 0)
			return err_set(e, ERR_UNSUPPORTED, "more than %d subscripts", SUBSCRIPTS);
		if (s->dim[i] != 1 && p->dim[at] != 1 && p->dim[at] != s->dim[i])
			return err_set(e, ERR_FORMAT, "a subscript stands for %lld and for %lld elements",
			               (long long)p->dim[at], (long long)s->dim[i]);
		p->dim[at] = s->dim[i] != 1 ? s->dim[i] : p->dim[at];
		p->stride[k][at] += s->dim[i] != 1 ? stride[i] : 0;
	}
	return 0;
}

/* Without "->": the ellipsis, then what stands once, in the order of the alphabet. */
static void implicit_output(const char *all, size_t len, int dots, char *out)
{
	int n = 0;
	for (int k = dots - 1; k >= 0; k--)
		out[n++] = (char)(DOTS + k);
	for (char c = 'A'; c <= 'z' && n < SUBSCRIPTS; c++) {
		int times = 0;
		for (size_t i = 0; i < len; i++)
			times += all[i] == c;
		if (times == 1)
			out[n++] = c;
	}
	out[n] = '\0';
}

static int walk_sizes(struct op_infer *q, struct einsum *p, struct err *e)
{
	int64_t all = 1;
	struct shape *y = &q->out[0].shape;
	y->rank = p->n_out;
	for (int i = 0; i < p->n; i++)
		if (!i64_mul(all, p->dim[i], &all) || all > (int64_t)1 << 40)
			return err_set(e, ERR_LIMIT, "a sum of too many products");
	for (int i = 0; i < p->n_out; i++)
		y->dim[i] = p->dim[i];
	int bad = shape_fits(y, e);
	if (bad)
		return bad;
	shape_strides(y, p->stride[OPERANDS]);
	p->inner = p->n ? p->dim[p->n - 1] : 1;
	p->outer = p->inner ? all / p->inner : 0;
	q->n->tmp_bytes = (size_t)shape_count(y) * sizeof(real);
	return 0;
}

static int infer(struct op_infer *q, struct err *e)
{
	const char *s = attr_string(q->n, "equation", ""), *arrow = strstr(s, "->");
	size_t len = arrow ? (size_t)(arrow - s) : strlen(s);
	struct einsum *p = op_param(q, sizeof *p);
	char names[OPERANDS][SUBSCRIPTS + 1], out[SUBSCRIPTS + 1];
	int dots = 0, bad;
	p->m = q->n->n_in;
	if (p->m > OPERANDS)
		return err_set(e, ERR_UNSUPPORTED, "more than %d operands", OPERANDS);
	const char *at = s;
	for (int k = 0; k < p->m; k++) {
		size_t n = strcspn(at, ",");
		if (at + n > s + len)
			n = (size_t)(s + len - at);
		int own = !q->in[k] ? -1 : memchr(at, '.', n) ? q->in[k]->shape.rank - letters(at, n) : 0;
		if (own < 0 || subscripts(at, n, own, names[k]) < 0 || (at[n] == ',') != (k < p->m - 1))
			return err_set(e, ERR_FORMAT, "equation '%s' does not fit %d operands", s, p->m);
		if ((bad = need_real(q, k, e)))
			return bad;
		dots = own > dots ? own : dots;
		at += n + (k < p->m - 1);
	}
	if (!arrow)
		implicit_output(s, len, dots, out);
	else if (subscripts(arrow + 2, strlen(arrow + 2), dots, out) < 0)
		return err_set(e, ERR_FORMAT, "equation '%s' has no valid output", s);
	for (const char *c = out; *c; c++) {
		if (find(p, *c) >= 0)
			return err_set(e, ERR_FORMAT, "equation '%s' names an axis of the output twice", s);
		add_name(p, *c);
	}
	p->n_out = p->n;
	if (p->n_out > RANK_MAX)
		return err_set(e, ERR_UNSUPPORTED, "a result of rank %d", p->n_out);
	for (int k = 0; k < p->m; k++)
		if ((bad = operand(q, p, k, names[k], e)))
			return bad;
	for (const char *c = out; *c; c++) {
		bool known = *c < 'A';
		for (int k = 0; k < p->m; k++)
			known |= strchr(names[k], *c) != NULL;
		if (!known)
			return err_set(e, ERR_FORMAT, "equation '%s' has an axis in the output alone", s);
	}
	return walk_sizes(q, p, e);
}

/* Offsets of combination i of all subscripts but the last. */
static void offsets(const struct einsum *p, int64_t i, int64_t *at)
{
	memset(at, 0, (OPERANDS + 1) * sizeof *at);
	for (int a = p->n - 2; a >= 0; a--) {
		int64_t k = i % p->dim[a];
		i /= p->dim[a];
		for (int o = 0; o < p->m; o++)
			at[o] += k * p->stride[o][a];
		at[OPERANDS] += a < p->n_out ? k * p->stride[OPERANDS][a] : 0;
	}
}

/* Step of operand o along the last subscript. */
static int64_t step(const struct einsum *p, int o)
{
	return !p->n || (o == OPERANDS && p->n - 1 >= p->n_out) ? 0 : p->stride[o][p->n - 1];
}

static real product(const struct op_call *c, const int64_t *at, int64_t j, int but)
{
	const struct einsum *p = c->n->param;
	real v = 1;
	for (int o = 0; o < p->m; o++)
		if (o != but)
			v *= ((const real *)c->x[o])[at[o] + j * step(p, o)];
	return v;
}

static void forward(struct op_call *c)
{
	const struct einsum *p = c->n->param;
	int64_t at[OPERANDS + 1], sy = step(p, OPERANDS);
	memset(c->y[0], 0, (size_t)call_count_out(c, 0) * sizeof(real));
	for (int64_t i = 0; i < p->outer; i++) {
		offsets(p, i, at);
		real *y = (real *)c->y[0] + at[OPERANDS];
		if (p->m == 2) {
			const real *a = (const real *)c->x[0] + at[0], *b = (const real *)c->x[1] + at[1];
			int64_t sa = step(p, 0), sb = step(p, 1);
			for (int64_t j = 0; j < p->inner; j++)
				y[j * sy] += a[j * sa] * b[j * sb];
			continue;
		}
		for (int64_t j = 0; j < p->inner; j++)
			y[j * sy] += product(c, at, j, -1);
	}
}

static void backward(struct op_call *c)
{
	const struct einsum *p = c->n->param;
	int64_t at[OPERANDS + 1], sy = step(p, OPERANDS);
	for (int64_t i = 0; i < p->outer; i++) {
		offsets(p, i, at);
		const real *dy = c->dy[0] + at[OPERANDS];
		for (int o = 0; o < p->m; o++)
			for (int64_t j = 0; c->dx[o] && j < p->inner; j++)
				c->dx[o][at[o] + j * step(p, o)] += dy[j * sy] * product(c, at, j, o);
	}
}

/* abs of the products of one point; each product's share in equal parts to the operands that depend on the window. */
static void trace(struct op_call *c, const real *share, real **share_x)
{
	const struct einsum *p = c->n->param;
	int64_t at[OPERANDS + 1], sy = step(p, OPERANDS), n = call_count_out(c, 0);
	real *per = c->tmp;
	int takers = 0;
	for (int o = 0; o < p->m; o++)
		takers += share_x[o] != NULL;
	memset(per, 0, (size_t)n * sizeof *per);
	for (int64_t i = 0; i < p->outer && takers; i++) {
		offsets(p, i, at);
		for (int64_t j = 0; j < p->inner; j++)
			per[at[OPERANDS] + j * sy] += real_abs(product(c, at, j, -1));
	}
	for (int64_t i = 0; i < n; i++)
		per[i] = per[i] > 0 && share[i] > 0 ? share[i] / (per[i] * (real)takers) : 0;
	for (int64_t i = 0; i < p->outer && takers; i++) {
		offsets(p, i, at);
		for (int64_t j = 0; j < p->inner; j++) {
			real part = per[at[OPERANDS] + j * sy] * real_abs(product(c, at, j, -1));
			for (int o = 0; o < p->m; o++)
				if (share_x[o])
					share_x[o][at[o] + j * step(p, o)] += part;
		}
	}
}

static int describe(const struct graph *g, const struct node *n, char *buf, size_t size)
{
	(void)g;
	return snprintf(buf, size, "%s", attr_string(n, "equation", ""));
}

static int64_t macs(const struct graph *g, const struct node *n)
{
	(void)g;
	const struct einsum *p = n->param;
	return p->outer * p->inner;
}

/* An axis keeps the label that its subscript has in an operand that depends on the window. */
static void axes(struct op_infer *q)
{
	const struct einsum *p = q->n->param;
	for (int i = 0; i < p->n_out; i++)
		for (int k = p->m - 1; k >= 0; k--)
			for (int a = 0; q->in[k]->depends && a < q->in[k]->shape.rank; a++) {
				int64_t stride[RANK_MAX];
				shape_strides(&q->in[k]->shape, stride);
				if (q->in[k]->shape.dim[a] > 1 && p->stride[k][i] == stride[a])
					q->out[0].axis[i] = q->in[k]->axis[a];
			}
	if (p->n_out && !q->out[0].axis[0] && p->dim[0] == 1)
		q->out[0].axis[0] = 'N';
}

/* An axis is kept where its subscript stands in the output, and not twice in the operand. */
static struct reach reach(const struct reach_query *q)
{
	const struct einsum *p = q->n->param;
	int64_t stride[RANK_MAX];
	shape_strides(&q->g->value[q->n->in[q->in]].shape, stride);
	bool kept = p->stride[q->in][q->out_axis] == stride[q->in_axis];
	for (int s = 0; s < p->n; s++)
		kept &= s == q->out_axis || p->stride[q->in][s] != stride[q->in_axis];
	return reach_kept(q, kept ? q->out_axis : -1);
}

const struct op op_einsum = { .name = "Einsum",
	                      .in_min = 1,
	                      .in_max = OPERANDS,
	                      .out_max = 1,
	                      .flags = OP_LINEAR_FIRST,
	                      .infer = infer,
	                      .forward = forward,
	                      .backward = backward,
	                      .trace = trace,
	                      .describe = describe,
	                      .macs = macs,
	                      .axes = axes,
	                      .reach = reach };
