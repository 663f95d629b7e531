#include "src/export/picture.h"

#include "src/export/export.h"

struct taking {
	const struct picture *p;
	FILE *f;
};

static void place(void *ctx, struct ui *u, char *said, size_t size)
{
	const struct taking *t = ctx;
	(void)said, (void)size;
	t->p->place(t->p->ctx, u);
}

static void keep_nothing(void *ctx, const struct ui *u)
{
	(void)ctx, (void)u;
}

static const struct keep_ops placing = { .resume = place, .keep = keep_nothing };

static bool row_is_blank(const struct canvas *c, int y)
{
	for (int x = 0; x < c->w; x++) {
		int32_t cp = c->cell[y * c->w + x].cp;
		if (cp != ' ' && cp != 0)
			return false;
	}
	return true;
}

/* The rows of the body, without blank ones at its end. */
static void take(void *ctx, const struct ui *u)
{
	const struct taking *t = ctx;
	struct canvas c = u->canvas;
	const struct rect *body = &u->frame.body;
	struct export_look look = { .theme = u->theme, .clusters = u->clusters_drawn, .title = t->p->title };
	if (u->frame.usable && body->x == 0 && body->w == c.w && body->h > 0) {
		c.cell += body->y * c.w;
		c.h = body->h;
	}
	while (c.h > 1 && row_is_blank(&c, c.h - 1))
		c.h--;
	export_svg(&c, &look, t->f);
}

int picture_svg(FILE *f, const struct browse_options *o, const struct picture *p, struct err *e)
{
	struct taking t = { p, f };
	struct browse_options b = *o;
	b.view = p->view;
	b.size = p->size;
	b.glyphs = "braille";
	b.colours = "256";
	b.theme = "light";
	b.hints = false;
	b.keep = p->place ? &placing : NULL;
	b.keep_ctx = &t;
	return browse_picture(&b, take, &t, e);
}
