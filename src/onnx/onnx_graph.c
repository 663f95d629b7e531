/* Adds an ONNX graph to the model in order, layer by layer. A node that tsviz cannot run becomes a layer without a
 * shape, and so does everything that depends on it, so that the architecture can still be shown. */
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "src/onnx/onnx_net.h"

/* ---- which layers read which ---- */

static int layer_of(const struct onnx_net *net, const struct sym *y)
{
	if (y->lost)
		return y->layer;
	return y->value >= 0 && y->value < net->values_done ? net->layer_of[y->value] : -1;
}

static const struct sym *input_sym(const struct scope *s, int node, int k)
{
	int y = s->in[node][k];
	if (y < 0)
		return NULL;
	return s->sym[y].made ? &s->sym[y] : s->up ? scope_sym(s->up, s->sym[y].name) : NULL;
}

/* Returns the layers that the nodes read, each once. The result is malloc'd. */
static int *layer_inputs(const struct onnx_net *net, const struct scope *s, const int *node, int n, int *n_in)
{
	int room = 0, *in;
	for (int i = 0; i < n; i++)
		room += s->g->node[node[i]].n_in;
	in = xcalloc((size_t)room + 1, sizeof *in);
	*n_in = 0;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < s->g->node[node[i]].n_in; k++) {
			const struct sym *y = input_sym(s, node[i], k);
			int l = y ? layer_of(net, y) : -1;
			for (int j = 0; j < *n_in && l >= 0; j++)
				l = in[j] == l ? -1 : l;
			if (l >= 0)
				in[(*n_in)++] = l;
		}
	return in;
}

void onnx_give_layer(struct onnx_net *net, int layer)
{
	const struct graph *g = net->g;
	if (g->n_value > net->layers_cap) {
		net->layers_cap = g->n_value * 2;
		net->layer_of = xrealloc(net->layer_of, (size_t)net->layers_cap, sizeof *net->layer_of);
	}
	for (; net->values_done < g->n_value; net->values_done++)
		net->layer_of[net->values_done] = g->value[net->values_done].depends ? layer : -1;
}

static const char *type_of(const struct scope *s, const struct group *grp)
{
	return grp->type ? grp->type : s->g->node[grp->head].op;
}

/* type: name of the layer's type. */
static int add_layer(struct onnx_net *net, struct scope *s, const struct group *grp, const char *type,
                     enum layer_kind kind, int pre, int act)
{
	int n_in, *in = layer_inputs(net, s, grp->node, grp->n, &n_in);
	int l = model_layer(net->m, onnx_layer_name(net, s, grp), type, grp->activation, kind, pre, act, n_in, in,
	                    net->e);
	free(in);
	if (l >= 0)
		onnx_give_layer(net, l);
	return l;
}

/* ---- what cannot be run ---- */

static bool is_lost(const struct scope *s, int node)
{
	for (int k = 0; k < s->g->node[node].n_in; k++) {
		const struct sym *y = input_sym(s, node, k);
		if (y && y->lost)
			return true;
	}
	return false;
}

static int lose(struct onnx_net *net, struct scope *s, const struct group *grp, enum layer_kind kind)
{
	int l = add_layer(net, s, grp, type_of(s, grp), kind, -1, -1);
	for (int i = 0; i < grp->n; i++)
		for (int k = 0; k < s->g->node[grp->node[i]].n_out; k++) {
			int y = s->out[grp->node[i]][k];
			if (y < 0)
				continue;
			s->sym[y].lost = true;
			s->sym[y].layer = l;
		}
	return l < 0 ? l : 0;
}

static int unsupported(struct onnx_net *net, struct scope *s, const struct group *grp)
{
	struct model *m = net->m;
	if (!m->n_unsupported++)
		m->unsupported = arena_strdup(&m->arena, net->e->text);
	*net->e = (struct err){ 0 };
	return lose(net, s, grp, LAYER_UNSUPPORTED);
}

/* ---- layers ---- */

static int value_of(const struct scope *s, int y)
{
	return y >= 0 ? s->sym[y].value : -1;
}

/* Returns the value that a loop is shown by: the first output that is read and depends on the window, because the first
 * outputs may only count its rounds. Of other layers it is act. */
static int loop_output(const struct onnx_net *net, const struct scope *s, const struct group *grp, int act)
{
	const struct onnx_node *n = &s->g->node[grp->head];
	if (grp->n != 1 || (strcmp(n->op, "Loop") != 0 && strcmp(n->op, "Scan") != 0))
		return act;
	for (int k = 0; k < n->n_out; k++) {
		int y = s->out[grp->head][k], v = value_of(s, y);
		if (v >= 0 && s->sym[y].uses && net->g->value[v].depends && net->g->value[v].dtype == DT_REAL)
			return v;
	}
	return act;
}

/* Returns the recurrent node into which a loop was turned (src/onnx/onnx_cell.c), of the nodes from `from` on, or
 * NULL. */
static const struct node *cell_of(const struct onnx_net *net, const struct scope *s, const struct group *grp, int from)
{
	static const char *const ops[] = { "LSTM", "GRU", "RNN" };
	const struct onnx_node *n = &s->g->node[grp->head];
	bool loop = !strcmp(n->op, "Loop") || !strcmp(n->op, "Scan");
	for (int i = from; i < net->g->n_node && loop && grp->n == 1; i++)
		for (int k = 0; k < 3; k++)
			if (!strcmp(net->g->node[i].op->name, ops[k]))
				return &net->g->node[i];
	return NULL;
}

