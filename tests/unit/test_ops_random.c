/* Every operator with random inputs, shapes (empty ones and single numbers among them) and attributes, most of them
 * nonsense: each call is refused with a sentence, or runs forwards, backwards and through its shares without touching
 * what is not its own. The sanitizer build sees what this one would not. */
#define UNIT_ONE_PROCESS
#include <limits.h>
#include "core/graph/op.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

enum { CALLS = 2000, INPUTS = 8, OUTPUTS = 3 };

static int64_t pick(struct rng *r, int64_t n)
{
	return (int64_t)(rng_uniform(r) * (double)n);
}

static int64_t some_int(struct rng *r)
{
	static const int64_t odd[] = { INT64_MIN, INT64_MAX, INT_MAX, INT_MIN, -1000, 1000, (int64_t)1 << 40, 1 << 12 };
	return pick(r, 20) ? pick(r, 6) - 2 : odd[pick(r, 8)];
}

/* The shape of input k that fits the first one (like), for operators that random shapes would never fit. */
static bool fitting(const char *op, int k, const struct shape *like, struct shape *s)
{
	int64_t c = like->rank > 1 ? like->dim[1] : 1, gates = *op == 'L' ? 4 : *op == 'G' ? 3 : 1;
	if (!strcmp(op, "LSTM") || !strcmp(op, "GRU") || !strcmp(op, "RNN")) {
		const struct shape of[] = { { 3, { 3, like->dim[0], 2 } },
			                    { 3, { 1, 2 * gates, 2 } },
			                    { 3, { 1, 2 * gates, 2 } },
			                    { 2, { 1, 4 * gates } },
			                    { 0, { 0 } },
			                    { 3, { 1, like->dim[0], 2 } },
			                    { 3, { 1, like->dim[0], 2 } },
			                    { 2, { 1, 6 } } };
		*s = of[k];
		return true;
	}
	if (!strcmp(op, "Conv") || !strcmp(op, "ConvTranspose")) {
		const struct shape of[] = { { 3, { 2, 2, 3 + like->dim[0] } },
			                    { 3, { 2, 2, like->dim[0] } },
			                    { 1, { 2 } } };
		*s = of[k];
		return true;
	}
	if (!strcmp(op, "Gemm")) {
		*s = k == 2 ? (struct shape){ 1, { 2 } } : (struct shape){ 2, { 2, 2 } };
		return true;
	}
	if (strstr(op, "Normalization") && k) {
		*s = (struct shape){ 1, { *op == 'L' && like->rank ? like->dim[like->rank - 1] : c } };
		return true;
	}
	if (!strcmp(op, "DepthToSpace") || !strcmp(op, "SpaceToDepth")) {
		*s = (struct shape){ 4, { 1, 4, 2 * like->dim[0], 4 } };
		return true;
	}
	if (strstr(op, "Pool")) {
		*s = (struct shape){ 3, { 2, 2, 2 + like->dim[0] } };
		return true;
	}
	return false;
}

static int input(struct graph *g, struct rng *r, const char *op, int k, const struct shape *like, int *n_real)
{
	struct err e = { 0 };
	struct shape s = *like;
	int64_t v[16];
	real x[2048];
	int kind = (int)pick(r, 8);
	if (fitting(op, k, like, &s) && pick(r, 20)) {
		++*n_real;
		return k == 4 && s.rank == 0 ? -1 : graph_input(g, NULL, DT_REAL, &s, &e);
	}
	if (kind == 0)
		return -1;
	if (kind < 3) {
		s = (struct shape){ (int)pick(r, 3), { pick(r, 5), 1 + pick(r, 3) } };
		for (int i = 0; i < 16; i++)
			v[i] = some_int(r);
		return graph_const_int(g, NULL, &s, v, &e);
	}
	if (pick(r, 2)) {
		s.rank = (int)pick(r, 5);
		for (int i = 0; i < s.rank; i++)
			s.dim[i] = pick(r, 12) ? 1 + pick(r, 5) : 0;
	}
	if (kind == 3 && shape_count(&s) <= 2048) {
		for (int i = 0; i < 2048; i++)
			x[i] = (real)(rng_uniform(r) * 4 - 2);
		return graph_const_real(g, NULL, &s, x, false, &e);
	}
	++*n_real;
	return graph_input(g, NULL, DT_REAL, &s, &e);
}

