#include "core/model/serial.h"

#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "core/base/text.h"

/* The stream is "TSVIZ\1", sizeof(real), and records. A record is a tag of one byte and its fields. An integer has 8
 * bytes, little-endian. A real is written as it lies in memory, since both ends are the same program. A string is a
 * length and its bytes. */
static const char magic[] = { 'T', 'S', 'V', 'I', 'Z', 1 };

enum tag {
	TAG_INPUT = 1,
	TAG_REAL,
	TAG_INT,
	TAG_NODE,
	TAG_LAYER,
	TAG_META,
	TAG_RECIPE,
	TAG_HISTORY,
	TAG_UNSUPPORTED,
	TAG_OUTPUT_AXES,
	TAG_FACT,
	TAG_END
};

/* ---- writing ---- */

/* p holds what the sink has not been given yet. */
struct out {
	unsigned char *p;
	size_t n, cap;
	size_t sent;
	serial_sink sink;
	void *arg;
};
enum { SEND_LEAST = 1 << 16 };

static void flush(struct out *o)
{
	o->sink(o->arg, o->p, o->n);
	o->sent += o->n;
	o->n = 0;
}

static void put(struct out *o, const void *p, size_t n)
{
	if (o->n + n >= SEND_LEAST) {
		flush(o);
		o->sink(o->arg, p, n);
		o->sent += n;
		return;
	}
	if (o->cap - o->n < n) {
		o->cap = (o->cap + n) * 2;
		o->p = xrealloc(o->p, o->cap, 1);
	}
	if (n)
		memcpy(o->p + o->n, p, n);
	o->n += n;
}

static void put_int(struct out *o, int64_t v)
{
	unsigned char b[8];
	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)((uint64_t)v >> (8 * i));
	put(o, b, 8);
}

static void put_double(struct out *o, double v)
{
	int64_t bits;
	memcpy(&bits, &v, sizeof bits);
	put_int(o, bits);
}

static void put_text(struct out *o, const char *s)
{
	size_t n = s ? strlen(s) : 0;
	put_int(o, (int64_t)n);
	put(o, s, n);
}

static void put_shape(struct out *o, const struct shape *s)
{
	put_int(o, s->rank);
	for (int i = 0; i < s->rank; i++)
		put_int(o, s->dim[i]);
}

static void put_attr(struct out *o, const struct attr *a)
{
	put_text(o, a->name);
	put_int(o, a->type);
	put_int(o, a->i);
	put_double(o, a->f);
	put_text(o, a->s);
	put_int(o, a->ints || a->floats ? a->n : 0);
	for (int i = 0; a->ints && i < a->n; i++)
		put_int(o, a->ints[i]);
	for (int i = 0; a->floats && i < a->n; i++)
		put_double(o, a->floats[i]);
}

/* (n_value) Whether a node or a layer uses the value. Folding leaves constants behind that nothing uses; they are not
 * written. */
static bool *used_values(const struct model *m)
{
	const struct graph *g = m->graph;
	bool *used = xcalloc((size_t)g->n_value + 1, sizeof *used);
	for (int i = 0; i < g->n_node; i++) {
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] >= 0)
				used[g->node[i].in[k]] = true;
		for (int k = 0; k < g->node[i].n_out; k++)
			if (g->node[i].out[k] >= 0)
				used[g->node[i].out[k]] = true;
	}
	for (int i = 0; i < m->n_layer; i++)
		if (m->layer[i].act >= 0)
			used[m->layer[i].act] = used[m->layer[i].pre] = true;
	return used;
}

/* A tensor of at least KEEP_LEAST bytes stays where it lies, in a stream of at least KEEP_STREAM bytes. */
enum { KEEP_LEAST = 4096, KEEP_STREAM = 1 << 20 };

/* The bytes of padding before n bytes of reals at place `at` of the stream. They align reals, so that the reader can
 * use them where they lie. Large tensors begin at a multiple of 64 bytes in memory, which is quicker to load from:
 * malloc puts a large block 16 bytes behind the beginning of a page. */
static size_t padding(size_t at, size_t n)
{
	enum { LINE = 64, MALLOC = 16 };
	return n < KEEP_LEAST ? (sizeof(real) - at % sizeof(real)) % sizeof(real)
	                      : (LINE - (at + MALLOC) % LINE) % LINE;
}

