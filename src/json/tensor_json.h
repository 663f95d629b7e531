/* How JSON of schema 2 writes an array of numbers, {"shape": [3,2], "axes": ["time","channel"], "values": [..]}, and
 * what is not known: null, with the reason beside it. */
#ifndef SRC_TENSOR_JSON_H
#define SRC_TENSOR_JSON_H

#include "src/json/json_write.h"

/* Begins a tensor under a key. axes: the names of its axes, the slowest first, separated by one blank: "time channel",
 * each one of JSON_AXES; dim: the length of each. The caller then writes all values, row-major, and ends the tensor.
 * What is not a finite number is null. */
void json_tensor(struct json *j, const char *key, const char *axes, const int64_t *dim);
/* The members "shape" and "axes" alone. */
void json_shape(struct json *j, const char *axes, const int64_t *dim);
void json_end_tensor(struct json *j);
/* A whole tensor: of computed numbers (9 digits), of figures (17 digits) and of whole numbers. */
void json_put_reals(struct json *j, const char *key, const char *axes, const int64_t *dim, const real *v);
void json_put_figures(struct json *j, const char *key, const char *axes, const int64_t *dim, const double *v);
void json_put_whole(struct json *j, const char *key, const char *axes, const int64_t *dim, const int64_t *v);
/* The members "key": null and "key_reason": why. */
void json_put_none(struct json *j, const char *key, const char *why);
/* The member "key" with 17 digits; if v is not a finite number, null and that reason. */
void json_put_figure(struct json *j, const char *key, double v, const char *why);

/* The same with 9 digits. */
void json_put_figure9(struct json *j, const char *key, double v, const char *why);

/* All names of axes. "output": the elements of an output that has no other name. */
/* clang-format off */
#define JSON_AXES(X) \
	X("time") X("channel") X("filter") X("class") X("output") X("frequency") \
	X("epoch") X("layer") X("window") X("bin") X("cluster") X("model") \
	X("method") X("epsilon") X("quartile") X("iteration") X("share") X("bucket") \
	X("tap") X("pair") X("column") X("limit") X("cluster_count")
/* clang-format on */

#endif
