#include "core/data/metrics_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- errors along the axes ---- */

static void axis_init(struct axis_errors *a, int64_t n)
{
	double *v = xcalloc((size_t)(4 * n), sizeof *v);
	*a = (struct axis_errors){ n, v, v + n, v + 2 * n, v + 3 * n };
}

static void axis_add(struct axis_errors *a, int64_t i, double gap, double raw)
{
	a->mse[i] += gap * gap;
	a->mae[i] += fabs(gap);
	a->raw_mse[i] += raw * raw;
	a->raw_mae[i] += fabs(raw);
}

static void axis_end(struct axis_errors *a, double count)
{
	for (int64_t i = 0; i < 4 * a->n; i++)
		a->mse[i] = count > 0 ? a->mse[i] / count : (double)NAN;
}

void metrics_axes(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions)
{
	real *y = xcalloc((size_t)d->n_y, sizeof *y);
	double *raw = xcalloc((size_t)d->n_y, sizeof *raw);
	int64_t used = 0;
	axis_init(&q->step, m->out_steps);
	axis_init(&q->channel, m->out_channels);
	for (int64_t i = 0; i < q->windows; i++) {
		const real *p = predictions + i * m->outputs;
		if (!metrics_all_finite(p, m->outputs) || !dataset_truth(d, i, y) || !dataset_truth_raw(d, i, raw))
			continue;
		used++;
		for (int64_t t = 0; t < m->out_steps; t++)
			for (int64_t c = 0; c < m->out_channels; c++) {
				int64_t k = model_output_index(m, t, c);
				double gap = (double)p[k] - (double)y[k];
				double in_raw = dataset_unscale(d, i, k, (double)p[k]) - raw[k];
				axis_add(&q->step, t, gap, in_raw);
				axis_add(&q->channel, c, gap, in_raw);
			}
	}
	axis_end(&q->step, (double)(used * m->out_channels));
	axis_end(&q->channel, (double)(used * m->out_steps));
	free(y);
	free(raw);
}

/* ---- anomalies ---- */

double metrics_window_error(const struct model *m, const struct dataset *d, int64_t i, const real *o)
{
	real *y = xcalloc((size_t)m->outputs, sizeof *y);
	double sum = 0;
	bool known = d->n_y == m->outputs && dataset_truth(d, i, y);
	for (int64_t k = 0; k < m->outputs; k++)
		sum += ((double)o[k] - (double)y[k]) * ((double)o[k] - (double)y[k]);
	free(y);
	return known ? sum / (double)m->outputs : (double)NAN;
}

int metrics_normal_class(const struct dataset *d)
{
	static const char *const names[] = { "0", "normal", "ok", "good", "healthy", "negative", "false", "no", NULL };
	for (int i = 0; names[i]; i++)
		for (int k = 0; k < d->n_class; k++)
			if (!strcasecmp(d->class_name[k], names[i]))
				return k;
	return 0;
}

struct scored {
	double score;
	bool anomaly;
};

static int by_score(const void *pa, const void *pb)
{
	const struct scored *a = pa, *b = pb;
	return (a->score > b->score) - (a->score < b->score);
}

void metrics_rank(struct anomalies *a, int64_t n, const double *score, const bool *anomaly)
{
	struct scored *s = xcalloc((size_t)n + 1, sizeof *s);
	double wins = 0, area = 0;
	int64_t above = 0;
	a->n_normal = a->n_anomaly = 0;
	for (int64_t i = 0; i < n; i++) {
		s[i] = (struct scored){ score[i], anomaly[i] };
		*(anomaly[i] ? &a->n_anomaly : &a->n_normal) += 1;
	}
	qsort(s, (size_t)n, sizeof *s, by_score);
	/* From the largest score down: groups of equal scores are one threshold. */
	for (int64_t end = n, from; end > 0; end = from) {
		int64_t hits = 0;
		for (from = end; from > 0 && s[from - 1].score >= s[end - 1].score; from--)
			hits += s[from - 1].anomaly;
		int64_t others = end - from - hits;
		wins += (double)others * ((double)above + (double)hits / 2);
		above += hits;
		area += (double)hits * (double)above / (double)(n - from);
	}
	bool both = a->n_normal && a->n_anomaly;
	a->roc_auc = both ? wins / ((double)a->n_normal * (double)a->n_anomaly) : (double)NAN;
	a->pr_area = both ? area / (double)a->n_anomaly : (double)NAN;
	free(s);
}

