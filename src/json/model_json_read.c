/* Reads the model format that src/json/model_json.c describes. The text is not trusted. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/json/json_read.h"
#include "src/json/model_json.h"
#include "src/read/read_model.h"
#include "core/base/text.h"
#include "core/base/words.h"

/* ---- parts of the text ---- */

static int only_keys(const cJSON *o, const char *place, const char *const *keys, struct err *e)
{
	if (!cJSON_IsObject(o))
		return err_set(e, ERR_FORMAT, "%s is not an object", place);
	for (const cJSON *c = o->child; c; c = c->next) {
		int i = 0;
		while (keys[i] && strcmp(keys[i], c->string) != 0)
			i++;
		if (!keys[i])
			return err_set(e, ERR_FORMAT, "%s: key \"%s\" is unknown", place, c->string);
	}
	return 0;
}

static int count(const cJSON *list)
{
	return cJSON_IsArray(list) ? cJSON_GetArraySize(list) : 0;
}

/* Reads a whole number that is given as a number or as text. */
static bool whole(const cJSON *v, int64_t *out)
{
	if (!cJSON_IsString(v))
		return json_whole(v, out);
	char back[32];
	*out = strtoll(v->valuestring, NULL, 10);
	snprintf(back, sizeof back, "%lld", (long long)*out);
	return !strcmp(back, v->valuestring);
}

static bool take_wholes(const cJSON *list, int64_t *out)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, list) if (!whole(v, out++)) return false;
	return true;
}

static int take_shape(const cJSON *v, const char *name, struct shape *s, struct err *e)
{
	*s = (struct shape){ .rank = count(v) };
	if (!cJSON_IsArray(v) || s->rank > RANK_MAX || !take_wholes(v, s->dim))
		return err_set(e, ERR_FORMAT, "tensor '%s' has no shape of 0 to %d sizes", name, RANK_MAX);
	int64_t n = 1;
	for (int i = 0; i < s->rank; i++)
		if (s->dim[i] < 0 || !i64_mul(n, s->dim[i] ? s->dim[i] : 1, &n) || n > COUNT_MAX)
			return err_set(e, ERR_LIMIT, "tensor '%s' has a shape that is too large", name);
	return 0;
}

static int digit(char c)
{
	return c >= 'A' && c <= 'Z'   ? c - 'A'
	       : c >= 'a' && c <= 'z' ? c - 'a' + 26
	       : c >= '0' && c <= '9' ? c - '0' + 52
	       : c == '+'             ? 62
	       : c == '/'             ? 63
	                              : -1;
}

/* Decodes strict base64 into out, which holds `room` bytes. Moves *at behind what it has written. */
static bool decode(const char *s, unsigned char *out, size_t room, size_t *at)
{
	size_t n = strlen(s);
	if (n % 4)
		return false;
	for (size_t i = 0; i < n; i += 4) {
		int pad = s[i + 3] != '=' ? 0 : s[i + 2] != '=' ? 1 : 2;
		int d[4] = { digit(s[i]), digit(s[i + 1]), pad > 1 ? 0 : digit(s[i + 2]), pad ? 0 : digit(s[i + 3]) };
		if (d[0] < 0 || d[1] < 0 || d[2] < 0 || d[3] < 0 || (pad && i + 4 < n) ||
		    room - *at < (size_t)(3 - pad))
			return false;
		unsigned v = (unsigned)d[0] << 18 | (unsigned)d[1] << 12 | (unsigned)d[2] << 6 | (unsigned)d[3];
		for (int k = 0; k < 3 - pad; k++)
			out[(*at)++] = (unsigned char)(v >> (16 - 8 * k));
	}
	return true;
}

static bool take_numbers(const cJSON *list, float *out)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, list)
	{
		if (!cJSON_IsNumber(v) || fabs(v->valuedouble) > (double)FLT_MAX)
			return false;
		*out++ = (float)v->valuedouble;
	}
	return true;
}

static bool take_pieces(const cJSON *list, float *out, size_t n)
{
	unsigned char *raw = xmalloc(4 * n + 1);
	size_t at = 0;
	bool good = true;
	const cJSON *v;
	cJSON_ArrayForEach(v, list) good = good && cJSON_IsString(v) && decode(v->valuestring, raw, 4 * n, &at);
	good = good && at == 4 * n;
	for (size_t i = 0; good && i < n; i++) {
		const unsigned char *b = raw + 4 * i;
		uint32_t bits = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
		memcpy(&out[i], &bits, sizeof bits);
	}
	free(raw);
	return good;
}

