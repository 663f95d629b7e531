/* How answers are made. This runs in a process of its own for each answer, which has a copy of model and data, and may
 * do with it what it likes (src/serve/worker.h). */
#ifndef SRC_SERVE_ANSWERS_H
#define SRC_SERVE_ANSWERS_H

#include "src/job/job.h"
#include "src/serve/routes.h"

/* What is served. */
struct served {
	const struct options *o;                      /* of the command line */
	struct loaded l;                              /* as they say */
	int (*run)(struct options *o, struct err *e); /* runs the verb of o, which prints to standard output */
	char *name; /* of all that answers depend on beside the question: version, model, data, recipe; owned */
};

struct body {
	const char *type; /* "application/json", "text/csv", or that of .npy */
	const unsigned char *bytes;
	size_t n;
};

struct answering {
	struct served *s;
	const struct asked *a;
	struct body body;
	FILE *f; /* standard output */
	struct options o;
	bool done; /* nothing is left for the verb */
	int status;
};

/* Writes the answer to standard output. Returns 0 or an error; then x->status is the status of the answer that says so.
 */
int answer_make(struct answering *x, struct err *e);
/* The types of own windows, and what stands in each; type NULL ends. */
struct body_type {
	const char *type, *help;
};
extern const struct body_type body_types[];

/* For the table of routes. */
int make_layers(struct answering *x, struct err *e);
int make_saliency(struct answering *x, struct err *e);
int make_clusters(struct answering *x, struct err *e);
int make_trace(struct answering *x, struct err *e);
int prepare_window(struct answering *x, struct err *e);
int prepare_windows(struct answering *x, struct err *e);
int prepare_picture(struct answering *x, struct err *e);
/* src/serve/own_window.c */
int prepare_own_window(struct answering *x, struct err *e);

#endif
