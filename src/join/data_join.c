#include "src/join/data_join.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/text.h"
#include "src/read/data_fields.h"

int join_spend(struct join *j, int64_t bytes)
{
	j->room -= bytes;
	return j->room < 0 ? err_set(j->e, ERR_LIMIT,
	                             "%d files together take more memory than may be used; name fewer files, or "
	                             "see --max-mem",
	                             j->f->n)
	                   : 0;
}

int join_at(struct join *j, int i)
{
	const char *path = j->f->file[i].path;
	return err_at(j->e, "%s", strcmp(path, "-") != 0 ? path : "standard input");
}

/* ---- groups and parts ---- */

void join_groups(struct join *j, struct arena *a, const int64_t *first, int *const *group, const char **const *name,
                 const int *n, struct join_groups *out)
{
	int files = j->f->n, all = 0;
	for (int i = 0; i < files; i++)
		all += group[i] ? n[i] : 1;
	out->of = arena_reserve(a, (size_t)first[files], sizeof *out->of);
	out->name = arena_alloc(a, (size_t)all, sizeof *out->name);
	out->n = 0;
	for (int i = 0; i < files; i++) {
		const char *file = j->f->file[i].name;
		for (int64_t row = first[i]; row < first[i + 1]; row++)
			out->of[row] = out->n + (group[i] ? group[i][row - first[i]] : 0);
		for (int k = 0; k < (group[i] ? n[i] : 1); k++) {
			char *both = group[i] ? xasprintf("%s / %s", file, name[i][k]) : xstrdup(file);
			out->name[out->n++] = arena_strdup(a, both);
			free(both);
		}
	}
}

const struct file_part *join_parts(struct join *j, struct arena *a, const int64_t *first)
{
	struct file_part *p = arena_alloc(a, (size_t)j->f->n, sizeof *p);
	for (int i = 0; i < j->f->n; i++) {
		const struct data_file *f = &j->f->file[i];
		p[i].file = arena_strdup(a, f->name);
		p[i].folder = f->folder ? arena_strdup(a, f->folder) : NULL;
		p[i].from = first[i];
	}
	return p;
}

/* ---- facts of many files ---- */

/* Facts and warnings, each once, with the number of files that have it. */
struct facts {
	struct fact {
		const char *what, *text;
		int first, n; /* the first file that has it; how many have it */
	} * fact;
	int n, room, more; /* more: those beyond FACTS_MAX */
};
enum { FACTS_MAX = 40, WARNINGS_MAX = 6 };

static void fact_add(struct facts *q, const char *what, const char *text, int file)
{
	for (int i = 0; i < q->n; i++)
		if (!strcmp(q->fact[i].what, what) && !strcmp(q->fact[i].text, text)) {
			q->fact[i].n++;
			return;
		}
	if (q->n == FACTS_MAX) {
		q->more++;
		return;
	}
	if (q->n == q->room) {
		q->room = q->room ? 2 * q->room : 8;
		q->fact = xrealloc(q->fact, (size_t)q->room, sizeof *q->fact);
	}
	q->fact[q->n++] = (struct fact){ what, text, file, 1 };
}

/* "a.csv" or "a.csv and 3 more" */
static void say_files(const struct join *j, const struct fact *f, char *buf, size_t size)
{
	char more[32] = "";
	if (f->n > 1)
		snprintf(more, sizeof more, " and %d more", f->n - 1);
	snprintf(buf, size, "%.80s%s", j->f->file[f->first].name, more);
}

static const struct understood *part_facts(const struct data *d)
{
	return d->ready ? d->set.understood : d->table.understood;
}

static void join_facts(struct join *j, struct arena *a, struct understood **list)
{
	struct facts q = { 0 };
	for (int i = 0; i < j->f->n; i++)
		for (const struct understood *u = part_facts(&j->part[i]); u; u = u->next)
			fact_add(&q, u->what, u->text, i);
	understood_add(a, list, "files", "%d, each of them a group: %.80s to %.80s", j->f->n, j->f->file[0].name,
	               j->f->file[j->f->n - 1].name);
	for (int i = 0; i < q.n; i++) {
		char files[160];
		say_files(j, &q.fact[i], files, sizeof files);
		if (q.fact[i].n == j->f->n)
			understood_add(a, list, q.fact[i].what, "%s", q.fact[i].text);
		else
			understood_add(a, list, q.fact[i].what, "%s (%s)", q.fact[i].text, files);
	}
	if (q.more)
		understood_add(a, list, "files", "%d facts of other files are not shown", q.more);
	free(q.fact);
}

