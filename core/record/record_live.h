/* A record that is worked out piece by piece while somebody looks at it: first a few windows spread over the whole
 * file, then what is looked at, then the rest. What is kept is a cell for every few steps, so that memory does not grow
 * with the length of the file beyond RECORD_CELLS cells; while few steps are looked at, each step of these has a cell
 * of its own. */
#ifndef CORE_RECORD_LIVE_H
#define CORE_RECORD_LIVE_H

#include "core/record/pyramid.h"
#include "core/record/record_events.h"

enum { RECORD_CELLS = 1 << 19, RECORD_NEAR = 1 << 12, RECORD_EVENTS = 1 << 14, RECORD_CLASSES = 24 };

/* What is drawn: n columns of equal width over the steps [first, first + steps). Numbers are NaN where nothing is
 * known. */
struct record_picture {
	int64_t first, steps, all; /* all: of the record */
	int n, inputs, classes, channels;
	float *input_lo, *input_hi;         /* (inputs, n) raw units */
	float *predicted_lo, *predicted_hi; /* (n) of the first column that is predicted; of a classifier the classes */
	float *truth_lo, *truth_hi;         /* (n) */
	float *error;                       /* (n) the largest */
	float *probability;                 /* (classes, n) mean */
	float *saliency;                    /* (channels, n) mean */
	unsigned char *known;               /* (n) 0: nothing; 1: by a few windows; 2: by all windows */
	struct record_limits limits;        /* thresholds of the events; NaN: not known yet, or none */
	struct record_event *event;         /* [n_event] in the order of their steps */
	int n_event;
	bool more_events;    /* there are more than RECORD_EVENTS */
	int64_t cell;        /* steps of a cell: events are known to a cell */
	int64_t done, total; /* windows */
	bool complete;       /* all columns are known by all windows */
};
void record_picture_free(struct record_picture *q);

struct record_live;
/* Model and data must outlive it; q is copied. */
struct record_live *record_live_new(const struct model *m, const struct dataset *d, const struct question *q);
void record_live_free(struct record_live *r); /* NULL is fine */
const struct record_plan *record_live_plan(const struct record_live *r);
/* What is looked at from now on: steps [first, first + steps) in n columns. */
void record_live_look(struct record_live *r, int64_t first, int64_t steps, int n);
/* The expression whose cells are events; NULL or "": none. It was parsed before; a wrong one is none. */
void record_live_where(struct record_live *r, const char *text);
/* A piece of work, of one batch of windows. false: everything is known. */
bool record_live_step(struct record_live *r);
/* Whether what is looked at is known, and, of a short record, its events. */
bool record_live_complete(const struct record_live *r);
/* A copy of what is known; the caller frees it. */
struct record_picture *record_live_picture(struct record_live *r);

#endif
