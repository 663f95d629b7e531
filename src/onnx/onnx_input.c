/* Decides what each input of a file is: the window, a state that begins as zeros, a number of steps, or what --set
 * says; and makes their values. Several series may share the window: --input A,B joins their channels. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/words.h"
#include "src/onnx/onnx_net.h"
#include "src/onnx/onnx_write.h"

enum { LIST_SIZE = 256 };

/* ---- what an input is ---- */

static bool has_word(const char *name, const char *const *words)
{
	for (; *words; words++)
		if (strcasestr(name, *words))
			return true;
	return false;
}

/* A name such as h0, c_in or hx. */
static bool short_state_name(const char *name)
{
	static const char *const ends[] = { "", "0", "_0", "x", "n", "_n", "_in", "in", "_prev", "1", "_1", NULL };
	return (*name == 'h' || *name == 'c' || *name == 'H' || *name == 'C') && words_find(ends, name + 1) >= 0;
}

/* Whether a recurrent operator begins with tensor y, perhaps through operators that only move its numbers. */
static bool starts_recurrence(const struct scope *s, int y, int depth)
{
	for (int i = 0; i < s->g->n_node; i++)
		for (int k = 0; k < s->g->node[i].n_in; k++) {
			const struct onnx_node *n = &s->g->node[i];
			if (s->in[i][k] != y)
				continue;
			bool cell = !strcmp(n->op, "LSTM") || !strcmp(n->op, "GRU") || !strcmp(n->op, "RNN");
			if (cell && (k == 5 || k == 6))
				return true;
			if (k || depth > 5 || (strcmp(n->op, "Transpose") != 0 && !onnx_is_layout(n->op)))
				continue;
			for (int o = 0; o < n->n_out; o++)
				if (s->out[i][o] >= 0 && starts_recurrence(s, s->out[i][o], depth + 1))
					return true;
		}
	return false;
}

static int open_axes(const struct onnx_value *v)
{
	int n = 0;
	for (int i = 0; i < v->rank; i++)
		n += v->dim[i] < 0;
	return n;
}

/* Whether an output behind the first has the shape of the input: the state after the window. */
static bool comes_out(const struct onnx_graph *g, const struct onnx_value *v)
{
	for (int i = 1; i < g->n_out; i++) {
		const struct onnx_value *o = &g->out[i];
		int same = 0;
		while (o->rank == v->rank && same < v->rank && o->dim[same] == v->dim[same])
			same++;
		if (o->rank == v->rank && same == v->rank && v->rank > 0)
			return true;
	}
	return false;
}

static bool is_state(const struct scope *s, const struct onnx_value *v)
{
	static const char *const words[] = { "state", "hidden", "cache", "memory", "buffer", "past", NULL };
	if (onnx_dtype(v->type) != DT_REAL || v->rank < 0 || open_axes(v) > 1)
		return false;
	return has_word(v->name, words) || short_state_name(v->name) || comes_out(s->g, v) ||
	       starts_recurrence(s, scope_find(s, v->name), 0);
}

static void names_of(const struct input_plan *p, enum input_use use, char *buf, size_t size)
{
	size_t n = 0;
	*buf = '\0';
	for (int i = 0; i < p->n && n < size; i++) {
		char shape[80];
		if (p->in[i].use != use)
			continue;
		onnx_shape_words(p->in[i].v, shape, sizeof shape);
		n += (size_t)snprintf(buf + n, size - n, "%s%.60s (%s)", n ? ", " : "", p->in[i].v->name, shape);
	}
}

/* --input A,B */
static int named_series(struct input_plan *p, const struct read_options *o, const char *const *names, struct err *e)
{
	int n = inputs_named(o, p->n, names, p->series, e);
	for (int k = 0; k < n; k++)
		p->in[p->series[k]].use = INPUT_SERIES;
	p->n_series = n;
	return n < 0 ? n : 0;
}

static double size_of(const struct onnx_value *v)
{
	double n = 1;
	for (int i = 0; i < v->rank; i++)
		n *= v->dim[i] > 0 ? (double)v->dim[i] : i ? 1024 : 1;
	return n;
}

