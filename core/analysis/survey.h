/* Figures over many windows: every filter's importance, in threads. */
#ifndef CORE_SURVEY_H
#define CORE_SURVEY_H

#include "core/analysis/analysis.h"
#include "core/data/dataset.h"

struct survey_layer {
	int64_t F;
	bool depends; /* false: in no window does the target depend on the layer; there are no numbers then */
	/* (F) each, over the windows in which the target depends on the layer: the target `loss` does not in windows
	 * without a true value. scaled: min-max scaled within window and layer first */
	double *raw_min, *raw_max, *raw_mean, *scaled_min, *scaled_max, *scaled_mean;
};

struct survey {
	int n_layer;
	struct survey_layer *layer; /* [layer]; F 0 where the layer is not analysed */
	real *output;               /* (windows, outputs) */
};

/* Importance and outputs of the windows [from,to) of d by the question (its window aside), worked out by `threads`
 * threads; the numbers do not depend on how many. The caller releases. */
void survey_make(struct survey *s, const struct model *m, const struct dataset *d, const struct question *q,
                 int64_t from, int64_t to, int threads);
void survey_release(struct survey *s);

#endif
