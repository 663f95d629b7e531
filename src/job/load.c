/* Model and data as the command line asks for them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "core/base/mem_stream.h"
#include "core/base/text.h"
#include "src/job/job.h"
#include "core/base/number.h"
#include "core/base/words.h"
#include "src/job/recipe_kept.h"
#include "src/cli/say.h"
#include "src/json/recipe_json.h"
#include "src/join/data_tail.h"

const char *file_name(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	path = slash && slash[1] ? slash + 1 : path;
	text_clean(buf, size, path, strlen(path));
	return buf;
}

/* The file's name joins those where the recipe came from. */
static void came_from(struct loaded *l, const char *path)
{
	char name[128];
	char *before = l->recipe_from;
	file_name(path, name, sizeof name);
	l->recipe_from = before ? xasprintf("%s, changed by %s", before, name) : xstrdup(name);
	free(before);
}

/* The recipe file: --recipe, or the one beside the model. *path, malloc'd: which it was; NULL: there is none. */
static int recipe_file(struct recipe *r, const struct options *o, char **path, struct err *e)
{
	int bad;
	*path = NULL;
	if (!o->recipe_file) {
		if (o->read.bundled)
			return 0; /* No file is beside a model that is inside the program. */
		bad = recipe_beside(r, o->model, path, e);
		return bad < 0 ? bad : 0;
	}
	bad = recipe_read(r, o->recipe_file, e);
	if (!bad)
		*path = xstrdup(o->recipe_file);
	return bad;
}

/* Over what the model carries: the file, then the options. */
static void recipe_join(struct loaded *l, const struct options *o, const struct recipe *file, const char *path)
{
	if (l->model->recipe && l->model->recipe->given) {
		recipe_merge(&l->recipe, l->model->recipe);
		came_from(l, o->model);
	}
	if (path) {
		recipe_merge(&l->recipe, file);
		came_from(l, path);
	}
	bool fitted = l->recipe.scaler.n > 0;
	recipe_merge(&l->recipe, &o->recipe);
	if (fitted && !l->recipe.scaler.n && !o->quiet)
		say_warning("--%s replaces the scaling that came with the model; where it differs from that of the "
		            "training, what the model gives is wrong",
		            o->recipe.given & RECIPE_SCALE      ? "scale"
		            : o->recipe.given & RECIPE_SCALE_BY ? "scale-by"
		                                                : "fit");
	if (l->recipe_from && o->recipe.given) {
		char *before = l->recipe_from;
		l->recipe_from = xasprintf("%s, changed by the command line", before);
		free(before);
	}
}

char *recipe_line(const struct recipe *r, const char *from)
{
	char *text = NULL;
	size_t n = 0;
	if (!from)
		return NULL;
	FILE *f = mem_stream(&text, &n);
	fprintf(f, "recipe:");
	for (int i = 0; recipe_fields[i]; i++) {
		char *v = strcmp(recipe_fields[i], "scaler") ? recipe_text(r, recipe_fields[i]) : NULL;
		if (v)
			fprintf(f, " --%s %.60s%s", recipe_fields[i], v, strlen(v) > 60 ? "..." : "");
		free(v);
	}
	fprintf(f, " (from %s)", from);
	fclose(f);
	return text;
}

/* --window of the command line against the steps of the model, which a file may leave open. */
static int check_window(const struct loaded *l, const struct options *o, struct err *e)
{
	if (!(o->recipe.given & RECIPE_WINDOW) || o->recipe.window == l->model->T)
		return 0;
	return err_set(e, ERR_VALUE, "%s: --window %lld: the model reads windows of %lld steps", o->model,
	               (long long)o->recipe.window, (long long)l->model->T);
}

