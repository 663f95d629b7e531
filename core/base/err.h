/* Errors that the outside world causes: files, arguments, limits. An error is a code for the program and a sentence
 * for the user. The caller owns the struct. err_set() passes the sentence through the text gate (core/base/text.h),
 * so its arguments may be names as they stand in a file. A caller may put its place in front of the sentence with
 * err_at(). main prints `tsviz: FILE: where: what; remedy`. */
#ifndef CORE_ERR_H
#define CORE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_NONE = 0,
	ERR_IO = -1,          /* the system refused to open, read or write */
	ERR_FORMAT = -2,      /* the bytes do not follow the format */
	ERR_UNSUPPORTED = -3, /* the file is valid, but tsviz cannot do what it asks for */
	ERR_LIMIT = -4,       /* a limit of size, depth, memory or time is exceeded */
	ERR_VALUE = -5,       /* a name, an option or a number does not fit */
};

struct err {
	int code;
	char text[1024];
};

/* Sets code and sentence. Returns the code, so that `return err_set(e, ERR_FORMAT, "...")` is one line. e may be NULL.
 * A sentence that is too long for text is cut. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Puts a place in front of the sentence: "place: sentence". Returns e->code, or ERR_FORMAT if e is NULL. */
int err_at(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
