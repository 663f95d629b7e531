/* A session file is not trusted: it comes by mail, or out of a repository. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "src/session/review_fields.h"

static int fail(struct err *e, const char *where, const char *what)
{
	return err_set(e, ERR_FORMAT, "%s: %s", where, what);
}

static int read_text(struct review *r, const cJSON *v, const struct review_field *f, char **to, struct err *e)
{
	if (!cJSON_IsString(v))
		return err_set(e, ERR_FORMAT, "%s: a text is expected", f->key);
	if (strlen(v->valuestring) > (size_t)f->most)
		return err_set(e, ERR_LIMIT, "%s: the text is longer than %lld bytes", f->key, (long long)f->most);
	*to = review_text(r, v->valuestring, (size_t)f->most);
	return 0;
}

static int read_whole(const cJSON *v, const struct review_field *f, int64_t *to, struct err *e)
{
	if (!json_whole(v, to) || *to < f->least || *to > f->most)
		return err_set(e, ERR_FORMAT, "%s: a whole number from %lld to %lld is expected", f->key,
		               (long long)f->least, (long long)f->most);
	return 0;
}

/* {"conv1": [0, 3], "conv2": [12]} */
static int read_set(struct review *r, const cJSON *o, const char *key, struct review_set *s, struct err *e)
{
	const cJSON *layer, *v;
	if (!cJSON_IsObject(o))
		return fail(e, key, "an object with a list of filters for each layer is expected");
	cJSON_ArrayForEach(layer, o)
	{
		int64_t last = -1, f;
		if (!cJSON_IsArray(layer) || strlen(layer->string) > REVIEW_NAME_MAX)
			return fail(e, key, "a list of filters is expected for each layer");
		cJSON_ArrayForEach(v, layer)
		{
			if (!json_whole(v, &f) || f <= last)
				return fail(e, key, "the filters of a layer are whole numbers that ascend");
			if (s->n == REVIEW_FILTERS_MAX)
				return err_set(e, ERR_LIMIT, "%s: more than %d filters", key, REVIEW_FILTERS_MAX);
			review_set_add(r, s, layer->string, f);
			last = f;
		}
	}
	review_set_sort(s);
	return 0;
}

static const struct review_field *field_of(const struct review_field *f, const char *key)
{
	while (f->key && strcmp(f->key, key) != 0)
		f++;
	return f->key ? f : NULL;
}

static void initialise(const struct review_field *f, char *to)
{
	for (; f->key; f++)
		if (f->kind == FIELD_TEXT)
			*(char **)(void *)(to + f->at) = "";
		else if (f->kind == FIELD_WHOLE)
			*(int64_t *)(void *)(to + f->at) = f->initial;
		else if (f->kind == FIELD_OBJECT)
			initialise(f->of, to + f->at);
}

static int read_object(struct review *r, const cJSON *o, const char *where, const struct review_field *fields,
                       const char *const *more, char *to, struct err *e);

static int read_value(struct review *r, const cJSON *v, const struct review_field *f, char *at, struct err *e)
{
	switch (f->kind) {
	case FIELD_TEXT:
		return read_text(r, v, f, (char **)(void *)at, e);
	case FIELD_WHOLE:
		return read_whole(v, f, (int64_t *)(void *)at, e);
	case FIELD_SET:
		return read_set(r, v, f->key, (struct review_set *)(void *)at, e);
	case FIELD_OBJECT:
		return read_object(r, v, f->key, f->of, NULL, at, e);
	default:
		*(bool *)at = cJSON_IsTrue(v);
		return cJSON_IsBool(v) ? 0 : fail(e, f->key, "true or false is expected");
	}
}

static bool is_one_of(const char *const *names, const char *name)
{
	while (names && *names && strcmp(*names, name) != 0)
		names++;
	return names && *names;
}

