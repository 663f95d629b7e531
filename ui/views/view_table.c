/* The filters of all layers, or of one, as a table: a row a filter, its columns those of filter_fact_table. It is
 * sorted by any column, and `&` says which filters it shows. */
#include "ui/views/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "ui/state/format.h"
#include "ui/parts/legend.h"
#include "ui/parts/list.h"

struct table_row {
	int layer, filter;
	double place, rank; /* the layer's place, and the filter's importance in it: they decide between equal keys */
	double key;
	bool none; /* there is no key */
};

/* A column on the screen. fact: row of filter_fact_table; channel: of a fact that each channel has. */
struct table_column {
	int fact, x, w;
	int64_t channel;
};

struct own {
	struct list list;
	struct table_row *row; /* [list.n] sorted */
	int n, cap;
	struct table_column *column; /* [columns] all that are chosen; w 0: off the screen */
	int columns, cap_column;
	int scroll;    /* columns that are scrolled off to the left, behind those that stay */
	bool more;     /* columns to the right have no room */
	unsigned made; /* scene.lists when the rows were made */
	int of;        /* the layer whose filters they are; -1: of all layers */
	bool pools;    /* pools that only thin their convolution's filters are listed, too */
};

static struct own *own(const struct ui *u)
{
	return u->data[VIEW_TABLE];
}

static void table_free(void *data)
{
	struct own *o = data;
	free(o->row);
	free(o->column);
}

static const struct filter_fact *fact_of(const struct table_column *q)
{
	return &filter_fact_table[q->fact];
}

/* ---- rows ---- */

