#include "core/model/task.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/graph/op.h"
#include "core/model/recipe_label.h"

const char *const task_names[] = { "auto",           "regression",   "classification", "forecast",
	                           "reconstruction", "segmentation", "sequence",       NULL };

bool task_has_steps(enum task t)
{
	return t >= TASK_FORECAST;
}

/* The axis of the output along which a final Softmax works is that of the channels. */
static bool softmax_over_channels(const struct model *m)
{
	const struct graph *g = m->graph;
	int v = m->output, n;
	while ((n = g->value[v].node) >= 0 && g->node[n].op->flags & (OP_IDENTITY | OP_COPIES))
		v = g->node[n].in[0];
	if (n < 0)
		return false;
	const struct shape *s = &g->value[v].shape;
	int64_t axis = -1, behind = 1;
	for (int i = 0; i < g->node[n].n_attr; i++)
		if (!strcmp(g->node[n].attr[i].name, "axis"))
			axis = g->node[n].attr[i].i;
	axis += axis < 0 ? s->rank : 0;
	if (axis < 0 || axis >= s->rank || s->dim[axis] != m->out_channels)
		return false;
	for (int i = (int)axis + 1; i < s->rank; i++)
		behind *= s->dim[i];
	return behind == (m->out_steps_outer ? 1 : m->out_steps);
}

static struct task_guess guess_steps(const struct model *m)
{
	bool as_input = m->out_steps == m->T && m->out_channels == m->C;
	if (m->head == HEAD_SOFTMAX && m->out_channels > 1 && softmax_over_channels(m))
		return (struct task_guess){ TASK_SEGMENTATION, TASK_AUTO,
			                    "it gives a softmax over classes for each step" };
	/* one softmax over all outputs: they are classes, whatever their axes are called */
	if (m->head == HEAD_SOFTMAX && m->out_channels == 1)
		return (struct task_guess){ TASK_AUTO, TASK_AUTO, NULL };
	if (m->head == HEAD_SIGMOID && as_input && m->C > 1)
		return (struct task_guess){ TASK_RECONSTRUCTION, TASK_SEGMENTATION,
			                    "the output has the steps and channels of the input" };
	if (m->head == HEAD_SIGMOID)
		return (struct task_guess){ TASK_SEGMENTATION, as_input ? TASK_RECONSTRUCTION : TASK_AUTO,
			                    "it gives a sigmoid for each step" };
	if (as_input)
		return (struct task_guess){ TASK_RECONSTRUCTION, TASK_SEQUENCE,
			                    "the output has the steps and channels of the input" };
	if (m->out_steps == m->T)
		return (struct task_guess){ TASK_SEQUENCE, TASK_AUTO, "the output has the steps of the input" };
	return (struct task_guess){ TASK_FORECAST, TASK_SEQUENCE, "the output has steps, but not those of the input" };
}

struct task_guess model_guess(const struct model *m)
{
	if (m->n_unsupported)
		return (struct task_guess){ TASK_AUTO, TASK_AUTO, NULL };
	if (m->out_steps > 1)
		return guess_steps(m);
	/* a network of dense layers that reads (N,T) and writes (N,T) */
	if (m->out_steps || m->head == HEAD_SOFTMAX || m->graph->value[m->input].shape.rank != 2 ||
	    m->outputs != m->T || m->T < 2)
		return (struct task_guess){ TASK_AUTO, TASK_AUTO, NULL };
	return (struct task_guess){ TASK_RECONSTRUCTION,
		                    m->head == HEAD_SIGMOID ? TASK_CLASSIFICATION : TASK_REGRESSION,
		                    "the output has as many numbers as the window has steps" };
}

enum task model_task(const struct model *m, enum task asked, const struct recipe *r, bool truth_is_class)
{
	if (asked != TASK_AUTO)
		return asked;
	bool columns = r && r->given & RECIPE_PREDICT && r->n_predict > 0 && m->head == HEAD_LINEAR;
	if (columns && m->outputs > r->n_predict && m->outputs % r->n_predict == 0)
		return TASK_FORECAST;
	enum task guess = columns ? TASK_AUTO : model_guess(m).task;
	if (guess != TASK_AUTO)
		return guess;
	if (m->head != HEAD_LINEAR || (r && recipe_has_label(r)))
		return TASK_CLASSIFICATION;
	return truth_is_class && m->outputs > 1 ? TASK_CLASSIFICATION : TASK_REGRESSION;
}