static int load_model(struct loaded *l, const struct options *o, unsigned how, struct err *e)
{
	struct read_options read = o->read;
	struct recipe file, over;
	char layout[16] = "", *path;
	recipe_init(&file);
	int bad = recipe_file(&file, o, &path, e);
	if (bad)
		return bad;
	recipe_copy(&over, &file);
	recipe_merge(&over, &o->recipe);
	if (over.given & RECIPE_WINDOW)
		read.window = over.window;
	if (recipe_get(&over, "layout", layout, sizeof layout))
		read.layout = layout;
	if (!input_settings_read(&read, e))
		l->model = read_model(o->model, &read, e);
	input_settings_free(&read);
	if (l->model)
		recipe_join(l, o, &file, path);
	recipe_release(&over);
	recipe_release(&file);
	free(path);
	if (!l->model)
		return strncmp(e->text, "--set ", 6) ? err_at(e, "%s", o->model) : e->code;
	/* The data are cut for the task. They may say another one: task_of. */
	int unfit = model_set_task(l->model, model_task(l->model, o->q.task, &l->recipe, false), &l->recipe, e);
	if (unfit)
		return unfit;
	if (l->model->n_unsupported && !(how & LOAD_ARCHITECTURE))
		return err_set(e, ERR_UNSUPPORTED, "%s: %s", o->model, l->model->unsupported);
	return check_window(l, o, e);
}

/* As many files as channels, and they do not fit one after the other: are they meant side by side? */
static void say_stack(const struct loaded *l, int bad, struct err *e)
{
	int n = l->read->n_file;
	if (!bad || l->recipe.stack || n < 2 || (n != l->model->C && n != l->model->C + 1))
		return;
	struct err was = *e;
	err_set(e, bad, "%s; if each file holds one channel, --stack puts them side by side", was.text);
}

/* ---- --y FILE ---- */

/* Whether --y names a file of NumPy, which holds the true values of all windows. */
static bool y_is_file(const char *y)
{
	size_t n = y ? strlen(y) : 0;
	return n > 4 && (!strcmp(y + n - 4, ".npy") || !strcmp(y + n - 4, ".npz"));
}

/* Takes an array, whose first axis is the windows, as the target values of a set. Whole numbers, one for each window,
 * are labels, too. */
static int take_values(struct window_set *to, const struct window_set *from, struct err *e)
{
	if (!from->rank)
		return err_set(e, ERR_FORMAT, "an array with one place for each window is expected");
	int64_t n = from->dim[0], width = 1;
	for (int i = 1; i < from->rank; i++)
		width *= from->dim[i];
	to->n_truth = n;
	to->n_value = width;
	to->value_rank = from->rank - 1;
	for (int i = 1; i < from->rank; i++)
		to->value_dim[i - 1] = from->dim[i];
	to->value = arena_alloc(&to->arena, (size_t)(n * width), sizeof *to->value);
	to->label = NULL;
	bool whole = width == 1;
	for (int64_t k = 0; k < n * width; k++) {
		int64_t at = 0, rest = k;
		for (int i = from->rank - 1; i >= 0; rest /= from->dim[i--])
			at += rest % from->dim[i] * from->stride[i];
		to->value[k] = (double)from->x[at];
		whole = whole && (isnan(to->value[k]) || to->value[k] == floor(to->value[k]));
	}
	if (!whole)
		return 0;
	to->label = arena_alloc(&to->arena, (size_t)n, sizeof *to->label);
	for (int64_t k = 0; k < n; k++) {
		char text[32] = "";
		if (!isnan(to->value[k]))
			snprintf(text, sizeof text, "%.0f", to->value[k]);
		to->label[k] = arena_strdup(&to->arena, text);
	}
	return 0;
}

static int load_y_file(struct loaded *l, const struct options *o, struct err *e)
{
	struct recipe r;
	struct data d;
	if (!y_is_file(o->y))
		return 0;
	if (!l->read->ready)
		return err_set(e, ERR_VALUE,
		               "--y %s: true values of windows stand in a file of their own only if the data are ready "
		               "windows; --predict and --label name columns of a series",
		               o->y);
	recipe_init(&r);
	r.table = TABLE_WIDE;
	struct data_wanted q = { .r = &r, .no_sandbox = o->read.no_sandbox, .max_time = o->read.max_time };
	int bad = data_read(&d, o->y, &q, &o->read, e);
	if (!bad) {
		bad = d.ready ? take_values(&l->read->set, &d.set, e)
		              : err_set(e, ERR_FORMAT, "an array with one place for each window is expected");
		data_release(&d);
	}
	recipe_release(&r);
	return bad ? err_at(e, "--y %s", o->y) : 0;
}

