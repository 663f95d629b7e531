/* What the writers of analyze share: one window's analysis, and the layers whose gradients and maps are in memory. */
#ifndef SRC_ANALYZE_WRITER_H
#define SRC_ANALYZE_WRITER_H

#include "src/job/job.h"
#include "src/job/progress.h"

enum {
	TARGETS_MAX = 3,
	BLOCK = 1 << 24, /* numbers of a block of layers whose gradients and maps are in memory at a time */
};

struct writer {
	const struct loaded *l;
	const struct options *o;
	struct analysis *a;
	const struct layer *layer;
	int n_layer;
	bool *chosen; /* (n_layer) */
	int64_t index;
	int n_target;
	struct target target[TARGETS_MAX];
	/* Layers [block_first,block_end) are written next: their gradients by all targets, and their maps, are there.
	 */
	int block_first, block_end;
	struct progress progress;
	/* per target and layer, copies: setting the next target makes those of the analysis stale. NULL for the target
	 * that the analysis has in the end: its own are written. Gradients: of the layers of the block */
	real **grad[TARGETS_MAX];                       /* (n_layer) of (F,times), NULL: no dependence */
	real **raw[TARGETS_MAX], **scaled[TARGETS_MAX]; /* (n_layer) of (F) */
	real *input_grad[TARGETS_MAX];                  /* (T,C) */
	double value[TARGETS_MAX];
	struct analysis *other; /* --compare, or NULL */
	int64_t other_window;   /* -1: the same */
	struct json j;
};

/* Computes the maps of the layers of the block. */
void analyze_block_maps(struct writer *w);
/* Writes the key "layers": each chosen layer by `write`, block by block. */
void analyze_layers(struct writer *w, void (*write)(struct writer *w, int layer));
/* Writes schema 2 (src/answer/analyze_json.c). Returns 0, or an error when the network cannot be hashed. */
int analyze_json(struct writer *w, const struct truth *truth, FILE *f, struct err *e);

#endif