/* Takes each line of a reader's warnings as a fact of its own. */
static void add_lines(struct facts *q, struct data *d, const char *lines, int file)
{
	struct arena *a = d->ready ? &d->set.arena : &d->table.arena;
	for (const char *p = lines; *p;) {
		size_t n = strcspn(p, "\n");
		char *line = xstrndup(p, n);
		fact_add(q, "", arena_strdup(a, line), file);
		free(line);
		p += n + (p[n] == '\n');
	}
}

/* The warnings of all readers, a line each, and which files were left out; NULL: none. */
static const char *join_warning(struct join *j, struct arena *a)
{
	struct facts q = { 0 };
	char *all = j->f->skipped ? xstrdup(j->f->skipped) : NULL;
	for (int i = 0; i < j->f->n; i++) {
		const struct data *d = &j->part[i];
		const char *text = d->ready ? d->set.warning : d->table.warning;
		if (text)
			add_lines(&q, &j->part[i], text, i);
	}
	for (int i = 0; i < q.n && i < WARNINGS_MAX; i++) {
		char files[160], *before = all;
		say_files(j, &q.fact[i], files, sizeof files);
		all = xasprintf("%s%s%s: %s", before ? before : "", before ? "\n" : "", files, q.fact[i].text);
		free(before);
	}
	if (q.n > WARNINGS_MAX) {
		char *before = all;
		all = xasprintf("%s\n%d other warnings are not shown", before, q.n - WARNINGS_MAX + q.more);
		free(before);
	}
	const char *kept = all ? arena_strdup(a, all) : NULL;
	free(all);
	free(q.fact);
	return kept;
}

/* ---- reading ---- */

int64_t join_bytes(const struct data *d)
{
	const struct window_set *s = &d->set;
	if (!d->ready)
		return (int64_t)d->table.arena.used;
	int64_t values = 0;
	for (int64_t i = 0; s->at && i < s->n; i++)
		values += s->C * s->length[i];
	if (!s->at) {
		values = 1;
		for (int k = 0; k < s->rank; k++)
			values *= s->dim[k];
	}
	return (int64_t)s->arena.used + values * (int64_t)sizeof *s->x;
}

static int read_part(struct join *j, int i, const struct data_wanted *q, const struct read_options *o)
{
	struct read_options now = *o;
	now.max_mem = j->room;
	int bad = data_read(&j->part[i], j->f->file[i].path, q, &now, j->e);
	if (bad == ERR_LIMIT && i)
		err_at(j->e, "with the %d file%s before it", i, i == 1 ? "" : "s");
	bad = bad ? bad : join_spend(j, join_bytes(&j->part[i]));
	return bad ? join_at(j, i) : 0;
}

static const char *kind_of(const struct data *d)
{
	return d->ready ? "ready windows, a row or an entry each" : "time steps, a row each";
}

static int check_kind(struct join *j, int i)
{
	if (j->part[i].ready == j->part[0].ready)
		return 0;
	err_set(j->e, ERR_VALUE,
	        "is read as %s, and %s as %s; leave one out, or --table long or --table wide says how tables are read",
	        kind_of(&j->part[i]), j->f->file[0].name, kind_of(&j->part[0]));
	return join_at(j, i);
}

static int read_parts(struct join *j, const struct data_wanted *q, const struct read_options *o)
{
	int bad = 0;
	for (int i = 0; i < j->f->n && !bad; i++) {
		bad = read_part(j, i, q, o);
		bad = bad || j->stack ? bad : check_kind(j, i);
	}
	return bad;
}

static bool is_file(const struct join *j, const char *name)
{
	for (int i = 0; i < j->f->n; i++) {
		const char *path = j->f->file[i].path, *slash = strrchr(path, '/');
		if (!strcmp(name, path) || !strcmp(name, slash ? slash + 1 : path))
			return true;
	}
	return false;
}

