#include "core/survey/survey_plan.h"

#include <stdlib.h>
#include <string.h>
#include "core/probe/importance.h"

static void plan_layers(struct survey_plan *p, const struct model *m)
{
	p->layer = xcalloc((size_t)m->n_layer + 1, sizeof *p->layer);
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		if (l->kind != LAYER_ANALYSED || m->graph->value[l->act].dtype != DT_REAL)
			continue;
		struct survey_layer_plan *y = &p->layer[p->n_layer++];
		y->name = xstrdup(l->name);
		y->index = i;
		y->filters = l->filters;
		y->times = l->times;
		survey_rest(y, m, i);
	}
}

static bool can_count_errors(const struct survey_plan *p, const struct dataset *d)
{
	if (!d->n_target || p->error_shape.K > SURVEY_CONFUSION_MOST)
		return false;
	return p->task == TASK_CLASSIFICATION ? d->has_labels : d->n_y == p->outputs;
}

static void plan_names(struct survey_plan *p, const struct dataset *d)
{
	p->channel = xcalloc((size_t)p->C + 1, sizeof *p->channel);
	for (int64_t c = 0; c < p->C; c++)
		p->channel[c] = d->channel ? xstrdup(d->channel[c]) : xasprintf("channel %lld", (long long)c + 1);
	p->n_name = p->classes                   ? p->classes
	            : p->error_shape.K           ? p->error_shape.K
	            : p->error_shape.normal >= 0 ? d->n_class
	                                         : 0;
	p->class_name = xcalloc((size_t)p->n_name + 1, sizeof *p->class_name);
	for (int64_t k = 0; k < p->n_name; k++)
		p->class_name[k] =
		        d->class_name && k < d->n_class ? xstrdup(d->class_name[k]) : xasprintf("%lld", (long long)k);
}

void survey_plan_init(struct survey_plan *p, const struct model *m, const struct dataset *d, const struct question *q,
                      int64_t windows, int64_t chunk, int64_t maps, int64_t ablation)
{
	*p = (struct survey_plan){ .windows = windows,
		                   .chunk = chunk,
		                   .maps = maps < windows ? maps : windows,
		                   .ablation = ablation < windows ? ablation : windows,
		                   .T = m->T,
		                   .C = m->C,
		                   .outputs = m->outputs,
		                   .task = q->task,
		                   .truth = d->truth,
		                   .scale = d->scale,
		                   .ready_windows = d->set != NULL,
		                   .n_group = d->n_group,
		                   .moments = MOMENTS_NONE };
	plan_layers(p, m);
	for (int k = 0; importance_measures[k].name; k++)
		p->measure[p->n_measure++] = importance_measures[k].name;
	p->classes = q->task == TASK_CLASSIFICATION ? model_classes(m) : 0;
	p->error_shape = error_shape_of(m, d, q->task);
	p->error_shape.scores &= survey_keeps_outputs(p);
	p->errors = can_count_errors(p, d);
	if (!p->errors)
		p->error_shape = (struct error_shape){ .task = p->task, .normal = -1 };
	p->groups = p->classes && p->errors && p->classes <= SURVEY_CLASSES_MOST ? p->classes + 1 : 1;
	plan_names(p, d);
}

void survey_plan_moments(struct survey_plan *p, const struct model *m, enum moments_kind kind)
{
	p->moments = kind;
	p->n_consumer = survey_consumers(m, kind, &p->consumer);
}

void survey_plan_release(struct survey_plan *p)
{
	for (int i = 0; i < p->n_consumer; i++)
		survey_consumer_release(&p->consumer[i]);
	free(p->consumer);
	for (int i = 0; i < p->n_layer; i++)
		free(p->layer[i].name);
	for (int64_t c = 0; p->channel && c < p->C; c++)
		free(p->channel[c]);
	for (int64_t k = 0; p->class_name && k < p->n_name; k++)
		free(p->class_name[k]);
	free(p->layer);
	free(p->channel);
	free(p->class_name);
	memset(p, 0, sizeof *p);
}

bool survey_keeps_outputs(const struct survey_plan *p)
{
	return p->outputs <= SURVEY_OUTPUTS_MOST / p->windows;
}

int64_t survey_chunks(const struct survey_plan *p)
{
	return (p->windows + p->chunk - 1) / p->chunk;
}

bool survey_sampled(int64_t i, int64_t some, int64_t windows)
{
	if (some <= 0 || i < 0 || i >= windows)
		return false;
	if (some >= windows)
		return true;
	int64_t k = (i * some + windows - 1) / windows;
	return k < some && k * windows / some == i;
}

void survey_shard(int64_t chunks, int64_t k, int64_t n, int64_t *from, int64_t *to)
{
	*from = chunks * (k - 1) / n;
	*to = chunks * k / n;
}
