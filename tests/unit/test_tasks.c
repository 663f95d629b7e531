/* Outputs with a time axis: their order, the tasks that shapes suggest, targets and losses with their gradients, and
 * the ranking of anomalies. */
#include "core/analysis/analysis.h"
#include "core/data/metrics.h"
#include "core/model/task.h"
#include "tests/unit/unit.h"

enum { T = 6, C = 2 };
static struct err e;

static int constant(struct graph *g, int64_t out, int64_t in, int64_t k, double at)
{
	struct shape s = { 3, { out, in, k } };
	real *v = xcalloc((size_t)shape_count(&s), sizeof *v);
	for (int64_t i = 0; i < shape_count(&s); i++)
		v[i] = (real)(0.7 * sin(at + 1.3 * (double)i));
	int id = graph_const_real(g, NULL, &s, v, true, &e);
	free(v);
	return id;
}

/* x (1,C,T) -> Conv 3 -> Tanh -> Conv `channels` -> op. With `turned` the output is (1,T,channels). */
static struct model *net(int64_t channels, const char *op, bool turned)
{
	struct model *m = model_new("steps.json", "test");
	struct graph *g = m->graph;
	int x = model_input(m, "x", "Input", "NCT", T, C, 1, &e);
	struct attr pads = attr_is("pads", 2, (int64_t[]){ 1, 1 });
	int y = graph_op(g, "Conv", "a", 2, (int[]){ x, constant(g, 3, C, 3, 0.2) }, 1, &pads, &e);
	y = graph_op(g, "Tanh", "tanh", 1, &y, 0, NULL, &e);
	y = graph_op(g, "Conv", "b", 2, (int[]){ y, constant(g, channels, 3, 3, 1.1) }, 1, &pads, &e);
	struct attr perm = attr_is("perm", 3, (int64_t[]){ 0, 2, 1 });
	if (turned)
		y = graph_op(g, "Transpose", "turn", 1, &y, 1, &perm, &e);
	struct attr axis = attr_i("axis", turned ? 2 : 1);
	if (op)
		y = graph_op(g, op, "head", 1, &y, !strcmp(op, "Sigmoid") ? 0 : 1, &axis, &e);
	ck_assert_msg(y >= 0, "%s", e.text);
	model_layer(m, "all", "Conv", "", LAYER_ANALYSED, y, y, 1, (int[]){ 0 }, &e);
	ck_assert_msg(!model_finish(m, y, &e), "%s", e.text);
	return m;
}

static const struct guess {
	int64_t channels;
	const char *op;
	enum task task, other;
} guesses[] = {
	{ C, NULL, TASK_RECONSTRUCTION, TASK_SEQUENCE },          { 3, NULL, TASK_SEQUENCE, TASK_AUTO },
	{ 3, "Softmax", TASK_SEGMENTATION, TASK_AUTO },           { 3, "LogSoftmax", TASK_SEGMENTATION, TASK_AUTO },
	{ 1, "Sigmoid", TASK_SEGMENTATION, TASK_AUTO },           { 1, "Softmax", TASK_AUTO, TASK_AUTO },
	{ C, "Sigmoid", TASK_RECONSTRUCTION, TASK_SEGMENTATION },
};

START_TEST(shapes_suggest_a_task)
{
	for (int turned = 0; turned < 2; turned++)
		for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++) {
			const struct guess *g = &guesses[i];
			struct model *m = net(g->channels, g->op, turned);
			struct task_guess was = model_guess(m);
			ck_assert_msg(was.task == g->task && was.other == g->other, "%d channels, %s: %s or %s",
			              (int)g->channels, g->op ? g->op : "-", task_names[was.task],
			              task_names[was.other]);
			ck_assert_int_eq(m->out_steps, T);
			ck_assert_int_eq(m->out_steps_first, turned);
			model_free(m);
		}
}
END_TEST

/* Element k in the order of the framework, and the element of the graph for each step and channel. */
START_TEST(order_of_framework_and_graph)
{
	struct model m = { .outputs = 6, .out_steps = 3, .out_channels = 2 };
	static const int64_t at[2][2][6] = { { { 0, 1, 2, 3, 4, 5 }, { 0, 2, 4, 1, 3, 5 } },
		                             { { 0, 3, 1, 4, 2, 5 }, { 0, 1, 2, 3, 4, 5 } } };
	for (int first = 0; first < 2; first++)
		for (int outer = 0; outer < 2; outer++) {
			m.out_steps_first = first;
			m.out_steps_outer = outer;
			for (int64_t k = 0; k < 6; k++)
				ck_assert_int_eq(model_output_at(&m, k), at[first][outer][k]);
			ck_assert_int_eq(model_output_index(&m, 2, 1), 5);
			ck_assert_int_eq(model_output_index(&m, 1, 0), outer ? 2 : 1);
		}
	real graph[6] = { 0, 1, 2, 10, 11, 12 }, own[6], back[6];
	m.out_steps_first = true;
	m.out_steps_outer = false;
	model_outputs_unpack(&m, graph, own);
	unit_close("steps first", own, ((real[]){ 0, 10, 1, 11, 2, 12 }), 6, 0, 0);
	model_outputs_pack(&m, own, back);
	unit_close("and back", back, graph, 6, 0, 0);
}
END_TEST

