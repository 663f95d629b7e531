#include "src/report/reporter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "core/base/text.h"
#include "src/report/words.h"
#include "src/session/session_bind.h"
#include "src/session/session_file.h"

extern char **environ;

static bool ends(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n > k && !strcmp(s + n - k, end);
}

static int check(const struct reporter *r, const char *path, const char *session, struct err *e)
{
	if (r->pid)
		return err_set(e, ERR_VALUE, "a report is being made; wait for its end");
	if (!ends(path, ".html") && !ends(path, ".md"))
		return err_set(e, ERR_VALUE, "%s: the name should end in .html or .md", path);
	if (!access(path, F_OK))
		return err_set(e, ERR_VALUE, "%s exists already; choose another name", path);
	if (!access(session, F_OK))
		return err_set(e, ERR_VALUE, "%s exists already; choose another name", session);
	for (int i = 0; i <= r->o->n_data; i++)
		if (!strcmp(i ? r->o->data[i - 1] : r->o->model, "-"))
			return err_set(e, ERR_VALUE, "what came from standard input cannot be read again for a report");
	return r->o->read.bundled ? err_set(e, ERR_VALUE, "the sample of demo is no file; tsviz report needs files")
	                          : 0;
}

/* What is on the screen, with the notes that are kept. */
static int write_session(const struct reporter *r, const struct ui *u, const char *path, struct err *e)
{
	struct review now, kept;
	struct session_file s;
	size_t n;
	const char *file = keeping_file(r->keeping);
	review_init(&now);
	session_take(&now, u);
	int bad = file ? session_read(&s, &kept, file, -1, e) : 0;
	for (int i = 0; file && !bad && i < kept.n_note; i++)
		review_add_note(&now, &kept.note[i]);
	if (!bad) {
		char *text = review_format(&now, &n);
		bad = session_write(path, text, n, true, e);
		free(text);
	}
	if (file) {
		session_file_release(&s);
		review_release(&kept);
	}
	review_release(&now);
	return bad;
}

/* Starts this program with these words. What it says goes to a pipe, and a terminal is none of its business. */
static int spawn(struct reporter *r, const struct words *w, struct err *e)
{
	int to[2];
	pid_t pid = 0;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none;
	if (pipe2(to, O_CLOEXEC))
		return err_set(e, ERR_IO, "the report cannot be begun: %s", strerror(errno));
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, to[1], 2);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setpgroup(&how, 0);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	int bad = posix_spawn(&pid, "/proc/self/exe", &files, &how, w->word, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	close(to[1]);
	if (bad) {
		close(to[0]);
		return err_set(e, ERR_IO, "the report cannot be begun: %s", strerror(bad));
	}
	r->pid = (int)pid;
	r->from = to[0];
	return 0;
}

static int start(void *ctx, const struct ui *u, const char *path, struct err *e)
{
	struct reporter *r = ctx;
	struct words w;
	char *session = xasprintf("%s.session.json", path);
	int bad = check(r, path, session, e);
	bad = bad ? bad : write_session(r, u, session, e);
	if (!bad) {
		words_begin(&w, r->o, "report");
		words_pair(&w, "session", session);
		words_pair(&w, "out", path);
		words_add(&w, "--quiet");
		bad = spawn(r, &w, e);
		words_release(&w);
	}
	free(session);
	if (!bad) {
		free(r->path);
		r->path = xstrdup(path);
	}
	return bad;
}

/* The first line that it said. A report is quiet, so there is little, and the pipe holds it. */
static void read_line(int fd, char *buf, size_t size)
{
	char raw[512];
	ssize_t n = read(fd, raw, sizeof raw);
	size_t k = n > 0 ? (size_t)n : 0;
	const char *end = memchr(raw, '\n', k);
	text_clean(buf, size, raw, end ? (size_t)(end - raw) : k);
}

static bool news(void *ctx, char *said, size_t size)
{
	struct reporter *r = ctx;
	int status = 0;
	char why[300];
	if (!r->pid || waitpid((pid_t)r->pid, &status, WNOHANG) != (pid_t)r->pid)
		return false;
	read_line(r->from, why, sizeof why);
	close(r->from);
	r->from = -1;
	r->pid = 0;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		snprintf(said, size, "written: %s", r->path);
	else
		snprintf(said, size, "no report: %s", *why ? why : "its process was ended");
	return true;
}

static bool busy(void *ctx)
{
	const struct reporter *r = ctx;
	return r->pid != 0;
}

const struct report_ops reporter_ops = { start, news, busy };

void reporter_release(struct reporter *r)
{
	if (r->from >= 0)
		close(r->from);
	free(r->path);
	*r = (struct reporter){ .from = -1 };
}
