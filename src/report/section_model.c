/* What the model is. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/model/describe.h"
#include "core/run/run.h"
#include "src/kept/survey_names.h"
#include "src/report/report.h"
#include "src/session/file_hash.h"

/* The SHA-256 of the file, or why there is none. */
static const char *hash_of(const char *path, char hash[SHA256_TEXT])
{
	if (!path || !strcmp(path, "-"))
		return "none: it is no file";
	return file_hash_now(path, hash) ? hash : "not known: the file cannot be read again";
}

static void reads(const struct model *m, int i, char *buf, size_t size)
{
	const struct layer *l = &m->layer[i];
	*buf = '\0';
	for (int k = 0; k < l->n_in; k++)
		text_add(buf, size, "%s%s", k ? ", " : "", m->layer[l->in[k]].name);
}

static void layers(const struct report *r, struct doc *d)
{
	enum { LAYERS = 200 };
	const struct model *m = r->b.l.model;
	struct doc_table *t = doc_table(d, "Layers, in the order in which they are computed",
	                                "layer|type|settings|>filters|>steps|>parameters|>receptive field|reads");
	for (int i = 0; i < m->n_layer && i < LAYERS; i++) {
		const struct layer *l = &m->layer[i];
		char from[256];
		doc_cell(d, t, "%s", l->name);
		doc_cell(d, t, "%s", l->type);
		doc_cell(d, t, "%s", l->detail);
		doc_cell(d, t, "%lld", (long long)l->filters);
		doc_cell(d, t, l->has_time ? "%lld" : "-", (long long)l->times);
		doc_cell(d, t, "%lld", (long long)l->params);
		doc_cell(d, t, l->receptive > 0 ? "%lld" : "-", (long long)l->receptive);
		reads(m, i, from, sizeof from);
		doc_cell(d, t, "%s", from);
	}
	doc_left_out(d, t, m->n_layer, "layers");
	doc_say(d, "The receptive field of a layer is how many steps of the input one of its values depends on.");
}

/* Numbers in the weights that a person should know of, and what the file says of itself. */
static void remarks(const struct report *r, struct doc *d)
{
	struct description q;
	describe_file(r->b.l.model, &q);
	struct doc_table *t = NULL;
	for (int i = 0; i < q.n; i++) {
		const struct describe_line *v = &q.v[i];
		if (v->kind == LINE_WARNING)
			doc_caution(d, "%s", v->value ? v->value : "");
		else if (v->kind == LINE_PAIR && *v->name) {
			t = t ? t : doc_table(d, "What the file says of itself", "what|value");
			doc_cell(d, t, "%s", v->name);
			doc_cell(d, t, "%s", v->value ? v->value : "");
		}
	}
	description_release(&q);
}

void section_model(struct report *r, struct doc *d)
{
	const struct loaded *l = &r->b.l;
	const struct model *m = l->model;
	char file[SHA256_TEXT];
	char *contents = NULL;
	struct err e;
	struct doc_table *t = doc_table(d, NULL, "what|value");
	doc_cell(d, t, "file"), doc_cell(d, t, "%s", m->file);
	doc_cell(d, t, "format"), doc_cell(d, t, "%s", m->format);
	doc_cell(d, t, "made by"), doc_cell(d, t, "%s", m->producer && *m->producer ? m->producer : "not said");
	doc_cell(d, t, "SHA-256 of the file"), doc_cell(d, t, "%s", hash_of(r->o->model, file));
	if (!model_hash(m, &contents, &e))
		doc_cell(d, t, "SHA-256 of the network as tsviz reads it"), doc_cell(d, t, "%s", contents);
	free(contents);
	doc_cell(d, t, "input"),
	        doc_cell(d, t, "windows of %lld steps of %lld channels", (long long)m->T, (long long)m->C);
	doc_cell(d, t, "output"),
	        doc_cell(d, t, m->outputs == 1 ? "%lld number" : "%lld numbers", (long long)m->outputs);
	doc_cell(d, t, "task"), doc_cell(d, t, "%s", task_names[l->q.task]);
	doc_cell(d, t, "parameters"), doc_cell(d, t, "%lld", (long long)m->params);
	doc_cell(d, t, "parameters that training leaves as they are");
	doc_cell(d, t, "%lld", (long long)model_fixed_params(m));
	doc_cell(d, t, "multiply-adds for a window"), doc_cell(d, t, "%lld", (long long)graph_macs(m->graph));
	if (m->history.n) {
		doc_cell(d, t, "training");
		doc_cell(d, t, "by tsviz: %d epochs, epoch %d kept, loss %.6g", m->history.n, m->history.best + 1,
		         m->history.loss[m->history.best]);
	}
	report_short(
	        r,
	        "The model: %s of %lld layers and %lld parameters; it reads windows of %lld steps of %lld channel%s.",
	        task_names[l->q.task], (long long)m->n_layer - 1, (long long)m->params, (long long)m->T,
	        (long long)m->C, m->C == 1 ? "" : "s");
	layers(r, d);
	remarks(r, d);
}
