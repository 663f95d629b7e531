/* What the targets for data files share. */
#ifndef TESTS_FUZZ_DATA_H
#define TESTS_FUZZ_DATA_H

#include <stddef.h>
#include <stdint.h>
#include "src/read/read_data.h"

/* One reader on bytes; what it takes is cut into windows, and those are looked at. The bits of `choice` choose the
 * recipe and what is known of the model. */
void fuzz_data(const struct data_reader *reader, unsigned choice, const uint8_t *data, size_t n);

#endif
