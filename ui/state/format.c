#include "ui/state/format.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"
#include "core/data/time_stamp.h"

const char *number_format(char *buf, size_t size, double v, int w)
{
	if (isnan(v)) {
		snprintf(buf, size, "NaN");
		return buf;
	}
	if (isinf(v)) {
		snprintf(buf, size, v < 0 ? "-inf" : "inf");
		return buf;
	}
	/* as many digits as fit, at most 4 that matter */
	for (int digits = 4; digits > 1; digits--) {
		snprintf(buf, size, "%.*g", digits, v);
		if ((int)strlen(buf) <= w && (fabs(v) < 1e5 || strlen(buf) < 8))
			return buf;
	}
	snprintf(buf, size, "%.0e", v);
	return buf;
}

const char *channel_name(const struct ui *u, int64_t ch, char *buf, size_t size)
{
	const char *name = u->s.d && u->s.d->channel ? u->s.d->channel[ch]
	                   : u->s.m->channel         ? u->s.m->channel[ch]
	                                             : NULL;
	if (name && *name)
		snprintf(buf, size, "%s", name);
	else
		snprintf(buf, size, "ch %d", (int)ch + 1);
	return buf;
}

const char *class_name_format(const struct ui *u, int k, char *buf, size_t size)
{
	const struct model *m = u->s.m;
	const struct dataset *d = u->s.d;
	if (d && d->class_name && k < d->n_class)
		snprintf(buf, size, "%s", d->class_name[k]);
	else if (m->class_name && k < m->n_class_name)
		snprintf(buf, size, "%s", m->class_name[k]);
	else
		snprintf(buf, size, "%d", k);
	return buf;
}

double output_units(const struct ui *u, int64_t i, int64_t k, double v)
{
	return u->s.raw_units && u->s.d && u->s.d->n_y == u->s.m->outputs ? dataset_unscale(u->s.d, i, k, v) : v;
}

double channel_units(const struct ui *u, int64_t ch, double v)
{
	return u->s.raw_units && u->s.d ? dataset_unscale_channel(u->s.d, u->s.q.window, ch, v) : v;
}

const char *window_format(const struct question *q, char *buf, size_t size)
{
	snprintf(buf, size, "%lld%s", (long long)q->window, q->edited ? "*" : "");
	return buf;
}

void truth_format(const struct ui *u, char *buf, size_t size)
{
	char b[64];
	const struct session *s = &u->s;
	if (s->q.task == TASK_SEGMENTATION) {
		struct step_count n = model_count_steps(s->m, u->scene.output, s->has_y ? s->y : NULL);
		if (s->has_y && n.true_class >= 0)
			snprintf(buf, size, "%s", class_name_format(u, n.true_class, b, sizeof b));
		else
			snprintf(buf, size, "-");
		return;
	}
	if (s->q.task == TASK_CLASSIFICATION && s->cls >= 0)
		snprintf(buf, size, "%s", class_name_format(u, s->cls, b, sizeof b));
	else if (s->has_y)
		snprintf(buf, size, "%s%s",
		         number_format(b, sizeof b, output_units(u, s->q.window, 0, (double)s->y[0]), 8),
		         s->m->outputs > 1 ? ".." : "");
	else
		snprintf(buf, size, "-");
}

void predicted_format(const struct ui *u, char *buf, size_t size)
{
	char b[64];
	const struct session *s = &u->s;
	const struct scene *c = &u->scene;
	if (!c->output || c->window_stale) {
		buf[text_encode(buf, u->g->ellipsis)] = '\0';
	} else if (s->q.task == TASK_SEGMENTATION) {
		struct step_count q = model_count_steps(s->m, c->output, s->has_y ? s->y : NULL);
		int n = snprintf(buf, size, "%s", class_name_format(u, q.class, b, sizeof b));
		if (q.known)
			snprintf(buf + n, size - (size_t)n, " (%.0f%% right)", 100 * (double)q.right / (double)q.known);
	} else if (s->q.task == TASK_CLASSIFICATION && c->predicted >= 0) {
		snprintf(buf, size, "%s %.2f", class_name_format(u, c->predicted, b, sizeof b),
		         model_class_probability(s->m, c->output, c->predicted));
	} else {
		double v = output_units(u, s->q.window, 0, (double)c->output[0]);
		int n = snprintf(buf, size, "%s", number_format(b, sizeof b, v, 8));
		if (s->m->outputs > 1)
			snprintf(buf + n, size - (size_t)n, "..");
	}
}

