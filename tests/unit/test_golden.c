/* The program against what an independent float64 implementation computed for the paper's model: every key of every
 * golden file. The verbs are run as a user runs them. */
#include <inttypes.h>
#include "core/base/real.h"
#include "core/kernels/tile.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static const bool in_double = sizeof(real) == sizeof(double);
/* the recipe of the paper's test set */
#define RECIPE "--columns 2 --derive diff --scale standard --fit 0:14000 --rows 14000:18000"

static cJSON *parse_file(const char *path)
{
	unsigned char *data;
	size_t n;
	struct err e = { 0 };
	ck_assert_msg(!read_file(path, 1 << 28, &data, &n, &e), "%s: %s", path, e.text);
	cJSON *o = json_parse((const char *)data, n, &e);
	ck_assert_msg(o != NULL, "%s: %s", path, e.text);
	free(data);
	return o;
}

/* What `tsviz VERB model data RECIPE more` writes. */
static cJSON *run(const char *verb, const char *more)
{
	const char *program = getenv("TSVIZ");
	char out[] = "/tmp/tsviz-golden-XXXXXX", command[1024];
	int fd = mkstemp(out);
	ck_assert(fd >= 0);
	close(fd);
	ck_assert_msg(program != NULL, "TSVIZ does not name the program; run make test");
	snprintf(command, sizeof command,
	         "'%s' %s ../shared/models/internet_traffic.h5 ../shared/data/internet_traffic.csv " RECIPE
	         " %s --json -o %s",
	         program, verb, more, out);
	ck_assert_msg(system(command) == 0, "failed: %s", command);
	cJSON *o = parse_file(out);
	unlink(out);
	return o;
}

struct tolerance {
	double of_largest, absolute, of_loss; /* of_loss: keys that contain the difference output - y */
};

static bool is_loss(const char *path)
{
	return strstr(path, "loss") != NULL;
}

static void same_numbers(const char *path, const cJSON *want, const cJSON *got, const struct tolerance *tol)
{
	double most = 0, rel = is_loss(path) ? tol->of_loss : tol->of_largest;
	int n = cJSON_GetArraySize(want), i = 0;
	ck_assert_msg(cJSON_IsArray(got) && cJSON_GetArraySize(got) == n, "%s: %d numbers instead of %d", path,
	              cJSON_GetArraySize(got), n);
	for (const cJSON *v = want->child; v; v = v->next)
		most = fabs(v->valuedouble) > most ? fabs(v->valuedouble) : most;
	for (const cJSON *v = want->child, *g = got->child; v; v = v->next, g = g->next, i++) {
		ck_assert_msg(v->type == g->type, "%s[%d] has another type", path, i);
		ck_assert_msg(!cJSON_IsNumber(v) || fabs(v->valuedouble - g->valuedouble) <= rel * most + tol->absolute,
		              "%s[%d]: %.9g instead of %.9g (largest %.3g)", path, i, g->valuedouble, v->valuedouble,
		              most);
	}
}

/* Every key of `want` is in `got` with the same value. Returns how many leaves were compared. */
static int same(const char *path, const cJSON *want, const cJSON *got, const struct tolerance *tol)
{
	char at[256];
	int n = 0;
	ck_assert_msg(got != NULL, "%s is missing", path);
	if (cJSON_IsArray(want) && want->child && !cJSON_IsObject(want->child)) {
		same_numbers(path, want, got, tol);
		return 1;
	}
	if (cJSON_IsArray(want)) {
		ck_assert_msg(cJSON_GetArraySize(want) == cJSON_GetArraySize(got), "%s has another length", path);
		int i = 0;
		for (const cJSON *v = want->child, *g = got->child; v; v = v->next, g = g->next) {
			snprintf(at, sizeof at, "%s[%d]", path, i++);
			n += same(at, v, g, tol);
		}
		return n;
	}
	if (cJSON_IsObject(want)) {
		const cJSON *last = got->child;
		for (const cJSON *v = want->child; v; v = v->next) {
			snprintf(at, sizeof at, "%s/%s", path, v->string);
			const cJSON *g = json_get(got, v->string);
			n += same(at, v, g, tol);
			/* the same order, too */
			while (last && last != g)
				last = last->next;
			ck_assert_msg(last != NULL, "%s stands before the key that should precede it", at);
		}
		return n;
	}
	/* the tensor's name in a Keras file is an internal one: matched by layer name */
	if (strlen(path) > 7 && !strcmp(path + strlen(path) - 7, "/tensor"))
		return 0;
	ck_assert_msg(want->type == got->type, "%s has another type", path);
	if (cJSON_IsString(want))
		ck_assert_msg(!strcmp(want->valuestring, got->valuestring), "%s: '%s' instead of '%s'", path,
		              got->valuestring, want->valuestring);
	if (cJSON_IsNumber(want))
		ck_assert_msg(fabs(want->valuedouble - got->valuedouble) <=
		                      (is_loss(path) ? tol->of_loss : tol->of_largest) * fabs(want->valuedouble) +
		                              tol->absolute,
		              "%s: %.9g instead of %.9g", path, got->valuedouble, want->valuedouble);
	return 1;
}

