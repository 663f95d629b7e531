/* Reads NumPy's .npz, a zip archive of .npy files. A locked child process unpacks it and sends back two members: the
 * windows and the labels. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "src/data/data_npy.h"
#include "src/read/sandbox.h"
#include "src/data/window_build.h"
#include "src/read/zip_read.h"

/* Names of the arrays with windows and labels, the most usual names first. */
static const char *const names_x[] = { "x",      "data",     "windows", "samples", "signals", "signal",
	                               "series", "features", "inputs",  "input",   "arr_0",   NULL };
static const char *const names_y[] = { "y",       "label", "labels",  "target", "targets",
	                               "classes", "class", "outputs", "arr_1",  NULL };

struct npz_job {
	const unsigned char *data;
	size_t n;
	const struct data_wanted *q;
	int64_t budget;
};

/* What the child sends before the two members: their sizes in bytes. y is 0 if there are no labels. */
struct npz_answer {
	int64_t x, y;
	char x_name[64], y_name[64];
};

static int prepare(void *arg, struct err *e)
{
	(void)arg;
	return zip_prepare(e);
}

/* ---- which arrays ---- */

/* Returns the length of the array's name, without .npy; 0: the member is no array. */
static size_t name_length(const char *member)
{
	size_t n = strlen(member);
	return n > 4 && !strcasecmp(member + n - 4, ".npy") ? n - 4 : 0;
}

/* Finds the array of that name; one that differs in the case of letters only if there is no other. -1: none. */
static int find_name(const struct zip_reader *z, const char *name)
{
	size_t n = strlen(name);
	int near = -1;
	for (int i = 0; i < zip_reader_count(z); i++) {
		const char *s = zip_reader_name(z, i);
		if (name_length(s) != n || strncasecmp(s, name, n) != 0)
			continue;
		if (!strncmp(s, name, n))
			return i;
		near = near < 0 ? i : near;
	}
	return near;
}

/* Returns whether the array's name is that of a part: x_train, train-X, Xtrain, trainX for `x` and `train`. */
static bool is_part(const char *member, const char *name, const char *part)
{
	char plain[64], one[64], two[64];
	size_t n = 0, length = name_length(member);
	for (size_t i = 0; i < length && n + 1 < sizeof plain; i++)
		if (!strchr("_- .", member[i]))
			plain[n++] = member[i];
	plain[n] = 0;
	snprintf(one, sizeof one, "%s%s", name, part);
	snprintf(two, sizeof two, "%s%s", part, name);
	return !strcasecmp(plain, one) || !strcasecmp(plain, two);
}

/* Finds the first of the names. part: "train" or "test"; NULL: the plain names. */
static int find_any(const struct zip_reader *z, const char *const *names, const char *part)
{
	for (int i = 0; names[i]; i++) {
		int at = part ? -1 : find_name(z, names[i]);
		for (int k = 0; part && at < 0 && k < zip_reader_count(z); k++)
			at = is_part(zip_reader_name(z, k), names[i], part) ? k : -1;
		if (at >= 0)
			return at;
	}
	return -1;
}

/* Writes the names and shapes of all arrays: "x (12, 20), y (12)". Returns how many there are. */
static int list_arrays(struct zip_reader *z, char *list, size_t size)
{
	enum { HEAD = 1 << 16 };
	unsigned char *head = xmalloc(HEAD);
	size_t n = 0;
	int arrays = 0;
	list[0] = 0;
	for (int i = 0; i < zip_reader_count(z); i++) {
		const char *s = zip_reader_name(z, i);
		char name[128], shape[128];
		size_t length = name_length(s);
		if (!length)
			continue;
		struct source q;
		struct npy a;
		struct err e = { 0 };
		text_clean(name, sizeof name, s, length < 40 ? length : 40);
		source_memory(&q, s, head, arrays < 100 ? zip_reader_begin(z, i, head, HEAD) : 0);
		if (npy_head(&a, &q, &e))
			snprintf(shape, sizeof shape, "(no numbers)");
		else
			npy_shape(&a, shape, sizeof shape);
		if (n + 128 < size)
			n += (size_t)snprintf(list + n, size - n, "%s%s %s", arrays ? ", " : "", name, shape);
		arrays++;
	}
	free(head);
	return arrays;
}

/* Says that no array is meant by `what`, which ends before the list of the arrays. */
static int say_arrays(struct zip_reader *z, const char *what, const char *remedy, struct err *e)
{
	char list[700];
	if (!list_arrays(z, list, sizeof list))
		return err_set(e, ERR_UNSUPPORTED,
		               "is a zip archive without .npy files; if it is a spreadsheet, save it as CSV");
	return err_set(e, ERR_VALUE, "%s; it has %s%s", what, list, remedy);
}

/* Finds the array that an option names. Returns its number, or an error. */
static int find_asked(struct zip_reader *z, const char *option, const char *name, struct err *e)
{
	int at = find_name(z, name);
	if (at >= 0)
		return at;
	char *what = xasprintf("--%s %.60s: the archive has no array of this name", option, name);
	say_arrays(z, what, "", e);
	free(what);
	return e->code;
}

