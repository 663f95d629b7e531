/* The child that reads untrusted bytes: what it sends arrives, and what it may not do, it cannot. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include "core/base/mem.h"
#include "src/read/sandbox.h"
#include "tests/unit/unit.h"

static struct err e;
static unsigned char *buf;
static size_t n;

static int run(int (*work)(void *, unsigned char **, size_t *, struct err *), void *arg, double max_time)
{
	struct sandbox s = { .work = work, .arg = arg, .max_mem = (int64_t)64 << 20, .max_time = max_time };
	e = (struct err){ 0 };
	return sandbox_run(&s, &buf, &n, &e);
}

static int answer(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)err;
	*size = *(size_t *)arg;
	*out = xmalloc(*size);
	for (size_t i = 0; i < *size; i++)
		(*out)[i] = (unsigned char)(i * 7);
	return 0;
}

/* Longer than a pipe holds. */
START_TEST(the_answer_arrives)
{
	size_t size = 3000001;
	ck_assert_msg(run(answer, &size, 3) == 0, "%s", e.text);
	ck_assert_uint_eq(n, size);
	for (size_t i = 0; i < n; i += 997)
		ck_assert_int_eq(buf[i], (unsigned char)(i * 7));
	free(buf);
	size = 0;
	ck_assert_int_eq(run(answer, &size, 3), 0);
	ck_assert_uint_eq(n, 0);
	free(buf);
}
END_TEST

/* Reads what the path of `arg` gives, or answers "no". */
static int read_path(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)err;
	char text[64] = "no";
	struct stat st;
	FILE *f = fopen(arg, "r");
	*size = f ? fread(text, 1, sizeof text, f) : 2;
	/* what a library asks of its file; other paths have no size */
	if (f && (fstat(fileno(f), &st) < 0 || st.st_size != (off_t)*size || lstat(arg, &st) < 0 ||
	          st.st_size != (off_t)*size || stat("/etc/passwd", &st) == 0))
		*size = 0;
	if (f)
		fclose(f);
	*out = xmalloc(sizeof text);
	memcpy(*out, text, sizeof text);
	return 0;
}

START_TEST(the_one_path_that_may_be_opened_gives_the_input)
{
	char name[] = "/no/such/path", other[] = "/etc/passwd";
	int fd = memfd_create("input", 0);
	ck_assert(fd >= 0 && write(fd, "inside", 6) == 6);
	struct sandbox s = { .work = read_path, .arg = name, .max_mem = (int64_t)64 << 20, .max_time = 3 };
	s.input = fd;
	s.opens = name;
	for (int i = 0; i < 2; i++) {
		lseek(fd, 0, SEEK_SET);
		ck_assert_msg(sandbox_run(&s, &buf, &n, &e) == 0, "%s", e.text);
		ck_assert_uint_eq(n, i ? 2 : 6);
		ck_assert_int_eq(memcmp(buf, i ? "no" : "inside", n), 0);
		free(buf);
		s.arg = other;
	}
	close(fd);
}
END_TEST

static int complain(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)out;
	(void)size;
	return err_set(err, ERR_UNSUPPORTED, "layer '%s' is odd", (const char *)arg);
}

START_TEST(the_error_arrives)
{
	ck_assert_int_eq(run(complain, "x\033[2J", 3), ERR_UNSUPPORTED);
	ck_assert_int_eq(e.code, ERR_UNSUPPORTED);
	ck_assert_str_eq(e.text, "layer 'x\xef\xbf\xbd[2J' is odd");
	ck_assert_ptr_null(buf);
}
END_TEST

static int die(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)out;
	(void)size;
	(void)err;
	signal(*(int *)arg, SIG_DFL);
	raise(*(int *)arg);
	_exit(7);
}

START_TEST(a_crash_is_an_error)
{
	int sig = SIGSEGV;
	ck_assert_int_eq(run(die, &sig, 3), ERR_FORMAT);
	ck_assert_msg(strstr(e.text, "the reader was ended by signal 11; the file is damaged"), "%s", e.text);
	sig = SIGCONT; /* goes on: an exit without an answer */
	ck_assert_int_eq(run(die, &sig, 3), ERR_FORMAT);
	ck_assert_msg(strstr(e.text, "the reader ended with status 7"), "%s", e.text);
}
END_TEST

static int spin(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)out;
	(void)size;
	(void)err;
	for (volatile int *go = arg; *go;)
		;
	return 0;
}

static int wait_long(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)arg;
	(void)out;
	(void)size;
	(void)err;
	char c;
	/* standard input is empty, and never blocks */
	while (read(0, &c, 1) >= 0)
		;
	return 0;
}

START_TEST(an_endless_loop_ends)
{
	int go = 1;
	ck_assert_int_eq(run(spin, &go, 0.5), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "longer than 0.5 s"), "%s", e.text);
	ck_assert_int_eq(run(wait_long, NULL, 0.5), ERR_LIMIT);
}
END_TEST

