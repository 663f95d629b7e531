/* Repairs of a smaller network: what its consumers do about the channels that they no longer read. A table.
 *
 * Labels are never looked at: all repairs aim at what the network computed before. */
#ifndef CORE_PRUNE_REPAIR_H
#define CORE_PRUNE_REPAIR_H

#include "core/data/dataset.h"
#include "core/prune/prune_build.h"
#include "core/prune/prune_facts.h"

struct prune_fix {
	const struct prune_facts *facts;
	const bool *removed;
	const struct dataset *d; /* calibration windows; NULL: there are no data */
	int64_t windows;         /* the first so many of d */
	bool sum;                /* ls-sum */
	int threads;
	bool (*stop)(void *ctx); /* the work ends early, and the edits are of no use; NULL: it never does */
	void *ctx;
	/* results */
	struct prune_edits edits;
	double condition;    /* the worst of all systems that were solved */
	int solved, by_gram; /* consumers that least squares solved, and those that gram did instead */
	int untouched;       /* consumers that no repair could change */
	char note[256];      /* what was done otherwise than asked, and why; "" */
	int64_t not_finite;  /* windows that were left out */
};

struct prune_repair {
	const char *name, *formula;
	bool survey, data; /* it needs moments; windows */
	int (*fix)(struct prune_fix *q, struct err *e);
};
extern const struct prune_repair prune_repairs[]; /* name NULL ends */
int prune_repair_find(const char *name);          /* index, or -1 */

/* Makes the edits. The caller has filled the first fields, zeroed the others, and releases with prune_fix_release, also
 * after an error. */
int prune_repair(struct prune_fix *q, int repair, struct err *e);
void prune_fix_release(struct prune_fix *q);
/* Replaces mean and variance of every BatchNormalization by those of the smaller network over the calibration windows.
 */
int prune_renorm(struct prune_fix *q, struct err *e);

/* ---- for prune_repair.c ---- */
/* Whether consumer k reads a channel that is removed. */
bool prune_fix_reads(const struct prune_fix *q, int k);
/* Solves all consumers by least squares, one after the other (prune_ls.c). */
int prune_fix_ls(struct prune_fix *q, struct err *e);
/* Puts weights (kept columns, kept outputs) and a bias (kept outputs) of consumer k into the edits. */
void prune_fix_set(struct prune_fix *q, int k, int64_t columns, int64_t outputs, const double *w, const double *bias);

#endif
