/* Training: against PyTorch, gradients of the weights against differences of the loss, and what else core/train/train.h
 * promises. The gradient of a loss is seen from outside: one step of plain gradient descent at rate 1 moves the weights
 * by it. */
#include "core/graph/op.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "src/job/train_spec.h"
#include "tests/unit/train_numbers.h"
#include "tests/unit/unit.h"

/* ---- a small world: two leaky sums of noise, as tests/gen_train.py makes them ---- */

struct world {
	struct spec spec;
	struct dataset d;
	struct training t;
	const real *start;   /* weights to begin with; NULL: those of the seed */
	double losses[1000]; /* of every batch */
	int n_loss, stop_at; /* stop after so many batches; 0: do not */
	double rates[100], val[100];
	int n_epoch, best;
	int64_t windows; /* trained with in an epoch */
};

static void table_make(struct table *t, int rows, int classes)
{
	memset(t, 0, sizeof *t);
	static const char *names[] = { "a", "b", "class" };
	t->file = "noise";
	t->n_row = rows;
	t->n_col = classes ? 3 : 2;
	t->name = names;
	t->has_header = true;
	t->number = arena_alloc(&t->arena, 3, sizeof *t->number);
	t->text = arena_alloc(&t->arena, 3, sizeof *t->text);
	for (int c = 0; c < 3; c++)
		t->number[c] = arena_alloc(&t->arena, (size_t)rows, sizeof **t->number);
	struct rng r;
	double a = 0, b = 0;
	rng_init(&r, 7);
	for (int i = 0; i < rows; i++) {
		t->number[0][i] = a = 0.9 * a + (rng_uniform(&r) - 0.5);
		t->number[1][i] = b = 0.5 * b + (rng_uniform(&r) - 0.5);
		t->number[2][i] = classes == 3 ? (a > 0.3) + (a > -0.3) : a > 0;
	}
}

static struct model *world_build(void *ctx, int64_t n, const real *flat, struct err *e)
{
	struct world *w = ctx;
	return spec_build(&w->spec, w->d.C, n, flat ? flat : w->start, e);
}

static bool world_batch(void *ctx, int epoch, int64_t done, int64_t windows, double loss)
{
	struct world *w = ctx;
	(void)epoch;
	ck_assert(done <= windows);
	w->windows = windows;
	if (w->n_loss < 1000)
		w->losses[w->n_loss] = loss;
	w->n_loss++;
	return w->n_loss != w->stop_at;
}

static void world_epoch(void *ctx, const struct train_epoch *q)
{
	struct world *w = ctx;
	ck_assert_int_eq(q->epoch, w->n_epoch);
	w->rates[w->n_epoch] = q->rate;
	w->val[w->n_epoch++] = q->val_loss;
	w->best = q->best ? q->epoch : w->best;
}

static void world_init(struct world *w, int rows, const char *spec)
{
	struct err e = { 0 };
	struct table t;
	memset(w, 0, sizeof *w);
	ck_assert_msg(!spec_from_json(&w->spec, spec, strlen(spec), &e), "%s: %s", spec, e.text);
	enum loss_kind k = w->spec.train.loss;
	int classes = k == LOSS_CROSSENTROPY ? 3 : k == LOSS_BINARY_CROSSENTROPY ? 2 : 0;
	table_make(&t, rows, classes);
	struct model want = { .T = w->spec.window, .C = 2 };
	want.outputs = spec_outputs(&w->spec, &want.head);
	recipe_set(&w->spec.recipe, "columns", "a,b", &e);
	if (classes)
		recipe_set(&w->spec.recipe, "label", "class", &e);
	ck_assert_msg(!dataset_cut(&w->d, &t, &w->spec.recipe, &want, &e), "%s", e.text);
	table_release(&t);
	w->t = (struct training){ .o = &w->spec.train,
		                  .d = &w->d,
		                  .build = world_build,
		                  .on_batch = world_batch,
		                  .on_epoch = world_epoch,
		                  .ctx = w };
}

static void world_train(struct world *w)
{
	struct err e = { 0 };
	training_release(&w->t);
	w->n_loss = w->n_epoch = 0;
	ck_assert_msg(!train_run(&w->t, &e), "%s", e.text);
}

static void world_release(struct world *w)
{
	training_release(&w->t);
	dataset_release(&w->d);
	spec_release(&w->spec);
}

/* Mean loss of windows [from,to) with the weights that were kept. */
static double kept_loss(const struct world *w, int64_t from, int64_t to)
{
	struct err e = { 0 };
	struct model *m = spec_build(&w->spec, w->d.C, 1, w->t.weight, &e);
	ck_assert_msg(m != NULL, "%s", e.text);
	double loss = train_loss(&w->t, m, w->t.weight, from, to);
	model_free(m);
	return loss;
}

