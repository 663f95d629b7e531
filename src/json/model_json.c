/* The model format of tsviz, version 1. The text is one object:
 *
 *	"format": "tsviz-model", "version": 1
 *	"producer"      text: the program that made the network ("Keras 1.2.2 HDF5")
 *	"input"         {"name", "type", "layout": one of layout_names, "steps", "channels", "batch"}
 *	"other_inputs"  [{"name", "shape"}]; optional
 *	"constants"     [{"name", "shape": [..], "weight": true|false, and one of
 *	                 "float32": [numbers] or ["base64", ..], little-endian; each piece holds a whole number of
 *floats, "int64": [whole numbers; as text beyond 2^53]}] "layers"        in order of execution; the input is layer 0
 *and is not listed:
 *	                {"name", "type", "activation", "kind": "analysed"|"layout", "nodes": [..],
 *	                 "pre", "act": the tensors before and after the activation, "reads": [numbers of layers]}
 *	"nodes"         [..] that follow the last layer; optional
 *	"output"        a tensor
 *	"output_axes"   {"steps", "channels": the output's time axis,
 *	                 "first": the outer axis in the original file, "outer": the outer axis of the tensor,
 *	                 each "steps" or "channels"}; optional
 *	"channel_names", "class_names"    [text]; optional
 *	"recipe"        {option: text}, as on the command line; optional
 *	"facts"         {name: text}: what the file that the model was read from says of itself; a layer has it, too;
 *	                optional
 *	"history"       {"loss": [..], "val_loss": [number or null, ..], "best": epoch from 0, -1: unknown}; optional
 *
 * A node is {"op": ONNX operator, "name", "inputs": [tensor or null, ..], "outputs": [tensor or null, ..],
 * "attributes": {name: {"int"|"float"|"string"|"ints"|"floats": value}}}. It follows the nodes whose outputs it reads.
 * Other keys are errors, so that nothing is ignored without a message. */
#include "src/json/model_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "src/json/json_read.h"
#include "src/json/json_write.h"
#include "src/read/read_model.h"
#include "src/json/recipe_json.h"

enum { PIECE = 3072, SHORT = 4 }; /* bytes in one base64 piece; arrays of up to SHORT values are written as numbers */

const char *const model_json_axes[] = { "channels", "steps", NULL };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* ---- writing ---- */

static void put_text(struct json *j, const char *key, const char *s)
{
	json_key(j, key);
	json_string(j, s);
}

static void put_texts(struct json *j, const char *key, const char *const *s, int64_t n)
{
	json_newline(j);
	json_key(j, key);
	json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_string(j, s[i]);
	json_end_array(j);
}

/* Writes a whole number exactly: as text if a double cannot hold it. */
static void put_whole(struct json *j, int64_t v)
{
	char text[32];
	if (v <= (int64_t)1 << 53 && v >= -((int64_t)1 << 53)) {
		json_int(j, v);
		return;
	}
	snprintf(text, sizeof text, "%lld", (long long)v);
	json_string(j, text);
}

static void put_shape(struct json *j, const struct shape *s)
{
	json_key(j, "shape");
	json_array(j);
	for (int i = 0; i < s->rank; i++)
		json_int(j, s->dim[i]);
	json_end_array(j);
}

static void put_piece(struct json *j, const unsigned char *p, size_t n)
{
	char text[PIECE / 3 * 4 + 1];
	size_t at = 0;
	for (size_t i = 0; i < n; i += 3) {
		unsigned v =
		        (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0u);
		text[at++] = alphabet[v >> 18];
		text[at++] = alphabet[v >> 12 & 63];
		text[at++] = i + 1 < n ? alphabet[v >> 6 & 63] : '=';
		text[at++] = i + 2 < n ? alphabet[v & 63] : '=';
	}
	text[at] = '\0';
	json_string(j, text);
}

static bool all_finite(const real *v, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		if (!isfinite((float)v[i]))
			return false;
	return true;
}

