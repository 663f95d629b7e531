/* The importance of every filter over many windows, computed by several threads. */
#ifndef CORE_SURVEY_H
#define CORE_SURVEY_H

#include "core/analysis/analysis.h"
#include "core/data/dataset.h"

struct survey_layer {
	int64_t F;
	bool depends; /* false: in no window does the target depend on the layer; there are no numbers then */
	/* (F) each, over the windows in which the target depends on the layer. The target `loss` does not depend on it
	 * in a window without a true value. scaled_...: of importance that was min-max scaled within its window and
	 * layer. */
	double *raw_min, *raw_max, *raw_mean, *scaled_min, *scaled_max, *scaled_mean;
};

struct survey {
	int n_layer;
	struct survey_layer *layer; /* [layer]; F 0 where the layer is not analysed */
	real *output;               /* (windows, outputs) */
};

/* Computes importance and outputs of the windows [from,to) of d with `threads` threads. The question q applies to all
 * of them; its own window is ignored. The numbers do not depend on the number of threads. The caller releases s. */
void survey_make(struct survey *s, const struct model *m, const struct dataset *d, const struct question *q,
                 int64_t from, int64_t to, int threads);
void survey_release(struct survey *s);

#endif
