#include "core/model/model.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/flat.h"
#include "core/graph/op.h"
#include "core/kernels/op_window.h"
#include "core/model/receptive.h"
#include "core/base/text.h"
#include "core/base/words.h"

enum { LAYERS_MAX = 50000 };

const char *model_text(struct model *m, const char *s)
{
	return text_clean_copy(&m->arena, s ? s : "");
}

void model_warn(struct model *m, const char *text)
{
	char *both = m->warning ? xasprintf("%s; %s", m->warning, text) : xstrdup(text);
	m->warning = model_text(m, both);
	free(both);
}

void model_add_port(struct model *m, bool output, const char *name, const char *shape, const char *use)
{
	struct model_port *more = arena_alloc(&m->arena, (size_t)m->n_port + 1, sizeof *more);
	if (m->n_port)
		memcpy(more, m->port, (size_t)m->n_port * sizeof *more);
	more[m->n_port++] =
	        (struct model_port){ output, model_text(m, name), model_text(m, shape), model_text(m, use) };
	m->port = more;
}

/* Copies s through the text gate, cut to fewer than `size` bytes with dots at its end. */
static const char *fact_text(struct model *m, const char *s, size_t size)
{
	char text[FACT_VALUE_MAX + 8];
	size_t n = strlen(s), k = text_clean(text, size - 4, s, n);
	if (n >= size - 4)
		memcpy(text + k, "...", 4);
	m->fact_bytes += k + 1;
	return arena_strdup(&m->arena, text);
}

void model_add_fact(struct model *m, int layer, const char *name, const char *value)
{
	struct model_facts *f = layer < 0 ? &m->facts : &m->layer[layer].facts;
	if (!*value)
		return;
	if (f->n == FACT_COUNT_MAX || m->fact_bytes > FACT_BYTES_MAX) {
		f->left_out++;
		return;
	}
	if (f->n == f->cap) {
		f->cap = f->cap ? f->cap * 2 : 8;
		struct model_fact *more = arena_alloc(&m->arena, (size_t)f->cap, sizeof *more);
		if (f->n)
			memcpy(more, f->v, (size_t)f->n * sizeof *more);
		f->v = more;
	}
	f->v[f->n].name = fact_text(m, name, FACT_NAME_MAX);
	f->v[f->n++].value = fact_text(m, value, FACT_VALUE_MAX);
}

struct model *model_new(const char *file, const char *format)
{
	struct model *m = xcalloc(1, sizeof *m);
	const char *slash = strrchr(file, '/');
	m->graph = graph_new();
	m->file = model_text(m, slash ? slash + 1 : file);
	m->format = model_text(m, format);
	m->producer = "";
	m->input = m->output = m->logits = -1;
	m->history.best = -1;
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	graph_free(m->graph);
	if (m->recipe)
		recipe_release(m->recipe);
	free(m->recipe);
	free(m->layer);
	free(m->stream);
	arena_release(&m->arena);
	free(m);
}

int model_input(struct model *m, const char *name, const char *type, const char *layout, int64_t T, int64_t C,
                int64_t n, struct err *e)
{
	int known = words_find(layout_names, layout);
	char list[80];
	if (known < 0)
		return err_set(e, ERR_VALUE, "layout '%s' is unknown; one of %s", layout,
		               words_join(layout_names, list, sizeof list));
	if (T < 1 || C < 1 || n < 1)
		return err_set(e, ERR_FORMAT, "the input has %lld steps and %lld channels; both must be at least 1",
		               (long long)T, (long long)C);
	if (!strchr(layout, 'C') && C != 1)
		return err_set(e, ERR_FORMAT, "layout %s holds one channel, not %lld", layout, (long long)C);
	struct shape s = { .rank = (int)strlen(layout) };
	for (int i = 0; i < s.rank; i++)
		s.dim[i] = layout[i] == 'N' ? n : layout[i] == 'C' ? C : layout[i] == 'T' ? T : 1;
	int v = graph_input(m->graph, name, DT_REAL, &s, e);
	if (v < 0)
		return v;
	memcpy(m->graph->value[v].axis, layout, (size_t)s.rank + 1);
	m->input = v;
	m->layout = layout_names[known];
	m->T = T;
	m->C = C;
	int l = model_layer(m, name, type, "", LAYER_INPUT, v, v, 0, NULL, e);
	return l < 0 ? l : v;
}