/* more: further keys of this object, whose values somebody else reads, NULL-terminated; or NULL. */
static int read_object(struct review *r, const cJSON *o, const char *where, const struct review_field *fields,
                       const char *const *more, char *to, struct err *e)
{
	const cJSON *v;
	if (!cJSON_IsObject(o))
		return fail(e, where, "an object is expected");
	initialise(fields, to);
	cJSON_ArrayForEach(v, o)
	{
		const struct review_field *f = field_of(fields, v->string);
		int bad = 0;
		if (f)
			bad = read_value(r, v, f, to + f->at, e);
		else if (!is_one_of(more, v->string))
			bad = err_set(e, ERR_FORMAT, "%s: version %d has no key '%.80s'", where, REVIEW_VERSION,
			              v->string);
		if (bad)
			return bad;
	}
	return 0;
}

static int read_files(struct review *r, const cJSON *list, struct err *e)
{
	const cJSON *v;
	int n = list ? cJSON_GetArraySize(list) : 0;
	if (list && !cJSON_IsArray(list))
		return fail(e, "data", "a list of files is expected");
	if (n > REVIEW_FILES_MAX)
		return err_set(e, ERR_LIMIT, "data: more than %d files", REVIEW_FILES_MAX);
	r->data = xcalloc((size_t)n + 1, sizeof *r->data);
	cJSON_ArrayForEach(v, list)
	{
		int bad = read_object(r, v, "data", review_file_fields, NULL, (char *)&r->data[r->n_data++], e);
		if (bad)
			return bad;
	}
	return 0;
}

static int read_pins(struct review *r, const cJSON *list, struct err *e)
{
	const cJSON *v;
	int n = list ? cJSON_GetArraySize(list) : 0;
	if (list && !cJSON_IsArray(list))
		return fail(e, "pins", "a list of questions is expected");
	if (n > REVIEW_PINS_MAX)
		return err_set(e, ERR_LIMIT, "pins: more than %d", REVIEW_PINS_MAX);
	r->pin = xcalloc((size_t)n + 1, sizeof *r->pin);
	cJSON_ArrayForEach(v, list)
	{
		int bad = read_object(r, v, "pins", review_question_fields, NULL, (char *)&r->pin[r->n_pin++], e);
		if (bad)
			return bad;
	}
	return 0;
}

int review_picture_read(struct review *r, const char *picture, struct review_note *n, struct err *e)
{
	char *text = xasprintf("{%s}", picture);
	cJSON *tree = json_parse(text, strlen(text), e);
	int bad = tree ? read_object(r, tree, "notes", review_picture_fields, NULL, (char *)n, e) : e->code;
	cJSON_Delete(tree);
	free(text);
	return bad;
}

static bool is_id(const char *s)
{
	return strlen(s) == 16 && strspn(s, "0123456789abcdef") == 16;
}

/* [channel, first step, [values]] */
static int read_change(struct review *r, const cJSON *v, struct review_change *q, struct err *e)
{
	const cJSON *list = cJSON_GetArrayItem(v, 2), *one;
	bool good = cJSON_IsArray(v) && cJSON_GetArraySize(v) == 3 &&
	            json_whole(cJSON_GetArrayItem(v, 0), &q->channel) &&
	            json_whole(cJSON_GetArrayItem(v, 1), &q->from) && cJSON_IsArray(list) && list->child &&
	            q->channel >= 0 && q->from >= 0;
	if (!good)
		return fail(e, "changes", "a channel, a step and a list of values are expected");
	q->v = arena_alloc(&r->arena, (size_t)cJSON_GetArraySize(list), sizeof *q->v);
	cJSON_ArrayForEach(one, list)
	{
		if (!cJSON_IsNumber(one) || !isfinite((float)one->valuedouble))
			return fail(e, "changes", "a value is no number of single precision");
		q->v[q->n++] = one->valuedouble;
	}
	return 0;
}

static int read_changes(struct review *r, const cJSON *list, struct review_edit *edit, struct err *e)
{
	const cJSON *v;
	if (!cJSON_IsArray(list))
		return fail(e, "edits", "an edited window has a list of changes");
	edit->change = arena_alloc(&r->arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof *edit->change);
	cJSON_ArrayForEach(v, list)
	{
		struct review_change *q = &edit->change[edit->n_change++];
		*q = (struct review_change){ 0 };
		int bad = read_change(r, v, q, e);
		if (bad)
			return bad;
	}
	return 0;
}

