#include "src/json/recipe_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "src/json/json_read.h"
#include "src/json/json_write.h"
#include "src/read/read_model.h"
#include "src/read/save.h"

#define RECIPE_BYTES_MAX ((int64_t)1 << 23)

/* ---- reading ---- */

/* Returns the value as text: a text, a number, or an entry of a list in quotes. The result is malloc'd; it is NULL
 * for other values. */
static char *value_text(const cJSON *v, bool entry)
{
	int64_t k;
	if (json_whole(v, &k))
		return xasprintf("%lld", (long long)k);
	if (cJSON_IsNumber(v))
		return xasprintf("%.17g", v->valuedouble);
	if (!cJSON_IsString(v))
		return NULL;
	if (!entry)
		return xstrdup(v->valuestring);
	char *s = xmalloc(2 * strlen(v->valuestring) + 3), *p = s;
	*p++ = '"';
	for (const char *c = v->valuestring; *c; c++) {
		if (*c == '"')
			*p++ = '"';
		*p++ = *c;
	}
	strcpy(p, "\"");
	return s;
}

static char *list_text(const cJSON *list)
{
	size_t n = 0;
	char *all = xstrdup("");
	const cJSON *v;
	cJSON_ArrayForEach(v, list)
	{
		char *s = value_text(v, true);
		if (!s || n > RECIPE_TEXT_MAX) {
			free(s);
			free(all);
			return NULL;
		}
		size_t k = strlen(s);
		all = xrealloc(all, n + k + 2, 1);
		if (n)
			all[n++] = ',';
		memcpy(all + n, s, k + 1);
		n += k;
		free(s);
	}
	return all;
}

static int set_member(struct recipe *r, const cJSON *v, struct err *e)
{
	char *s = cJSON_IsArray(v) ? list_text(v) : value_text(v, false);
	if (!s)
		return err_set(e, ERR_FORMAT, "\"%s\" must be a text, a number or a list of them", v->string);
	int bad = recipe_set(r, v->string, s, e);
	free(s);
	return bad;
}

int recipe_from_json(struct recipe *r, const char *text, size_t n, struct err *e)
{
	recipe_init(r);
	cJSON *root = json_parse(text, n, e);
	if (!root)
		return e->code;
	int bad = cJSON_IsObject(root)
	                  ? 0
	                  : err_set(e, ERR_FORMAT, "a recipe must be an object: {\"columns\": \"2\", ...}");
	const cJSON *v;
	cJSON_ArrayForEach(v, root)
	{
		if (!bad)
			bad = set_member(r, v, e);
	}
	cJSON_Delete(root);
	if (bad)
		recipe_release(r);
	return bad;
}

int recipe_read(struct recipe *r, const char *path, struct err *e)
{
	unsigned char *data;
	size_t n;
	recipe_init(r);
	int bad = read_file(path, RECIPE_BYTES_MAX, &data, &n, e);
	if (bad) {
		err_at(e, "%s", path);
		return bad;
	}
	bad = recipe_from_json(r, (const char *)data, n, e);
	free(data);
	if (bad)
		err_at(e, "%s", path);
	return bad;
}

char *recipe_path(const char *model)
{
	return xasprintf("%s.recipe.json", model);
}

int recipe_beside(struct recipe *r, const char *model, char **path_out, struct err *e)
{
	char *path = recipe_path(model);
	const char *slash = strrchr(model, '/'), *dot = strrchr(model, '.');
	recipe_init(r);
	*path_out = NULL;
	/* First try net.h5.recipe.json, then net.recipe.json. */
	if (access(path, F_OK) < 0 && dot && dot > (slash ? slash + 1 : model)) {
		char *stem = xstrndup(model, (size_t)(dot - model));
		free(path);
		path = recipe_path(stem);
		free(stem);
	}
	int found = 0;
	if (strcmp(model, "-") != 0 && access(path, F_OK) == 0) {
		found = recipe_read(r, path, e);
		found = found ? found : 1;
	}
	if (found == 1)
		*path_out = path;
	else
		free(path);
	return found;
}

/* ---- writing ---- */

void recipe_json(struct json *j, const struct recipe *r)
{
	json_object(j);
	for (int i = 0; recipe_fields[i]; i++) {
		char *text = recipe_text(r, recipe_fields[i]);
		if (!text)
			continue;
		json_newline(j);
		json_key(j, recipe_fields[i]);
		json_string(j, text);
		free(text);
	}
	json_end_object(j);
}

int recipe_write(const struct recipe *r, const char *path, struct err *e)
{
	struct save s;
	struct json j;
	int bad = save_begin(&s, path, e);
	if (bad)
		return bad;
	json_init(&j, s.f);
	recipe_json(&j, r);
	fputc('\n', s.f);
	return save_commit(&s, e);
}
