/* browse: the browser, or one of its screens as text. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/verbs/cmd.h"
#include "src/cli/config.h"
#include "src/cli/say.h"
#include "src/verbs/export.h"
#include "ui/browse/browse.h"

/* F5: what is shown stays until the next reading. */
struct shown {
	struct options *o;
	struct loaded now, before;
};

/* Standard input cannot be read again. */
static bool reads_stdin(const struct options *o)
{
	bool any = o->model && !strcmp(o->model, "-");
	for (int i = 0; i < o->n_data; i++)
		any = any || !strcmp(o->data[i], "-");
	return any;
}

static void add_warning(struct err *e, const char *file, const char *warning)
{
	const char *place = file;
	for (const char *p = warning; p && *p;) {
		struct err before = *e;
		size_t n = strcspn(p, "\n");
		err_set(e, ERR_NONE, "%s%s%s%s%.*s", before.text, *before.text ? "; " : "", place, *place ? ": " : "",
		        (int)n, p);
		place = ""; /* said once */
		p += n + (p[n] == '\n');
	}
}

/* The screen is the browser's: warnings are left in e, for it to say. */
static int reload(void *ctx, struct subject *now, struct err *e)
{
	struct shown *s = ctx;
	struct loaded next;
	int bad = load(&next, s->o, LOAD_ARCHITECTURE | LOAD_SILENT, e);
	if (bad) {
		loaded_release(&next);
		return bad;
	}
	loaded_release(&s->before);
	s->before = s->now;
	s->now = next;
	*now = (struct subject){ s->now.model, s->now.has_data ? &s->now.data : NULL, s->now.q.task,
		                 load_by_hand(&s->now) };
	*e = (struct err){ 0 };
	if (!s->o->quiet) {
		add_warning(e, s->now.model->file, s->now.model->warning);
		add_warning(e, s->now.data.file, s->now.has_data ? s->now.data.warning : NULL);
	}
	return 0;
}

bool browse_opens(const struct options *o)
{
	bool verb = o->verb == &verbs[VERB_BROWSE] || o->verb == &verbs[VERB_DEMO];
	return verb && !o->instead && !o->help && !o->dump && !o->screen && !o->plain && isatty(1);
}

int cmd_browse(struct options *o, struct err *e)
{
	bool headless = o->screen || o->plain;
	if (!headless && !browse_opens(o))
		return cmd_info(o, e);
	if (!headless)
		browse_start();
	const struct config *settings = o->config;
	struct shown s = { .o = o };
	struct output out = { 0 };
	/* A screen says by which recipe the windows are cut: standard error would be under it. A demo's recipe is its
	 * own business. */
	bool demo = o->verb == &verbs[VERB_DEMO], on_screen = !o->plain && !demo && !o->quiet;
	unsigned how = LOAD_ARCHITECTURE | (o->plain && !demo ? 0 : LOAD_ON_SCREEN);
	int bad = load(&s.now, o, how, e), status = 1;
	char *recipe = !bad && s.now.has_data && on_screen ? recipe_line(&s.now.recipe, s.now.recipe_from) : NULL;
	const char *view = o->screen ? o->screen : o->plain;
	if (!bad && headless && s.now.model->n_unsupported && strcmp(view, "network") != 0)
		bad = err_set(e, ERR_UNSUPPORTED, "%s: %s", o->model, s.now.model->unsupported);
	if (!bad && s.now.has_data)
		bad = load_index(&s.now, o, &s.now.q.window, e);
	if (!bad && headless)
		bad = output_open(&out, o, e);
	if (!bad) {
		struct browse_options b = {
			.m = s.now.model,
			.d = s.now.has_data ? &s.now.data : NULL,
			.q = s.now.q,
			.truth = load_by_hand(&s.now),
			.glyphs = o->glyphs,
			.colours = o->colours,
			.theme = o->theme,
			.filter_columns = o->filter_columns,
			.mouse = o->mouse,
			.size = o->size,
			.keys = o->keys,
			.view = view,
			.bind = settings ? settings->bind : NULL,
			.n_bind = settings ? settings->n_bind : 0,
			.warn = o->quiet ? NULL : say_warning_sentence,
			.notice = settings && *settings->warning ? settings->warning : recipe,
			.save_settings = config_save,
			.styles = o->styles,
			.out = out.f,
			.reload = reads_stdin(o) ? NULL : reload,
			.ctx = &s,
			.export = &export_files,
		};
		status = o->plain ? browse_plain(&b, e) : o->screen ? browse_screen(&b, e) : browse(&b, e);
		if (headless && !status)
			status = output_close(&out, e) ? 1 : 0;
		else if (headless)
			output_abort(&out);
	}
	free(recipe);
	loaded_release(&s.before);
	loaded_release(&s.now);
	return bad ? 1 : status;
}
