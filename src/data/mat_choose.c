/* Which variable of a .mat file is the data, and which one holds the labels. It calls no function of the library. */
#include "src/data/mat_parts.h"

#ifdef HAVE_MATIO
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include "core/data/column_name.h"

bool mat_is_numeric(const struct variable *v)
{
	return v->class >= MAT_C_DOUBLE && v->class <= MAT_C_UINT64 && !v->is_complex && v->count > 0;
}

static const char *class_name(const struct variable *v)
{
	static const char *const names[] = {
		[MAT_C_EMPTY] = "empty",   [MAT_C_CELL] = "cell",    [MAT_C_STRUCT] = "struct",
		[MAT_C_OBJECT] = "object", [MAT_C_CHAR] = "char",    [MAT_C_SPARSE] = "sparse",
		[MAT_C_FUNCTION] = "code", [MAT_C_OPAQUE] = "object"
	};
	size_t c = (size_t)v->class;
	return v->is_complex ? "complex" : c < sizeof names / sizeof *names && names[c] ? names[c] : "";
}

void mat_write_shape(const struct variable *v, char *buf, size_t size)
{
	size_t at = 0;
	for (int i = 0; i < v->rank && at + 24 < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%" PRId64, i ? " x " : "", v->dim[i]);
	const char *class = class_name(v);
	if (*class && at < size)
		snprintf(buf + at, size - at, ", %s", class);
}

void mat_list_variables(const struct variables *all, int x, int y, char *list, size_t size)
{
	size_t at = 0;
	int left = 0;
	list[0] = 0;
	for (int i = 0; i < all->n; i++) {
		char shape[160];
		if (i == x || i == y || (all->v[i].class == MAT_C_STRUCT && all->v[i].count <= ELEMENTS_MAX))
			continue;
		mat_write_shape(&all->v[i], shape, sizeof shape);
		if (at + 120 < size)
			at += (size_t)snprintf(list + at, size - at, "%s%.60s (%.40s)", at ? ", " : "", all->v[i].name,
			                       shape);
		else
			left++;
	}
	if (left)
		snprintf(list + at, size - at, " and %d more", left);
}

/* ---- which of them ---- */

/* Returns the number of the variable of this name; one that differs in the case of letters only if there is no other.
 * -1: none. */
static int find(const struct variables *all, const char *name)
{
	int near = -1;
	for (int i = 0; i < all->n; i++) {
		if (!strcmp(all->v[i].name, name))
			return i;
		if (near < 0 && !strcasecmp(all->v[i].name, name))
			near = i;
	}
	return near;
}

int mat_find_asked(const struct variables *all, const char *option, const char *name, struct err *e)
{
	char list[LIST_MAX];
	int at = find(all, name);
	mat_list_variables(all, -1, -1, list, sizeof list);
	return at >= 0 ? at
	               : err_set(e, ERR_VALUE, "--%s %.60s: the file has no variable of this name; it has %s", option,
	                         name, list);
}

int mat_say_class(const struct variable *v, struct err *e)
{
	if (v->is_complex)
		return err_set(e, ERR_UNSUPPORTED,
		               "variable '%.60s' has complex numbers; save real(%.60s) or abs(%.60s)", v->name, v->name,
		               v->name);
	if (v->class == MAT_C_SPARSE)
		return err_set(e, ERR_UNSUPPORTED, "variable '%.60s' is a sparse matrix; save full(%.60s)", v->name,
		               v->name);
	if (v->class == MAT_C_CELL)
		return err_set(e, ERR_UNSUPPORTED,
		               "variable '%.60s' is a cell array; if all cells have one size, save cat(3, %.60s{:})",
		               v->name, v->name);
	if (!v->count)
		return err_set(e, ERR_FORMAT, "variable '%.60s' is empty", v->name);
	return err_set(e, ERR_UNSUPPORTED, "variable '%.60s' is no array of numbers (%s)", v->name, class_name(v));
}

bool mat_is_vector(const struct variable *v)
{
	int long_axes = 0;
	for (int i = 0; i < v->rank; i++)
		long_axes += v->dim[i] != 1;
	return long_axes <= 1;
}

static const char *last_part(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot ? dot + 1 : name;
}

static const char *const label_names[] = { "y",       "label",   "labels", "target", "targets", "class",
	                                   "classes", "y_train", "y_test", "ytrain", "ytest",   NULL };

static bool named_label(const struct variable *v)
{
	for (int i = 0; label_names[i]; i++)
		if (!strcasecmp(last_part(v->name), label_names[i]))
			return true;
	return false;
}

/* Whether a variable is called as the times of the other ones are: "t", "time". */
static bool named_time(const struct variable *v)
{
	static const char *const names[] = { "t",     "tt",         "ts",        "time", "times",
		                             "tvec",  "timevec",    "timestamp", "sec",  "timestamps",
		                             "times", "timevector", "seconds",   NULL };
	return mat_is_vector(v) && column_name_among(names, last_part(v->name));
}

/* Whether v is rather the data than `best` is. Of equally large ones the times are not. */
static bool is_better(const struct variable *v, const struct variable *best)
{
	return v->count > best->count || (v->count == best->count && named_time(best) && !named_time(v));
}

/* The cell array or struct that holds the data where labels are all that is left: -1: none. */
static int find_packed(const struct variables *all, const struct variable *best)
{
	if (!mat_is_vector(best) || !named_label(best))
		return -1;
	for (int i = 0; i < all->n; i++)
		if (all->v[i].class == MAT_C_CELL && all->v[i].count > 1)
			return i;
	return -1;
}

int mat_find_largest(const struct variables *all, bool version_73, struct err *e)
{
	int best = -1;
	char list[LIST_MAX];
	for (int i = 0; i < all->n; i++)
		if (mat_is_numeric(&all->v[i]) && (best < 0 || is_better(&all->v[i], &all->v[best])))
			best = i;
	int packed = best < 0 ? -1 : find_packed(all, &all->v[best]);
	if (packed >= 0)
		return mat_say_class(&all->v[packed], e);
	if (best >= 0)
		return best;
	for (int i = 0; i < all->n; i++)
		if (all->v[i].class != MAT_C_STRUCT && all->v[i].class != MAT_C_EMPTY && all->n <= 2)
			return mat_say_class(&all->v[i], e);
	for (int i = 0; i < all->n && version_73; i++)
		if (all->v[i].class == MAT_C_EMPTY && all->v[i].count)
			return err_set(e, ERR_UNSUPPORTED,
			               "MATLAB did not write this file: '%.60s' has no MATLAB class; in Python: "
			               "import h5py, numpy; numpy.save('x.npy', h5py.File(FILE)['%.60s'][:])",
			               all->v[i].name, all->v[i].name);
	mat_list_variables(all, -1, -1, list, sizeof list);
	return err_set(e, ERR_UNSUPPORTED, "no variable is an array of real numbers; the file has %s", list);
}

int64_t mat_label_count(const struct variable *v)
{
	if (v->class == MAT_C_CHAR)
		return v->rank ? v->dim[0] : 0;
	if (v->class == MAT_C_CELL || mat_is_vector(v))
		return v->count;
	return v->rank == 2 ? v->dim[0] : 0;
}

static bool can_label(const struct variable *v)
{
	return (mat_is_numeric(v) && v->rank <= 2) || v->class == MAT_C_CELL || v->class == MAT_C_CHAR;
}

/* Whether an axis of x has as many places as there are labels. */
static bool labels_fit(const struct variable *x, const struct variable *y)
{
	int64_t n = mat_label_count(y);
	return n > 1 && (x->dim[0] == n || (x->rank > 1 && x->dim[x->rank - 1] == n));
}

int mat_find_labels(struct found *f, const struct variables *all, int x, const struct recipe *r, int *y, struct err *e)
{
	const char *asked = r ? r->label_array ? r->label_array : r->label : NULL;
	*y = -1;
	if (asked && !strcmp(asked, "none"))
		return 0;
	if (asked) {
		*y = mat_find_asked(all, r->label_array ? "label-array" : "label", asked, e);
		if (*y < 0)
			return e->code;
		if (!can_label(&all->v[*y]))
			return mat_say_class(&all->v[*y], e);
		if (!labels_fit(&all->v[x], &all->v[*y]))
			return err_set(e, ERR_FORMAT,
			               "variable '%.60s' holds %" PRId64 " labels, but no end of '%.60s' has as many",
			               asked, mat_label_count(&all->v[*y]), all->v[x].name);
		return 0;
	}
	for (int k = 0; label_names[k] && *y < 0; k++)
		for (int i = 0; i < all->n && *y < 0; i++) {
			const struct variable *v = &all->v[i];
			if (i == x || strcasecmp(last_part(v->name), label_names[k]) != 0 || !can_label(v))
				continue;
			if (labels_fit(&all->v[x], v))
				*y = i;
			else if (v->count > 1)
				found_warn(f, "'%.60s' is not taken as labels: it has %" PRId64 " values", v->name,
				           v->count);
		}
	return 0;
}

void mat_warn_others(struct found *f, const struct variables *all, int x, int y)
{
	char list[200] = "";
	size_t at = 0;
	for (int i = 0; i < all->n; i++) {
		const struct variable *v = &all->v[i];
		if (i == x || i == y || !mat_is_numeric(v) || v->count < all->v[x].count / 10 || v->count < 3 ||
		    named_time(v))
			continue;
		if (at + 70 < sizeof list)
			at += (size_t)snprintf(list + at, sizeof list - at, "%s%.60s", at ? ", " : "", v->name);
	}
	if (at)
		found_warn(f,
		           "'%.60s' is read, the %s of its arrays; --array NAME reads another one, --array A,B several "
		           "as channels: %s",
		           all->v[x].name, "largest", list);
}
#endif
