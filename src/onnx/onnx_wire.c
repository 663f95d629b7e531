/* Checks ONNX files before they are unpacked. protobuf-c has no limit of depth and may use 145 bytes of memory for
 * one byte of the file. So every tag, length and count is checked first, in a loop with its own stack. */
#include <string.h>
#include "src/onnx/onnx.h"

enum {
	DEPTH_MAX = 20,
	FIELDS_MAX = 4000000,
	LENGTH_MAX = 5, /* bytes of a tag or a length; protobuf-c reads no more */
};

/* The messages of src/onnx/onnx.proto. */
enum msg {
	M_NONE,
	M_MODEL,
	M_GRAPH,
	M_NODE,
	M_ATTR,
	M_TENSOR,
	M_VALUE,
	M_TYPE,
	M_TTYPE,
	M_SHAPE,
	M_DIM,
	M_ENTRY,
	M_OPSET,
	M_FUNCTION,
	M_COUNT
};
static const char *const msg_name[M_COUNT] = { "",          "model", "graph", "node",        "attribute",
	                                       "tensor",    "value", "type",  "tensor type", "shape",
	                                       "dimension", "entry", "opset", "function" };

/* TEXT: a string of C, so without NUL bytes; BYTES: any; PACK: repeated numbers, packed or not. */
enum kind { VARINT, FIX32, FIX64, TEXT, BYTES, SUB, PACK };

static const struct field {
	enum msg in;
	unsigned number;
	enum kind kind;
	enum msg sub;
	bool repeated;
	int wire; /* wire type of a number that is not packed */
} fields[] = {
	{ M_MODEL, 1, VARINT, M_NONE, false, 0 },   { M_MODEL, 2, TEXT, M_NONE, false, 2 },
	{ M_MODEL, 3, TEXT, M_NONE, false, 2 },     { M_MODEL, 7, SUB, M_GRAPH, false, 2 },
	{ M_MODEL, 8, SUB, M_OPSET, true, 2 },      { M_MODEL, 14, SUB, M_ENTRY, true, 2 },
	{ M_GRAPH, 1, SUB, M_NODE, true, 2 },       { M_GRAPH, 2, TEXT, M_NONE, false, 2 },
	{ M_GRAPH, 5, SUB, M_TENSOR, true, 2 },     { M_GRAPH, 11, SUB, M_VALUE, true, 2 },
	{ M_GRAPH, 12, SUB, M_VALUE, true, 2 },     { M_NODE, 1, TEXT, M_NONE, true, 2 },
	{ M_NODE, 2, TEXT, M_NONE, true, 2 },       { M_NODE, 3, TEXT, M_NONE, false, 2 },
	{ M_NODE, 4, TEXT, M_NONE, false, 2 },      { M_NODE, 5, SUB, M_ATTR, true, 2 },
	{ M_NODE, 7, TEXT, M_NONE, false, 2 },      { M_NODE, 9, SUB, M_ENTRY, true, 2 },
	{ M_ATTR, 1, TEXT, M_NONE, false, 2 },      { M_ATTR, 2, FIX32, M_NONE, false, 5 },
	{ M_ATTR, 3, VARINT, M_NONE, false, 0 },    { M_ATTR, 4, BYTES, M_NONE, false, 2 },
	{ M_ATTR, 5, SUB, M_TENSOR, false, 2 },     { M_ATTR, 6, SUB, M_GRAPH, false, 2 },
	{ M_ATTR, 7, PACK, M_NONE, true, 5 },       { M_ATTR, 8, PACK, M_NONE, true, 0 },
	{ M_ATTR, 9, BYTES, M_NONE, true, 2 },      { M_ATTR, 20, VARINT, M_NONE, false, 0 },
	{ M_ATTR, 21, TEXT, M_NONE, false, 2 },     { M_TENSOR, 1, PACK, M_NONE, true, 0 },
	{ M_TENSOR, 2, VARINT, M_NONE, false, 0 },  { M_TENSOR, 4, PACK, M_NONE, true, 5 },
	{ M_TENSOR, 5, PACK, M_NONE, true, 0 },     { M_TENSOR, 7, PACK, M_NONE, true, 0 },
	{ M_TENSOR, 8, TEXT, M_NONE, false, 2 },    { M_TENSOR, 9, BYTES, M_NONE, false, 2 },
	{ M_TENSOR, 10, PACK, M_NONE, true, 1 },    { M_TENSOR, 11, PACK, M_NONE, true, 0 },
	{ M_TENSOR, 13, SUB, M_ENTRY, true, 2 },    { M_TENSOR, 14, VARINT, M_NONE, false, 0 },
	{ M_VALUE, 1, TEXT, M_NONE, false, 2 },     { M_VALUE, 2, SUB, M_TYPE, false, 2 },
	{ M_TYPE, 1, SUB, M_TTYPE, false, 2 },      { M_TTYPE, 1, VARINT, M_NONE, false, 0 },
	{ M_TTYPE, 2, SUB, M_SHAPE, false, 2 },     { M_SHAPE, 1, SUB, M_DIM, true, 2 },
	{ M_DIM, 1, VARINT, M_NONE, false, 0 },     { M_DIM, 2, TEXT, M_NONE, false, 2 },
	{ M_ENTRY, 1, TEXT, M_NONE, false, 2 },     { M_ENTRY, 2, TEXT, M_NONE, false, 2 },
	{ M_OPSET, 1, TEXT, M_NONE, false, 2 },     { M_OPSET, 2, VARINT, M_NONE, false, 0 },
	{ M_NODE, 8, TEXT, M_NONE, false, 2 },      { M_MODEL, 25, SUB, M_FUNCTION, true, 2 },
	{ M_FUNCTION, 1, TEXT, M_NONE, false, 2 },  { M_FUNCTION, 4, TEXT, M_NONE, true, 2 },
	{ M_FUNCTION, 5, TEXT, M_NONE, true, 2 },   { M_FUNCTION, 6, TEXT, M_NONE, true, 2 },
	{ M_FUNCTION, 7, SUB, M_NODE, true, 2 },    { M_FUNCTION, 9, SUB, M_OPSET, true, 2 },
	{ M_FUNCTION, 10, TEXT, M_NONE, false, 2 }, { M_FUNCTION, 11, SUB, M_ATTR, true, 2 },
	{ M_FUNCTION, 13, TEXT, M_NONE, false, 2 }, { M_MODEL, 4, TEXT, M_NONE, false, 2 },
	{ M_MODEL, 5, VARINT, M_NONE, false, 0 },   { M_MODEL, 6, TEXT, M_NONE, false, 2 },
};

