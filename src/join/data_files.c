#include "src/join/data_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "core/base/text.h"
#include "src/read/read_data.h"

/* ---- names ---- */

int natural_order(const char *a, const char *b)
{
	const char *x = a, *y = b;
	while (*x && *y) {
		if (!isdigit((unsigned char)*x) || !isdigit((unsigned char)*y)) {
			/* "/" comes before all others, so that the files of a folder stay together. */
			int p = *x == '/' ? 0 : (unsigned char)*x, q = *y == '/' ? 0 : (unsigned char)*y;
			if (p != q)
				return p - q;
			x++, y++;
			continue;
		}
		x += strspn(x, "0");
		y += strspn(y, "0");
		size_t n = strspn(x, "0123456789"), k = strspn(y, "0123456789");
		int c = n != k ? (n < k ? -1 : 1) : strncmp(x, y, n);
		if (c)
			return c;
		x += n, y += k;
	}
	return *x || *y ? (unsigned char)*x - (unsigned char)*y : strcmp(a, b);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);
	return n >= k && !strcasecmp(s + n - k, end);
}

/* A cleaned copy on the heap. */
static char *cleaned(const char *s)
{
	size_t n = strlen(s), size = 3 * n + 1;
	char *out = xmalloc(size);
	text_clean(out, size, s, n);
	return out;
}

/* The name of the folder that holds the file; NULL: unknown. */
static char *folder_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup(".");
	while (strlen(dir) > 1 && dir[strlen(dir) - 1] == '/')
		dir[strlen(dir) - 1] = '\0';
	const char *base = base_name(dir);
	char *full = !strcmp(base, ".") || !strcmp(base, "..") ? realpath(dir, NULL) : NULL;
	char *name = cleaned(full ? base_name(full) : base);
	free(full);
	free(dir);
	return name;
}

/* ---- what belongs to the data ---- */

/* The names of files about data, with any ending of a text. */
static bool is_about(const char *base)
{
	static const char *const stems[] = { "README", "LICENSE", "LICENCE", "COPYING", "CHANGELOG", "CITATION", NULL };
	static const char *const ends[] = { "", ".txt", ".md", ".rst", ".html", ".pdf", ".cff", ".tex", NULL };
	for (int i = 0; stems[i]; i++) {
		size_t n = strlen(stems[i]);
		for (int k = 0; ends[k]; k++)
			if (!strncasecmp(base, stems[i], n) && !strcasecmp(base + n, ends[k]))
				return true;
	}
	return false;
}

/* Is the ending one of those that a data reader lists, and one that no other files have? Such a file is taken even if
 * its content is wrong, so that it is refused and not left out. */
static bool ends_as_data(const char *base)
{
	static const char *const vague[] = { ".txt", ".json", ".dat", NULL };
	char *name = xstrdup(base);
	bool yes = false;
	if (ends_in(name, ".gz"))
		name[strlen(name) - 3] = '\0';
	for (int i = 0; data_readers[i] && !yes; i++)
		for (const char *s = data_readers[i]->extensions; *s == '.' && !yes;) {
			char end[32];
			size_t n = strcspn(s, " ,(");
			snprintf(end, sizeof end, "%.*s", (int)n, s);
			yes = ends_in(name, end);
			s += n + strspn(s + n, " ,");
		}
	for (int i = 0; vague[i]; i++)
		yes = yes && !ends_in(name, vague[i]);
	free(name);
	return yes;
}

/* Text in which half of the words or more begin as numbers do. */
static bool looks_like_numbers(const unsigned char *head, size_t n)
{
	static const char between[] = " \t\r\n,;|";
	int64_t words = 0, numbers = 0;
	if (memchr(head, 0, n))
		return false;
	for (size_t i = 0; i < n && words < 10000; words++) {
		while (i < n && strchr(between, head[i]))
			i++;
		if (i == n)
			break;
		size_t k = i + (head[i] == '-' || head[i] == '+' || head[i] == '.');
		numbers += k < n && isdigit(head[k]);
		while (i < n && !strchr(between, head[i]))
			i++;
	}
	return numbers > 0 && numbers * 2 >= words;
}

