/* What the fuzz targets share. A target is one file, target_NAME.c, with LLVMFuzzerTestOneInput: any bytes must be
 * taken or refused with a sentence. tests/fuzz/run.sh builds and runs them; each find becomes a unit test. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include "core/base/err.h"
#include "core/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerInitialize(int *argc, char ***argv);

/* A refusal without a sentence is a find. */
void fuzz_refused(const struct err *e);
/* A model that was taken must also run: forward and backward, where that is little work (at most `most` steps forward).
 * Frees it; NULL: e says why. */
enum { FUZZ_MOST = 2000000 };
void fuzz_model(struct model *m, int64_t most, const struct err *e);
/* A copy with a NUL behind it, for text; the caller frees. */
char *fuzz_text(const uint8_t *data, size_t n);

#endif
