/* Reads NumPy's .npz, a zip archive of .npy files. A locked child process unpacks it and sends back two members: the
 * windows and the labels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "src/data/data_npy.h"
#include "src/read/sandbox.h"
#include "src/data/window_build.h"
#include "src/read/zip_read.h"

/* Names of the arrays with windows and labels, the most usual names first. */
static const char *const any_x[] = { "x", "data", "windows", "samples", "arr_0", NULL };
static const char *const any_y[] = { "y", "label", "labels", "target", "targets", "arr_1", NULL };
static const char *const train_x[] = { "x_train", "train_x", "xtrain", "train_data", NULL };
static const char *const train_y[] = { "y_train", "train_y", "ytrain", "train_labels", NULL };
static const char *const test_x[] = { "x_test", "test_x", "xtest", "test_data", NULL };
static const char *const test_y[] = { "y_test", "test_y", "ytest", "test_labels", NULL };

struct npz_job {
	const unsigned char *data;
	size_t n;
	const struct data_wanted *q;
	int64_t budget;
};

/* What the child sends before the two members: their sizes in bytes. y is 0 if there are no labels. */
struct npz_answer {
	int64_t x, y;
	char x_name[64];
};

static int prepare(void *arg, struct err *e)
{
	(void)arg;
	return zip_prepare(e);
}

/* Finds the member of that name, with .npy appended and in any case of letters. Returns -1 if there is none. */
static int find_name(const struct zip_reader *z, const char *name)
{
	size_t n = strlen(name);
	for (int i = 0; i < zip_reader_count(z); i++) {
		const char *s = zip_reader_name(z, i);
		if (!strncasecmp(s, name, n) && !strcasecmp(s + n, ".npy"))
			return i;
	}
	return -1;
}

static int find_any(const struct zip_reader *z, const char *const *names)
{
	int at = -1;
	for (int i = 0; names[i] && at < 0; i++)
		at = find_name(z, names[i]);
	return at;
}

static int say_names(const struct zip_reader *z, struct err *e)
{
	char list[400] = "";
	size_t n = 0;
	int arrays = 0;
	for (int i = 0; i < zip_reader_count(z); i++) {
		const char *s = zip_reader_name(z, i);
		size_t k = strlen(s);
		if (k < 4 || strcasecmp(s + k - 4, ".npy") != 0)
			continue;
		if (n + 64 < sizeof list)
			n += (size_t)snprintf(list + n, sizeof list - n, "%s%.*s", arrays ? ", " : "",
			                      (int)(k - 4 < 40 ? k - 4 : 40), s);
		arrays++;
	}
	if (!arrays)
		return err_set(e, ERR_UNSUPPORTED,
		               "is a zip archive without .npy files; if it is a spreadsheet, save it as CSV");
	return err_set(
	        e, ERR_FORMAT,
	        "no array is named as windows usually are; it has %s; numpy.savez(f, x=windows, y=labels) names them",
	        list);
}

/* Finds the arrays with windows and labels: by the plain names, else by those of the wanted part (train or test). */
static int find_arrays(const struct zip_reader *z, const struct npz_job *j, int *x, int *y, struct err *e)
{
	const struct recipe *r = j->q->r;
	bool train = r && r->split ? !strcmp(r->split, "train") : j->q->training;
	*x = find_any(z, any_x);
	*y = find_any(z, any_y);
	if (*x < 0) {
		*x = find_any(z, train ? train_x : test_x);
		*y = find_any(z, train ? train_y : test_y);
	}
	if (*x < 0) {
		*x = find_any(z, train ? test_x : train_x);
		*y = find_any(z, train ? test_y : train_y);
	}
	if (*x < 0 && zip_reader_count(z) == 1 && strstr(zip_reader_name(z, 0), ".npy"))
		*x = 0;
	if (r && r->label) {
		*y = find_name(z, r->label);
		if (*y < 0)
			return err_set(e, ERR_VALUE, "--label %.60s: the archive has no array of this name", r->label);
	}
	return *x < 0 ? say_names(z, e) : 0;
}

