/* The page at /: the four levels of the browser as pictures, with links. No script is needed. */
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "src/export/markup.h"
#include "src/serve/front.h"

/* ---- text ---- */

/* A value in an address: what is neither a letter nor a digit is written as %XX. */
static void escape(FILE *f, const char *s)
{
	for (; *s; s++)
		if ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ||
		    strchr("_-.", *s))
			fputc(*s, f);
		else
			fprintf(f, "%%%02X", (unsigned char)*s);
}

/* ---- where the page is ---- */

struct spot {
	const struct model *m;
	const struct dataset *d;
	int64_t window;
	int layer; /* -1: no layer is analysed */
	int64_t filter;
	bool chosen; /* the filter was named */
};

static int spot_of(const struct served *s, const struct asked *a, struct spot *at, struct err *e)
{
	const char *name = request_parameter(&a->q, "layer");
	*at = (struct spot){ .m = s->l.model, .d = &s->l.data, .layer = -1 };
	if (asked_number(a, "window", &at->window, e) || asked_number(a, "filter", &at->filter, e))
		return e->code;
	struct options o = { .index = at->window };
	if (load_index(&s->l, &o, &at->window, e))
		return e->code;
	for (int i = 0; i < at->m->n_layer; i++)
		if (at->m->layer[i].kind == LAYER_ANALYSED &&
		    (name ? !strcmp(at->m->layer[i].name, name) : at->layer < 0))
			at->layer = i;
	if (name && at->layer < 0)
		return err_set(e, ERR_VALUE, "no analysed layer '%s'; /layers lists them", name);
	if (at->layer >= 0 && at->filter >= at->m->layer[at->layer].filters)
		return err_set(e, ERR_VALUE, "layer '%s': filter %lld: there are %lld, numbered from 0",
		               at->m->layer[at->layer].name, (long long)at->filter,
		               (long long)at->m->layer[at->layer].filters);
	at->chosen = request_parameter(&a->q, "filter");
	return 0;
}

/* "window=3&amp;layer=conv_1&amp;filter=2" */
static void query(FILE *f, int64_t window, const struct layer *l, int64_t filter)
{
	fprintf(f, "window=%lld", (long long)window);
	if (l) {
		fputs("&amp;layer=", f);
		escape(f, l->name);
		if (filter >= 0)
			fprintf(f, "&amp;filter=%lld", (long long)filter);
	}
}

static const struct layer *layer_of(const struct spot *at)
{
	return at->layer < 0 ? NULL : &at->m->layer[at->layer];
}

/* ---- parts ---- */

static void link_window(FILE *f, const struct spot *at, int64_t window, const char *text)
{
	if (window < 0 || window >= at->d->n || window == at->window)
		return;
	fputs("<a href=\"/?", f);
	query(f, window, layer_of(at), at->chosen ? at->filter : -1);
	fprintf(f, "\">%s</a>\n", text);
}

static void bar(FILE *f, const struct spot *at)
{
	fprintf(f,
	        "<form action=\"/\"><p>Window <input name=\"window\" type=\"number\" min=\"0\" max=\"%lld\" "
	        "value=\"%lld\"> of "
	        "%lld\n",
	        (long long)at->d->n - 1, (long long)at->window, (long long)at->d->n);
	if (layer_of(at)) {
		fputs("<input type=\"hidden\" name=\"layer\" value=\"", f);
		markup_text(f, layer_of(at)->name);
		fputs("\">\n", f);
	}
	fputs("<button>Go</button>\n", f);
	link_window(f, at, 0, "first");
	link_window(f, at, at->window - 1, "before");
	link_window(f, at, at->window + 1, "next");
	link_window(f, at, at->d->n - 1, "last");
	fprintf(f,
	        "| as JSON: <a href=\"/model\">model</a> <a href=\"/windows?sort=error\">worst windows</a> "
	        "<a href=\"/windows/%lld?no-saliency\">this window</a> <a href=\"/openapi.json\">all "
	        "routes</a></p></form>\n",
	        (long long)at->window);
}

static void picture(FILE *f, const struct spot *at, const char *view, const char *size, const char *what)
{
	fprintf(f, "<a href=\"/svg/%s?", view);
	query(f, at->window, layer_of(at), at->chosen ? at->filter : -1);
	fprintf(f, "&amp;theme=light&amp;size=160x50\"><img alt=\"%s\" loading=\"lazy\" src=\"/svg/%s?", what, view);
	query(f, at->window, layer_of(at), at->chosen ? at->filter : -1);
	fprintf(f, "&amp;theme=light&amp;size=%s\"></a>\n", size);
}

static void layers(FILE *f, const struct spot *at)
{
	fputs("<p>Layer:", f);
	for (int i = 0; i < at->m->n_layer; i++) {
		const struct layer *l = &at->m->layer[i];
		if (l->kind != LAYER_ANALYSED)
			continue;
		fputs(i == at->layer ? " <b>" : " <a href=\"/?", f);
		if (i != at->layer) {
			query(f, at->window, l, -1);
			fputs("\">", f);
		}
		markup_text(f, l->name);
		fputs(i == at->layer ? "</b>" : "</a>", f);
	}
	fputs("</p>\n", f);
}

enum { FILTERS_MOST = 256 };

static void filters(FILE *f, const struct spot *at)
{
	const struct layer *l = layer_of(at);
	fputs("<p>Filter:", f);
	for (int64_t i = 0; i < l->filters && i < FILTERS_MOST; i++) {
		bool here = at->chosen && i == at->filter;
		fputs(here ? " <b>" : " <a href=\"/?", f);
		if (!here) {
			query(f, at->window, l, i);
			fputs("\">", f);
		}
		fprintf(f, "%lld%s", (long long)i, here ? "</b>" : "</a>");
	}
	if (l->filters > FILTERS_MOST)
		fprintf(f, " and %lld more", (long long)l->filters - FILTERS_MOST);
	fputs("</p>\n", f);
}

char *page_make(const struct served *s, const struct asked *asked, size_t *n, struct err *e)
{
	struct spot at;
	char *text = NULL;
	if (spot_of(s, asked, &at, e))
		return NULL;
	FILE *f = mem_stream(&text, n);
	fputs("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	      f);
	markup_text(f, at.m->file);
	fputs(": tsviz</title>\n<style>body{font:16px/1.4 sans-serif;margin:1em;max-width:70em}"
	      "img{width:100%;border:1px solid #ccc}h2{font-size:1.1em;margin:1em 0 .2em}p{margin:.3em "
	      "0}</style></head>\n"
	      "<body><h1>",
	      f);
	markup_text(f, at.m->file);
	fputs(" on ", f);
	markup_text(f, at.d->file);
	fputs("</h1>\n", f);
	bar(f, &at);
	fputs("<h2>1. The network</h2>\n", f);
	picture(f, &at, "network", "120x30", "the layers of the network, with the window and the output");
	if (layer_of(&at)) {
		layers(f, &at);
		fputs("<h2>2. Filters of all layers</h2>\n", f);
		picture(f, &at, "layers", "120x30", "the filters of all layers by their importance");
		fputs("<h2>3. Clusters of ", f);
		markup_text(f, layer_of(&at)->name);
		fputs("</h2>\n", f);
		picture(f, &at, "clusters", "120x30", "the clusters of the layer's filters");
		filters(f, &at);
		fputs("<h2>4. One filter</h2>\n", f);
		picture(f, &at, "filter", "120x30", "the filter's activation and its saliency map");
	}
	fputs("</body></html>\n", f);
	fclose(f);
	return text;
}
