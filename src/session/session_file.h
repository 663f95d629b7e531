/* A session on disk: the file of JSON, and the journal of what has changed since, FILE.journal, beside it. */
#ifndef SRC_SESSION_FILE_H
#define SRC_SESSION_FILE_H

#include "core/base/sha256.h"
#include "src/session/journal.h"
#include "src/session/review.h"

struct session_file {
	cJSON *tree;            /* the state: the file, and over it the journal */
	char base[SHA256_TEXT]; /* hash of the file's bytes; "": there is no file */
	bool there;             /* there is a file, or a journal with a state */
	char *journal;          /* the bytes of the journal, n_journal of them; malloc'd */
	size_t n_journal;
	struct journal_fate fate;
	char said[512]; /* what was not read and where it is, in a sentence; "": all was read */
};

/* Reads both into s and r, and checks them. journal: a descriptor of the journal, or -1: it is opened by name. No file:
 * an empty state, and s->there is false. The caller releases both, also after an error. */
int session_read(struct session_file *s, struct review *r, const char *path, int journal, struct err *e);
void session_file_release(struct session_file *s);
/* FILE.journal, malloc'd. */
char *session_journal_path(const char *path);
/* Writes a state as JSON that review_format made, n bytes. shared: a file that the user named; else it is for him
 * alone.
 */
int session_write(const char *path, const char *text, size_t n, bool shared, struct err *e);
void session_hash(const char *text, size_t n, char hash[SHA256_TEXT]);

#endif
