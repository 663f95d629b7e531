/* Ready windows from text, value by value: what the readers of .ts, ARFF and wide tables share. */
#ifndef SRC_WINDOW_BUILD_H
#define SRC_WINDOW_BUILD_H

#include "core/data/dataset.h"

struct window_build {
	struct window_set *s;
	struct err *e;
	int64_t budget; /* bytes that may still be taken */
	float *x;       /* values so far */
	size_t n, room;
	int64_t n_window, window_room;
	int64_t *at, *length;
	int64_t *line;
	const char **label, **stamp;
	double *value; /* the labels as numbers */
	bool any_label, any_word, any_fraction, any_stamp;
	/* the window that is being read */
	size_t start, channel_start;
	int64_t n_channel, *channel_length, channel_room;
	const char *now_stamp;
	const char *recent[256]; /* labels seen, by hash */
};

/* `file` and `format` name the set; budget: bytes that it may take in all. */
void window_build_init(struct window_build *b, struct window_set *s, const char *file, const char *format,
                       int64_t budget, struct err *e);
/* Room for k more values: 0 or an error. Needed before window_build_value. */
int window_build_room(struct window_build *b, size_t k);
static inline void window_build_value(struct window_build *b, float v)
{
	b->x[b->n++] = v;
}
/* What has come since the last channel is one. */
int window_build_channel(struct window_build *b);
/* A window is complete: shorter channels are padded with NaN. label (n bytes, raw) NULL: none. */
int window_build_window(struct window_build *b, const char *label, size_t n, int64_t line);
/* Hand everything to the set. numbers: labels that are all numbers are values to be predicted too. */
int window_build_finish(struct window_build *b, bool numbers);
/* What is left of the building. */
void window_build_release(struct window_build *b);

/* One cell: a number, or one of empty, ?, NA, N/A, NaN, null: NaN. Numbers beyond float become infinite. false:
 * neither. */
bool text_value(const char *s, size_t n, char point, float *out);
/* Without blanks at both ends. */
void text_trim(const char **s, size_t *n);
/* A cleaned copy in the arena. */
const char *text_copy(struct arena *a, const char *s, size_t n);

#endif
