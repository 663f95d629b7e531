/* Memory. Sizes that come from files are checked with size_mul/size_add before anything is asked for. When memory is
 * short the program says so and leaves (exit 1): mem_on_oom lets the owner of the terminal restore it first. */
#ifndef CORE_MEM_H
#define CORE_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The one mutable global of core: set once by main before threads start; called when memory is short. */
extern void (*mem_on_oom)(void);

void *xmalloc(size_t size);
void *xcalloc(size_t n, size_t size);           /* n * size is checked */
void *xrealloc(void *p, size_t n, size_t size); /* to n * size bytes, checked */
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), nonnull(1)));
/* 64-byte aligned; free() frees it. */
void *xalloc_aligned(size_t size);

/* false: it would overflow, *out untouched. */
bool size_mul(size_t a, size_t b, size_t *out);
bool size_add(size_t a, size_t b, size_t *out);
bool i64_mul(int64_t a, int64_t b, int64_t *out);
bool i64_add(int64_t a, int64_t b, int64_t *out);

/* Sanitizer builds: what lies between two pieces of one block is MEM_GUARD bytes, and touching them is reported.
 * Elsewhere there are none. */
#ifdef TSVIZ_SAN
enum { MEM_GUARD = 64 };
#else
enum { MEM_GUARD = 0 };
#endif
void mem_guard(void *p, size_t n); /* n bytes from p on */

/* An arena: memory that lives and dies together (model, data set). Zeroed, 64-byte aligned when 64 bytes or more,
 * else 16. Initialise with {0}; release frees all. */
struct arena {
	struct arena_block *block;
	size_t used; /* bytes handed out, for budgets */
};
void *arena_alloc(struct arena *a, size_t n, size_t size);
/* The same, not zeroed: a large reservation costs memory only where it is written to. */
void *arena_reserve(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
void *arena_dup(struct arena *a, const void *p, size_t n, size_t size);
void arena_release(struct arena *a);

#endif