static int by_key(const void *pa, const void *pb)
{
	const struct table_row *a = pa, *b = pb;
	if (a->none != b->none)
		return a->none - b->none;
	if (!a->none && a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->filter - b->filter;
}

static void row_add(struct ui *u, int layer, int f)
{
	struct own *o = own(u);
	const struct table_settings *t = &u->s.table;
	const struct filter_fact *q = &filter_fact_table[t->sort];
	struct filter_facts facts = scene_facts(&u->scene, &u->s, layer, f);
	double key = q->kind == FACT_TEXT ? facts.place : filter_fact_number(&facts, t->sort, t->channel);
	if (o->n == o->cap) {
		o->cap = 2 * o->cap + 64;
		o->row = xrealloc(o->row, (size_t)o->cap, sizeof *o->row);
	}
	o->row[o->n++] = (struct table_row){ .layer = layer,
		                             .filter = f,
		                             .place = facts.place,
		                             .rank = isnan(facts.rank) ? 0 : facts.rank,
		                             .key = q->rises == t->reverse ? -key : key,
		                             .none = isnan(key) };
}

static bool listed(const struct ui *u, int layer)
{
	if (u->s.table.one_layer)
		return layer == u->s.layer;
	return own(u)->pools || layer_thins(u->s.m, layer) < 0;
}

/* After filters were switched the rows stay where they are until they are sorted anew. */
static bool held(const struct ui *u)
{
	const struct own *o = own(u);
	bool any = false;
	for (int k = 0; k < u->s.n_column; k++)
		any |= listed(u, u->s.column[k]) && u->scene.rows[u->s.column[k]].held;
	return any && o->n && o->made == u->scene.lists && o->of == (u->s.table.one_layer ? u->s.layer : -1);
}

static void rows_make(struct ui *u)
{
	struct own *o = own(u);
	o->n = 0;
	o->made = u->scene.lists;
	o->of = u->s.table.one_layer ? u->s.layer : -1;
	for (int k = 0; k < u->s.n_column; k++) {
		int layer = u->s.column[k];
		if (!listed(u, layer))
			continue;
		const struct rows *r = scene_rows(&u->scene, &u->s, layer);
		for (int f = 0; f < (int)r->F; f++)
			if (!*u->s.expression || r->shown[f])
				row_add(u, layer, f);
	}
	if (o->n)
		qsort(o->row, (size_t)o->n, sizeof *o->row, by_key);
}

/* The cursor's row is that of the selected filter. If it is not there, the row that has taken its place is selected. */
static void select_row(struct ui *u)
{
	struct own *o = own(u);
	int thins = layer_thins(u->s.m, u->s.layer), f = u->s.filter[u->s.layer];
	if (thins >= 0 && !listed(u, u->s.layer)) {
		session_layer(&u->s, thins);
		session_filter(&u->s, f);
	}
	for (int i = 0; i < o->n; i++)
		if (o->row[i].layer == u->s.layer && o->row[i].filter == u->s.filter[u->s.layer]) {
			o->list.at = i;
			return;
		}
	if (!o->n)
		return;
	o->list.at = o->list.at < o->n ? o->list.at : o->n - 1;
	session_layer(&u->s, o->row[o->list.at].layer);
	session_filter(&u->s, o->row[o->list.at].filter);
}

/* ---- columns ---- */

static void column_add(struct own *o, struct table_column q)
{
	if (o->columns == o->cap_column) {
		o->cap_column = 2 * o->cap_column + 16;
		o->column = xrealloc(o->column, (size_t)o->cap_column, sizeof *o->column);
	}
	o->column[o->columns++] = q;
}

static const char *column_title(const struct ui *u, const struct table_column *q, char *buf, size_t size)
{
	char name[64];
	if (fact_of(q)->kind != FACT_SHARE)
		return fact_of(q)->title;
	snprintf(buf, size, "%s:%s", fact_of(q)->name, channel_name(u, q->channel, name, sizeof name));
	return buf;
}

static int column_width(const struct ui *u, const struct table_column *q)
{
	char b[96];
	int w = fact_of(q)->width;
	if (fact_of(q)->kind == FACT_SHARE) {
		int title = text_width(column_title(u, q, b, sizeof b)) + 2;
		return title < 14 ? title : 14;
	}
	if (fact_of(q)->kind != FACT_TEXT)
		return w;
	int most = 6; /* "layer" and the sign of the order */
	for (int k = 0; k < u->s.n_column; k++) {
		int n = text_width(u->s.m->layer[u->s.column[k]].name);
		most = n > most ? n : most;
	}
	return u->canvas.w >= 120 ? (most < 3 * w ? most : 3 * w) : most < w ? most : w;
}

static void columns_choose(struct ui *u)
{
	struct own *o = own(u);
	o->columns = 0;
	for (int i = 0; filter_fact_table[i].name; i++) {
		bool known = !(filter_fact_table[i].source & FROM_SURVEY) || u->scene.survey.on;
		if (!(u->s.table.columns & 1u << i) || !known)
			continue;
		int64_t n = filter_fact_table[i].kind == FACT_SHARE ? u->s.m->C : 1;
		for (int64_t c = 0; c < n; c++)
			column_add(o, (struct table_column){ .fact = i, .channel = c });
	}
}

/* Layer and number stay at the left. */
static int frozen(const struct own *o)
{
	int n = 0;
	while (n < o->columns && n < 2 && o->column[n].fact < 2)
		n++;
	return n;
}

/* Where the columns stand; those that have no room get the width 0. What is left over goes to the curve. */
static void columns_place(struct ui *u)
{
	struct own *o = own(u);
	int stay = frozen(o), x = 1, end = u->frame.body.w, curve = -1;
	int most = o->columns - stay - 1;
	o->scroll = o->scroll > most ? most : o->scroll;
	o->scroll = o->scroll < 0 ? 0 : o->scroll;
	o->more = false;
	for (int i = 0; i < o->columns; i++) {
		struct table_column *q = &o->column[i];
		int w = column_width(u, q);
		bool off = (i >= stay && i < stay + o->scroll) || o->more;
		o->more |= !off && x + w > end;
		q->x = x;
		q->w = off || o->more ? 0 : w;
		x += q->w ? q->w + 1 : 0;
		if (q->w && fact_of(q)->kind == FACT_CURVE)
			curve = i;
	}
	int rest = end - x < CURVE - 14 ? end - x : CURVE - 14;
	if (curve < 0 || o->more || rest < 1)
		return;
	o->column[curve].w += rest;
	for (int i = curve + 1; i < o->columns; i++)
		o->column[i].x += rest;
}

static int room_of(const struct ui *u)
{
	return u->frame.body.h - 2;
}

static void table_update(struct ui *u, unsigned changed)
{
	struct own *o = own(u);
	const unsigned moved = CHANGED_FILTER | CHANGED_TIME | CHANGED_REST | CHANGED_MESSAGE | CHANGED_LIST |
	                       (u->s.table.one_layer ? 0 : CHANGED_LAYER);
	u->clusters_drawn = 0;
	for (int k = 0; k < u->s.n_column; k++) {
		const struct rows *r = &u->scene.rows[u->s.column[k]];
		u->clusters_drawn =
		        r->clusters && r->clusters->k > u->clusters_drawn ? r->clusters->k : u->clusters_drawn;
	}
	if ((changed & ~moved) && !held(u))
		rows_make(u);
	select_row(u);
	columns_choose(u);
	columns_place(u);
	list_keep(&o->list, o->n, room_of(u));
}

static unsigned table_wants(const struct ui *u)
{
	const struct table_settings *t = &u->s.table;
	unsigned sources = filter_fact_table[t->sort].source, needs = 0;
	for (int i = 0; filter_fact_table[i].name; i++)
		if (t->columns & 1u << i)
			sources |= filter_fact_table[i].source;
	needs |= sources & FROM_CLUSTERS ? NEEDS_CLUSTERS : 0;
	needs |= sources & FROM_MAPS ? NEEDS_LOOK : 0;
	needs |= sources & FROM_ABLATION ? NEEDS_ABLATION : 0;
	return needs | (t->one_layer ? 0 : NEEDS_LAYERS);
}

/* ---- drawing ---- */

static void head_draw(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = own(u);
	const struct table_settings *t = &u->s.table;
	for (int i = 0; i < o->columns; i++) {
		const struct table_column *q = &o->column[i];
		char b[96];
		if (!q->w)
			continue;
		bool on = q->fact == t->sort && q->channel == t->channel;
		bool left = fact_of(q)->kind == FACT_TEXT || fact_of(q)->kind == FACT_CURVE || q->fact < 2;
		const char *title = column_title(u, q, b, sizeof b);
		int n = text_width(title), most = q->w - on;
		n = n > most ? most : n;
		int x = left ? q->x : q->x + q->w - n - on;
		canvas_text(c, x, y, n, on ? S_TITLE | STYLE_UNDERLINE : S_DIM, title);
		if (on)
			canvas_put(c, x + n, y, fact_of(q)->rises != t->reverse ? u->g->up : u->g->down, S_TITLE);
	}
}

/* Is the number of this fact still being worked out? */
static bool awaited(const struct ui *u, const struct rows *r, const struct table_column *q, int f)
{
	switch (fact_of(q)->source) {
	case FROM_CLUSTERS:
		return !r->clusters;
	case FROM_MAPS:
		return isnan(r->look[f * u->s.m->C]) && r->looked <= f && !r->over;
	case FROM_SURVEY:
		return !u->scene.survey.set && !u->scene.survey.failed;
	case FROM_ABLATION:
		return r->ablation_stale;
	default:
		return !r->loaded;
	}
}

/* A number as its column shows it, in buf. */
static const char *number_text(const struct table_column *q, double v, char *buf, size_t size)
{
	if (isnan(v))
		snprintf(buf, size, "-");
	else if (fact_of(q)->whole)
		snprintf(buf, size, "%.0f", v);
	else
		number_format(buf, size, v, q->w > 0 ? q->w : 9);
	return buf;
}

static void degree_cell(const struct ui *u, struct canvas *c, const struct table_column *q, int y, double v)
{
	int bar = q->w - 5;
	if (isnan(v)) {
		canvas_right(c, q->x, y, q->w, S_DIM, "-");
		return;
	}
	plot_bar(c, u->g, q->x, y, bar, v, style_seq(v));
	canvas_printf(c, q->x + bar + 1, y, 4, S_TEXT, "%.2f", v);
}

static void curve_cell(const struct ui *u, struct canvas *c, const struct table_column *q, int y, const struct rows *r,
                       int f)
{
	int64_t n = r->numbers->curve_n;
	unsigned style = filter_style(u, r, f);
	if (r->off[f] || r->dead[f])
		canvas_text(c, q->x, y, q->w, r->off[f] ? S_WARN : S_DIM, r->off[f] ? "off" : "silent");
	else if (n >= 2)
		plot_spark(c, u->g, q->x, y, q->w, series_of(r->numbers->curve + f * n, n), r->range[f],
		           (struct paint){ .style = style });
}

/* "100 %", ">99 %", "0.3 %", "<.1 %"; a filter that never is alive is dead by a word. */
static void part_cell(struct canvas *c, const struct table_column *q, int y, double v, bool dead)
{
	char b[16];
	if (v > 0 && v < 0.0005)
		snprintf(b, sizeof b, "<.1 %%");
	else if (v < 1 && v >= 0.995)
		snprintf(b, sizeof b, ">99 %%");
	else
		snprintf(b, sizeof b, "%.*f %%", v > 0 && v < 0.0995, 100 * v);
	canvas_right(c, q->x, y, q->w,
	             isnan(v) ? (unsigned)S_DIM
	             : dead   ? (unsigned)S_WARN
	                      : (unsigned)S_TEXT,
	             isnan(v) ? "-"
	             : dead   ? "dead"
	                      : b);
}

static void cell_draw(const struct ui *u, struct canvas *c, const struct table_column *q, int y,
                      const struct table_row *row, const struct filter_facts *facts)
{
	const struct rows *r = &u->scene.rows[row->layer];
	double v = filter_fact_number(facts, q->fact, q->channel);
	char b[64];
	if (q->fact < 2) {
		if (fact_of(q)->kind == FACT_TEXT)
			canvas_name(c, q->x, y, q->w, S_TEXT, facts->layer);
		else
			canvas_text(c, q->x, y, q->w, S_TEXT, (filter_label(u, r, row->filter, b, sizeof b), b));
		return;
	}
	if (awaited(u, r, q, row->filter)) {
		canvas_put(c, q->x + q->w - 1, y, c->ellipsis, S_DIM);
		return;
	}
	switch (fact_of(q)->kind) {
	case FACT_CURVE:
		curve_cell(u, c, q, y, r, row->filter);
		break;
	case FACT_FLAG:
		canvas_right(c, q->x, y, q->w, S_WARN, v > 0 ? fact_of(q)->title : "");
		break;
	case FACT_PART:
		part_cell(c, q, y, v, facts->dead);
		break;
	case FACT_LETTER:
		if (isnan(v))
			canvas_right(c, q->x, y, q->w, S_DIM, "-");
		else
			canvas_put(c, q->x + q->w - 1, y, (unsigned char)cluster_letter((int)v),
			           style_cluster((int)v) | STYLE_BOLD);
		break;
	case FACT_SHARE:
		snprintf(b, sizeof b, isnan(v) ? "-" : "%.0f %%", 100 * v);
		canvas_right(c, q->x, y, q->w,
		             isnan(v)  ? (unsigned)S_DIM
		             : v > 0.5 ? (unsigned)S_TITLE
		                       : (unsigned)S_TEXT,
		             b);
		break;
	case FACT_DEGREE:
		degree_cell(u, c, q, y, v);
		break;
	default:
		canvas_right(c, q->x, y, q->w, isnan(v) ? (unsigned)S_DIM : (unsigned)S_TEXT,
		             number_text(q, v, b, sizeof b));
	}
}

static void title_draw(const struct ui *u, struct canvas *c, int y)
{
	const struct own *o = own(u);
	int x = 1, layers = 0,
	    steps = 0; /* steps: layers with a time axis, whose rows are filters; others have units */
	for (int k = 0; k < u->s.n_column; k++) {
		layers += listed(u, u->s.column[k]);
		steps += listed(u, u->s.column[k]) && u->s.m->layer[u->s.column[k]].has_time;
	}
	const char *what = steps == layers ? "filters" : steps ? "filters and units" : "units";
	if (u->s.table.one_layer)
		x += canvas_printf(c, x, y, -1, S_TITLE, "%d %s of %s", o->n,
		                   session_layer_now(&u->s)->has_time ? "filters" : "units",
		                   session_layer_now(&u->s)->name);
	else
		x += canvas_printf(c, x, y, -1, S_TITLE, "%d %s of %d layer%s", o->n, what, layers,
		                   layers == 1 ? "" : "s");
	if (*u->s.expression)
		x += canvas_printf(c, x, y, -1, S_WARN, " where %s", u->s.expression);
	if (o->scroll || o->more)
		canvas_printf(c, x, y, -1, S_DIM, "  more columns: %s%s%s", o->scroll ? "left" : "",
		              o->scroll && o->more ? ", " : "", o->more ? "right" : "");
}

static void table_draw(const struct ui *u, struct canvas *c)
{
	const struct own *o = own(u);
	struct rect body = u->frame.body;
	title_draw(u, c, body.y);
	head_draw(u, c, body.y + 1);
	if (!o->n) {
		canvas_printf(c, 1, body.y + 2, -1, S_WARN | STYLE_REVERSE,
		              "no filter matches '%s'; & and Enter shows all", u->s.expression);
		canvas_cursor(c, 1, body.y + 2);
	}
	for (int k = 0; k < room_of(u) && o->list.first + k < o->n; k++) {
		int i = o->list.first + k, y = body.y + 2 + k;
		const struct table_row *row = &o->row[i];
		struct filter_facts facts = scene_facts(&u->scene, &u->s, row->layer, row->filter);
		for (int q = 0; q < o->columns; q++)
			if (o->column[q].w)
				cell_draw(u, c, &o->column[q], y, row, &facts);
		if (i == o->list.at) {
			canvas_put(c, 0, y, u->g->mark, S_BORDER_ON);
			canvas_mark(c, (struct rect){ 1, y, frozen(o) ? o->column[0].w : 1, 1 }, STYLE_REVERSE);
			canvas_cursor(c, 1, y);
		}
		canvas_zone(c, (struct rect){ 0, y, c->w, 1 }, row->layer, row->filter);
	}
	if (o->list.first > 0)
		canvas_put(c, c->w - 1, body.y + 2, u->g->up, S_BORDER_ON);
	if (o->list.first + room_of(u) < o->n)
		canvas_put(c, c->w - 1, body.y + body.h - 1, u->g->down, S_BORDER_ON);
}

/* ---- keys ---- */

static unsigned row_go(struct ui *u, int i)
{
	const struct own *o = own(u);
	if (!o->n)
		return 0;
	const struct table_row *row = &o->row[i];
	return session_layer(&u->s, row->layer) | session_filter(&u->s, row->filter);
}

static unsigned scroll_by(struct ui *u, int by)
{
	struct own *o = own(u);
	int was = o->scroll;
	if (by < 0 || o->more)
		o->scroll += by;
	columns_place(u);
	return o->scroll == was ? 0 : CHANGED_LIST;
}

/* The first row of the next layer that has one: where layers follow each other the next row of another layer. */
static unsigned layer_by(struct ui *u, int step)
{
	const struct own *o = own(u);
	struct session *s = &u->s;
	if (s->table.one_layer) {
		int to = session_column(s) + step;
		return to < 0 || to >= s->n_column ? 0 : session_layer(s, s->column[to]);
	}
	for (int i = o->list.at + step; i >= 0 && i < o->n; i += step)
		if (o->row[i].layer != s->layer)
			return row_go(u, i);
	return 0;
}

static unsigned table_move(struct ui *u, enum move m)
{
	const struct own *o = own(u);
	switch (m) {
	case MOVE_LEFT:
		return scroll_by(u, -1);
	case MOVE_RIGHT:
		return scroll_by(u, 1);
	case MOVE_NEXT:
		return layer_by(u, 1);
	case MOVE_PREVIOUS:
		return layer_by(u, -1);
	default:
		return row_go(u, (int)list_moved(o->list.at, o->n, room_of(u) - 1, m));
	}
}

static unsigned table_enter(struct ui *u)
{
	return own(u)->n ? session_view(&u->s, VIEW_FILTER, true) : 0;
}

static unsigned table_fold(struct ui *u)
{
	struct own *o = own(u);
	o->pools = !o->pools;
	rows_make(u);
	return CHANGED_LOOK;
}

static unsigned table_toggle(struct ui *u)
{
	u->s.table.one_layer = !u->s.table.one_layer;
	return CHANGED_ORDER;
}

static unsigned sort_by(struct ui *u, const struct table_column *q)
{
	u->s.table.sort = q->fact;
	u->s.table.channel = q->channel;
	return CHANGED_ORDER;
}

/* By a column's name as expressions have it, by its heading, or, without a name, by the next column. */
static unsigned table_sort(struct ui *u, const char *name)
{
	struct own *o = own(u);
	columns_choose(u);
	int at = -1;
	for (int i = 0; i < o->columns; i++) {
		const struct table_column *q = &o->column[i];
		char b[96];
		if (!name && q->fact == u->s.table.sort && q->channel == u->s.table.channel)
			at = i;
		if (name && (!strcmp(name, column_title(u, q, b, sizeof b)) || !strcmp(name, fact_of(q)->name)))
			return sort_by(u, q);
	}
	if (name || !o->columns) {
		ui_say(u, "the table has no column '%s'; o chooses them", name ? name : "");
		return 0;
	}
	do
		at = (at + 1) % o->columns;
	while (fact_of(&o->column[at])->kind == FACT_CURVE && o->columns > 1);
	return sort_by(u, &o->column[at]);
}

static unsigned table_reverse(struct ui *u)
{
	u->s.table.reverse = !u->s.table.reverse;
	return CHANGED_ORDER;
}

static void table_sort_name(const struct ui *u, char *buf, size_t size)
{
	const struct table_settings *t = &u->s.table;
	char b[96];
	const char *title =
	        column_title(u, &(struct table_column){ .fact = t->sort, .channel = t->channel }, b, sizeof b);
	snprintf(buf, size, "%s%s", title, t->reverse ? " reversed" : "");
}

static const char *row_text(const struct ui *u, int64_t i, char *buf, size_t size)
{
	const struct own *o = own(u);
	snprintf(buf, size, "%s #%d", u->s.m->layer[o->row[i].layer].name, o->row[i].filter);
	return buf;
}

static bool table_search(struct ui *u, const char *word, int step, unsigned *changed)
{
	const struct own *o = own(u);
	int64_t to = list_search(u, row_text, o->list.at, o->n, word, step);
	if (to < 0)
		return false;
	*changed = row_go(u, (int)to);
	return true;
}

static void cell_dump(const struct table_column *q, const struct table_row *row, const struct filter_facts *facts,
                      FILE *f)
{
	double v = filter_fact_number(facts, q->fact, q->channel);
	switch (fact_of(q)->kind) {
	case FACT_TEXT:
		fputs(facts->layer, f);
		break;
	case FACT_FLAG:
		fputs(v > 0 ? fact_of(q)->title : "-", f);
		break;
	case FACT_LETTER:
		fputc(isnan(v) ? '-' : cluster_letter((int)v), f);
		break;
	case FACT_SHARE:
		fprintf(f, isnan(v) ? "-" : "%.4f", v);
		break;
	default:
		if (q->fact < 2)
			fprintf(f, "#%d", row->filter);
		else if (isnan(v))
			fputc('-', f);
		else
			fprintf(f, "%.6g", v);
	}
}

static void table_dump(struct ui *u, FILE *f)
{
	struct own *o = own(u);
	if (!held(u))
		rows_make(u);
	columns_choose(u);
	for (int line = -1; line < o->n; line++) {
		struct filter_facts facts = { 0 };
		if (line >= 0)
			facts = scene_facts(&u->scene, &u->s, o->row[line].layer, o->row[line].filter);
		for (int i = 0, first = 1; i < o->columns; i++) {
			const struct table_column *q = &o->column[i];
			char b[96];
			if (fact_of(q)->kind == FACT_CURVE)
				continue;
			fputs(first ? "" : " ", f);
			first = 0;
			if (line < 0)
				fputs(column_title(u, q, b, sizeof b), f);
			else
				cell_dump(q, &o->row[line], &facts, f);
		}
		fputc('\n', f);
	}
}

static bool surveyed(const struct ui *u)
{
	return u->scene.survey.on;
}

static const struct legend legend[] = {
	SEEN("layer{up} max{down}", "sorted by this column, the smallest or the largest first", .style = S_TITLE),
	SEEN("{mark}", "the selected filter"),
	SEEN("{strip}", "its activation over the window"),
	SEEN("{bar} 0.92",
	     "its importance, 0 to 1 within its layer, by the measure in force; above 1, while filters are switched: "
	     "more than any filter of the layer had before"),
	SEEN("look:load 80 %", "the share of this channel in the saliency of the filter, by the method in force"),
	SEEN("A", "the letter of its cluster", .style = S_CLUSTER),
	SEEN("mean, max", "of its activation over the window", .style = S_DIM),
	SEEN("peak", "the step of its largest activation", .style = S_DIM),
	SEEN("alive 5 %", "the share of all windows in which it is not silent", .when = surveyed),
	SEEN("unique 0.3 %",
	     "the part of its variance over all windows that the other filters of its layer cannot explain; under 1 % "
	     "it is redundant, however important it looks",
	     .when = surveyed),
	SEEN("dead", "the filter has one value at all steps of all windows", .style = S_WARN, .when = surveyed),
	SEEN("silent", "the filter has one value at all steps of this window", .style = S_WARN),
	SEEN("|ablation|", "size of the change of the target when x switches the filter off", .style = S_DIM),
	SEEN("{ellipsis}", "not computed yet"),
	SEEN("-", "there is no value", .style = S_DIM),
	SEEN("{up} {down}", "more rows above or below"),
	{ .keys = "left,right", .text = "other columns, where not all have room" },
	{ .keys = "options", .text = "chooses the columns" },
	{ .keys = "fold", .text = "lists the filters of pools, too, which only thin those of a convolution, or not" },
	{ .keys = "filter", .text = "layer~conv  look:2>0.7 or 2>0.7  imp>0.5  silent  peak<10 and not marked" },
	{ .rows = legend_filters },
	{ 0 },
};

const struct view view_table = {
	.id = VIEW_TABLE,
	.name = "table",
	.title = "Table",
	.tab = 6,
	.legend = legend,
	.size = sizeof(struct own),
	.needs_data = true,
	.has_filters = true,
	.filters_below = true,
	.wants = table_wants,
	.hints = "enter:open sort,reverse:sort toggle:all/one_layer filter options:columns switch:off/on mark "
	         "window-previous,window-next:window search",
	.release = table_free,
	.search = table_search,
	.depends = CHANGED_ALL & ~(CHANGED_REST | CHANGED_MESSAGE),
	.update = table_update,
	.draw = table_draw,
	.move = table_move,
	.enter = table_enter,
	.toggle = table_toggle,
	.fold = table_fold,
	.sort = table_sort,
	.reverse = table_reverse,
	.sort_name = table_sort_name,
	.dump = table_dump,
};
