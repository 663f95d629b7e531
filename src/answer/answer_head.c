#include "src/answer/answer_head.h"

#include <stdlib.h>
#include <string.h>
#include "src/kept/survey_names.h"
#include "src/read/version.h"

int answer_head_of(struct answer_head *h, const struct loaded *l, const char *kind, struct err *e)
{
	memset(h, 0, sizeof *h);
	int bad = model_hash(l->model, &h->hash, e);
	if (bad)
		return bad;
	h->recipe = recipe_options(&l->recipe);
	h->envelope = (struct envelope){
		.kind = kind, .version = TSVIZ_VERSION, .model = l->model->file, .model_hash = h->hash
	};
	if (l->has_data)
		h->envelope.data = l->data.file;
	if (l->has_data || l->recipe_from) {
		h->envelope.recipe = h->recipe;
		h->envelope.fields = &l->recipe;
	}
	return 0;
}

void answer_head_release(struct answer_head *h)
{
	free(h->hash);
	free(h->recipe);
	memset(h, 0, sizeof *h);
}

int answer_open(struct answer_out *a, const struct options *o, const struct loaded *l, const char *kind, bool to_file,
                struct err *e)
{
	struct options there = *o;
	memset(a, 0, sizeof *a);
	if (!to_file)
		there.out = NULL;
	int bad = o->json ? answer_head_of(&a->head, l, kind, e) : 0;
	bad = bad ? bad : output_open(&a->output, &there, e);
	if (bad)
		answer_head_release(&a->head);
	return bad;
}

int answer_close(struct answer_out *a, struct err *e)
{
	answer_head_release(&a->head);
	return output_close(&a->output, e);
}
