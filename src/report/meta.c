#include "src/report/meta.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/json/json_read.h"
#include "src/read/read_model.h"

const struct meta_field meta_fields[] = {
	{ "intended_use", "Intended use", "what the model is for, and for whom" },
	{ "out_of_scope", "Uses it is not meant for", "where it must not be used" },
	{ "owner", "Who answers for it", "provider, contact, version, date" },
	{ "training_data", "Training data", "where the data came from, how they were collected and labelled" },
	{ "evaluation_data", "Evaluation data", "why these data say how good the model is where it is used" },
	{ "metrics", "Why these figures", "which errors matter in use, and which of them are acceptable" },
	{ "limitations", "Known limitations", "conditions in which the model fails" },
	{ "risks", "Risks", "what goes wrong when the model is wrong, and for whom" },
	{ "oversight", "Human oversight", "who looks at the predictions, and how they are overruled" },
	{ "monitoring", "Monitoring and updates", "how the model is watched in use, and when it is trained again" },
	{ "ethics", "Ethical considerations", "people who are affected, groups that are treated unlike" },
	{ 0 },
};

/* "Intended use:" is intended_use: small letters and capitals are the same, what is no letter counts as one blank. */
static bool same_name(const char *s, size_t n, const char *name)
{
	size_t i = 0, k = 0, end = strlen(name);
	for (;;) {
		bool gap_s = false, gap_k = false;
		while (i < n && !((s[i] | 32) >= 'a' && (s[i] | 32) <= 'z'))
			i++, gap_s = true;
		while (k < end && !((name[k] | 32) >= 'a' && (name[k] | 32) <= 'z'))
			k++, gap_k = true;
		if (i == n || k == end)
			return i == n && k == end;
		if (gap_s != gap_k && i && k)
			return false;
		if ((s[i++] | 32) != (name[k++] | 32))
			return false;
	}
}

static int field_of(const char *path, const char *s, size_t n, struct err *e)
{
	char keys[512] = "";
	for (int i = 0; meta_fields[i].key; i++) {
		if (same_name(s, n, meta_fields[i].key) || same_name(s, n, meta_fields[i].heading))
			return i;
		text_add(keys, sizeof keys, "%s%s", i ? ", " : "", meta_fields[i].key);
	}
	return err_set(e, ERR_VALUE, "%s: there is no field '%.*s'; there are %s", path, (int)(n < 80 ? n : 80), s,
	               keys);
}

static int add(struct meta *m, const char *path, int field, bool item, const char *s, size_t n, struct err *e)
{
	while (n && strchr(" \t\r\n", *s))
		s++, n--;
	while (n && strchr(" \t\r\n", s[n - 1]))
		n--;
	if (!n)
		return 0;
	if (m->n == META_TEXTS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %d paragraphs", path, META_TEXTS_MAX);
	char *one = xstrndup(s, n);
	for (char *c = one; *c; c++) /* a line break within a paragraph is a blank */
		*c = *c == '\n' || *c == '\r' || *c == '\t' ? ' ' : *c;
	m->text[m->n++] = (struct meta_text){ field, item, text_clean_copy(&m->arena, one) };
	free(one);
	return 0;
}

/* ---- Markdown ---- */

static bool is_item(const char *s, size_t n)
{
	return n > 1 && strchr("-*+", *s) && s[1] == ' ';
}

static bool is_blank(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strchr(" \t\r", s[i]))
			return false;
	return true;
}

static size_t heading_marks(const char *s, size_t n)
{
	size_t k = 0;
	while (k < n && k < 7 && s[k] == '#')
		k++;
	return k > 0 && k < 7 && k < n && strchr(" \t", s[k]) ? k : 0;
}

