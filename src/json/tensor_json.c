#include "src/json/tensor_json.h"

#include <math.h>
#include <string.h>

enum { NAME = 96 };

static int rank_of(const char *axes)
{
	int n = 1;
	for (const char *p = strchr(axes, ' '); p; p = strchr(p + 1, ' '))
		n++;
	return n;
}

static int64_t count_of(const char *axes, const int64_t *dim)
{
	int64_t n = 1;
	for (int i = 0; i < rank_of(axes); i++)
		n *= dim[i];
	return n;
}

void json_shape(struct json *j, const char *axes, const int64_t *dim)
{
	json_key(j, "shape"), json_array(j);
	for (int i = 0; i < rank_of(axes); i++)
		json_int(j, dim[i]);
	json_end_array(j);
	json_key(j, "axes"), json_array(j);
	for (const char *p = axes; *p;) {
		char name[NAME];
		int n = (int)strcspn(p, " ");
		snprintf(name, sizeof name, "%.*s", n, p);
		json_string(j, name);
		p += n + (p[n] == ' ');
	}
	json_end_array(j);
}

void json_tensor(struct json *j, const char *key, const char *axes, const int64_t *dim)
{
	json_key(j, key), json_object(j);
	json_shape(j, axes, dim);
	json_key(j, "values"), json_array(j);
}

void json_end_tensor(struct json *j)
{
	json_end_array(j);
	json_end_object(j);
}

void json_put_reals(struct json *j, const char *key, const char *axes, const int64_t *dim, const real *v)
{
	json_tensor(j, key, axes, dim);
	for (int64_t i = 0, n = count_of(axes, dim); i < n; i++)
		json_number(j, (double)v[i]);
	json_end_tensor(j);
}

void json_put_figures(struct json *j, const char *key, const char *axes, const int64_t *dim, const double *v)
{
	json_tensor(j, key, axes, dim);
	for (int64_t i = 0, n = count_of(axes, dim); i < n; i++)
		json_number17(j, v[i]);
	json_end_tensor(j);
}

void json_put_whole(struct json *j, const char *key, const char *axes, const int64_t *dim, const int64_t *v)
{
	json_tensor(j, key, axes, dim);
	for (int64_t i = 0, n = count_of(axes, dim); i < n; i++)
		json_int(j, v[i]);
	json_end_tensor(j);
}

void json_put_none(struct json *j, const char *key, const char *why)
{
	char name[NAME];
	json_key(j, key), json_null(j);
	snprintf(name, sizeof name, "%s_reason", key);
	json_put_string(j, name, why);
}

void json_put_figure9(struct json *j, const char *key, double v, const char *why)
{
	if (isfinite(v))
		json_put_number(j, key, v);
	else
		json_put_none(j, key, why);
}

void json_put_figure(struct json *j, const char *key, double v, const char *why)
{
	if (isfinite(v))
		json_key(j, key), json_number17(j, v);
	else
		json_put_none(j, key, why);
}
