#include "ui/parts/page.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"

enum { SIDE_LEAST = 116, BELOW_LEAST = 17, BELOW_H = 6, NAME_MOST = 30 };

void page_release(struct page *p)
{
	description_release(&p->d);
	free(p->row);
	p->row = NULL;
	p->n_row = 0;
}

static void tensor_choose(const struct ui *u, struct page *p, int value)
{
	if (value == p->tensor)
		return;
	p->tensor = value;
	const struct value *v = value >= 0 ? &u->s.m->graph->value[value] : NULL;
	if (v)
		tensor_figures(v->r, shape_count(&v->shape), &p->figures);
}

void page_begin(struct page *p)
{
	p->tensor = -1;
	p->list = (struct list){ .at = -1 };
}

/* ---- lines to rows ---- */

static void add_row(struct page *p, int line, size_t from, size_t n)
{
	p->row = xrealloc(p->row, (size_t)p->n_row + 1, sizeof *p->row);
	p->row[p->n_row++] = (struct page_row){ line, from, n };
}

/* Columns before the values of a line. */
static int indent(const struct page *p, const struct describe_line *l)
{
	return l->kind == LINE_HEADING ? 1 : l->kind == LINE_WARNING ? 3 : 3 + p->name_w + 2;
}

static void rows_make(struct page *p, int w)
{
	p->n_row = 0;
	p->name_w = 8;
	for (int i = 0; i < p->d.n; i++) {
		int n = text_width(p->d.v[i].name);
		if (p->d.v[i].kind != LINE_HEADING && n > p->name_w)
			p->name_w = n;
	}
	int most = w / 3 < NAME_MOST ? w / 3 : NAME_MOST;
	p->name_w = p->name_w > most ? most : p->name_w;
	for (int i = 0; i < p->d.n; i++) {
		const struct describe_line *l = &p->d.v[i];
		int room = w - indent(p, l) - 1;
		size_t at = 0, n = strlen(l->value);
		if (l->kind == LINE_HEADING && i)
			add_row(p, -1, 0, 0);
		do {
			size_t k = text_fit(l->value + at, room > 4 ? room : 4);
			add_row(p, i, at, k);
			at += k;
			while (l->value[at] == ' ')
				at++;
		} while (at < n);
	}
}

/* Of the line under the cursor the weights; else those above it, else the first ones. */
static int tensor_at(const struct page *p)
{
	int line = p->n_row ? p->row[p->list.at].line : -1, found = -1;
	for (int i = 0; i < p->d.n; i++)
		if (p->d.v[i].kind == LINE_TENSOR && (found < 0 || i <= line))
			found = p->d.v[i].of;
	return found;
}

static int first_tensor_row(const struct page *p)
{
	for (int i = 0; i < p->n_row; i++)
		if (p->row[i].line >= 0 && p->d.v[p->row[i].line].kind == LINE_TENSOR)
			return i;
	return 0;
}

/* The first and the last row of the line that row i belongs to. */
static int line_begin(const struct page *p, int i)
{
	while (i > 0 && p->row[i - 1].line == p->row[i].line)
		i--;
	return i;
}

static int line_end(const struct page *p, int i)
{
	while (i + 1 < p->n_row && p->row[i + 1].line == p->row[i].line)
		i++;
	return i;
}

void page_update(const struct ui *u, struct page *p)
{
	int line = p->list.at >= 0 && p->list.at < p->n_row ? p->row[p->list.at].line : -1;
	bool weights = tensor_at(p) >= 0;
	p->text = u->frame.body;
	p->side = (struct rect){ 0 };
	if (weights && p->text.w >= SIDE_LEAST)
		p->side = rect_right(&p->text, p->text.w * 2 / 5);
	else if (weights && p->text.h >= BELOW_LEAST)
		p->side = rect_bottom(&p->text, BELOW_H);
	rows_make(p, p->text.w);
	if (p->list.at < 0) {
		p->list.at = first_tensor_row(p);
		p->list.first = 0;
	} else if (line >= 0 && (p->list.at >= p->n_row || p->row[p->list.at].line != line)) {
		/* the width is another one: the cursor stays on its line */
		for (int i = p->n_row - 1; i >= 0; i--)
			p->list.at = p->row[i].line == line ? i : p->list.at;
	}
	list_keep(&p->list, p->n_row, p->text.h);
	int end = p->n_row ? line_end(p, p->list.at) : 0;
	if (end >= p->list.first + p->text.h && end - p->list.at < p->text.h) /* the whole line is seen */
		p->list.first = end - p->text.h + 1;
	tensor_choose(u, p, tensor_at(p));
}

