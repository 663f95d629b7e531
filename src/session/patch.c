#include "src/session/patch.h"

#include <string.h>
#include "src/json/json_read.h"
#include "src/json/json_write.h"

/* The member of this key. Two states of a session have most keys in the same order: `hint` is looked at first. */
static const cJSON *member(const cJSON *o, const char *key, const cJSON *hint)
{
	return hint && hint->string && !strcmp(hint->string, key) ? hint : json_get(o, key);
}

static void write_value(struct json *j, const cJSON *v)
{
	const cJSON *m;
	int64_t whole;
	if (cJSON_IsObject(v)) {
		json_object(j);
		for (m = v->child; m; m = m->next) {
			json_key(j, m->string);
			write_value(j, m);
		}
		json_end_object(j);
	} else if (cJSON_IsArray(v)) {
		json_array(j);
		for (m = v->child; m; m = m->next)
			write_value(j, m);
		json_end_array(j);
	} else if (cJSON_IsString(v)) {
		json_string(j, v->valuestring);
	} else if (json_whole(v, &whole)) {
		json_int(j, whole);
	} else if (cJSON_IsNumber(v)) {
		json_number17(j, v->valuedouble);
	} else if (cJSON_IsBool(v)) {
		json_bool(j, cJSON_IsTrue(v));
	} else {
		json_null(j);
	}
}

/* cJSON_Compare looks every key up from the first; objects of many notes would take a second. */
static bool same(const cJSON *a, const cJSON *b)
{
	const cJSON *v, *hint = b->child;
	int n = 0;
	if ((a->type & 0xff) != (b->type & 0xff))
		return false;
	if (cJSON_IsString(a))
		return !strcmp(a->valuestring, b->valuestring);
	if (cJSON_IsNumber(a))
		return a->valuedouble == b->valuedouble;
	cJSON_ArrayForEach(v, a)
	{
		const cJSON *other = cJSON_IsArray(a) ? hint : member(b, v->string, hint);
		if (!other || !same(v, other))
			return false;
		hint = other->next;
		n++;
	}
	return n == cJSON_GetArraySize(b);
}

static bool write_patch(struct json *j, const cJSON *from, const cJSON *to, const char *but)
{
	const cJSON *v, *hint = from->child;
	bool differs = false;
	json_object(j);
	cJSON_ArrayForEach(v, to)
	{
		const cJSON *was = member(from, v->string, hint);
		hint = was ? was->next : hint;
		if (was && same(was, v))
			continue;
		differs = differs || !but || strcmp(v->string, but) != 0;
		json_key(j, v->string);
		if (was && cJSON_IsObject(was) && cJSON_IsObject(v))
			write_patch(j, was, v, NULL);
		else
			write_value(j, v);
	}
	hint = to->child;
	cJSON_ArrayForEach(v, from)
	{
		const cJSON *now = member(to, v->string, hint);
		hint = now ? now->next : hint;
		if (now)
			continue;
		differs = true;
		json_key(j, v->string), json_null(j);
	}
	json_end_object(j);
	return differs;
}

bool patch_write(FILE *f, const cJSON *from, const cJSON *to, const char *but)
{
	struct json j;
	json_init(&j, f);
	return write_patch(&j, from, to, but);
}

/* A value without the nulls of its objects, as RFC 7396 has it. */
static cJSON *value_of(const cJSON *v)
{
	if (!cJSON_IsObject(v))
		return cJSON_Duplicate(v, true);
	cJSON *o = cJSON_CreateObject();
	if (o)
		patch_apply(o, v);
	return o;
}

void patch_apply(cJSON *to, const cJSON *patch)
{
	const cJSON *v;
	cJSON_ArrayForEach(v, patch)
	{
		cJSON *was = cJSON_GetObjectItemCaseSensitive(to, v->string);
		if (cJSON_IsNull(v)) {
			cJSON_DeleteItemFromObjectCaseSensitive(to, v->string);
		} else if (was && cJSON_IsObject(was) && cJSON_IsObject(v)) {
			patch_apply(was, v);
		} else if (was) {
			cJSON_ReplaceItemInObjectCaseSensitive(to, v->string, value_of(v));
		} else {
			cJSON_AddItemToObject(to, v->string, value_of(v));
		}
	}
}