/* An array that was named for the true values has to be used. */
static int check_y_file(const struct loaded *l, const struct options *o, struct err *e)
{
	const struct dataset *d = &l->data;
	const struct model *m = l->model;
	if (!y_is_file(o->y) || d->has_labels || (d->n_y && d->truth != TRUTH_WINDOW))
		return 0;
	long long n = (long long)l->read->set.n_value;
	if (m->out_steps)
		return err_set(e, ERR_VALUE,
		               "--y %s: %lld number%s a window, but the output has %lld steps of %lld channel%s", o->y,
		               n, n == 1 ? "" : "s", (long long)m->out_steps, (long long)m->out_channels,
		               m->out_channels == 1 ? "" : "s");
	return err_set(e, ERR_VALUE, "--y %s: %lld number%s a window, but the model has %lld output%s", o->y, n,
	               n == 1 ? "" : "s", (long long)m->outputs, m->outputs == 1 ? "" : "s");
}

/* How many classes a label is one of; 0: any number. */
static int64_t classes_of(const struct model *m)
{
	if (m->task == TASK_SEGMENTATION)
		return model_step_classes(m);
	return task_has_steps(m->task) || (m->outputs == 1 && m->head == HEAD_LINEAR) ? 0 : model_classes(m);
}

static int load_data(struct loaded *l, const struct options *o, struct err *e)
{
	const struct model *m = l->model;
	struct data_wanted q = { .r = &l->recipe,
		                 .asked = o->recipe.given,
		                 .T = m->T,
		                 .C = m->C,
		                 .classes = classes_of(m),
		                 .no_sandbox = o->read.no_sandbox,
		                 .max_time = o->read.max_time };
	l->read = xcalloc(1, sizeof *l->read);
	int bad = o->tail ? data_tail_read(o->tail, o->grew, l->read, o->data, o->n_data, &q, &o->read, e)
	                  : data_read_files(l->read, o->data, o->n_data, &q, &o->read, e);
	if (!bad)
		bad = load_y_file(l, o, e);
	if (bad)
		return bad;
	l->read->table.gives = true;
	bad = data_cut(&l->data, l->read, &l->recipe, m, e);
	say_stack(l, bad, e);
	l->rows = l->read->table.n_row;
	/* ready windows are used where they lie */
	table_release(&l->read->table);
	l->has_data = !bad;
	return bad ? err_at(e, "%s", l->read->name) : check_y_file(l, o, e);
}

static int load_baseline(struct loaded *l, const struct options *o, struct err *e)
{
	const char *s = o->baseline ? o->baseline : "zero";
	double v;
	if (strncmp(s, "window:", 7) != 0) {
		l->q.baseline = !strcmp(s, "mean") ? BASELINE_MEAN : BASELINE_ZERO;
		return 0;
	}
	if (number_parse(s + 7, strlen(s + 7), '.', &v) != NUMBER_OK || v > 1e15)
		return err_set(e, ERR_VALUE, "--baseline '%s': the number is too large", s);
	if (l->has_data && v >= (double)l->data.n)
		return err_set(e, ERR_VALUE, "--baseline '%s': there are %lld windows, numbered from 0", s,
		               (long long)l->data.n);
	l->q.baseline = BASELINE_WINDOW;
	l->q.baseline_window = (int64_t)v;
	return 0;
}

/* ---- true values ---- */

static int y_count(const char *s)
{
	int n = 1;
	for (; *s; s++)
		n += *s == ',';
	return n;
}