const struct describe_line *page_line(const struct page *p)
{
	int line = p->list.at >= 0 && p->list.at < p->n_row ? p->row[p->list.at].line : -1;
	return line < 0 ? NULL : &p->d.v[line];
}

/* ---- drawing ---- */

static void row_draw(const struct ui *u, struct canvas *c, const struct page *p, int i, int y)
{
	const struct page_row *r = &p->row[i];
	const struct describe_line *l = r->line < 0 ? NULL : &p->d.v[r->line];
	bool on = i == p->list.at;
	int x = p->text.x, end = x + p->text.w - 1;
	char part[1024];
	bool named = l && l->kind != LINE_WARNING && !r->from;
	if (on) {
		canvas_put(c, x, y, u->g->mark, S_BORDER_ON);
		canvas_cursor(c, !l || l->kind == LINE_HEADING ? x + 1 : named ? x + 3 : x + indent(p, l), y);
	}
	if (!l)
		return;
	canvas_zone(c, (struct rect){ x, y, p->text.w, 1 }, i, -1);
	if (l->kind == LINE_HEADING) {
		canvas_name(c, x + 1, y, end - x - 1, on ? S_TITLE | STYLE_REVERSE : S_TITLE, l->name);
		return;
	}
	if (named) {
		unsigned style = l->kind == LINE_PAIR ? S_DIM : S_CHANNEL;
		canvas_name(c, x + 3, y, p->name_w, on ? S_TITLE | STYLE_REVERSE : style, l->name);
	}
	snprintf(part, sizeof part, "%.*s", (int)r->n, l->value + r->from);
	int at = x + indent(p, l);
	unsigned style = l->kind == LINE_WARNING ? S_WARN : S_TEXT;
	canvas_text(c, at, y, end - at, on && !named ? style | STYLE_REVERSE : style, part);
}

/* The numbers of each part of min..max as columns. */
static void bins_draw(const struct ui *u, struct canvas *c, struct rect r, const struct tensor_figures *q)
{
	int64_t most = 1;
	for (int i = 0; i < TENSOR_BINS; i++)
		most = q->bin[i] > most ? q->bin[i] : most;
	for (int x = 0; x < r.w; x++) {
		int64_t n = q->bin[x * TENSOR_BINS / r.w];
		int e = (int)(8 * r.h * n / most);
		e = n && !e ? 1 : e; /* what is there is seen */
		for (int y = 0; y < r.h; y++) {
			int fill = e - 8 * (r.h - 1 - y);
			if (fill > 0)
				canvas_put(c, r.x + x, r.y + y, u->g->level[fill > 8 ? 8 : fill], S_LINE);
		}
	}
}

static void side_draw(const struct ui *u, struct canvas *c, const struct page *p)
{
	struct rect r = p->side;
	const struct tensor_figures *q = &p->figures;
	char low[32], high[32];
	if (!r.h || p->tensor < 0)
		return;
	rect_left(&r, 3);
	rect_right(&r, 1);
	int wide = r.w > 2 * TENSOR_BINS ? r.w / TENSOR_BINS * TENSOR_BINS : r.w;
	struct rect head = rect_top(&r, 1);
	int n = canvas_name(c, head.x, head.y, head.w / 2, S_CHANNEL, u->s.m->graph->value[p->tensor].name);
	canvas_printf(c, head.x + n + 1, head.y, head.w - n - 1, S_DIM, "how its %lld numbers are spread",
	              (long long)q->n);
	if (q->nan + q->infinite == q->n) {
		canvas_text(c, r.x, r.y, r.w, S_WARN, "none of them is finite");
		return;
	}
	r.h = r.h > 13 ? 13 : r.h;
	struct rect axis = rect_bottom(&r, 1);
	bins_draw(u, c, (struct rect){ r.x, r.y, wide, r.h }, q);
	number_format(low, sizeof low, q->min, 8);
	number_format(high, sizeof high, q->max, 8);
	canvas_text(c, axis.x, axis.y, wide, S_AXIS, low);
	canvas_right(c, axis.x, axis.y, wide, S_AXIS, high);
	if (q->min < 0 && q->max > 0) {
		int x = (int)(-q->min / (q->max - q->min) * wide);
		if (x > text_width(low) && x < wide - text_width(high) - 1)
			canvas_text(c, axis.x + x, axis.y, 1, S_AXIS, "0");
	}
}

