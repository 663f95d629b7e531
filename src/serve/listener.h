/* Speaks HTTP/1.1 on the loopback. One thread looks at all connections and starts the workers; it computes nothing. */
#ifndef SRC_SERVE_LISTENER_H
#define SRC_SERVE_LISTENER_H

#include "src/serve/answers.h"

enum {
	CLIENTS_MOST = 160, /* connections at a time; others wait until they are accepted */
	QUEUE_MOST = 128,   /* questions that wait for a worker; another is answered with 503 */
	WORKERS_MOST = 64,
	HEADER_BYTES = 16384,   /* of a request */
	READ_SECONDS = 10,      /* in which a request has to come */
	WRITE_SECONDS = 60,     /* in which an answer has to be taken */
	HELD_BYTES = 512 << 20, /* of answers that are not taken yet: then no worker starts */
};

struct listener;

/* Begins to listen at 127.0.0.1. port 0: one that is free. Returns NULL with a sentence in e. */
struct listener *listener_open(struct served *s, int port, int workers, struct err *e);
/* The port at which it listens. */
int listener_port(const struct listener *l);
/* Answers until *stop is set. Then no connection is accepted, answers that are being made are finished, and new
 * questions are refused. `mask` are the signals that are let through while it waits. */
void listener_run(struct listener *l, const volatile int *stop, const void *mask);
void listener_close(struct listener *l);

#endif
