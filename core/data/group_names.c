#include "core/data/group_names.h"

#include <stdlib.h>
#include <string.h>

static size_t hash(const char *s)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return (size_t)(h ^ h >> 29);
}

static size_t place(const struct group_names *q, const char *s)
{
	size_t at = hash(s) % q->n_slot;
	while (q->slot[at] && strcmp(q->name[q->slot[at] - 1], s) != 0)
		at = (at + 1) % q->n_slot;
	return at;
}

static void grow(struct group_names *q)
{
	q->cap = q->cap ? 2 * q->cap : 64;
	q->name = xrealloc(q->name, (size_t)q->cap, sizeof *q->name);
	free(q->slot);
	q->n_slot = 2 * (size_t)q->cap;
	q->slot = xcalloc(q->n_slot, sizeof *q->slot);
	for (int i = 0; i < q->n; i++)
		q->slot[place(q, q->name[i])] = i + 1;
}

int group_names_add(struct group_names *q, struct arena *a, const char *s)
{
	if (q->n && !strcmp(q->name[q->last], s))
		return q->last;
	if (q->n == q->cap)
		grow(q);
	size_t at = place(q, s);
	if (!q->slot[at]) {
		q->name[q->n] = arena_strdup(a, s);
		q->slot[at] = ++q->n;
	}
	return q->last = q->slot[at] - 1;
}

void group_names_release(struct group_names *q)
{
	free(q->name);
	free(q->slot);
}
