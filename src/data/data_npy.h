/* Reads NumPy arrays as data. The shape decides whether an array is a table or a set of ready windows. */
#ifndef SRC_DATA_NPY_H
#define SRC_DATA_NPY_H

#include "src/read/npy.h"
#include "src/read/read_data.h"

/* Reads windows, or the rows of a series, from s, whose next byte is the first of the array's header. truth: the
 * caller adds labels, so the array holds windows. budget: bytes that the data may use. */
int npy_data(struct data *d, struct source *s, const struct data_wanted *q, bool truth, int64_t budget, struct err *e);
/* Returns whether the array at s, whose next byte is the first of the array's header, is a series although the n bytes
 * at y hold its labels: there is one label for each time step, and its rows are no windows of the model. s stays where
 * it is. */
bool npy_is_labelled_series(const struct source *s, const unsigned char *y, size_t n, const struct data_wanted *q);
/* Reads a series and the label of each of its time steps as a table. The labels are the last column, `name`. */
int npy_labelled_series(struct data *d, struct source *s, const unsigned char *y, size_t n, const char *name,
                        const struct data_wanted *q, int64_t budget, struct err *e);
/* Reads labels or target values from an array in memory into *set. Texts and whole numbers are labels; other
 * numbers, and rows of several numbers, are target values. */
int npy_truth(struct window_set *set, const char *file, const unsigned char *data, size_t n, struct err *e);
/* Reads the group of each window, a text or a number, from an array in memory into *set. */
int npy_groups(struct window_set *set, const char *file, const unsigned char *data, size_t n, struct err *e);
/* Adds the group of each step to a table that npy_data() or npy_labelled_series() made, as a column of this name. */
int npy_group_column(struct table *t, const char *file, const unsigned char *data, size_t n, const char *name,
                     struct err *e);

#endif
