/* The input of a Keras model: which of its axes is time, which are channels, and how the window becomes it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/keras/keras_build.h"

enum { AXES_MAX = 3 };

/* The axes behind the batch, in Keras' order. size: 0 is open. mean: T time, C channel, 1 neither; a part of time that
 * was cut into pieces is T twice. */
struct axes {
	int n;
	int64_t size[AXES_MAX];
	char mean[AXES_MAX + 1];
};

static const cJSON *shape_of(const struct klayer *l)
{
	static const char *const keys[] = { "batch_input_shape", "batch_shape" };
	for (int i = 0; i < 2; i++)
		if (cJSON_IsArray(json_get(l->config, keys[i])))
			return json_get(l->config, keys[i]);
	return NULL;
}

static const cJSON *input_shape(const struct klayer *l, const cJSON *root)
{
	const cJSON *s = shape_of(l);
	s = s ? s : json_get(json_get(root, "config"), "build_input_shape");
	return cJSON_IsArray(s) ? s : json_get(json_get(root, "build_config"), "input_shape");
}

/* Reads a size. Returns 0 for null, which means that the size is not fixed, and -1 for a wrong value. */
static int64_t size_of(const cJSON *v)
{
	int64_t n = 0;
	if (cJSON_IsNull(v))
		return 0;
	return json_whole(v, &n) && n > 0 && n <= COUNT_MAX ? n : -1;
}

/* ---- a Sequential model that does not say what it reads ---- */

static bool reads_series(const char *cls)
{
	static const char *const part[] = {
		"1D", "LSTM", "GRU", "RNN", "Flatten", "TimeDistributed", "Attention", "TCN"
	};
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (strstr(cls, part[i]))
			return true;
	return false;
}

static const struct keras_layer *first_weights(const struct knet *k, const struct klayer *l, int *bad)
{
	static const char *const parts[] = { "cell", "forward_layer/cell" };
	const struct keras_layer *w = keras_weights_of(k, l, bad);
	for (size_t i = 0; i < sizeof parts / sizeof *parts && !w && k->f->tree && l->place && !*bad; i++)
		*bad = keras_h5_vars(k->f, keras_place(k->f, l->place, parts[i]), &w, k->e);
	return w;
}

/* The first layer with weights says how many channels it reads: a kernel (steps,channels,filters) or (channels,units).
 * A dense layer reads a vector unless a layer behind it needs a series. */
static int guess(const struct knet *k, struct axes *a)
{
	int bad = 0;
	for (int i = 1; i < k->n; i++) {
		const struct klayer *l = &k->layer[i];
		const struct keras_layer *w = keras_is_model(l->cls) ? NULL : first_weights(k, l, &bad);
		if (bad)
			return bad;
		if (!w || !w->n)
			continue;
		const struct shape *s = &w->w[0].shape;
		bool series = s->rank == 3 || strstr(l->cls, "1D");
		for (int j = i; j < k->n && !series; j++)
			series = reads_series(k->layer[j].cls);
		*a = (struct axes){ .n = series ? 2 : 1 };
		if (s->rank < 2 || s->rank > 4 || strstr(l->cls, "2D"))
			break;
		bool first = series && !strcmp(json_text(l->config, "data_format", ""), "channels_first");
		a->size[first ? 0 : a->n - 1] = s->dim[s->rank - 2];
		return 0;
	}
	return err_set(
	        k->e, ERR_FORMAT,
	        "the file does not say what the network reads (it has no batch_input_shape), and its first layer "
	        "does not show it; run model.build((None, STEPS, CHANNELS)) and save it again");
}

static int read_axes(const struct knet *k, const struct klayer *l, const cJSON *root, struct axes *a)
{
	const cJSON *s = input_shape(l, root);
	int rank = cJSON_IsArray(s) ? cJSON_GetArraySize(s) : 0;
	*a = (struct axes){ .n = rank - 1 };
	if (!rank)
		return guess(k, a);
	if (rank < 2 || rank > AXES_MAX + 1)
		return err_set(k->e, ERR_UNSUPPORTED,
		               "the input has %d dimensions; read are (batch, steps, channels), and one axis more",
		               rank);
	for (int i = 0; i < a->n; i++)
		if ((a->size[i] = size_of(cJSON_GetArrayItem(s, i + 1))) < 0)
			return err_set(k->e, ERR_FORMAT, "the input has no valid number of %s",
			               i && i == a->n - 1 ? "channels" : "steps");
	return 0;
}

