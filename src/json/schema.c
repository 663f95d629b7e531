#include "src/json/schema.h"

#include <string.h>
#include "src/json/envelope.h"
#include "src/json/tensor_json.h"

struct field {
	const char *kind, *at, *key, *what;
	int always;
};
static const struct field fields[] = {
#define FIELD(kind, at, key, what, always) { kind, at, key, what, always },
#include "src/json/schema.def"
#undef FIELD
	{ 0 },
};
/* What is not the object's own, but the envelope's. */
static const struct field envelope[] = {
	{ NULL, "", "model", "name", 0 },
	{ NULL, "", "data", "name", 0 },
	{ NULL, "", "recipe", "options", 0 },
	{ 0 },
};
enum { PATH = 160 }; /* the longest path of schema.def is far shorter */

static void type(struct json *j, const char *name, bool or_null)
{
	json_key(j, "type");
	if (or_null)
		json_array(j);
	json_string(j, name);
	if (or_null) {
		json_string(j, "null");
		json_end_array(j);
	}
}

static void object(struct json *j, const char *kind, const char *at, bool or_null);

/* The members of a schema of a tensor (tensor_json.h). */
static void tensor(struct json *j, bool or_null)
{
	type(j, "object", or_null);
	json_key(j, "properties"), json_object(j);
	json_key(j, "shape"), json_object(j), type(j, "array", false);
	json_key(j, "items"), json_object(j), type(j, "integer", false), json_end_object(j), json_end_object(j);
	json_key(j, "axes"), json_object(j), type(j, "array", false);
	json_key(j, "items"), json_object(j);
	json_key(j, "enum"), json_array(j);
#define X(name) json_string(j, name);
	JSON_AXES(X)
#undef X
	json_end_array(j), json_end_object(j), json_end_object(j);
	json_key(j, "values"), json_object(j), type(j, "array", false);
	json_key(j, "items"), json_object(j), type(j, "number", true), json_end_object(j), json_end_object(j);
	json_end_object(j);
	json_key(j, "required"), json_array(j);
	json_string(j, "shape"), json_string(j, "axes"), json_string(j, "values");
	json_end_array(j);
	json_put_bool(j, "additionalProperties", false);
}

/* The schema of what `what` says of the member at this path. */
static void value(struct json *j, const char *kind, const char *path, const char *what)
{
	static const char *const names[][2] = { { "int", "integer" },
		                                { "num", "number" },
		                                { "str", "string" },
		                                { "bool", "boolean" },
		                                { "obj", "object" } };
	size_t n = strcspn(what, "?!");
	bool or_null = what[n], many = what[n - 1] == 's';
	json_object(j);
	if (!strncmp(what, "tensor", 6))
		tensor(j, or_null);
	if (many) {
		type(j, "array", false);
		json_key(j, "items"), json_object(j);
	}
	char inner[PATH + 2];
	snprintf(inner, sizeof inner, "%s%s", path, many ? "[]" : "");
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		if (strncmp(what, names[k][0], strlen(names[k][0])) != 0)
			continue;
		if (!strcmp(names[k][0], "obj"))
			object(j, kind, inner, or_null);
		else
			type(j, names[k][1], or_null);
	}
	if (many)
		json_end_object(j);
	json_end_object(j);
}

static void required(struct json *j, const char *kind, const char *at)
{
	json_key(j, "required"), json_array(j);
	if (!*at) {
		json_string(j, "schema");
		json_string(j, "kind");
		json_string(j, "tsviz");
	}
	for (const struct field *q = fields; q->kind; q++)
		if (!strcmp(q->kind, kind) && !strcmp(q->at, at) && q->always)
			json_string(j, q->key);
	json_end_array(j);
}

/* Members of the whole that each kind has: see envelope.h. */
static void common(struct json *j, const char *kind)
{
	json_key(j, "schema"), json_object(j), json_put_int(j, "const", ENVELOPE_SCHEMA), json_end_object(j);
	json_key(j, "kind"), json_object(j), json_put_string(j, "const", kind), json_end_object(j);
	json_key(j, "tsviz"), json_object(j), type(j, "string", false), json_end_object(j);
	for (const struct field *q = envelope; q->key; q++) {
		json_newline(j);
		json_key(j, q->key), json_object(j);
		type(j, "object", false);
		json_key(j, "properties"), json_object(j);
		json_key(j, q->what), json_object(j), type(j, "string", false), json_end_object(j);
		if (!strcmp(q->key, "model"))
			json_key(j, "sha256"), json_object(j), type(j, "string", false), json_end_object(j);
		json_end_object(j);
		json_key(j, "required"), json_array(j), json_string(j, q->what), json_end_array(j);
		json_put_bool(j, "additionalProperties", false);
		json_end_object(j);
	}
}

/* The members of a schema of an object; the braces are the caller's. */
static void object(struct json *j, const char *kind, const char *at, bool or_null)
{
	char path[PATH];
	type(j, "object", or_null);
	json_key(j, "properties"), json_object(j);
	if (!*at)
		common(j, kind);
	for (const struct field *q = fields; q->kind; q++) {
		if (strcmp(q->kind, kind) != 0 || strcmp(q->at, at) != 0)
			continue;
		snprintf(path, sizeof path, "%s%s%s", at, *at ? "." : "", q->key);
		json_newline(j);
		json_key(j, q->key), value(j, kind, path, q->what);
		if (q->what[strcspn(q->what, "!")]) {
			snprintf(path, sizeof path, "%s_reason", q->key);
			json_key(j, path), json_object(j), type(j, "string", false), json_end_object(j);
		}
	}
	json_end_object(j);
	required(j, kind, at);
	json_put_bool(j, "additionalProperties", false);
}

static void write_schema(FILE *f, const char *kind)
{
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_put_string(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_string(&j, "title", kind);
	object(&j, kind, "", false);
	json_end_object(&j);
	fputc('\n', f);
}

/* ---- by name ---- */

#define KINDS             \
	X(attack)         \
	X(counterfactual) \
	X(diff)           \
	X(eval)           \
	X(info)           \
	X(invert)         \
	X(predict)        \
	X(truth)          \
	X(window)

#define X(name)                           \
	static void write_##name(FILE *f) \
	{                                 \
		write_schema(f, #name);   \
	}
KINDS
#undef X

static const struct {
	const char *name;
	void (*write)(FILE *f);
} kinds[] = {
#define X(name) { #name, write_##name },
	KINDS
#undef X
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

const char *schema_kind(int i)
{
	return i < N_KINDS ? kinds[i].name : NULL;
}

void (*schema_of(const char *kind))(FILE *f)
{
	for (int i = 0; i < N_KINDS; i++)
		if (!strcmp(kinds[i].name, kind))
			return kinds[i].write;
	return NULL;
}

void schema_list(FILE *f)
{
	for (int i = 0; i < N_KINDS; i++)
		fprintf(f, "%s\n", kinds[i].name);
}
