/* prune: filters are removed, and the layers that read them are repaired. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "core/base/number.h"
#include "core/prune/prune_repeat.h"
#include "core/prune/prune_tune.h"
#include "core/run/run.h"
#include "src/answer/answer_head.h"
#include "src/cli/say.h"
#include "src/job/recipe_kept.h"
#include "src/job/progress.h"
#include "src/kept/survey_names.h"
#include "src/prune/prune_report.h"
#include "src/verbs/cmd.h"
#include "src/verbs/survey_merge.h"

/* ---- options ---- */

struct wish {
	double ratio;                          /* NAN: not given */
	double curve_from, curve_to, curve_by; /* per cent; curve_by 0: no curve */
	double max_loss, max_flips;            /* parts; NAN: not given */
	bool flips_count;                      /* max_flips is a number of windows */
	int rank, repair;
	bool tune_outputs;
	double tune_rate;
};

static bool number_of(const char *s, size_t n, double *v)
{
	return number_parse(s, n, '.', v) == NUMBER_OK;
}

/* "1%", "1 %" or "0.01" as a part; NULL: NAN. */
static int part_of(const char *option, const char *text, double *v, struct err *e)
{
	*v = NAN;
	if (!text)
		return 0;
	size_t n = strlen(text);
	bool per_cent = n && text[n - 1] == '%';
	n -= per_cent;
	n -= per_cent && n && text[n - 1] == ' ';
	if (!number_of(text, n, v) || *v < 0)
		return err_set(e, ERR_VALUE, "--%s '%s': a share such as 1%% or 0.01 is expected", option, text);
	*v /= per_cent ? 100 : 1;
	return 0;
}

static int take_curve(struct wish *w, const char *text, struct err *e)
{
	double v[3];
	const char *s = text;
	for (int k = 0; text && k < 3; k++) {
		size_t n = strcspn(s, ":");
		if (!number_of(s, n, &v[k]) || (k < 2) != (s[n] == ':'))
			return err_set(e, ERR_VALUE, "--curve '%s': A:B:STEP in per cent is expected, as in 10:90:10",
			               text);
		s += n + (k < 2);
	}
	if (!text)
		return 0;
	if (v[0] < 0 || v[1] >= 100 || v[1] < v[0] || v[2] <= 0 || (v[1] - v[0]) / v[2] > 100)
		return err_set(e, ERR_VALUE, "--curve '%s': from 0 to less than 100 per cent, in at most 100 steps",
		               text);
	w->curve_from = v[0];
	w->curve_to = v[1];
	w->curve_by = v[2];
	return 0;
}

static int check_curve_out(const struct options *o, struct err *e)
{
	size_t n = o->curve_out ? strlen(o->curve_out) : 0;
	if (!o->curve_out)
		return 0;
	if (!o->curve)
		return err_set(e, ERR_VALUE, "--curve-out needs --curve A:B:STEP");
	if (n > 4 && (!strcmp(o->curve_out + n - 4, ".svg") || !strcmp(o->curve_out + n - 4, ".csv")))
		return 0;
	return err_set(e, ERR_VALUE, "--curve-out '%s': a name that ends in .svg or .csv is expected", o->curve_out);
}

static int check_tune(const struct options *o, struct wish *w, struct err *e)
{
	w->tune_outputs = o->tune_on && !strcmp(o->tune_on, "outputs");
	w->tune_rate = PRUNE_TUNE_RATE;
	if (!o->tune && (o->tune_on || o->tune_rate))
		return err_set(e, ERR_VALUE, "--tune-on and --tune-rate need --tune EPOCHS");
	if (o->tune_on && !w->tune_outputs && strcmp(o->tune_on, "labels") != 0)
		return err_set(e, ERR_VALUE, "--tune-on '%s': labels or outputs is expected", o->tune_on);
	if (o->tune_rate && (!number_of(o->tune_rate, strlen(o->tune_rate), &w->tune_rate) || !(w->tune_rate > 0) ||
	                     w->tune_rate > 1e3))
		return err_set(e, ERR_VALUE, "--tune-rate '%s': a number above 0, such as 0.001, is expected",
		               o->tune_rate);
	return 0;
}

