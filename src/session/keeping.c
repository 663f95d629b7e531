#include "src/session/keeping.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "core/base/text.h"
#include "src/cli/config.h"
#include "src/session/file_hash.h"
#include "src/session/keeper.h"
#include "src/session/moved.h"
#include "src/session/session_list.h"
#include "src/session/session_merge.h"
#include "src/session/session_text.h"

struct keeping {
	char *path, *recipe;
	struct keeper *keeper;   /* NULL: it has ended */
	struct review old;       /* as it was found; its notes are kept */
	struct review_file *now; /* [n] the files as they are: the model, then the data; texts are malloc'd */
	int n;
	char layers[SHA256_TEXT];
	struct file_hash *hash; /* of all of them; NULL: not yet, or done */
	struct session_given given;
	bool fresh, pause;
	bool hashed;    /* that was begun */
	int left_out;   /* edited windows that are more than a session holds */
	bool told;      /* and that was said */
	char *report;   /* what a resume has to say, a sentence a line */
	bool stale;     /* a file has changed since the start: hashes that come now are not those of what was opened */
	char said[300]; /* at the opening */
	bool own;       /* the browser's own session, found by the paths of the files */
	bool looked;    /* a session of moved files was looked for */
	struct moved *moved;
	struct keeper *from; /* such a session, until this one has all of it */
	bool handed;         /* that was handed over */
};

/* ---- the files ---- */

/* What is known of a file without reading it. */
static void look_at(struct review_file *f, const char *path)
{
	char full[PATH_MAX];
	struct stat st;
	bool there = realpath(path, full) != NULL;
	*f = (struct review_file){ .path = xstrdup(there ? full : path), .sha256 = xstrdup("") };
	if (stat(path, &st))
		return;
	f->bytes = S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
	f->modified = (int64_t)st.st_mtime;
}

/* The file as the session knows it; NULL: it does not. */
static const struct review_file *known(const struct keeping *k, int i)
{
	if (i == 0)
		return &k->old.model;
	return i - 1 < k->old.n_data ? &k->old.data[i - 1] : NULL;
}

/* A hash that was computed of a file that has not changed since need not be computed again. */
static bool take_known_hashes(struct keeping *k)
{
	bool all = true;
	for (int i = 0; i < k->n; i++) {
		const struct review_file *was = known(k, i);
		if (was && *was->sha256 && was->bytes == k->now[i].bytes && was->modified == k->now[i].modified) {
			free(k->now[i].sha256);
			k->now[i].sha256 = xstrdup(was->sha256);
		} else {
			all = false;
		}
	}
	return all;
}

static void begin_hashes(struct keeping *k)
{
	const char **path;
	if (k->hash || k->hashed || take_known_hashes(k))
		return;
	path = xcalloc((size_t)k->n, sizeof *path);
	for (int i = 0; i < k->n; i++)
		path[i] = k->now[i].path;
	k->hash = file_hash_new(path, k->n);
	k->hashed = true;
	free(path);
}

