/* counterfactual: which segment of another window would make the model say something else. */
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

/* --to A:B, where one of the two may be missing. */
static int take_range(const char *text, struct counterfactual_job *j, struct err *e)
{
	const char *colon = strchr(text, ':');
	double v[2] = { -(double)INFINITY, (double)INFINITY };
	bool good = colon != NULL && text[1];
	for (int k = 0; k < 2 && good; k++) {
		const char *s = k ? colon + 1 : text;
		size_t n = k ? strlen(s) : (size_t)(colon - text);
		good = !n || number_parse(s, n, '.', &v[k]) == NUMBER_OK;
	}
	if (!good || v[0] > v[1])
		return err_set(
		        e, ERR_VALUE,
		        "--to '%s': the outputs that are wished are A:B with A not above B, as in 0.5:1.5 or 0.5:",
		        text);
	j->low = v[0];
	j->high = v[1];
	return 0;
}

static int check_options(const struct options *o, struct counterfactual_job *j, struct err *e)
{
	if (!o->to == !o->to_class)
		return err_set(e, ERR_VALUE,
		               "what shall the model say? --to-class CLASS for a classifier, --to A:B for numbers");
	int bad = o->to ? take_range(o->to, j, e) : 0;
	return bad ? bad : series_check_name(o, e);
}

static int job_fill(const struct options *o, const struct loaded *l, struct counterfactual_job *j, struct err *e)
{
	j->m = l->model;
	j->d = &l->data;
	j->task = l->q.task;
	int bad = load_index(l, o, &j->window, e);
	bad = bad ? bad : series_check(o, &l->data, e);
	if (bad)
		return bad;
	if (j->task == TASK_SEGMENTATION || j->task == TASK_RECONSTRUCTION)
		return err_set(
		        e, ERR_VALUE,
		        "the task is %s, whose outputs belong to single steps; a counterfactual is for one class "
		        "or for numbers of a window",
		        task_names[j->task]);
	if (j->task != TASK_CLASSIFICATION && !o->to)
		return err_set(e, ERR_VALUE, "--to-class is for classes; the task is %s: --to A:B",
		               task_names[j->task]);
	if (j->task == TASK_CLASSIFICATION && !o->to_class)
		return err_set(e, ERR_VALUE, "--to is for numbers; the task is classification: --to-class CLASS");
	return o->to_class ? whatif_class(l, o->to_class, &j->cls, e) : 0;
}

/* ---- text ---- */

static void write_said(FILE *f, const struct counterfactual_job *j, const real *output)
{
	if (j->task == TASK_CLASSIFICATION) {
		struct counterfactual_job as = *j;
		char name[160];
		as.cls = model_class(j->m, output);
		fprintf(f, "%s, probability %.4g", counterfactual_wish(&as, name, sizeof name),
		        model_class_probability(j->m, output, as.cls));
		return;
	}
	for (int64_t k = 0; k < j->m->outputs && k < 8; k++)
		fprintf(f, "%s%.6g", k ? ", " : "", (double)output[model_output_at(j->m, k)]);
	if (j->m->outputs > 8)
		fputs(", ...", f);
}

static void write_text(FILE *f, const struct counterfactual_job *j, const struct counterfactual *r)
{
	char sentence[512];
	counterfactual_sentence(j, r, sentence, sizeof sentence);
	fprintf(f, "%s\n\nwindow %lld (row %lld)  ", sentence, (long long)j->window,
	        (long long)dataset_row(j->d, j->window));
	write_said(f, j, r->before);
	fprintf(f, "\nchanged           ");
	write_said(f, j, r->now);
	fprintf(f, "\nvalid             %s\n", r->valid ? "yes" : "no");
	fprintf(f,
	        "what changes      %lld of %lld steps (%.3g %%), %lld of %lld points, in %lld segment%s; L1 %.4g "
	        "deviations\n",
	        (long long)r->steps, (long long)j->m->T, 100 * (double)r->steps / (double)j->m->T, (long long)r->points,
	        (long long)(j->m->T * r->own), (long long)r->segments, r->segments == 1 ? "" : "s", r->l1);
	fprintf(f, "guide             window %lld (row %lld), number %lld by distance, at %.3g\n", (long long)r->guide,
	        (long long)dataset_row(j->d, r->guide), (long long)r->looked, r->guide_distance);
	if (r->flat)
		fputs("where it begins   where the guide differs most: the gradient of the loss is 0 or no finite "
		      "number\n",
		      f);
	fprintf(f, "nearest windows   ");
	whatif_near_print(f, r->near, r->n_near);
	fprintf(f, "before the change ");
	whatif_near_print(f, r->as_is, r->n_as_is);
}

/* ---- the verb ---- */

static int write_report(const struct options *o, const struct loaded *l, const struct counterfactual_job *j,
                        const struct counterfactual *r, struct err *e)
{
	struct answer_out a;
	int bad = answer_open(&a, o, l, "counterfactual", false, e);
	if (bad)
		return bad;
	if (o->json)
		counterfactual_json(a.output.f, &a.head.envelope, j, r);
	else
		write_text(a.output.f, j, r);
	return answer_close(&a, e);
}

int cmd_counterfactual(struct options *o, struct err *e)
{
	struct loaded l;
	struct counterfactual_job j = { 0 };
	struct counterfactual r;
	if (check_options(o, &j, e))
		return 2;
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : job_fill(o, &l, &j, e);
	if (!bad) {
		bad = counterfactual_find(&j, &r, e);
		if (!bad && o->out)
			bad = series_write(o,
			                   &(struct series){ .what = "counterfactual",
			                                     .m = l.model,
			                                     .d = &l.data,
			                                     .n = 1,
			                                     .window = &j.window,
			                                     .x = r.x },
			                   e);
		if (!bad)
			bad = write_report(o, &l, &j, &r, e);
		counterfactual_release(&r);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