static int check_options(const struct options *o, struct wish *w, struct err *e)
{
	*w = (struct wish){ .ratio = NAN, .rank = prune_rank_find(o->rank ? o->rank : "taylor") };
	const char *repair = o->repair ? o->repair : o->n_data ? "ls" : "gram";
	w->repair = prune_repair_find(repair);
	int bad = part_of("ratio", o->ratio, &w->ratio, e);
	if (!bad && o->ratio && w->ratio >= 1)
		bad = err_set(e, ERR_VALUE, "--ratio %s: a share of the filters, less than 1, is expected", o->ratio);
	bad = bad ? bad : part_of("max-loss", o->max_loss, &w->max_loss, e);
	bad = bad ? bad : part_of("max-flips", o->max_flips, &w->max_flips, e);
	w->flips_count = o->max_flips && !strchr(o->max_flips, '%');
	bad = bad ? bad : take_curve(w, o->curve, e);
	bad = bad ? bad : check_curve_out(o, e);
	bad = bad ? bad : check_tune(o, w, e);
	bool marks = !strcmp(prune_ranks[w->rank].name, "marks");
	int given = (o->ratio != NULL) + (o->remove > 0) + (o->curve != NULL) + marks;
	if (!bad && given > 1)
		bad = err_set(e, ERR_VALUE, "--ratio, --remove, --curve and --rank marks exclude each other");
	if (!bad && !given && isnan(w->max_loss) && isnan(w->max_flips))
		bad = err_set(e, ERR_VALUE,
		              "prune needs --ratio R, --remove N, --curve A:B:STEP, --max-loss P%% or --rank marks");
	if (!bad && marks != (o->off != NULL))
		bad = err_set(e, ERR_VALUE, "--rank marks and --off LAYER:F[,..] go together");
	if (!bad && !o->n_data &&
	    (o->curve || o->max_loss || o->max_flips || o->test_rows || o->renorm || o->tune || o->seeds))
		bad = err_set(e, ERR_VALUE,
		              "without data there are no errors: --curve, --max-loss, --max-flips, --test-rows, "
		              "--renorm, --tune and --seeds need DATA");
	if (!bad && o->seeds && o->survey)
		bad = err_set(e, ERR_VALUE,
		              "--seeds draws the windows that are surveyed; with --survey there are none to draw");
	if (!bad && o->global && (o->remove || marks))
		bad = err_set(e, ERR_VALUE, "--global needs a ratio");
	if (!bad && o->out && o->curve)
		bad = err_set(e, ERR_VALUE, "--curve writes no model; -o needs --ratio or --max-loss");
	if (!bad && o->out && !model_write_known(o->out))
		bad = err_set(e, ERR_VALUE, "-o '%s': the name has to end in .onnx or .json", o->out);
	return bad;
}

/* ---- what the options name ---- */

struct names {
	bool *layer; /* (n_layer) of --layers, or NULL */
	bool *marks; /* (n_atom) of --off, or NULL */
};

static int take_layers(struct names *n, struct analysis *a, const struct model *m, const char *list, struct err *e)
{
	n->layer = xcalloc((size_t)m->n_layer + 1, sizeof *n->layer);
	for (const char *s = list;; s++) {
		size_t k = strcspn(s, ",");
		char *name = xstrndup(s, k);
		int at = model_find_layer(m, name);
		free(name);
		if (at < 0)
			return say_no_layer(a, "--layers", s, k, e);
		n->layer[at] = true;
		s += k;
		if (!*s)
			return 0;
	}
}

