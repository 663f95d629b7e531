/* Saving while things go wrong. The system calls of src/read/save.c come here: they are done, recorded, and one of them
 * can fail or be the last thing the process does. From the record follow the disks that a power cut may leave behind:
 * what was not synced may be there, be missing or be there in part, in any combination. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "src/read/save.h"
#include "tests/unit/unit.h"

enum op { OP_OPEN, OP_LOCK, OP_CHMOD, OP_WRITE, OP_SYNC, OP_CLOSE, OP_RENAME, OP_SYNC_FOLDER, OP_UNLINK };
static const char *const op_name[] = { "open",  "flock", "fchmod", "write",
	                               "fsync", "close", "rename", "fsync of the folder",
	                               "unlink" };

enum { OPS_MAX = 64 };
static char dir[64], path[128];
static struct {
	bool on;
	int n, fail_at, kill_at, err, times, file;
	size_t most;            /* bytes that one write takes; 0: all */
	bool no_listing, steal; /* the folder cannot be read; the next file is removed before it is locked */
	char last[64];
	struct {
		enum op op;
		size_t bytes;
	} op[OPS_MAX];
} rec;

/* false: this call is to fail */
static bool record(enum op op, size_t bytes)
{
	if (!rec.on)
		return true;
	ck_assert_int_lt(rec.n, OPS_MAX);
	int k = rec.n++;
	rec.op[k].op = op;
	rec.op[k].bytes = bytes;
	if (k == rec.kill_at)
		kill(getpid(), SIGKILL);
	if (rec.fail_at < 0 || k < rec.fail_at || k >= rec.fail_at + rec.times)
		return true;
	errno = rec.err;
	return false;
}

int openat(int at, const char *name, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	bool make = flags & O_CREAT;
	if (rec.on && rec.no_listing && !strcmp(name, ".")) {
		errno = EMFILE;
		return -1;
	}
	if (make && !record(OP_OPEN, 0))
		return -1;
	int fd = (int)syscall(SYS_openat, at, name, flags, mode);
	if (make && rec.on) {
		rec.file = fd;
		snprintf(rec.last, sizeof rec.last, "%s", name);
	}
	return fd;
}

int flock(int fd, int how)
{
	if (fd == rec.file && !record(OP_LOCK, 0))
		return -1;
	if (rec.on && rec.steal && fd == rec.file) {
		char stolen[200];
		rec.steal = false;
		snprintf(stolen, sizeof stolen, "%s/%s", dir, rec.last);
		ck_assert_int_eq(unlink(stolen), 0);
	}
	return (int)syscall(SYS_flock, fd, how);
}

int fchmod(int fd, mode_t mode)
{
	return record(OP_CHMOD, 0) ? (int)syscall(SYS_fchmod, fd, mode) : -1;
}

ssize_t write(int fd, const void *p, size_t n)
{
	bool ours = rec.on && fd == rec.file;
	if (ours && rec.most && n > rec.most)
		n = rec.most;
	if (ours && !record(OP_WRITE, n))
		return -1;
	return syscall(SYS_write, fd, p, n);
}

int fsync(int fd)
{
	return record(fd == rec.file ? OP_SYNC : OP_SYNC_FOLDER, 0) ? (int)syscall(SYS_fsync, fd) : -1;
}

int close(int fd)
{
	if (rec.on && fd == rec.file && !record(OP_CLOSE, 0)) {
		int why = errno;
		syscall(SYS_close, fd);
		errno = why;
		return -1;
	}
	return (int)syscall(SYS_close, fd);
}

int renameat(int a, const char *from, int b, const char *to)
{
	return record(OP_RENAME, 0) ? (int)syscall(SYS_renameat, a, from, b, to) : -1;
}

int unlinkat(int at, const char *name, int flags)
{
	return record(OP_UNLINK, 0) ? (int)syscall(SYS_unlinkat, at, name, flags) : -1;
}

/* ---- a folder with one old file ---- */

static const char old_text[] = "old", new_text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static void make_dir(void)
{
	strcpy(dir, "/tmp/tsviz-save-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/out.txt", dir);
}

static void put_old(void)
{
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(old_text, f);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0640), 0);
}

static int entries(void)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *x; (x = readdir(d));)
		n += strcmp(x->d_name, ".") && strcmp(x->d_name, "..");
	closedir(d);
	return n;
}

static void remove_dir(void)
{
	DIR *d = opendir(dir);
	for (struct dirent *x; (x = readdir(d));)
		unlinkat(dirfd(d), x->d_name, 0);
	closedir(d);
	ck_assert_int_eq(rmdir(dir), 0);
}

