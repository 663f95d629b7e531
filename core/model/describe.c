#include "core/model/describe.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/graph/op.h"
#include "core/kernels/op_window.h"

/* ---- lists of lines ---- */

static void line(struct description *d, enum line_kind kind, int of, const char *name, const char *fmt, ...)
        __attribute__((format(printf, 5, 6)));
static void line(struct description *d, enum line_kind kind, int of, const char *name, const char *fmt, ...)
{
	char value[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(value, sizeof value, fmt, ap);
	va_end(ap);
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 32;
		d->v = xrealloc(d->v, (size_t)d->cap, sizeof *d->v);
	}
	d->v[d->n++] = (struct describe_line){ kind, of, xstrdup(name), xstrdup(value) };
}

#define PAIR(d, name, ...) line(d, LINE_PAIR, -1, name, __VA_ARGS__)

static void heading(struct description *d, const char *name)
{
	line(d, LINE_HEADING, -1, name, "%s", "");
}

void description_insert(struct description *d, int at, const char *name, const char *value)
{
	PAIR(d, name, "%s", value);
	struct describe_line new = d->v[d->n - 1];
	memmove(&d->v[at + 1], &d->v[at], (size_t)(d->n - 1 - at) * sizeof *d->v);
	d->v[at] = new;
}

void description_release(struct description *d)
{
	for (int i = 0; i < d->n; i++) {
		free(d->v[i].name);
		free(d->v[i].value);
	}
	free(d->v);
	*d = (struct description){ 0 };
}

void description_print(const struct description *d, FILE *f)
{
	for (int i = 0, w = 0; i < d->n; i++) {
		const struct describe_line *l = &d->v[i];
		if (i == 0 || l->kind == LINE_HEADING) {
			w = 0;
			for (int k = i + (l->kind == LINE_HEADING); k < d->n && d->v[k].kind != LINE_HEADING; k++) {
				int n = text_width(d->v[k].name);
				w = n > w && n <= 48 ? n : w;
			}
		}
		if (l->kind == LINE_HEADING)
			fprintf(f, "%s%s\n", i ? "\n" : "", l->name);
		else if (l->kind == LINE_WARNING)
			fprintf(f, "  %s\n", l->value);
		else
			fprintf(f, "  %s%*s  %s\n", l->name, w > text_width(l->name) ? w - text_width(l->name) : 0, "",
			        l->value);
	}
}

/* ---- numbers ---- */

/* Counts a number that a person should know of. */
static void count_odd(double x, struct tensor_figures *q)
{
	double size = fabs(x);
	q->nan += isnan(x);
	q->infinite += isinf(x) != 0;
	q->huge += isfinite(x) && size > 1e30;
	q->denormal += size > 0 && size < 1.17549435e-38;
}

void tensor_figures(const real *v, int64_t n, struct tensor_figures *out)
{
	struct tensor_figures q = { .n = n, .min = INFINITY, .max = -INFINITY };
	double sum = 0, square = 0;
	int64_t finite = 0;
	for (int64_t i = 0; i < n; i++) {
		double x = (double)v[i];
		count_odd(x, &q);
		if (!isfinite(x))
			continue;
		finite++;
		q.zeros += x == 0;
		q.min = x < q.min ? x : q.min;
		q.max = x > q.max ? x : q.max;
		sum += x;
	}
	if (!finite)
		q.min = q.max = NAN;
	q.mean = finite ? sum / (double)finite : NAN;
	double wide = q.max - q.min;
	for (int64_t i = 0; i < n && finite; i++) {
		double x = (double)v[i];
		if (!isfinite(x))
			continue;
		square += (x - q.mean) * (x - q.mean);
		int k = wide > 0 ? (int)((x - q.min) / wide * TENSOR_BINS) : TENSOR_BINS / 2;
		q.bin[k < TENSOR_BINS ? k : TENSOR_BINS - 1]++;
	}
	q.sd = finite ? sqrt(square / (double)finite) : NAN;
	*out = q;
}

