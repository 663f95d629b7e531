/* truth: how far the maps of the saliency methods may be believed, on this model and these windows. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/truth/truth.h"
#include "src/answer/answer_head.h"
#include "src/job/progress.h"
#include "src/json/truth_json.h"
#include "src/verbs/cmd.h"
#include "src/kept/kept_truths.h"

/* ---- options ---- */

/* Calls take for each name between commas. */
static int each_name(const char *list, int (*take)(struct truth_job *j, const char *name, struct err *e),
                     struct truth_job *j, struct err *e)
{
	for (const char *s = list;; s++) {
		size_t n = strcspn(s, ",");
		char *name = xstrndup(s, n);
		int bad = take(j, name, e);
		free(name);
		s += n;
		if (bad || !*s)
			return bad;
	}
}

static int add_method(struct truth_job *j, int k, struct err *e)
{
	for (int i = 0; i < j->n_method; i++)
		if (j->method[i].method == k)
			return 0;
	if (j->n_method == TRUTH_METHODS_MAX)
		return err_set(e, ERR_LIMIT, "--methods: at most %d can be compared", TRUTH_METHODS_MAX);
	j->method[j->n_method++] = (struct truth_method){ .name = saliency_methods[k].name, .method = k };
	return 0;
}

static int take_method(struct truth_job *j, const char *name, struct err *e)
{
	int bad = 0;
	if (strcmp(name, "all")) {
		int k = saliency_find(name);
		if (k < 0)
			return err_set(e, ERR_VALUE, "--methods: there is no method '%s'; tsviz --methods lists them",
			               name);
		return add_method(j, k, e);
	}
	for (int k = 0; saliency_methods[k].name && !bad; k++)
		bad = add_method(j, k, e);
	return bad;
}

static int take_replace(struct truth_job *j, const char *name, struct err *e)
{
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (!strcmp(name, replace_names[how])) {
			j->replaces |= 1u << how;
			return 0;
		}
	return err_set(e, ERR_VALUE,
	               "--replace: there is no replacement '%s'; there are mean, zero, interpolate and window", name);
}

/* "segment:5" */
static int take_unit(struct truth_job *j, const char *unit, struct err *e)
{
	static const char segment[] = "segment:";
	double v = 0;
	j->length = 1;
	if (!unit || !strcmp(unit, "point"))
		return 0;
	if (strncmp(unit, segment, sizeof segment - 1) ||
	    number_parse(unit + sizeof segment - 1, strlen(unit + sizeof segment - 1), '.', &v) != NUMBER_OK || v < 1 ||
	    v > 1e9 || v != floor(v))
		return err_set(e, ERR_VALUE, "--unit '%s': point, or segment:N with N steps, is expected", unit);
	j->length = (int64_t)v;
	return 0;
}

/* A threshold: METHOD:SRG. */
struct threshold {
	int method; /* index into saliency_methods; -1: none was given */
	double srg;
};

static int take_threshold(struct threshold *t, const char *text, struct err *e)
{
	const char *colon = text ? strrchr(text, ':') : NULL;
	t->method = -1;
	if (!text)
		return 0;
	char *name = colon ? xstrndup(text, (size_t)(colon - text)) : xstrdup(text);
	t->method = saliency_find(name);
	free(name);
	if (!colon || t->method < 0 || number_parse(colon + 1, strlen(colon + 1), '.', &t->srg) != NUMBER_OK)
		return err_set(e, ERR_VALUE, "--fail-under '%s': METHOD:SRG is expected, as in integrated:0.3", text);
	return 0;
}

static int check_options(const struct options *o, struct truth_job *j, struct threshold *t, struct err *e)
{
	int bad = each_name(o->methods ? o->methods : "all", take_method, j, e);
	bad = bad ? bad : each_name(o->replace ? o->replace : "mean,zero,interpolate,window", take_replace, j, e);
	bad = bad ? bad : take_unit(j, o->unit, e);
	bad = bad ? bad : take_threshold(t, o->fail_under, e);
	for (int m = 0; !bad && t->method >= 0; m++) {
		if (m == j->n_method)
			return err_set(e, ERR_VALUE, "--fail-under: --methods does not name %s",
			               saliency_methods[t->method].name);
		if (j->method[m].method == t->method)
			break;
	}
	return bad;
}

/* What the options say once model and data are there. */
static int job_fill(const struct options *o, const struct loaded *l, struct truth_job *j, struct err *e)
{
	j->m = l->model;
	j->d = &l->data;
	j->q = &l->q;
	j->windows = o->windows ? o->windows : TRUTH_WINDOWS;
	j->series = l->q.series;
	j->more = true;
	j->threads = options_threads(o);
	if (l->data.n < 1 || (target_is_loss(&l->q.target) && l->data.n_target < 1))
		return err_set(e, ERR_VALUE, "%s: there is no window%s", l->read->name,
		               l->data.n < 1 ? "" : " with a true value, which the target asks for");
	if (j->length > l->model->T)
		return err_set(e, ERR_VALUE, "--unit segment:%lld: the windows have %lld steps", (long long)j->length,
		               (long long)l->model->T);
	return 0;
}

