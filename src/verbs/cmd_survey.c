/* survey: figures of every filter and of the network over all windows; in chunks, threads and shards. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem_stream.h"
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/survey/survey_run.h"
#include "src/cli/say.h"
#include "src/json/survey_json.h"
#include "src/verbs/cmd.h"
#include "src/verbs/survey_merge.h"
#include "src/kept/survey_names.h"
#include "src/job/progress.h"

/* ---- options ---- */

static bool whole_number(const char *s, size_t n, int64_t most, int64_t *v)
{
	double x;
	if (!n || strspn(s, "0123456789") < n || number_parse(s, n, '.', &x) != NUMBER_OK || x > (double)most)
		return false;
	*v = (int64_t)x;
	return true;
}

enum { SHARDS_MOST = 1000000 };

static int64_t from_environment(const char *name)
{
	const char *s = getenv(name);
	int64_t v;
	return s && whole_number(s, strlen(s), (int64_t)1 << 40, &v) ? v : -1;
}

/* Which shard this is, as the program that starts the shards says. */
static int shard_auto(const struct options *o, int64_t *k, int64_t *n, struct err *e)
{
	int64_t id = from_environment("SLURM_ARRAY_TASK_ID"), least = from_environment("SLURM_ARRAY_TASK_MIN"),
	        all = from_environment("SLURM_ARRAY_TASK_COUNT"), sequence = from_environment("PARALLEL_SEQ");
	if (id >= 0 && least >= 0 && all > 0) {
		*k = id - least + 1;
		*n = all;
	} else if (sequence > 0 && o->of) {
		*k = sequence;
		*n = o->of;
	} else {
		return err_set(e, ERR_VALUE, "--shard auto: %s",
		               sequence > 0
		                       ? "GNU parallel does not say how many shards there are; give --of N"
		                       : "neither a Slurm array job nor GNU parallel started this; give --shard I/N");
	}
	return 0;
}

static int shard_parse(const struct options *o, int64_t *k, int64_t *n, struct err *e)
{
	const char *s = o->shard, *slash = s ? strchr(s, '/') : NULL;
	*k = *n = 1;
	if (!s)
		return 0;
	if (!strcmp(s, "auto")) {
		if (shard_auto(o, k, n, e))
			return ERR_VALUE;
	} else if (!slash || !whole_number(s, (size_t)(slash - s), SHARDS_MOST, k) ||
	           !whole_number(slash + 1, strlen(slash + 1), SHARDS_MOST, n)) {
		return err_set(e, ERR_VALUE, "--shard '%s': I/N is expected, as in 1/8, or auto", s);
	}
	if (*k < 1 || *k > *n || *n > SHARDS_MOST)
		return err_set(e, ERR_VALUE,
		               "--shard %lld/%lld: shards are numbered from 1 to their number, at most %d",
		               (long long)*k, (long long)*n, SHARDS_MOST);
	return 0;
}

static int maps_parse(const struct options *o, int64_t *maps, struct err *e)
{
	*maps = SURVEY_MAPS;
	if (!o->maps || whole_number(o->maps, strlen(o->maps), (int64_t)1 << 40, maps))
		return 0;
	*maps = INT64_MAX;
	return strcmp(o->maps, "all")
	               ? err_set(e, ERR_VALUE, "--maps '%s': a number of windows or `all` is expected", o->maps)
	               : 0;
}

/* ---- one process ---- */

struct job {
	const struct options *o;
	struct survey_plan plan;
	struct survey_head head;
	struct survey_file self; /* an empty shard of this survey: chunks that are found must be alike */
	char host[256];
	int64_t from, to; /* chunks */
	struct err err;   /* of a file that was found */
	bool bad;
	struct progress bar;
	double said;
	int64_t found; /* windows of chunks that were there: they say nothing of the speed */
};

static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
}

static char *chunk_path(const struct job *j, int64_t chunk)
{
	return xasprintf("%s/chunk-%08lld.json", j->o->resume, (long long)chunk);
}

static struct survey_part *chunk_have(void *ctx, int64_t chunk)
{
	struct job *j = ctx;
	struct survey_part *q = NULL;
	struct survey_file f;
	char *path = chunk_path(j, chunk);
	if (access(path, F_OK) == 0) {
		int bad = survey_file_read(&f, path, survey_cap(j->o), &j->err);
		bad = bad ? bad : survey_files_alike(&j->self, &f, &j->err);
		if (!bad && (f.n != 1 || f.from != chunk || f.to != chunk + 1))
			bad = err_set(&j->err, ERR_FORMAT, "%s: does not hold chunk %lld; remove the file", path,
			              (long long)chunk);
		if (!bad) {
			q = f.part[0];
			f.part[0] = NULL;
			j->found += q->windows;
		}
		j->bad |= bad != 0;
		survey_file_release(&f);
	}
	free(path);
	return q;
}

static int chunk_keep(void *ctx, const struct survey_part *q, struct err *e)
{
	struct job *j = ctx;
	struct save save;
	char *path = chunk_path(j, q->first);
	int bad = save_begin(&save, path, e);
	if (!bad) {
		struct survey_part *one = (struct survey_part *)q;
		survey_json_shard(save.f, &j->head, &j->plan, q->first, q->first + 1, j->host, &one, 1);
		bad = save_commit(&save, e);
	}
	free(path);
	return bad;
}

enum { BAR = 20 };

