/* The sessions of two reviewers of one model as one. */
#ifndef SRC_SESSION_MERGE_H
#define SRC_SESSION_MERGE_H

#include "src/session/review.h"

/* What the two do not agree in. The memory of the filters is of the struct; the names are of the two reviews. */
struct session_conflicts {
	struct review_set marked[2]; /* marked by the first one only, by the second one only */
	struct review_set off[2];    /* switched off likewise */
	int notes[2];                /* notes that only one of them has */
};

/* Unites a and b in *to: notes, marks and pins of both; question and view of a. Refuses two architectures. The caller
 * releases *to and *c, also after an error. */
int session_merge(struct review *to, const struct review *a, const struct review *b, struct session_conflicts *c,
                  struct err *e);
void session_conflicts_release(struct session_conflicts *c);

#endif