static int take_marks(struct names *n, struct analysis *a, const struct prune_map *p, const char *list, struct err *e)
{
	struct filter_set off = { 0 };
	int bad = variant_switch(&off, a, "--off", list, e), count;
	const struct layer *l = analysis_layers(a, &count);
	n->marks = xcalloc((size_t)p->n_atom + 1, sizeof *n->marks);
	for (int i = 0; i < off.n && !bad; i++) {
		const struct layer *y = &l[off.id[i].layer];
		int axis = prune_axis(p, y->act);
		int atom = axis >= 0 && off.id[i].filter < p->m->graph->value[y->act].shape.dim[axis]
		                   ? p->tag[y->act].atom[axis][off.id[i].filter]
		                   : -1;
		char why[200] = "its filters cannot be followed";
		if (atom >= 0 && prune_removable(p, atom)) {
			n->marks[atom] = true;
			continue;
		}
		if (atom >= 0)
			prune_why(p, p->atom[atom].maker, why, sizeof why);
		bad = err_set(e, ERR_VALUE, "--off: filter %lld of layer '%s' cannot be removed: %s",
		              (long long)off.id[i].filter, y->name, *why ? why : "it is joined with filters that stay");
	}
	filter_set_release(&off);
	return bad;
}

static int take_names(struct names *n, const struct options *o, const struct prune_map *p, struct err *e)
{
	int bad = 0;
	*n = (struct names){ 0 };
	if (!o->layers && !o->off)
		return 0;
	struct analysis *a = analysis_new(p->m);
	if (o->layers)
		bad = take_layers(n, a, p->m, o->layers, e);
	if (!bad && o->off)
		bad = take_marks(n, a, p, o->off, e);
	analysis_free(a);
	return bad;
}

/* ---- the rows of --test-rows ---- */

/* The same data, other rows, scaled alike. */
static int load_test(struct loaded *t, const struct loaded *l, const struct options *o, struct err *e)
{
	struct options again = *o;
	const struct scaler *s = &l->data.scaler;
	again.quiet = true;
	recipe_init(&again.recipe);
	recipe_copy(&again.recipe, &o->recipe);
	int bad = recipe_set(&again.recipe, "rows", o->test_rows, e);
	if (bad) {
		bad = err_set(e, ERR_VALUE, "--test-rows '%s': A:B is expected", o->test_rows);
	} else {
		if (l->data.scale != SCALE_NONE && !l->data.group_scaler)
			recipe_set_scaler(&again.recipe, s->n, s->shift, s->scale, s->low, s->high);
		bad = load(t, &again, LOAD_SILENT, e);
	}
	recipe_release(&again.recipe);
	return bad;
}

/* ---- --survey ---- */

/* The parts of a survey of the same network, joined. */
struct surveyed {
	struct survey_file file;
	struct survey_tree tree;
	const struct survey_part *all; /* NULL: there is no survey */
};

static void surveyed_release(struct surveyed *s)
{
	if (s->tree.plan)
		survey_tree_release(&s->tree);
	survey_file_release(&s->file);
}

static int surveyed_read(struct surveyed *s, const struct options *o, const struct model *m, struct err *e)
{
	char *hash = NULL;
	int bad = survey_file_read(&s->file, o->survey, survey_cap(o), e);
	if (bad)
		return bad;
	bad = model_hash(m, &hash, e);
	if (!bad && strcmp(hash, s->file.head.model_hash) != 0)
		bad = err_set(e, ERR_VALUE, "%s: this is a survey of another model", o->survey);
	free(hash);
	s->tree.plan = &s->file.plan;
	for (int i = 0; i < s->file.n && !bad; i++) {
		survey_tree_add(&s->tree, s->file.part[i]);
		s->file.part[i] = NULL;
	}
	s->all = bad ? NULL : survey_tree_all(&s->tree);
	if (!bad && !s->all)
		bad = err_set(e, ERR_VALUE,
		              "%s: only a part of the windows; tsviz survey --shard 1/1 writes one of all", o->survey);
	if (!bad && s->file.plan.moments != MOMENTS_CHANNELS)
		bad = err_set(e, ERR_VALUE, "%s: it holds no moments of channels; write it with --moments channels",
		              o->survey);
	return bad;
}

/* ---- time ---- */

