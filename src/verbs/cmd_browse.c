/* browse: the browser, or one of its screens as text. */
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "src/verbs/cmd.h"
#include "src/kept/kept_surveys.h"
#include "src/kept/kept_truths.h"
#include "src/kept/survey_names.h"
#include "src/cli/config.h"
#include "src/cli/say.h"
#include "src/export/export.h"
#include "src/job/recipe_kept.h"
#include "src/join/data_tail.h"
#include "src/report/reporter.h"
#include "src/session/keeping.h"
#include "ui/browse/browse.h"

/* The state of files, as a number: their sizes and times. */
struct watched {
	uint64_t read, seen; /* when they were read last, and looked at last */
	int looks;           /* how often they were seen to be others than those that were read */
};

/* What is shown stays until the next reading, by F5 or `:e`. */
struct shown {
	struct options o; /* those of the command line; after `:e` with another model */
	char *path;       /* of that model; NULL: it is the one of the command line */
	/* The browser's threads work on the present one until the browser has taken over the next. */
	struct browsed *now, *before;
	/* --follow */
	struct watched model, data;
	struct data_tail *tail;
	bool grew;               /* the data have changed, and nothing else */
	const char *first;       /* the model of the command line */
	struct keeping *keeping; /* the session; NULL: nothing is kept */
	char *unkept;            /* why, or NULL */
	struct reporter reporter;
};

/* Standard input cannot be read again. */
static bool data_on_stdin(const struct options *o)
{
	for (int i = 0; i < o->n_data; i++)
		if (!strcmp(o->data[i], "-"))
			return true;
	return false;
}