static bool is_activation(const struct value *v)
{
	return v->dtype == DT_REAL && !v->constant;
}

int model_layer(struct model *m, const char *name, const char *type, const char *activation, enum layer_kind kind,
                int pre, int act, int n_in, const int *in, struct err *e)
{
	if (m->n_layer >= LAYERS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d layers", LAYERS_MAX);
	if (strlen(name) > NAME_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "a layer's name of %zu bytes ('%.40s...'); up to %d are read",
		               strlen(name), name, NAME_BYTES_MAX);
	bool none = kind >= LAYER_UNSUPPORTED;
	if (!none && (pre < 0 || act < 0 || pre >= m->graph->n_value || act >= m->graph->n_value))
		return err_set(e, ERR_FORMAT, "layer '%s' names a tensor that does not exist", name);
	if (kind == LAYER_ANALYSED && !(is_activation(&m->graph->value[pre]) && is_activation(&m->graph->value[act])))
		return err_set(e, ERR_FORMAT, "layer '%s' has no activations: its tensor is constant or holds integers",
		               name);
	for (int i = 0; i < n_in; i++)
		if (in[i] < 0 || in[i] >= m->n_layer)
			return err_set(e, ERR_FORMAT, "layer '%s' reads a layer that does not come before it", name);
	if (m->n_layer == m->layer_cap) {
		m->layer_cap = m->layer_cap ? m->layer_cap * 2 : 32;
		m->layer = xrealloc(m->layer, (size_t)m->layer_cap, sizeof *m->layer);
	}
	struct layer *l = &m->layer[m->n_layer];
	*l = (struct layer){ .kind = kind, .pre = none ? -1 : pre, .act = none ? -1 : act, .n_in = n_in };
	l->name = model_text(m, name);
	l->type = model_text(m, type);
	l->activation = model_text(m, activation);
	l->tensor = none ? "" : m->graph->value[act].name;
	l->in = arena_dup(&m->arena, in, (size_t)n_in, sizeof *in);
	l->first_node = m->n_layer ? m->layer[m->n_layer - 1].end_node : 0;
	l->end_node = m->graph->n_node;
	return m->n_layer++;
}

/* ---- finishing ---- */

static int find_axis(const struct value *v, char label)
{
	for (int i = 0; i < v->shape.rank; i++)
		if (v->axis[i] == label)
			return i;
	return -1;
}

void layer_axes(const struct model *m, struct layer *l)
{
	const struct value *v = &m->graph->value[l->act];
	l->axis_f = find_axis(v, 'C');
	l->axis_t = find_axis(v, 'T');
	l->has_time = l->axis_t >= 0;
	l->filters = l->times = 1;
	for (int i = 0; i < v->shape.rank; i++)
		if (v->axis[i] == 'C')
			l->filters *= v->shape.dim[i];
		else if (v->axis[i] != 'N')
			l->times *= v->shape.dim[i];
	/* without a time axis every element counts as a filter */
	if (!l->has_time) {
		l->filters *= l->times;
		l->times = 1;
	}
}

/* A layer of so many nodes is a loop that is written out; what its rounds have in common is said once. */
enum { LOOP_NODES_MIN = 25 };

/* counted (n_value): the last layer, counted from 1, to whose parameters the value was added. */
static void layer_count(const struct model *m, struct layer *l, int *counted)
{
	const struct graph *g = m->graph;
	size_t at = 0;
	int self = (int)(l - m->layer) + 1;
	bool loop = l->end_node - l->first_node >= LOOP_NODES_MIN;
	for (int i = l->first_node; i < l->end_node; i++) {
		const struct node *n = &g->node[i];
		for (int k = 0; k < n->n_in; k++)
			if (n->in[k] >= 0 && g->value[n->in[k]].weight && counted[n->in[k]] != self) {
				counted[n->in[k]] = self;
				l->params += shape_count(&g->value[n->in[k]].shape);
			}
		l->macs += n->op->macs ? n->op->macs(g, n) : 0;
		char buf[sizeof l->detail];
		if (!n->op->describe || n->op->describe(g, n, buf, sizeof buf) <= 0)
			continue;
		if (loop && strstr(l->detail, buf))
			continue;
		if (at + strlen(buf) + 2 <= sizeof l->detail)
			at += (size_t)snprintf(l->detail + at, sizeof l->detail - at, "%s%s", at ? " " : "", buf);
	}
}

/* Finds the logits. They are the input of the last operator if it makes probabilities. Operators that change nothing,
 * or only the axes, may follow it: before opset 13 Softmax is a Flatten, a Softmax and a Reshape. */
static void find_head(struct model *m)
{
	static const enum head heads[] = { [LINK_NONE] = HEAD_LINEAR,
		                           [LINK_SOFTMAX] = HEAD_SOFTMAX,
		                           [LINK_LOG_SOFTMAX] = HEAD_SOFTMAX,
		                           [LINK_LOGISTIC] = HEAD_SIGMOID };
	const struct graph *g = m->graph;
	int v = m->output, n;
	while ((n = g->value[v].node) >= 0 && g->node[n].op->flags & (OP_IDENTITY | OP_COPIES))
		v = g->node[n].in[0];
	enum op_link link = n < 0 ? LINK_NONE : g->node[n].op->link;
	m->head = heads[link];
	m->logarithms = link == LINK_LOG_SOFTMAX;
	m->logits = m->head == HEAD_LINEAR ? m->output : g->node[n].in[0];
	m->outputs = shape_count(&g->value[m->output].shape);
}

void model_label_output(struct model *m, int v)
{
	const struct value *x = &m->graph->value[v];
	int t = find_axis(x, 'T');
	if (t < 0)
		return;
	int64_t before = 1, behind = 1;
	bool last = true; /* no other axis than the batch stands behind time */
	for (int i = 0; i < x->shape.rank; i++) {
		if (x->axis[i] == 'T' && i != t)
			return;
		*(i < t ? &before : &behind) *= i == t ? 1 : x->shape.dim[i];
		last = last && (i <= t || x->axis[i] == 'N');
	}
	/* with channels on both sides of time, no order of two axes describes the output */
	if (before > 1 && behind > 1)
		return;
	m->out_steps = x->shape.dim[t];
	m->out_channels = before * behind;
	/* a single channel stands before time or behind it */
	m->out_steps_first = m->out_steps_outer = before == 1 && (behind > 1 || !last || x->shape.rank == 1);
}

int64_t model_output_index(const struct model *m, int64_t t, int64_t c)
{
	return m->out_steps_outer ? t * m->out_channels + c : c * m->out_steps + t;
}

int64_t model_output_at(const struct model *m, int64_t k)
{
	if (!m->out_steps || m->out_steps_first == m->out_steps_outer)
		return k;
	return m->out_steps_first ? model_output_index(m, k / m->out_channels, k % m->out_channels)
	                          : model_output_index(m, k % m->out_steps, k / m->out_steps);
}

void model_outputs_unpack(const struct model *m, const real *graph, real *own)
{
	for (int64_t k = 0; k < m->outputs; k++)
		own[k] = graph[model_output_at(m, k)];
}

void model_outputs_pack(const struct model *m, const real *own, real *graph)
{
	for (int64_t k = 0; k < m->outputs; k++)
		graph[model_output_at(m, k)] = own[k];
}

/* Where the labels were lost on the way, an output (1,A,B) has two axes of which one is time. Sizes of the window
 * decide which, then the order of the input's axes. */
static void match_output(struct model *m)
{
	const struct shape *s = &m->graph->value[m->output].shape;
	if (s->rank != 3 || s->dim[0] != 1)
		return;
	int64_t a = s->dim[1], b = s->dim[2];
	/* (1,1,K) may well be K classes */
	if ((a == 1 || b == 1) && a != m->T && b != m->T)
		return;
	bool steps_first = strchr(m->layout, 'C') && strchr(m->layout, 'T') < strchr(m->layout, 'C');
	if ((a == m->T) != (b == m->T))
		steps_first = a == m->T;
	else if ((a == m->C) != (b == m->C))
		steps_first = b == m->C;
	m->out_steps = steps_first ? a : b;
	m->out_channels = steps_first ? b : a;
	m->out_steps_first = m->out_steps_outer = steps_first;
}

/* Checks the time axis that a reader or a file gave. Without one, takes it from the labels. */
static int output_axes(struct model *m, struct err *e)
{
	if (!m->out_steps)
		model_label_output(m, m->output);
	if (!m->out_steps)
		match_output(m);
	int64_t n;
	if (m->out_steps &&
	    (m->out_steps < 0 || m->out_channels < 1 || !i64_mul(m->out_steps, m->out_channels, &n) || n != m->outputs))
		return err_set(e, ERR_FORMAT, "the output has %lld elements, not %lld steps of %lld channels",
		               (long long)m->outputs, (long long)m->out_steps, (long long)m->out_channels);
	return 0;
}

/* Counts every weight that a layer reads once, even if several layers share it. */
static void count_params(struct model *m)
{
	const struct graph *g = m->graph;
	bool *seen = xcalloc((size_t)g->n_value, sizeof *seen);
	for (int i = 0; i < m->n_layer; i++)
		for (int k = m->layer[i].first_node; k < m->layer[i].end_node && m->layer[i].kind < LAYER_UNSUPPORTED;
		     k++)
			for (int j = 0; j < g->node[k].n_in; j++) {
				int v = g->node[k].in[j];
				if (v < 0 || !g->value[v].weight || seen[v])
					continue;
				seen[v] = true;
				m->params += shape_count(&g->value[v].shape);
			}
	free(seen);
}

/* Where operators alone tell that each gradient is 0, importance and saliency would be shown as zeros. */
static void warn_of_flat(struct model *m)
{
	char why[256], *text;
	if (m->n_unsupported || !*graph_flat_why(m->graph, m->input, m->logits, why, sizeof why))
		return;
	text = xasprintf("each gradient by the input is 0: %s; importance and saliency by gradients tell nothing", why);
	/* a model that was read in a child process is finished twice, and has the sentence from the first time */
	if (!m->warning || !strstr(m->warning, text))
		model_warn(m, text);
	free(text);
}

int model_finish(struct model *m, int output, struct err *e)
{
	struct graph *g = m->graph;
	if (m->input < 0)
		return err_set(e, ERR_FORMAT, "the network has no input");
	if (!m->n_unsupported) {
		int bad = graph_output(g, output, e);
		if (bad)
			return bad;
		if (g->value[output].dtype != DT_REAL || !g->value[output].depends)
			return err_set(e, ERR_FORMAT, "output '%s' does not depend on the input",
			               g->value[output].name);
		if (!shape_count(&g->value[output].shape))
			return err_set(e, ERR_FORMAT, "output '%s' is empty", g->value[output].name);
		m->output = output;
		find_head(m);
		bad = output_axes(m, e);
		if (bad)
			return bad;
	}
	int bad = graph_finish(g, e);
	if (bad)
		return bad;
	int *counted = xcalloc((size_t)g->n_value, sizeof *counted);
	for (int i = 0; i < m->n_layer; i++) {
		struct layer *l = &m->layer[i];
		if (l->kind >= LAYER_UNSUPPORTED)
			continue;
		/* a layer without elements has nothing to analyse */
		if (l->kind == LAYER_ANALYSED && !shape_count(&g->value[l->act].shape))
			l->kind = LAYER_LAYOUT;
		layer_axes(m, l);
		layer_count(m, l, counted);
	}
	free(counted);
	count_params(m);
	receptive_fields(m);
	warn_of_flat(m);
	return 0;
}

/* ---- windows in and out ---- */

/* Sets the strides of a window in the input: element (t,c) lies at t*st + c*sc. The batch has one window. */
static void layout_strides(const struct model *m, int64_t *st, int64_t *sc)
{
	const struct value *v = &m->graph->value[m->input];
	int64_t stride = 1;
	*st = *sc = 0;
	for (int i = v->shape.rank - 1; i >= 0; i--) {
		if (m->layout[i] == 'T')
			*st = stride;
		if (m->layout[i] == 'C')
			*sc = stride;
		stride *= v->shape.dim[i];
	}
}

void model_pack(const struct model *m, const real *tc, real *native)
{
	int64_t st, sc;
	layout_strides(m, &st, &sc);
	for (int64_t t = 0; t < m->T; t++)
		for (int64_t c = 0; c < m->C; c++)
			native[t * st + c * sc] = tc[t * m->C + c];
}

void model_unpack(const struct model *m, const real *native, real *tc)
{
	int64_t st, sc;
	layout_strides(m, &st, &sc);
	for (int64_t t = 0; t < m->T; t++)
		for (int64_t c = 0; c < m->C; c++)
			tc[t * m->C + c] = native[t * st + c * sc];
}

/* ---- layers as rows of filters ---- */

/* The axes of a layer in the order in which they are walked, filters first, with their lengths and strides. */
struct walk {
	int n;
	int64_t dim[RANK_MAX], stride[RANK_MAX];
};

static struct walk layer_walk(const struct model *m, const struct layer *l)
{
	const struct value *v = &m->graph->value[l->act];
	int64_t stride[RANK_MAX], s = 1;
	for (int i = v->shape.rank - 1; i >= 0; i--) {
		stride[i] = s;
		s *= v->shape.dim[i];
	}
	struct walk w = { 0 };
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < v->shape.rank; i++) {
			if (v->axis[i] == 'N' || (v->axis[i] == 'C') != (pass == 0))
				continue;
			int64_t n = v->shape.dim[i];
			/* Two axes whose elements lie one behind the other are walked as one. Most layers become one
			 * axis in this way. */
			if (w.n && w.stride[w.n - 1] == n * stride[i]) {
				w.dim[w.n - 1] *= n;
				w.stride[w.n - 1] = stride[i];
			} else {
				w.dim[w.n] = n;
				w.stride[w.n++] = stride[i];
			}
		}
	return w;
}

