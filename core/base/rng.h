/* Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom
 * number generators", OOPSLA, figure 16). The state is the caller's; one per thread or task. */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

void rng_init(struct rng *r, uint64_t seed);
uint64_t rng_next(struct rng *r);
/* [0,1), 53 bits */
double rng_uniform(struct rng *r);
/* 0..n-1, n >= 1; without the bias of a bare remainder */
int64_t rng_below(struct rng *r, int64_t n);
/* mean 0, standard deviation 1 (Box and Muller 1958) */
double rng_normal(struct rng *r);

#endif
