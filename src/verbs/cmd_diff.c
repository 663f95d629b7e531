/* diff: what differs between two models; with data, what that means for their predictions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/diff/diff.h"
#include "src/cli/say.h"
#include "src/job/progress.h"
#include "src/json/diff_json.h"
#include "src/json/recipe_json.h"
#include "src/read/version.h"
#include "src/verbs/cmd.h"
#include "src/kept/survey_names.h"

/* ---- thresholds ---- */

struct gates {
	double flips, difference, rank; /* NaN: not asked */
	bool share;                     /* flips is a part of all classes */
};

static int gate(double *to, const char *option, const char *text, size_t n, double least, double most, struct err *e)
{
	if (number_parse(text, n, '.', to) == NUMBER_OK && *to >= least && *to <= most)
		return 0;
	return err_set(e, ERR_VALUE, "--%s '%s': a number from %g to %g is expected", option, text, least, most);
}

static int take_gates(const struct options *o, struct gates *g, struct err *e)
{
	const char *flips = o->max_flips;
	size_t n = flips ? strlen(flips) : 0;
	int bad = 0;
	*g = (struct gates){ NAN, NAN, NAN, n && flips[n - 1] == '%' };
	if (o->n_data < 2 && (flips || o->max_difference || o->min_saliency_rank))
		return err_set(e, ERR_VALUE, "--%s needs DATA",
		               flips               ? "max-flips"
		               : o->max_difference ? "max-difference"
		                                   : "min-saliency-rank");
	if (flips)
		bad = gate(&g->flips, "max-flips", flips, n - g->share, 0, g->share ? 100 : 1e15, e);
	if (!bad && o->max_difference)
		bad = gate(&g->difference, "max-difference", o->max_difference, strlen(o->max_difference), 0, 1e30, e);
	if (!bad && o->min_saliency_rank)
		bad = gate(&g->rank, "min-saliency-rank", o->min_saliency_rank, strlen(o->min_saliency_rank), -1, 1, e);
	return bad;
}

/* 3 with a sentence in e if a threshold is passed. */
static int judge(const struct gates *g, const struct diff_result *r, struct err *e)
{
	const struct diff_outputs *o = &r->outputs;
	double flips = g->share && o->units ? 100 * (double)o->flips / (double)o->units : (double)o->flips;
	bool unknown = o->not_finite_one || !o->windows;
	if (unknown && !(isnan(g->flips) && isnan(g->difference)))
		err_set(e, ERR_VALUE,
		        o->not_finite_one ? "--%s: in %lld windows only one model has finite outputs"
		                          : "--%s: there is no window in which the outputs are finite",
		        isnan(g->flips) ? "max-difference" : "max-flips", (long long)o->not_finite_one);
	else if (flips > g->flips)
		err_set(e, ERR_VALUE, "--max-flips: %lld of %lld classes flip, which is more than %g%s",
		        (long long)o->flips, (long long)o->units, g->flips, g->share ? " %" : "");
	else if (o->largest > g->difference)
		err_set(e, ERR_VALUE, "--max-difference: the outputs differ by %.6g, which is more than %g", o->largest,
		        g->difference);
	else if (!isnan(g->rank) && !r->maps.n)
		err_set(e, ERR_VALUE, "--min-saliency-rank: no window has two maps that can be compared");
	else if (!isnan(g->rank) && !(r->maps.mean >= g->rank))
		err_set(e, ERR_VALUE,
		        "--min-saliency-rank: the mean rank correlation of saliency is %.4f, less than %g",
		        r->maps.mean, g->rank);
	else
		return 0;
	return 3;
}

/* ---- both models ---- */

struct two {
	struct loaded l[2];
	char name[2][256];
	char *hash[2], *recipe[2];
	char **differ; /* [n_differ] options of the recipes that differ */
	int n_differ;
};

/* The model that `side` names, with the data. */
static int load_side(struct two *w, const struct options *o, int side, struct err *e)
{
	struct options own = *o;
	struct loaded *l = &w->l[side];
	own.model = side ? o->data[0] : o->model;
	own.data = o->n_data > 1 ? o->data + 1 : NULL;
	own.n_data = o->n_data - 1;
	text_clean(w->name[side], sizeof w->name[side], own.model, strlen(own.model));
	int bad = load(l, &own, (side ? LOAD_SILENT : 0) | (own.data ? 0 : LOAD_ARCHITECTURE), e);
	bad = bad ? bad : model_hash(l->model, &w->hash[side], e);
	w->recipe[side] = bad ? NULL : recipe_options(&l->recipe);
	if (bad || !side || o->quiet)
		return bad;
	if (l->model->warning)
		say_warning("%s: %s", l->model->file, l->model->warning);
	char *line = recipe_line(&l->recipe, l->recipe_from);
	if (line && own.data)
		say_remark(line);
	free(line);
	return 0;
}

