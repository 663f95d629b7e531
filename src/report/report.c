#include "src/report/report.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/base/text.h"
#include "src/export/picture.h"
#include "src/session/session_bind.h"
#include "src/session/session_file.h"

static const struct report_section sections[] = {
	{ "author", "What the author says", section_author },
	{ "model", "The model", section_model },
	{ "data", "The data", section_data },
	{ "performance", "Performance", section_performance },
	{ "look", "What it looks at", section_look },
	{ "set", "What its filters do over all windows", section_set },
	{ "truth", "How far the saliency maps may be believed", section_truth },
	{ "tried", "What was tried", section_tried },
	{ "notes", "Notes", section_notes },
	{ "limits", "Limits", section_limits },
	{ "commands", "Making it again", section_commands },
};
enum { SECTIONS = sizeof sections / sizeof *sections };

/* ---- for the sections ---- */

__attribute__((format(printf, 2, 0))) static const char *sentence(struct report *r, const char *fmt, va_list ap)
{
	char text[1024];
	vsnprintf(text, sizeof text, fmt, ap);
	return text_clean_copy(&r->doc.arena, text);
}

void report_nothing(struct report *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	r->nothing = sentence(r, fmt, ap);
	va_end(ap);
}

void report_limit(struct report *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (r->n_limit < REPORT_LIMITS)
		r->limit[r->n_limit++] = sentence(r, fmt, ap);
	va_end(ap);
}

void report_short(struct report *r, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (r->n_short < REPORT_LIMITS)
		r->in_short[r->n_short++] = sentence(r, fmt, ap);
	va_end(ap);
}

const char *report_class(const struct report *r, int64_t k, char *buf, size_t size)
{
	const struct dataset *d = &r->b.l.data;
	if (r->b.l.has_data && d->class_name && k >= 0 && k < d->n_class)
		snprintf(buf, size, "%s", d->class_name[k]);
	else
		snprintf(buf, size, "%lld", (long long)k);
	return buf;
}

const char *report_window(const struct report *r, int64_t i, char *buf, size_t size)
{
	const struct dataset *d = &r->b.l.data;
	snprintf(buf, size, "%lld", (long long)i);
	if (!d->set && d->n_row && !d->row_of) {
		int64_t row = d->first_row + dataset_start(d, i);
		text_add(buf, size, " (rows %lld to %lld)", (long long)row, (long long)(row + d->T - 1));
	}
	int g = dataset_group(d, i);
	if (g >= 0)
		text_add(buf, size, " of %s", d->group_name[g]);
	return buf;
}

/* ---- pictures ---- */

struct placing {
	int layer;
};

static void place(void *ctx, struct ui *u)
{
	const struct placing *p = ctx;
	if (p->layer >= 0)
		(void)session_layer(&u->s, p->layer);
}

void report_picture(struct report *r, const char *view, int layer, const char *size, const char *caption)
{
	const struct loaded *l = &r->b.l;
	struct placing at = { layer };
	struct browse_options o = { .m = l->model, .d = &l->data, .truth = load_by_hand(l), .q = l->q };
	struct picture p = { .view = view, .title = caption, .size = size, .place = place, .ctx = &at };
	char name[32], alt[96];
	struct err e = { 0 };
	o.q.window = r->window;
	snprintf(alt, sizeof alt, "picture of the view %s, window %lld", view, (long long)r->window);
	snprintf(name, sizeof name, "%d-%s", r->doc.figures + 1, view);
	int from = r->doc.n;
	FILE *f = doc_figure(&r->doc, name, alt, caption);
	int bad = picture_svg(f, &o, &p, &e);
	doc_figure_end(f);
	if (bad) {
		doc_cut(&r->doc, from);
		report_limit(r, "The picture of the view %s: %s.", view, e.text);
	}
}

/* ---- the report ---- */

/* The window whose error is the median: what is usual is more worth a look than what is first. */
static void choose_window(struct report *r)
{
	const struct options *o = r->o;
	const struct windows *w = &r->windows;
	r->window = o->index >= 0 ? o->index : 0;
	r->window_why = o->index >= 0 ? "it was asked for" : "it is the first";
	if (o->index >= 0 || !r->b.l.has_data)
		return;
	if (r->has_session) {
		bool there;
		r->window = session_window_of(&r->b.l.data, &r->session.question.window, &there);
		r->window_why = there ? "the session stopped at it" : "the session's window is not in these data";
		return;
	}
	for (int64_t i = 0; i < w->n && w->ranked > 0; i++)
		if (w->rank[i] == (w->ranked + 1) / 2) {
			r->window = i;
			r->window_why = "half of the windows are predicted better, and half worse";
		}
}

static void errors_of_windows(struct report *r)
{
	const struct loaded *l = &r->b.l;
	windows_init(&r->windows, l->model, l->has_data ? &l->data : NULL, l->q.task);
	while (windows_step(&r->windows, 0.2))
		progress_say(&r->bar, r->windows.done, r->windows.n, "windows: errors");
	progress_end(&r->bar);
	if (l->has_data && l->data.n_target && !r->windows.n)
		report_limit(r, "The worst windows: there are too many windows to keep all their outputs.");
}

/* The date of the report, by SOURCE_DATE_EPOCH alone: without it the report has none, and does not depend on the clock.
 * https://reproducible-builds.org/specs/source-date-epoch/ */
