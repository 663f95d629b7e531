/* info: the architecture as a table, like Keras' summary, or as JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/base/words.h"
#include "core/model/describe.h"
#include "core/run/run.h"
#include "src/answer/answer.h"
#include "src/job/layers_json.h"
#include "src/json/recipe_json.h"
#include "src/verbs/cmd.h"

static void shape_of(const struct model *m, const struct layer *l, char *buf, size_t size)
{
	if (l->act < 0)
		snprintf(buf, size, "?");
	else if (l->has_time)
		snprintf(buf, size, "%lld x %lld", (long long)l->filters, (long long)l->times);
	else if (l->kind == LAYER_ANALYSED)
		snprintf(buf, size, "%lld", (long long)l->filters);
	else if (l->kind == LAYER_INPUT)
		snprintf(buf, size, "%lld x %lld", (long long)m->C, (long long)m->T);
	else if (m->graph->value[l->act].shape.rank == 2 && m->graph->value[l->act].shape.dim[0] == 1)
		snprintf(buf, size, "%lld", (long long)m->graph->value[l->act].shape.dim[1]);
	else
		shape_format(&m->graph->value[l->act].shape, buf, size);
}

static int put(FILE *f, const char *s, int width)
{
	int w = text_width(s);
	fprintf(f, "%s%*s", s, width > w ? width - w : 0, "");
	return w;
}

/* A name in the table, which takes no more columns than this. */
enum { NAME_COLUMNS = 40, NAME_SIZE = 8 * NAME_COLUMNS };

static int widest(const struct model *m, int which)
{
	int most = 0;
	for (int i = 0; i < m->n_layer; i++) {
		char shape[64], name[NAME_SIZE];
		shape_of(m, &m->layer[i], shape, sizeof shape);
		text_shorten(name, sizeof name, m->layer[i].name, NAME_COLUMNS);
		int w = text_width(which == 0   ? name
		                   : which == 1 ? m->layer[i].type
		                   : which == 2 ? shape
		                                : m->layer[i].detail);
		most = w > most ? w : most;
	}
	return most + 2;
}

static void layers_print(const struct model *m, FILE *f)
{
	int w[4];
	bool shortened = false;
	for (int i = 0; i < 4; i++)
		w[i] = widest(m, i) < 9 ? 9 : widest(m, i);
	put(f, "layer", w[0]), put(f, "type", w[1]), put(f, "output", w[2]), put(f, "detail", w[3]);
	fprintf(f, "%12s %10s  %s\n", "parameters", "receptive", "reads");
	for (int i = 0; i < m->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		char shape[64], name[NAME_SIZE];
		shape_of(m, l, shape, sizeof shape);
		shortened |= text_shorten(name, sizeof name, l->name, NAME_COLUMNS);
		put(f, name, w[0]), put(f, l->type, w[1]), put(f, shape, w[2]), put(f, l->detail, w[3]);
		fprintf(f, "%12lld ", (long long)l->params);
		if (l->receptive > 0)
			fprintf(f, "%10lld  ", (long long)l->receptive);
		else
			fprintf(f, "%10s  ", "-");
		/* the layer above goes without saying */
		for (int k = 0; k < l->n_in && (l->n_in > 1 || l->in[0] != i - 1); k++) {
			text_shorten(name, sizeof name, m->layer[l->in[k]].name, NAME_COLUMNS);
			fprintf(f, "%s%s", k ? ", " : "", name);
		}
		fprintf(f, "%s\n", l->kind == LAYER_UNSUPPORTED ? " (not supported)" : "");
	}
	if (shortened)
		fprintf(f, "long names are shortened; --json has them whole\n");
}

/* "3 Conv1D, 1 Dense, ": in the order in which they first appear. */
static void types_print(const struct model *m, FILE *f)
{
	const char **type = xcalloc((size_t)m->n_layer, sizeof *type);
	int *count = xcalloc((size_t)m->n_layer, sizeof *count), n = 0;
	for (int i = 0; i < m->n_layer; i++) {
		int k = 0;
		if (m->layer[i].kind == LAYER_INPUT)
			continue;
		while (k < n && strcmp(type[k], m->layer[i].type) != 0)
			k++;
		type[k] = m->layer[i].type;
		n += k == n;
		count[k]++;
	}
	for (int k = 0; k < n; k++)
		fprintf(f, "%d %s, ", count[k], type[k]);
	free(type);
	free(count);
}

