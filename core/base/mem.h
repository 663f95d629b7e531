/* Memory. The functions here never return NULL for lack of memory: they print a message and end the program with
 * status 1. A size that comes from a file is computed with size_mul and size_add, which detect overflow. */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Called before the program ends for lack of memory, so that the browser can restore the terminal. main sets it once
 * before it starts threads. It is the only global of core that changes. */
extern void (*mem_on_oom)(void);
/* Ends the program for lack of memory, with a message: for the caller of a function of a library that ran out of it. */
_Noreturn void mem_lacking(void);

/* Like malloc, calloc, realloc, strdup, strndup and asprintf of the C library. The caller frees the result. */
void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);           /* checks that n * size does not overflow */
void *xrealloc(void *p, size_t n, size_t size); /* to n * size bytes, checked likewise */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
/* `size` bytes, aligned to 64 bytes, with undefined contents. The caller frees them with free(). */
void *xalloc_aligned(size_t size);
/* From now on up to 16 MB of freed memory stay for the next allocation, for each thread that allocates at the same
 * time; blocks of 8 MB and more do not. Without this the C library gives large blocks back at once, and the system
 * fills each page with zeros when it hands it out again: the maps of one window after the other took up to fifteen
 * times as long. Does nothing where the C library is not glibc. */
void mem_keep(void);
/* From now on all threads take memory from one place, so that mem_keep() keeps 16 MB in all: for a program that runs
 * for hours. Threads that allocate at the same time wait for one another: a survey by two threads takes a fourth
 * longer. Call it before other threads are started. */
void mem_one_place(void);
/* The same as xalloc_aligned(), set to zero. *block gets what the caller frees, which may begin earlier. */
void *xcalloc_aligned(size_t size, void **block);

/* Set *out to the product or the sum. Return false and leave *out alone if it would overflow. */
bool size_mul(size_t a, size_t b, size_t *out);
bool size_add(size_t a, size_t b, size_t *out);
bool i64_mul(int64_t a, int64_t b, int64_t *out);
bool i64_add(int64_t a, int64_t b, int64_t *out);

/* In sanitizer builds, MEM_GUARD unused bytes lie between two pieces of one block, and an access to them is reported.
 * Other builds have none. */
#ifdef TSVIZ_SAN
enum { MEM_GUARD = 64 };
#else
enum { MEM_GUARD = 0 };
#endif
/* Makes the sanitizer report an access to the n bytes at p. Other builds: does nothing. */
void mem_guard(void *p, size_t n);

/* An arena: pieces of memory that are freed together, such as those of a model or a data set. Initialise it with {0};
 * arena_release frees all pieces. A piece of 64 bytes or more is aligned to 64 bytes, a smaller one to 16. */
struct arena {
	struct arena_block *block;
	size_t used; /* bytes handed out so far */
};
/* n * size bytes, set to zero; checks that the product does not overflow. */
void *arena_alloc(struct arena *a, size_t n, size_t size);
/* The same, but not set to zero. The system provides memory for the pages that are written to, and only for these. */
void *arena_reserve(struct arena *a, size_t n, size_t size);
/* Copies of a string and of n elements of `size` bytes at p. */
char *arena_strdup(struct arena *a, const char *s);
void *arena_dup(struct arena *a, const void *p, size_t n, size_t size);
/* Moves the piece that p points into from one arena to another, so that it lives as long as that one. It may be there
 * already. Only a large piece has memory of its own. false: p points into none, or into one of more than `most` bytes.
 */
bool arena_move(struct arena *to, struct arena *from, const void *p, size_t most);
void arena_release(struct arena *a);

#endif
