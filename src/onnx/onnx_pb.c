/* Unpacks ONNX files with protobuf-c, within a budget of memory, and lists their contents in plain structs. */
#include <stdlib.h>
#include <string.h>
#include "gen/onnx.pb-c.h"
#include "src/onnx/onnx.h"

/* ---- memory with a budget ---- */

struct budget {
	int64_t left;
	bool out;
};

static void *budget_alloc(void *data, size_t size)
{
	struct budget *b = data;
	if (size > (size_t)INT64_MAX - 32 || (int64_t)size + 32 > b->left) {
		b->out = true;
		return NULL;
	}
	b->left -= (int64_t)size + 32;
	return xmalloc(size ? size : 1);
}

static void budget_free(void *data, void *p)
{
	(void)data;
	free(p);
}

static const ProtobufCMessageDescriptor *const roots[] = { &tsv__model__descriptor, &tsv__tensor__descriptor };

/* used: how much of the budget is gone. */
static int unpack(int root, const unsigned char *data, size_t n, int64_t budget, int64_t used, struct onnx_file *f,
                  struct err *e)
{
	struct budget b = { budget - used, false };
	ProtobufCAllocator a = { budget_alloc, budget_free, &b };
	f->message = protobuf_c_message_unpack(roots[root], &a, n, data);
	if (f->message)
		return 0;
	if (b.out)
		return err_set(e, ERR_LIMIT, "the file unpacks to more than %lld MB; see --max-mem",
		               (long long)(budget >> 20));
	return err_set(e, ERR_FORMAT, "is not a valid ONNX file: its parts do not fit ONNX's schema");
}

/* ---- plain structs ---- */

static const char *text(const char *s)
{
	return s ? s : "";
}

static const struct onnx_entry *entries(struct arena *a, size_t n, Tsv__Entry *const *from)
{
	struct onnx_entry *to = arena_alloc(a, n, sizeof *to);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct onnx_entry){ text(from[i]->key), text(from[i]->value) };
	return to;
}

static struct onnx_tensor tensor(struct arena *a, const Tsv__Tensor *t)
{
	struct onnx_tensor o = { .name = text(t->name),
		                 .n_dim = (int)t->n_dims,
		                 .type = t->has_data_type ? t->data_type : 0,
		                 .dim = t->dims,
		                 .raw = t->raw_data.data,
		                 .n_raw = t->raw_data.len,
		                 .has_raw = t->has_raw_data,
		                 .f = t->float_data,
		                 .n_f = t->n_float_data,
		                 .i32 = t->int32_data,
		                 .n_i32 = t->n_int32_data,
		                 .i64 = t->int64_data,
		                 .n_i64 = t->n_int64_data,
		                 .d = t->double_data,
		                 .n_d = t->n_double_data,
		                 .u64 = t->uint64_data,
		                 .n_u64 = t->n_uint64_data,
		                 .external = t->data_location == 1,
		                 .n_entry = (int)t->n_external_data };
	o.entry = entries(a, t->n_external_data, t->external_data);
	return o;
}

/* NULL: it holds a NUL byte, so it is no text. */
static const char *bytes_text(struct arena *a, ProtobufCBinaryData b)
{
	if (b.len && memchr(b.data, 0, b.len))
		return NULL;
	char *s = arena_alloc(a, b.len + 1, 1);
	if (b.len)
		memcpy(s, b.data, b.len);
	return s;
}

static const char *const *texts(struct arena *a, size_t n, char *const *from)
{
	const char **to = arena_alloc(a, n, sizeof *to);
	for (size_t i = 0; i < n; i++)
		to[i] = text(from[i]);
	return to;
}

static struct onnx_tensor *initializers(struct arena *a, const Tsv__Graph *g);
static const struct onnx_graph *graph(struct arena *a, const Tsv__Graph *g, const struct onnx_tensor *init);