/* Returns whether the list can hold n floats at all. This is checked before memory is reserved. */
static bool fits(const cJSON *list, int64_t n)
{
	if (!list->child || !cJSON_IsString(list->child))
		return count(list) == n;
	int64_t bytes = 0;
	const cJSON *v;
	cJSON_ArrayForEach(v, list) bytes += cJSON_IsString(v) ? (int64_t)(strlen(v->valuestring) / 4 * 3) : 0;
	return bytes >= 4 * n;
}

static int read_constant(struct model *m, const cJSON *v, struct err *e)
{
	static const char *const keys[] = { "name", "shape", "weight", "float32", "int64", NULL };
	const char *name = json_text(v, "name", "");
	const cJSON *f = json_get(v, "float32"), *i = json_get(v, "int64"), *list = f ? f : i;
	struct shape s;
	int bad = only_keys(v, "a constant", keys, e);
	if (!bad)
		bad = take_shape(json_get(v, "shape"), name, &s, e);
	if (bad)
		return bad;
	int64_t n = shape_count(&s);
	if (!*name || !f == !i || !cJSON_IsArray(list) || !fits(list, n))
		return err_set(e, ERR_FORMAT, "constant '%s' does not have the %lld numbers of its shape", name,
		               (long long)n);
	void *data = xcalloc((size_t)n + 1, f ? sizeof(float) : sizeof(int64_t));
	bool text = f && f->child && cJSON_IsString(f->child);
	if (!(text ? take_pieces(f, data, (size_t)n) : f ? take_numbers(f, data) : take_wholes(i, data)))
		bad = err_set(e, ERR_FORMAT, "constant '%s' holds something other than its %lld numbers", name,
		              (long long)n);
	else
		bad = f ? graph_const_float(m->graph, name, &s, data, cJSON_IsTrue(json_get(v, "weight")), e)
		        : graph_const_int(m->graph, name, &s, data, e);
	free(data);
	return bad < 0 ? bad : 0;
}

/* ---- nodes ---- */

/* The memory that building one node needs; all of it is freed together. */
struct node_parts {
	int *in;
	const char **out;
	struct attr *attr;
	int n_attr;
};

static void parts_free(struct node_parts *p)
{
	for (int i = 0; i < p->n_attr; i++) {
		free((void *)(uintptr_t)p->attr[i].ints);
		free((void *)(uintptr_t)p->attr[i].floats);
	}
	free(p->in);
	free(p->out);
	free(p->attr);
}

static bool take_attr(const cJSON *v, struct attr *a)
{
	static const char *const types[] = { "int", "float", "string", "ints", "floats" };
	const cJSON *x = cJSON_IsObject(v) ? v->child : NULL;
	int t = 0;
	*a = (struct attr){ .name = v->string };
	if (!x || x->next)
		return false;
	while (t < 5 && strcmp(types[t], x->string) != 0)
		t++;
	a->type = t < 5 ? (enum attr_type)t : ATTR_INT;
	switch (t) {
	case ATTR_INT:
		return whole(x, &a->i);
	case ATTR_FLOAT:
		a->f = x->valuedouble;
		return cJSON_IsNumber(x);
	case ATTR_STRING:
		a->s = x->valuestring;
		return cJSON_IsString(x);
	case ATTR_INTS: {
		int64_t *list = xcalloc((size_t)count(x) + 1, sizeof *list);
		a->ints = list;
		a->n = count(x);
		return cJSON_IsArray(x) && take_wholes(x, list);
	}
	case ATTR_FLOATS: {
		double *list = xcalloc((size_t)count(x) + 1, sizeof *list);
		const cJSON *y;
		a->floats = list;
		a->n = count(x);
		cJSON_ArrayForEach(y, x)
		{
			if (!cJSON_IsNumber(y))
				return false;
			*list++ = y->valuedouble;
		}
		return cJSON_IsArray(x);
	}
	default:
		return false;
	}
}

