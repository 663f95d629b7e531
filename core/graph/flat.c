#include "core/graph/flat.h"

#include <stdlib.h>
#include "core/base/mem.h"
#include "core/graph/op.h"

enum { READS = 1, SLOPES = 2 }; /* a value depends on `from`; and has a derivative by it that need not be 0 */

static unsigned read_by(const struct node *n, const unsigned char *seen)
{
	unsigned all = 0;
	for (int k = 0; k < n->n_in; k++)
		all |= n->in[k] >= 0 ? seen[n->in[k]] : 0;
	return all;
}

const struct node *graph_flat(const struct graph *g, int from, int to)
{
	unsigned char *seen = xcalloc((size_t)g->n_value + 1, 1);
	const struct node *first = NULL;
	seen[from] = READS | SLOPES;
	for (int i = 0; i < g->n_node; i++) {
		const struct node *n = &g->node[i];
		unsigned in = read_by(n, seen);
		bool of_shape = n->op->flags & OP_OF_SHAPE;
		for (int k = 0; k < n->n_out && in && !of_shape; k++) {
			if (n->out[k] < 0)
				continue;
			bool ends = (n->op->flags & (OP_NODIFF | OP_FLAT)) || g->value[n->out[k]].dtype != DT_REAL;
			seen[n->out[k]] = (unsigned char)(ends ? READS : in);
			if (ends && (in & SLOPES) && !first)
				first = n;
		}
	}
	unsigned end = seen[to];
	free(seen);
	return (end & READS) && !(end & SLOPES) ? first : NULL;
}

const char *graph_flat_why(const struct graph *g, int from, int to, char *buf, size_t size)
{
	const struct node *n = graph_flat(g, from, to);
	if (!n)
		buf[0] = '\0';
	else if (n->name && *n->name)
		snprintf(buf, size,
		         "the only way from the input leads through %s '%.100s', whose derivative is 0 wherever it "
		         "exists",
		         n->op->name, n->name);
	else
		snprintf(buf, size,
		         "the only way from the input leads through %s, whose derivative is 0 wherever it exists",
		         n->op->name);
	return buf;
}
