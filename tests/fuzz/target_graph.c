/* Networks that the bytes put together from every operator, with shapes, constants and attributes that may fit or not:
 * what a reader of a file would have to hit by chance. What is refused is left out, the rest runs, and runs again
 * without half of its filters. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/graph/op.h"
#include "core/prune/prune_build.h"
#include "core/prune/prune_rank.h"
#include "tests/fuzz/fuzz.h"

enum { NODES = 12, INPUTS = 8, OUTPUTS = 3, ATTRS = 5, LIST = 8, VALUES = 4096, MOST = 20000 };

struct bytes {
	const uint8_t *p, *end;
};

static int byte(struct bytes *b)
{
	return b->p < b->end ? *b->p++ : 0;
}

/* Small ones mostly, the odd ones behind 0xf8. */
static int64_t integer(struct bytes *b)
{
	static const int64_t odd[] = { INT64_MIN,        INT64_MAX, INT32_MAX, INT32_MIN,
		                       (int64_t)1 << 40, -1000,     4096,      1 << 20 };
	int v = byte(b);
	return v >= 0xf8 ? odd[v - 0xf8] : v % 16 - 4;
}

static struct shape shape(struct bytes *b)
{
	struct shape s = { .rank = byte(b) % (RANK_MAX + 1) };
	for (int i = 0; i < s.rank; i++)
		s.dim[i] = byte(b) % 8;
	return s;
}

static int constant(struct graph *g, struct bytes *b, bool is_real)
{
	static real r[VALUES];
	static int64_t v[VALUES];
	struct err e = { 0 };
	struct shape s = shape(b);
	int64_t n = shape_count(&s);
	if (n > VALUES)
		return -1;
	for (int64_t i = 0; i < n; i++)
		if (is_real)
			r[i] = (real)(i < LIST ? integer(b) : i % 7 - 3) / 2;
		else
			v[i] = i < LIST ? integer(b) : i % 3;
	return is_real ? graph_const_real(g, NULL, &s, r, byte(b) & 1, &e) : graph_const_int(g, NULL, &s, v, &e);
}

/* A list of integers as axes, pads, shapes come. */
static int list(struct graph *g, struct bytes *b)
{
	struct err e = { 0 };
	struct shape s = { 1, { byte(b) % (LIST + 1) } };
	int64_t v[LIST];
	for (int i = 0; i < s.dim[0]; i++)
		v[i] = integer(b);
	return graph_const_int(g, NULL, &s, v, &e);
}

static int input(struct graph *g, struct bytes *b)
{
	int kind = byte(b);
	switch (kind % 8) {
	case 0:
		return -1;
	case 1:
		return constant(g, b, true);
	case 2:
		return constant(g, b, false);
	case 3:
	case 4:
		return list(g, b);
	case 5:
		return g->n_value - 1;
	default:
		return kind / 8 % g->n_value;
	}
}

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
	"batch_axis",
	"time_axis",
	"upper",
	"k",
	"dtype",
	"detect_negative",
	"count_include_pad",
	"storage_order",
	"nearest_mode",
	"cubic_coeff_a",
	"exclude_outside",
	"keep_aspect_ratio_policy",
	"extrapolation_value",
	"antialias",
	"allowzero",
	"noop_with_empty_axes",
	"fmod",
	"hidden_size",
	"ratio",
	"gamma",
	"lambd",
	"bias",
	"stash_type",
	"across_channels",
	"normalize_variance",
	"select_last_index",
	"approximate",
	"num_outputs",
	"activation_alpha",
	"activation_beta",
};
static const char *const words[] = {
	"SAME_UPPER",
	"SAME_LOWER",
	"VALID",
	"NOTSET",
	"linear",
	"cubic",
	"nearest",
	"reflect",
	"edge",
	"wrap",
	"reverse",
	"bidirectional",
	"asymmetric",
	"align_corners",
	"half_pixel",
	"half_pixel_symmetric",
	"tf_crop_and_resize",
	"pytorch_half_pixel",
	"CRD",
	"Relu,Tanh",
	"Elu",
	"",
	",,,",
	"tanh",
	"ij,jk",
	"...i,...i->...",
	"ij->ji",
	"i,j->ij",
	"add",
	"mul",
	"floor",
	"ceil",
	"round_prefer_ceil",
	"not_larger",
	"not_smaller",
	"ii->i",
	"...ij,...jk->...ik",
	"Sigmoid,Tanh,Tanh,Sigmoid,Tanh,Tanh",
	"HardSigmoid,ThresholdedRelu",
};

