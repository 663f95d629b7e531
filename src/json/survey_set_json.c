#include "src/json/survey_set_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/json/json_read.h"
#include "src/read/read_model.h"

#define COUNT_MOST ((int64_t)1 << 53)

/* What is read, and whether anything of it was not what a survey has there. */
struct reading {
	const struct survey_plan *p;
	bool bad;
};

static int64_t count_of(struct reading *r, const cJSON *o, const char *key, int64_t most)
{
	int64_t v = 0;
	if (!json_whole(json_get(o, key), &v) || v < 0 || v > most) {
		r->bad = true;
		return 0;
	}
	return v;
}

/* null: there is no such value. */
static double figure_of(struct reading *r, const cJSON *o, const char *key)
{
	const cJSON *v = json_get(o, key);
	r->bad |= !cJSON_IsNumber(v) && !cJSON_IsNull(v);
	return cJSON_IsNumber(v) ? v->valuedouble : (double)NAN;
}

static bool flag_of(struct reading *r, const cJSON *o, const char *key)
{
	const cJSON *v = json_get(o, key);
	r->bad |= !cJSON_IsBool(v);
	return cJSON_IsTrue(v);
}

/* The list at a key, whose length is to be n; NULL: it is not. */
static const cJSON *list_of(struct reading *r, const cJSON *o, const char *key, int64_t n)
{
	const cJSON *v = json_get(o, key);
	bool good = cJSON_IsArray(v) && cJSON_GetArraySize(v) == n;
	r->bad |= !good;
	return good ? v->child : NULL;
}

static void spread_of(struct reading *r, const cJSON *o, struct spread *s)
{
	r->bad |= !cJSON_IsObject(o);
	s->n = count_of(r, o, "n", COUNT_MOST);
	s->zero = count_of(r, o, "zero", COUNT_MOST);
	s->nan = count_of(r, o, "nan", COUNT_MOST);
	s->inf = count_of(r, o, "infinite", COUNT_MOST);
	double deviation = figure_of(r, o, "deviation");
	s->min = figure_of(r, o, "min");
	s->max = figure_of(r, o, "max");
	s->mean = figure_of(r, o, "mean");
	s->m2 = deviation * deviation * (double)s->n;
	r->bad |= s->n && (isnan(s->min) || isnan(s->max) || isnan(s->mean) || isnan(deviation));
	if (!s->n)
		s->min = s->max = s->mean = s->m2 = 0;
}

static void side_of(struct reading *r, const cJSON *o, struct histogram_side *s)
{
	const cJSON *list = json_get(json_get(o, "counts"), "values");
	int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1;
	int first = (int)count_of(r, o, "first", SURVEY_BUCKETS);
	if (n < 0 || n > SURVEY_BUCKETS - first) {
		r->bad = true;
		return;
	}
	if (!n)
		return;
	histogram_room(s, first, first + n);
	int i = 0;
	for (const cJSON *c = list->child; c; c = c->next, i++)
		r->bad |= !json_whole(c, &s->count[i]) || s->count[i] < 0;
}

static void histogram_of(struct reading *r, const cJSON *o, struct histogram *h)
{
	h->zero = count_of(r, o, "zero", COUNT_MOST);
	h->tiny = count_of(r, o, "tiny", COUNT_MOST);
	h->huge = count_of(r, o, "overflow", COUNT_MOST);
	side_of(r, json_get(o, "negative"), &h->side[0]);
	side_of(r, json_get(o, "positive"), &h->side[1]);
}

static void channels_of(struct reading *r, const cJSON *o, struct survey_filter *f)
{
	static const char *const method[SURVEY_METHODS] = { "gradient", "gradient-input" };
	int64_t C = r->p->C;
	f->channel = xcalloc((size_t)(SURVEY_METHODS * C), sizeof *f->channel);
	for (int k = 0; k < SURVEY_METHODS; k++) {
		const cJSON *shares = json_get(json_get(o, method[k]), "by_channel");
		if (cJSON_IsNull(shares))
			continue; /* the saliency is 0 everywhere */
		double *share = f->channel + k * C;
		for (const cJSON *c = list_of(r, shares, "values", C); c; c = c->next) {
			r->bad |= !cJSON_IsNumber(c);
			*share++ = cJSON_IsNumber(c) ? c->valuedouble : 0;
		}
	}
}

