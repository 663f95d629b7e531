#include "src/serve/answers.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/words.h"
#include "src/answer/answer.h"
#include "src/json/tensor_json.h"
#include "ui/session/windows.h"

/* ---- words of the verb ---- */

static char **words_of(const struct answering *x, int *n)
{
	const struct route *r = x->a->route;
	const struct options *o = x->s->o;
	char **word = xcalloc((size_t)o->n_data + REQUEST_PARAMETERS + 24, sizeof *word);
	int k = 0;
	word[k++] = xstrdup("tsviz");
	word[k++] = xstrdup(r->verb);
	for (const char *s = r->fixed; s && *s;) {
		size_t m = strcspn(s, " ");
		word[k++] = xstrndup(s, m);
		s += m + (s[m] == ' ');
	}
	if (asked_value(x->a, "view"))
		word[k++] = xasprintf("--screen=%s", asked_value(x->a, "view"));
	if (option_taken(option_find("threads", 7), verb_find(r->verb)))
		word[k++] = xstrdup("--threads=1");
	for (int i = 0; i < x->a->q.n_parameter; i++) {
		const char *name = x->a->q.parameter[i].name, *value = x->a->q.parameter[i].value;
		if (!route_list_has(r->options, name, strlen(name)))
			continue;
		bool flag = !option_find(name, strlen(name))->arg;
		if (!flag)
			word[k++] = xasprintf("--%s=%s", name, value);
		else if (strcmp(value, "false") != 0)
			/* another value than true is refused by the verb */
			word[k++] = !*value || !strcmp(value, "true") ? xasprintf("--%s", name)
			                                              : xasprintf("--%s=%s", name, value);
	}
	word[k++] = xstrdup("--");
	word[k++] = xstrdup(o->model);
	for (int i = 0; i < o->n_data; i++)
		word[k++] = xstrdup(o->data[i]);
	*n = k;
	return word;
}

static int words_parse(struct answering *x, struct err *e)
{
	int n;
	char **word = words_of(x, &n);
	options_init(&x->o);
	x->status = 400;
	int bad = options_parse(&x->o, n, word, e);
	/* the words stay, the options point into them; the process ends soon */
	x->o.q.task = x->s->o->q.task;
	x->o.read = x->s->o->read;
	x->o.ready = &x->s->l;
	return bad;
}

/* 422: it is understood, but cannot be done. */
static int status_of(int code)
{
	return code == ERR_VALUE || code == ERR_FORMAT ? 400 : code == ERR_IO ? 500 : 422;
}

/* Gives up with a status. */
static int with_status(struct answering *x, int bad, int status)
{
	if (bad)
		x->status = status;
	return bad;
}

int answer_make(struct answering *x, struct err *e)
{
	const struct route *r = x->a->route;
	if (asked_value(x->a, "view") && asked_word(x->a, "view", e) < 0)
		return with_status(x, e->code, 404);
	int bad = r->verb ? words_parse(x, e) : 0;
	x->status = 400;
	if (!bad && r->make)
		bad = r->make(x, e);
	if (bad || x->done)
		return bad;
	int status = x->s->run(&x->o, e);
	if (!status)
		return 0;
	x->status = e->code ? status_of(e->code) : 500;
	return e->code ? e->code : err_set(e, ERR_IO, "the answer could not be made");
}

/* ---- what the path and the query name ---- */

static bool in_path(const struct answering *x, const char *name)
{
	for (int i = 0; i < x->a->n_value; i++)
		if (!strcmp(x->a->value[i].name, name))
			return true;
	return false;
}

static int not_there(const struct answering *x, const char *name)
{
	return in_path(x, name) ? 404 : 400;
}

static int find_window(struct answering *x, int64_t *window, struct err *e)
{
	int bad = asked_number(x->a, "window", window, e);
	struct options o = { .index = *window };
	bad = bad ? bad : load_index(&x->s->l, &o, window, e);
	return with_status(x, bad, not_there(x, "window"));
}

