/* The reader of ONNX files: finds the input that takes the window, its layout, and the output that is analysed. */
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx_net.h"
#include "src/onnx/onnx_write.h"

enum { IR_MIN = 3, IR_MAX = 12, OPSET_MAX = 23 };

/* ---- the input ---- */

/* Returns whether only the shape of y is read. */
static bool shape_only(const struct scope *s, int y)
{
	int n = 0;
	for (int i = 0; i < s->g->n_node; i++)
		for (int k = 0; k < s->g->node[i].n_in; k++)
			if (s->in[i][k] == y && (n++ || strcmp(s->g->node[i].op, "Shape") != 0))
				return false;
	return n > 0;
}

/* Returns the first node that reads y, skipping operators that change nothing. */
static const struct onnx_node *first_reader(const struct scope *s, int y)
{
	for (int i = 0; i < s->g->n_node; i++)
		for (int k = 0; k < s->g->node[i].n_in; k++)
			if (s->in[i][k] == y) {
				const struct onnx_node *n = &s->g->node[i];
				if (!strcmp(n->op, "Shape") ||
				    (n->n_out && s->out[i][0] >= 0 && shape_only(s, s->out[i][0])))
					continue;
				bool same = !strcmp(n->op, "Identity") || !strcmp(n->op, "Cast") ||
				            !strcmp(n->op, "Dropout");
				if (!same || n->n_out < 1 || s->out[i][0] < 0)
					return n;
				y = s->out[i][0];
			}
	return NULL;
}

/* Returns whether one of these operators reads y as its first input. */
static bool read_by(const struct scope *s, int y, const char *const *ops)
{
	for (int i = 0; i < s->g->n_node; i++)
		for (int k = 0; ops[k]; k++)
			if (s->g->node[i].n_in && s->in[i][0] == y && !strcmp(s->g->node[i].op, ops[k]))
				return true;
	return false;
}

/* Returns whether y is read by an operator that expects filters before steps. */
static bool read_as_nct(const struct scope *s, int y)
{
	static const char *const ops[] = { "Conv",    "ConvTranspose", "BatchNormalization", "InstanceNormalization",
		                           "MaxPool", "AveragePool",   "GlobalAveragePool",  "GlobalMaxPool",
		                           NULL };
	return read_by(s, y, ops);
}

/* Returns whether y is read by an operator that expects features last, after the window was transposed for it. */
static bool read_as_ntc(const struct scope *s, int y)
{
	static const char *const ops[] = { "MatMul", "Gemm", "LayerNormalization", "LSTM", "GRU", "RNN", NULL };
	if (read_as_nct(s, y))
		return false;
	/* recurrent layers expect steps before the batch */
	for (int i = 0; i < s->g->n_node; i++) {
		const struct onnx_node *n = &s->g->node[i];
		const struct onnx_attr *perm =
		        n->n_in && s->in[i][0] == y && !strcmp(n->op, "Transpose") ? onnx_attr_of(n, "perm") : NULL;
		if (perm && perm->type == ONNX_A_INTS && perm->n == 3 && perm->ints[0] == 1 && perm->ints[1] == 0 &&
		    read_by(s, scope_find(s, n->out[0]), ops + 3))
			return true;
	}
	return read_by(s, y, ops);
}

static const char *layout3(const struct scope *s, const struct onnx_node *n)
{
	const struct onnx_attr *perm = n && !strcmp(n->op, "Transpose") ? onnx_attr_of(n, "perm") : NULL;
	if (perm && perm->type == ONNX_A_INTS && perm->n == 3) {
		const int64_t *p = perm->ints;
		if (p[0] == 0 && p[1] == 2 && read_as_ntc(s, scope_find(s, n->out[0])))
			return "NCT";
		if ((p[0] == 0 && p[1] == 2) || (p[0] == 1 && p[1] == 0))
			return "NTC";
	}
	if (n && (!strcmp(n->op, "LSTM") || !strcmp(n->op, "GRU") || !strcmp(n->op, "RNN"))) {
		const struct onnx_attr *l = onnx_attr_of(n, "layout");
		return l && l->i ? "NTC" : "TNC";
	}
	return "NCT";
}

