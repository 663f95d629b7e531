#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "core/base/words.h"
#include "core/model/task.h"
#include "core/probe/importance.h"
#include "src/json/json_read.h"
#include "src/json/survey_code.h"
#include "src/json/survey_json.h"
#include "src/read/read_model.h"

/* Limits of what a file may ask for before its parts are read. What a part needs is in proportion to its text. */
#define SIZE_MOST ((int64_t)1 << 31)
#define SURVEY_CLASSES_READ ((int64_t)1 << 15)

static int broken(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "\"%s\" is missing, or is not what a survey has there; write the file again",
	               what);
}

static bool whole_of(const cJSON *o, const char *key, int64_t least, int64_t most, int64_t *v)
{
	return json_whole(json_get(o, key), v) && *v >= least && *v <= most;
}

static char *text_of(const cJSON *o, const char *key, const char *part)
{
	return xstrdup(json_text(part ? json_get(o, key) : o, part ? part : key, ""));
}

/* A list of texts. Returns false if it is none. */
static bool texts_of(const cJSON *o, const char *key, char ***v, int64_t *n)
{
	const cJSON *list = json_get(o, key);
	if (!cJSON_IsArray(list))
		return false;
	*n = 0;
	*v = xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof **v);
	for (const cJSON *c = list->child; c; c = c->next) {
		if (!cJSON_IsString(c))
			return false;
		(*v)[(*n)++] = xstrdup(c->valuestring);
	}
	return true;
}

static bool layer_read(struct survey_layer_plan *y, const cJSON *o)
{
	const cJSON *rest = json_get(json_get(o, "rests_at"), "values");
	int n = cJSON_IsArray(rest) ? cJSON_GetArraySize(rest) : 0;
	y->index = -1;
	y->name = text_of(o, "name", NULL);
	if (n < 1 || n > 2 || !whole_of(o, "filters", 1, SIZE_MOST, &y->filters) ||
	    !whole_of(o, "steps", 1, SIZE_MOST, &y->times))
		return false;
	for (const cJSON *c = rest->child; c; c = c->next) {
		if (!cJSON_IsNumber(c))
			return false;
		y->rest[y->n_rest++] = c->valuedouble;
	}
	return true;
}

/* Returns false if it is none. What its numbers need is checked against the texts of the parts (texts_fit). */
static bool consumer_read(struct survey_consumer *c, const cJSON *o)
{
	c->index = c->from = -1;
	c->name = text_of(o, "name", NULL);
	c->reads = text_of(o, "reads_from", NULL);
	c->covariance = cJSON_IsTrue(json_get(o, "with_covariance"));
	return whole_of(o, "channel_count", *c->reads ? 1 : 0, SIZE_MOST, &c->channels) &&
	       whole_of(o, "steps", 0, SIZE_MOST, &c->times) && whole_of(o, "taps", 1, SIZE_MOST, &c->taps) &&
	       whole_of(o, "stride", 1, SIZE_MOST, &c->stride) && whole_of(o, "dilation", 1, SIZE_MOST, &c->dilation) &&
	       whole_of(o, "pad", 0, SIZE_MOST, &c->pad) && whole_of(o, "positions", 0, SIZE_MOST, &c->positions) &&
	       whole_of(o, "outputs", 1, SIZE_MOST, &c->outputs) &&
	       whole_of(o, "output_steps", 1, SIZE_MOST, &c->steps) && c->channels <= SIZE_MOST / c->taps &&
	       (!c->covariance || c->channels * c->taps <= MOMENTS_MOST);
}

static bool consumers_read(struct survey_plan *p, const cJSON *list)
{
	if (!cJSON_IsArray(list))
		return false;
	p->consumer = xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *p->consumer);
	for (const cJSON *c = list->child; c; c = c->next)
		if (!consumer_read(&p->consumer[p->n_consumer++], c))
			return false;
	return true;
}

/* Steps and channels are axes of the outputs, and classes are no more than those; so a shape asks for no more memory
 * than the outputs and the square of the classes, for which the texts must be long enough (texts_fit). */