/* ---- which axis is time ---- */

/* What the first layers behind the input do with its axes. */
struct found {
	int time;       /* the axis that a kernel says is time; -1: none */
	bool cut;       /* TimeDistributed: the outer axis counts pieces of the window */
	bool exchanged; /* Permute exchanges the two axes of a series before a layer that reads steps */
	bool first;     /* a layer that reads steps says that the channels come first */
};

static bool keeps_axes(const char *cls)
{
	static const char *const list[] = {
		"BatchNormalization", "LayerNormalization", "Dropout",        "SpatialDropout1D",
		"SpatialDropout2D",   "GaussianNoise",      "Masking",        "Activation",
		"Normalization",      "Rescaling",          "GaussianDropout"
	};
	for (size_t i = 0; i < sizeof list / sizeof *list; i++)
		if (!strcmp(cls, list[i]))
			return true;
	return false;
}

/* A kernel of two axes: time is the axis along which it slides. If it covers one axis whole, that one is the
 * channels; if it has one step along one axis, the other is time. */
static void from_kernel(const struct klayer *l, const struct axes *a, const int *order, struct found *f)
{
	int64_t k[2] = { 1, 1 };
	const cJSON *v = json_get(l->config, "kernel_size");
	bool first = !strcmp(json_text(l->config, "data_format", ""), "channels_first");
	int at[2] = { order[first ? 1 : 0], order[first ? 2 : 1] };
	for (int i = 0; i < 2; i++)
		if (!json_whole(cJSON_IsArray(v) ? cJSON_GetArrayItem(v, i) : v, &k[i]))
			return;
	for (int i = 0; i < 2 && f->time < 0; i++)
		if (a->size[at[1 - i]] == 1 || (k[1 - i] == a->size[at[1 - i]] && k[i] != a->size[at[i]]))
			f->time = a->size[at[i]] == 1 ? -1 : at[i];
	for (int i = 0; i < 2 && f->time < 0; i++)
		if (k[1 - i] == 1 && k[i] > 1 && a->size[at[i]] != 1)
			f->time = at[i];
}

static void follow(const struct knet *k, int from, const struct axes *a, const int *order, int depth, struct found *f)
{
	for (int i = 0; i < k->n && depth < 64; i++) {
		const struct klayer *l = &k->layer[i];
		if (l->n_in < 1 || l->in[0].layer != from)
			continue;
		if (keeps_axes(l->cls)) {
			follow(k, i, a, order, depth + 1, f);
		} else if (!strcmp(l->cls, "Permute")) {
			const cJSON *v = json_get(l->config, "dims");
			int turned[AXES_MAX] = { 0 };
			bool good = cJSON_GetArraySize(v) == a->n;
			for (int j = 0; j < a->n && good; j++) {
				int64_t d = 0;
				good = json_whole(cJSON_GetArrayItem(v, j), &d) && d >= 1 && d <= a->n;
				turned[j] = good ? order[d - 1] : 0;
			}
			if (good)
				follow(k, i, a, turned, depth + 1, f);
		} else if (!strcmp(l->cls, "TimeDistributed")) {
			f->cut = true;
		} else if (strstr(l->cls, "Conv2D") || !strcmp(l->cls, "Convolution2D")) {
			from_kernel(l, a, order, f);
		} else if (a->n == 2 && strstr(l->cls, "1D")) {
			bool first = !strcmp(json_text(l->config, "data_format", ""), "channels_first");
			f->exchanged = f->exchanged || (order[0] == 1 && !first && strstr(l->cls, "Conv1D"));
			f->first = f->first || (order[0] == 0 && first);
		}
	}
}

static void set_two(struct axes *a, int time, int channel)
{
	for (int i = 0; i < a->n && i < AXES_MAX; i++)
		a->mean[i] = i == time ? 'T' : i == channel ? 'C' : '1';
}

