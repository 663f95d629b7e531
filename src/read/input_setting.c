/* --set NAME=VALUE|zeros|FILE.npy: what a model's inputs beside the window hold. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "src/read/npy.h"
#include "src/read/read_model.h"

enum { ARRAY_BYTES_MAX = 64 << 20 };

static int read_array(struct input_setting *s, const char *path, struct err *e)
{
	struct source from;
	struct npy a;
	unsigned char *data;
	size_t n;
	int bad = read_file(path, ARRAY_BYTES_MAX, &data, &n, e);
	if (bad)
		return err_at(e, "--set %s: %s", s->name, path);
	source_memory(&from, path, data, n);
	if (!npy_probe(data, n))
		bad = err_set(e, ERR_FORMAT, "is no .npy array");
	bad = bad ? bad : npy_head(&a, &from, e);
	if (!bad && !strchr("fiub", a.kind))
		bad = err_set(e, ERR_FORMAT, "holds no numbers");
	unsigned char *p = NULL;
	bad = bad ? bad : source_rest(&from, &p, &n, e);
	if (!bad && (a.count < 0 || (size_t)a.count > n || (size_t)a.count * (size_t)a.size > n))
		bad = err_set(e, ERR_FORMAT, "is cut short");
	source_close(&from);
	free(data);
	if (bad) {
		free(p);
		return err_at(e, "--set %s: %s", s->name, path);
	}
	s->array = true;
	s->shape.rank = a.rank;
	for (int i = 0; i < a.rank; i++)
		s->shape.dim[i] = a.dim[i];
	s->data = xcalloc((size_t)a.count + 1, sizeof *s->data);
	for (int64_t i = 0; i < a.count && !bad; i++) {
		/* element i in row-major order */
		int64_t at = 0, rest = i;
		for (int k = a.rank - 1; k >= 0; k--) {
			at += rest % a.dim[k] * a.stride[k];
			rest /= a.dim[k];
		}
		s->data[i] = npy_number(&a, p, at);
		if (!isfinite(s->data[i]))
			bad = err_set(e, ERR_VALUE, "--set %s: %s: holds NaN or an infinite number", s->name, path);
	}
	free(p);
	return bad;
}

static int read_one(struct input_setting *s, const char *text, struct err *e)
{
	const char *eq = strchr(text, '=');
	if (!eq || eq == text || !eq[1])
		return err_set(e, ERR_VALUE, "--set '%s': NAME=NUMBER, NAME=zeros or NAME=FILE.npy is expected", text);
	s->name = xstrndup(text, (size_t)(eq - text));
	if (!strcmp(eq + 1, "zeros"))
		return 0;
	size_t n = strlen(eq + 1);
	if (n > 4 && !strcmp(eq + 1 + n - 4, ".npy"))
		return read_array(s, eq + 1, e);
	if (number_parse(eq + 1, n, '.', &s->value) != NUMBER_OK || !isfinite(s->value))
		return err_set(e, ERR_VALUE,
		               "--set '%s': a number, zeros or a FILE.npy is expected behind the =", text);
	return 0;
}

int input_settings_read(struct read_options *o, struct err *e)
{
	int bad = 0;
	o->setting = xcalloc((size_t)o->n_set + 1, sizeof *o->setting);
	for (o->n_setting = 0; o->n_setting < o->n_set && !bad;) {
		struct input_setting *s = &o->setting[o->n_setting++];
		bad = read_one(s, o->set[o->n_setting - 1], e);
		for (int i = 0; i < o->n_setting - 1 && !bad; i++)
			if (!strcmp(o->setting[i].name, s->name))
				bad = err_set(e, ERR_VALUE, "--set sets input '%s' twice", s->name);
	}
	return bad;
}

void input_settings_free(struct read_options *o)
{
	for (int i = 0; i < o->n_setting; i++) {
		free(o->setting[i].name);
		free(o->setting[i].data);
	}
	free(o->setting);
	o->setting = NULL;
	o->n_setting = 0;
}