/* An analysed layer of the model, as index. */
static int find_layer(struct answering *x, int *layer, struct err *e)
{
	const char *name = asked_value(x->a, "layer");
	const struct model *m = x->s->l.model;
	char hint[NEAREST_SAY];
	struct nearest near = { .asked = name };
	*layer = -1;
	for (int i = 0; i < m->n_layer; i++) {
		if (m->layer[i].kind != LAYER_ANALYSED)
			continue;
		if (!strcmp(m->layer[i].name, name))
			*layer = i;
		nearest_try(&near, m->layer[i].name);
	}
	return *layer >= 0 ? 0
	                   : with_status(x,
	                                 err_set(e, ERR_VALUE, "no analysed layer '%s'%s", name,
	                                         near.best ? nearest_say(&near, hint, sizeof hint)
	                                                   : "; /layers lists them"),
	                                 not_there(x, "layer"));
}

static int find_filter(struct answering *x, const struct layer *l, int64_t *filter, struct err *e)
{
	int bad = asked_number(x->a, "filter", filter, e);
	if (!bad && *filter >= l->filters)
		bad = err_set(e, ERR_VALUE, "layer '%s': filter %lld: there are %lld, numbered from 0", l->name,
		              (long long)*filter, (long long)l->filters);
	return with_status(x, bad, not_there(x, "filter"));
}

/* The question of the options, about this window. */
static struct analysis *analysis_of(struct answering *x, struct loaded *l, int64_t window)
{
	struct analysis *a = analysis_new(l->model);
	struct question q = { 0 };
	question_copy(&q, &l->q);
	q.window = window;
	analysis_data(a, &l->data);
	analysis_truth(a, load_by_hand(l));
	analysis_ask(a, &q);
	question_release(&q);
	(void)x;
	return a;
}

/* The object of schema 2 begins with what was read, and with the window if there is one (-1: none). */
static int head_json(struct json *j, struct answering *x, const struct loaded *l, const char *kind, int64_t window,
                     struct err *e)
{
	int bad = answer_begin(j, l, kind, x->f, e);
	if (bad)
		return with_status(x, bad, 500);
	if (window >= 0) {
		json_put_int(j, "window", window);
		json_put_int(j, "row", dataset_row(&l->data, window));
	}
	return 0;
}

static int end_json(struct json *j, struct answering *x, struct err *e)
{
	json_end(j);
	x->done = true;
	if (!fflush(x->f) && !ferror(x->f))
		return 0;
	return with_status(x, err_set(e, ERR_IO, "the answer could not be written"), 500);
}

/* ---- answers of their own ---- */

int make_layers(struct answering *x, struct err *e)
{
	struct json j;
	if (head_json(&j, x, &x->s->l, "layers", -1, e))
		return e->code;
	answer_layers_json(&j, x->s->l.model);
	return end_json(&j, x, e);
}

int make_saliency(struct answering *x, struct err *e)
{
	struct json j;
	struct loaded l;
	int64_t window = 0, filter = 0;
	int layer = -1;
	if (find_window(x, &window, e) || find_layer(x, &layer, e) ||
	    find_filter(x, &x->s->l.model->layer[layer], &filter, e))
		return e->code;
	int bad = load(&l, &x->o, 0, e);
	if (bad)
		return with_status(x, bad, status_of(bad));
	struct analysis *a = analysis_of(x, &l, window);
	bad = head_json(&j, x, &l, "saliency", window, e);
	if (!bad) {
		json_put_string(&j, "of_layer", l.model->layer[layer].name);
		json_put_int(&j, "of_filter", filter);
		json_put_string(&j, "saliency_method", saliency_methods[analysis_question(a)->method].name);
		answer_map_json(&j, a, layer, filter);
		bad = end_json(&j, x, e);
	}
	analysis_free(a);
	loaded_release(&l);
	return bad;
}

int make_clusters(struct answering *x, struct err *e)
{
	struct json j;
	struct loaded l;
	int64_t window = 0;
	int layer = -1;
	if (find_layer(x, &layer, e) || find_window(x, &window, e))
		return e->code;
	int bad = load(&l, &x->o, 0, e);
	if (bad)
		return with_status(x, bad, status_of(bad));
	struct analysis *a = analysis_of(x, &l, window);
	bad = head_json(&j, x, &l, "clusters", window, e);
	if (!bad) {
		json_put_string(&j, "of_layer", l.model->layer[layer].name);
		answer_clusters_json(&j, a, layer);
		bad = end_json(&j, x, e);
	}
	analysis_free(a);
	loaded_release(&l);
	return bad;
}

