/* Reads NumPy's .npz, a zip archive of .npy files. A locked child process unpacks it and sends back its members: the
 * windows, the labels and the groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "src/data/array_names.h"
#include "src/data/data_npy.h"
#include "src/data/foreign.h"
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

/* The members that the child sends: the windows, their labels, and the groups of --group. */
enum member { MEMBER_X, MEMBER_Y, MEMBER_GROUP, MEMBERS };

/* What the child sends before them: their sizes in bytes, 0 for a member that there is not. */
struct npz_answer {
	int64_t size[MEMBERS];
	char name[MEMBERS][64];
	int64_t several; /* how many arrays the windows are made of: (windows, arrays, steps) or (steps, arrays) */
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
		                  "; --array NAME and --label-array NAME choose, --array A,B takes several as channels",
		                  e);
	return find_labels(z, r, part, y, e);
}

/* Finds the array that --group names. *group is -1 if it names none. */
static int find_group(struct zip_reader *z, const struct recipe *r, int *group, struct err *e)
{
	*group = -1;
	if (!r || !r->n_group)
		return 0;
	if (r->n_group > 1)
		return err_set(e, ERR_VALUE, "--group: of an archive, one array names the groups, not %d", r->n_group);
	*group = find_asked(z, "group", r->group[0], e);
	return *group < 0 ? e->code : 0;
}

/* ---- several arrays as channels ---- */

/* One of the arrays that are put beside each other. */
struct channel {
	unsigned char *data; /* malloc'd: the .npy file */
	const unsigned char *element;
	struct npy a;
};

static int open_channel(struct channel *c, struct zip_reader *z, const char *name, size_t budget, struct err *e)
{
	struct source s;
	size_t n;
	int at = find_asked(z, "array", name, e);
	if (at < 0)
		return at;
	int bad = zip_reader_read(z, at, budget, &c->data, &n, e);
	if (bad)
		return err_at(e, "array '%.60s'", name);
	source_memory(&s, name, c->data, n);
	bad = npy_head(&c->a, &s, e);
	if (!bad && c->a.count > (int64_t)(n - s.at) / c->a.size)
		bad = err_set(e, ERR_FORMAT, "the array ends early");
	c->element = c->data + s.at;
	return bad ? err_at(e, "array '%.60s'", name) : 0;
}

static int check_channel(const struct channel *c, int k, const struct array_names *names, struct err *e)
{
	char shape[64], other[64];
	const struct npy *a = &c[0].a, *b = &c[k].a;
	npy_shape(a, shape, sizeof shape);
	npy_shape(b, other, sizeof other);
	if (strcmp(shape, other) != 0)
		return array_names_differ(names->name[0], shape, names->name[k], other, e);
	if (b->kind == 'U' || b->kind == 'S' || !b->count)
		return err_set(e, ERR_VALUE, "--array: '%.60s' %s", names->name[k],
		               b->count ? "holds texts" : "is empty");
	if (a->rank < 1 || a->rank > 2)
		return err_set(
		        e, ERR_UNSUPPORTED,
		        "--array: several arrays are channels if each is (steps) or (windows, steps); '%.60s' is "
		        "%s",
		        names->name[0], shape);
	return 0;
}

/* Makes one .npy file of them: (steps, arrays), or (windows, arrays, steps). */
static void put_channels(unsigned char **out, size_t *size, const struct channel *c, int n)
{
	const struct npy *a = &c[0].a;
	int64_t rows = a->rank == 2 ? a->dim[0] : 1, steps = a->dim[a->rank - 1];
	int64_t windows[] = { rows, n, steps }, series[] = { steps, n };
	double *to = (double *)(void *)found_npy(out, size, "<f8", sizeof *to, false, a->rank + 1,
	                                         a->rank == 2 ? windows : series);
	for (int k = 0; k < n; k++)
		for (int64_t i = 0; i < rows; i++)
			for (int64_t t = 0; t < steps; t++) {
				const struct npy *b = &c[k].a;
				int64_t at = a->rank == 2 ? i * b->stride[0] + t * b->stride[1] : t * b->stride[0];
				to[a->rank == 2 ? (i * n + k) * steps + t : t * n + k] =
				        npy_number(b, c[k].element, at);
			}
}

