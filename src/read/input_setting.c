/* --set NAME=VALUE|zeros|FILE.npy: what a model's inputs beside the window hold. */
#include <math.h>
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
