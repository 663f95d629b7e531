/* The standing of the methods: what is kept of a result of `truth`, to be shown where their maps are shown. */
#ifndef CORE_TRUTH_STANDING_H
#define CORE_TRUTH_STANDING_H

#include "core/truth/truth.h"

struct truth_place {
	int method; /* index into saliency_methods */
	double srg; /* mean over the replacements; NaN: the output changes under none */
	double low[REPLACE_COUNT], high[REPLACE_COUNT]; /* 95 % intervals; NaN: not replaced so */
	/* D(k) / mean of abs(y - y_end), the mean over the replacements: from 0 to 1 where all units are replaced. */
	struct truth_curve most, least;
};
struct truth_standing {
	int64_t windows;
	bool series;
	unsigned replaces; /* bits 1 << enum replace */
	int n;
	struct truth_place place[TRUTH_METHODS_MAX]; /* the best first */
	struct truth_curve random_low, random_high;  /* the band of a random order, on the scale of the curves */
};

/* From a result; rows whose maps are of no row of saliency_methods are left out. */
void truth_standing_of(const struct truth_result *r, struct truth_standing *s);
/* Brings the places into their order. */
void truth_standing_sort(struct truth_standing *s);
/* Returns the place of a method, 0 for the best; -1: it has none. */
int truth_place_of(const struct truth_standing *s, int method);
/* Whether under every replacement the interval of place a lies above that of place b. */
bool truth_apart(const struct truth_standing *s, int a, int b);
/* The method that `auto` means: the best one, if its intervals lie above those of the default (method 0) under every
 * replacement, and above 0; else the default. why: its name and the reason, without a full stop. Returns an index into
 * saliency_methods. */
int truth_choose(const struct truth_standing *s, char *why, size_t size);
/* A job that finds the standing: all methods, all replacements, units of one step, no measures beside SRG. The rest is
 * the caller's. */
void truth_standing_job(struct truth_job *j, const struct model *m, const struct dataset *d, const struct question *q);
/* Multiply-adds of such a job for one window, roughly. */
double truth_window_cost(const struct model *m);

#endif
