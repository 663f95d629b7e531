/* Cases of ONNX files in JSON, which the suites of ONNX files share: [{name, model (base64), input, output}]. */
#ifndef TESTS_ONNX_CASES_H
#define TESTS_ONNX_CASES_H

#include "core/run/run.h"
#include "tests/unit/serial_bytes.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"
#include "tests/unit/outputs_only.h"
#include "tests/unit/unit.h"

static struct err e;

static inline cJSON *open_cases(const char *path)
{
	unsigned char *data;
	size_t n;
	if (read_file(path, 1 << 24, &data, &n, &e) < 0)
		return NULL;
	cJSON *c = json_parse((const char *)data, n, &e);
	free(data);
	return c;
}

static inline unsigned char *decode(const char *s, size_t *n)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char *p = xcalloc(strlen(s) + 1, 1);
	unsigned bits = 0, have = 0;
	*n = 0;
	for (; *s && *s != '='; s++) {
		bits = bits << 6 | (unsigned)(strchr(alphabet, *s) - alphabet);
		have += 6;
		if (have >= 8)
			p[(*n)++] = (unsigned char)(bits >> (have -= 8));
	}
	return p;
}

static inline double *list(const cJSON *a, int *n)
{
	const cJSON *x;
	double *v = xcalloc((size_t)cJSON_GetArraySize(a) + 1, sizeof *v);
	*n = 0;
	cJSON_ArrayForEach(x, a) v[(*n)++] = x->valuedouble;
	return v;
}

/* Runs the case's window and compares the output. */
static inline void check_output(const char *name, const struct model *m, const cJSON *c)
{
	int n = 0, n_out = 0;
	ck_assert_msg(!m->n_unsupported, "%s: %s", name, m->unsupported);
	double *w = list(json_get(c, "input"), &n), *want = list(json_get(c, "output"), &n_out);
	ck_assert_msg(n == m->T * m->C, "%s: windows of %lld x %lld", name, (long long)m->T, (long long)m->C);
	real *tc = xcalloc((size_t)n, sizeof *tc), *native = xcalloc((size_t)n, sizeof *native);
	for (int i = 0; i < n; i++)
		tc[i] = (real)w[i];
	model_pack(m, tc, native);
	struct run *r = run_new(m->graph);
	run_input(r, 0, native);
	run_forward(r);
	check_outputs_only(r, 1, &m->output);
	ck_assert_msg(m->outputs == n_out, "%s: %lld outputs instead of %d", name, (long long)m->outputs, n_out);
	unit_close(name, run_real(r, m->output), want, n_out, 1e-5, 1e-6);
	run_free(r);
	free(w);
	free(want);
	free(tc);
	free(native);
}

/* What a child would send must be readable on the other side. */
static inline struct model *through_serial(struct model *m)
{
	unsigned char *buf;
	size_t n;
	ck_assert(serial_bytes(m, &buf, &n, &e) == 0);
	model_free(m);
	m = serial_read(buf, n, &e);
	free(buf);
	ck_assert_msg(m != NULL, "%s", e.text);
	return m;
}

#endif