static const int windows[] = { 0, 1, 100, 1234, 3000 };
enum { N_WINDOWS = sizeof windows / sizeof *windows };

/* Beyond the windows: the first of them on every instruction set. */
START_TEST(every_array_of_every_golden_window)
{
	const struct isa *isa = _i < N_WINDOWS ? NULL : &isa_table[_i - N_WINDOWS];
	int index = windows[isa ? 0 : _i];
	char name[64], more[32];
	snprintf(name, sizeof name, "golden/internet_traffic_%04d.json", index);
	const char *path = unit_shared(name);
	if (!path)
		unit_skip("../shared is not there");
	if (isa && !isa->usable())
		unit_skip("this processor lacks %s", isa->name);
	cJSON *want = parse_file(path);
	snprintf(more, sizeof more, "-w %d%s%s", index, isa ? " --isa " : "", isa ? isa->name : "");
	cJSON *got = run("analyze", more);
	/* Values that contain output - y are only as good as this difference: two roundings of an output near 1. */
	double difference = cJSON_GetArrayItem(json_get(want, "output"), 0)->valuedouble -
	                    cJSON_GetArrayItem(json_get(want, "y"), 0)->valuedouble;
	struct tolerance tol = { 1e-5, 1e-7, 1e-5 + 2.4e-7 / fabs(difference) };
	if (in_double)
		tol = (struct tolerance){ 1e-8, 1e-12, 1e-8 };
	/* 12 keys of the window, 6 layers of 11 keys, shapes and lists counted once each */
	ck_assert_int_ge(same("", want, got, &tol), 6 * 11 + 12);
	cJSON_Delete(want);
	cJSON_Delete(got);
}
END_TEST

START_TEST(the_test_set)
{
	const char *path = unit_shared("golden/internet_traffic_test.json");
	if (!path)
		unit_skip("../shared is not there");
	cJSON *want = parse_file(path), *got = run("analyze", "--all");
	struct tolerance tol = { 1e-5, 1e-7, 1e-5 };
	if (in_double)
		tol = (struct tolerance){ 1e-8, 1e-12, 1e-8 };
	cJSON_DeleteItemFromObject(want, "errors_train_all");
	ck_assert_int_ge(same("", want, got, &tol), 6 * 7 + 20);
	cJSON_Delete(want);
	cJSON_Delete(got);
}
END_TEST

START_TEST(errors_of_test_and_training_windows)
{
	const char *path = unit_shared("golden/internet_traffic_test.json");
	if (!path)
		unit_skip("../shared is not there");
	cJSON *want = parse_file(path), *got = run("eval", "--rows 14000:18000");
	struct tolerance tol =
	        in_double ? (struct tolerance){ 1e-9, 1e-12, 1e-9 } : (struct tolerance){ 1e-6, 1e-9, 1e-6 };
	same("errors", json_get(want, "errors"), json_get(got, "errors"), &tol);
	cJSON_Delete(got);
	got = run("eval", "--rows 0:14000");
	same("errors_train_all", json_get(want, "errors_train_all"), json_get(got, "errors"), &tol);
	cJSON_Delete(got);
	cJSON_Delete(want);
}
END_TEST

START_TEST(a_survey_s_bits_do_not_depend_on_the_threads)
{
	if (!unit_shared("golden/internet_traffic_test.json"))
		unit_skip("../shared is not there");
	cJSON *one = run("analyze", "--all --threads 1"), *three = run("analyze", "--all --threads 3");
	ck_assert(cJSON_Compare(one, three, true));
	struct tolerance exact = { 0, 0, 0 };
	same("", one, three, &exact);
	cJSON_Delete(one);
	cJSON_Delete(three);
}
END_TEST

static void suite(TCase *t)
{
	tcase_set_timeout(t, 120);
	int n_isa = 0;
	while (isa_table[n_isa].name)
		n_isa++;
	tcase_add_loop_test(t, every_array_of_every_golden_window, 0, N_WINDOWS + n_isa);
	tcase_add_test(t, the_test_set);
	tcase_add_test(t, errors_of_test_and_training_windows);
	tcase_add_test(t, a_survey_s_bits_do_not_depend_on_the_threads);
}
UNIT_MAIN_WITH("golden", suite)
