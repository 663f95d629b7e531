/* Reads one array in NumPy's .npy format. The format is described at numpy.lib.format; versions 1 to 3 are read. */
#ifndef SRC_NPY_H
#define SRC_NPY_H

#include "src/read/source.h"

enum { NPY_RANK_MAX = 6 };

struct npy {
	char kind; /* numbers: 'f', 'i', 'u' or 'b'; text: 'U' or 'S' */
	int size;  /* bytes of an element */
	bool swap; /* the bytes of an element are in big-endian order */
	bool fortran;
	int rank;
	/* the shape, and the distance of neighbours along each axis in elements */
	int64_t dim[NPY_RANK_MAX], stride[NPY_RANK_MAX];
	int64_t count;
};

bool npy_probe(const unsigned char *head, size_t n);
/* Reads the header and fills *a. Afterwards the next byte of s is the first element. Returns 0, or an error:
 * ERR_FORMAT, ERR_LIMIT, or ERR_UNSUPPORTED for Python objects, records and other types that are not read. */
int npy_head(struct npy *a, struct source *s, struct err *e);
/* Reads all elements as floats, in the order of the file. budget: how many bytes the floats may take. *out is
 * malloc'd and belongs to the caller; it is NULL on error. Elements that are floats already are read without a
 * second buffer. */
int npy_floats(const struct npy *a, struct source *s, int64_t budget, float **out, struct err *e);
/* Writes the shape, such as "(12, 20)", to buf. */
void npy_shape(const struct npy *a, char *buf, size_t size);
/* Returns element i of an array of numbers. p points to the array's elements in memory. */
double npy_number(const struct npy *a, const unsigned char *p, int64_t i);
/* Copies element i of an array of texts into buf, made safe for a terminal (text_clean). Returns the length of the
 * copy. */
size_t npy_text(const struct npy *a, const unsigned char *p, int64_t i, char *buf, size_t size);

#endif
