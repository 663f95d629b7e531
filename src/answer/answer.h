/* JSON of schema 2 of the verbs whose default is schema 1. Keys: src/json/schema.def. Arrays: src/json/tensor_json.h.
 * The functions write one object and a line break; the caller checks the stream. They return 0, or an error when the
 * network cannot be hashed. */
#ifndef SRC_ANSWER_H
#define SRC_ANSWER_H

#include "core/data/metrics.h"
#include "src/job/job.h"
#include "src/json/json_write.h"

int answer_eval(const struct loaded *l, const struct metrics *q, FILE *f, struct err *e);
int answer_info(const struct loaded *l, FILE *f, struct err *e);
/* Windows `first` .. `first + n - 1`; with `chosen`, these n. Windows are computed and written in slices. */
int answer_predict(const struct loaded *l, const int64_t *chosen, int64_t first, int64_t n, int threads, FILE *f,
                   struct err *e);

/* ---- parts ---- */

/* Begins the object: envelope with the hash of the network, and with data the key "set". */
int answer_begin(struct json *j, const struct loaded *l, const char *kind, FILE *f, struct err *e);
void answer_end(struct json *j);
/* The name of a class of the data, or else of the model, or its number in buf. */
const char *answer_class(const struct loaded *l, int64_t k, char *buf, size_t size);
/* The key "classes": n names. */
void answer_classes(struct json *j, const struct loaded *l, int64_t n);
/* A tensor of the outputs v (m->outputs), in the order of the graph: (time, channel) or, of a segmentation, (time,
 * class), where the output has a time axis; else (class) or (output). */
void answer_outputs(struct json *j, const char *key, const struct loaded *l, const double *v);
/* The members "shape" and "axes" of such a tensor. */
void answer_output_shape(struct json *j, const struct loaded *l);
void answer_real_outputs(struct json *j, const char *key, const struct loaded *l, const real *v);

#endif