static bool is_model(const struct source *s)
{
	for (int i = 0; readers[i]; i++)
		if (readers[i]->probe(s->head, s->n_head))
			return true;
	return false;
}

/* Is it a signal or annotation file of a WFDB record, whose header NAME.hea lies beside it and is read instead? */
static bool belongs_to_record(const char *path)
{
	const char *dot = strrchr(base_name(path), '.');
	if (!dot || !strcasecmp(dot, ".hea"))
		return false;
	char *header = xasprintf("%.*s.hea", (int)(dot - path), path);
	bool yes = access(header, F_OK) == 0;
	free(header);
	return yes;
}

/* Why a file that was found in a folder is left out; NULL: it is not. */
static const char *why_left_out(const char *path, bool labels, const struct read_options *o)
{
	const char *base = base_name(path);
	struct source s;
	struct err e;
	if (is_about(base))
		return "no data";
	if (ends_in(base, ".recipe.json"))
		return "a recipe";
	if (belongs_to_record(path))
		return "part of a record";
	if (ends_as_data(base) || (labels && data_files_label(base, true)))
		return NULL;
	int bad = source_open(&s, path, o, &e);
	if (bad)
		return bad == ERR_IO ? NULL : "no data";
	const char *why = NULL;
	if (!data_recognised(s.head, s.n_head)) {
		why = is_model(&s) ? "a model" : "no data";
		if (*why == 'n' && (data_format(s.head, s.n_head) || looks_like_numbers(s.head, s.n_head)))
			why = NULL;
	}
	source_close(&s);
	return why;
}

bool data_files_label(const char *name, bool y_too)
{
	static const char *const words[] = { "label", "labels", "target", "targets", "class", "classes", "y", NULL };
	const char *slash = strrchr(name, '/');
	name = slash ? slash + 1 : name;
	for (int i = 0; words[i]; i++) {
		size_t n = strlen(words[i]);
		if (!strncasecmp(name, words[i], n) && !isalnum((unsigned char)name[n]) && (y_too || n > 1))
			return true;
	}
	return false;
}

/* ---- finding ---- */

struct place { /* of a folder that was looked at */
	dev_t dev;
	ino_t ino;
};

struct finder {
	struct data_files *f;
	int room;
	const struct read_options *o;
	struct place *seen;
	int n_seen, seen_room;
	int64_t entries;
	const char *pattern; /* what the files of a folder have to match; NULL: anything */
	bool alone;          /* there is one argument */
	bool labels;         /* a file of labels is wanted */
	int hidden, left_out;
	char *names; /* of the first files that were left out */
	struct err *e;
};

static int add_file(struct finder *q, const char *path, bool found)
{
	struct data_files *f = q->f;
	if (f->n == DATA_FILES_MAX)
		return err_set(q->e, ERR_LIMIT, "more than %d data files; name fewer, such as one folder",
		               DATA_FILES_MAX);
	if (f->n == q->room) {
		q->room = q->room ? 2 * q->room : 16;
		f->file = xrealloc(f->file, (size_t)q->room, sizeof *f->file);
	}
	bool file = strcmp(path, "-") != 0 && !bundled_find(q->o, path);
	f->file[f->n++] =
	        (struct data_file){ .path = xstrdup(path), .folder = file ? folder_name(path) : NULL, .found = found };
	return 0;
}

