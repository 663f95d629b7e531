#include "core/base/mem.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef TSVIZ_SAN
#include <sanitizer/asan_interface.h>
#endif

void (*mem_on_oom)(void);

void mem_keep(void)
{
#ifdef __GLIBC__
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 8 << 20);
#endif
}

void mem_one_place(void)
{
#ifdef __GLIBC__
	mallopt(M_ARENA_MAX, 1);
#endif
}

void mem_lacking(void)
{
	static const char text[] = "tsviz: out of memory\n";
	static atomic_flag said = ATOMIC_FLAG_INIT;
	/* several threads may get here at once: the first one prints the message, the others wait for it */
	if (atomic_flag_test_and_set(&said)) {
		sleep(1);
		_exit(1);
	}
	if (mem_on_oom)
		mem_on_oom();
	/* stdio may need memory for its buffers, so the message is written without it */
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(1);
	_exit(1);
}

enum { LARGE = 2 << 20 };

/* Asks for large pages, so that the first use of a large block of malloc() costs fewer page faults. The system may
 * decline. All of the block is named, with the whole pages at its ends: realloc() cannot move a mapping of which a part
 * was named. */
static void wish_large_pages(void *block, size_t size)
{
#if defined MADV_HUGEPAGE && defined __GLIBC__
	const uintptr_t page = 4096;
	if (size < LARGE)
		return;
	uintptr_t first = (uintptr_t)block & ~(page - 1);
	uintptr_t end = ((uintptr_t)block + malloc_usable_size(block) + page - 1) & ~(page - 1);
	(void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
	(void)block;
	(void)size;
#endif
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p)
		mem_lacking();
	wish_large_pages(p, size);
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);
	if (!p)
		mem_lacking();
	wish_large_pages(p, n * size);
	return p;
}

void *xrealloc(void *p, size_t n, size_t size)
{
	size_t bytes;
	if (!size_mul(n, size, &bytes))
		mem_lacking();
	p = realloc(p, bytes ? bytes : 1);
	if (!p)
		mem_lacking();
	wish_large_pages(p, bytes);
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = xmalloc(len + 1);
	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, SIZE_MAX - 1);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_lacking();
	char *p = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void *xalloc_aligned(size_t size)
{
	size_t rounded;
	if (!size_add(size ? size : 1, 63, &rounded))
		mem_lacking();
	void *p = aligned_alloc(64, rounded & ~(size_t)63);
	if (!p)
		mem_lacking();
	wish_large_pages(p, size);
	return p;
}

void *xcalloc_aligned(size_t size, void **block)
{
	enum { ALIGN = 64 };
	size_t all;
	if (!size_add(size, ALIGN, &all))
		mem_lacking();
	/* calloc knows which memory is fresh from the system, and does not write zeros there */
	*block = xcalloc(all, 1);
	return (unsigned char *)*block + (ALIGN - (uintptr_t)*block % ALIGN) % ALIGN;
}

bool size_mul(size_t a, size_t b, size_t *out)
{
	size_t r;
	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

bool size_add(size_t a, size_t b, size_t *out)
{
	size_t r;
	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

bool i64_mul(int64_t a, int64_t b, int64_t *out)
{
	int64_t r;
	if (__builtin_mul_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

bool i64_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t r;
	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

/* Blocks grow from 4 KiB to 1 MiB. A larger piece gets a block of its own. */
enum { BLOCK_MIN = 4096, BLOCK_MAX = 1 << 20 };

struct arena_block {
	struct arena_block *next;
	size_t size, used;
	_Alignas(64) unsigned char data[];
};

static struct arena_block *block_new(size_t size)
{
	size_t bytes;
	if (!size_add(sizeof(struct arena_block), size, &bytes))
		mem_lacking();
	struct arena_block *b = xalloc_aligned(bytes);
	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

void mem_guard(void *p, size_t n)
{
#ifdef TSVIZ_SAN
	__asan_poison_memory_region(p, n);
#else
	(void)p, (void)n;
#endif
}

void *arena_reserve(struct arena *a, size_t n, size_t size)
{
	size_t bytes, align;
	if (!size_mul(n, size, &bytes) || bytes > SIZE_MAX / 2)
		mem_lacking();
	align = bytes >= 64 ? 64 : 16;
	bytes += MEM_GUARD;
	struct arena_block *b = a->block;
	size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;
	if (!b || at > b->size || b->size - at < bytes) {
		size_t want = b ? b->size * 2 : BLOCK_MIN;
		if (want > BLOCK_MAX)
			want = BLOCK_MAX;
		struct arena_block *fresh = block_new(bytes > want / 4 ? bytes : want);
		if (b && bytes > want / 4) {
			/* the large block goes behind the current one, which is not full yet */
			fresh->next = b->next;
			b->next = fresh;
		} else {
			fresh->next = b;
			a->block = fresh;
		}
		b = fresh;
		at = 0;
	}
	b->used = at + bytes;
	a->used += bytes;
	mem_guard(b->data + at + bytes - MEM_GUARD, MEM_GUARD);
	return b->data + at;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
	/* n * size does not overflow: arena_reserve has checked it */
	return memset(arena_reserve(a, n, size), 0, n * size);
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_dup(a, s, strlen(s) + 1, 1);
}

void *arena_dup(struct arena *a, const void *p, size_t n, size_t size)
{
	void *q = arena_reserve(a, n, size);
	return n && size ? memcpy(q, p, n * size) : q;
}

/* Returns the place of the block of its own that p points into, or of the NULL at the end. */
static struct arena_block **own_block(struct arena *a, const void *p)
{
	struct arena_block **at = &a->block;
	const unsigned char *q = p;
	while (*at && !((*at)->size > BLOCK_MAX && q >= (*at)->data && q < (*at)->data + (*at)->size))
		at = &(*at)->next;
	return at;
}

bool arena_move(struct arena *to, struct arena *from, const void *p, size_t most)
{
	if (*own_block(to, p))
		return true;
	struct arena_block **at = own_block(from, p), *b = *at;
	if (!b || b->size > most)
		return false;
	*at = b->next;
	from->used -= b->used;
	to->used += b->used;
	/* behind the current block, which is not full yet */
	struct arena_block **place = to->block ? &to->block->next : &to->block;
	b->next = *place;
	*place = b;
	return true;
}

void arena_release(struct arena *a)
{
	for (struct arena_block *b = a->block, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){ 0 };
}
