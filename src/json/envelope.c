#include "src/json/envelope.h"

#include "src/json/tensor_json.h"

static void named(struct json *j, const char *key, const char *text, const char *hash)
{
	if (!text)
		return;
	json_key(j, key), json_object(j);
	json_put_string(j, "name", text);
	if (hash)
		json_put_string(j, "sha256", hash);
	json_end_object(j);
}

static void question(struct json *j, const struct envelope *e)
{
	if (e->task)
		json_put_string(j, "task", e->task);
	if (e->target)
		json_put_string(j, "target", e->target);
	if (e->seed)
		json_put_int(j, "seed", (int64_t)*e->seed);
	if (e->sentence) {
		json_newline(j);
		json_put_string(j, "sentence", e->sentence);
	}
}

static void range(struct json *j, const struct row_range *r)
{
	json_object(j);
	json_put_int(j, "from", r->from);
	if (r->to < 0)
		json_put_none(j, "to", "it goes on to the last row");
	else
		json_put_int(j, "to", r->to);
	json_end_object(j);
}

void json_recipe_fields(struct json *j, const struct recipe *r)
{
	for (int i = 0; recipe_fields[i]; i++) {
		char key[32];
		enum recipe_kind kind;
		int n;
		const void *v = recipe_value(r, recipe_fields[i], &kind, &n);
		if (!v || kind == RECIPE_IS_SCALER)
			continue;
		snprintf(key, sizeof key, "%s", recipe_fields[i]);
		for (char *c = key; *c; c++)
			*c = *c == '-' ? '_' : *c;
		json_key(j, key);
		if (kind == RECIPE_IS_LIST) {
			json_array(j);
			for (int k = 0; k < n; k++)
				json_string(j, ((char *const *)v)[k]);
			json_end_array(j);
		} else if (kind == RECIPE_IS_COUNT) {
			json_int(j, *(const int64_t *)v);
		} else if (kind == RECIPE_IS_POSITIVE) {
			json_number17(j, *(const double *)v);
		} else if (kind == RECIPE_IS_RANGE) {
			range(j, v);
		} else {
			json_string(j, v);
		}
	}
}

void json_begin(struct json *j, FILE *f, const struct envelope *e)
{
	json_init(j, f);
	json_object(j);
	json_put_int(j, "schema", ENVELOPE_SCHEMA);
	json_put_string(j, "kind", e->kind);
	json_put_string(j, "tsviz", e->version);
	named(j, "model", e->model, e->model_hash);
	named(j, "data", e->data, NULL);
	if (e->recipe) {
		json_key(j, "recipe"), json_object(j);
		json_put_string(j, "options", e->recipe);
		if (e->fields)
			json_recipe_fields(j, e->fields);
		json_end_object(j);
	}
	json_newline(j);
	question(j, e);
}

void json_end(struct json *j)
{
	json_end_object(j);
	fputc('\n', j->f);
}
