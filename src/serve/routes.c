#include "src/serve/routes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/number.h"
#include "core/base/words.h"
#include "src/serve/answers.h"
#include "ui/browse/browse.h"
#include "ui/session/windows.h"

/* ---- parameters ---- */

static const char *sort_word(int i)
{
	return i < WINDOWS_SORTS ? windows_sort_names[i] : NULL;
}

static const char *direction_word(int i)
{
	static const char *const words[] = { "back", "forward", NULL };
	return words[i];
}

static const char *switch_word(int i)
{
	static const char *const words[] = { "false", "true", NULL };
	return words[i];
}

const struct own_parameter own_parameters[] = {
	{ .name = "window",
	  .help = "number of the window, from 0",
	  .number = true,
	  .most = INT64_C(1) << 48,
	  .initial = "0" },
	{ .name = "layer", .help = "name of an analysed layer" },
	{ .name = "filter", .help = "number of the filter, from 0", .number = true, .most = 1 << 30, .initial = "0" },
	{ .name = "step",
	  .help = "step of the filter's activation, from 0",
	  .number = true,
	  .most = INT64_C(1) << 48,
	  .initial = "0" },
	{ .name = "direction",
	  .help = "back: of which earlier points the point is made; forward: which later points it feeds",
	  .word = direction_word,
	  .initial = "back" },
	{ .name = "sort",
	  .help = "column by which windows are sorted, those of the list in the browser",
	  .word = sort_word,
	  .initial = "index" },
	{ .name = "reverse", .help = "turns the order round", .word = switch_word, .initial = "false" },
	{ .name = "from",
	  .help = "how many windows of the order are left out",
	  .number = true,
	  .most = INT64_C(1) << 48,
	  .initial = "0" },
	{ .name = "limit",
	  .help = "how many windows are listed at most",
	  .number = true,
	  .least = 1,
	  .most = 1000,
	  .initial = "50" },
	{ .name = "view", .help = "view of the browser", .word = browse_view_name },
	{ 0 },
};

const struct own_parameter *own_parameter_find(const char *name, size_t n)
{
	for (const struct own_parameter *p = own_parameters; p->name; p++)
		if (strlen(p->name) == n && !memcmp(p->name, name, n))
			return p;
	return NULL;
}

/* ---- the table ---- */

#define QUESTION "target importance method baseline seed"
#define JSON "application/json"
#define JSON_VERB "--json --quiet"