/* How many of each message a file may have. */
static const int64_t count_max[M_COUNT] = {
	[M_MODEL] = 1,      [M_GRAPH] = 1000,   [M_NODE] = GRAPH_NODES_MAX, [M_ATTR] = 1000000, [M_TENSOR] = 400000,
	[M_VALUE] = 400000, [M_TYPE] = 400000,  [M_TTYPE] = 400000,         [M_SHAPE] = 400000, [M_DIM] = 1000000,
	[M_ENTRY] = 400000, [M_OPSET] = 100000, [M_FUNCTION] = 10000
};

struct cursor {
	const unsigned char *p;
	size_t at;
};

/* Reads a varint. Returns false if it does not end within 10 bytes or before `end`. */
static bool varint(struct cursor *c, size_t end, uint64_t *out)
{
	uint64_t v = 0;
	for (int k = 0; k < 10 && c->at < end; k++) {
		unsigned char b = c->p[c->at++];
		if (k == 9 && b > 1)
			return false;
		v |= (uint64_t)(b & 127) << (7 * k);
		if (b < 128) {
			*out = v;
			return true;
		}
	}
	return false;
}

static const struct field *find_field(enum msg in, uint64_t number)
{
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (fields[i].in == in && fields[i].number == number)
			return &fields[i];
	return NULL;
}

static int broken(enum msg m, size_t at, const char *what, struct err *e)
{
	const char *name = msg_name[m];
	return err_set(e, ERR_FORMAT, "byte %zu: %s in %s %s; the file is damaged or cut short", at, what,
	               strchr("aeo", *name) ? "an" : "a", name);
}

struct frame {
	enum msg msg;
	size_t end;
	uint32_t seen; /* the single fields that have occurred, as bits */
};

/* Reads the tag and the length of a field; its *len bytes follow. */
static int one_tag(struct cursor *c, const struct frame *f, uint64_t *number, int *wire, uint64_t *len, struct err *e)
{
	size_t start = c->at;
	uint64_t tag, v;
	if (!varint(c, f->end, &tag) || c->at - start > LENGTH_MAX)
		return broken(f->msg, start, "a tag without end", e);
	size_t after = c->at;
	*number = tag >> 3;
	*wire = (int)(tag & 7);
	if (!*number || *number >= 1u << 29)
		return broken(f->msg, start, "an impossible field", e);
	switch (*wire) {
	case 0:
		*len = 0;
		return varint(c, f->end, &v) ? 0 : broken(f->msg, start, "a number without end", e);
	case 1:
		*len = 8;
		break;
	case 2:
		if (!varint(c, f->end, len) || c->at - after > LENGTH_MAX)
			return broken(f->msg, start, "a length without end", e);
		break;
	case 5:
		*len = 4;
		break;
	default:
		return broken(f->msg, start, "a field of an impossible kind", e);
	}
	return *len <= f->end - c->at ? 0 : broken(f->msg, start, "a field that reaches beyond its end", e);
}

