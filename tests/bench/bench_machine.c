/* What one processor can do: a loop of multiply-adds that stays in the registers. Built, like the kernels, with fused
 * ones. */
#include <stdlib.h>
#include <string.h>
#include "core/base/real.h"
#include "core/kernels/tile.h"
#include "tests/bench/measure.h"

enum { CHAINS = 12, ROUNDS = 20000 }; /* enough independent chains to hide the latency of every unit */

#define PEAK(name, bytes, attribute)                                                                             \
	attribute static double name(void)                                                                       \
	{                                                                                                        \
		typedef real vec __attribute__((vector_size(bytes)));                                            \
		vec s[CHAINS], a, b;                                                                             \
		for (unsigned i = 0; i < bytes / sizeof(real); i++)                                              \
			a[i] = (real)0.999, b[i] = (real)1e-3;                                                   \
		for (int c = 0; c < CHAINS; c++)                                                                 \
			s[c] = b * (real)c;                                                                      \
		__asm__ volatile("" : "+m"(a), "+m"(b)); /* not known when compiling */                          \
		double best[3] = { 0 }; /* the third counts: the very best may be an error of a virtual clock */ \
		for (int k = 0; k < 50; k++) {                                                                   \
			double at = seconds();                                                                   \
			for (int i = 0; i < ROUNDS; i++)                                                         \
				for (int c = 0; c < CHAINS; c++)                                                 \
					s[c] = s[c] * a + b;                                                     \
			double rate = 2.0 * ROUNDS * CHAINS * (bytes / sizeof(real)) / (seconds() - at) / 1e9;   \
			for (int j = 0; j < 3; j++)                                                              \
				if (rate > best[j]) {                                                            \
					double less = best[j];                                                   \
					best[j] = rate;                                                          \
					rate = less;                                                             \
				}                                                                                \
		}                                                                                                \
		for (int c = 0; c < CHAINS; c++)                                                                 \
			__asm__ volatile("" ::"m"(s[c]));                                                        \
		return best[2];                                                                                  \
	}

#ifdef __x86_64__
PEAK(peak_avx512, 64, __attribute__((target("avx512f,fma"))))
PEAK(peak_avx2, 32, __attribute__((target("avx2,fma"))))
#endif
PEAK(peak_baseline, 16, )

/* Of the instruction set in use: TSVIZ_ISA=avx2 is measured beside what AVX2 can do. */
double peak_gflops(void)
{
	static double best;
	const char *isa = isa_active()->name;
	if (best > 0)
		return best;
#ifdef __x86_64__
	if (!strcmp(isa, "avx512"))
		best = peak_avx512();
	if (!strcmp(isa, "avx512") || !strcmp(isa, "avx2")) {
		double r = peak_avx2();
		best = r > best ? r : best;
	}
#endif
	(void)isa;
	if (best <= 0)
		best = peak_baseline();
	return best;
}

int bench_machine(void)
{
	line("machine");
	line_text("isa", isa_active()->name);
	line_number("peak_gflops", peak_gflops());
	line_end();
	return 0;
}
