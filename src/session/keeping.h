/* What joins the browser and its session: which file, what it was made of, what is said of it. */
#ifndef SRC_KEEPING_H
#define SRC_KEEPING_H

#include "src/session/session_bind.h"
#include "ui/session/browse_options.h"

struct keeping;

struct keeping_of {
	const char *path; /* of the session; NULL: the one for this model and data */
	bool fresh;       /* begin anew */
	const char *model, *const *data;
	int n_data;
	char *recipe; /* as options; malloc'd, taken over */
	struct session_given given;
};

/* Opens the session. NULL with e->code 0: there is no place for one, and nothing is kept; with a code: the file is no
 * session, or cannot be read. Files are hashed only after keep_ops.resume. */
struct keeping *keeping_open(const struct keeping_of *of, struct err *e);
/* What the browser does with it; the context is the keeping. */
extern const struct keep_ops keeping_ops;
/* The file of the session, with all on the disk that was handed over; NULL: nothing is kept. k may be NULL. */
const char *keeping_file(struct keeping *k);
/* Another model is shown (`:e`): the session ends, with all that was handed over, and that of the other model is
 * opened. keep_ops.resume has to follow. An error is said by it. */
void keeping_switch(struct keeping *k, const struct keeping_of *of);
/* After keep_ops.end, or without it; k may be NULL. */
void keeping_free(struct keeping *k);

#endif