/* --array A,B: reads the arrays and makes one of them. *several is 0 if --array names one array. */
static int read_several(struct zip_reader *z, const struct npz_job *j, unsigned char **out, size_t *size,
                        int64_t *several, struct err *e)
{
	const char *asked = j->q->r ? j->q->r->array : NULL;
	struct array_names names;
	struct channel c[ARRAYS_MOST] = { { .data = NULL } };
	*several = 0;
	if (!asked || !strchr(asked, ',') || find_name(z, asked) >= 0)
		return 0;
	int bad = array_names_split(&names, asked, e);
	int64_t left = j->budget;
	for (int k = 0; k < names.n && !bad; k++) {
		bad = open_channel(&c[k], z, names.name[k], (size_t)left, e);
		bad = bad ? bad : check_channel(c, k, &names, e);
		/* the elements, and the doubles that they become */
		int64_t bytes = bad ? 0 : c[k].a.count * (c[k].a.size + (int64_t)sizeof(double));
		left -= bytes;
		if (!bad && left < 0)
			bad = err_set(e, ERR_LIMIT, "the arrays need more memory than is allowed; see --max-mem");
	}
	if (!bad)
		put_channels(out, size, c, names.n);
	for (int k = 0; k < names.n; k++)
		free(c[k].data);
	*several = names.n;
	array_names_release(&names);
	return bad;
}