/* Files up to IR 3 may omit the type of an attribute; the value that is present tells it. */
static int attr_type(const Tsv__Attribute *t)
{
	if (t->has_type && t->type)
		return t->type >= ONNX_A_FLOAT && t->type <= ONNX_A_STRINGS ? t->type : 0;
	return t->has_f       ? ONNX_A_FLOAT
	       : t->has_i     ? ONNX_A_INT
	       : t->has_s     ? ONNX_A_STRING
	       : t->t         ? ONNX_A_TENSOR
	       : t->g         ? ONNX_A_GRAPH
	       : t->n_floats  ? ONNX_A_FLOATS
	       : t->n_ints    ? ONNX_A_INTS
	       : t->n_strings ? ONNX_A_STRINGS
	                      : 0;
}

static struct onnx_attr attribute(struct arena *a, const Tsv__Attribute *t)
{
	struct onnx_attr o = { .name = text(t->name), .type = attr_type(t), .i = t->i, .f = (double)t->f };
	if (t->ref_attr_name && *t->ref_attr_name)
		return (struct onnx_attr){ .name = o.name, .ref = t->ref_attr_name };
	if (o.type == ONNX_A_STRING && !(o.s = bytes_text(a, t->s)))
		o.type = 0;
	if (o.type == ONNX_A_TENSOR && t->t) {
		struct onnx_tensor one = tensor(a, t->t);
		o.t = arena_dup(a, &one, 1, sizeof one);
	}
	if (o.type == ONNX_A_GRAPH && t->g)
		o.g = graph(a, t->g, initializers(a, t->g));
	if ((o.type == ONNX_A_TENSOR && !o.t) || (o.type == ONNX_A_GRAPH && !o.g))
		o.type = 0;
	if (o.type == ONNX_A_INTS) {
		o.n = (int)t->n_ints;
		o.ints = t->n_ints ? t->ints : arena_alloc(a, 1, sizeof *o.ints);
	}
	if (o.type == ONNX_A_FLOATS) {
		double *d = arena_alloc(a, t->n_floats + 1, sizeof *d);
		for (size_t i = 0; i < t->n_floats; i++)
			d[i] = (double)t->floats[i];
		o.n = (int)t->n_floats;
		o.floats = d;
	}
	if (o.type == ONNX_A_STRINGS) {
		const char **s = arena_alloc(a, t->n_strings + 1, sizeof *s);
		for (size_t i = 0; i < t->n_strings; i++)
			if (!(s[i] = bytes_text(a, t->strings[i])))
				o.type = 0;
		o.n = (int)t->n_strings;
		o.strings = s;
	}
	return o;
}

static struct onnx_node node(struct arena *a, const Tsv__Node *t)
{
	struct onnx_node o = { .name = text(t->name),
		               .op = text(t->op_type),
		               .domain = text(t->domain),
		               .overload = text(t->overload),
		               .n_in = (int)t->n_input,
		               .n_out = (int)t->n_output,
		               .n_attr = (int)t->n_attribute };
	o.in = texts(a, t->n_input, t->input);
	o.out = texts(a, t->n_output, t->output);
	struct onnx_attr *at = arena_alloc(a, t->n_attribute, sizeof *at);
	for (size_t i = 0; i < t->n_attribute; i++)
		at[i] = attribute(a, t->attribute[i]);
	o.attr = at;
	return o;
}

static const struct onnx_value *values(struct arena *a, size_t n, Tsv__ValueInfo *const *from)
{
	struct onnx_value *to = arena_alloc(a, n, sizeof *to);
	for (size_t i = 0; i < n; i++) {
		const Tsv__TensorType *t = from[i]->type ? from[i]->type->tensor_type : NULL;
		to[i] = (struct onnx_value){ .name = text(from[i]->name), .type = t ? t->elem_type : 0, .rank = -1 };
		if (!t || !t->shape)
			continue;
		size_t rank = t->shape->n_dim;
		int64_t *dim = arena_alloc(a, rank, sizeof *dim);
		const char **param = arena_alloc(a, rank, sizeof *param);
		for (size_t k = 0; k < rank; k++) {
			const Tsv__Dim *d = t->shape->dim[k];
			dim[k] = d->has_dim_value && d->dim_value > 0 ? d->dim_value : -1;
			param[k] = text(d->dim_param);
		}
		to[i].rank = (int)rank;
		to[i].dim = dim;
		to[i].param = param;
	}
	return to;
}