static bool error_shape_read(struct error_shape *h, const cJSON *o, const struct survey_plan *p)
{
	int64_t normal = -1;
	const cJSON *v = json_get(o, "normal_class");
	if (!whole_of(o, "class_count", 0, SURVEY_CLASSES_READ, &h->K) ||
	    !whole_of(o, "steps", 0, p->outputs, &h->steps) ||
	    !whole_of(o, "channel_count", 0, p->outputs, &h->channels))
		return false;
	h->several = cJSON_IsTrue(json_get(o, "several"));
	h->scores = cJSON_IsTrue(json_get(o, "scores"));
	if (!cJSON_IsNumber(v) || (v->valuedouble >= 0 && !json_whole(v, &normal)) || normal >= SIZE_MOST)
		return false;
	h->normal = (int)normal;
	if (h->scores && (p->task != TASK_RECONSTRUCTION || !survey_keeps_outputs(p)))
		return false;
	if (p->task == TASK_CLASSIFICATION ? h->K != p->classes : p->task == TASK_SEGMENTATION ? h->K < 1 : h->K > 0)
		return false;
	if (p->task == TASK_SEGMENTATION && h->K != (h->channels > 1 ? h->channels : 2))
		return false;
	return task_has_steps(p->task) ? h->steps > 0 && h->channels > 0 && h->channels <= p->outputs / h->steps &&
	                                         h->steps * h->channels == p->outputs
	                               : !h->steps && !h->channels;
}

static const char *network_read(struct survey_plan *p, const cJSON *o)
{
	int64_t groups;
	if (!whole_of(o, "steps", 1, SIZE_MOST, &p->T))
		return "steps";
	if (!texts_of(o, "channels", &p->channel, &p->C) || !p->C)
		return "channels";
	if (!whole_of(o, "outputs", 1, SIZE_MOST, &p->outputs))
		return "outputs";
	if (!texts_of(o, "classes", &p->class_name, &p->n_name) || p->n_name > SURVEY_CLASSES_READ)
		return "classes";
	p->classes = p->task == TASK_CLASSIFICATION ? p->n_name : 0;
	int truth = words_find(survey_truth_names, json_text(o, "truth", "")),
	    scale = words_find(survey_scale_names, json_text(o, "scale", ""));
	if (truth < 0 || scale < 0 || !whole_of(o, "groups", 0, SIZE_MOST - 1, &groups))
		return "truth\", \"scale\" or \"groups";
	p->truth = (enum truth_source)truth;
	p->scale = (enum scale)scale;
	p->n_group = (int)groups;
	p->errors = cJSON_IsObject(json_get(o, "errors"));
	p->error_shape = (struct error_shape){ .task = p->task, .normal = -1 };
	if (p->errors && !error_shape_read(&p->error_shape, json_get(o, "errors"), p))
		return "errors";
	p->ready_windows = cJSON_IsTrue(json_get(o, "ready_windows"));
	p->groups = cJSON_IsTrue(json_get(o, "by_class")) ? p->classes + 1 : 1;
	if (!consumers_read(p, json_get(o, "consumers")))
		return "consumers";
	const cJSON *list = json_get(o, "layers");
	if (!cJSON_IsArray(list))
		return "layers";
	p->layer = xcalloc((size_t)cJSON_GetArraySize(list) + 1, sizeof *p->layer);
	for (const cJSON *c = list->child; c; c = c->next)
		if (!layer_read(&p->layer[p->n_layer++], c))
			return "layers";
	return NULL;
}