/* At most six epochs, from the first to the last: a line. */
static void losses_print(const struct history *h, FILE *f)
{
	enum { SHOWN = 6 };
	int n = h->n < SHOWN ? h->n : SHOWN;
	fprintf(f, h->n > SHOWN ? "loss from epoch 1 to %d:" : "loss by epoch:", h->n);
	for (int i = 0; i < n; i++)
		fprintf(f, " %.4g", h->loss[n < 2 ? 0 : (int)((int64_t)i * (h->n - 1) / (n - 1))]);
	fprintf(f, "\n");
}

/* What is done to a column, by name where the recipe names the columns: "scaling: (mV + 0.099) / 0.7". */
static void scaler_print(const struct recipe *r, FILE *f)
{
	for (int i = 0; i < r->scaler.n; i++) {
		char number[32];
		double shift = r->scaler.shift[i];
		snprintf(number, sizeof number, "%d", i + 1);
		const char *column = i < r->n_columns ? r->columns[i] : number;
		fprintf(f, "scaling: (%s%s %c %.6g) / %.6g\n", column[strspn(column, "0123456789")] ? "" : "column ",
		        column, shift < 0 ? '+' : '-', fabs(shift), r->scaler.scale[i]);
	}
}

/* The recipe that data are cut by, with where it came from. */
static void recipe_print(const struct loaded *l, FILE *f)
{
	char *text = recipe_line(&l->recipe, l->recipe_from);
	if (!text)
		return;
	fprintf(f, "%s\n", text);
	free(text);
	scaler_print(&l->recipe, f);
}

/* The task of an output with a time axis, and how it was found. */
static void task_print(const struct loaded *l, FILE *f)
{
	const struct model *m = l->model;
	if (!task_has_steps(l->q.task))
		return;
	char *why = load_task_reason(l);
	fprintf(f, "task: %s%s%s\n", task_names[l->q.task], why ? ", " : "", why ? why : "");
	fprintf(f, "output: %lld steps of %lld channel%s, %s in the file\n", (long long)m->out_steps,
	        (long long)m->out_channels, m->out_channels == 1 ? "" : "s",
	        m->out_flat          ? "one list"
	        : m->out_steps_first ? "(steps, channels)"
	                             : "(channels, steps)");
	free(why);
}

/* The order of axes and how it is known; the inputs and outputs, where there are several. */
static void ports_print(const struct model *m, FILE *f)
{
	if (m->layout_how)
		fprintf(f, "layout: %s (%s)\n", m->layout, m->layout_how);
	for (int i = 0; i < m->n_port; i++) {
		const struct model_port *p = &m->port[i];
		char name[NAME_SIZE];
		text_shorten(name, sizeof name, p->name, NAME_COLUMNS);
		fprintf(f, "%s %s%s%s%s: %s\n", p->output ? "output" : "input", name, *p->shape ? " (" : "", p->shape,
		        *p->shape ? ")" : "", p->use);
	}
}

/* Whether many windows are computed at once, and which operators are called for each one. */
static void lanes_print(const struct model *m, FILE *f)
{
	const struct graph *g = m->graph;
	int n = 0;
	if (m->n_unsupported)
		return;
	fprintf(f, run_lanes_pay(g) ? "%d windows at once" : "one window at a time, since %d at once are not faster",
	        RUN_LANES);
	for (int i = 0; i < g->n_node; i++) {
		const char *name = run_lanes_not(g, i);
		bool known = !name;
		for (int k = 0; k < i && !known; k++)
			known = run_lanes_not(g, k) == name;
		if (!known)
			fprintf(f, "%s%s", n++ ? ", " : "; one by one through ", name);
	}
	fprintf(f, "\n");
}

static void totals_print(const struct loaded *l, FILE *f)
{
	const struct model *m = l->model;
	fprintf(f, "\n");
	types_print(m, f);
	int64_t fixed = model_fixed_params(m);
	fprintf(f, "%lld parameters", (long long)m->params);
	if (fixed)
		fprintf(f, " (training leaves %lld as they are)", (long long)fixed);
	if (!m->n_unsupported)
		fprintf(f, ", %lld multiply-adds a window", (long long)graph_macs(m->graph));
	fprintf(f, "\n");
	lanes_print(m, f);
	ports_print(m, f);
	task_print(l, f);
	if (m->history.n) {
		const struct history *h = &m->history;
		fprintf(f, "trained by tsviz: %d epochs, epoch %d kept: loss %.6g", h->n, h->best + 1,
		        h->loss[h->best]);
		if (!isnan(h->val_loss[h->best]))
			fprintf(f, ", validation loss %.6g", h->val_loss[h->best]);
		fprintf(f, "\n");
		losses_print(h, f);
	}
	recipe_print(l, f);
	for (int i = 0; i < m->n_class_name; i++)
		fprintf(f, "%s%s%s", i ? ", " : "classes: ", m->class_name[i], i + 1 == m->n_class_name ? "\n" : "");
	if (m->unsupported)
		fprintf(f, "cannot be run: %s\n", m->unsupported);
	struct description d;
	describe_file(m, &d);
	if (d.n)
		fputc('\n', f);
	description_print(&d, f);
	description_release(&d);
}

