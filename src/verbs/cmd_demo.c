/* demo: the browser on a sample that is inside the program. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/words.h"
#include "src/verbs/cmd.h"

static const struct sample {
	const char *name, *rows;
	int64_t index;
} samples[] = {
#define ROW(name, rows, index) { #name, rows, index },
	SAMPLES(ROW, ROW)
#undef ROW
};
enum { N_SAMPLES = sizeof samples / sizeof *samples };

static const struct sample *sample_find(const char *name, struct err *e)
{
	char near[NEAREST_SAY];
	struct nearest n = { .asked = name };
	for (int i = 0; i < N_SAMPLES; i++) {
		if (!strcmp(samples[i].name, name))
			return &samples[i];
		nearest_try(&n, samples[i].name);
	}
	if (n.best)
		err_set(e, ERR_VALUE, "no sample is called '%s'%s", name, nearest_say(&n, near, sizeof near));
	else
		err_set(e, ERR_VALUE, "no sample is called '%s'; usage: tsviz demo %s", name, verbs[VERB_DEMO].args);
	return NULL;
}

/* What a person who sees level 1 as text can do next. */
static int say_level(const struct sample *s)
{
	fprintf(stdout,
	        "\nThis is level 1. In a terminal, `tsviz demo%s%s` opens the browser on it, and `tsviz MODEL DATA` on "
	        "your own files.\n",
	        s == samples ? "" : " ", s == samples ? "" : s->name);
	return fflush(stdout) != 0;
}

int cmd_demo(struct options *o, struct err *e)
{
	const struct sample *s = o->model ? sample_find(o->model, e) : &samples[0];
	if (!s)
		return 2;
	char *model = xasprintf("%s-model.json", s->name), *data = xasprintf("%s.csv", s->name);
	bool shown = !o->screen && !o->plain && !isatty(1);
	o->read.bundled = samples_bundled;
	o->model = model;
	o->data = (const char *const *)&data;
	o->n_data = 1;
	if (!(o->recipe.given & (RECIPE_ROWS | RECIPE_SPLIT)))
		recipe_set(&o->recipe, "rows", s->rows, e);
	if (o->index < 0)
		o->index = s->index;
	if (shown)
		o->plain = "network";
	int status = cmd_browse(o, e);
	if (shown && !status && !o->out)
		status = say_level(s);
	o->model = NULL;
	o->data = NULL;
	o->n_data = 0;
	free(model);
	free(data);
	return status;
}
