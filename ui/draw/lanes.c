#include "ui/draw/lanes.h"

#include <stdlib.h>
#include <string.h>

bool lanes_chain(const struct model *m)
{
	for (int i = 1; i < m->n_layer; i++)
		if (m->layer[i].n_in != 1 || m->layer[i].in[0] != i - 1)
			return false;
	return true;
}

static int free_lane(const int *owner)
{
	for (int k = 0; k < LANES_MAX; k++)
		if (owner[k] < 0)
			return k;
	return LANES_MAX - 1;
}

static int lane_of(const int *owner, int layer)
{
	for (int k = 0; k < LANES_MAX; k++)
		if (owner[k] == layer)
			return k;
	return -1;
}

/* A horizontal line between an input's lane and the node's. */
static void connect(struct lane_row *r, int from, int to)
{
	int a = from < to ? from : to, b = from < to ? to : from;
	for (int k = a; k < b; k++) {
		r->mark[k] |= LANE_RIGHT;
		r->mark[k + 1] |= LANE_LEFT;
	}
}

int lanes_make(const struct model *m, struct lane_row *row)
{
	int owner[LANES_MAX], lanes = 1;
	int *last = xcalloc((size_t)m->n_layer + 1, sizeof *last);
	memset(row, 0, (size_t)m->n_layer * sizeof *row);
	for (int i = 0; i < m->n_layer; i++)
		for (int k = 0; k < m->layer[i].n_in; k++)
			last[m->layer[i].in[k]] = i;
	for (int k = 0; k < LANES_MAX; k++)
		owner[k] = -1;
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		int before[LANES_MAX], mine = -1;
		memcpy(before, owner, sizeof before);
		for (int k = 0; k < l->n_in; k++) {
			int lane = lane_of(before, l->in[k]);
			if (lane < 0)
				continue;
			/* the leftmost input that ends here lends its lane */
			if (last[l->in[k]] == i) {
				owner[lane] = -1;
				mine = mine < 0 || lane < mine ? lane : mine;
			}
		}
		if (mine < 0)
			mine = free_lane(owner);
		for (int k = 0; k < LANES_MAX; k++) {
			if (before[k] >= 0)
				row[i].mark[k] |= LANE_UP;
			if (owner[k] >= 0)
				row[i].mark[k] |= LANE_DOWN;
		}
		for (int k = 0; k < l->n_in; k++) {
			int lane = lane_of(before, l->in[k]);
			if (lane >= 0 && lane != mine)
				connect(&row[i], lane, mine);
		}
		row[i].mark[mine] |= LANE_NODE;
		owner[mine] = last[i] > i ? i : -1;
		if (owner[mine] >= 0)
			row[i].mark[mine] |= LANE_DOWN;
		lanes = mine + 1 > lanes ? mine + 1 : lanes;
	}
	free(last);
	return lanes;
}