static const struct onnx_node *nodes(struct arena *a, size_t n, Tsv__Node *const *list)
{
	struct onnx_node *to = arena_alloc(a, n, sizeof *to);
	for (size_t i = 0; i < n; i++)
		to[i] = node(a, list[i]);
	return to;
}

static struct onnx_tensor *initializers(struct arena *a, const Tsv__Graph *g)
{
	struct onnx_tensor *init = arena_alloc(a, g->n_initializer, sizeof *init);
	for (size_t i = 0; i < g->n_initializer; i++)
		init[i] = tensor(a, g->initializer[i]);
	return init;
}

/* Recurses into nested graphs; onnx_wire.c has limited the depth. */
static const struct onnx_graph *graph(struct arena *a, const Tsv__Graph *g, const struct onnx_tensor *init)
{
	struct onnx_graph *o = arena_alloc(a, 1, sizeof *o);
	*o = (struct onnx_graph){ .name = text(g->name),
		                  .n_node = (int)g->n_node,
		                  .n_init = (int)g->n_initializer,
		                  .n_in = (int)g->n_input,
		                  .n_out = (int)g->n_output,
		                  .node = nodes(a, g->n_node, g->node),
		                  .init = init };
	o->in = values(a, g->n_input, g->input);
	o->out = values(a, g->n_output, g->output);
	return o;
}

/* Returns the version of ONNX's own operators in a list of domains. */
static int64_t opset(size_t n, Tsv__OpsetId *const *list, int64_t fallback)
{
	int64_t v = fallback;
	for (size_t i = 0; i < n; i++) {
		const char *d = text(list[i]->domain);
		if (!*d || !strcmp(d, "ai.onnx"))
			v = list[i]->version;
	}
	return v;
}

/* The versions of the operators that are not ONNX's own, by their domains. */
static void other_opsets(struct onnx_file *f, const Tsv__Model *m)
{
	struct onnx_entry *to = arena_alloc(&f->arena, m->n_opset_import, sizeof *to);
	for (size_t i = 0; i < m->n_opset_import; i++) {
		const char *d = text(m->opset_import[i]->domain);
		if (!*d || !strcmp(d, "ai.onnx"))
			continue;
		char *name = xasprintf("opset of %s", d),
		     *version = xasprintf("%lld", (long long)m->opset_import[i]->version);
		to[f->n_opset++] =
		        (struct onnx_entry){ arena_strdup(&f->arena, name), arena_strdup(&f->arena, version) };
		free(name);
		free(version);
	}
	f->opset_of = to;
}

static const struct onnx_function *functions(struct arena *a, const Tsv__Model *m)
{
	struct onnx_function *to = arena_alloc(a, m->n_functions, sizeof *to);
	for (size_t i = 0; i < m->n_functions; i++) {
		const Tsv__Function *t = m->functions[i];
		struct onnx_attr *at = arena_alloc(a, t->n_attribute_proto, sizeof *at);
		for (size_t k = 0; k < t->n_attribute_proto; k++)
			at[k] = attribute(a, t->attribute_proto[k]);
		to[i] = (struct onnx_function){ .name = text(t->name),
			                        .domain = text(t->domain),
			                        .overload = text(t->overload),
			                        .opset = opset(t->n_opset_import, t->opset_import, 0),
			                        .n_node = (int)t->n_node,
			                        .n_in = (int)t->n_input,
			                        .n_out = (int)t->n_output,
			                        .n_attr = (int)t->n_attribute_proto,
			                        .node = nodes(a, t->n_node, t->node),
			                        .attr = at };
		to[i].in = texts(a, t->n_input, t->input);
		to[i].out = texts(a, t->n_output, t->output);
	}
	return to;
}

