#include "src/cli/options.h"

#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "core/base/mem_stream.h"
#include "core/base/number.h"
#include "core/base/words.h"

const struct verb verbs[] = {
#define VERB(id, name, args, least, most, help, example) { #name, args, least, most, help, example },
#include "src/cli/verbs.def"
#undef VERB
	{ 0 },
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *v = verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

/* ---- rows ---- */

/* Is the name of n bytes one of the words of a list that are separated by blanks? */
static bool among(const char *list, const char *name, size_t n)
{
	while (list && *list) {
		size_t k = strcspn(list, " ");
		if (k == n && !memcmp(list, name, n))
			return true;
		list += k + (list[k] == ' ');
	}
	return false;
}

const struct option_row *option_find(const char *name, size_t n)
{
	for (const struct option_row *r = option_rows; r->name; r++)
		if (among(r->name, name, n) || among(r->aliases, name, n))
			return r;
	return NULL;
}

static const struct option_row *by_letter(char c)
{
	for (const struct option_row *r = option_rows; r->name; r++)
		if (c && r->letter == c)
			return r;
	return NULL;
}

const char *option_word(const struct option_row *r, int i)
{
	const char *const *words = r->type == OPTION_RECIPE && r->arg ? recipe_choices(r->name) : NULL;
	return words ? words[i] : r->word ? r->word(i) : NULL;
}

/* ---- values ---- */

static int set_whole(const struct option_row *r, const char *value, int64_t *out, struct err *e)
{
	double v;
	if (number_parse(value, strlen(value), '.', &v) != NUMBER_OK || v != floor(v) || v < (double)r->least ||
	    v > (double)r->most)
		return err_set(e, ERR_VALUE, "--%s '%s': a whole number from %lld to %lld is expected", r->name, value,
		               (long long)r->least, (long long)r->most);
	*out = (int64_t)v;
	return 0;
}

static int set_bytes(const struct option_row *r, const char *value, int64_t *out, struct err *e)
{
	static const char units[] = "kmg";
	size_t n = strlen(value);
	const char *unit = n ? strchr(units, value[n - 1] | 0x20) : NULL;
	double v = 0, factor = 1;
	if (unit && *unit)
		factor = (double)((int64_t)1 << 10 * (unit - units + 1)), n--;
	if (number_parse(value, n, '.', &v) != NUMBER_OK || !(v * factor >= (double)r->least) ||
	    v * factor > (double)r->most)
		return err_set(e, ERR_VALUE, "--%s '%s': bytes are expected, at least 1M, as in 256M or 2G", r->name,
		               value);
	*out = (int64_t)(v * factor);
	return 0;
}

static int set_seconds(const struct option_row *r, const char *value, double *out, struct err *e)
{
	double v;
	if (number_parse(value, strlen(value), '.', &v) != NUMBER_OK || !(v >= 0.1 && v <= (double)r->most))
		return err_set(e, ERR_VALUE, "--%s '%s': seconds are expected, from 0.1 to %lld", r->name, value,
		               (long long)r->most);
	*out = v;
	return 0;
}

/* "output:" takes "output:3". "output:T,C" takes "output:3,0", with ranges such as 10-20, or * for all. */
static bool fits_word(const char *word, const char *value)
{
	size_t n = strlen(word), name = strcspn(word, ":");
	if (name + 1 < n)
		return !strncmp(word, value, name + 1) && strchr(value, ',') &&
		       strspn(value + name + 1, "0123456789,-*") == strlen(value + name + 1);
	if (word[n - 1] != ':')
		return !strcmp(word, value);
	return !strncmp(word, value, n) && value[n] && strspn(value + n, "0123456789") == strlen(value + n);
}

int option_choose(const struct option_row *r, const char *value, struct err *e)
{
	char list[600] = "", near[NEAREST_SAY];
	struct nearest q = { .asked = value };
	const char *word;
	for (int i = 0; (word = option_word(r, i)); i++) {
		size_t n = strlen(list);
		if (fits_word(word, value))
			return i;
		snprintf(list + n, sizeof list - n, "%s%s%s", i ? ", " : "", word,
		         word[strlen(word) - 1] == ':' ? "NUMBER" : "");
		nearest_try(&q, word);
	}
	return err_set(e, ERR_VALUE, "--%s '%s' is unknown; one of %s%s", r->name, value, list,
	               nearest_say(&q, near, sizeof near));
}

static int set_choice(const struct option_row *r, const char *value, const char **out, struct err *e)
{
	int bad = option_choose(r, value, e);
	if (bad < 0)
		return bad;
	*out = value;
	return 0;
}

static int set_word(const struct option_row *r, const char *value, int *out, struct err *e)
{
	int i = option_choose(r, value, e);
	if (i < 0)
		return i;
	*out = (int)r->least + i;
	return 0;
}

static int set_count(const struct option_row *r, const char *value, int *out, struct err *e)
{
	int64_t v = 0;
	int bad = set_whole(r, value, &v, e);
	if (!bad)
		*out = (int)v;
	return bad;
}

int option_set(struct options *o, const struct option_row *r, const char *value, struct err *e)
{
	void *at = (char *)o + r->place;
	switch (r->type) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return 0;
	case OPTION_TEXT:
		*(const char **)at = value;
		return 0;
	case OPTION_CHOICE:
		return set_choice(r, value, at, e);
	case OPTION_WORD:
		return set_word(r, value, at, e);
	case OPTION_COUNT:
		return set_count(r, value, at, e);
	case OPTION_INDEX:
		return set_whole(r, value, at, e);
	case OPTION_RECIPE:
		return recipe_set(&o->recipe, r->name, value ? value : "yes", e);
	case OPTION_BYTES:
		return set_bytes(r, value, at, e);
	case OPTION_SECONDS:
		return set_seconds(r, value, at, e);
	case OPTION_PRINT:
		o->instead = r->print;
		return 0;
	case OPTION_OTHER:
		break;
	}
	return r->set(o, value, e);
}