static void add_differ(struct two *w, char *text)
{
	w->differ = xrealloc(w->differ, (size_t)w->n_differ + 1, sizeof *w->differ);
	w->differ[w->n_differ++] = text;
}

static void compare_recipes(struct two *w)
{
	const struct dataset *a = &w->l[0].data, *b = &w->l[1].data;
	for (int i = 0; recipe_fields[i]; i++) {
		char *p = recipe_text(&w->l[0].recipe, recipe_fields[i]);
		char *q = recipe_text(&w->l[1].recipe, recipe_fields[i]);
		if (strcmp(recipe_fields[i], "scaler") && strcmp(p ? p : "", q ? q : ""))
			add_differ(w, xasprintf("--%s: %.40s here, %.40s there", recipe_fields[i], p ? p : "not given",
			                        q ? q : "not given"));
		free(p);
		free(q);
	}
	if (diff_scalers_differ(a, b))
		add_differ(w, xstrdup("the numbers that the columns are scaled with"));
}

static void two_release(struct two *w)
{
	for (int s = 0; s < 2; s++) {
		loaded_release(&w->l[s]);
		free(w->hash[s]);
		free(w->recipe[s]);
	}
	for (int k = 0; k < w->n_differ; k++)
		free(w->differ[k]);
	free(w->differ);
}

/* ---- text ---- */

enum { NAME_COLUMNS = 28, NAME_SIZE = 8 * NAME_COLUMNS };

static void put(FILE *f, const char *s, int width)
{
	char text[NAME_SIZE];
	text_shorten(text, sizeof text, s, width);
	fprintf(f, "%s%*s  ", text, width - text_width(text), "");
}

/* A figure in a column of 10. */
static void cell(FILE *f, double v)
{
	if (isnan(v))
		fprintf(f, "  %10s", "-");
	else
		fprintf(f, "  %10.4g", v);
}

static void write_heads(FILE *f, const struct two *w, const struct diff_result *r)
{
	for (int s = 0; s < 2; s++) {
		const struct model *m = w->l[s].model;
		fprintf(f, "%s  %s: %s, %lld parameters, model %.12s, weights %.12s\n", s ? "there" : "here ",
		        w->name[s], m->format, (long long)m->params, w->hash[s], r->hash[s]);
	}
	for (int k = 0; k < w->n_differ && r->has_data; k++)
		fprintf(f, "%s%s\n", k ? "               " : "recipes differ ", w->differ[k]);
}

static const char *class_of(const struct dataset *d, int k, char buf[32])
{
	if (d->class_name && k >= 0 && k < d->n_class)
		return d->class_name[k];
	snprintf(buf, 32, "%d", k);
	return k < 0 ? "-" : buf;
}

static void write_worst(FILE *f, const struct two *w, const struct diff_outputs *o)
{
	const struct dataset *d = &w->l[0].data;
	if (!o->n_worst)
		return;
	fprintf(f, "\n%-9s  %9s  %7s  %12s  %12s  %10s%s\n", "window", "row", o->probabilities ? "class" : "output",
	        "here", "there", "difference", o->worst[0].cls[0] >= 0 ? "  classes; true one" : "");
	for (int k = 0; k < o->n_worst; k++) {
		const struct diff_worst *q = &o->worst[k];
		char a[32], b[32], c[32];
		fprintf(f, "%9lld  %9lld  %7lld  %12.6g  %12.6g  %10.4g", (long long)q->window,
		        (long long)dataset_row(d, q->window), (long long)q->output, q->said[0], q->said[1],
		        q->difference);
		if (q->cls[0] >= 0)
			fprintf(f, "  %s, %s; %s", class_of(d, q->cls[0], a), class_of(d, q->cls[1], b),
			        class_of(d, q->truth, c));
		fputc('\n', f);
	}
}

