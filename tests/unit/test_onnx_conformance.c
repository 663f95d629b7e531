/* ONNX's own conformance cases (Debian: libonnx-testdata), at ONNX's own tolerance. In scope are those of operators
 * that networks with one time axis are made of; each that is left out is listed with its reason in
 * build/onnx_cases.txt. */
#include <dirent.h>
#include <math.h>
#include <sys/stat.h>
#include "core/run/run.h"
#include "src/onnx/onnx_call.h"
#include "tests/unit/lanes.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

#define ROOT "/usr/share/libonnx-testdata/data"
static const char *const folders[] = { "node", "simple", "pytorch-operator", "pytorch-converted" };

struct test_input {
	struct onnx_file file;
	struct onnx_data data;
	int type;
};

struct onnx_case {
	char path[512];
	struct err e;
	struct onnx_file f;
	unsigned char *data;
	struct test_input in[16];
	int n_in;
	char reason[1200];
};

enum verdict { PASSED, FAILED, LEFT_OUT };

static int left_out(struct onnx_case *c, const char *why, const char *what)
{
	snprintf(c->reason, sizeof c->reason, "%s %s", why, what);
	return LEFT_OUT;
}

/* ---- scope ---- */

/* Transposed convolutions over more than one long axis: pictures. */
static bool is_picture(const struct onnx_graph *g)
{
	for (int i = 0; i < g->n_node; i++)
		for (int j = 0; j < g->n_in; j++) {
			int wide = 0;
			if (strcmp(g->node[i].op, "ConvTranspose") != 0 || strcmp(g->in[j].name, g->node[i].in[0]) != 0)
				continue;
			for (int a = 2; a < g->in[j].rank; a++)
				wide += g->in[j].dim[a] != 1;
			if (wide > 1)
				return true;
		}
	return false;
}

static const char *foreign_op(const struct onnx_graph *g, int64_t opset)
{
	for (int i = 0; i < g->n_node; i++) {
		const struct onnx_node *n = &g->node[i];
		if (*n->domain && strcmp(n->domain, "ai.onnx") != 0)
			return n->op;
		if (!onnx_row(n->op, opset))
			return n->op;
	}
	return NULL;
}

static bool is_training(const struct onnx_graph *g)
{
	for (int i = 0; i < g->n_node; i++) {
		const struct onnx_attr *a = onnx_attr_of(&g->node[i], "training_mode");
		if ((a && a->i) || strstr(g->node[i].op, "Random"))
			return true;
	}
	return false;
}

/* Returns why this case asks for another answer than the one that users expect, or NULL. */
static const char *other_answer(const char *path)
{
	static const char *const names[] = { "test_resize_downsample_scales_linear_align_corners",
		                             "test_resize_downsample_scales_cubic_align_corners" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(strrchr(path, '/') + 1, names[i]))
			return "ONNX aligns the corners of a broken length, PyTorch and onnxruntime those of the real "
			       "one";
	return NULL;
}

/* 0: in scope */
static int scope_of(struct onnx_case *c)
{
	const struct onnx_graph *g = c->f.graph;
	const char *op = foreign_op(g, c->f.opset), *other = other_answer(c->path);
	if (other)
		return left_out(c, other, "");
	if (op)
		return left_out(c, "operator", op);
	for (int i = 0; i < g->n_in; i++) {
		if (!g->in[i].type)
			return left_out(c, "an input that is no tensor:", g->in[i].name);
		if (onnx_dtype(g->in[i].type) < 0)
			return left_out(c, "an input of type", onnx_type_name(g->in[i].type));
	}
	if (is_picture(g))
		return left_out(c, "a transposed convolution of a picture", "");
	/* their data keep bfloat16 as numbers of 16 bits, which says nothing */
	if (strstr(c->path, "BFLOAT16") || strstr(c->path, "STRING"))
		return left_out(c, "bfloat16 or text", "");
	for (int i = 0; i < g->n_in; i++)
		if (g->in[i].rank > RANK_MAX)
			return left_out(c, "more than 6 axes", "");
	if (strstr(c->path, "training_dropout"))
		return left_out(c, "training", "");
	return is_training(g) ? left_out(c, "training", "") : 0;
}

/* ---- running ---- */

static unsigned char *slurp(const char *path, size_t *n)
{
	struct err e;
	unsigned char *p;
	return read_file(path, (int64_t)1 << 30, &p, n, &e) < 0 ? NULL : p;
}