static int read_edits(struct review *r, const cJSON *edits, struct err *e)
{
	static const char *const more[] = { "changes", NULL };
	const cJSON *v;
	int n = edits ? cJSON_GetArraySize(edits) : 0;
	if (edits && !cJSON_IsObject(edits))
		return fail(e, "edits", "an object with a key for each edited window is expected");
	if (n > REVIEW_EDITS_MAX)
		return err_set(e, ERR_LIMIT, "edits: more than %d", REVIEW_EDITS_MAX);
	r->edit = xcalloc((size_t)n + 1, sizeof *r->edit);
	cJSON_ArrayForEach(v, edits)
	{
		struct review_edit *edit = &r->edit[r->n_edit++];
		if (!is_id(v->string))
			return fail(e, "edits", "the key of an edited window is 16 hexadecimal digits");
		int bad = read_object(r, v, "edits", review_edit_fields, more, (char *)edit, e);
		bad = bad ? bad : read_changes(r, json_get(v, "changes"), edit, e);
		if (bad)
			return bad;
		edit->id = review_text(r, v->string, 16);
	}
	return 0;
}

const char *const review_abouts[] = { "model", "layer", "filter", "window", "cluster", NULL };

static bool is_time(const char *s)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
	for (size_t i = 0; i < sizeof shape; i++)
		if (shape[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != shape[i])
			return false;
	return true;
}

static int read_notes(struct review *r, const cJSON *notes, struct err *e)
{
	const cJSON *v;
	int n = notes ? cJSON_GetArraySize(notes) : 0;
	if (notes && !cJSON_IsObject(notes))
		return fail(e, "notes", "an object with a key for each note is expected");
	if (n > REVIEW_NOTES_MAX)
		return err_set(e, ERR_LIMIT, "notes: more than %d", REVIEW_NOTES_MAX);
	r->note = xcalloc((size_t)n + 1, sizeof *r->note);
	cJSON_ArrayForEach(v, notes)
	{
		struct review_note *note = &r->note[r->n_note++];
		if (!is_id(v->string))
			return fail(e, "notes", "the key of a note is 16 hexadecimal digits");
		int bad = read_object(r, v, "notes", review_note_fields, NULL, (char *)note, e);
		if (bad)
			return bad;
		if (!is_one_of(review_abouts, note->about))
			return fail(e, "about", "model, layer, filter, window or cluster is expected");
		if (!is_time(note->time))
			return fail(e, "time", "a time such as 2026-11-27T14:02:11Z is expected");
		note->id = review_text(r, v->string, 16);
	}
	review_sort_notes(r);
	return 0;
}

int review_read(struct review *r, const cJSON *tree, struct err *e)
{
	static const char *const others[] = { "tsviz_session", "data", "pins", "edits", "notes", NULL };
	int64_t version;
	review_init(r);
	if (!cJSON_IsObject(tree) || !json_get(tree, "tsviz_session"))
		return err_set(e, ERR_FORMAT, "this is no session of tsviz: the key tsviz_session is missing");
	if (!json_whole(json_get(tree, "tsviz_session"), &version) || version != REVIEW_VERSION)
		return err_set(e, ERR_UNSUPPORTED, "a session of another version; this program reads version %d",
		               REVIEW_VERSION);
	int bad = read_object(r, tree, "session", review_fields, others, (char *)r, e);
	bad = bad ? bad : read_files(r, json_get(tree, "data"), e);
	bad = bad ? bad : read_pins(r, json_get(tree, "pins"), e);
	bad = bad ? bad : read_edits(r, json_get(tree, "edits"), e);
	bad = bad ? bad : read_notes(r, json_get(tree, "notes"), e);
	if (!bad && *r->saved && !is_time(r->saved))
		bad = fail(e, "saved", "a time such as 2026-11-27T14:02:11Z is expected");
	return bad;
}
