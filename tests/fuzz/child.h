/* A reader that may die, because it calls libhdf5: in a copy of this process, which takes some hundred inputs and is
 * then made anew. */
#ifndef TESTS_FUZZ_CHILD_H
#define TESTS_FUZZ_CHILD_H

#include <stddef.h>
#include <stdint.h>
#include "src/read/read_model.h"

/* Call once, from LLVMFuzzerInitialize. r: what reads the inputs; prepared here, in this process. */
void fuzz_child_init(const struct reader *r);
/* Reads a model in the copy. When that dies in libhdf5, or asks for too much time or memory, nothing is wrong: the
 * reading child of tsviz may do so, too. When it dies in code of ours, alone as well, its report is printed and this
 * process ends: a find. */
void fuzz_in_child(const uint8_t *data, size_t n);

#endif