static int finish_group(struct onnx_net *net, struct scope *s, const struct group *grp, bool layout)
{
	const struct graph *g = net->g;
	int act = value_of(s, grp->act), pre = value_of(s, grp->pre);
	int end = net->m->n_layer ? net->m->layer[net->m->n_layer - 1].end_node : 0;
	const struct node *cell = cell_of(net, s, grp, end);
	act = cell ? cell->out[0] : loop_output(net, s, grp, act);
	/* Only its shape is read: exporters write such moves around recurrent layers. */
	if (layout && grp->act >= 0 && s->sym[grp->act].told && s->sym[grp->act].told == s->sym[grp->act].uses)
		return 0;
	/* All of its values were computed while loading. */
	if (act < 0 || !g->value[act].depends || g->n_node == end)
		return 0;
	if (pre < 0 || !shape_equal(&g->value[pre].shape, &g->value[act].shape) || g->value[pre].dtype != DT_REAL)
		pre = act;
	if (g->value[act].dtype != DT_REAL)
		layout = true;
	int l = add_layer(net, s, grp, cell ? cell->op->name : type_of(s, grp), layout ? LAYER_LAYOUT : LAYER_ANALYSED,
	                  pre, act);
	return l < 0 ? l : 0;
}

static int emit_group(struct onnx_net *net, struct scope *s, const struct group *grp, bool layout)
{
	/* Put the members into the order of the file. */
	int order[sizeof grp->node / sizeof *grp->node], bad = 0;
	memcpy(order, grp->node, sizeof order);
	for (int i = 1; i < grp->n; i++)
		for (int k = i; k > 0 && order[k] < order[k - 1]; k--) {
			int t = order[k];
			order[k] = order[k - 1];
			order[k - 1] = t;
		}
	for (int i = 0; i < grp->n && net->m; i++)
		if (is_lost(s, order[i]))
			return lose(net, s, grp, LAYER_SHAPELESS);
	for (int i = 0; i < grp->n && !bad; i++)
		bad = onnx_emit(net, s, order[i]);
	if (bad && net->m && bad == ERR_UNSUPPORTED)
		return unsupported(net, s, grp);
	return bad || !net->m ? bad : finish_group(net, s, grp, layout);
}

/* Adds a node that is in no group: a constant, or an operator that only moves values. */
static int emit_single(struct onnx_net *net, struct scope *s, int node)
{
	struct group one = {
		.n = 1, .node = { node }, .last = node, .head = node, .pre = -1, .act = -1, .activation = ""
	};
	for (int k = 0; k < s->g->node[node].n_out && one.act < 0; k++)
		one.act = s->out[node][k];
	/* the layers of an If are the layers of its branch */
	bool layers = strcmp(s->g->node[node].op, "If") != 0;
	if (layers || !net->m || is_lost(s, node))
		return emit_group(net, s, &one, true);
	int bad = onnx_emit(net, s, node);
	return bad == ERR_UNSUPPORTED ? unsupported(net, s, &one) : bad;
}

/* ---- the order ---- */

/* Returns whether all that the node reads of earlier nodes has been added. A layer of several nodes is added at the
 * place of its last one, so a node between them that reads the first one must wait. */
static bool is_ready(const struct scope *s, int node, const bool *done)
{
	for (int k = 0; k < s->g->node[node].n_in; k++) {
		int y = s->in[node][k], from = y >= 0 && s->sym[y].made ? s->sym[y].node : -1;
		if (from >= 0 && from < node && !done[from])
			return false;
	}
	return true;
}

/* Adds the node, or the layer that ends with it. */
static int emit_at(struct onnx_net *net, struct scope *s, int node, bool *done)
{
	int g = s->group[node];
	if (g < 0) {
		done[node] = true;
		return emit_single(net, s, node);
	}
	if (node != s->groups[g].last)
		return 0;
	for (int i = 0; i < s->groups[g].n; i++)
		done[s->groups[g].node[i]] = true;
	return emit_group(net, s, &s->groups[g], false);
}

/* Adds those of the first n nodes that wait no longer. */
static int emit_waiting(struct onnx_net *net, struct scope *s, int n, int *waiting, int *n_waiting, bool *done)
{
	int left = 0, bad = 0;
	for (int i = 0; i < *n_waiting; i++)
		if (!bad && (n == s->g->n_node || is_ready(s, waiting[i], done)))
			bad = emit_at(net, s, waiting[i], done);
		else
			waiting[left++] = waiting[i];
	*n_waiting = left;
	return bad;
}

int onnx_emit_graph(struct onnx_net *net, struct scope *s)
{
	int bad = 0, n = s->g->n_node, n_waiting = 0, *waiting = xcalloc((size_t)n + 1, sizeof *waiting);
	bool *done = xcalloc((size_t)n + 1, sizeof *done);
	onnx_depends(s);
	onnx_groups(s);
	if (net->m)
		onnx_give_layer(net, 0);
	for (int i = 0; i < n && !bad; i++) {
		if (s->group[i] < 0 && !is_ready(s, i, done)) {
			waiting[n_waiting++] = i;
			continue;
		}
		bad = emit_at(net, s, i, done);
		if (!bad && n_waiting && done[i])
			bad = emit_waiting(net, s, i, waiting, &n_waiting, done);
	}
	if (!bad && n_waiting)
		bad = emit_waiting(net, s, n, waiting, &n_waiting, done);
	free(waiting);
	free(done);
	return bad;
}
