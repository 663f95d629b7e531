#include "ui/browse/browser.h"

#include <string.h>
#include "ui/actions/actions.h"
#include "ui/parts/status.h"
#include "ui/views/views.h"

static void resume(struct ui *u, const struct browse_options *o)
{
	char said[sizeof u->message] = "";
	o->keep->resume(o->keep_ctx, u, said, sizeof said);
	ui_resumed(u, said);
}

int ui_init(struct ui *u, const struct browse_options *o, struct err *e)
{
	int code = ui_open(u, all_views, o, e);
	u->pointer_x = u->pointer_y = -1;
	if (code < 0)
		return code;
	u->draw = ui_draw;
	if (o->keep)
		resume(u, o);
	return code;
}

static void prompt_press(struct ui *u, int key)
{
	const char *name = u->prompt.action;
	char text[sizeof u->prompt.text];
	u->pending |= CHANGED_MESSAGE;
	if (prompt_key(&u->prompt, key, complete_prompt, u) != PROMPT_DONE)
		return;
	memcpy(text, u->prompt.text, sizeof text);
	ui_changed(u, action_run(u, action_find(name), text));
}

/* Pasted text is text: into the prompt when one is open, never a command. */
static void paste(struct ui *u, int c)
{
	if (u->prompt.open)
		prompt_press(u, c >= ' ' ? c : ' ');
	else
		ui_say(u, "pasted text is not taken as keys; open : or / for it");
	u->pending |= CHANGED_MESSAGE;
}

void ui_key(struct ui *u, int key)
{
	if (key & KEYS_PASTED) {
		paste(u, key & ~KEYS_PASTED);
		return;
	}
	if (key == KEYS_REST) {
		if (!u->rested)
			u->pending |= CHANGED_REST;
		return;
	}
	u->rested = false;
	bool asked = u->quit_asked, step = false;
	struct place before = place_of(&u->s);
	if (u->prompt.open) {
		prompt_press(u, key);
	} else {
		char b[16];
		const struct action *a = action_of_user_key(u, key);
		if (u->message[0])
			u->pending |= CHANGED_MESSAGE;
		u->message[0] = '\0';
		step = a && a->steps;
		if (a) {
			ui_changed(u, action_run(u, a, NULL));
		} else {
			key_format(key, b, sizeof b);
			ui_say(u, "'%s' does nothing here; ? lists the keys", b);
		}
	}
	u->quit_asked &= !asked;
	tips_say(u);
	u->pointer_x = u->pointer_y = -1;
	u->view = u->views[u->s.view];
	if (u->s.runs && !u->undone)
		undo_keep(&u->undo, &u->s, &u->pin);
	u->undone = false;
	place_note(&u->last, &before, &u->s, step);
	if (u->message[0] || u->prompt.open)
		u->pending |= CHANGED_MESSAGE;
}

void ui_draw(struct ui *u)
{
	struct canvas *c = &u->canvas;
	canvas_clear(c);
	if (!u->frame.usable) {
		canvas_printf(c, 0, 0, -1, S_WARN,
		              c->w >= 34 ? "%dx%d is too small: %dx%d needed" : "%dx%d: needs %dx%d", c->w, c->h,
		              LAYOUT_MIN_W, LAYOUT_MIN_H);
		if (c->h > 1 && u->prompt.open)
			prompt_draw(&u->prompt, c, c->h - 1);
		else if (c->h > 1)
			canvas_text(c, 0, c->h - 1, c->w, S_TEXT, u->message);
		return;
	}
	u->view->draw(u, c);
	status_draw(u, c);
	if (u->prompt.open)
		prompt_draw(&u->prompt, c, c->h - 1);
}