static int by_value(const void *pa, const void *pb)
{
	const double *a = pa, *b = pb;
	return (*a > *b) - (*a < *b);
}

void metrics_anomalies(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions)
{
	struct anomalies *a = &q->anomalies;
	double *score = xcalloc((size_t)q->windows + 1, sizeof *score);
	bool *anomaly = xcalloc((size_t)q->windows + 1, sizeof *anomaly);
	int64_t labelled = 0;
	a->score = xcalloc((size_t)q->windows + 1, sizeof *a->score);
	a->normal = d->has_labels && d->n_class > 1 ? metrics_normal_class(d) : -1;
	for (int64_t i = 0; i < q->windows; i++) {
		const real *p = predictions + i * m->outputs;
		double v = metrics_window_error(m, d, i, p);
		int cls = dataset_class(d, i);
		if (!isfinite(v))
			continue;
		a->score[a->n++] = v;
		if (cls < 0)
			continue;
		score[labelled] = v;
		anomaly[labelled++] = cls != a->normal;
	}
	qsort(a->score, (size_t)a->n, sizeof *a->score, by_value);
	a->roc_auc = a->pr_area = (double)NAN;
	if (a->normal >= 0)
		metrics_rank(a, labelled, score, anomaly);
	free(score);
	free(anomaly);
}

/* ---- a class for each step ---- */

/* Counts of one class against all others. */
struct counts {
	int64_t hit, said, truth;
};

static void rate(struct metrics *q, int k, struct counts n)
{
	q->precision[k] = n.said ? (double)n.hit / (double)n.said : (double)NAN;
	q->recall[k] = n.truth ? (double)n.hit / (double)n.truth : (double)NAN;
	q->f1[k] = n.truth + n.said ? 2 * (double)n.hit / (double)(n.truth + n.said) : (double)NAN;
	q->support[k] = n.truth;
}

static void mean_f1(struct metrics *q)
{
	double sum = 0;
	int n = 0;
	for (int k = 0; k < q->K; k++)
		if (!isnan(q->f1[k])) {
			sum += q->f1[k];
			n++;
		}
	q->macro_f1 = n ? sum / n : (double)NAN;
}

void metrics_rates(struct metrics *q)
{
	int64_t total = 0, right = 0, most = -1;
	for (int a = 0; a < q->K; a++) {
		struct counts n = { .hit = q->confusion[a * q->K + a] };
		for (int b = 0; b < q->K; b++) {
			n.truth += q->confusion[a * q->K + b];
			n.said += q->confusion[b * q->K + a];
		}
		rate(q, a, n);
		total += n.truth;
		right += n.hit;
		if (n.truth > most) {
			most = n.truth;
			q->majority = a;
		}
	}
	q->accuracy = total ? (double)right / (double)total : (double)NAN;
	q->majority_accuracy = total ? (double)most / (double)total : (double)NAN;
	mean_f1(q);
}

/* Returns the true class at step t: the only channel that is 1. -1: unknown; -2: none or several are. */
static int true_class(const struct model *m, const real *y, int64_t t)
{
	int cls = -2;
	if (isnan(y[model_output_index(m, t, 0)]))
		return -1;
	if (m->out_channels == 1)
		return y[model_output_index(m, t, 0)] > (real)0.5;
	for (int64_t c = 0; c < m->out_channels; c++)
		if (y[model_output_index(m, t, c)] > (real)0.5) {
			if (cls >= 0)
				return -2;
			cls = (int)c;
		}
	return cls;
}

/* Whether each step of each window has at most one true class. */
static bool exclusive(const struct metrics *q, const struct model *m, const struct dataset *d, real *y)
{
	for (int64_t i = 0; i < q->windows; i++)
		for (int64_t t = 0; dataset_truth(d, i, y) && t < m->out_steps; t++)
			if (true_class(m, y, t) == -2)
				return false;
	return true;
}

