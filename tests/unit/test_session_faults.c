/* Keeping a session while things go wrong. The system calls of the keeper and of src/read/save.c come here: one of them
 * can fail, or be the last thing the process does. What was handed over and waited for must be there afterwards,
 * whatever part of the unsynced bytes of the journal the disk has got. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "src/session/keeper.h"
#include "tests/unit/unit.h"

enum { JOURNAL_BYTES = 1 << 16, PUTS = 4 };
static char dir[64], path[128], journal[140];

/* What a child that is killed leaves for its parent. */
static struct shared {
	int n, kill_at, fail_at, err; /* calls so far; -1: none is the last, none fails */
	int acked;                    /* the last state that was waited for */
	int fd;                       /* of the journal */
	size_t n_synced;
	char synced[JOURNAL_BYTES]; /* the journal when it was synced last */
} * rec;

static bool step(void)
{
	if (!rec)
		return true;
	int k = __atomic_fetch_add(&rec->n, 1, __ATOMIC_SEQ_CST);
	if (k == rec->kill_at)
		kill(getpid(), SIGKILL);
	errno = rec->err;
	return k != rec->fail_at;
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return step() ? syscall(SYS_pwrite64, fd, p, n, at) : -1;
}
int ftruncate(int fd, off_t n)
{
	return step() ? (int)syscall(SYS_ftruncate, fd, n) : -1;
}
int fdatasync(int fd)
{
	if (!step())
		return -1;
	if (rec)
		rec->n_synced = (size_t)syscall(SYS_pread64, fd, rec->synced, sizeof rec->synced, 0);
	(void)fd; /* no power is cut here, and a disk that others use is slow */
	return 0;
}
ssize_t write(int fd, const void *p, size_t n)
{
	return step() ? syscall(SYS_write, fd, p, n) : -1;
}
int fsync(int fd)
{
	(void)fd;
	return step() ? 0 : -1;
}
int renameat(int a, const char *from, int b, const char *to)
{
	return step() ? (int)syscall(SYS_renameat, a, from, b, to) : -1;
}
int unlink(const char *name)
{
	return step() ? (int)syscall(SYS_unlinkat, AT_FDCWD, name, 0) : -1;
}

/* ---- states ---- */

/* State i has i windows and i marks. */
static char *state(int i)
{
	struct review r;
	size_t n;
	review_init(&r);
	r.windows = i;
	r.saved = "2026-11-27T14:02:11Z";
	for (int f = 0; f < i; f++)
		review_set_add(&r, &r.marks, "conv1", f);
	char *text = review_format(&r, &n);
	review_release(&r);
	return text;
}

/* The state in the folder; -1: it is torn, or cannot be read. */
static int read_state(char *said, size_t size)
{
	struct session_file s;
	struct review r;
	struct err e = { 0 };
	int bad = session_read(&s, &r, path, -1, &e), is = bad ? -1 : (int)r.windows;
	if (is != r.marks.n)
		is = -1;
	snprintf(said, size, "%s", bad ? e.text : s.said);
	session_file_release(&s);
	review_release(&r);
	return is;
}

static void put_file(const char *name, const char *bytes, size_t n)
{
	FILE *f = fopen(name, "w");
	ck_assert_ptr_nonnull(f);
	fwrite(bytes, 1, n, f);
	fclose(f);
}

