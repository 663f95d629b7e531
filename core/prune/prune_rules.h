/* The operators, and how filters are followed through each of them. A row for every operator of op_table; a test walks
 * it. To add an operator: a row in the table of prune_rules.c, and a case in tests/unit/op_cases.h if there is none. */
#ifndef CORE_PRUNE_RULES_H
#define CORE_PRUNE_RULES_H

#include "core/graph/op.h"
#include "core/prune/prune_map.h"

/* A walk at one node. */
struct prune_walk {
	struct prune_map *p;
	const struct graph *g;
	const struct node *n;
	int node;
	const char *why;      /* while a rule works: what it says of atoms that must stay */
	unsigned touched[32]; /* bit per axis of constant input k: the rule has said what lies there */
};

/* What a node needs when its inputs have become smaller. */
struct prune_patch {
	const struct prune_map *p;
	const bool *removed;
	struct graph *to; /* new constants are made there */
	const struct node *n;
	int node;
	int n_in, in[32]; /* ids in `to`; -1: left out */
	int n_attr;
	struct attr attr[32];
	struct arena arena; /* of lists in attr */
};

struct prune_rule {
	const char *op;
	/* Follows the atoms of the inputs to the outputs. Returns NULL, or why it cannot: then all atoms that the node
	 * reads stay, and its outputs have none. NULL: it never can, for the reason `why`. */
	const char *(*follow)(struct prune_walk *w);
	/* Changes inputs and attributes of the smaller node. NULL: they fit as they are. */
	int (*patch)(struct prune_patch *q, struct err *e);
	const char *why;
};
extern const struct prune_rule prune_rules[]; /* op NULL ends */
const struct prune_rule *prune_rule_find(const char *op);

/* ---- for rules (prune_map.c) ---- */
/* The axis along which input k has atoms, -1: none, or it is a constant. *atoms (dim of the axis) may be NULL. */
int walk_axis(const struct prune_walk *w, int k, const int **atoms);
/* The atoms of output k lie along this axis. */
void walk_out(struct prune_walk *w, int k, int axis, const int *atoms);
/* Those of constant input k, which may be absent. */
void walk_const(struct prune_walk *w, int k, int axis, const int *atoms);
/* Makes atoms for the filters of output 0 along an axis. Returns them. */
const int *walk_make(struct prune_walk *w, int axis, bool convolution);
/* Two atoms belong together; -1: the other one stays. */
void walk_join(struct prune_walk *w, int a, int b);
void walk_stay(struct prune_walk *w, int atom);
void walk_consumer(struct prune_walk *w, int k, int axis, enum prune_reader kind);
/* Follows an operator that only moves values: it is run on the numbers of the atoms. NULL, or why it cannot. */
const char *walk_moves(struct prune_walk *w);

static inline const struct value *walk_value(const struct prune_walk *w, int k)
{
	return k < w->n->n_in && w->n->in[k] >= 0 ? &w->g->value[w->n->in[k]] : NULL;
}

/* ---- for the rules: prune_patch.c ----
 * What changes in a node whose tensors become smaller: shapes, ranges and indices that stand in its constant inputs or
 * in its attributes. */
int patch_group(struct prune_patch *q, struct err *e);
int patch_reshape(struct prune_patch *q, struct err *e);
int patch_expand(struct prune_patch *q, struct err *e);
int patch_slice(struct prune_patch *q, struct err *e);
int patch_split(struct prune_patch *q, struct err *e);
int patch_gather(struct prune_patch *q, struct err *e);
int patch_resize(struct prune_patch *q, struct err *e);

/* What a Slice does along an axis: start <= i < end, or backwards. false: nothing. */
bool slice_along(const struct graph *g, const struct node *n, int axis, int64_t *start, int64_t *end, int64_t *step);

#endif
