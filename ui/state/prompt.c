#include "ui/state/prompt.h"

#include <stdio.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/terminal/keys.h"
#include "ui/draw/style.h"

/* ---- choices ---- */

void prompt_offer(struct prompt *p, const char *choice)
{
	if (p->n_choice < PROMPT_CHOICES && strlen(choice) < PROMPT_CHOICE)
		snprintf(p->choice[p->n_choice++], PROMPT_CHOICE, "%s", choice);
}

/* The choices for the line as it is now. */
static void find_choices(struct prompt *p, prompt_complete *complete, void *ctx, bool asked)
{
	p->n_choice = 0;
	p->from = 0;
	p->at = -1;
	p->hint[0] = '\0';
	if (complete)
		complete(ctx, p, asked);
}

/* Puts choice i into the line; -1: what was typed. */
static void put_choice(struct prompt *p, int i)
{
	if (p->at < 0)
		memcpy(p->typed, p->text, sizeof p->typed);
	memcpy(p->text, p->typed, sizeof p->text);
	if (i >= 0 && p->from + strlen(p->choice[i]) < sizeof p->text)
		snprintf(p->text + p->from, sizeof p->text - p->from, "%s", p->choice[i]);
	p->n = (int)strlen(p->text);
	p->at = i;
}

/* Tab (by 1) and Shift-Tab (by -1). The only choice is taken, and the choices behind it are found. */
static void next_choice(struct prompt *p, int by, prompt_complete *complete, void *ctx)
{
	if (p->at < 0)
		find_choices(p, complete, ctx, true);
	if (p->n_choice == 1) {
		put_choice(p, 0);
		find_choices(p, complete, ctx, false);
	} else if (p->n_choice) {
		int places = p->n_choice + 1; /* one of them is what was typed */
		put_choice(p, (p->at + 1 + by + places) % places - 1);
	}
}

/* The rest of the first choice, which is shown behind what is typed; "": nothing is. */
static const char *suggestion(const struct prompt *p)
{
	size_t typed = (size_t)p->n > p->from ? (size_t)p->n - p->from : 0;
	bool any = p->at < 0 && typed && p->n_choice && !strncmp(p->choice[0], p->text + p->from, typed);
	return any ? p->choice[0] + typed : "";
}

/* ---- the line ---- */

void prompt_open(struct prompt *p, const char *action, const char *label, prompt_complete *complete, void *ctx)
{
	p->open = true;
	p->action = action;
	p->label = label;
	p->text[0] = '\0';
	p->n = 0;
	p->recall = p->n_history;
	find_choices(p, complete, ctx, false);
}

bool prompt_fill(struct prompt *p, const char *text)
{
	size_t n = strlen(text);
	if (n >= sizeof p->text)
		return false;
	memcpy(p->text, text, n + 1);
	p->n = (int)n;
	return true;
}

static void remember(struct prompt *p)
{
	if (!p->n || (p->n_history && !strcmp(p->history[p->n_history - 1], p->text)))
		return;
	if (p->n_history == PROMPT_HISTORY) {
		memmove(p->history[0], p->history[1], sizeof p->history - sizeof p->history[0]);
		p->n_history--;
	}
	memcpy(p->history[p->n_history++], p->text, sizeof p->text);
}

static void recall(struct prompt *p, int step)
{
	int to = p->recall + step;
	if (to < 0 || to > p->n_history)
		return;
	p->recall = to;
	if (to == p->n_history)
		p->text[0] = '\0';
	else
		memcpy(p->text, p->history[to], sizeof p->text);
	p->n = (int)strlen(p->text);
}

static void erase(struct prompt *p)
{
	while (p->n > 0 && ((unsigned char)p->text[--p->n] & 0xC0) == 0x80)
		;
	p->text[p->n] = '\0';
}

/* A key that changes the line; the choices are found anew after it. */
static void edit(struct prompt *p, int key)
{
	char b[4];
	if (key == KEYS_BACKSPACE || key == 8) {
		erase(p);
	} else if (key == 21) {
		p->n = 0;
		p->text[0] = '\0';
	} else if (key == KEYS_UP || key == KEYS_DOWN) {
		recall(p, key == KEYS_UP ? -1 : 1);
	} else if (key == KEYS_RIGHT || key == KEYS_END) {
		if (*suggestion(p))
			put_choice(p, 0);
	} else if (key >= ' ' && key < 0x110000 && text_printable(key)) {
		int n = (int)text_encode(b, key);
		if (p->n + n < (int)sizeof p->text) {
			memcpy(p->text + p->n, b, (size_t)n);
			p->n += n;
			p->text[p->n] = '\0';
		}
	}
}

enum prompt_result prompt_key(struct prompt *p, int key, prompt_complete *complete, void *ctx)
{
	switch (key) {
	case KEYS_ENTER:
		remember(p);
		p->open = false;
		return PROMPT_DONE;
	case KEYS_TAB:
	case KEYS_BTAB:
		next_choice(p, key == KEYS_TAB ? 1 : -1, complete, ctx);
		return PROMPT_GOES_ON;
	case KEYS_ESC:
	case KEYS_INTERRUPT:
		p->open = false;
		return PROMPT_CANCELLED;
	case KEYS_BACKSPACE:
	case 8:
		if (!p->n) {
			p->open = false;
			return PROMPT_CANCELLED;
		}
		break;
	default:
		break;
	}
	edit(p, key);
	find_choices(p, complete, ctx, false);
	return PROMPT_GOES_ON;
}

enum { TYPED_LEAST = 12 }; /* columns that the label leaves for what is typed */

/* The choice with which the row begins: the first beside the suggestion, or, where the row would end before the choice
 * that is in the line, this one. */
static int first_choice(const struct prompt *p, int room)
{
	if (p->at < 0)
		return *suggestion(p) ? 1 : 0;
	for (int i = 0; i <= p->at; i++)
		room -= text_width(p->choice[i]) + 2;
	return room < 6 ? p->at : 0;
}

/* "+3": so many have no room. */
static void choices_draw(const struct prompt *p, struct canvas *c, int x, int y)
{
	for (int i = first_choice(p, c->w - x); i < p->n_choice; i++) {
		int w = text_width(p->choice[i]);
		if (x + w + (i + 1 < p->n_choice ? 6 : 0) > c->w) {
			canvas_printf(c, x, y, -1, S_DIM, "+%d", p->n_choice - i);
			return;
		}
		canvas_text(c, x, y, -1, i == p->at ? S_KEY : S_DIM, p->choice[i]);
		x += w + 2;
	}
}

void prompt_draw(const struct prompt *p, struct canvas *c, int y)
{
	int room = c->w - 1 - TYPED_LEAST;
	canvas_fill(c, (struct rect){ 0, y, c->w, 1 }, ' ', S_TEXT);
	int x = 1 + canvas_text(c, 1, y, room > 1 ? room : 1, S_KEY, p->label);
	/* a line longer than the screen: its end is what is typed */
	const char *s = p->text;
	while (text_width(s) > c->w - x - 1 && *s) {
		size_t used;
		text_decode(s, strlen(s), &used);
		s += used;
	}
	x += canvas_text(c, x, y, -1, S_TEXT, s);
	canvas_cursor(c, x, y);
	x += canvas_text(c, x, y, -1, S_DIM, suggestion(p)) + 2;
	if (*p->hint && p->at < 0)
		canvas_text(c, x, y, -1, S_DIM, p->hint);
	else if (x < c->w)
		choices_draw(p, c, x, y);
}