static void progress(void *ctx, int64_t windows, int64_t of)
{
	struct job *j = ctx;
	char bar[BAR + 1], text[160];
	double now = clock_seconds(), rate = (double)(windows - j->found) / (now - j->bar.from + 1e-9);
	for (int i = 0; i < BAR; i++)
		bar[i] = i * of < BAR * windows ? '#' : '.';
	bar[BAR] = 0;
	if (rate > 0)
		snprintf(text, sizeof text, "%s %.0f windows/s, %.0f s left", bar, rate, (double)(of - windows) / rate);
	else
		snprintf(text, sizeof text, "%s", bar);
	if (j->bar.on) {
		progress_say(&j->bar, windows, of, text);
		return;
	}
	if (j->o->quiet || now - j->said < 10)
		return;
	j->said = now;
	char *line = xasprintf("%" PRId64 " of %" PRId64 " windows%s%s", windows, of, rate > 0 ? "," : "", text + BAR);
	say_remark(line);
	free(line);
}

static bool stop(void *ctx)
{
	struct job *j = ctx;
	return j->bad || signalled;
}

static int job_init(struct job *j, const struct loaded *l, int64_t k, int64_t n, int64_t maps, struct err *e)
{
	const struct options *o = j->o;
	int64_t windows = l->data.n_target ? l->data.n_target : l->data.n;
	if (windows < 1)
		return err_set(e, ERR_VALUE, "%s: there is no window", l->read->name);
	survey_plan_init(&j->plan, l->model, &l->data, &l->q, windows, o->chunk ? o->chunk : SURVEY_CHUNK, maps,
	                 o->ablation);
	survey_plan_moments(&j->plan, l->model, (enum moments_kind)o->moments);
	int bad = survey_head_of(&j->head, l, &l->q.target, windows, e);
	survey_shard(survey_chunks(&j->plan), k, n, &j->from, &j->to);
	if (gethostname(j->host, sizeof j->host - 1))
		j->host[0] = 0;
	return bad;
}

static void job_release(struct job *j)
{
	survey_file_release(&j->self);
	survey_head_release(&j->head);
	survey_plan_release(&j->plan);
}

static int resume_init(struct job *j, struct err *e)
{
	char *text = NULL;
	size_t n = 0;
	if (mkdir(j->o->resume, 0777) && errno != EEXIST)
		return err_set(e, ERR_IO, "--resume %s: %s", j->o->resume, strerror(errno));
	FILE *f = mem_stream(&text, &n);
	survey_json_shard(f, &j->head, &j->plan, 0, 0, NULL, NULL, 0);
	fclose(f);
	int bad = survey_file_parse(&j->self, "this survey", text, n, e);
	free(text);
	signalled = 0;
	/* a second signal ends the program at once */
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND }, NULL);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND }, NULL);
	return bad;
}

static int write_file(struct job *j, struct survey_tree *t, struct err *e)
{
	struct output out;
	const struct survey_part *all = j->o->shard ? NULL : survey_tree_all(t);
	int bad = output_open(&out, j->o, e);
	if (bad)
		return bad;
	if (all)
		survey_json_figures(out.f, &j->head, &j->plan, all, survey_errors_json);
	else
		survey_json_shard(out.f, &j->head, &j->plan, j->from, j->to, j->host, t->part, t->n);
	return output_close(&out, e);
}

/* Returns an exit status. */
static int run(struct job *j, const struct loaded *l, struct err *e)
{
	struct survey_tree tree = { .plan = &j->plan };
	struct survey_run r = { .plan = &j->plan,
		                .m = l->model,
		                .d = &l->data,
		                .q = &l->q,
		                .from = j->from,
		                .to = j->to,
		                .threads = options_threads(j->o),
		                .ctx = j,
		                .progress = progress,
		                .stop = stop };
	if (j->o->resume) {
		r.have = chunk_have;
		r.keep = chunk_keep;
	}
	progress_init(&j->bar, !j->o->quiet);
	j->said = j->bar.from;
	int bad = survey_run(&r, &tree, e);
	progress_end(&j->bar);
	if (j->bad)
		*e = j->err;
	else if (bad == SURVEY_STOPPED)
		err_set(e, ERR_IO, "stopped; finished chunks are in %s, and the same command goes on from there",
		        j->o->resume);
	else if (!bad)
		bad = write_file(j, &tree, e);
	survey_tree_release(&tree);
	return !bad && !j->bad ? 0 : signalled && !j->bad && bad == SURVEY_STOPPED ? 128 + signalled : 1;
}

/* Whether the options fit each other. */
static int check_options(const struct options *o, int64_t *k, int64_t *n, int64_t *maps, struct err *e)
{
	if (o->merge && (o->shard || o->resume))
		return err_set(e, ERR_VALUE, "--merge takes neither --shard nor --resume");
	if (!o->merge && !o->n_data)
		return err_set(e, ERR_VALUE, "usage: tsviz survey %s; see tsviz survey --help", o->verb->args);
	int bad = shard_parse(o, k, n, e);
	return bad ? bad : maps_parse(o, maps, e);
}

int cmd_survey(struct options *o, struct err *e)
{
	struct loaded l;
	struct job j = { .o = o };
	int64_t k = 1, n = 1, maps = SURVEY_MAPS;
	int status = 1;
	if (check_options(o, &k, &n, &maps, e))
		return 2;
	if (o->merge)
		return survey_merge(o, e);
	int bad = load(&l, o, 0, e);
	bad = bad ? bad : job_init(&j, &l, k, n, maps, e);
	if (!bad && o->resume)
		bad = resume_init(&j, e);
	if (!bad)
		status = run(&j, &l, e);
	job_release(&j);
	loaded_release(&l);
	return status;
}