int survey_head_read(struct survey_head *h, struct survey_plan *p, const cJSON *o, struct err *e)
{
	int64_t precision, schema;
	if (!whole_of(o, "schema", SURVEY_SCHEMA, SURVEY_SCHEMA, &schema))
		return broken(e, "schema");
	if (!whole_of(o, "precision_bits", 32, 64, &precision) || precision != (int64_t)sizeof(real) * 8)
		return broken(e, "precision_bits");
	h->version = text_of(o, "tsviz", NULL);
	h->isa = text_of(o, "isa", NULL);
	h->model = text_of(o, "model", "name");
	h->model_hash = text_of(o, "model", "sha256");
	h->data = text_of(o, "data", "name");
	h->data_hash = text_of(o, "data", "sha256");
	h->recipe = text_of(o, "recipe", "options");
	h->recipe_hash = text_of(o, "recipe", "sha256");
	h->target = text_of(o, "target", NULL);
	int task = words_find(task_names, json_text(o, "task", ""));
	if (task < 0)
		return broken(e, "task");
	p->task = (enum task)task;
	if (!whole_of(o, "windows", 1, (int64_t)1 << 40, &p->windows))
		return broken(e, "windows");
	if (!whole_of(o, "chunk", 1, SIZE_MOST, &p->chunk))
		return broken(e, "chunk");
	if (!whole_of(o, "maps", 0, p->windows, &p->maps) || !whole_of(o, "ablation", 0, p->windows, &p->ablation))
		return broken(e, "maps\" or \"ablation");
	int moments = words_find(moments_names, json_text(o, "moments", ""));
	if (moments < 0)
		return broken(e, "moments");
	p->moments = (enum moments_kind)moments;
	for (int k = 0; importance_measures[k].name; k++)
		p->measure[p->n_measure++] = importance_measures[k].name;
	const char *wrong = network_read(p, json_get(o, "network"));
	if (wrong)
		return broken(e, wrong);
	if (p->task == TASK_CLASSIFICATION && !p->classes)
		return broken(e, "classes");
	return 0;
}

static int head_read(struct survey_file *s, struct err *e)
{
	struct survey_plan *p = &s->plan;
	const cJSON *o = s->root, *shard = json_get(o, "shard");
	const char *kind = json_text(o, "kind", "");
	if (!strcmp(kind, SURVEY_KIND))
		return err_set(e, ERR_FORMAT, "holds the figures of a whole set already; only shards are merged");
	if (strcmp(kind, SURVEY_KIND_SHARD) != 0)
		return err_set(e, ERR_FORMAT, "is no shard of a survey; tsviz survey --shard writes one");
	int bad = survey_head_read(&s->head, p, o, e);
	if (bad)
		return bad;
	if (!whole_of(shard, "from", 0, survey_chunks(p), &s->from) ||
	    !whole_of(shard, "to", s->from, survey_chunks(p), &s->to))
		return broken(e, "shard");
	s->host = text_of(shard, "host", NULL);
	return 0;
}

/* A text that holds at least n numbers, each with a blank; NULL: it does not. */
static const char *numbers(const cJSON *v, int64_t n)
{
	return cJSON_IsString(v) && (int64_t)strlen(v->valuestring) / 2 >= n ? v->valuestring : NULL;
}

/* So many numbers the network's text holds at least. */
static int64_t network_numbers(const struct survey_plan *p)
{
	const struct error_shape *h = &p->error_shape;
	return p->classes + SURVEY_METHODS * (p->C + p->T) +
	       (p->errors ? h->K * (h->K + 3) + 4 * (h->steps + h->channels) : 0);
}

/* Whether the texts are as long as the numbers need that will be read from them, so that memory is asked for in
 * proportion to the file. */