static int attributes(struct bytes *b, struct attr *a, int64_t (*ints)[LIST], double (*floats)[LIST])
{
	int n = byte(b) % (ATTRS + 1);
	for (int i = 0; i < n; i++) {
		a[i] = (struct attr){ .name = names[(size_t)byte(b) % (sizeof names / sizeof *names)],
			              .type = (enum attr_type)(byte(b) % 4) };
		a[i].s = words[(size_t)byte(b) % (sizeof words / sizeof *words)];
		a[i].n = a[i].type == ATTR_INTS || a[i].type == ATTR_FLOATS ? byte(b) % (LIST + 1) : 0;
		a[i].i = integer(b);
		a[i].f = (double)integer(b) / 4;
		for (int k = 0; k < a[i].n; k++) {
			ints[i][k] = integer(b);
			floats[i][k] = (double)ints[i][k] / 4;
		}
		a[i].ints = a[i].type == ATTR_INTS ? ints[i] : NULL;
		a[i].floats = a[i].type == ATTR_FLOATS ? floats[i] : NULL;
	}
	return n;
}

/* false: refused so late that readers would not go on. */
static bool node(struct model *m, struct bytes *b, int n_op)
{
	struct graph *g = m->graph;
	struct err e = { 0 };
	struct attr a[ATTRS];
	int64_t ints[ATTRS][LIST];
	double floats[ATTRS][LIST];
	int in[INPUTS], out[OUTPUTS];
	const struct op *op = op_table[byte(b) * n_op / 256];
	int most = op->in_max < INPUTS ? op->in_max : INPUTS, n_in = op->in_min + byte(b) % (most - op->in_min + 1);
	int n_out = 1 + byte(b) % (op->out_max < OUTPUTS ? op->out_max : OUTPUTS);
	for (int k = 0; k < n_in; k++)
		in[k] = input(g, b);
	/* most outputs are wanted */
	const char *out_name[OUTPUTS];
	char own[OUTPUTS][16];
	for (int k = 0; k < n_out; k++) {
		snprintf(own[k], sizeof own[k], "v%d.%d", g->n_node + g->n_value, k);
		out_name[k] = n_out > 1 && byte(b) % 4 == 0 ? NULL : own[k];
	}
	int n_attr = attributes(b, a, ints, floats), before = m->n_layer, n_value = g->n_value, n_node = g->n_node;
	int id = graph_node(g, op->name, "n", n_in, in, n_out, out_name, n_attr, a, out, &e);
	if (id < 0) {
		fuzz_refused(&e);
		return g->n_value == n_value && g->n_node == n_node;
	}
	/* half of them are layers */
	if (g->value[id].depends && g->value[id].dtype == DT_REAL && (byte(b) & 1)) {
		char name[16];
		snprintf(name, sizeof name, "l%d", before);
		model_layer(m, name, op->name, "", LAYER_ANALYSED, id, id, 1, (int[]){ before - 1 }, &e);
	}
	return true;
}

/* The same network without half of its filters: it has to be built, or refused, and to run. */
static void prune(const struct model *m)
{
	struct err e = { 0 };
	struct prune_map p;
	struct prune_facts f;
	struct prune_budget budget = { .ratio = 0.5, .count = -1, .keep_min = 1, .seed = 1 };
	prune_map_init(&p, m);
	prune_facts_init(&f, &p, NULL, NULL);
	bool *removed = xcalloc((size_t)p.n_atom + 1, sizeof *removed);
	struct model *small = NULL;
	if (!prune_choose(&f, &budget, prune_rank_find("random"), removed, &e))
		small = prune_build(&p, removed, NULL, &e);
	if (small)
		fuzz_model(small, MOST, &e);
	else
		fuzz_refused(&e);
	free(removed);
	prune_facts_release(&f);
	prune_map_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const layouts[] = { "NCT", "NTC", "NT", "NC1T", "TNC" };
	struct bytes b = { data, data + n };
	struct err e = { 0 };
	struct model *m = model_new("net", "fuzz");
	m->graph->fold_bytes = 1 << 20;
	const char *layout = layouts[byte(&b) % 5];
	int n_op = 0, T = 1 + byte(&b) % 24, C = strchr(layout, 'C') ? 1 + byte(&b) % 5 : 1;
	while (op_table[n_op])
		n_op++;
	int last = model_input(m, "x", "Input", layout, T, C, 1, &e);
	bool good = last >= 0;
	for (int i = 0; i < NODES && good && b.p < b.end; i++)
		good = node(m, &b, n_op);
	for (int i = m->graph->n_value - 1; i > last; i--)
		if (m->graph->value[i].depends && m->graph->value[i].dtype == DT_REAL && m->graph->value[i].node >= 0) {
			last = i;
			break;
		}
	if (good && model_finish(m, last, &e) < 0) {
		fuzz_refused(&e);
		good = false;
	}
	if (!good) {
		model_free(m);
		return 0;
	}
	prune(m);
	fuzz_model(m, MOST, &e);
	return 0;
}