static int unpack(struct zip_reader *z, const struct npz_job *j, unsigned char **buf, size_t *n, struct err *e)
{
	struct npz_answer a = { 0 };
	unsigned char *x = NULL, *y = NULL;
	size_t nx = 0, ny = 0;
	int ix, iy, bad = find_arrays(z, j, &ix, &iy, e);
	if (!bad && zip_reader_read(z, ix, (size_t)j->budget, &x, &nx, e))
		bad = err_at(e, "array '%.60s'", zip_reader_name(z, ix));
	if (!bad && iy >= 0 && zip_reader_read(z, iy, (size_t)j->budget - nx, &y, &ny, e))
		bad = err_at(e, "array '%.60s'", zip_reader_name(z, iy));
	if (!bad) {
		a.x = (int64_t)nx;
		a.y = (int64_t)ny;
		snprintf(a.x_name, sizeof a.x_name, "%.60s", zip_reader_name(z, ix));
		*n = sizeof a + nx + ny;
		x = xrealloc(x, *n + 1, 1);
		memmove(x + sizeof a, x, nx);
		memcpy(x, &a, sizeof a);
		if (ny)
			memcpy(x + sizeof a + nx, y, ny);
		*buf = x;
		x = NULL;
	}
	free(x);
	free(y);
	return bad;
}

static int work(void *arg, unsigned char **buf, size_t *n, struct err *e)
{
	const struct npz_job *j = arg;
	struct zip_reader *z = zip_reader_open(j->data, j->n, e);
	if (!z)
		return e->code;
	int bad = unpack(z, j, buf, n, e);
	zip_reader_close(z);
	return bad;
}

static int run(struct npz_job *j, unsigned char **buf, size_t *n, struct err *e)
{
	struct sandbox s = { .prepare = prepare,
		             .work = work,
		             .arg = j,
		             .max_mem = 2 * j->budget + ((int64_t)64 << 20),
		             .max_time = j->q->max_time > 0 ? j->q->max_time : 3 + (double)j->n / 2e7 };
	if (!j->q->no_sandbox)
		return sandbox_run(&s, buf, n, e);
	int bad = prepare(j, e);
	return bad ? bad : work(j, buf, n, e);
}

/* Checks and reads the child's answer, which is as untrusted as the file. */
static int read_answer(struct data *d, const char *file, const unsigned char *buf, size_t n, const struct npz_job *j,
                       struct err *e)
{
	struct npz_answer a;
	if (n < sizeof a)
		return err_set(e, ERR_FORMAT, "the reader failed");
	memcpy(&a, buf, sizeof a);
	a.x_name[sizeof a.x_name - 1] = 0;
	if (a.x < 0 || a.y < 0 || a.x > (int64_t)(n - sizeof a) || a.y != (int64_t)(n - sizeof a) - a.x)
		return err_set(e, ERR_FORMAT, "the reader failed");
	struct source s;
	source_memory(&s, file, buf + sizeof a, (size_t)a.x);
	if (!npy_probe(s.head, s.n_head))
		return err_set(e, ERR_FORMAT, "array '%s' is not a .npy file", a.x_name);
	int bad = npy_data(d, &s, j->q, a.y > 0, j->budget, e);
	if (bad)
		return err_at(e, "array '%s'", a.x_name);
	if (a.y && npy_truth(&d->set, file, buf + sizeof a + a.x, (size_t)a.y, e))
		return err_at(e, "labels");
	return 0;
}

static int npz_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	unsigned char *data, *buf = NULL;
	struct npz_job j = { .q = q };
	size_t n = 0;
	int bad = source_rest(s, &data, &j.n, e);
	if (bad)
		return bad;
	j.data = data;
	/* Memory also holds the archive, and then the child's answer. */
	int64_t left = budget - (int64_t)j.n;
	j.budget = left < budget / 2 ? left : budget / 2;
	bad = run(&j, &buf, &n, e);
	free(data);
	if (!bad)
		bad = read_answer(d, s->file, buf, n, &j, e);
	free(buf);
	return bad;
}

static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)q;
	return zip_probe(head, n);
}

const struct data_reader reader_npz = {
	.name = "NumPy .npz",
	.extensions = ".npz (arrays x and y, or x_train, x_test ...)",
	.probe = probe,
	.read = npz_read,
};