static bool texts_fit(const struct survey_plan *p, const cJSON *o, int64_t windows)
{
	const cJSON *list = json_get(o, "layer_texts"), *layer = cJSON_IsArray(list) ? list->child : NULL;
	if (p->outputs > SIZE_MOST / windows ||
	    !numbers(json_get(o, "outputs_text"), p->outputs + (survey_keeps_outputs(p) ? windows * p->outputs : 0)) ||
	    !numbers(json_get(o, "network_text"), network_numbers(p)))
		return false;
	list = json_get(o, "moment_texts");
	const cJSON *text = cJSON_IsArray(list) ? list->child : NULL;
	for (int k = 0; k < p->n_consumer; k++, text = text->next) {
		const struct survey_consumer *c = &p->consumer[k];
		if (!numbers(text, consumer_numbers(c) + consumer_pairs(c) + c->outputs))
			return false;
	}
	if (text)
		return false;
	for (int k = 0; k < p->n_layer; k++, layer = layer->next) {
		const cJSON *texts = json_get(layer, "filter_texts");
		if (!cJSON_IsArray(texts) || p->layer[k].filters > SIZE_MOST / p->groups ||
		    cJSON_GetArraySize(texts) != p->groups * p->layer[k].filters)
			return false;
		for (const cJSON *f = texts->child; f; f = f->next)
			if (!numbers(f, SURVEY_METHODS * p->C))
				return false;
	}
	return !layer;
}

static struct code reader(const struct survey_plan *p, const struct survey_part *q, const char *text)
{
	return (struct code){ .at = text, .end = text + strlen(text), .plan = p, .part = q };
}

static bool part_fill(const struct survey_plan *p, const cJSON *o, struct survey_part *q)
{
	struct code c = reader(p, q, json_text(o, "network_text", ""));
	code_network(&c, q);
	bool good = code_done(&c);
	c = reader(p, q, json_text(o, "outputs_text", ""));
	code_outputs(&c, q);
	good = good && code_done(&c);
	const cJSON *moments = p->n_consumer ? json_get(o, "moment_texts")->child : NULL;
	for (int k = 0; k < p->n_consumer && good; k++, moments = moments->next) {
		c = reader(p, q, moments->valuestring);
		code_moments(&c, &p->consumer[k], &q->moments[k]);
		good = code_done(&c);
	}
	const cJSON *layer = json_get(o, "layer_texts")->child;
	for (int k = 0; k < p->n_layer && good; k++, layer = layer->next) {
		const cJSON *text = json_get(layer, "filter_texts")->child;
		for (int64_t f = 0; f < p->groups * p->layer[k].filters && good; f++, text = text->next) {
			c = reader(p, q, text->valuestring);
			code_filter(&c, &p->layer[k], &q->filter[k][f]);
			good = code_done(&c);
		}
	}
	return good;
}

static int part_read(struct survey_file *s, const cJSON *o, int64_t *next, struct err *e)
{
	const struct survey_plan *p = &s->plan;
	int64_t first, chunks;
	if (!whole_of(o, "first", *next, *next, &first) || !whole_of(o, "chunks", 1, s->to - first, &chunks) ||
	    !survey_is_node(p, first, chunks))
		return err_set(e, ERR_FORMAT,
		               "the part behind chunk %lld does not follow it; the file is damaged, write it again",
		               (long long)*next - 1);
	*next = first + chunks;
	int64_t from = first * p->chunk, end = *next * p->chunk < p->windows ? *next * p->chunk : p->windows;
	if (!texts_fit(p, o, end - from))
		return err_set(e, ERR_FORMAT, "the part of chunk %lld does not have the size that the head says",
		               (long long)first);
	struct survey_part *q = survey_part_new(p, first, chunks);
	s->part[s->n++] = q;
	if (!part_fill(p, o, q))
		return err_set(e, ERR_FORMAT, "a number in the part of chunk %lld is damaged; write the file again",
		               (long long)first);
	return 0;
}

static int parts_read(struct survey_file *s, struct err *e)
{
	const cJSON *list = json_get(s->root, "parts");
	int64_t next = s->from;
	int bad = cJSON_IsArray(list) ? 0 : broken(e, "parts");
	s->part = xcalloc((size_t)(bad ? 0 : cJSON_GetArraySize(list)) + 1, sizeof(struct survey_part *));
	for (const cJSON *c = bad ? NULL : list->child; c && !bad; c = c->next)
		bad = part_read(s, c, &next, e);
	if (!bad && next != s->to)
		bad = err_set(e, ERR_FORMAT, "chunks %lld to %lld are missing in it; write the file again",
		              (long long)next, (long long)s->to - 1);
	return bad;
}