static int take_parts(struct model *m, const cJSON *v, const char *name, struct node_parts *p, struct err *e)
{
	const cJSON *in = json_get(v, "inputs"), *out = json_get(v, "outputs"), *attrs = json_get(v, "attributes"), *x;
	int i = 0;
	attrs = cJSON_IsObject(attrs) ? attrs : NULL;
	p->in = xcalloc((size_t)count(in) + 1, sizeof *p->in);
	p->out = xcalloc((size_t)count(out) + 1, sizeof *p->out);
	p->attr = xcalloc((size_t)cJSON_GetArraySize(attrs) + 1, sizeof *p->attr);
	cJSON_ArrayForEach(x, in)
	{
		int id = cJSON_IsString(x) ? graph_find(m->graph, x->valuestring) : -1;
		if (id < 0 && !cJSON_IsNull(x))
			return err_set(e, ERR_FORMAT, "node '%s' reads '%s', which does not come before it", name,
			               cJSON_IsString(x) ? x->valuestring : "?");
		p->in[i++] = id;
	}
	i = 0;
	cJSON_ArrayForEach(x, out)
	{
		if (!cJSON_IsString(x) && !cJSON_IsNull(x))
			return err_set(e, ERR_FORMAT, "node '%s': an output is not a name", name);
		p->out[i++] = cJSON_IsString(x) ? x->valuestring : "";
	}
	cJSON_ArrayForEach(x, attrs) if (!take_attr(x, &p->attr[p->n_attr++])) return err_set(
	        e, ERR_FORMAT, "node '%s': attribute '%s' is not of the form {type: value}", name, x->string);
	return 0;
}

static int read_node(struct model *m, const cJSON *v, struct err *e)
{
	static const char *const keys[] = { "op", "name", "inputs", "outputs", "attributes", NULL };
	const char *op = json_text(v, "op", ""), *name = json_text(v, "name", "");
	struct node_parts p = { 0 };
	int bad = only_keys(v, "a node", keys, e);
	if (!bad)
		bad = take_parts(m, v, name, &p, e);
	if (!bad)
		bad = graph_node(m->graph, op, name, count(json_get(v, "inputs")), p.in, count(json_get(v, "outputs")),
		                 p.out, p.n_attr, p.attr, NULL, e);
	parts_free(&p);
	return bad < 0 ? bad : 0;
}

static int read_nodes(struct model *m, const cJSON *list, struct err *e)
{
	const cJSON *v;
	int bad = 0;
	cJSON_ArrayForEach(v, list) if ((bad = read_node(m, v, e)) < 0) break;
	return bad;
}

/* ---- layers and the rest ---- */

static int read_facts(struct model *m, int layer, const cJSON *v, struct err *e)
{
	const cJSON *x;
	if (v && !cJSON_IsObject(v))
		return err_set(e, ERR_FORMAT, "facts is not an object");
	cJSON_ArrayForEach(x, v)
	{
		if (!cJSON_IsString(x))
			return err_set(e, ERR_FORMAT, "facts: \"%s\" is not a text", x->string);
		model_add_fact(m, layer, x->string, x->valuestring);
	}
	return 0;
}

static int read_layer(struct model *m, const cJSON *v, struct err *e)
{
	static const char *const keys[] = { "name", "type", "activation", "kind",  "nodes",
		                            "pre",  "act",  "reads",      "facts", NULL };
	const char *name = json_text(v, "name", ""), *kind = json_text(v, "kind", "");
	int bad = only_keys(v, "a layer", keys, e);
	if (!bad)
		bad = read_nodes(m, json_get(v, "nodes"), e);
	bool layout = !strcmp(kind, "layout");
	if (!bad && !layout && strcmp(kind, "analysed") != 0)
		bad = err_set(e, ERR_FORMAT, "kind is '%s', not analysed or layout", kind);
	int pre = graph_find(m->graph, json_text(v, "pre", "")), act = graph_find(m->graph, json_text(v, "act", ""));
	const cJSON *reads = json_get(v, "reads");
	int n = count(reads), at = 0, *in = xcalloc((size_t)n + 1, sizeof *in);
	const cJSON *x;
	cJSON_ArrayForEach(x, reads)
	{
		int64_t i = -1;
		if (!json_whole(x, &i) || i < 0 || i >= m->n_layer)
			bad = bad ? bad : err_set(e, ERR_FORMAT, "reads names a layer that does not come before it");
		in[at++] = (int)i;
	}
	if (!bad)
		bad = model_layer(m, name, json_text(v, "type", ""), json_text(v, "activation", ""),
		                  layout ? LAYER_LAYOUT : LAYER_ANALYSED, pre, act, n, in, e);
	free(in);
	if (bad >= 0)
		bad = read_facts(m, bad, json_get(v, "facts"), e);
	return bad < 0 ? err_at(e, "layer '%s'", name) : 0;
}

