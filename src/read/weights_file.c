#include "src/read/weights_file.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

enum { STEM_MAX = 256, LOOKED_AT_MAX = 10000 };

static bool ends(const char *name, const char *end)
{
	size_t n = strlen(name), k = strlen(end);
	return n > k && !strcasecmp(name + n - k, end);
}

static bool holds_weights(const char *name)
{
	return ends(name, ".h5") || ends(name, ".hdf5");
}

/* What is left of a file's name without its ending, without words that say what it holds, and without marks:
 * "My_model-weights.h5" becomes "my". */
static void stem(const char *name, char out[STEM_MAX])
{
	static const char *const words[] = { "architecture", "weights", "weight", "config", "model", "arch", "json" };
	size_t n = 0;
	const char *last = strrchr(name, '.');
	for (const char *p = name; *p && p != last && n + 1 < STEM_MAX; p++)
		if (isalnum((unsigned char)*p))
			out[n++] = (char)tolower((unsigned char)*p);
	out[n] = '\0';
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		for (char *at; (at = strstr(out, words[i]));)
			memmove(at, at + strlen(words[i]), strlen(at + strlen(words[i])) + 1);
}

/* The files of the folder that fit; `all` those that could hold weights. */
struct search {
	int fits, all;
	char *fit, *other;
};

static void look_at(struct search *s, const char *name, const char *wanted)
{
	char mine[STEM_MAX];
	if (!holds_weights(name))
		return;
	stem(name, mine);
	bool fits = !strcmp(mine, wanted);
	char **to = fits ? &s->fit : &s->other;
	s->fits += fits;
	s->all++;
	if (!*to)
		*to = xstrdup(name);
}

char *weights_beside(const char *model, struct err *e)
{
	const char *slash = strrchr(model, '/');
	char *folder = slash ? xstrndup(model, (size_t)(slash - model) + 1) : xstrdup(""), *path = NULL;
	char wanted[STEM_MAX];
	struct search s = { 0 };
	stem(slash ? slash + 1 : model, wanted);
	DIR *d = opendir(*folder ? folder : ".");
	struct dirent *f;
	for (int i = 0; d && i < LOOKED_AT_MAX && (f = readdir(d)); i++)
		look_at(&s, f->d_name, wanted);
	if (d)
		closedir(d);
	if (s.fits == 1)
		path = xasprintf("%s%s", folder, s.fit);
	else if (s.fits > 1)
		err_set(e, ERR_VALUE,
		        "holds the architecture only, and %d files beside it could hold its weights; say which "
		        "with --weights FILE",
		        s.fits);
	else
		err_set(e, ERR_FORMAT,
		        "holds the architecture only (model.to_json()), and no file beside it is called like it; give "
		        "the "
		        "file of model.save_weights() with --weights %s%.300s",
		        s.other && s.all == 1 ? folder : "", s.other && s.all == 1 ? s.other : "FILE.h5");
	free(folder);
	free(s.fit);
	free(s.other);
	return path;
}
