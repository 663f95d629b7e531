/* Between the browser and a session: what the browser shows, by names; and a session on a model that may be another one
 * than it was made with. */
#ifndef SRC_SESSION_BIND_H
#define SRC_SESSION_BIND_H

#include "src/session/review.h"
#include "ui/state/ui.h"

/* What the command line has said, which counts more than the session. */
struct session_given {
	bool window, target, measure, method, baseline, clusters, seed, view, columns;
	bool within; /* the view is gone to as one that is opened from the present one */
};

/* Puts question, view, marks, pin and notes of the browser into r, which has none of these yet. The texts of the notes
 * stay those of the browser. */
void session_take(struct review *r, const struct ui *u);
/* Brings the browser to question, view, marks, pin and notes of r, as far as they have a place in its model and data.
 * What has none is listed in *lost, one a line, malloc'd or NULL, and so is a change of what was asked. Returns how
 * many things that are. */
int session_give(struct ui *u, const struct review *r, const struct session_given *given, char **lost);
/* The question and the view under which a note is written now, as struct note has them; malloc'd. */
char *session_picture(const struct ui *u, const struct note *n);
/* Brings the browser to the picture of a note; what has no place is listed in `lost` (size bytes). Returns how many
 * things that are. */
int session_picture_show(struct ui *u, const struct note *n, char *lost, size_t size);
/* The window of d that w names, or the nearest by number; *there: it is the very same. */
int64_t session_window_of(const struct dataset *d, const struct review_window *w, bool *there);
/* The edited window of a session in these data, which the caller drops; NULL: its rows or its steps are not there. */
struct edited *session_edited(const struct dataset *d, const struct review_edit *from);
/* What of a model does not depend on its weights, as SHA-256: names, types and sizes of the layers. */
void session_layers(const struct model *m, char hash[]);

#endif