/* What stands for all windows and for each class. */
static void figures_of(struct reading *r, const cJSON *o, struct survey_filter *f)
{
	const struct survey_plan *p = r->p;
	f->windows = count_of(r, o, "n", p->windows);
	spread_of(r, json_get(o, "activation_spread"), &f->activation);
	histogram_of(r, json_get(o, "activation_histogram"), &f->histogram);
	channels_of(r, json_get(o, "saliency"), f);
	const cJSON *importance = json_get(o, "importance_spreads");
	for (int k = 0; k < p->n_measure; k++) {
		const cJSON *q = json_get(importance, p->measure[k]);
		if (!q && !strcmp(p->measure[k], "ablation"))
			continue;
		spread_of(r, json_get(q, "raw_spread"), &f->importance[k][0]);
		spread_of(r, json_get(q, "scaled_spread"), &f->importance[k][1]);
	}
}

/* Counts that the file has as shares. */
static void shares_of(struct reading *r, const cJSON *o, int64_t times, struct survey_filter *f, struct set_filter *all)
{
	double alive = figure_of(r, o, "alive"), active = figure_of(r, o, "active");
	alive = alive >= 0 && alive <= 1 ? alive : 0;
	active = active >= 0 && active <= 1 ? active : 0;
	f->alive = llround(alive * (double)f->windows);
	f->active = llround(active * (double)f->windows * (double)times);
	if (!all)
		return;
	all->alive = alive;
	all->active = active;
}

static int windows_of(struct reading *r, const cJSON *o, const char *key, int64_t times,
                      struct survey_window out[SURVEY_TOP])
{
	const cJSON *list = json_get(o, key);
	int n = cJSON_IsArray(list) ? cJSON_GetArraySize(list) : -1, i = 0;
	if (n < 0 || n > SURVEY_TOP) {
		r->bad = true;
		return 0;
	}
	for (const cJSON *c = list->child; c; c = c->next, i++) {
		out[i].window = count_of(r, c, "window", r->p->windows - 1);
		out[i].time = count_of(r, c, "step", times - 1);
		out[i].value = figure_of(r, c, "value");
		r->bad |= isnan(out[i].value);
	}
	return n;
}

static void filter_of(struct reading *r, const cJSON *o, int64_t times, int64_t index, struct set_filter *f)
{
	r->bad |= count_of(r, o, "index", COUNT_MOST) != index;
	f->dead = flag_of(r, o, "dead");
	figures_of(r, o, &f->all);
	shares_of(r, o, times, &f->all, f);
	f->all.n_top = windows_of(r, o, "top", times, f->all.top);
	f->n_spread = windows_of(r, o, "spread", times, f->spread);
	if (r->p->groups < 2 || r->bad)
		return;
	int64_t g = 0;
	f->class_of = xcalloc((size_t)r->p->groups, sizeof *f->class_of);
	for (const cJSON *c = list_of(r, o, "per_class", r->p->groups); c; c = c->next, g++) {
		figures_of(r, c, &f->class_of[g]);
		shares_of(r, c, times, &f->class_of[g], NULL);
	}
}

/* Whether the layers are as long as the head says, so that memory is asked for in proportion to the file. */
static bool layers_fit(const struct survey_plan *p, const cJSON *o)
{
	const cJSON *list = json_get(o, "layers");
	if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) != p->n_layer)
		return false;
	const cJSON *c = list->child;
	for (int k = 0; k < p->n_layer; k++, c = c->next) {
		const cJSON *filters = json_get(c, "per_filter");
		if (!cJSON_IsArray(filters) || cJSON_GetArraySize(filters) != p->layer[k].filters)
			return false;
	}
	return true;
}

