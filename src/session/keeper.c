#include "src/session/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "core/base/mem_stream.h"
#include "core/base/text.h"
#include "src/json/json_write.h"
#include "src/session/patch.h"

enum { PAUSE_MS = 300, AGAIN_MS = 2000, COMPACT_BYTES = 1 << 20 };

struct keeper {
	char *path, *journal;
	int fd; /* of the journal, with the lock; -1: this session is not kept */
	bool shared, found;
	struct session_file s; /* tree: the state that is on the disk */
	struct stat file;      /* of the session file as this program knows it; st_ino 0: there is none */
	size_t at;             /* bytes of the journal that are whole; 0: it has not begun */
	bool anew;             /* the state has to go into the file before the journal goes on */
	bool changed;          /* something was appended since the file was written */
	bool unsynced;         /* and not synced */

	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, idle;
	char *next; /* the state to be kept; NULL: none waits */
	bool started, stop;
	int puts, tried; /* states that were handed over; the last one that was tried */
	bool hurry;      /* somebody waits for it: no pause */
	bool bad, told;  /* the last state could not be kept; that, or that it could, was told */
	struct err e;    /* if bad: why */
};

/* ---- the lock ---- */

/* The journal's lock. Returns false with the holder's errno if somebody else has it. A file that was removed meanwhile
 * is opened anew. */
static int open_locked(const char *path)
{
	for (int tries = 0; tries < 100; tries++) {
		struct stat by_fd, by_name;
		int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
		if (fd < 0 || fstat(fd, &by_fd) || !S_ISREG(by_fd.st_mode)) {
			int why = fd < 0 ? errno : EINVAL;
			if (fd >= 0)
				close(fd);
			errno = why;
			return -1;
		}
		/* a file system without locks has no second program either, as far as anybody can tell */
		if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
			close(fd);
			errno = EWOULDBLOCK;
			return -1;
		}
		if (!stat(path, &by_name) && by_name.st_ino == by_fd.st_ino && by_name.st_dev == by_fd.st_dev)
			return fd;
		close(fd);
	}
	errno = EAGAIN;
	return -1;
}

/* "ann@lab, process 4211" */
static char *who_am_i(void)
{
	char host[128] = "";
	const char *user = getenv("USER");
	(void)gethostname(host, sizeof host - 1);
	return xasprintf("%.60s@%.60s, process %ld", user && *user ? user : "somebody", *host ? host : "this host",
	                 (long)getpid());
}

/* ---- writing, in the thread ---- */

static int fail(struct keeper *k, const char *what, struct err *e)
{
	return err_set(e, ERR_IO, "%s: %s: %s", k->journal, what, strerror(errno));
}

static int sync_journal(struct keeper *k, struct err *e)
{
	int r;
	while ((r = fdatasync(k->fd)) < 0 && errno == EINTR)
		;
	k->unsynced = r != 0;
	return r ? fail(k, "cannot be synced", e) : 0;
}

/* Appends a record. What a failure leaves of it is cut off. */
static int append(struct keeper *k, const char *json, size_t length, struct err *e)
{
	size_t n, done = 0;
	char *record = journal_record(json, length, &n);
	while (done < n) {
		ssize_t got = pwrite(k->fd, record + done, n - done, (off_t)(k->at + done));
		if (got > 0)
			done += (size_t)got;
		else if (got == 0 || errno != EINTR)
			break;
	}
	free(record);
	if (done == n) {
		k->at += n;
		return 0;
	}
	fail(k, "cannot be written", e);
	if (ftruncate(k->fd, (off_t)k->at) && errno != EINTR)
		k->anew = true; /* the torn record stays, so the journal cannot go on */
	return ERR_IO;
}

static int begin_journal(struct keeper *k, struct err *e)
{
	char *json = NULL, *by = who_am_i();
	size_t n = 0;
	FILE *f = mem_stream(&json, &n);
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_key(&j, "base"), json_string(&j, k->s.base);
	json_key(&j, "by"), json_string(&j, by);
	json_end_object(&j);
	fclose(f);
	int bad = ftruncate(k->fd, 0) ? fail(k, "cannot be emptied", e) : 0;
	k->at = bad ? k->at : 0;
	bad = bad ? bad : append(k, json, n, e);
	free(json);
	free(by);
	return bad;
}

/* Whether the session file is still the one that this program read or wrote. */
static bool is_ours(const struct keeper *k)
{
	struct stat now;
	if (stat(k->path, &now))
		return true;
	return now.st_ino == k->file.st_ino && now.st_size == k->file.st_size &&
	       now.st_mtim.tv_sec == k->file.st_mtim.tv_sec && now.st_mtim.tv_nsec == k->file.st_mtim.tv_nsec;
}

