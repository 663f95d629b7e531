/* A part of a survey as texts of numbers, which are separated by blanks. One function lists the fields of a part; it
 * writes them or reads them. */
#ifndef SRC_SURVEY_CODE_H
#define SRC_SURVEY_CODE_H

#include <stdio.h>
#include "core/survey/survey_part.h"

struct code {
	FILE *to;             /* the text is written here; NULL: it is read */
	const char *at, *end; /* what is left to read */
	bool bad;             /* a number is missing, or out of its range */
	const struct survey_plan *plan;
	const struct survey_part *part;
};
/* The figures of the network in a part; its outputs; the moments of one consumer; the figures of one filter of a layer
 * over the windows of one class. A filter is released by its part, also after an error. */
void code_network(struct code *c, struct survey_part *q);
void code_outputs(struct code *c, struct survey_part *q);
void code_moments(struct code *c, const struct survey_consumer *y, struct survey_moments *q);
void code_filter(struct code *c, const struct survey_layer_plan *y, struct survey_filter *f);
/* Returns whether all was read: no number is bad, and none is left. */
bool code_done(const struct code *c);

#endif