/* An integer true value given by hand may make it a classification. */
static enum task task_of(const struct loaded *l, const struct options *o)
{
	double v;
	bool one_class = o->y && !y_is_file(o->y) && l->model->outputs > 1 && y_count(o->y) == 1 &&
	                 number_parse(o->y, strlen(o->y), '.', &v) == NUMBER_OK && v == floor(v) && v >= 0 &&
	                 v < (double)l->model->outputs;
	/* --label may name a number that is to be predicted from a ready window. */
	bool number = l->has_data && l->data.set && l->data.n_y > 0 && !l->data.has_labels;
	if (o->q.task == TASK_AUTO && l->has_data && l->data.task != TASK_AUTO)
		return l->data.task;
	return model_task(l->model, o->q.task, number ? NULL : &l->recipe,
	                  one_class || (l->has_data && l->data.has_labels));
}

static int load_y(struct loaded *l, const struct options *o, struct err *e)
{
	int64_t k = l->model->outputs;
	int n = y_count(o->y);
	const char *s = o->y;
	if (n != 1 && n != k)
		return err_set(e, ERR_VALUE, "--y has %d values and the model %lld outputs", n, (long long)k);
	l->by_hand = true;
	l->y = xcalloc((size_t)k, sizeof *l->y);
	l->truth = (struct truth){ l->y, -1 };
	for (int i = 0; i < n; i++, s++) {
		size_t len = strcspn(s, ",");
		double v;
		if (number_parse(s, len, '.', &v) != NUMBER_OK)
			return err_set(e, ERR_VALUE, "--y '%s': numbers separated by commas are expected", o->y);
		if (n == 1 && l->q.task == TASK_CLASSIFICATION) {
			int64_t K = model_classes(l->model);
			if (v != floor(v) || v < 0 || v >= (double)K)
				return err_set(e, ERR_VALUE, "--y %s: a class index from 0 to %lld is expected", o->y,
				               (long long)K - 1);
			l->truth = (struct truth){ NULL, (int)v };
			return 0;
		}
		if (n != k)
			return err_set(e, ERR_VALUE, "--y has 1 value and the model %lld outputs", (long long)k);
		/* by hand the values have the order in which outputs are written */
		l->y[model_output_at(l->model, i)] = (real)v;
		s += len;
	}
	return 0;
}

const struct truth *load_by_hand(const struct loaded *l)
{
	return l->by_hand ? &l->truth : NULL;
}

struct truth load_truth(const struct loaded *l, int64_t index, real *y)
{
	if (l->by_hand)
		return l->truth;
	return (struct truth){ l->data.n_y == l->model->outputs && dataset_truth(&l->data, index, y) ? y : NULL,
		               dataset_class(&l->data, index) };
}

/* What the options name: found once, so that a wrong name is said before any work. */
static int load_names(struct loaded *l, const struct options *o, struct err *e)
{
	question_copy(&l->q, &o->q);
	if (load_baseline(l, o, e))
		return ERR_VALUE;
	l->q.series = o->points && !strcmp(o->points, "series");
	l->q.task = task_of(l, o);
	int unfit = model_set_task(l->model, l->q.task, &l->recipe, e);
	if (unfit)
		return unfit;
	l->q.target = target_default(l->q.task);
	if (l->model->n_unsupported)
		return 0;
	int bad = o->target ? target_parse(&l->q.target, o->target, l->model, l->q.task, e) : 0;
	if (bad || !o->y || y_is_file(o->y))
		return bad;
	if (o->verb == &verbs[VERB_EVAL] || o->verb == &verbs[VERB_PREDICT] || o->verb == &verbs[VERB_SURVEY] ||
	    o->verb == &verbs[VERB_DIFF] || o->verb == &verbs[VERB_ATTACK] || o->verb == &verbs[VERB_PRUNE])
		return err_set(e, ERR_VALUE,
		               "--y %s: a .npy or .npz file with the true values of all windows is expected", o->y);
	return load_y(l, o, e);
}