static void put_floats(struct json *j, const real *v, int64_t n)
{
	json_key(j, "float32");
	if (n <= SHORT && all_finite(v, n)) {
		json_reals(j, v, n);
		return;
	}
	json_array(j);
	unsigned char piece[PIECE];
	size_t at = 0;
	for (int64_t i = 0; i < n; i++) {
		float f = (float)v[i];
		uint32_t bits;
		memcpy(&bits, &f, sizeof bits);
		for (int k = 0; k < 4; k++)
			piece[at++] = (unsigned char)(bits >> (8 * k));
		if (at == PIECE || i + 1 == n) {
			put_piece(j, piece, at);
			at = 0;
		}
	}
	json_end_array(j);
}

static void put_constant(struct json *j, const struct value *v)
{
	int64_t n = shape_count(&v->shape);
	json_newline(j);
	json_object(j);
	put_text(j, "name", v->name);
	put_shape(j, &v->shape);
	json_key(j, "weight");
	json_bool(j, v->weight);
	if (v->dtype == DT_REAL) {
		put_floats(j, v->r, n);
	} else {
		json_key(j, "int64");
		json_array(j);
		for (int64_t i = 0; i < n; i++)
			put_whole(j, v->i[i]);
		json_end_array(j);
	}
	json_end_object(j);
}

static void put_attr(struct json *j, const struct attr *a)
{
	static const char *const types[] = { "int", "float", "string", "ints", "floats" };
	json_key(j, a->name);
	json_object(j);
	json_key(j, types[a->type]);
	switch (a->type) {
	case ATTR_INT:
		put_whole(j, a->i);
		break;
	case ATTR_FLOAT:
		json_number17(j, a->f);
		break;
	case ATTR_STRING:
		json_string(j, a->s);
		break;
	case ATTR_INTS:
	case ATTR_FLOATS:
		json_array(j);
		for (int i = 0; i < a->n; i++)
			if (a->type == ATTR_INTS)
				put_whole(j, a->ints[i]);
			else
				json_number17(j, a->floats[i]);
		json_end_array(j);
		break;
	}
	json_end_object(j);
}

static void put_tensors(struct json *j, const char *key, const struct graph *g, const int *id, int n)
{
	json_key(j, key);
	json_array(j);
	for (int i = 0; i < n; i++)
		if (id[i] >= 0)
			json_string(j, g->value[id[i]].name);
		else
			json_null(j);
	json_end_array(j);
}

static void put_nodes(struct json *j, const struct graph *g, int from, int to)
{
	json_key(j, "nodes");
	json_array(j);
	for (int i = from; i < to; i++) {
		const struct node *n = &g->node[i];
		json_newline(j);
		json_object(j);
		put_text(j, "op", n->op->name);
		put_text(j, "name", n->name);
		put_tensors(j, "inputs", g, n->in, n->n_in);
		put_tensors(j, "outputs", g, n->out, n->n_out);
		json_key(j, "attributes");
		json_object(j);
		for (int k = 0; k < n->n_attr; k++)
			put_attr(j, &n->attr[k]);
		json_end_object(j);
		json_end_object(j);
	}
	json_end_array(j);
}

/* Names may be equal in the file, but not in an object of JSON: then the first one is written. */
static void put_facts(struct json *j, const struct model_facts *f)
{
	if (!f->n)
		return;
	json_key(j, "facts");
	json_object(j);
	for (int i = 0; i < f->n; i++) {
		bool seen = false;
		for (int k = 0; k < i; k++)
			seen |= !strcmp(f->v[k].name, f->v[i].name);
		if (!seen)
			put_text(j, f->v[i].name, f->v[i].value);
	}
	json_end_object(j);
}

static void put_layer(struct json *j, const struct model *m, const struct layer *l)
{
	json_newline(j);
	json_object(j);
	put_text(j, "name", l->name);
	put_text(j, "type", l->type);
	put_text(j, "activation", l->activation);
	put_text(j, "kind", l->kind == LAYER_LAYOUT ? "layout" : "analysed");
	put_nodes(j, m->graph, l->first_node, l->end_node);
	put_text(j, "pre", m->graph->value[l->pre].name);
	put_text(j, "act", m->graph->value[l->act].name);
	json_key(j, "reads");
	json_ints(j, l->in, l->n_in);
	put_facts(j, &l->facts);
	json_end_object(j);
}

