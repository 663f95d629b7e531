/* The number type of the core: float, or double in the f64 build (-DTSVIZ_F64). The f64 build runs the gradient suites,
 * because differences of floats are too coarse to show an error of one per cent. Kernels and operators compute with
 * `real` and the real_* functions only. */
#ifndef CORE_REAL_H
#define CORE_REAL_H

#include <float.h>
#include <math.h>
#include <stdint.h>

#ifdef TSVIZ_F64
typedef double real;
typedef int64_t real_bits; /* as wide as a real */
#define REAL_MAX DBL_MAX
#define REAL_EPS DBL_EPSILON
#define real_fn(name) name
#else
typedef float real;
typedef int32_t real_bits;
#define REAL_MAX FLT_MAX
#define REAL_EPS FLT_EPSILON
#define real_fn(name) name##f
#endif

#define real_exp real_fn(exp)
#define real_expm1 real_fn(expm1)
#define real_log real_fn(log)
#define real_log1p real_fn(log1p)
#define real_sqrt real_fn(sqrt)
#define real_pow real_fn(pow)
#define real_tanh real_fn(tanh)
#define real_abs real_fn(fabs)
#define real_erf real_fn(erf)
#define real_sin real_fn(sin)
#define real_cos real_fn(cos)
#define real_fmod real_fn(fmod)
#define real_floor real_fn(floor)
#define real_ceil real_fn(ceil)

#endif