/* 'o' the old file, 'n' the new one, '?' anything else */
static char which(void)
{
	char buf[128] = "";
	FILE *f = fopen(path, "r");
	if (!f)
		return '?';
	size_t n = fread(buf, 1, sizeof buf - 1, f);
	fclose(f);
	if (n == strlen(old_text) && !strcmp(buf, old_text))
		return 'o';
	return n == strlen(new_text) && !strcmp(buf, new_text) ? 'n' : '?';
}

static void start(int fail_at, int err, int times, int kill_at)
{
	memset(&rec, 0, sizeof rec);
	rec.fail_at = fail_at;
	rec.err = err;
	rec.times = times;
	rec.kill_at = kill_at;
	rec.most = 10;
	rec.file = -1;
	rec.on = true;
}

static int save_new(struct err *e)
{
	struct save s;
	int bad = save_begin(&s, path, e);
	if (!bad) {
		fputs(new_text, s.f);
		bad = save_commit(&s, e);
	}
	rec.on = false;
	return bad;
}

/* The operations of one undisturbed save. */
static int count(void)
{
	struct err e = { 0 };
	put_old();
	start(-1, 0, 0, -1);
	ck_assert_msg(!save_new(&e), "%s", e.text);
	ck_assert_int_eq(which(), 'n');
	return rec.n;
}

START_TEST(every_call_that_fails_leaves_the_old_file_and_is_told)
{
	static const int errs[] = { EIO, ENOSPC, EDQUOT, EROFS, EACCES, ENOMEM };
	make_dir();
	int n = count();
	ck_assert_int_ge(n, 10);
	for (int k = 0; k < n; k++)
		for (size_t i = 0; i < sizeof errs / sizeof *errs; i++) {
			struct err e = { 0 };
			put_old();
			start(k, errs[i], 1, -1);
			int bad = save_new(&e);
			enum op op = rec.op[k].op;
			bool matters = op != OP_LOCK && op != OP_CHMOD;
			char wanted = matters && op != OP_SYNC_FOLDER ? 'o' : 'n';
			ck_assert_msg(!bad == !matters, "%s fails with %s: %s", op_name[op], strerror(errs[i]),
			              bad ? e.text : "no error");
			ck_assert_msg(!bad || (strstr(e.text, path) && strstr(e.text, strerror(errs[i]))), "%s",
			              e.text);
			ck_assert_msg(which() == wanted, "%s fails with %s: file is '%c'", op_name[op],
			              strerror(errs[i]), which());
			ck_assert_msg(entries() == 1, "%s fails with %s: something is left behind", op_name[op],
			              strerror(errs[i]));
		}
	remove_dir();
}
END_TEST

START_TEST(a_costly_file_stays_when_it_cannot_be_renamed)
{
	make_dir();
	int n = count();
	for (int k = 0; k < n; k++) {
		if (rec.op[k].op != OP_RENAME && rec.op[k].op != OP_SYNC)
			continue;
		bool whole = rec.op[k].op == OP_RENAME;
		struct save s;
		struct err e = { 0 };
		put_old();
		start(k, EPERM, 1, -1);
		ck_assert_msg(!save_begin(&s, path, &e), "%s", e.text);
		s.keep = true;
		fputs(new_text, s.f);
		ck_assert_int_eq(save_commit(&s, &e), ERR_IO);
		rec.on = false;
		ck_assert_int_eq(which(), 'o');
		ck_assert_int_eq(entries(), whole ? 2 : 1);
		if (!whole)
			continue;
		ck_assert_msg(strstr(e.text, strerror(EPERM)) && strstr(e.text, "the finished file is tsviz-"), "%s",
		              e.text);
		/* nor does the next save take it away */
		ck_assert_int_eq(save_new(&e), 0);
		snprintf(path, sizeof path, "%.60s/%.60s", dir, rec.last + 1);
		ck_assert_int_eq(which(), 'n');
		unlink(path);
		snprintf(path, sizeof path, "%s/out.txt", dir);
		ck_assert_int_eq(entries(), 1);
	}
	remove_dir();
}
END_TEST

START_TEST(signals_are_not_seen)
{
	make_dir();
	int n = count();
	for (int k = 0; k < n; k++) {
		struct err e = { 0 };
		put_old();
		start(k, EINTR, 1, -1);
		int bad = save_new(&e);
		/* rename is never interrupted; for the rest see the calls */
		if (rec.op[k].op != OP_RENAME)
			ck_assert_msg(!bad && which() == 'n' && entries() == 1, "%s: %s", op_name[rec.op[k].op],
			              e.text);
	}
	remove_dir();
}
END_TEST