static int unpack(struct zip_reader *z, const struct npz_job *j, unsigned char **buf, size_t *n, struct err *e)
{
	struct npz_answer a = { .size = { 0 } };
	unsigned char *part[MEMBERS] = { NULL };
	int at[MEMBERS] = { -1, -1, -1 };
	size_t joined = 0;
	int bad = read_several(z, j, &part[MEMBER_X], &joined, &a.several, e);
	if (!bad && a.several)
		bad = find_labels(z, j->q->r, NULL, &at[MEMBER_Y], e);
	else if (!bad)
		bad = find_arrays(z, j, &at[MEMBER_X], &at[MEMBER_Y], e);
	bad = bad ? bad : find_group(z, j->q->r, &at[MEMBER_GROUP], e);
	a.size[MEMBER_X] = (int64_t)joined;
	snprintf(a.name[MEMBER_X], sizeof a.name[MEMBER_X], "%.60s", a.several ? j->q->r->array : "");
	*n = sizeof a + joined;
	for (int k = 0; k < MEMBERS && !bad; k++) {
		size_t size = 0;
		if (at[k] < 0)
			continue;
		const char *name = zip_reader_name(z, at[k]);
		if (zip_reader_read(z, at[k], (size_t)j->budget - (*n - sizeof a), &part[k], &size, e))
			bad = err_at(e, "array '%.60s'", name);
		a.size[k] = (int64_t)size;
		text_clean(a.name[k], sizeof a.name[k], name, name_length(name));
		*n += size;
	}
	unsigned char *to = bad ? NULL : xmalloc(*n + 1);
	*buf = to;
	if (to)
		memcpy(to, &a, sizeof a);
	to = to ? to + sizeof a : NULL;
	for (int k = 0; k < MEMBERS; k++) {
		if (to && a.size[k])
			memcpy(to, part[k], (size_t)a.size[k]);
		to = to ? to + a.size[k] : NULL;
		free(part[k]);
	}
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

/* What the child sent: the members lie in its answer. */
struct members {
	const unsigned char *p[MEMBERS];
	size_t n[MEMBERS];
	char name[MEMBERS][64];
	bool several;
};

/* Checks the child's answer, which is as untrusted as the file. */
static int open_answer(struct members *m, const unsigned char *buf, size_t n, struct err *e)
{
	struct npz_answer a;
	if (n < sizeof a)
		return err_set(e, ERR_FORMAT, "the reader failed");
	memcpy(&a, buf, sizeof a);
	buf += sizeof a;
	n -= sizeof a;
	m->several = a.several != 0;
	for (int k = 0; k < MEMBERS; k++) {
		if (a.size[k] < 0 || (uint64_t)a.size[k] > n)
			return err_set(e, ERR_FORMAT, "the reader failed");
		a.name[k][sizeof a.name[k] - 1] = 0;
		text_clean(m->name[k], sizeof m->name[k], a.name[k], strlen(a.name[k]));
		m->p[k] = buf;
		m->n[k] = (size_t)a.size[k];
		buf += m->n[k];
		n -= m->n[k];
	}
	return n ? err_set(e, ERR_FORMAT, "the reader failed") : 0;
}

/* Whether an axis of the windows has as many places as there are labels. */
static bool counts_windows(const struct window_set *s)
{
	bool found = !s->rank;
	for (int k = 0; k < s->rank; k++)
		found = found || s->dim[k] == s->n_truth;
	return found;
}

/* Labels and groups of ready windows. */
static int add_truth(struct window_set *s, const char *file, const struct members *m, struct err *e)
{
	const char *y_name = m->name[MEMBER_Y];
	bool bad_y = m->n[MEMBER_Y] && npy_truth(s, file, m->p[MEMBER_Y], m->n[MEMBER_Y], e);
	if (m->n[MEMBER_Y] && !bad_y && !counts_windows(s)) {
		bad_y = true;
		err_set(e, ERR_FORMAT, "it has %lld of them, and no axis of the windows is as long",
		        (long long)s->n_truth);
	}
	if (bad_y) {
		struct err why = *e;
		return err_set(e, why.code, "array '%s' of the labels: %s; --label-array none leaves them out", y_name,
		               why.text);
	}
	if (!m->n[MEMBER_GROUP])
		return 0;
	int bad = npy_groups(s, file, m->p[MEMBER_GROUP], m->n[MEMBER_GROUP], e);
	return bad ? err_at(e, "--group %s", m->name[MEMBER_GROUP]) : 0;
}

static void say_members(struct data *d, const struct members *m, bool series)
{
	struct arena *arena = d->ready ? &d->set.arena : &d->table.arena;
	struct understood **list = d->ready ? &d->set.understood : &d->table.understood;
	understood_add(arena, list, "array", "'%s'", m->name[MEMBER_X]);
	if (series && m->n[MEMBER_Y])
		understood_add(arena, list, "label", "array '%s' holds one for each step%s", m->name[MEMBER_Y],
		               d->table.label ? "" : "; --label takes it");
	else if (m->n[MEMBER_Y])
		understood_add(arena, list, "label", "array '%s'", m->name[MEMBER_Y]);
	else
		understood_add(arena, list, "label", "none; --label-array NAME chooses the array that holds them");
	if (m->n[MEMBER_GROUP])
		understood_add(arena, list, "group", "array '%s'", m->name[MEMBER_GROUP]);
}

/* Reads the one array that was made of several. The channels have the names of the arrays. */
static int read_channels(struct data *d, struct source *s, const struct members *m, const struct npz_job *j,
                         struct err *e)
{
	struct recipe r = *j->q->r;
	struct data_wanted q = *j->q;
	struct array_names names;
	const unsigned char *y = m->p[MEMBER_Y];
	size_t ny = m->n[MEMBER_Y];
	/* An array of two axes is (steps, arrays), whatever the model reads. One of three axes is always windows. */
	r.table = TABLE_LONG;
	r.given &= ~(unsigned)RECIPE_LAYOUT;
	q.r = &r;
	bool series = ny && npy_is_labelled_series(s, y, ny, &q);
	int bad = array_names_split(&names, j->q->r->array, e);
	if (bad)
		return bad;
	bad = series ? npy_labelled_series(d, s, y, ny, m->name[MEMBER_Y], &q, j->budget, e)
	             : npy_data(d, s, &q, false, j->budget, e);
	const char ***channel = d->ready ? &d->set.channel : &d->table.name;
	if (!bad && d->ready) {
		d->set.axes = "NCT";
		d->set.channel = arena_alloc(&d->set.arena, (size_t)names.n, sizeof *d->set.channel);
	}
	d->table.has_header = !d->ready;
	bool fits = !bad && (d->ready ? d->set.rank == 3 && d->set.dim[1] == names.n : d->table.n_col >= names.n);
	for (int k = 0; k < names.n && fits; k++)
		(*channel)[k] =
		        text_copy(d->ready ? &d->set.arena : &d->table.arena, names.name[k], strlen(names.name[k]));
	if (!bad && !fits)
		bad = err_set(e, ERR_FORMAT, "the reader failed");
	array_names_release(&names);
	return bad;
}

static int read_answer(struct data *d, const char *file, const unsigned char *buf, size_t n, const struct npz_job *j,
                       struct err *e)
{
	struct members m;
	struct source s;
	int bad = open_answer(&m, buf, n, e);
	if (bad)
		return bad;
	source_memory(&s, file, m.p[MEMBER_X], m.n[MEMBER_X]);
	if (!npy_probe(s.head, s.n_head))
		return err_set(e, ERR_FORMAT, "array '%s' is not a .npy file", m.name[MEMBER_X]);
	const unsigned char *y = m.p[MEMBER_Y];
	size_t ny = m.n[MEMBER_Y];
	bool series = ny && npy_is_labelled_series(&s, y, ny, j->q);
	if (m.several)
		bad = read_channels(d, &s, &m, j, e);
	else
		bad = series ? npy_labelled_series(d, &s, y, ny, m.name[MEMBER_Y], j->q, j->budget, e)
		             : npy_data(d, &s, j->q, ny > 0, j->budget, e);
	if (bad)
		return err_at(e, "array '%s'", m.name[MEMBER_X]);
	if (d->ready)
		bad = add_truth(&d->set, file, &m, e);
	else if (m.n[MEMBER_GROUP])
		bad = npy_group_column(&d->table, file, m.p[MEMBER_GROUP], m.n[MEMBER_GROUP], j->q->r->group[0], e);
	if (!bad)
		say_members(d, &m, series);
	return bad;
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