/* The least time of a forward pass of one window. */
static double pass_seconds(const struct model *m, const struct dataset *d)
{
	size_t n = (size_t)(m->T * m->C);
	real *tc = xcalloc(n, sizeof *tc), *native = xcalloc(n, sizeof *native);
	struct run *r = run_new_outputs(m->graph, 1, &m->output);
	double least = INFINITY, begin = clock_seconds();
	if (d && d->n)
		dataset_window(d, 0, tc);
	model_pack(m, tc, native);
	run_input(r, 0, native);
	for (int i = 0; i < 200 && (i < 5 || clock_seconds() - begin < 0.2); i++) {
		double from = clock_seconds();
		run_forward(r);
		least = fmin(least, clock_seconds() - from);
	}
	run_free(r);
	free(tc);
	free(native);
	return least;
}

static int64_t file_bytes(const char *path)
{
	struct stat s;
	return path && !stat(path, &s) && S_ISREG(s.st_mode) ? (int64_t)s.st_size : -1;
}

/* ---- the verb ---- */

/* How many windows of a share rows with windows of b, of the same file; both are in the order of their rows. */
static int64_t shared_windows(const struct dataset *a, const struct dataset *b)
{
	int64_t reach = a->set ? 1 : a->T, found = 0, k = 0;
	for (int64_t i = 0; i < a->n; i++) {
		while (k < b->n && dataset_row(b, k) <= dataset_row(a, i) - reach)
			k++;
		found += k < b->n && dataset_row(b, k) < dataset_row(a, i) + reach;
	}
	return found;
}

static void warn_of_test_rows(const struct prune *p, const struct options *o)
{
	int64_t n = p->n_set > 1 && !o->quiet ? shared_windows(&p->set[1].d, &p->calibration) : 0;
	if (n)
		say_warning("--test-rows: %lld of the %lld windows share rows with the calibration windows; their "
		            "error says less than that of the held-out ones",
		            (long long)n, (long long)p->set[1].d.n);
}

struct task_of_prune {
	const struct options *o;
	const struct wish *w;
	struct prune p;
	struct prune_budget budget;
	struct prune_report r;
	struct progress bar;
};

/* Classes of the held-out windows, of a segmentation those of their steps. */
static double held_classes(const struct task_of_prune *t)
{
	bool steps = t->p.job->q->task == TASK_SEGMENTATION;
	return (double)(t->p.set[0].windows * (steps ? t->p.job->m->out_steps : 1));
}

/* Whether a point holds --max-loss and --max-flips on the held-out windows. */
static bool holds(const struct task_of_prune *t, const struct prune_worth *w)
{
	double loss = prune_loss(&t->p, t->p.set[0].before.error, w[0].error);
	return (isnan(t->w->max_loss) || loss <= t->w->max_loss) &&
	       (isnan(t->w->max_flips) ||
	        w[0].changed * (t->w->flips_count ? held_classes(t) : 1) <= t->w->max_flips + 1e-9);
}

/* A limit of something that is not known would hold for ever, or never. */
static int check_limits(const struct task_of_prune *t, struct err *e)
{
	if (!isnan(t->w->max_flips) && !t->p.has_accuracy)
		return err_set(e, ERR_VALUE,
		               "--max-flips: the task is %s, which predicts no classes; --max-loss limits the error",
		               task_names[t->p.job->q->task]);
	if (!isnan(t->w->max_loss) && !isfinite(t->p.set[0].before.error))
		return err_set(e, ERR_VALUE,
		               "--max-loss: the held-out windows have no true values, or their error is not finite%s",
		               t->p.has_accuracy ? "; --max-flips needs none" : "");
	return 0;
}

static bool limited(const struct wish *w)
{
	return !isnan(w->max_loss) || !isnan(w->max_flips);
}

/* The largest ratio that holds the limits: in steps of five per cent from above, then of one. 0: none does. */
static int search(struct task_of_prune *t, double *ratio, struct err *e)
{
	int found = 0;
	for (int step = 5; step; step = step == 5 ? 1 : 0)
		for (int k = step == 5 ? 95 : found + 4; k > found && k > 0; k -= step) {
			struct prune_result r;
			t->budget.ratio = k / 100.0;
			progress_say(&t->bar, 100 - k, 100, "ratios");
			int bad = prune_at(&t->p, &t->budget, t->w->rank, t->w->repair, &r, e);
			bad = bad ? bad : prune_tune(&t->p, &r, e);
			bool good = !bad && r.gone > 0 && holds(t, r.tuning.done ? r.tuned : r.worth);
			prune_result_release(&r);
			if (bad)
				return bad;
			if (good) {
				found = k;
				break;
			}
		}
	*ratio = found / 100.0;
	return 0;
}

