#include "src/schema/schema.h"

#include <string.h>
#include "src/json/envelope.h"
#include "src/json/tensor_json.h"

/* A key of a JSON of schema 2. A row of the tables says: the kind; the object that holds the key; the key; what it is;
 * and whether it is always there (1) or not (0).
 *
 * The object: "" is the whole, "a.b" member b of a, "a[]" each element of array a, "a.*" each member of a. The key "*":
 * the object's keys are names that the data or the user gave, and this is said of each.
 * What it is: int, num, str, bool or obj; ints, nums, strs, objs: an array of them; tensor: an object of tensor_json.h;
 * list: an array of arrays. "obj@name": the object's keys are the rows of the kind "@name". With a question mark at the
 * end it may be null. With an exclamation mark it may be null, and the key KEY_reason then stands beside it.
 *
 * tests/cli/schema.sh holds every verb to these rows: a key that is not here, or is missing, fails there. */
struct field {
	const char *kind, *at, *key, *what;
	int always;
};
static const struct field fields[] = {
#define FIELD(kind, at, key, what, always) { kind, at, key, what, always },
#include "src/schema/answers.def"
#include "src/schema/routes.def"
#include "src/schema/sessions.def"
#include "src/schema/shared.def"
#include "src/schema/studies.def"
#include "src/schema/surveys.def"
#undef FIELD
	{ 0 },
};
enum { PATH = 160 }; /* the longest path of the tables is far shorter */

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

/* The schema of one value of this base type; `of` is the name behind the @, or "". */
static void one(struct json *j, const char *kind, const char *path, const char *base, const char *of, bool or_null)
{
	static const char *const names[][2] = { { "int", "integer" },
		                                { "num", "number" },
		                                { "str", "string" },
		                                { "bool", "boolean" },
		                                { "list", "array" } };
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		if (!strcmp(base, names[k][0]))
			type(j, names[k][1], or_null);
	if (!strcmp(base, "tensor"))
		tensor(j, or_null);
	if (!strcmp(base, "obj"))
		object(j, *of ? of : kind, *of ? "" : path, or_null);
}

/* The schema of what `what` says of the member at this path. */
static void value(struct json *j, const char *kind, const char *path, const char *what)
{
	char base[16], of[PATH] = "", inner[PATH + 2];
	size_t n = strcspn(what, "@?!"), m = strcspn(what, "?!");
	bool or_null = what[m], many = what[n - 1] == 's';
	snprintf(base, sizeof base, "%.*s", (int)n - many, what);
	if (m > n)
		snprintf(of, sizeof of, "%.*s", (int)(m - n), what + n);
	snprintf(inner, sizeof inner, "%s%s", path, many ? "[]" : "");
	json_object(j);
	if (many) {
		type(j, "array", false);
		json_key(j, "items"), json_object(j);
	}
	one(j, kind, inner, base, of, or_null);
	if (many)
		json_end_object(j);
	json_end_object(j);
}

static bool has_envelope(const char *kind, const char *at)
{
	return !*at && *kind != '@';
}

static void required(struct json *j, const char *kind, const char *at)
{
	json_key(j, "required"), json_array(j);
	if (has_envelope(kind, at)) {
		json_string(j, "schema");
		json_string(j, "kind");
	}
	for (const struct field *q = fields; q->kind; q++)
		if (((has_envelope(kind, at) && !strcmp(q->kind, "@envelope") && !*q->at) ||
		     (!strcmp(q->kind, kind) && !strcmp(q->at, at))) &&
		    q->always && strcmp(q->key, "*") != 0)
			json_string(j, q->key);
	json_end_array(j);
}

/* The members of an object whose rows have this kind and this place. */
static void members(struct json *j, const char *kind, const char *at)
{
	char path[PATH];
	for (const struct field *q = fields; q->kind; q++) {
		if (strcmp(q->kind, kind) != 0 || strcmp(q->at, at) != 0 || !strcmp(q->key, "*"))
			continue;
		snprintf(path, sizeof path, "%s%s%s", at, *at ? "." : "", q->key);
		json_newline(j);
		json_key(j, q->key), value(j, kind, path, q->what);
		if (q->what[strcspn(q->what, "!")]) {
			snprintf(path, sizeof path, "%s_reason", q->key);
			json_key(j, path), json_object(j), type(j, "string", false), json_end_object(j);
		}
	}
}

/* That a member which may be null stands beside its reason then. */
static void reasons(struct json *j, const char *kind, const char *at)
{
	char name[PATH];
	bool any = false;
	for (const struct field *q = fields; q->kind; q++) {
		if (strcmp(q->kind, kind) != 0 || strcmp(q->at, at) != 0 || !q->what[strcspn(q->what, "!")])
			continue;
		snprintf(name, sizeof name, "%s_reason", q->key);
		if (!any)
			json_key(j, "allOf"), json_array(j);
		any = true;
		json_object(j);
		json_key(j, "if"), json_object(j), json_key(j, "properties"), json_object(j), json_key(j, q->key);
		json_object(j), type(j, "null", false), json_end_object(j), json_end_object(j);
		json_key(j, "required"), json_array(j), json_string(j, q->key), json_end_array(j), json_end_object(j);
		json_key(j, "then"), json_object(j);
		json_key(j, "required"), json_array(j), json_string(j, name), json_end_array(j), json_end_object(j);
		json_end_object(j);
	}
	if (any)
		json_end_array(j);
}

/* What other keys than those of the rows may stand in the object: none, or names of data. */
static void others(struct json *j, const char *kind, const char *at)
{
	char path[PATH];
	json_key(j, "additionalProperties");
	for (const struct field *q = fields; q->kind; q++)
		if (!strcmp(q->kind, kind) && !strcmp(q->at, at) && !strcmp(q->key, "*")) {
			snprintf(path, sizeof path, "%s%s*", at, *at ? "." : "");
			value(j, kind, path, q->what);
			return;
		}
	json_bool(j, false);
}

/* The members of a schema of an object; the braces are the caller's. */
static void object(struct json *j, const char *kind, const char *at, bool or_null)
{
	type(j, "object", or_null);
	json_key(j, "properties"), json_object(j);
	if (has_envelope(kind, at)) {
		json_key(j, "schema"), json_object(j), json_put_int(j, "const", ENVELOPE_SCHEMA), json_end_object(j);
		json_key(j, "kind"), json_object(j), json_put_string(j, "const", kind), json_end_object(j);
		members(j, "@envelope", "");
	}
	members(j, kind, at);
	json_end_object(j);
	required(j, kind, at);
	reasons(j, kind, at);
	others(j, kind, at);
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

#define KINDS                               \
	X(attack, "attack")                 \
	X(clusters, "clusters")             \
	X(counterfactual, "counterfactual") \
	X(diff, "diff")                     \
	X(eval, "eval")                     \
	X(info, "info")                     \
	X(invert, "invert")                 \
	X(layers, "layers")                 \
	X(predict, "predict")               \
	X(prune, "prune")                   \
	X(saliency, "saliency")             \
	X(session, "session")               \
	X(session_merge, "session-merge")   \
	X(sessions, "sessions")             \
	X(set, "set")                       \
	X(survey, "survey")                 \
	X(survey_shard, "survey-shard")     \
	X(trace, "trace")                   \
	X(truth, "truth")                   \
	X(window, "window")

#define X(id, name)                     \
	static void write_##id(FILE *f) \
	{                               \
		write_schema(f, name);  \
	}
KINDS
#undef X

static const struct {
	const char *name;
	void (*write)(FILE *f);
} kinds[] = {
#define X(id, name) { name, write_##id },
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