static int job_mask(const struct options *o, const struct loaded *l, const struct truth_job *j, struct truth_mask *mask,
                    unsigned char **marked, struct err *e)
{
	bool derives = perturb_derives(j->d);
	if (derives && !j->series)
		return err_set(e, ERR_VALUE,
		               "--mask %s: the window has channels that are derived from others, and the mask does not "
		               "say which of their points are important; --points series compares the others alone",
		               o->mask);
	return load_mask(l, o, derives ? j->d->n_source : j->d->C, mask, marked, e);
}

/* ---- text ---- */

static void cell(FILE *f, int width, double v)
{
	if (isfinite(v))
		fprintf(f, "  %*.3f", width, v);
	else
		fprintf(f, "  %*s", width, "-");
}

static void table_srg(FILE *f, const struct truth_result *r, const int *order)
{
	fprintf(f, "%-16s  %5s", "SRG", "mean");
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (r->replaces & 1u << how)
			fprintf(f, "  %-19s", replace_names[how]);
	fputc('\n', f);
	for (int i = 0; i < r->n_row; i++) {
		const struct truth_row *row = &r->row[order[i]];
		fprintf(f, "%-16s", row->name);
		cell(f, 5, row->measure[TRUTH_SRG]);
		for (int how = 0; how < REPLACE_COUNT; how++) {
			const struct truth_srg *s = &row->of[how];
			char text[64];
			if (!(r->replaces & 1u << how))
				continue;
			snprintf(text, sizeof text, "%.3f %.3f..%.3f", s->srg, s->low, s->high);
			fprintf(f, "  %-19s", isfinite(s->srg) ? text : "-");
		}
		fputc('\n', f);
	}
}

static void table_others(FILE *f, const struct truth_result *r, const int *order)
{
	fprintf(f, "\n%-16s", "other measures");
	for (int k = TRUTH_SRG + 1; k < TRUTH_OF_MASK; k++)
		fprintf(f, "  %10s", truth_measures[k].label);
	fprintf(f, "  %10s\n", "no order");
	for (int i = 0; i < r->n_row; i++) {
		const struct truth_row *row = &r->row[order[i]];
		if (order[i] == r->n_row - 1)
			continue;
		fprintf(f, "%-16s", row->name);
		for (int k = TRUTH_SRG + 1; k < TRUTH_OF_MASK; k++)
			cell(f, 10, row->measure[k]);
		fprintf(f, "  %8.0f %%\n", 100 * row->alike);
	}
}

/* The row `random` says what chance gives. */
static void table_mask(FILE *f, const struct truth_result *r, const int *order)
{
	if (!r->masked)
		return;
	fprintf(f, "\n%-16s", "beside the mask");
	for (int k = TRUTH_OF_MASK; k < TRUTH_MEASURES; k++)
		fprintf(f, "  %7s", truth_measures[k].label);
	fprintf(f, "   %lld windows%s", (long long)r->mask_windows, r->classes ? " that are predicted right" : "");
	if (r->mask_windows)
		fprintf(f, ", %.1f %% of their %s in the mask", 100 * r->mask_share,
		        r->length == 1 ? "points" : "units");
	fputc('\n', f);
	for (int i = 0; i < r->n_row; i++) {
		fprintf(f, "%-16s", r->row[order[i]].name);
		for (int k = TRUTH_OF_MASK; k < TRUTH_MEASURES; k++)
			cell(f, 7, r->row[order[i]].measure[k]);
		fputc('\n', f);
	}
}

static void table_classes(FILE *f, const struct loaded *l, const struct truth_result *r, const int *order)
{
	if (!r->classes)
		return;
	fprintf(f, "\n%-16s", "SRG by class");
	for (int64_t c = 0; c < r->classes; c++) {
		char name[32], text[64];
		snprintf(name, sizeof name, "%lld", (long long)c);
		text_shorten(text, sizeof text,
		             l->data.class_name && c < l->data.n_class ? l->data.class_name[c] : name, 10);
		fprintf(f, "  %*s%s", 10 - text_width(text), "", text);
	}
	fprintf(f, "\n%-16s", "windows");
	for (int64_t c = 0; c < r->classes; c++)
		fprintf(f, "  %10lld", (long long)r->class_windows[c]);
	fputc('\n', f);
	for (int i = 0; i < r->n_row; i++) {
		const struct truth_row *row = &r->row[order[i]];
		fprintf(f, "%-16s", row->name);
		for (int64_t c = 0; c < r->classes; c++) {
			double sum = 0;
			for (int how = 0; how < REPLACE_COUNT; how++)
				sum += r->replaces & 1u << how ? row->of[how].by_class[c] : 0;
			cell(f, 10, sum / r->n_replace);
		}
		fputc('\n', f);
	}
	fputs("The mean above is no mean of these: SRG is a sum of areas over a sum of changes, so a class whose "
	      "outputs\nchange more when points are replaced counts for more, however few windows it has.\n",
	      f);
}

