/* The hashes of files, computed by a thread while something else goes on. */
#ifndef SRC_FILE_HASH_H
#define SRC_FILE_HASH_H

#include <stdbool.h>
#include "core/base/sha256.h"

struct file_hash;

/* The hash of one file, computed at once. false: it cannot be read, or is no regular file; the hash is "" then. */
bool file_hash_now(const char *path, char hash[SHA256_TEXT]);
/* Begins to hash n files. Paths are copied. NULL: there is no thread for it. */
struct file_hash *file_hash_new(const char *const *path, int n);
/* Whether all are done. Then file_hash_of is the hash of file i; "": it cannot be read, or is no regular file. */
bool file_hash_done(struct file_hash *h);
const char *file_hash_of(const struct file_hash *h, int i);
/* Stops the thread, and frees h, which may be NULL. */
void file_hash_free(struct file_hash *h);

#endif
