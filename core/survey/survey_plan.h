/* What a survey of a whole set counts: the windows, how they are cut into chunks, and the sizes of the network. A file
 * of a survey holds its plan, so that parts can be merged where neither model nor data are.
 *
 * Windows first .. first + chunk - 1 of the data are chunk first / chunk. Everything that is summed is summed within a
 * chunk in the order of the windows, and then in a fixed tree over the numbers of the chunks (survey_part.h). So the
 * result does not depend on threads, processes or hosts. */
#ifndef CORE_SURVEY_PLAN_H
#define CORE_SURVEY_PLAN_H

#include "core/data/dataset.h"
#include "core/data/metrics.h"
#include "core/probe/question.h"
#include "core/survey/survey_moments.h"

enum {
	SURVEY_CHUNK = 256,           /* windows of a chunk, unless it is said */
	SURVEY_MAPS = 256,            /* windows of which the maps of filters are computed, unless it is said */
	SURVEY_CONFUSION_MOST = 1000, /* with more classes there are no errors */
	SURVEY_CLASSES_MOST = 64,     /* with more classes there are no figures by class */
	/* Outputs and scores of all windows are kept up to so many numbers. Of more, only what is counted remains, so
	 * that the memory does not grow with the number of windows. */
	SURVEY_OUTPUTS_MOST = 1 << 22
};

struct survey_layer_plan {
	char *name;
	int index; /* into the layers of the model; -1: there is no model */
	int64_t filters, times;
	/* The values that its activation function takes when it rests: 0, or where it is saturated. */
	int n_rest;
	double rest[2];
};

struct survey_plan {
	int64_t windows, chunk;
	int64_t maps, ablation; /* so many windows, spread evenly, get maps of filters, and exact ablation */
	int64_t T, C, outputs;
	int n_layer;
	struct survey_layer_plan *layer; /* the analysed layers */
	enum moments_kind moments;
	int n_consumer;
	struct survey_consumer *consumer;
	int n_measure;
	const char *measure[8]; /* names of the importance measures; the last is ablation */
	enum task task;
	int64_t classes; /* of a classification; else 0 */
	int64_t groups;  /* figures are kept for so many classes apart, and for windows without one; 1: all */
	bool errors;     /* there are true values to compare with */
	struct error_shape error_shape; /* of the errors; without them empty */
	enum truth_source truth;        /* these four say what the errors are called */
	enum scale scale;
	bool ready_windows;
	int n_group;
	char **channel; /* [C] names */
	int64_t n_name; /* names of classes: `classes`, those of the steps of a segmentation, or those of the labels */
	char **class_name; /* [n_name] */
};

/* Plans a survey of windows 0 .. windows-1 of d. chunk, maps and ablation are numbers of windows; maps beyond `windows`
 * means all. The caller frees the plan with survey_plan_release. */
void survey_plan_init(struct survey_plan *p, const struct model *m, const struct dataset *d, const struct question *q,
                      int64_t windows, int64_t chunk, int64_t maps, int64_t ablation);
/* From now on the survey takes moments, too; without this call it takes none. */
void survey_plan_moments(struct survey_plan *p, const struct model *m, enum moments_kind kind);
void survey_plan_release(struct survey_plan *p);
/* Whether the outputs of all windows are kept. */
bool survey_keeps_outputs(const struct survey_plan *p);
/* Sets the values that the outputs of layer `layer` of m take when it rests: 0, or where its activation function is
 * saturated. */
void survey_rest(struct survey_layer_plan *y, const struct model *m, int layer);
int64_t survey_chunks(const struct survey_plan *p);
/* Whether window i is one of `some` that are spread evenly over `windows`: windows floor(k windows / some), k = 0, 1
 * ... */
bool survey_sampled(int64_t i, int64_t some, int64_t windows);
/* The chunks from .. to-1 of shard k of n, k from 1. */
void survey_shard(int64_t chunks, int64_t k, int64_t n, int64_t *from, int64_t *to);

#endif
