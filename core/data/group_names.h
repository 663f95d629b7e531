/* The names of groups, each once, found by hashing. Begin with { 0 }. Rows or windows of a group usually follow each
 * other, so that the last name is looked at first. */
#ifndef CORE_GROUP_NAMES_H
#define CORE_GROUP_NAMES_H

#include <stddef.h>
#include "core/base/mem.h"

struct group_names {
	const char **name; /* [n], in the order in which they came; the arena of group_names_add() has the texts */
	int n, cap, last;
	int *slot; /* index + 1, or 0: free */
	size_t n_slot;
};

/* Returns the index of a name. A new name is added; the arena keeps its text. */
int group_names_add(struct group_names *q, struct arena *a, const char *s);
void group_names_release(struct group_names *q);

#endif
