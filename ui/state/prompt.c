#include "ui/state/prompt.h"

#include <stdio.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/terminal/keys.h"
#include "ui/draw/style.h"

void prompt_open(struct prompt *p, const char *action, const char *label)
{
	p->open = true;
	p->action = action;
	p->label = label;
	p->text[0] = p->hint[0] = '\0';
	p->n = 0;
	p->recall = p->n_history;
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

enum prompt_result prompt_key(struct prompt *p, int key, prompt_complete *complete, void *ctx)
{
	char b[4];
	p->hint[0] = '\0';
	switch (key) {
	case KEYS_ENTER:
		remember(p);
		p->open = false;
		return PROMPT_DONE;
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
		erase(p);
		return PROMPT_GOES_ON;
	case 21:
		p->n = 0;
		p->text[0] = '\0';
		return PROMPT_GOES_ON;
	case KEYS_UP:
		recall(p, -1);
		return PROMPT_GOES_ON;
	case KEYS_DOWN:
		recall(p, 1);
		return PROMPT_GOES_ON;
	case KEYS_TAB:
		if (complete) {
			complete(ctx, p);
			p->n = (int)strlen(p->text);
		}
		return PROMPT_GOES_ON;
	default:
		break;
	}
	if (key >= ' ' && key < 0x110000 && text_printable(key)) {
		int n = (int)text_encode(b, key);
		if (p->n + n < (int)sizeof p->text) {
			memcpy(p->text + p->n, b, (size_t)n);
			p->n += n;
			p->text[p->n] = '\0';
		}
	}
	return PROMPT_GOES_ON;
}

enum { TYPED_LEAST = 12 }; /* columns that the label leaves for what is typed */

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
	canvas_text(c, x + 2, y, -1, S_DIM, p->hint);
}
