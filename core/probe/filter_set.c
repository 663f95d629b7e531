#include "core/probe/filter_set.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

/* Where it is, or belongs. */
static int place(const struct filter_set *s, int layer, int64_t filter)
{
	int i = 0;
	while (i < s->n && (s->id[i].layer < layer || (s->id[i].layer == layer && s->id[i].filter < filter)))
		i++;
	return i;
}

bool filter_set_has(const struct filter_set *s, int layer, int64_t filter)
{
	int i = place(s, layer, filter);
	return i < s->n && s->id[i].layer == layer && s->id[i].filter == filter;
}

void filter_set_put(struct filter_set *s, int layer, int64_t filter, bool in)
{
	int i = place(s, layer, filter);
	if (in == filter_set_has(s, layer, filter))
		return;
	if (in) {
		s->id = xrealloc(s->id, (size_t)s->n + 1, sizeof *s->id);
		memmove(s->id + i + 1, s->id + i, (size_t)(s->n++ - i) * sizeof *s->id);
		s->id[i] = (struct filter_id){ layer, filter };
	} else {
		memmove(s->id + i, s->id + i + 1, (size_t)(--s->n - i) * sizeof *s->id);
	}
}

void filter_set_copy(struct filter_set *to, const struct filter_set *from)
{
	if (to->id == from->id && to->n == from->n)
		return;
	to->n = 0;
	if (!from->n)
		return;
	to->id = xrealloc(to->id, (size_t)from->n, sizeof *to->id);
	memcpy(to->id, from->id, (size_t)from->n * sizeof *from->id);
	to->n = from->n;
}

bool filter_set_equal(const struct filter_set *a, const struct filter_set *b)
{
	if (a->n != b->n)
		return false;
	for (int i = 0; i < a->n; i++)
		if (a->id[i].layer != b->id[i].layer || a->id[i].filter != b->id[i].filter)
			return false;
	return true;
}

void filter_set_release(struct filter_set *s)
{
	free(s->id);
	*s = (struct filter_set){ 0 };
}
