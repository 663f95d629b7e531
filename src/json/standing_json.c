#include "src/json/standing_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/json/json_read.h"
#include "src/json/json_write.h"
#include "src/read/read_model.h"

#define KIND "truth-standing"
enum { SCHEMA = 1, FILE_MOST = 1 << 20 };

/* ---- writing ---- */

static void curve(struct json *j, const char *key, const struct truth_curve *c)
{
	json_key(j, key), json_array(j);
	for (int k = 0; k <= TRUTH_STEPS; k++)
		json_number(j, c->d[k]);
	json_end_array(j);
}

/* Numbers by replacement; null: not replaced so. */
static void by_replacement(struct json *j, const char *key, const double *v)
{
	json_key(j, key), json_array(j);
	for (int how = 0; how < REPLACE_COUNT; how++)
		json_number(j, v[how]);
	json_end_array(j);
}

void standing_json(FILE *f, const struct truth_standing *s, const char *version, const char *model, const char *data)
{
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_key(&j, "schema"), json_int(&j, SCHEMA);
	json_key(&j, "kind"), json_string(&j, KIND);
	json_key(&j, "version"), json_string(&j, version);
	json_key(&j, "model"), json_string(&j, model);
	json_key(&j, "data"), json_string(&j, data);
	json_key(&j, "windows"), json_int(&j, s->windows);
	json_key(&j, "points"), json_string(&j, s->series ? "series" : "free");
	json_key(&j, "replacements"), json_array(&j);
	for (int how = 0; how < REPLACE_COUNT; how++)
		if (s->replaces & 1u << how)
			json_string(&j, replace_names[how]);
	json_end_array(&j);
	curve(&j, "random_low", &s->random_low);
	curve(&j, "random_high", &s->random_high);
	json_key(&j, "methods"), json_array(&j);
	for (int i = 0; i < s->n; i++) {
		const struct truth_place *p = &s->place[i];
		json_newline(&j);
		json_object(&j);
		json_key(&j, "method"), json_string(&j, saliency_methods[p->method].name);
		json_key(&j, "srg"), json_number(&j, p->srg);
		by_replacement(&j, "low", p->low);
		by_replacement(&j, "high", p->high);
		curve(&j, "most_first", &p->most);
		curve(&j, "least_first", &p->least);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	fputc('\n', f);
}

/* ---- reading ---- */

/* n numbers; null is NaN if it may be. */
static bool numbers(const cJSON *v, int n, bool may_be_null, double *to)
{
	int i = 0;
	if (!cJSON_IsArray(v))
		return false;
	for (const cJSON *q = v->child; q; q = q->next, i++) {
		if (i == n || !(cJSON_IsNumber(q) || (may_be_null && cJSON_IsNull(q))))
			return false;
		to[i] = cJSON_IsNumber(q) ? q->valuedouble : (double)NAN;
	}
	return i == n;
}

static bool read_curve(const cJSON *o, const char *key, struct truth_curve *c)
{
	return numbers(json_get(o, key), TRUTH_STEPS + 1, false, c->d);
}

static bool read_place(const cJSON *o, struct truth_standing *s)
{
	struct truth_place p = { .method = saliency_find(json_text(o, "method", "")) };
	const cJSON *srg = json_get(o, "srg");
	if (!srg || !(cJSON_IsNumber(srg) || cJSON_IsNull(srg)) ||
	    !numbers(json_get(o, "low"), REPLACE_COUNT, true, p.low) ||
	    !numbers(json_get(o, "high"), REPLACE_COUNT, true, p.high) || !read_curve(o, "most_first", &p.most) ||
	    !read_curve(o, "least_first", &p.least))
		return false;
	p.srg = cJSON_IsNumber(srg) ? srg->valuedouble : (double)NAN;
	if (p.method < 0)
		return true;
	if (s->n == TRUTH_METHODS_MAX || truth_place_of(s, p.method) >= 0)
		return false;
	s->place[s->n++] = p;
	return true;
}

static bool read_replacements(const cJSON *v, struct truth_standing *s)
{
	for (const cJSON *q = cJSON_IsArray(v) ? v->child : NULL; q; q = q->next)
		for (int how = 0; how < REPLACE_COUNT; how++)
			if (cJSON_IsString(q) && !strcmp(q->valuestring, replace_names[how]))
				s->replaces |= 1u << how;
	return s->replaces != 0;
}

static bool read_tree(const cJSON *o, struct truth_standing *s)
{
	int64_t schema;
	const cJSON *methods = json_get(o, "methods");
	bool ok = json_whole(json_get(o, "schema"), &schema) && schema == SCHEMA &&
	          !strcmp(json_text(o, "kind", ""), KIND) && json_whole(json_get(o, "windows"), &s->windows) &&
	          s->windows > 0 && read_replacements(json_get(o, "replacements"), s) &&
	          read_curve(o, "random_low", &s->random_low) && read_curve(o, "random_high", &s->random_high) &&
	          cJSON_IsArray(methods);
	s->series = !strcmp(json_text(o, "points", ""), "series");
	for (const cJSON *q = ok ? methods->child : NULL; q && ok; q = q->next)
		ok = read_place(q, s);
	/* the order of the places is that of their numbers, whatever the file says */
	if (ok)
		truth_standing_sort(s);
	return ok;
}

int standing_parse(struct truth_standing *s, const char *path, const char *text, size_t n, struct err *e)
{
	*s = (struct truth_standing){ 0 };
	cJSON *root = json_parse(text, n, e);
	int bad = root ? 0 : e->code;
	if (root && !read_tree(root, s))
		bad = err_set(e, ERR_FORMAT, "is no standing of methods, or is damaged; tsviz truth writes it again");
	cJSON_Delete(root);
	return bad ? err_at(e, "%s", path) : 0;
}

int standing_read(struct truth_standing *s, const char *path, struct err *e)
{
	unsigned char *data;
	size_t n;
	*s = (struct truth_standing){ 0 };
	int bad = read_file(path, FILE_MOST, &data, &n, e);
	if (bad)
		return err_at(e, "%s", path);
	bad = standing_parse(s, path, (const char *)data, n, e);
	free(data);
	return bad;
}
