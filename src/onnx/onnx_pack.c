/* The inverse of src/onnx/onnx_pb.c: turns plain structs into protobuf messages and writes their bytes. */
#include <string.h>
#include "gen/onnx.pb-c.h"
#include "src/onnx/onnx_write.h"

static char *text(struct arena *a, const char *s)
{
	return arena_strdup(a, s ? s : "");
}

static ProtobufCBinaryData bytes(const void *p, size_t n)
{
	return (ProtobufCBinaryData){ n, (uint8_t *)(uintptr_t)p };
}

static Tsv__Tensor *tensor(struct arena *a, const struct onnx_tensor *t)
{
	Tsv__Tensor *o = arena_alloc(a, 1, sizeof *o);
	tsv__tensor__init(o);
	o->name = text(a, t->name);
	o->n_dims = (size_t)t->n_dim;
	o->dims = arena_dup(a, t->dim, o->n_dims, sizeof *t->dim);
	o->has_data_type = true;
	o->data_type = t->type;
	o->has_raw_data = true;
	o->raw_data = bytes(t->raw, t->n_raw);
	return o;
}

static Tsv__Attribute *attribute(struct arena *a, const struct onnx_attr *t)
{
	Tsv__Attribute *o = arena_alloc(a, 1, sizeof *o);
	size_t n = (size_t)t->n;
	tsv__attribute__init(o);
	o->name = text(a, t->name);
	o->has_type = true;
	o->type = t->type;
	o->has_i = t->type == ONNX_A_INT;
	o->i = t->i;
	o->has_f = t->type == ONNX_A_FLOAT;
	o->f = (float)t->f;
	o->has_s = t->type == ONNX_A_STRING;
	if (o->has_s)
		o->s = bytes(t->s, strlen(t->s));
	o->t = t->type == ONNX_A_TENSOR ? tensor(a, t->t) : NULL;
	if (t->type == ONNX_A_INTS) {
		o->n_ints = n;
		o->ints = arena_dup(a, t->ints, n, sizeof *t->ints);
	}
	if (t->type == ONNX_A_FLOATS) {
		o->n_floats = n;
		o->floats = arena_alloc(a, n, sizeof *o->floats);
		for (size_t i = 0; i < n; i++)
			o->floats[i] = (float)t->floats[i];
	}
	if (t->type == ONNX_A_STRINGS) {
		o->n_strings = n;
		o->strings = arena_alloc(a, n, sizeof *o->strings);
		for (size_t i = 0; i < n; i++)
			o->strings[i] = bytes(t->strings[i], strlen(t->strings[i]));
	}
	return o;
}

static char **texts(struct arena *a, int n, const char *const *from)
{
	char **to = arena_alloc(a, (size_t)n, sizeof *to);
	for (int i = 0; i < n; i++)
		to[i] = text(a, from[i]);
	return to;
}

static Tsv__Node *node(struct arena *a, const struct onnx_node *t)
{
	Tsv__Node *o = arena_alloc(a, 1, sizeof *o);
	tsv__node__init(o);
	o->name = text(a, t->name);
	o->op_type = text(a, t->op);
	o->n_input = (size_t)t->n_in;
	o->input = texts(a, t->n_in, t->in);
	o->n_output = (size_t)t->n_out;
	o->output = texts(a, t->n_out, t->out);
	o->n_attribute = (size_t)t->n_attr;
	o->attribute = arena_alloc(a, o->n_attribute, sizeof *o->attribute);
	for (int i = 0; i < t->n_attr; i++)
		o->attribute[i] = attribute(a, &t->attr[i]);
	return o;
}

/* d -1: any length, which is called N */
static Tsv__Dim *dim(struct arena *a, int64_t d)
{
	Tsv__Dim *o = arena_alloc(a, 1, sizeof *o);
	tsv__dim__init(o);
	o->has_dim_value = d >= 0;
	o->dim_value = d >= 0 ? d : 0;
	o->dim_param = d >= 0 ? NULL : text(a, "N");
	return o;
}

