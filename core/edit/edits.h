/* The edited windows that there are: at most one of each window of the data. The list holds them. */
#ifndef CORE_EDITS_H
#define CORE_EDITS_H

#include "core/edit/edited.h"

struct edits {
	int n, room;
	const struct edited **of; /* [n] by window, ascending */
};

/* The edited version of window i, or NULL; it belongs to the list. */
const struct edited *edits_find(const struct edits *e, int64_t i);
/* Puts an edited window into the list, in place of another one of the same window. */
void edits_put(struct edits *e, const struct edited *one);
/* Takes the edited version of window i out of the list. */
void edits_remove(struct edits *e, int64_t i);
/* Makes *to hold the same windows; to must have been zeroed or copied to before. */
void edits_copy(struct edits *to, const struct edits *from);
bool edits_same(const struct edits *a, const struct edits *b);
void edits_release(struct edits *e);

#endif
