/* What the scene knows of the standing of the methods: which map may be believed how far (core/truth), measured over
 * windows spread over the set, and in the window that is shown. A judge measures it (ui/behind/judge.h). */
#ifndef UI_SCENE_TRUTH_H
#define UI_SCENE_TRUTH_H

#include "ui/scene/worker.h"

/* What a standing is of; filters that are switched off do not matter, since it is that of the whole network. */
struct truth_of {
	struct target target;
	enum baseline baseline;
	int64_t baseline_window;
	uint64_t seed;
	int64_t window; /* -1: the set */
};

struct scene_truth {
	const struct standing_source *source;
	bool look; /* a standing that is kept is looked for at once */
	bool wait; /* numbers are waited for, and so are these */
	struct scene_truth_at {
		enum { TRUTH_NOT_ASKED, TRUTH_LOOKED_FOR, TRUTH_MEASURED } asked;
		bool ended; /* what was asked has come, or came to nothing */
		int64_t number, done, total;
		struct truth_of of;
		struct truth_standing *standing; /* of `of`; NULL: not there */
	} at[2];                                 /* over the set; in one window */
	bool insisted;                           /* the user asked for it, whatever it costs */
};

/* Whether measuring takes so long that it is not begun unasked. */
bool truth_is_costly(const struct scene_truth *t, const struct model *m);
/* Starts what is missing for the session's question. wanted: the view shows it. */
void truth_ask(struct scene_truth *t, struct worker *w, const struct session *s, bool wanted);
/* Whether a patient browser waits for the standing over the set (0) or in the window (1). */
bool truth_awaited(const struct scene_truth *t, int which);
/* Takes an answer, and returns whether it is one to be shown. */
bool truth_place(struct scene_truth *t, struct answer *r);
/* The standing over the set, or in the window that is shown; NULL: not known. */
const struct truth_standing *truth_of_set(const struct scene_truth *t);
const struct truth_standing *truth_of_window(const struct scene_truth *t);
/* The method that the session's `auto` means now: that of the standing, or of method 0 as long as there is none. why
 * (size): a sentence without a full stop; may be NULL. */
int truth_auto(const struct scene_truth *t, char *why, size_t size);
/* Whether the method is the one that `auto` means, and not one that was chosen. */
bool truth_follows(const struct scene_truth *t, const struct session *s);
void truth_forget(struct scene_truth *t);

#endif
