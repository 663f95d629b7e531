/* Takes the numbers of large tensors out of an ONNX file before it is unpacked, because protobuf-c copies all it
 * unpacks. */
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx.h"

enum {
#ifdef TSVIZ_SAN
	LEAST = 64, /* so that small hostile files get here, too */
#else
	LEAST = 1 << 16, /* smaller tensors are not worth a look */
#endif
	MODEL_GRAPH = 7,
	GRAPH_TENSOR = 5,
	TENSOR_RAW = 9,
};

struct writer {
	unsigned char *p;
	size_t n;
};

static void put(struct writer *w, const void *p, size_t n)
{
	memcpy(w->p + w->n, p, n);
	w->n += n;
}

static void put_length(struct writer *w, size_t n)
{
	for (; n > 127; n >>= 7)
		w->p[w->n++] = (unsigned char)(n | 128);
	w->p[w->n++] = (unsigned char)n;
}

/* Writes the tag of a field and the length of what will follow. */
static void put_head(struct writer *w, unsigned number, size_t n)
{
	w->p[w->n++] = (unsigned char)(number << 3 | 2);
	put_length(w, n);
}

/* Looks for the numbers of a tensor. Returns false if they are few, or are not kept as bytes. */
static bool large_raw(const unsigned char *data, const struct onnx_wire_field *tensor, struct onnx_wire_field *raw)
{
	size_t at = tensor->at;
	while (tensor->end - tensor->at > LEAST && onnx_wire_next(data, &at, tensor->end, raw))
		if (raw->number == TENSOR_RAW && raw->end - raw->at > LEAST)
			return true;
	return false;
}

/* Writes a tensor whose numbers are an empty text. */
static void put_light(struct writer *w, const unsigned char *data, const struct onnx_wire_field *tensor,
                      const struct onnx_wire_field *raw)
{
	size_t before = raw->start - tensor->at, after = tensor->end - raw->end;
	put_head(w, GRAPH_TENSOR, before + 2 + after);
	put(w, data + tensor->at, before);
	put_head(w, TENSOR_RAW, 0);
	put(w, data + raw->end, after);
}

static void lighten_graph(const unsigned char *data, const struct onnx_wire_field *graph, struct writer *w,
                          struct onnx_light *l)
{
	struct onnx_wire_field f, raw;
	int tensors = 0;
	for (size_t at = graph->at; onnx_wire_next(data, &at, graph->end, &f); tensors += f.number == GRAPH_TENSOR) {
		if (f.number != GRAPH_TENSOR || !large_raw(data, &f, &raw)) {
			put(w, data + f.start, f.end - f.start);
			continue;
		}
		put_light(w, data, &f, &raw);
		if (!(l->n_bulk & (l->n_bulk - 1)))
			l->bulk = xrealloc(l->bulk, l->n_bulk ? 2 * (size_t)l->n_bulk : 1, sizeof *l->bulk);
		l->bulk[l->n_bulk++] = (struct onnx_bulk){ tensors, data + raw.at, raw.end - raw.at };
	}
}

/* The number of bytes that lighten_graph() leaves out at least. */
static size_t bulk_bytes(const unsigned char *data, const struct onnx_wire_field *graph)
{
	struct onnx_wire_field f, raw;
	size_t sum = 0;
	for (size_t at = graph->at; onnx_wire_next(data, &at, graph->end, &f);)
		if (f.number == GRAPH_TENSOR && large_raw(data, &f, &raw))
			sum += raw.end - raw.at;
	return sum;
}

void onnx_lighten(const unsigned char *data, size_t n, struct onnx_light *l)
{
	struct onnx_wire_field f, graph = { 0 };
	*l = (struct onnx_light){ .data = data, .n = n };
	for (size_t at = 0; onnx_wire_next(data, &at, n, &f);)
		if (f.number == MODEL_GRAPH)
			graph = f;
	size_t bulk = bulk_bytes(data, &graph);
	/* what is left is copied twice */
	if (!bulk || bulk < n / 2)
		return;
	struct writer inner = { xmalloc(graph.end - graph.at - bulk), 0 }, whole = { xmalloc(n - bulk), 0 };
	lighten_graph(data, &graph, &inner, l);
	put(&whole, data, graph.start);
	put_head(&whole, MODEL_GRAPH, inner.n);
	put(&whole, inner.p, inner.n);
	put(&whole, data + graph.end, n - graph.end);
	free(inner.p);
	l->data = l->owned = whole.p;
	l->n = whole.n;
}

void onnx_light_release(struct onnx_light *l)
{
	free(l->owned);
	free(l->bulk);
	*l = (struct onnx_light){ 0 };
}