static void put_input(struct json *j, const struct model *m)
{
	const struct graph *g = m->graph;
	const struct shape *s = &g->value[m->input].shape;
	json_newline(j);
	json_key(j, "input");
	json_object(j);
	put_text(j, "name", g->value[m->input].name);
	put_text(j, "type", m->layer[0].type);
	put_text(j, "layout", m->layout);
	json_key(j, "steps");
	json_int(j, m->T);
	json_key(j, "channels");
	json_int(j, m->C);
	json_key(j, "batch");
	json_int(j, shape_count(s) / (m->T * m->C));
	json_end_object(j);
	if (g->n_input < 2)
		return;
	json_newline(j);
	json_key(j, "other_inputs");
	json_array(j);
	for (int i = 0; i < g->n_input; i++) {
		const struct value *v = &g->value[g->input[i]];
		if (g->input[i] == m->input)
			continue;
		json_object(j);
		put_text(j, "name", v->name);
		put_shape(j, &v->shape);
		json_end_object(j);
	}
	json_end_array(j);
}

static void put_constants(struct json *j, const struct model *m)
{
	const struct graph *g = m->graph;
	bool *used = xcalloc((size_t)g->n_value + 1, sizeof *used);
	for (int i = 0; i < g->n_node; i++)
		for (int k = 0; k < g->node[i].n_in; k++)
			if (g->node[i].in[k] >= 0)
				used[g->node[i].in[k]] = true;
	for (int i = 0; i < m->n_layer; i++)
		used[m->layer[i].act] = used[m->layer[i].pre] = true;
	json_newline(j);
	json_key(j, "constants");
	json_array(j);
	for (int i = 0; i < g->n_value; i++)
		if (used[i] && g->value[i].constant)
			put_constant(j, &g->value[i]);
	json_end_array(j);
	free(used);
}

static void put_recipe(struct json *j, const struct recipe *r)
{
	json_newline(j);
	json_key(j, "recipe");
	recipe_json(j, r);
}

static void put_output_axes(struct json *j, const struct model *m)
{
	json_newline(j);
	json_key(j, "output_axes");
	json_object(j);
	json_key(j, "steps");
	json_int(j, m->out_steps);
	json_key(j, "channels");
	json_int(j, m->out_channels);
	put_text(j, "first", model_json_axes[m->out_steps_first]);
	put_text(j, "outer", model_json_axes[m->out_steps_outer]);
	json_end_object(j);
}

static void put_history(struct json *j, const struct history *h)
{
	json_newline(j);
	json_key(j, "history");
	json_object(j);
	const double *const list[] = { h->loss, h->val_loss };
	for (int k = 0; k < 2; k++) {
		json_key(j, k ? "val_loss" : "loss");
		json_array(j);
		for (int i = 0; i < h->n; i++)
			json_number17(j, list[k][i]);
		json_end_array(j);
	}
	json_key(j, "best");
	json_int(j, h->best);
	json_end_object(j);
}

int model_json_write(const struct model *m, FILE *f, struct err *e)
{
	if (m->n_unsupported)
		return err_set(e, ERR_UNSUPPORTED, "a model with unsupported layers cannot be written");
	struct json w, *j = &w;
	json_init(j, f);
	json_object(j);
	put_text(j, "format", "tsviz-model");
	json_key(j, "version");
	json_int(j, 1);
	json_newline(j);
	put_text(j, "producer", *m->producer ? m->producer : m->format);
	put_input(j, m);
	put_constants(j, m);
	json_newline(j);
	json_key(j, "layers");
	json_array(j);
	for (int i = 1; i < m->n_layer; i++)
		put_layer(j, m, &m->layer[i]);
	json_end_array(j);
	int end = m->layer[m->n_layer - 1].end_node;
	if (end < m->graph->n_node) {
		json_newline(j);
		put_nodes(j, m->graph, end, m->graph->n_node);
	}
	json_newline(j);
	put_text(j, "output", m->graph->value[m->output].name);
	if (m->out_steps && !m->out_flat)
		put_output_axes(j, m);
	if (m->channel)
		put_texts(j, "channel_names", m->channel, m->C);
	if (m->n_class_name)
		put_texts(j, "class_names", m->class_name, m->n_class_name);
	if (m->facts.n)
		json_newline(j);
	put_facts(j, &m->facts);
	if (m->recipe)
		put_recipe(j, m->recipe);
	if (m->history.n)
		put_history(j, &m->history);
	json_newline(j);
	json_end_object(j);
	fputc('\n', f);
	return 0;
}