/* Returns +1 if the layout that the user gave has time before the channels, -1 if behind them, 0 if there is none. */
static int asked(const char *layout)
{
	const char *t = layout ? strchr(layout, 'T') : NULL, *c = layout ? strchr(layout, 'C') : NULL;
	return t && c ? (t < c) - (c < t) : 0;
}

/* Three axes: one of them has size 1, or the outer one counts pieces of the window. */
static int three(const struct knet *k, struct model *m, struct axes *a, const struct found *f, const char *layout)
{
	int one = -1, p, q;
	if (f->cut) {
		char text[256];
		memcpy(a->mean, "TTC", 4);
		snprintf(text, sizeof text,
		         "the network cuts a window into pieces (TimeDistributed): its input (%lld,%lld,%lld) is read "
		         "as "
		         "pieces of steps of channels",
		         (long long)a->size[0], (long long)a->size[1], (long long)a->size[2]);
		model_warn(m, text);
		return 0;
	}
	for (int i = 2; i >= 0; i--)
		if (a->size[i] == 1 && i != f->time)
			one = one < 0 || i == 2 ? i : one;
	if (one < 0)
		return err_set(k->e, ERR_UNSUPPORTED,
		               "the input (%lld,%lld,%lld) has two axes beside time; one axis of channels is read",
		               (long long)a->size[0], (long long)a->size[1], (long long)a->size[2]);
	p = one == 0;
	q = one == 2 ? 1 : 2;
	int order = layout && strlen(layout) == 4 ? asked(layout) : 0, time = order > 0 ? p : order < 0 ? q : f->time;
	/* With size 1 in the middle the last axis holds the channels of a convolution, the first its steps. */
	if (time < 0 && one == 1)
		time = p;
	/* An open size is that of time. */
	if (time < 0 && (!a->size[p] || !a->size[q]))
		time = a->size[p] ? q : p;
	if (time < 0) {
		time = a->size[p] > a->size[q] ? p : q;
		char text[256];
		if (a->size[p] == a->size[q])
			return err_set(k->e, ERR_VALUE,
			               "the input (%lld,%lld,%lld): is time axis %d or %d? Say so with "
			               "--layout %s or --layout %s",
			               (long long)a->size[0], (long long)a->size[1], (long long)a->size[2], p + 1,
			               q + 1, one == 2 ? "NTC1" : "N1TC", one == 2 ? "NCT1" : "N1CT");
		snprintf(
		        text, sizeof text,
		        "axis %d of the input (%lld,%lld,%lld) is taken for time because it is the longest; if that is "
		        "wrong, give --layout %s",
		        time + 1, (long long)a->size[0], (long long)a->size[1], (long long)a->size[2],
		        one == 2    ? time == p ? "NCT1" : "NTC1"
		        : time == p ? "N1CT"
		                    : "N1TC");
		model_warn(m, text);
	}
	set_two(a, time, time == p ? q : p);
	return 0;
}

static int find_time(const struct knet *k, int input, struct model *m, struct axes *a, const char *layout)
{
	struct found f = { .time = -1 };
	static const int order[AXES_MAX] = { 0, 1, 2 };
	follow(k, input, a, order, 0, &f);
	if (a->n == 3)
		return three(k, m, a, &f, layout);
	bool turned = a->n == 2 && (f.exchanged || f.first);
	if (turned && layout && strlen(layout) == 3)
		turned = asked(layout) <= 0;
	else if (turned && !f.first)
		model_warn(
		        m,
		        "the network exchanges the axes of its input before it reads steps, so the input is taken for "
		        "(channels, steps); if that is wrong, give --layout NTC");
	set_two(a, turned ? 1 : 0, turned ? 0 : 1);
	return 0;
}

/* ---- sizes ---- */