static int read_tensor(const char *path, struct onnx_file *f, struct onnx_data *d, int *type, struct err *e)
{
	size_t n;
	unsigned char *p = slurp(path, &n);
	const struct onnx_tensor *t;
	struct read_side none = { 0 };
	*d = (struct onnx_data){ 0 };
	*f = (struct onnx_file){ 0 };
	if (!p)
		return err_set(e, ERR_IO, "%s is missing", path);
	int bad = onnx_parse_tensor(p, n, f, &t, e);
	*type = bad ? 0 : t->type;
	bad = bad ? bad : onnx_tensor_read(t, &none, d, e);
	free(p);
	return bad;
}

/* The first `dynamic` real inputs feed the graph, all else is known while loading. */
static int build(struct onnx_case *c, struct onnx_net *net, struct scope *s, int dynamic, const real **feed)
{
	int bad = scope_new(s, NULL, c->f.graph, &c->e), fed = 0, at = 0;
	for (int i = 0; i < c->f.graph->n_in && !bad; i++) {
		struct sym *y = scope_sym(s, c->f.graph->in[i].name);
		if (y->init || at >= c->n_in)
			continue;
		const struct onnx_data *d = &c->in[at++].data;
		if (d->dtype == DT_INT64)
			y->value = graph_const_int(net->g, y->name, &d->shape, d->i, &c->e);
		else if (fed >= dynamic)
			y->value = graph_const_real(net->g, y->name, &d->shape, d->r, true, &c->e);
		else {
			y->value = graph_input(net->g, y->name, DT_REAL, &d->shape, &c->e);
			y->dep = true;
			feed[fed++] = d->r;
		}
		bad = y->value < 0 ? y->value : 0;
	}
	bad = bad ? bad : onnx_emit_graph(net, s);
	for (int i = 0; i < c->f.graph->n_out && !bad; i++) {
		struct sym *y = scope_sym(s, c->f.graph->out[i].name);
		int v = y ? onnx_value_of(net, y, false) : -1;
		bad = v < 0 ? v : graph_output(net->g, v, &c->e);
	}
	return bad ? bad : graph_finish(net->g, &c->e);
}

static int mismatch(struct onnx_case *c, int k, const char *what)
{
	snprintf(c->reason, sizeof c->reason, "output %d: %s", k, what);
	return FAILED;
}

static int compare(struct onnx_case *c, const struct graph *g, const struct run *r, int k, const struct onnx_data *want)
{
	char text[400], a[160], b[160];
	int v = g->output[k];
	const struct value *have = &g->value[v];
	if (have->dtype != want->dtype)
		return mismatch(c, k, "another type");
	if (!shape_equal(&have->shape, &want->shape)) {
		shape_format(&have->shape, a, sizeof a);
		shape_format(&want->shape, b, sizeof b);
		snprintf(text, sizeof text, "shape %s instead of %s", a, b);
		return mismatch(c, k, text);
	}
	const real *x = have->dtype == DT_REAL ? (have->constant ? have->r : run_real(r, v)) : NULL;
	const int64_t *q = have->dtype == DT_INT64 ? (have->constant ? have->i : run_int(r, v)) : NULL;
	for (int64_t i = 0; i < shape_count(&want->shape); i++) {
		double p = x ? (double)x[i] : (double)q[i], w = x ? (double)want->r[i] : (double)want->i[i];
		bool same = isnan(w) ? isnan(p) : isinf(w) ? p == w : fabs(p - w) <= 1e-7 + 1e-3 * fabs(w);
		if (!same) {
			snprintf(text, sizeof text, "element %lld is %.9g instead of %.9g", (long long)i, p, w);
			return mismatch(c, k, text);
		}
	}
	return PASSED;
}

static int check_outputs(struct onnx_case *c, const struct graph *g, const struct run *r, const char *set)
{
	for (int k = 0; k < g->n_output; k++) {
		char path[700];
		struct onnx_file f;
		struct onnx_data d;
		struct err e;
		int type, verdict;
		snprintf(path, sizeof path, "%s/output_%d.pb", set, k);
		int bad = read_tensor(path, &f, &d, &type, &e);
		verdict = bad ? mismatch(c, k, e.text) : compare(c, g, r, k, &d);
		onnx_data_free(&d);
		onnx_release(&f);
		if (verdict)
			return verdict;
	}
	return PASSED;
}