static bool near(double a, double b, double rel)
{
	return fabs(a - b) <= rel * fabs(b);
}

/* ---- against PyTorch ---- */

START_TEST(as_pytorch)
{
	const double rel = sizeof(real) == 8 ? 1e-8 : 1e-4;
	for (size_t i = 0; i < sizeof train_cases / sizeof *train_cases; i++) {
		const struct train_case *c = &train_cases[i];
		struct world w;
		world_init(&w, c->rows, c->spec);
		w.spec.train.steps_max = 100;
		world_train(&w);
		ck_assert_int_eq(w.n_loss, 100);
		ck_assert_msg(near(w.losses[0], c->step1, rel / 10), "%s: batch 1: %.12g, PyTorch %.12g", w.spec.name,
		              w.losses[0], c->step1);
		ck_assert_msg(near(w.losses[9], c->step10, rel), "%s: batch 10: %.12g, PyTorch %.12g", w.spec.name,
		              w.losses[9], c->step10);
		ck_assert_msg(near(w.losses[99], c->step100, rel), "%s: batch 100: %.12g, PyTorch %.12g", w.spec.name,
		              w.losses[99], c->step100);
		double after = kept_loss(&w, 0, w.d.n_target);
		ck_assert_msg(near(after, c->after, rel), "%s: behind step 100: %.12g, PyTorch %.12g", w.spec.name,
		              after, c->after);
		world_release(&w);
	}
}
END_TEST

/* ---- gradients of the weights ---- */

#define HEAD \
	"{\"window\": 12, \"batch\": 19, \"optimizer\": \"sgd\", \"momentum\": 0, \"shuffle\": false, \"seed\": 5, "
#define CONV "{\"type\": \"Conv1D\", \"name\": \"c\", \"filters\": 4, \"kernel\": 3, \"padding\": \"same\", "
#define NORM "{\"type\": \"BatchNormalization\", \"name\": \"n\"}, "
#define DROP "{\"type\": \"Dropout\", \"ratio\": 0.4}, "
#define FLAT "{\"type\": \"Flatten\"}, "
#define DENSE(u, f) "{\"type\": \"Dense\", \"units\": " #u ", \"activation\": \"" f "\"}]}"

static const char *const gradient_specs[] = {
	HEAD "\"loss\": \"mse\", \"layers\": [" CONV "\"activation\": \"tanh\"}, " FLAT DENSE(1, "linear"),
	HEAD "\"loss\": \"mse\", \"l1\": 0.01, \"l2\": 0.02, \"layers\": [" CONV
	     "\"activation\": \"softplus\"}, " FLAT DENSE(1, "tanh"),
	HEAD "\"loss\": \"mae\", \"layers\": [" CONV "\"activation\": \"elu\"}, " DROP FLAT DENSE(1, "linear"),
	HEAD "\"loss\": \"crossentropy\", \"layers\": [" CONV
	     "\"activation\": \"tanh\"}, " NORM DROP FLAT DENSE(3, "softmax"),
	HEAD "\"loss\": \"binary_crossentropy\", \"layers\": [" CONV
	     "\"activation\": \"gelu\"}, " NORM FLAT DENSE(1, "sigmoid"),
	HEAD "\"loss\": \"binary_crossentropy\", \"layers\": [" CONV
	     "\"activation\": \"swish\"}, " FLAT DENSE(2, "sigmoid"),
};

/* The training loss of the first batch as the weights stand: dropout masks and batch statistics included. */
static double loss_at(struct world *w, const real *weights)
{
	w->start = weights;
	w->spec.train.rate = 0;
	world_train(w);
	return w->losses[0];
}