static const char *layout_of(const struct scope *s, const struct onnx_value *in, const struct onnx_node *reader)
{
	const int64_t *d = in->dim;
	switch (in->rank) {
	case 2:
		return "NT";
	case 3:
		return read_as_nct(s, scope_find(s, in->name)) ? "NCT" : layout3(s, reader);
	case 4:
		/* one plane of sensors by time: the longer axis is time */
		return d[2] == 1                 ? "NC1T"
		       : d[3] == 1               ? "NCT1"
		       : d[1] != 1               ? NULL
		       : d[2] > 0 && d[3] > d[2] ? "N1CT"
		                                 : "N1TC";
	default:
		return NULL;
	}
}

static int size_at(const struct onnx_value *in, const char *layout, char axis, int64_t *out)
{
	const char *p = strchr(layout, axis);
	*out = p ? in->dim[p - layout] : 1;
	return 0;
}

/* Returns the channels that the first convolution expects, for files that leave them open; -1: unknown. */
static int64_t channels_of(const struct scope *s, const struct onnx_node *n)
{
	int w = n && !strcmp(n->op, "Conv") && n->n_in > 1 ? scope_find(s, n->in[1]) : -1;
	const struct onnx_tensor *t = w >= 0 ? s->sym[w].init : NULL;
	const struct onnx_attr *g = n ? onnx_attr_of(n, "group") : NULL;
	int64_t c;
	return t && t->n_dim > 2 && i64_mul(t->dim[1], g && g->type == ONNX_A_INT ? g->i : 1, &c) ? c : -1;
}

/* Finds the input that takes the window: the only one that is not an initializer. */
static const struct onnx_value *window_input(const struct scope *s, struct err *e)
{
	const struct onnx_value *in = NULL;
	int n = 0;
	for (int i = 0; i < s->g->n_in; i++) {
		const struct sym *y = scope_sym(s, s->g->in[i].name);
		if (!y || y->init)
			continue;
		if (!n++)
			in = &s->g->in[i];
	}
	if (n == 1)
		return in;
	if (n)
		err_set(e, ERR_UNSUPPORTED, "the network reads %d inputs, '%s' and others; tsviz feeds one", n,
		        in->name);
	else
		err_set(e, ERR_FORMAT, "the network has no input");
	return NULL;
}

static int check_layout(const char *layout, const struct onnx_value *in, struct err *e)
{
	if (!layout)
		return err_set(e, ERR_UNSUPPORTED, "input '%s' has rank %d%s; tsviz reads windows of one time axis",
		               in->name, in->rank, in->rank == 4 ? " and two long axes" : "");
	if ((int)strlen(layout) != in->rank)
		return err_set(e, ERR_VALUE, "--layout %s does not fit input '%s' of rank %d", layout, in->name,
		               in->rank);
	for (int i = 0; i < in->rank; i++)
		if (layout[i] == '1' && in->dim[i] > 1)
			return err_set(e, ERR_VALUE,
			               "--layout %s does not fit input '%s', whose axis %d has %lld elements", layout,
			               in->name, i, (long long)in->dim[i]);
	return 0;
}

/* Returns whether whoever reads y takes it as real numbers. */
static bool read_as_real(const struct scope *s, int y)
{
	for (int i = 0; i < s->g->n_node; i++)
		for (int k = 0; k < s->g->node[i].n_in; k++) {
			const struct onnx_node *n = &s->g->node[i];
			const struct onnx_attr *to = onnx_attr_of(n, "to");
			if (s->in[i][k] == y && strcmp(n->op, "Shape") != 0 &&
			    (strcmp(n->op, "Cast") != 0 || !to || onnx_dtype((int)to->i) != DT_REAL))
				return false;
		}
	return true;
}

