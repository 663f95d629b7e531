/* invert: an input for which the network gives a wanted output, or for which a filter is as active as it can be. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/model/task.h"
#include "src/answer/answer_head.h"
#include "src/export/series.h"
#include "src/export/whatif_report.h"
#include "src/json/whatif_json.h"
#include "src/verbs/cmd.h"

/* ---- options ---- */

/* A number that is at least `least`; text NULL: *v stays. */
static int take_number(const char *option, const char *text, double least, double *v, struct err *e)
{
	if (!text || (number_parse(text, strlen(text), '.', v) == NUMBER_OK && *v >= least && fabs(*v) <= 1e12))
		return 0;
	if (isinf(least))
		return err_set(e, ERR_VALUE, "--%s '%s': a number up to 1e12 is expected", option, text);
	return err_set(e, ERR_VALUE, "--%s '%s': a number from %g to 1e12 is expected", option, text, least);
}

static int check_options(const struct options *o, struct invert_job *j, struct err *e)
{
	if ((o->to != NULL) + (o->to_class != NULL) + (o->filter != NULL) != 1)
		return err_set(e, ERR_VALUE, "what is wished? one of --to V, --to-class CLASS and --filter LAYER:F");
	j->rate = INVERT_RATE;
	int bad = take_number("to", o->to, -(double)INFINITY, &j->value, e);
	bad = bad ? bad : take_number("near", o->near, 0, &j->near, e);
	bad = bad ? bad : take_number("variation", o->variation, 0, &j->variation, e);
	bad = bad ? bad : take_number("consistent", o->consistent, 0, &j->consistent, e);
	bad = bad ? bad : take_number("max-cycles", o->max_cycles, 0.5, &j->cycles, e);
	bad = bad ? bad : take_number("learning-rate", o->learning_rate, 1e-12, &j->rate, e);
	if (!bad && o->consistent && !o->free)
		bad = err_set(
		        e, ERR_VALUE,
		        "--consistent: without --free derived channels always follow; add --free, or leave it out");
	j->from = (enum invert_start)o->from;
	j->gradient = o->descent && !strcmp(o->descent, "gradient");
	j->iterations = o->iterations ? o->iterations : INVERT_ITERATIONS;
	j->free = o->free;
	j->clip = !o->no_clip;
	return bad ? bad : series_check_name(o, e);
}

/* --filter LAYER:F */
static int take_filter(const struct loaded *l, const char *text, struct invert_job *j, struct err *e)
{
	struct filter_set one = { 0 };
	struct analysis *a = analysis_new(l->model);
	int bad = variant_switch(&one, a, "--filter", text, e);
	if (!bad && one.n != 1)
		bad = err_set(e, ERR_VALUE, "--filter '%s': one filter is expected", text);
	if (!bad) {
		j->layer = one.id[0].layer;
		j->filter = one.id[0].filter;
	}
	filter_set_release(&one);
	analysis_free(a);
	return bad;
}

static int job_fill(const struct options *o, const struct loaded *l, struct invert_job *j, struct err *e)
{
	j->m = l->model;
	j->d = &l->data;
	j->task = l->q.task;
	j->seed = l->q.seed;
	j->wish = o->filter ? INVERT_FILTER : o->to_class ? INVERT_CLASS : INVERT_OUTPUT;
	int bad = load_index(l, o, &j->window, e);
	bad = bad ? bad : series_check(o, &l->data, e);
	if (bad)
		return bad;
	if (o->to_class && j->task != TASK_CLASSIFICATION)
		return err_set(e, ERR_VALUE, "--to-class is for classes; the task is %s: --to V", task_names[j->task]);
	if (o->to && j->task == TASK_CLASSIFICATION)
		return err_set(e, ERR_VALUE, "--to is for numbers; the task is classification: --to-class CLASS");
	if (o->consistent && !perturb_derives(&l->data))
		return err_set(e, ERR_VALUE, "--consistent: no channel is derived from others");
	bad = o->filter ? take_filter(l, o->filter, j, e) : 0;
	return bad || !o->to_class ? bad : whatif_class(l, o->to_class, &j->cls, e);
}

/* ---- text ---- */

static void write_output(FILE *f, const struct invert_job *j, const real *output)
{
	for (int64_t k = 0; k < j->m->outputs && k < 8; k++)
		fprintf(f, "%s%.6g", k ? ", " : "", (double)output[model_output_at(j->m, k)]);
	fputs(j->m->outputs > 8 ? ", ...\n" : "\n", f);
}

static void write_text(FILE *f, const struct invert_job *j, const struct inversion *r)
{
	char sentence[512];
	invert_sentence(j, r, sentence, sizeof sentence);
	fprintf(f, "%s\n\nfrom %s, points %s, %d steps of %s, rate %g\n", sentence, invert_starts[j->from],
	        j->free ? "free" : "series", r->n - 1, j->gradient ? "the gradient" : "Adam", j->rate);
	fprintf(f, "output before     ");
	write_output(f, j, r->before);
	fprintf(f, "output now        ");
	write_output(f, j, r->now);
	fprintf(f, "nearest windows   ");
	whatif_near_print(f, r->nearest, r->n_near);
	fprintf(f, "\nloss by step, the smallest at step %d:\n", r->best);
	whatif_loss_plot(f, r->loss, r->n);
}

/* ---- the verb ---- */

static int write_report(const struct options *o, const struct loaded *l, const struct invert_job *j,
                        const struct inversion *r, struct err *e)
{
	struct answer_out a;
	int bad = answer_open(&a, o, l, "invert", false, e);
	if (bad)
		return bad;
	if (o->json)
		inversion_json(a.output.f, &a.head.envelope, j, r);
	else
		write_text(a.output.f, j, r);
	return answer_close(&a, e);
}

static int run(const struct options *o, const struct loaded *l, const struct invert_job *asked, struct err *e)
{
	struct channel_spread spread;
	struct inversion r;
	struct invert_job with = *asked;
	const struct invert_job *j = &with;
	channel_spread_make(&spread, asked->d);
	with.spread = &spread;
	int bad = invert_run(j, &r, e);
	if (!bad && o->out)
		bad = series_write(
		        o,
		        &(struct series){
		                .what = "inverted", .m = j->m, .d = j->d, .n = 1, .window = &j->window, .x = r.x },
		        e);
	if (!bad)
		bad = write_report(o, l, j, &r, e);
	inversion_release(&r);
	channel_spread_release(&spread);
	return bad;
}

int cmd_invert(struct options *o, struct err *e)
{
	struct loaded l;
	struct invert_job j = { 0 };
	if (check_options(o, &j, e))
		return 2;
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : job_fill(o, &l, &j, e);
	bad = bad ? bad : run(o, &l, &j, e);
	loaded_release(&l);
	return bad ? 1 : 0;
}
