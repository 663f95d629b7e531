/* What is looked at: a model, its data, and what is known of them. All belongs to whoever gives it. */
#ifndef UI_SUBJECT_H
#define UI_SUBJECT_H

#include "core/data/dataset.h"
#include "core/diff/beside.h"
#include "core/probe/probe.h"

struct subject {
	const struct model *m;
	const struct dataset *d;     /* NULL: the architecture only */
	enum task task;              /* resolved for model and data */
	const struct truth *truth;   /* true values by hand, or NULL: the data's */
	const void *origin;          /* what whoever gives it knows of it beside, for struct survey_source */
	const struct beside *beside; /* another model, which this one is compared with; NULL: none */
};

#endif
