/* Trains a network with an optimizer over batches. It uses the same graph and the same backward pass as the
 * analysis.
 *
 * The caller builds the network for any number of windows at once (the batch axis of its graph), with given or new
 * weights. A batch is cut into chunks of at most TRAIN_CHUNK windows, so that the values of a run stay in the
 * processor's caches. The gradients of the chunks are added in a fixed order, so the result does not depend on the
 * number of threads. A network with BatchNormalization computes each batch in one chunk, because it needs the
 * statistics of the whole batch. The same seed, data and instruction set give the same weights. */
#ifndef CORE_TRAIN_H
#define CORE_TRAIN_H

#include "core/data/dataset.h"
#include "core/model/loss.h"
#include "core/model/model.h"

enum { TRAIN_CHUNK = 8, TRAIN_BATCH_MAX = 65536, TRAIN_EPOCHS_MAX = 1000000 };

enum optimizer { OPTIMIZER_ADAM, OPTIMIZER_SGD };
enum schedule { SCHEDULE_CONSTANT, SCHEDULE_STEP, SCHEDULE_COSINE, SCHEDULE_PLATEAU };

struct train_options {
	enum loss_kind loss;
	/* Adam: Kingma and Ba 2015, algorithm 1, with epsilon added outside the root. SGD: v = momentum v + g, w -=
	 * rate v. */
	enum optimizer optimizer;
	double rate, momentum, beta1, beta2, epsilon;
	enum schedule schedule;
	/* step: the rate falls after this many epochs; plateau: after this many without a lower validation loss */
	int schedule_epochs;
	double schedule_factor; /* step, plateau: rate *= factor. cosine: rate (1 + cos(pi epoch / epochs)) / 2 */
	int64_t batch;
	int epochs;
	int patience;         /* early stopping: epochs without a lower validation loss; 0: none */
	double validation;    /* fraction of the windows, taken from the end, in [0,1) */
	double l1, l2;        /* of kernels, not of biases: loss += l1 sum abs(w) + l2 sum w^2 */
	double momentum_norm; /* BatchNormalization: running = momentum running + (1 - momentum) batch */
	bool shuffle;
	/* The network is computed as it is used, one window at a time: Dropout does nothing, and the statistics of
	 * BatchNormalization are those that it has, and stay. `build` is then asked for one window only. */
	bool as_used;
	uint64_t seed;
	int threads;
	int64_t steps_max; /* stop after so many batches; 0: no such limit */
};
void train_defaults(struct train_options *o);

struct train_epoch {
	int epoch;                   /* counted from 0 */
	double loss, val_loss, rate; /* val_loss NaN without validation */
	bool best;
};

enum train_end { TRAIN_DONE, TRAIN_EARLY, TRAIN_STOPPED, TRAIN_DIVERGED };

struct training {
	const struct train_options *o;
	const struct dataset *d;
	/* (d->n, outputs) what the logits should be, or the outputs of a network without them; NULL: the true values of
	 * d. o->loss is that of numbers, and windows need no true values. */
	const real *aim;
	/* Builds the network for n windows at once. flat: all its weights, in the order of the graph's values; NULL:
	 * new weights. Returns NULL on error. */
	struct model *(*build)(void *ctx, int64_t n, const real *flat, struct err *e);
	/* Called after each batch with its loss; returning false stops the training. May be NULL. */
	bool (*on_batch)(void *ctx, int epoch, int64_t done, int64_t windows, double loss);
	void (*on_epoch)(void *ctx, const struct train_epoch *q); /* may be NULL */
	void *ctx;
	/* Results of train_run(); training_release() frees them. */
	enum train_end end;
	int64_t n_weight;
	real *weight; /* (n_weight): the weights with the lowest validation loss, or the last ones */
	struct history history;
};

/* Trains. Returns 0, or a negative code if the data do not fit the network. A diverging or stopped training is not
 * an error: `end` tells it. */
int train_run(struct training *t, struct err *e);
void training_release(struct training *t);
/* Whether a value of the graph is one of the weights, which lie in flat arrays in the order of the graph's values. */
bool train_is_weight(const struct value *x);
/* Returns the mean loss of windows [from,to) with these weights, without regularisation. */
double train_loss(const struct training *t, const struct model *m, const real *flat, int64_t from, int64_t to);

#endif
