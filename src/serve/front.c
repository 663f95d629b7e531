#include "src/serve/front.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "core/base/mem_stream.h"
#include "core/base/sha256.h"
#include "src/json/json_write.h"

/* ---- problems ---- */

const char *front_phrase(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} known[] = { { 400, "Bad Request" },
		      { 403, "Forbidden" },
		      { 404, "Not Found" },
		      { 405, "Method Not Allowed" },
		      { 411, "Length Required" },
		      { 413, "Content Too Large" },
		      { 414, "URI Too Long" },
		      { 415, "Unsupported Media Type" },
		      { 421, "Misdirected Request" },
		      { 422, "Unprocessable Content" },
		      { 500, "Internal Server Error" },
		      { 503, "Service Unavailable" },
		      { 504, "Gateway Timeout" } };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].status == status)
			return known[i].phrase;
	return "OK";
}

void front_problem(struct reply *r, int status, const char *sentence)
{
	struct json j;
	size_t n = 0;
	r->text = NULL;
	FILE *f = mem_stream(&r->text, &n);
	json_init(&j, f);
	json_object(&j);
	json_put_string(&j, "type", "about:blank");
	json_put_string(&j, "title", front_phrase(status));
	json_put_int(&j, "status", status);
	json_put_string(&j, "detail", sentence);
	json_end_object(&j);
	fputc('\n', f);
	fclose(f);
	r->status = status;
	r->type = "application/problem+json";
	r->size = (int64_t)n;
	r->file = -1;
	r->later = status == 503;
	*r->tag = 0;
}

/* ---- who asks ---- */

/* A page of a foreign name that leads here, or of a foreign origin, is not answered. */
static int check_who(const struct served *s, const struct ask *q, struct err *e)
{
	const char *allowed = s->o->allow_origin;
	if (!q->host && q->http_1_0)
		return 0;
	if (!q->host) {
		err_set(e, ERR_VALUE, "the request has no Host");
		return 400;
	}
	if (!request_host_is_local(q->host)) {
		err_set(e, ERR_VALUE, "the Host '%s' is not this computer; localhost and 127.0.0.1 are", q->host);
		return 421;
	}
	if (q->origin && !request_origin_is_own(q->origin, q->host) && !(allowed && !strcasecmp(allowed, q->origin))) {
		err_set(e, ERR_VALUE, "pages of '%s' may not ask; serve --allow-origin lets them", q->origin);
		return 403;
	}
	return 0;
}

static bool is_type(const char *sent, const char *type)
{
	size_t n = strlen(type);
	return sent && !strncasecmp(sent, type, n) && (!sent[n] || strchr("; \t", sent[n]));
}

static int check_body(const struct ask *q, const struct route *r, struct err *e)
{
	char *end = NULL;
	unsigned long long n = q->length ? strtoull(q->length, &end, 10) : 0;
	if (strcmp(r->method, "POST") != 0) {
		if (!n)
			return 0;
		err_set(e, ERR_VALUE, "a %s takes no content", q->method);
		return 413;
	}
	if (!q->length) {
		err_set(e, ERR_VALUE, "the length of the content is not given");
		return 411;
	}
	if (n > BODY_MOST) {
		err_set(e, ERR_LIMIT, "the content is larger than %d bytes", BODY_MOST);
		return 413;
	}
	for (const struct body_type *b = body_types; b->type; b++)
		if (is_type(q->content_type, b->type))
			return 0;
	err_set(e, ERR_VALUE, "content of type %s is expected",
	        "application/json, application/octet-stream (.npy) or text/csv");
	return 415;
}

/* ---- the reply ---- */

static void tag_make(const struct served *s, const struct asked *asked, char *tag)
{
	struct sha256 h;
	char text[SHA256_TEXT], *question = asked_text(asked);
	sha256_init(&h);
	sha256_add(&h, s->name, strlen(s->name) + 1);
	sha256_add(&h, question, strlen(question));
	sha256_end(&h, text);
	snprintf(tag, TAG_BYTES, "\"%.32s\"", text);
	free(question);
}

static void options_reply(struct asked *asked, struct reply *r)
{
	struct err e = { 0 };
	char allow[32];
	int get = route_find(asked, "GET", allow, sizeof allow, &e);
	if (get == 404) {
		front_problem(r, 404, e.text);
		return;
	}
	snprintf(r->allow, sizeof r->allow, "%s", get == 405 ? allow : "GET, HEAD, OPTIONS");
	r->status = 204;
}

static void front_page(const struct served *s, const struct asked *asked, struct reply *r)
{
	struct err e = { 0 };
	size_t n = 0;
	r->text = !strcmp(asked->route->id, "page") ? page_make(s, asked, &n, &e) : openapi_make(s, &n);
	if (!r->text) {
		front_problem(r, e.code ? 400 : 500, e.code ? e.text : "memory is short");
		return;
	}
	r->status = 200;
	r->type = asked->route->type;
	r->size = (int64_t)n;
}

void front_ask(const struct served *s, const struct ask *q, struct asked *asked, struct reply *r)
{
	struct err e = { 0 };
	memset(r, 0, sizeof *r);
	r->file = -1;
	int status = check_who(s, q, &e);
	if (!status && request_parse(&asked->q, q->target, &e))
		status = e.code == ERR_LIMIT ? 414 : 400;
	if (!status && !strcmp(q->method, "OPTIONS")) {
		options_reply(asked, r);
		return;
	}
	status = status ? status : route_find(asked, q->method, r->allow, sizeof r->allow, &e);
	if (status != 405)
		*r->allow = 0;
	status = status ? status : check_body(q, asked->route, &e);
	if (status) {
		front_problem(r, status, e.text);
		/* what follows on the connection may be a body that nobody reads */
		r->ends = q->length != NULL;
		return;
	}
	if (!strcmp(asked->route->method, "POST"))
		return;
	tag_make(s, asked, r->tag);
	if (q->none_match && request_has_tag(q->none_match, r->tag))
		r->status = 304;
	else if (asked->route->place == ROUTE_FRONT)
		front_page(s, asked, r);
}
