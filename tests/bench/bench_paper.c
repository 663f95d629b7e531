/* The paper's forecaster and its table: one window, the whole test set, training. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/survey.h"
#include "core/probe/importance.h"
#include "core/probe/saliency.h"
#include "src/job/train_spec.h"
#include "tests/bench/full.h"
#include "tests/bench/measure.h"
#include "tests/unit/table.h"

/* Rows [from,to) of the paper's table as its authors cut them; false after a complaint. */
static bool cut(struct dataset *d, const char *rows, const struct model *m)
{
	const char *const recipe[][2] = { { "columns", "2" },
		                          { "derive", "diff" },
		                          { "scale", "standard" },
		                          { "fit", "0:14000" },
		                          { "rows", rows } };
	struct err e = { 0 };
	struct table t;
	struct recipe r;
	recipe_init(&r);
	int bad = 0;
	for (size_t i = 0; i < sizeof recipe / sizeof *recipe; i++)
		bad = bad ? bad : recipe_set(&r, recipe[i][0], recipe[i][1], &e);
	bad = bad ? bad : table_from_file(&t, bench_csv, &e);
	if (!bad) {
		bad = dataset_cut(d, &t, &r, m, &e);
		table_release(&t);
	}
	recipe_release(&r);
	if (bad)
		fprintf(stderr, "bench: %s: %s\n", bench_csv, e.text);
	return !bad;
}

static void report(const char *bench, void (*fn)(void *), struct full *f, double flop)
{
	struct timing t = measure(fn, f, 1.5, 9);
	line(bench);
	line_timing(&t);
	if (flop > 0)
		line_speed(flop, &t);
	line_end();
}

int bench_paper(void)
{
	struct model *m = full_read(bench_model);
	struct dataset d;
	struct full f;
	if (!m || !cut(&d, "14000:18000", m))
		return 1;
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x), y;
	double flop = 2 * (double)graph_macs(m->graph);
	dataset_window(&d, 0, x);
	dataset_truth(&d, 0, &y);
	full_init(&f, m, x, &y);
	report("forward_paper", full_forward, &f, flop);
	report("forward_backward_paper", full_gradients, &f, 2 * flop);
	report("full_analysis_paper", full_analysis, &f, 0);
	full_release(&f);
	free(x);
	dataset_release(&d);
	model_free(m);
	return 0;
}

/* ---- importance of all layers over the test set ---- */

struct set {
	const struct model *m;
	const struct dataset *d;
	int threads;
	int64_t windows;
};

static void survey(void *arg)
{
	const struct set *s = arg;
	struct survey q;
	const struct question sum = { .task = TASK_REGRESSION };
	survey_make(&q, s->m, s->d, &sum, 0, s->windows, s->threads);
	survey_release(&q);
}

/* The outputs of all windows, as many at once as there are lanes. */
static void forward(void *arg)
{
	const struct set *s = arg;
	const struct model *m = s->m;
	struct run *r = run_new_outputs_lanes(m->graph, 1, &m->output);
	real *x = xcalloc((size_t)(m->T * m->C), sizeof *x), *native = xcalloc((size_t)(m->T * m->C), sizeof *x);
	for (int64_t i = 0; i < s->d->n_target; i += RUN_LANES) {
		for (int l = 0; l < RUN_LANES && i + l < s->d->n_target; l++) {
			dataset_window(s->d, i + l, x);
			model_pack(m, x, native);
			run_input_lane(r, 0, l, native);
		}
		run_forward(r);
	}
	run_free(r);
	free(x);
	free(native);
}

/* ---- methods that evaluate many inputs: one by one, and as many at once as there are lanes ---- */

struct many {
	struct probe p;
	int method, layer; /* method -1: ablation */
	real *out;
};

static void evaluate(void *arg)
{
	struct many *q = arg;
	struct importance_job i;
	struct saliency_job s = { 0 };
	struct saliency_note note;
	if (q->method < 0) {
		importance_begin(&i, &q->p, importance_find("ablation"), q->layer, q->out);
		while (importance_step(&i))
			;
		return;
	}
	saliency_begin(&s, &q->p, q->method, -1, 0, q->out, &note);
	while (saliency_step(&s))
		;
	saliency_release(&s);
}

int bench_methods(void)
{
	static const char *const names[] = { "integrated", "smoothgrad", "occlusion", "expected", "ablation" };
	struct model *m = full_read(bench_model);
	struct dataset d;
	if (!m || !cut(&d, "14000:18000", m))
		return 1;
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		struct many q = { .method = saliency_find(names[k]), .layer = 1 };
		struct timing t[2] = { { .least = 1e9 }, { .least = 1e9 } };
		probe_init(&q.p, m, false);
		probe_data(&q.p, &d);
		probe_ask(&q.p, &(struct question){ .task = TASK_REGRESSION, .measure = importance_find("ablation") });
		q.out = xcalloc((size_t)(m->T * m->C + m->layer[1].filters), sizeof *q.out);
		int width = probe_width(&q.p);
		for (int turn = 0; turn < 6; turn++) {
			q.p.width = turn % 2 ? width : 1;
			struct timing now = measure(evaluate, &q, 0.1, 5);
			t[turn % 2] = now.least < t[turn % 2].least ? now : t[turn % 2];
		}
		line("many_inputs");
		line_text("method", names[k]);
		line_number("width", width);
		line_number("single_ms", 1e3 * t[0].least);
		line_number("ratio", t[0].least / t[1].least);
		line_timing(&t[1]);
		line_end();
		probe_release(&q.p);
		free(q.out);
	}
	dataset_release(&d);
	model_free(m);
	return 0;
}

