/* Reads MATLAB's .mat files of version 4, 5 and 7.3. A file holds variables; one of them is the data, another one may
 * hold labels. Both are handed on as arrays in NumPy's format; mat_choose.c chooses them. The one file that calls
 * libmatio. */
#include "src/data/mat_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/text.h"
#include "src/data/array_names.h"
#include "src/data/data_npy.h"
#include "src/read/library.h"

#ifdef HAVE_MATIO

/* ---- pointers to the library's functions ---- */

/* clang-format off */
#define FUNCTIONS(X) \
	X(Mat_GetLibraryVersion) X(Mat_LogInitFunc) X(Mat_Open) X(Mat_Close) X(Mat_GetVersion) X(Mat_VarReadNextInfo) \
	X(Mat_VarRead) X(Mat_VarFree) X(Mat_VarGetNumberOfFields) X(Mat_VarGetStructFieldnames) \
	X(Mat_VarGetStructFieldByIndex)
/* clang-format on */
LIBRARY(FUNCTIONS)

static bool load_functions(void *so)
{
	if (!library_find(so))
		return false;
	int major, minor, release;
	/* The layout of matvar_t differs between minor versions, so the version must be the one of the header. */
	lib.Mat_GetLibraryVersion(&major, &minor, &release);
	return major == MATIO_MAJOR_VERSION && minor == MATIO_MINOR_VERSION;
}

static void be_silent(int level, char *text)
{
	(void)level, (void)text;
}
/* In newer versions of libmatio, such as 1.6, the text is constant. */
static void be_silent_const(int level, const char *text)
{
	(void)level, (void)text;
}
#define BE_SILENT \
	_Generic(&Mat_LogInitFunc, int (*)(const char *, void (*)(int, char *)) : be_silent, default : be_silent_const)

static int prepare(struct err *e)
{
	static const char *const names[] = { "libmatio.so.11", "libmatio.so.13", "libmatio.so.14", "libmatio.so",
		                             NULL };
	/* HDF5, which libmatio uses for version 7.3, shall load no code. */
	setenv("HDF5_PLUGIN_PRELOAD", "::", 1);
	lib.so = lib.so ? lib.so : library_load(names, load_functions);
	if (!lib.so)
		return err_set(e, ERR_UNSUPPORTED,
		               "libmatio %d.%d is not installed, or memory is too short for it; MATLAB files need it: "
		               "apt install libmatio11",
		               MATIO_MAJOR_VERSION, MATIO_MINOR_VERSION);
	lib.Mat_LogInitFunc("tsviz", BE_SILENT);
	return 0;
}

/* ---- the variables of a file ---- */

static char *join(struct arena *a, const char *before, const char *name)
{
	char *s = before ? xasprintf("%s.%s", before, name) : xstrdup(name), *copy = text_clean_copy(a, s);
	free(s);
	return copy;
}

static void add(struct variables *all, matvar_t *m, const char *before, const char *name, const char *top, int depth)
{
	if (!m || !name || all->n == VARIABLES_MAX || m->rank < 0 || m->rank > AXES_MAX || (m->rank && !m->dims))
		return;
	if (all->n == all->room) {
		all->room = all->room ? all->room * 2 : 16;
		all->v = xrealloc(all->v, (size_t)all->room, sizeof *all->v);
	}
	struct variable v = { .rank = m->rank, .count = m->rank ? 1 : 0, .class = m->class_type };
	v.is_complex = m->isComplex;
	for (int i = 0; i < m->rank; i++) {
		v.dim[i] = m->dims[i] < INT64_MAX ? (int64_t)m->dims[i] : -1;
		if (v.dim[i] < 0 || !i64_mul(v.count, v.dim[i], &v.count))
			return;
	}
	v.name = join(all->arena, before, name);
	v.top = top ? arena_strdup(all->arena, top) : arena_strdup(all->arena, name);
	all->v[all->n++] = v;
	if (m->class_type != MAT_C_STRUCT || v.count > ELEMENTS_MAX || depth == DEPTH_MAX)
		return;
	unsigned fields = lib.Mat_VarGetNumberOfFields(m);
	char *const *names = lib.Mat_VarGetStructFieldnames(m);
	for (int64_t k = 0; k < v.count; k++) {
		/* the elements of an array of structs are s(1), s(2) ..., as in MATLAB */
		char *element = v.count > 1 ? xasprintf("%s(%" PRId64 ")", v.name, k + 1) : xstrdup(v.name);
		for (unsigned i = 0; names && i < fields; i++)
			add(all, lib.Mat_VarGetStructFieldByIndex(m, i, (size_t)k), element, names[i], v.top,
			    depth + 1);
		free(element);
	}
}

