/* attack: how little a window has to change for the model to be wrong; and the changed series. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/attack/attack.h"
#include "core/base/number.h"
#include "src/answer/answer_head.h"
#include "src/answer/attack_json.h"
#include "src/cli/say.h"
#include "src/export/attack_curve.h"
#include "src/export/series.h"
#include "src/job/progress.h"
#include "src/verbs/cmd.h"

/* ---- options ---- */

static int take_method(struct attack_job *j, const char *name, size_t n, struct err *e)
{
	for (int k = 0; k < ATTACK_METHODS; k++) {
		if (strlen(attack_methods[k].name) != n || strncmp(attack_methods[k].name, name, n))
			continue;
		for (int i = 0; i < j->n_method; i++)
			if ((int)j->method[i] == k)
				return err_set(e, ERR_VALUE, "--attack names %s twice", attack_methods[k].name);
		j->method[j->n_method++] = (enum attack_method)k;
		return 0;
	}
	return err_set(e, ERR_VALUE, "--attack: there is no method '%.*s'; there are fgsm, bim, pgd, smooth and local",
	               (int)n, name);
}

static int take_epsilon(struct attack_job *j, const char *text, size_t n, struct err *e)
{
	double v;
	if (number_parse(text, n, '.', &v) != NUMBER_OK || v < 0 || v > 1e6)
		return err_set(e, ERR_VALUE, "--epsilon '%.*s': numbers from 0 to 1e6 are expected, as in 0.05,0.1",
		               (int)n, text);
	if (j->n_epsilon && v <= j->epsilon[j->n_epsilon - 1])
		return err_set(e, ERR_VALUE, "--epsilon: %g stands behind %g; they ascend", v,
		               j->epsilon[j->n_epsilon - 1]);
	if (j->n_epsilon == ATTACK_EPSILONS_MAX)
		return err_set(e, ERR_LIMIT, "--epsilon: at most %d", ATTACK_EPSILONS_MAX);
	j->epsilon[j->n_epsilon++] = v;
	return 0;
}

/* Calls take for each part between commas. */
static int each(const char *list, int (*take)(struct attack_job *j, const char *s, size_t n, struct err *e),
                struct attack_job *j, struct err *e)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, ",");
		int bad = take(j, s, n, e);
		s += n;
		if (bad || !*s)
			return bad;
	}
}

static int take_by(struct attack_job *j, const char *text, struct err *e)
{
	if (!text || (number_parse(text, strlen(text), '.', &j->by) == NUMBER_OK && j->by > 0))
		return 0;
	return err_set(e, ERR_VALUE, "--by '%s': a number above 0 is expected", text);
}

static int check_options(const struct options *o, struct attack_job *j, struct err *e)
{
	int bad = each(o->attack ? o->attack : "fgsm,pgd", take_method, j, e);
	bad = bad ? bad : each(o->epsilon ? o->epsilon : "0.01,0.02,0.05,0.1,0.2", take_epsilon, j, e);
	bad = bad ? bad : take_by(j, o->by, e);
	j->scaled = o->epsilon_unit && !strcmp(o->epsilon_unit, "scaled");
	j->free = o->free;
	j->clip = !o->no_clip;
	j->steps = o->iterations ? o->iterations : ATTACK_STEPS;
	j->segment = o->segment;
	j->reach = o->smoothing;
	j->windows = o->windows ? o->windows : ATTACK_WINDOWS;
	j->threads = options_threads(o);
	j->written = o->out != NULL;
	if (!bad && o->curve_out && !attack_curve_name(o->curve_out))
		bad = err_set(e, ERR_VALUE, "--curve-out %s: a name that ends in .svg or .csv is expected",
		              o->curve_out);
	return bad ? bad : series_check_name(o, e);
}

/* What the options say once model and data are there. */
static int job_fill(const struct options *o, const struct loaded *l, struct attack_job *j, struct err *e)
{
	j->m = l->model;
	j->d = &l->data;
	j->task = l->q.task;
	j->seed = l->q.seed;
	int bad = series_check(o, &l->data, e);
	if (bad)
		return bad;
	if (j->by > 0 && j->task == TASK_CLASSIFICATION)
		return err_set(e, ERR_VALUE,
		               "--by is for outputs that are numbers; the task is classification, where a window "
		               "falls when its class is wrong");
	return 0;
}

/* ---- text ---- */

static void cell(FILE *f, double v)
{
	if (isnan(v))
		fprintf(f, "  %9s", "-");
	else if (isinf(v))
		fprintf(f, "  %9s", "never");
	else
		fprintf(f, "  %9.4g", v);
}

