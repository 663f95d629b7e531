/* Settings: ${XDG_CONFIG_HOME:-~/.config}/tsviz/config, read when the browser starts. A line is `name = value` (an
 * option by its long name) or `bind KEY action`; blank lines and lines that begin with # are left out. What is not
 * understood is a warning that names its line, never an error: an older program reads a newer file. */
#ifndef SRC_CONFIG_H
#define SRC_CONFIG_H

#include "src/cli/options.h"
#include "ui/session/browse_options.h"

struct config {
	struct browse_binding *bind;
	int n_bind;
	char warning[256]; /* the first, or "" */
	char *text;        /* what the strings point into */
};

/* Sets what the file says in *o. No file: nothing. warn (may be NULL) is called for each line that is not understood.
 */
void config_read(struct config *c, struct options *o, void (*warn)(const char *sentence));
/* The same from text (malloc'd, taken over; a NUL behind it); path names it in warnings. */
void config_parse(struct config *c, struct options *o, const char *path, char *text,
                  void (*warn)(const char *sentence));
void config_release(struct config *c);
/* Set names to values in the file: lines of these names are replaced, others kept as they are, new ones appended. The
 * folder is made. */
int config_save(const struct browse_setting *s, int n, struct err *e);

/* Hints for the first starts: ${XDG_STATE_HOME:-~/.local/state}/tsviz/hints holds how many starts there were, or on or
 * off. hints_start counts this start and returns whether hints are shown: at the first three starts, and if they are
 * on. Where the count cannot be kept there are none. */
bool hints_start(void);
int hints_keep(bool on, struct err *e);

/* Writes a place for what the program remembers, ${XDG_STATE_HOME:-~/.local/state}/tsviz/NAME, into buf. Returns false
 * if neither variable says where. */
bool config_state(const char *name, char *buf, size_t size);
/* Writes a folder of results that are kept, ${XDG_CACHE_HOME:-~/.cache}/tsviz/NAME, into buf. Returns false if neither
 * variable says where. */
bool config_cache(const char *name, char *buf, size_t size);
/* Makes a folder and those above it, as mkdir -p does. */
int config_make_folders(char *path, struct err *e);

#endif
