#include "core/base/rng.h"

#include <math.h>

void rng_init(struct rng *r, uint64_t seed)
{
	r->state = seed;
}

uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

double rng_uniform(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1p-53;
}

int64_t rng_below(struct rng *r, int64_t n)
{
	uint64_t m = (uint64_t)n, limit = UINT64_MAX - UINT64_MAX % m, v;
	do
		v = rng_next(r);
	while (v >= limit);
	return (int64_t)(v % m);
}

double rng_normal(struct rng *r)
{
	double u = 1 - rng_uniform(r), v = rng_uniform(r); /* u in (0,1] has a logarithm */
	return sqrt(-2 * log(u)) * cos(6.28318530717958647692 * v);
}