/* The only series that is left; of nothing but states the largest. */
static int only_series(struct input_plan *p, struct err *e)
{
	char list[LIST_SIZE * 2];
	int n = 0, largest = -1;
	for (int i = 0; i < p->n; i++) {
		n += p->in[i].use == INPUT_SERIES;
		if (p->in[i].use == INPUT_SERIES)
			p->series[0] = i;
		if (p->in[i].use == INPUT_STATE && !p->in[i].setting &&
		    (largest < 0 || size_of(p->in[i].v) > size_of(p->in[largest].v)))
			largest = i;
	}
	if (!n && largest >= 0) {
		p->in[largest].use = INPUT_SERIES;
		p->series[n++] = largest;
	}
	p->n_series = 1;
	if (n == 1)
		return 0;
	if (!n)
		return err_set(e, ERR_FORMAT, "the network has no input that a window could enter");
	names_of(p, INPUT_SERIES, list, sizeof list);
	return err_set(e, ERR_UNSUPPORTED,
	               "the network reads %d series: %s; --input NAME says which takes the window, --input NAME,NAME "
	               "joins their channels, --set NAME=zeros fills one",
	               n, list);
}

/* What an input is when --input says nothing of it. */
static enum input_use default_use(const struct scope *s, struct planned_input *in, bool named)
{
	static const char *const lengths[] = { "len", "steps", NULL };
	const struct sym *y = scope_sym(s, in->v->name);
	if (in->setting)
		return INPUT_SETTING;
	if (y && !y->uses)
		return INPUT_UNREAD;
	if (onnx_dtype(in->v->type) != DT_REAL && in->v->rank >= 0 && in->v->rank <= 1 &&
	    has_word(in->v->name, lengths))
		return INPUT_LENGTH;
	return is_state(s, in->v) || (named && onnx_dtype(in->v->type) == DT_REAL) ? INPUT_STATE : INPUT_SERIES;
}

/* A series is of numbers; beside others one of whole numbers has an axis of time at least. */
static int check_series(const struct input_plan *p, const struct onnx_value *v, struct err *e)
{
	int type = onnx_dtype(v->type);
	if (type < 0)
		return err_set(e, ERR_UNSUPPORTED, "input '%.60s' is of type %s; tsviz feeds numbers", v->name,
		               onnx_type_name(v->type));
	if (type == DT_REAL || v->rank > 1 || (p->n == 1 && v->rank))
		return 0;
	return err_set(e, ERR_UNSUPPORTED,
	               "input '%.60s' is of type %s and takes no window; --set %.60s=VALUE says what it holds", v->name,
	               onnx_type_name(v->type), v->name);
}

static int check_plan(const struct input_plan *p, struct err *e)
{
	for (int i = 0; i < p->n; i++) {
		const struct planned_input *in = &p->in[i];
		if (in->use == INPUT_SERIES && in->v->rank < 0)
			return err_set(e, ERR_FORMAT, "input '%.60s' has no shape", in->v->name);
	}
	return 0;
}

int onnx_plan_inputs(struct onnx_net *net, struct scope *s, const struct read_options *o, struct input_plan *p)
{
	const struct onnx_graph *g = s->g;
	struct err *e = net->e;
	*p = (struct input_plan){ .T = o->window > 0 ? o->window : 0 };
	p->in = arena_alloc(&net->arena, (size_t)g->n_in + 1, sizeof *p->in);
	p->series = arena_alloc(&net->arena, INPUTS_JOINED_MAX, sizeof *p->series);
	for (int i = 0; i < g->n_in; i++) {
		const struct sym *y = scope_sym(s, g->in[i].name);
		if (y && !y->init)
			p->in[p->n++] =
			        (struct planned_input){ .v = &g->in[i], .setting = input_setting_of(o, g->in[i].name) };
	}
	const char **names = arena_alloc(&net->arena, (size_t)p->n + 1, sizeof *names);
	for (int i = 0; i < p->n; i++)
		names[i] = p->in[i].v->name;
	if (!p->n)
		return err_set(e, ERR_FORMAT, "the network has no input");
	int bad = input_settings_check(o, p->n, names, e);
	for (int i = 0; i < p->n; i++)
		p->in[i].use =
		        p->n == 1 && !p->in[i].setting ? INPUT_SERIES : default_use(s, &p->in[i], o->input != NULL);
	bad = !bad && o->input ? named_series(p, o, names, e) : bad;
	for (int i = 0; i < p->n && !bad; i++)
		if (p->in[i].use == INPUT_SERIES)
			bad = check_series(p, p->in[i].v, e);
	bad = bad || o->input ? bad : only_series(p, e);
	return bad ? bad : check_plan(p, e);
}

