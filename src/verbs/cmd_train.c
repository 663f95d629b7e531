/* train: an architecture described in JSON, trained on a table, written as a model that carries recipe, scaler, classes
 * and history. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include "core/model/recipe_label.h"
#include "src/cli/say.h"
#include "src/join/data_join.h"
#include "src/verbs/cmd.h"
#include "src/json/model_json.h"
#include "src/json/recipe_json.h"
#include "src/job/train_spec.h"

struct job {
	struct options *o;
	struct spec spec;
	struct recipe recipe;
	struct data read;
	struct dataset d;
	bool has_data;
	struct training t;
	double started, shown;
	int64_t windows; /* trained with so far, of all epochs */
	double val_loss; /* the last one, NaN: none yet */
	int bar;         /* columns of a line that moves; 0: standard error is no terminal */
};

/* ---- signals: the batch is finished, the best weights so far are written ---- */

static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP, SIGXCPU };
enum { STOP_SIGNALS = sizeof stop_signals / sizeof *stop_signals };
static volatile sig_atomic_t stopped_by;

static void on_stop(int sig)
{
	stopped_by = sig;
}

static void signals_catch(struct sigaction *old)
{
	/* once: who asks again does not want to wait */
	struct sigaction act = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };
	for (int i = 0; i < STOP_SIGNALS; i++) {
		sigaction(stop_signals[i], &act, &old[i]);
		/* nohup */
		if (old[i].sa_handler == SIG_IGN)
			sigaction(stop_signals[i], &old[i], NULL);
	}
}

