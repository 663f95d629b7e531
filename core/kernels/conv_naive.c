#include "core/kernels/conv.h"

/* Visit every product of the convolution once: fn sees indices into x, w and y. */
#define EACH_PRODUCT(q, body)                                                                                        \
	for (int64_t n = 0; n < (q)->n; n++)                                                                         \
		for (int64_t o = 0; o < (q)->co; o++)                                                                \
			for (int64_t i = 0; i < (q)->ci / (q)->group; i++)                                           \
				for (int64_t k = 0; k < (q)->k; k++)                                                 \
					for (int64_t t = 0; t < (q)->to; t++) {                                      \
						int64_t u = t * (q)->stride + k * (q)->dilation - (q)->pad;          \
						int64_t c = o / ((q)->co / (q)->group) * ((q)->ci / (q)->group) + i; \
						int64_t at_x = (n * (q)->ci + c) * (q)->ti + u;                      \
						int64_t at_w = (o * ((q)->ci / (q)->group) + i) * (q)->k + k;        \
						int64_t at_y = (n * (q)->co + o) * (q)->to + t;                      \
						if (u < 0 || u >= (q)->ti)                                           \
							continue;                                                    \
						body;                                                                \
					}

void conv_forward_naive(const struct conv *q, const real *x, const real *w, const real *b, real *y)
{
	for (int64_t i = 0; i < q->n * q->co * q->to; i++)
		y[i] = b ? b[i / q->to % q->co] : 0;
	EACH_PRODUCT(q, y[at_y] += w[at_w] * x[at_x])
}

void conv_backward_x_naive(const struct conv *q, const real *dy, const real *w, real *dx)
{
	EACH_PRODUCT(q, dx[at_x] += w[at_w] * dy[at_y])
}

void conv_backward_w_naive(const struct conv *q, const real *dy, const real *x, real *dw, real *db)
{
	if (dw)
		EACH_PRODUCT(q, dw[at_w] += x[at_x] * dy[at_y])
	for (int64_t i = 0; db && i < q->n * q->co * q->to; i++)
		db[i / q->to % q->co] += dy[i];
}