static void write_const(struct out *o, const struct value *v)
{
	bool is_real = v->dtype == DT_REAL;
	put(o, (unsigned char[]){ is_real ? TAG_REAL : TAG_INT }, 1);
	put_text(o, v->name);
	put_shape(o, &v->shape);
	put_int(o, v->weight);
	size_t n = (size_t)shape_count(&v->shape);
	if (is_real) {
		put(o, (unsigned char[64]){ 0 }, padding(o->sent + o->n, n * sizeof *v->r));
		put(o, v->r, n * sizeof *v->r);
	}
	for (size_t i = 0; i < n && !is_real; i++)
		put_int(o, v->i[i]);
}

static void write_node(struct out *o, const struct graph *g, const struct node *n, const int *id)
{
	put(o, (unsigned char[]){ TAG_NODE }, 1);
	put_text(o, n->op->name);
	put_text(o, n->name);
	put_int(o, n->n_in);
	for (int i = 0; i < n->n_in; i++)
		put_int(o, n->in[i] < 0 ? -1 : id[n->in[i]]);
	put_int(o, n->n_out);
	for (int i = 0; i < n->n_out; i++) {
		put_text(o, n->out[i] < 0 ? "" : g->value[n->out[i]].name);
		put_text(o, n->out[i] < 0 ? "" : g->value[n->out[i]].axis);
	}
	put_int(o, n->n_attr);
	for (int i = 0; i < n->n_attr; i++)
		put_attr(o, &n->attr[i]);
}

static void write_layer(struct out *o, const struct layer *l, const int *id)
{
	put(o, (unsigned char[]){ TAG_LAYER }, 1);
	put_text(o, l->name);
	put_text(o, l->type);
	put_text(o, l->activation);
	put_int(o, l->kind);
	put_int(o, l->pre < 0 ? -1 : id[l->pre]);
	put_int(o, l->act < 0 ? -1 : id[l->act]);
	put_int(o, l->n_in);
	for (int i = 0; i < l->n_in; i++)
		put_int(o, l->in[i]);
}

static void write_meta(struct out *o, const struct model *m)
{
	put(o, (unsigned char[]){ TAG_META }, 1);
	put_text(o, m->producer);
	put_text(o, m->warning);
	put_int(o, m->fixed_batch);
	put_text(o, m->layout_how);
	put_int(o, m->n_port);
	for (int i = 0; i < m->n_port; i++) {
		put_int(o, m->port[i].output);
		put_text(o, m->port[i].name);
		put_text(o, m->port[i].shape);
		put_text(o, m->port[i].use);
	}
	put_int(o, m->channel ? m->C : 0);
	for (int64_t i = 0; m->channel && i < m->C; i++)
		put_text(o, m->channel[i]);
	put_int(o, m->n_class_name);
	for (int i = 0; i < m->n_class_name; i++)
		put_text(o, m->class_name[i]);
	if (m->n_unsupported) {
		put(o, (unsigned char[]){ TAG_UNSUPPORTED }, 1);
		put_int(o, m->n_unsupported);
		put_text(o, m->unsupported);
	}
	if (m->out_steps && !m->out_flat) {
		put(o, (unsigned char[]){ TAG_OUTPUT_AXES }, 1);
		put_int(o, m->out_steps);
		put_int(o, m->out_channels);
		put_int(o, m->out_steps_first);
		put_int(o, m->out_steps_outer);
	}
	if (m->history.n) {
		put(o, (unsigned char[]){ TAG_HISTORY }, 1);
		put_int(o, m->history.n);
		put_int(o, m->history.best);
		for (int i = 0; i < m->history.n; i++) {
			put_double(o, m->history.loss[i]);
			put_double(o, m->history.val_loss[i]);
		}
	}
}

/* layer -1: of the model */
static void write_facts(struct out *o, const struct model_facts *f, int layer)
{
	for (int i = 0; i < f->n; i++) {
		put(o, (unsigned char[]){ TAG_FACT }, 1);
		put_int(o, layer);
		put_text(o, f->v[i].name);
		put_text(o, f->v[i].value);
	}
}

static void write_recipe(struct out *o, const struct recipe *r)
{
	for (int i = 0; recipe_fields[i]; i++) {
		char *text = recipe_text(r, recipe_fields[i]);
		if (!text)
			continue;
		put(o, (unsigned char[]){ TAG_RECIPE }, 1);
		put_text(o, recipe_fields[i]);
		put_text(o, text);
		free(text);
	}
}

/* The state of the writer. id[v] is the id that value v will get from the reader. It differs from v, because unused
 * constants are left out. */
