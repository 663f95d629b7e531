#include "src/read/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include "core/base/mem.h"

static const char *without_folders(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static int say_large(const struct source *s, struct err *e)
{
	return err_set(e, ERR_LIMIT,
	               s->packed ? "unpacks to more than %lld MB; see --max-mem" : "larger than %lld MB; see --max-mem",
	               (long long)(s->cap >> 20));
}

static int say_gz(const struct source *s, struct err *e)
{
	int code;
	const char *why = gzerror(s->gz, &code);
	if (code == Z_ERRNO)
		return err_set(e, ERR_IO, "cannot be read: %s", strerror(errno));
	if (code == Z_BUF_ERROR)
		return err_set(e, ERR_FORMAT, "the gzip file ends early; copy it again");
	return err_set(e, ERR_FORMAT, "the gzip file is damaged (%s); copy it again", why);
}

/* Reads up to n bytes that follow the head. */
static int fetch(struct source *s, unsigned char *p, size_t n, size_t *got, struct err *e)
{
	*got = 0;
	while (s->gz && *got < n) {
		/* Ask for one byte beyond the limit at most, so that a file beyond the limit is noticed. */
		int64_t left = s->cap - s->total + 1;
		size_t want = n - *got < 1 << 30 ? n - *got : 1 << 30;
		want = (int64_t)want > left ? (size_t)left : want;
		int k = gzread(s->gz, p + *got, (unsigned)want);
		int code = Z_OK;
		if (k <= 0)
			gzerror(s->gz, &code);
		if (k < 0 || code != Z_OK)
			return say_gz(s, e);
		if (!k)
			break;
		*got += (size_t)k;
		s->total += k;
		if (s->total > s->cap)
			return say_large(s, e);
	}
	return 0;
}

/* zlib makes two buffers of twice this size and goes through both of them, and each page that is touched for the first
 * time costs as much as some thousand bytes of text: larger ones only make a small file slow. */
enum { GZ_BUFFER = 1 << 15 };

int source_open(struct source *s, const char *path, const struct read_options *o, struct err *e)
{
	const struct bundled *own = bundled_find(o, path);
	if (own) {
		source_memory(s, own->name, own->data, (size_t)(own->end - own->data));
		return 0;
	}
	*s = (struct source){ .file = without_folders(path), .path = strcmp(path, "-") ? path : NULL, .size = -1 };
	s->cap = read_memory_limit(o);
	s->alone = o && o->no_external_data;
	int fd = read_open(path, s->cap, &s->size, e);
	if (fd < 0)
		return fd;
	fd = fd ? fd : dup(0);
	if (fd < 0 || !(s->gz = gzdopen(fd, "rb"))) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_IO, "cannot be read: %s", strerror(errno));
	}
	gzbuffer(s->gz, GZ_BUFFER);
	s->packed = !gzdirect(s->gz);
	if (s->packed)
		s->size = -1;
	if (s->size < 0)
		s->cap /= 2;
	s->owned = xmalloc(SOURCE_HEAD + 1);
	s->head = s->owned;
	int bad = fetch(s, s->owned, SOURCE_HEAD, &s->n_head, e);
	if (bad)
		source_close(s);
	else
		s->owned[s->n_head] = 0;
	return bad;
}

void source_memory(struct source *s, const char *file, const unsigned char *data, size_t n)
{
	*s = (struct source){ .file = file, .head = data, .n_head = n, .size = (int64_t)n, .cap = INT64_MAX };
}

void source_close(struct source *s)
{
	if (s->gz)
		gzclose(s->gz);
	free(s->owned);
	s->gz = NULL;
	s->owned = NULL;
}

int source_read(struct source *s, void *p, size_t n, size_t *got, struct err *e)
{
	size_t k = s->n_head - s->at < n ? s->n_head - s->at : n, more = 0;
	memcpy(p, s->head + s->at, k);
	s->at += k;
	int bad = k < n ? fetch(s, (unsigned char *)p + k, n - k, &more, e) : 0;
	*got = k + more;
	return bad;
}

bool source_rewinds(const struct source *s)
{
	return s->gz && s->size >= 0;
}

int source_rewind(struct source *s, struct err *e)
{
	/* nothing but the head was read */
	if (s->total == (int64_t)s->n_head) {
		s->at = 0;
		return 0;
	}
	unsigned char *head = xmalloc(SOURCE_HEAD);
	size_t got = 0;
	s->total = 0;
	int bad = gzrewind(s->gz) ? say_gz(s, e) : fetch(s, head, SOURCE_HEAD, &got, e);
	if (!bad && (got != s->n_head || memcmp(head, s->head, got) != 0))
		bad = err_set(e, ERR_IO, "changed while it was read; try again");
	free(head);
	s->at = 0;
	return bad;
}

const unsigned char *source_all(const struct source *s, size_t *n)
{
	*n = s->n_head;
	return source_rewinds(s) && (int64_t)s->n_head == s->size ? s->head : NULL;
}

int source_rest(struct source *s, unsigned char **data, size_t *n, struct err *e)
{
	size_t room = s->size >= 0 ? (size_t)s->size + 2 : 4 * (size_t)SOURCE_HEAD, at = 0, got;
	unsigned char *p = xmalloc(room);
	*data = NULL;
	*n = 0;
	for (;;) {
		int bad = source_read(s, p + at, room - 1 - at, &got, e);
		if (bad) {
			free(p);
			return bad;
		}
		at += got;
		if (at + 1 < room)
			break;
		room *= 2;
		p = xrealloc(p, room, 1);
	}
	if (s->size >= 0 && s->gz && (int64_t)at < s->size) {
		free(p);
		return err_set(e, ERR_IO, "became shorter while it was read; try again");
	}
	p[at] = 0;
	*data = p;
	*n = at;
	return 0;
}
