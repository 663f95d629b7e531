#include "ui/scene/answer.h"

#include <stdlib.h>
#include <string.h>

void *answer_copy(const void *p, size_t n, size_t size)
{
	if (!p)
		return NULL;
	void *q = xcalloc(n + 1, size);
	memcpy(q, p, n * size);
	return q;
}

void layer_numbers_free(struct layer_numbers *n)
{
	if (!n)
		return;
	free(n->act);
	free(n->grad);
	free((void *)n->importance.raw);
	free((void *)n->importance.scaled);
	free((void *)n->importance.order);
	free((void *)n->importance.rank);
	free(n->range);
	free(n->mean);
	free(n->peak);
	free(n->curve);
	free(n->dead);
	free(n);
}

void answer_free(struct answer *a)
{
	if (!a)
		return;
	free(a->response);
	survey_set_free(a->survey);
	free(a->standing);
	pruned_free(a->pruned);
	countered_free(a->countered);
	if (a->why)
		why_release(a->why);
	free(a->why);
	record_picture_free(a->record);
	free(a->input);
	free(a->output);
	free(a->look);
	free(a->bands);
	free(a->ablation);
	free(a->scaled);
	layer_numbers_free(a->layer);
	free((void *)a->clusters.label);
	free((void *)a->clusters.size);
	free((void *)a->clusters.silent);
	free((void *)a->clusters.prototype);
	for (int i = 0; a->share && i < a->n_layer; i++)
		free(a->share[i]);
	for (int i = 0; a->count && i < a->n_layer; i++)
		free(a->count[i]);
	free(a->share);
	free(a->count);
	free(a);
}