static int stop_itself(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)arg;
	(void)out;
	(void)size;
	(void)err;
	raise(SIGSTOP);
	return 0;
}

START_TEST(a_stopped_child_is_killed)
{
	ck_assert_int_eq(run(stop_itself, NULL, 0.5), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "longer than 0.5 s"), "%s", e.text);
}
END_TEST

static int take_time(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	for (clock_t end = clock() + CLOCKS_PER_SEC / 3; clock() < end;)
		;
	return answer(arg, out, size, err);
}

/* By ^Z, for longer than reading may take: afterwards it goes on. */
START_TEST(time_while_stopped_does_not_count)
{
	size_t size = 1000;
	setpgid(0, 0);
	pid_t readers = getpgrp(), other = fork();
	if (!other) {
		setpgid(0, 0);
		poll(NULL, 0, 100);
		kill(-readers, SIGSTOP);
		poll(NULL, 0, 3000);
		kill(-readers, SIGCONT);
		_exit(0);
	}
	ck_assert_msg(run(take_time, &size, 0.5) == 0, "%s", e.text);
	ck_assert_uint_eq(n, size);
	free(buf);
}
END_TEST

/* The same memory over and over: more than any model, from a child that takes little itself. */
static int flood(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	static char page[1 << 16];
	(void)arg;
	(void)out;
	(void)size;
	(void)err;
	while (write(3, page, sizeof page) > 0)
		;
	return 0;
}

START_TEST(a_flooding_child_is_cut_off)
{
	ck_assert_int_eq(run(flood, NULL, 3), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "--max-mem") || strstr(e.text, "--max-time"), "%s", e.text);
	ck_assert_ptr_null(buf);
}
END_TEST

#ifndef TSVIZ_SAN
static int take_memory(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)arg;
	(void)out;
	(void)size;
	(void)err;
	for (;;)
		memset(xmalloc(1 << 20), 1, 1 << 20);
	return 0;
}

START_TEST(memory_is_limited)
{
	ck_assert_int_eq(run(take_memory, NULL, 5), ERR_LIMIT);
	ck_assert_msg(strstr(e.text, "--max-mem"), "%s", e.text);
	size_t size = (size_t)48 << 20;
	ck_assert_int_eq(run(answer, &size, 5), 0);
	free(buf);
}
END_TEST
#endif

/* Everything that could reach outside, by its errno; 0: it worked. */
static int reach_out(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)arg;
	(void)err;
	int result[6] = { 0 }, fd[2];
	result[0] = open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
	result[1] = open("/tmp/tsviz-sandbox-test", O_WRONLY | O_CREAT, 0600) < 0 ? errno : 0;
	result[2] = socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 0;
	result[3] = fork() < 0 ? errno : 0;
	result[4] = execl("/bin/true", "true", (char *)NULL) < 0 ? errno : 0;
	result[5] = pipe(fd) < 0 ? errno : 0;
	*size = sizeof result;
	*out = xmalloc(*size);
	memcpy(*out, result, *size);
	return 0;
}

START_TEST(the_outside_is_out_of_reach)
{
	ck_assert_msg(run(reach_out, NULL, 3) == 0, "%s", e.text);
	int result[6];
	ck_assert_uint_eq(n, sizeof result);
	memcpy(result, buf, sizeof result);
	for (int i = 0; i < 6; i++)
		ck_assert_msg(result[i] == EPERM, "attempt %d: %s", i, strerror(result[i]));
	free(buf);
}
END_TEST

/* Descriptors and environment stay with the parent. */
static int look_around(void *arg, unsigned char **out, size_t *size, struct err *err)
{
	(void)err;
	int fd = *(int *)arg;
	char c;
	*size = 1;
	*out = xmalloc(1);
	**out = (unsigned char)(read(fd, &c, 1) < 0 && errno == EBADF);
	return 0;
}

START_TEST(descriptors_are_closed)
{
	int fd = open("/etc/passwd", O_RDONLY);
	ck_assert_int_gt(fd, 3);
	ck_assert_int_eq(run(look_around, &fd, 3), 0);
	ck_assert_int_eq(buf[0], 1);
	free(buf);
	close(fd);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, the_answer_arrives);
	tcase_add_test(c, the_one_path_that_may_be_opened_gives_the_input);
	tcase_add_test(c, the_error_arrives);
	tcase_add_test(c, a_stopped_child_is_killed);
	tcase_add_test(c, time_while_stopped_does_not_count);
	tcase_add_test(c, a_flooding_child_is_cut_off);
	tcase_add_test(c, a_crash_is_an_error);
	tcase_add_test(c, an_endless_loop_ends);
	tcase_add_test(c, descriptors_are_closed);
#ifndef TSVIZ_SAN
	tcase_add_test(c, memory_is_limited);
#endif
	tcase_add_test(c, the_outside_is_out_of_reach);
}

UNIT_MAIN_WITH("sandbox", setup)