static bool packed_whole(const struct field *d, uint64_t len)
{
	return d->wire == 5 ? len % 4 == 0 : d->wire == 1 ? len % 8 == 0 : true;
}

/* Checks a field against the schema. */
static int one_field(struct frame *f, const struct field *d, int wire, uint64_t len, size_t at, struct err *e)
{
	if (!d)
		return 0;
	bool packed = d->kind == PACK && wire == 2;
	if (wire != d->wire && !packed)
		return broken(f->msg, at, "a field of the wrong kind", e);
	if (packed && !packed_whole(d, len))
		return broken(f->msg, at, "a list that ends within a number", e);
	/* protobuf would merge repeated single fields; a program that looks at one of them would not see the other */
	uint32_t bit = d->number < 32 ? 1u << d->number : 0;
	if (!d->repeated && (f->seen & bit))
		return broken(f->msg, at, "a field that is there twice", e);
	f->seen |= bit;
	return 0;
}

static int walk(const unsigned char *data, size_t n, enum msg root, struct err *e)
{
	struct frame stack[DEPTH_MAX] = { { root, n, 0 } };
	struct cursor c = { data, 0 };
	int64_t count[M_COUNT] = { 0 }, total = 0;
	for (int depth = 0; depth >= 0;) {
		struct frame *f = &stack[depth];
		if (c.at == f->end) {
			depth--;
			continue;
		}
		size_t start = c.at;
		uint64_t number, len;
		int wire, bad = one_tag(&c, f, &number, &wire, &len, e);
		if (bad)
			return bad;
		const struct field *d = find_field(f->msg, number);
		if ((bad = one_field(f, d, wire, len, start, e)))
			return bad;
		if (++total > FIELDS_MAX)
			return err_set(e, ERR_LIMIT, "the file has more than %d fields", FIELDS_MAX);
		if (d && d->sub) {
			if (++count[d->sub] > count_max[d->sub])
				return err_set(e, ERR_LIMIT, "the file has more than %lld parts of kind '%s'",
				               (long long)count_max[d->sub], msg_name[d->sub]);
			if (depth + 1 == DEPTH_MAX)
				return err_set(e, ERR_LIMIT, "byte %zu: nested more than %d deep", start, DEPTH_MAX);
			stack[++depth] = (struct frame){ d->sub, c.at + (size_t)len, 0 };
		} else {
			/* what is cut off there would be another name: of a tensor, or of a file to read */
			if (d && d->kind == TEXT && memchr(data + c.at, 0, (size_t)len))
				return broken(f->msg, start, "a text with a NUL byte", e);
			c.at += (size_t)len;
		}
	}
	return 0;
}

int onnx_wire_check(const unsigned char *data, size_t n, struct err *e)
{
	return walk(data, n, M_MODEL, e);
}

int onnx_wire_check_tensor(const unsigned char *data, size_t n, struct err *e)
{
	return walk(data, n, M_TENSOR, e);
}

bool onnx_wire_next(const unsigned char *data, size_t *at, size_t end, struct onnx_wire_field *f)
{
	struct cursor c = { data, *at };
	struct frame in = { M_MODEL, end, 0 };
	struct err e;
	uint64_t len;
	int wire;
	f->start = *at;
	if (*at >= end || one_tag(&c, &in, &f->number, &wire, &len, &e))
		return false;
	f->at = c.at;
	f->end = *at = c.at + (size_t)len;
	return true;
}

/* Exporters begin a file with ir_version. Otherwise all fields of the first level must be those of a model. */
bool onnx_probe(const unsigned char *data, size_t n)
{
	if (n >= 3 && data[0] == 0x08 && data[1] >= 1 && data[1] < 64 && find_field(M_MODEL, data[2] >> 3))
		return true;
	struct cursor c = { data, 0 };
	struct frame f = { M_MODEL, n, 0 };
	struct err e;
	bool graph = false;
	while (c.at < n) {
		uint64_t number, len;
		int wire;
		if (one_tag(&c, &f, &number, &wire, &len, &e))
			return false;
		const struct field *d = find_field(M_MODEL, number);
		if (number > 31 || one_field(&f, d, wire, len, 0, &e))
			return false;
		graph |= number == 7;
		c.at += (size_t)len;
	}
	return graph;
}
