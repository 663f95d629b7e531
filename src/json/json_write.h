/* Writes JSON (strict RFC 8259, UTF-8) independently of the locale. Computed numbers have 9 significant digits,
 * scalers 17. NaN and infinities are written as null. The caller checks the stream for errors at the end. */
#ifndef SRC_JSON_WRITE_H
#define SRC_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "core/base/real.h"

struct json {
	FILE *f;
	int depth;
	bool comma[64]; /* [depth]: a value has been written at this depth */
	bool after_key, newline;
};

void json_init(struct json *j, FILE *f);
void json_object(struct json *j); /* begins an object */
void json_end_object(struct json *j);
void json_array(struct json *j);
void json_end_array(struct json *j);
void json_newline(struct json *j); /* puts a line break before the next member, if one follows */
void json_key(struct json *j, const char *key);
void json_string(struct json *j, const char *s); /* cleans and escapes the text; NULL: null */
void json_int(struct json *j, int64_t v);
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_number(struct json *j, double v);                /* %.9g */
void json_number17(struct json *j, double v);              /* %.17g */
void json_reals(struct json *j, const real *v, int64_t n); /* an array of n numbers; v NULL: null */
void json_ints(struct json *j, const int *v, int64_t n);
/* Members of an object that were written before, by the same writer: "key":value,... */
void json_members(struct json *j, const char *text);
/* A member of an object: key and value. */
void json_put_string(struct json *j, const char *key, const char *v);
void json_put_int(struct json *j, const char *key, int64_t v);
void json_put_number(struct json *j, const char *key, double v);
void json_put_bool(struct json *j, const char *key, bool v);

#endif
