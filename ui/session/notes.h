/* Notes: what somebody wrote about a filter, a layer, a window, a cluster or the model. A note does not change after it
 * was made, and neither does a list of notes, so the steps of undo share them. All texts belong to the note. Only the
 * browser's own thread holds and drops them. */
#ifndef UI_NOTES_H
#define UI_NOTES_H

#include "core/data/dataset.h"
#include "core/edit/edited.h"
#include "core/model/model.h"

enum note_about { NOTE_MODEL, NOTE_LAYER, NOTE_FILTER, NOTE_WINDOW, NOTE_CLUSTER, NOTE_ABOUTS };
extern const char *const note_abouts[]; /* "model" ... "cluster", and NULL */

enum {
	NOTES_MAX = 10000,
	NOTE_TIME = 24 /* bytes of "2026-11-27T14:02:11Z" and more */
};

struct note {
	int holders;
	enum note_about about;
	char *layer;                 /* of a layer, a filter or a cluster; else "" */
	int64_t filter, cluster;     /* of a filter, or the first filter of a cluster; its number then; else -1 */
	int64_t window, row;         /* the window's number then, and its first row in the file (-1: unknown) */
	char *group;                 /* the group of the window, or "" */
	char *author, *time, *text;  /* time: as NOTE_TIME says, in UTC */
	const struct edited *edited; /* the window was this edited one; NULL: it was as in the file */
	char *picture; /* the question and the view under which it was written, as text of whoever calls the
	                * browser; NULL: they are not known */
	int at_layer;  /* where it is in the model and the data at hand, by notes_place; -1: it has no place there */
	int64_t at_window;
};
struct notes {
	int holders, n;
	struct note *v[]; /* [n] the oldest first */
};

/* A note that holds copies of these texts, for its maker to fill in further, with one holder. */
struct note *note_new(enum note_about about, const char *layer, const char *group, const char *author, const char *time,
                      const char *text);
void note_drop(struct note *n);

/* A list may be NULL: then it is empty. The functions that make a list hold the notes in it; the caller drops the list.
 * notes_with appends n, notes_without leaves note i out, notes_instead puts n behind all and leaves note i out. */
const struct notes *notes_hold(const struct notes *list);
void notes_drop(const struct notes *list);
/* A list of these n notes. */
const struct notes *notes_of(struct note *const *v, int n);
const struct notes *notes_with(const struct notes *list, struct note *n);
const struct notes *notes_without(const struct notes *list, int i);
const struct notes *notes_instead(const struct notes *list, int i, struct note *n);
static inline int notes_n(const struct notes *list)
{
	return list ? list->n : 0;
}
/* Finds the layers and windows of all notes in a model and its data (NULL: there are none). */
void notes_place(const struct notes *list, const struct model *m, const struct dataset *d);
/* Whether there is a note about the model, or about this layer, filter or window. */
bool notes_about(const struct notes *list, enum note_about about, int layer, int64_t filter, int64_t window);
/* The same of a cluster: a note is about the cluster that has its first filter now. label (filters): of each filter. */
bool notes_about_cluster(const struct notes *list, int layer, const int *label, int64_t filters, int cluster);
/* Whether the note is about something that the model and the data at hand have. */
bool note_has_place(const struct note *n, const struct model *m);
/* The time of a note as this place has it: "2026-11-27 14:02". Returns buf. */
const char *note_time_format(const char *time, char *buf, size_t size);

#endif
