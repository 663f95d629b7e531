/* Builds a set of ready windows value by value. The readers of .ts, ARFF and wide tables share it.
 *
 * Call window_build_init(). For each value call window_build_room() and window_build_value(); after each channel
 * window_build_channel(); after each window window_build_window(). At the end call window_build_finish(), and in
 * every case window_build_release(). */
#ifndef SRC_WINDOW_BUILD_H
#define SRC_WINDOW_BUILD_H

#include "core/data/dataset.h"
#include "core/data/group_names.h"
#include "src/read/lines.h"
#include "src/read/source.h"

struct window_build {
	struct window_set *s;
	struct err *e;
	int64_t budget; /* bytes that may still be allocated */
	float *x;       /* all values so far */
	size_t n, room;
	int64_t n_window, window_room;
	int64_t *at, *length;
	int64_t *line;
	const char **label, **stamp;
	double *value; /* the labels as numbers, NaN if they are none */
	bool any_label, any_word, any_fraction, any_stamp;
	/* the current window: where it and its current channel begin in x */
	size_t start, channel_start;
	int64_t n_channel, *channel_length, channel_room;
	const char *now_stamp;
	int *group; /* [n_window], if windows have groups */
	struct group_names names;
	char *now_group;         /* the group of the current window; NULL: none so far */
	const char *recent[256]; /* labels by hash, so that equal labels share one text */
};

/* Reads the rest of a text file in the encoding that the recipe names, or any (src/text/text_decode.h). r may be NULL.
 * *l begins at its first line. *bytes: how much memory the text takes. *owned is malloc'd and belongs to the caller; it
 * is NULL on error. */
int text_rest(struct source *s, const struct recipe *r, struct lines *l, unsigned char **owned, int64_t *bytes,
              struct err *e);
/* What --encoding says, or NULL. */
static inline const char *encoding_of(const struct recipe *r)
{
	return r ? r->encoding : NULL;
}
/* What --comment says, or NULL. */
static inline const char *comment_of(const struct recipe *r)
{
	return r ? r->comment : NULL;
}
/* Starts a set. `file` and `format` name it; format must outlive the set. budget: bytes that the set may use. Errors
 * go to *e. */
void window_build_init(struct window_build *b, struct window_set *s, const char *file, const char *format,
                       int64_t budget, struct err *e);
/* Makes room for k more values. Returns 0 or an error. Needed before window_build_value(). */
int window_build_room(struct window_build *b, size_t k);
static inline void window_build_value(struct window_build *b, float v)
{
	b->x[b->n++] = v;
}
/* Ends a channel. It holds the values since the last channel ended. */
int window_build_channel(struct window_build *b);
/* Ends a window; channels shorter than the longest are padded with NaN. label: n bytes as in the file, or NULL.
 * line: the line of the file, for messages. */
int window_build_window(struct window_build *b, const char *label, size_t n, int64_t line);
/* Adds a part to the name of the current window's group: the cell s[0..n) of a column. name: that of the column, which
 * stands before numbers; NULL: there is only one part. Returns an error if the cell is empty. */
int window_build_group(struct window_build *b, const char *name, const char *s, size_t n, int64_t line);
/* Returns whether the cell s[0..n) is a word of --missing-value. */
bool is_missing_word(const struct recipe *r, const char *s, size_t n);
/* Moves everything into the set. numbers: if all labels are numbers, they are also target values. Returns an error
 * if there are no windows. */
int window_build_finish(struct window_build *b, bool numbers);
/* Gives windows of one row of values each their channels and steps. T, C: those of the model; 0: unknown. The recipe's
 * layout, NCT or NTC, says which follow each other; without it the more even of the two is taken, and a warning names
 * the other. The set keeps its values where they are. Returns 0, or an error if a row has no C times as many values. */
int window_set_split(struct window_set *s, const struct recipe *r, int64_t T, int64_t C, struct err *e);
/* Releases what has not been moved into the set. */
void window_build_release(struct window_build *b);

/* Reads one cell. An empty cell, ?, NA, N/A, NaN and null give NaN. Numbers beyond the range of float give infinity.
 * point: the decimal point. Returns false if the cell is neither a number nor missing. */
bool text_value(const char *s, size_t n, char point, float *out);
/* The same, and a word of --missing-value gives NaN, too. */
bool text_value_or_word(const struct recipe *r, const char *s, size_t n, char point, float *out);
/* Removes blanks at both ends of the text. */
void text_trim(const char **s, size_t *n);
/* Returns a cleaned copy of the text, which belongs to the arena. At most 1024 bytes of it are copied. */
const char *text_copy(struct arena *a, const char *s, size_t n);

#endif
