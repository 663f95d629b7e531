/* /openapi.json: what the routes are and take, made from their table and from that of the options. OpenAPI 3.1.0. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "src/json/json_write.h"
#include "src/read/version.h"
#include "src/serve/front.h"

/* ---- parameters ---- */

static void words_json(struct json *j, const char *const *word, int n)
{
	json_key(j, "enum"), json_array(j);
	for (int i = 0; i < n; i++)
		json_string(j, word[i]);
	json_end_array(j);
}

enum { WORDS_MOST = 200 };

/* The words of an option, unless one of them is followed by more ("window:12"). */
static int words_of(const struct option_row *r, const char *word[WORDS_MOST])
{
	int n = 0;
	for (const char *w; n < WORDS_MOST && (w = option_word(r, n)); n++) {
		if (strchr(w, ':'))
			return 0;
		word[n] = w;
	}
	return n;
}

static void bounds_json(struct json *j, int64_t least, int64_t most)
{
	json_put_int(j, "minimum", least);
	json_put_int(j, "maximum", most);
}

static void option_schema(struct json *j, const struct option_row *r)
{
	const char *word[WORDS_MOST];
	int n = words_of(r, word);
	json_key(j, "schema"), json_object(j);
	if (!r->arg) {
		json_put_string(j, "type", "boolean");
	} else if (r->type == OPTION_COUNT || r->type == OPTION_INDEX) {
		json_put_string(j, "type", "integer");
		bounds_json(j, r->least, r->most);
	} else {
		json_put_string(j, "type", "string");
		if (n)
			words_json(j, word, n);
	}
	json_end_object(j);
}

static void own_schema(struct json *j, const struct own_parameter *p, bool needed)
{
	const char *word[WORDS_MOST];
	bool is_switch = p->word && !strcmp(p->word(0), "false");
	int n = 0;
	json_key(j, "schema"), json_object(j);
	json_put_string(j, "type", p->number ? "integer" : is_switch ? "boolean" : "string");
	if (p->number)
		bounds_json(j, p->least, p->most);
	while (p->word && !is_switch && p->word(n)) {
		word[n] = p->word(n);
		n++;
	}
	if (n)
		words_json(j, word, n);
	if (!needed && p->initial) {
		json_key(j, "default");
		if (p->number)
			json_int(j, strtoll(p->initial, NULL, 10));
		else if (is_switch)
			json_bool(j, !strcmp(p->initial, "true"));
		else
			json_string(j, p->initial);
	}
	json_end_object(j);
}

static void parameter_begin(struct json *j, const char *name, const char *in, bool needed, const char *help)
{
	json_newline(j);
	json_object(j);
	json_put_string(j, "name", name);
	json_put_string(j, "in", in);
	json_put_bool(j, "required", needed);
	json_put_string(j, "description", help);
}

static void own_json(struct json *j, const struct route *r, const char *name, size_t n, const char *in)
{
	const struct own_parameter *p = own_parameter_find(name, n);
	bool needed = !strcmp(in, "path") || route_list_has(r->needed, name, n);
	parameter_begin(j, p->name, in, needed, p->help);
	own_schema(j, p, needed);
	json_end_object(j);
}

static void parameters_json(struct json *j, const struct route *r)
{
	json_key(j, "parameters"), json_array(j);
	for (const char *s = r->path; (s = strchr(s, '{')); s++)
		own_json(j, r, s + 1, strcspn(s + 1, "}"), "path");
	for (const char *s = r->own; s && *s;) {
		size_t n = strcspn(s, " ");
		own_json(j, r, s, n, "query");
		s += n + (s[n] == ' ');
	}
	for (const char *s = r->options; s && *s;) {
		size_t n = strcspn(s, " ");
		const struct option_row *o = option_find(s, n);
		char *help = o->initial ? xasprintf("%s; default: %s", o->help, o->initial) : xstrdup(o->help);
		parameter_begin(j, o->name, "query", false, help);
		option_schema(j, o);
		json_end_object(j);
		free(help);
		s += n + (s[n] == ' ');
	}
	json_end_array(j);
}

