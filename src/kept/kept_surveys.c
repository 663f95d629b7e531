#include "src/kept/kept_surveys.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/sha256.h"
#include "src/cli/config.h"
#include "src/json/survey_set_json.h"
#include "src/kept/survey_names.h"

enum { PATH_BYTES = 4096 };
#define FILE_MOST ((int64_t)512 << 20)

static int64_t windows_of(const struct loaded *l)
{
	return l->data.n_target ? l->data.n_target : l->data.n;
}

/* Whether the survey whose head is `of` is the one whose head is `now`; else an error that names what differs. */
static int compare(const char *path, const struct survey_head *of, const struct survey_head *now, struct err *e)
{
	const struct {
		const char *what, *is, *should, *hash, *hash_now;
	} row[] = {
		{ "model", of->model, now->model, of->model_hash, now->model_hash },
		{ "recipe", of->recipe, now->recipe, of->recipe_hash, now->recipe_hash },
		{ "data", of->data, now->data, of->data_hash, now->data_hash },
		{ "target", of->target, now->target, of->target, now->target },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (strcmp(row[i].hash, row[i].hash_now) != 0)
			return err_set(e, ERR_VALUE,
			               "--survey %s: is of another %s (%.120s) than what is opened here (%.120s); "
			               "tsviz survey writes one of this",
			               path, row[i].what, *row[i].is ? row[i].is : "none",
			               *row[i].should ? row[i].should : "none");
	return 0;
}

/* Reads the file at path, if it is of what is opened. *s is NULL after an error. */
static int read_fitting(struct survey_set **s, const struct browsed *b, const struct survey_head *now, const char *path,
                        struct err *e)
{
	struct survey_head of;
	int bad = survey_set_read(s, &of, path, FILE_MOST, e);
	bad = bad ? bad : compare(path, &of, now, e);
	if (!bad && ((*s)->plan.windows != windows_of(&b->l) || !survey_set_bind(*s, b->l.model)))
		bad = err_set(e, ERR_VALUE, "--survey %s: its layers or windows are not those of %s", path,
		              b->l.model->file);
	survey_head_release(&of);
	if (bad) {
		survey_set_free(*s);
		*s = NULL;
	}
	return bad;
}

int kept_survey_check(const struct browsed *b, struct err *e)
{
	struct survey_head now;
	struct survey_set *s = NULL;
	int bad = survey_head_of(&now, &b->l, &b->l.q.target, windows_of(&b->l), e);
	bad = bad ? bad : read_fitting(&s, b, &now, b->survey, e);
	survey_set_free(s);
	survey_head_release(&now);
	return bad;
}

/* ---- the cache ---- */

/* The name of a survey by all that its figures depend on. Returns false if there is no place for it. */
static bool path_of(const struct survey_head *h, const struct survey_plan *p, char *buf, size_t size)
{
	const char *const part[] = { h->version, h->isa, h->model_hash, h->data_hash, h->recipe_hash, h->target };
	const int64_t number[] = { p->task, p->windows, p->maps, p->ablation, p->moments };
	char name[SHA256_TEXT];
	struct sha256 s;
	if (!config_cache("surveys", buf, size))
		return false;
	sha256_init(&s);
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		sha256_add(&s, part[i], strlen(part[i]) + 1);
	sha256_add(&s, number, sizeof number);
	sha256_end(&s, name);
	size_t n = strlen(buf);
	return (size_t)snprintf(buf + n, size - n, "/%s.json", name) < size - n;
}

static struct survey_set *find(const void *origin, const struct survey_plan *p, const struct question *q)
{
	const struct browsed *b = origin;
	struct survey_head now;
	struct survey_set *s = NULL;
	struct err e;
	char path[PATH_BYTES];
	int bad = survey_head_of(&now, &b->l, &q->target, windows_of(&b->l), &e);
	if (!bad && b->survey)
		(void)read_fitting(&s, b, &now, b->survey, &e);
	if (!bad && !s && b->keep && path_of(&now, p, path, sizeof path) && !access(path, R_OK))
		(void)read_fitting(&s, b, &now, path, &e);
	survey_head_release(&now);
	return s;
}

struct kept_file {
	char *name;
	int64_t time;
};

static int newest_first(const void *pa, const void *pb)
{
	const struct kept_file *a = pa, *b = pb;
	return (a->time < b->time) - (a->time > b->time);
}

void kept_prune(const char *folder)
{
	struct kept_file *v = NULL;
	char path[PATH_BYTES + NAME_MAX + 2];
	size_t n = 0;
	DIR *d = opendir(folder);
	for (struct dirent *f; d && (f = readdir(d));) {
		struct stat st;
		size_t len = strlen(f->d_name);
		if (len != SHA256_TEXT - 1 + 5 || strcmp(f->d_name + len - 5, ".json") != 0)
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
		if (stat(path, &st))
			continue;
		v = xrealloc(v, n + 1, sizeof *v);
		v[n++] = (struct kept_file){ xstrdup(f->d_name), (int64_t)st.st_mtime };
	}
	if (d)
		closedir(d);
	if (n)
		qsort(v, n, sizeof *v, newest_first);
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof path, "%.*s/%.*s", PATH_BYTES, folder, NAME_MAX, v[i].name);
		if (i >= KEPT_FILES)
			(void)unlink(path);
		free(v[i].name);
	}
	free(v);
}

/* What cannot be kept is made again the next time; nobody waits to hear of it. */
static void keep(const void *origin, const struct survey_plan *p, const struct question *q,
                 const struct survey_part *all)
{
	const struct browsed *b = origin;
	struct survey_head now;
	struct save save;
	struct err e;
	char path[PATH_BYTES];
	if (!b->keep)
		return;
	if (!survey_head_of(&now, &b->l, &q->target, windows_of(&b->l), &e) && path_of(&now, p, path, sizeof path)) {
		char *slash = strrchr(path, '/');
		*slash = '\0';
		int bad = config_make_folders(path, &e);
		*slash = '/';
		now.brief = true;
		if (!bad && !save_begin_private(&save, path, &e)) {
			survey_json_figures(save.f, &now, p, all, b->errors);
			(void)save_commit(&save, &e);
		}
		*slash = '\0';
		kept_prune(path);
	}
	survey_head_release(&now);
}

const struct survey_source kept_surveys = { find, keep };
