#include "src/session/moved.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/session/session_list.h"

/* A session that may be it. */
struct candidate {
	char *path, *saved;
	char (*hash)[SHA256_TEXT]; /* [n] of its files */
};

struct moved {
	char *own;
	struct review_file *now; /* [n] paths and sizes; the hashes are not known yet */
	int n;
	struct candidate *found;
	int n_found;
	char *taken;
	pthread_t thread;
	atomic_bool stop, done;
};

static const struct review_file *file_of(const struct review *r, int i)
{
	return i ? &r->data[i - 1] : &r->model;
}

static bool is_gone(const char *path)
{
	return access(path, F_OK) && (errno == ENOENT || errno == ENOTDIR);
}

/* Whether each file is where it was, or was moved away from there. A copy, whose original is still there, has a session
 * of its own. */
static bool may_be(const struct moved *m, const struct review *r)
{
	bool any = false;
	if (r->n_data != m->n - 1)
		return false;
	for (int i = 0; i < m->n; i++) {
		const struct review_file *was = file_of(r, i), *now = &m->now[i];
		bool moved = strcmp(was->path, now->path) != 0;
		if (!*was->sha256 || was->bytes != now->bytes || (moved && !is_gone(was->path)))
			return false;
		any |= moved;
	}
	return any;
}

static void look_into(struct moved *m, const char *path)
{
	struct session_file s;
	struct review r;
	struct err e;
	if (!session_read(&s, &r, path, -1, &e) && s.there && may_be(m, &r)) {
		m->found = xrealloc(m->found, (size_t)m->n_found + 1, sizeof *m->found);
		struct candidate *c = &m->found[m->n_found++];
		*c = (struct candidate){ xstrdup(path), xstrdup(r.saved), xcalloc((size_t)m->n, sizeof *c->hash) };
		for (int i = 0; i < m->n; i++)
			snprintf(c->hash[i], sizeof c->hash[i], "%s", file_of(&r, i)->sha256);
	}
	review_release(&r);
	session_file_release(&s);
}

static void *run(void *arg)
{
	struct moved *m = arg;
	int n;
	char **list = session_list(&n);
	for (int i = 0; i < n; i++) {
		if (!atomic_load(&m->stop) && strcmp(list[i], m->own) != 0)
			look_into(m, list[i]);
		free(list[i]);
	}
	free(list);
	atomic_store(&m->done, true);
	return NULL;
}

static void release(struct moved *m)
{
	for (int i = 0; i < m->n; i++)
		free(m->now[i].path);
	for (int i = 0; i < m->n_found; i++) {
		free(m->found[i].path);
		free(m->found[i].saved);
		free(m->found[i].hash);
	}
	free(m->now);
	free(m->found);
	free(m->own);
	free(m->taken);
	free(m);
}

struct moved *moved_new(const struct review_file *now, int n, const char *own)
{
	struct moved *m = xcalloc(1, sizeof *m);
	sigset_t all, was;
	m->own = xstrdup(own);
	m->n = n;
	m->now = xcalloc((size_t)n, sizeof *m->now);
	for (int i = 0; i < n; i++)
		m->now[i] = (struct review_file){ .path = xstrdup(now[i].path), .bytes = now[i].bytes };
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	bool started = pthread_create(&m->thread, NULL, run, m) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (started)
		return m;
	release(m);
	return NULL;
}

bool moved_done(struct moved *m)
{
	return atomic_load(&m->done);
}

/* The latest one with these hashes; NULL: there is none. */
static const struct candidate *match(const struct moved *m, const struct review_file *now)
{
	const struct candidate *best = NULL;
	for (int k = 0; k < m->n_found; k++) {
		const struct candidate *c = &m->found[k];
		bool same = true;
		for (int i = 0; i < m->n; i++)
			same &= *now[i].sha256 && !strcmp(c->hash[i], now[i].sha256);
		if (same && (!best || strcmp(best->saved, c->saved) < 0))
			best = c;
	}
	return best;
}

struct keeper *moved_take(struct moved *m, const struct review_file *now, struct review *r)
{
	char said[300];
	struct err e;
	const struct candidate *c = match(m, now);
	review_init(r);
	if (!c)
		return NULL;
	review_release(r); /* the keeper makes its own */
	struct keeper *k = keeper_open(c->path, false, r, said, sizeof said, &e);
	if (k && !(keeper_keeps(k) && keeper_found(k))) {
		(void)keeper_close(k, &e);
		return NULL;
	}
	free(m->taken);
	m->taken = xstrdup(c->path);
	return k;
}

void moved_retire(struct moved *m, struct keeper *taken)
{
	struct err e;
	if (keeper_close(taken, &e))
		return;
	char *name = xasprintf("%s.moved", m->taken);
	(void)rename(m->taken, name);
	free(name);
}

const char *moved_path(const struct moved *m)
{
	return m->taken;
}

void moved_free(struct moved *m)
{
	if (!m)
		return;
	atomic_store(&m->stop, true);
	pthread_join(m->thread, NULL);
	release(m);
}