/* The state as the text of a session file. */
static char *text_of(const cJSON *tree, size_t *n, struct err *e)
{
	struct review r;
	char *text = review_read(&r, tree, e) ? NULL : review_format(&r, n);
	review_release(&r);
	return text;
}

/* Keeps the bytes of a journal that could not be read to its end. */
static int put_aside(struct keeper *k, struct err *e)
{
	if (!k->s.fate.dropped && k->s.fate.is != JOURNAL_FOREIGN)
		return 0;
	char *name = xasprintf("%s.damaged", k->journal);
	int bad = session_write(name, k->s.journal, k->s.n_journal, k->shared, e);
	free(name);
	if (!bad)
		k->s.fate = (struct journal_fate){ 0 };
	return bad;
}

/* Says in the journal that a file of this hash, which is about to be written, has all that stands there. */
static int announce(struct keeper *k, const char *hash, struct err *e)
{
	char written[SHA256_TEXT + 16];
	if (!k->at)
		return 0;
	if (ftruncate(k->fd, (off_t)k->at))
		return fail(k, "cannot be cut", e);
	snprintf(written, sizeof written, "{\"written\":\"%s\"}", hash);
	int bad = append(k, written, strlen(written), e);
	return bad ? bad : sync_journal(k, e);
}

/* Another program has written the session file: it stays, and ours goes beside it. */
static int save_beside(struct keeper *k, const char *text, size_t n, struct err *e)
{
	char *mine = xasprintf("%s.mine", k->path);
	if (!session_write(mine, text, n, k->shared, e))
		err_set(e, ERR_IO, "%s: another program has changed it; what was kept here is in %s", k->path, mine);
	free(mine);
	return ERR_IO;
}

/* Puts the state *now into the session file, makes it the one that is kept, and begins the journal anew. *now gets the
 * state before. */
static int compact(struct keeper *k, cJSON **now, struct err *e)
{
	size_t n = 0;
	char hash[SHA256_TEXT];
	char *text = text_of(*now, &n, e);
	if (!text)
		return e->code;
	session_hash(text, n, hash);
	int bad = put_aside(k, e);
	bad = bad ? bad : announce(k, hash, e);
	if (!bad && !is_ours(k))
		bad = save_beside(k, text, n, e);
	bad = bad ? bad : session_write(k->path, text, n, k->shared, e);
	free(text);
	if (bad)
		return bad;
	cJSON *was = k->s.tree;
	k->s.tree = *now;
	*now = was;
	(void)stat(k->path, &k->file);
	memcpy(k->s.base, hash, sizeof hash);
	k->changed = k->anew = false;
	bad = begin_journal(k, e);
	return bad ? bad : sync_journal(k, e);
}

/* Appends what makes the state *now of the one on the disk, n bytes; *now gets that. */
static int append_state(struct keeper *k, const char *json, size_t n, cJSON **now, struct err *e)
{
	int bad = k->at ? 0 : begin_journal(k, e);
	bad = bad ? bad : append(k, json, n, e);
	if (bad)
		return bad;
	cJSON *was = k->s.tree;
	k->s.tree = *now;
	*now = was;
	k->changed = true;
	return sync_journal(k, e);
}

/* Keeps a state: what differs from the one on the disk is appended. */
static int keep(struct keeper *k, const char *text, struct err *e)
{
	char *json = NULL;
	size_t n = 0;
	cJSON *now = json_parse(text, strlen(text), e);
	if (!now)
		return err_at(e, "%s", k->path);
	FILE *f = mem_stream(&json, &n);
	bool differs = patch_write(f, k->s.tree, now, "saved");
	fclose(f);
	int bad = 0;
	if (differs && (k->anew || n > RECORD_MOST || k->at + n > COMPACT_BYTES))
		bad = compact(k, &now, e);
	else if (differs)
		bad = append_state(k, json, n, &now, e);
	else if (k->unsynced)
		bad = sync_journal(k, e);
	cJSON_Delete(now);
	free(json);
	return bad;
}

static void wait_ms(struct keeper *k, int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	int64_t ns = t.tv_nsec + (int64_t)ms * 1000000;
	t.tv_sec += ns / 1000000000;
	t.tv_nsec = ns % 1000000000;
	while (!k->stop && !k->hurry && !pthread_cond_timedwait(&k->wake, &k->lock, &t))
		;
}