void page_draw(const struct ui *u, struct canvas *c, const struct page *p)
{
	for (int y = 0; y < p->text.h && p->list.first + y < p->n_row; y++)
		row_draw(u, c, p, p->list.first + y, p->text.y + y);
	int end = p->text.x + p->text.w - 1;
	if (p->list.first > 0)
		canvas_put(c, end, p->text.y, u->g->up, S_BORDER_ON);
	if (p->list.first + p->text.h < p->n_row)
		canvas_put(c, end, p->text.y + p->text.h - 1, u->g->down, S_BORDER_ON);
	side_draw(u, c, p);
}

/* ---- moving ---- */

/* Rows on which the cursor does not stop: blank ones, and those that only go on with a line that the screen holds. */
static bool passed_over(const struct page *p, int i)
{
	return p->row[i].line < 0 || (p->row[i].from > 0 && line_end(p, i) - line_begin(p, i) < p->text.h);
}

unsigned page_move(const struct ui *u, struct page *p, enum move m)
{
	int before = p->list.at, at = before;
	(void)u;
	list_move(&at, p->n_row, p->text.h - 1, m);
	int step = at >= before ? 1 : -1;
	while (at >= 0 && at < p->n_row && passed_over(p, at))
		at += step;
	/* behind the last line: its first row */
	for (at = at >= p->n_row ? p->n_row - 1 : at; at > 0 && passed_over(p, at);)
		at--;
	p->list.at = at < 0 ? 0 : at;
	return p->list.at == before ? 0 : CHANGED_LIST;
}

bool page_search(struct page *p, const char *word, int step, unsigned *changed)
{
	int n = p->d.n, from = p->n_row && p->row[p->list.at].line >= 0 ? p->row[p->list.at].line : 0;
	for (int k = 1; k <= n; k++) {
		int i = ((from + step * k) % n + n) % n;
		if (!text_has(p->d.v[i].name, word) && !text_has(p->d.v[i].value, word))
			continue;
		for (int r = p->n_row - 1; r >= 0; r--)
			p->list.at = p->row[r].line == i ? r : p->list.at;
		*changed = CHANGED_LIST;
		return true;
	}
	return false;
}

bool page_numbers(const struct ui *u, const struct page *p, struct export_numbers *n, char *name, size_t size)
{
	if (p->tensor < 0)
		return false;
	const struct value *v = &u->s.m->graph->value[p->tensor];
	snprintf(name, size, "%s", v->name);
	*n = (struct export_numbers){ .name = name, .rank = v->shape.rank, .v = v->r };
	for (int i = 0; i < v->shape.rank; i++)
		n->dim[i] = v->shape.dim[i];
	return true;
}

const struct legend legend_page[] = {
	SEEN("{mark}", "the line under the cursor; over weights, it chooses them"),
	SEEN("{up} {down}", "there is more above or below"),
	SEEN("conv/kernel", "weights of the layer, with their shape and figures", .style = S_CHANNEL),
	SEEN("min, max, mean", "smallest and largest number, and their mean; deviation: the standard deviation"),
	SEEN("{spread}", "how many of the chosen weights lie in each part between the smallest and the largest"),
	SEEN("(N,C,T)", "the order of axes: windows, channels or filters, time steps; other axes are 1"),
	SEEN("(same)", "padding that leaves as many steps as there were; (valid): none; (causal): all of it before"),
	{ 0 },
};

void page_notes(const struct ui *u, struct page *p, enum note_about about, int layer)
{
	for (int i = 0; i < notes_n(u->s.notes); i++) {
		const struct note *n = u->s.notes->v[i];
		if (n->about != about || (about == NOTE_LAYER && n->at_layer != layer))
			continue;
		char when[32], *text;
		text = xasprintf("%s (%s%s%s)", n->text, n->author, *n->author ? ", " : "",
		                 note_time_format(n->time, when, sizeof when));
		description_insert(&p->d, 0, "note", text);
		free(text);
	}
}
