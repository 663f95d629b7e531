#include "core/kernels/figures.h"

#include <math.h>
#include <string.h>

#define UNROLLED _Pragma("GCC unroll 8")

#if defined(__x86_64__)
#define ISA(x) x##_avx512
#define ISA_TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2")))
#define ISA_BYTES 64
#include "core/kernels/figures_isa.h"

#define ISA(x) x##_avx2
#define ISA_TARGET __attribute__((target("avx2")))
#define ISA_BYTES 32
#include "core/kernels/figures_isa.h"
#endif

#define ISA(x) x##_baseline
#define ISA_TARGET
#define ISA_BYTES 16
#include "core/kernels/figures_isa.h"

const struct figures *figures_active(void)
{
#if defined(__x86_64__)
	if (!strcmp(isa_active()->name, "avx512"))
		return &figures_avx512;
	if (!strcmp(isa_active()->name, "avx2"))
		return &figures_avx2;
#endif
	return &figures_baseline;
}