static void shares_json(struct json *j, const struct model *m, const struct trace *t)
{
	json_key(j, "layers"), json_array(j);
	for (int i = 0; i < t->n_layer; i++) {
		const struct layer *l = &m->layer[i];
		if (!t->share[i])
			continue;
		json_newline(j);
		json_object(j);
		json_key(j, "name"), json_string(j, l->name);
		if (i)
			json_put_reals(j, "shares", "filter time", (int64_t[]){ l->filters, l->times }, t->share[i]);
		else
			json_put_reals(j, "shares", "time channel", (int64_t[]){ m->T, m->C }, t->share[i]);
		json_end_object(j);
	}
	json_end_array(j);
}

int make_trace(struct answering *x, struct err *e)
{
	struct json j;
	struct loaded *l = &x->s->l;
	int64_t window = 0, filter = 0, step = 0;
	int layer = -1, forward = asked_word(x->a, "direction", e);
	if (forward < 0 || find_window(x, &window, e) || find_layer(x, &layer, e) ||
	    find_filter(x, &l->model->layer[layer], &filter, e))
		return e->code;
	const struct layer *of = &l->model->layer[layer];
	int bad = asked_number(x->a, "step", &step, e);
	if (!bad && step >= of->times)
		bad = err_set(e, ERR_VALUE, "layer '%s': step %lld: there are %lld, numbered from 0", of->name,
		              (long long)step, (long long)of->times);
	if (bad)
		return bad;
	struct analysis *a = analysis_of(x, l, window);
	const struct trace *t =
	        forward ? analysis_feeds(a, layer, filter, step) : analysis_trace(a, layer, filter, step);
	bad = head_json(&j, x, l, "trace", window, e);
	if (!bad) {
		json_put_string(&j, "of_layer", of->name);
		json_put_int(&j, "of_filter", filter);
		json_put_int(&j, "of_step", step);
		json_put_string(&j, "direction", forward ? "forward" : "back");
		json_put_bool(&j, "complete", !forward || t->complete);
		shares_json(&j, l->model, t);
		bad = end_json(&j, x, e);
	}
	analysis_free(a);
	return bad;
}

/* ---- answers of verbs ---- */

int prepare_window(struct answering *x, struct err *e)
{
	return find_window(x, &x->o.index, e);
}

/* The windows of the page of the list that is asked for. */
static void windows_choose(struct answering *x, struct windows *w, int64_t from, int64_t limit)
{
	int64_t n = w->listed - from < limit ? w->listed - from : limit;
	n = n < 0 ? 0 : n;
	int64_t *chosen = xcalloc((size_t)n + 1, sizeof *chosen);
	for (int64_t i = 0; i < n; i++)
		chosen[i] = w->order[from + i];
	x->o.chosen = chosen;
	x->o.n_chosen = n;
}

int prepare_windows(struct answering *x, struct err *e)
{
	struct windows w;
	const struct loaded *l = &x->s->l;
	int64_t from = 0, limit = 0;
	int sort = asked_word(x->a, "sort", e), reverse = asked_word(x->a, "reverse", e);
	if (sort < 0 || reverse < 0 || asked_number(x->a, "from", &from, e) || asked_number(x->a, "limit", &limit, e))
		return e->code;
	windows_init(&w, l->model, &l->data, l->q.task);
	w.sort = (enum windows_sort)sort;
	w.reverse = reverse;
	int bad = w.n < l->data.n           ? err_set(e, ERR_LIMIT, "the windows have too many numbers for a list")
	          : windows_has(&w, w.sort) ? 0
	                                    : err_set(e, ERR_VALUE, "sort '%s': these windows have no such column",
	                                              windows_sort_names[sort]);
	with_status(x, bad, status_of(bad));
	while (!bad && windows_step(&w, 1))
		;
	if (!bad) {
		w.seen = w.done;
		windows_sort(&w);
		windows_choose(x, &w, from, limit);
	}
	windows_release(&w);
	return bad;
}

int prepare_picture(struct answering *x, struct err *e)
{
	int64_t filter = 0;
	if (find_window(x, &x->o.index, e))
		return e->code;
	if (request_parameter(&x->a->q, "layer")) {
		if (find_layer(x, &x->o.layer, e))
			return e->code;
		if (request_parameter(&x->a->q, "filter")) {
			if (find_filter(x, &x->s->l.model->layer[x->o.layer], &filter, e))
				return e->code;
			x->o.filter_at = filter;
		}
	} else if (request_parameter(&x->a->q, "filter")) {
		return err_set(e, ERR_VALUE, "a filter is given without its layer");
	}
	x->o.picture = true;
	return 0;
}