static int run_curve(struct task_of_prune *t, struct err *e)
{
	const struct wish *w = t->w;
	int n = (int)floor((w->curve_to - w->curve_from) / w->curve_by + 1e-9) + 1, bad = 0;
	t->r.point = xcalloc((size_t)n, sizeof *t->r.point);
	t->r.curve = true;
	for (int i = 0; i < n && !bad; i++) {
		t->budget.ratio = (w->curve_from + w->curve_by * i) / 100;
		progress_say(&t->bar, i, n, "ratios");
		bad = prune_compare(&t->p, &t->budget, w->rank, w->repair, &t->r.point[i], NULL, e);
	}
	t->r.n = bad ? 0 : n;
	return bad;
}

static int run_one(struct task_of_prune *t, struct model **small, struct err *e)
{
	const struct wish *w = t->w;
	bool searches = isnan(w->ratio) && !t->o->remove && !t->budget.marks;
	int bad = searches ? search(t, &t->budget.ratio, e) : 0;
	if (bad)
		return bad;
	if (searches && t->budget.ratio <= 0) {
		err_set(e, ERR_VALUE, "no ratio from 1 %% on holds the limits of --max-loss and --max-flips");
		return 3;
	}
	t->r.point = xcalloc(1, sizeof *t->r.point);
	bad = prune_compare(&t->p, &t->budget, w->rank, w->repair, t->r.point, small, e);
	t->r.n = !bad;
	const struct prune_worth *last = t->r.point->tuning.done ? t->r.point->tuned : t->r.point->fixed;
	if (!bad && limited(w) && !holds(t, last)) {
		err_set(e, ERR_VALUE, "nothing was written: the %s changes by %.2f %%, and %.2f %% of the predictions",
		        prune_measure(&t->r), 100 * prune_loss(&t->p, t->p.set[0].before.error, last->error),
		        100 * last->changed);
		return 3;
	}
	return bad;
}

static void on_draw(void *ctx, int draw)
{
	struct task_of_prune *t = ctx;
	progress_say(&t->bar, draw, t->r.draws, "draws of calibration windows");
}

/* --seeds: all points again. */
static int repeat(struct task_of_prune *t, const struct prune_job *j, struct err *e)
{
	int n = t->r.n;
	if (!t->o->seeds)
		return 0;
	double *ratio = xcalloc((size_t)n + 1, sizeof *ratio);
	for (int i = 0; i < n; i++)
		ratio[i] = t->r.point[i].asked;
	t->r.draws = t->o->seeds;
	t->r.draw = xcalloc((size_t)(n * t->r.draws) + 1, sizeof *t->r.draw);
	struct prune_repeat q = { .job = j,
		                  .budget = &t->budget,
		                  .ratio = ratio,
		                  .n = n,
		                  .rank = t->w->rank,
		                  .repair = t->w->repair,
		                  .draws = t->r.draws };
	int bad = prune_repeat(&q, t->r.draw, on_draw, t, e);
	free(ratio);
	return bad;
}