/* ---- values of the other inputs ---- */

static int make_other(struct onnx_net *net, struct scope *s, const struct input_plan *p, const struct planned_input *in)
{
	struct err *e = net->e;
	struct shape sh;
	struct sym *y = scope_sym(s, in->v->name);
	char want[96];
	onnx_shape_words(in->v, want, sizeof want);
	int type = onnx_dtype(in->v->type),
	    bad = input_other_shape(in->v->name, in->setting, in->v->rank, in->v->dim, want, &sh, e);
	if (bad || !y)
		return bad;
	if (type < 0)
		return err_set(e, ERR_UNSUPPORTED, "input '%.60s' is of type %s, which is not supported", in->v->name,
		               onnx_type_name(in->v->type));
	double fill = in->use == INPUT_LENGTH ? (double)(p->T > 0 ? p->T : 1) : in->setting ? in->setting->value : 0;
	int64_t n = shape_count(&sh);
	real *r = type == DT_REAL ? xcalloc((size_t)n + 1, sizeof *r) : NULL;
	int64_t *whole = type == DT_REAL ? NULL : xcalloc((size_t)n + 1, sizeof *whole);
	for (int64_t i = 0; i < n && !bad; i++) {
		double v = in->setting && in->setting->array ? in->setting->data[i] : fill;
		if (r)
			r[i] = (real)v;
		else if (v != floor(v) || fabs(v) > 9e15)
			bad = err_set(e, ERR_VALUE, "--set %.60s: the input is of type %s and takes whole numbers",
			              in->v->name, onnx_type_name(in->v->type));
		else
			whole[i] = (int64_t)v;
	}
	if (!bad)
		y->value = r ? graph_const_real(net->g, in->v->name, &sh, r, false, e)
		             : graph_const_int(net->g, in->v->name, &sh, whole, e);
	free(r);
	free(whole);
	return bad ? bad : y->value < 0 ? y->value : 0;
}

int onnx_other_inputs(struct onnx_net *net, struct scope *s, const struct input_plan *p, int which)
{
	int bad = 0;
	for (int i = 0; i < p->n && !bad; i++) {
		const struct planned_input *in = &p->in[i];
		struct sym *y = scope_sym(s, in->v->name);
		if (i == which || in->use == INPUT_UNREAD || (which < 0 && in->use == INPUT_SERIES))
			continue;
		if (in->use != INPUT_SERIES) {
			bad = make_other(net, s, p, in);
			continue;
		}
		struct shape sh = { .rank = in->v->rank };
		for (int k = 0; k < sh.rank; k++)
			sh.dim[k] = in->v->dim[k] > 0 ? in->v->dim[k] : k && p->T > 0 ? p->T : 1;
		y->value = graph_input(net->g, in->v->name, DT_REAL, &sh, net->e);
		bad = y->value < 0 ? y->value : 0;
	}
	return bad;
}

/* ---- the window ---- */

/* An input that takes all or some channels of the window. */
struct piece {
	const struct onnx_value *v;
	const char *layout;
	int64_t T, C; /* -1: open */
};

