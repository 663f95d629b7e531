/* Columns that look like groups and are not used as such: by their names, or because their whole numbers stay the same
 * over long runs of rows and then go on by one, or come round again and again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/data/column_name.h"
#include "core/data/dataset_cut.h"

/* ---- names ---- */

/* Returns whether a column is called as columns of groups are: "subject", "Subject_ID", "unit number", "unique_id".
 * Words of the second list are such where the cells are words, or with an ending: "station id". Those of the third list
 * need the ending: "cycle id". */
static bool named_group(const char *name, bool number)
{
	static const char *const words[] = { "unique",  "uid",    "subject", "subj",       "unit",        "series",
		                             "record",  "engine", "id",      "patient",    "participant", "person",
		                             "user",    "trial",  "session", "recording",  "machine",     "device",
		                             "episode", "run",    "group",   "individual", NULL };
	static const char *const things[] = {
		"station",     "stations", "site",      "location", "store",   "item",       "customer",  "client",
		"household",   "meter",    "ticker",    "symbol",   "country", "city",       "region",    "turbine",
		"vehicle",     "animal",   "battery",   "bearing",  "asset",   "experiment", "equipment", "robot",
		"building",    "sensor",   "entity",    "file",     "product", "entityname", "field",     "metric",
		"measurement", "variable", "parameter", "quantity", "host",    "instance",   "indicator", NULL
	};
	static const char *const counted[] = { "cycle",  "batch",   "segment", "sequence", "window", "sample",
		                               "case",   "cell",    "test",    "block",    "lap",    "flight",
		                               "car",    "track",   "stay",    "visit",    "event",  "part",
		                               "node",   "well",    "journey", "pump",     "player", "shot",
		                               "period", "exp",     "set",     "trip",     "object", "channel",
		                               "key",    "dataset", NULL };
	static const char *const tails[] = { "id", "ids", "nr", "no", "num", "number", "name", "code", "index", NULL };
	char word[COLUMN_NAME_MAX], front[COLUMN_NAME_MAX];
	if (!column_name_plain(name, word))
		return false;
	if (column_name_among(words, word) || (!number && column_name_among(things, word)))
		return true;
	for (int k = 0; tails[k]; k++) {
		size_t n = strlen(word), tail = strlen(tails[k]);
		if (n <= tail || strcmp(word + n - tail, tails[k]) != 0)
			continue;
		snprintf(front, sizeof front, "%.*s", (int)(n - tail), word);
		if (column_name_among(words, front) || column_name_among(things, front) ||
		    column_name_among(counted, front))
			return true;
	}
	return false;
}

/* Names of numbers that stay the same or come round because they are parts of a time or count rows. */
static bool named_clock(const char *name)
{
	static const char *const words[] = { "week",         "weekday",    "dayofweek", "quarter", "dow",
		                             "hourofday",    "weekofyear", "sample",    "counter", "packet",
		                             "seq",          "sequence",   "frame",     "index",   "sampleindex",
		                             "packetnumber", "package",    "days",      "hod",     NULL };
	return cut_is_part_name(name) || column_name_is_time(name) || column_name_among(words, name);
}

/* ---- cells ---- */

static uint64_t cell_key(const struct table *t, int k, int64_t i)
{
	uint64_t key = 14695981039346656037u; /* FNV-1a */
	if (t->text[k]) {
		for (const char *s = t->text[k][i]; *s; s++)
			key = (key ^ (unsigned char)*s) * 1099511628211u;
		if (*t->text[k][i])
			return key | 1;
	}
	double v = t->number[k][i];
	memcpy(&key, &v, sizeof key);
	key = (key ^ key >> 29) * 0xbf58476d1ce4e5b9u;
	return (key ^ key >> 32) | 1;
}

/* Counts the distinct cells of a column, as far as `most`. */
static int64_t count_distinct(const struct table *t, int k, int64_t most)
{
	size_t room = 1024;
	int64_t n = 0;
	uint64_t *slot = xcalloc(room, sizeof *slot), before = 0;
	for (int64_t i = 0; i < t->n_row && n <= most; i++) {
		uint64_t key = cell_key(t, k, i);
		if (key == before)
			continue;
		before = key;
		size_t at = key % room;
		while (slot[at] && slot[at] != key)
			at = (at + 1) % room;
		n += !slot[at];
		slot[at] = key;
		if ((size_t)n * 2 < room)
			continue;
		uint64_t *wide = xcalloc(4 * room, sizeof *wide);
		for (size_t j = 0; j < room; j++) {
			for (at = slot[j] % (4 * room); slot[j] && wide[at];)
				at = (at + 1) % (4 * room);
			if (slot[j])
				wide[at] = slot[j];
		}
		free(slot);
		slot = wide;
		room *= 4;
	}
	free(slot);
	return n;
}

static bool same_cell(const struct table *t, int k, int64_t i, int64_t j)
{
	if (t->text[k])
		return !strcmp(t->text[k][i], t->text[k][j]);
	return t->number[k][i] >= t->number[k][j] && t->number[k][i] <= t->number[k][j];
}

/* Returns whether each cell is a word or a whole number. */
static bool names_things(const struct table *t, int k)
{
	for (int64_t i = 0; i < t->n_row; i++)
		if (t->text[k] ? !*t->text[k][i] : !(t->number[k][i] == floor(t->number[k][i])))
			return false;
	return true;
}

/* Returns whether the column changes between two rows that follow each other in a group. */
static bool crosses(const struct cut *c, int k)
{
	int64_t *last =
	        xcalloc((size_t)(c->group ? c->n_group : 0) + 1, sizeof *last); /* [group]: the row before + 1 */
	bool found = false;
	for (int64_t i = 0; i < c->t->n_row && !found; i++) {
		int g = c->group ? c->group[i] : 0;
		found = last[g] && !same_cell(c->t, k, i, last[g] - 1);
		last[g] = i + 1;
	}
	free(last);
	return found;
}

