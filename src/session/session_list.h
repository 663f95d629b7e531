/* The sessions that the browser keeps by itself: ${XDG_STATE_HOME:-~/.local/state}/tsviz/sessions/NAME-HASH.json. */
#ifndef SRC_SESSION_LIST_H
#define SRC_SESSION_LIST_H

#include <stdbool.h>
#include <stddef.h>

enum { SESSION_PATH = 4096 };

/* The file for a model and its data, into buf: NAME is the model's, HASH is made of the real paths of all. Returns
 * false if there is no place for it, or one of them has no path. Nothing is made. */
bool session_path_of(const char *model, const char *const *data, int n_data, char *buf, size_t size);
/* The paths of all sessions, sorted by name; malloc'd, as is the list. *n: how many. */
char **session_list(int *n);

#endif