/* ---- what a reader asks ---- */

const struct input_setting *input_setting_of(const struct read_options *o, const char *name)
{
	for (int i = 0; i < o->n_setting; i++)
		if (!strcmp(o->setting[i].name, name))
			return &o->setting[i];
	return NULL;
}

static int find_name(int n, const char *const *names, const char *name, size_t size)
{
	for (int i = 0; i < n; i++)
		if (strlen(names[i]) == size && !memcmp(names[i], name, size))
			return i;
	return -1;
}

static int no_such_input(int n, const char *const *names, const char *option, const char *name, size_t size,
                         struct err *e)
{
	char list[256] = "";
	size_t at = 0;
	for (int i = 0; i < n && at < sizeof list; i++)
		at += (size_t)snprintf(list + at, sizeof list - at, "%s%.60s", i ? ", " : "", names[i]);
	return err_set(e, ERR_VALUE, "--%s: there is no input '%.*s'; there are %s", option,
	               (int)(size < 60 ? size : 60), name, list);
}

int input_settings_check(const struct read_options *o, int n, const char *const *names, struct err *e)
{
	for (int i = 0; i < o->n_setting; i++) {
		const char *name = o->setting[i].name;
		if (find_name(n, names, name, strlen(name)) < 0)
			return no_such_input(n, names, "set", name, strlen(name), e);
	}
	return 0;
}

int inputs_named(const struct read_options *o, int n, const char *const *names, int which[INPUTS_JOINED_MAX],
                 struct err *e)
{
	int got = 0, all = find_name(n, names, o->input, strlen(o->input));
	if (all >= 0)
		which[got++] = all; /* a name with a comma in it */
	for (const char *s = o->input; all < 0 && *s;) {
		size_t size = strcspn(s, ",");
		int i = find_name(n, names, s, size);
		if (i < 0)
			return no_such_input(n, names, "input", s, size, e);
		for (int k = 0; k < got; k++)
			if (which[k] == i)
				return err_set(e, ERR_VALUE, "--input names '%.60s' twice", names[i]);
		if (got == INPUTS_JOINED_MAX)
			return err_set(e, ERR_LIMIT, "--input joins up to %d inputs", INPUTS_JOINED_MAX);
		which[got++] = i;
		s += size + (s[size] == ',');
	}
	for (int k = 0; k < got; k++)
		if (input_setting_of(o, names[which[k]]))
			return err_set(e, ERR_VALUE, "--input and --set both name '%.60s'", names[which[k]]);
	return got ? got : err_set(e, ERR_VALUE, "--input names no input");
}

int input_other_shape(const char *name, const struct input_setting *set, int rank, const int64_t *dim, const char *want,
                      struct shape *out, struct err *e)
{
	bool array = set && set->array, fits = rank >= 0 && rank <= RANK_MAX && (!array || set->shape.rank == rank);
	char have[96];
	*out = (struct shape){ .rank = rank };
	for (int i = 0; i < rank && fits; i++) {
		out->dim[i] = dim[i] > 0 ? dim[i] : array ? set->shape.dim[i] : 1;
		fits = !array || set->shape.dim[i] == out->dim[i];
	}
	if (!fits && array && rank >= 0) {
		shape_format(&set->shape, have, sizeof have);
		return err_set(e, ERR_VALUE, "--set %.60s: the array has shape %s, the input takes (%s)", name, have,
		               want);
	}
	if (!fits)
		return err_set(e, ERR_UNSUPPORTED, "input '%.60s' has no shape, or more than %d axes", name, RANK_MAX);
	return shape_count(out) <= INPUT_COUNT_MAX
	               ? 0
	               : err_set(e, ERR_LIMIT, "input '%.60s' has more than %d elements", name, INPUT_COUNT_MAX);
}

void input_setting_words(const struct input_setting *set, char *buf, size_t size)
{
	if (set->array)
		snprintf(buf, size, "an array, by --set");
	else
		snprintf(buf, size, "%.9g, by --set", set->value);
}