static void say_date(struct doc *d)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	char text[32];
	struct tm tm;
	if (!s || !*s || strlen(s) > 12 || strspn(s, "0123456789") != strlen(s))
		return;
	time_t t = (time_t)strtoll(s, NULL, 10);
	if (gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &tm))
		doc_say(d, "Date: %s", text);
}

static void write_sections(struct report *r)
{
	struct doc *d = &r->doc;
	doc_title(d, "Report on %s", r->b.l.model->file);
	doc_say(d,
	        "What tsviz found about the model %s%s%s. It says what was computed, on which data, and how far it may "
	        "be "
	        "trusted.",
	        r->b.l.model->file, r->b.l.has_data ? " on the data " : "", r->b.l.has_data ? r->b.l.data.file : "");
	say_date(d);
	int first = d->n;
	for (int i = 0; i < SECTIONS; i++) {
		int from = d->n;
		r->nothing = NULL;
		doc_section(d, sections[i].id, sections[i].heading);
		sections[i].write(r, d);
		if (r->nothing || d->n == from + 1) {
			doc_cut(d, from);
			report_limit(r, "%s: left out, because %s.", sections[i].heading,
			             r->nothing ? r->nothing : "there is nothing to say");
		}
	}
	int from = d->n;
	doc_section(d, "short", "In short");
	for (int i = 0; i < r->n_short; i++)
		doc_item(d, "%s", r->in_short[i]);
	if (r->n_short)
		doc_move(d, from, first);
	else
		doc_cut(d, from);
}

static bool ends(const char *s, const char *end)
{
	size_t n = s ? strlen(s) : 0, k = strlen(end);
	return n > k && !strcmp(s + n - k, end);
}

/* Pictures first, so that the document never names one that is not there. */
static int write_pictures(const struct report *r, const char *base, struct err *e)
{
	int bad = 0;
	for (int i = 0; i < r->doc.n && !bad; i++) {
		const struct doc_figure *q = r->doc.block[i].figure;
		if (!q)
			continue;
		struct save s;
		char *path = xasprintf("%s-%s.svg", base, q->name);
		bad = output_check(r->o, path, e);
		bad = bad ? bad : save_begin(&s, path, e);
		if (!bad) {
			fwrite(q->svg, 1, q->size, s.f);
			bad = save_commit(&s, e);
		}
		free(path);
	}
	return bad;
}

static int write_out(struct report *r, struct err *e)
{
	const struct options *o = r->o;
	struct output out;
	bool markdown = ends(o->out, ".md");
	char *base = markdown ? xstrndup(o->out, strlen(o->out) - 3) : NULL;
	int bad = markdown ? write_pictures(r, base, e) : 0;
	bad = bad ? bad : output_open(&out, o, e);
	if (!bad) {
		const char *slash = markdown ? strrchr(base, '/') : NULL;
		if (markdown)
			doc_markdown(&r->doc, slash ? slash + 1 : base, out.f);
		else
			doc_html(&r->doc, out.f);
		bad = output_close(&out, e);
	}
	free(base);
	return bad;
}

static int read_session(struct report *r, struct err *e)
{
	struct session_file s;
	if (!r->o->session)
		return 0;
	int bad = session_read(&s, &r->session, r->o->session, -1, e);
	if (!bad && !s.there)
		bad = err_set(e, ERR_IO, "%s: there is no such session", r->o->session);
	if (!bad && *s.said)
		report_limit(r, "The session: %s.", s.said);
	session_file_release(&s);
	r->has_session = !bad;
	return bad;
}

/* The report may replace an older one, but no file that it is made of. */
static int check_out(const struct options *o, struct err *e)
{
	struct options read = *o;
	if (o->out && strcmp(o->out, "-") && !ends(o->out, ".html") && !ends(o->out, ".htm") && !ends(o->out, ".md"))
		return err_set(e, ERR_VALUE, "-o %s: the name should end in .html or .md", o->out);
	const char *const files[] = { o->session, o->meta, o->survey, o->recipe_file };
	int bad = o->out ? output_check(o, o->out, e) : 0;
	for (size_t i = 0; i < sizeof files / sizeof *files && !bad && o->out; i++) {
		read.model = files[i];
		bad = output_check(&read, o->out, e);
	}
	return bad;
}

int report_make(const struct options *o, struct err *e)
{
	struct report *r = xcalloc(1, sizeof *r);
	r->o = o;
	r->effort = o->quick ? REPORT_QUICK : o->full ? REPORT_FULL : REPORT_USUAL;
	r->b.survey = o->survey;
	r->b.keep = true;
	doc_init(&r->doc);
	review_init(&r->session);
	progress_init(&r->bar, !o->quiet);
	int bad = check_out(o, e);
	bad = bad || !o->meta ? bad : meta_read(&r->meta, o->meta, e);
	bad = bad ? bad : read_session(r, e);
	bad = bad ? bad : load(&r->b.l, o, 0, e);
	if (!bad && r->b.l.has_data && o->index >= r->b.l.data.n)
		bad = load_index(&r->b.l, o, &r->window, e);
	if (!bad && o->survey && r->b.l.has_data)
		bad = kept_survey_check(&r->b, e);
	if (!bad) {
		report_ask(r);
		errors_of_windows(r);
		choose_window(r);
		write_sections(r);
		windows_release(&r->windows);
		bad = write_out(r, e);
	}
	loaded_release(&r->b.l);
	review_release(&r->session);
	meta_release(&r->meta);
	doc_release(&r->doc);
	free(r);
	return bad;
}