static void walk_copy(const struct walk *w, int axis, const real *from, real *to, int64_t native, int64_t *at,
                      bool back)
{
	if (axis == w->n || (axis == w->n - 1 && w->stride[axis] == 1)) {
		int64_t n = axis == w->n ? 1 : w->dim[axis];
		memcpy(back ? to + native : to + *at, back ? from + *at : from + native, (size_t)n * sizeof *to);
		*at += n;
		return;
	}
	for (int64_t i = 0; i < w->dim[axis]; i++)
		walk_copy(w, axis + 1, from, to, native + i * w->stride[axis], at, back);
}

void layer_rows(const struct model *m, const struct layer *l, const real *native, real *ft)
{
	struct walk w = layer_walk(m, l);
	int64_t at = 0;
	walk_copy(&w, 0, native, ft, 0, &at, false);
}

void layer_unrows(const struct model *m, const struct layer *l, const real *ft, real *native)
{
	struct walk w = layer_walk(m, l);
	int64_t at = 0;
	walk_copy(&w, 0, ft, native, 0, &at, true);
}

bool layer_is_rows(const struct model *m, const struct layer *l)
{
	struct walk w = layer_walk(m, l);
	return w.n == 0 || (w.n == 1 && w.stride[0] == 1);
}

/* The layer's only operator is a max-pooling whose windows do not overlap. */
static bool pools_apart(const struct model *m, const struct layer *l)
{
	int pools = 0;
	for (int i = l->first_node; i < l->end_node; i++) {
		const struct node *n = &m->graph->node[i];
		struct window w;
		if (n->op->flags & OP_LAYOUT)
			continue;
		if (!(n->op->flags & OP_MAXIMUM) || !n->op->window)
			return false;
		w = *n->op->window(n);
		if (w.stride < w.k || w.dilation != 1 || w.taps_across > 1)
			return false;
		pools++;
	}
	return pools == 1;
}

