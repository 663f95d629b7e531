/* What a client asks for, read from the bytes of a request: the target, the Host, and what it has already. Nothing here
 * knows the network or the library that speaks HTTP; every byte is untrusted. */
#ifndef SRC_SERVE_REQUEST_H
#define SRC_SERVE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include "core/base/err.h"

enum {
	REQUEST_BYTES = 4096,   /* of a target */
	REQUEST_SEGMENTS = 12,  /* names between the slashes of a path */
	REQUEST_PARAMETERS = 32 /* of a query */
};

struct parameter {
	const char *name, *value;
};

/* "/windows/3/layers/conv_1?method=gradient": all texts are decoded, valid UTF-8, and without control characters. */
struct request {
	int n_segment, n_parameter;
	const char *segment[REQUEST_SEGMENTS]; /* "windows", "3" ...; the path "/" has none */
	struct parameter parameter[REQUEST_PARAMETERS];
	char text[REQUEST_BYTES + 1]; /* what they point into */
};

/* Reads a target as it stands in the first line of a request. An error says what is wrong with it: percent signs
 * without two digits, bytes that are no text, empty or dotted names, a parameter that is given twice, too much of
 * anything. Names of a path are split before they are decoded, so that a name may hold a slash as %2F. */
int request_parse(struct request *q, const char *target, struct err *e);
/* The value of a parameter; NULL: it is not given. */
const char *request_parameter(const struct request *q, const char *name);

/* Whether a Host names this computer: localhost, 127.0.0.1 or [::1], with any port, because a tunnel has its own. A
 * page of another name that was made to lead here (DNS rebinding) sends that name. NULL: no. */
bool request_host_is_local(const char *host);
/* Whether an Origin is a page of this server, whose Host is `host`. */
bool request_origin_is_own(const char *origin, const char *host);
/* Whether the list of an If-None-Match holds the tag, which has quotation marks. W/ before a tag does not count. `*`
 * matches no tag here. */
bool request_has_tag(const char *list, const char *tag);

#endif
