/* Runs work on untrusted bytes in a child process that cannot open files or sockets or start programs. Memory and
 * time are bounded. The child sends its answer through a pipe, and the caller must treat the answer as untrusted
 * too. */
#ifndef SRC_SANDBOX_H
#define SRC_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"

struct sandbox {
	/* Loads libraries before the child is locked. May be NULL. */
	int (*prepare)(void *arg, struct err *e);
	/* Does the work in the locked child. *buf is malloc'd and sent to the parent, or NULL if sandbox_send() has
	 * sent the answer. */
	int (*work)(void *arg, unsigned char **buf, size_t *n, struct err *e);
	void *arg;
	int64_t max_mem; /* bytes that the child may use beyond those of this process; also the largest answer */
	/* Seconds of processor time. In wall-clock time the child gets 1.5 s more. While it waits for a processor or
	 * a disk, it gets up to ten times that time in addition. */
	double max_time;
	/* If not NULL: the child is this program, started again with `again` as its only argument, an empty
	 * environment and `input` as descriptor SANDBOX_INPUT. It does not use `opens`. Its main() has to call
	 * sandbox_child(). If NULL: the child is a copy of this process. */
	const char *again;
	int input;
	/* If not NULL: when the child opens this very path, it gets a copy of the descriptor `input`. No file system
	 * is asked, so the path may not even exist. For libraries that read only what they open themselves. */
	const char *opens;
};

enum { SANDBOX_INPUT = 4 };

/* Runs the child and waits for it. Returns 0 and the child's answer in *buf, which the caller frees. On error
 * returns the child's error, or an error that says how the child ended. */
int sandbox_run(const struct sandbox *s, unsigned char **buf, size_t *n, struct err *e);

/* Sends the next bytes of the answer. Only the child's work() may call it. After the first call work() must not
 * fail. */
void sandbox_send(const void *p, size_t n);

/* What main() calls in a child that was started again: prepares, locks the process, works and sends the answer. */
_Noreturn void sandbox_child(const struct sandbox *s);

/* Locks this process, which is a copy of another, in the same way: no file or socket can be opened and nothing started.
 * But threads can. Afterwards it has so many bytes more of memory, may write files of so many bytes that are open
 * already, and has so much processor time. */
struct sandbox_limits {
	int64_t memory, file;
	int seconds;
};
void sandbox_lock(const struct sandbox_limits *l);

#endif