int layer_thins(const struct model *m, int layer)
{
	const struct layer *l = &m->layer[layer];
	if (l->kind != LAYER_ANALYSED || l->n_in != 1 || !l->has_time || !pools_apart(m, l))
		return -1;
	int from = l->in[0], readers = 0;
	const struct layer *whole = &m->layer[from];
	if (whole->kind != LAYER_ANALYSED || !whole->has_time || whole->filters != l->filters ||
	    whole->times <= l->times)
		return -1;
	for (int i = 0; i < m->n_layer; i++)
		for (int k = 0; k < m->layer[i].n_in; k++)
			readers += m->layer[i].in[k] == from;
	return readers == 1 ? from : -1;
}

int64_t layer_dilation(const struct model *m, int layer)
{
	const struct layer *l = &m->layer[layer];
	for (int i = l->first_node; i < l->end_node; i++)
		if (m->graph->node[i].op->window)
			return m->graph->node[i].op->window(&m->graph->node[i])->dilation;
	return 1;
}

int model_find_layer(const struct model *m, const char *name)
{
	for (int i = 0; i < m->n_layer; i++)
		if (m->layer[i].kind == LAYER_ANALYSED && !strcmp(m->layer[i].name, name))
			return i;
	return -1;
}

/* ---- classes ---- */

