/* Joins sets of ready windows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "src/join/data_join.h"

static const struct window_set *set_of(const struct join *j, int i)
{
	return &j->part[i].set;
}

/* The number of the axis that counts windows. */
static int window_axis(const struct join *j, const struct window_set *s)
{
	const char *axes = s->axes ? s->axes : j->layout;
	const char *n = axes && (int)strlen(axes) == s->rank ? strchr(axes, 'N') : NULL;
	return n ? (int)(n - axes) : 0;
}

static int64_t count_windows(const struct join *j, int i)
{
	const struct window_set *s = set_of(j, i);
	return s->rank ? s->dim[window_axis(j, s)] : s->n;
}

/* ---- what has to agree ---- */

static int64_t channels_of(const struct window_set *s)
{
	const char *c = s->rank && s->axes ? strchr(s->axes, 'C') : NULL;
	return !s->rank ? s->C : c ? s->dim[c - s->axes] : 1;
}

static int64_t steps_of(const struct window_set *s)
{
	const char *t = s->rank && s->axes ? strchr(s->axes, 'T') : NULL;
	return t ? s->dim[t - s->axes] : -1;
}

static void shape_text(const struct window_set *s, char *buf, size_t size)
{
	size_t n = 0;
	buf[0] = '\0';
	for (int i = 0; i < s->rank; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%lld", i ? "," : "(", (long long)s->dim[i]);
	snprintf(buf + n, size - n, ")");
}

/* Whether two arrays differ only in the number of windows. */
static bool same_shape(const struct join *j, const struct window_set *a, const struct window_set *b)
{
	if (!a->rank || a->rank != b->rank || (a->axes != NULL) != (b->axes != NULL) ||
	    (a->axes && strcmp(a->axes, b->axes) != 0))
		return false;
	for (int k = 0; k < a->rank; k++)
		if (k != window_axis(j, a) && a->dim[k] != b->dim[k])
			return false;
	return true;
}

/* Whether the lengths of windows may differ: C and T of all of them are known. */
static bool can_be_uneven(const struct window_set *s)
{
	return !s->rank || (s->axes && strchr(s->axes, 'T'));
}

static int check_shape(struct join *j, int i)
{
	const struct window_set *a = set_of(j, 0), *s = set_of(j, i);
	const char *name = j->f->file[0].name;
	if (same_shape(j, a, s))
		return 0;
	if (can_be_uneven(a) && can_be_uneven(s) && channels_of(a) == channels_of(s))
		return 0;
	if (can_be_uneven(a) && can_be_uneven(s)) {
		err_set(j->e, ERR_VALUE, "has windows of %lld channels, and %.80s of %lld; leave one of them out",
		        (long long)channels_of(s), name, (long long)channels_of(a));
	} else {
		char mine[96], first[96];
		shape_text(s, mine, sizeof mine);
		shape_text(a, first, sizeof first);
		err_set(j->e, ERR_VALUE,
		        "holds an array of shape %s, and %.80s one of %s; only the number of windows may differ, so "
		        "leave "
		        "one of them out",
		        s->rank ? mine : "of uneven lengths", name, a->rank ? first : "uneven lengths");
	}
	return join_at(j, i);
}

/* The position of a name among the channels of s, or -1. */
static int64_t channel_at(const struct window_set *s, int64_t n, const char *name)
{
	for (int64_t k = 0; k < n; k++)
		if (!strcmp(s->channel[k], name))
			return k;
	return -1;
}

/* Puts the n channels of each window into the order from[0..n). */
static void sort_window(struct window_set *s, int64_t w, const int64_t *from, int64_t n, float *old)
{
	const char *c = s->rank ? strchr(s->axes, 'C') : NULL, *t = s->rank ? strchr(s->axes, 'T') : NULL,
	           *i = s->rank ? strchr(s->axes, 'N') : NULL;
	int64_t T = s->rank ? s->dim[t - s->axes] : s->length[w], step = s->rank ? s->stride[t - s->axes] : 1;
	int64_t each = s->rank ? s->stride[c - s->axes] : T;
	float *x = s->x + (!s->rank ? s->at[w] : i ? w * s->stride[i - s->axes] : 0);
	for (int64_t k = 0; k < T; k++) {
		for (int64_t m = 0; m < n; m++)
			old[m] = x[from[m] * each + k * step];
		for (int64_t m = 0; m < n; m++)
			x[m * each + k * step] = old[m];
	}
}

/* Puts the channels of file i into the order of the first file, by their names. */
static int sort_channels(struct join *j, int i)
{
	const struct window_set *a = set_of(j, 0);
	struct window_set *s = &j->part[i].set;
	int64_t n = channels_of(a);
	bool same = true;
	if (!a->channel || !s->channel)
		return 0;
	int64_t *from = xcalloc((size_t)n + 1, sizeof *from);
	for (int64_t k = 0; k < n; k++) {
		from[k] = channel_at(s, n, a->channel[k]);
		same = same && from[k] == k;
		if (from[k] >= 0)
			continue;
		free(from);
		err_set(j->e, ERR_VALUE, "has no channel '%.60s', which %.80s has; the channels have to be the same",
		        a->channel[k], j->f->file[0].name);
		return join_at(j, i);
	}
	float *old = xcalloc((size_t)n + 1, sizeof *old);
	for (int64_t w = 0; w < count_windows(j, i) && !same; w++)
		sort_window(s, w, from, n, old);
	if (!same)
		understood_add(&s->arena, &s->understood, "channels",
		               "in another order than in the first file: put into "
		               "its order by their names");
	free(from);
	free(old);
	return 0;
}

static int check_truth(struct join *j, int i)
{
	const struct window_set *a = set_of(j, 0), *s = set_of(j, i);
	int64_t n = count_windows(j, i);
	bool any = s->label || s->value, first = a->label || a->value;
	if (s->group && s->n_grouped != n)
		err_set(j->e, ERR_FORMAT, "%lld window%s, but %lld groups of them", (long long)n, n == 1 ? "" : "s",
		        (long long)s->n_grouped);
	else if (any && s->n_truth != n)
		err_set(j->e, ERR_FORMAT, "%lld window%s, but %lld labels", (long long)n, n == 1 ? "" : "s",
		        (long long)s->n_truth);
	else if (any != first && !j->by_folder)
		err_set(j->e, ERR_VALUE,
		        "has %s labels, and %.80s has %s; leave one of them out, or --label-from folder takes the "
		        "names of "
		        "the folders",
		        any ? "" : "no", j->f->file[0].name, first ? "some" : "none");
	else if (s->value && a->value && s->n_value != a->n_value)
		err_set(j->e, ERR_VALUE, "has %lld target values a window, and %.80s has %lld; leave one of them out",
		        (long long)s->n_value, j->f->file[0].name, (long long)a->n_value);
	else
		return 0;
	return join_at(j, i);
}

/* ---- values ---- */

/* Copies array s to *to in the order N, then the other axes as they are; *to is set behind it. */
static void copy_array(const struct join *j, const struct window_set *s, float **to)
{
	int n = window_axis(j, s), axis[4] = { n }, rank = s->rank;
	int64_t dim[4] = { 1, 1, 1, 1 }, stride[4] = { 0 };
	for (int k = 0, at = 1; k < rank; k++)
		if (k != n)
			axis[at++] = k;
	for (int k = 0; k < rank; k++) {
		dim[k] = s->dim[axis[k]];
		stride[k] = s->stride[axis[k]];
	}
	float *x = *to;
	for (int64_t a = 0; a < dim[0]; a++)
		for (int64_t b = 0; b < dim[1]; b++)
			for (int64_t c = 0; c < dim[2]; c++)
				for (int64_t d = 0; d < dim[3]; d++)
					*x++ = s->x[a * stride[0] + b * stride[1] + c * stride[2] + d * stride[3]];
	*to = x;
}

static void join_arrays(struct join *j, struct window_set *out, const int64_t *first)
{
	const struct window_set *a = set_of(j, 0);
	int n = window_axis(j, a), files = j->f->n;
	out->rank = a->rank;
	out->axes = a->axes ? arena_strdup(&out->arena, a->axes) : NULL;
	memcpy(out->dim, a->dim, sizeof out->dim);
	out->dim[n] = first[files];
	int64_t each = 1;
	for (int k = out->rank - 1; k >= 0; k--)
		if (k != n) {
			out->stride[k] = each;
			each *= out->dim[k];
		}
	out->stride[n] = each;
	out->x = xcalloc((size_t)(each * first[files]) + 1, sizeof *out->x);
	float *to = out->x;
	for (int i = 0; i < files; i++)
		copy_array(j, set_of(j, i), &to);
}

/* Copies window w of s as (C, length) to `to`. Returns the length. */
static int64_t copy_window(const struct window_set *s, int64_t w, float *to)
{
	if (!s->rank) {
		memcpy(to, s->x + s->at[w], (size_t)(s->C * s->length[w]) * sizeof *to);
		return s->length[w];
	}
	const char *c = strchr(s->axes, 'C'), *t = strchr(s->axes, 'T'), *n = strchr(s->axes, 'N');
	int64_t T = s->dim[t - s->axes], C = c ? s->dim[c - s->axes] : 1;
	const float *from = s->x + (n ? w * s->stride[n - s->axes] : 0);
	for (int64_t k = 0; k < C; k++)
		for (int64_t i = 0; i < T; i++)
			*to++ = from[(c ? k * s->stride[c - s->axes] : 0) + i * s->stride[t - s->axes]];
	return T;
}

static void join_uneven(struct join *j, struct window_set *out, const int64_t *first)
{
	int64_t all = 0, at = 0;
	for (int i = 0; i < j->f->n; i++) {
		const struct window_set *s = set_of(j, i);
		for (int64_t w = 0; w < first[i + 1] - first[i]; w++)
			all += channels_of(s) * (s->rank ? steps_of(s) : s->length[w]);
	}
	out->rank = 0;
	out->C = channels_of(set_of(j, 0));
	out->at = arena_alloc(&out->arena, (size_t)out->n, sizeof *out->at);
	out->length = arena_alloc(&out->arena, (size_t)out->n, sizeof *out->length);
	out->x = xcalloc((size_t)all + 1, sizeof *out->x);
	for (int i = 0; i < j->f->n; i++)
		for (int64_t w = first[i]; w < first[i + 1]; w++) {
			out->at[w] = at;
			out->length[w] = copy_window(set_of(j, i), w - first[i], out->x + at);
			at += out->C * out->length[w];
		}
}

/* ---- what belongs to each window ---- */

static void join_strings(struct join *j, struct arena *a, const int64_t *first,
                         const char **(*of)(const struct window_set *s), const char ***to)
{
	bool any = false;
	for (int i = 0; i < j->f->n; i++)
		any = any || of(set_of(j, i));
	if (!any)
		return;
	const char *before = NULL, **s = arena_alloc(a, (size_t)first[j->f->n], sizeof *s);
	for (int i = 0; i < j->f->n; i++) {
		const char **from = of(set_of(j, i));
		for (int64_t w = first[i]; w < first[i + 1]; w++) {
			const char *cell = from ? from[w - first[i]] : "";
			before = before && !strcmp(before, cell) ? before : arena_strdup(a, cell);
			s[w] = before;
		}
	}
	*to = s;
}

static const char **labels(const struct window_set *s)
{
	return s->label;
}

static const char **stamps(const struct window_set *s)
{
	return s->stamp;
}

/* The labels that all headers declare, each once. */
static void join_declared(struct join *j, struct window_set *out)
{
	int all = 0;
	for (int i = 0; i < j->f->n; i++)
		all += set_of(j, i)->n_declared;
	if (!all)
		return;
	out->declared = arena_alloc(&out->arena, (size_t)all, sizeof *out->declared);
	for (int i = 0; i < j->f->n; i++)
		for (int k = 0; k < set_of(j, i)->n_declared; k++) {
			const char *name = set_of(j, i)->declared[k];
			bool known = false;
			for (int m = 0; m < out->n_declared; m++)
				known = known || !strcmp(out->declared[m], name);
			if (!known)
				out->declared[out->n_declared++] = arena_strdup(&out->arena, name);
		}
}

/* Labels and target values: those kinds that all files have. */
static int join_truth(struct join *j, struct window_set *out, const int64_t *first)
{
	bool label = true, value = true, some = false;
	for (int i = 0; i < j->f->n; i++) {
		label = label && set_of(j, i)->label;
		value = value && set_of(j, i)->value;
		some = some || set_of(j, i)->label || set_of(j, i)->value;
	}
	out->n_truth = out->n;
	if (label) {
		join_strings(j, &out->arena, first, labels, &out->label);
		join_declared(j, out);
	}
	if (value) {
		int64_t n = out->n_value = set_of(j, 0)->n_value;
		const struct window_set *a = set_of(j, 0);
		bool alike = true;
		for (int i = 1; i < j->f->n; i++)
			alike = alike && set_of(j, i)->value_rank == a->value_rank &&
			        !memcmp(set_of(j, i)->value_dim, a->value_dim, sizeof a->value_dim);
		out->value_rank = alike ? a->value_rank : 0;
		memcpy(out->value_dim, a->value_dim, sizeof out->value_dim);
		out->value = arena_reserve(&out->arena, (size_t)(out->n * n), sizeof *out->value);
		for (int i = 0; i < j->f->n; i++)
			memcpy(out->value + first[i] * n, set_of(j, i)->value,
			       (size_t)((first[i + 1] - first[i]) * n) * sizeof *out->value);
	}
	if (some && !label && !value && !j->by_folder)
		return err_set(j->e, ERR_VALUE,
		               "some of the files have labels that are words, others numbers with fractions; leave one "
		               "kind out");
	return 0;
}

static void join_lines(struct join *j, struct window_set *out, const int64_t *first)
{
	for (int i = 0; i < j->f->n; i++)
		if (!set_of(j, i)->line)
			return;
	out->line = arena_reserve(&out->arena, (size_t)out->n, sizeof *out->line);
	for (int i = 0; i < j->f->n; i++)
		memcpy(out->line + first[i], set_of(j, i)->line, (size_t)(first[i + 1] - first[i]) * sizeof *out->line);
}

static void join_window_groups(struct join *j, struct window_set *out, const int64_t *first)
{
	size_t n = (size_t)j->f->n;
	int **group = xcalloc(n, sizeof *group), *n_group = xcalloc(n, sizeof *n_group);
	const char ***name = xcalloc(n, sizeof *name);
	struct join_groups g;
	out->n_grouped = out->n;
	out->group_asked = true;
	for (int i = 0; i < j->f->n; i++) {
		out->group_asked = out->group_asked && set_of(j, i)->group_asked;
		group[i] = set_of(j, i)->group;
		name[i] = set_of(j, i)->group_name;
		n_group[i] = set_of(j, i)->n_group;
	}
	join_groups(j, &out->arena, first, group, (const char **const *)name, n_group, &g);
	out->group = g.of;
	out->group_name = g.name;
	out->n_group = g.n;
	free(group);
	free(n_group);
	free(name);
}

static void join_channels(struct join *j, struct window_set *out)
{
	const struct window_set *a = set_of(j, 0);
	int64_t n = channels_of(a);
	if (!a->channel)
		return;
	out->channel = arena_alloc(&out->arena, (size_t)n, sizeof *out->channel);
	for (int64_t k = 0; k < n; k++)
		out->channel[k] = arena_strdup(&out->arena, a->channel[k]);
}

static int fill(struct join *j, struct window_set *out, int64_t *first)
{
	int bad = 0;
	int64_t held = 0;
	bool even = true;
	for (int i = 0; i < j->f->n && !bad; i++) {
		first[i + 1] = first[i] + count_windows(j, i);
		held += join_bytes(&j->part[i]);
		bad = check_shape(j, i);
		bad = bad ? bad : sort_channels(j, i);
		bad = bad ? bad : check_truth(j, i);
		even = even && same_shape(j, set_of(j, 0), set_of(j, i));
	}
	bad = bad ? bad : join_spend(j, held + first[j->f->n] * (int64_t)sizeof(int));
	if (bad)
		return bad;
	out->n = first[j->f->n];
	out->format = set_of(j, 0)->format;
	if (even)
		join_arrays(j, out, first);
	else
		join_uneven(j, out, first);
	join_strings(j, &out->arena, first, stamps, &out->stamp);
	join_lines(j, out, first);
	join_channels(j, out);
	join_window_groups(j, out, first);
	out->part = join_parts(j, &out->arena, first);
	out->n_part = j->f->n;
	return join_truth(j, out, first);
}

int join_windows(struct join *j, struct window_set *out)
{
	int64_t *first = xcalloc((size_t)j->f->n + 1, sizeof *first);
	int bad = fill(j, out, first);
	free(first);
	return bad;
}
