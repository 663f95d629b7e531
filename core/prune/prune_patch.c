#include "core/prune/prune_rules.h"

#include <stdlib.h>
#include <string.h>

static const struct graph *graph_of(const struct prune_patch *q)
{
	return q->p->m->graph;
}

static const struct value *old_input(const struct prune_patch *q, int k)
{
	return k < q->n->n_in && q->n->in[k] >= 0 ? &graph_of(q)->value[q->n->in[k]] : NULL;
}

static struct shape new_shape(const struct prune_patch *q, int value)
{
	return prune_shape(q->p, q->removed, value);
}

/* Makes input k a new list of integers. */
static int set_ints(struct prune_patch *q, int k, int64_t n, const int64_t *v, struct err *e)
{
	struct shape s = { .rank = 1, .dim = { n } };
	for (; q->n_in <= k; q->n_in++)
		q->in[q->n_in] = -1;
	const struct value *old = old_input(q, k);
	char *name = NULL;
	for (int i = 0; !name; i++) {
		name = old ? xasprintf("%.200s.pruned%d", old->name, q->node + i)
		           : xasprintf("%.200s.list%d", q->n->op->name, q->node + i);
		if (graph_find(q->to, name) >= 0 || graph_find(graph_of(q), name) >= 0) {
			free(name);
			name = NULL;
		}
	}
	q->in[k] = graph_const_int(q->to, name, &s, v, e);
	free(name);
	return q->in[k] < 0 ? q->in[k] : 0;
}

static void drop_attr(struct prune_patch *q, const char *name)
{
	for (int i = 0; i < q->n_attr; i++)
		if (!strcmp(q->attr[i].name, name)) {
			memmove(&q->attr[i], &q->attr[i + 1], (size_t)(q->n_attr - i - 1) * sizeof *q->attr);
			q->n_attr--;
			return;
		}
}

static int set_attr(struct prune_patch *q, struct attr a, struct err *e)
{
	drop_attr(q, a.name);
	if (q->n_attr == 32)
		return err_set(e, ERR_LIMIT, "too many attributes");
	q->attr[q->n_attr++] = a;
	return 0;
}

/* As many groups as are left, of as many channels as before. */
int patch_group(struct prune_patch *q, struct err *e)
{
	int64_t groups = attr_int(q->n, "group", 1);
	if (groups == 1)
		return 0;
	int64_t each = old_input(q, 0)->shape.dim[1] / groups;
	return set_attr(q, attr_i("group", new_shape(q, q->n->in[0]).dim[1] / each), e);
}

int patch_reshape(struct prune_patch *q, struct err *e)
{
	struct shape s = new_shape(q, q->n->out[0]);
	return set_ints(q, 1, s.rank, s.dim, e);
}

int patch_expand(struct prune_patch *q, struct err *e)
{
	return patch_reshape(q, e);
}

/* How many positions below `end` of the node's input 0 stay. */
static int64_t stay_below(const struct prune_patch *q, int axis, int64_t end)
{
	int64_t n = 0;
	for (int64_t i = 0; i < end; i++)
		n += prune_stays(q->p, q->removed, q->n->in[0], axis, i);
	return n;
}

bool slice_along(const struct graph *g, const struct node *n, int axis, int64_t *start, int64_t *end, int64_t *step)
{
	const struct value *in[5] = { 0 };
	for (int k = 0; k < n->n_in && k < 5; k++)
		in[k] = n->in[k] >= 0 ? &g->value[n->in[k]] : NULL;
	int rank = in[0]->shape.rank;
	int64_t count = shape_count(&in[1]->shape), dim = in[0]->shape.dim[axis];
	for (int64_t i = 0; i < count; i++) {
		int64_t at = in[3] ? in[3]->i[i] : i;
		if ((at < 0 ? at + rank : at) != axis)
			continue;
		*step = in[4] ? in[4]->i[i] : 1;
		*start = in[1]->i[i] + (in[1]->i[i] < 0 ? dim : 0);
		*end = in[2]->i[i] < -dim ? 0 : in[2]->i[i] + (in[2]->i[i] < 0 ? dim : 0);
		*start = *start < 0 ? 0 : *start > dim ? dim : *start;
		*end = *end < *start ? *start : *end > dim ? dim : *end;
		return true;
	}
	return false;
}

int patch_slice(struct prune_patch *q, struct err *e)
{
	int axis = prune_axis(q->p, q->n->in[0]), rank = old_input(q, 0)->shape.rank;
	int64_t from[RANK_MAX], to[RANK_MAX], start, end, step;
	int64_t n = shape_count(&old_input(q, 1)->shape);
	if (axis < 0 || n > RANK_MAX || !slice_along(graph_of(q), q->n, axis, &start, &end, &step))
		return 0;
	for (int64_t i = 0; i < n; i++) {
		int64_t at = old_input(q, 3) ? old_input(q, 3)->i[i] : i;
		bool here = (at < 0 ? at + rank : at) == axis;
		from[i] = here ? stay_below(q, axis, start) : old_input(q, 1)->i[i];
		to[i] = here ? stay_below(q, axis, end) : old_input(q, 2)->i[i];
	}
	int bad = set_ints(q, 1, n, from, e);
	return bad ? bad : set_ints(q, 2, n, to, e);
}

int patch_split(struct prune_patch *q, struct err *e)
{
	int64_t sizes[32], axis = attr_int(q->n, "axis", 0);
	int n = 0;
	for (int k = 0; k < q->n->n_out; k++) {
		if (q->n->out[k] < 0 || k == 32)
			return err_set(e, ERR_UNSUPPORTED, "a part of it that is not used would become smaller");
		struct shape s = new_shape(q, q->n->out[k]);
		sizes[n++] = s.dim[axis < 0 ? axis + s.rank : axis];
	}
	drop_attr(q, "num_outputs");
	return set_ints(q, 1, n, sizes, e);
}

int patch_gather(struct prune_patch *q, struct err *e)
{
	const struct value *index = old_input(q, 1);
	int axis = prune_axis(q->p, q->n->in[0]), rank = old_input(q, 0)->shape.rank;
	int64_t at = attr_int(q->n, "axis", 0), count = shape_count(&index->shape), n = 0;
	if (axis < 0 || (at < 0 ? at + rank : at) != axis)
		return 0;
	int64_t *v = arena_alloc(&q->arena, (size_t)count, sizeof *v), dim = old_input(q, 0)->shape.dim[axis];
	for (int64_t i = 0; i < count; i++) {
		int64_t f = index->i[i] + (index->i[i] < 0 ? dim : 0);
		if (prune_stays(q->p, q->removed, q->n->in[0], axis, f))
			v[n++] = stay_below(q, axis, f);
	}
	return set_ints(q, 1, n, v, e);
}

/* `sizes` are the whole shape, or those of the axes that the attribute lists. */
int patch_resize(struct prune_patch *q, struct err *e)
{
	const struct value *sizes = old_input(q, 3);
	const struct attr *axes = attr_find(q->n, "axes");
	int64_t v[RANK_MAX];
	if (!sizes || !shape_count(&sizes->shape))
		return 0;
	struct shape s = new_shape(q, q->n->out[0]);
	int n = axes ? axes->n : s.rank;
	for (int i = 0; i < n && i < RANK_MAX; i++) {
		int64_t at = axes ? axes->ints[i] : i;
		v[i] = s.dim[at < 0 ? at + s.rank : at];
	}
	return set_ints(q, 3, n, v, e);
}