START_TEST(weight_gradients)
{
	const double h = sizeof(real) == 8 ? 1e-5 : 5e-3, rel = sizeof(real) == 8 ? 1e-6 : 0.05;
	for (size_t i = 0; i < sizeof gradient_specs / sizeof *gradient_specs; i++) {
		struct world w;
		world_init(&w, 40, gradient_specs[i]);
		w.spec.train.steps_max = 1;
		loss_at(&w, NULL);
		int64_t n = w.t.n_weight;
		real *at = xcalloc((size_t)n, sizeof *at), *g = xcalloc((size_t)n, sizeof *g);
		memcpy(at, w.t.weight, (size_t)n * sizeof *at);
		struct rng r;
		rng_init(&r, 11);
		for (int64_t k = 0; k < n; k++) /* biases off zero */
			at[k] += (real)(0.1 * (rng_uniform(&r) - 0.5));
		w.start = at;
		w.spec.train.rate = 1;
		world_train(&w);
		double most = 0;
		for (int64_t k = 0; k < n; k++) {
			g[k] = at[k] - w.t.weight[k];
			most = fabs((double)g[k]) > most ? fabs((double)g[k]) : most;
		}
		ck_assert(most > 0.01);
		int checked = 0;
		/* running statistics (the last 8 weights of the normalisation) move by another rule */
		int64_t conv = 4 * 2 * 3 + 4, norm = strstr(gradient_specs[i], "BatchNorm") ? conv + 8 : n;
		for (int64_t k = 0; k < n; k++) {
			if (k >= norm && k < norm + 8)
				continue;
			real was = at[k];
			at[k] = was + (real)h;
			double up = loss_at(&w, at), high = (double)at[k];
			at[k] = was - (real)h;
			double down = loss_at(&w, at), slope = (up - down) / (high - (double)at[k]);
			at[k] = was;
			ck_assert_msg(fabs(slope - (double)g[k]) <= rel * most,
			              "%s: weight %lld: %.9g, by differences %.9g", gradient_specs[i], (long long)k,
			              (double)g[k], slope);
			checked++;
		}
		ck_assert_int_gt(checked, 50);
		free(at);
		free(g);
		world_release(&w);
	}
}
END_TEST

/* ---- trained as it is used ---- */

/* Weights of a step of gradient descent at rate 1, and differences of the mean loss of the same windows as it is used:
 * no dropout, statistics that stay. aim: towards given logits. */
static void check_as_used(bool aims)
{
	const double h = sizeof(real) == 8 ? 1e-5 : 5e-3, rel = sizeof(real) == 8 ? 1e-6 : 0.05;
	const int64_t conv = 4 * 2 * 3 + 4, stat = conv + 8, windows = 19;
	struct world w;
	struct err e = { 0 };
	world_init(&w, 40, gradient_specs[3]);
	w.spec.train.steps_max = 1;
	w.spec.train.as_used = true;
	loss_at(&w, NULL);
	int64_t n = w.t.n_weight;
	real *at = xcalloc((size_t)n, sizeof *at), *aim = xcalloc((size_t)w.d.n * 3, sizeof *aim);
	memcpy(at, w.t.weight, (size_t)n * sizeof *at);
	struct rng r;
	rng_init(&r, 11);
	for (int64_t k = 0; k < n; k++)
		at[k] += (real)(0.1 * rng_uniform(&r));
	for (int64_t k = 0; k < w.d.n * 3; k++)
		aim[k] = (real)rng_uniform(&r);
	if (aims) {
		w.t.aim = aim;
		w.spec.train.loss = LOSS_MSE;
	}
	w.start = at;
	w.spec.train.rate = 1;
	world_train(&w);
	struct model *m = spec_build(&w.spec, w.d.C, 1, at, &e);
	ck_assert(near(w.losses[0], train_loss(&w.t, m, at, 0, windows), 1e-5));
	double most = 0;
	for (int64_t k = 0; k < n; k++)
		most = fmax(most, fabs((double)at[k] - (double)w.t.weight[k]));
	ck_assert(most > 0.01);
	for (int64_t k = 0; k < n; k++) {
		real was = at[k];
		double g = (double)was - (double)w.t.weight[k];
		if (k >= stat && k < stat + 8) {
			ck_assert_msg(w.t.weight[k] == was, "statistic %lld moved", (long long)k);
			continue;
		}
		at[k] = was + (real)h;
		double up = train_loss(&w.t, m, at, 0, windows), high = (double)at[k];
		at[k] = was - (real)h;
		double slope = (up - train_loss(&w.t, m, at, 0, windows)) / (high - (double)at[k]);
		at[k] = was;
		ck_assert_msg(fabs(slope - g) <= rel * most, "weight %lld: %.9g, by differences %.9g", (long long)k, g,
		              slope);
	}
	model_free(m);
	free(at);
	free(aim);
	world_release(&w);
}

START_TEST(as_used_the_gradient_is_that_of_predictions)
{
	check_as_used(false);
}
END_TEST

START_TEST(towards_given_logits_the_gradient_is_that_of_their_distance)
{
	check_as_used(true);
}
END_TEST

/* ---- same bits ---- */

static const char small[] =
        "{\"window\": 12, \"batch\": 40, \"epochs\": 3, \"loss\": \"mse\", \"validation\": 0.2, \"layers\": [" CONV
        "\"activation\": \"relu\"}, " DROP FLAT DENSE(1, "linear");
