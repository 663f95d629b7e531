/* A worker is a process that makes one answer and ends. It is a copy of the server, so it has model and data without
 * reading them, shares their memory, and may do with them what it likes. It is locked before it looks at the request:
 * it can open no file or socket and start nothing (src/read/sandbox.h). Its memory, its time and its answer are
 * limited. */
#ifndef SRC_SERVE_WORKER_H
#define SRC_SERVE_WORKER_H

#include <sys/types.h>
#include "src/serve/answers.h"

enum { WORKER_SECONDS = 60, WORKER_ANSWER = 256 << 20, WORKER_MEMORY = 1 << 30 };

/* What the two processes share. */
struct outcome {
	int status; /* 0: the worker has not finished; 200, or that of the error */
	struct err err;
};

struct worker {
	pid_t pid;        /* 0: there is none */
	int alive;        /* is readable when the worker has ended */
	int answer;       /* what it has written; a file without a name */
	int64_t deadline; /* in ms of the monotonic clock */
	struct outcome *outcome;
};

/* Starts a worker. asked and body must live until it ends. Returns 0 or an error. */
int worker_start(struct worker *w, struct served *s, const struct asked *asked, const struct body *body, struct err *e);
/* To be called when `alive` is readable, or to end a worker that is late. Returns the status of the answer, 200 or that
 * of the error in e, and the answer's file in *answer, -1 with an error, which the caller closes. */
int worker_end(struct worker *w, bool late, int *answer, int64_t *size, struct err *e);
int64_t clock_ms(void);

#endif