/* Returns whether a column of whole numbers stays the same over long runs of rows, and is one more in each run. */
static bool steps_on(const struct table *t, int k)
{
	enum { RUNS = 3, ROWS_EACH = 4 };
	const double *x = t->number[k];
	int64_t runs = 1;
	for (int64_t i = 1; i < t->n_row; i++) {
		double step = x[i] - x[i - 1];
		if (!(step >= 0 && step <= 0) && !(step >= 1 && step <= 1))
			return false;
		runs += step > 0;
	}
	return runs >= RUNS && runs * ROWS_EACH <= t->n_row;
}

/* Returns whether a column counts by one from its first number on, and begins again after the same number of rows each
 * time. */
static bool comes_round(const struct table *t, int k)
{
	enum { ROUNDS = 3, MEMBERS = 64 };
	const double *x = t->number[k];
	int64_t n = 1;
	while (n < t->n_row && n <= MEMBERS && x[n] - x[n - 1] >= 1 && x[n] - x[n - 1] <= 1)
		n++;
	if (n < 2 || n > MEMBERS || n * ROUNDS > t->n_row)
		return false;
	for (int64_t i = n; i < t->n_row; i++)
		if (!(x[i] >= x[i - n] && x[i] <= x[i - n]))
			return false;
	return true;
}

/* ---- what is said ---- */

enum { LIST_TEXT = 300, LIST_FULL = 120 };

struct list {
	char names[LIST_TEXT], option[LIST_TEXT];
	size_t at, end;
	int n, more; /* names; those that have no place */
};

static void list_add(struct list *q, const struct table *t, int k)
{
	const char *name = t->name[k];
	if (q->at > LIST_FULL || q->end > LIST_FULL) {
		q->more++;
		return;
	}
	q->at += (size_t)snprintf(q->names + q->at, sizeof q->names - q->at, "%s'%.40s'", q->n ? ", " : "", name);
	if (strchr(name, ',') || strlen(name) > 40)
		q->end += (size_t)snprintf(q->option + q->end, sizeof q->option - q->end, "%s#%d", q->n ? "," : "",
		                           k + 1);
	else
		q->end +=
		        (size_t)snprintf(q->option + q->end, sizeof q->option - q->end, "%s%s", q->n ? "," : "", name);
	q->n++;
}

static void list_more(struct list *q)
{
	if (q->more)
		snprintf(q->names + q->at, sizeof q->names - q->at, " and %d more", q->more);
}

/* numbers: columns that are no channels now. found: columns between whose values windows cross. kept: those of them
 * that are channels. */
static void say(struct cut *c, struct list *numbers, struct list *found, struct list *kept)
{
	bool free_choice = !c->r->n_columns;
	char rest[LIST_TEXT + 80] = "";
	list_more(numbers);
	list_more(found);
	list_more(kept);
	if (numbers->n)
		understood_add(&c->d->arena, &c->d->understood, "no channel",
		               "%s, which %s groups; --columns names the channels", numbers->names,
		               numbers->n > 1 ? "look like" : "looks like");
	if (found->n && kept->n && free_choice)
		snprintf(rest, sizeof rest, "; %s %s unless --columns names others", kept->names,
		         kept->n > 1 ? "are channels" : "is a channel");
	else if (found->n && numbers->n && free_choice)
		snprintf(rest, sizeof rest, "; numbers of groups are no channels unless --columns names them");
	if (found->n)
		cut_warn(c->d,
		         "%s %s like groups, and windows cross from one to the next; --group '%s' keeps them apart%s",
		         found->names, found->n == 1 ? "looks" : "look", found->option, rest);
	else if (numbers->n && free_choice)
		cut_warn(c->d, "%s looks like the number of a group and is no channel; --columns names the channels",
		         numbers->names);
}

/* How a column looks like groups. */
enum look { LOOK_NOT, LOOK_NAMED, LOOK_STEPS, LOOK_ROUNDS };

static enum look look_of(const struct cut *c, int k)
{
	const struct table *t = c->t;
	if (c->role[k] != ROLE_SIGNAL || cut_is_asked(c, k) || (!t->number[k] && !t->text[k]) || !names_things(t, k))
		return LOOK_NOT;
	if (named_group(t->name[k], cut_is_numeric(t, k)))
		return count_distinct(t, k, t->n_row / 2) * 2 > t->n_row ? LOOK_NOT : LOOK_NAMED;
	if (t->text[k] || named_clock(t->name[k]))
		return LOOK_NOT;
	return steps_on(t, k) ? LOOK_STEPS : comes_round(t, k) ? LOOK_ROUNDS : LOOK_NOT;
}

void cut_unused_groups(struct cut *c)
{
	const struct table *t = c->t;
	struct list numbers = { .n = 0 }, found = { .n = 0 }, kept = { .n = 0 };
	for (int k = 0; k < t->n_col && t->n_row > 1; k++) {
		enum look look = look_of(c, k);
		if (look == LOOK_NAMED && cut_is_numeric(t, k)) {
			c->role[k] = ROLE_GROUP;
			list_add(&numbers, t, k);
		}
		/* Beside groups, a number that comes round counts the rows of each. */
		if (look == LOOK_NOT || (look == LOOK_ROUNDS && found.n) || !crosses(c, k))
			continue;
		list_add(&found, t, k);
		if (look != LOOK_NAMED)
			list_add(&kept, t, k);
	}
	say(c, &numbers, &found, &kept);
}