static int attributes(struct rng *r, const char *op, struct attr *a, int64_t *ints)
{
	static const char *const names[] = {
		"axis",
		"axes",
		"keepdims",
		"kernel_shape",
		"strides",
		"pads",
		"dilations",
		"group",
		"output_padding",
		"output_shape",
		"auto_pad",
		"mode",
		"epsilon",
		"alpha",
		"beta",
		"num_groups",
		"direction",
		"layout",
		"clip",
		"linear_before_reset",
		"to",
		"start",
		"end",
		"value",
		"p",
		"size",
		"blocksize",
		"largest",
		"exclusive",
		"reverse",
		"transA",
		"transB",
		"perm",
		"ceil_mode",
		"coordinate_transformation_mode",
		"activations",
		"equation",
		"reduction",
		"batch_dims",
		"allowzero",
		"noop_with_empty_axes",
		"fmod",
		"hidden_size",
	};
	static const char *const words[] = {
		"SAME_UPPER",    "SAME_LOWER",
		"VALID",         "linear",
		"cubic",         "nearest",
		"reflect",       "edge",
		"wrap",          "reverse",
		"bidirectional", "asymmetric",
		"align_corners", "tf_crop_and_resize",
		"CRD",           "Relu,Tanh",
		"Elu",           "",
		",,,",           "tanh",
		"ij,jk",         "...i,...i->...",
		"ij->ji",        "i,j->ij",
		"add",
	};
	int n = (int)pick(r, 4);
	for (int i = 0; i < n; i++) {
		a[i] = (struct attr){ .name = names[pick(r, sizeof names / sizeof *names)],
			              .i = some_int(r),
			              .f = rng_uniform(r) * 3 - 1 };
		a[i].type = !strcmp(a[i].name, "kernel_shape") || !strcmp(a[i].name, "strides") ||
		                            !strcmp(a[i].name, "pads")
		                    ? ATTR_INTS
		            : pick(r, 3) ? ATTR_INT
		                         : (enum attr_type)pick(r, 4);
		a[i].s = words[pick(r, sizeof words / sizeof *words)];
		if (a[i].type == ATTR_INTS) {
			a[i].ints = ints + 8 * i;
			a[i].n = (int)pick(r, 5);
			for (int k = 0; k < a[i].n; k++)
				ints[8 * i + k] = some_int(r);
		}
	}
	/* what a pool and the like cannot do without */
	if (n && (strstr(op, "Pool") || strstr(op, "Space") || !strcmp(op, "LRN")) && pick(r, 20)) {
		ints[0] = 1 + pick(r, 3);
		a[0] = (struct attr){ .name = "kernel_shape", .type = ATTR_INTS, .ints = ints, .n = 1 };
		if (!strstr(op, "Pool"))
			a[0] = attr_i(*op == 'L' ? "size" : "blocksize", ints[0]);
	}
	return n;
}

/* The output over the first input. */
static void write_in_place(struct run *run, const int *in, const int *out)
{
	struct op_call *c = &run->call[0];
	const struct value *x = &run->g->value[in[0]], *y = &run->g->value[out[0]];
	if (!(c->n->op->flags & OP_IN_PLACE) || x->constant || y->constant ||
	    shape_count(&x->shape) != shape_count(&y->shape) || x->dtype != y->dtype)
		return;
	size_t bytes = (size_t)shape_count(&x->shape) * (x->dtype == DT_REAL ? sizeof(real) : sizeof(int64_t));
	void *both = xalloc_aligned(bytes);
	const void *kept_x = c->x[0];
	void *kept_y = c->y[0];
	memcpy(both, kept_x, bytes);
	c->x[0] = c->y[0] = both;
	c->n->op->forward(c);
	ck_assert_msg(!memcmp(both, kept_y, bytes), "%s over its input", c->n->op->name);
	c->x[0] = kept_x;
	c->y[0] = kept_y;
	free(both);
}