/* Rows by their mean SRG, the best first. */
static void sort_rows(const struct truth_result *r, int *order)
{
	for (int i = 0; i < r->n_row; i++) {
		int k = i;
		while (k > 0 && r->row[order[k - 1]].measure[TRUTH_SRG] < r->row[i].measure[TRUTH_SRG]) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = i;
	}
}

static void write_text(FILE *f, const struct loaded *l, const struct truth_result *r)
{
	char sentence[1024], target[TARGET_TEXT];
	int order[TRUTH_METHODS_MAX + 1];
	truth_sentence(r, sentence, sizeof sentence);
	target_format(&l->q.target, l->model, target, sizeof target);
	sort_rows(r, order);
	fprintf(f, "%s\n\n%lld windows, target %s, points %s, %lld units of %lld step%s", sentence,
	        (long long)r->windows, target, r->series ? "series" : "free", (long long)r->units, (long long)r->length,
	        r->length == 1 ? "" : "s");
	if (isfinite(r->agreement))
		fprintf(f, "; the replacements agree on the order of the methods by %.2f", r->agreement);
	fprintf(f, "\n\n");
	table_srg(f, r, order);
	table_others(f, r, order);
	table_mask(f, r, order);
	table_classes(f, l, r, order);
}

/* ---- the verb ---- */

static void progress(void *ctx, int64_t windows, int64_t of)
{
	progress_say(ctx, windows, of, "windows");
}

static int write_result(const struct options *o, const struct loaded *l, const struct truth_result *r, struct err *e)
{
	struct answer_out a;
	char target[TARGET_TEXT];
	int bad = answer_open(&a, o, l, "truth", true, e);
	if (bad)
		return bad;
	target_format(&l->q.target, l->model, target, sizeof target);
	if (o->json)
		truth_json(a.output.f,
		           &(struct truth_head){
		                   .envelope = &a.head.envelope, .target = target, .d = &l->data, .seed = l->q.seed },
		           r);
	else
		write_text(a.output.f, l, r);
	return answer_close(&a, e);
}

/* Keeps what the browser shows beside maps, if all of that was measured. */
static void keep_result(const struct loaded *l, const struct truth_job *j, const struct truth_result *r)
{
	struct truth_standing s;
	struct truth_job whole;
	truth_standing_job(&whole, j->m, j->d, j->q);
	if (j->n_method < whole.n_method || j->replaces != whole.replaces || j->series != whole.series ||
	    j->length != 1)
		return;
	truth_standing_of(r, &s);
	kept_truth_keep(l, j->q, &s);
}

/* 3 with a sentence in e if the method is below its threshold. */
static int judge(const struct threshold *t, const struct truth_result *r, struct err *e)
{
	for (int m = 0; m < r->n_row && t->method >= 0; m++) {
		double srg = r->row[m].measure[TRUTH_SRG];
		if (r->row[m].method != t->method || srg >= t->srg)
			continue;
		err_set(e, ERR_VALUE, "--fail-under: the SRG of %s is %.3f, less than %g", r->row[m].name, srg, t->srg);
		return 3;
	}
	return 0;
}

int cmd_truth(struct options *o, struct err *e)
{
	struct loaded l;
	struct truth_job j = { 0 };
	struct truth_result r;
	struct threshold t;
	struct progress bar;
	struct truth_mask mask;
	unsigned char *marked = NULL;
	if (check_options(o, &j, &t, e))
		return 2;
	int bad = load(&l, o, 0, e);
	/* Occlusion hides what truth replaces. */
	if (!bad && !o->points)
		l.q.series = perturb_derives(&l.data);
	bad = bad ? bad : job_fill(o, &l, &j, e);
	if (!bad && o->mask) {
		bad = job_mask(o, &l, &j, &mask, &marked, e);
		j.mask = &mask;
	}
	int status = 1;
	if (!bad) {
		progress_init(&bar, !o->quiet);
		j.ctx = &bar;
		j.progress = progress;
		(void)truth_run(&j, &r); /* nothing stops it */
		progress_end(&bar);
		status = write_result(o, &l, &r, e) ? 1 : judge(&t, &r, e);
		keep_result(&l, &j, &r);
		truth_release(&r);
	}
	free(marked);
	loaded_release(&l);
	return status;
}