/* ---- words of the command line ---- */

static int say_unknown(const char *word, struct err *e)
{
	char asked[WORD_BYTES_MAX];
	snprintf(asked, sizeof asked, "%.*s", (int)strcspn(word + 2, "="), word + 2);
	struct nearest q = { .asked = asked };
	for (const struct option_row *r = option_rows; r->name; r++)
		nearest_try(&q, r->name);
	if (q.best)
		return err_set(e, ERR_VALUE, "'%s' is no option; did you mean '--%s'?", word, q.best);
	return err_set(e, ERR_VALUE, "'%s' is no option; see tsviz --help", word);
}

struct line {
	struct options *o;
	int argc, at; /* the word being read */
	char **argv;
	const char **pos; /* [argc] what is no option */
	int n_pos;
};

/* An option whose value, where it takes one, follows in the same word (not NULL) or in the next one. */
static int take(struct line *l, const struct option_row *r, const char *value, struct err *e)
{
	const char *arg = option_arg(r, l->o->verb);
	if (arg && !value && !(r->optional && l->at + 1 >= l->argc)) {
		if (l->at + 1 >= l->argc)
			return err_set(e, ERR_VALUE, "--%s needs a value: %s", r->name, arg);
		value = l->argv[++l->at];
	}
	l->o->given[r - option_rows] = true;
	return option_set(l->o, r, value, e);
}

static int take_long(struct line *l, const char *word, struct err *e)
{
	size_t n = strcspn(word + 2, "=");
	const struct option_row *r = option_find(word + 2, n);
	if (!r)
		return say_unknown(word, e);
	if (!option_arg(r, l->o->verb) && word[2 + n] && r->type != OPTION_RECIPE)
		return err_set(e, ERR_VALUE, "--%s takes no value", r->name);
	return take(l, r, word[2 + n] ? word + 3 + n : NULL, e);
}

/* "-qh" is -q -h; "-w3" and "-qw3" give -w its value. */
static int take_letters(struct line *l, const char *word, struct err *e)
{
	int bad = 0;
	for (const char *s = word + 1; *s && !bad; s++) {
		const struct option_row *r = by_letter(*s);
		if (!r && !word[2])
			return err_set(e, ERR_VALUE, "'%s' is no option; see tsviz --help", word);
		if (!r)
			return err_set(e, ERR_VALUE, "'%s': -%.1s is no option; see tsviz --help", word, s);
		if (option_arg(r, l->o->verb))
			return take(l, r, s[1] ? s + 1 : NULL, e);
		bad = take(l, r, NULL, e);
	}
	return bad;
}

/* An argument that is no option: the verb, or one of the names that the verb takes. */
static void take_name(struct line *l, const char *word)
{
	struct options *o = l->o;
	const struct verb *v = o->verb || l->n_pos ? NULL : verb_find(word);
	if (v)
		o->verb = v;
	else
		l->pos[l->n_pos++] = word;
}

/* ---- what goes together ---- */

/* A first name that is neither a verb nor a file, and nearly a verb. */
static int check_verb(const struct line *l, struct err *e)
{
	struct nearest q = { .asked = l->n_pos ? l->pos[0] : "" };
	char near[NEAREST_SAY];
	if (l->o->verb || !l->n_pos || !strcmp(l->pos[0], "-") || access(l->pos[0], F_OK) == 0)
		return 0;
	for (const struct verb *v = verbs; v->name; v++)
		nearest_try(&q, v->name);
	if (!q.best && l->n_pos < 3)
		return 0;
	return err_set(e, ERR_VALUE, "'%s' is neither a verb nor a file%s", l->pos[0],
	               q.best ? nearest_say(&q, near, sizeof near) : "; see tsviz --help");
}