const struct route routes[] = {
	{ .method = "GET",
	  .path = "/",
	  .place = ROUTE_FRONT,
	  .own = "window layer filter",
	  .type = "text/html; charset=utf-8",
	  .id = "page",
	  .help = "A page for a browser: pictures of the four levels, with links." },
	{ .method = "GET",
	  .path = "/openapi.json",
	  .place = ROUTE_FRONT,
	  .type = JSON,
	  .id = "openapi",
	  .help = "This description, as OpenAPI 3.1." },
	{ .method = "GET",
	  .path = "/model",
	  .place = ROUTE_WORK,
	  .verb = "info",
	  .fixed = JSON_VERB,
	  .type = JSON,
	  .id = "model",
	  .help = "The architecture, and how the data are read: `tsviz info --json`." },
	{ .method = "GET",
	  .path = "/layers",
	  .place = ROUTE_WORK,
	  .make = make_layers,
	  .type = JSON,
	  .id = "layers",
	  .help = "The layers of the network: the key `layers` of /model." },
	{ .method = "GET",
	  .path = "/windows",
	  .place = ROUTE_WORK,
	  .verb = "predict",
	  .fixed = JSON_VERB,
	  .own = "sort reverse from limit",
	  .make = prepare_windows,
	  .type = JSON,
	  .id = "windows",
	  .help = "Windows with their outputs and true values, in an order of the browser's list: `tsviz predict "
	          "--json`." },
	{ .method = "GET",
	  .path = "/windows/{window}",
	  .place = ROUTE_WORK,
	  .verb = "analyze",
	  .fixed = JSON_VERB,
	  .options = QUESTION " cluster-method clusters layers nodes no-saliency off points",
	  .make = prepare_window,
	  .type = JSON,
	  .id = "window",
	  .help = "Everything about one window: `tsviz analyze --json`." },
	{ .method = "GET",
	  .path = "/windows/{window}/layers/{layer}/filters/{filter}/saliency",
	  .place = ROUTE_WORK,
	  .verb = "analyze",
	  .fixed = JSON_VERB,
	  .options = "target method baseline seed points",
	  .make = make_saliency,
	  .type = JSON,
	  .id = "saliency",
	  .help = "The saliency map of one filter, and how it came about." },
	{ .method = "GET",
	  .path = "/clusters/{layer}",
	  .place = ROUTE_WORK,
	  .verb = "analyze",
	  .fixed = JSON_VERB,
	  .options = "cluster-method clusters seed",
	  .own = "window",
	  .make = make_clusters,
	  .type = JSON,
	  .id = "clusters",
	  .help = "The clusters of a layer's filters in a window." },
	{ .method = "GET",
	  .path = "/trace",
	  .place = ROUTE_WORK,
	  .own = "window layer filter step direction",
	  .needed = "layer",
	  .make = make_trace,
	  .type = JSON,
	  .id = "trace",
	  .help = "Recursive highlighting: the share that the points of other layers have in a point of an "
	          "activation." },
	{ .method = "GET",
	  .path = "/eval",
	  .place = ROUTE_WORK,
	  .verb = "eval",
	  .fixed = JSON_VERB,
	  .type = JSON,
	  .id = "eval",
	  .help = "Errors over all windows, beside those of the baseline: `tsviz eval --json`." },
	{ .method = "GET",
	  .path = "/survey",
	  .place = ROUTE_WORK,
	  .verb = "survey",
	  .fixed = "--quiet",
	  .options = "target maps ablation moments",
	  .type = JSON,
	  .id = "survey",
	  .help = "Figures of every filter and of the network over all windows: `tsviz survey`." },
	{ .method = "GET",
	  .path = "/svg/{view}",
	  .place = ROUTE_WORK,
	  .verb = "browse",
	  .fixed = "--quiet --no-session",
	  .options = QUESTION " cluster-method clusters size theme glyphs filter-columns",
	  .own = "window layer filter",
	  .make = prepare_picture,
	  .type = "image/svg+xml",
	  .id = "picture",
	  .help = "A view of the browser as a picture." },
	{ .method = "POST",
	  .path = "/predict",
	  .place = ROUTE_WORK,
	  .verb = "predict",
	  .fixed = JSON_VERB,
	  .make = prepare_own_window,
	  .type = JSON,
	  .id = "predict",
	  .help = "The output for a window of your own, in the units of the data: `tsviz predict --json`." },
	{ 0 },
};

bool route_list_has(const char *list, const char *word, size_t n)
{
	while (list && *list) {
		size_t k = strcspn(list, " ");
		if (k == n && !memcmp(list, word, n))
			return true;
		list += k + (list[k] == ' ');
	}
	return false;
}

/* ---- finding ---- */

/* Whether the path of the route is that of the request, whose values are then taken. */
static bool path_fits(const struct route *r, struct asked *a)
{
	const char *s = r->path + 1;
	int i = 0;
	a->n_value = 0;
	for (; *s; i++) {
		size_t n = strcspn(s, "/");
		if (i == a->q.n_segment)
			return false;
		if (*s == '{')
			a->value[a->n_value++] =
			        (struct parameter){ own_parameter_find(s + 1, n - 2)->name, a->q.segment[i] };
		else if (strlen(a->q.segment[i]) != n || memcmp(a->q.segment[i], s, n) != 0)
			return false;
		s += n + (s[n] == '/');
	}
	return i == a->q.n_segment;
}

static bool method_fits(const struct route *r, const char *method)
{
	return !strcmp(r->method, method) || (!strcmp(r->method, "GET") && !strcmp(method, "HEAD"));
}

static void list_near(struct nearest *near, const char *list, char *room, size_t size)
{
	while (list && *list) {
		size_t k = strcspn(list, " ");
		snprintf(room, size, "%.*s", (int)k, list);
		nearest_try(near, room);
		if (near->best == room)
			return;
		list += k + (list[k] == ' ');
	}
}

