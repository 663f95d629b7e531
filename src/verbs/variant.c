/* analyze --off and --compare: what changes without some filters, or in another window. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/analysis/compare.h"
#include "src/verbs/cmd.h"
#include "core/base/number.h"
#include "core/base/words.h"

int say_no_layer(struct analysis *a, const char *option, const char *name, size_t n, struct err *e)
{
	char asked[256], near[NEAREST_SAY];
	struct nearest q = { .asked = asked };
	int n_layer;
	const struct layer *l = analysis_layers(a, &n_layer);
	snprintf(asked, sizeof asked, "%.*s", (int)(n < sizeof asked ? n : sizeof asked - 1), name);
	for (int i = 0; i < n_layer; i++)
		if (l[i].kind == LAYER_ANALYSED)
			nearest_try(&q, l[i].name);
	return err_set(e, ERR_VALUE, "%s: '%s' is no analysed layer of this model%s", option, asked,
	               q.best ? nearest_say(&q, near, sizeof near) : "; see tsviz info");
}

/* One filter of --off as the user wrote it, taken apart. */
struct named_filter {
	const char *text; /* the whole item, n bytes */
	size_t n;
	char *name;    /* the layer, without quotes and backslashes; malloc'd; NULL: there is no colon */
	const char *f; /* the number behind the colon, f_n bytes */
	size_t f_n;
};

/* Returns whether the n bytes at s end in a colon and digits. */
static bool ends_in_number(const char *s, size_t n)
{
	size_t k = n;
	while (k > 0 && s[k - 1] >= '0' && s[k - 1] <= '9')
		k--;
	return k > 1 && k < n && s[k - 1] == ':';
}

/* Returns the length of the item that begins at s. It ends at a comma, but neither at one that is quoted or stands
 * behind a backslash, nor at one before which there is no number of a filter: that is a comma of the layer's name. */
static size_t item_length(const char *s)
{
	bool quoted = false;
	size_t n = 0;
	for (; s[n]; n++) {
		if (s[n] == '\\' && (s[n + 1] == ',' || s[n + 1] == '"' || s[n + 1] == '\\'))
			n++;
		else if (s[n] == '"' && (n == 0 || quoted))
			quoted = !quoted;
		else if (s[n] == ',' && !quoted && ends_in_number(s, n))
			break;
	}
	/* without any number the first comma ends the item, so that the message is short */
	size_t comma = strcspn(s, ",");
	return s[n] || ends_in_number(s, n) || *s == '"' || !s[comma] ? n : comma;
}

/* Returns the n bytes without quotes around them and without backslashes before commas, quotes and backslashes. */
static char *plain_name(const char *s, size_t n)
{
	bool quoted = n > 1 && s[0] == '"' && s[n - 1] == '"';
	char *name = xmalloc(n + 1), *to = name;
	for (size_t i = quoted; i < n - quoted; i++) {
		bool escape =
		        s[i] == '\\' && i + 1 < n - quoted && (s[i + 1] == ',' || s[i + 1] == '"' || s[i + 1] == '\\');
		i += escape;
		*to++ = s[i];
	}
	*to = 0;
	return name;
}

static struct named_filter item_parts(const char *s, size_t n)
{
	struct named_filter q = { .text = s, .n = n };
	/* "conv,1:12" in quotes, number and all, or only the name */
	bool whole = n > 1 && s[0] == '"' && s[n - 1] == '"';
	if (whole)
		s++, n -= 2;
	size_t colon = n;
	while (colon > 0 && s[colon - 1] != ':')
		colon--;
	if (!colon)
		return q;
	q.name = plain_name(s, colon - 1);
	q.f = s + colon;
	q.f_n = n - colon;
	return q;
}

static int switch_one(struct filter_set *off, struct analysis *a, const char *option, const struct named_filter *q,
                      struct err *e)
{
	double f;
	if (!q->name || number_parse(q->f, q->f_n, '.', &f) != NUMBER_OK || f != floor(f) || f < 0)
		return err_set(e, ERR_VALUE,
		               "%s '%.*s': a layer and the number of a filter are expected, as in conv1d_1:12; a "
		               "layer whose name holds a comma stands in double quotes",
		               option, (int)q->n, q->text);
	int n_layer, layer = analysis_find_layer(a, q->name);
	if (layer < 0)
		return say_no_layer(a, option, q->name, strlen(q->name), e);
	const struct layer *l = &analysis_layers(a, &n_layer)[layer];
	if (f >= (double)l->filters)
		return err_set(e, ERR_VALUE, "%s '%.*s': the layer has %lld filters, numbered from 0", option,
		               (int)q->n, q->text, (long long)l->filters);
	filter_set_put(off, layer, (int64_t)f, true);
	return 0;
}

