#include "tests/fuzz/archive.h"

#include <string.h>
#include <zlib.h>
#include "core/base/mem.h"

static uint8_t *put(uint8_t *p, uint64_t v, int bytes)
{
	for (; bytes; bytes--, v >>= 8)
		*p++ = (uint8_t)v;
	return p;
}

/* The part that a local head and an entry of the directory have in common: version to name length. */
static uint8_t *put_facts(uint8_t *p, const struct fuzz_member *m)
{
	p = put(p, 20, 2); /* version */
	p = put(p, 0, 8);  /* flags, stored, time, date */
	p = put(p, m->n ? crc32(0, m->data, (unsigned)m->n) : 0, 4);
	p = put(p, m->n, 4);
	p = put(p, m->n, 4);
	p = put(p, strlen(m->name), 2);
	return put(p, 0, 2); /* extra field */
}

uint8_t *fuzz_archive(const struct fuzz_member *m, int count, size_t *n)
{
	size_t room = 22;
	for (int i = 0; i < count; i++)
		room += 30 + 46 + 2 * strlen(m[i].name) + m[i].n;
	uint8_t *start = xcalloc(room, 1), *p = start;
	uint64_t at[8] = { 0 };
	for (int i = 0; i < count && i < 8; i++) {
		at[i] = (uint64_t)(p - start);
		p = put_facts(put(p, 0x04034b50, 4), &m[i]);
		p = (uint8_t *)stpcpy((char *)p, m[i].name);
		if (m[i].n)
			memcpy(p, m[i].data, m[i].n);
		p += m[i].n;
	}
	uint64_t directory = (uint64_t)(p - start);
	for (int i = 0; i < count && i < 8; i++) {
		p = put_facts(put(put(p, 0x02014b50, 4), 20, 2), &m[i]);
		p = put(p, 0, 10); /* comment, disk, attributes */
		p = put(p, at[i], 4);
		p = (uint8_t *)stpcpy((char *)p, m[i].name);
	}
	uint64_t size = (uint64_t)(p - start) - directory;
	p = put(put(p, 0x06054b50, 4), 0, 4);
	p = put(put(p, (uint64_t)count, 2), (uint64_t)count, 2);
	p = put(put(put(p, size, 4), directory, 4), 0, 2);
	*n = (size_t)(p - start);
	return start;
}

size_t fuzz_find_last(const uint8_t *data, size_t n, const char *magic)
{
	size_t k = strlen(magic);
	for (size_t i = n >= k ? n - k + 1 : 0; i-- > 0;)
		if (!memcmp(data + i, magic, k))
			return i;
	return n;
}