/* A file that is another one by now (it grows, or was written anew) has no hash until the next start. */
static void look_again(struct keeping *k)
{
	for (int i = 0; i < k->n; i++) {
		struct stat st;
		struct review_file *f = &k->now[i];
		if (stat(f->path, &st) || (int64_t)st.st_mtime == f->modified)
			continue;
		f->modified = (int64_t)st.st_mtime;
		f->bytes = S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
		free(f->sha256);
		f->sha256 = xstrdup("");
		k->stale = true;
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* Takes the hashes over. Writes which files have other bytes than those of the session. */
static bool end_hashes(struct keeping *k, char *said, size_t size)
{
	size_t n = 0;
	*said = '\0';
	for (int i = 0; i < k->n && !k->stale; i++) {
		const struct review_file *was = known(k, i);
		const char *hash = file_hash_of(k->hash, i);
		bool changed = was && *was->sha256 && *hash && strcmp(was->sha256, hash) != 0;
		bool weights = i == 0 && !strcmp(k->old.layers, k->layers);
		if (changed && n < size)
			n += (size_t)snprintf(said + n, size - n, "%s%s%s",
			                      n ? ", " : "since this session was kept have changed: ",
			                      base_name(k->now[i].path), weights ? " (weights only)" : "");
		free(k->now[i].sha256);
		k->now[i].sha256 = xstrdup(hash);
	}
	file_hash_free(k->hash);
	k->hash = NULL;
	return n > 0;
}

/* ---- opening ---- */

/* Makes the folder of the browser's own sessions. */
static bool make_folder(char *path)
{
	struct err e;
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int bad = config_make_folders(path, &e);
	*slash = '/';
	return !bad;
}

/* The session before stays when one begins anew, and when something of it has no place. */
static bool put_before(struct keeping *k, struct err *e)
{
	size_t n;
	char *text = review_format(&k->old, &n), *name = xasprintf("%s.before", k->path);
	bool good = !session_write(name, text, n, false, e);
	free(text);
	free(name);
	return good;
}

struct keeping *keeping_open(const struct keeping_of *of, struct err *e)
{
	char own[SESSION_PATH];
	*e = (struct err){ 0 };
	if (!of->path && (!session_path_of(of->model, of->data, of->n_data, own, sizeof own) || !make_folder(own))) {
		free(of->recipe);
		return NULL;
	}
	struct keeping *k = xcalloc(1, sizeof *k);
	k->path = xstrdup(of->path ? of->path : own);
	k->recipe = xcalloc(1, REVIEW_NAME_MAX + 1); /* as it is when it is read again */
	text_clean(k->recipe, REVIEW_NAME_MAX + 1, of->recipe, strlen(of->recipe));
	free(of->recipe);
	k->given = of->given;
	k->fresh = of->fresh;
	k->own = !of->path;
	k->n = of->n_data + 1;
	k->now = xcalloc((size_t)k->n, sizeof *k->now);
	for (int i = 0; i < k->n; i++)
		look_at(&k->now[i], i ? of->data[i - 1] : of->model);
	k->keeper = keeper_open(k->path, of->path != NULL, &k->old, k->said, sizeof k->said, e);
	bool bad = !k->keeper;
	if (!bad && k->fresh && keeper_found(k->keeper) && keeper_keeps(k->keeper))
		bad = !put_before(k, e);
	if (bad) {
		keeping_free(k);
		return NULL;
	}
	return k;
}

static void release(struct keeping *k)
{
	struct err e;
	if (k->from)
		(void)keeper_close(k->from, &e);
	if (k->keeper)
		(void)keeper_close(k->keeper, &e);
	moved_free(k->moved);
	file_hash_free(k->hash);
	for (int i = 0; i < k->n; i++) {
		free(k->now[i].path);
		free(k->now[i].sha256);
	}
	free(k->now);
	review_release(&k->old);
	free(k->recipe);
	free(k->report);
	free(k->path);
}

void keeping_free(struct keeping *k)
{
	if (k)
		release(k);
	free(k);
}

const char *keeping_file(struct keeping *k)
{
	if (!k || !k->keeper || k->pause)
		return NULL;
	keeper_flush(k->keeper);
	return k->path;
}

/* ---- what the browser asks ---- */

static void add(char *said, size_t size, const char *text)
{
	size_t n = strlen(said);
	if (*text && n < size)
		snprintf(said + n, size - n, "%s%s", n ? "; " : "", text);
}

/* "2026-11-27T14:02:11Z" as "27 Nov 14:02" of this place. */
static void when(const char *saved, char *buf, size_t size)
{
	struct tm t = { 0 };
	*buf = '\0';
	if (sscanf(saved, "%4d-%2d-%2dT%2d:%2d:%2dZ", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour, &t.tm_min,
	           &t.tm_sec) != 6)
		return;
	t.tm_year -= 1900;
	t.tm_mon--;
	time_t at = timegm(&t);
	struct tm here;
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	if (localtime_r(&at, &here))
		snprintf(buf, size, " from %d %.3s %02d:%02d", here.tm_mday, months + 3 * here.tm_mon, here.tm_hour,
		         here.tm_min);
}

static void report(struct keeping *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void report(struct keeping *k, const char *fmt, ...)
{
	va_list ap;
	char one[SESSION_PATH + 1200];
	va_start(ap, fmt);
	vsnprintf(one, sizeof one, fmt, ap);
	va_end(ap);
	char *longer = xasprintf("%s%s%s", k->report ? k->report : "", k->report ? "\n" : "", one);
	free(k->report);
	k->report = longer;
}

/* What is known at once to be other than then. Returns how much that is, and its words for the line of messages. */
static int say_changes(struct keeping *k, const struct ui *u, char *said, size_t size)
{
	int n = 0;
	if (*k->old.layers && strcmp(k->old.layers, k->layers) != 0) {
		add(said, size, "the architecture of the model has changed");
		n++;
	}
	if (*k->old.recipe && strcmp(k->old.recipe, k->recipe) != 0) {
		add(said, size, "other rows or another recipe");
		report(k, "the recipe was: %s", k->old.recipe);
		n++;
	} else if (k->old.windows && u->s.d && k->old.windows != u->s.d->n) {
		char text[100];
		snprintf(text, sizeof text, "%lld windows, there were %lld", (long long)u->s.d->n,
		         (long long)k->old.windows);
		add(said, size, text);
		n++;
	}
	if (n)
		report(k, "changed since then: %s", said);
	return n;
}

/* What has no place is listed, and the session as it was stays in a file. */
static void say_lost(struct keeping *k, int n, const char *lost)
{
	struct err e;
	int listed = 0;
	if (!n)
		return;
	for (const char *s = lost; *s; s += strcspn(s, "\n") + (s[strcspn(s, "\n")] == '\n'), listed++)
		report(k, "no place here for %.*s", (int)strcspn(s, "\n"), s);
	if (listed < n)
		report(k, "and for %d more", n - listed);
	if (keeper_keeps(k->keeper) && !k->from && !put_before(k, &e))
		report(k, "the session as it was stays in %s.before", k->path);
}

/* Brings the session that was found into the browser, and says how much came. how: more of it, or "". */
static void give_old(struct keeping *k, struct ui *u, const char *how, char *said, size_t size)
{
	char counts[100], time[40], text[300], changes[200] = "", *lost = NULL;
	session_counts(&k->old, counts, sizeof counts);
	when(k->old.saved, time, sizeof time);
	report(k, "resumed%s%s%s%s", time, how, *counts ? ": " : "", counts);
	int n = session_give(u, &k->old, &k->given, &lost);
	int other = say_changes(k, u, changes, sizeof changes);
	say_lost(k, n, lost ? lost : "");
	free(lost);
	if (k->old.n_pin > 1)
		report(k, "of %d pins the first is in force; the others stay in the session", k->old.n_pin);
	if (n)
		snprintf(text, sizeof text, "resumed in part%s: :session lists what has no place   u: fresh", how);
	else if (other || k->old.n_pin > 1)
		snprintf(text, sizeof text, "resumed%s, but :session says what is other now   u: fresh", how);
	else
		snprintf(text, sizeof text, "resumed%s%s%s%s   u: fresh", time, how, *counts ? ": " : "", counts);
	add(said, size, text);
}

/* The line of messages may be short: what is wrong stands first, and the rest in the view `session`. */
static void resume(void *ctx, struct ui *u, char *said, size_t size)
{
	struct keeping *k = ctx;
	char text[sizeof k->said + 1];
	free(k->report);
	k->report = NULL;
	session_layers(u->s.m, k->layers);
	text_clean(text, sizeof text, k->said, strlen(k->said));
	add(said, size, text);
	if (k->path)
		report(k, "the session is kept in %s", k->path);
	if (*text)
		report(k, "%s", text);
	if (!k->keeper)
		return;
	if (keeper_found(k->keeper) && !k->fresh && k->old.windows && !u->s.runs) {
		k->pause = true; /* it would lose all that needs data */
		add(said, size, "the session needs its data; nothing is kept");
		report(k, "the session needs its data; nothing is kept");
	} else if (keeper_found(k->keeper) && !k->fresh) {
		give_old(k, u, "", said, size);
	} else if (keeper_found(k->keeper)) {
		add(said, size, "begun anew; the session before is in its file .before");
		report(k, "begun anew; the session before is in %s.before", k->path);
	} else {
		report(k, "it begins here");
	}
}

/* ---- a session of files that were moved ---- */

/* The hashes decide: whoever has none yet waits for them, while the browser goes on. */
static void begin_moved(struct keeping *k)
{
	if (k->looked || !k->own)
		return;
	k->looked = true;
	k->moved = moved_new(k->now, k->n, k->path);
}

/* The session of the moved files is kept here now. */
static void retire(struct keeping *k)
{
	moved_retire(k->moved, k->from);
	k->from = NULL;
	moved_free(k->moved);
	k->moved = NULL;
}

/* Unites the session of the moved files with what is here already; what is shown stays. */
static int unite_moved(struct keeping *k, struct ui *u, const struct review *from, struct err *e)
{
	struct review here, both;
	struct session_conflicts c;
	char *lost = NULL;
	review_init(&here);
	session_take(&here, u);
	int bad = session_merge(&both, &here, from, &c, e);
	if (!bad) {
		int n = session_give(u, &both, &(struct session_given){ .view = true }, &lost);
		say_lost(k, n, lost ? lost : "");
		free(lost);
		report(k, "united with the session of these files before they were moved");
		review_release(&k->old);
		k->old = both;
		for (int i = 0; i < k->old.n_note; i++)
			k->old.note[i].picture = NULL; /* it was the browser's */
		both = (struct review){ 0 };
	}
	session_conflicts_release(&c);
	review_release(&both);
	review_release(&here);
	return bad;
}

static void say_moved(struct keeping *k, const struct review *from)
{
	for (int i = 0; i < k->n; i++) {
		const struct review_file *was = i ? &from->data[i - 1] : &from->model;
		if (strcmp(was->path, k->now[i].path) != 0)
			report(k, "%s was %s before", k->now[i].path, was->path);
	}
	report(k, "the session of then stays in %s.moved", moved_path(k->moved));
}

/* The hashes and the sessions are known. */
static enum keep_news take_moved(struct keeping *k, struct ui *u, char *said, size_t size)
{
	struct review from;
	struct err e;
	bool used = (keeper_found(k->keeper) && !k->fresh) || u->undo.n > 1 || notes_n(u->s.notes);
	struct keeper *keeper = k->pause ? NULL : moved_take(k->moved, k->now, &from);
	if (!keeper) {
		if (!k->pause)
			review_release(&from);
		moved_free(k->moved);
		k->moved = NULL;
		return KEEP_NO_NEWS;
	}
	*said = '\0';
	k->from = keeper;
	say_moved(k, &from);
	enum keep_news news = KEEP_RESUMED;
	if (k->fresh) {
		retire(k);
		add(said, size, "begun anew; the session before is in its file .moved");
		news = KEEP_SAYS;
	} else if (!used) {
		review_release(&k->old);
		k->old = from;
		from = (struct review){ 0 };
		give_old(k, u, " (the files were moved)", said, size);
	} else if (!unite_moved(k, u, &from, &e)) {
		add(said, size, "united with the session of before the files were moved: :session   u: fresh");
	} else {
		(void)keeper_close(k->from, &(struct err){ 0 });
		k->from = NULL;
		moved_free(k->moved);
		k->moved = NULL;
		add(said, size, e.text);
		news = KEEP_SAYS;
	}
	k->handed = false;
	review_release(&from);
	return news;
}

static const char *reported(void *ctx)
{
	const struct keeping *k = ctx;
	return k->report ? k->report : "";
}

static void copy_file(struct review *r, struct review_file *to, const struct review_file *from)
{
	*to = *from;
	to->path = review_text(r, from->path, REVIEW_NAME_MAX);
	to->sha256 = review_text(r, from->sha256, 64);
}

/* Pins of the session but the first one, which is in force, stay there. */
static void keep_pins(const struct keeping *k, struct review *r)
{
	for (int i = 1; i < k->old.n_pin && !k->fresh && r->n_pin < REVIEW_PINS_MAX; i++) {
		r->pin = xrealloc(r->pin, (size_t)r->n_pin + 1, sizeof *r->pin);
		review_copy_question(r, &r->pin[r->n_pin++], &k->old.pin[i]);
		const struct review_edit *e = review_find_edit(&k->old, k->old.pin[i].edited);
		struct review_edit copy = e ? review_copy_edit(r, e) : (struct review_edit){ 0 };
		if (e) {
			copy.present = false;
			r->pin[r->n_pin - 1].edited = review_add_edit(r, &copy)->id;
		}
	}
}

static void keep(void *ctx, const struct ui *u)
{
	struct keeping *k = ctx;
	struct review r;
	char now[32], now_changed[2];
	size_t n;
	time_t at = time(NULL);
	struct tm utc;
	if (k->pause || !keeper_keeps(k->keeper))
		return;
	look_again(k);
	begin_hashes(k);
	begin_moved(k);
	if (k->hash && !keeper_found(k->keeper) && file_hash_done(k->hash))
		(void)end_hashes(k, now_changed, sizeof now_changed); /* there is nothing that it could differ from */
	session_layers(u->s.m, k->layers);
	review_init(&r);
	copy_file(&r, &r.model, &k->now[0]);
	r.data = xcalloc((size_t)k->n, sizeof *r.data);
	for (; r.n_data < k->n - 1 && r.n_data < REVIEW_FILES_MAX; r.n_data++)
		copy_file(&r, &r.data[r.n_data], &k->now[r.n_data + 1]);
	r.layers = review_text(&r, k->layers, SHA256_TEXT);
	r.recipe = review_text(&r, k->recipe, REVIEW_NAME_MAX);
	strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&at, &utc));
	r.saved = review_text(&r, now, sizeof now);
	session_take(&r, u);
	k->told &= r.left_out <= k->left_out;
	k->left_out = r.left_out;
	keep_pins(k, &r);
	keeper_put(k->keeper, review_format(&r, &n));
	k->handed = k->from != NULL;
	review_release(&r);
}

static enum keep_news news(void *ctx, struct ui *u, char *said, size_t size)
{
	struct keeping *k = ctx;
	char why[300];
	if (!k->keeper)
		return KEEP_NO_NEWS;
	if (keeper_trouble(k->keeper, why, sizeof why)) {
		if (*why)
			snprintf(said, size, "not kept: %s", why);
		else
			snprintf(said, size, "the session is kept again");
		return KEEP_SAYS;
	}
	if (k->left_out && !k->told) {
		snprintf(said, size, "not kept: %d edited windows, which are more than a session holds", k->left_out);
		k->told = true;
		return KEEP_SAYS;
	}
	if (k->from && k->handed && !keeper_busy(k->keeper))
		retire(k);
	if (k->hash && !file_hash_done(k->hash))
		return KEEP_NO_NEWS;
	if (k->hash && end_hashes(k, said, size)) {
		report(k, "%s", said);
		return KEEP_SAYS;
	}
	return k->moved && moved_done(k->moved) && !k->from ? take_moved(k, u, said, size) : KEEP_NO_NEWS;
}

static bool waits(void *ctx)
{
	struct keeping *k = ctx;
	return k->keeper && (k->hash || k->moved || keeper_busy(k->keeper) || (k->left_out && !k->told));
}

static bool keeps(void *ctx)
{
	struct keeping *k = ctx;
	return !k->pause && !k->left_out && keeper_keeps(k->keeper) && !keeper_fails(k->keeper);
}

static int end(void *ctx, struct err *e)
{
	struct keeping *k = ctx;
	struct keeper *keeper = k->keeper;
	if (!keeper)
		return 0;
	k->keeper = NULL;
	int bad = keeper_close(keeper, e);
	if (!bad && k->from && k->handed)
		retire(k);
	return bad;
}

void keeping_switch(struct keeping *k, const struct keeping_of *of)
{
	struct err was = { 0 }, e;
	int bad = end(k, &was); /* first: it may be the same session */
	struct keeping *next = keeping_open(of, &e);
	release(k);
	*k = next ? *next : (struct keeping){ .pause = true };
	free(next);
	if (!next && e.code)
		snprintf(k->said, sizeof k->said, "the session is not kept: %.270s", e.text);
	if (bad)
		snprintf(k->said, sizeof k->said, "the session of the model before: %.260s", was.text);
}

const struct keep_ops keeping_ops = { resume, keep, news, reported, waits, keeps, end };
