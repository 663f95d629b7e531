/* Shared by the targets for data files. */
#ifndef TESTS_FUZZ_DATA_H
#define TESTS_FUZZ_DATA_H

#include <stddef.h>
#include <stdint.h>
#include "src/read/read_data.h"

/* Gives the bytes to one reader. Data that it accepts are cut into windows, and the windows are read. The bits of
 * `choice` choose the recipe and what is known of the model. */
void fuzz_data(const struct data_reader *reader, unsigned choice, const uint8_t *data, size_t n);

#endif
