/* NumPy's .npy (numpy.lib.format, versions 1 to 3): one array. */
#ifndef SRC_NPY_H
#define SRC_NPY_H

#include "src/read/source.h"

enum { NPY_RANK_MAX = 6 };

struct npy {
	char kind; /* 'f', 'i', 'u', 'b': numbers; 'U', 'S': text */
	int size;  /* bytes of an element */
	bool swap; /* of the other byte order */
	bool fortran;
	int rank;
	int64_t dim[NPY_RANK_MAX], stride[NPY_RANK_MAX]; /* strides in elements */
	int64_t count;
};

bool npy_probe(const unsigned char *head, size_t n);
/* The head; behind it s stands at the elements. */
int npy_head(struct npy *a, struct source *s, struct err *e);
/* The elements in the order of the file as floats, malloc'd: floats of the machine's own kind are read in place. */
int npy_floats(const struct npy *a, struct source *s, int64_t budget, float **out, struct err *e);
/* Element i of an array whose elements are in memory at p, as a number; text as a cleaned copy. */
double npy_number(const struct npy *a, const unsigned char *p, int64_t i);
size_t npy_text(const struct npy *a, const unsigned char *p, int64_t i, char *buf, size_t size);

#endif
