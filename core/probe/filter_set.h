/* A set of filters, in the order of layers and filters: those switched off, those marked. */
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

bool filter_set_has(const struct filter_set *s, int layer, int64_t filter);
void filter_set_put(struct filter_set *s, int layer, int64_t filter, bool in);
void filter_set_copy(struct filter_set *to, const struct filter_set *from);
bool filter_set_equal(const struct filter_set *a, const struct filter_set *b);
void filter_set_release(struct filter_set *s);

#endif
