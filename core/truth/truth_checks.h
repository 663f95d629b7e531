/* Measures that need many maps of one window: of the window with a little noise, and of a network whose parameters were
 * randomised. */
#ifndef CORE_TRUTH_CHECKS_H
#define CORE_TRUTH_CHECKS_H

#include "core/truth/truth_window.h"

/* Random numbers in place of the parameters: for each array normal ones with its mean and its deviation. Parameters are
 * the real constants that operators with multiply-adds read. The threads share it. */
struct truth_random {
	int n;
	struct random_array {
		int value; /* id in the graph */
		real *data;
	} * array;  /* [n] those of the topmost operator first */
	int stages; /* at most TRUTH_STAGES: in stage k the first upto[k] arrays are random, in the last one all are */
	int *upto;
};
enum { TRUTH_STAGES = 12 };
void truth_random_make(struct truth_random *q, const struct graph *g, uint64_t seed);
void truth_random_release(struct truth_random *q);

/* deviation (C): of each channel over all points of the n windows. */
void truth_deviation(const struct dataset *d, const int64_t *window, int64_t n, double *deviation);
/* After truth_window: fills to->stable of window i. */
void truth_stability(struct truth_worker *w, int64_t i, struct truth_window *to);
/* After truth_window: fills to->after and to->entropy of window i. */
void truth_randomise(struct truth_worker *w, int64_t i, struct truth_window *to);
/* Entropy (natural logarithm) of the histogram of abs(map) (n) with 100 bins from 0 to its largest value. */
double truth_entropy(const real *map, int64_t n);

#endif
