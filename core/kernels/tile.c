/* The only file with vector extensions and, in the Makefile, with -ffp-contract=fast: plain C11 forbids fused
 * multiply-add across statements, which is half of a processor's peak. */
#include "core/kernels/tile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define UNROLLED _Pragma("GCC unroll 8")

#if defined(__x86_64__)
#define ISA(x) x##_avx512
#define ISA_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")))
#define ISA_BYTES 64
#define ISA_ROWS 8
#define ISA_ROWS_HALF 4
#include "core/kernels/tile_isa.h"

#define ISA(x) x##_avx2
#define ISA_TARGET __attribute__((target("avx2,fma")))
#define ISA_BYTES 32
#define ISA_ROWS 4
#define ISA_ROWS_HALF 2
#include "core/kernels/tile_isa.h"

static int avx512_usable(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("fma");
}

static int avx2_usable(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

/* What the compiler may assume anyway: SSE2 on x86-64, NEON on aarch64 (32 registers there). */
#define ISA(x) x##_baseline
#define ISA_TARGET
#define ISA_BYTES 16
#ifdef __aarch64__
#define ISA_ROWS 8
#define ISA_ROWS_HALF 4
#else
#define ISA_ROWS 4
#define ISA_ROWS_HALF 2
#endif
#include "core/kernels/tile_isa.h"

static int always(void)
{
	return 1;
}

#define ROW(name, usable, set)                                                                                  \
	{                                                                                                       \
		name, usable, tile_##set, dot_##set, dot_lanes_##set, axpy_##set, sum_##set, abs_sum_##set,     \
		        abs_sum_lanes_##set, taylor_lanes_##set, relu_##set, relu_back_##set, relu_fresh_##set, \
		        lay_##set, turn_##set, adam_##set, add_rows_##set, scale_##set, add_gated_##set,        \
		        scale_rows_##set, max_windows_##set, max_lanes_##set, max_pairs_back_##set,             \
		        max_pairs_lanes_##set                                                                   \
	}

const struct isa isa_table[] = {
#if defined(__x86_64__)
	ROW("avx512", avx512_usable, avx512),
	ROW("avx2", avx2_usable, avx2),
#endif
#ifdef __aarch64__
	ROW("neon", always, baseline),
#else
	ROW("baseline", always, baseline),
#endif
	{ .name = NULL },
};

/* Set once, before threads start: which code runs, never what it computes beyond rounding. */
static const struct isa *active;

int isa_select(const char *name)
{
	for (const struct isa *i = isa_table; i->name; i++)
		if ((!name || !strcmp(i->name, name)) && i->usable()) {
			active = i;
			return 1;
		}
	return 0;
}

const struct isa *isa_active(void)
{
	if (!active)
		isa_select(NULL);
	return active;
}