static const struct asked {
	int64_t channels;
	const char *op;
	enum task task;
	const char *target;
} asked[] = {
	{ 3, NULL, TASK_SEQUENCE, "output:2,1" },
	{ 3, NULL, TASK_SEQUENCE, "output:1-4,2" },
	{ 3, NULL, TASK_SEQUENCE, "output:*,0" },
	{ 3, NULL, TASK_SEQUENCE, "output:7" },
	{ 3, NULL, TASK_SEQUENCE, "error" },
	{ C, NULL, TASK_RECONSTRUCTION, "error" },
	{ 3, "Softmax", TASK_SEGMENTATION, "class" },
	{ 3, "Softmax", TASK_SEGMENTATION, "error" },
	{ 3, "Softmax", TASK_SEGMENTATION, "output:0-2,1-2" },
	{ 3, "LogSoftmax", TASK_SEGMENTATION, "loss" },
	{ 3, "Sigmoid", TASK_SEGMENTATION, "error" },
	{ 1, "Sigmoid", TASK_SEGMENTATION, "class" },
	{ 1, "Sigmoid", TASK_SEGMENTATION, "error" },
	{ 3, NULL, TASK_SEGMENTATION, "error" },
};

/* True values: numbers, or a class for each step, of which one is unknown. */
static void truth_of(const struct model *m, enum task task, real *y)
{
	for (int64_t t = 0; t < m->out_steps; t++)
		for (int64_t c = 0; c < m->out_channels; c++) {
			real *v = &y[model_output_index(m, t, c)];
			*v = (real)sin(2.1 * (double)t + (double)c);
			if (task == TASK_SEGMENTATION)
				*v = m->out_channels == 1 ? (real)(t % 2) : (real)(t % m->out_channels == c);
			if (task == TASK_SEGMENTATION && t == 4)
				*v = (real)NAN;
		}
}

/* The gradient of each target by the input is that of central differences. */
START_TEST(gradients_of_targets)
{
	const struct asked *q = &asked[_i / 2];
	struct model *m = net(q->channels, q->op, _i % 2);
	real x[T * C], y[T * 4];
	double step = sizeof(real) == sizeof(double) ? 1e-5 : 1e-2, difference[T * C];
	ck_assert_msg(!model_set_task(m, q->task, NULL, &e), "%s", e.text);
	for (int i = 0; i < T * C; i++)
		x[i] = (real)(1.5 * cos(0.7 * i + 0.5));
	truth_of(m, q->task, y);
	struct analysis *a = analysis_new(m);
	struct question now = *analysis_question(a);
	now.task = q->task;
	ck_assert_msg(!target_parse(&now.target, q->target, m, q->task, &e), "%s", e.text);
	analysis_ask(a, &now);
	analysis_window(a, x, y, -1);
	real grad[T * C];
	const real *known = analysis_input_gradient(a);
	ck_assert_ptr_nonnull(known);
	memcpy(grad, known, sizeof grad);
	for (int i = 0; i < T * C; i++) {
		real was = x[i];
		double side[2];
		for (int k = 0; k < 2; k++) {
			x[i] = was + (real)(k ? step : -step);
			analysis_window(a, x, y, -1);
			side[k] = analysis_target_value(a);
		}
		x[i] = was;
		difference[i] = (side[1] - side[0]) / (2 * step);
	}
	unit_close(q->target, grad, difference, T * C, sizeof(real) == sizeof(double) ? 1e-7 : 1e-2, 1e-9);
	analysis_free(a);
	model_free(m);
}
END_TEST

/* Scores 1 2 2 3 3 5, anomalies at a 2, a 3 and the 5. Of the 9 pairs of an anomaly and a normal window the anomaly
 * wins 1 + 2 + 3 and ties 1 + 1: (6 + 1) / 9. Thresholds from the top: 5 (1 of 1), 3 (2 of 3), 2 (3 of 5):
 * (1 + 2/3 + 3/5) / 3. */
START_TEST(equal_scores_count_half)
{
	static const double score[] = { 3, 1, 2, 5, 2, 3 };
	static const bool anomaly[] = { true, false, true, true, false, false };
	struct anomalies a = { 0 };
	metrics_rank(&a, 6, score, anomaly);
	ck_assert_int_eq(a.n_normal, 3);
	ck_assert_int_eq(a.n_anomaly, 3);
	ck_assert_double_eq_tol(a.roc_auc, 7.0 / 9, 1e-12);
	ck_assert_double_eq_tol(a.pr_area, (1 + 2.0 / 3 + 3.0 / 5) / 3, 1e-12);
	metrics_rank(&a, 2, score, (const bool[]){ true, true });
	ck_assert(isnan(a.roc_auc) && isnan(a.pr_area));
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_test(c, shapes_suggest_a_task);
	tcase_add_test(c, order_of_framework_and_graph);
	tcase_add_loop_test(c, gradients_of_targets, 0, (int)(2 * sizeof asked / sizeof *asked));
	tcase_add_test(c, equal_scores_count_half);
}

UNIT_MAIN_WITH("tasks", setup)
