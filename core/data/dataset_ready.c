#include "core/data/dataset_cut.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "core/model/recipe_label.h"

/* ---- which axis is which ---- */

struct shape_wanted {
	int64_t T, C; /* 0: any */
};

/* Returns the size of the axis with this letter, or 1 if there is none. */
static int64_t axis_size(const struct window_set *s, const char *axes, char letter)
{
	const char *at = strchr(axes, letter);
	return at ? s->dim[at - axes] : 1;
}

static int64_t axis_stride(const struct window_set *s, const char *axes, char letter)
{
	const char *at = strchr(axes, letter);
	return at ? s->stride[at - axes] : 0;
}

static bool axes_fit(const struct window_set *s, const char *axes, struct shape_wanted q)
{
	return (int)strlen(axes) == s->rank && axis_size(s, axes, '1') == 1 &&
	       (!q.T || axis_size(s, axes, 'T') == q.T) && (!q.C || axis_size(s, axes, 'C') == q.C);
}

static const char *find_axes(const struct cut *c, struct shape_wanted q)
{
	if (c->m && c->m->layout && axes_fit(c->set, c->m->layout, q))
		return c->m->layout;
	/* An order without an axis of windows is one window; only the model or --layout say that it is meant. */
	for (int i = 0; layout_names[i]; i++)
		if (strchr(layout_names[i], 'N') && axes_fit(c->set, layout_names[i], q))
			return layout_names[i];
	return NULL;
}

