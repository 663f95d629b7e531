/* Models as files: ONNX or tsviz JSON, by the end of the name. */
#ifndef SRC_MODEL_WRITE_H
#define SRC_MODEL_WRITE_H

#include "src/job/job.h"

/* Whether the end of the path names a format that is written. */
bool model_write_known(const char *path);
/* Writes m to o->out, which is known. What was written is read back and must give the same output before it takes its
 * place. */
int model_write(const struct model *m, const struct options *o, struct err *e);
/* The bytes that a file of the model would have; -1: it cannot be written in that format. */
int64_t model_write_size(const struct model *m, const char *path);

#endif