/* A heading of level 1 before all others may be a title. */
static int heading(struct meta *m, const char *path, const char *s, size_t n, bool first, int *field, struct err *e)
{
	size_t marks = heading_marks(s, n), at = marks;
	(void)m;
	while (at < n && strchr(" \t#", s[at]))
		at++;
	while (n > at && strchr(" \t\r#", s[n - 1]))
		n--;
	struct err unknown;
	int found = field_of(path, s + at, n - at, &unknown);
	if (found < 0 && first && marks == 1) {
		*field = -1;
		return 0;
	}
	*field = found;
	if (found < 0)
		*e = unknown;
	return found < 0 ? found : 0;
}

static int parse_markdown(struct meta *m, const char *path, const char *text, size_t size, struct err *e)
{
	int field = -1, bad = 0;
	bool first = true, item = false;
	const char *from = NULL, *end = text + size;
	for (const char *s = text; s < end && !bad;) {
		const char *stop = memchr(s, '\n', (size_t)(end - s));
		size_t n = (size_t)((stop ? stop : end) - s);
		bool marks = heading_marks(s, n) > 0, begins = is_item(s, n), blank = is_blank(s, n);
		if (from && (marks || begins || blank)) {
			bad = add(m, path, field, item, from, (size_t)(s - from), e);
			from = NULL;
		}
		if (!bad && marks) {
			bad = heading(m, path, s, n, first, &field, e);
			first = false;
		} else if (!bad && !blank && !from) {
			item = begins;
			from = begins ? s + 2 : s;
			if (field < 0)
				bad = err_set(e, ERR_FORMAT,
				              "%s: text before the first heading; begin with a heading such as # %s",
				              path, meta_fields[0].heading);
		}
		s = stop ? stop + 1 : end;
	}
	return bad || !from ? bad : add(m, path, field, item, from, (size_t)(end - from), e);
}

/* ---- JSON ---- */

static int parse_json(struct meta *m, const char *path, const char *text, size_t n, struct err *e)
{
	int bad = 0;
	cJSON *tree = json_parse(text, n, e);
	if (!tree)
		return err_at(e, "%s", path);
	if (!cJSON_IsObject(tree))
		bad = err_set(e, ERR_FORMAT, "%s: an object is expected, such as {\"%s\": \"...\"}", path,
		              meta_fields[0].key);
	for (const cJSON *v = bad ? NULL : tree->child; v && !bad; v = v->next) {
		int field = field_of(path, v->string, strlen(v->string), e);
		if (field < 0)
			bad = field;
		else if (cJSON_IsString(v))
			bad = add(m, path, field, false, v->valuestring, strlen(v->valuestring), e);
		else if (!cJSON_IsArray(v))
			bad = err_set(e, ERR_FORMAT, "%s: %s: a text or a list of texts is expected", path, v->string);
		for (const cJSON *x = cJSON_IsArray(v) ? v->child : NULL; x && !bad; x = x->next)
			bad = cJSON_IsString(x)
			              ? add(m, path, field, true, x->valuestring, strlen(x->valuestring), e)
			              : err_set(e, ERR_FORMAT, "%s: %s: a list of texts is expected", path, v->string);
	}
	cJSON_Delete(tree);
	return bad;
}

int meta_parse(struct meta *m, const char *path, const char *text, size_t n, struct err *e)
{
	size_t at = 0;
	if (memchr(text, 0, n))
		return err_set(e, ERR_FORMAT, "%s: this is no text; Markdown or JSON is expected", path);
	while (at < n && strchr(" \t\r\n", text[at]))
		at++;
	return at < n && text[at] == '{' ? parse_json(m, path, text, n, e) : parse_markdown(m, path, text, n, e);
}

int meta_read(struct meta *m, const char *path, struct err *e)
{
	unsigned char *text = NULL;
	size_t n = 0;
	int bad = read_file(path, META_BYTES_MAX, &text, &n, e);
	if (bad)
		return err_at(e, "--meta");
	bad = meta_parse(m, path, (const char *)text, n, e);
	free(text);
	return bad;
}

void meta_release(struct meta *m)
{
	arena_release(&m->arena);
	m->n = 0;
}