static Tsv__ValueInfo *value(struct arena *a, const struct onnx_value *t)
{
	Tsv__ValueInfo *o = arena_alloc(a, 1, sizeof *o);
	Tsv__Type *type = arena_alloc(a, 1, sizeof *type);
	Tsv__TensorType *tt = arena_alloc(a, 1, sizeof *tt);
	Tsv__Shape *s = arena_alloc(a, 1, sizeof *s);
	tsv__value_info__init(o);
	tsv__type__init(type);
	tsv__tensor_type__init(tt);
	tsv__shape__init(s);
	s->n_dim = (size_t)t->rank;
	s->dim = arena_alloc(a, s->n_dim, sizeof *s->dim);
	for (int i = 0; i < t->rank; i++)
		s->dim[i] = dim(a, t->dim[i]);
	tt->has_elem_type = true;
	tt->elem_type = t->type;
	tt->shape = s;
	type->tensor_type = tt;
	o->name = text(a, t->name);
	o->type = type;
	return o;
}

static Tsv__Graph *graph(struct arena *a, const struct onnx_graph *t)
{
	Tsv__Graph *o = arena_alloc(a, 1, sizeof *o);
	tsv__graph__init(o);
	o->name = text(a, t->name);
	o->node = arena_alloc(a, o->n_node = (size_t)t->n_node, sizeof *o->node);
	for (size_t i = 0; i < o->n_node; i++)
		o->node[i] = node(a, &t->node[i]);
	o->initializer = arena_alloc(a, o->n_initializer = (size_t)t->n_init, sizeof *o->initializer);
	for (size_t i = 0; i < o->n_initializer; i++)
		o->initializer[i] = tensor(a, &t->init[i]);
	o->input = arena_alloc(a, o->n_input = (size_t)t->n_in, sizeof *o->input);
	for (size_t i = 0; i < o->n_input; i++)
		o->input[i] = value(a, &t->in[i]);
	o->output = arena_alloc(a, o->n_output = (size_t)t->n_out, sizeof *o->output);
	for (size_t i = 0; i < o->n_output; i++)
		o->output[i] = value(a, &t->out[i]);
	return o;
}

static Tsv__OpsetId *opset(struct arena *a, int64_t version)
{
	Tsv__OpsetId *o = arena_alloc(a, 1, sizeof *o);
	tsv__opset_id__init(o);
	o->domain = text(a, "");
	o->has_version = true;
	o->version = version;
	return o;
}

struct stream {
	ProtobufCBuffer base;
	FILE *f;
};

static void append(ProtobufCBuffer *b, size_t n, const uint8_t *p)
{
	/* the caller finds a failed stream when it closes it */
	(void)!fwrite(p, 1, n, ((struct stream *)(void *)b)->f);
}

int onnx_pack(const struct onnx_file *f, FILE *out, struct err *e)
{
	struct arena a = { 0 };
	Tsv__Model m;
	Tsv__OpsetId *one = opset(&a, f->opset);
	tsv__model__init(&m);
	m.has_ir_version = true;
	m.ir_version = f->ir;
	m.producer_name = text(&a, f->producer);
	m.producer_version = text(&a, f->producer_version);
	m.graph = graph(&a, f->graph);
	m.n_opset_import = 1;
	m.opset_import = &one;
	m.n_metadata_props = (size_t)f->n_meta;
	m.metadata_props = arena_alloc(&a, m.n_metadata_props, sizeof *m.metadata_props);
	for (int i = 0; i < f->n_meta; i++) {
		Tsv__Entry *o = arena_alloc(&a, 1, sizeof *o);
		tsv__entry__init(o);
		o->key = text(&a, f->meta[i].key);
		o->value = text(&a, f->meta[i].value);
		m.metadata_props[i] = o;
	}
	struct stream s = { { append }, out };
	/* a protobuf message has at most 2 GB */
	int bad = tsv__model__get_packed_size(&m) > INT32_MAX
	                  ? err_set(e, ERR_LIMIT, "an ONNX file cannot be larger than 2 GB")
	                  : 0;
	if (!bad)
		tsv__model__pack_to_buffer(&m, &s.base);
	arena_release(&a);
	return bad;
}
