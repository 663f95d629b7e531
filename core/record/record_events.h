/* What stands out in a record: runs of steps whose error or saliency is above a threshold, changes of the predicted
 * class, and runs in which an expression holds. */
#ifndef CORE_RECORD_EVENTS_H
#define CORE_RECORD_EVENTS_H

#include "core/record/record_expr.h"
#include "core/record/record_steps.h"

enum record_event_kind { EVENT_ERROR, EVENT_CLASS, EVENT_SALIENCY, EVENT_EXPRESSION, EVENT_KINDS };
extern const char *const record_event_names[]; /* "error", "class", "saliency", "expression" */

struct record_event {
	enum record_event_kind kind;
	int64_t from, last, peak; /* first and last step, and the one with the largest value */
	/* at the peak: the error, or the sum of the saliency; of a class the index of the new one; of an expression
	 * the error */
	double value;
	int before; /* EVENT_CLASS: the class before */
};

/* NaN as a threshold: no events of that kind. */
struct record_limits {
	double error, saliency;
};
/* The thresholds where the user gives none. 256 windows, spread evenly, are looked at each by itself: a threshold is
 * the mean of the values at their steps plus three standard deviations. The error of a classifier is a share of
 * windows: its threshold is 0.5. maps: with saliency. */
struct record_sampler {
	const struct record_plan *p;
	struct record_moments {
		double n, mean, square;
	} error, saliency;
};
/* The same row by row: all rows of these windows. */
void record_sampler_add(struct record_sampler *s, const double *row);
struct record_limits record_sampler_limits(const struct record_sampler *s);
struct record_limits record_limits_of(const struct record_plan *p, struct record_team *t, bool maps);

/* Finds events in rows that come step by step. */
struct record_finder {
	const struct record_plan *p;
	struct record_limits limits;
	const struct record_expr *x; /* or NULL */
	void (*found)(void *ctx, const struct record_event *v);
	void *ctx;
	bool open[EVENT_KINDS];
	struct record_event run[EVENT_KINDS];
	double class; /* of the step before; NaN: none */
	int64_t piece_end;
};
/* found is called for each event when it ends, in the order of their last steps. No event goes from one piece of the
 * record to the next. */
void record_finder_init(struct record_finder *f, const struct record_plan *p, struct record_limits limits,
                        const struct record_expr *x, void (*found)(void *ctx, const struct record_event *v), void *ctx);
void record_finder_step(struct record_finder *f, int64_t step, const double *row);
void record_finder_end(struct record_finder *f);
/* "V (was N)", "0.83": what stands beside the kind of an event. Returns buf. */
const char *record_event_text(const struct record_plan *p, const struct record_event *v, char *buf, size_t size);

#endif
