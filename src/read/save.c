#include "src/read/save.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Reports a refusal. err_at() keeps the reason readable even if the path is long. */
static int refuse(const char *path, const char *why, struct err *e)
{
	err_set(e, ERR_IO, "%s", why);
	return err_at(e, "%s", path);
}

static int fail(const char *path, const char *what, struct err *e)
{
	err_set(e, ERR_IO, "%s: %s", what, strerror(errno));
	return err_at(e, "%s", path);
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

/* A target such as /dev/stdout would be replaced by the new file, and nothing would be written to the stream.
 * target: the file that the name leads to, or NULL. Returns why the target is refused, or NULL if it is not such a
 * name. */
static const char *stream_at(int dir, const char *base, const struct stat *target)
{
	static const char *const why[] = {
		"standard input comes from this file; use another name",
		"standard output goes to this file; use -o - or another name",
		"standard error goes to this file; use another name",
	};
	char link[sizeof "/proc/"] = "";
	for (int fd = 2; fd >= 0 && target; fd--) {
		struct stat st;
		if (fstat(fd, &st) == 0 && st.st_dev == target->st_dev && st.st_ino == target->st_ino)
			return why[fd];
	}
	if (readlinkat(dir, base, link, sizeof link - 1) > 0 && !strcmp(link, "/proc/"))
		return "this is a link into /proc; use another name";
	return NULL;
}

/* Returns whether the file has the attribute +i or +a (chattr). base "" means the folder itself. */
static bool is_frozen(int dir, const char *base)
{
	struct statx x;
	return statx(dir, base, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH, 0, &x) == 0 &&
	       x.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND);
}

/* Returns whether the file belongs to another user in a folder where only owners may replace files, such as /tmp. */
static bool is_others(int dir, const struct stat *old)
{
	struct stat st;
	return fstat(dir, &st) == 0 && st.st_mode & S_ISVTX && geteuid() != 0 && geteuid() != st.st_uid &&
	       geteuid() != old->st_uid;
}

/* Checks that the target can be replaced: it must be a regular file, a link to one, a dangling link, or absent.
 * Checks now what would make the rename fail, so that the user does not learn it after hours of work. Sets *mode to
 * an old file's. */
static int check_target(int dir, const char *path, mode_t *mode, struct err *e)
{
	const char *base = base_name(path), *stream;
	struct stat st;
	if (!*base)
		return refuse(path, "this is a folder; a file name is needed", e);
	bool there = fstatat(dir, base, &st, 0) == 0;
	if (there && !S_ISREG(st.st_mode))
		return refuse(path,
		              S_ISDIR(st.st_mode) ? "this is a folder, not a file; add a file name"
		                                  : "this is a device or a pipe, not a file; use another name",
		              e);
	stream = stream_at(dir, base, there ? &st : NULL);
	if (stream)
		return refuse(path, stream, e);
	if (is_frozen(dir, ""))
		return refuse(path, "files in its folder cannot be replaced (chattr +i or +a); use another folder", e);
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : fail(path, "cannot be written", e);
	if (is_frozen(dir, base))
		return refuse(path, "it cannot be replaced (chattr +i or +a); use another name", e);
	if (is_others(dir, &st))
		return refuse(path,
		              "it belongs to another user, and in its folder only owners may replace files; use "
		              "another name",
		              e);
	if (S_ISREG(st.st_mode))
		*mode = st.st_mode & 0777;
	return 0;
}

/* ---- temporary files ---- */

#define TEMP_START ".tsviz-"
#define TEMP_END ".tmp"

static bool is_temp_name(const char *name)
{
	size_t n = strlen(name), start = sizeof TEMP_START - 1, end = sizeof TEMP_END - 1;
	return n == start + 16 + end && !strncmp(name, TEMP_START, start) && !strcmp(name + n - end, TEMP_END) &&
	       strspn(name + start, "0123456789abcdef") == 16;
}

/* Removes a temporary file that no process has locked: the save that made it was killed. */
static void remove_if_stale(int dir, const char *name)
{
	struct stat st;
	int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(dir, name, 0);
	close(fd);
}

/* Removes the temporary files of saves that were killed. A failure here is not a failure of the save. */
static void remove_stale(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	for (struct dirent *x; (x = readdir(d));)
		if (is_temp_name(x->d_name))
			remove_if_stale(dir, x->d_name);
	closedir(d);
}

/* Locks the temporary file to show that it is in use. Returns false if another save removed it before it was locked.
 * On a file system without locks nobody can lock it, and so nobody removes it either. */