/* Fills in the open axis, of time, and works out steps and channels of a window. */
static int measure(const struct knet *k, struct axes *a, int64_t window, int64_t *T, int64_t *C)
{
	int64_t known = 1;
	int open = -1;
	*C = 1;
	for (int i = 0; i < a->n; i++) {
		if (a->mean[i] == 'C')
			*C = a->size[i];
		if (a->mean[i] != 'C' && a->size[i] && !i64_mul(known, a->size[i], &known))
			return err_set(k->e, ERR_LIMIT, "the input has too many steps");
		if (!a->size[i] && (a->mean[i] == 'C' || open >= 0))
			return err_set(k->e, ERR_FORMAT, "the input has no valid number of channels");
		open = a->size[i] ? open : i;
	}
	if (open < 0 && window && window != known)
		return err_set(k->e, ERR_VALUE, "the network takes windows of %lld steps, not %lld", (long long)known,
		               (long long)window);
	if (open >= 0 && !window)
		return err_set(k->e, ERR_VALUE, "the network takes windows of any length; say which with --window");
	if (open >= 0 && window % known)
		return err_set(k->e, ERR_VALUE, "the network takes windows of a multiple of %lld steps, not %lld",
		               (long long)known, (long long)window);
	if (open >= 0)
		a->size[open] = window / known;
	*T = open >= 0 ? window : known;
	return 0;
}

/* ---- the graph's input ---- */

/* Makes the value that the model's layers read, in core's order, from the window (N,C,T). */
static int shape_window(const struct knet *k, struct model *m, int v, const struct axes *a)
{
	struct kcall c = { .m = m, .g = m->graph, .e = k->e, .f = k->f, .name = "input", .owner = "input" };
	const char *t = strchr(a->mean, 'T'), *ch = strchr(a->mean, 'C');
	if (a->n == 1 || (a->n == 2 && t < ch))
		return v;
	int64_t dim[RANK_MAX] = { 1 };
	char labels[AXES_MAX + 2] = { 'N' };
	for (int i = 0; i < a->n; i++) {
		dim[i + 1] = a->size[i];
		/* Of two axes of time the outer one is, unless it has size 1. */
		labels[k_axis(a->n + 1, i + 1)] = a->mean[i] == 'T' && a->size[i] == 1 && t[1] == 'T' ? '1'
		                                  : i > 0 && a->mean[i] == 'T' && t[1] == 'T' && a->size[0] > 1
		                                          ? '1'
		                                          : a->mean[i];
	}
	int x = !ch || t < ch ? k_perm(&c, v, (int64_t[]){ 0, 2, 1 }) : v;
	return k_label(&c, k_core(&c, k_reshape(&c, x, a->n + 1, dim)), labels);
}

/* ---- several inputs ---- */

/* What an input is: a part of the window's channels, or a constant. */
struct port {
	struct klayer *l;
	const struct input_setting *set;
	struct axes a;
	bool series; /* it takes the window, or some of its channels */
};

struct ports {
	int n;
	struct port *port;
	int n_series, series[INPUTS_JOINED_MAX]; /* in the order of the window's channels */
};

static void set_value(struct knet *k, struct klayer *l, int v, int at)
{
	l->n_out = 1;
	l->value = arena_dup(k->arena, &v, 1, sizeof v);
	l->at = arena_dup(k->arena, &at, 1, sizeof at);
}

static int list_ports(struct knet *k, const struct read_options *o, struct ports *p)
{
	const char **names = arena_alloc(k->arena, (size_t)k->n_input + 1, sizeof *names);
	*p = (struct ports){ .n = k->n_input, .port = arena_alloc(k->arena, (size_t)k->n_input + 1, sizeof *p->port) };
	for (int i = 0; i < p->n; i++) {
		struct klayer *l = p->port[i].l = &k->layer[k->input[i].layer];
		names[i] = l->name;
		p->port[i].set = input_setting_of(o, l->name);
		for (int j = 0; j < i; j++)
			if (p->port[j].l == l)
				return err_set(k->e, ERR_FORMAT, "input_layers names '%s' twice", l->name);
	}
	int bad = input_settings_check(o, p->n, names, k->e);
	if (bad || !o->input)
		return bad;
	p->n_series = inputs_named(o, p->n, names, p->series, k->e);
	return p->n_series < 0 ? p->n_series : 0;
}

