#include "src/kept/survey_names.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/sha256.h"
#include "core/kernels/tile.h"
#include "core/model/serial.h"
#include "src/read/version.h"

/* ---- names by contents ---- */

static void hash_sink(void *arg, const void *p, size_t n)
{
	sha256_add(arg, p, n);
}

static char *hash_text(struct sha256 *s)
{
	char text[SHA256_TEXT];
	sha256_end(s, text);
	return xstrdup(text);
}

int model_hash(const struct model *m, char **text, struct err *e)
{
	struct sha256 s;
	sha256_init(&s);
	int bad = serial_send(m, hash_sink, &s, e);
	*text = hash_text(&s);
	return bad;
}

/* Of ready windows as the network reads them, and of their true values. */
static void hash_windows(struct sha256 *s, const struct model *m, const struct dataset *d, int64_t windows)
{
	size_t n = (size_t)(m->T * m->C), n_y = (size_t)d->n_y;
	real *x = xcalloc(n + n_y + 1, sizeof *x), *y = x + n;
	double *raw = xcalloc(n_y + 1, sizeof *raw);
	for (int64_t i = 0; i < windows; i++) {
		dataset_window(d, i, x);
		sha256_add(s, x, n * sizeof *x);
		if (!n_y || !dataset_truth(d, i, y) || !dataset_truth_raw(d, i, raw))
			continue;
		sha256_add(s, y, n_y * sizeof *y);
		sha256_add(s, raw, n_y * sizeof *raw);
	}
	free(x);
	free(raw);
}

static void hash_scaled(struct sha256 *s, const struct dataset *d, int column)
{
	float x[1024];
	for (int64_t i = 0, n; i < d->n_row; i += n) {
		n = d->n_row - i < 1024 ? d->n_row - i : 1024;
		dataset_rows(d, column, i, n, x);
		sha256_add(s, x, (size_t)n * sizeof *x);
	}
}

/* Of series: the rows, of which windows and true values are made. Windows have most rows in common. */
static void hash_series(struct sha256 *s, const struct dataset *d, int64_t windows)
{
	size_t n = (size_t)d->n_row;
	for (int k = 0; k < d->n_held; k++) {
		hash_scaled(s, d, k);
		sha256_add(s, d->raw[k], n * sizeof *d->raw[k]);
	}
	if (d->row_class)
		sha256_add(s, d->row_class, n * sizeof *d->row_class);
	for (int64_t i = 0; i < windows && d->start; i++)
		sha256_add(s, &d->start[i], sizeof d->start[i]);
}

static char *hash_data(const struct model *m, const struct dataset *d, int64_t windows)
{
	struct sha256 s;
	sha256_init(&s);
	if (d->set)
		hash_windows(&s, m, d, windows);
	else
		hash_series(&s, d, windows);
	for (int64_t i = 0; i < windows && d->has_labels; i++) {
		int cls = dataset_class(d, i);
		sha256_add(&s, &cls, sizeof cls);
	}
	return hash_text(&s);
}

char *recipe_options(const struct recipe *r)
{
	char *text = NULL;
	size_t n = 0;
	int any = 0;
	FILE *f = mem_stream(&text, &n);
	for (int i = 0; recipe_fields[i]; i++) {
		char *v = recipe_text(r, recipe_fields[i]);
		if (v)
			fprintf(f, "%s--%s %s", any++ ? " " : "", recipe_fields[i], v);
		free(v);
	}
	if (f)
		fclose(f);
	return text ? text : xstrdup("");
}

int survey_head_of(struct survey_head *h, const struct loaded *l, const struct target *t, int64_t windows,
                   struct err *e)
{
	char target[TARGET_TEXT];
	struct sha256 s;
	memset(h, 0, sizeof *h);
	target_format(t, l->model, target, sizeof target);
	h->version = xstrdup(TSVIZ_VERSION);
	h->isa = xstrdup(isa_active()->name);
	h->model = xstrdup(l->model->file);
	h->data = xstrdup(l->data.file);
	h->data_hash = hash_data(l->model, &l->data, windows);
	h->recipe = recipe_options(&l->recipe);
	h->target = xstrdup(target);
	sha256_init(&s);
	sha256_add(&s, h->recipe, strlen(h->recipe));
	h->recipe_hash = hash_text(&s);
	return model_hash(l->model, &h->model_hash, e);
}