void intact_format(const struct ui *u, char *was, size_t size, char *change, size_t change_size)
{
	const struct session *s = &u->s;
	const real *now = u->scene.output, *intact = u->scene.intact->output;
	int class = u->scene.intact->predicted;
	char b[64];
	if (s->q.task == TASK_SEGMENTATION) {
		int64_t other = 0;
		for (int64_t t = 0; t < s->m->out_steps; t++)
			other += model_step_class(s->m, now, t) != model_step_class(s->m, intact, t);
		snprintf(was, size, "%s",
		         class_name_format(u, model_count_steps(s->m, intact, NULL).class, b, sizeof b));
		snprintf(change, change_size, "%lld steps", (long long)other);
	} else if (s->q.task == TASK_CLASSIFICATION && class >= 0) {
		double p = model_class_probability(s->m, intact, class);
		snprintf(was, size, "%s %.2f", class_name_format(u, class, b, sizeof b), p);
		snprintf(change, change_size, "%+.2g", model_class_probability(s->m, now, class) - p);
	} else {
		double v = output_units(u, s->q.window, 0, (double)intact[0]);
		snprintf(was, size, "%s%s", number_format(b, sizeof b, v, 8), s->m->outputs > 1 ? ".." : "");
		v = output_units(u, s->q.window, 0, (double)now[0]) - v;
		snprintf(change, change_size, "%s%s", v > 0 ? "+" : "", number_format(b, sizeof b, v, 8));
	}
}

const char *error_name(const struct ui *u)
{
	return u->s.q.task == TASK_CLASSIFICATION ? "loss" : "error";
}

double error_of(const struct ui *u, int64_t window, const real *output, const real *y, double loss)
{
	const struct session *s = &u->s;
	if (s->q.task == TASK_CLASSIFICATION)
		return loss;
	if (!output || !y)
		return NAN;
	if (s->q.task == TASK_SEGMENTATION) {
		struct step_count n = model_count_steps(s->m, output, y);
		return n.known ? (double)(n.known - n.right) / (double)n.known : (double)NAN;
	}
	return windows_miss(s->d, window, output, y, s->m->outputs);
}

const char *ordinal_format(char *buf, size_t size, int64_t n)
{
	static const char *const end[] = { "th", "st", "nd", "rd" };
	int64_t ten = n / 10 % 10, one = n % 10;
	snprintf(buf, size, "%lld%s", (long long)n, ten == 1 || one > 3 ? end[0] : end[one]);
	return buf;
}

const char *rank_format(const struct ui *u, int64_t i, bool of_all, char *buf, size_t size)
{
	const struct windows *w = &u->windows;
	char b[32];
	int rank = windows_rank(w, i);
	buf[0] = '\0';
	if (!windows_have_truth(w) || (w->seen == w->n && !rank))
		return buf;
	if (!rank)
		buf[text_encode(buf, u->g->ellipsis)] = '\0';
	else {
		const char *place = rank > 1 ? ordinal_format(b, sizeof b, rank) : "the";
		int n = snprintf(buf, size, "%s worst", place);
		if (of_all)
			snprintf(buf + n, size - (size_t)n, " of %lld", (long long)w->ranked);
	}
	return buf;
}

