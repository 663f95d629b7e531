/* What the editor knows beside the edited windows themselves (core/edit): cursor, segment, and what was copied. */
#ifndef UI_EDITOR_H
#define UI_EDITOR_H

#include "core/edit/edit.h"
#include "ui/session/session.h"

struct editor {
	int64_t at;   /* step under the cursor */
	bool selects; /* a segment from `anchor` to the cursor is selected; else the step under the cursor alone */
	int64_t anchor;
	int64_t channel; /* that is edited: EDIT_ALL or one of the raw ones */
	struct edit_clip clip;
	double *unit;   /* (own) edit_units; NULL: not made yet */
	uint64_t draws; /* counts what is drawn by chance: noise, segments */
	bool salient;   /* the last segment that was chosen is the one with the largest saliency */
};

void editor_release(struct editor *e);
/* The selected segment: its first step and its steps. */
struct span editor_segment(const struct editor *e);
/* Selects n steps from `from` on. */
void editor_select(struct editor *e, int64_t from, int64_t n);
/* Keeps cursor and channel within the window that is shown, and makes what is missing. Call it before the rest. */
void editor_fit(struct editor *e, const struct session *s);
/* Channels that are edited by themselves. */
int64_t editor_own(const struct session *s);
/* The window that is shown, to be dropped by the caller: the edited one, or that in the file. */
const struct edited *editor_window(const struct session *s);
/* One step of editing on the selected segment: fills in segment, channel, units, clip and seed. A window that is as in
 * the file again is no edited one any more. Returns what changed; 0: nothing, and e->text says why. */
unsigned editor_apply(struct editor *e, struct session *s, struct edit step, struct err *err);
/* The first step of the n steps in which map (T,C) has the largest sum of absolute values, of all channels, or, with
 * what is derived from it, of the one that is edited. */
int64_t editor_salient(const struct editor *e, const struct session *s, const real *map, int64_t n);

#endif