static int64_t size_at(const struct onnx_value *in, const char *layout, char axis)
{
	const char *p = strchr(layout, axis);
	return p ? in->dim[p - layout] : 1;
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

/* Finds the order of axes of a piece. */
static int lay_out(struct onnx_net *net, const struct read_options *o, struct input_plan *p, int which, struct piece *q)
{
	struct err *e = net->e;
	*q = (struct piece){ .v = p->in[which].v };
	const struct onnx_value *in = q->v;
	const char *carried = onnx_meta_layout(net->f);
	struct found_layout found = { .C = -1 };
	if (o->layout) {
		q->layout = o->layout;
		snprintf(found.how, sizeof found.how, "by --layout");
	} else if (carried && (int)strlen(carried) == in->rank) {
		q->layout = carried;
		snprintf(found.how, sizeof found.how, "the file says so");
	} else if (onnx_find_layout(net, p, which, &found)) {
		q->layout = found.layout;
	}
	int bad = check_layout(q->layout, in, e);
	if (bad)
		return bad;
	q->T = size_at(in, q->layout, 'T');
	q->C = size_at(in, q->layout, 'C');
	if (q->T > 0 && o->window > 0 && q->T != o->window)
		return err_set(e, ERR_VALUE, "the network takes windows of %lld steps, not %lld", (long long)q->T,
		               (long long)o->window);
	if (q->T < 0 && o->window <= 0)
		return err_set(e, ERR_VALUE, "the network takes windows of any length; say which with --window");
	q->T = q->T > 0 ? q->T : o->window;
	q->C = q->C > 0 ? q->C : found.C > 0 ? found.C : onnx_channels_read(net->f->graph);
	if (q->C < 0)
		return err_set(e, ERR_UNSUPPORTED,
		               "input '%s' leaves the number of channels open; export the network with a fixed one",
		               in->name);
	if (p->n_series == 1 || !net->m->layout_how)
		net->m->layout_how = model_text(net->m, found.how);
	if (*found.doubt)
		model_warn(net->m, found.doubt);
	return 0;
}

static int ints(struct onnx_net *net, int n, const int64_t *v)
{
	struct shape sh = { 1, { n } };
	return graph_const_int(net->g, NULL, &sh, v, net->e);
}

/* Takes the channels from `from` on out of the window and brings them into the piece's order of axes. */
static int cut_piece(struct onnx_net *net, const struct piece *q, int window, const char *layout, int64_t from)
{
	struct err *e = net->e;
	int64_t to = from + q->C, axis = strchr(layout, 'C') - layout, dims[RANK_MAX];
	int in[] = { window, ints(net, 1, &from), ints(net, 1, &to), ints(net, 1, &axis) };
	if (in[1] < 0 || in[2] < 0 || in[3] < 0)
		return e->code;
	int v = graph_op(net->g, "Slice", "", 4, in, 0, NULL, e);
	const char *t = strchr(q->layout, 'T'), *c = strchr(q->layout, 'C');
	bool time_first = c && t < c, window_time_first = strchr(layout, 'T') < strchr(layout, 'C');
	struct attr perm = attr_is("perm", 3, (const int64_t[]){ 0, 2, 1 });
	if (v >= 0 && c && time_first != window_time_first)
		v = graph_op(net->g, "Transpose", "", 1, &v, 1, &perm, e);
	int rank = (int)strlen(q->layout);
	for (int i = 0; i < rank; i++)
		dims[i] = q->layout[i] == 'T' ? q->T : q->layout[i] == 'C' ? q->C : 1;
	int shape = v < 0 ? v : ints(net, rank, dims), out = -1;
	if (shape < 0)
		return shape;
	const char *name = q->v->name;
	return graph_node(net->g, "Reshape", name, 2, (const int[]){ v, shape }, 1, &name, 0, NULL, &out, e);
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

/* Makes one window of several inputs. */
static int join_pieces(struct onnx_net *net, struct scope *s, const struct piece *q, int n)
{
	struct err *e = net->e;
	struct model *m = net->m;
	const char *layout = !strcmp(q->layout, "NTC") ? "NTC" : "NCT";
	int64_t C = 0, at = 0;
	char *name = xstrdup(q->v->name);
	for (int i = 0; i < n; i++) {
		char *more = i ? xasprintf("%s,%s", name, q[i].v->name) : xstrdup(name);
		free(name);
		name = more;
		C += q[i].C;
		if (q[i].T != q->T) {
			free(name);
			return err_set(e, ERR_VALUE,
			               "--input joins inputs of as many steps; '%.60s' has %lld and '%.60s' %lld",
			               q->v->name, (long long)q->T, q[i].v->name, (long long)q[i].T);
		}
		if (q[i].C > COUNT_MAX || C > COUNT_MAX) {
			free(name);
			return err_set(e, ERR_LIMIT, "the inputs have too many channels");
		}
	}
	int window = model_input(m, name, "Input", layout, q->T, C, 1, e);
	free(name);
	if (window < 0)
		return window;
	onnx_give_layer(net, 0);
	for (int i = 0; i < n; i++) {
		struct sym *y = scope_sym(s, q[i].v->name);
		y->value = cut_piece(net, &q[i], window, layout, at);
		at += q[i].C;
		y->dep = true;
		int l = y->value < 0 ? y->value
		                     : model_layer(m, onnx_unique_name(net, q[i].v->name), "Slice", "", LAYER_LAYOUT,
		                                   y->value, y->value, 1, (const int[]){ 0 }, e);
		if (l < 0)
			return l;
		onnx_give_layer(net, l);
	}
	return 0;
}

/* Lists all inputs for `info`, and says which became zeros. */
static void say_inputs(struct onnx_net *net, const struct input_plan *p)
{
	char zeros[LIST_SIZE], use[160], text[LIST_SIZE + 200], shape[96];
	for (int i = 0; i < p->n && p->n > 1; i++) {
		const struct planned_input *in = &p->in[i];
		onnx_shape_words(in->v, shape, sizeof shape);
		switch (in->use) {
		case INPUT_SERIES:
			snprintf(use, sizeof use,
			         p->n_series > 1 ? "takes channels of the window" : "takes the window");
			break;
		case INPUT_STATE:
			snprintf(use, sizeof use, "zeros; --set %.60s=... sets it", in->v->name);
			break;
		case INPUT_LENGTH:
			snprintf(use, sizeof use, "%lld, the steps of the window; --set %.60s=... sets it",
			         (long long)p->T, in->v->name);
			break;
		case INPUT_SETTING:
			input_setting_words(in->setting, use, sizeof use);
			break;
		case INPUT_UNREAD:
			snprintf(use, sizeof use, "not read");
			break;
		}
		model_add_port(net->m, false, in->v->name, shape, use);
	}
	names_of(p, INPUT_STATE, zeros, sizeof zeros);
	if (!*zeros)
		return;
	snprintf(text, sizeof text,
	         "beside the window, these inputs are zeros: %s; --set NAME=VALUE or NAME=FILE.npy sets one", zeros);
	model_warn(net->m, text);
}

int onnx_make_inputs(struct onnx_net *net, struct scope *s, const struct read_options *o)
{
	struct input_plan p;
	struct piece q[INPUTS_JOINED_MAX];
	int bad = onnx_plan_inputs(net, s, o, &p);
	for (int i = 0; i < p.n_series && !bad; i++)
		bad = lay_out(net, o, &p, p.series[i], &q[i]);
	if (bad)
		return bad;
	p.T = q->T;
	const char *batch = strchr(q->layout, 'N');
	/* What is constant beside the window has one batch. */
	net->m->fixed_batch = p.n > 1 || (batch && q->v->dim[batch - q->layout] > 0);
	if (p.n_series > 1) {
		bad = join_pieces(net, s, q, p.n_series);
	} else {
		struct sym *y = scope_sym(s, q->v->name);
		y->value = whole_numbers(net, s, q->v,
		                         model_input(net->m, q->v->name, "Input", q->layout, q->T, q->C, 1, net->e));
		y->dep = true;
		bad = y->value < 0 ? y->value : 0;
	}
	bad = bad ? bad : onnx_other_inputs(net, s, &p, -1);
	if (!bad)
		say_inputs(net, &p);
	return bad;
}
