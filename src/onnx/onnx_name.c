/* Gives layers the names that people gave them: "/block1/conv1/Conv" becomes "block1/conv1". If the node has no
 * useful name, the name comes from its weights ("block1.conv1.weight") or its tensor. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/onnx/onnx_net.h"

const char *onnx_node_name(struct onnx_net *net, const struct scope *s, int node)
{
	const struct onnx_node *n = &s->g->node[node];
	(void)net;
	if (*n->name)
		return n->name;
	for (int k = 0; k < n->n_out; k++)
		if (*n->out[k])
			return n->out[k];
	return n->op;
}

/* Returns whether the name is only the operator, perhaps with a number, such as "Conv" or "Conv_12". */
static bool is_op_name(const char *s, const char *op)
{
	static const char *const other[] = { "Conv1D", "BiasAdd", "MatMul", "conv1d", "Conv2D", NULL };
	size_t n = strlen(op);
	for (int i = 0; other[i]; i++)
		if (!strcmp(s, other[i]))
			return true;
	/* onnxruntime names a normalisation after the product that ended it. */
	if (strstr(op, "Normalization") && !strncmp(s, "Mul", 3) && (!s[3] || s[3] == '_'))
		return true;
	/* PyTorch's newer exporter writes "node_Conv_12" and "n7". */
	if (!strncmp(s, "node_", 5))
		s += 5;
	if (*s == 'n' && s[1] && s[1 + strspn(s + 1, "0123456789")] == '\0')
		return true;
	if (strncmp(s, op, n) != 0)
		return false;
	s += n;
	if (*s == '_')
		s++;
	return s[strspn(s, "0123456789")] == '\0';
}

/* Returns a name from the weights: "conv1.weight" gives "conv1". */
static char *weight_name(const struct scope *s, const struct group *g)
{
	static const char *const ends[] = { ".weight", ".bias",   ".weight_v", ".weight_g",
		                            "_weight", "/kernel", ".W",        NULL };
	for (int i = 0; i < g->n; i++)
		for (int k = 0; k < s->g->node[g->node[i]].n_in; k++) {
			const char *w = s->g->node[g->node[i]].in[k];
			size_t n = strlen(w);
			int y = s->in[g->node[i]][k];
			if (y < 0 || !s->sym[y].init || !strncmp(w, "onnx::", 6))
				continue;
			for (int j = 0; ends[j]; j++) {
				size_t m = strlen(ends[j]);
				if (n > m && !strcmp(w + n - m, ends[j]))
					return xstrndup(w, n - m);
			}
		}
	return NULL;
}

/* Returns how much of the name is left without what onnxruntime's optimiser puts behind it: "/MatMulAddFusion/". */
static size_t without_fusions(const char *name)
{
	for (const char *part = strchr(name, '/'); part; part = strchr(part + 1, '/')) {
		size_t n = strcspn(part + 1, "/");
		if (n > 6 && !strncmp(part + 1 + n - 6, "Fusion", 6) && part > name)
			return (size_t)(part - name);
	}
	return strlen(name);
}

/* Removes the leading slash, what converters put in front and what optimisers add. The result is malloc'd. */
static char *plain(const char *name)
{
	static const char *const fronts[] = { "StatefulPartitionedCall/", "functional_1/", "PartitionedCall/" };
	name += strncmp(name, "fused ", 6) ? 0 : 6;
	while (*name == '/')
		name++;
	for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++)
		if (!strncmp(name, fronts[i], strlen(fronts[i])))
			name += strlen(fronts[i]);
	return xstrndup(name, without_fusions(name));
}

/* Returns the name of a group's head before it is shortened. */
static char *full_name(const struct scope *s, const struct group *g)
{
	const struct onnx_node *n = &s->g->node[g->head];
	const char *last = strrchr(n->name, '/');
	if (!*n->name || (!last && is_op_name(n->name, n->op))) {
		char *w = weight_name(s, g);
		if (w)
			return w;
		if (!*n->name && g->act >= 0)
			return plain(s->sym[s->out[g->head][0] >= 0 ? s->out[g->head][0] : g->act].name);
	}
	return plain(n->name);
}

/* Shortens "block1/conv1/Conv" to "block1/conv1". Returns NULL if nothing can be removed. */
static char *shorter(const char *name, const char *op)
{
	const char *last = strrchr(name, '/');
	return last && last != name && is_op_name(last + 1, op) ? xstrndup(name, (size_t)(last - name)) : NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_paths(struct scope *s)
{
	s->path = xcalloc((size_t)s->n_group + 1, sizeof *s->path);
	for (int i = 0; i < s->n_group; i++) {
		char *name = full_name(s, &s->groups[i]), *cut = shorter(name, s->g->node[s->groups[i].head].op);
		s->path[s->n_path++] = cut ? cut : xstrdup(name);
		free(name);
	}
	qsort(s->path, (size_t)s->n_path, sizeof *s->path, compare);
}

/* Returns the index of the first path that is not before p. */
static int lower(const struct scope *s, const char *p)
{
	int a = 0, b = s->n_path;
	while (a < b) {
		int m = (a + b) / 2;
		if (strcmp(s->path[m], p) < 0)
			a = m + 1;
		else
			b = m;
	}
	return a;
}

/* Returns whether no other layer has this path or lies within it. */
static bool alone(const struct scope *s, const char *path)
{
	int i = lower(s, path);
	if (i + 1 < s->n_path && !strcmp(s->path[i + 1], path))
		return false;
	char *within = xasprintf("%s/", path);
	i = lower(s, within);
	bool none = i == s->n_path || strncmp(s->path[i], within, strlen(within)) != 0;
	free(within);
	return none;
}

const char *onnx_unique_name(struct onnx_net *net, const char *name)
{
	const char *clean = text_clean_copy(&net->arena, *name ? name : "layer"), *own = clean;
	char *again = NULL;
	for (int i = 2; scope_find(net->names, again ? again : clean) >= 0; i++) {
		free(again);
		again = xasprintf("%s_%d", clean, i > 1000 ? net->names->n + i : i);
	}
	if (again)
		own = arena_strdup(&net->arena, again);
	free(again);
	scope_add(net->names, own);
	return own;
}

const char *onnx_layer_name(struct onnx_net *net, struct scope *s, const struct group *g)
{
	if (!s->path)
		list_paths(s);
	/* what only moves values has a name, but not its module's */
	bool listed = g >= s->groups && g < s->groups + s->n_group;
	char *name = full_name(s, g), *cut = listed ? shorter(name, s->g->node[g->head].op) : NULL;
	const char *own = onnx_unique_name(net, cut && alone(s, cut) ? cut : name);
	free(name);
	free(cut);
	return own;
}
