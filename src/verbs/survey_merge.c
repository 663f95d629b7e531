#include "src/verbs/survey_merge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/threads.h"
#include "src/json/survey_json.h"
#include "src/verbs/cmd.h"
#include "src/kept/survey_names.h"

/* There may be ten thousand shards. First only the heads are read, which say what each holds; then one file after the
 * other in the order of the chunks, so that little more than one is in memory. */
struct shard {
	const char *path;
	char *host;
	int64_t from, to; /* chunks */
};

int64_t survey_cap(const struct options *o)
{
	return o->read.max_mem ? o->read.max_mem : (int64_t)512 << 20;
}

static int by_first(const void *pa, const void *pb)
{
	const struct shard *a = pa, *b = pb;
	if (a->from != b->from)
		return (a->from > b->from) - (a->from < b->from);
	return a->to != b->to ? (a->to > b->to) - (a->to < b->to) : strcmp(a->path, b->path);
}

/* Reads a whole file again, whose head was read. */
static int read_again(struct survey_file *f, const struct shard *s, const struct options *o, struct err *e)
{
	int bad = survey_file_read(f, s->path, survey_cap(o), e);
	if (!bad && (f->from != s->from || f->to != s->to))
		bad = err_set(e, ERR_IO, "%s: changed while it was read; try again", s->path);
	return bad;
}

/* Whether two files of the same chunks hold the same. */
static bool same_parts(const struct survey_file *a, const struct survey_file *b)
{
	bool same = a->n == b->n;
	for (int i = 0; i < a->n && same; i++) {
		char *x = survey_part_text(&a->plan, a->part[i]), *y = survey_part_text(&b->plan, b->part[i]);
		same = !strcmp(x, y);
		free(x);
		free(y);
	}
	return same;
}

static const char *host_of(const struct shard *s)
{
	return *s->host ? s->host : "an unknown host";
}

/* Both have the same chunks. */
static int check_same(const struct shard *a, const struct shard *b, const struct options *o, struct err *e)
{
	struct survey_file x, y = { 0 };
	int bad = read_again(&x, a, o, e);
	bad = bad ? bad : read_again(&y, b, o, e);
	if (!bad && !same_parts(&x, &y))
		bad = err_set(e, ERR_VALUE,
		              "%s (%s) and %s (%s) hold the same chunks with other numbers; one of the hosts computes "
		              "wrongly",
		              a->path, host_of(a), b->path, host_of(b));
	survey_file_release(&x);
	survey_file_release(&y);
	return bad;
}

static int missing(int64_t from, int64_t to, int64_t all, struct err *e)
{
	return err_set(e, ERR_VALUE, "chunks %lld to %lld of %lld are in no file; add the shard that has them",
	               (long long)from, (long long)to - 1, (long long)all);
}

/* Checks that the sorted shards hold every chunk once. One that holds the same as the one before is emptied. */
static int check_chunks(struct shard *s, int n, int64_t all, const struct options *o, struct err *e)
{
	int64_t next = 0;
	const struct shard *last = NULL;
	for (int i = 0; i < n; i++) {
		struct shard *f = &s[i];
		if (f->from == f->to)
			continue;
		if (last && last->from == f->from && last->to == f->to) {
			int bad = check_same(last, f, o, e);
			if (bad)
				return bad;
			f->to = f->from;
			continue;
		}
		if (f->from < next)
			return err_set(e, ERR_VALUE, "%s and %s both hold chunk %lld; leave one of them out",
			               last->path, f->path, (long long)f->from);
		if (f->from > next)
			return missing(next, f->from, all, e);
		next = f->to;
		last = f;
	}
	return next < all ? missing(next, all, all, e) : 0;
}

/* The threads take the shards in order. The tree joins what they hold in its own order, whichever comes first. */
struct reading {
	const struct options *o;
	const struct survey_file *first; /* its head is that of all */
	const struct shard *s;
	int n, next;
	pthread_mutex_t lock;
	struct survey_tree tree;
	int bad;
	struct err err;
};

/* The next shard that holds chunks, or NULL. */
static const struct shard *shard_next(struct reading *r)
{
	pthread_mutex_lock(&r->lock);
	while (r->next < r->n && r->s[r->next].from == r->s[r->next].to)
		r->next++;
	const struct shard *s = r->bad || r->next == r->n ? NULL : &r->s[r->next++];
	pthread_mutex_unlock(&r->lock);
	return s;
}

/* Adds the parts of a file to the tree, or says the error of the first file that has one. */
static void shard_done(struct reading *r, struct survey_file *f, int bad, const struct err *e)
{
	pthread_mutex_lock(&r->lock);
	if (bad && !r->bad) {
		r->bad = bad;
		r->err = *e;
	}
	for (int k = 0; k < f->n && !r->bad; k++) {
		survey_tree_add(&r->tree, f->part[k]);
		f->part[k] = NULL;
	}
	pthread_mutex_unlock(&r->lock);
}

static void read_shards(void *arg)
{
	struct reading *r = arg;
	const struct shard *s;
	while ((s = shard_next(r))) {
		struct survey_file f;
		struct err e = { 0 };
		int bad = read_again(&f, s, r->o, &e);
		bad = bad ? bad : survey_files_alike(r->first, &f, &e);
		shard_done(r, &f, bad, &e);
		survey_file_release(&f);
	}
}

static int merge_write(const struct survey_file *first, const struct shard *s, int n, const struct options *o,
                       struct err *e)
{
	struct reading r = { .o = o, .first = first, .s = s, .n = n, .lock = PTHREAD_MUTEX_INITIALIZER };
	struct output out;
	r.tree.plan = &first->plan;
	threads_share(threads_of(options_threads(o), n), read_shards, &r);
	const struct survey_part *all = survey_tree_all(&r.tree);
	int bad = r.bad;
	if (bad)
		*e = r.err;
	else
		bad = all ? output_open(&out, o, e) : err_set(e, ERR_FORMAT, "the shards do not make a whole");
	if (!bad) {
		survey_json_figures(out.f, &first->head, &first->plan, all, survey_errors_json);
		bad = output_close(&out, e);
	}
	survey_tree_release(&r.tree);
	pthread_mutex_destroy(&r.lock);
	return bad;
}

/* Reads the heads. Returns an error if one is of another survey than the first. */
static int read_heads(struct survey_file *first, struct shard *s, int n, const struct options *o, struct err *e)
{
	int bad = 0;
	for (int i = 0; i < n && !bad; i++) {
		struct survey_file next;
		struct survey_file *f = i ? &next : first;
		s[i].path = i ? o->data[i - 1] : o->model;
		bad = survey_file_head(f, s[i].path, survey_cap(o), e);
		if (!bad && i)
			bad = survey_files_alike(first, f, e);
		s[i].from = f->from;
		s[i].to = f->to;
		s[i].host = xstrdup(f->host ? f->host : "");
		if (i)
			survey_file_release(f);
	}
	return bad;
}

int survey_merge(const struct options *o, struct err *e)
{
	int n = 1 + o->n_data;
	struct shard *s = xcalloc((size_t)n, sizeof *s);
	struct survey_file first = { 0 };
	int bad = read_heads(&first, s, n, o, e);
	if (!bad) {
		qsort(s, (size_t)n, sizeof *s, by_first);
		bad = check_chunks(s, n, survey_chunks(&first.plan), o, e);
	}
	bad = bad ? bad : merge_write(&first, s, n, o, e);
	for (int i = 0; i < n; i++)
		free(s[i].host);
	survey_file_release(&first);
	free(s);
	return bad ? 1 : 0;
}