static void signals_restore(const struct sigaction *old)
{
	for (int i = 0; i < STOP_SIGNALS; i++)
		sigaction(stop_signals[i], &old[i], NULL);
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

/* Columns of the terminal less one, so that the line never wraps. */
static int bar_width(void)
{
	struct winsize w;
	if (!isatty(2))
		return 0;
	return ioctl(2, TIOCGWINSZ, &w) == 0 && w.ws_col > 1 ? (w.ws_col > 80 ? 80 : w.ws_col) - 1 : 79;
}

static void bar_clear(const struct job *j)
{
	if (j->bar && !j->o->quiet)
		fprintf(stderr, "\r%*s\r", j->bar, "");
}

/* epoch 12/60 [##........] loss 0.01234 val 0.01234 5321 windows/s 1:23 left */
static void bar_draw(struct job *j, int epoch, int64_t all, double loss)
{
	enum { WIDTH = 10 };
	char line[256], bar[WIDTH + 1] = "", validation[48] = "";
	double rate = (double)j->windows / (now() - j->started + 1e-9), left = (double)(all - j->windows) / rate;
	for (int i = 0; i < WIDTH; i++)
		bar[i] = i < (int)(WIDTH * j->windows / all) ? '#' : '.';
	if (!isnan(j->val_loss))
		snprintf(validation, sizeof validation, " val %.4g", j->val_loss);
	snprintf(line, sizeof line, "epoch %d/%d [%s] loss %.4g%s %.0f windows/s %d:%02d left", epoch + 1,
	         j->t.o->epochs, bar, loss, validation, rate, (int)left / 60, (int)left % 60);
	fprintf(stderr, "\r%-*.*s", j->bar, j->bar, line);
	fflush(stderr);
}

static bool on_batch(void *ctx, int epoch, int64_t done, int64_t n, double loss)
{
	struct job *j = ctx;
	double at = now();
	j->windows = n * epoch + done;
	if (j->bar && !j->o->quiet && at - j->shown > 0.2) {
		bar_draw(j, epoch, n * j->t.o->epochs, loss);
		j->shown = at;
	}
	return !stopped_by;
}

static void on_epoch(void *ctx, const struct train_epoch *q)
{
	struct job *j = ctx;
	j->val_loss = q->val_loss;
	if (j->o->quiet || j->bar)
		return;
	fprintf(stderr, "epoch %d/%d  loss %.6g", q->epoch + 1, j->t.o->epochs, q->loss);
	if (!isnan(q->val_loss))
		fprintf(stderr, "  validation %.6g%s", q->val_loss, q->best ? " *" : "");
	fprintf(stderr, "  rate %.3g  %.0f windows/s\n", q->rate, (double)j->windows / (now() - j->started + 1e-9));
}

/* ---- data ---- */

/* Labels where the loss is one of classes, and only there; a column of --predict may hold class indices. */
static int check_labels(const struct job *j, struct err *e)
{
	enum loss_kind loss = j->spec.train.loss;
	bool label = recipe_has_label(&j->recipe) || (j->read.table.label && !recipe_no_label(&j->recipe));
	if (loss_of_logits(loss) && !label && !(j->recipe.given & RECIPE_PREDICT))
		return err_set(e, ERR_VALUE, "%s: loss '%s' needs class labels: --label COL, or --label-from folder",
		               j->o->model, loss_name(loss));
	if (!loss_of_logits(loss) && label)
		return err_set(e, ERR_VALUE,
		               "%s: loss '%s' is for forecasts; labels need crossentropy or binary_crossentropy",
		               j->o->model, loss_name(loss));
	return 0;
}

/* Channels are known once the data are cut: first by the recipe alone, then for the network. */
static int cut(struct job *j, struct err *e)
{
	enum head head;
	int64_t outputs = spec_outputs(&j->spec, &head);
	struct data_wanted q = { .r = &j->recipe,
		                 .asked = j->o->recipe.given,
		                 .T = j->spec.window,
		                 .classes = outputs > 1           ? outputs
		                            : head == HEAD_LINEAR ? 0
		                                                  : 2,
		                 .training = true,
		                 .no_sandbox = j->o->read.no_sandbox,
		                 .max_time = j->o->read.max_time };
	char window[32];
	snprintf(window, sizeof window, "%lld", (long long)j->spec.window);
	int bad = recipe_set(&j->recipe, "window", window, e);
	bad = bad ? bad : data_read_files(&j->read, j->o->data, j->o->n_data, &q, &j->o->read, e);
	if (bad)
		return bad;
	/* ready windows bring their labels along: check_truth */
	bad = j->read.ready ? 0 : check_labels(j, e);
	if (bad)
		return bad;
	struct model want = { .T = j->spec.window };
	want.outputs = spec_outputs(&j->spec, &want.head);
	bad = data_cut(&j->d, &j->read, &j->recipe, NULL, e);
	if (!bad) {
		want.C = j->d.C;
		dataset_release(&j->d);
		bad = data_cut(&j->d, &j->read, &j->recipe, &want, e);
	}
	j->has_data = !bad;
	table_release(&j->read.table);
	return bad ? err_at(e, "%s", j->read.name) : 0;
}

/* Does what the network gives fit what the data ask? */
static int check_truth(const struct job *j, const struct model *m, struct err *e)
{
	enum loss_kind loss = j->spec.train.loss;
	bool classes = loss_of_logits(loss);
	if (!j->d.n_target)
		return err_set(e, ERR_VALUE, "%s: no window has a true value; %s", j->read.name,
		               j->read.ready ? "the file has no labels" : "give --label or --predict, or more rows");
	if (classes != j->d.has_labels)
		return err_set(e, ERR_VALUE, "%s: loss '%s' is for %s, and the data have %s", j->o->model,
		               loss_name(loss), classes ? "classes" : "forecasts",
		               classes ? "no class labels" : "class labels");
	if (classes && loss == LOSS_CROSSENTROPY && m->head != HEAD_SOFTMAX)
		return err_set(e, ERR_VALUE, "crossentropy needs a last layer with activation softmax");
	if (classes && loss == LOSS_BINARY_CROSSENTROPY && m->head != HEAD_SIGMOID)
		return err_set(e, ERR_VALUE, "binary_crossentropy needs a last layer with activation sigmoid");
	if (classes && j->d.n_class > model_classes(m))
		return err_set(e, ERR_VALUE, "%s: %d classes, but the last layer has %lld unit%s", j->read.name,
		               j->d.n_class, (long long)m->outputs, m->outputs == 1 ? "" : "s");
	if (!classes && j->d.n_y != m->outputs)
		return err_set(e, ERR_VALUE, "%s: %lld values are forecast, but the last layer has %lld units",
		               j->read.name, (long long)j->d.n_y, (long long)m->outputs);
	return 0;
}

/* ---- the model that is written ---- */

/* Known before hours are spent: can a file be made there? */
static int check_out(const struct options *o, struct err *e)
{
	struct save s;
	int bad = save_begin(&s, o->out, e);
	if (!bad)
		save_abort(&s);
	return bad;
}

/* The recipe without the rows that were trained with: the model is for others. With the classes in their order, where
 * the model has no output for each: other data may lack one. */
static struct recipe *recipe_carried(const struct job *j, int64_t outputs, struct arena *a)
{
	struct recipe *r = arena_alloc(a, 1, sizeof *r);
	const struct scaler *s = &j->d.scaler;
	recipe_init(r);
	recipe_copy(r, &j->recipe);
	r->given &= ~(unsigned)(RECIPE_ROWS | RECIPE_SPLIT | (j->read.label_is_file ? RECIPE_LABEL : 0));
	if (r->scale != SCALE_NONE && !j->d.group_scaler)
		recipe_set_scaler(r, s->n, s->shift, s->scale, s->low, s->high);
	if (j->d.has_labels && !r->n_classes && j->d.n_class != outputs)
		recipe_set_classes(r, j->d.n_class, j->d.class_name);
	return r;
}

static int write_model(struct job *j, struct err *e)
{
	struct save s;
	struct model *m = spec_build(&j->spec, j->d.C, 1, j->t.weight, e);
	if (!m)
		return e->code;
	m->producer = "tsviz";
	m->recipe = recipe_carried(j, m->outputs, &m->arena);
	m->history = j->t.history;
	m->channel = j->d.channel;
	if (j->d.n_class == m->outputs) {
		m->class_name = j->d.class_name;
		m->n_class_name = j->d.n_class;
	}
	int bad = save_begin(&s, j->o->out, e);
	if (!bad) {
		s.keep = true;
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
	return bad;
}

/* "kept epoch 12 of 60, loss 0.0123, validation 0.0145" */
static const char *kept(const struct job *j, char *buf, size_t size)
{
	const struct history *h = &j->t.history;
	int n = snprintf(buf, size, "kept epoch %d of %d, loss %.6g", h->best + 1, h->n, h->loss[h->best]);
	if (!isnan(h->val_loss[h->best]))
		snprintf(buf + n, size - (size_t)n, ", validation %.6g", h->val_loss[h->best]);
	return buf;
}

/* What became of a training that did not come to its end: the exit status, with a sentence. */
static int ended_early(const struct job *j, bool written, struct err *e)
{
	char what[160];
	const char *out = written ? j->o->out : "";
	if (j->t.end == TRAIN_DIVERGED) {
		err_set(e, ERR_VALUE,
		        "the loss is not a finite number any more in epoch %d; %s%s; try a lower \"rate\" or --scale "
		        "standard",
		        j->t.history.n + 1, written ? kept(j, what, sizeof what) : "nothing was written",
		        written ? ", written" : "");
		if (written)
			err_at(e, "%s", out);
		return 1;
	}
	err_set(e, ERR_VALUE, "stopped; %s", written ? kept(j, what, sizeof what) : "nothing was written");
	if (written)
		err_at(e, "%s", out);
	return 128 + (int)stopped_by;
}

/* ---- the verb ---- */

/* Exit status, negative: an error. */
static int train(struct job *j, struct err *e)
{
	struct model *m = spec_build(&j->spec, j->d.C, 1, NULL, e);
	int bad = !m ? err_at(e, "%s", j->o->model) : check_truth(j, m, e);
	model_free(m);
	if (bad)
		return bad;
	struct sigaction old[STOP_SIGNALS];
	signals_catch(old);
	j->bar = bar_width();
	j->val_loss = NAN;
	j->started = now();
	j->t = (struct training){
		.o = &j->spec.train, .d = &j->d, .build = build, .on_batch = on_batch, .on_epoch = on_epoch, .ctx = j
	};
	bad = train_run(&j->t, e);
	bar_clear(j);
	if (!bad && j->t.history.best >= 0)
		bad = write_model(j, e);
	signals_restore(old);
	if (bad)
		return bad;
	if (j->t.end == TRAIN_DIVERGED || j->t.end == TRAIN_STOPPED)
		return ended_early(j, j->t.history.best >= 0, e);
	char what[160];
	if (!j->o->quiet)
		fprintf(stderr, "%s; %s; %.0f s\n",
		        j->t.end == TRAIN_EARLY ? "no lower validation loss for a while" : "done",
		        kept(j, what, sizeof what), now() - j->started);
	return 0;
}

/* By which recipe windows are cut, where the spec or a file brought one. */
static void say_recipe(const struct job *j)
{
	char spec[128], file[128] = "", from[300];
	bool in_spec = j->spec.recipe.given != 0;
	if (j->o->quiet || (!in_spec && !j->o->recipe_file))
		return;
	file_name(j->o->model, spec, sizeof spec);
	if (j->o->recipe_file)
		file_name(j->o->recipe_file, file, sizeof file);
	snprintf(from, sizeof from, "%s%s%s%s", in_spec ? spec : "", in_spec && *file ? ", changed by " : "", file,
	         j->o->recipe.given ? ", changed by the command line" : "");
	char *text = recipe_line(&j->recipe, from);
	say_remark(text);
	free(text);
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
	if (options_given(o, "seed"))
		j.spec.train.seed = o->q.seed;
	bad = bad ? bad : check_out(o, e);
	bad = bad ? bad : cut(&j, e);
	if (!bad && j.d.warning && !o->quiet)
		say_warnings(j.d.file, j.d.warning);
	if (!bad) {
		say_recipe(&j);
		bad = train(&j, e);
	}
	training_release(&j.t);
	if (j.has_data)
		dataset_release(&j.d);
	data_release(&j.read);
	recipe_release(&j.recipe);
	spec_release(&j.spec);
	return bad < 0 ? 1 : bad;
}