static void write_outputs(FILE *f, const struct two *w, const struct diff_result *r)
{
	const struct diff_outputs *o = &r->outputs;
	enum task task = w->l[0].q.task;
	fprintf(f, "\n%lld windows: %s differ by at most %.6g, on average by %.6g", (long long)o->windows,
	        o->probabilities ? "probabilities" : "outputs", o->largest, o->mean);
	if (isfinite(o->raw_largest))
		fprintf(f, " (in raw units %.6g and %.6g)", o->raw_largest, o->raw_mean);
	fprintf(f, "%s\n", o->converted ? "; those there on the scale of those here" : "");
	if (o->not_finite[0] || o->not_finite[1])
		fprintf(f,
		        "%lld windows have outputs here that are not finite, %lld there; in %lld only one model has\n",
		        (long long)o->not_finite[0], (long long)o->not_finite[1], (long long)o->not_finite_one);
	if (o->units)
		fprintf(f,
		        "%lld of %lld %s flip (%.3g %%); of %lld with a true class %lld from right to wrong, %lld from "
		        "wrong to "
		        "right\n",
		        (long long)o->flips, (long long)o->units,
		        task == TASK_SEGMENTATION ? "classes of steps" : "classes",
		        100 * (double)o->flips / (double)o->units, (long long)o->known, (long long)o->right_to_wrong,
		        (long long)o->wrong_to_right);
	if (o->errors) {
		fprintf(f, "%s %.6g here, %.6g there, difference %+.6g",
		        o->units ? "share of wrong classes" : "mean squared error", o->error[0], o->error[1],
		        o->difference);
		if (isfinite(o->low))
			fprintf(f, " (95 %% interval %+.6g to %+.6g: paired bootstrap, blocks of %lld)", o->low,
			        o->high, (long long)o->block);
		else
			fprintf(f, " (no interval: less than %d blocks of %lld windows that share rows)",
			        DIFF_BLOCKS_LEAST, (long long)o->block);
		fputc('\n', f);
	}
	write_worst(f, w, o);
}

static void write_maps(FILE *f, const struct two *w, const struct diff_result *r)
{
	const struct diff_maps *q = &r->maps;
	char target[TARGET_TEXT];
	target_format(&w->l[0].q.target, w->l[0].model, target, sizeof target);
	fprintf(f, "\nsaliency of the target %s by %s in %lld windows: ", target,
	        saliency_methods[w->l[0].q.method].name, (long long)(q->n + q->without));
	if (q->n)
		fprintf(f, "rank correlation %.4f on average, median %.4f, lowest %.4f in window %lld", q->mean,
		        q->median, q->lowest, (long long)q->lowest_window);
	if (q->without)
		fprintf(f, "%s%lld windows have a map without order", q->n ? "; " : "", (long long)q->without);
	fputc('\n', f);
}

static void shape_of(const struct layer *l, char *buf, size_t size)
{
	if (!l || l->kind != LAYER_ANALYSED)
		snprintf(buf, size, "%s", l ? "?" : "-");
	else if (l->has_time)
		snprintf(buf, size, "%lld x %lld", (long long)l->filters, (long long)l->times);
	else
		snprintf(buf, size, "%lld", (long long)l->filters);
}

static void write_figures(FILE *f, const struct diff_layer *l)
{
	cell(f, l->share);
	cell(f, l->relative);
	cell(f, l->matched);
	cell(f, l->mean);
	cell(f, l->lowest);
	fprintf(f, "  %9d", l->moved);
	fprintf(f, "%s", l->renumbered ? "  renumbered" : l->diverges ? "  diverges" : "");
}

static void write_layers(FILE *f, const struct two *w, const struct diff_result *r)
{
	fputc('\n', f);
	put(f, "layer here", NAME_COLUMNS);
	put(f, "layer there", NAME_COLUMNS);
	fprintf(f, "%-10s  %-10s", "shape here", "there");
	if (r->has_data)
		fprintf(f, "  %10s  %10s  %10s  %10s  %10s  %9s", "largest", "relative", "matched", "r mean",
		        "r lowest", "other no.");
	fputc('\n', f);
	for (int k = 0; k < r->n_pair; k++) {
		const struct diff_pair *p = &r->pair[k];
		const struct layer *a = p->a < 0 ? NULL : &w->l[0].model->layer[p->a];
		const struct layer *b = p->b < 0 ? NULL : &w->l[1].model->layer[p->b];
		char here[64], there[64];
		shape_of(a, here, sizeof here);
		shape_of(b, there, sizeof there);
		put(f, a ? a->name : "-", NAME_COLUMNS);
		put(f, b ? b->name : "-", NAME_COLUMNS);
		fprintf(f, "%-10s  %-10s", here, there);
		if (p->within)
			fprintf(f, "  the other model has it in the layer above");
		else if (r->layer)
			write_figures(f, &r->layer[k]);
		fputc('\n', f);
	}
	if (r->has_data)
		fprintf(f,
		        "(in %lld windows. largest: difference of an activation, as a share of the largest activation "
		        "of the "
		        "layer;\n relative: norm of the differences, filter by filter; matched: the same with each "
		        "filter's "
		        "partner;\n r: correlation of filters with their partners; other no.: filters whose partner "
		        "has another "
		        "number)\n",
		        (long long)r->windows);
}

