/* Undo and redo of what a user chooses: marks, switched-off filters, sort, percentile, filter expression. */
#ifndef UI_UNDO_H
#define UI_UNDO_H

#include "ui/state/session.h"

enum { UNDO_MOST = 100 };

struct choices {
	struct filter_set marks, off;
	enum sort sort;
	bool reverse;
	int percentile;
	char expression[128];
};
struct undo {
	struct choices past[UNDO_MOST]; /* past[at] is what is shown; below it the past, above what was undone */
	int n, at;
};

void undo_init(struct undo *u, const struct session *s);
void undo_release(struct undo *u);
/* Keep what there is now, if it differs from what was kept last. */
void undo_keep(struct undo *u, const struct session *s);
/* Back (-1) or forth (+1): returns what changed, 0 when there is nothing there. */
unsigned undo_step(struct undo *u, struct session *s, int by);

#endif
