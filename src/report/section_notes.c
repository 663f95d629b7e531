/* The notes of the session, each with the picture under which it was written. */
#include <stdlib.h>
#include <string.h>
#include "src/export/picture.h"
#include "src/report/report.h"
#include "src/session/session_bind.h"
#include "src/session/session_text.h"

enum { NOTES_SHOWN = 200 };

struct noted {
	const struct review *s; /* that has the note */
	const struct review_note *n;
};

/* A note as a session of its own, so that the browser goes where the note was written. */
static void place(void *ctx, struct ui *u)
{
	const struct noted *of = ctx;
	const struct review_note *n = of->n;
	const struct review_edit *e = review_find_edit(of->s, n->edited);
	char *lost;
	struct review r;
	review_init(&r);
	review_copy_question(&r, &r.question, &n->question);
	review_copy_view(&r, &r.view, &n->view);
	if (e) {
		struct review_edit copy = review_copy_edit(&r, e);
		r.question.edited = review_add_edit(&r, &copy)->id;
	}
	(void)session_give(u, &r, &(struct session_given){ 0 }, &lost);
	free(lost);
	review_release(&r);
}

static void picture(struct report *r, struct review_note *n, int number)
{
	const struct loaded *l = &r->b.l;
	struct browse_options o = { .m = l->model, .d = &l->data, .q = l->q };
	struct noted of = { &r->session, n };
	struct picture p = { .view = "network", .title = n->text, .size = "110x40", .place = place, .ctx = &of };
	struct err e = { 0 };
	char name[32], alt[64];
	int from = r->doc.n;
	snprintf(name, sizeof name, "%d-note", r->doc.figures + 1);
	snprintf(alt, sizeof alt, "picture of note %d", number);
	FILE *f = doc_figure(&r->doc, name, alt, "What was on the screen when the note was written.");
	int bad = picture_svg(f, &o, &p, &e);
	doc_figure_end(f);
	if (bad) {
		doc_cut(&r->doc, from);
		report_limit(r, "The picture of note %d: %s.", number, e.text);
	}
}

void section_notes(struct report *r, struct doc *d)
{
	const struct review *s = &r->session;
	char about[2 * REVIEW_NAME_MAX + 100];
	bool data = r->b.l.has_data && r->b.l.data.n > 0;
	if (!r->has_session || !s->n_note) {
		report_nothing(r, r->has_session ? "the session has no notes" : "there is no session");
		return;
	}
	int first = s->n_note > NOTES_SHOWN ? s->n_note - NOTES_SHOWN : 0;
	for (int i = s->n_note - 1; i >= first; i--) {
		struct review_note *n = &s->note[i];
		session_note_place(n, about, sizeof about);
		doc_heading(d, "Note %d: %s", i + 1, about);
		doc_say(d, "%s", n->text);
		doc_say(d, "%s%s%s", *n->author ? n->author : "somebody", *n->time ? ", " : "", n->time);
		if (data && s->n_note - i <= REPORT_NOTE_PICTURES)
			picture(r, n, i + 1);
	}
	if (first)
		report_limit(r, "Notes: the newest %d of %d are shown.", NOTES_SHOWN, s->n_note);
	if (s->n_note > REPORT_NOTE_PICTURES)
		report_limit(r, "Notes: only the newest %d have pictures.", REPORT_NOTE_PICTURES);
}