int bench_dataset(void)
{
	struct model *m = full_read(bench_model);
	struct dataset d;
	if (!m || !cut(&d, "14000:18000", m))
		return 1;
	struct set all = { m, &d, 1, d.n_target };
	struct timing forwards = measure(forward, &all, 1, 7);
	line("dataset_forward");
	line_number("threads", 1);
	line_number("windows_per_s", (double)d.n_target / forwards.median);
	line_timing(&forwards);
	line_speed(2 * (double)graph_macs(m->graph) * (double)d.n_target, &forwards);
	line_end();
	for (int threads = 1; threads <= 2; threads++) {
		struct set s = { m, &d, threads, d.n_target };
		struct timing t = measure(survey, &s, 2, 7);
		line("dataset_importance");
		line_number("threads", threads);
		line_number("windows", (double)d.n_target);
		line_number("windows_per_s", (double)d.n_target / t.median);
		line_timing(&t);
		if (threads == 1)
			line_speed(4 * (double)graph_macs(m->graph) * (double)d.n_target, &t);
		line_end();
	}
	for (int64_t part = 8; part; part /= 2) {
		struct set s = { m, &d, 1, (d.n_target + part - 1) / part };
		struct timing t = measure(survey, &s, 0.3, 7);
		line("growth");
		line_text("axis", "windows");
		line_number("windows", (double)s.windows);
		line_timing(&t);
		line_end();
	}
	dataset_release(&d);
	model_free(m);
	return 0;
}

/* ---- training ---- */

static const char spec_text[] =
        "{\"window\": 50, \"layers\": ["
        "{\"type\": \"Conv1D\", \"filters\": 64, \"kernel\": 3, \"padding\": \"same\", \"activation\": \"relu\"},"
        "{\"type\": \"MaxPooling1D\", \"pool\": 2, \"padding\": \"same\"},"
        "{\"type\": \"Conv1D\", \"filters\": 32, \"kernel\": 3, \"padding\": \"same\", \"activation\": \"relu\"},"
        "{\"type\": \"MaxPooling1D\", \"pool\": 2, \"padding\": \"same\"},"
        "{\"type\": \"Conv1D\", \"filters\": 16, \"kernel\": 3, \"padding\": \"same\", \"activation\": \"relu\"},"
        "{\"type\": \"Flatten\"}, {\"type\": \"Dense\", \"units\": 1}],"
        " \"loss\": \"mse\", \"optimizer\": \"adam\", \"shuffle\": false, \"epochs\": 100000}";

enum { SLICES = 9 }; /* the median of so many pieces of a run, after one that warms up */

struct clock {
	struct spec spec;
	int64_t steps, slice; /* batches so far; of one piece */
	double at[SLICES + 2];
	int n;
};

static struct model *build(void *ctx, int64_t n, const real *flat, struct err *e)
{
	return spec_build(&((struct clock *)ctx)->spec, 2, n, flat, e);
}

static bool on_batch(void *ctx, int epoch, int64_t done, int64_t n, double loss)
{
	struct clock *c = ctx;
	(void)epoch, (void)done, (void)n, (void)loss;
	if (c->steps++ % c->slice == 0)
		c->at[c->n++] = seconds();
	return c->n < SLICES + 2;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static int train(const struct dataset *d, int64_t batch, int threads)
{
	struct clock c = { .slice = 20000 / batch };
	struct err e = { 0 };
	if (spec_from_json(&c.spec, spec_text, sizeof spec_text - 1, &e)) {
		fprintf(stderr, "bench: %s\n", e.text);
		return 1;
	}
	c.spec.train.batch = batch;
	c.spec.train.threads = threads;
	struct training t = { .o = &c.spec.train, .d = d, .build = build, .on_batch = on_batch, .ctx = &c };
	if (train_run(&t, &e)) {
		fprintf(stderr, "bench: %s\n", e.text);
		return 1;
	}
	double piece[SLICES];
	for (int i = 0; i < SLICES; i++)
		piece[i] = c.at[i + 2] - c.at[i + 1];
	qsort(piece, SLICES, sizeof *piece, by_size);
	line("train_adam_mse");
	line_number("batch", (double)batch);
	line_number("threads", threads);
	line_number("samples_per_s", (double)(c.slice * batch) / piece[SLICES / 2]);
	line_number("median_ms", 1e3 * piece[SLICES / 2] / (double)c.slice);
	line_number("runs", SLICES);
	line_end();
	training_release(&t);
	spec_release(&c.spec);
	return 0;
}

int bench_train(void)
{
	struct model want = { .T = 50, .C = 2, .outputs = 1 };
	struct dataset d;
	if (!cut(&d, "0:14000", &want))
		return 1;
	int bad = train(&d, 5, 1) || train(&d, 64, 1) || train(&d, 64, 2);
	dataset_release(&d);
	return bad;
}