static int list_file(struct variables *all, mat_t *mat, struct err *e)
{
	matvar_t *m;
	while (all->n < VARIABLES_MAX && (m = lib.Mat_VarReadNextInfo(mat))) {
		add(all, m, NULL, m->name, NULL, 0);
		lib.Mat_VarFree(m);
	}
	return all->n ? 0 : err_set(e, ERR_FORMAT, "the MATLAB file holds no variable that can be read; it is damaged");
}

/* ---- reading ---- */

/* MATLAB's types of numbers and NumPy's. */
static const struct number_type {
	enum matio_types type;
	int size;
	char kind;
	const char *npy;
} types[] = { { MAT_T_INT8, 1, 'i', "|i1" },   { MAT_T_UINT8, 1, 'u', "|u1" },  { MAT_T_INT16, 2, 'i', "<i2" },
	      { MAT_T_UINT16, 2, 'u', "<u2" }, { MAT_T_INT32, 4, 'i', "<i4" },  { MAT_T_UINT32, 4, 'u', "<u4" },
	      { MAT_T_INT64, 8, 'i', "<i8" },  { MAT_T_UINT64, 8, 'u', "<u8" }, { MAT_T_SINGLE, 4, 'f', "<f4" },
	      { MAT_T_DOUBLE, 8, 'f', "<f8" } };

static const struct number_type *type_of(const matvar_t *m)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].type == m->data_type && types[i].size == m->data_size)
			return &types[i];
	return NULL;
}

/* Needs a type that is known. */
static double number_at(const matvar_t *m, int64_t i)
{
	const struct number_type *t = type_of(m);
	return npy_number(&(struct npy){ .kind = t->kind, .size = t->size }, m->data, i);
}

/* The field of a struct; the name begins with ".x", or in an array of structs with "(3).x". */
static matvar_t *field_of(matvar_t *m, const char *name)
{
	size_t element = 0, count = 1;
	if (*name == '(') {
		element = strtoul(name + 1, NULL, 10) - 1;
		name = strchr(name, ')') ? strchr(name, ')') + 1 : "";
	}
	for (int i = 0; i < m->rank; i++)
		count *= m->dims[i];
	if (*name++ != '.' || element >= count)
		return NULL;
	unsigned fields = lib.Mat_VarGetNumberOfFields(m);
	char *const *names = lib.Mat_VarGetStructFieldnames(m);
	for (unsigned i = 0; names && i < fields; i++)
		if (!strncmp(names[i], name, strlen(names[i])) && strchr(".(", name[strlen(names[i])])) {
			matvar_t *v = lib.Mat_VarGetStructFieldByIndex(m, i, element);
			const char *rest = name + strlen(names[i]);
			if (v && *rest)
				return v->class_type == MAT_C_STRUCT ? field_of(v, rest) : NULL;
			if (v)
				return v;
		}
	return NULL;
}