static int check_query(const struct asked *a, struct err *e)
{
	const struct route *r = a->route;
	for (int i = 0; i < a->q.n_parameter; i++) {
		const char *name = a->q.parameter[i].name;
		char hint[NEAREST_SAY], room[2][64];
		struct nearest near = { .asked = name };
		if (route_list_has(r->options, name, strlen(name)) || route_list_has(r->own, name, strlen(name)))
			continue;
		list_near(&near, r->options, room[0], sizeof room[0]);
		list_near(&near, r->own, room[1], sizeof room[1]);
		err_set(e, ERR_VALUE, "%s has no parameter '%s'%s", r->path, name,
		        nearest_say(&near, hint, sizeof hint));
		return 400;
	}
	if (r->needed && !request_parameter(&a->q, r->needed)) {
		err_set(e, ERR_VALUE, "%s needs the parameter '%s'", r->path, r->needed);
		return 400;
	}
	return 0;
}

int route_find(struct asked *a, const char *method, char *allow, size_t size, struct err *e)
{
	*allow = 0;
	for (const struct route *r = routes; r->path; r++) {
		if (!path_fits(r, a))
			continue;
		if (method_fits(r, method)) {
			a->route = r;
			return check_query(a, e);
		}
		snprintf(allow, size, "%s, OPTIONS", strcmp(r->method, "GET") ? r->method : "GET, HEAD");
	}
	if (*allow) {
		err_set(e, ERR_VALUE, "there is no %s here, but %s", method, allow);
		return 405;
	}
	err_set(e, ERR_VALUE, "nothing is here; /openapi.json lists what is");
	return 404;
}

/* ---- values ---- */

const char *asked_value(const struct asked *a, const char *name)
{
	for (int i = 0; i < a->n_value; i++)
		if (!strcmp(a->value[i].name, name))
			return a->value[i].value;
	return request_parameter(&a->q, name);
}

int asked_number(const struct asked *a, const char *name, int64_t *v, struct err *e)
{
	const struct own_parameter *p = own_parameter_find(name, strlen(name));
	const char *text = asked_value(a, name);
	double x;
	if (!text)
		text = p->initial;
	if (!*text || strspn(text, "0123456789") != strlen(text) ||
	    number_parse(text, strlen(text), '.', &x) != NUMBER_OK || x < (double)p->least || x > (double)p->most)
		return err_set(e, ERR_VALUE, "%s '%s': a whole number from %lld to %lld is expected", name, text,
		               (long long)p->least, (long long)p->most);
	*v = (int64_t)x;
	return 0;
}

int asked_word(const struct asked *a, const char *name, struct err *e)
{
	const struct own_parameter *p = own_parameter_find(name, strlen(name));
	const char *text = asked_value(a, name), *word;
	char list[600] = "", hint[NEAREST_SAY];
	struct nearest near = { .asked = text };
	for (int i = 0; text && (word = p->word(i)); i++) {
		size_t n = strlen(list);
		if (!strcmp(word, text))
			return i;
		snprintf(list + n, sizeof list - n, "%s%s", i ? ", " : "", word);
		nearest_try(&near, word);
	}
	return !text ? 0
	             : err_set(e, ERR_VALUE, "%s '%s' is unknown; one of %s%s", name, text, list,
	                       nearest_say(&near, hint, sizeof hint));
}

static int by_name(const void *x, const void *y)
{
	const struct parameter *p = x, *q = y;
	return strcmp(p->name, q->name);
}

char *asked_text(const struct asked *a)
{
	struct parameter sorted[REQUEST_PARAMETERS + 1];
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_stream(&text, &n);
	for (int i = 0; i < a->q.n_segment; i++)
		fprintf(f, "/%zu:%s", strlen(a->q.segment[i]), a->q.segment[i]);
	for (int i = 0; i < a->q.n_parameter; i++)
		sorted[i] = a->q.parameter[i];
	qsort(sorted, (size_t)a->q.n_parameter, sizeof *sorted, by_name);
	for (int i = 0; i < a->q.n_parameter; i++)
		fprintf(f, "&%s=%zu:%s", sorted[i].name, strlen(sorted[i].value), sorted[i].value);
	fclose(f);
	return text;
}