static void history_json(struct json *j, const struct history *h)
{
	json_key(j, "history"), json_object(j);
	json_key(j, "loss"), json_array(j);
	for (int i = 0; i < h->n; i++)
		json_number(j, h->loss[i]);
	json_end_array(j);
	json_key(j, "val_loss"), json_array(j);
	for (int i = 0; i < h->n; i++)
		json_number(j, h->val_loss[i]);
	json_end_array(j);
	json_key(j, "best"), json_int(j, h->best);
	json_end_object(j);
}

/* ---- data ---- */

static int64_t count_class(const struct dataset *d, int k)
{
	int64_t n = 0;
	for (int64_t i = 0; i < d->n; i++)
		n += dataset_class(d, i) == k;
	return n;
}

static void data_print(const struct loaded *l, FILE *f)
{
	const struct dataset *d = &l->data;
	fprintf(f, "\n%s: %s, ", d->file, l->read->format);
	windows_print(d, f);
	fprintf(f, ", %lld step%s x %lld channel%s", (long long)d->T, d->T == 1 ? "" : "s", (long long)d->C,
	        d->C == 1 ? "" : "s");
	for (int64_t c = 0; c < d->C && c < 20; c++)
		fprintf(f, "%s%s", c ? ", " : ": ", d->channel[c]);
	fprintf(f, "\n");
	for (int k = 0; d->has_labels && k < d->n_class; k++)
		fprintf(f, "output %d: class '%s', %lld window%s\n", k, d->class_name[k], (long long)count_class(d, k),
		        count_class(d, k) == 1 ? "" : "s");
	for (const struct understood *u = d->understood; u; u = u->next)
		fprintf(f, "%s: %s\n", u->what, u->text);
}

static void data_json(const struct loaded *l, struct json *j)
{
	const struct dataset *d = &l->data;
	json_key(j, "data"), json_object(j);
	json_key(j, "file"), json_string(j, d->file);
	json_key(j, "format"), json_string(j, l->read->format);
	json_key(j, "windows"), json_int(j, d->n);
	json_key(j, "windows_with_truth"), json_int(j, d->n_target);
	if (d->n_group)
		json_key(j, "groups"), json_int(j, d->n_group);
	json_key(j, "T"), json_int(j, d->T);
	json_key(j, "channels"), json_array(j);
	for (int64_t c = 0; c < d->C; c++)
		json_string(j, d->channel[c]);
	json_end_array(j);
	json_key(j, "classes"), json_array(j);
	for (int k = 0; d->has_labels && k < d->n_class; k++)
		json_string(j, d->class_name[k]);
	json_end_array(j);
	json_key(j, "class_windows"), json_array(j);
	for (int k = 0; d->has_labels && k < d->n_class; k++)
		json_int(j, count_class(d, k));
	json_end_array(j);
	json_key(j, "understood"), json_array(j);
	for (const struct understood *u = d->understood; u; u = u->next) {
		json_object(j);
		json_key(j, "what"), json_string(j, u->what);
		json_key(j, "text"), json_string(j, u->text);
		json_end_object(j);
	}
	json_end_array(j);
	json_end_object(j);
}

static void ports_json(const struct model *m, struct json *j)
{
	json_key(j, "ports"), json_array(j);
	for (int i = 0; i < m->n_port; i++) {
		json_object(j);
		json_key(j, "kind"), json_string(j, m->port[i].output ? "output" : "input");
		json_key(j, "name"), json_string(j, m->port[i].name);
		json_key(j, "shape"), json_string(j, m->port[i].shape);
		json_key(j, "use"), json_string(j, m->port[i].use);
		json_end_object(j);
	}
	json_end_array(j);
}