struct writer {
	struct out o;
	const struct model *m;
	int *id, next, node, layer;
};

static void write_value(struct writer *w, int v, bool used)
{
	const struct graph *g = w->m->graph;
	const struct value *x = &g->value[v];
	struct out *o = &w->o;
	if (x->node >= 0) {
		/* The first output of a node writes the node. Layers that end before the node come first. */
		if (x->node == w->node) {
			for (; w->layer < w->m->n_layer && w->m->layer[w->layer].end_node <= w->node; w->layer++)
				write_layer(o, &w->m->layer[w->layer], w->id);
			write_node(o, g, &g->node[w->node++], w->id);
		}
	} else if (!x->constant) {
		bool window = v == w->m->input;
		put(o, (unsigned char[]){ TAG_INPUT }, 1);
		put_text(o, x->name);
		put_text(o, window ? w->m->layout : "");
		put_text(o, window ? w->m->layer[0].type : "");
		put_shape(o, &x->shape);
		if (window)
			w->layer = 1; /* model_input declares layer 0 */
	} else if (used) {
		write_const(o, x);
	} else {
		return;
	}
	w->id[v] = w->next++;
}

static int write_model(struct out *o, const struct model *m, struct err *e)
{
	const struct graph *g = m->graph;
	if (!g->finished)
		return err_set(e, ERR_VALUE, "the model is not finished");
	bool *used = used_values(m);
	struct writer w = { .o = *o, .m = m, .id = xcalloc((size_t)g->n_value + 1, sizeof *w.id) };
	put(&w.o, magic, sizeof magic);
	put(&w.o, (unsigned char[]){ sizeof(real) }, 1);
	put_text(&w.o, m->file);
	put_text(&w.o, m->format);
	for (int v = 0; v < g->n_value; v++)
		write_value(&w, v, used[v]);
	for (; w.layer < m->n_layer; w.layer++)
		write_layer(&w.o, &m->layer[w.layer], w.id);
	write_meta(&w.o, m);
	write_facts(&w.o, &m->facts, -1);
	for (int i = 0; i < m->n_layer; i++)
		write_facts(&w.o, &m->layer[i].facts, i);
	if (m->recipe)
		write_recipe(&w.o, m->recipe);
	put(&w.o, (unsigned char[]){ TAG_END }, 1);
	put_int(&w.o, m->output < 0 ? -1 : w.id[m->output]);
	free(used);
	free(w.id);
	*o = w.o;
	return 0;
}

int serial_send(const struct model *m, serial_sink sink, void *arg, struct err *e)
{
	struct out o = { .sink = sink, .arg = arg };
	int bad = write_model(&o, m, e);
	if (!bad)
		flush(&o);
	free(o.p);
	return bad;
}

/* ---- reading: every byte is hostile ---- */

struct in {
	const unsigned char *p;
	size_t n, at;
	bool bad;
	bool keep, kept; /* large tensors may stay where they lie; one did */
};

static const void *take(struct in *q, size_t n)
{
	if (q->bad || q->n - q->at < n) {
		q->bad = true;
		return NULL;
	}
	q->at += n;
	return q->p + q->at - n;
}

static int64_t take_int(struct in *q)
{
	const unsigned char *b = take(q, 8);
	uint64_t v = 0;
	for (int i = 0; b && i < 8; i++)
		v |= (uint64_t)b[i] << (8 * i);
	return (int64_t)v;
}

/* Reads an integer in [low, high]. If it is outside, returns low and marks the stream as bad. */
static int64_t take_range(struct in *q, int64_t low, int64_t high)
{
	int64_t v = take_int(q);
	if (v < low || v > high) {
		q->bad = true;
		return low;
	}
	return v;
}

