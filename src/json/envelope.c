#include "src/json/envelope.h"

static void named(struct json *j, const char *key, const char *what, const char *text, const char *hash)
{
	if (!text)
		return;
	json_key(j, key), json_object(j);
	json_put_string(j, what, text);
	if (hash)
		json_put_string(j, "sha256", hash);
	json_end_object(j);
}

void json_envelope(struct json *j, const struct envelope *e)
{
	json_put_int(j, "schema", ENVELOPE_SCHEMA);
	json_put_string(j, "kind", e->kind);
	json_put_string(j, "tsviz", e->version);
	named(j, "model", "name", e->model, e->model_hash);
	named(j, "data", "name", e->data, NULL);
	named(j, "recipe", "options", e->recipe, NULL);
}