/* Writes the model, then the report. */
static int write_all(struct task_of_prune *t, const struct loaded *l, struct model *small, struct err *e)
{
	const struct options *o = t->o;
	int bad = 0;
	t->r.bytes[0] = file_bytes(o->model);
	t->r.bytes[1] = -1;
	if (small) {
		bool *removed = xcalloc((size_t)t->p.map.n_atom + 1, sizeof *removed);
		bad = prune_choose(&t->p.facts, &t->budget, t->w->rank, removed, e);
		t->r.removed = removed;
		t->r.small = small;
		t->r.seconds[0] = pass_seconds(l->model, l->has_data ? &l->data : NULL);
		t->r.seconds[1] = pass_seconds(small, l->has_data ? &l->data : NULL);
		if (!bad && o->out) {
			bad = recipe_kept_write(l, small, o, e);
			t->r.bytes[1] = file_bytes(o->out);
		} else {
			t->r.bytes[1] = model_write_size(small, "model.onnx");
		}
	}
	if (!bad && o->curve_out)
		bad = prune_curve_write(&t->r, o->curve_out, e);
	if (!bad) {
		struct answer_out a;
		bad = answer_open(&a, o, l, "prune", false, e);
		if (!bad) {
			if (o->json)
				prune_report_json(a.output.f, &a.head.envelope, &t->r);
			else
				prune_report_text(a.output.f, &t->r);
			bad = answer_close(&a, e);
		}
	}
	free((bool *)t->r.removed);
	return bad;
}

static void on_tune(void *ctx, int64_t done, int64_t windows)
{
	progress_say(ctx, done, windows, "windows of the training");
}

static int run(const struct options *o, const struct wish *w, const struct loaded *l, const struct dataset *test,
               const struct surveyed *s, struct err *e)
{
	struct task_of_prune t = { .o = o, .w = w };
	struct model *small = NULL;
	struct names names = { 0 };
	struct prune_job j = { .m = l->model,
		               .d = l->has_data ? &l->data : NULL,
		               .test = test,
		               .q = &l->q,
		               .calibrate = o->calibrate ? o->calibrate : PRUNE_CALIBRATE,
		               .renorm = o->renorm,
		               .ablations = !strcmp(prune_ranks[w->rank].name, "ablation"),
		               .plan = s->all ? &s->file.plan : NULL,
		               .part = s->all,
		               .tune = o->tune,
		               .tune_outputs = w->tune_outputs,
		               .tune_rate = w->tune_rate,
		               .on_tune = on_tune,
		               .ctx = &t.bar,
		               .threads = options_threads(o) };
	progress_init(&t.bar, !o->quiet);
	int bad = prune_open(&t.p, &j, e);
	bad = bad ? bad : check_limits(&t, e);
	if (!bad)
		warn_of_test_rows(&t.p, o);
	bad = bad ? bad : take_names(&names, o, &t.p.map, e);
	t.budget = (struct prune_budget){ .ratio = isnan(w->ratio) ? 0 : w->ratio,
		                          .count = o->remove ? o->remove : -1,
		                          .global = o->global,
		                          .keep_min = o->keep_min ? o->keep_min : 1,
		                          .layer = names.layer,
		                          .marks = names.marks,
		                          .seed = l->q.seed };
	t.r = (struct prune_report){ .p = &t.p, .l = l, .budget = &t.budget, .rank = w->rank, .repair = w->repair };
	if (!bad)
		bad = w->curve_by > 0 ? run_curve(&t, e) : run_one(&t, &small, e);
	bad = bad ? bad : repeat(&t, &j, e);
	progress_end(&t.bar);
	if (!bad)
		bad = write_all(&t, l, small, e);
	free(t.r.point);
	free(t.r.draw);
	free(names.layer);
	free(names.marks);
	model_free(small);
	prune_close(&t.p);
	return bad == 3 ? 3 : bad ? 1 : 0;
}

int cmd_prune(struct options *o, struct err *e)
{
	struct loaded l, test = { 0 };
	struct surveyed s = { 0 };
	struct wish w;
	if (check_options(o, &w, e))
		return 2;
	if (output_check(o, o->out, e) || output_check(o, o->curve_out, e))
		return 1;
	int status = 1, bad = load(&l, o, 0, e);
	if (!bad && o->test_rows)
		bad = load_test(&test, &l, o, e);
	if (!bad && o->survey)
		bad = surveyed_read(&s, o, l.model, e);
	if (!bad)
		status = run(o, &w, &l, o->test_rows ? &test.data : NULL, &s, e);
	surveyed_release(&s);
	if (o->test_rows)
		loaded_release(&test);
	loaded_release(&l);
	return status;
}
