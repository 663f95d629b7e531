/* The answers that were made last, by their tags, so that the same question costs nothing. */
#ifndef SRC_SERVE_KEPT_H
#define SRC_SERVE_KEPT_H

#include <stdint.h>
#include "src/serve/front.h"

enum { KEPT_ANSWERS = 256, KEPT_BYTES = 64 << 20 };

struct kept_answer {
	char tag[TAG_BYTES]; /* "": none */
	int file;
	int64_t size, used; /* used: when, as a number that grows */
};
struct kept {
	struct kept_answer answer[KEPT_ANSWERS];
	int64_t bytes, now;
};

/* A copy of the descriptor of the answer with this tag, which the caller closes; -1: it is not kept. */
int kept_find(struct kept *k, const char *tag, int64_t *size);
/* Keeps an answer, by a copy of its descriptor; a large one is not kept. Those that were not asked for longest go. */
void kept_add(struct kept *k, const char *tag, int file, int64_t size);
void kept_release(struct kept *k);

#endif