/* Finds the array of the labels. *y is -1 if there is none. */
static int find_labels(struct zip_reader *z, const struct recipe *r, const char *part, int *y, struct err *e)
{
	const char *asked = r ? r->label_array ? r->label_array : r->label : NULL;
	*y = find_any(z, names_y, part);
	if (!asked)
		return 0;
	if (!strcmp(asked, "none")) {
		*y = -1;
		return 0;
	}
	*y = find_asked(z, r->label_array ? "label-array" : "label", asked, e);
	return *y < 0 ? e->code : 0;
}

/* Finds the arrays with windows and labels: those that the options name, else by the plain names, else by those of the
 * wanted part (train or test), else by those of the other part. */
static int find_arrays(struct zip_reader *z, const struct npz_job *j, int *x, int *y, struct err *e)
{
	const struct recipe *r = j->q->r;
	bool train = r && r->split ? !strcmp(r->split, "train") : j->q->training;
	const char *parts[] = { NULL, train ? "train" : "test", train ? "test" : "train" };
	const char *part = NULL;
	*x = -1;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && *x < 0; i++)
		*x = find_any(z, names_x, part = parts[i]);
	if (*x < 0 && zip_reader_count(z) == 1 && name_length(zip_reader_name(z, 0)))
		*x = 0;
	if (r && r->array) {
		part = NULL;
		*x = find_asked(z, "array", r->array, e);
		for (size_t i = 0; i < sizeof parts / sizeof *parts && *x >= 0; i++)
			for (int k = 0; names_x[k]; k++)
				if (parts[i] && is_part(zip_reader_name(z, *x), names_x[k], parts[i]))
					part = parts[i];
	}
	if (*x < 0 && r && r->array)
		return e->code;
	if (*x < 0)
		return say_arrays(z, "no array is named as windows usually are",
		                  "; --array NAME and --label-array NAME choose", e);
	return find_labels(z, r, part, y, e);
}

static int unpack(struct zip_reader *z, const struct npz_job *j, unsigned char **buf, size_t *n, struct err *e)
{
	struct npz_answer a = { 0 };
	unsigned char *x = NULL, *y = NULL;
	size_t nx = 0, ny = 0;
	int ix, iy = -1, bad = find_arrays(z, j, &ix, &iy, e);
	if (!bad && zip_reader_read(z, ix, (size_t)j->budget, &x, &nx, e))
		bad = err_at(e, "array '%.60s'", zip_reader_name(z, ix));
	if (!bad && iy >= 0 && zip_reader_read(z, iy, (size_t)j->budget - nx, &y, &ny, e))
		bad = err_at(e, "array '%.60s'", zip_reader_name(z, iy));
	if (!bad) {
		a.x = (int64_t)nx;
		a.y = (int64_t)ny;
		text_clean(a.x_name, sizeof a.x_name, zip_reader_name(z, ix), name_length(zip_reader_name(z, ix)));
		if (iy >= 0)
			text_clean(a.y_name, sizeof a.y_name, zip_reader_name(z, iy),
			           name_length(zip_reader_name(z, iy)));
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
	char x_name[sizeof a.x_name], y_name[sizeof a.y_name];
	struct arena *arena;
	struct understood **list;
	if (n < sizeof a)
		return err_set(e, ERR_FORMAT, "the reader failed");
	memcpy(&a, buf, sizeof a);
	a.x_name[sizeof a.x_name - 1] = a.y_name[sizeof a.y_name - 1] = 0;
	text_clean(x_name, sizeof x_name, a.x_name, strlen(a.x_name));
	text_clean(y_name, sizeof y_name, a.y_name, strlen(a.y_name));
	if (a.x < 0 || a.y < 0 || a.x > (int64_t)(n - sizeof a) || a.y != (int64_t)(n - sizeof a) - a.x)
		return err_set(e, ERR_FORMAT, "the reader failed");
	struct source s;
	source_memory(&s, file, buf + sizeof a, (size_t)a.x);
	if (!npy_probe(s.head, s.n_head))
		return err_set(e, ERR_FORMAT, "array '%s' is not a .npy file", x_name);
	const unsigned char *y = buf + sizeof a + a.x;
	bool series = a.y && npy_is_labelled_series(&s, y, (size_t)a.y, j->q);
	int bad = series ? npy_labelled_series(d, &s, y, (size_t)a.y, y_name, j->q, j->budget, e)
	                 : npy_data(d, &s, j->q, a.y > 0, j->budget, e);
	if (bad)
		return err_at(e, "array '%s'", x_name);
	if (a.y && !series && npy_truth(&d->set, file, y, (size_t)a.y, e)) {
		struct err why = *e;
		return err_set(e, why.code, "array '%s' of the labels: %s; --label-array none leaves them out", y_name,
		               why.text);
	}
	arena = d->ready ? &d->set.arena : &d->table.arena;
	list = d->ready ? &d->set.understood : &d->table.understood;
	understood_add(arena, list, "array", "'%s'", x_name);
	if (series)
		understood_add(arena, list, "label", "array '%s' holds one for each step%s", y_name,
		               d->table.label ? "" : "; --label takes it");
	else if (a.y)
		understood_add(arena, list, "label", "array '%s'", y_name);
	else
		understood_add(arena, list, "label", "none; --label-array NAME chooses the array that holds them");
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
	.extensions = ".npz (arrays x and y, or x_train, x_test ..., or those of --array and --label-array)",
	.example = "tsviz eval net.onnx test.npz",
	.uses = RECIPE_TABLE | RECIPE_ARRAY | RECIPE_LABEL_ARRAY,
	.probe = probe,
	.read = npz_read,
};
