#include "src/job/recipe_kept.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/model/recipe_label.h"
#include "src/json/recipe_json.h"

/* Whether the order of the classes comes from the labels of the data alone. Numbers 0 to K-1 are the outputs
 * themselves, and names that the model holds are there for any data. */
static bool classes_by_labels(const struct loaded *l)
{
	const struct dataset *d = &l->data;
	const struct model *m = l->model;
	bool own = m->class_name && m->n_class_name == d->n_class, numbers = true;
	for (int k = 0; k < d->n_class; k++) {
		char number[16];
		snprintf(number, sizeof number, "%d", k);
		own = own && !strcmp(m->class_name[k], d->class_name[k]);
		numbers = numbers && !strcmp(number, d->class_name[k]);
	}
	return d->has_labels && d->n_class > 0 && !own && !numbers;
}

void recipe_kept(const struct loaded *l, struct recipe *r)
{
	const struct scaler *s = &l->data.scaler;
	recipe_init(r);
	recipe_copy(r, &l->recipe);
	if (!l->has_data)
		return;
	if (l->read->label_is_file)
		recipe_forget(r, RECIPE_LABEL);
	if (r->given & RECIPE_SCALE && r->scale != SCALE_NONE && !l->data.group_scaler)
		recipe_set_scaler(r, s->n, s->shift, s->scale, s->low, s->high);
	if (!r->n_classes && classes_by_labels(l))
		recipe_set_classes(r, l->data.n_class, l->data.class_name);
}

int recipe_kept_save(const struct loaded *l, const struct options *o, struct err *e)
{
	struct recipe r;
	recipe_kept(l, &r);
	char *path = recipe_path(o->model);
	int bad = recipe_write(&r, path, e);
	if (bad)
		err_at(e, "%s", path);
	free(path);
	recipe_release(&r);
	return bad;
}

int recipe_kept_write(const struct loaded *l, const struct model *m, const struct options *o, struct err *e)
{
	struct model with = *m;
	struct recipe r;
	recipe_kept(l, &r);
	recipe_forget(&r, RECIPE_ROWS | RECIPE_SPLIT);
	if (r.given)
		with.recipe = &r;
	int bad = model_write(&with, o, e);
	recipe_release(&r);
	return bad;
}
