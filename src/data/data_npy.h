/* NumPy arrays as data: a table or ready windows by their shape. */
#ifndef SRC_DATA_NPY_H
#define SRC_DATA_NPY_H

#include "src/read/npy.h"
#include "src/read/read_data.h"

/* Windows, or the rows of a series, from s, which stands at an array's head. truth: labels will come with it, so they
 * are windows. */
int npy_data(struct data *d, struct source *s, const struct data_wanted *q, bool truth, int64_t budget, struct err *e);
/* Labels or numbers to be predicted from an array in memory: texts and whole numbers are labels, other numbers are
 * predicted; a row of several is predicted. */
int npy_truth(struct window_set *set, const char *file, const unsigned char *data, size_t n, struct err *e);

#endif