static int attempt(struct onnx_case *c, const char *set, int dynamic)
{
	const real *feed[16];
	struct scope s;
	struct read_side none = { 0 };
	struct onnx_net net = { .g = graph_new(), .f = &c->f, .side = &none, .e = &c->e, .opset = c->f.opset };
	int verdict, bad = build(c, &net, &s, dynamic, feed);
	if (bad) {
		snprintf(c->reason, sizeof c->reason, "%s", c->e.text);
		verdict = FAILED;
	} else {
		struct run *r = run_new(net.g);
		for (int i = 0; i < net.g->n_input; i++)
			run_input(r, i, feed[i]);
		run_forward(r);
		check_outputs_only(r, net.g->n_output, net.g->output);
		check_lanes(r, net.g->n_output, net.g->output);
		verdict = check_outputs(c, net.g, r, set);
		run_free(r);
	}
	scope_free(&s);
	arena_release(&net.arena);
	graph_free(net.g);
	return verdict;
}

static int run_set(struct onnx_case *c, const char *set)
{
	int bad = 0, verdict = FAILED;
	c->n_in = 0;
	for (int i = 0; i < 16; i++) {
		char path[700];
		struct stat st;
		snprintf(path, sizeof path, "%s/input_%d.pb", set, i);
		if (stat(path, &st) < 0)
			break;
		struct test_input *in = &c->in[c->n_in++];
		if ((bad = read_tensor(path, &in->file, &in->data, &in->type, &c->e))) {
			snprintf(c->reason, sizeof c->reason, "%s", c->e.text);
			break;
		}
	}
	if (!bad)
		verdict = attempt(c, set, 16);
	for (int dynamic = 1; dynamic >= 0 && !bad && verdict; dynamic--)
		verdict = attempt(c, set, dynamic);
	for (int i = 0; i < c->n_in; i++) {
		onnx_data_free(&c->in[i].data);
		onnx_release(&c->in[i].file);
	}
	return verdict;
}

static int run_case(struct onnx_case *c)
{
	char path[600];
	size_t n;
	struct stat st;
	snprintf(path, sizeof path, "%s/model.onnx", c->path);
	c->data = slurp(path, &n);
	if (!c->data)
		return left_out(c, "no model", "");
	int verdict = FAILED, bad = onnx_parse(c->data, n, (int64_t)1 << 30, &c->f, &c->e);
	if (bad) {
		snprintf(c->reason, sizeof c->reason, "%s", c->e.text);
		return FAILED;
	}
	verdict = scope_of(c);
	for (int k = 0; !verdict; k++) {
		snprintf(path, sizeof path, "%s/test_data_set_%d", c->path, k);
		if (stat(path, &st) < 0)
			return k ? PASSED : left_out(c, "no data", "");
		verdict = run_set(c, path);
	}
	return verdict;
}

static void one(const char *path, FILE *list, int count[3])
{
	struct onnx_case *c = xcalloc(1, sizeof *c);
	snprintf(c->path, sizeof c->path, "%s", path);
	int verdict = run_case(c);
	count[verdict]++;
	if (verdict)
		fprintf(list, "%s %s: %s\n", verdict == FAILED ? "FAILED" : "left out", path + strlen(ROOT) + 1,
		        c->reason);
	onnx_release(&c->f);
	free(c->data);
	free(c);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The cases are there: fewer would mean that something is passed over. */
enum { PASS_LEAST = 807 };

START_TEST(conformance)
{
	int count[3] = { 0 };
	if (access(ROOT "/node/test_abs/model.onnx", R_OK) < 0)
		unit_skip("libonnx-testdata is not installed");
	FILE *list = fopen("build/onnx_cases.txt", "we");
	ck_assert(list != NULL);
	for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
		struct dirent **d;
		char path[512];
		snprintf(path, sizeof path, ROOT "/%s", folders[k]);
		int n = scandir(path, &d, NULL, by_name);
		for (int i = 0; i < n; i++) {
			snprintf(path, sizeof path, ROOT "/%s/%s", folders[k], d[i]->d_name);
			if (d[i]->d_name[0] != '.')
				one(path, list, count);
			free(d[i]);
		}
		if (n >= 0)
			free(d);
	}
	fclose(list);
	printf("ONNX conformance: %d passed of %d in scope, of %d in all; build/onnx_cases.txt lists the others\n",
	       count[PASSED], count[PASSED] + count[FAILED], count[PASSED] + count[FAILED] + count[LEFT_OUT]);
	ck_assert_msg(count[PASSED] >= PASS_LEAST, "%d cases passed, of at least %d", count[PASSED], PASS_LEAST);
}
END_TEST

UNIT_MAIN("onnx_conformance", conformance)
