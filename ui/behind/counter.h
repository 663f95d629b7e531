/* Looks for a counterfactual of one window (core/whatif/counterfactual.h) while the user looks at something else. */
#ifndef UI_COUNTER_H
#define UI_COUNTER_H

#include "core/edit/edited.h"
#include "core/whatif/counterfactual.h"
#include "ui/behind/behind.h"

/* What was found. Owned by whoever is told of it; countered_free. */
struct countered {
	struct edited *edited; /* the window with the segment of another one; NULL: there is none */
	char said[512];        /* what it says, in a sentence; or why there is none */
	const char *brief;     /* the same for a narrow screen: a part of said */
};
void countered_free(void *countered); /* NULL is fine */

/* Starts the search. j is copied; its model and data outlive it. tell: as in struct behind_job; the thing is a struct
 * countered. before and result: as of behind_new. */
struct behind *counter_new(const struct counterfactual_job *j,
                           void (*tell)(void *ctx, void *countered, int64_t done, int64_t total), void *ctx,
                           struct behind *before);

#endif
