#include "ui/state/format.h"

#include <math.h>
#include <string.h>
#include "core/base/text.h"

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

static const char *class_name(const struct ui *u, int k, char *buf, size_t size)
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

void truth_format(const struct ui *u, char *buf, size_t size)
{
	char b[64];
	const struct session *s = &u->s;
	if (s->q.task == TASK_SEGMENTATION) {
		struct step_count n = model_count_steps(s->m, u->scene.output, s->has_y ? s->y : NULL);
		if (s->has_y && n.true_class >= 0)
			snprintf(buf, size, "%s", class_name(u, n.true_class, b, sizeof b));
		else
			snprintf(buf, size, "-");
		return;
	}
	if (s->q.task == TASK_CLASSIFICATION && s->cls >= 0)
		snprintf(buf, size, "%s", class_name(u, s->cls, b, sizeof b));
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
		int n = snprintf(buf, size, "%s", class_name(u, q.class, b, sizeof b));
		if (q.known)
			snprintf(buf + n, size - (size_t)n, " (%.0f%% right)", 100 * (double)q.right / (double)q.known);
	} else if (s->q.task == TASK_CLASSIFICATION && c->predicted >= 0) {
		snprintf(buf, size, "%s %.2f", class_name(u, c->predicted, b, sizeof b),
		         model_class_probability(s->m, c->output, c->predicted));
	} else {
		double v = output_units(u, s->q.window, 0, (double)c->output[0]);
		int n = snprintf(buf, size, "%s", number_format(b, sizeof b, v, 8));
		double y = s->has_y ? output_units(u, s->q.window, 0, (double)s->y[0]) : 0;
		if (s->m->outputs > 1)
			snprintf(buf + n, size - (size_t)n, "..");
		else if (s->has_y && fabs(y) > 1e-9 && isfinite(v))
			snprintf(buf + n, size - (size_t)n, " (%+.1f%%)", 100 * (v - y) / fabs(y));
	}
}

void filter_label(const struct ui *u, const struct rows *r, int f, char *buf, size_t size)
{
	int layer = (int)(r - u->scene.rows);
	bool marked = u->s.marks.n && filter_set_has(&u->s.marks, layer, f);
	snprintf(buf, size, "%s%d%s", marked ? "*" : "#", f, r->off[f] ? "x" : "");
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
		class_name(u, k, buf, size);
	else
		snprintf(buf, size, "%d", k);
}
