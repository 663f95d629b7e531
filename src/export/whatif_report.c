#include "src/export/whatif_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/words.h"
#include "src/export/chart.h"

static const char *class_text(const struct loaded *l, int64_t k)
{
	if (l->data.class_name && k < l->data.n_class)
		return l->data.class_name[k];
	return k < l->model->n_class_name ? l->model->class_name[k] : NULL;
}

/* "normal (0), anomaly (1)": the first classes, as far as they fit. */
static const char *class_list(const struct loaded *l, char *buf, size_t size)
{
	int64_t n = model_classes(l->model);
	size_t at = 0;
	buf[0] = '\0';
	for (int64_t k = 0; k < n; k++) {
		const char *name = class_text(l, k);
		char one[80];
		int len = name ? snprintf(one, sizeof one, "%s%.60s (%lld)", k ? ", " : "", name, (long long)k)
		               : snprintf(one, sizeof one, "%s%lld", k ? ", " : "", (long long)k);
		if (at + (size_t)len + 24 > size) {
			snprintf(buf + at, size - at, " ... up to %lld", (long long)n - 1);
			break;
		}
		memcpy(buf + at, one, (size_t)len + 1);
		at += (size_t)len;
	}
	return buf;
}

int whatif_class(const struct loaded *l, const char *text, int *cls, struct err *e)
{
	int64_t n = model_classes(l->model);
	char near[NEAREST_SAY], list[240];
	struct nearest q = { .asked = text };
	double v;
	for (int64_t k = 0; k < n; k++) {
		const char *name = class_text(l, k);
		if (name && !strcmp(name, text)) {
			*cls = (int)k;
			return 0;
		}
		if (name)
			nearest_try(&q, name);
	}
	if (number_parse(text, strlen(text), '.', &v) == NUMBER_OK && v == floor(v) && v >= 0 && v < (double)n) {
		*cls = (int)v;
		return 0;
	}
	return err_set(e, ERR_VALUE, "--to-class '%s': there is no such class; there are %s%s", text,
	               class_list(l, list, sizeof list), q.best ? nearest_say(&q, near, sizeof near) : "");
}

void whatif_near_print(FILE *f, const struct near_window *v, int n)
{
	if (!n)
		fputs("none without a row in common", f);
	for (int i = 0; i < n; i++)
		fprintf(f, "%s%lld at %.3g", i ? ", " : "", (long long)v[i].window, v[i].distance);
	if (n > 1)
		fprintf(f, "; mean %.3g", nearest_mean(v, n));
	fputc('\n', f);
}

void whatif_loss_plot(FILE *f, const double *loss, int n)
{
	double *step = xcalloc((size_t)n + 1, sizeof *step), least = (double)INFINITY;
	for (int i = 0; i < n; i++) {
		step[i] = i;
		least = fmin(least, loss[i]);
	}
	chart_text(f, &(struct chart){ .n_line = 1,
	                               .line = { { "loss", n, step, loss } },
	                               .x_title = "steps",
	                               .high = n > 1 ? n - 1 : 1,
	                               .factor = 1,
	                               .unit = "",
	                               .logarithm = least > 0,
	                               .base = NAN });
	free(step);
}
