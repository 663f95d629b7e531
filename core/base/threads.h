/* Work that is shared between threads. */
#ifndef CORE_THREADS_H
#define CORE_THREADS_H

#include <stddef.h>
#include <stdint.h>

enum { THREADS_MAX = 64 };

/* `threads`, but at least 1, at most THREADS_MAX, and no more than there are pieces of work. */
int threads_of(int threads, int64_t pieces);
/* Calls work(shares + k * size) for k = 0 to n - 1, each in a thread of its own, and waits for all. The first share is
 * that of the calling thread, which also does the shares of threads that do not start. */
void threads_run(int n, void (*work)(void *share), void *shares, size_t size);
/* Calls work(job) in n threads, which take pieces of the job until none is left, and waits for all. Fewer threads do
 * where some do not start. */
void threads_share(int n, void (*work)(void *job), void *job);

#endif