START_TEST(a_folder_that_knows_no_sync_is_no_error)
{
	struct err e = { 0 };
	make_dir();
	int n = count();
	put_old();
	start(n - 1, EINVAL, 1, -1);
	ck_assert_msg(!save_new(&e), "%s", e.text);
	ck_assert_int_eq(rec.op[n - 1].op, OP_SYNC_FOLDER);
	remove_dir();
}
END_TEST

START_TEST(a_name_that_is_taken_is_not_the_end)
{
	struct err e = { 0 };
	make_dir();
	put_old();
	start(0, EEXIST, 1, -1);
	ck_assert_msg(!save_new(&e) && which() == 'n' && entries() == 1, "%s", e.text);
	/* a cleaner was faster than the lock: another file is made */
	start(-1, 0, 0, -1);
	rec.steal = true;
	ck_assert_msg(!save_new(&e) && which() == 'n' && entries() == 1, "%s", e.text);
	ck_assert(!rec.steal);
	/* a folder that may be written, not read */
	put_old();
	start(-1, 0, 0, -1);
	rec.no_listing = true;
	ck_assert_msg(!save_new(&e) && which() == 'n' && entries() == 1, "%s", e.text);
	remove_dir();
}
END_TEST

START_TEST(a_name_without_a_folder_is_in_this_one)
{
	struct err e = { 0 };
	char here[512], full[128];
	make_dir();
	put_old();
	strcpy(full, path);
	ck_assert_ptr_nonnull(getcwd(here, sizeof here));
	ck_assert_int_eq(chdir(dir), 0);
	strcpy(path, "out.txt");
	start(-1, 0, 0, -1);
	ck_assert_msg(!save_new(&e) && which() == 'n' && entries() == 1, "%s", e.text);
	ck_assert_int_eq(chdir(here), 0);
	strcpy(path, full);
	ck_assert_int_eq(which(), 'n');
	remove_dir();
}
END_TEST

START_TEST(killed_at_any_step_old_or_new_and_the_next_save_tidies_up)
{
	make_dir();
	int n = count(), old = 0, new = 0;
	for (int k = 0; k < n; k++) {
		struct err e = { 0 };
		put_old();
		pid_t child = fork();
		if (child == 0) {
			start(-1, 0, 0, k);
			save_new(&e);
			_exit(0);
		}
		int status;
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		char is = which();
		ck_assert_msg(is == 'o' || is == 'n', "killed before operation %d: the file is torn", k);
		old += is == 'o';
		new += is == 'n';
		start(-1, 0, 0, -1);
		ck_assert_msg(!save_new(&e), "%s", e.text);
		ck_assert_int_eq(which(), 'n');
		ck_assert_msg(entries() == 1, "killed before operation %d: the temporary file stays", k);
	}
	ck_assert_int_gt(old, 0);
	ck_assert_int_gt(new, 0);
	remove_dir();
}
END_TEST

START_TEST(two_saves_at_once_leave_each_others_files_alone)
{
	struct save a, b;
	struct err e = { 0 };
	make_dir();
	char other[140];
	snprintf(other, sizeof other, "%s.2", path);
	ck_assert_msg(!save_begin(&a, path, &e), "%s", e.text);
	fputs(new_text, a.f);
	ck_assert_msg(!save_begin(&b, other, &e), "%s", e.text);
	ck_assert_int_eq(entries(), 2);
	ck_assert_msg(!save_commit(&b, &e), "%s", e.text);
	ck_assert_msg(!save_commit(&a, &e), "%s", e.text);
	ck_assert_int_eq(which(), 'n');
	ck_assert_int_eq(entries(), 2);
	remove_dir();
}
END_TEST

START_TEST(only_own_temporary_files_are_removed)
{
	static const char *const foreign[] = { ".tsviz-0123.tmp", ".tsviz-0123456789abcdeg.tmp",
		                               ".tsviz-0123456789abcdef.tmp2", "x.tmp" };
	struct err e = { 0 };
	char name[200], target[200];
	make_dir();
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		snprintf(name, sizeof name, "%s/%s", dir, foreign[i]);
		fclose(fopen(name, "w"));
	}
	/* a link and a pipe of the right name: neither followed nor waited for nor removed */
	snprintf(name, sizeof name, "%s/.tsviz-0000000000000001.tmp", dir);
	snprintf(target, sizeof target, "%s/x.tmp", dir);
	ck_assert_int_eq(symlink(target, name), 0);
	snprintf(name, sizeof name, "%s/.tsviz-0000000000000002.tmp", dir);
	ck_assert_int_eq(mkfifo(name, 0600), 0);
	snprintf(name, sizeof name, "%s/.tsviz-0000000000000003.tmp", dir);
	fclose(fopen(name, "w"));
	ck_assert_int_eq(entries(), 7);
	start(-1, 0, 0, -1);
	ck_assert_msg(!save_new(&e), "%s", e.text);
	ck_assert_int_eq(entries(), 7); /* one went, the new file came */
	ck_assert_int_ne(access(name, F_OK), 0);
	remove_dir();
}
END_TEST

