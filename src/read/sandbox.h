/* Work on untrusted bytes in a throw-away child process: no files, no sockets, no programs, bounded memory and time.
 * What the child makes comes back as bytes through a pipe, and the caller treats those as hostile too. */
#ifndef SRC_SANDBOX_H
#define SRC_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

struct sandbox {
	/* Before the child is locked: load libraries. May be NULL. */
	int (*prepare)(void *arg, struct err *e);
	/* After it: parse; *buf is malloc'd, or NULL where the answer went through sandbox_send. */
	int (*work)(void *arg, unsigned char **buf, size_t *n, struct err *e);
	void *arg;
	int64_t max_mem; /* bytes beyond what this process has already, and of the answer */
	double max_time; /* seconds of processor time; by the clock a little more, and as long as it takes where there
	                    is no processor for it */
	/* The program itself is started anew, with this as its only argument, an empty environment and the descriptor
	 * `input` as SANDBOX_INPUT; its main calls sandbox_child(). NULL: a copy of this process. */
	const char *again;
	int input;
};

enum { SANDBOX_INPUT = 4 };

/* 0 and the bytes that the child made (caller frees), or the child's error, or one that says how it ended. */
int sandbox_run(const struct sandbox *s, unsigned char **buf, size_t *n, struct err *e);

/* In the child's work: the next bytes of its answer. After the first there can be no error any more. */
void sandbox_send(const void *p, size_t n);

/* What main does when it was started as a child: prepare, lock, work, send; does not return. */
_Noreturn void sandbox_child(const struct sandbox *s);

#endif
