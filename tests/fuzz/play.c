/* Random keys on the browser's screen in memory, with random sizes: no terminal, no time lost. Built by `make monkey`.
 *
 *	play KEYS [SEED]      a seed repeats a run
 *
 * Every key is followed by what the terminal's loop does: update, draw, and what the cursor promises. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "src/text/csv.h"
#include "src/job/train_spec.h"
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

static struct model *make_model(struct dataset *d)
{
	struct spec s;
	struct recipe recipe;
	struct table t;
	struct err e = { 0 };
	struct model *m = NULL;
	char csv[8192] = "when,load,temp\n";
	for (int i = 0; i < 200; i++)
		snprintf(csv + strlen(csv), sizeof csv - strlen(csv), "day %d,%d,%d\n", i, i * 37 % 23, i * 11 % 7);
	recipe_init(&recipe);
	if (spec_from_json(&s, spec_text, sizeof spec_text - 1, &e) < 0 || !(m = spec_build(&s, 2, 1, NULL, &e)) ||
	    table_from_csv(&t, "data.csv", (unsigned char *)csv, strlen(csv), INT64_MAX, &e) < 0 ||
	    dataset_cut(d, &t, &recipe, m, &e) < 0) {
		fprintf(stderr, "play: %s\n", e.text);
		exit(2);
	}
	spec_release(&s);
	table_release(&t);
	recipe_release(&recipe);
	return m;
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
	must(u->s.q.window >= 0 && u->s.q.window < u->s.d->n, "the window is none", seed, key);
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
		fprintf(stderr, "play KEYS [SEED]\n");
		return 2;
	}
	long long n = atoll(argv[1]), resizes = 0;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)time(NULL);
	long long in_view[VIEW_COUNT] = { 0 };
	struct dataset d;
	struct model *m = make_model(&d);
	const struct browse_options o = { .m = m, .d = &d, .q = { .task = TASK_REGRESSION }, .glyphs = "braille" };
	struct err e = { 0 };
	struct ui u;
	if (ui_init(&u, &o, &e) < 0) {
		fprintf(stderr, "play: %s\n", e.text);
		return 2;
	}
	state = seed * 0x9e3779b97f4a7c15u + 1;
	clock_t begin = clock();
	for (long long i = 0; i < n; i++) {
		if (!below(500)) {
			ui_resize(&u, 1 + (int)below(below(4) ? 90 : 500), 1 + (int)below(below(4) ? 30 : 200));
			resizes++;
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
	printf("seed %llu: %lld keys, %lld sizes, %.0f s of processor;", (unsigned long long)seed, n, resizes,
	       (double)(clock() - begin) / CLOCKS_PER_SEC);
	for (int i = 0; i < VIEW_COUNT; i++)
		printf(" %s %lld", all_views[i]->name, in_view[i]);
	printf("\n");
	ui_release(&u);
	dataset_release(&d);
	model_free(m);
	return 0;
}
