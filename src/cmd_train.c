/* train: an architecture described in JSON, trained on a table, written as a model that carries recipe, scaler, classes and history. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "src/cmd.h"
#include "src/csv.h"
#include "src/model_json.h"
#include "src/recipe_json.h"
#include "src/train_spec.h"

struct job {
	struct options *o;
	struct spec spec;
	struct recipe recipe;
	struct dataset d;
	bool has_data;
	struct training t;
	double started, shown;
	int64_t windows;                           /* trained with so far, of all epochs */
	bool bar;                                  /* a bar that moves: standard error is a terminal */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static struct model *build(void *ctx, int64_t n, const real *flat, struct err *e)
{
	struct job *j = ctx;
	return spec_build(&j->spec, j->d.C, n, flat, e);
}

/* ---- progress ---- */

static void clear_bar(const struct job *j)
{
	if (j->bar)
		fprintf(stderr, "\r%79s\r", "");
}

static bool on_batch(void *ctx, int epoch, int64_t done, int64_t n, double loss)
{
	struct job *j = ctx;
	enum { WIDTH = 20 };
	double at = now();
	int64_t all = n * j->t.o->epochs, before = n * epoch + done;
	j->windows = before;
	if (j->bar && !j->o->quiet && at - j->shown > 0.2) {
		char bar[WIDTH + 1];
		double rate = (double)before / (at - j->started + 1e-9), left = (double)(all - before) / rate;
		int full = (int)(WIDTH * done / n);
		memset(bar, '.', WIDTH);
		memset(bar, '#', (size_t)full);
		bar[WIDTH] = '\0';
		fprintf(stderr, "\repoch %d/%d [%s] loss %.6g  %.0f windows/s  %d:%02d left ", epoch + 1, j->t.o->epochs, bar, loss, rate,
			(int)left / 60, (int)left % 60);
		fflush(stderr);
		j->shown = at;
	}
	return !interrupted;
}

static void on_epoch(void *ctx, const struct train_epoch *q)
{
	struct job *j = ctx;
	if (j->o->quiet)
		return;
	clear_bar(j);
	fprintf(stderr, "epoch %d/%d  loss %.6g", q->epoch + 1, j->t.o->epochs, q->loss);
	if (!isnan(q->val_loss))
		fprintf(stderr, "  validation %.6g%s", q->val_loss, q->best ? " *" : "");
	fprintf(stderr, "  rate %.3g  %.0f windows/s\n", q->rate, (double)j->windows / (now() - j->started + 1e-9));
}

/* ---- data ---- */

/* Channels are known once the data are cut: first by the recipe alone, then for the network. */
static int cut(struct job *j, struct err *e)
{
	struct table t;
	char window[32];
	snprintf(window, sizeof window, "%lld", (long long)j->spec.window);
	int bad = recipe_set(&j->recipe, "window", window, e);
	bad = bad ? bad : table_read(&t, j->o->data, e);
	if (bad)
		return err_at(e, "%s", j->o->data);
	struct model want = { .T = j->spec.window };
	want.outputs = spec_outputs(&j->spec, &want.head);
	bad = dataset_cut(&j->d, &t, &j->recipe, NULL, e);
	if (!bad) {
		want.C = j->d.C;
		dataset_release(&j->d);
		bad = dataset_cut(&j->d, &t, &j->recipe, &want, e);
	}
	j->has_data = !bad;
	table_release(&t);
	return bad ? err_at(e, "%s", j->o->data) : 0;
}

/* Does what the network gives fit what the data ask? */
static int check_truth(const struct job *j, const struct model *m, struct err *e)
{
	enum loss_kind loss = j->spec.train.loss;
	bool classes = loss == LOSS_CROSSENTROPY || loss == LOSS_BINARY_CROSSENTROPY;
	if (!j->d.n_target)
		return err_set(e, ERR_VALUE, "%s: no window has a true value; give --label or --predict, or more rows", j->o->data);
	if (classes && !j->d.has_labels)
		return err_set(e, ERR_VALUE, "%s: loss '%s' needs class labels: --label COL", j->o->data, loss_name(loss));
	if (!classes && j->d.has_labels)
		return err_set(e, ERR_VALUE, "%s: loss '%s' is for forecasts; labels need crossentropy or binary_crossentropy", j->o->data,
			       loss_name(loss));
	if (classes && loss == LOSS_CROSSENTROPY && m->head != HEAD_SOFTMAX)
		return err_set(e, ERR_VALUE, "crossentropy needs a last layer with activation softmax");
	if (classes && loss == LOSS_BINARY_CROSSENTROPY && m->head != HEAD_SIGMOID)
		return err_set(e, ERR_VALUE, "binary_crossentropy needs a last layer with activation sigmoid");
	if (classes && j->d.n_class > (m->outputs > 1 ? m->outputs : 2))
		return err_set(e, ERR_VALUE, "%s: %d classes, but the last layer has %lld unit%s", j->o->data, j->d.n_class,
			       (long long)m->outputs, m->outputs == 1 ? "" : "s");
	if (!classes && j->d.n_y != m->outputs)
		return err_set(e, ERR_VALUE, "%s: %lld values are forecast, but the last layer has %lld units", j->o->data,
			       (long long)j->d.n_y, (long long)m->outputs);
	return 0;
}