static void exercise(struct graph *g, struct rng *r, const int *in, int n_in, const int *out, int n_out)
{
	struct run *run = run_new(g);
	for (int k = 0; k < g->n_input; k++) {
		int64_t n = shape_count(&g->value[g->input[k]].shape);
		for (int64_t i = 0; i < n; i++)
			run_data(run, g->input[k])[i] = (real)(rng_uniform(r) * 4 - 2);
		run_want(run, g->input[k]);
	}
	run_forward(run);
	for (int k = 0; k < n_out; k++)
		if (out[k] >= 0)
			check_outputs_only(run, 1, &out[k]);
	if (g->n_node && in[0] >= 0 && out[0] >= 0)
		write_in_place(run, in, out);
	for (int k = 0; k < n_out; k++)
		if (out[k] >= 0 && g->value[out[k]].dtype == DT_REAL && !g->value[out[k]].constant)
			run_backward(run, out[k], NULL);
	const struct op *op = g->n_node ? g->node[0].op : NULL;
	real *share[INPUTS] = { 0 };
	if (op && op->trace && out[0] >= 0 && g->value[out[0]].dtype == DT_REAL) {
		real *given = xcalloc((size_t)shape_count(&g->value[out[0]].shape) + 1, sizeof *given);
		for (int64_t i = 0; i < shape_count(&g->value[out[0]].shape); i++)
			given[i] = 1;
		for (int k = 0; k < n_in; k++)
			if (in[k] >= 0 && g->value[in[k]].depends)
				share[k] = xcalloc((size_t)shape_count(&g->value[in[k]].shape) + 1, sizeof(real));
		for (int k = 0; k < n_out; k++)
			run->call[0].dy[k] = NULL;
		op->trace(&run->call[0], given, share);
		free(given);
		for (int k = 0; k < INPUTS; k++)
			free(share[k]);
	}
	char text[96];
	if (op && op->kink && g->value[in[0]].dtype == DT_REAL)
		op->kink(&run->call[0]);
	if (op && op->describe)
		ck_assert_int_ge(op->describe(g, &g->node[0], text, sizeof text), 0);
	if (op && op->macs)
		ck_assert(op->macs(g, &g->node[0]) >= 0);
	run_free(run);
}

START_TEST(random_calls)
{
	const struct op *op = op_table[_i];
	static const char *const names[] = { "y0", "y1", "y2" };
	struct rng r;
	int ran = 0;
	rng_init(&r, 900 + (uint64_t)_i);
	for (int call = 0; call < CALLS; call++) {
		struct graph *g = graph_new();
		struct err e = { 0 };
		struct attr a[4];
		int64_t ints[32];
		int in[INPUTS], out[OUTPUTS], n_real = 0, most = op->in_max < INPUTS ? op->in_max : 5;
		int n_in = op->in_min + (int)pick(&r, most - op->in_min + 1),
		    n_out = 1 + (int)pick(&r, op->out_max < 3 ? op->out_max : 3);
		/* most inputs alike, so that many calls fit */
		struct shape like = { 1 + (int)pick(&r, 4), { 0 } };
		for (int i = 0; i < like.rank; i++)
			like.dim[i] = pick(&r, 3) ? 1 + pick(&r, 4) : 1;
		for (int k = 0; k < n_in; k++)
			in[k] = input(g, &r, op->name, k, &like, &n_real);
		int n_attr = attributes(&r, op->name, a, ints);
		int id = graph_node(g, op->name, "n", n_in, in, n_out, names, n_attr, a, out, &e);
		if (id < 0)
			ck_assert_msg(e.code < 0 && strlen(e.text) > 10, "%s refused without a sentence: '%s'",
			              op->name, e.text);
		else if (graph_finish(g, &e) == 0)
			exercise(g, &r, in, n_in, out, n_out), ran++;
		graph_free(g);
	}
	if (getenv("TSVIZ_VERBOSE"))
		printf("%-26s %d of %d ran\n", op->name, ran, CALLS);
}
END_TEST

static void setup(TCase *t)
{
	int n = 0;
	while (op_table[n])
		n++;
	tcase_add_loop_test(t, random_calls, 0, n);
}
UNIT_MAIN_WITH("ops_random", setup)
