/* Errors of the outside world: a code to branch on, a sentence to read. The struct belongs to the caller.
 * err_set() puts the sentence through the text gate (core/base/text.h), so names from files may be passed to it raw.
 * Each level may add its place in front with err_at(). main prints `tsviz: FILE: where: what; remedy`. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_NONE = 0,
	ERR_IO = -1,          /* the system refused: open, read, write */
	ERR_FORMAT = -2,      /* the bytes are not what the format asks for */
	ERR_UNSUPPORTED = -3, /* valid, but tsviz cannot do it */
	ERR_LIMIT = -4,       /* a stated limit of size, depth, memory or time */
	ERR_VALUE = -5,       /* a name, option or number that does not fit */
};

struct err {
	int code;
	char text[1024];
};

/* Set code and sentence; returns code, so that `return err_set(e, ERR_FORMAT, "...")` is one line. e may be NULL. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Put a place in front: "place: sentence". Returns e->code (ERR_FORMAT if e is NULL). */
int err_at(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
