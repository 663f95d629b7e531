/* Writes events of a record as a file: CSV, annotations of WFDB (.atr), or annotations of EDF+ (.edf). The end of the
 * name says which. */
#ifndef SRC_EXPORT_EVENTS_FILE_H
#define SRC_EXPORT_EVENTS_FILE_H

#include "core/record/record_events.h"
#include "src/read/save.h"

enum { EVENTS_MAX = 1000000 };

struct events_file {
	const struct record_plan *p;
	const struct events_form *form;
	struct save save;
	/* what the column `what` says: set by the caller before the end */
	struct record_limits limits;
	const char *where; /* the expression, as it was given; NULL: none. It must outlive the file. */
	/* the events, in the order in which they ended */
	struct record_event *event;
	int64_t n, cap;
	bool too_many; /* more than EVENTS_MAX; events_commit refuses then */
	char *cleaned; /* the expression, as it is written */
	int64_t last;  /* WFDB: the sample of the last annotation */
};
/* Begins the file. ERR_VALUE: the name ends otherwise, or the steps have no rate for the form. */
int events_begin(struct events_file *f, const struct record_plan *p, const char *path, struct err *e);
/* ctx: the struct events_file. A function for struct record_finder. Events are kept until events_commit, which writes
 * them in the order of their first steps, and WFDB annotations, which stand at their peaks, in that of the peaks. */
void events_add(void *ctx, const struct record_event *v);
/* ERR_LIMIT: there are more than EVENTS_MAX events. Nothing is written then. */
int events_commit(struct events_file *f, struct err *e);
void events_abort(struct events_file *f);

#endif
