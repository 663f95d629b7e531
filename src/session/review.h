/* A review: what a session file holds. It is what the user saw, chose and wrote of one model and its data: the
 * question, the view, marks, pins and notes. Everything is named (layers, measures, windows by group and row), nothing
 * is an index into a model that is loaded, so a review can be read, printed and united with another one without any
 * model.
 *
 * All texts have passed the text gate, and none is NULL. */
#ifndef SRC_REVIEW_H
#define SRC_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/base/mem.h"
#include "src/json/json_read.h"
#include "src/json/json_write.h"

enum {
	REVIEW_VERSION = 1,
	REVIEW_NOTES_MAX = 10000,
	REVIEW_PINS_MAX = 16,
	REVIEW_EDITS_MAX = 1000,
	REVIEW_VALUES_MAX = 1000000, /* of all edited windows */
	REVIEW_FILES_MAX = 1000,
	REVIEW_FILTERS_MAX = 100000, /* filters of one set */
	REVIEW_TEXT_MAX = 4000,      /* bytes of a note */
	REVIEW_NAME_MAX = 4096,      /* bytes of any other text */
};
/* Of a session file. */
#define REVIEW_BYTES_MAX ((int64_t)64 << 20)

struct review_filter {
	char *layer;
	int64_t filter;
};
struct review_set {
	struct review_filter *filter; /* the filters of a layer stand together */
	int n;
};
/* A window is the one of this group that begins at this row of the file. index is its number then, for data in which
 * there is no such row. */
struct review_window {
	int64_t index, row; /* row -1: unknown */
	char *group;        /* "": the data have no groups */
};
/* An edited window (core/edit/edited.h), as what differs from the file: raw values of one channel, n steps from `from`
 * on. */
struct review_change {
	int64_t channel, from, n;
	double *v; /* (n) */
};
struct review_edit {
	char *id; /* 16 hexadecimal digits, made of the other fields but `present`: review_edit_id */
	struct review_window window;
	char *note;   /* what it is, in words; "": edited by hand */
	bool present; /* it is the edited version of its window; else something refers to it */
	struct review_change *change;
	int n_change;
};
/* core/probe/question.h, by names. */
struct review_question {
	char *edited; /* id of the edited window that is asked about; "": the window as it is in the file */
	struct review_window window, baseline_window;
	char *task, *target, *measure, *method, *baseline, *cluster_method;
	bool auto_method, series;
	int64_t seed, clusters;
	struct review_set off;
};
struct review_view {
	char *name, *layer;   /* layer "": none is selected */
	int64_t filter, time; /* of this layer; -1: the most important filter; the step of its largest value */
	int64_t from, steps;  /* the steps of the window that are shown; steps 0: all */
	int64_t percentile, channel, zoom;
	char *sort, *expression, *columns, *table_sort, *record_where;
	bool reverse, all_windows, both_bars, cluster_colours, raw_units, table_reverse, table_one_layer;
};
struct review_note {
	char *id;        /* 16 hexadecimal digits, made of the other fields: review_note_id */
	char *about;     /* "model", "layer", "filter", "window" or "cluster" */
	char *layer;     /* of a layer, a filter or a cluster; else "" */
	int64_t filter;  /* of a filter, or the first filter of a cluster; else -1 */
	int64_t cluster; /* its number then; else -1 */
	struct review_window window;
	char *edited;               /* id of the edited window that was shown; "": none */
	char *author, *time, *text; /* time: 2026-11-27T14:02:11Z */
	struct review_question question;
	struct review_view view;
	const char *picture; /* question and view as review_picture_format has them; NULL: as the two say */
};
/* A file as it was when the session was kept. */
struct review_file {
	char *path;              /* without links */
	int64_t bytes, modified; /* modified: seconds since 1970 */
	char *sha256;            /* "": not known yet */
};

struct review {
	struct arena arena;
	struct review_file model;
	struct review_file *data;
	int n_data;
	char *layers; /* SHA-256 of the names and sizes of all layers: the architecture without the weights */
	char *recipe; /* as options */
	int64_t windows;
	char *smaller; /* the command that makes the smaller network that was compared with; "": none */
	char *saved;   /* time of the last change; "": never */
	struct review_question question;
	struct review_view view;
	struct review_set marks;
	struct review_question *pin;
	int n_pin;
	struct review_edit *edit;
	int n_edit, left_out;     /* edited windows that are more than a session holds; not in the file */
	struct review_note *note; /* the oldest first */
	int n_note;
};

/* An empty review. The caller releases it. */
void review_init(struct review *r);
void review_release(struct review *r);
/* Adds a filter to a set whose memory is of the review's arena. */
void review_set_add(struct review *r, struct review_set *s, const char *layer, int64_t filter);
/* Sorts it by layer and filter, and leaves each filter once: so it has to be before it is written. */
void review_set_sort(struct review_set *s);
bool review_set_has(const struct review_set *s, const char *layer, int64_t filter);
/* A copy of a text in the review's memory, through the text gate, of at most `most` bytes. NULL: "". */
char *review_text(struct review *r, const char *text, size_t most);
/* Copies what belongs to another review. */
void review_copy_question(struct review *r, struct review_question *to, const struct review_question *from);
void review_copy_view(struct review *r, struct review_view *to, const struct review_view *from);
/* Appends a copy of a note; its id is made anew. A note with the same id that is there already stays the only one. */
struct review_note *review_add_note(struct review *r, const struct review_note *n);
/* The edited window of this id; NULL: there is none. */
struct review_edit *review_find_edit(const struct review *r, const char *id);
/* Appends an edited window, whose memory is of the review, and makes its id. Returns the one with this id if it is
 * there already. */
struct review_edit *review_add_edit(struct review *r, const struct review_edit *e);
/* A copy of an edited window of another review, in r's memory. */
struct review_edit review_copy_edit(struct review *r, const struct review_edit *from);
/* The id of a note, in the review's memory: the same note of the same author has the same one in two reviews. */
char *review_note_id(struct review *r, const struct review_note *n);
/* Question and view of a note as members of JSON, malloc'd; and from there again into r's memory. */
char *review_picture_format(const struct review_note *n);
int review_picture_read(struct review *r, const char *picture, struct review_note *n, struct err *e);
/* Sorts the notes by time. */
void review_sort_notes(struct review *r);

/* What a note can be about, NULL-terminated. */
extern const char *const review_abouts[];
/* Reads a review from the tree of a JSON text. Whatever is not of version 1 is refused: unknown keys, too. The caller
 * releases r, also after an error. */
int review_read(struct review *r, const cJSON *tree, struct err *e);
/* Writes it as JSON of version 1, as one value. */
void review_json(struct json *j, const struct review *r);
/* The text of a session file, n bytes, malloc'd. */
char *review_format(const struct review *r, size_t *n);

#endif
