#include "core/model/recipe_label.h"

#include <string.h>
#include "core/base/mem.h"

bool recipe_no_label(const struct recipe *r)
{
	return r->given & RECIPE_LABEL && r->label && !strcmp(r->label, "none");
}

bool recipe_has_label(const struct recipe *r)
{
	return (r->given & RECIPE_LABEL && !recipe_no_label(r)) || r->label_from == LABEL_FROM_FOLDER;
}

void recipe_set_classes(struct recipe *r, int n, const char *const *name)
{
	recipe_forget(r, RECIPE_CLASSES);
	r->classes = xcalloc((size_t)n, sizeof *r->classes);
	r->n_classes = n;
	r->given |= RECIPE_CLASSES;
	for (int i = 0; i < n; i++)
		r->classes[i] = xstrdup(name[i]);
}