static void layers_of(struct reading *r, const cJSON *o, struct survey_set *s)
{
	const cJSON *c = json_get(o, "layers")->child;
	for (int k = 0; k < r->p->n_layer && !r->bad; k++, c = c->next) {
		const cJSON *f = json_get(c, "per_filter")->child;
		for (int64_t i = 0; f && !r->bad; f = f->next, i++)
			filter_of(r, f, r->p->layer[k].times, i, &s->filter[k][i]);
	}
}

/* Files of older versions, and surveys without moments, have none. */
static void unique_of(struct reading *r, const cJSON *o, struct survey_set *s)
{
	const cJSON *list = json_get(o, "consumers"), *c = cJSON_IsArray(list) ? list->child : NULL;
	for (int k = 0; k < s->plan.n_consumer && c && !r->bad; k++, c = c->next) {
		const cJSON *values = json_get(json_get(c, "unique"), "values");
		int64_t n = cJSON_IsArray(values) ? cJSON_GetArraySize(values) : 0, i = 0;
		if (n != s->plan.consumer[k].channels)
			continue;
		s->unique[k] = xcalloc((size_t)n + 1, sizeof **s->unique);
		for (const cJSON *v = n ? values->child : NULL; v; v = v->next, i++) {
			r->bad |= !cJSON_IsNumber(v) || v->valuedouble < 0 || v->valuedouble > 1;
			s->unique[k][i] = v->valuedouble;
		}
	}
}

static int figures_read(struct survey_set **out, struct survey_head *h, const cJSON *o, struct err *e)
{
	struct survey_plan p = { 0 };
	const char *kind = json_text(o, "kind", "");
	if (!strcmp(kind, SURVEY_KIND_SHARD))
		return err_set(e, ERR_FORMAT, "is a shard; tsviz survey --merge makes one file of all shards");
	if (strcmp(kind, SURVEY_KIND) != 0)
		return err_set(e, ERR_FORMAT, "is no survey; tsviz survey MODEL DATA -o FILE writes one");
	int bad = survey_head_read(h, &p, o, e);
	if (!bad && !layers_fit(&p, o))
		bad = err_set(e, ERR_FORMAT, "its layers are not those that its head names; write the file again");
	if (bad) {
		survey_plan_release(&p);
		return bad;
	}
	struct survey_set *s = survey_set_new(&p, h->target);
	struct reading r = { .p = &s->plan };
	s->not_finite = count_of(&r, o, "not_finite", s->plan.windows);
	s->maps = count_of(&r, o, "windows_with_maps", s->plan.windows);
	s->ablations = count_of(&r, o, "windows_with_ablation", s->plan.windows);
	layers_of(&r, o, s);
	unique_of(&r, o, s);
	if (r.bad) {
		survey_set_free(s);
		return err_set(e, ERR_FORMAT, "a figure is missing or damaged; write the file again");
	}
	*out = s;
	return 0;
}

int survey_set_parse(struct survey_set **s, struct survey_head *h, const char *path, const char *text, size_t n,
                     struct err *e)
{
	*s = NULL;
	*h = (struct survey_head){ 0 };
	cJSON *root = json_parse(text, n, e);
	survey_old_keys(root);
	int bad = root ? figures_read(s, h, root, e) : ERR_FORMAT;
	cJSON_Delete(root);
	if (bad)
		err_at(e, "%s", path);
	return bad;
}

int survey_set_read(struct survey_set **s, struct survey_head *h, const char *path, int64_t cap, struct err *e)
{
	unsigned char *data;
	size_t n;
	*s = NULL;
	*h = (struct survey_head){ 0 };
	int bad = read_file(path, cap, &data, &n, e);
	if (bad)
		return err_at(e, "%s", path);
	bad = survey_set_parse(s, h, path, (const char *)data, n, e);
	free(data);
	return bad;
}
