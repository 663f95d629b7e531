/* What every unit suite shares: a main for check, and skipping that is seen and counted.
 *
 *	#include "tests/unit/unit.h"
 *	START_TEST(maxpool_gradient_goes_to_the_first_maximum) { ... } END_TEST
 *	UNIT_MAIN("pool", maxpool_gradient_goes_to_the_first_maximum, ...)       up to 60 tests
 *
 * unit_skip(reason) ends a test as skipped. A suite with loops (tcase_add_loop_test) ends with
 * UNIT_MAIN_WITH(name, setup). Each test runs in a process of its own. A suite of very many small tests defines
 * UNIT_ONE_PROCESS before its first include, because a process takes far longer than such a test. A crash then ends the
 * suite, and tests/suite.sh counts it as failed. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

/* An assertion that holds costs nothing: check would write to a file that it held, millions of times where it stands in
 * a loop. After a crash the name of the test is known, and the sanitizer builds say the line. */
#undef ck_assert_msg
#undef ck_assert
#define ck_assert_msg(expr, ...) ((expr) ? (void)0 : ck_abort_msg(__VA_ARGS__))
#define ck_assert(expr) ck_assert_msg(expr, "Assertion '%s' failed", #expr)

/* Ends a test as skipped and prints the reason. Tests are forked, so the line is written at once. */
#define unit_skip(...)                         \
	do {                                   \
		printf("SKIP %s: ", __func__); \
		printf(__VA_ARGS__);           \
		printf("\n");                  \
		fflush(stdout);                \
		unit_note_skip();              \
		return;                        \
	} while (0)

static char unit_skip_file[] = "/tmp/tsviz-unit-XXXXXX";

static inline void unit_note_skip(void)
{
	FILE *f = fopen(unit_skip_file, "a");
	if (f) {
		fputc('s', f);
		fclose(f);
	}
}

/* Returns the path "../shared/..." if the file exists beside the clone, else NULL; the test then skips. */
static inline const char *unit_shared(const char *name)
{
	static char path[512];
	snprintf(path, sizeof path, "../shared/%s", name);
	return access(path, R_OK) == 0 ? path : NULL;
}

/* Fails if the largest |a-b| is more than rel * max|b| + abs. Prints the first and the worst pairs that differ. */
#define unit_close(what, a, b, n, rel, abs_)                                                                           \
	do {                                                                                                           \
		double big_ = 0, worst_ = 0;                                                                           \
		long at_ = -1;                                                                                         \
		for (long i_ = 0; i_ < (long)(n); i_++)                                                                \
			if (fabs((double)(b)[i_]) > big_)                                                              \
				big_ = fabs((double)(b)[i_]);                                                          \
		for (long i_ = 0; i_ < (long)(n); i_++) {                                                              \
			double d_ = fabs((double)(a)[i_] - (double)(b)[i_]);                                           \
			if (!(d_ <= worst_))                                                                           \
				worst_ = d_, at_ = i_;                                                                 \
		}                                                                                                      \
		ck_assert_msg(worst_ <= (rel)*big_ + (abs_),                                                           \
		              "%s: worst difference %.3g at %ld: %.9g instead of %.9g (largest %.3g)", (what), worst_, \
		              at_, at_ < 0 ? 0.0 : (double)(a)[at_], at_ < 0 ? 0.0 : (double)(b)[at_], big_);          \
	} while (0)

static inline int unit_run(Suite *s)
{
	int fd = mkstemp(unit_skip_file);
	if (fd >= 0)
		close(fd);
	SRunner *r = srunner_create(s);
#ifdef UNIT_ONE_PROCESS
	srunner_set_fork_status(r, CK_NOFORK);
#endif
	srunner_run_all(r, CK_NORMAL);
	int run = srunner_ntests_run(r), bad = srunner_ntests_failed(r);
	srunner_free(r);
	struct stat st;
	int skipped = stat(unit_skip_file, &st) == 0 ? (int)st.st_size : 0;
	unlink(unit_skip_file);
	printf("%d passed, %d failed, %d skipped\n", run - bad - skipped, bad, skipped);
	return bad != 0;
}

#define UNIT_TIMEOUT 240
/* A suite that reads models is started again as the child that reads (src/read/read_model.h). */
extern void read_model_child(void) __attribute__((weak));
#define unit_child(argc_, argv_)                                                                   \
	do {                                                                                       \
		if ((argc_) == 2 && !strcmp((argv_)[1], "--read-model-child") && read_model_child) \
			read_model_child();                                                        \
	} while (0)

#define UNIT_MAIN_WITH(name_, setup_)               \
	int main(int argc, char **argv)             \
	{                                           \
		unit_child(argc, argv);             \
		Suite *s = suite_create(name_);     \
		TCase *c = tcase_create(name_);     \
		tcase_set_timeout(c, UNIT_TIMEOUT); \
		setup_(c);                          \
		suite_add_tcase(s, c);              \
		return unit_run(s);                 \
	}
#define UNIT_MAIN(name_, ...)                                             \
	int main(int argc, char **argv)                                   \
	{                                                                 \
		unit_child(argc, argv);                                   \
		const TTest *tests[] = { __VA_ARGS__ };                   \
		Suite *s = suite_create(name_);                           \
		TCase *c = tcase_create(name_);                           \
		tcase_set_timeout(c, UNIT_TIMEOUT);                       \
		for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) \
			tcase_add_test(c, tests[i]);                      \
		suite_add_tcase(s, c);                                    \
		return unit_run(s);                                       \
	}

#endif