/* Without --input the window goes into the only input that is a series and that --set does not fill. */
static int only_series(struct knet *k, const cJSON *root, struct ports *p)
{
	char list[400] = "";
	size_t at = 0;
	int found = 0;
	for (int i = 0; i < p->n; i++) {
		const cJSON *s = input_shape(p->port[i].l, p->n == 1 ? root : NULL);
		int rank = cJSON_IsArray(s) ? cJSON_GetArraySize(s) : 0;
		if (!p->port[i].set && (rank >= 3 || p->n == 1)) {
			p->series[0] = i;
			found++;
		}
		if (at + 80 < sizeof list)
			at += (size_t)snprintf(list + at, sizeof list - at, "%s'%.60s'", i ? ", " : "",
			                       p->port[i].l->name);
	}
	p->n_series = 1;
	return found == 1 ? 0
	                  : err_set(k->e, ERR_UNSUPPORTED,
	                            "the network has %d inputs (%s), of which %d are series; --input NAME says which "
	                            "takes the window, --input NAME,NAME joins their channels, --set NAME=zeros fills "
	                            "one",
	                            p->n, list, found);
}

/* Returns whether the input is looked up in a table of as many rows: it holds positions. */
static bool is_position(const struct knet *k, const struct klayer *input, int64_t steps)
{
	for (int i = 0; i < k->n; i++) {
		int64_t rows = 0;
		if (k->layer[i].n_in == 1 && &k->layer[k->layer[i].in[0].layer] == input &&
		    !strcmp(k->layer[i].cls, "Embedding") &&
		    json_whole(json_get(k->layer[i].config, "input_dim"), &rows) && rows >= steps)
			return true;
	}
	return false;
}

static void shape_words(const struct axes *a, char *buf, size_t size)
{
	size_t at = (size_t)snprintf(buf, size, "1");
	for (int i = 0; i < a->n && at < size; i++)
		at += a->size[i] ? (size_t)snprintf(buf + at, size - at, " x %lld", (long long)a->size[i])
		                 : (size_t)snprintf(buf + at, size - at, " x any");
}

/* Another input than the window is a constant: what --set says, positions from 0 on, or zeros, as a state has at the
 * beginning. */
static int fix_input(struct knet *k, struct model *m, struct port *p)
{
	struct klayer *l = p->l;
	struct kcall c = { .m = m, .g = m->graph, .e = k->e, .f = k->f, .name = l->name, .owner = l->name };
	struct shape s;
	int64_t dim[RANK_MAX] = { 1 };
	char want[96], use[160];
	int bad = read_axes(k, l, NULL, &p->a);
	for (int i = 0; i < p->a.n && !bad; i++) {
		dim[i + 1] = p->a.size[i];
		if (!p->a.size[i] && !(p->set && p->set->array))
			bad = err_set(k->e, ERR_UNSUPPORTED,
			              "input '%.60s', which is not the window, has no fixed size; --set %.60s=FILE.npy "
			              "gives one",
			              l->name, l->name);
	}
	shape_words(&p->a, want, sizeof want);
	if (!bad)
		bad = input_other_shape(l->name, p->set, p->a.n + 1, dim, want, &s, k->e);
	if (bad)
		return bad;
	int64_t n = shape_count(&s);
	bool positions = !p->set && p->a.n == 1 && is_position(k, l, n);
	real *v = xcalloc((size_t)n, sizeof *v);
	for (int64_t i = 0; i < n; i++)
		v[i] = (real)(positions ? (double)i : !p->set ? 0 : p->set->array ? p->set->data[i] : p->set->value);
	int id = graph_const_real(m->graph, l->name, &s, v, false, k->e), at;
	free(v);
	id = k_core(&c, id);
	at = id < 0 ? id : model_layer(m, l->name, "InputLayer", "", LAYER_LAYOUT, id, id, 0, NULL, k->e);
	if (at < 0)
		return at;
	if (p->set)
		input_setting_words(p->set, use, sizeof use);
	else
		snprintf(use, sizeof use, "%s; --set %.60s=... sets it", positions ? "positions from 0 on" : "zeros",
		         l->name);
	if (!p->set)
		keras_warn(m, "input '%.300s' is not the window; it is taken as %s", l->name,
		           positions ? "positions from 0 on" : "zeros");
	model_add_port(m, false, l->name, want, use);
	set_value(k, l, id, at);
	return 0;
}

