#include "src/kept/kept_truths.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/sha256.h"
#include "src/cli/config.h"
#include "src/cli/say.h"
#include "src/json/standing_json.h"
#include "src/read/save.h"
#include "src/read/version.h"
#include "src/kept/kept_surveys.h"
#include "src/kept/survey_names.h"

enum { PATH_BYTES = 4096, OF_MODEL = 16 }; /* characters of a name that are of the model alone */

static int model_name(const struct loaded *l, char name[OF_MODEL + 1], struct err *e)
{
	char *hash = NULL;
	int bad = model_hash(l->model, &hash, e);
	snprintf(name, OF_MODEL + 1, "%.16s", hash ? hash : "");
	free(hash);
	return bad;
}

/* Whether anything is kept of this model: data are read as a whole to find their name, which a start without a need is
 * spared. */
static bool any_of_model(const struct loaded *l)
{
	char folder[PATH_BYTES], name[OF_MODEL + 1];
	struct err e;
	bool any = false;
	if (!config_cache("truths", folder, sizeof folder))
		return false;
	DIR *d = opendir(folder);
	if (!d)
		return false;
	if (!model_name(l, name, &e))
		for (struct dirent *f; !any && (f = readdir(d));)
			any = !strncmp(f->d_name, name, OF_MODEL);
	closedir(d);
	return any;
}

/* The name by all that the numbers depend on. Returns false if there is no place for it. */
static bool path_of(const struct loaded *l, const struct question *q, char *buf, size_t size)
{
	struct survey_head h;
	struct err e;
	char name[SHA256_TEXT];
	struct sha256 s;
	bool ok = config_cache("truths", buf, size) && !survey_head_of(&h, l, &q->target, l->data.n, &e);
	if (!ok)
		return false;
	const char *const part[] = { h.version, h.isa, h.model_hash, h.data_hash, h.recipe_hash, h.target };
	const int64_t number[] = { q->task, q->baseline, q->baseline == BASELINE_WINDOW ? q->baseline_window : 0,
		                   (int64_t)q->seed };
	sha256_init(&s);
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		sha256_add(&s, part[i], strlen(part[i]) + 1);
	sha256_add(&s, number, sizeof number);
	sha256_end(&s, name);
	size_t n = strlen(buf);
	ok = (size_t)snprintf(buf + n, size - n, "/%.16s%.48s.json", h.model_hash, name) < size - n;
	survey_head_release(&h);
	return ok;
}

bool kept_truth_find(const struct loaded *l, const struct question *q, struct truth_standing *s)
{
	char path[PATH_BYTES];
	struct err e;
	return any_of_model(l) && path_of(l, q, path, sizeof path) && !access(path, R_OK) &&
	       !standing_read(s, path, &e);
}

void kept_truth_keep(const struct loaded *l, const struct question *q, const struct truth_standing *s)
{
	struct truth_standing before;
	struct save save;
	struct err e;
	char path[PATH_BYTES];
	if (!path_of(l, q, path, sizeof path) ||
	    (!access(path, R_OK) && !standing_read(&before, path, &e) && before.windows > s->windows))
		return;
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int bad = config_make_folders(path, &e);
	*slash = '/';
	if (!bad && !save_begin_private(&save, path, &e)) {
		standing_json(save.f, s, TSVIZ_VERSION, l->model->file, l->data.file);
		(void)save_commit(&save, &e);
	}
	*slash = '\0';
	kept_prune(path);
}

static bool find(const void *origin, const struct question *q, struct truth_standing *s)
{
	const struct browsed *b = origin;
	return b->keep && kept_truth_find(&b->l, q, s);
}

static void keep(const void *origin, const struct question *q, const struct truth_standing *s)
{
	const struct browsed *b = origin;
	if (b->keep)
		kept_truth_keep(&b->l, q, s);
}

const struct standing_source kept_truths = { find, keep };

int kept_truth_method(struct loaded *l, const struct options *o, struct err *e)
{
	struct truth_standing s;
	char why[192], sentence[256];
	if (o->method != METHOD_AUTO)
		return 0;
	if (!l->has_data || !kept_truth_find(l, &l->q, &s))
		return err_set(
		        e, ERR_VALUE,
		        "--method auto: the methods have not been measured on this model, data, recipe and target; "
		        "tsviz truth MODEL DATA does it, with the same options");
	l->q.method = truth_choose(&s, why, sizeof why);
	snprintf(sentence, sizeof sentence, "method auto: %s (%lld windows)", why, (long long)s.windows);
	if (!o->quiet)
		say_remark(sentence);
	return 0;
}
