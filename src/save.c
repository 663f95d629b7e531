#include "src/save.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/mem.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static int fail(const char *path, const char *what, struct err *e)
{
	return err_set(e, ERR_IO, "%s: %s: %s", path, what, strerror(errno));
}

static int open_folder(const char *path, struct err *e)
{
	size_t n = (size_t)(base_name(path) - path);
	char *dir = n ? xstrndup(path, n) : xstrdup(".");
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fail(path, "its folder cannot be opened", e);
	free(dir);
	return fd;
}

/* What stands at the target must be a file, a link to one, a dangling link or nothing: `-o /dev/stdout` as
 * root must not replace that. */
static int check_target(int dir, const char *path, mode_t *mode, struct err *e)
{
	const char *base = base_name(path);
	struct stat st;
	if (!*base)
		return err_set(e, ERR_IO, "%s: this is a folder; a file name is needed", path);
	*mode = 0600;
	if (fstatat(dir, base, &st, 0) == 0 && !S_ISREG(st.st_mode))
		return err_set(e, ERR_IO, "%s: this is %s, no file", path,
		               S_ISDIR(st.st_mode) ? "a folder" : "a device or pipe");
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode))
		*mode = st.st_mode & 0777;
	return 0;
}

/* A new file beside the target, under a name that nobody can foresee. */
static int open_temp(struct save *s, mode_t mode, struct err *e)
{
	for (int tries = 0; tries < 100; tries++) {
		unsigned long long r = 0;
		if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
			r = (unsigned long long)getpid() * 1000003u + (unsigned)tries;
		s->temp = xasprintf(".tsviz-%016llx.tmp", r);
		int fd = openat(s->dir, s->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0) {
			/* not every file system knows modes: then it stays private */
			if (mode != 0600 && fchmod(fd, mode) < 0)
				errno = 0;
			return fd;
		}
		free(s->temp);
		s->temp = NULL;
		if (errno != EEXIST)
			break;
	}
	fail(s->path, "no file can be made in its folder", e);
	return -1;
}

static void release(struct save *s)
{
	if (s->dir >= 0)
		close(s->dir);
	free(s->path);
	free(s->temp);
	memset(s, 0, sizeof *s);
	s->dir = -1;
}

int save_begin(struct save *s, const char *path, struct err *e)
{
	mode_t mode;
	memset(s, 0, sizeof *s);
	s->path = xstrdup(path);
	s->dir = open_folder(path, e);
	int bad = s->dir < 0 ? ERR_IO : check_target(s->dir, path, &mode, e);
	int fd = bad ? -1 : open_temp(s, mode, e);
	if (fd >= 0) {
		s->f = fdopen(fd, "w");
		if (s->f)
			return 0;
		fail(path, "cannot be written", e);
		close(fd);
		unlinkat(s->dir, s->temp, 0);
	}
	release(s);
	return ERR_IO;
}

int save_commit(struct save *s, struct err *e)
{
	errno = 0;
	/* the first failure is the one to report */
	bool bad = fflush(s->f) != 0 || ferror(s->f) || fsync(fileno(s->f)) < 0;
	int why = errno;
	if (fclose(s->f) != 0 && !bad) {
		bad = true;
		why = errno;
	}
	if (!bad && renameat(s->dir, s->temp, s->dir, base_name(s->path)) < 0) {
		bad = true;
		why = errno;
	}
	if (bad) {
		unlinkat(s->dir, s->temp, 0);
		errno = why ? why : EIO;
		fail(s->path, "cannot be written", e);
	} else {
		/* some file systems cannot sync a folder; the file itself is safe */
		fsync(s->dir);
	}
	release(s);
	return bad ? ERR_IO : 0;
}

void save_abort(struct save *s)
{
	if (s->f)
		fclose(s->f);
	if (s->temp)
		unlinkat(s->dir, s->temp, 0);
	release(s);
}