/* ---- the window ---- */

/* Some of the window's channels, from `from` on, as the input reads them. */
static int cut_piece(struct knet *k, struct model *m, const struct port *p, int window, int64_t from, int64_t C)
{
	struct kcall c = { .m = m, .g = m->graph, .e = k->e, .f = k->f, .name = p->l->name, .owner = p->l->name };
	int64_t to = from + C, axis = 1;
	int in[] = { window, k_ints(&c, 1, &from), k_ints(&c, 1, &to), k_ints(&c, 1, &axis) };
	int v = k_op(&c, "Slice", 4, in, 0, NULL);
	return p->a.n > 1 || v < 0 ? shape_window(k, m, v, &p->a)
	                           : k_reshape(&c, v, 2, (int64_t[]){ 1, k_dim(&c, v, 2) });
}

/* One input takes the window, or several share its channels. */
static int make_window(struct knet *k, struct model *m, struct ports *p, const int64_t *T, const int64_t *C)
{
	char *name = xstrdup(p->port[p->series[0]].l->name), use[32];
	int64_t all = C[0], from = 0;
	int n = p->n_series, bad = 0;
	for (int i = 1; i < n && !bad; i++) {
		const struct klayer *l = p->port[p->series[i]].l;
		char *more = xasprintf("%s,%s", name, l->name);
		free(name);
		name = more;
		all += C[i];
		if (T[i] != T[0])
			bad = err_set(k->e, ERR_VALUE,
			              "--input joins inputs of as many steps; '%.60s' has %lld and '%.60s' %lld",
			              p->port[p->series[0]].l->name, (long long)T[0], l->name, (long long)T[i]);
		else if (all > COUNT_MAX)
			bad = err_set(k->e, ERR_LIMIT, "the inputs have too many channels");
	}
	const struct port *first = &p->port[p->series[0]];
	int window =
	        bad ? bad
	            : model_input(m, name, "InputLayer", n == 1 && first->a.n == 1 ? "NT" : "NCT", T[0], all, 1, k->e);
	free(name);
	for (int i = 0; i < n && window >= 0; i++) {
		struct port *q = &p->port[p->series[i]];
		char want[96];
		int v = n == 1 ? shape_window(k, m, window, &q->a) : cut_piece(k, m, q, window, from, C[i]), at = 0;
		if (n > 1 && v >= 0)
			at = model_layer(m, q->l->name, "InputLayer", "", LAYER_LAYOUT, v, v, 1, (const int[]){ 0 },
			                 k->e);
		if (v < 0 || at < 0)
			return v < 0 ? v : at;
		from += C[i];
		set_value(k, q->l, v, at);
		shape_words(&q->a, want, sizeof want);
		snprintf(use, sizeof use, n > 1 ? "takes channels of the window" : "takes the window");
		if (p->n > 1)
			model_add_port(m, false, q->l->name, want, use);
	}
	return window < 0 ? window : 0;
}

int keras_input(struct knet *k, struct model *m, const cJSON *root, const struct read_options *o)
{
	struct ports p;
	int64_t T[INPUTS_JOINED_MAX] = { 0 }, C[INPUTS_JOINED_MAX] = { 0 };
	int bad = list_ports(k, o, &p);
	if (!bad && !o->input)
		bad = only_series(k, root, &p);
	for (int i = 0; i < p.n_series && !bad; i++) {
		struct port *q = &p.port[p.series[i]];
		q->series = true;
		bad = read_axes(k, q->l, p.n == 1 ? root : NULL, &q->a);
		if (!bad)
			bad = find_time(k, (int)(q->l - k->layer), m, &q->a, o->layout);
		if (!bad)
			bad = measure(k, &q->a, o->window, &T[i], &C[i]);
	}
	/* What is constant beside the window has one batch. */
	m->fixed_batch = p.n > 1;
	if (!bad)
		bad = make_window(k, m, &p, T, C);
	for (int i = 0; i < p.n && !bad; i++)
		if (!p.port[i].series)
			bad = fix_input(k, m, &p.port[i]);
	return bad;
}
