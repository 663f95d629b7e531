/* The reader of ONNX files: checks the version, has the inputs made and the graph built, finds the output. */
#include <stdlib.h>
#include <string.h>
#include "src/onnx/onnx_net.h"
#include "src/onnx/onnx_write.h"

enum { IR_MIN = 3, IR_MAX = 13, OPSET_MAX = 24 };

/* ---- the output ---- */

static const char *output_name(const struct onnx_graph *g, const char *head, struct err *e)
{
	char *end;
	if (g->n_out < 1) {
		err_set(e, ERR_FORMAT, "the network has no output");
		return NULL;
	}
	if (!head)
		return g->out[0].name;
	for (int i = 0; i < g->n_out; i++)
		if (!strcmp(g->out[i].name, head))
			return head;
	long k = strtol(head, &end, 10);
	if (*head && !*end && k >= 0 && k < g->n_out)
		return g->out[k].name;
	err_set(e, ERR_VALUE, "the network has no output '%s'; it has %d, the first is '%s'", head, g->n_out,
	        g->out[0].name);
	return NULL;
}

/* Adds to an error of the nodes that the file may demand more windows at once than one. */
static void say_batch(const struct onnx_net *net)
{
	const struct onnx_graph *g = net->f->graph;
	const char *layout = net->m->layout, *n = layout ? strchr(layout, 'N') : NULL;
	int64_t batch = 1;
	for (int i = 0; n && i < g->n_in; i++)
		if (!strcmp(g->in[i].name, net->g->value[net->m->input].name) && g->in[i].rank > n - layout)
			batch = g->in[i].dim[n - layout];
	size_t at = strlen(net->e->text);
	if (batch > 1)
		snprintf(net->e->text + at, sizeof net->e->text - at,
		         "; the file fixes the batch at %lld: export it with a batch of 1 or a dynamic one",
		         (long long)batch);
}

/* Lists the outputs for `info` if there are several. */
static void say_outputs(struct model *m, const struct onnx_graph *g, const char *out)
{
	char shape[96], use[120];
	for (int i = 0; i < g->n_out && g->n_out > 1; i++) {
		onnx_shape_words(&g->out[i], shape, sizeof shape);
		snprintf(use, sizeof use, "--head %.60s shows it", g->out[i].name);
		model_add_port(m, true, g->out[i].name, shape, strcmp(g->out[i].name, out) ? use : "is shown");
	}
}

static int build(struct onnx_net *net, struct scope *s, const struct read_options *o)
{
	const struct onnx_graph *g = net->f->graph;
	const char *out = output_name(g, o->head, net->e);
	if (!out)
		return net->e->code;
	int bad = scope_new(s, NULL, g, net->e);
	bad = bad ? bad : onnx_make_inputs(net, s, o);
	if (bad)
		return bad;
	bad = onnx_emit_graph(net, s);
	if (bad == ERR_FORMAT)
		say_batch(net);
	if (bad)
		return bad;
	say_outputs(net->m, g, out);
	struct sym *y = scope_sym(s, out);
	if (!y)
		return err_set(net->e, ERR_FORMAT, "nothing makes output '%s'", out);
	int v = y->lost || net->m->n_unsupported ? -1 : onnx_value_of(net, y, false);
	return net->m->n_unsupported ? model_finish(net->m, -1, net->e) : v < 0 ? v : model_finish(net->m, v, net->e);
}

static int check_version(const struct onnx_file *f, struct err *e)
{
	if (f->ir < IR_MIN || f->ir > IR_MAX)
		return err_set(e, ERR_UNSUPPORTED,
		               "ONNX IR version %lld; tsviz reads %d to %d, so export the network again",
		               (long long)f->ir, IR_MIN, IR_MAX);
	if (f->opset < 1 || f->opset > OPSET_MAX)
		return err_set(e, ERR_UNSUPPORTED,
		               "ONNX opset %lld; tsviz reads 1 to %d, so export the network with one of these",
		               (long long)f->opset, OPSET_MAX);
	return 0;
}

static struct model *make_model(const char *file, struct onnx_file *f, struct read_side *side,
                                const struct read_options *o, struct err *e)
{
	char text[128];
	snprintf(text, sizeof text, "ONNX %lld opset %lld", (long long)f->ir, (long long)f->opset);
	struct model *m = model_new(file, text);
	struct onnx_graph none = { 0 };
	struct scope s = { .g = &none }, names = { 0 };
	struct onnx_net net = {
		.m = m, .g = m->graph, .f = f, .side = side, .e = e, .opset = f->opset, .names = &names
	};
	scope_new(&names, NULL, &none, e);
	snprintf(text, sizeof text, "%.60s%s%.40s", f->producer, *f->producer_version ? " " : "", f->producer_version);
	m->producer = model_text(m, text);
	if (o->max_mem > 0 && o->max_mem / 2 < m->graph->fold_bytes)
		m->graph->fold_bytes = o->max_mem / 2;
	m->stream = f->bulk;
	f->bulk = NULL;
	onnx_facts(f, m);
	int bad = build(&net, &s, o);
	bad = bad ? bad : onnx_meta_read(f, m, e);
	scope_free(&s);
	scope_free(&names);
	arena_release(&net.arena);
	free(net.layer_of);
	if (!bad)
		return m;
	model_free(m);
	return NULL;
}

static struct model *read_onnx(const char *file, const unsigned char *data, size_t n, struct read_side *side,
                               const struct read_options *o, struct err *e)
{
	struct onnx_file f;
	struct model *m = NULL;
	int64_t budget = o->max_mem > 0 ? o->max_mem : (int64_t)512 << 20, mine = (int64_t)n * 16 + ((int64_t)32 << 20);
	int bad = onnx_parse(data, n, mine < budget ? mine : budget, &f, e);
	bad = bad ? bad : check_version(&f, e);
	bad = bad ? bad : onnx_want_files(&f, side, e);
	if (!bad && (!side->n || side->opened))
		m = make_model(file, &f, side, o, e);
	onnx_release(&f);
	return m;
}

const struct reader reader_onnx = {
	.name = "ONNX",
	.extensions = ".onnx",
	.foreign = true,
	.many_inputs = true,
	.probe = onnx_probe,
	.read = read_onnx,
};
