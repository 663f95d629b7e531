/* Reads and writes what tsviz keeps in a file beside the network, in ONNX's metadata_props: "tsviz.recipe" (an
 * object of recipe options, including the scaler), "tsviz.class_names" and "tsviz.channel_names" (arrays),
 * "tsviz.layout", and "tsviz.output_axes": the outer axis of the output and the lengths of time and channels, as in
 * "steps 50 3". All values are texts, as ONNX requires. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/words.h"
#include "src/json/json_read.h"
#include "src/json/json_write.h"
#include "src/json/model_json.h"
#include "src/onnx/onnx_net.h"
#include "src/onnx/onnx_write.h"
#include "src/json/recipe_json.h"

enum { ENTRIES = 5 };

static const char *find(const struct onnx_file *f, const char *key)
{
	for (int i = 0; i < f->n_meta; i++)
		if (!strcmp(f->meta[i].key, key))
			return f->meta[i].value;
	return NULL;
}

/* ---- writing ---- */

static void put_recipe(struct json *j, const void *p)
{
	recipe_json(j, p);
}

struct names {
	const char *const *s;
	int64_t n;
};

static void put_names(struct json *j, const void *p)
{
	const struct names *names = p;
	json_array(j);
	for (int64_t i = 0; i < names->n; i++)
		json_string(j, names->s[i]);
	json_end_array(j);
}

static const char *json_text_of(struct arena *a, void (*put)(struct json *, const void *), const void *p)
{
	char *text = NULL;
	size_t n;
	FILE *f = mem_stream(&text, &n);
	struct json j;
	json_init(&j, f);
	put(&j, p);
	fclose(f);
	const char *s = arena_strdup(a, text);
	free(text);
	return s;
}

void onnx_meta_write(const struct model *m, struct arena *a, struct onnx_file *f)
{
	struct onnx_entry *to = arena_alloc(a, ENTRIES, sizeof *to);
	f->meta = to;
	f->n_meta = 0;
	if (m->recipe)
		to[f->n_meta++] = (struct onnx_entry){ "tsviz.recipe", json_text_of(a, put_recipe, m->recipe) };
	struct names classes = { m->class_name, m->n_class_name }, channels = { m->channel, m->C };
	if (m->n_class_name)
		to[f->n_meta++] = (struct onnx_entry){ "tsviz.class_names", json_text_of(a, put_names, &classes) };
	if (m->channel)
		to[f->n_meta++] = (struct onnx_entry){ "tsviz.channel_names", json_text_of(a, put_names, &channels) };
	to[f->n_meta++] = (struct onnx_entry){ "tsviz.layout", m->layout };
	if (m->out_steps && !m->out_flat) {
		char *text = xasprintf("%s %lld %lld", model_json_axes[m->out_steps_first], (long long)m->out_steps,
		                       (long long)m->out_channels);
		to[f->n_meta++] = (struct onnx_entry){ "tsviz.output_axes", arena_strdup(a, text) };
		free(text);
	}
}

/* ---- reading ---- */

const char *onnx_meta_layout(const struct onnx_file *f)
{
	return find(f, "tsviz.layout");
}

static int read_recipe(const struct onnx_file *f, struct model *m, struct err *e)
{
	const char *text = find(f, "tsviz.recipe");
	if (!text)
		return 0;
	struct recipe *r = xcalloc(1, sizeof *r);
	int bad = recipe_from_json(r, text, strlen(text), e);
	if (bad) {
		free(r);
		return err_at(e, "metadata tsviz.recipe");
	}
	m->recipe = r;
	return 0;
}

static int read_names(const struct onnx_file *f, const char *key, struct model *m, const char ***names, int *n,
                      struct err *e)
{
	const char *text = find(f, key);
	if (!text)
		return 0;
	cJSON *root = json_parse(text, strlen(text), e);
	if (!root)
		return err_at(e, "metadata %s", key);
	*names = model_json_names(m, root, n);
	cJSON_Delete(root);
	return 0;
}

/* Axes that do not fit the output are of another program, and say nothing. */
static void read_output_axes(const struct onnx_file *f, struct model *m)
{
	const char *text = find(f, "tsviz.output_axes");
	char outer[16], end;
	long long steps, channels;
	if (!text || sscanf(text, "%15s %9lld %9lld%c", outer, &steps, &channels, &end) != 3)
		return;
	int first = words_find(model_json_axes, outer);
	if (first < 0 || steps < 1 || channels < 1 || steps * channels != m->outputs)
		return;
	m->out_steps = steps;
	m->out_channels = channels;
	m->out_steps_first = m->out_steps_outer = first;
}

int onnx_meta_read(const struct onnx_file *f, struct model *m, struct err *e)
{
	int n = 0, bad = read_recipe(f, m, e);
	if (!bad)
		bad = read_names(f, "tsviz.class_names", m, &m->class_name, &m->n_class_name, e);
	if (!bad)
		bad = read_names(f, "tsviz.channel_names", m, &m->channel, &n, e);
	if (!bad)
		read_output_axes(f, m);
	if (!bad && n && n != m->C)
		bad = err_set(e, ERR_FORMAT, "metadata tsviz.channel_names has %d names for %lld channels", n,
		              (long long)m->C);
	return bad;
}

/* ---- what a person wants to know ---- */

static void fact_number(struct model *m, const char *name, int64_t v)
{
	char text[32];
	snprintf(text, sizeof text, "%lld", (long long)v);
	model_add_fact(m, -1, name, text);
}

void onnx_facts(const struct onnx_file *f, struct model *m)
{
	fact_number(m, "IR version", f->ir);
	fact_number(m, "opset", f->opset);
	for (int i = 0; i < f->n_opset; i++)
		model_add_fact(m, -1, f->opset_of[i].key, f->opset_of[i].value);
	model_add_fact(m, -1, "producer", f->producer);
	model_add_fact(m, -1, "producer version", f->producer_version);
	model_add_fact(m, -1, "domain", f->domain);
	if (f->model_version)
		fact_number(m, "model version", f->model_version);
	model_add_fact(m, -1, "graph", f->graph->name);
	model_add_fact(m, -1, "description", f->doc);
	for (int i = 0; i < f->n_function; i++)
		model_add_fact(m, -1, "function", f->function[i].name);
	/* what tsviz itself has written there is read, and shown elsewhere */
	for (int i = 0; i < f->n_meta; i++)
		if (strncmp(f->meta[i].key, "tsviz.", 6) != 0)
			model_add_fact(m, -1, f->meta[i].key, f->meta[i].value);
}
