/* Runs a reader that may crash, because it calls libhdf5, in a copy of this process. A copy takes some hundred
 * inputs and is then replaced. */
#ifndef TESTS_FUZZ_CHILD_H
#define TESTS_FUZZ_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include "src/read/read_model.h"

/* Call once, from LLVMFuzzerInitialize. r: the reader; it is prepared here, in this process. */
void fuzz_child_init(const struct reader *r);
/* Reads a model in the copy. If the copy crashes in libhdf5, or needs too much time or memory, that is not a find:
 * the child of tsviz may do the same. If it crashes in code of tsviz, and does so again with this input alone, its
 * report is printed and this process ends. */
void fuzz_in_child(const uint8_t *data, size_t n);

#endif
