#include "src/session/file_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"

enum { PIECE = 1 << 18 };

struct file_hash {
	char **path;
	char (*hash)[SHA256_TEXT];
	int n;
	pthread_t thread;
	atomic_bool stop, done;
};

/* Returns false if the file cannot be read to its end. */
static bool hash_file(const atomic_bool *stop, int fd, char *buf, char text[SHA256_TEXT])
{
	struct sha256 s;
	struct stat st;
	ssize_t n = 1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	sha256_init(&s);
	while (n > 0 && !atomic_load(stop)) {
		n = read(fd, buf, PIECE);
		if (n > 0)
			sha256_add(&s, buf, (size_t)n);
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n == 0)
		sha256_end(&s, text);
	return n == 0;
}

static bool hash_path(const atomic_bool *stop, const char *path, char *buf, char text[SHA256_TEXT])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool fine = fd >= 0 && hash_file(stop, fd, buf, text);
	if (!fine)
		*text = '\0';
	if (fd >= 0)
		close(fd);
	return fine;
}

bool file_hash_now(const char *path, char hash[SHA256_TEXT])
{
	atomic_bool never = false;
	char *buf = xmalloc(PIECE);
	bool fine = hash_path(&never, path, buf, hash);
	free(buf);
	return fine;
}

static void *run(void *arg)
{
	struct file_hash *h = arg;
	char *buf = xmalloc(PIECE);
	for (int i = 0; i < h->n && !atomic_load(&h->stop); i++)
		hash_path(&h->stop, h->path[i], buf, h->hash[i]);
	free(buf);
	atomic_store(&h->done, true);
	return NULL;
}

static void release(struct file_hash *h)
{
	for (int i = 0; i < h->n; i++)
		free(h->path[i]);
	free(h->path);
	free(h->hash);
	free(h);
}

struct file_hash *file_hash_new(const char *const *path, int n)
{
	struct file_hash *h = xcalloc(1, sizeof *h);
	sigset_t all, was;
	h->n = n;
	h->path = xcalloc((size_t)n + 1, sizeof *h->path);
	h->hash = xcalloc((size_t)n + 1, sizeof *h->hash);
	for (int i = 0; i < n; i++)
		h->path[i] = xstrdup(path[i]);
	/* signals are for the thread that has the terminal */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	bool started = pthread_create(&h->thread, NULL, run, h) == 0;
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (started)
		return h;
	release(h);
	return NULL;
}

bool file_hash_done(struct file_hash *h)
{
	return atomic_load(&h->done);
}

const char *file_hash_of(const struct file_hash *h, int i)
{
	return h->hash[i];
}

void file_hash_free(struct file_hash *h)
{
	if (!h)
		return;
	atomic_store(&h->stop, true);
	pthread_join(h->thread, NULL);
	release(h);
}