int *layer_weights(const struct model *m, int layer, int *n)
{
	const struct layer *l = &m->layer[layer];
	const struct graph *g = m->graph;
	int room = 0, *list;
	for (int i = l->first_node; i < l->end_node; i++)
		room += g->node[i].n_in;
	list = xcalloc((size_t)room + 1, sizeof *list);
	*n = 0;
	for (int i = l->first_node; i < l->end_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++) {
			int v = g->node[i].in[k];
			bool wanted = v >= 0 && g->value[v].weight && g->value[v].r;
			for (int j = 0; j < *n && wanted; j++)
				wanted = list[j] != v;
			if (wanted)
				list[(*n)++] = v;
		}
	return list;
}

static bool never_trained(const struct layer *l)
{
	for (int i = 0; i < l->facts.n; i++)
		if (!strcmp(l->facts.v[i].name, "trainable") && !strcmp(l->facts.v[i].value, "false"))
			return true;
	return false;
}

int64_t model_fixed_params(const struct model *m)
{
	const struct graph *g = m->graph;
	bool *seen = xcalloc((size_t)g->n_value + 1, sizeof *seen);
	int64_t n = 0;
	for (int i = 0; i < m->n_layer; i++)
		for (int k = m->layer[i].first_node; k < m->layer[i].end_node; k++)
			for (int j = 0; j < g->node[k].n_in; j++) {
				int v = g->node[k].in[j];
				bool running = g->node[k].op->flags & OP_BATCH_NORM && j >= 3;
				if (v < 0 || !g->value[v].weight || seen[v] ||
				    !(running || never_trained(&m->layer[i])))
					continue;
				seen[v] = true;
				n += shape_count(&g->value[v].shape);
			}
	free(seen);
	return n;
}

/* ---- shapes ---- */

const char *value_words(const struct model *m, int v, char *buf, size_t size)
{
	const struct value *x = &m->graph->value[v];
	const char *of_channels = v == m->input                             ? "channel"
	                          : v == m->output && !strchr(x->axis, 'T') ? "number"
	                                                                    : "filter";
	size_t at = 0;
	buf[0] = '\0';
	for (int i = 0; i < x->shape.rank && at < size; i++) {
		int64_t n = x->shape.dim[i];
		const char *word = x->axis[i] == 'C'   ? of_channels
		                   : x->axis[i] == 'T' ? "step"
		                   : x->axis[i] == 'N' ? "window"
		                                       : "";
		if (n == 1 && x->axis[i] != 'C')
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s%lld%s%s%s", at ? " x " : "", (long long)n,
		                       *word ? " " : "", word, *word && n != 1 ? "s" : "");
	}
	if (!at)
		snprintf(buf, size, "1 number");
	return buf;
}

/* "64 filters x 50 steps, as (N,C,T) = (1,64,50)" */
static void shape_pair(struct description *d, const struct model *m, const char *name, int v)
{
	const struct value *x = &m->graph->value[v];
	char words[160], shape[96], axes[2 * RANK_MAX + 1] = "";
	for (int i = 0; i < x->shape.rank; i++)
		snprintf(axes + strlen(axes), sizeof axes - strlen(axes), "%s%c", i ? "," : "",
		         x->axis[i] ? x->axis[i] : '?');
	shape_format(&x->shape, shape, sizeof shape);
	PAIR(d, name, "%s, as (%s) = %s", value_words(m, v, words, sizeof words), axes, shape);
}

static void layer_shape(const struct model *m, const struct layer *l, char *buf, size_t size)
{
	if (l->act < 0)
		snprintf(buf, size, "shape not known");
	else
		value_words(m, l->act, buf, size);
}

/* ---- operators ---- */

/* The values that ONNX gives to attributes which a node leaves out (docs/Operators.md of ONNX). */
static const struct {
	const char *op, *attr, *value;
} defaults[] = {
	{ "Conv", "group", "1" },
	{ "ConvTranspose", "group", "1" },
	{ "BatchNormalization", "epsilon", "1e-05" },
	{ "InstanceNormalization", "epsilon", "1e-05" },
	{ "LayerNormalization", "epsilon", "1e-05" },
	{ "LayerNormalization", "axis", "-1" },
	{ "GroupNormalization", "epsilon", "1e-05" },
	{ "LeakyRelu", "alpha", "0.01" },
	{ "Elu", "alpha", "1" },
	{ "Celu", "alpha", "1" },
	{ "ThresholdedRelu", "alpha", "1" },
	{ "HardSigmoid", "alpha", "0.2" },
	{ "HardSigmoid", "beta", "0.5" },
	{ "Selu", "alpha", "1.67326" },
	{ "Selu", "gamma", "1.0507" },
	{ "Gelu", "approximate", "none" },
	{ "Softmax", "axis", "-1" },
	{ "LogSoftmax", "axis", "-1" },
	{ "Flatten", "axis", "1" },
	{ "AveragePool", "count_include_pad", "0" },
	{ "Gemm", "alpha", "1" },
	{ "Gemm", "beta", "1" },
	{ "Gemm", "transA", "0" },
	{ "Gemm", "transB", "0" },
	{ "LSTM", "direction", "forward" },
	{ "GRU", "direction", "forward" },
	{ "RNN", "direction", "forward" },
	{ "GRU", "linear_before_reset", "0" },
	{ "LSTM", "activations", "Sigmoid, Tanh, Tanh" },
	{ "GRU", "activations", "Sigmoid, Tanh" },
	{ "RNN", "activations", "Tanh" },
};

