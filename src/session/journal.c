#include "src/session/journal.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/text.h"
#include "src/session/patch.h"

uint32_t journal_crc(const char *p, size_t n)
{
	uint32_t c = 0xffffffffu;
	for (size_t i = 0; i < n; i++) {
		c ^= (unsigned char)p[i];
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
	}
	return ~c;
}

char *journal_record(const char *json, size_t length, size_t *n)
{
	char *r = xmalloc(RECORD_HEAD + length + 2);
	snprintf(r, RECORD_HEAD + 1, "%08zx %08x ", length, journal_crc(json, length));
	memcpy(r + RECORD_HEAD, json, length);
	r[RECORD_HEAD + length] = '\n';
	r[RECORD_HEAD + length + 1] = '\0';
	*n = RECORD_HEAD + length + 1;
	return r;
}

/* Eight lower-case hexadecimal digits and a space. */
static bool number(const char *p, uint32_t *v)
{
	static const char digits[] = "0123456789abcdef";
	*v = 0;
	for (int i = 0; i < 8; i++) {
		const char *d = p[i] ? strchr(digits, p[i]) : NULL;
		if (!d)
			return false;
		*v = *v << 4 | (uint32_t)(d - digits);
	}
	return p[8] == ' ';
}

const char *journal_next(const char *text, size_t n, size_t *at, size_t *length)
{
	uint32_t bytes, crc;
	const char *p = text + *at;
	size_t left = n - *at;
	if (left < RECORD_HEAD + 1 || !number(p, &bytes) || !number(p + 9, &crc) || bytes > RECORD_MOST ||
	    left < RECORD_HEAD + (size_t)bytes + 1)
		return NULL;
	if (p[RECORD_HEAD + bytes] != '\n' || journal_crc(p + RECORD_HEAD, bytes) != crc)
		return NULL;
	*at += RECORD_HEAD + (size_t)bytes + 1;
	*length = bytes;
	return p + RECORD_HEAD;
}

/* The first record. Returns false if it is none of a journal. */
static bool read_head(const char *json, size_t n, char *base, size_t size, char *by, size_t by_size)
{
	cJSON *head = json_parse(json, n, NULL);
	const char *b = json_text(head, "base", NULL), *who = json_text(head, "by", "");
	bool good = b && strlen(b) < size;
	if (good)
		snprintf(base, size, "%s", b);
	text_clean(by, by_size, who, strlen(who));
	cJSON_Delete(head);
	return good;
}

/* Whether all records are whole, and the last of them that says `written` has this hash. */
static bool is_older(const char *text, size_t n, size_t at, const char *base)
{
	const char *json;
	size_t length;
	bool older = false;
	while ((json = journal_next(text, n, &at, &length))) {
		cJSON *v = json_parse(json, length, NULL);
		const char *hash = json_text(v, "written", NULL);
		if (hash)
			older = !strcmp(hash, base);
		cJSON_Delete(v);
	}
	return older;
}

void journal_replay(const char *text, size_t n, const char *base, cJSON *to, struct journal_fate *fate)
{
	char hash[80];
	size_t at = 0, length;
	const char *json = journal_next(text, n, &at, &length);
	*fate = (struct journal_fate){ .dropped = n };
	if (!json)
		return;
	if (!read_head(json, length, hash, sizeof hash, fate->by, sizeof fate->by)) {
		fate->is = JOURNAL_FOREIGN;
		return;
	}
	if (strcmp(hash, base) != 0) {
		fate->is = is_older(text, n, at, base) ? JOURNAL_OLDER : JOURNAL_FOREIGN;
		fate->whole = n;
		fate->dropped = 0;
		return;
	}
	fate->is = JOURNAL_REPLAYED;
	for (fate->whole = at; (json = journal_next(text, n, &at, &length)); fate->whole = at) {
		cJSON *patch = json_parse(json, length, NULL);
		if (!cJSON_IsObject(patch)) {
			cJSON_Delete(patch);
			break;
		}
		if (!json_get(patch, "written")) {
			patch_apply(to, patch);
			fate->records++;
		}
		cJSON_Delete(patch);
	}
	fate->dropped = n - fate->whole;
}
