#include "src/serve/kept.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void drop(struct kept *k, struct kept_answer *a)
{
	close(a->file);
	k->bytes -= a->size;
	*a->tag = 0;
}

int kept_find(struct kept *k, const char *tag, int64_t *size)
{
	for (int i = 0; i < KEPT_ANSWERS; i++) {
		struct kept_answer *a = &k->answer[i];
		if (!*a->tag || strcmp(a->tag, tag) != 0)
			continue;
		a->used = ++k->now;
		*size = a->size;
		return fcntl(a->file, F_DUPFD_CLOEXEC, 3);
	}
	return -1;
}

/* A free place, after the oldest answers have gone until there is room for so many bytes. */
static struct kept_answer *room(struct kept *k, int64_t size)
{
	for (;;) {
		struct kept_answer *empty = NULL, *oldest = NULL;
		for (int i = 0; i < KEPT_ANSWERS; i++) {
			struct kept_answer *a = &k->answer[i];
			if (!*a->tag)
				empty = a;
			else if (!oldest || a->used < oldest->used)
				oldest = a;
		}
		if (empty && k->bytes + size <= KEPT_BYTES)
			return empty;
		drop(k, oldest);
	}
}

void kept_add(struct kept *k, const char *tag, int file, int64_t size)
{
	int64_t had;
	int other = size > KEPT_BYTES / 4 ? -1 : kept_find(k, tag, &had);
	if (size > KEPT_BYTES / 4 || other >= 0) {
		if (other >= 0)
			close(other);
		return;
	}
	int copy = fcntl(file, F_DUPFD_CLOEXEC, 3);
	if (copy < 0)
		return;
	struct kept_answer *a = room(k, size);
	snprintf(a->tag, sizeof a->tag, "%s", tag);
	a->file = copy;
	a->size = size;
	a->used = ++k->now;
	k->bytes += size;
}

void kept_release(struct kept *k)
{
	for (int i = 0; i < KEPT_ANSWERS; i++)
		if (*k->answer[i].tag)
			drop(k, &k->answer[i]);
}
