/* Random keys, clicks and turns of the wheel on the browser's screen in memory, with random sizes: no terminal, no time
 * lost. Built by `make monkey`.
 *
 *	play KEYS [SEED [MODEL DATA OPTION...]]      a seed repeats a run
 *
 * MODEL, DATA and OPTION are those of tsviz, --beside included; without them a small network of its own is shown. Every
 * key is followed by what the terminal's loop does: update, draw, and what the cursor promises. Now and then a command
 * is typed, so that views without a key are reached, too. Nothing is written: the browser has no functions that do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "core/diff/beside.h"
#include "core/kernels/tile.h"
#include "src/cli/options.h"
#include "src/job/job.h"
#include "src/job/train_spec.h"
#include "src/session/session_bind.h"
#include "src/text/csv.h"
#include "ui/actions/actions.h"
#include "ui/browse/browser.h"
#include "ui/views/views.h"

static uint64_t state;

static unsigned below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static void must(bool held, const char *what, uint64_t seed, long long key)
{
	if (held)
		return;
	fprintf(stderr, "seed %llu, key %lld: %s\n", (unsigned long long)seed, key, what);
	abort();
}

static const char spec_text[] = "{\"window\": 24, \"layers\": [{\"type\": \"Conv1D\", \"name\": \"a\", \"filters\": "
                                "14, \"kernel\": 3, \"padding\": \"same\","
                                " \"activation\": \"relu\"}, {\"type\": \"MaxPooling1D\", \"name\": \"p\"}, {\"type\": "
                                "\"Conv1D\", \"name\": \"b\", \"filters\": 9,"
                                " \"kernel\": 3, \"input\": \"p\", \"padding\": \"same\", \"activation\": \"relu\"}, "
                                "{\"type\": \"Flatten\", \"name\": \"f\"},"
                                " {\"type\": \"Dense\", \"name\": \"d\", \"units\": 1}], \"loss\": \"mse\"}";

/* What is shown. */
struct shown {
	struct loaded l, other;
	struct beside beside;
	struct options o;
};

static void give_up(const struct err *e)
{
	fprintf(stderr, "play: %s\n", e->text);
	exit(2);
}

static void make_own(struct loaded *l)
{
	struct spec s;
	struct table t;
	struct err e = { 0 };
	char csv[8192] = "when,load,temp\n";
	for (int i = 0; i < 200; i++)
		snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "day %d,%d,%d\n", i, i * 37 % 23, i * 11 % 7);
	recipe_init(&l->recipe);
	if (spec_from_json(&s, spec_text, sizeof spec_text - 1, &e) < 0 ||
	    !(l->model = spec_build(&s, 2, 1, NULL, &e)) ||
	    table_from_csv(&t, "data.csv", (unsigned char *)csv, strlen(csv), INT64_MAX, &e) < 0 ||
	    dataset_cut(&l->data, &t, &l->recipe, l->model, &e) < 0)
		give_up(&e);
	spec_release(&s);
	table_release(&t);
	l->has_data = true;
	l->q.task = TASK_REGRESSION;
}

/* As src/verbs/cmd_browse.c does it. */
static void read_named(struct shown *s, int n, char **word)
{
	struct err e = { 0 };
	s->o.read.no_sandbox = true;
	if (options_parse(&s->o, n, word, &e) || load(&s->l, &s->o, LOAD_SILENT, &e))
		give_up(&e);
	if (!s->o.beside)
		return;
	struct options other = s->o;
	other.model = s->o.beside;
	if (load(&s->other, &other, LOAD_SILENT, &e))
		give_up(&e);
	s->beside = (struct beside){ .m = { s->l.model, s->other.model },
		                     .d = { &s->l.data, &s->other.data },
		                     .name = { s->l.model->file, s->other.model->file },
		                     .truth = load_by_hand(&s->other) };
	if (beside_make(&s->beside, (const struct question *const[]){ &s->l.q, &s->other.q }, &e))
		give_up(&e);
}

static void shown_release(struct shown *s)
{
	beside_release(&s->beside);
	loaded_release(&s->other);
	loaded_release(&s->l);
	options_release(&s->o);
}

/* Mostly what is bound or typed; now and then any code at all. */
static int random_key(void)
{
	static const int named[] = { KEYS_TAB, KEYS_ENTER, KEYS_ENTER, KEYS_ESC, KEYS_BACKSPACE, KEYS_REST, KEYS_REST };
	switch (below(8)) {
	case 0:
	case 1:
		return KEYS_UP + (int)below(KEYS_F12 - KEYS_UP + 1);
	case 2:
		return named[below(sizeof named / sizeof *named)];
	case 3:
		return 1 + (int)below(31);
	case 4:
		return below(20) ? "1234jkhl"[below(8)] : KEYS_PASTED | (int)(1 + below(0x300));
	case 5:
		return below(50) ? ' ' + (int)below(95) : (int)below(KEYS_EOF + 2);
	default:
		return ' ' + (int)below(95);
	}
}

