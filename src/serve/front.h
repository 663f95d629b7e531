/* What a request is answered with before anything is computed: refusals, what has not changed, and answers that need no
 * numbers. It knows nothing of the library that speaks HTTP. */
#ifndef SRC_SERVE_FRONT_H
#define SRC_SERVE_FRONT_H

#include "src/serve/answers.h"

enum { BODY_MOST = 1 << 20, TAG_BYTES = 40 };

/* What a client has sent beside a body. A header that was not sent is NULL. */
struct ask {
	const char *method, *target, *host, *origin, *content_type, *length, *none_match;
	bool http_1_0;
};

struct reply {
	int status;       /* 0: the answer has to be made */
	const char *type; /* NULL: nothing is in it */
	char *text;       /* malloc'd; NULL: it is in the file */
	int file;         /* -1: none */
	int64_t size;
	char tag[TAG_BYTES]; /* ETag, or "" */
	char allow[32];      /* Allow, or "" */
	bool later;          /* Retry-After */
	bool ends;           /* the connection is closed behind it */
};

/* Looks at a request. Afterwards r->status is 0, and `asked` says what a worker has to answer, or the reply is there.
 * asked->q holds the texts. */
void front_ask(const struct served *s, const struct ask *q, struct asked *asked, struct reply *r);
/* Makes r a problem (RFC 9457) of this status. */
void front_problem(struct reply *r, int status, const char *sentence);
/* "Not Found" */
const char *front_phrase(int status);

/* src/serve/openapi.c: the description of all routes; malloc'd */
char *openapi_make(const struct served *s, size_t *n);
/* src/serve/page.c: the page; malloc'd. NULL: what is asked for is not there, as e says. */
char *page_make(const struct served *s, const struct asked *asked, size_t *n, struct err *e);

#endif
