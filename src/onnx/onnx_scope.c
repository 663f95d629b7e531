/* Gives the names of an ONNX graph numbers, in the order of the graph, and counts who reads them. */
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx_net.h"

static size_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u;
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ (h >> 32));
}

static size_t slot_of(const struct scope *s, const char *name)
{
	size_t i = hash(name) & (s->slots - 1);
	while (s->slot[i] && strcmp(s->sym[s->slot[i] - 1].name, name) != 0)
		i = (i + 1) & (s->slots - 1);
	return i;
}

int scope_find(const struct scope *s, const char *name)
{
	return *name ? s->slot[slot_of(s, name)] - 1 : SYM_NONE;
}

struct sym *scope_sym(const struct scope *s, const char *name)
{
	for (; s; s = s->up) {
		int i = scope_find(s, name);
		if (i >= 0 && s->sym[i].made)
			return &s->sym[i];
	}
	return NULL;
}

int scope_add(struct scope *s, const char *name)
{
	int at = scope_find(s, name);
	if (at >= 0 || !*name)
		return at;
	if ((size_t)(s->n + 1) * 2 > s->slots) {
		free(s->slot);
		s->slots *= 2;
		s->slot = xcalloc(s->slots, sizeof *s->slot);
		for (int i = 0; i < s->n; i++)
			s->slot[slot_of(s, s->sym[i].name)] = i + 1;
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->sym = xrealloc(s->sym, (size_t)s->cap, sizeof *s->sym);
	}
	s->sym[s->n] = (struct sym){ .name = name, .value = -1, .node = -1, .user = -1, .layer = -1 };
	s->slot[slot_of(s, name)] = s->n + 1;
	return s->n++;
}

/* A use in a nested graph counts twice, so that no layer can absorb the value. */
static void nested_uses(struct scope *s, const struct onnx_graph *g)
{
	for (int i = 0; i < g->n_node; i++) {
		for (int k = 0; k < g->node[i].n_in; k++) {
			int y = scope_find(s, g->node[i].in[k]);
			if (y >= 0)
				s->sym[y].uses += 2;
		}
		for (int k = 0; k < g->node[i].n_attr; k++)
			if (g->node[i].attr[k].g)
				nested_uses(s, g->node[i].attr[k].g);
	}
	for (int i = 0; i < g->n_out; i++) {
		int y = scope_find(s, g->out[i].name);
		if (y >= 0)
			s->sym[y].uses += 2;
	}
}

static int defined_twice(const char *name, struct err *e)
{
	return err_set(e, ERR_FORMAT, "tensor '%s' is defined twice", name);
}

static int add_node(struct scope *s, int i, struct err *e)
{
	const struct onnx_node *n = &s->g->node[i];
	s->in[i] = xcalloc((size_t)n->n_in + 1, sizeof **s->in);
	s->out[i] = xcalloc((size_t)n->n_out + 1, sizeof **s->out);
	for (int k = 0; k < n->n_out; k++) {
		int y = s->out[i][k] = scope_add(s, n->out[k]);
		if (y >= 0 && s->sym[y].made)
			return defined_twice(n->out[k], e);
		if (y >= 0) {
			s->sym[y].made = true;
			s->sym[y].node = i;
		}
	}
	return 0;
}

int scope_new(struct scope *s, struct scope *up, const struct onnx_graph *g, struct err *e)
{
	*s = (struct scope){ .up = up, .g = g, .slots = 64 };
	s->slot = xcalloc(s->slots, sizeof *s->slot);
	s->in = xcalloc((size_t)g->n_node + 1, sizeof *s->in);
	s->out = xcalloc((size_t)g->n_node + 1, sizeof *s->out);
	s->group = xcalloc((size_t)g->n_node + 1, sizeof *s->group);
	for (int i = 0; i < g->n_init; i++) {
		int y = scope_add(s, g->init[i].name);
		if (y < 0)
			continue;
		if (s->sym[y].made)
			return defined_twice(g->init[i].name, e);
		s->sym[y].init = &g->init[i];
		s->sym[y].made = true;
	}
	for (int i = 0; i < g->n_in; i++) {
		int y = scope_add(s, g->in[i].name);
		/* before IR 4 every initializer is also an input */
		if (y >= 0 && !s->sym[y].init) {
			if (s->sym[y].made)
				return defined_twice(g->in[i].name, e);
			s->sym[y].input = s->sym[y].made = true;
		}
	}
	for (int i = 0; i < g->n_node; i++) {
		int bad = add_node(s, i, e);
		if (bad)
			return bad;
	}
	for (int i = 0; i < g->n_node; i++) {
		const struct onnx_node *n = &g->node[i];
		for (int k = 0; k < n->n_in; k++) {
			int y = s->in[i][k] = scope_add(s, n->in[k]);
			if (y >= 0) {
				s->sym[y].uses++;
				s->sym[y].told += !strcmp(n->op, "Shape") || !strcmp(n->op, "Size");
				s->sym[y].user = i;
			}
		}
		for (int k = 0; k < n->n_attr; k++)
			if (n->attr[k].g)
				nested_uses(s, n->attr[k].g);
	}
	for (int i = 0; i < g->n_out; i++) {
		int y = scope_add(s, g->out[i].name);
		if (y >= 0)
			s->sym[y].uses += 2;
	}
	return 0;
}

void scope_free(struct scope *s)
{
	for (int i = 0; s->in && i < s->g->n_node; i++) {
		free(s->in[i]);
		free(s->out[i]);
	}
	free(s->in);
	free(s->out);
	free(s->sym);
	free(s->slot);
	free(s->group);
	free(s->groups);
	for (int i = 0; i < s->n_path; i++)
		free(s->path[i]);
	free(s->path);
}