int survey_file_parse(struct survey_file *s, const char *path, const char *text, size_t n, struct err *e)
{
	memset(s, 0, sizeof *s);
	s->path = xstrdup(path);
	s->root = json_parse(text, n, e);
	survey_old_keys(s->root);
	int bad = s->root ? head_read(s, e) : ERR_FORMAT;
	bad = bad ? bad : parts_read(s, e);
	if (bad)
		err_at(e, "%s", path);
	return bad;
}

enum { HEAD_MOST = 1 << 17 };

/* The head alone, if the n bytes at text begin as survey_json_shard writes them; else false. */
static bool head_alone(struct survey_file *s, const char *path, const char *text, size_t n)
{
	static const char mark[] = "\n\"parts\":[";
	struct err e;
	const char *at = strlen(text) == n ? strstr(text, mark) : NULL;
	if (!at)
		return false;
	char *head = xasprintf("%.*s%s]}", (int)(at - text), text, mark);
	s->path = xstrdup(path);
	s->root = json_parse(head, strlen(head), &e);
	free(head);
	survey_old_keys(s->root);
	return s->root && !head_read(s, &e);
}

int survey_file_head(struct survey_file *s, const char *path, int64_t cap, struct err *e)
{
	unsigned char *data;
	size_t n;
	memset(s, 0, sizeof *s);
	int bad = read_file_start(path, HEAD_MOST, &data, &n, e);
	if (bad)
		return err_at(e, "%s", path);
	bool good = head_alone(s, path, (const char *)data, n);
	free(data);
	if (good)
		return 0;
	survey_file_release(s);
	bad = survey_file_read(s, path, cap, e);
	for (int i = 0; i < s->n; i++)
		survey_part_free(&s->plan, s->part[i]);
	s->n = 0;
	return bad;
}

int survey_file_read(struct survey_file *s, const char *path, int64_t cap, struct err *e)
{
	unsigned char *data;
	size_t n;
	memset(s, 0, sizeof *s);
	int bad = read_file(path, cap, &data, &n, e);
	if (bad)
		return err_at(e, "%s", path);
	bad = survey_file_parse(s, path, (const char *)data, n, e);
	free(data);
	return bad;
}

void survey_file_release(struct survey_file *s)
{
	for (int i = 0; i < s->n; i++)
		survey_part_free(&s->plan, s->part[i]);
	free(s->part);
	free(s->path);
	free(s->host);
	cJSON_Delete(s->root);
	survey_head_release(&s->head);
	survey_plan_release(&s->plan);
	memset(s, 0, sizeof *s);
}

int survey_files_alike(const struct survey_file *a, const struct survey_file *b, struct err *e)
{
	static const struct {
		const char *key, *what, *part;
	} same[] = {
		{ "tsviz", "version of tsviz", NULL }, { "isa", "instruction set (--isa)", NULL },
		{ "model", "model", "name" },          { "data", "data", "name" },
		{ "recipe", "recipe", "options" },     { "task", "task", NULL },
		{ "target", "target", NULL },          { "windows", "number of windows", NULL },
		{ "chunk", "--chunk", NULL },          { "maps", "--maps", NULL },
		{ "ablation", "--ablation", NULL },    { "moments", "--moments", NULL },
		{ "network", "network", NULL },
	};
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		const cJSON *u = json_get(a->root, same[i].key), *v = json_get(b->root, same[i].key);
		if (cJSON_Compare(u, v, true))
			continue;
		const char *x = json_text(same[i].part ? json_get(u, same[i].part) : a->root,
		                          same[i].part ? same[i].part : same[i].key, ""),
		           *y = json_text(same[i].part ? json_get(v, same[i].part) : b->root,
		                          same[i].part ? same[i].part : same[i].key, "");
		return err_set(e, ERR_VALUE, "%s: its %s%s%.80s is not that of %s%s%.80s; merge shards of one survey",
		               b->path, same[i].what, *y ? " " : "", y, a->path, *x ? ", " : "", x);
	}
	return 0;
}