/* Reads a variable with its numbers. *whole has to be freed; *m is it or a field of it. */
static int read_variable(const struct variable *v, mat_t *mat, const struct found *f, size_t n_file, matvar_t **whole,
                         matvar_t **m, struct err *e)
{
	*whole = *m = NULL;
	/* deflate packs at most 1032 to 1 */
	int64_t bytes;
	if (!i64_mul(v->count, sizeof(double), &bytes) || bytes > f->budget)
		return err_set(e, ERR_LIMIT, "variable '%.60s' needs more memory than is allowed; see --max-mem",
		               v->name);
	if (v->count / 1100 > (int64_t)n_file)
		return err_set(e, ERR_FORMAT, "variable '%.60s' declares more numbers than the file can hold", v->name);
	*whole = lib.Mat_VarRead(mat, v->top);
	size_t k = strlen(v->top);
	*m = *whole && v->name[k] ? field_of(*whole, v->name + k) : *whole;
	if (!*m || !(*m)->data || (*m)->rank != v->rank)
		return err_set(e, ERR_FORMAT, "variable '%.60s' cannot be read: the file is damaged or cut off",
		               v->name);
	int64_t count = 1;
	for (int i = 0; i < v->rank; i++)
		if ((int64_t)(*m)->dims[i] != v->dim[i] || !i64_mul(count, v->dim[i], &count))
			return err_set(e, ERR_FORMAT, "variable '%.60s' is damaged", v->name);
	return 0;
}

static int check_numbers(const matvar_t *m, const struct variable *v, struct err *e)
{
	int64_t bytes;
	if (!type_of(m) || !i64_mul(v->count, m->data_size, &bytes) || (size_t)bytes > m->nbytes)
		return err_set(e, ERR_FORMAT, "variable '%.60s' has numbers of a kind that is not known", v->name);
	return 0;
}

/* ---- axes ---- */

struct axes {
	bool fortran; /* the first axis is the fastest */
	int rank;
	int64_t dim[3];
};

/* MATLAB's axes in MATLAB's order; axes of length 1 at the ends of a vector vanish. */
static int plain_shape(struct axes *s, const struct variable *x, struct err *e)
{
	*s = (struct axes){ .fortran = true, .rank = x->rank, .dim = { 0 } };
	if (mat_is_vector(x)) {
		s->rank = 1;
		s->dim[0] = x->count;
		return 0;
	}
	if (x->rank > 3)
		return err_set(e, ERR_UNSUPPORTED,
		               "variable '%.60s' has %d axes; windows have three: windows, channels and steps", x->name,
		               x->rank);
	for (int i = 0; i < x->rank; i++)
		s->dim[i] = x->dim[i];
	return 0;
}

/* In memory, the last axis of an array of MATLAB is the slowest: with it in front, the array is one of C. */
static void last_axis_first(struct axes *s)
{
	s->fortran = false;
	for (int i = 0; i < s->rank / 2; i++) {
		int64_t t = s->dim[i];
		s->dim[i] = s->dim[s->rank - 1 - i];
		s->dim[s->rank - 1 - i] = t;
	}
}

static bool is_pair(int64_t a, int64_t b, const struct data_wanted *q)
{
	return (a == q->T && b == q->C) || (a == q->C && b == q->T);
}

/* Which axis counts the windows: the one that has a label each, else the one that leaves the model's window. */
static void place_windows(struct found *f, struct axes *s, const struct variable *x, int64_t labels,
                          const struct data_wanted *q)
{
	int64_t first = s->dim[0], last = s->dim[s->rank - 1];
	if (s->rank < 2 || (s->rank == 2 && !labels))
		return;
	bool begin = labels ? first == labels : is_pair(s->dim[1], last, q);
	bool end = labels ? last == labels : is_pair(first, s->dim[1], q);
	if (begin && end && first == last && labels && s->rank == 2 && q->T > 1 && q->T != last)
		begin = end = false;
	if (begin && end)
		found_warn(f, "the first and the last axis of '%.60s' can count the windows; the first one is taken",
		           x->name);
	if (end && !begin) {
		last_axis_first(s);
		understood_add(&f->arena, &f->understood, "axes", "the last axis of '%.60s' counts the windows",
		               x->name);
	} else if (s->rank == 3) {
		understood_add(&f->arena, &f->understood, "axes", "the first axis of '%.60s' counts the windows",
		               x->name);
	}
}

