/* `:report` of the browser: another process of this program makes the report, so that nothing of it is in the way of
 * keys. It reads the files again, and what is on the screen as a session, FILE.session.json, which stays beside the
 * report: the command in the report makes the same bytes again. */
#ifndef SRC_REPORT_REPORTER_H
#define SRC_REPORT_REPORTER_H

#include "src/cli/options.h"
#include "src/session/keeping.h"

struct reporter {
	const struct options *o; /* of the command line, or with another model after `:e` */
	struct keeping *keeping; /* has the notes; NULL: there is no session */
	int pid;                 /* of the process; 0: none is at work */
	int from;                /* what it says on standard error can be read here; -1: none */
	char *path;              /* of the report */
};
extern const struct report_ops reporter_ops; /* the context is a struct reporter, at first with from -1 */
/* Forgets a process that is still at work; it ends by itself, and leaves nothing half written. */
void reporter_release(struct reporter *r);

#endif