/* One class for each step. */
static void count_classes(struct metrics *q, const struct model *m, const real *p, const real *y, int64_t *known)
{
	for (int64_t t = 0; t < m->out_steps; t++) {
		int truth = true_class(m, y, t), said = model_step_class(m, p, t);
		if (truth < 0)
			continue;
		q->confusion[truth * q->K + said]++;
		q->step_accuracy[t] += truth == said;
		known[t]++;
		q->steps++;
	}
}

/* Each channel is a yes or no of its own; what is right is counted for each channel of each step. */
static void count_channels(struct metrics *q, const struct model *m, const real *p, const real *y, int64_t *known,
                           struct counts *n)
{
	for (int64_t t = 0; t < m->out_steps; t++) {
		if (isnan(y[model_output_index(m, t, 0)]))
			continue;
		q->steps++;
		for (int64_t c = 0; c < m->out_channels; c++) {
			int64_t k = model_output_index(m, t, c);
			bool truth = y[k] > (real)0.5, said = p[k] > (real)(m->head == HEAD_LINEAR ? 0 : 0.5);
			n[c].hit += truth && said;
			n[c].truth += truth;
			n[c].said += said;
			q->step_accuracy[t] += truth == said;
			known[t]++;
		}
	}
}

static void multilabel_rates(struct metrics *q, const struct counts *n, const int64_t *known)
{
	double right = 0, all = 0, most = 0;
	for (int k = 0; k < q->K; k++) {
		rate(q, k, n[k]);
		int64_t other = q->steps - n[k].truth;
		most += (double)(n[k].truth > other ? n[k].truth : other);
	}
	for (int64_t t = 0; t < q->step.n; t++) {
		right += q->step_accuracy[t];
		all += (double)known[t];
	}
	q->accuracy = all > 0 ? right / all : (double)NAN;
	q->majority_accuracy = all > 0 ? most / all : (double)NAN;
	mean_f1(q);
}

int metrics_segmentation(struct metrics *q, const struct model *m, const struct dataset *d, const real *predictions,
                         struct err *e)
{
	int64_t K = model_step_classes(m);
	if (K > 10000)
		return err_set(e, ERR_LIMIT, "%lld channels are too many classes, 10000 at most", (long long)K);
	real *y = xcalloc((size_t)d->n_y, sizeof *y);
	struct counts *n = xcalloc((size_t)K, sizeof *n);
	int64_t *known = xcalloc((size_t)m->out_steps, sizeof *known);
	bool several = m->out_channels > 1 && m->head != HEAD_SOFTMAX && !exclusive(q, m, d, y);
	q->K = (int)K;
	q->step.n = m->out_steps;
	q->confusion = several ? NULL : xcalloc((size_t)(K * K), sizeof *q->confusion);
	q->precision = xcalloc((size_t)K, sizeof *q->precision);
	q->recall = xcalloc((size_t)K, sizeof *q->recall);
	q->f1 = xcalloc((size_t)K, sizeof *q->f1);
	q->support = xcalloc((size_t)K, sizeof *q->support);
	q->step_accuracy = xcalloc((size_t)m->out_steps, sizeof *q->step_accuracy);
	for (int64_t i = 0; i < q->windows; i++) {
		const real *p = predictions + i * m->outputs;
		if (!metrics_all_finite(p, m->outputs))
			q->n_bad++;
		else if (dataset_truth(d, i, y) && several)
			count_channels(q, m, p, y, known, n);
		else if (dataset_truth(d, i, y))
			count_classes(q, m, p, y, known);
	}
	int bad = q->steps || q->n_bad ? 0 : err_set(e, ERR_VALUE, "no step of any window has a known class");
	if (several)
		multilabel_rates(q, n, known);
	else
		metrics_rates(q);
	for (int64_t t = 0; t < m->out_steps; t++)
		q->step_accuracy[t] = known[t] ? q->step_accuracy[t] / (double)known[t] : (double)NAN;
	free(y);
	free(n);
	free(known);
	return bad;
}