static void *run(void *arg)
{
	struct keeper *k = arg;
	pthread_mutex_lock(&k->lock);
	for (;;) {
		while (!k->next && !k->stop)
			pthread_cond_wait(&k->wake, &k->lock);
		char *text = k->next;
		if (!text)
			break;
		bool last = k->stop;
		struct err e = { 0 };
		int number = k->puts;
		k->next = NULL;
		pthread_mutex_unlock(&k->lock);
		int bad = keep(k, text, &e);
		pthread_mutex_lock(&k->lock);
		if ((bad != 0) != k->bad || (bad && strcmp(e.text, k->e.text) != 0))
			k->told = false;
		k->bad = bad != 0;
		k->e = e;
		k->tried = number;
		if (bad && !k->next && !last)
			k->next = text; /* tried again */
		else
			free(text);
		pthread_cond_broadcast(&k->idle);
		if (last)
			break;
		wait_ms(k, bad ? AGAIN_MS : PAUSE_MS);
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

/* ---- the outside ---- */

static void init_locks(struct keeper *k)
{
	pthread_condattr_t clock;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->wake, &clock);
	pthread_cond_init(&k->idle, NULL);
	pthread_condattr_destroy(&clock);
}

static bool start(struct keeper *k)
{
	sigset_t all, was;
	if (k->started)
		return true;
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	k->started = pthread_create(&k->thread, NULL, run, k) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return k->started;
}

static void release(struct keeper *k)
{
	if (k->fd >= 0)
		close(k->fd);
	session_file_release(&k->s);
	pthread_mutex_destroy(&k->lock);
	pthread_cond_destroy(&k->wake);
	pthread_cond_destroy(&k->idle);
	free(k->next);
	free(k->path);
	free(k->journal);
	free(k);
}

/* Why nothing is kept: errno of the journal. */
static void say_unkept(const struct keeper *k, int why, char *said, size_t size)
{
	char text[300];
	if (why != EWOULDBLOCK)
		snprintf(text, sizeof text, "the session is not kept: %s: %s", k->journal, strerror(why));
	else
		snprintf(text, sizeof text, "%s has this session; here nothing of it is kept",
		         *k->s.fate.by ? k->s.fate.by : "another program");
	text_clean(said, size, text, strlen(text));
}

struct keeper *keeper_open(const char *path, bool shared, struct review *r, char *said, size_t size, struct err *e)
{
	struct keeper *k = xcalloc(1, sizeof *k);
	k->path = xstrdup(path);
	k->journal = session_journal_path(path);
	k->shared = shared;
	k->told = true;
	init_locks(k);
	k->fd = open_locked(k->journal);
	int why = errno;
	*said = '\0';
	(void)stat(path, &k->file);
	if (session_read(&k->s, r, path, k->fd, e)) {
		struct stat st;
		if (k->fd >= 0 && !fstat(k->fd, &st) && !st.st_size)
			(void)unlink(k->journal);
		release(k);
		return NULL;
	}
	k->found = k->s.there;
	k->anew = k->s.n_journal > 0;
	k->at = k->s.fate.is == JOURNAL_REPLAYED ? k->s.fate.whole : 0;
	if (k->fd < 0)
		say_unkept(k, why, said, size);
	else
		snprintf(said, size, "%s", k->s.said);
	return k;
}

bool keeper_found(const struct keeper *k)
{
	return k->found;
}

bool keeper_keeps(const struct keeper *k)
{
	return k->fd >= 0;
}

void keeper_put(struct keeper *k, char *text)
{
	char *old;
	if (k->fd < 0 || !start(k)) {
		free(text);
		return;
	}
	pthread_mutex_lock(&k->lock);
	old = k->next;
	k->next = text;
	k->puts++;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	free(old);
}

bool keeper_trouble(struct keeper *k, char *buf, size_t size)
{
	pthread_mutex_lock(&k->lock);
	bool changed = !k->told;
	k->told = true;
	snprintf(buf, size, "%s", k->bad ? k->e.text : "");
	pthread_mutex_unlock(&k->lock);
	return changed;
}

bool keeper_fails(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	bool bad = k->bad;
	pthread_mutex_unlock(&k->lock);
	return bad;
}

bool keeper_busy(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	bool busy = k->bad || (k->started && k->tried < k->puts);
	pthread_mutex_unlock(&k->lock);
	return busy;
}

void keeper_flush(struct keeper *k)
{
	pthread_mutex_lock(&k->lock);
	k->hurry = true;
	pthread_cond_signal(&k->wake);
	while (k->started && k->tried < k->puts)
		pthread_cond_wait(&k->idle, &k->lock);
	k->hurry = false;
	pthread_mutex_unlock(&k->lock);
}

int keeper_close(struct keeper *k, struct err *e)
{
	int bad = 0;
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_cond_signal(&k->wake);
	pthread_mutex_unlock(&k->lock);
	if (k->started)
		pthread_join(k->thread, NULL);
	if (k->bad)
		*e = k->e;
	bad = k->bad ? k->e.code : 0;
	if (!bad && k->fd >= 0 && (k->changed || k->anew))
		bad = compact(k, &k->s.tree, e);
	/* all is in the file, or nothing was ever kept */
	if (!bad && k->fd >= 0)
		(void)unlink(k->journal);
	/* the journal has it all: the next start puts it into the file */
	if (bad && !k->bad && k->at && is_ours(k))
		bad = 0;
	release(k);
	return bad;
}