void filter_label(const struct ui *u, const struct rows *r, int f, char *buf, size_t size)
{
	int layer = (int)(r - u->scene.rows);
	bool marked = u->s.marks.n && filter_set_has(&u->s.marks, layer, f);
	bool noted = notes_about(u->s.notes, NOTE_FILTER, layer, f, -1);
	char sign[8] = "#";
	if (noted || marked)
		sign[noted ? text_encode(sign, u->g->note) : 0] = '\0';
	snprintf(buf, size, "%s%s%d%s", marked ? "*" : "", sign, f, r->off[f] ? "x" : "");
}

const char *noted_format(const struct ui *u, bool noted, const char *name, char *buf, size_t size)
{
	char sign[8] = "";
	if (noted)
		sign[text_encode(sign, u->g->note)] = '\0';
	snprintf(buf, size, "%s%s", name, sign);
	return buf;
}

const char *layer_name_format(const struct ui *u, int layer, char *buf, size_t size)
{
	return noted_format(u, notes_about(u->s.notes, NOTE_LAYER, layer, -1, -1), u->s.m->layer[layer].name, buf,
	                    size);
}

const char *note_subject_format(const struct ui *u, const struct note_subject *q, char *buf, size_t size)
{
	const char *layer = q->layer >= 0 ? u->s.m->layer[q->layer].name : "";
	char number[32];
	if (q->about == NOTE_LAYER)
		snprintf(buf, size, "layer %s", layer);
	else if (q->about == NOTE_FILTER)
		snprintf(buf, size, "%s #%lld", layer, (long long)q->filter);
	else if (q->about == NOTE_CLUSTER)
		snprintf(buf, size, "%s, cluster %c", layer,
		         q->cluster >= 0 && q->cluster < 26 ? 'A' + (char)q->cluster : '?');
	else if (q->about == NOTE_WINDOW && q->window == u->s.q.window)
		snprintf(buf, size, "window %s", window_format(&u->s.q, number, sizeof number));
	else if (q->about == NOTE_WINDOW)
		snprintf(buf, size, "window %lld", (long long)q->window);
	else
		snprintf(buf, size, "the model");
	return buf;
}

unsigned filter_style(const struct ui *u, const struct rows *r, int f)
{
	if (r->off[f] || r->dead[f])
		return S_DIM;
	if (u->s.cluster_colours && r->clusters && r->clusters->k)
		return style_cluster(r->clusters->label[f]);
	return S_LINE;
}

void output_name(const struct ui *u, int k, char *buf, size_t size)
{
	if (target_has_class(u->s.q.task))
		class_name_format(u, k, buf, size);
	else
		snprintf(buf, size, "%d", k);
}

void target_words(const struct ui *u, const struct target *t, char *buf, size_t size)
{
	char name[64];
	target_format(t, u->s.m, buf, size);
	size_t n = strlen(buf);
	if (t->kind != TARGET_OUTPUT || u->s.q.task != TASK_CLASSIFICATION || u->s.m->outputs < 2)
		return;
	output_name(u, (int)t->k, name, sizeof name);
	snprintf(buf + n, size - n, " %s", name);
}

/* Replaces the first `from` in buf by `to`, which is no longer. */
static void shorten(char *buf, const char *from, const char *to)
{
	char *at = strstr(buf, from);
	if (!at)
		return;
	size_t n = strlen(from), k = strlen(to);
	memmove(at + k, at + n, strlen(at + n) + 1);
	for (size_t i = 0; i < k; i++)
		at[i] = to[i];
}

const char *kind_word(const struct layer *l, char *buf, size_t size)
{
	static const char *const shorter[][2] = {
		{ "Convolution", "Conv" }, { "Pooling", "Pool" }, { "Average", "Avg" }, { "Normalization", "Norm" }
	};
	snprintf(buf, size, "%s", l->type);
	size_t n = strlen(buf);
	if (n > 2 && buf[n - 1] == 'D' && buf[n - 2] >= '1' && buf[n - 2] <= '9')
		buf[n - 2] = '\0';
	for (size_t i = 0; i < sizeof shorter / sizeof *shorter; i++)
		shorten(buf, shorter[i][0], shorter[i][1]);
	if (!strcmp(buf, "Gemm"))
		snprintf(buf, size, "Dense");
	return buf;
}

