/* Shared by the fuzz targets. A target is one file, target_NAME.c, with LLVMFuzzerTestOneInput. Any bytes must be
 * accepted, or refused with a message. tests/fuzz/run.sh builds and runs the targets; each find becomes a unit test. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* Reports a find if a refusal has no message. */
void fuzz_refused(const struct err *e);
/* A model that was accepted must also run forward and backward, if that is little work (at most `most` steps
 * forward). Frees the model. NULL: e must have a message. */
enum { FUZZ_MOST = 2000000 };
void fuzz_model(struct model *m, int64_t most, const struct err *e);
/* Returns a copy with a NUL after it, for text. The caller frees it. */
char *fuzz_text(const uint8_t *data, size_t n);

#endif