/* tsviz feeds real numbers. Makes whole numbers of them, rounded toward zero, for an input of this type. */
static int whole_numbers(struct onnx_net *net, const struct scope *s, const struct onnx_value *in, int value)
{
	if (value < 0 || onnx_dtype(in->type) == DT_REAL || read_as_real(s, scope_find(s, in->name)))
		return value;
	struct attr to = attr_i("to", in->type == ONNX_BOOL ? ONNX_BOOL : ONNX_INT64);
	return graph_op(net->g, "Cast", in->name, 1, &value, 1, &to, net->e);
}

static int make_input(struct onnx_net *net, struct scope *s, const struct read_options *o)
{
	struct err *e = net->e;
	const struct onnx_value *in = window_input(s, e);
	if (!in)
		return e->code;
	if (onnx_dtype(in->type) < 0)
		return err_set(e, ERR_UNSUPPORTED, "input '%s' is of type %s; tsviz feeds numbers", in->name,
		               onnx_type_name(in->type));
	if (in->rank < 0)
		return err_set(e, ERR_FORMAT, "input '%s' has no shape", in->name);
	struct sym *y = scope_sym(s, in->name);
	const struct onnx_node *reader = first_reader(s, scope_find(s, in->name));
	const char *carried = onnx_meta_layout(net->f);
	const char *layout = o->layout                                     ? o->layout
	                     : carried && (int)strlen(carried) == in->rank ? carried
	                                                                   : layout_of(s, in, reader);
	int bad = check_layout(layout, in, e);
	if (bad)
		return bad;
	int64_t T, C;
	size_at(in, layout, 'T', &T);
	size_at(in, layout, 'C', &C);
	if (T > 0 && o->window > 0 && T != o->window)
		return err_set(e, ERR_VALUE, "the network takes windows of %lld steps, not %lld", (long long)T,
		               (long long)o->window);
	if (T < 0 && o->window <= 0)
		return err_set(e, ERR_VALUE, "the network takes windows of any length; say which with --window");
	C = C < 0 ? channels_of(s, reader) : C;
	if (C < 0)
		return err_set(e, ERR_UNSUPPORTED,
		               "input '%s' leaves the number of channels open; export the network with a fixed one",
		               in->name);
	y->value = whole_numbers(net, s, in,
	                         model_input(net->m, in->name, "Input", layout, T > 0 ? T : o->window, C, 1, e));
	y->dep = true;
	net->m->fixed_batch = strchr(layout, 'N') && in->dim[strchr(layout, 'N') - layout] > 0;
	return y->value < 0 ? y->value : 0;
}

/* ---- the output ---- */

static const char *output_name(const struct onnx_graph *g, const char *head, struct err *e)
{
	char *end;
	if (g->n_out < 1) {
		err_set(e, ERR_FORMAT, "the network has no output");
		return NULL;
	}
	if (!head)
		return g->out[0].name;
	for (int i = 0; i < g->n_out; i++)
		if (!strcmp(g->out[i].name, head))
			return head;
	long k = strtol(head, &end, 10);
	if (*head && !*end && k >= 0 && k < g->n_out)
		return g->out[k].name;
	err_set(e, ERR_VALUE, "the network has no output '%s'; it has %d, the first is '%s'", head, g->n_out,
	        g->out[0].name);
	return NULL;
}

/* Adds to an error of the nodes that the file may demand more windows at once than one. */
static void say_batch(const struct onnx_net *net)
{
	const struct onnx_graph *g = net->f->graph;
	const char *layout = net->m->layout, *n = layout ? strchr(layout, 'N') : NULL;
	int64_t batch = 1;
	for (int i = 0; n && i < g->n_in; i++)
		if (!strcmp(g->in[i].name, net->g->value[net->m->input].name) && g->in[i].rank > n - layout)
			batch = g->in[i].dim[n - layout];
	size_t at = strlen(net->e->text);
	if (batch > 1)
		snprintf(net->e->text + at, sizeof net->e->text - at,
		         "; the file fixes the batch at %lld: export it with a batch of 1 or a dynamic one",
		         (long long)batch);
}

