/* The keys of a session file, one row each: they are read and written by the same tables. */
#ifndef SRC_REVIEW_FIELDS_H
#define SRC_REVIEW_FIELDS_H

#include "src/session/review.h"

enum field_kind { FIELD_TEXT, FIELD_WHOLE, FIELD_FLAG, FIELD_SET, FIELD_OBJECT };

struct review_field {
	const char *key; /* NULL: the end of the table */
	enum field_kind kind;
	size_t at;                     /* offset in the struct */
	int64_t least, most;           /* of a whole number; most: also the bytes of a text */
	int64_t initial;               /* of a whole number that is missing */
	const struct review_field *of; /* FIELD_OBJECT: the keys in it */
};

extern const struct review_field review_file_fields[], review_question_fields[], review_view_fields[],
        review_edit_fields[], review_note_fields[], review_fields[];
/* The rows of review_note_fields from "question" on. */
extern const struct review_field *const review_picture_fields;

#endif
