/* A set of filters, sorted by layer and then by filter: those that are switched off, those that are marked. Zeroed, it
 * is empty; filter_set_release frees it. */
#ifndef CORE_FILTER_SET_H
#define CORE_FILTER_SET_H

#include <stdbool.h>
#include <stdint.h>

struct filter_id {
	int layer;
	int64_t filter;
};
struct filter_set {
	struct filter_id *id;
	int n;
};

/* Is the filter in the set? */
bool filter_set_has(const struct filter_set *s, int layer, int64_t filter);
/* Put it in, or take it out. */
void filter_set_put(struct filter_set *s, int layer, int64_t filter, bool in);
/* `from` may be a shallow copy of `to`. */
void filter_set_copy(struct filter_set *to, const struct filter_set *from);
bool filter_set_equal(const struct filter_set *a, const struct filter_set *b);
void filter_set_release(struct filter_set *s);

#endif
