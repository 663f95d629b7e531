/* Clusters of a layer's filters over a whole set: their activations in windows that are spread evenly over the data
 * stand side by side in one long row each, so that two filters are alike if they are alike in all of these windows. */
#ifndef CORE_SET_CLUSTERS_H
#define CORE_SET_CLUSTERS_H

#include "core/analysis/analysis.h"
#include "core/data/dataset.h"

enum {
	SET_CLUSTER_WINDOWS = 24,
	SET_CLUSTER_WINDOWS_DTW = 6, /* warping takes time by the square of the length */
};
struct set_clusters;

/* Prepares the clusters of an analysed layer by the method, the number and the seed of q. The caller frees them. */
struct set_clusters *set_clusters_new(const struct model *m, const struct dataset *d, const struct question *q,
                                      int layer);
void set_clusters_free(struct set_clusters *s); /* NULL is fine */
/* Works for about `budget` seconds, with all filters on; a asks what is missing of it. Returns true while there is more
 * to do. */
bool set_clusters_step(struct set_clusters *s, struct analysis *a, double budget);
/* What has been found, which belongs to s. silent: no member is active in any of the windows. prototype: the mean over
 * members and windows. */
const struct layer_clusters *set_clusters_get(const struct set_clusters *s);
/* In how many windows the filters are compared. */
int set_clusters_windows(const struct set_clusters *s);

#endif