static int read_input(struct model *m, const cJSON *root, struct err *e)
{
	static const char *const keys[] = { "name", "type", "layout", "steps", "channels", "batch", NULL };
	static const char *const other_keys[] = { "name", "shape", NULL };
	const cJSON *v = json_get(root, "input"), *x;
	int64_t T = 0, C = 0, N = 1;
	int bad = only_keys(v, "input", keys, e);
	if (!bad && (!json_whole(json_get(v, "steps"), &T) || !json_whole(json_get(v, "channels"), &C) ||
	             (json_get(v, "batch") && !json_whole(json_get(v, "batch"), &N)) || T > COUNT_MAX || C > COUNT_MAX))
		bad = err_set(e, ERR_FORMAT, "input: steps, channels or batch is not a valid size");
	if (!bad && N != 1)
		bad = err_set(e, ERR_FORMAT,
		              "input: a batch of %lld windows; write 1, because tsviz feeds one window at a time",
		              (long long)N);
	if (!bad)
		bad = model_input(m, json_text(v, "name", ""), json_text(v, "type", "Input"),
		                  json_text(v, "layout", "NCT"), T, C, 1, e);
	cJSON_ArrayForEach(x, json_get(root, "other_inputs"))
	{
		struct shape s;
		const char *name = json_text(x, "name", "");
		if (bad >= 0)
			bad = only_keys(x, "an input", other_keys, e);
		if (bad >= 0)
			bad = take_shape(json_get(x, "shape"), name, &s, e);
		if (bad >= 0)
			bad = graph_input(m->graph, name, DT_REAL, &s, e);
	}
	return bad < 0 ? bad : 0;
}

const char **model_json_names(struct model *m, const cJSON *list, int *n)
{
	*n = count(list);
	const char **name = arena_alloc(&m->arena, (size_t)*n, sizeof *name);
	const cJSON *v;
	int i = 0;
	cJSON_ArrayForEach(v, list)
	{
		const char *s = cJSON_IsString(v) ? v->valuestring : "";
		name[i++] = text_clean_copy(&m->arena, s);
	}
	return *n ? name : NULL;
}

static int read_recipe(struct model *m, const cJSON *v, struct err *e)
{
	const cJSON *x;
	if (!v)
		return 0;
	if (!cJSON_IsObject(v))
		return err_set(e, ERR_FORMAT, "recipe is not an object");
	m->recipe = xcalloc(1, sizeof *m->recipe);
	recipe_init(m->recipe);
	cJSON_ArrayForEach(x, v)
	{
		if (!cJSON_IsString(x))
			return err_set(e, ERR_FORMAT, "recipe: \"%s\" is not a text", x->string);
		int bad = recipe_set(m->recipe, x->string, x->valuestring, e);
		if (bad)
			return err_at(e, "recipe");
	}
	return 0;
}

static int read_history(struct model *m, const cJSON *v, struct err *e)
{
	static const char *const keys[] = { "loss", "val_loss", "best", NULL };
	int64_t best = -1;
	if (!v)
		return 0;
	int bad = only_keys(v, "history", keys, e), n = count(json_get(v, "loss"));
	if (bad)
		return bad;
	if (count(json_get(v, "val_loss")) != n || !json_whole(json_get(v, "best"), &best) || best < -1 || best >= n)
		return err_set(e, ERR_FORMAT, "history: loss and val_loss differ in length, or best is beyond them");
	struct history *h = &m->history;
	h->n = n;
	h->best = (int)best;
	for (int k = 0; k < 2; k++) {
		double *out = arena_alloc(&m->arena, (size_t)n, sizeof *out);
		*(k ? &h->val_loss : &h->loss) = out;
		const cJSON *x;
		cJSON_ArrayForEach(x, json_get(v, k ? "val_loss" : "loss")) *out++ =
		        cJSON_IsNumber(x) ? x->valuedouble : (double)NAN;
	}
	return 0;
}