int64_t model_classes(const struct model *m)
{
	return m->outputs == 1 && m->head != HEAD_SOFTMAX ? 2 : m->outputs;
}

int model_class(const struct model *m, const real *output)
{
	if (m->outputs == 1)
		return model_classes(m) == 2 && output[0] > (real)(m->head == HEAD_SIGMOID ? 0.5 : 0);
	int best = 0;
	for (int64_t k = 1; k < m->outputs; k++)
		if (output[k] > output[best])
			best = (int)k;
	return best;
}

/* The logarithm of the sum of exp(logit) over the classes. 0 if the outputs are not the logits of several classes. */
static double log_sum(const struct model *m, const real *output)
{
	if (m->head != HEAD_LINEAR || m->outputs == 1)
		return 0;
	double top = (double)output[0], sum = 0;
	for (int64_t i = 1; i < m->outputs; i++)
		top = (double)output[i] > top ? (double)output[i] : top;
	for (int64_t i = 0; i < m->outputs; i++)
		sum += exp((double)output[i] - top);
	return top + log(sum);
}

static double probability(const struct model *m, const real *output, int64_t k, double logits_sum)
{
	if (m->outputs == 1 && model_classes(m) == 2) {
		double one = (double)output[0];
		one = m->head == HEAD_LINEAR ? 1 / (1 + exp(-one)) : one;
		return k ? one : 1 - one;
	}
	double v = (double)output[k];
	return m->head == HEAD_LINEAR || m->logarithms ? exp(v - logits_sum) : v;
}

double model_class_probability(const struct model *m, const real *output, int64_t k)
{
	return probability(m, output, k, log_sum(m, output));
}

void model_probabilities(const struct model *m, const real *output, double *p)
{
	double sum = log_sum(m, output);
	for (int64_t k = 0; k < model_classes(m); k++)
		p[k] = probability(m, output, k, sum);
}
