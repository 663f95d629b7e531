/* Smaller networks (ui/behind/pruner.h): the one that is being made, the points of the curve, and those that are or
 * were what the network is compared with. */
#ifndef UI_SCENE_PRUNE_H
#define UI_SCENE_PRUNE_H

#include "ui/scene/worker.h"

enum { PRUNED_MOST = 128 }; /* more than the past has steps (UNDO_MOST) */

struct scene_prune {
	bool wait;  /* numbers are waited for, and so are these */
	bool going; /* a pruner is at work, for the curve or for one network */
	bool curve;
	int64_t number, done, total;
	char said[256]; /* why it came to nothing; whoever says it empties it */
	char why[256];  /* why there is no curve, or "" */
	/* The curve, of this target; n_point < CURVE_POINTS: not all are there. */
	struct pruned *point[CURVE_POINTS];
	int n_point;
	bool drawn; /* there is a curve, or one was begun */
	struct target target;
	struct pruned *fresh; /* a network that has just come, and is not taken yet; NULL: none */
	struct pruned *kept[PRUNED_MOST];
	int n_kept;
};

/* Starts to make one network without the marked filters, or, without marks, without a part of each layer. */
void prune_start(struct scene_prune *p, struct worker *w, const struct session *s, const struct filter_set *marks,
                 double ratio);
/* Starts the curve, unless there is one for the session's target. */
void prune_curve(struct scene_prune *p, struct worker *w, const struct session *s);
/* Ends what is at work. Returns false if nothing is. */
bool prune_stop(struct scene_prune *p, struct worker *w);
/* Takes an answer, and returns whether it is one to be shown. */
bool prune_place(struct scene_prune *p, struct answer *r);
/* Keeps a network, which is `fresh` or a point of the curve, until the scene ends. in_use (ctx) says which of those
 * that are kept are still needed; of the others the oldest gives way where there is no room. */
void prune_keep(struct scene_prune *p, struct worker *w, struct pruned *q,
                bool (*in_use)(const void *ctx, const struct pruned *q), const void *ctx);
void prune_forget(struct scene_prune *p);

#endif