/* ---- operations ---- */

static void content_json(struct json *j, const char *type, const char *schema)
{
	json_key(j, type), json_object(j);
	json_key(j, "schema"), json_object(j);
	json_put_string(j, "type", schema);
	json_end_object(j);
	json_end_object(j);
}

static void body_json(struct json *j)
{
	json_newline(j);
	json_key(j, "requestBody"), json_object(j);
	json_put_bool(j, "required", true);
	json_key(j, "content"), json_object(j);
	for (const struct body_type *b = body_types; b->type; b++) {
		json_key(j, b->type), json_object(j);
		json_key(j, "schema"), json_object(j);
		json_put_string(j, "description", b->help);
		json_end_object(j);
		json_end_object(j);
	}
	json_end_object(j);
	json_end_object(j);
}

static void responses_json(struct json *j, const struct route *r)
{
	bool json = strstr(r->type, "json");
	json_newline(j);
	json_key(j, "responses"), json_object(j);
	json_key(j, "200"), json_object(j);
	json_put_string(j, "description", r->help);
	json_key(j, "content"), json_object(j);
	content_json(j, r->type, json ? "object" : "string");
	json_end_object(j);
	json_end_object(j);
	if (!strcmp(r->method, "GET")) {
		json_key(j, "304"), json_object(j);
		json_put_string(j, "description", "the answer is that of the ETag in If-None-Match");
		json_end_object(j);
	}
	json_key(j, "default"), json_object(j);
	json_key(j, "$ref"), json_string(j, "#/components/responses/Problem");
	json_end_object(j);
	json_end_object(j);
}

static void operation_json(struct json *j, const struct route *r)
{
	json_key(j, strcmp(r->method, "POST") ? "get" : "post"), json_object(j);
	json_put_string(j, "operationId", r->id);
	json_put_string(j, "summary", r->help);
	parameters_json(j, r);
	if (!strcmp(r->method, "POST"))
		body_json(j);
	responses_json(j, r);
	json_end_object(j);
}

static void components_json(struct json *j)
{
	static const char *const texts[] = { "type", "title", "detail", NULL };
	json_key(j, "components"), json_object(j);
	json_key(j, "responses"), json_object(j);
	json_key(j, "Problem"), json_object(j);
	json_put_string(j, "description", "a problem (RFC 9457); detail is the sentence that the command line says");
	json_key(j, "content"), json_object(j);
	json_key(j, "application/problem+json"), json_object(j);
	json_key(j, "schema"), json_object(j);
	json_put_string(j, "type", "object");
	json_key(j, "properties"), json_object(j);
	for (int i = 0; texts[i]; i++) {
		json_key(j, texts[i]), json_object(j);
		json_put_string(j, "type", "string");
		json_end_object(j);
	}
	json_key(j, "status"), json_object(j);
	json_put_string(j, "type", "integer");
	for (int i = 0; i < 8; i++)
		json_end_object(j);
}

char *openapi_make(const struct served *s, size_t *n)
{
	struct json j;
	char *text = NULL;
	FILE *f = mem_stream(&text, n);
	json_init(&j, f);
	json_object(&j);
	json_put_string(&j, "openapi", "3.1.0");
	json_newline(&j);
	json_key(&j, "info"), json_object(&j);
	json_put_string(&j, "title", "tsviz serve");
	json_put_string(&j, "version", TSVIZ_VERSION);
	char *what = xasprintf("%s with %s", s->l.model->file, s->l.data.file);
	json_put_string(&j, "description", what);
	free(what);
	json_end_object(&j);
	json_newline(&j);
	json_key(&j, "paths"), json_object(&j);
	for (const struct route *r = routes; r->path; r++) {
		json_newline(&j);
		json_key(&j, r->path), json_object(&j);
		operation_json(&j, r);
		json_end_object(&j);
	}
	json_end_object(&j);
	json_newline(&j);
	components_json(&j);
	json_end_object(&j);
	fputc('\n', f);
	fclose(f);
	return text;
}