static const char normed[] =
        "{\"window\": 12, \"batch\": 40, \"epochs\": 3, \"loss\": \"crossentropy\", \"layers\": [" CONV
        "\"activation\": \"relu\"}, " NORM FLAT DENSE(3, "softmax");

START_TEST(same_bits_for_any_threads)
{
	static const int threads[] = { 2, 3, 64 };
	for (int which = 0; which < 2; which++) {
		struct world a, b;
		world_init(&a, 200, which ? normed : small);
		world_init(&b, 200, which ? normed : small);
		world_train(&a);
		for (int i = 0; i < 3; i++) {
			b.spec.train.threads = threads[i];
			world_train(&b);
			ck_assert_int_eq(a.t.n_weight, b.t.n_weight);
			ck_assert_mem_eq(a.t.weight, b.t.weight, (size_t)a.t.n_weight * sizeof(real));
			ck_assert_mem_eq(a.losses, b.losses, (size_t)a.n_loss * sizeof(double));
			ck_assert_mem_eq(a.val, b.val, (size_t)a.n_epoch * sizeof(double));
		}
		world_release(&a);
		world_release(&b);
	}
}
END_TEST

START_TEST(another_seed_is_another_training)
{
	struct world a, b;
	world_init(&a, 200, small);
	world_init(&b, 200, small);
	world_train(&a);
	world_train(&b);
	ck_assert_mem_eq(a.t.weight, b.t.weight, (size_t)a.t.n_weight * sizeof(real));
	/* the same first weights, another order */
	real *first = xcalloc((size_t)a.t.n_weight, sizeof *first);
	memcpy(first, a.t.weight, (size_t)a.t.n_weight * sizeof *first);
	a.start = b.start = first;
	b.spec.train.seed = 1;
	world_train(&a);
	world_train(&b);
	ck_assert(memcmp(a.t.weight, b.t.weight, (size_t)a.t.n_weight * sizeof(real)) != 0);
	free(first);
	world_release(&a);
	world_release(&b);
}
END_TEST

START_TEST(shuffling_takes_every_window_once)
{
	struct world w;
	world_init(&w, 200, small);
	/* weights that do not move: the mean over an epoch is that over all windows, in any order */
	w.spec.train.rate = 0;
	w.spec.train.validation = 0;
	w.spec.layer[1].ratio = 0;
	w.spec.train.batch = 7;
	world_train(&w);
	double all = kept_loss(&w, 0, w.d.n_target);
	for (int i = 0; i < 3; i++)
		ck_assert_msg(near(w.t.history.loss[i], all, sizeof(real) == 8 ? 1e-12 : 1e-5),
		              "epoch %d: %.9g instead of %.9g", i, w.t.history.loss[i], all);
	int per_epoch = w.n_loss / 3;
	ck_assert(w.losses[0] != w.losses[per_epoch]);
	ck_assert(w.losses[per_epoch] != w.losses[2 * per_epoch]);
	world_release(&w);
}
END_TEST

/* ---- validation, early stopping, schedules ---- */

START_TEST(the_last_windows_validate)
{
	struct world a, b;
	world_init(&a, 200, small);
	world_init(&b, 200, small);
	ck_assert_int_eq(a.d.n_target, 188);
	world_train(&a);
	ck_assert_int_eq(a.windows, 150); /* 188 less a fifth, rounded */
	ck_assert(near(a.val[a.best], kept_loss(&a, 150, 188), 1e-12));
	/* other values at the end move the validation loss alone */
	for (int64_t i = 180; i < 200; i++)
		b.d.raw[0][i] += 1;
	world_train(&b);
	ck_assert_mem_eq(a.losses, b.losses, (size_t)a.n_loss * sizeof(double));
	ck_assert(a.val[0] != b.val[0]);
	world_release(&a);
	world_release(&b);
}
END_TEST

START_TEST(early_stopping_keeps_the_best)
{
	struct world w;
	world_init(&w, 120, small);
	/* at this rate the loss jumps: some epochs are worse than those before */
	w.spec.train.rate = 0.05;
	w.spec.train.epochs = 100;
	w.spec.train.patience = 4;
	world_train(&w);
	const struct history *h = &w.t.history;
	ck_assert_int_eq(w.t.end, TRAIN_EARLY);
	ck_assert_int_lt(h->n, 100);
	ck_assert_int_eq(h->best, h->n - 1 - 4);
	ck_assert_int_eq(h->best, w.best);
	for (int i = 0; i < h->n; i++)
		ck_assert(h->val_loss[h->best] <= h->val_loss[i]);
	ck_assert(near(kept_loss(&w, w.windows, w.d.n_target), h->val_loss[h->best], 1e-12));
	world_release(&w);
}
END_TEST

