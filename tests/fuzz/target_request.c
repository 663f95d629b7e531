/* Requests: the target of the first line; behind a line break a Host, and behind another one a list of tags. */
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/serve/routes.h"
#include "tests/fuzz/fuzz.h"

static void whole(const char *s)
{
	size_t n = strlen(s), used;
	for (size_t i = 0; i < n; i += used)
		if (text_decode(s + i, n - i, &used) < 0 || (unsigned char)s[i] < 0x20)
			abort();
}

/* What was parsed is text without control characters, and one question whatever the order of the query. */
static void use(struct asked *a, struct err *e)
{
	char allow[32];
	int64_t v;
	for (int i = 0; i < a->q.n_segment; i++) {
		whole(a->q.segment[i]);
		if (!*a->q.segment[i] || !strcmp(a->q.segment[i], ".."))
			abort();
	}
	for (int i = 0; i < a->q.n_parameter; i++) {
		whole(a->q.parameter[i].name);
		whole(a->q.parameter[i].value);
	}
	char *text = asked_text(a);
	for (int i = 0, k = a->q.n_parameter - 1; i < k; i++, k--) {
		struct parameter p = a->q.parameter[i];
		a->q.parameter[i] = a->q.parameter[k];
		a->q.parameter[k] = p;
	}
	char *other = asked_text(a);
	if (strcmp(text, other) != 0)
		abort();
	free(text);
	free(other);
	if (route_find(a, "GET", allow, sizeof allow, e)) {
		fuzz_refused(e);
		return;
	}
	for (const struct own_parameter *p = own_parameters; p->name; p++)
		if (asked_value(a, p->name) && p->number && !asked_number(a, p->name, &v, e) &&
		    (v < p->least || v > p->most))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct err e = { 0 };
	struct asked a = { 0 };
	char *text = fuzz_text(data, n), *host = strchr(text, '\n'), *tags = host ? strchr(host + 1, '\n') : NULL;
	if (host)
		*host++ = 0;
	if (tags)
		*tags++ = 0;
	if (host && request_host_is_local(host) && strcspn(host, "0123456789:[") > strlen("localhost"))
		abort();
	if (host)
		request_origin_is_own(text, host);
	if (tags)
		request_has_tag(tags, "\"0123456789abcdef\"");
	if (request_parse(&a.q, text, &e))
		fuzz_refused(&e);
	else
		use(&a, &e);
	free(text);
	return 0;
}
