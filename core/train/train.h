/* Training: the same graph and the same backward pass as everywhere, over batches, with an optimizer.
 *
 * A network is built by the caller for any number of windows at once (the batch axis of its graph), with given weights
 * or new ones. A batch is cut into chunks of at most TRAIN_CHUNK windows (few, so that a run stays in the caches); the
 * gradients of the chunks are added in order, so that the number of threads does not change a bit. Networks with
 * BatchNormalization take a batch in one chunk, for its statistics are those of the batch. Same seed, data and
 * instruction set: same weights. */
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
	/* Adam: Kingma and Ba 2015, algorithm 1, with epsilon outside the root; SGD: v = momentum v + g, w -= rate v */
	enum optimizer optimizer;
	double rate, momentum, beta1, beta2, epsilon;
	enum schedule schedule;
	int schedule_epochs;    /* step: every so many; plateau: so many without a lower validation loss */
	double schedule_factor; /* step, plateau: rate *= factor. cosine: rate (1 + cos(pi epoch / epochs)) / 2 */
	int64_t batch;
	int epochs;
	int patience;         /* early stopping: epochs without a lower validation loss; 0: none */
	double validation;    /* part of the windows, the last ones, in [0,1) */
	double l1, l2;        /* of kernels, not of biases: loss += l1 sum abs(w) + l2 sum w^2 */
	double momentum_norm; /* BatchNormalization: running = momentum running + (1 - momentum) batch */
	bool shuffle;
	uint64_t seed;
	int threads;
	int64_t steps_max; /* stop after so many batches; 0: no such limit */
};
void train_defaults(struct train_options *o);

struct train_epoch {
	int epoch;                   /* 0-based */
	double loss, val_loss, rate; /* val_loss NaN without validation */
	bool best;
};

enum train_end { TRAIN_DONE, TRAIN_EARLY, TRAIN_STOPPED, TRAIN_DIVERGED };

struct training {
	const struct train_options *o;
	const struct dataset *d;
	/* The network for n windows at once. flat: all its weights one after the other in the order of its values;
	 * NULL: new ones. */
	struct model *(*build)(void *ctx, int64_t n, const real *flat, struct err *e);
	/* After each batch; false stops. May be NULL. loss: of this batch. */
	bool (*on_batch)(void *ctx, int epoch, int64_t done, int64_t windows, double loss);
	void (*on_epoch)(void *ctx, const struct train_epoch *q); /* may be NULL */
	void *ctx;
	/* results, made by train_run; training_release frees them */
	enum train_end end;
	int64_t n_weight;
	real *weight; /* (n_weight): those with the lowest validation loss, or the last */
	struct history history;
};

/* 0, or a negative code: the data do not fit the network. Diverging and stopping are no errors: see `end`. */
int train_run(struct training *t, struct err *e);
void training_release(struct training *t);
/* Mean loss of windows [from,to) with these weights, without regularisation. */
double train_loss(const struct training *t, const struct model *m, const real *flat, int64_t from, int64_t to);

#endif
