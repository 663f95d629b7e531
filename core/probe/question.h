/* The question: everything that the numbers of one window depend on, beside the model and the data. The command line,
 * the browser's session, what is pinned, surveys and the analysis hold one each.
 *
 * To add a setting: a field here, a row in the table of question.c that says what becomes stale when it changes, the
 * place that uses it, and a row of options. */
#ifndef CORE_QUESTION_H
#define CORE_QUESTION_H

#include "core/edit/edited.h"
#include "core/probe/cluster.h"
#include "core/probe/filter_set.h"
#include "core/probe/target.h"

/* What a saliency method compares the window with: zeros, each channel's mean over the window, another window. */
enum baseline { BASELINE_ZERO, BASELINE_MEAN, BASELINE_WINDOW };
extern const char *const baseline_names[]; /* "zero", "mean", "window" */

struct question {
	int64_t window; /* index into the data set */
	/* This window as somebody has edited it; NULL: as it is in the file. A question that is copied holds it. */
	const struct edited *edited;
	enum task task;       /* resolved: never TASK_AUTO once it is asked */
	struct target target; /* what is explained */
	int measure;          /* index into importance_measures */
	int method;           /* index into saliency_methods */
	enum baseline baseline;
	int64_t baseline_window; /* BASELINE_WINDOW: index into the data set */
	/* A method that hides parts of the window computes derived channels again and hides none by itself; see
	 * core/data/perturb.h. */
	bool series;
	uint64_t seed; /* for clusters, and for methods that draw random numbers */
	enum cluster_method cluster_method;
	int clusters;          /* number of clusters; 0: the method chooses */
	struct filter_set off; /* filters that are switched off: their activated output is zero */
};

/* Window 0 of a model with nothing else chosen. TASK_AUTO: the task is found from model and recipe. */
void question_init(struct question *q, const struct model *m, enum task task);
/* `to` must have been zeroed, initialised or copied to before. */
void question_copy(struct question *to, const struct question *from);
void question_release(struct question *q);
/* Asks about an edited window; or, if it is NULL, about the question's window as it is in the file. */
void question_edit(struct question *q, const struct edited *edited);
bool question_equal(const struct question *a, const struct question *b);

/* Parts of what is computed for a window. */
enum stale {
	STALE_FORWARD = 1 << 0,       /* values of the network, and what is read from them */
	STALE_GRADIENTS = 1 << 1,     /* of the target */
	STALE_LOSS = 1 << 2,          /* the loss and its gradients */
	STALE_IMPORTANCE = 1 << 3,    /* by the measure */
	STALE_TARGET_MAP = 1 << 4,    /* the saliency map of the target */
	STALE_MAPS = 1 << 5,          /* the saliency maps of all filters */
	STALE_BASELINE_MAPS = 1 << 6, /* all maps, if the method compares with a baseline */
	STALE_RANDOM_MAPS = 1 << 7,   /* all maps, if the method draws random numbers */
	STALE_CLUSTERS = 1 << 8,
	STALE_ALL = (1 << 9) - 1,
};
/* Which parts that were computed for `was` do not answer `now`: bits of enum stale, 0 when all do. */
unsigned question_stale(const struct question *was, const struct question *now);

#endif
