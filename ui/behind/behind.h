/* Work behind the scenes: a thread of its own, of lower priority than the threads that answer keys, that makes one
 *thing while the user looks at another.
 *
 *	struct behind *b = behind_new(&job, before);
 *	behind_stop(b);       from here on it tells nothing
 *	behind_free(b);       waits until it has ended */
#ifndef UI_BEHIND_H
#define UI_BEHIND_H

#include <stdbool.h>
#include <stdint.h>

struct behind_job {
	/* Makes the thing, in the thread. It asks behind_stopped now and then, and tells by behind_progress how far it
	 * is. Returns what was made; NULL: it was stopped, or there is none. */
	void *(*make)(void *ctx, void *behind);
	/* Called in the thread: so many of all are done. made: the thing, which the callee owns, at the end. NULL with
	 * done == total: there is none. */
	void (*tell)(void *ctx, void *made, int64_t done, int64_t total);
	void (*drop)(void *made); /* frees a thing that nobody is told of */
	void (*end)(void *ctx);   /* frees ctx, once the thread has ended */
	void *ctx;
};
struct behind;

/* Starts the work. before: other work that is ended and freed first, in the new thread; NULL: none. Returns NULL if the
 * system gives no thread; then `before` and ctx are freed. */
struct behind *behind_new(const struct behind_job *job, struct behind *before);
/* Asks the work to end, and does not wait for that: it tells nothing any more. NULL is fine. */
void behind_stop(struct behind *b);
/* Waits until the work has ended. */
void behind_wait(struct behind *b);
/* Ends the work and frees it. It waits for one piece of it at most. NULL is fine. */
void behind_free(struct behind *b);

/* ---- for `make`; behind is what it was given ---- */
bool behind_stopped(void *behind);
/* Tells of a part of what is made, at once: done < total. The callee of `tell` owns it. */
void behind_tell(void *behind, void *made, int64_t done, int64_t total);
/* Tells, but only a few times a second. */
void behind_progress(void *behind, int64_t done, int64_t total);

#endif
