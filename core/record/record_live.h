/* A record that is worked out piece by piece while somebody looks at it: first a few windows spread over the whole
 * file, then what is looked at, then the rest. What is kept is a cell for every few steps (record_cells.h); while few
 * steps are looked at, each step of these has a cell of its own. */
#ifndef CORE_RECORD_LIVE_H
#define CORE_RECORD_LIVE_H

#include "core/record/record_picture.h"

enum { RECORD_NEAR = 1 << 12, RECORD_EVENTS = 1 << 14 }; /* steps that have cells of their own; events in a picture */

struct record_live;
/* Model and data must outlive it; q is copied. */
struct record_live *record_live_new(const struct model *m, const struct dataset *d, const struct question *q);
void record_live_free(struct record_live *r); /* NULL is fine */
const struct record_plan *record_live_plan(const struct record_live *r);
/* What is looked at from now on: steps [first, first + steps) in n columns. */
void record_live_look(struct record_live *r, int64_t first, int64_t steps, int n);
/* The expression whose cells are events; NULL or "": none. It was parsed before; a wrong one is none. */
void record_live_where(struct record_live *r, const char *text);
/* A piece of work, of one batch of windows. false: everything is known. */
bool record_live_step(struct record_live *r);
/* Whether what is looked at is known, and, of a short record, its events. */
bool record_live_complete(const struct record_live *r);
/* A copy of what is known; the caller frees it. */
struct record_picture *record_live_picture(struct record_live *r);

#endif
