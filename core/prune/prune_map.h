/* Which filters of a network depend on each other, so that they can only be removed together.
 *
 * Every filter that a layer with weights makes is an atom. Atoms flow through the graph: an activation function passes
 * them on, a Flatten repeats each for all steps, a Concat puts those of its inputs one after the other. Where two meet,
 * as at an Add or in the weights of a depthwise convolution, they become one class, and a class is removed as a whole.
 * An atom that reaches a place where it cannot be followed, or the output of the network, makes its class stay.
 *
 * Makers are nodes that make new atoms. Makers whose atoms share a class are one family: the convolutions before and
 * beside a residual connection, for example. A budget is spent by family.
 *
 * Consumers are nodes that multiply what they read with weights, or add it up: there a removed atom ends. */
#ifndef CORE_PRUNE_MAP_H
#define CORE_PRUNE_MAP_H

#include "core/model/model.h"

/* The atoms along the axes of a value; -1: a position that always stays; NULL: no filters lie along this axis. A value
 * that is computed has atoms along one axis at most, a constant along several. */
struct prune_tag {
	int *atom[RANK_MAX];
	unsigned plain; /* bit per axis of a constant: a node reads this axis whole */
};

struct prune_atom {
	int parent; /* union-find; a root is its own parent */
	int maker;
	int64_t filter; /* of the maker */
	/* of a root: the class stays, because of `why` at node `where` (-1: the network's output) */
	bool stays;
	const char *why;
	int where;
};

struct prune_maker {
	int node, value, axis; /* its filters lie along this axis of the value */
	int layer;             /* that holds the node; -1: none */
	int64_t n;
	int first;        /* its atoms are first .. first + n - 1 */
	bool convolution; /* else a dense layer */
	int family;       /* the number of the first maker of the family */
};

enum prune_reader {
	PRUNE_CONV,      /* weights (out,in,taps) in input 1, bias in input 2; one group */
	PRUNE_GEMM,      /* weights in input 1, by transB; bias in input 2 */
	PRUNE_MATMUL,    /* weights (in,out) in input 1 */
	PRUNE_WEIGHTS,   /* others with weights along the channels: they are sliced, and not repaired */
	PRUNE_RECURRENT, /* weights (direction,gates,in) in input 1 */
	PRUNE_SUM,       /* a sum without weights */
};
struct prune_consumer {
	int node, value, axis; /* what it reads: the atoms lie along this axis of the value */
	int layer;
	enum prune_reader kind;
};

struct prune_map {
	const struct model *m;
	struct arena arena;
	struct prune_tag *tag; /* (n_value) */
	struct prune_atom *atom;
	int n_atom, cap_atom;
	struct prune_maker *maker;
	int n_maker;
	struct prune_consumer *consumer; /* in the order of the graph */
	int n_consumer;
};

/* Walks the graph of a model, which must outlive the map. The caller frees it with prune_map_release. */
void prune_map_init(struct prune_map *p, const struct model *m);
void prune_map_release(struct prune_map *p);
/* The class of an atom: the number of its root. */
int prune_class(const struct prune_map *p, int atom);
/* Whether the class of the atom may be removed. */
bool prune_removable(const struct prune_map *p, int atom);
/* Why the filters of a maker stay, in words with the name of the place; "" if one of them can be removed. Returns buf.
 */
const char *prune_why(const struct prune_map *p, int maker, char *buf, size_t size);
/* The axis of a value along which its atoms lie; -1: none. */
int prune_axis(const struct prune_map *p, int value);

/* ---- what is removed ---- */
/* (n_atom) by class: removed[prune_class(atom)]. The shape that a value has then. */
struct shape prune_shape(const struct prune_map *p, const bool *removed, int value);
/* Whether position i of the axis of a value stays. */
bool prune_stays(const struct prune_map *p, const bool *removed, int value, int axis, int64_t i);

#endif