static void leave_out(struct finder *q, const char *path, const char *why)
{
	enum { NAMED = 4 };
	char *name = cleaned(base_name(path));
	if (q->left_out++ < NAMED) {
		char *before = q->names;
		q->names = xasprintf("%s%s%.80s (%s)", before ? before : "", before ? ", " : "", name, why);
		free(before);
	}
	free(name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return natural_order((*a)->d_name, (*b)->d_name);
}

static int walk(struct finder *q, const char *folder, int depth);

/* Does the path fit a pattern in which a "**" stands for any number of folders? */
static bool fits_pattern(const char *pattern, const char *path)
{
	const char *stars = strstr(pattern, "**/");
	if (!strchr(stars + 3, '/'))
		return fnmatch(stars + 3, base_name(path), FNM_PERIOD) == 0;
	char *without = xasprintf("%.*s%s", (int)(stars - pattern), pattern, stars + 3);
	bool fits = fnmatch(pattern, path, FNM_PERIOD) == 0 || fnmatch(without, path, FNM_PERIOD | FNM_PATHNAME) == 0;
	free(without);
	return fits;
}

/* An entry of a folder, or what a pattern matched. */
static int take_entry(struct finder *q, const char *path, int depth)
{
	struct stat st;
	if (++q->entries > DATA_ENTRIES_MAX)
		return err_set(q->e, ERR_LIMIT, "the folder holds more than %d entries; name a folder in it",
		               DATA_ENTRIES_MAX);
	if (*base_name(path) == '.') {
		q->hidden++;
		return 0;
	}
	if (stat(path, &st) < 0) {
		leave_out(q, path, "a link that leads nowhere");
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return walk(q, path, depth + 1);
	if (q->pattern && !fits_pattern(q->pattern, path))
		return 0;
	const char *why = S_ISREG(st.st_mode) ? why_left_out(path, q->labels, q->o) : "no regular file";
	if (!why)
		return add_file(q, path, true);
	leave_out(q, path, why);
	return 0;
}

/* Has the folder been looked at, through a link or as another argument? */
static bool seen_before(struct finder *q, const struct stat *st)
{
	for (int i = 0; i < q->n_seen; i++)
		if (q->seen[i].dev == st->st_dev && q->seen[i].ino == st->st_ino)
			return true;
	if (q->n_seen == q->seen_room) {
		q->seen_room = q->seen_room ? 2 * q->seen_room : 16;
		q->seen = xrealloc(q->seen, (size_t)q->seen_room, sizeof *q->seen);
	}
	q->seen[q->n_seen++] = (struct place){ st->st_dev, st->st_ino };
	return false;
}

static int walk(struct finder *q, const char *folder, int depth)
{
	struct dirent **list;
	struct stat st;
	if (depth > DATA_DEPTH_MAX)
		return err_set(q->e, ERR_LIMIT, "%s: more than %d folders lie inside each other", folder,
		               DATA_DEPTH_MAX);
	if (stat(folder, &st) == 0 && seen_before(q, &st)) {
		leave_out(q, folder, "a folder that is read already");
		return 0;
	}
	int n = scandir(folder, &list, NULL, by_name), bad = 0;
	if (n < 0)
		return err_set(q->e, ERR_IO, "%s: cannot be opened: %s", folder, strerror(errno));
	size_t k = strlen(folder);
	for (int i = 0; i < n; i++) {
		const char *name = list[i]->d_name;
		if (!bad && strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
			char *path = xasprintf("%s%s%s", folder, k && folder[k - 1] == '/' ? "" : "/", name);
			bad = take_entry(q, path, depth);
			free(path);
		}
		free(list[i]);
	}
	free(list);
	return bad;
}

static int by_path(const void *a, const void *b)
{
	return natural_order(*(char *const *)a, *(char *const *)b);
}

/* Looks for the files of a pattern such as data/ followed by **, a slash and *.csv in the folder before the stars. */
static int walk_pattern(struct finder *q, const char *pattern, size_t n)
{
	char *folder = n ? xstrndup(pattern, n) : xstrdup("./"),
	     *all = n ? xstrdup(pattern) : xasprintf("./%s", pattern);
	int before = q->f->n;
	q->pattern = all;
	int bad = walk(q, folder, 0);
	q->pattern = NULL;
	free(folder);
	free(all);
	if (bad || q->f->n > before)
		return bad;
	return err_set(q->e, ERR_IO, "%s: no file matches this pattern", pattern);
}

static int take_pattern(struct finder *q, const char *pattern)
{
	glob_t g;
	const char *stars = strstr(pattern, "**/");
	if (stars && (size_t)(stars - pattern) == strcspn(pattern, "*?["))
		return walk_pattern(q, pattern, (size_t)(stars - pattern));
	int bad = 0, code = glob(pattern, GLOB_NOSORT, NULL, &g);
	if (code == GLOB_NOMATCH)
		return err_set(q->e, ERR_IO, "%s: no file matches this pattern", pattern);
	if (code)
		return err_set(q->e, ERR_IO, "%s: the pattern cannot be searched for", pattern);
	qsort(g.gl_pathv, g.gl_pathc, sizeof *g.gl_pathv, by_path);
	for (size_t i = 0; i < g.gl_pathc && !bad; i++)
		bad = take_entry(q, g.gl_pathv[i], 0);
	globfree(&g);
	return bad;
}

/* No file of the folder or pattern was taken: why? */
static int say_none(struct finder *q, const char *arg)
{
	if (!q->left_out)
		return err_set(q->e, ERR_FORMAT, "%s: holds no data files%s", arg,
		               q->hidden ? ", only hidden ones" : "");
	return err_set(q->e, ERR_FORMAT, "%s: holds no data files; left out: %s%s", arg, q->names,
	               q->left_out > 4 ? " ..." : "");
}

static int take_argument(struct finder *q, const char *arg)
{
	struct stat st;
	int before = q->f->n;
	if (!strcmp(arg, "-") || bundled_find(q->o, arg))
		return add_file(q, arg, false);
	bool there = stat(arg, &st) == 0, pattern = !there && strpbrk(arg, "*?[");
	if (!pattern && there && !q->alone && is_about(base_name(arg))) {
		leave_out(q, arg, "no data");
		return 0;
	}
	if (!pattern && (!there || !S_ISDIR(st.st_mode)))
		return add_file(q, arg, false);
	int bad = pattern ? take_pattern(q, arg) : walk(q, arg, 0);
	return bad || q->f->n > before ? bad : say_none(q, arg);
}

/* ---- a file that is named twice ---- */

struct where {
	dev_t dev;
	ino_t ino;
	int i; /* the file */
	bool link;
};

static int by_place(const void *a, const void *b)
{
	const struct where *x = a, *y = b;
	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	if (x->ino != y->ino)
		return x->ino < y->ino ? -1 : 1;
	return x->link != y->link ? x->link - y->link : x->i - y->i;
}

static bool same_file(const char *a, const char *b)
{
	char *x = realpath(a, NULL), *y = realpath(b, NULL);
	bool same = x && y && !strcmp(x, y);
	free(x);
	free(y);
	return same;
}

/* Removes links that were found beside their own target, and refuses a file that is named twice. */
static int check_twice(struct finder *q)
{
	struct data_files *f = q->f;
	struct where *w = xcalloc((size_t)f->n + 1, sizeof *w);
	int n = 0, bad = 0;
	for (int i = 0; i < f->n; i++) {
		struct stat st;
		w[n].i = i;
		w[n].link = lstat(f->file[i].path, &st) == 0 && S_ISLNK(st.st_mode);
		if (!f->file[i].folder || stat(f->file[i].path, &st) < 0)
			continue;
		w[n].dev = st.st_dev;
		w[n++].ino = st.st_ino;
	}
	qsort(w, (size_t)n, sizeof *w, by_place);
	for (int i = 1; i < n && !bad; i++) {
		struct data_file *a = &f->file[w[i - 1].i], *b = &f->file[w[i].i];
		if (w[i - 1].dev != w[i].dev || w[i - 1].ino != w[i].ino || !same_file(a->path, b->path))
			continue;
		if (!b->found || !w[i].link) {
			bad = err_set(q->e, ERR_VALUE, "%s: the file is named twice; name it once", b->path);
			break;
		}
		leave_out(q, b->path, "a link to a file that is read");
		free(b->folder);
		b->folder = NULL;
		free(b->path);
		b->path = NULL;
		w[i] = w[i - 1];
	}
	int kept = 0;
	for (int i = 0; i < f->n; i++)
		if (f->file[i].path)
			f->file[kept++] = f->file[i];
	f->n = kept;
	free(w);
	return bad;
}

/* ---- names that differ ---- */

/* Bytes of the longest path that ends in '/' and begins all paths. */
static size_t common_folder(const struct data_files *f)
{
	const char *first = f->file[0].path;
	size_t n = strlen(first);
	for (int i = 1; i < f->n; i++) {
		size_t k = 0;
		while (k < n && f->file[i].path[k] == first[k])
			k++;
		n = k;
	}
	while (n && first[n - 1] != '/')
		n--;
	return n;
}

static int by_text(const void *a, const void *b)
{
	const struct data_file *x = *(const struct data_file *const *)a, *y = *(const struct data_file *const *)b;
	int c = strcmp(x->name, y->name);
	return c ? c : (x > y) - (x < y);
}

/* Sorts pointers to the files by their names. The caller frees them. */
static struct data_file **sorted_names(const struct data_files *f)
{
	struct data_file **p = xcalloc((size_t)f->n, sizeof(struct data_file *));
	for (int i = 0; i < f->n; i++)
		p[i] = &f->file[i];
	qsort(p, (size_t)f->n, sizeof *p, by_text);
	return p;
}

static bool any_twice(const struct data_files *f)
{
	struct data_file **p = sorted_names(f);
	bool twice = false;
	for (int i = 1; i < f->n; i++)
		twice = twice || !strcmp(p[i - 1]->name, p[i]->name);
	free(p);
	return twice;
}

static void name_files(struct data_files *f)
{
	for (int i = 0; i < f->n; i++)
		f->file[i].name = strcmp(f->file[i].path, "-") != 0 ? cleaned(base_name(f->file[i].path))
		                                                    : xstrdup("standard input");
	if (f->n < 2 || !any_twice(f))
		return;
	size_t n = common_folder(f);
	for (int i = 0; i < f->n; i++)
		if (strcmp(f->file[i].path, "-") != 0) {
			free(f->file[i].name);
			f->file[i].name = cleaned(f->file[i].path + n);
		}
	/* Different bytes may be cleaned to the same text. */
	struct data_file **p = sorted_names(f);
	for (int i = 1, k = 1; i < f->n; i++) {
		bool same = !strncmp(p[i]->name, p[i - 1]->name, strlen(p[i]->name));
		k = same ? k + 1 : 1;
		if (same) {
			char *before = p[i]->name;
			p[i]->name = xasprintf("%s (%d)", before, k);
			free(before);
		}
	}
	free(p);
}

char *data_files_say(const struct data_files *f)
{
	if (f->n == 1)
		return xstrdup(strcmp(f->file[0].path, "-") != 0 ? f->file[0].path : "standard input");
	if (!f->n)
		return xstrdup("no files");
	return xasprintf("%d files (%.100s to %.100s)", f->n, f->file[0].name, f->file[f->n - 1].name);
}

static char *say_skipped(const struct finder *q)
{
	char hidden[48] = "", more[32] = "";
	if (!q->left_out && !q->hidden)
		return NULL;
	if (q->hidden)
		snprintf(hidden, sizeof hidden, "%s%d hidden", q->left_out ? ", " : "", q->hidden);
	if (q->left_out > 4)
		snprintf(more, sizeof more, ", %d more", q->left_out - 4);
	int n = q->left_out + q->hidden;
	return xasprintf("%d file%s %s left out: %s%s%s", n, n == 1 ? "" : "s", n == 1 ? "is" : "are",
	                 q->names ? q->names : "", more, hidden);
}

int data_files_find(struct data_files *f, const char *const *arg, int n, bool labels, const struct read_options *o,
                    struct err *e)
{
	struct finder q = { .f = f, .o = o, .e = e, .alone = n == 1, .labels = labels };
	int bad = 0;
	*f = (struct data_files){ 0 };
	for (int i = 0; i < n && !bad; i++)
		bad = take_argument(&q, arg[i]);
	bad = bad ? bad : check_twice(&q);
	if (!bad) {
		name_files(f);
		f->skipped = say_skipped(&q);
	}
	free(q.names);
	free(q.seen);
	return bad;
}

void data_files_release(struct data_files *f)
{
	for (int i = 0; i < f->n; i++) {
		free(f->file[i].path);
		free(f->file[i].name);
		free(f->file[i].folder);
	}
	free(f->file);
	free(f->skipped);
	*f = (struct data_files){ 0 };
}