static void attr_words(const struct attr *a, char *buf, size_t size)
{
	size_t at = 0;
	buf[0] = '\0';
	switch (a->type) {
	case ATTR_INT:
		snprintf(buf, size, "%lld", (long long)a->i);
		return;
	case ATTR_FLOAT:
		snprintf(buf, size, "%.6g", a->f);
		return;
	case ATTR_STRING:
		text_clean(buf, size, a->s, strlen(a->s));
		return;
	case ATTR_INTS:
	case ATTR_FLOATS:
		for (int i = 0; i < a->n && at + 24 < size; i++)
			at += a->ints ? (size_t)snprintf(buf + at, size - at, "%s%lld", i ? ", " : "",
			                                 (long long)a->ints[i])
			              : (size_t)snprintf(buf + at, size - at, "%s%.6g", i ? ", " : "", a->floats[i]);
		return;
	}
}

/* The geometry of a sliding window, one pair for each of its parts. */
static void window_pairs(struct description *d, const struct window *w)
{
	bool same = w->stride == 1 && w->to == w->ti && w->pad + w->pad_end > 0;
	PAIR(d, "kernel", "%lld step%s", (long long)w->k, w->k == 1 ? "" : "s");
	PAIR(d, "stride", "%lld", (long long)w->stride);
	PAIR(d, "dilation", "%lld", (long long)w->dilation);
	PAIR(d, "padding", "%lld before, %lld behind%s", (long long)w->pad, (long long)w->pad_end,
	     same && w->pad_end == 0 ? " (causal)"
	     : same                  ? " (same)"
	     : w->pad + w->pad_end   ? ""
	                             : " (valid)");
}

