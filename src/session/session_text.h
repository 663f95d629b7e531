/* A session as text. */
#ifndef SRC_SESSION_TEXT_H
#define SRC_SESSION_TEXT_H

#include "src/session/review.h"

/* Prints a session, a fact on each line. */
void session_print(FILE *f, const struct review *r);
/* "3 off, 5 marks, 2 notes" into buf; "": there is nothing of that. */
void session_counts(const struct review *r, char *buf, size_t size);
/* What a note is about: "conv1 #7 in window 12". */
void session_note_place(const struct review_note *n, char *buf, size_t size);

#endif
