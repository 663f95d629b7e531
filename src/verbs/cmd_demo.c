/* demo: the browser on a bundled sample, found beside the build or in PREFIX/share/tsviz. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/text.h"
#include "src/verbs/cmd.h"

/* What `make samples` trains, the rows that it did not train with, and a window of theirs with something to see: a beat
 * of the heart, a torque that falls for one step. */
static const struct sample {
	const char *name, *rows;
	int64_t index;
} samples[] = {
	{ "ecg", "8000:", 0 },
	{ "machine", "8000:", 87 },
};
enum { SAMPLES = sizeof samples / sizeof *samples };

static const struct sample *sample_find(const char *name)
{
	for (int i = 0; i < SAMPLES; i++)
		if (!strcmp(samples[i].name, name))
			return &samples[i];
	return NULL;
}

/* The folder of this program: TOP/build/VARIANT or PREFIX/bin. NULL: not known. */
static char *own_folder(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0)
		return NULL;
	path[n] = '\0';
	char *slash = strrchr(path, '/');
	return slash ? xstrndup(path, (size_t)(slash - path)) : NULL;
}

/* FOLDER/../../samples or FOLDER/../share/tsviz; NULL where the sample is in neither. */
static char *samples_folder(const struct sample *s)
{
	static const char *const places[] = { "/../../samples", "/../share/tsviz" };
	char *own = own_folder(), *found = NULL;
	for (int i = 0; own && !found && i < 2; i++) {
		char *model = xasprintf("%s%s/%s-model.json", own, places[i], s->name);
		/* without the dots: a person will read it */
		char *real_path = access(model, R_OK) == 0 ? realpath(model, NULL) : NULL;
		if (real_path)
			found = xstrndup(real_path, (size_t)(strrchr(real_path, '/') - real_path));
		free(real_path);
		free(model);
	}
	free(own);
	return found;
}

int cmd_demo(struct options *o, struct err *e)
{
	const struct sample *s = o->model ? sample_find(o->model) : &samples[0];
	if (!s) {
		err_set(e, ERR_VALUE, "no sample is called '%s'; there are ecg and machine", o->model);
		return 1;
	}
	char *folder = samples_folder(s);
	if (!folder) {
		err_set(e, ERR_IO,
		        "the samples are neither beside the build nor in PREFIX/share/tsviz; `make install` puts them "
		        "there");
		return 1;
	}
	char *model = xasprintf("%s/%s-model.json", folder, s->name), *data = xasprintf("%s/%s.csv", folder, s->name);
	bool shown = !o->screen && !o->plain && !isatty(1);
	o->model = model;
	o->data = data;
	if (!(o->recipe.given & (RECIPE_ROWS | RECIPE_SPLIT)))
		recipe_set(&o->recipe, "rows", s->rows, e);
	if (o->index < 0)
		o->index = s->index;
	if (shown)
		o->plain = "network";
	int status = cmd_browse(o, e);
	if (shown && !status && !o->out) {
		char m[PATH_MAX], d[PATH_MAX];
		text_clean(m, sizeof m, model, strlen(model));
		text_clean(d, sizeof d, data, strlen(data));
		fprintf(stdout,
		        "\nThis is level 1. In a terminal, `tsviz demo` opens the browser on it, as does\n  tsviz %s "
		        "%s --rows %s -w %lld\n",
		        m, d, s->rows, (long long)o->index);
		if (fflush(stdout) != 0)
			status = 1;
	}
	o->model = o->data = NULL;
	free(folder);
	free(model);
	free(data);
	return status;
}
