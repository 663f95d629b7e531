#include "core/data/metrics_steps.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- errors along the axes ---- */

void axis_init(struct axis_errors *a, int64_t n)
{
	double *v = xcalloc((size_t)(4 * n) + 1, sizeof *v);
	*a = (struct axis_errors){ n, v, v + n, v + 2 * n, v + 3 * n };
}

static void axis_add(struct axis_errors *a, int64_t i, double gap, double raw)
{
	a->mse[i] += gap * gap;
	a->mae[i] += fabs(gap);
	a->raw_mse[i] += raw * raw;
	a->raw_mae[i] += fabs(raw);
}

void errors_of_axes(struct error_sums *s, const struct model *m, const struct dataset *d, int64_t i, const real *p,
                    const real *y, const double *raw)
{
	s->n_axis++;
	for (int64_t t = 0; t < m->out_steps; t++)
		for (int64_t c = 0; c < m->out_channels; c++) {
			int64_t k = model_output_index(m, t, c);
			double gap = (double)p[k] - (double)y[k];
			double in_raw = dataset_unscale(d, i, k, (double)p[k]) - raw[k];
			axis_add(&s->step, t, gap, in_raw);
			axis_add(&s->channel, c, gap, in_raw);
		}
}

static void axis_mean(struct axis_errors *to, const struct axis_errors *sum, int64_t n, double count)
{
	axis_init(to, n);
	for (int64_t i = 0; i < 4 * n; i++)
		to->mse[i] = count > 0 ? sum->mse[i] / count : (double)NAN;
}

void axes_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h)
{
	axis_mean(&q->step, &s->step, h->steps, (double)s->n_axis * (double)h->channels);
	axis_mean(&q->channel, &s->channel, h->channels, (double)s->n_axis * (double)h->steps);
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

void error_scores_room(struct error_sums *s, int64_t n)
{
	s->score = xrealloc(s->score, (size_t)n + 1, sizeof *s->score);
	s->score_class = xrealloc(s->score_class, (size_t)n + 1, sizeof *s->score_class);
}

void score_count(struct error_sums *s, const struct model *m, const struct dataset *d, int64_t i, const real *p)
{
	double v = metrics_window_error(m, d, i, p);
	if (!isfinite(v))
		return;
	if ((s->n_score & (s->n_score - 1)) == 0)
		error_scores_room(s, 2 * s->n_score + 1);
	s->score[s->n_score] = v;
	s->score_class[s->n_score++] = dataset_class(d, i);
}

void scores_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h)
{
	struct anomalies *a = &q->anomalies;
	double *score = xcalloc((size_t)s->n_score + 1, sizeof *score);
	bool *anomaly = xcalloc((size_t)s->n_score + 1, sizeof *anomaly);
	int64_t labelled = 0;
	a->score = xcalloc((size_t)s->n_score + 1, sizeof *a->score);
	a->normal = h->normal;
	for (int64_t i = 0; i < s->n_score; i++) {
		a->score[a->n++] = s->score[i];
		if (s->score_class[i] < 0)
			continue;
		score[labelled] = s->score[i];
		anomaly[labelled++] = s->score_class[i] != a->normal;
	}
	qsort(a->score, (size_t)a->n, sizeof *a->score, by_value);
	a->roc_auc = a->pr_area = (double)NAN;
	if (a->normal >= 0)
		metrics_rank(a, labelled, score, anomaly);
	free(score);
	free(anomaly);
}

/* ---- a class for each step ---- */

static void rate(struct metrics *q, int k, struct class_counts n)
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
		struct class_counts n = { .hit = q->confusion[a * q->K + a] };
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

/* One class for each step. */
static void count_one(struct error_sums *s, int64_t K, int64_t t, int truth, int said)
{
	if (truth < 0)
		return;
	s->confusion[truth * K + said]++;
	s->one_step[t].known++;
	s->one_step[t].right += truth == said;
}

/* Each channel is a yes or no of its own; what is right is counted for each channel of each step. */
static void count_each(struct error_sums *s, const struct model *m, int64_t t, const real *p, const real *y)
{
	for (int64_t c = 0; c < m->out_channels; c++) {
		int64_t k = model_output_index(m, t, c);
		bool truth = y[k] > (real)0.5, said = p[k] > (real)(m->head == HEAD_LINEAR ? 0 : 0.5);
		s->each[c].hit += truth && said;
		s->each[c].truth += truth;
		s->each[c].said += said;
		s->each_step[t].known++;
		s->each_step[t].right += truth == said;
	}
}

void steps_count(struct error_sums *s, const struct model *m, const struct error_shape *h, const real *p, const real *y)
{
	for (int64_t t = 0; t < m->out_steps; t++) {
		int truth = true_class(m, y, t);
		s->n_unclear += truth == -2;
		if (!p || truth == -1)
			continue;
		count_one(s, h->K, t, truth, model_step_class(m, p, t));
		if (h->several)
			count_each(s, m, t, p, y);
	}
}

static void multilabel_rates(struct metrics *q, const struct error_sums *s, const struct error_shape *h)
{
	double right = 0, all = 0, most = 0;
	for (int64_t t = 0; t < h->steps; t++) {
		right += (double)s->each_step[t].right;
		all += (double)s->each_step[t].known;
	}
	q->steps = (int64_t)all / h->channels;
	for (int k = 0; k < q->K; k++) {
		rate(q, k, s->each[k]);
		int64_t other = q->steps - s->each[k].truth;
		most += (double)(s->each[k].truth > other ? s->each[k].truth : other);
	}
	q->accuracy = all > 0 ? right / all : (double)NAN;
	q->majority_accuracy = all > 0 ? most / all : (double)NAN;
	mean_f1(q);
}

void steps_from_sums(struct metrics *q, const struct error_sums *s, const struct error_shape *h)
{
	bool several = h->several && s->n_unclear;
	const struct step_counts *n = several ? s->each_step : s->one_step;
	q->step.n = h->steps;
	q->step_accuracy = xcalloc((size_t)h->steps + 1, sizeof *q->step_accuracy);
	for (int64_t t = 0; t < h->steps; t++)
		q->step_accuracy[t] = n[t].known ? (double)n[t].right / (double)n[t].known : (double)NAN;
	if (several) {
		multilabel_rates(q, s, h);
		return;
	}
	for (int64_t t = 0; t < h->steps; t++)
		q->steps += n[t].known;
	metrics_rates(q);
}