START_TEST(schedules)
{
	struct world w;
	world_init(&w, 60, small);
	struct train_options *o = &w.spec.train;
	o->rate = 0.01;
	o->epochs = 8;
	world_train(&w);
	for (int i = 0; i < 8; i++)
		ck_assert(w.rates[i] == 0.01);
	o->schedule = SCHEDULE_STEP;
	o->schedule_epochs = 3;
	o->schedule_factor = 0.1;
	world_train(&w);
	for (int i = 0; i < 8; i++)
		ck_assert(near(w.rates[i], 0.01 * pow(0.1, i / 3), 1e-12));
	o->schedule = SCHEDULE_COSINE;
	world_train(&w);
	for (int i = 0; i < 8; i++)
		ck_assert(near(w.rates[i], 0.005 * (1 + cos(3.14159265358979 * i / 8)), 1e-9));
	/* a plateau is so many epochs without a lower validation loss: never with weights that stand still */
	o->schedule = SCHEDULE_PLATEAU;
	o->rate = 0;
	o->schedule_epochs = 2;
	o->schedule_factor = 0.5;
	o->rate = 1e-30;
	world_train(&w);
	static const double plateau[] = { 1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125 };
	for (int i = 0; i < 8; i++)
		ck_assert_msg(near(w.rates[i], 1e-30 * plateau[i], 1e-9), "epoch %d: %g", i, w.rates[i]);
	world_release(&w);
}
END_TEST

/* ---- ends ---- */

START_TEST(a_loss_that_is_not_finite_ends)
{
	struct world w;
	struct err e = { 0 };
	world_init(&w, 120, small);
	w.spec.train.validation = 0;
	w.spec.train.rate = 1e18;
	w.spec.train.optimizer = OPTIMIZER_SGD;
	w.spec.train.epochs = 50;
	ck_assert_int_eq(train_run(&w.t, &e), 0);
	ck_assert_int_eq(w.t.end, TRAIN_DIVERGED);
	for (int64_t i = 0; i < w.t.n_weight; i++)
		ck_assert(isfinite((double)w.t.weight[i]));
	world_release(&w);
}
END_TEST

START_TEST(weights_blown_up_by_the_last_step_are_not_kept)
{
	struct world w;
	world_init(&w, 60, small);
	w.spec.train.validation = 0;
	w.spec.train.batch = 48; /* one step an epoch */
	w.spec.train.epochs = 1;
	w.spec.train.rate = sizeof(real) == 8 ? 1e308 : 1e38;
	w.spec.train.optimizer = OPTIMIZER_SGD;
	w.spec.train.momentum = 0;
	/* a gradient above 3.4 overflows */
	for (int64_t i = 0; i < 60; i++)
		w.d.raw[0][i] *= 100;
	world_train(&w);
	ck_assert_int_eq(w.t.end, TRAIN_DIVERGED);
	ck_assert_int_eq(w.t.history.best, -1);
	for (int64_t i = 0; i < w.t.n_weight; i++)
		ck_assert(isfinite((double)w.t.weight[i]));
	world_release(&w);
}
END_TEST

START_TEST(stopping_keeps_what_there_is)
{
	struct world w;
	world_init(&w, 200, small);
	w.spec.train.epochs = 100;
	w.stop_at = 11; /* four batches an epoch: in the third */
	world_train(&w);
	ck_assert_int_eq(w.t.end, TRAIN_STOPPED);
	ck_assert_int_eq(w.n_loss, 11);
	ck_assert_int_eq(w.t.history.n, 3);
	ck_assert(w.t.history.best >= 0);
	ck_assert(near(kept_loss(&w, 150, 188), w.t.history.val_loss[w.t.history.best], 1e-12));
	world_release(&w);
}
END_TEST

/* ---- layers in training, first weights ---- */