static void put_numbers(unsigned char **out, size_t *n, const matvar_t *m, const struct axes *s)
{
	int64_t count = 1;
	for (int i = 0; i < s->rank; i++)
		count *= s->dim[i];
	unsigned char *p = found_npy(out, n, type_of(m)->npy, m->data_size, s->fortran, s->rank, s->dim);
	memcpy(p, m->data, (size_t)count * (size_t)m->data_size);
}

/* ---- labels ---- */

/* One text of a char array: `count` units from `at`, `step` apart. Returns its length without blanks at its end. */
static int64_t text_units(const matvar_t *m, int64_t at, int64_t step, int64_t count, uint32_t *to)
{
	int64_t n = 0;
	for (int64_t i = 0; i < count; i++) {
		int64_t k = at + i * step;
		uint32_t u = m->data_size == 1   ? ((const uint8_t *)m->data)[k]
		             : m->data_size == 2 ? ((const uint16_t *)m->data)[k]
		                                 : ((const uint32_t *)m->data)[k];
		to[i] = u ? u : ' ';
		n = u && u != ' ' ? i + 1 : n;
	}
	return n;
}

static bool is_text(const matvar_t *m, int64_t most)
{
	int64_t bytes, rows = m && m->rank == 2 ? (int64_t)m->dims[0] : 0;
	return m && m->class_type == MAT_C_CHAR && m->rank == 2 &&
	       (m->data_size == 1 || m->data_size == 2 || m->data_size == 4) &&
	       i64_mul(rows, (int64_t)m->dims[1], &bytes) && i64_mul(bytes, m->data_size, &bytes) && bytes <= most &&
	       (!bytes || (m->data && (size_t)bytes <= m->nbytes));
}

/* Makes an array of texts from a char array, a text each row, or from the cells of a cell array. */
static int put_texts(struct found *f, const matvar_t *m, const struct variable *v, struct err *e)
{
	int64_t n = mat_label_count(v), width = 1;
	matvar_t **cell = m->class_type == MAT_C_CELL ? m->data : NULL;
	for (int64_t i = 0; i < (cell ? n : 1); i++) {
		const matvar_t *c = cell ? cell[i] : m;
		if (!is_text(c, TEXTS_MAX) || (cell && c->dims[0] > 1))
			return err_set(e, ERR_UNSUPPORTED,
			               "variable '%.60s' holds labels that are not texts; save double(%.60s) or "
			               "cellstr(%.60s)",
			               v->name, v->name, v->name);
		width = (int64_t)c->dims[1] > width ? (int64_t)c->dims[1] : width;
	}
	int64_t bytes;
	char type[32];
	if (!i64_mul(n, width * 4, &bytes) || bytes > f->budget)
		return err_set(e, ERR_LIMIT, "the labels of '%.60s' need more memory than is allowed", v->name);
	snprintf(type, sizeof type, "<U%" PRId64, width);
	unsigned char *p = found_npy(&f->y, &f->ny, type, (int)width * 4, false, 1, &n);
	memset(p, 0, (size_t)bytes);
	uint32_t *unit = xcalloc((size_t)width, sizeof *unit);
	for (int64_t i = 0; i < n; i++) {
		const matvar_t *c = cell ? cell[i] : m;
		int64_t rows = (int64_t)c->dims[0], k = 0;
		if (rows)
			k = text_units(c, cell ? 0 : i, rows, (int64_t)c->dims[1], unit);
		memcpy(p + (size_t)(i * width) * 4, unit, (size_t)k * 4);
	}
	free(unit);
	return 0;
}

static int put_labels(struct found *f, mat_t *mat, const struct variable *v, size_t n_file, struct err *e)
{
	matvar_t *whole, *m;
	int bad = read_variable(v, mat, f, n_file, &whole, &m, e);
	if (!bad && (v->class == MAT_C_CELL || v->class == MAT_C_CHAR))
		bad = put_texts(f, m, v, e);
	else if (!bad)
		bad = check_numbers(m, v, e);
	if (!bad && !f->y) {
		struct axes s;
		bad = plain_shape(&s, v, e);
		if (!bad)
			put_numbers(&f->y, &f->ny, m, &s);
	}
	if (whole)
		lib.Mat_VarFree(whole);
	if (!bad)
		understood_add(&f->arena, &f->understood, "label", "variable '%.60s'", v->name);
	return bad;
}

