#include "src/export/export.h"

#include <string.h>
#include <unistd.h>
#include "core/base/text.h"
#include "core/edit/edited.h"
#include "src/export/series.h"
#include "src/json/json_write.h"
#include "src/read/save.h"

static bool ends(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);
	return n > k && !strcmp(path + n - k, end);
}

/* ---- numbers ---- */

static int64_t count(const struct export_numbers *n)
{
	int64_t c = 1;
	for (int a = 0; a < n->rank; a++)
		c *= n->dim[a];
	return c;
}

/* A field of CSV: quoted where it has to be. */
static void field(const char *s, FILE *f)
{
	if (!strpbrk(s, ",\"\n\r;")) {
		fputs(s, f);
		return;
	}
	fputc('"', f);
	for (; *s; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static const char *axis_name(const struct export_numbers *n, int a, char *buf, size_t size)
{
	if (n->axis[a])
		return n->axis[a];
	snprintf(buf, size, "axis%d", a);
	return buf;
}

static void place(const struct export_numbers *n, int a, int64_t i, FILE *f)
{
	if (n->label[a])
		field(n->label[a][i], f);
	else
		fprintf(f, "%lld", (long long)i);
}

static void number(real v, FILE *f)
{
	char buf[40];
	/* as in JSON, with a point in every locale; what is no number is an empty cell */
	if (isfinite(v)) {
		snprintf(buf, sizeof buf, "%.9g", (double)v);
		for (char *c = buf; *c; c++)
			*c = *c == ',' ? '.' : *c;
		fputs(buf, f);
	}
}

/* The last axis runs along the line. */
static void csv_table(const struct export_numbers *n, FILE *f)
{
	char buf[16];
	int64_t columns = n->dim[n->rank - 1], rows = columns ? count(n) / columns : 0;
	for (int a = 0; a < n->rank - 1; a++) {
		field(axis_name(n, a, buf, sizeof buf), f);
		fputc(',', f);
	}
	for (int64_t k = 0; k < columns; k++) {
		if (k)
			fputc(',', f);
		if (!n->label[n->rank - 1])
			fprintf(f, "%s ", axis_name(n, n->rank - 1, buf, sizeof buf));
		place(n, n->rank - 1, k, f);
	}
	fputc('\n', f);
	for (int64_t r = 0; r < rows; r++) {
		int64_t below = rows, rest = r;
		for (int a = 0; a < n->rank - 1; a++) {
			below /= n->dim[a];
			place(n, a, rest / below, f);
			rest %= below;
			fputc(',', f);
		}
		for (int64_t k = 0; k < columns; k++) {
			if (k)
				fputc(',', f);
			number(n->v[r * columns + k], f);
		}
		fputc('\n', f);
	}
}

void export_csv(const struct export_numbers *n, FILE *f)
{
	if (n->rank) {
		csv_table(n, f);
		return;
	}
	field(n->name, f);
	fputc('\n', f);
	number(n->v[0], f);
	fputc('\n', f);
}

void export_json(const struct export_numbers *n, FILE *f)
{
	struct json j;
	json_init(&j, f);
	json_object(&j);
	json_key(&j, "name"), json_string(&j, n->name);
	json_key(&j, "shape"), json_array(&j);
	for (int a = 0; a < n->rank; a++)
		json_int(&j, n->dim[a]);
	json_end_array(&j);
	json_key(&j, "axes"), json_array(&j);
	for (int a = 0; a < n->rank; a++) {
		char buf[16];
		json_string(&j, axis_name(n, a, buf, sizeof buf));
	}
	json_end_array(&j);
	json_key(&j, "labels"), json_array(&j);
	for (int a = 0; a < n->rank; a++) {
		if (!n->label[a]) {
			json_null(&j);
			continue;
		}
		json_array(&j);
		for (int64_t i = 0; i < n->dim[a]; i++)
			json_string(&j, n->label[a][i]);
		json_end_array(&j);
	}
	json_end_array(&j);
	json_newline(&j);
	json_key(&j, "data"), json_reals(&j, n->v, count(n));
	json_end_object(&j);
	fputc('\n', f);
}

/* numpy.lib.format, version 1.0: magic, version, length of the header, the header padded with blanks to 64 bytes and
 * ended by a newline. */
static void npy_header(const char *type, int rank, const int64_t *dim, FILE *f)
{
	char head[256];
	int n = snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': False, 'shape': (", type);
	for (int a = 0; a < rank; a++)
		n += snprintf(head + n, sizeof head - (size_t)n, "%lld,%s", (long long)dim[a], a + 1 < rank ? " " : "");
	n += snprintf(head + n, sizeof head - (size_t)n, "), }");
	while ((10 + n + 1) % 64)
		head[n++] = ' ';
	head[n++] = '\n';
	const unsigned char magic[] = {
		0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (unsigned char)(n & 255), (unsigned char)(n >> 8)
	};
	fwrite(magic, 1, sizeof magic, f);
	fwrite(head, 1, (size_t)n, f);
}

static void little_endian(uint64_t bits, int bytes, FILE *f)
{
	for (int i = 0; i < bytes; i++)
		fputc((int)(bits >> (8 * i) & 255), f);
}

void export_npy(const struct export_numbers *n, FILE *f)
{
	npy_header(sizeof(real) == 4 ? "<f4" : "<f8", n->rank, n->dim, f);
	for (int64_t i = 0; i < count(n); i++) {
		uint64_t bits = 0;
		uint32_t half = 0;
		if (sizeof(real) == 4)
			memcpy(&half, &n->v[i], 4);
		else
			memcpy(&bits, &n->v[i], sizeof(real));
		little_endian(sizeof(real) == 4 ? half : bits, (int)sizeof(real), f);
	}
}

void export_npy_integers(int rank, const int64_t *dim, const int64_t *v, FILE *f)
{
	int64_t c = 1;
	for (int a = 0; a < rank; a++)
		c *= dim[a];
	npy_header("<i8", rank, dim, f);
	for (int64_t i = 0; i < c; i++)
		little_endian((uint64_t)v[i], 8, f);
}

void export_numbers(const char *path, const struct export_numbers *n, FILE *f)
{
	if (ends(path, ".csv") || ends(path, ".txt"))
		export_csv(n, f);
	else if (ends(path, ".json"))
		export_json(n, f);
	else
		export_npy(n, f);
}

/* ---- files of the browser ---- */

/* `known`: ends that the kind of content can have. The sentence lists those of all kinds: by the end the browser
 * chooses among them. */
static int file_begin(struct save *s, const char *path, const char *const *known, struct err *e)
{
	bool ok = false;
	for (; *known; known++)
		ok |= ends(path, *known);
	if (!ok)
		return err_set(e, ERR_VALUE, "%s: the name should end in .svg, .txt, .npy, .csv, .json", path);
	if (!access(path, F_OK))
		return err_set(e, ERR_VALUE, "%s exists already; choose another name", path);
	return save_begin(s, path, e);
}

static int screen(const char *path, const struct canvas *c, const struct export_look *look, struct err *e)
{
	struct save s;
	int bad = file_begin(&s, path, (const char *const[]){ ".svg", ".txt", NULL }, e);
	if (bad)
		return bad;
	if (ends(path, ".svg"))
		export_svg(c, look, s.f);
	else
		canvas_print(c, s.f);
	return save_commit(&s, e);
}

static int numbers(const char *path, const struct export_numbers *n, struct err *e)
{
	struct save s;
	int bad = file_begin(&s, path, (const char *const[]){ ".npy", ".csv", ".json", ".txt", NULL }, e);
	if (bad)
		return bad;
	export_numbers(path, n, s.f);
	return save_commit(&s, e);
}

static int text(const char *path, void (*write)(void *arg, FILE *f), void *arg, struct err *e)
{
	struct save s;
	int bad = file_begin(&s, path, (const char *const[]){ ".txt", NULL }, e);
	if (bad)
		return bad;
	write(arg, s.f);
	return save_commit(&s, e);
}

static int rows(const char *path, const struct edited *e, const struct model *m, const struct dataset *d,
                struct err *err)
{
	struct save s;
	struct series one = { "edited", m, d, 1, &e->window, e->x, e->raw };
	int bad = file_begin(&s, path, (const char *const[]){ ".csv", NULL }, err);
	if (bad)
		return bad;
	series_csv(s.f, &one);
	bad = save_commit(&s, err);
	return bad ? bad : series_recipe(path, &one, err);
}

const struct export_ops export_files = { .screen = screen, .numbers = numbers, .rows = rows, .text = text };