START_TEST(batch_statistics_become_running_ones)
{
	struct world w;
	world_init(&w, 200, normed);
	w.spec.train.rate = 0;
	w.spec.train.shuffle = false;
	w.spec.train.batch = 190;
	w.spec.train.epochs = 1;
	w.spec.train.momentum_norm = 0.75;
	ck_assert_int_eq(w.d.n_target, 189);
	world_train(&w);
	/* after one batch of all windows: a quarter of the batch's, three quarters of 0 and 1 */
	struct err e = { 0 };
	struct model *m = spec_build(&w.spec, 2, 1, w.t.weight, &e);
	struct run *r = run_new(m->graph);
	real tc[24], in[24];
	double sum[4] = { 0 }, square[4] = { 0 };
	const int conv = m->layer[1].act;
	for (int64_t i = 0; i < 189; i++) {
		dataset_window(&w.d, i, tc);
		model_pack(m, tc, in);
		run_input(r, 0, in);
		run_forward(r);
		for (int k = 0; k < 48; k++) {
			double v = (double)run_real(r, conv)[k];
			sum[k / 12] += v;
			square[k / 12] += v * v;
		}
	}
	for (int f = 0; f < 4; f++) {
		double n = 189 * 12, mean = sum[f] / n, var = (square[f] - n * mean * mean) / (n - 1);
		const real *stat = w.t.weight + 28 + 8;
		ck_assert_msg(fabs((double)stat[f] - 0.25 * mean) < 1e-5, "mean %d: %g, %g", f, (double)stat[f],
		              0.25 * mean);
		ck_assert_msg(fabs((double)stat[4 + f] - (0.75 + 0.25 * var)) < 1e-5, "variance %d: %g, %g", f,
		              (double)stat[4 + f], 0.75 + 0.25 * var);
	}
	run_free(r);
	model_free(m);
	world_release(&w);
}
END_TEST

START_TEST(dropout_drops_in_training_alone)
{
	enum { N = 20000 };
	struct err e = { 0 };
	struct graph *g = graph_new();
	struct shape s = { 2, { 1, N } }, scalar = { 0, { 0 } };
	real ratio = (real)0.3, *x = xcalloc(N, sizeof *x), *seed = xcalloc(N, sizeof *seed);
	int in = graph_input(g, "x", DT_REAL, &s, &e), k = graph_const_real(g, "ratio", &scalar, &ratio, false, &e);
	int y = graph_op(g, "Dropout", "drop", 2, (int[]){ in, k }, 0, NULL, &e);
	ck_assert(y >= 0 && graph_output(g, y, &e) >= 0 && !graph_finish(g, &e));
	struct run *r = run_new(g);
	for (int i = 0; i < N; i++) {
		x[i] = (real)(i + 1);
		seed[i] = 2;
	}
	run_input(r, 0, x);
	run_want(r, in);
	run_forward(r);
	ck_assert_mem_eq(run_real(r, y), x, N * sizeof *x);
	r->training = true;
	r->call[0].seed = 42;
	run_forward(r);
	run_backward(r, y, seed);
	int dropped = 0;
	for (int i = 0; i < N; i++) {
		double v = (double)run_real(r, y)[i], d = (double)run_grad(r, in)[i];
		dropped += v == 0;
		ck_assert(v == 0 ? d == 0 : near(v, (i + 1) / 0.7, 1e-6) && near(d, 2 / 0.7, 1e-6));
	}
	ck_assert_msg(abs(dropped - 6000) < 260, "%d of %d dropped", dropped, N); /* 4 standard deviations */
	real first = run_real(r, y)[0];
	int other = 0;
	for (uint64_t i = 0; i < 20; i++) {
		r->call[0].seed = i;
		run_forward(r);
		other += run_real(r, y)[0] != first;
	}
	ck_assert(other > 0 && other < 20);
	run_free(r);
	graph_free(g);
	free(x);
	free(seed);
}
END_TEST

/* Glorot: uniform within sqrt(6 / (in + out)); He: normal with deviation sqrt(2 / in). */
START_TEST(first_weights)
{
	struct world w;
	struct err e = { 0 };
	world_init(&w, 300,
	           "{\"window\": 50, \"loss\": \"mse\", \"layers\": [{\"type\": \"Conv1D\", \"filters\": 200, "
	           "\"kernel\": 5}, "
	           "{\"type\": \"GlobalAveragePooling1D\"}, {\"type\": \"Dense\", \"units\": 1}]}");
	for (int he = 0; he < 2; he++) {
		w.spec.he = he;
		struct model *m = spec_build(&w.spec, 2, 1, NULL, &e);
		const struct value *k = &m->graph->value[graph_find(m->graph, "conv1d_1/kernel")];
		double sum = 0, square = 0, most = 0, n = 2000, limit = sqrt(6.0 / (2 * 5 + 200 * 5));
		ck_assert_int_eq(shape_count(&k->shape), 2000);
		for (int i = 0; i < 2000; i++) {
			double v = (double)k->r[i];
			sum += v;
			square += v * v;
			most = fabs(v) > most ? fabs(v) : most;
		}
		double want = he ? sqrt(2.0 / 10) : limit / sqrt(3), dev = sqrt(square / n);
		ck_assert_msg(fabs(dev / want - 1) < 0.06 && fabs(sum / n) < 4 * want / sqrt(n),
		              "deviation %g, wanted %g; mean %g", dev, want, sum / n);
		ck_assert(he ? most > 2.5 * want : most <= limit && most > 0.98 * limit);
		const struct value *b = &m->graph->value[graph_find(m->graph, "conv1d_1/bias")];
		for (int i = 0; i < 200; i++)
			ck_assert(b->r[i] == 0);
		model_free(m);
	}
	world_release(&w);
}
END_TEST

