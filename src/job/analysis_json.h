/* Parts of the JSON of a window's analysis (schema 1). */
#ifndef SRC_ANALYSIS_JSON_H
#define SRC_ANALYSIS_JSON_H

#include "core/analysis/analysis.h"
#include "src/json/json_write.h"

/* Min-max scaling of n numbers; zeros when all are equal. out may be v. */
void minmax(const real *v, int64_t n, real *out);
/* What scaled maps and shares are taken of: signed maps count by their size. */
void map_scaled(const real *map, int64_t n, real *out);
/* The key `shape` with n sizes. */
void shape_json(struct json *j, int n, const int64_t *dim);
/* A key with n numbers; v NULL: null. */
void reals_json(struct json *j, const char *key, const real *v, int64_t n);
/* The key `saliency`: the map of the target (layer -1), or of a filter, by the question's method, with all that it
 * depends on. */
void method_json(struct json *j, struct analysis *a, int layer, int64_t filter);
/* The keys `cluster` and `clusters` of a layer. */
void clusters_json(struct json *j, struct analysis *a, int layer);

#endif
