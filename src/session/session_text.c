#include "src/session/session_text.h"

#include <stdarg.h>
#include <string.h>

static void add(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void add(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n = strlen(buf);
	va_start(ap, fmt);
	vsnprintf(buf + n, size - n, fmt, ap);
	va_end(ap);
}

void session_counts(const struct review *r, char *buf, size_t size)
{
	int edits = 0;
	for (int i = 0; i < r->n_edit; i++)
		edits += r->edit[i].present;
	const struct {
		int n;
		const char *one, *many;
	} part[] = {
		{ r->question.off.n, "off", "off" }, { r->marks.n, "mark", "marks" },
		{ r->n_pin, "pin", "pins" },         { edits, "edited window", "edited windows" },
		{ r->n_note, "note", "notes" },
	};
	*buf = '\0';
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (part[i].n)
			add(buf, size, "%s%d %s", *buf ? ", " : "", part[i].n,
			    part[i].n == 1 ? part[i].one : part[i].many);
}

static void window_text(const struct review_window *w, char *buf, size_t size)
{
	add(buf, size, "window %lld", (long long)w->index);
	if (w->row >= 0)
		add(buf, size, " at row %lld", (long long)w->row);
	if (*w->group)
		add(buf, size, " of %s", w->group);
}

void session_note_place(const struct review_note *n, char *buf, size_t size)
{
	bool of_filter = !strcmp(n->about, "filter"), of_cluster = !strcmp(n->about, "cluster");
	*buf = '\0';
	if (!strcmp(n->about, "model"))
		add(buf, size, "model");
	else if (!strcmp(n->about, "layer"))
		add(buf, size, "layer %s", n->layer);
	else if (of_filter)
		add(buf, size, "%s #%lld in ", n->layer, (long long)n->filter);
	else if (of_cluster)
		add(buf, size, "%s cluster %c of #%lld in ", n->layer,
		    n->cluster >= 0 && n->cluster < 26 ? 'A' + (char)n->cluster : '?', (long long)n->filter);
	if (of_filter || of_cluster || !strcmp(n->about, "window"))
		window_text(&n->window, buf, size);
}

static void print_set(FILE *f, const char *what, const struct review_set *s)
{
	if (!s->n)
		return;
	fprintf(f, "%-9s", what);
	for (int i = 0; i < s->n; i++)
		if (i && !strcmp(s->filter[i].layer, s->filter[i - 1].layer))
			fprintf(f, " #%lld", (long long)s->filter[i].filter);
		else
			fprintf(f, "%s%s #%lld", i ? ", " : "", s->filter[i].layer, (long long)s->filter[i].filter);
	fputc('\n', f);
}

static void print_file(FILE *f, const char *what, const struct review_file *x)
{
	if (*x->path)
		fprintf(f, "%-9s%s%s%.12s\n", what, x->path, *x->sha256 ? "  sha256 " : "", x->sha256);
}

static void print_text(FILE *f, const char *what, const char *text)
{
	if (*text)
		fprintf(f, "%-9s%s\n", what, text);
}

static void print_question(FILE *f, const struct review_question *q)
{
	char where[REVIEW_NAME_MAX + 100] = "";
	window_text(&q->window, where, sizeof where);
	fprintf(f, "%-9s%s\n", "window", where + strlen("window "));
	print_text(f, "target", q->target);
	print_text(f, "measure", q->measure);
	if (*q->method)
		fprintf(f, "%-9s%s%s\n", "method", q->method, q->auto_method ? ", chosen by itself" : "");
	print_set(f, "off", &q->off);
}

void session_print(FILE *f, const struct review *r)
{
	char where[2 * REVIEW_NAME_MAX + 100];
	print_file(f, "model", &r->model);
	for (int i = 0; i < r->n_data; i++)
		print_file(f, "data", &r->data[i]);
	print_text(f, "recipe", r->recipe);
	print_text(f, "saved", r->saved);
	print_question(f, &r->question);
	print_text(f, "view", r->view.name);
	print_text(f, "shown if", r->view.expression);
	print_set(f, "marks", &r->marks);
	for (int i = 0; i < r->n_pin; i++) {
		*where = '\0';
		window_text(&r->pin[i].window, where, sizeof where);
		fprintf(f, "%-9s%s, target %s%s\n", "pin", where, r->pin[i].target,
		        r->pin[i].off.n ? ", with filters off:" : "");
		print_set(f, "", &r->pin[i].off);
	}
	print_text(f, "smaller", r->smaller);
	for (int i = 0; i < r->n_edit; i++) {
		const struct review_edit *q = &r->edit[i];
		int64_t values = 0;
		*where = '\0';
		window_text(&q->window, where, sizeof where);
		for (int k = 0; k < q->n_change; k++)
			values += q->change[k].n;
		fprintf(f, "%-9s%s, %lld values%s%s%s\n", "edited", where, (long long)values,
		        q->present ? "" : ", as a note or a pin has it", *q->note ? ": " : "", q->note);
	}
	for (int i = 0; i < r->n_note; i++) {
		const struct review_note *n = &r->note[i];
		session_note_place(n, where, sizeof where);
		fprintf(f, "%s%s  %s, %s: %s\n", i ? "" : "\n", n->time, *n->author ? n->author : "?", where, n->text);
	}
}
