/* Writes a model as the end of its name says, reads it back and compares the outputs before it takes its place. */
#include "src/job/model_write.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/rng.h"
#include "core/run/run.h"
#include "src/json/model_json.h"
#include "src/onnx/onnx_write.h"

static const struct target_format {
	const char *end, *name;
	int (*write)(const struct model *m, FILE *f, struct err *e);
} formats[] = {
	{ ".onnx", "ONNX", onnx_write },
	{ ".json", "tsviz JSON", model_json_write },
};

static const struct target_format *format_of(const char *path)
{
	size_t n = path ? strlen(path) : 0;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		size_t k = strlen(formats[i].end);
		if (n > k && !strcmp(path + n - k, formats[i].end))
			return &formats[i];
	}
	return NULL;
}

/* Returns the output for a window of random numbers, always the same. The caller frees it. */
static real *output_for_random(const struct model *m)
{
	int64_t n = m->T * m->C;
	real *tc = xcalloc((size_t)n, sizeof *tc), *native = xcalloc((size_t)n, sizeof *native);
	real *y = xcalloc((size_t)m->outputs, sizeof *y);
	struct rng rng;
	rng_init(&rng, 1);
	for (int64_t i = 0; i < n; i++)
		tc[i] = (real)rng_normal(&rng);
	model_pack(m, tc, native);
	struct run *r = run_new_outputs(m->graph, 1, &m->output);
	run_input(r, 0, native);
	run_forward(r);
	/* The order of the model's own framework is the same in both files; that of the graphs need not be. */
	model_outputs_unpack(m, run_real(r, m->output), y);
	run_free(r);
	free(tc);
	free(native);
	return y;
}

/* Files hold single precision, and a form that is taken apart rounds otherwise. */
static bool all_close(const real *x, const real *y, int64_t n, double *worst)
{
	double largest = 1e-3;
	*worst = 0;
	for (int64_t i = 0; i < n; i++)
		if (isfinite(x[i]))
			largest = fmax(largest, fabs((double)x[i]));
	for (int64_t i = 0; i < n; i++) {
		bool same = x[i] == y[i] || (isnan(x[i]) && isnan(y[i]));
		double d = same ? 0 : fabs((double)x[i] - (double)y[i]);
		*worst = d > *worst || isnan(d) ? d : *worst; /* NaN, once there, stays */
	}
	return *worst <= 1e-4 * largest;
}

/* Returns the path of the temporary file, which stands in the folder of the target. The caller frees it. */
static char *temporary_path(const struct save *s, const char *target)
{
	const char *slash = strrchr(target, '/');
	return xasprintf("%.*s%s", slash ? (int)(slash + 1 - target) : 0, target, s->temp);
}

/* Reads the file at `path` and compares it with the model that was written into it. */
static int check_written(const char *path, const struct model *m, const struct options *o, struct err *e)
{
	const struct read_options plain = { .max_mem = o->read.max_mem,
		                            .max_time = o->read.max_time,
		                            .no_sandbox = o->read.no_sandbox };
	struct err why = { 0 };
	struct model *again = read_model(path, &plain, &why);
	if (!again || again->n_unsupported) {
		const char *text = again ? again->unsupported : why.text;
		err_set(e, ERR_UNSUPPORTED, "nothing was written: tsviz could not read it again (%s)", text);
	} else if (again->T != m->T || again->C != m->C || again->outputs != m->outputs) {
		err_set(e, ERR_UNSUPPORTED,
		        "nothing was written: read again, it would have %lld steps, %lld channels and %lld outputs",
		        (long long)again->T, (long long)again->C, (long long)again->outputs);
	} else {
		real *x = output_for_random(m), *y = output_for_random(again);
		double worst;
		if (!all_close(x, y, m->outputs, &worst))
			err_set(e, ERR_UNSUPPORTED,
			        "nothing was written: read again, its output would differ by %.3g; please report this",
			        worst);
		free(x);
		free(y);
	}
	model_free(again);
	return e->code;
}

static int check_file(const struct save *s, const struct model *m, const struct options *o, struct err *e)
{
	char *path = temporary_path(s, o->out);
	int bad = check_written(path, m, o, e);
	free(path);
	return bad;
}

bool model_write_known(const char *path)
{
	return format_of(path) != NULL;
}

int model_write(const struct model *m, const struct options *o, struct err *e)
{
	struct output out;
	int bad = output_open(&out, o, e);
	if (bad)
		return bad;
	bad = format_of(o->out)->write(m, out.f, e);
	if (!bad && fflush(out.f))
		bad = err_set(e, ERR_IO, "%s: cannot be written: %s", o->out, strerror(errno));
	if (!bad)
		bad = check_file(&out.save, m, o, e);
	if (!bad)
		return output_close(&out, e);
	output_abort(&out);
	return bad;
}

int64_t model_write_size(const struct model *m, const char *path)
{
	const struct target_format *f = format_of(path);
	char *text = NULL;
	size_t n = 0;
	struct err e;
	if (!f)
		return -1;
	FILE *to = mem_stream(&text, &n);
	int bad = f->write(m, to, &e);
	fclose(to);
	free(text);
	return bad ? -1 : (int64_t)n;
}
