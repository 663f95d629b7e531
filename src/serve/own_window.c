/* POST /predict: windows of the client's own, cut from a body by the recipe of the data that are served, and scaled as
 * these are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem_stream.h"
#include "core/base/text.h"
#include "src/json/json_read.h"
#include "src/serve/answers.h"

const struct body_type body_types[] = {
	{ "application/json",
	  "an array with a list of numbers for each step, one for each column that the model reads; or an "
	  "object whose member `window` is one" },
	{ "application/octet-stream", "the same as a .npy file" },
	{ "text/csv", "a table like that of the data, with the same names of columns" },
	{ 0 },
};

/* ---- JSON ---- */

/* The numbers of a list of steps: rows x *columns, malloc'd; NULL: it is none, as e says. */
static double *numbers_of(const cJSON *v, int64_t *rows, int64_t *columns, struct err *e)
{
	int64_t n = 0, k = 0;
	const cJSON *row, *cell;
	*rows = cJSON_GetArraySize(v);
	row = cJSON_IsArray(v) ? v->child : NULL;
	*columns = cJSON_IsArray(row) ? cJSON_GetArraySize(row) : 1;
	/* each number is a value of the text, so there cannot be more than the parser lets pass */
	if (!row || *columns < 1 || *rows > JSON_VALUES_MAX / *columns) {
		err_set(e, ERR_FORMAT, "an array with a list of numbers for each step is expected");
		return NULL;
	}
	double *x = xcalloc((size_t)*rows, (size_t)*columns * sizeof *x);
	for (; row; row = row->next, n++) {
		k = 0;
		for (cell = cJSON_IsArray(row) ? row->child : row; cell && k < *columns; cell = cell->next, k++) {
			if (!cJSON_IsNumber(cell))
				break;
			x[n * *columns + k] = cell->valuedouble;
			if (!cJSON_IsArray(row)) {
				k++;
				cell = NULL;
				break;
			}
		}
		if (k != *columns || cell) {
			err_set(e, ERR_FORMAT, "step %lld: a list of %lld numbers is expected", (long long)n,
			        (long long)*columns);
			free(x);
			return NULL;
		}
	}
	return x;
}

/* Steps as a table in text, with all digits. */
static char *as_text(const double *x, int64_t rows, int64_t columns, size_t *n)
{
	char *text = NULL;
	FILE *f = mem_stream(&text, n);
	for (int64_t i = 0; i < rows; i++)
		for (int64_t c = 0; c < columns; c++)
			fprintf(f, "%.17g%c", x[i * columns + c], c + 1 < columns ? ',' : '\n');
	fclose(f);
	return text;
}

/* Steps as an array of one window: NumPy's format 1.0. */
static char *as_array(const double *x, int64_t rows, int64_t columns, size_t *n)
{
	char *text = NULL, head[118 + 1];
	FILE *f = mem_stream(&text, n);
	snprintf(head, sizeof head, "{'descr': '<f8', 'fortran_order': False, 'shape': (1, %lld, %lld), }",
	         (long long)rows, (long long)columns);
	fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, f);
	fprintf(f, "%-117s\n", head);
	fwrite(x, sizeof *x, (size_t)(rows * columns), f);
	fclose(f);
	return text;
}

static int json_body(struct answering *x, struct bundled *file, struct err *e)
{
	int64_t rows = 0, columns = 0;
	size_t n = 0;
	cJSON *tree = json_parse((const char *)x->body.bytes, x->body.n, e);
	const cJSON *window = json_get(tree, "window");
	double *v = tree ? numbers_of(window ? window : tree, &rows, &columns, e) : NULL;
	cJSON_Delete(tree);
	if (!v)
		return e->code;
	bool ready = x->s->l.read->ready;
	char *text = ready ? as_array(v, rows, columns, &n) : as_text(v, rows, columns, &n);
	free(v);
	if (!text)
		return err_set(e, ERR_LIMIT, "memory is short");
	file->name = ready ? "window.npy" : "window.csv";
	file->data = (unsigned char *)text;
	file->end = file->data + n;
	return 0;
}

/* ---- the recipe ---- */

/* The scaling that is in force, so that the body is scaled alike. */
static int keep_scaler(struct recipe *r, const struct dataset *d, struct err *e)
{
	const struct scaler *s = &d->scaler;
	if (d->group_scaler)
		return err_set(e, ERR_UNSUPPORTED,
		               "each group of the data has a scaling of its own, so a window from elsewhere has none");
	if (!d->set && d->n_held > d->n_source)
		return err_set(e, ERR_UNSUPPORTED,
		               "the model forecasts columns that it does not read, so the scaling of a window from "
		               "elsewhere is not known");
	if (r->given & RECIPE_SCALE && r->scale != SCALE_NONE)
		recipe_set_scaler(r, s->n, s->shift, s->scale, s->low, s->high);
	return 0;
}

/* Columns of an array have no names: they are those that the model reads, in its order. */
static int number_columns(struct recipe *r, const struct dataset *d, struct err *e)
{
	recipe_forget(r, RECIPE_COLUMNS);
	if (!(r->given & RECIPE_PREDICT))
		return 0;
	char text[512] = "";
	for (int i = 0; i < d->n_predict; i++)
		text_add(text, sizeof text, "%s%d", i ? "," : "", d->predict[i] + 1);
	return *text ? recipe_set(r, "predict", text, e) : 0;
}

int prepare_own_window(struct answering *x, struct err *e)
{
	static struct bundled file[2];
	static const char *const names[] = { "window.npy", "window.csv" };
	struct loaded *l = &x->s->l;
	struct recipe *r = &l->recipe;
	bool text = !strcmp(x->body.type, "text/csv"), json = !strcmp(x->body.type, "application/json");
	file[0] = (struct bundled){ names[text], x->body.bytes, x->body.bytes + x->body.n };
	int bad = json ? json_body(x, &file[0], e) : 0;
	bad = bad ? bad : keep_scaler(r, &l->data, e);
	recipe_forget(r, RECIPE_ROWS | RECIPE_SPLIT | RECIPE_FIT | RECIPE_LABEL | RECIPE_LABEL_FROM |
	                         RECIPE_LABEL_ARRAY | RECIPE_ARRAY | RECIPE_GROUP | RECIPE_STACK);
	if (!bad && !text && !l->read->ready)
		bad = number_columns(r, &l->data, e);
	if (!l->read->ready) {
		r->table = TABLE_LONG;
		r->given |= RECIPE_TABLE;
	}
	static const char *data[1];
	data[0] = file[0].name;
	x->o.data = data;
	x->o.n_data = 1;
	x->o.read.bundled = file;
	x->status = 400;
	return bad;
}