/* ---- a series with a label in each row ---- */

/* The axis of the time steps if there is a label for each of them and the other axis holds the channels: 0 or 1; -1:
 * x holds windows. */
static int step_axis(const struct axes *s, int64_t labels, const struct data_wanted *q)
{
	enum table_form form = q->r ? q->r->table : TABLE_AUTO;
	if (s->rank > 2 || !labels || form == TABLE_WIDE || form == TABLE_COLUMNS)
		return -1;
	for (int axis = 0; axis < s->rank; axis++) {
		int64_t width = s->rank == 2 ? s->dim[1 - axis] : 1, T = q->T > 1 ? q->T : 1;
		if (s->dim[axis] != labels)
			continue;
		if (form == TABLE_LONG || width == 1)
			return axis;
		/* the windows of another model, whose channels are not known, are as long as it reads */
		if (q->C ? q->C == width && !(q->T == width && q->C <= 1) : width < T && labels >= T)
			return axis;
	}
	return -1;
}

static int put_series(struct found *f, const matvar_t *m, const struct axes *s, int axis, const struct variable *x,
                      const struct variable *y, struct err *e)
{
	int64_t width = s->rank == 2 ? s->dim[1 - axis] : 1, n = s->dim[axis];
	if (found_columns(f, n, width + 1, e))
		return e->code;
	for (int c = 0; c < width; c++) {
		double *to = found_numbers(f, c, e);
		if (!to)
			return e->code;
		for (int64_t i = 0; i < n; i++)
			to[i] = number_at(m, axis ? c + i * width : c * n + i);
	}
	f->name[width] = y->name;
	understood_add(&f->arena, &f->understood, "rows", "each %s of '%.60s' is a time step", axis ? "column" : "row",
	               x->name);
	return 0;
}

/* Writes the text of row i of a char array or of cell i of a cell array. Returns its length, or -1: it is no text. */
static int64_t row_text(const matvar_t *m, int64_t i, char *buf, size_t size)
{
	enum { UNITS = 80 };
	uint32_t unit[UNITS];
	const matvar_t *c = m->class_type == MAT_C_CELL ? ((matvar_t **)m->data)[i] : m;
	if (!is_text(c, TEXTS_MAX) || c->dims[1] > UNITS || (c != m && c->dims[0] > 1))
		return -1;
	int64_t k = c->dims[0] ? text_units(c, c == m ? i : 0, (int64_t)c->dims[0], (int64_t)c->dims[1], unit) : 0;
	size_t n = 0;
	for (int64_t u = 0; u < k && n + 4 < size; u++)
		n += text_encode(buf + n, unit[u] > 0x10ffff || (unit[u] >= 0xd800 && unit[u] < 0xe000)
		                                  ? 0xfffd
		                                  : (int32_t)unit[u]);
	buf[n] = 0;
	return (int64_t)n;
}

/* Labels of steps are texts, so that they are no channel. */
static int put_row_labels(struct found *f, mat_t *mat, const struct variable *v, size_t n_file, struct err *e)
{
	matvar_t *whole, *m;
	int col = f->n_col - 1, bad = read_variable(v, mat, f, n_file, &whole, &m, e);
	bool words = v->class == MAT_C_CELL || v->class == MAT_C_CHAR;
	if (!bad && (words ? mat_label_count(v) : v->count) != f->n_row)
		bad = err_set(e, ERR_FORMAT, "variable '%.60s' does not hold one label for each step", v->name);
	bad = bad || words ? bad : check_numbers(m, v, e);
	for (int64_t i = 0; i < f->n_row && !bad; i++) {
		char text[400];
		if (!words)
			snprintf(text, sizeof text, "%.9g", number_at(m, i));
		else if (row_text(m, i, text, sizeof text) < 0)
			bad = err_set(e, ERR_UNSUPPORTED, "variable '%.60s' holds labels that are not texts", v->name);
		bad = bad ? bad : found_text(f, col, i, text, strlen(text), e);
	}
	if (whole)
		lib.Mat_VarFree(whole);
	if (!bad)
		understood_add(&f->arena, &f->understood, "label", "column '%.60s'", v->name);
	return bad;
}