/* The layer of --layers that s, n bytes, names; -1: there is none, which e says. */
static int layer_named(const struct model *m, const char *s, size_t n, struct err *e)
{
	char name[256], hint[NEAREST_SAY];
	snprintf(name, sizeof name, "%.*s", (int)n, s);
	struct nearest near = { .asked = name };
	for (int i = 0; i < m->n_layer; i++) {
		if (strlen(m->layer[i].name) == n && !memcmp(m->layer[i].name, s, n))
			return i;
		nearest_try(&near, m->layer[i].name);
	}
	err_set(e, ERR_VALUE, "--layers: the model has no layer '%s'%s", name, nearest_say(&near, hint, sizeof hint));
	return -1;
}

/* --layers: all that is known of these layers, as on their pages in the browser. */
static int pages_print(const struct model *m, const char *s, FILE *f, struct err *e)
{
	for (bool first = true; *s; first = false) {
		size_t n = strcspn(s, ",");
		int at = layer_named(m, s, n, e);
		if (at < 0)
			return ERR_VALUE;
		struct description d;
		describe_layer(m, at, &d);
		fputs(first ? "" : "\n", f);
		description_print(&d, f);
		description_release(&d);
		s += n + (s[n] == ',');
	}
	return 0;
}

static void info_json(const struct loaded *loaded, FILE *f)
{
	const struct model *m = loaded->model;
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_key(&j, "schema"), json_int(&j, 1);
	json_key(&j, "model"), json_string(&j, m->file);
	json_key(&j, "format"), json_string(&j, m->format);
	json_key(&j, "input"), json_object(&j);
	json_key(&j, "T"), json_int(&j, m->T);
	json_key(&j, "C"), json_int(&j, m->C);
	json_key(&j, "layout"), json_string(&j, m->layout);
	if (m->layout_how)
		json_key(&j, "layout_how"), json_string(&j, m->layout_how);
	json_end_object(&j);
	if (m->n_port)
		ports_json(m, &j);
	json_key(&j, "outputs"), json_int(&j, m->outputs);
	json_key(&j, "output_axes");
	if (m->out_steps)
		output_axes_json(&j, m);
	else
		json_null(&j);
	json_key(&j, "task");
	if (m->n_unsupported)
		json_null(&j);
	else
		json_string(&j, task_names[loaded->q.task]);
	json_key(&j, "parameters"), json_int(&j, m->params);
	json_key(&j, "multiply_adds");
	if (m->n_unsupported)
		json_null(&j);
	else
		json_int(&j, graph_macs(m->graph));
	json_key(&j, "fixed_parameters"), json_int(&j, model_fixed_params(m));
	struct tensor_figures odd;
	model_odd_weights(m, &odd);
	json_key(&j, "not_finite_weights"), json_int(&j, odd.nan + odd.infinite);
	json_key(&j, "huge_weights"), json_int(&j, odd.huge);
	json_key(&j, "denormal_weights"), json_int(&j, odd.denormal);
	facts_json(&j, &m->facts);
	json_key(&j, "unsupported");
	if (m->unsupported)
		json_string(&j, m->unsupported);
	else
		json_null(&j);
	if (m->history.n)
		history_json(&j, &m->history);
	layers_json(&j, m);
	if (loaded->recipe_from) {
		json_key(&j, "recipe"), recipe_json(&j, &loaded->recipe);
		json_key(&j, "recipe_from"), json_string(&j, loaded->recipe_from);
	}
	if (loaded->has_data)
		data_json(loaded, &j);
	json_end_object(&j);
	fputc('\n', f);
}

int cmd_info(struct options *o, struct err *e)
{
	struct loaded l;
	struct output out;
	int bad = load(&l, o, LOAD_ARCHITECTURE, e);
	if (!bad)
		bad = output_open(&out, o, e);
	if (!bad) {
		const struct model *m = l.model;
		if (o->layers && !o->json) {
			bad = pages_print(m, o->layers, out.f, e);
		} else if (o->schema_version == 2) {
			bad = answer_info(&l, out.f, e);
		} else if (o->json) {
			info_json(&l, out.f);
		} else {
			fprintf(out.f, "%s: %s%s%s, %lld step%s x %lld channel%s\n\n", m->file, m->format,
			        m->producer && *m->producer ? ", " : "", m->producer ? m->producer : "",
			        (long long)m->T, m->T == 1 ? "" : "s", (long long)m->C, m->C == 1 ? "" : "s");
			layers_print(m, out.f);
			totals_print(&l, out.f);
			if (l.has_data)
				data_print(&l, out.f);
		}
		if (bad)
			output_abort(&out);
		else
			bad = output_close(&out, e);
	}
	loaded_release(&l);
	return bad ? 1 : 0;
}