static bool lock_temp(int fd)
{
	struct stat st;
	while (flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
	return fstat(fd, &st) < 0 || st.st_nlink > 0;
}

/* Makes a file in the target's folder, under a name that nobody can predict. `fresh`: its permissions before the umask;
 * `old`: those of the file that it replaces, 0 without one. */
static int open_temp(struct save *s, mode_t fresh, mode_t old, struct err *e)
{
	for (int tries = 0; tries < 100; tries++) {
		unsigned long long r = 0;
		if (getrandom(&r, sizeof r, 0) != (ssize_t)sizeof r)
			r = (unsigned long long)getpid() * 1000003u + (unsigned)tries;
		s->temp = xasprintf(TEMP_START "%016llx" TEMP_END, r);
		int fd = openat(s->dir, s->temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		                old ? 0600 : fresh);
		if (fd >= 0 && lock_temp(fd)) {
			/* Some file systems have no modes; the file then stays private. */
			if (old && old != 0600 && fchmod(fd, old) < 0)
				errno = 0;
			return fd;
		}
		if (fd >= 0) {
			close(fd);
			errno = EEXIST;
		}
		free(s->temp);
		s->temp = NULL;
		if (errno != EEXIST && errno != EINTR)
			break;
	}
	fail(s->path, "a file in its folder cannot be created", e);
	return -1;
}

/* Writes all n bytes; repeats after a signal or a short write. */
static ssize_t write_all(void *cookie, const char *p, size_t n)
{
	const struct save *s = cookie;
	size_t done = 0;
	while (done < n) {
		ssize_t k = write(s->fd, p + done, n - done);
		if (k > 0)
			done += (size_t)k;
		else if (k == 0 || errno != EINTR)
			return 0;
	}
	return (ssize_t)n;
}

static int sync_fd(int fd)
{
	int r;
	while ((r = fsync(fd)) < 0 && errno == EINTR)
		;
	return r;
}

/* Syncs the folder. Some file systems cannot do that; this is not an error. */
static bool sync_folder(int dir)
{
	return sync_fd(dir) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS;
}

static void release(struct save *s)
{
	if (s->fd >= 0)
		close(s->fd);
	if (s->dir >= 0)
		close(s->dir);
	free(s->path);
	free(s->temp);
	*s = (struct save){ .fd = -1, .dir = -1 };
}

static int begin(struct save *s, const char *path, mode_t fresh, struct err *e)
{
	mode_t old = 0;
	*s = (struct save){ .path = xstrdup(path), .fd = -1, .dir = -1 };
	if (!*path)
		return release(s), err_set(e, ERR_IO, "the name of the file to write is empty");
	s->dir = open_folder(path, e);
	int bad = s->dir < 0 ? ERR_IO : check_target(s->dir, path, &old, e);
	if (!bad) {
		remove_stale(s->dir);
		s->fd = open_temp(s, fresh, old, e);
	}
	if (s->fd >= 0) {
		s->f = fopencookie(s, "w", (cookie_io_functions_t){ .write = write_all });
		if (s->f)
			return 0;
		fail(path, "cannot be written", e);
		unlinkat(s->dir, s->temp, 0);
	}
	release(s);
	return ERR_IO;
}

int save_begin(struct save *s, const char *path, struct err *e)
{
	return begin(s, path, 0666, e);
}

int save_begin_private(struct save *s, const char *path, struct err *e)
{
	return begin(s, path, 0600, e);
}

/* Writes everything to the disk and closes the file. Returns 0, or errno of the first failure. */
static int finish_file(struct save *s)
{
	errno = 0;
	int why = 0;
	if (fflush(s->f) != 0 || ferror(s->f) || sync_fd(s->fd) < 0)
		why = errno ? errno : EIO;
	if (fclose(s->f) != 0 && !why)
		why = errno ? errno : EIO;
	s->f = NULL;
	int fd = s->fd;
	s->fd = -1;
	/* Some file systems report a failed write only at close(). After EINTR the descriptor is closed all the
	 * same. */
	if (close(fd) < 0 && errno != EINTR && !why)
		why = errno;
	return why;
}

int save_commit(struct save *s, struct err *e)
{
	int bad = 0, why = finish_file(s);
	bool whole = !why;
	if (!why && renameat(s->dir, s->temp, s->dir, base_name(s->path)) < 0)
		why = errno;
	/* The name without its leading dot is not a temporary name, so no other save removes the file. */
	if (why && whole && s->keep && renameat(s->dir, s->temp, s->dir, s->temp + 1) == 0) {
		err_set(e, ERR_IO, "cannot be written: %s; the finished file is %s in the same folder", strerror(why),
		        s->temp + 1);
		bad = err_at(e, "%s", s->path);
	} else if (why) {
		unlinkat(s->dir, s->temp, 0);
		errno = why;
		bad = fail(s->path, "cannot be written", e);
	} else if (!sync_folder(s->dir)) {
		bad = fail(
		        s->path,
		        "the new file is in place, but it may not survive a power failure: its folder cannot be synced",
		        e);
	}
	release(s);
	return bad;
}

void save_abort(struct save *s)
{
	if (s->f)
		fclose(s->f);
	if (s->temp)
		unlinkat(s->dir, s->temp, 0);
	release(s);
}