static int build(struct onnx_net *net, struct scope *s, const struct read_options *o)
{
	const struct onnx_graph *g = net->f->graph;
	const char *out = output_name(g, o->head, net->e);
	if (!out)
		return net->e->code;
	int bad = scope_new(s, NULL, g, net->e);
	bad = bad ? bad : make_input(net, s, o);
	if (bad)
		return bad;
	bad = onnx_emit_graph(net, s);
	if (bad == ERR_FORMAT)
		say_batch(net);
	if (bad)
		return bad;
	struct sym *y = scope_sym(s, out);
	if (!y)
		return err_set(net->e, ERR_FORMAT, "nothing makes output '%s'", out);
	int v = y->lost || net->m->n_unsupported ? -1 : onnx_value_of(net, y, false);
	return net->m->n_unsupported ? model_finish(net->m, -1, net->e) : v < 0 ? v : model_finish(net->m, v, net->e);
}

static int check_version(const struct onnx_file *f, struct err *e)
{
	if (f->ir < IR_MIN || f->ir > IR_MAX)
		return err_set(e, ERR_UNSUPPORTED,
		               "ONNX IR version %lld; tsviz reads %d to %d, so export the network again",
		               (long long)f->ir, IR_MIN, IR_MAX);
	if (f->opset < 1 || f->opset > OPSET_MAX)
		return err_set(e, ERR_UNSUPPORTED,
		               "ONNX opset %lld; tsviz reads 7 to %d, so export the network with one of these",
		               (long long)f->opset, OPSET_MAX);
	return 0;
}

static struct model *make_model(const char *file, const struct onnx_file *f, struct read_side *side,
                                const struct read_options *o, struct err *e)
{
	char text[128];
	snprintf(text, sizeof text, "ONNX %lld opset %lld", (long long)f->ir, (long long)f->opset);
	struct model *m = model_new(file, text);
	struct onnx_graph none = { 0 };
	struct scope s = { .g = &none }, names = { 0 };
	struct onnx_net net = {
		.m = m, .g = m->graph, .f = f, .side = side, .e = e, .opset = f->opset, .names = &names
	};
	scope_new(&names, NULL, &none, e);
	snprintf(text, sizeof text, "%.60s%s%.40s", f->producer, *f->producer_version ? " " : "", f->producer_version);
	m->producer = model_text(m, text);
	if (o->max_mem > 0 && o->max_mem / 2 < m->graph->fold_bytes)
		m->graph->fold_bytes = o->max_mem / 2;
	int bad = build(&net, &s, o);
	bad = bad ? bad : onnx_meta_read(f, m, e);
	scope_free(&s);
	scope_free(&names);
	arena_release(&net.arena);
	free(net.layer_of);
	if (!bad)
		return m;
	model_free(m);
	return NULL;
}

static struct model *read_onnx(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                               const struct read_options *o, struct err *e)
{
	struct onnx_file f;
	struct model *m = NULL;
	int64_t budget = o->max_mem > 0 ? o->max_mem : (int64_t)512 << 20, mine = (int64_t)n * 16 + ((int64_t)32 << 20);
	int bad = onnx_parse(data, n, mine < budget ? mine : budget, &f, e);
	bad = bad ? bad : check_version(&f, e);
	bad = bad ? bad : onnx_want_files(&f, side, e);
	if (!bad && (!side->n || side->opened))
		m = make_model(file, &f, side, o, e);
	onnx_release(&f);
	return m;
}

const struct reader reader_onnx = {
	.name = "ONNX",
	.extensions = ".onnx",
	.foreign = true,
	.probe = onnx_probe,
	.read = read_onnx,
};