static double take_double(struct in *q)
{
	int64_t bits = take_int(q);
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

/* Memory that is needed only while a stream is read. serial_read frees the list. */
struct pool {
	struct pool *next;
	_Alignas(16) unsigned char data[];
};

static void *pool_alloc(struct pool **all, size_t n, size_t size)
{
	size_t bytes;
	if (!size_mul(n, size, &bytes) || !size_add(bytes, sizeof(struct pool), &bytes))
		bytes = SIZE_MAX;
	struct pool *p = xcalloc(1, bytes);
	p->next = *all;
	*all = p;
	return p->data;
}

static void pool_free(struct pool *all)
{
	for (struct pool *next; all; all = next) {
		next = all->next;
		free(all);
	}
}

static char *take_text(struct in *q, struct pool **pool)
{
	size_t n = (size_t)take_range(q, 0, 1 << 20);
	const char *s = take(q, n);
	/* with a NUL byte inside, the C string would be another text */
	if (s && memchr(s, 0, n))
		q->bad = true;
	char *t = pool_alloc(pool, s ? n + 1 : 1, 1);
	if (s)
		memcpy(t, s, n);
	return t;
}

/* Reads a count of elements that take at least `least` bytes each. It is bad if the rest of the stream is too short for
 * so many. */
static int take_count(struct in *q, size_t least)
{
	return (int)take_range(q, 0, (int64_t)((q->n - q->at) / least));
}

static struct shape take_shape(struct in *q)
{
	struct shape s = { .rank = (int)take_range(q, 0, RANK_MAX) };
	for (int i = 0; i < s.rank; i++)
		s.dim[i] = take_range(q, 0, COUNT_MAX);
	return s;
}

static int read_input(struct in *q, struct pool **pool, struct model *m, struct err *e)
{
	const char *name = take_text(q, pool), *layout = take_text(q, pool), *type = take_text(q, pool);
	struct shape s = take_shape(q);
	if (q->bad)
		return 0;
	/* Exactly one input takes the window, and it must be the first input of the graph. */
	bool window = *layout;
	if (window ? (int)strlen(layout) != s.rank || m->n_layer : m->input < 0) {
		q->bad = true;
		return 0;
	}
	if (!window)
		return graph_input(m->graph, name, DT_REAL, &s, e);
	int64_t T = 1, C = 1, N = 1;
	for (int i = 0; i < s.rank; i++) {
		int64_t *to = layout[i] == 'T' ? &T : layout[i] == 'C' ? &C : &N;
		if (!i64_mul(*to, s.dim[i], to))
			q->bad = true;
	}
	q->bad |= N != 1;
	return q->bad ? 0 : model_input(m, name, type, layout, T, C, 1, e);
}

static int read_const(struct in *q, struct pool **pool, struct model *m, bool is_real, struct err *e)
{
	const char *name = take_text(q, pool);
	struct shape s = take_shape(q);
	bool weight = take_int(q) != 0;
	int64_t n = shape_count(&s);
	if (q->bad || n > COUNT_MAX) {
		q->bad = true;
		return 0;
	}
	if (is_real)
		take(q, padding(q->at, (size_t)n * sizeof(real)));
	const void *raw = take(q, (size_t)n * (is_real ? sizeof(real) : 8));
	if (!raw)
		return 0;
	bool lies_well = is_real && (uintptr_t)raw % _Alignof(real) == 0;
	if (lies_well && q->keep && (size_t)n * sizeof(real) >= KEEP_LEAST) {
		q->kept = true;
		return graph_const_kept(m->graph, name, &s, raw, weight, e);
	}
	if (lies_well)
		return graph_const_real(m->graph, name, &s, raw, weight, e);
	if (is_real) {
		real *r = pool_alloc(pool, (size_t)n, sizeof *r);
		memcpy(r, raw, (size_t)n * sizeof *r);
		return graph_const_real(m->graph, name, &s, r, weight, e);
	}
	q->at -= (size_t)n * 8;
	int64_t *v = pool_alloc(pool, (size_t)n, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = take_int(q);
	return graph_const_int(m->graph, name, &s, v, e);
}

static struct attr take_attr(struct in *q, struct pool **pool)
{
	struct attr a = { .name = take_text(q, pool), .type = (enum attr_type)take_range(q, ATTR_INT, ATTR_FLOATS) };
	a.i = take_int(q);
	a.f = take_double(q);
	a.s = take_text(q, pool);
	a.n = take_count(q, 8);
	int64_t *ints = pool_alloc(pool, (size_t)a.n, sizeof *ints);
	double *floats = pool_alloc(pool, (size_t)a.n, sizeof *floats);
	for (int i = 0; i < a.n; i++)
		if (a.type == ATTR_FLOATS)
			floats[i] = take_double(q);
		else
			ints[i] = take_int(q);
	a.ints = a.type == ATTR_INTS ? ints : NULL;
	a.floats = a.type == ATTR_FLOATS ? floats : NULL;
	return a;
}

/* A reader may know better than the operator what the axes of its output mean. */
static void set_labels(struct value *v, const char *labels)
{
	if ((int)strlen(labels) == v->shape.rank && strspn(labels, "NCT1") == (size_t)v->shape.rank)
		memcpy(v->axis, labels, (size_t)v->shape.rank);
}

static int read_node(struct in *q, struct pool **pool, struct model *m, struct err *e)
{
	const char *op = take_text(q, pool), *name = take_text(q, pool);
	int n_in = take_count(q, 8);
	int *in = pool_alloc(pool, (size_t)n_in, sizeof *in);
	for (int i = 0; i < n_in; i++)
		in[i] = (int)take_range(q, -1, m->graph->n_value - 1);
	int n_out = take_count(q, 8);
	const char **out = pool_alloc(pool, (size_t)n_out, sizeof *out),
	           **labels = pool_alloc(pool, (size_t)n_out, sizeof *labels);
	int *id = pool_alloc(pool, (size_t)n_out, sizeof *id);
	for (int i = 0; i < n_out; i++) {
		out[i] = take_text(q, pool);
		labels[i] = take_text(q, pool);
		id[i] = -1;
	}
	int n_attr = take_count(q, 8);
	struct attr *attr = pool_alloc(pool, (size_t)n_attr, sizeof *attr);
	for (int i = 0; i < n_attr; i++)
		attr[i] = take_attr(q, pool);
	if (q->bad)
		return 0;
	int bad = graph_node(m->graph, op, name, n_in, in, n_out, out, n_attr, attr, id, e);
	for (int i = 0; i < n_out && bad >= 0; i++)
		if (id[i] >= 0)
			set_labels(&m->graph->value[id[i]], labels[i]);
	return bad;
}

static int read_layer(struct in *q, struct pool **pool, struct model *m, struct err *e)
{
	const char *name = take_text(q, pool), *type = take_text(q, pool), *activation = take_text(q, pool);
	/* no LAYER_INPUT: model_input has made the layer of the input */
	enum layer_kind kind = (enum layer_kind)take_range(q, LAYER_INPUT + 1, LAYER_SHAPELESS);
	int pre = (int)take_range(q, -1, m->graph->n_value - 1), act = (int)take_range(q, -1, m->graph->n_value - 1);
	int n_in = take_count(q, 8);
	int *in = pool_alloc(pool, (size_t)n_in, sizeof *in);
	for (int i = 0; i < n_in; i++)
		in[i] = (int)take_range(q, 0, m->n_layer - 1);
	if (q->bad)
		return 0;
	return model_layer(m, name, type, activation, kind, pre, act, n_in, in, e);
}

static const char *cleaned(struct model *m, struct in *q, struct pool **pool)
{
	const char *s = take_text(q, pool);
	size_t n = strlen(s);
	char *t = pool_alloc(pool, n * 3 + 1, 1);
	text_clean(t, n * 3 + 1, s, n);
	return arena_strdup(&m->arena, t);
}

static const char **read_names(struct in *q, struct pool **pool, struct model *m, int *n)
{
	*n = take_count(q, 8);
	const char **list = arena_alloc(&m->arena, (size_t)*n, sizeof *list);
	for (int i = 0; i < *n; i++)
		list[i] = cleaned(m, q, pool);
	return *n ? list : NULL;
}

static void read_meta(struct in *q, struct pool **pool, struct model *m)
{
	int n;
	m->producer = cleaned(m, q, pool);
	m->warning = cleaned(m, q, pool);
	if (!*m->warning)
		m->warning = NULL;
	m->fixed_batch = take_range(q, 0, 1) != 0;
	m->layout_how = cleaned(m, q, pool);
	if (!*m->layout_how)
		m->layout_how = NULL;
	m->n_port = take_count(q, 32);
	m->port = arena_alloc(&m->arena, (size_t)m->n_port, sizeof *m->port);
	for (int i = 0; i < m->n_port; i++) {
		m->port[i].output = take_int(q) != 0;
		m->port[i].name = cleaned(m, q, pool);
		m->port[i].shape = cleaned(m, q, pool);
		m->port[i].use = cleaned(m, q, pool);
	}
	m->channel = read_names(q, pool, m, &n);
	if (n && n != m->C)
		q->bad = true;
	m->class_name = read_names(q, pool, m, &m->n_class_name);
}

static void read_history(struct in *q, struct model *m)
{
	struct history *h = &m->history;
	h->n = take_count(q, 16);
	h->best = (int)take_range(q, -1, h->n ? h->n - 1 : 0);
	h->loss = arena_alloc(&m->arena, (size_t)h->n, sizeof *h->loss);
	h->val_loss = arena_alloc(&m->arena, (size_t)h->n, sizeof *h->val_loss);
	for (int i = 0; i < h->n; i++) {
		h->loss[i] = take_double(q);
		h->val_loss[i] = take_double(q);
	}
}

static int read_recipe(struct in *q, struct pool **pool, struct model *m, struct err *e)
{
	const char *name = take_text(q, pool), *value = take_text(q, pool);
	if (q->bad)
		return 0;
	if (!m->recipe) {
		m->recipe = xcalloc(1, sizeof *m->recipe);
		recipe_init(m->recipe);
	}
	return recipe_set(m->recipe, name, value, e);
}

static void read_fact(struct in *q, struct pool **pool, struct model *m)
{
	int layer = (int)take_range(q, -1, m->n_layer - 1);
	const char *name = take_text(q, pool), *value = take_text(q, pool);
	if (!q->bad)
		model_add_fact(m, layer, name, value);
}

/* One record; returns a negative code, or 0. *end is set by the last one. */
static int read_record(struct in *q, struct pool **pool, struct model *m, bool *end, struct err *e)
{
	const unsigned char *tag = take(q, 1);
	switch (tag ? *tag : 0) {
	case TAG_INPUT:
		return read_input(q, pool, m, e);
	case TAG_REAL:
		return read_const(q, pool, m, true, e);
	case TAG_INT:
		return read_const(q, pool, m, false, e);
	case TAG_NODE:
		return read_node(q, pool, m, e);
	case TAG_LAYER:
		return read_layer(q, pool, m, e);
	case TAG_META:
		read_meta(q, pool, m);
		return 0;
	case TAG_RECIPE:
		return read_recipe(q, pool, m, e);
	case TAG_HISTORY:
		read_history(q, m);
		return 0;
	case TAG_UNSUPPORTED:
		m->n_unsupported = (int)take_range(q, 1, GRAPH_NODES_MAX);
		m->unsupported = cleaned(m, q, pool);
		return 0;
	case TAG_OUTPUT_AXES:
		m->out_steps = take_range(q, 1, COUNT_MAX);
		m->out_channels = take_range(q, 1, COUNT_MAX);
		m->out_steps_first = take_range(q, 0, 1);
		m->out_steps_outer = take_range(q, 0, 1);
		return 0;
	case TAG_FACT:
		read_fact(q, pool, m);
		return 0;
	case TAG_END:
		*end = true;
		return 0;
	default:
		q->bad = true;
		return 0;
	}
}

/* Gives what serial_read gives. own: the bytes, which become the model's if a tensor stays in them; or NULL. Returns in
 * *kept whether they did, even if the model is refused. */
static struct model *read_stream(const unsigned char *buf, size_t n, void *own, bool *kept, struct err *e)
{
	struct in q = { .p = buf, .n = n, .keep = own != NULL };
	struct pool *pool = NULL;
	struct model *m = NULL;
	bool end = false;
	int bad = 0;
	const void *head = take(&q, sizeof magic);
	const unsigned char *width = take(&q, 1);
	if (!head || !width || memcmp(head, magic, sizeof magic) != 0 || *width != sizeof(real)) {
		err_set(e, ERR_FORMAT, "the reading process sent no model");
		return NULL;
	}
	const char *file = take_text(&q, &pool), *format = take_text(&q, &pool);
	m = model_new(file, format);
	while (!end && !q.bad && bad >= 0) {
		bad = read_record(&q, &pool, m, &end, e);
		pool_free(pool);
		pool = NULL;
	}
	*kept = q.kept;
	m->stream = q.kept ? own : NULL;
	int output = end ? (int)take_range(&q, -1, m->graph->n_value - 1) : -1;
	if (q.bad || q.at != n || (bad >= 0 && output < 0 && !m->n_unsupported))
		bad = err_set(e, ERR_FORMAT, "the reading process sent a damaged model");
	if (bad >= 0)
		bad = model_finish(m, output, e);
	pool_free(pool);
	if (bad < 0) {
		model_free(m);
		return NULL;
	}
	return m;
}

struct model *serial_read(const unsigned char *buf, size_t n, struct err *e)
{
	bool kept = false;
	return read_stream(buf, n, NULL, &kept, e);
}

struct model *serial_take(unsigned char *buf, size_t n, struct err *e)
{
	bool kept = false;
	struct model *m = read_stream(buf, n, n >= KEEP_STREAM ? buf : NULL, &kept, e);
	if (!kept)
		free(buf);
	return m;
}
