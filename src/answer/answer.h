/* JSON of schema 2 of the verbs whose default is schema 1. Keys: src/schema/. Arrays: src/json/tensor_json.h.
 * The functions write one object and a line break; the caller checks the stream. They return 0, or an error when the
 * network cannot be hashed. */
#ifndef SRC_ANSWER_H
#define SRC_ANSWER_H

#include "core/analysis/analysis.h"
#include "core/analysis/survey.h"
#include "core/data/metrics.h"
#include "src/job/job.h"
#include "src/json/envelope.h"

int answer_eval(const struct loaded *l, const struct metrics *q, FILE *f, struct err *e);
int answer_info(const struct loaded *l, FILE *f, struct err *e);
/* Windows `first` .. `first + n - 1`; with `chosen`, these n. Windows are computed and written in slices. */
int answer_predict(const struct loaded *l, const int64_t *chosen, int64_t first, int64_t n, int threads, FILE *f,
                   struct err *e);

/* Windows 0 .. n-1: outputs and importance from s, errors from q; q NULL: there are no true values. */
int answer_set(const struct loaded *l, const struct survey *s, const struct metrics *q, int64_t n, FILE *f,
               struct err *e);

/* ---- parts ---- */

/* Begins the object: envelope with the hash of the network, and with data the key "set". json_end ends it. */
int answer_begin(struct json *j, const struct loaded *l, const char *kind, FILE *f, struct err *e);
/* The name of a class of the data, or else of the model, or its number in buf. */
const char *answer_class(const struct loaded *l, int64_t k, char *buf, size_t size);
/* The same of these data and this model, each of which may be NULL. */
const char *answer_class_of(const struct dataset *d, const struct model *m, int64_t k, char *buf, size_t size);
/* The key "layers": the layers of the network and their weights. */
void answer_layers_json(struct json *j, const struct model *m);
/* The key "saliency": the map of the target (layer -1), or of a filter, by the method of the question. */
void answer_map_json(struct json *j, struct analysis *a, int layer, int64_t filter);
/* The keys "cluster" and "clusters" of a layer. */
void answer_clusters_json(struct json *j, struct analysis *a, int layer);
/* The key "errors". d, m: the names of classes, the baseline and the scaling; m may be NULL. */
void answer_errors(struct json *j, const struct metrics *q, const struct dataset *d, const struct model *m);
/* The key "scaler": what the columns of the data are scaled by, or null with the reason. */
void answer_scaler(struct json *j, const struct loaded *l);
/* The key "probabilities": of all classes, from the outputs of a classifier; see model_class_probability. */
void answer_probabilities(struct json *j, const struct model *m, const real *out);
/* Why a window without values of the outputs has no "y"; cls: its true class, or -1. */
const char *answer_no_y(const struct loaded *l, int cls);
/* The classes of a classification or segmentation. */
int64_t answer_class_count(const struct loaded *l);
/* The key "classes": n names. */
void answer_classes(struct json *j, const struct loaded *l, int64_t n);
/* The key "output_names": those of the elements of an output, in the order in which they are written. */
void answer_output_names(struct json *j, const struct loaded *l);
/* A tensor of the outputs v (m->outputs), in the order of the graph: (time, channel) or, of a segmentation, (time,
 * class), where the output has a time axis; else (class) or (output). */
void answer_outputs(struct json *j, const char *key, const struct loaded *l, const double *v);
/* The members "shape" and "axes" of such a tensor. */
void answer_output_shape(struct json *j, const struct loaded *l);
/* n windows of outputs (n, m->outputs): the same with an axis "window" before. */
void answer_output_set(struct json *j, const char *key, const struct loaded *l, const real *v, int64_t n);
void answer_real_outputs(struct json *j, const char *key, const struct loaded *l, const real *v);

#endif