static int check_names(const struct line *l, struct err *e)
{
	const struct verb *v = l->o->verb;
	if (l->n_pos > v->pos_max)
		return err_set(e, ERR_VALUE, "unexpected argument '%s'; usage: tsviz %s %s", l->pos[v->pos_max],
		               v->name, v->args);
	if (l->n_pos < v->pos_min && v == &verbs[VERB_BROWSE])
		return err_set(e, ERR_VALUE,
		               "usage: tsviz %s; `tsviz demo` opens a bundled sample, `tsviz --help` lists the verbs",
		               v->args);
	if (l->n_pos < v->pos_min)
		return err_set(e, ERR_VALUE, "usage: tsviz %s %s; see tsviz %s --help", v->name, v->args, v->name);
	return 0;
}

/* "browse, demo and info take it" */
static int say_not_taken(const struct option_row *r, const struct verb *v, struct err *e)
{
	char *who = NULL;
	size_t n = 0;
	FILE *f = mem_stream(&who, &n);
	option_verbs_print(r, f);
	fclose(f);
	/* a power of two: one verb */
	int bad = err_set(e, ERR_VALUE, "%s does not take --%s; %s take%s it", v->name, r->name, who,
	                  r->verbs & (r->verbs - 1) ? "" : "s");
	free(who);
	return bad;
}

/* Is one of the options of a list given? */
static bool any_given(const struct options *o, const char *list)
{
	for (const struct option_row *r = option_rows; r->name; r++)
		if (o->given[r - option_rows] && among(list, r->name, strlen(r->name)))
			return true;
	return false;
}

/* "--screen or --plain" of "screen plain" */
static int say_needs(const struct option_row *r, const struct verb *v, struct err *e)
{
	char list[100] = "";
	for (const char *s = r->headless; *s;) {
		size_t k = strcspn(s, " "), n = strlen(list);
		snprintf(list + n, sizeof list - n, "%s--%.*s", n ? " or " : "", (int)k, s);
		s += k + (s[k] == ' ');
	}
	return err_set(e, ERR_VALUE, "%s takes --%s only together with %s", v->name, r->name, list);
}

/* Whether the verb takes each of the options that were given. */
static int check_options(const struct options *o, struct err *e)
{
	const struct verb *v = o->verb;
	bool browses = v == &verbs[VERB_BROWSE] || v == &verbs[VERB_DEMO];
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!o->given[r - option_rows])
			continue;
		if (!option_taken(r, v))
			return say_not_taken(r, v, e);
		if (browses && r->headless && !any_given(o, r->headless))
			return say_needs(r, v, e);
		if (o->all && r->one_window)
			return err_set(e, ERR_VALUE, "--%s is for one window; leave out --all", r->name);
	}
	return 0;
}

/* Standard input can be read once. */
static int check_streams(const struct line *l, struct err *e)
{
	int n = 0;
	for (int i = 0; i < l->n_pos; i++)
		n += !strcmp(l->pos[i], "-");
	return n > 1 ? err_set(e, ERR_VALUE, "only one of model and data can be standard input, and only once") : 0;
}

void options_init(struct options *o)
{
	memset(o, 0, sizeof *o);
	recipe_init(&o->recipe);
	o->index = o->method = o->layer = -1;
	o->filter_at = -1;
	o->port = -1;
}

int options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	struct line l = { .o = o, .argc = argc, .at = 1, .argv = argv };
	l.pos = o->names = xcalloc((size_t)argc + 1, sizeof *o->names);
	bool only_names = false;
	int bad = 0;
	for (; l.at < argc && !bad; l.at++) {
		const char *word = argv[l.at];
		if (!only_names && !strcmp(word, "--"))
			only_names = true;
		else if (only_names || word[0] != '-' || !word[1])
			take_name(&l, word);
		else
			bad = word[1] == '-' ? take_long(&l, word, e) : take_letters(&l, word, e);
	}
	if (bad || o->instead || (o->help && !l.n_pos))
		return bad;
	bad = check_verb(&l, e);
	if (bad || o->help)
		return bad;
	if (!o->verb)
		o->verb = &verbs[VERB_BROWSE];
	bad = check_names(&l, e);
	bad = bad ? bad : check_options(o, e);
	if (bad)
		return bad;
	o->json |= o->schema_version > 0;
	o->model = l.n_pos > 0 ? l.pos[0] : NULL;
	o->data = l.n_pos > 1 ? l.pos + 1 : NULL;
	o->n_data = l.n_pos > 1 ? l.n_pos - 1 : 0;
	return check_streams(&l, e);
}

void options_release(struct options *o)
{
	recipe_release(&o->recipe);
	free(o->names);
	free(o->set);
	o->names = NULL;
	o->set = NULL;
}

bool options_given(const struct options *o, const char *name)
{
	const struct option_row *r = option_find(name, strlen(name));
	return r && o->given[r - option_rows];
}

int options_threads(const struct options *o)
{
	cpu_set_t set;
	if (o->threads)
		return o->threads;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < 1 ? 1 : n > 64 ? 64 : n;
}