/* Gives a flat output the time axis that the task says it has. Steps are outer, as in a recipe. */
static void unfold(struct model *m, int64_t steps, int64_t channels)
{
	m->out_steps = steps;
	m->out_channels = channels;
	m->out_steps_first = m->out_steps_outer = true;
	m->out_flat = true;
}

int model_set_task(struct model *m, enum task task, const struct recipe *r, struct err *e)
{
	if (m->out_flat) {
		m->out_steps = m->out_channels = 0;
		m->out_flat = false;
	}
	m->task = task;
	if (!task_has_steps(task) || m->n_unsupported)
		return 0;
	int64_t columns = r && r->n_predict > 0 ? r->n_predict : 1;
	if (!m->out_steps && task == TASK_RECONSTRUCTION && m->outputs == m->T * m->C)
		unfold(m, m->T, m->C);
	else if (!m->out_steps && m->outputs % m->T == 0 && task != TASK_FORECAST)
		unfold(m, m->T, m->outputs / m->T);
	else if (!m->out_steps && task == TASK_FORECAST && m->outputs % columns == 0)
		unfold(m, m->outputs / columns, columns);
	if (!m->out_steps)
		return err_set(e, ERR_VALUE,
		               "--task %s: the output has no time axis, and its %lld numbers are no multiple of the "
		               "%lld steps of the window",
		               task_names[task], (long long)m->outputs, (long long)m->T);
	if (task == TASK_RECONSTRUCTION && (m->out_steps != m->T || m->out_channels != m->C))
		return err_set(e, ERR_VALUE,
		               "--task reconstruction: the output has %lld steps of %lld channels, the window %lld of "
		               "%lld; --task sequence or forecast compares it with other true values",
		               (long long)m->out_steps, (long long)m->out_channels, (long long)m->T, (long long)m->C);
	return 0;
}

/* ---- a class for each step ---- */

int64_t model_step_classes(const struct model *m)
{
	return m->out_channels == 1 ? 2 : m->out_channels;
}

bool model_steps_multilabel(const struct model *m)
{
	return m->head == HEAD_SIGMOID && m->out_channels > 1;
}

int model_step_class(const struct model *m, const real *output, int64_t t)
{
	if (m->out_channels == 1)
		return output[model_output_index(m, t, 0)] > (real)(m->head == HEAD_LINEAR ? 0 : 0.5);
	int best = 0;
	for (int64_t c = 1; c < m->out_channels; c++)
		if (output[model_output_index(m, t, c)] > output[model_output_index(m, t, best)])
			best = (int)c;
	return best;
}

int model_true_class(const struct model *m, const real *y, int64_t t)
{
	const real *one = &y[model_output_index(m, t, 0)];
	if (isnan(*one))
		return -1;
	if (m->out_channels == 1)
		return *one > (real)0.5;
	int best = 0;
	for (int64_t c = 1; c < m->out_channels; c++)
		if (y[model_output_index(m, t, c)] > y[model_output_index(m, t, best)])
			best = (int)c;
	return best;
}

static int most(const int64_t *count, int64_t n)
{
	int best = -1;
	for (int k = 0; k < n; k++)
		if (count[k] > (best < 0 ? 0 : count[best]))
			best = k;
	return best;
}

struct step_count model_count_steps(const struct model *m, const real *output, const real *y)
{
	int64_t K = model_step_classes(m), *said = xcalloc((size_t)(2 * K), sizeof *said), *truth = said + K;
	struct step_count q = { 0 };
	for (int64_t t = 0; t < m->out_steps; t++) {
		int is = y ? model_true_class(m, y, t) : -1, k = output ? model_step_class(m, output, t) : -1;
		if (k >= 0)
			said[k]++;
		if (is < 0)
			continue;
		truth[is]++;
		q.known++;
		q.right += k == is;
	}
	q.class = most(said, K);
	q.true_class = most(truth, K);
	free(said);
	return q;
}

double model_step_probability(const struct model *m, const real *output, int64_t t, int64_t k)
{
	if (m->out_channels == 1) {
		double v = (double)output[model_output_index(m, t, 0)],
		       one = m->head == HEAD_LINEAR ? 1 / (1 + exp(-v)) : v;
		return k ? one : 1 - one;
	}
	double v = (double)output[model_output_index(m, t, k)];
	if (m->head != HEAD_LINEAR)
		return m->logarithms ? exp(v) : v;
	double top = -INFINITY, sum = 0;
	for (int64_t c = 0; c < m->out_channels; c++)
		top = fmax(top, (double)output[model_output_index(m, t, c)]);
	for (int64_t c = 0; c < m->out_channels; c++)
		sum += exp((double)output[model_output_index(m, t, c)] - top);
	return exp(v - top) / sum;
}