/* Reads files of one channel each. The recipe's columns are those of the result, and its label may be a file. */
static int read_stack(struct join *j, struct data *d, const struct data_wanted *q, const struct read_options *o)
{
	struct data_wanted one = *q;
	struct recipe r = *q->r;
	struct data label = { 0 };
	const char *asked = r.label;
	if (j->by_folder)
		return err_set(
		        j->e, ERR_VALUE,
		        "--stack puts files side by side, so that their folders are no classes; --label FILE names "
		        "a file of labels");
	bool among = asked && is_file(j, asked), beside = asked && !among && access(asked, F_OK) == 0;
	r.n_columns = r.n_predict = 0;
	r.derive = DERIVE_NONE;
	if (among || beside)
		r.label = NULL;
	one.r = &r;
	one.C = 1;
	one.asked &= data_fields(); /* the file of labels may be a series beside windows */
	int bad = read_parts(j, &one, o);
	one.asked = 0; /* the options are for the windows */
	if (!bad && beside && data_read(&label, asked, &one, o, j->e))
		bad = err_at(j->e, "%s", asked);
	bad = bad ? bad : join_stack(j, among || beside ? asked : NULL, beside ? &label : NULL, d);
	data_release(&label);
	return bad ? bad : data_fields_check_kind(d, q, j->e);
}

static void join_say(struct join *j, struct data *d)
{
	char *name = data_files_say(j->f);
	struct arena *a = d->ready ? &d->set.arena : &d->table.arena;
	const char **warning = d->ready ? &d->set.warning : &d->table.warning, *own = *warning;
	*(d->ready ? &d->set.file : &d->table.file) = text_clean_copy(a, name);
	*warning = join_warning(j, a);
	if (own)
		warnings_add(a, warning, own);
	free(name);
}

static int join_all(struct join *j, struct data *d)
{
	d->ready = j->part[0].ready;
	d->format = j->part[0].format;
	int bad = d->ready ? join_windows(j, &d->set) : join_tables(j, &d->table);
	if (!bad)
		join_facts(j, d->ready ? &d->set.arena : &d->table.arena,
		           d->ready ? &d->set.understood : &d->table.understood);
	return bad;
}

/* A single file is no group, and its path stands in messages. */
static int read_single(struct join *j, struct data *d, const struct data_wanted *q, const struct read_options *o)
{
	int bad = data_read(d, j->f->file[0].path, q, o, j->e);
	if (bad)
		return join_at(j, 0);
	struct arena *a = d->ready ? &d->set.arena : &d->table.arena;
	const struct file_part *part = join_parts(j, a, (int64_t[]){ 0, 0 });
	const char **warning = d->ready ? &d->set.warning : &d->table.warning;
	*(d->ready ? &d->set.part : &d->table.part) = part;
	*(d->ready ? &d->set.n_part : &d->table.n_part) = 1;
	if (j->f->skipped) {
		const char *own = *warning;
		*warning = arena_strdup(a, j->f->skipped);
		if (own)
			warnings_add(a, warning, own);
	}
	return 0;
}

int data_read_files(struct data *d, const char *const *arg, int n, const struct data_wanted *q,
                    const struct read_options *o, struct err *e)
{
	struct data_files f;
	struct join j = { .f = &f, .e = e, .room = read_memory_limit(o), .layout = q->r ? q->r->layout : NULL };
	j.by_folder = q->r && q->r->label_from == LABEL_FROM_FOLDER;
	memset(d, 0, sizeof *d);
	j.stack = q->r && q->r->stack;
	int bad = data_files_find(&f, arg, n, j.stack, o, e);
	/* A recipe that was made with several files may be used with one that holds all channels. */
	j.stack = j.stack && (f.n > 1 || q->asked & RECIPE_STACK);
	if (!bad && f.n == 1 && !j.stack) {
		bad = read_single(&j, d, q, o);
	} else if (!bad) {
		j.part = xcalloc((size_t)f.n, sizeof *j.part);
		if (j.stack)
			bad = read_stack(&j, d, q, o);
		else
			bad = (bad = read_parts(&j, q, o)) ? bad : join_all(&j, d);
		if (!bad)
			join_say(&j, d);
		for (int i = 0; i < f.n; i++)
			data_release(&j.part[i]);
		free(j.part);
	}
	if (!bad)
		d->name = data_files_say(&f);
	d->n_file = f.n;
	data_files_release(&f);
	return bad;
}