int variant_switch(struct filter_set *off, struct analysis *a, const char *option, const char *list, struct err *e)
{
	int bad = 0;
	while (!bad && *list) {
		size_t n = item_length(list);
		struct named_filter q = item_parts(list, n);
		bad = switch_one(off, a, option, &q, e);
		free(q.name);
		list += n + (list[n] == ',');
	}
	return bad;
}

struct analysis *variant_other(struct analysis *a, const struct loaded *l, const struct options *o, int64_t *window,
                               struct err *e)
{
	double v = -1;
	bool intact = !strcmp(o->compare, "intact");
	*window = -1;
	if (!intact && (number_parse(o->compare, strlen(o->compare), '.', &v) != NUMBER_OK || v != floor(v) || v < 0)) {
		err_set(e, ERR_VALUE, "--compare '%s': the number of a window or `intact` is expected", o->compare);
		return NULL;
	}
	if (v >= (double)l->data.n) {
		err_set(e, ERR_VALUE, "--compare %s: there are %lld windows, numbered from 0", o->compare,
		        (long long)l->data.n);
		return NULL;
	}
	struct analysis *b = analysis_copy(a);
	struct question q = *analysis_question(b);
	if (intact) {
		q.off = (struct filter_set){ 0 };
	} else {
		q.window = *window = (int64_t)v;
		analysis_truth(b, NULL);
	}
	analysis_ask(b, &q);
	return b;
}

static void pair_json(struct json *j, const char *key, const double v[2])
{
	json_key(j, key), json_array(j);
	json_number(j, v[0]);
	json_number(j, v[1]);
	json_end_array(j);
}

static void doubles_json(struct json *j, const char *key, const double *v, int64_t n)
{
	json_key(j, key), json_array(j);
	for (int64_t i = 0; i < n; i++)
		json_number(j, v[i]);
	json_end_array(j);
}

void variant_json(struct json *j, struct analysis *other, struct analysis *a, int64_t window)
{
	const struct model *m = analysis_model(a);
	struct comparison c;
	int n;
	const struct layer *l = analysis_layers(a, &n);
	real *map = xcalloc((size_t)(m->T * m->C), sizeof *map);
	compare_outputs(other, a, &c);
	json_object(j);
	json_key(j, "window");
	if (window >= 0)
		json_int(j, window);
	else
		json_null(j);
	json_key(j, "off"), json_int(j, analysis_question(other)->off.n);
	json_key(j, "output"), outputs_json(j, m, analysis_output(other), 1);
	pair_json(j, "target", c.target);
	pair_json(j, "loss", c.loss);
	double changed = compare_saliency(other, a, -1, 0, map);
	json_newline(j);
	json_key(j, "saliency"), json_object(j);
	json_key(j, "changed"), json_number(j, changed);
	json_key(j, "difference"), json_reals(j, map, m->T * m->C);
	json_end_object(j);
	json_newline(j);
	json_key(j, "importance"), json_array(j);
	for (int i = 0; i < n; i++) {
		if (l[i].kind != LAYER_ANALYSED)
			continue;
		double *diff = xcalloc((size_t)l[i].filters, sizeof *diff);
		int *moved = xcalloc((size_t)l[i].filters, sizeof *moved);
		bool both = compare_importance(other, a, i, diff, moved);
		json_newline(j);
		json_object(j);
		json_key(j, "name"), json_string(j, l[i].name);
		if (both) {
			doubles_json(j, "difference", diff, l[i].filters);
			json_key(j, "rose"), json_ints(j, moved, l[i].filters);
		}
		json_end_object(j);
		free(diff);
		free(moved);
	}
	json_end_array(j);
	json_end_object(j);
	free(map);
}

void variant_text(FILE *f, struct analysis *other, struct analysis *a, int64_t window)
{
	const struct model *m = analysis_model(a);
	struct comparison c;
	real *map = xcalloc((size_t)(m->T * m->C), sizeof *map);
	compare_outputs(other, a, &c);
	fprintf(f, "\nbeside ");
	if (window >= 0)
		fprintf(f, "window %lld", (long long)window);
	else
		fprintf(f, "the same window with nothing off");
	fprintf(f, ": target %.6g here, %.6g there (%+.6g)", c.target[1], c.target[0], c.target[1] - c.target[0]);
	if (!isnan(c.loss[0]) && !isnan(c.loss[1]))
		fprintf(f, "; loss %.6g, %.6g", c.loss[1], c.loss[0]);
	fprintf(f, "; saliency changed by %.0f %%\n", 100 * compare_saliency(other, a, -1, 0, map));
	free(map);
}