/* Where windows are cut by it, or a file is written with it. */
static void say_recipe(const struct loaded *l, const struct options *o)
{
	char *text = l->has_data || o->verb == &verbs[VERB_CONVERT] ? recipe_line(&l->recipe, l->recipe_from) : NULL;
	if (text)
		say_remark(text);
	free(text);
}

char *load_task_reason(const struct loaded *l)
{
	struct task_guess g = model_guess(l->model);
	if (g.task != l->q.task)
		return NULL;
	if (g.other == TASK_AUTO)
		return xasprintf("because %s", g.because);
	return xasprintf("because %s; --task %s reads it otherwise", g.because, task_names[g.other]);
}

/* Two tasks fit the shape of the output, and nobody said which. */
static void say_task(const struct loaded *l, const struct options *o)
{
	char *why = load_task_reason(l);
	if (why && o->q.task == TASK_AUTO && model_guess(l->model).other != TASK_AUTO && l->has_data) {
		char *text = xasprintf("%s: task %s, %s", l->model->file, task_names[l->q.task], why);
		say_remark(text);
		free(text);
	}
	free(why);
}

/* Takes over what somebody has loaded, and asks of it what the options say. */
static int load_ready(struct loaded *l, const struct options *o, struct err *e)
{
	*l = *o->ready;
	memset(o->ready, 0, sizeof *o->ready);
	question_release(&l->q);
	memset(&l->q, 0, sizeof l->q);
	if (o->read.bundled) {
		if (l->has_data)
			dataset_release(&l->data);
		data_release(l->read);
		free(l->read);
		l->has_data = false;
		int bad = load_data(l, o, e);
		if (bad)
			return bad;
	}
	return load_names(l, o, e);
}

int load(struct loaded *l, const struct options *o, unsigned how, struct err *e)
{
	if (o->ready)
		return load_ready(l, o, e);
	memset(l, 0, sizeof *l);
	recipe_init(&l->recipe);
	bool says = !o->quiet && !(how & LOAD_SILENT);
	int bad = load_model(l, o, how, e);
	if (!bad && o->data && !l->model->n_unsupported)
		bad = load_data(l, o, e);
	/* A refusal of the data is one line, so the model's warning comes after both were read. */
	if (!bad && l->model->warning && says)
		say_warning("%s: %s", l->model->file, l->model->warning);
	if (!bad && l->has_data && l->data.warning && says)
		say_warnings(l->data.file, l->data.warning);
	if (!bad && says && !(how & LOAD_ON_SCREEN))
		say_recipe(l, o);
	if (!bad)
		bad = load_names(l, o, e);
	if (!bad && says && !(how & LOAD_ON_SCREEN))
		say_task(l, o);
	if (!bad && o->save_recipe)
		bad = recipe_kept_save(l, o, e);
	mem_keep();
	return bad;
}

void loaded_release(struct loaded *l)
{
	if (l->has_data)
		dataset_release(&l->data);
	if (l->read)
		data_release(l->read);
	free(l->read);
	model_free(l->model);
	recipe_release(&l->recipe);
	question_release(&l->q);
	free(l->y);
	free(l->recipe_from);
	memset(l, 0, sizeof *l);
}

int load_index(const struct loaded *l, const struct options *o, int64_t *index, struct err *e)
{
	*index = o->index < 0 ? 0 : o->index;
	if (*index >= l->data.n)
		return err_set(e, ERR_VALUE, "%s: window %lld: there are %lld, numbered from 0", l->read->name,
		               (long long)*index, (long long)l->data.n);
	return 0;
}

const char *load_set(const struct loaded *l)
{
	const struct recipe *r = &l->recipe;
	if (r->given & RECIPE_SPLIT && r->split)
		return r->split;
	if (!(r->given & RECIPE_ROWS) || !(r->given & RECIPE_FIT))
		return "all";
	if (r->fit.to >= 0 && r->rows.from >= r->fit.to)
		return "test";
	return r->rows.from >= r->fit.from && (r->fit.to < 0 || (r->rows.to >= 0 && r->rows.to <= r->fit.to)) ? "train"
	                                                                                                      : "all";
}