/* ---- the model that is written ---- */

/* The recipe without the rows that were trained with: the model is for others. */
static struct recipe *recipe_carried(const struct job *j, struct arena *a)
{
	struct recipe *r = arena_alloc(a, 1, sizeof *r);
	const struct scaler *s = &j->d.scaler;
	recipe_init(r);
	recipe_copy(r, &j->recipe);
	r->given &= ~(unsigned)(RECIPE_ROWS | RECIPE_SPLIT);
	if (r->scale != SCALE_NONE)
		recipe_set_scaler(r, s->n, s->shift, s->scale, s->low, s->high);
	return r;
}

static int write_model(struct job *j, struct err *e)
{
	struct save s;
	struct model *m = spec_build(&j->spec, j->d.C, 1, j->t.weight, e);
	if (!m)
		return e->code;
	m->producer = "tsviz";
	m->recipe = recipe_carried(j, &m->arena);
	m->history = j->t.history;
	m->channel = j->d.channel;
	if (j->d.n_class == m->outputs) {
		m->class_name = j->d.class_name;
		m->n_class_name = j->d.n_class;
	}
	int bad = save_begin(&s, j->o->out, e);
	if (!bad) {
		bad = model_json_write(m, s.f, e);
		if (bad)
			save_abort(&s);
		else
			bad = save_commit(&s, e);
	}
	recipe_release(m->recipe);
	m->recipe = NULL;
	m->history = (struct history){ 0 };
	m->channel = m->class_name = NULL;
	model_free(m);
	return bad ? err_at(e, "%s", j->o->out) : 0;
}

static void say_end(const struct job *j)
{
	const struct history *h = &j->t.history;
	static const char *const ends[] = { "done", "no lower validation loss for a while", "stopped", "the loss is not finite any more" };
	clear_bar(j);
	if (j->o->quiet)
		return;
	fprintf(stderr, "%s", ends[j->t.end]);
	if (h->best >= 0)
		fprintf(stderr, "; kept epoch %d, loss %.6g", h->best + 1, h->loss[h->best]);
	if (h->best >= 0 && !isnan(h->val_loss[h->best]))
		fprintf(stderr, ", validation %.6g", h->val_loss[h->best]);
	fprintf(stderr, "\n");
}

/* ---- the verb ---- */

static int train(struct job *j, struct err *e)
{
	struct model *m = spec_build(&j->spec, j->d.C, 1, NULL, e);
	int bad = !m ? err_at(e, "%s", j->o->model) : check_truth(j, m, e);
	model_free(m);
	if (bad)
		return bad;
	struct sigaction act = { .sa_handler = on_interrupt }, old;
	sigaction(SIGINT, &act, &old);
	j->bar = isatty(2);
	j->started = now();
	j->t = (struct training){ .o = &j->spec.train, .d = &j->d, .build = build, .on_batch = on_batch, .on_epoch = on_epoch, .ctx = j };
	bad = train_run(&j->t, e);
	sigaction(SIGINT, &old, NULL);
	if (bad)
		return bad;
	say_end(j);
	if (j->t.end == TRAIN_DIVERGED && j->t.history.best < 0)
		return err_set(e, ERR_VALUE, "the loss is not a finite number in the first epoch; nothing was written; try a lower \"rate\" or --scale");
	if (j->t.end == TRAIN_STOPPED && j->t.history.best < 0)
		return err_set(e, ERR_VALUE, "stopped before the first epoch ended; nothing was written");
	return write_model(j, e);
}

int cmd_train(struct options *o, struct err *e)
{
	struct job j = { .o = o };
	if (!o->out || !strcmp(o->out, "-")) {
		err_set(e, ERR_VALUE, "train needs -o MODEL, the file to write");
		return 2;
	}
	recipe_init(&j.recipe);
	int bad = spec_read(&j.spec, o->model, e);
	if (bad)
		return 1;
	struct recipe file;
	bad = o->recipe_file ? recipe_read(&file, o->recipe_file, e) : 0;
	recipe_merge(&j.recipe, &j.spec.recipe);
	if (!bad && o->recipe_file) {
		recipe_merge(&j.recipe, &file);
		recipe_release(&file);
	}
	recipe_merge(&j.recipe, &o->recipe);
	j.spec.train.threads = options_threads(o);
	if (o->seed_given)
		j.spec.train.seed = o->seed;
	bad = bad ? bad : cut(&j, e);
	if (!bad && j.d.warning && !o->quiet)
		fprintf(stderr, "tsviz: %s: %s\n", j.d.file, j.d.warning);
	if (!bad)
		bad = train(&j, e);
	training_release(&j.t);
	if (j.has_data)
		dataset_release(&j.d);
	recipe_release(&j.recipe);
	spec_release(&j.spec);
	return bad ? 1 : 0;
}
