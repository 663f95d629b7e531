/* Actions: notes about what is selected. */
#include "ui/actions/act.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include "ui/state/format.h"

/* ---- what a note is about ---- */

/* What is selected in the view. */
static struct note_subject selected(const struct ui *u)
{
	const struct session *s = &u->s;
	bool filter = u->view->has_filters && s->runs && s->layer >= 0;
	struct note_subject q = { .about = filter    ? NOTE_FILTER
		                           : s->runs ? NOTE_WINDOW
		                                     : NOTE_MODEL,
		                  .layer = s->layer,
		                  .filter = filter ? s->filter[s->layer] : -1,
		                  .cluster = -1,
		                  .window = s->runs ? s->q.window : -1 };
	if (u->view->subject)
		u->view->subject(u, &q);
	return q;
}

/* Makes q the cluster of the selected filter; false: it has none. */
static bool cluster_of(const struct ui *u, struct note_subject *q)
{
	const struct layer_clusters *c = q->layer >= 0 ? u->scene.rows[q->layer].clusters : NULL;
	if (!c || !c->k || q->filter < 0)
		return false;
	q->cluster = c->label[q->filter];
	for (int64_t f = q->filter; f >= 0; f--)
		q->filter = c->label[f] == q->cluster ? f : q->filter;
	return true;
}

/* Makes q what the user has named; false: there is none of it here. */
static bool named(const struct ui *u, enum note_about about, struct note_subject *q)
{
	bool same = q->about == about;
	q->about = about;
	if (about == NOTE_WINDOW)
		return q->window >= 0;
	if (about == NOTE_CLUSTER)
		return same || cluster_of(u, q);
	return about == NOTE_MODEL || (q->layer >= 0 && (about == NOTE_LAYER || q->filter >= 0));
}

/* "window: text" is about the window, whatever is selected. Returns the text behind that. NULL: that is not there. */
static const char *subject_of(struct ui *u, const char *text, struct note_subject *q)
{
	*q = selected(u);
	for (int i = 0; i < NOTE_ABOUTS; i++) {
		size_t n = strlen(note_abouts[i]);
		if (strncmp(text, note_abouts[i], n) != 0 || text[n] != ':')
			continue;
		if (!named(u, (enum note_about)i, q)) {
			ui_say(u, "no %s is selected here", note_abouts[i]);
			return NULL;
		}
		text += n + 1;
		break;
	}
	return text + strspn(text, " ");
}

/* ---- writing ---- */

/* Where the time is given, each note is a second later than the one before. */
static void now_format(const struct ui *u, char *buf, size_t size)
{
	time_t at = u->options->now ? (time_t)u->options->now + notes_n(u->s.notes) : time(NULL);
	struct tm utc;
	*buf = '\0';
	if (gmtime_r(&at, &utc))
		strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static struct note *note_made(const struct ui *u, const struct note_subject *q, const char *text)
{
	const struct session *s = &u->s;
	char now[NOTE_TIME];
	bool layer = q->layer >= 0 && (q->about == NOTE_LAYER || q->about == NOTE_FILTER || q->about == NOTE_CLUSTER);
	now_format(u, now, sizeof now);
	struct note *n = note_new(q->about, layer ? s->m->layer[q->layer].name : "",
	                          q->window >= 0 ? dataset_group_name(s->d, q->window) : "",
	                          u->options->author ? u->options->author : "", now, text);
	n->filter = q->about == NOTE_FILTER || q->about == NOTE_CLUSTER ? q->filter : -1;
	n->cluster = q->about == NOTE_CLUSTER ? q->cluster : -1;
	n->window = q->window >= 0 ? q->window : 0;
	n->row = q->window >= 0 ? dataset_row(s->d, q->window) : -1;
	n->edited = q->window == s->q.window ? edited_hold(s->q.edited) : NULL;
	if (u->options->note_picture)
		n->picture = u->options->note_picture(u, n);
	return n;
}

/* Asks for a text in the line of the prompt, which begins with what is there. */
static void ask(struct ui *u, const char *action, const char *about)
{
	snprintf(u->noted, sizeof u->noted, "note on %.140s: ", about);
	action_ask(u, NULL, action, u->noted);
}

unsigned act_note(struct ui *u, const char *arg)
{
	struct note_subject q = selected(u);
	char about[128];
	if (u->s.view == VIEW_NOTES) {
		ui_say(u, "Enter goes to what a note is about; there ; writes another one");
		return 0;
	}
	if (!arg) {
		ask(u, "note", note_subject_format(u, &q, about, sizeof about));
		snprintf(u->prompt.hint, sizeof u->prompt.hint, "window: ... is about the window");
		return 0;
	}
	const char *text = subject_of(u, arg, &q);
	if (!text)
		return 0;
	if (!*text) {
		ui_say(u, "no note is written: there is no text");
		return 0;
	}
	if (notes_n(u->s.notes) == NOTES_MAX) {
		ui_say(u, "there are %d notes already, which is the most", NOTES_MAX);
		return 0;
	}
	struct note *n = note_made(u, &q, text);
	unsigned changed = session_notes(&u->s, notes_with(u->s.notes, n));
	note_drop(n);
	ui_say(u, "noted on %s; :notes lists %d", note_subject_format(u, &q, about, sizeof about), notes_n(u->s.notes));
	return changed;
}

/* ---- in the list of notes, which shows them in the opposite order ---- */

/* The selected note's place in the session's list; -1: there is none. */
static int selected_note(struct ui *u)
{
	int n = notes_n(u->s.notes);
	if (n)
		return n - 1 - (u->note_at < n ? u->note_at : n - 1);
	ui_say(u, "there are no notes; ; writes one where something is selected");
	return -1;
}

unsigned act_note_change(struct ui *u, const char *arg)
{
	int i = selected_note(u);
	if (i < 0)
		return 0;
	const struct note *was = u->s.notes->v[i];
	if (!arg) {
		ask(u, "note-change", was->about == NOTE_MODEL ? "the model" : note_abouts[was->about]);
		if (!prompt_fill(&u->prompt, was->text)) {
			u->prompt.open = false;
			ui_say(u, "a note of more than %d bytes cannot be changed here", PROMPT_TEXT - 1);
		}
		return 0;
	}
	if (!*arg || !strcmp(arg, was->text)) {
		ui_say(u, *arg ? "the note stays as it is" : "a note has a text; D takes the note away");
		return 0;
	}
	char now[NOTE_TIME];
	now_format(u, now, sizeof now);
	struct note *n =
	        note_new(was->about, was->layer, was->group, u->options->author ? u->options->author : "", now, arg);
	n->filter = was->filter;
	n->cluster = was->cluster;
	n->window = was->window;
	n->row = was->row;
	n->edited = edited_hold(was->edited);
	n->picture = was->picture ? xstrdup(was->picture) : NULL;
	unsigned changed = session_notes(&u->s, notes_instead(u->s.notes, i, n));
	note_drop(n);
	ui_say(u, "the note is changed, and the newest now; u: as before");
	return changed;
}

unsigned act_note_delete(struct ui *u, const char *arg)
{
	int i = selected_note(u);
	(void)arg;
	if (i < 0)
		return 0;
	ui_say(u, "the note is taken away; u brings it back");
	return session_notes(&u->s, notes_without(u->s.notes, i));
}
