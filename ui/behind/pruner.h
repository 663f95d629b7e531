/* The pruner makes smaller networks (core/prune) while the user looks at something else: one, without the marked
 * filters or without a part of each layer, or a curve of them. */
#ifndef UI_PRUNER_H
#define UI_PRUNER_H

#include "core/prune/prune.h"
#include "ui/behind/behind.h"

/* A smaller network, repaired, and what it is worth. Owned by whoever is told of it; pruned_free. */
struct pruned {
	struct model *m;                     /* NULL: there is none, and `said` says why */
	struct beside beside;                /* it beside the network that it was made of, whose data both have */
	char name[32];                       /* "pruned 50 %", "pruned by marks" */
	double asked;                        /* the ratio; NaN: by marks */
	int64_t filters, gone, params, macs; /* filters of the layers that the ratio is about; those that are removed */
	bool has_accuracy;                   /* errors are accuracies: more is better */
	double before;                       /* error over the held-out windows; NaN: there are no true values */
	struct prune_worth now;
	int64_t windows; /* that are held out */
	bool curve;      /* it is a point of a curve */
	char note[256];  /* what was done otherwise than asked, or "" */
	char said[256];
};
void pruned_free(void *pruned); /* NULL is fine */

enum { CURVE_FROM = 10, CURVE_TO = 90, CURVE_BY = 5, CURVE_POINTS = (CURVE_TO - CURVE_FROM) / CURVE_BY + 1 };

/* What is made. All must outlive the pruner. */
struct pruner_job {
	const struct model *m;
	const struct dataset *d;
	const struct truth *truth; /* by hand, or NULL */
	/* As in struct behind_job; the thing is a struct pruned. Of a curve each point is told when it is there, with
	 * done < total, and at the end NULL. */
	void (*tell)(void *ctx, void *pruned, int64_t done, int64_t total);
	void *ctx;
};

/* Starts for task, target and seed of q, with all filters on. marks (copied): the filters that are removed; without
 * any, the ratio of each convolution, ranked by Taylor's formula; NaN: a curve from CURVE_FROM per cent on. The repair
 * is least squares. before and result: as of behind_new. */
struct behind *pruner_new(const struct pruner_job *job, const struct question *q, const struct filter_set *marks,
                          double ratio, struct behind *before);

#endif