static void look(const struct ui *u, uint64_t seed, long long key)
{
	const struct canvas *c = &u->canvas;
	must(c->cursor_x < c->w && c->cursor_y < c->h, "the cursor is outside", seed, key);
	must(u->s.layer < u->s.m->n_layer, "the layer is none", seed, key);
	must(u->s.layer < 0 || u->s.filter[u->s.layer] < u->s.m->layer[u->s.layer].filters, "the filter is none", seed,
	     key);
	must(!u->s.d || (u->s.q.window >= 0 && u->s.q.window < u->s.d->n), "the window is none", seed, key);
}

static void type(struct ui *u, const char *text)
{
	ui_key(u, KEYS_ESC);
	ui_key(u, ':');
	for (; *text; text++)
		ui_key(u, *text);
	ui_key(u, below(4) ? KEYS_ENTER : ' ');
}

/* A command by its name; what follows may be its argument. */
static void type_command(struct ui *u)
{
	int n = 0;
	while (command_name(n))
		n++;
	type(u, command_name((int)below((unsigned)n)));
}

/* A report of the mouse, mostly inside of the screen. */
static void point(struct ui *u)
{
	static const int report[] = { KEYS_CLICK, KEYS_CLICK, KEYS_CLICK, KEYS_WHEEL_UP, KEYS_WHEEL_DOWN };
	int more = below(20) ? 0 : 10;
	u->pointer_x = (int)below((unsigned)(u->canvas.w + more));
	u->pointer_y = (int)below((unsigned)(u->canvas.h + more));
	ui_key(u, report[below(sizeof report / sizeof *report)]);
}

/* What only the terminal's loop can do is taken note of. */
static void outside(struct ui *u)
{
	free(u->copied);
	u->copied = NULL;
	u->quit = u->suspend = u->redraw = false;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "play KEYS [SEED [MODEL DATA OPTION...]]\n");
		return 2;
	}
	long long n = atoll(argv[1]), resizes = 0, clicks = 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	long long in_view[VIEW_COUNT] = { 0 };
	struct shown s = { 0 };
	struct err e = { 0 };
	struct ui u;
	isa_select(NULL);
	options_init(&s.o);
	if (argc > 3)
		read_named(&s, argc - 2, argv + 2);
	else
		make_own(&s.l);
	const struct browse_options o = { .m = s.l.model,
		                          .d = s.l.has_data ? &s.l.data : NULL,
		                          .q = s.l.q,
		                          .truth = load_by_hand(&s.l),
		                          .beside = s.beside.layer ? &s.beside : NULL,
		                          .mouse = true,
		                          .note_picture = session_picture,
		                          .note_show = session_picture_show,
		                          .now = 1,
		                          .glyphs = "braille" };
	if (ui_init(&u, &o, &e) < 0)
		give_up(&e);
	state = seed * 0x9e3779b97f4a7c15u + 1;
	clock_t begin = clock();
	for (long long i = 0; i < n; i++) {
		if (!below(500)) {
			ui_resize(&u, 1 + (int)below(below(4) ? 90 : 500), 1 + (int)below(below(4) ? 30 : 200));
			resizes++;
		} else if (!below(12)) {
			point(&u);
			clicks++;
		} else if (!below(60)) {
			type_command(&u);
		} else {
			ui_key(&u, random_key());
		}
		/* a terminal paints when no key waits: sometimes after one, sometimes after many */
		if (below(3)) {
			ui_arrived(&u);
			ui_update(&u);
			ui_draw(&u);
			look(&u, seed, i);
		}
		in_view[u.view->id]++;
		outside(&u);
		if (i % 100000 == 99999)
			fprintf(stderr, "%lld keys, %.0f s\n", i + 1, (double)(clock() - begin) / CLOCKS_PER_SEC);
	}
	printf("seed %llu: %lld keys, %lld of the mouse, %lld sizes, %.0f s of processor;", (unsigned long long)seed, n,
	       clicks, resizes, (double)(clock() - begin) / CLOCKS_PER_SEC);
	for (int i = 0; i < VIEW_COUNT; i++)
		printf(" %s %lld", all_views[i]->name, in_view[i]);
	printf("\n");
	ui_release(&u);
	shown_release(&s);
	return 0;
}
