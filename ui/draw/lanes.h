/* Branches as lanes, one row a layer, as a revision graph is drawn: what a layer makes runs down its lane until the
 * last layer that reads it. Pure: from the list of layers to cells. */
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

/* No layer but the first reads anything else than the one before it. */
bool lanes_chain(const struct model *m);
/* row (n_layer); returns how many lanes there are. Beyond LANES_MAX lanes share the last. */
int lanes_make(const struct model *m, struct lane_row *row);

#endif
