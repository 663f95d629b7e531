#include "src/text/text_feed.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "src/text/text_decode.h"

static int64_t count_ends(const unsigned char *s, size_t n)
{
	int64_t ends = 0;
	for (size_t i = 0; i < n; i++)
		ends += s[i] == '\n' || s[i] == '\r';
	return ends;
}

/* Keeps of a piece at `from` what belongs to the beginning or to the end of the text. */
static void keep_edges(struct text_feed *f, const unsigned char *piece, size_t from, size_t n)
{
	size_t tail = f->n > FEED_TAIL ? f->n - FEED_TAIL : 0;
	if (from < FEED_HEAD)
		memcpy(f->text + from, piece, n < FEED_HEAD - from ? n : FEED_HEAD - from);
	if (from + n > tail) {
		size_t skip = tail > from ? tail - from : 0;
		memcpy(f->text + from + skip, piece + skip, n - skip);
	}
}

/* How many bytes of the piece are whole characters, if it is UTF-8 without ^Z; else 0. */
static size_t plain_bytes(const unsigned char *s, size_t n, bool last)
{
	size_t whole = n;
	while (!last && whole && n - whole < 4 && s[whole - 1] > 127)
		whole--;
	return memchr(s, 0x1a, n) || !text_is_utf8(s, whole) ? 0 : whole;
}

static int look_at_all(struct text_feed *f, bool *fits, unsigned char *piece, struct err *e)
{
	size_t at = 0, rest = 0, got; /* `rest` bytes of a character are at the beginning of the piece */
	for (*fits = true; *fits && at + rest < f->n;) {
		int bad = source_read(f->source, piece + rest, FEED_PIECE - rest, &got, e);
		if (bad)
			return bad;
		size_t n = rest + got < f->n - at ? rest + got : f->n - at;
		size_t whole = plain_bytes(piece, n, at + n == f->n);
		*fits = got && whole;
		f->lines += count_ends(piece, whole);
		keep_edges(f, piece, at, whole);
		at += whole;
		rest = n - whole;
		memmove(piece, piece + whole, rest);
	}
	return 0;
}

int text_feed_open(struct text_feed *f, bool *fits, struct source *s, struct err *e)
{
	*fits = source_rewinds(s) && s->size > 2 * (int64_t)FEED_HEAD;
	if (!*fits)
		return 0;
	*f = (struct text_feed){ .source = s, .n = (size_t)s->size, .text = xmalloc((size_t)s->size + 1) };
	f->text[f->n] = 0;
	unsigned char *piece = xmalloc(FEED_PIECE);
	int bad = look_at_all(f, fits, piece, e);
	free(piece);
	if (bad || !*fits)
		text_feed_close(f);
	return bad;
}

int text_feed_begin(struct text_feed *f, struct err *e)
{
	f->loaded = 0;
	f->forgotten = FEED_HEAD;
	return source_rewind(f->source, e);
}

/* Gives whole pages before `at` back to the system. They then hold zeros. */
static void forget(struct text_feed *f, size_t at)
{
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), text = (uintptr_t)f->text;
	uintptr_t first = (text + f->forgotten + page - 1) & ~(page - 1);
	uintptr_t end = (text + (at < f->n - FEED_TAIL ? at : f->n - FEED_TAIL)) & ~(page - 1);
	if (end > first && !madvise((void *)first, end - first, MADV_DONTNEED))
		f->forgotten = end - text;
}

/* Where the last line that is whole ends in the bytes from `at` to `end`, or 0. A CR at the very end may be one half
 * of a CRLF. */
static size_t last_end(const unsigned char *text, size_t at, size_t end)
{
	const unsigned char *lf = memrchr(text + at, '\n', end - at);
	const unsigned char *cr = end - at > 1 ? memrchr(text + at, '\r', end - at - 1) : NULL;
	const unsigned char *last = cr && (!lf || cr > lf) ? cr : lf;
	return last ? (size_t)(last - text) + 1 : 0;
}

int text_feed_more(struct text_feed *f, size_t at, size_t *until, struct err *e)
{
	size_t got;
	forget(f, at);
	do {
		size_t want = f->n - f->loaded < FEED_PIECE ? f->n - f->loaded : FEED_PIECE;
		int bad = source_read(f->source, f->text + f->loaded, want, &got, e);
		if (bad)
			return bad;
		if (got < want)
			return err_set(e, ERR_IO, "became shorter while it was read; try again");
		f->loaded += got;
		*until = f->loaded == f->n ? f->n : last_end(f->text, at < f->loaded ? at : f->loaded, f->loaded);
	} while (*until <= at && f->loaded < f->n);
	return 0;
}

void text_feed_close(struct text_feed *f)
{
	free(f->text);
	*f = (struct text_feed){ 0 };
}