/* The bytes that a tensor takes in the block of put_back(), where each begins at a multiple of 64. */
static size_t padded(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

/* Puts back what onnx_lighten() took. Numbers of core are copied into one block, which the model can take over, so that
 * they are copied once; others stay in the file. */
static void put_back(struct onnx_file *f, struct onnx_tensor *init, const struct onnx_light *l)
{
	size_t all = 0, at = 0;
	for (int k = 0; k < l->n_bulk; k++)
		if (onnx_is_core(init[l->bulk[k].index].type))
			all += padded(l->bulk[k].n);
	unsigned char *block = f->bulk = all ? xalloc_aligned(all) : NULL;
	for (int k = 0; k < l->n_bulk; k++) {
		const struct onnx_bulk *b = &l->bulk[k];
		struct onnx_tensor *t = &init[b->index];
		t->kept = onnx_is_core(t->type);
		t->raw = t->kept ? memcpy(block + at, b->p, b->n) : b->p;
		t->n_raw = b->n;
		at += t->kept ? padded(b->n) : 0;
	}
}

static int list_contents(struct onnx_file *f, const struct onnx_light *l, struct err *e)
{
	const Tsv__Model *m = f->message;
	f->ir = m->ir_version;
	f->opset = opset(m->n_opset_import, m->opset_import, 1);
	f->producer = text(m->producer_name);
	f->producer_version = text(m->producer_version);
	f->domain = text(m->domain);
	f->doc = text(m->doc_string);
	f->model_version = m->model_version;
	other_opsets(f, m);
	f->n_meta = (int)m->n_metadata_props;
	f->meta = entries(&f->arena, m->n_metadata_props, m->metadata_props);
	if (!m->graph)
		return err_set(e, ERR_FORMAT, "is no ONNX model: it has no graph");
	if (m->graph->n_sparse_initializer)
		return err_set(e, ERR_UNSUPPORTED, "sparse initializers are not supported; export with dense ones");
	struct onnx_tensor *init = initializers(&f->arena, m->graph);
	put_back(f, init, l);
	f->graph = graph(&f->arena, m->graph, init);
	f->n_function = (int)m->n_functions;
	f->function = functions(&f->arena, m);
	return onnx_inline(f, e);
}

int onnx_parse(const unsigned char *data, size_t n, int64_t budget, struct onnx_file *f, struct err *e)
{
	struct onnx_light light;
	*f = (struct onnx_file){ 0 };
	int bad = onnx_wire_check(data, n, e);
	if (bad)
		return bad;
	onnx_lighten(data, n, &light);
	bad = unpack(0, light.data, light.n, budget, (int64_t)(n - light.n), f, e);
	bad = bad ? bad : list_contents(f, &light, e);
	onnx_light_release(&light);
	return bad;
}

int onnx_parse_tensor(const unsigned char *data, size_t n, struct onnx_file *f, const struct onnx_tensor **t,
                      struct err *e)
{
	*f = (struct onnx_file){ 0 };
	int bad = onnx_wire_check_tensor(data, n, e);
	if (bad || (bad = unpack(1, data, n, (int64_t)n * 8 + (1 << 20), 0, f, e)))
		return bad;
	struct onnx_tensor one = tensor(&f->arena, f->message);
	*t = arena_dup(&f->arena, &one, 1, sizeof one);
	return 0;
}

/* The messages were allocated with malloc(), within the budget. */
void onnx_release(struct onnx_file *f)
{
	struct budget b = { 0, false };
	ProtobufCAllocator a = { budget_alloc, budget_free, &b };
	if (f->message)
		protobuf_c_message_free_unpacked(f->message, &a);
	arena_release(&f->arena);
	free(f->bulk);
	*f = (struct onnx_file){ 0 };
}