/* ---- what a spec may not say ---- */

START_TEST(wrong_specs)
{
#define OK_TOP "{\"window\": 12, \"loss\": \"mse\""
#define OK_LAYERS ", \"layers\": [{\"type\": \"Flatten\"}, {\"type\": \"Dense\", \"units\": 1}]}"
	static const struct {
		const char *spec, *says;
	} bad[] = {
		{ "", "" },
		{ "[]", "not an object" },
		{ "{\"window\": 12", "" },
		{ "{\"loss\": \"mse\"" OK_LAYERS, "\"window\" is missing" },
		{ "{\"window\": 12" OK_LAYERS, "\"loss\" is missing" },
		{ OK_TOP "}", "\"layers\" must hold" },
		{ OK_TOP ", \"layers\": []}", "\"layers\" must hold" },
		{ OK_TOP ", \"layers\": {}}", "\"layers\" must hold" },
		{ OK_TOP ", \"layers\": [1]}", "layer 1" },
		{ OK_TOP ", \"rte\": 1" OK_LAYERS, "\"rte\" is no key" },
		{ OK_TOP ", \"rate\": 0" OK_LAYERS, "\"rate\" must be a number" },
		{ OK_TOP ", \"rate\": \"1\"" OK_LAYERS, "\"rate\" must be a number" },
		{ OK_TOP ", \"batch\": 0" OK_LAYERS, "\"batch\" must be a whole" },
		{ OK_TOP ", \"batch\": 1.5" OK_LAYERS, "\"batch\" must be a whole" },
		{ OK_TOP ", \"epochs\": 1e30" OK_LAYERS, "\"epochs\" must be a whole" },
		{ OK_TOP ", \"shuffle\": 1" OK_LAYERS, "true or false" },
		{ OK_TOP ", \"optimizer\": \"lion\"" OK_LAYERS, "one of adam, sgd" },
		{ OK_TOP ", \"patience\": 3" OK_LAYERS, "needs validation" },
		{ OK_TOP ", \"validation\": 1" OK_LAYERS, "\"validation\" must be a number" },
		{ OK_TOP ", \"recipe\": 1" OK_LAYERS, "\"recipe\" must be an object" },
		{ OK_TOP ", \"recipe\": {\"scale\": 1}" OK_LAYERS, "must be a text" },
		{ OK_TOP ", \"recipe\": {\"scal\": \"none\"}" OK_LAYERS, "scal" },
		{ OK_TOP ", \"layers\": [{\"type\": \"LSTM\", \"units\": 3}]}", "'LSTM' is unknown" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Dense\"}]}", "layer 1: \"units\" is missing" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Dense\", \"units\": 1, \"kernel\": 3}]}",
		  "\"kernel\" is no key" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Flatten\", \"input\": \"x\"}]}",
		  "no layer before it is called 'x'" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Flatten\", \"input\": []}]}", "" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Flatten\", \"input\": 1}]}", "name of a layer" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Add\", \"input\": [\"input\"]}]}", "at least two inputs" },
		{ OK_TOP
		  ", \"layers\": [{\"type\": \"Flatten\", \"name\": \"a\"}, {\"type\": \"Flatten\", \"name\": \"a\"}]}",
		  "empty or taken" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Flatten\", \"name\": \"input\"}]}", "empty or taken" },
		{ OK_TOP ", \"layers\": [{\"type\": \"Activation\"}]}", "\"activation\" " },
		{ OK_TOP ", \"layers\": [{\"type\": \"Dropout\", \"ratio\": 1}]}", "\"ratio\" must be" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct spec s;
		struct err e = { 0 };
		ck_assert_msg(spec_from_json(&s, bad[i].spec, strlen(bad[i].spec), &e) < 0, "%s was taken",
		              bad[i].spec);
		ck_assert_msg(*e.text && strstr(e.text, bad[i].says), "%s: '%s' does not say '%s'", bad[i].spec, e.text,
		              bad[i].says);
	}
}
END_TEST

/* Right as JSON, but no network. */
START_TEST(specs_that_do_not_fit)
{
	static const struct {
		const char *layers, *says;
	} bad[] = {
		{ "{\"type\": \"Dense\", \"units\": 1}", "needs an input without a time axis" },
		{ "{\"type\": \"Flatten\"}, {\"type\": \"Conv1D\", \"filters\": 1, \"kernel\": 1}",
		  "needs an input with a time axis" },
		{ "{\"type\": \"Flatten\"}, {\"type\": \"MaxPooling1D\"}", "needs an input with a time axis" },
		{ "{\"type\": \"Conv1D\", \"filters\": 3, \"kernel\": 1, \"groups\": 2}", "groups do not divide" },
		{ "{\"type\": \"Conv1D\", \"filters\": 3, \"kernel\": 13}", "layer" },
		{ "{\"type\": \"Conv1D\", \"filters\": 1048576, \"kernel\": 1048576}", "layer" },
		{ "{\"type\": \"Conv1D\", \"name\": \"a\", \"filters\": 3, \"kernel\": 2}, {\"type\": \"Add\", "
		  "\"input\": [\"a\", \"input\"]}",
		  "layer" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct spec s;
		struct err e = { 0 };
		char text[512];
		snprintf(text, sizeof text, OK_TOP ", \"layers\": [%s]}", bad[i].layers);
		ck_assert_msg(!spec_from_json(&s, text, strlen(text), &e), "%s: %s", text, e.text);
		struct model *m = spec_build(&s, 2, 1, NULL, &e);
		ck_assert_msg(!m && strstr(e.text, bad[i].says), "%s: '%s' does not say '%s'", text, e.text,
		              bad[i].says);
		spec_release(&s);
	}
}
END_TEST

/* Every spec in samples/ is a network of the size that its paper says. */
START_TEST(bundled_specs)
{
	enum { C = 3 };
	static const struct {
		const char *file;
		int64_t params;
	} rows[] = {
		{ "samples/paper.json", (C * 3 * 64 + 64) + (64 * 3 * 32 + 32) + (32 * 3 * 16 + 16) + (13 * 16 + 1) },
		{ "samples/ecg.json", (C * 3 * 64 + 64) + (64 * 3 * 32 + 32) + (32 * 3 * 16 + 16) + (13 * 16 + 1) },
		{ "samples/machine.json", (C * 3 * 16 + 16) + 2 * (16 * 3 * 16 + 16) + (16 * 2 + 2) },
		{ "samples/fcn.json",
		  (C * 8 * 128 + 128) + (128 * 5 * 256 + 256) + (256 * 3 * 128 + 128) + 4 * 512 + (128 * 2 + 2) },
		{ "samples/resnet.json",
		  (C * 8 + 64 * 5 + 64 * 3 + C) * 64 + 4 * 64 + (64 * 8 + 128 * 5 + 128 * 3 + 64) * 128 + 4 * 128 +
		          (128 * 8 + 128 * 5 + 128 * 3) * 128 + 3 * 128 + 4 * (4 * 64 + 8 * 128) + (128 * 2 + 2) },
		{ "samples/inceptiontime.json", (C * (40 + 20 + 10) * 32 + C * 32) +
		                                        5 * (128 * 32 + 32 * (40 + 20 + 10) * 32 + 128 * 32) +
		                                        6 * 4 * 128 + (C + 128) * 128 + 2 * 4 * 128 + (128 * 2 + 2) },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct spec s;
		struct err e = { 0 };
		ck_assert_msg(!spec_read(&s, rows[i].file, &e), "%s", e.text);
		struct model *m = spec_build(&s, C, 1, NULL, &e);
		ck_assert_msg(m != NULL, "%s: %s", rows[i].file, e.text);
		ck_assert_msg(m->params == rows[i].params, "%s: %lld parameters, not %lld", rows[i].file,
		              (long long)m->params, (long long)rows[i].params);
		model_free(m);
		spec_release(&s);
	}
}
END_TEST

UNIT_MAIN("train", as_pytorch, weight_gradients, as_used_the_gradient_is_that_of_predictions,
          towards_given_logits_the_gradient_is_that_of_their_distance, same_bits_for_any_threads,
          another_seed_is_another_training, shuffling_takes_every_window_once, the_last_windows_validate,
          early_stopping_keeps_the_best, schedules, a_loss_that_is_not_finite_ends,
          weights_blown_up_by_the_last_step_are_not_kept, stopping_keeps_what_there_is,
          batch_statistics_become_running_ones, dropout_drops_in_training_alone, first_weights, wrong_specs,
          specs_that_do_not_fit, bundled_specs)