static char *get_file(const char *name, size_t *n)
{
	char *bytes = xcalloc(JOURNAL_BYTES, 1);
	FILE *f = fopen(name, "r");
	*n = f ? fread(bytes, 1, JOURNAL_BYTES, f) : 0;
	if (f)
		fclose(f);
	return bytes;
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

static void clear_dir(void)
{
	DIR *d = opendir(dir);
	for (struct dirent *x; (x = readdir(d));)
		unlinkat(dirfd(d), x->d_name, 0);
	closedir(d);
}

static void make_dir(void)
{
	strcpy(dir, "/tmp/tsviz-keep-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s.json", dir);
	snprintf(journal, sizeof journal, "%s.journal", path);
	rec = NULL;
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(s != MAP_FAILED);
	rec = s;
	rec->kill_at = rec->fail_at = -1;
}

static void remove_dir(void)
{
	clear_dir();
	ck_assert_int_eq(rmdir(dir), 0);
}

static struct keeper *open_keeper(char *said, size_t size)
{
	struct review r;
	struct err e = { 0 };
	struct keeper *k = keeper_open(path, false, &r, said, size, &e);
	ck_assert_msg(k != NULL, "%s", e.text);
	review_release(&r);
	return k;
}

/* A session of states 1 and 2: the first one in the file, the second one in a journal that a killed program left. */
static void prepare(void)
{
	char said[1024];
	struct err e = { 0 };
	clear_dir();
	struct keeper *k = open_keeper(said, sizeof said);
	keeper_put(k, state(1));
	ck_assert_msg(!keeper_close(k, &e), "%s", e.text);
	ck_assert_int_eq(entries(), 1);
	pid_t child = fork();
	if (!child) {
		k = open_keeper(said, sizeof said);
		keeper_put(k, state(2));
		keeper_flush(k);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert_int_eq(entries(), 2);
	ck_assert_int_eq(read_state(said, sizeof said), 2);
}

/* States 3 to 2 + PUTS, each waited for; then the end. Returns the status of the end. */
static int work(void)
{
	char said[1024];
	struct err e = { 0 };
	struct keeper *k = open_keeper(said, sizeof said);
	rec->n = 0;
	for (int i = 3; i <= 2 + PUTS; i++) {
		char why[256];
		keeper_put(k, state(i));
		keeper_flush(k);
		(void)keeper_trouble(k, why, sizeof why);
		if (!*why)
			rec->acked = i;
	}
	return keeper_close(k, &e) ? 1 : 0;
}

static void start(int kill_at, int fail_at, int err)
{
	memset(rec, 0, sizeof *rec);
	rec->kill_at = rec->fail_at = -1;
	prepare();
	rec->kill_at = kill_at;
	rec->fail_at = fail_at;
	rec->err = err;
	rec->acked = 2;
	size_t n;
	char *j = get_file(journal, &n);
	memcpy(rec->synced, j, n);
	rec->n_synced = n;
	free(j);
}

static int run_child(void)
{
	int status;
	pid_t child = fork();
	if (!child)
		_exit(work());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

/* Calls of one undisturbed run. */
static int calls(void)
{
	start(-1, -1, 0);
	ck_assert_int_eq(run_child(), 0);
	int n = rec->n;
	ck_assert_int_ge(n, 20);
	return n;
}

static void check_at_least(int acked, const char *what, int k)
{
	char said[1024];
	int is = read_state(said, sizeof said);
	ck_assert_msg(is >= acked && is <= acked + 1, "%s %d: state %d, waited for %d: %s", what, k, is, acked, said);
}

/* The disks that a power cut may leave: the journal as it was synced, and what was written since up to any byte. */
static void check_power(int acked, int k)
{
	size_t n;
	char *now = get_file(journal, &n);
	put_file(journal, rec->synced, rec->n_synced);
	check_at_least(acked, "power, the synced journal, call", k);
	bool grew = n >= rec->n_synced && !memcmp(now, rec->synced, rec->n_synced);
	for (size_t cut = grew ? rec->n_synced : 0; cut <= n; cut++) {
		put_file(journal, now, cut);
		check_at_least(acked, "power, cut, call", k);
		char *zeros = xcalloc(n + 1, 1); /* the length came to the disk before the bytes */
		memcpy(zeros, now, cut);
		put_file(journal, zeros, n);
		check_at_least(acked, "power, zeros, call", k);
		free(zeros);
	}
	put_file(journal, now, n);
	free(now);
}

START_TEST(killed_at_any_call_what_was_waited_for_is_there)
{
	make_dir();
	int n = calls(), last = 2;
	for (int k = 0; k < n; k++) {
		char said[1024];
		struct err e = { 0 };
		start(k, -1, 0);
		int status = run_child(), acked = rec->acked;
		ck_assert_msg(WIFSIGNALED(status), "call %d", k);
		rec->kill_at = -1;
		check_at_least(acked, "killed before call", k);
		if (!access(journal, F_OK))
			check_power(acked, k);
		ck_assert_int_ge(acked, last);
		last = acked;
		/* the next program goes on, and tidies up */
		struct keeper *keeper = open_keeper(said, sizeof said);
		ck_assert(keeper_found(keeper) && keeper_keeps(keeper));
		keeper_put(keeper, state(9));
		ck_assert_msg(!keeper_close(keeper, &e), "%s", e.text);
		ck_assert_int_eq(read_state(said, sizeof said), 9);
		ck_assert_msg(entries() == 1 || strstr(said, "damaged") || !access(journal, F_OK) || entries() == 2,
		              "call %d: %d files", k, entries());
		ck_assert_int_ne(access(journal, F_OK), 0);
	}
	ck_assert_int_eq(last, 2 + PUTS);
	remove_dir();
}
END_TEST

START_TEST(a_call_that_fails_is_told_or_mended)
{
	static const int errs[] = { EIO, ENOSPC, EDQUOT };
	make_dir();
	int n = calls();
	for (int k = 0; k < n; k++)
		for (size_t i = 0; i < sizeof errs / sizeof *errs; i++) {
			char said[1024];
			start(-1, k, errs[i]);
			int status = run_child(), acked = rec->acked;
			rec->fail_at = -1;
			ck_assert_msg(WIFEXITED(status), "call %d", k);
			int is = read_state(said, sizeof said);
			ck_assert_msg(is >= acked, "call %d fails with %s: state %d, waited for %d: %s", k,
			              strerror(errs[i]), is, acked, said);
			ck_assert_msg(WEXITSTATUS(status) || is == 2 + PUTS, "call %d fails with %s: state %d", k,
			              strerror(errs[i]), is);
		}
	remove_dir();
}
END_TEST

START_TEST(a_signal_is_no_failure)
{
	make_dir();
	int n = calls();
	for (int k = 0; k < n; k++) {
		char said[1024];
		start(-1, k, EINTR);
		int status = run_child();
		rec->fail_at = -1;
		ck_assert_msg(WIFEXITED(status) && read_state(said, sizeof said) == 2 + PUTS, "call %d", k);
	}
	remove_dir();
}
END_TEST

START_TEST(the_second_program_reads_and_says_who_has_it)
{
	char said[1024], who[64];
	struct err e = { 0 };
	make_dir();
	prepare();
	struct keeper *k = open_keeper(said, sizeof said);
	keeper_put(k, state(3));
	keeper_flush(k);
	struct keeper *second = open_keeper(said, sizeof said);
	snprintf(who, sizeof who, "process %ld has this session", (long)getpid());
	ck_assert_msg(strstr(said, who), "%s", said);
	ck_assert(!keeper_keeps(second) && keeper_found(second));
	keeper_put(second, state(8));
	ck_assert_msg(!keeper_close(second, &e), "%s", e.text);
	ck_assert_int_eq(read_state(said, sizeof said), 3);
	keeper_put(k, state(4));
	ck_assert_msg(!keeper_close(k, &e), "%s", e.text);
	ck_assert_int_eq(read_state(said, sizeof said), 4);
	remove_dir();
}
END_TEST

START_TEST(a_file_that_another_program_wrote_stays)
{
	char said[1024], mine[160];
	struct err e = { 0 };
	make_dir();
	prepare();
	struct keeper *k = open_keeper(said, sizeof said);
	keeper_put(k, state(3));
	keeper_flush(k);
	char *other = state(7);
	put_file(path, other, strlen(other));
	free(other);
	keeper_put(k, state(4));
	ck_assert_int_eq(keeper_close(k, &e), ERR_IO);
	ck_assert_msg(strstr(e.text, "another program has changed it; what was kept here is in"), "%s", e.text);
	snprintf(mine, sizeof mine, "%s.mine", path);
	/* its own journal does not belong to that file, is left out, and kept aside by whoever keeps the session next
	 */
	ck_assert_int_eq(read_state(said, sizeof said), 7);
	ck_assert_msg(strstr(said, "another version of the file"), "%s", said);
	k = open_keeper(said, sizeof said);
	keeper_put(k, state(8));
	ck_assert_msg(!keeper_close(k, &e), "%s", e.text);
	snprintf(path, sizeof path, "%.60s/s.json.journal.damaged", dir);
	ck_assert_int_eq(access(path, F_OK), 0);
	snprintf(path, sizeof path, "%.100s", mine);
	ck_assert_int_eq(read_state(said, sizeof said), 4);
	remove_dir();
}
END_TEST

START_TEST(what_is_no_session_is_left_alone)
{
	char said[1024];
	struct err e = { 0 };
	struct review r;
	make_dir();
	put_file(path, "hello", 5);
	ck_assert_ptr_null(keeper_open(path, true, &r, said, sizeof said, &e));
	ck_assert_msg(strstr(e.text, "s.json: "), "%s", e.text);
	review_release(&r);
	size_t n;
	char *text = get_file(path, &n);
	ck_assert_str_eq(text, "hello");
	free(text);
	ck_assert_int_eq(entries(), 1);
	remove_dir();
}
END_TEST

START_TEST(a_full_disk_is_told_and_later_all_is_kept)
{
	char said[1024], why[256];
	struct err e = { 0 };
	make_dir();
	prepare();
	struct keeper *k = open_keeper(said, sizeof said);
	keeper_put(k, state(3));
	keeper_flush(k);
	struct rlimit was, small = { 16, RLIM_INFINITY };
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	setrlimit(RLIMIT_FSIZE, &small);
	keeper_put(k, state(4));
	keeper_flush(k);
	ck_assert(keeper_trouble(k, why, sizeof why));
	ck_assert_msg(strstr(why, "cannot be written: File too large"), "%s", why);
	ck_assert(!keeper_trouble(k, why, sizeof why));
	ck_assert_int_eq(read_state(said, sizeof said), 3);
	setrlimit(RLIMIT_FSIZE, &was);
	keeper_put(k, state(5));
	keeper_flush(k);
	ck_assert(keeper_trouble(k, why, sizeof why));
	ck_assert_str_eq(why, "");
	ck_assert_int_eq(read_state(said, sizeof said), 5);
	ck_assert_msg(!keeper_close(k, &e), "%s", e.text);
	remove_dir();
}
END_TEST

START_TEST(a_long_journal_goes_into_the_file)
{
	char said[1024];
	struct err e = { 0 };
	make_dir();
	struct keeper *k = open_keeper(said, sizeof said);
	for (int i = 1; i <= 100; i++) {
		struct review r;
		size_t n;
		review_init(&r);
		for (int f = 0; f < 5000; f++)
			review_set_add(&r, &r.marks, "conv1", f + i);
		keeper_put(k, review_format(&r, &n));
		keeper_flush(k);
		review_release(&r);
		struct stat st;
		ck_assert_int_eq(stat(journal, &st), 0);
		ck_assert_int_le((int)st.st_size, (1 << 20) + 100);
	}
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_msg(!keeper_close(k, &e), "%s", e.text);
	ck_assert_int_eq(entries(), 1);
	remove_dir();
}
END_TEST

UNIT_MAIN("session faults", killed_at_any_call_what_was_waited_for_is_there, a_call_that_fails_is_told_or_mended,
          a_signal_is_no_failure, the_second_program_reads_and_says_who_has_it, a_file_that_another_program_wrote_stays,
          what_is_no_session_is_left_alone, a_full_disk_is_told_and_later_all_is_kept,
          a_long_journal_goes_into_the_file)