static int read_output_axes(struct model *m, const cJSON *v, struct err *e)
{
	static const char *const keys[] = { "steps", "channels", "first", "outer", NULL };
	if (!v)
		return 0;
	int bad = only_keys(v, "output_axes", keys, e);
	if (bad)
		return bad;
	int first = words_find(model_json_axes, json_text(v, "first", ""));
	int outer = words_find(model_json_axes, json_text(v, "outer", ""));
	if (!json_whole(json_get(v, "steps"), &m->out_steps) ||
	    !json_whole(json_get(v, "channels"), &m->out_channels) || m->out_steps < 1 || m->out_channels < 1 ||
	    m->out_steps > COUNT_MAX || m->out_channels > COUNT_MAX || first < 0 || outer < 0)
		return err_set(e, ERR_FORMAT,
		               "output_axes: steps and channels are no sizes, or first and outer are no axes");
	m->out_steps_first = first;
	m->out_steps_outer = outer;
	return 0;
}

static int read_text(struct model *m, const cJSON *root, struct err *e)
{
	static const char *const keys[] = { "format",       "version",       "producer",    "input",
		                            "other_inputs", "constants",     "layers",      "nodes",
		                            "output",       "channel_names", "class_names", "recipe",
		                            "history",      "output_axes",   "facts",       NULL };
	int64_t version = 0;
	if (strcmp(json_text(root, "format", ""), "tsviz-model") != 0)
		return err_set(e, ERR_FORMAT, "is JSON, but not a tsviz model (\"format\" is not \"tsviz-model\")");
	if (!json_whole(json_get(root, "version"), &version) || version != 1)
		return err_set(e, ERR_UNSUPPORTED, "has version %lld; only version 1 is read", (long long)version);
	int bad = only_keys(root, "the model", keys, e), n;
	const cJSON *v;
	m->producer = text_clean_copy(&m->arena, json_text(root, "producer", ""));
	if (!bad)
		bad = read_input(m, root, e);
	cJSON_ArrayForEach(v, json_get(root, "constants")) bad = bad ? bad : read_constant(m, v, e);
	cJSON_ArrayForEach(v, json_get(root, "layers")) bad = bad ? bad : read_layer(m, v, e);
	if (!bad)
		bad = read_nodes(m, json_get(root, "nodes"), e);
	if (!bad)
		bad = read_recipe(m, json_get(root, "recipe"), e);
	if (!bad)
		bad = read_output_axes(m, json_get(root, "output_axes"), e);
	if (!bad)
		bad = read_history(m, json_get(root, "history"), e);
	if (!bad)
		bad = read_facts(m, -1, json_get(root, "facts"), e);
	if (bad)
		return bad;
	m->channel = model_json_names(m, json_get(root, "channel_names"), &n);
	if (n && n != m->C)
		return err_set(e, ERR_FORMAT, "channel_names has %d names for %lld channels", n, (long long)m->C);
	m->class_name = model_json_names(m, json_get(root, "class_names"), &m->n_class_name);
	int out = graph_find(m->graph, json_text(root, "output", ""));
	return out < 0 ? err_set(e, ERR_FORMAT, "the output names a tensor that does not exist")
	               : model_finish(m, out, e);
}

struct model *model_json_read(const char *file, const char *text, size_t n, struct err *e)
{
	cJSON *root = json_parse(text, n, e);
	if (!root)
		return NULL;
	struct model *m = model_new(file, "tsviz JSON");
	if (read_text(m, root, e) < 0) {
		model_free(m);
		m = NULL;
	}
	cJSON_Delete(root);
	return m;
}

static bool probe(const unsigned char *data, size_t n)
{
	size_t i = 0;
	while (i < n && i < 4096 && data[i] && strchr(" \t\r\n", data[i]))
		i++;
	return i < n && data[i] == '{';
}

static struct model *read_json(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                               const struct read_options *o, struct err *e)
{
	(void)side;
	(void)o;
	return model_json_read(file, (const char *)data, n, e);
}

const struct reader reader_json = {
	.name = "tsviz JSON",
	.extensions = ".json",
	.foreign = true,
	.probe = probe,
	.read = read_json,
};