/* One word of layer.detail. count: it is the first one and a number. */
static int detail_word(const struct layer *l, const char *word, size_t n, bool count, bool brief, char *buf,
                       size_t size)
{
	static const struct {
		char letter;
		const char *word;
	} words[] = { { 'k', "kernel" }, { 's', "stride" }, { 'd', "dilation" }, { 'g', "groups" } };
	if (count)
		return snprintf(buf, size, "%.*s %s%s", (int)n, word, l->has_time ? "filter" : "unit",
		                n == 1 && *word == '1' ? "" : "s");
	for (size_t i = 0; i < sizeof words / sizeof *words && !brief; i++)
		if (word[0] == words[i].letter && n > 1 && word[1] >= '0' && word[1] <= '9')
			return snprintf(buf, size, "%s %.*s", words[i].word, (int)n - 1, word + 1);
	return snprintf(buf, size, "%.*s", (int)n, word);
}

/* most: how many words of the detail are taken. Returns how many there are. */
static int detail_words(const struct layer *l, int most, bool brief, char *buf, size_t size)
{
	const char *d = l->detail;
	size_t at = 0;
	int k = 0;
	buf[0] = '\0';
	for (size_t n; *d; d += n + strspn(d + n, " "), k++) {
		n = strcspn(d, " ");
		bool count = k == 0 && *d >= '0' && *d <= '9';
		if (k >= most || at >= size)
			continue;
		if (k)
			at += (size_t)snprintf(buf + at, size - at, brief ? " " : ", ");
		if (at < size)
			at += (size_t)detail_word(l, d, n, count, brief, buf + at, size - at);
	}
	return k;
}

const char *layer_words(const struct layer *l, int w, char *buf, size_t size)
{
	int n = detail_words(l, 0, false, buf, size);
	for (int most = n; most >= 1 && (most >= 2 || n == 1); most--) {
		detail_words(l, most, false, buf, size);
		if (text_width(buf) <= w)
			return buf;
	}
	for (int most = n; most >= 2; most--) {
		detail_words(l, most, true, buf, size);
		if (text_width(buf) <= w)
			return buf;
	}
	snprintf(buf, size, "%s", l->detail);
	for (char *end; text_width(buf) > w && (end = strrchr(buf, ' '));)
		*end = '\0';
	return buf;
}

double window_rate(const struct ui *u)
{
	enum { LOOKED = 32 };
	const struct dataset *d = u->s.d;
	const char *cell[LOOKED];
	double at[LOOKED];
	struct time_form form;
	int n = u->s.m->T < LOOKED ? (int)u->s.m->T : LOOKED;
	if (d->rate > 0)
		return d->rate;
	for (int i = 0; i < n; i++)
		cell[i] = dataset_stamp(d, 0, i);
	if (n <= 2 || !*cell[0] || !time_of_texts(cell, n, at, &form) || form.kind == TIME_COUNT)
		return 0;
	struct time_steps steps = time_steps_of(at, n, NULL);
	return steps.even && steps.mean > 0 ? 1 / steps.mean : 0;
}

const char *pruned_error_format(const struct pruned *q, char *buf, size_t size)
{
	char now[32], was[32];
	if (isnan(q->before) || isnan(q->now.error))
		snprintf(buf, size, "%.3g %% of the predictions change", 100 * q->now.changed);
	else if (q->has_accuracy)
		snprintf(buf, size, "accuracy %.1f %%, was %.1f %%", 100 * q->now.error, 100 * q->before);
	else
		snprintf(buf, size, "mse %s, was %s", number_format(now, sizeof now, q->now.error, 8),
		         number_format(was, sizeof was, q->before, 8));
	return buf;
}