/* ---- the file ---- */

static int put_data(struct found *f, mat_t *mat, const struct variable *x, const struct variable *y,
                    const struct foreign_job *j, struct err *e)
{
	struct axes s;
	matvar_t *whole, *m;
	int64_t labels = y ? mat_label_count(y) : 0;
	int bad = plain_shape(&s, x, e);
	bad = bad ? bad : read_variable(x, mat, f, j->n, &whole, &m, e);
	if (bad)
		return bad;
	bad = check_numbers(m, x, e);
	int axis = bad ? -1 : step_axis(&s, labels, j->q);
	bool series = axis >= 0;
	if (series) {
		bad = put_series(f, m, &s, axis, x, y, e);
	} else if (!bad) {
		place_windows(f, &s, x, labels, j->q);
		put_numbers(&f->x, &f->nx, m, &s);
		f->x_name = x->name;
	}
	lib.Mat_VarFree(whole);
	if (!bad && y)
		bad = series ? put_row_labels(f, mat, y, j->n, e) : put_labels(f, mat, y, j->n, e);
	return bad;
}

/* ---- several variables as channels ---- */

/* Puts one variable to *to as doubles: a vector as it is, a matrix row by row. Windows of the same channel are
 * `between` apart. */
static int put_channel(double *to, int64_t between, mat_t *mat, const struct variable *v, const struct found *f,
                       size_t n_file, struct err *e)
{
	matvar_t *whole, *m;
	int bad = read_variable(v, mat, f, n_file, &whole, &m, e);
	bad = bad ? bad : check_numbers(m, v, e);
	int64_t rows = mat_is_vector(v) ? 1 : v->dim[0], columns = bad ? 0 : v->count / rows;
	for (int64_t i = 0; i < rows; i++)
		for (int64_t k = 0; k < columns; k++)
			to[i * between + k] = number_at(m, i + k * rows);
	if (whole)
		lib.Mat_VarFree(whole);
	return bad;
}

/* The series of several vectors: each is a column. */
static int put_vectors(struct found *f, mat_t *mat, const struct variable *const *x, int n, const struct variable *y,
                       size_t n_file, struct err *e)
{
	int bad = found_columns(f, x[0]->count, n + (y ? 1 : 0), e);
	for (int c = 0; c < n && !bad; c++) {
		double *to = found_numbers(f, c, e);
		f->name[c] = x[c]->name;
		bad = to ? put_channel(to, 0, mat, x[c], f, n_file, e) : e->code;
	}
	if (bad || !y)
		return bad;
	f->name[n] = y->name;
	return put_row_labels(f, mat, y, n_file, e);
}

/* The windows of several matrices, of which each row is a window. */
static int put_matrices(struct found *f, mat_t *mat, const struct variable *const *x, int n, const struct variable *y,
                        size_t n_file, struct err *e)
{
	int64_t dim[] = { x[0]->dim[0], n, x[0]->dim[1] }, bytes;
	int bad = 0;
	if (!i64_mul(x[0]->count, n * (int64_t)sizeof(double), &bytes) || bytes > f->budget)
		return err_set(e, ERR_LIMIT, "the arrays need more memory than is allowed; see --max-mem");
	/* the header has a multiple of 64 bytes, so the numbers are aligned */
	double *to = (double *)(void *)found_npy(&f->x, &f->nx, "<f8", sizeof *to, false, 3, dim);
	f->channel = arena_alloc(&f->arena, (size_t)n, sizeof *f->channel);
	f->n_channel = n;
	for (int c = 0; c < n && !bad; c++) {
		f->channel[c] = x[c]->name;
		bad = put_channel(to + c * dim[2], n * dim[2], mat, x[c], f, n_file, e);
	}
	return bad || !y ? bad : put_labels(f, mat, y, n_file, e);
}