/* ---- power cuts ---- */

struct cut {
	long states, old, new, torn;
};

/* The target after the cut, when of its writes those that are not synced are there as `data` says (base 4, one digit a
 * write: missing, whole, its first half, zeros), and of the folder's changes those in `names` (one bit each). */
static char disk(int n, int synced, int folder_synced, unsigned data, unsigned names)
{
	char text[128] = "";
	size_t at = 0, end = 0;
	bool renamed = false;
	for (int k = 0; k < n; k++) {
		enum op op = rec.op[k].op;
		if (op == OP_WRITE) {
			size_t b = rec.op[k].bytes;
			unsigned how = 1;
			if (k > synced) {
				how = data % 4;
				data /= 4;
			}
			size_t have = how == 2 ? b / 2 : b;
			if (how == 1 || how == 2)
				memcpy(text + at, new_text + at, have);
			if (how && at + have > end)
				end = at + have;
			at += b;
		}
		if (op == OP_OPEN || op == OP_RENAME) {
			bool there = k < folder_synced || names % 2;
			if (k >= folder_synced)
				names /= 2;
			renamed |= op == OP_RENAME && there;
		}
	}
	if (!renamed)
		return 'o';
	return end == strlen(new_text) && !memcmp(text, new_text, end) ? 'n' : '?';
}

/* All disks that a cut after the first n operations can leave. skip: a sync that is left out (-1: none). */
static void cut_after(int n, int skip, struct cut *c)
{
	int synced = -1, folder_synced = -1, unsynced = 0, changes = 0;
	for (int k = 0; k < n; k++) {
		if (rec.op[k].op == OP_SYNC && k != skip)
			synced = k;
		if (rec.op[k].op == OP_SYNC_FOLDER && k != skip)
			folder_synced = k;
	}
	for (int k = 0; k < n; k++) {
		unsynced += rec.op[k].op == OP_WRITE && k > synced;
		changes += (rec.op[k].op == OP_OPEN || rec.op[k].op == OP_RENAME) && k >= folder_synced;
	}
	for (unsigned data = 0; data < 1u << (2 * unsynced); data++)
		for (unsigned names = 0; names < 1u << changes; names++) {
			char is = disk(n, synced, folder_synced, data, names);
			c->states++;
			c->old += is == 'o';
			c->new += is == 'n';
			c->torn += is == '?';
		}
}

START_TEST(a_power_cut_leaves_old_or_new)
{
	struct cut c = { 0 }, end = { 0 }, without = { 0 }, lost = { 0 };
	int sync = -1, folder = -1;
	make_dir();
	int n = count();
	for (int k = 0; k < n; k++) {
		if (rec.op[k].op == OP_SYNC)
			sync = k;
		if (rec.op[k].op == OP_SYNC_FOLDER)
			folder = k;
	}
	for (int k = 0; k <= n; k++)
		cut_after(k, -1, &c);
	printf("power cuts: %ld states, %ld old, %ld new, %ld torn\n", c.states, c.old, c.new, c.torn);
	ck_assert_int_gt(c.states, 500);
	ck_assert_int_eq(c.torn, 0);
	/* once success has been said, only the new file is possible */
	cut_after(n, -1, &end);
	ck_assert_int_eq(end.old + end.torn, 0);
	/* the enumeration sees what it is there for: without the sync of the file there are torn ones, without that of
	 * the folder old ones */
	for (int k = 0; k <= n; k++)
		cut_after(k, sync, &without);
	ck_assert_int_gt(without.torn, 0);
	cut_after(n, folder, &lost);
	ck_assert_int_gt(lost.old, 0);
	remove_dir();
}
END_TEST

UNIT_MAIN("save_faults", every_call_that_fails_leaves_the_old_file_and_is_told,
          a_costly_file_stays_when_it_cannot_be_renamed, signals_are_not_seen, a_folder_that_knows_no_sync_is_no_error,
          a_name_that_is_taken_is_not_the_end, a_name_without_a_folder_is_in_this_one,
          killed_at_any_step_old_or_new_and_the_next_save_tidies_up, two_saves_at_once_leave_each_others_files_alone,
          only_own_temporary_files_are_removed, a_power_cut_leaves_old_or_new)