static bool of_window(const char *name)
{
	static const char *const names[] = { "kernel_shape", "strides", "dilations", "pads", "auto_pad", NULL };
	for (int i = 0; names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void operator_pairs(struct description *d, const struct node *n)
{
	char text[600];
	const struct window *w = n->op->window ? n->op->window(n) : NULL;
	bool one = w && w->taps_across <= 1;
	if (one)
		window_pairs(d, w);
	for (int i = 0; i < n->n_attr; i++) {
		if (one && of_window(n->attr[i].name))
			continue;
		attr_words(&n->attr[i], text, sizeof text);
		PAIR(d, n->attr[i].name, "%s", text);
	}
	for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
		if (!strcmp(defaults[i].op, n->op->name) && !attr_find(n, defaults[i].attr))
			PAIR(d, defaults[i].attr, "%s (default)", defaults[i].value);
}

/* Constants that say what an operator does, such as a new shape or the ends of a clip. */
static void constant_pairs(struct description *d, const struct graph *g, const struct node *n)
{
	enum { SHOWN = 12 };
	for (int k = 0; k < n->n_in; k++) {
		const struct value *v = n->in[k] >= 0 ? &g->value[n->in[k]] : NULL;
		int64_t count = v && v->constant && !v->weight ? shape_count(&v->shape) : 0;
		char text[SHOWN * 24 + 1], name[48];
		if (!count)
			continue;
		size_t at = 0;
		for (int64_t i = 0; i < count && i < SHOWN; i++)
			at += v->dtype == DT_REAL ? (size_t)snprintf(text + at, sizeof text - at, "%s%.6g",
			                                             i ? ", " : "", (double)v->r[i])
			                          : (size_t)snprintf(text + at, sizeof text - at, "%s%lld",
			                                             i ? ", " : "", (long long)v->i[i]);
		snprintf(name, sizeof name, "input %d", k);
		if (count > SHOWN)
			PAIR(d, name, "%s, ... %lld numbers", text, (long long)count);
		else
			PAIR(d, name, "%s", text);
	}
}

/* "Conv, BatchNormalization, Relu", with operators of the same name one behind the other counted. */
static void operator_names(const struct graph *g, const struct layer *l, char *buf, size_t size)
{
	size_t at = 0;
	buf[0] = '\0';
	for (int i = l->first_node, run; i < l->end_node && at + 48 < size; i += run) {
		const char *name = g->node[i].op->name;
		for (run = 1; i + run < l->end_node && g->node[i + run].op == g->node[i].op; run++)
			;
		at += (size_t)snprintf(buf + at, size - at, run > 1 ? "%s%s x %d" : "%s%s", at ? ", " : "", name, run);
		if (at + 48 >= size && i + run < l->end_node)
			snprintf(buf + at, size - at, ", ... %d in all", l->end_node - l->first_node);
	}
}

enum { OPERATORS_SHOWN = 24 };

static void operators(struct description *d, const struct model *m, const struct layer *l)
{
	const struct graph *g = m->graph;
	for (int i = l->first_node; i < l->end_node && i < l->first_node + OPERATORS_SHOWN; i++) {
		char name[96];
		int before = d->n;
		snprintf(name, sizeof name, "ONNX operator %.60s", g->node[i].op->name);
		heading(d, name);
		operator_pairs(d, &g->node[i]);
		constant_pairs(d, g, &g->node[i]);
		if (d->n == before + 1)
			PAIR(d, "attributes", "none");
	}
	if (l->end_node - l->first_node > OPERATORS_SHOWN) {
		heading(d, "more operators");
		PAIR(d, "not listed", "%d", l->end_node - l->first_node - OPERATORS_SHOWN);
	}
}

/* ---- facts of the file ---- */

static void fact_pairs(struct description *d, const struct model_facts *f)
{
	for (int i = 0; i < f->n; i++)
		PAIR(d, f->v[i].name, "%s", f->v[i].value);
	if (f->left_out)
		PAIR(d, "not listed", "%d more", f->left_out);
}

/* Each of the warnings that the reader has joined is a line. */
static void warning_lines(struct description *d, const struct model *m)
{
	for (const char *s = m->warning; s && *s;) {
		const char *end = strstr(s, "; ");
		int n = end ? (int)(end - s) : (int)strlen(s);
		line(d, LINE_WARNING, -1, "", "%.*s", n, s);
		s = end ? end + 2 : NULL;
	}
	if (m->n_unsupported)
		line(d, LINE_WARNING, -1, "", "cannot be run: %s", m->unsupported);
}

enum { ODD_BLOCK = 1024 };

/* Whether count_odd() would count none of ODD_BLOCK numbers. It may say no too often. */
static bool all_usual(const real *v)
{
	const real most = (real)1e29, least = (real)1.2e-38;
	int usual = 0;
	for (int i = 0; i < ODD_BLOCK; i++) {
		real x = v[i];
		usual += (x < most) & (x > -most) & ((x > least) | (x < -least) | (x == 0));
	}
	return usual == ODD_BLOCK;
}

void model_odd_weights(const struct model *m, struct tensor_figures *out)
{
	*out = (struct tensor_figures){ 0 };
	for (int v = 0; v < m->graph->n_value; v++) {
		const struct value *q = &m->graph->value[v];
		int64_t n = q->weight && q->r ? shape_count(&q->shape) : 0;
		for (int64_t i = 0; i < n;) {
			if (n - i >= ODD_BLOCK && all_usual(q->r + i)) {
				i += ODD_BLOCK;
				continue;
			}
			for (int64_t end = n - i < ODD_BLOCK ? n : i + ODD_BLOCK; i < end; i++)
				count_odd((double)q->r[i], out);
		}
	}
}

static void odd_line(struct description *d, int64_t n, const char *what)
{
	if (n)
		line(d, LINE_WARNING, -1, "", "%lld weight%s %s", (long long)n, n == 1 ? " is" : "s are", what);
}

static void odd_lines(struct description *d, const struct model *m)
{
	struct tensor_figures q;
	model_odd_weights(m, &q);
	odd_line(d, q.nan + q.infinite, "NaN or infinite");
	odd_line(d, q.huge, "beyond 1e30");
	odd_line(d, q.denormal, "denormal (below 1.2e-38)");
}

static void begin(struct description *d)
{
	*d = (struct description){ 0 };
}

static void file_lines(struct description *d, const struct model *m)
{
	if (m->facts.n) {
		heading(d, "what the file says");
		fact_pairs(d, &m->facts);
	}
	int at = d->n;
	heading(d, "warnings");
	warning_lines(d, m);
	odd_lines(d, m);
	if (d->n == at + 1) {
		free(d->v[at].name);
		free(d->v[at].value);
		d->n = at;
	}
}

void describe_file(const struct model *m, struct description *d)
{
	begin(d);
	file_lines(d, m);
}

/* ---- a layer ---- */

/* The names of the layers that this one reads, or, with `readers`, that read it. */
static void reads_pair(struct description *d, const struct model *m, const char *name, int layer, bool readers)
{
	char text[512] = "";
	size_t at = 0;
	int more = 0;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *from = &m->layer[readers ? i : layer];
		bool in = false;
		for (int k = 0; k < from->n_in && !in; k++)
			in = from->in[k] == (readers ? layer : i);
		if (in && at + 160 < sizeof text)
			at += (size_t)snprintf(text + at, sizeof text - at, "%s%.100s", at ? ", " : "",
			                       m->layer[i].name);
		else
			more += in;
	}
	if (more)
		snprintf(text + at, sizeof text - at, " and %d more", more);
	if (*text)
		PAIR(d, name, "%s", text);
}

static const char *kind_says(const struct layer *l)
{
	static const char *const kinds[] = {
		[LAYER_INPUT] = "takes the window",
		[LAYER_ANALYSED] = "with activations, which are analysed",
		[LAYER_LAYOUT] = "only moves values; not analysed",
		[LAYER_UNSUPPORTED] = "not supported, so it cannot be computed",
		[LAYER_SHAPELESS] = "behind a layer that cannot be computed",
	};
	return kinds[l->kind];
}

static void field_pairs(struct description *d, const struct model *m, const struct layer *l)
{
	if (l->receptive > 1 && l->kind == LAYER_ANALYSED) {
		if (l->stride_in > 0 && l->times > 1)
			PAIR(d, "receptive field", "%lld steps of the input, one every %lld", (long long)l->receptive,
			     (long long)l->stride_in);
		else
			PAIR(d, "receptive field", "%lld steps of the input%s", (long long)l->receptive,
			     l->receptive >= m->T ? " (all)" : "");
	}
}

static void tensor_line(struct description *d, const struct model *m, int v)
{
	const struct value *x = &m->graph->value[v];
	struct tensor_figures q;
	char shape[96], odd[96] = "";
	tensor_figures(x->r, shape_count(&x->shape), &q);
	shape_format(&x->shape, shape, sizeof shape);
	if (q.nan || q.infinite)
		snprintf(odd, sizeof odd, ", %lld NaN, %lld infinite", (long long)q.nan, (long long)q.infinite);
	line(d, LINE_TENSOR, v, x->name, "%s, min %.4g, max %.4g, mean %.4g, deviation %.4g, %lld of %lld zero%s",
	     shape, q.min, q.max, q.mean, q.sd, (long long)q.zeros, (long long)q.n, odd);
}

void describe_layer(const struct model *m, int layer, struct description *d)
{
	const struct layer *l = &m->layer[layer];
	char text[512];
	begin(d);
	heading(d, l->name);
	PAIR(d, "kind", "%s", l->type);
	if (l->end_node > l->first_node) {
		operator_names(m->graph, l, text, sizeof text);
		PAIR(d, "ONNX operators", "%s", text);
	}
	PAIR(d, "in the network", "%s", kind_says(l));
	if (*l->activation)
		PAIR(d, "activation", "%s", l->activation);
	reads_pair(d, m, "reads", layer, false);
	reads_pair(d, m, "is read by", layer, true);
	for (int k = 0; k < l->n_in; k++)
		if (m->layer[l->in[k]].act >= 0)
			shape_pair(d, m, "input", m->layer[l->in[k]].act);
	if (l->act >= 0)
		shape_pair(d, m, "output", l->act);
	PAIR(d, "parameters", "%lld", (long long)l->params);
	PAIR(d, "multiply-adds", "%lld a window", (long long)l->macs);
	field_pairs(d, m, l);
	int n, *w = layer_weights(m, layer, &n);
	heading(d, "weights");
	for (int i = 0; i < n; i++)
		tensor_line(d, m, w[i]);
	if (!n)
		PAIR(d, "none", "%s", "no numbers that training finds");
	free(w);
	operators(d, m, l);
	if (l->facts.n) {
		heading(d, "settings in the file");
		fact_pairs(d, &l->facts);
	}
}

/* ---- the model ---- */

static void kinds_pair(struct description *d, const struct model *m)
{
	const char **type = xcalloc((size_t)m->n_layer + 1, sizeof *type);
	int *count = xcalloc((size_t)m->n_layer + 1, sizeof *count), n = 0;
	char text[600] = "";
	for (int i = 1; i < m->n_layer; i++) {
		int k = 0;
		while (k < n && strcmp(type[k], m->layer[i].type) != 0)
			k++;
		type[k] = m->layer[i].type;
		n += k == n;
		count[k]++;
	}
	size_t at = 0;
	for (int k = 0; k < n && at + 80 < sizeof text; k++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%d %.60s", at ? ", " : "", count[k], type[k]);
	PAIR(d, "layers", "%d: %s", m->n_layer - 1, text);
	free(type);
	free(count);
}

static void output_pairs(struct description *d, const struct model *m)
{
	static const char *const heads[] = { "numbers", "probabilities of classes (softmax)",
		                             "probabilities (sigmoid)" };
	if (m->output < 0)
		return;
	shape_pair(d, m, "output", m->output);
	PAIR(d, "output holds", "%s", m->logarithms ? "logarithms of probabilities" : heads[m->head]);
	if (m->out_steps)
		PAIR(d, "output axes", "%lld steps of %lld channels", (long long)m->out_steps,
		     (long long)m->out_channels);
}

static void sizes(struct description *d, const struct model *m)
{
	int64_t fixed = model_fixed_params(m);
	if (fixed)
		PAIR(d, "parameters", "%lld, of which training leaves %lld as they are", (long long)m->params,
		     (long long)fixed);
	else
		PAIR(d, "parameters", "%lld", (long long)m->params);
	if (!m->n_unsupported)
		PAIR(d, "multiply-adds", "%lld a window", (long long)graph_macs(m->graph));
}

static void class_pair(struct description *d, const struct model *m)
{
	char text[512] = "";
	size_t at = 0;
	for (int i = 0; i < m->n_class_name && at + 100 < sizeof text; i++)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%.80s", at ? ", " : "", m->class_name[i]);
	if (at)
		PAIR(d, "classes", "%s", text);
}

static void layer_lines(struct description *d, const struct model *m)
{
	heading(d, "layers");
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		char shape[160];
		layer_shape(m, l, shape, sizeof shape);
		if (l->params)
			line(d, LINE_LAYER, i, l->name, "%s, %s, %lld parameters", l->type, shape,
			     (long long)l->params);
		else
			line(d, LINE_LAYER, i, l->name, "%s, %s", l->type, shape);
	}
}

void describe_model(const struct model *m, struct description *d)
{
	begin(d);
	heading(d, m->file);
	PAIR(d, "format", "%s", m->format);
	if (m->producer && *m->producer)
		PAIR(d, "producer", "%s", m->producer);
	shape_pair(d, m, "input", m->input);
	if (m->layout_how)
		PAIR(d, "layout", "%s (%s)", m->layout, m->layout_how);
	else
		PAIR(d, "layout", "%s", m->layout);
	output_pairs(d, m);
	for (int i = 0; i < m->n_port; i++)
		PAIR(d, m->port[i].output ? "also an output" : "also an input", "%s (%s): %s", m->port[i].name,
		     m->port[i].shape, m->port[i].use);
	class_pair(d, m);
	kinds_pair(d, m);
	sizes(d, m);
	if (m->history.n)
		PAIR(d, "trained by tsviz", "%d epochs, epoch %d kept: loss %.6g", m->history.n, m->history.best + 1,
		     m->history.loss[m->history.best < 0 ? 0 : m->history.best]);
	file_lines(d, m);
	layer_lines(d, m);
}