static bool reads_stdin(const struct options *o)
{
	return data_on_stdin(o) || (o->model && !strcmp(o->model, "-"));
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

/* Adds a file by FNV-1a (Fowler, Noll, Vo 1991). */
static uint64_t file_state(uint64_t h, const char *path)
{
	struct stat s;
	if (stat(path, &s))
		return h * 3;
	const int64_t part[] = { (int64_t)s.st_ino, (int64_t)s.st_size, (int64_t)s.st_mtim.tv_sec, s.st_mtim.tv_nsec };
	for (size_t i = 0; i < sizeof part; i++)
		h = (h ^ ((const unsigned char *)part)[i]) * 1099511628211u;
	return h;
}

static const uint64_t NO_FILES = 14695981039346656037u;

static uint64_t data_state(const struct options *o)
{
	uint64_t h = NO_FILES;
	for (int i = 0; i < o->n_data; i++)
		h = file_state(h, o->data[i]);
	return h;
}

/* Before the files are read: what is written meanwhile is seen later. */
static void watch(struct shown *s)
{
	s->model = (struct watched){ .read = file_state(NO_FILES, s->o.model) };
	s->data = (struct watched){ .read = data_state(&s->o) };
}

enum { LOOKS = 10 }; /* a file that is written all the time is read after so many looks */

static bool watched_changed(struct watched *w, uint64_t now)
{
	bool still = now == w->seen;
	w->seen = now;
	w->looks = now == w->read ? 0 : w->looks + 1;
	return w->looks > 1 && (still || w->looks >= LOOKS);
}

static unsigned changed(void *ctx)
{
	struct shown *s = ctx;
	bool model = watched_changed(&s->model, file_state(NO_FILES, s->o.model)),
	     data = watched_changed(&s->data, data_state(&s->o));
	s->grew = data && !model;
	return (model ? FOLLOWED_MODEL : 0) | (data ? FOLLOWED_DATA : 0);
}

static struct browsed *browsed_new(const struct options *o)
{
	struct browsed *b = xcalloc(1, sizeof *b);
	b->survey = o->survey;
	b->errors = survey_errors_json;
	b->keep = !o->screen && !o->plain;
	return b;
}

static void browsed_free(struct browsed *b)
{
	if (b) {
		beside_release(&b->beside);
		loaded_release(&b->l);
		loaded_release(&b->other);
	}
	free(b);
}

/* The names by which the two models are told apart: those of their files, or, where these are the same, as they were
 * given. */
static void name_both(struct browsed *b, const char *path)
{
	const char *here = b->l.model->file, *there = b->other.model->file;
	bool same = !strcmp(here, there);
	b->beside.name[0] = here;
	b->beside.name[1] = same ? model_text(b->other.model, path) : there;
}

/* Reads the model of --beside with the same data. An error leaves b without it. */
static int load_beside(struct browsed *b, const struct options *o, struct err *e)
{
	struct options other = *o;
	struct loaded *l = &b->other;
	if (!o->beside || !b->l.has_data)
		return 0;
	other.model = o->beside;
	other.quiet = true;
	other.save_recipe = false;
	int bad = load(l, &other, LOAD_SILENT, e);
	if (l->model) {
		name_both(b, o->beside);
		b->beside.m[0] = b->l.model;
		b->beside.m[1] = l->model;
		b->beside.d[0] = &b->l.data;
		b->beside.d[1] = &l->data;
		b->beside.truth = load_by_hand(l);
	}
	if (bad && l->model) {
		struct err unlike = { 0 };
		const struct diff_job j = { .m = { b->l.model, l->model },
			                    .name = { b->beside.name[0], b->beside.name[1] } };
		if (diff_check_models(&j, &unlike))
			*e = unlike;
	}
	bad = bad ? bad : beside_make(&b->beside, (const struct question *const[]){ &b->l.q, &l->q }, e);
	if (bad)
		loaded_release(l);
	return bad;
}

static const struct beside *beside_of(const struct browsed *b)
{
	return b->beside.layer ? &b->beside : NULL;
}

/* What is said first: by which recipe windows are cut, and what is compared; malloc'd, or NULL. */
static char *notice_of(const struct browsed *b, char *recipe)
{
	const struct beside *q = beside_of(b);
	if (!q)
		return recipe;
	bool unlike = diff_scalers_differ(q->d[0], q->d[1]);
	char *text =
	        xasprintf("beside %s%s: P compares%s%s", q->name[1], unlike ? ", which scales the data otherwise" : "",
	                  recipe ? "; " : "", recipe ? recipe : "");
	free(recipe);
	return text;
}

/* Makes what was read the present one. The screen is the browser's: warnings are left in e, for it to say. */
static void take(struct shown *s, struct browsed *next, struct subject *now, struct err *e)
{
	struct loaded *l = &next->l;
	browsed_free(s->before);
	s->before = s->now;
	s->now = next;
	struct err unfit = { 0 };
	int bad = load_beside(next, &s->o, &unfit);
	*now = (struct subject){ l->model,       l->has_data ? &l->data : NULL, l->q.task, load_by_hand(l), next,
		                 beside_of(next) };
	if (bad)
		add_warning(e, "nothing beside", unfit.text);
	if (!s->o.quiet) {
		add_warning(e, l->model->file, l->model->warning);
		add_warning(e, l->data.file, l->has_data ? l->data.warning : NULL);
	}
}

/* Reads what the options say, with nothing on the screen. An error leaves nothing to release. */
static int load_silently(struct loaded *l, const struct options *o, struct err *e)
{
	struct options silent = *o;
	silent.quiet = true;
	silent.save_recipe = false;
	int bad = load(l, &silent, LOAD_ARCHITECTURE | LOAD_SILENT, e);
	if (bad)
		loaded_release(l);
	return bad;
}

static int reload(void *ctx, struct subject *now, struct err *e)
{
	struct shown *s = ctx;
	struct browsed *next = browsed_new(&s->o);
	/* a key reads all again, and so does a new model, which may read the data in another way */
	s->o.grew = s->grew;
	s->grew = false;
	watch(s);
	int bad = load_silently(&next->l, &s->o, e);
	bool again = s->o.grew && data_tail_why(s->tail);
	s->o.grew = false;
	if (bad) {
		free(next);
		return bad;
	}
	*e = (struct err){ 0 };
	if (again && !s->o.quiet) {
		char *why = xasprintf("all of the file was read again, because %s", data_tail_why(s->tail));
		add_warning(e, "", why);
		free(why);
	}
	take(s, next, now, e);
	return 0;
}

/* Reads the model without the recipe of the command line and what was asked there, or without the data, too. */
static int load_bare(struct loaded *l, const struct options *o, bool data, struct err *e)
{
	struct options bare = *o;
	if (!data) {
		bare.data = NULL;
		bare.n_data = 0;
	}
	bare.target = bare.y = bare.baseline = bare.recipe_file = NULL;
	bare.q.task = TASK_AUTO;
	recipe_init(&bare.recipe);
	int bad = load_silently(l, &bare, e);
	recipe_release(&bare.recipe);
	return bad;
}

/* Reads the data by the recipe that comes with the model; false: it has none, or they do not fit. */
static bool load_own_recipe(struct loaded *l, const struct options *o)
{
	struct err e;
	if (load_bare(l, o, true, &e))
		return false;
	if (l->recipe_from && l->has_data)
		return true;
	loaded_release(l);
	return false;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;
	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The session of the model that is shown now: the file of --session is that of the command line's model. Window and
 * view stay as they are. */
static void switch_session(struct shown *s)
{
	const struct loaded *l = &s->now->l;
	struct keeping_of of = { .model = s->o.model,
		                 .data = s->o.data,
		                 .n_data = l->has_data ? s->o.n_data : 0,
		                 .path = same_file(s->first, s->o.model) ? s->o.session : NULL };
	of.given = (struct session_given){ .window = true, .view = true };
	of.recipe = recipe_options(&l->recipe);
	keeping_switch(s->keeping, &of);
}

/* The model is read with the data and the recipe of the command line; if they do not fit it, with its own recipe, or
 * else alone. Then e->text says why. */
static int open_model(void *ctx, const char *path, struct subject *now, struct err *e)
{
	struct shown *s = ctx;
	struct options o = s->o;
	struct browsed *next = browsed_new(&s->o);
	struct err unfit = { 0 };
	char *own = xstrdup(path);
	o.model = own;
	int bad = 0;
	if (!strcmp(path, "-"))
		bad = err_set(e, ERR_VALUE, "-: standard input is the keyboard here; name a file");
	else if (data_on_stdin(&o))
		err_set(&unfit, ERR_VALUE, "data that came from standard input cannot be read again");
	else
		load_silently(&next->l, &o, &unfit);
	if (!bad && unfit.code && !(!data_on_stdin(&o) && load_own_recipe(&next->l, &o)))
		bad = load_bare(&next->l, &o, false, e);
	if (bad) {
		free(own);
		free(next);
		return bad;
	}
	*e = unfit;
	free(s->path);
	s->path = own;
	s->o.model = own;
	take(s, next, now, e);
	if (s->keeping)
		switch_session(s);
	return 0;
}

static int write_model(void *ctx, const char *path, const struct model *m, struct err *e)
{
	const struct shown *s = ctx;
	struct options o = s->o;
	if (!model_write_known(path))
		return err_set(e, ERR_VALUE, "%s: the name should end in .onnx or .json", path);
	if (!access(path, F_OK))
		return err_set(e, ERR_VALUE, "%s exists already; choose another name", path);
	char *out = xstrdup(path);
	o.out = out;
	int bad = recipe_kept_write(&s->now->l, m, &o, e);
	free(out);
	return bad;
}

bool browse_opens(const struct options *o)
{
	bool verb = o->verb == &verbs[VERB_BROWSE] || o->verb == &verbs[VERB_DEMO];
	return verb && !o->instead && !o->help && !o->dump && !o->screen && !o->plain && isatty(1);
}

/* Who writes notes: the name of the login, else of the user, through the text gate, in buf. */
static const char *author_of(char *buf, size_t size)
{
	const char *name = getenv("LOGNAME");
	const struct passwd *p = name && *name ? NULL : getpwuid(geteuid());
	name = p ? p->pw_name : name;
	text_clean(buf, size, name ? name : "", name ? strlen(name) : 0);
	return buf;
}

/* The time that SOURCE_DATE_EPOCH asks for, so that a screen is the same each time; 0: none. */
static int64_t time_asked(void)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end;
	long long at = text && *text >= '0' && *text <= '9' ? strtoll(text, &end, 10) : 0;
	return at > 0 && !*end && at < (1LL << 40) ? at : 0;
}

/* Opens the session. A file that the user named has to be one; the browser's own may fail, which is said. */
static int open_session(struct shown *s, const struct options *o, const char **notice, struct err *e)
{
	bool demo = o->verb == &verbs[VERB_DEMO], headless = o->screen || o->plain;
	struct keeping_of of = {
		.path = o->session, .fresh = o->fresh, .model = o->model, .data = o->data, .n_data = o->n_data
	};
	if (o->no_session || (!o->session && (headless || demo || reads_stdin(o))))
		return 0;
	of.given =
	        (struct session_given){ .window = o->index >= 0,
		                        .target = o->target,
		                        .measure = options_given(o, "importance"),
		                        .method = o->method >= 0,
		                        .baseline = o->baseline,
		                        .clusters = options_given(o, "cluster-method") || options_given(o, "clusters"),
		                        .seed = options_given(o, "seed"),
		                        .view = headless,
		                        .columns = options_given(o, "filter-columns") };
	of.recipe = recipe_options(&s->now->l.recipe);
	s->keeping = keeping_open(&of, e);
	if (s->keeping || !e->code)
		return 0;
	if (o->session)
		return e->code;
	*notice = s->unkept = xasprintf("the session is not kept: %s; --fresh begins anew", e->text);
	return 0;
}

int cmd_browse(struct options *o, struct err *e)
{
	bool headless = o->screen || o->plain;
	if (o->beside && !o->data)
		return err_set(e, ERR_VALUE, "--beside needs DATA: tsviz MODEL DATA --beside MODEL"), 2;
	if (!headless && !browse_opens(o))
		return cmd_info(o, e);
	if (!headless) {
		mem_one_place();
		browse_start();
	}
	const struct config *settings = o->config;
	struct shown s = { .o = *o, .first = o->model, .now = browsed_new(o) };
	struct loaded *l = &s.now->l;
	struct output out = { 0 };
	char author[64];
	author_of(author, sizeof author);
	/* A screen says by which recipe the windows are cut: standard error would be under it. A demo's recipe is its
	 * own business. */
	bool demo = o->verb == &verbs[VERB_DEMO], on_screen = !o->plain && !demo && !o->quiet;
	unsigned how = LOAD_ARCHITECTURE | (o->plain && !demo ? 0 : LOAD_ON_SCREEN);
	watch(&s);
	if (o->follow && !reads_stdin(o) && !headless)
		s.tail = s.o.tail = o->tail = data_tail_new();
	int bad = load(l, o, how, e), status = 1;
	char *recipe = !bad && l->has_data && on_screen ? recipe_line(&l->recipe, l->recipe_from) : NULL;
	const char *view = o->screen ? o->screen : o->plain;
	if (!bad && headless && l->model->n_unsupported && strcmp(view, "network") != 0)
		bad = err_set(e, ERR_UNSUPPORTED, "%s: %s", o->model, l->model->unsupported);
	if (!bad && l->has_data)
		bad = load_index(l, o, &l->q.window, e);
	if (!bad && o->survey)
		bad = l->has_data ? kept_survey_check(s.now, e)
		                  : err_set(e, ERR_VALUE, "--survey needs data: tsviz MODEL DATA");
	bad = bad ? bad : load_beside(s.now, o, e);
	if (!bad && beside_of(s.now) && s.now->other.model->warning && !o->quiet)
		say_warning("%s: %s", s.now->other.model->file, s.now->other.model->warning);
	if (!bad && on_screen)
		recipe = notice_of(s.now, recipe);
	const char *notice = settings && *settings->warning ? settings->warning : recipe;
	bad = bad ? bad : open_session(&s, o, &notice, e);
	if (!bad && headless)
		bad = output_open(&out, o, e);
	if (!bad) {
		s.reporter = (struct reporter){ .o = &s.o, .keeping = s.keeping, .from = -1 };
		const struct place_given begin = { o->layer, o->filter_at };
		struct browse_options b = {
			.m = l->model,
			.d = l->has_data ? &l->data : NULL,
			.q = l->q,
			.truth = load_by_hand(l),
			.beside = beside_of(s.now),
			.glyphs = o->glyphs,
			.colours = o->colours,
			.theme = o->theme,
			.filter_columns = o->filter_columns,
			.mouse = o->mouse,
			.hints = !headless && hints_start(),
			.size = o->size,
			.keys = o->keys,
			.view = view,
			.bind = settings ? settings->bind : NULL,
			.n_bind = settings ? settings->n_bind : 0,
			.warn = o->quiet ? NULL : say_warning_sentence,
			.notice = notice,
			.save_settings = config_save,
			.keep_hints = headless ? NULL : hints_keep,
			.styles = o->styles,
			.picture = o->picture ? export_svg : NULL,
			.begin = headless && o->layer >= 0 ? &begin : NULL,
			.survey = &kept_surveys,
			.truths = &kept_truths,
			.auto_method = o->method == METHOD_AUTO ? AUTO_MEASURED
			               : o->method < 0          ? AUTO_IF_KEPT
			                                        : AUTO_OFF,
			.origin = s.now,
			.surveys = !headless || o->survey,
			.out = out.f,
			.reload = reads_stdin(o) ? NULL : reload,
			.open = open_model,
			.changed = o->follow && !reads_stdin(o) ? changed : NULL,
			.ctx = &s,
			.write_model = write_model,
			.export = &export_files,
			.note_picture = session_picture,
			.note_show = session_picture_show,
			.author = author,
			.now = headless ? time_asked() : 0,
			.keep = s.keeping ? &keeping_ops : NULL,
			.keep_ctx = s.keeping,
			.report = &reporter_ops,
			.report_ctx = &s.reporter,
		};
		status = o->plain ? browse_plain(&b, e) : o->screen ? browse_screen(&b, e) : browse(&b, e);
		if (headless && !status)
			status = output_close(&out, e) ? 1 : 0;
		else if (headless)
			output_abort(&out);
	}
	if (!bad)
		reporter_release(&s.reporter);
	free(recipe);
	free(s.unkept);
	keeping_free(s.keeping);
	free(s.path);
	browsed_free(s.before);
	browsed_free(s.now);
	data_tail_free(s.tail);
	o->tail = NULL;
	return bad ? 1 : status;
}