static void shape_text(const struct window_set *s, char *buf, size_t size)
{
	size_t n = 0;
	for (int i = 0; i < s->rank; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%lld", i ? "," : "(", (long long)s->dim[i]);
	snprintf(buf + n, size - n, ")");
}

static int say_shape(const struct cut *c, struct err *e)
{
	char shape[96];
	shape_text(c->set, shape, sizeof shape);
	if (c->m)
		return err_set(e, ERR_VALUE,
		               "an array of shape %s holds no windows of %lld steps and %lld channels; --layout NCT, "
		               "NTC or NT says what "
		               "its axes are",
		               shape, (long long)c->m->T, (long long)c->m->C);
	return err_set(e, ERR_VALUE, "an array of shape %s: give the meaning of its axes with --layout NCT, NTC or NT",
	               shape);
}

/* Says what each axis was taken for. */
static void say_axes(struct cut *c, const char *axes)
{
	char shape[96], words[96] = "";
	size_t n = 0;
	shape_text(c->set, shape, sizeof shape);
	for (const char *a = axes; *a; a++)
		n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", a == axes ? "" : ", ",
		                      *a == 'N'   ? "windows"
		                      : *a == 'C' ? "channels"
		                      : *a == 'T' ? "steps"
		                                  : "1");
	understood_add(&c->d->arena, &c->d->understood, "axes", "%s is (%s)", shape, words);
}

/* Warns of axes that are taken for something unusual, or that could also be taken otherwise. */
static void warn_axes(struct cut *c, const char *axes)
{
	char shape[96];
	bool time_first = strchr(axes, 'T') < strchr(axes, 'C');
	shape_text(c->set, shape, sizeof shape);
	if (!strcmp(axes, "TNC"))
		cut_warn(c->d,
		         "an array of shape %s is taken as (steps, windows, channels), because its first axis has the "
		         "model's steps; --layout NCT or NTC takes it otherwise",
		         shape);
	else if (strchr(axes, 'C') && axis_size(c->set, axes, 'T') == axis_size(c->set, axes, 'C') &&
	         axis_size(c->set, axes, 'C') > 1)
		cut_warn(c->d,
		         "in an array of shape %s the %s are taken before the %s; --layout %s takes them otherwise",
		         shape, time_first ? "steps" : "channels", time_first ? "channels" : "steps",
		         time_first ? "NCT" : "NTC");
}

/* Decides what each axis of the array means: by the format, then the recipe, then the model, then the sizes. */
static int pick_axes(struct cut *c, struct err *e)
{
	const struct window_set *s = c->set;
	const struct recipe *r = c->r;
	struct dataset *d = c->d;
	bool diff = r->derive == DERIVE_DIFF, chosen = r->n_columns > 0;
	struct shape_wanted q = { c->m ? c->m->T : r->window, c->m && !chosen ? (diff ? c->m->C / 2 : c->m->C) : 0 };
	const char *axes = s->axes;
	if (!axes && r->layout && (r->given & RECIPE_LAYOUT) && axes_fit(s, r->layout, (struct shape_wanted){ 0 }))
		axes = r->layout;
	if (!axes)
		axes = find_axes(c, q);
	if (!axes && q.C)
		axes = find_axes(c, (struct shape_wanted){ 0, q.C });
	if (!axes && !c->m)
		axes = find_axes(c, (struct shape_wanted){ 0 });
	if (!axes)
		return say_shape(c, e);
	if (!s->axes && !(r->given & RECIPE_LAYOUT))
		warn_axes(c, axes);
	if (!s->axes)
		say_axes(c, axes);
	c->T = axis_size(s, axes, 'T');
	d->C = axis_size(s, axes, 'C');
	d->n = axis_size(s, axes, 'N');
	d->stride_t = axis_stride(s, axes, 'T');
	d->stride_c = axis_stride(s, axes, 'C');
	d->stride_n = axis_stride(s, axes, 'N');
	return 0;
}

static int pick_shape(struct cut *c, struct err *e)
{
	struct window_set *s = c->set;
	struct dataset *d = c->d;
	int bad = 0;
	if (s->rank) {
		bad = pick_axes(c, e);
	} else {
		d->n = s->n;
		d->C = s->C;
		for (int64_t i = 0; i < s->n; i++)
			c->T = s->length[i] > c->T ? s->length[i] : c->T;
	}
	if (!bad && (d->n < 1 || d->C < 1 || c->T < 1))
		bad = err_set(e, ERR_FORMAT, "there are no windows in it");
	if (!bad && (s->label || s->value) && s->n_truth != d->n)
		bad = err_set(e, ERR_FORMAT, "%lld window%s, but %lld labels", (long long)d->n, d->n == 1 ? "" : "s",
		              (long long)s->n_truth);
	if (!bad && c->m && c->r->window && c->r->window != c->m->T)
		bad = err_set(e, ERR_VALUE, "--window %lld: the model reads windows of %lld steps",
		              (long long)c->r->window, (long long)c->m->T);
	d->T = c->m ? c->m->T : c->r->window ? c->r->window : c->T;
	return bad;
}

/* ---- channels ---- */

static void name_channel(const struct window_set *s, int64_t k, char *buf, size_t size)
{
	if (s->channel)
		snprintf(buf, size, "%s", s->channel[k]);
	else
		snprintf(buf, size, "channel %lld", (long long)k + 1);
}

static int find_channel(const struct cut *c, const char *name, struct err *e)
{
	int64_t n = c->d->C;
	for (int64_t k = 0; c->set->channel && k < n; k++)
		if (!strcmp(c->set->channel[k], name))
			return (int)k;
	size_t digits = strspn(name, "0123456789");
	int64_t k = digits && digits < 9 && !name[digits] ? atoi(name) : 0;
	if (k >= 1 && k <= n)
		return (int)k - 1;
	char near[NEAREST_SAY];
	struct nearest q = { .asked = name };
	for (k = 0; c->set->channel && k < n; k++)
		nearest_try(&q, c->set->channel[k]);
	return err_set(e, ERR_VALUE, "--columns %.60s: no such channel; there %s %lld%s", name, n == 1 ? "is" : "are",
	               (long long)n, nearest_say(&q, near, sizeof near));
}

/* Applies --columns: each channel at most once, as for a table. */
static int chosen_channels(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	bool *seen = xcalloc((size_t)d->C, sizeof *seen);
	int bad = 0;
	for (int i = 0; i < d->n_source && !bad; i++) {
		int k = find_channel(c, c->r->columns[i], e);
		if (k < 0)
			bad = k;
		else if (seen[k])
			bad = err_set(e, ERR_VALUE, "--columns %.60s: this channel is named twice", c->r->columns[i]);
		else
			seen[k] = true;
		d->source[i] = k;
	}
	free(seen);
	return bad;
}

/* Takes the channels that have the names of the model's, in the order of the model. Returns false if one is not
 * there. */
static bool own_channels(struct cut *c)
{
	struct dataset *d = c->d;
	const char **name = c->set->channel;
	int64_t n = name ? cut_own_channels(c) : 0;
	bool sorted = true;
	for (int64_t i = 0; i < n; i++) {
		int64_t k = 0;
		while (k < d->C && strcmp(name[k], c->m->channel[i]) != 0)
			k++;
		if (k == d->C || n > d->C)
			return false;
		d->source[i] = (int)k;
		sorted = sorted && (!i || d->source[i - 1] < (int)k);
	}
	if (!sorted)
		cut_say_order(c, n);
	d->n_source = n ? (int)n : d->n_source;
	return n > 0;
}

static int pick_channels(struct cut *c, struct err *e)
{
	struct dataset *d = c->d;
	const struct recipe *r = c->r;
	if (d->C > INT32_MAX / 2)
		return err_set(e, ERR_LIMIT, "%lld channels are too many", (long long)d->C);
	d->n_source = r->n_columns ? r->n_columns : (int)d->C;
	d->source = arena_alloc(&d->arena, (size_t)d->n_source, sizeof *d->source);
	int bad = r->n_columns ? chosen_channels(c, e) : 0;
	bool chosen = r->n_columns || own_channels(c);
	for (int i = 0; i < d->n_source && !chosen; i++)
		d->source[i] = i;
	if (bad)
		return bad;
	bool diff = r->derive == DERIVE_DIFF;
	int64_t held = d->C;
	d->n_held = d->n_source;
	d->derive = r->derive;
	d->C = (int64_t)d->n_source * (diff ? 2 : 1);
	if (c->m && d->C != c->m->C) {
		const char *fit = !diff && 2 * d->C == c->m->C     ? "--derive diff gives as many"
		                  : diff && d->n_source == c->m->C ? "--derive none gives as many"
		                  : held > c->m->C                 ? "--columns chooses among them"
		                                                   : "it is no file for this model";
		return err_set(e, ERR_VALUE, "the model reads %lld channel%s, the windows have %lld%s; %s",
		               (long long)c->m->C, c->m->C == 1 ? "" : "s", (long long)d->n_source,
		               diff ? " and their differences" : "", fit);
	}
	return 0;
}

static void name_channels(struct cut *c)
{
	struct dataset *d = c->d;
	d->held_name = arena_alloc(&d->arena, (size_t)d->n_held, sizeof *d->held_name);
	d->channel = arena_alloc(&d->arena, (size_t)d->C, sizeof *d->channel);
	for (int i = 0; i < d->n_source; i++) {
		char name[256], derived[264];
		name_channel(c->set, d->source[i], name, sizeof name);
		snprintf(derived, sizeof derived, "Δ %s", name);
		d->held_name[i] = d->channel[i] = arena_strdup(&d->arena, name);
		if (d->derive == DERIVE_DIFF)
			d->channel[i + d->n_source] = arena_strdup(&d->arena, derived);
	}
}

/* ---- values: where a window ends, what is missing ---- */

struct scan {
	int64_t shorter, longer; /* windows that are shorter or longer than T */
	int64_t least, most;     /* the shortest and the longest length */
	double *largest;         /* [source] largest absolute value that is used */
};

int64_t cut_stored_length(const struct cut *c, int64_t w)
{
	return c->set->at ? c->set->length[w] : c->T;
}

/* Returns the length of a window: after it no channel has a number. */
static int64_t used_length(const struct cut *c, int64_t w)
{
	const struct dataset *d = c->d;
	int64_t n = cut_stored_length(c, w);
	for (; n > 0; n--)
		for (int s = 0; s < d->n_source; s++) {
			int64_t step;
			const float *x = cut_channel(d, w, d->source[s], &step);
			if (!isnan(x[(n - 1) * step]))
				return n;
		}
	return 0;
}

static void place(const struct cut *c, int64_t w, int s, char *buf, size_t size)
{
	char at[PLACE_TEXT];
	snprintf(buf, size, "%s, %.80s", window_place(c->set, w, at), c->d->held_name[s]);
}

static int say_value(const struct cut *c, int64_t w, int s, int64_t t, struct err *e)
{
	int64_t step;
	const float *x = cut_channel(c->d, w, c->d->source[s], &step);
	char at[192];
	place(c, w, s, at, sizeof at);
	return err_set(
	        e, ERR_FORMAT,
	        "%s, step %lld: %s; --missing interpolate fills such steps, --missing drop leaves their windows out",
	        at, (long long)t, isnan(x[t * step]) ? "the value is missing" : "the value is beyond 32-bit numbers");
}

/* Returns the bits of the largest absolute value of x (n). Such bits are ordered as the values are, with infinities
 * and NaN above all others. */
static uint32_t largest_bits(const float *x, int64_t step, int64_t n)
{
	uint32_t most = 0, v;
	for (int64_t t = 0; t < n; t++) {
		memcpy(&v, x + t * step, sizeof v);
		v &= 0x7fffffff;
		most = v > most ? v : most;
	}
	return most;
}

/* Returns the first step of x (n) that is not a number, or n. */
static int64_t first_hole(const float *x, int64_t step, int64_t n, double *largest)
{
	/* The constant 1 lets the compiler use vector instructions for the usual case. */
	uint32_t most = step == 1 ? largest_bits(x, 1, n) : largest_bits(x, step, n);
	float size;
	memcpy(&size, &most, sizeof size);
	if (size <= FLT_MAX) {
		*largest = (double)size > *largest ? (double)size : *largest;
		return n;
	}
	int64_t t = 0;
	while (fabsf(x[t * step]) <= FLT_MAX)
		t++;
	return t;
}

/* Fills gaps with straight lines, or with the nearest value at the ends. Returns false if there is no number at all. */
static bool fill_holes(float *x, int64_t step, int64_t n, int64_t *filled)
{
	int64_t last = -1;
	for (int64_t t = 0; t <= n; t++) {
		if (t < n && !(fabsf(x[t * step]) <= FLT_MAX))
			continue;
		if (t == n && last < 0)
			return false;
		for (int64_t k = last + 1; k < t; k++, ++*filled) {
			double f = last < 0 ? 1 : t == n ? 0 : (double)(k - last) / (double)(t - last);
			double a = last < 0 ? 0 : (double)x[last * step], b = t == n ? 0 : (double)x[t * step];
			x[k * step] = (float)(f <= 0 ? a : f >= 1 ? b : a + (b - a) * f);
		}
		last = t;
	}
	return true;
}

/* Checks a window. Returns 1 if it is used, 0 if it is left out, or an error. */
static int scan_window(struct cut *c, struct scan *q, int64_t w, struct err *e)
{
	struct dataset *d = c->d;
	int64_t n = used_length(c, w), used = n < d->T ? n : d->T;
	char at[192];
	if (!n && c->r->missing != MISSING_DROP) {
		place(c, w, 0, at, sizeof at);
		return err_set(e, ERR_FORMAT, "%s: no step has a value; --missing drop leaves such windows out", at);
	}
	if (!n)
		return 0;
	for (int s = 0; s < d->n_source; s++) {
		int64_t step;
		/* the dataset may change the set */
		float *x = (float *)(uintptr_t)cut_channel(d, w, d->source[s], &step);
		int64_t t = first_hole(x, step, used, &q->largest[s]);
		if (t == used)
			continue;
		if (c->r->missing == MISSING_DROP)
			return 0;
		if (c->r->missing == MISSING_ERROR)
			return say_value(c, w, s, t, e);
		if (!fill_holes(x, step, n, &d->n_missing)) {
			place(c, w, s, at, sizeof at);
			return err_set(e, ERR_FORMAT, "%s: no step has a value", at);
		}
		first_hole(x, step, used, &q->largest[s]);
	}
	q->shorter += n < d->T;
	q->longer += n > d->T;
	q->least = n < q->least ? n : q->least;
	q->most = n > q->most ? n : q->most;
	if (n < d->T) {
		if (!d->length) {
			d->length = arena_alloc(&d->arena, (size_t)d->n, sizeof *d->length);
			for (int64_t i = 0; i < d->n; i++)
				d->length[i] = cut_stored_length(c, i);
		}
		d->length[w] = n;
	}
	return 1;
}

/* If the windows of a file differ in length, they are cut and padded. If all have the same wrong length, that is an
 * error. */
static int check_lengths(struct cut *c, const struct scan *q, struct err *e)
{
	struct dataset *d = c->d;
	bool differ = c->set->at || q->least != q->most;
	const char *who = c->m ? "the model reads" : "--window says";
	if (!q->shorter && !q->longer)
		return 0;
	if (c->r->lengths == LENGTHS_SAME || (c->r->lengths == LENGTHS_AUTO && !differ)) {
		if (q->least == q->most)
			return err_set(
			        e, ERR_VALUE,
			        "the windows have %lld steps, %s %lld; --lengths fit cuts or pads them with zeros",
			        (long long)q->least, who, (long long)d->T);
		return err_set(
		        e, ERR_VALUE,
		        "the windows have %lld to %lld steps, %s %lld; --lengths fit cuts and pads them with zeros",
		        (long long)q->least, (long long)q->most, who, (long long)d->T);
	}
	if (q->shorter)
		cut_warn(d, "%lld of %lld windows end before step %lld and are padded with zeros",
		         (long long)q->shorter, (long long)d->n, (long long)d->T);
	if (q->longer)
		cut_warn(d, "%lld of %lld windows are longer than %lld steps and are cut there", (long long)q->longer,
		         (long long)d->n, (long long)d->T);
	return 0;
}

static int pick_windows(struct cut *c, struct scan *q, struct err *e)
{
	struct dataset *d = c->d;
	int64_t from, to, kept = 0;
	int bad = cut_rows(c->r, d->n, "window", &from, &to, e);
	if (bad)
		return bad;
	bool *keep = xcalloc((size_t)(to - from), sizeof *keep);
	for (int64_t w = from; w < to && bad >= 0; w++) {
		bad = scan_window(c, q, w, e);
		keep[w - from] = bad > 0;
		kept += bad > 0;
	}
	bad = bad < 0 ? bad : 0;
	d->first_row = from;
	if (!bad && !kept)
		bad = err_set(e, ERR_VALUE, "no window is left: every one of %lld has missing values",
		              (long long)(to - from));
	if (!bad && kept < to - from) {
		d->n_missing = to - from - kept;
		d->row_of = arena_alloc(&d->arena, (size_t)kept, sizeof *d->row_of);
		kept = 0;
		for (int64_t w = from; w < to; w++)
			if (keep[w - from])
				d->row_of[kept++] = w;
	}
	free(keep);
	d->n = d->n_row = kept;
	return bad ? bad : check_lengths(c, q, e);
}

/* ---- scaling ---- */

static int check_scaler(const struct cut *c, const struct scan *q, const struct scaler *s, struct err *e)
{
	for (int h = 0; h < c->d->n_held; h++) {
		/* Both roundings to float, and differences of the results, must stay finite. */
		double shift = fabs(s->shift[h]), size = (q->largest[h] + shift) / fabs(s->scale[h]);
		if (!(size < FLT_MAX / 4 && shift < FLT_MAX / 4))
			return err_set(e, ERR_VALUE,
			               "%s, scaled, is beyond 32-bit numbers; --scale standard fits the scaling anew",
			               c->d->held_name[h]);
	}
	return 0;
}

static int check_scaled(const struct cut *c, const struct scan *q, struct err *e)
{
	const struct dataset *d = c->d;
	int bad = 0;
	for (int g = 0; d->group_scaler && g < d->n_group && !bad; g++)
		bad = check_scaler(c, q, &d->group_scaler[g], e);
	return bad || d->scale == SCALE_NONE ? bad : check_scaler(c, q, &d->scaler, e);
}

/* ---- truth ---- */

static int pick_truth(struct cut *c, struct err *e)
{
	const struct window_set *s = c->set;
	struct dataset *d = c->d;
	const struct model *m = c->m;
	bool labels = s->label && !recipe_no_label(c->r);
	if (c->by_folder)
		return cut_set_labels(c, e);
	if (m && task_has_steps(m->task)) {
		/* labels of windows stand beside the true values: they say which windows are anomalies */
		int bad = labels && s->n_value <= 1 ? cut_set_labels(c, e) : cut_check_classes(c, e);
		bool found = !bad && cut_set_truth(c);
		if (!bad && (!found || d->truth == TRUTH_WINDOW) && s->value && !d->has_labels)
			cut_warn(d,
			         "%lld number%s a window are given as true values, but the output has %lld steps of "
			         "%lld "
			         "channels: they are left out",
			         (long long)s->n_value, s->n_value == 1 ? "" : "s", (long long)m->out_steps,
			         (long long)m->out_channels);
		return bad;
	}
	bool numbers = s->value && m && m->head == HEAD_LINEAR && m->outputs == s->n_value;
	if (labels && !numbers)
		return cut_set_labels(c, e);
	if (!s->value)
		return 0;
	if ((!m || m->head != HEAD_LINEAR) && cut_one_hot(c))
		return 0;
	if (m && m->outputs != s->n_value) {
		cut_warn(d, "%lld number%s a window to be predicted, but the model has %lld outputs: they are left out",
		         (long long)s->n_value, s->n_value == 1 ? "" : "s", (long long)m->outputs);
		return 0;
	}
	d->truth = TRUTH_SET;
	d->n_y = s->n_value;
	d->n_target = d->n;
	return 0;
}

static int cut_ready(struct cut *c, struct scan *q, struct err *e)
{
	struct dataset *d = c->d;
	if (c->r->n_predict)
		return err_set(e, ERR_VALUE, "--predict: the file holds ready windows (%s), not columns to forecast",
		               c->set->format);
	int bad = pick_shape(c, e);
	if (!bad)
		bad = pick_channels(c, e);
	if (bad)
		return bad;
	c->file_to = c->n_window = d->n;
	d->step = d->horizon = 1;
	d->rate = c->r->rate;
	name_channels(c);
	q->largest = xcalloc((size_t)d->n_source, sizeof *q->largest);
	bad = pick_windows(c, q, e);
	if (!bad)
		bad = cut_set_groups(c, e);
	if (!bad)
		bad = cut_scaler(c, e);
	if (!bad)
		bad = check_scaled(c, q, e);
	return bad ? bad : pick_truth(c, e);
}

int dataset_of_windows(struct dataset *d, struct window_set *s, const struct recipe *r, const struct model *m,
                       struct err *e)
{
	memset(d, 0, sizeof *d);
	struct cut c = { .d = d, .set = s, .r = r, .m = m, .label_col = -1 };
	c.by_folder = r->label_from == LABEL_FROM_FOLDER;
	struct scan q = { .least = INT64_MAX };
	d->file = arena_strdup(&d->arena, s->file ? s->file : "");
	d->set = s;
	understood_copy(&d->arena, &d->understood, s->understood);
	cut_warnings(d, s->warning);
	int bad = cut_ready(&c, &q, e);
	if (!bad)
		cut_class_names(&c);
	free(q.largest);
	if (bad)
		dataset_release(d);
	return bad;
}