static int put_several(struct found *f, mat_t *mat, const struct variables *all, const struct array_names *names,
                       const struct foreign_job *j, struct err *e)
{
	const struct variable *x[ARRAYS_MOST];
	char shape[160], other[160];
	int first = 0, y;
	for (int c = 0; c < names->n; c++) {
		int at = mat_find_asked(all, "array", names->name[c], e);
		if (at < 0)
			return at;
		x[c] = &all->v[at];
		first = c ? first : at;
		if (!mat_is_numeric(x[c]))
			return mat_say_class(x[c], e);
		mat_write_shape(x[0], shape, sizeof shape);
		mat_write_shape(x[c], other, sizeof other);
		bool alike =
		        mat_is_vector(x[0]) ? mat_is_vector(x[c]) && x[c]->count == x[0]->count : !strcmp(shape, other);
		if (!alike)
			return array_names_differ(x[0]->name, shape, x[c]->name, other, e);
	}
	if (!mat_is_vector(x[0]) && x[0]->rank != 2)
		return err_set(e, ERR_UNSUPPORTED,
		               "--array: several arrays are channels if each is a vector, or a matrix with a window in "
		               "each row; '%.60s' is %s",
		               x[0]->name, shape);
	int bad = mat_find_labels(f, all, first, j->q->r, &y, e);
	if (bad)
		return bad;
	understood_add(&f->arena, &f->understood, "arrays", "%d of %s, each is a channel", names->n, shape);
	return (mat_is_vector(x[0]) ? put_vectors : put_matrices)(f, mat, x, names->n, y < 0 ? NULL : &all->v[y], j->n,
	                                                          e);
}

/* --array A,B. A variable cannot have a comma in its name. */
static int choose_several(struct found *f, mat_t *mat, const struct variables *all, const struct foreign_job *j,
                          struct err *e)
{
	struct array_names names;
	int bad = array_names_split(&names, j->q->r->array, e);
	bad = bad ? bad : put_several(f, mat, all, &names, j, e);
	array_names_release(&names);
	return bad;
}

static int choose(struct found *f, mat_t *mat, struct variables *all, const struct foreign_job *j, struct err *e)
{
	const struct recipe *r = j->q->r;
	char shape[160], list[LIST_MAX];
	int y = -1, bad = list_file(all, mat, e);
	if (bad)
		return bad;
	if (r && r->array && strchr(r->array, ','))
		return choose_several(f, mat, all, j, e);
	int x = r && r->array ? mat_find_asked(all, "array", r->array, e)
	                      : mat_find_largest(all, lib.Mat_GetVersion(mat) == MAT_FT_MAT73, e);
	if (x < 0)
		return x;
	if (!mat_is_numeric(&all->v[x]))
		return mat_say_class(&all->v[x], e);
	bad = mat_find_labels(f, all, x, r, &y, e);
	if (bad)
		return bad;
	mat_write_shape(&all->v[x], shape, sizeof shape);
	mat_list_variables(all, x, y, list, sizeof list);
	understood_add(&f->arena, &f->understood, "array", "'%.60s' (%s)%s", all->v[x].name, shape,
	               r && r->array ? ""
	                             : ", the largest array of numbers; --array NAME chooses another one, --array A,B "
	                               "several as channels");
	if (*list)
		understood_add(&f->arena, &f->understood, "not read", "%s", list);
	if (!r || !r->array)
		mat_warn_others(f, all, x, y);
	return put_data(f, mat, &all->v[x], y < 0 ? NULL : &all->v[y], j, e);
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	struct variables all = { .arena = &f->arena };
	mat_t *mat = lib.Mat_Open(j->path, MAT_ACC_RDONLY);
	if (!mat)
		return err_set(e, ERR_FORMAT, "the MATLAB file is damaged or cut off");
	int bad = choose(f, mat, &all, j, e);
	lib.Mat_Close(mat);
	free(all.v);
	return bad;
}