static void write_weights(FILE *f, const struct two *w, const struct diff_result *r)
{
	const struct graph *g[] = { w->l[0].model->graph, w->l[1].model->graph };
	fputc('\n', f);
	put(f, "weights here", NAME_COLUMNS);
	put(f, "weights there", NAME_COLUMNS);
	fprintf(f, "%-14s  %10s  %10s  %10s\n", "shape", "largest", "relative", "cosine");
	for (int k = 0; k < r->n_weight; k++) {
		const struct diff_weight *q = &r->weight[k];
		const struct value *a = q->a < 0 ? NULL : &g[0]->value[q->a], *b = q->b < 0 ? NULL : &g[1]->value[q->b];
		char shape[64], other[64];
		shape_format(a ? &a->shape : &b->shape, shape, sizeof shape);
		put(f, a ? a->name : "-", NAME_COLUMNS);
		put(f, b ? b->name : "-", NAME_COLUMNS);
		fprintf(f, "%-14s", shape);
		if (q->equal) {
			fprintf(f, "  %10s", "equal");
		} else if (q->shaped) {
			cell(f, q->largest), cell(f, q->relative), cell(f, q->cosine);
		} else if (a && b) {
			shape_format(&b->shape, other, sizeof other);
			fprintf(f, "  %s there", other);
		}
		fprintf(f, "%s\n", q->turned ? "  turned" : "");
	}
}

static void write_text(FILE *f, const struct two *w, const struct diff_job *j, const struct diff_result *r)
{
	char sentence[1024];
	diff_sentence(j, r, sentence, sizeof sentence);
	fprintf(f, "%s\n\n", sentence);
	write_heads(f, w, r);
	if (r->has_data) {
		write_outputs(f, w, r);
		write_maps(f, w, r);
	}
	write_layers(f, w, r);
	write_weights(f, w, r);
}

/* ---- the verb ---- */

static void progress(void *ctx, int64_t windows, int64_t of)
{
	progress_say(ctx, windows, of, "windows");
}

static void write_as_json(FILE *f, const struct two *w, const struct diff_job *j, const struct diff_result *r)
{
	char target[TARGET_TEXT] = "";
	if (r->has_data)
		target_format(&w->l[0].q.target, w->l[0].model, target, sizeof target);
	diff_json(f,
	          &(struct diff_head){ .version = TSVIZ_VERSION,
	                               .model = { w->l[0].model->file, w->l[1].model->file },
	                               .hash = { w->hash[0], w->hash[1] },
	                               .data = r->has_data ? w->l[0].data.file : NULL,
	                               .recipe = { w->recipe[0], w->recipe[1] },
	                               .target = target,
	                               .method = saliency_methods[w->l[0].q.method].name,
	                               .n_differ = w->n_differ,
	                               .differ = (const char *const *)w->differ,
	                               .seed = w->l[0].q.seed },
	          j, r);
}

static int compare(const struct options *o, struct two *w, const struct gates *g, struct err *e)
{
	struct diff_result r;
	struct progress bar;
	struct output out;
	struct diff_job j = { .m = { w->l[0].model, w->l[1].model },
		              .q = { &w->l[0].q, &w->l[1].q },
		              .name = { w->name[0], w->name[1] },
		              .windows = o->windows ? o->windows : DIFF_WINDOWS,
		              .threads = options_threads(o),
		              .ctx = &bar,
		              .progress = progress };
	for (int s = 0; s < 2 && w->l[0].has_data; s++)
		j.d[s] = &w->l[s].data;
	if (diff_check(&j, e))
		return 1;
	if (w->l[0].has_data)
		compare_recipes(w);
	if (!isnan(g->flips) && !target_has_class(w->l[0].q.task))
		return err_set(e, ERR_VALUE,
		               "--max-flips: the task is %s, which predicts no classes; --max-difference limits the "
		               "outputs",
		               task_names[w->l[0].q.task]),
		       1;
	progress_init(&bar, !o->quiet);
	diff_run(&j, &r);
	progress_end(&bar);
	int bad = output_open(&out, o, e);
	if (!bad) {
		if (o->json)
			write_as_json(out.f, w, &j, &r);
		else
			write_text(out.f, w, &j, &r);
		bad = output_close(&out, e);
	}
	int status = bad ? 1 : r.has_data ? judge(g, &r, e) : 0;
	diff_release(&r);
	return status;
}

static void check_models(const struct two *w, struct err *e)
{
	struct err other = { 0 };
	const struct diff_job j = { .m = { w->l[0].model, w->l[1].model }, .name = { w->name[0], w->name[1] } };
	if (diff_check_models(&j, &other))
		*e = other;
}

int cmd_diff(struct options *o, struct err *e)
{
	struct two w = { 0 };
	struct gates g;
	if (take_gates(o, &g, e))
		return 2;
	if (o->method == METHOD_AUTO) {
		err_set(e, ERR_VALUE, "--method auto may choose another method for each model; name one for both");
		return 2;
	}
	int bad = load_side(&w, o, 0, e);
	bad = bad ? bad : load_side(&w, o, 1, e);
	/* the data suit the first model alone: say how the second one differs */
	if (bad && w.l[1].model && w.l[0].has_data)
		check_models(&w, e);
	int status = bad ? 1 : compare(o, &w, &g, e);
	two_release(&w);
	return status;
}
