/* A branching network as lanes, one row for each layer, as revision graphs are drawn. The output of a layer runs down a
 * lane to the last layer that reads it. The functions are pure: they turn the list of layers into cells. */
#ifndef UI_LANES_H
#define UI_LANES_H

#include "core/model/model.h"

enum { LANES_MAX = 24 };

enum lane_mark {
	LANE_NONE = 0,
	LANE_UP = 1,
	LANE_DOWN = 2,
	LANE_LEFT = 4,
	LANE_RIGHT = 8,
	LANE_NODE = 16,
};
struct lane_row {
	unsigned char mark[LANES_MAX];
};

/* True: every layer but the first reads the layer before it and nothing else. */
bool lanes_chain(const struct model *m);
/* Fills row (n_layer). Returns the number of lanes, at most LANES_MAX: further ones share the last. */
int lanes_make(const struct model *m, struct lane_row *row);

#endif
