/* kernel [ISA]: how fast convolutions are, as lines of JSON. tests/bench/kernel.py compiles this file together with
 * core/kernels/tile.c and conv.c by several compilers at several levels of optimisation, because the speed of the tile
 * depends on how a compiler spreads it over the registers. */
#include <stdio.h>
#include <stdlib.h>
#include "core/kernels/conv.h"
#include "core/kernels/tile.h"
#include "tests/bench/measure.h"

enum { RUNS = 60 };

struct shape_of {
	const char *name;
	int64_t ci, co, k, T;
};

static real *numbers(int64_t n)
{
	real *x = aligned_alloc(64, (size_t)(n + TILE_SLACK + 16) / 16 * 16 * sizeof *x);
	uint32_t state = 1;
	if (!x)
		abort();
	for (int64_t i = 0; i < n + TILE_SLACK; i++) {
		state = state * 1664525u + 1013904223u;
		x[i] = (real)(state >> 8) / (real)(1 << 24) - (real)0.5;
	}
	return x;
}

/* The third best of many short runs: one that other programs hardly disturbed. The very best may be an error of the
 * clock of a virtual machine. */
static void report(const struct shape_of *s)
{
	struct conv q = { .n = 1,
		          .ci = s->ci,
		          .co = s->co,
		          .ti = s->T,
		          .to = s->T,
		          .k = s->k,
		          .stride = 1,
		          .dilation = 1,
		          .pad = s->k / 2,
		          .group = 1 };
	real *x = numbers(s->ci * s->T), *w = numbers(s->co * s->ci * s->k), *y = numbers(s->co * s->T);
	void *tmp = aligned_alloc(64, (conv_scratch(&q) + 63) / 64 * 64);
	double best[3] = { 1e9, 1e9, 1e9 };
	if (!tmp)
		abort();
	for (int i = 0; i < RUNS; i++) {
		double at = seconds();
		conv_forward(&q, x, w, NULL, y, tmp);
		at = seconds() - at;
		for (int k = 0; k < 3; k++)
			if (at < best[k]) {
				double slower = best[k];
				best[k] = at;
				at = slower;
			}
	}
	printf("{\"conv\": \"%s\", \"isa\": \"%s\", \"gflops\": %.4g, \"peak_gflops\": %.4g}\n", s->name,
	       isa_active()->name, 2.0 * (double)(s->ci * s->co * s->k * s->T) / best[2] / 1e9, peak_gflops());
	free(x);
	free(w);
	free(y);
	free(tmp);
}

int main(int argc, char **argv)
{
	static const struct shape_of shapes[] = {
		{ "128 to 128, width 5", 128, 128, 5, 1000 },
		{ "64 to 64, width 3", 64, 64, 3, 1000 },
		{ "64 to 64, width 1", 64, 64, 1, 1000 },
		{ "32 to 32, width 39", 32, 32, 39, 1000 },
	};
	bench_cpu_time = true;
	if (!isa_select(argc > 1 ? argv[1] : NULL)) {
		fprintf(stderr, "kernel: no instruction set %s here\n", argv[1]);
		return 1;
	}
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
		report(&shapes[i]);
	return 0;
}