#else

static int prepare(struct err *e)
{
	return err_set(e, ERR_UNSUPPORTED,
	               "is a MATLAB file, but this program was built without libmatio; in Python: import numpy, "
	               "scipy.io; numpy.save('x.npy', scipy.io.loadmat(FILE)['x'])");
}

static int work(struct found *f, const struct foreign_job *j, struct err *e)
{
	(void)f, (void)j;
	return prepare(e);
}
#endif

/* The column that put_row_labels() made of the variable that --label-array names; NULL: there is none. */
static const char *label_column(const struct table *t, const char *asked)
{
	const char *last = t->n_col > 1 ? t->name[t->n_col - 1] : NULL;
	return last && !strcasecmp(last, asked) ? last : NULL;
}

static int mat_read(struct data *d, struct source *s, const struct data_wanted *q, int64_t budget, struct err *e)
{
	/* libmatio brings libhdf5 and what that needs */
	static const struct foreign how = {
		.prepare = prepare, .work = work, .by_path = true, .library = (int64_t)256 << 20
	};
	static const unsigned char version[] = { 0, 2, 'I', 'M' };
	unsigned char *data;
	struct foreign_job j = { .file = s->file, .q = q, .path = s->packed ? NULL : s->path };
	int bad = source_rest(s, &data, &j.n, e);
	if (bad)
		return bad;
	/* Programs other than MATLAB leave out the version and the order of bytes, which libmatio asks for. */
	if (j.n > 520 && !memcmp(data, "MATLAB 7.3", 10) && !memcmp(data + 512, "\x89HDF", 4) && !data[126])
		memcpy(data + 124, version, sizeof version);
	bad = foreign_run(d, &j, data, &how, budget, e);
	/* The labels are the last column; a classifier takes them without being asked. */
	if (!bad && !d->ready && q->r && q->r->label_array)
		d->table.label = label_column(&d->table, q->r->label_array);
	else if (!bad && !d->ready && q->classes > 1 && d->table.n_col > 1 && d->table.text[d->table.n_col - 1])
		d->table.label = d->table.name[d->table.n_col - 1];
	return bad;
}

static uint32_t word_at(const unsigned char *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
	           : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Version 4 has no magic number: a type MOPT of four digits, the size of a matrix, and its name, which ends with a NUL
 * ("MAT-File Format", MathWorks, level 4). */
static bool is_version_4(const unsigned char *p, size_t n)
{
	if (n < 22)
		return false;
	bool big = p[0] == 0;
	big = big && (p[1] || p[2] || p[3]);
	uint32_t type = word_at(p, big), name = word_at(p + 16, big);
	if (type / 1000 != big || type / 100 % 10 || type / 10 % 10 > 5 || type % 10 > 2 || word_at(p + 12, big) > 1)
		return false;
	if (name < 2 || name > 64 || n < 20 + (size_t)name || p[20 + name - 1])
		return false;
	for (uint32_t i = 0; i + 1 < name; i++) {
		unsigned char c = p[20 + i], lower = c | 32;
		if (!(lower >= 'a' && lower <= 'z') && (!i || (c != '_' && !(c >= '0' && c <= '9'))))
			return false;
	}
	return true;
}

static bool probe(const unsigned char *head, size_t n, const struct data_wanted *q)
{
	(void)q;
	if (n >= 10 && !memcmp(head, "MATLAB ", 7))
		return true;
	return is_version_4(head, n);
}

const struct data_reader reader_mat = {
	.name = "MATLAB .mat",
	.extensions =
	        ".mat of version 4, 5 and 7.3 (the largest array, or --array and --label-array; needs libmatio11)",
	.example = "tsviz info net.onnx bearing.mat --array X097_DE_time",
	.uses = RECIPE_TABLE | RECIPE_ARRAY | RECIPE_LABEL_ARRAY,
	.probe = probe,
	.read = mat_read,
};