static void write_curves(FILE *f, const struct attack_job *j, const struct attack_result *r)
{
	for (int what = 0; what < (r->falls ? 2 : 1); what++) {
		fprintf(f, "\n%-22s  %9s", what ? "share that falls" : "mean loss, by epsilon", "0");
		for (int e = 0; e < j->n_epsilon; e++)
			fprintf(f, "  %9g", j->epsilon[e]);
		fputc('\n', f);
		for (int m = 0; m < r->n_method; m++) {
			const struct attack_curve *q = &r->curve[m];
			fprintf(f, "%-22s", attack_methods[q->method].name);
			cell(f, what ? (double)r->wrong / (double)r->n : r->loss);
			for (int e = 0; e < j->n_epsilon; e++)
				cell(f, what ? q->fallen[e] : q->loss[e]);
			fputc('\n', f);
		}
	}
}

static void write_least(FILE *f, const struct attack_job *j, const struct attack_result *r)
{
	if (!r->falls)
		return;
	fprintf(f, "\n%-22s  %9s  %9s  %9s  %s\n", "smallest epsilon", "25 %", "median", "75 %",
	        "windows that fall first");
	for (int m = 0; m < r->n_method; m++) {
		const struct attack_curve *q = &r->curve[m];
		fprintf(f, "%-22s", attack_methods[q->method].name);
		for (int k = 0; k < 3; k++)
			cell(f, q->quartile[k]);
		for (int k = 0; k < q->n_first; k++)
			fprintf(f, "%s%lld (row %lld) at %.3g", k ? ", " : "  ", (long long)r->window[q->first[k]],
			        (long long)dataset_row(j->d, r->window[q->first[k]]), q->least[q->first[k]]);
		fputc('\n', f);
	}
}

static void write_text(FILE *f, const struct attack_job *j, const struct attack_result *r)
{
	char sentence[512];
	attack_sentence(j, r, sentence, sizeof sentence);
	fprintf(f, "%s\n\n%lld windows, points %s, %d iterations, epsilon ", sentence, (long long)r->n,
	        j->free ? "free" : "series", j->steps);
	fprintf(f, j->scaled ? "on the scale that the model reads\n" : "in deviations:");
	for (int64_t c = 0; c < j->m->C && !j->scaled; c++)
		fprintf(f, "%s %.4g of %s", c ? "," : "", r->deviation[c],
		        j->d->channel ? j->d->channel[c] : "a channel");
	if (!j->scaled)
		fputc('\n', f);
	if (r->not_finite)
		fprintf(f, "%lld windows are left out: their loss is not finite\n", (long long)r->not_finite);
	if (r->flat)
		fprintf(f,
		        "%lld windows stay as they are or move by chance alone: their gradient is 0 or no finite "
		        "number\n",
		        (long long)r->flat);
	if (r->broken)
		fprintf(f, "the gradient of %lld windows is no finite number at some points, which stay as they are\n",
		        (long long)r->broken);
	write_curves(f, j, r);
	write_least(f, j, r);
	if (j->n_epsilon > 1) {
		fputc('\n', f);
		attack_curve_plot(f, j, r);
	}
}

/* ---- the verb ---- */

static void progress(void *ctx, int64_t windows, int64_t of)
{
	progress_say(ctx, windows, of, "windows");
}

static int write_report(const struct options *o, const struct loaded *l, const struct attack_job *j,
                        const struct attack_result *r, struct err *e)
{
	struct answer_out a;
	int bad = answer_open(&a, o, l, "attack", false, e);
	if (bad)
		return bad;
	if (o->json)
		attack_json(a.output.f, &a.head.envelope, j, r);
	else
		write_text(a.output.f, j, r);
	return answer_close(&a, e);
}

int cmd_attack(struct options *o, struct err *e)
{
	struct loaded l;
	struct attack_job j = { 0 };
	struct attack_result r;
	struct progress bar;
	if (check_options(o, &j, e))
		return 2;
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : job_fill(o, &l, &j, e);
	if (!bad) {
		progress_init(&bar, !o->quiet);
		j.ctx = &bar;
		j.progress = progress;
		bad = attack_run(&j, &r, e);
		progress_end(&bar);
		if (!bad && o->out)
			bad = series_write(o,
			                   &(struct series){ .what = "attacked",
			                                     .m = l.model,
			                                     .d = &l.data,
			                                     .n = r.n,
			                                     .window = r.window,
			                                     .x = r.x },
			                   e);
		if (!bad && o->curve_out)
			bad = attack_curve_write(&j, &r, o->curve_out, e);
		if (!bad)
			bad = write_report(o, &l, &j, &r, e);
		attack_release(&r);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
