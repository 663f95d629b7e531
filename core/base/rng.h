/* Random numbers that are the same on every machine: splitmix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom
 * number generators", OOPSLA, figure 16). The caller owns the state; each thread or task has its own. */
#ifndef CORE_RNG_H
#define CORE_RNG_H

#include <stdint.h>

struct rng {
	uint64_t state;
};

/* Every seed is allowed. */
void rng_init(struct rng *r, uint64_t seed);
/* 64 random bits */
uint64_t rng_next(struct rng *r);
/* uniform in [0,1), a multiple of 2^-53 */
double rng_uniform(struct rng *r);
/* Uniform in 0..n-1, n >= 1. It has no bias, unlike the remainder of a division by n. */
int64_t rng_below(struct rng *r, int64_t n);
/* normal with mean 0 and standard deviation 1 (Box and Muller 1958, "A note on the generation of random normal
 * deviates", Annals of Mathematical Statistics 29(2)) */
double rng_normal(struct rng *r);

#endif
