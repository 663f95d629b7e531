/* The journal of a session: what has changed since the session file was written, one record after the other.
 *
 * A record is a line: the length of its JSON in bytes, the JSON's CRC-32 (both as eight hexadecimal digits), and the
 * JSON, with a space between them and a newline behind:
 *
 *	00000028 fcf77b49 {"base":"","by":"ann@lab, process 4211"}
 *	00000013 2403f82b {"marks":{"c":[1]}}
 *
 * The first record names the session file that the others change: `base` is the SHA-256 of its bytes ("": there was
 * none), and `by` who writes. A record {"written":SHA-256} says that all before it stand in a session file of that
 *hash, which is about to be put in place. Every other record is a JSON merge patch (src/session/patch.h).
 *
 * A record counts when it is whole. What follows the first one that is not is dropped: a power cut may have torn it. */
#ifndef SRC_JOURNAL_H
#define SRC_JOURNAL_H

#include <stdint.h>
#include <stdio.h>
#include "core/base/err.h"
#include "src/session/review.h"

/* Bytes: of the two numbers, of the JSON of one record, of a journal. */
enum { RECORD_HEAD = 18, RECORD_MOST = 1 << 20, JOURNAL_MOST = 4 << 20 };

/* CRC-32 of IEEE 802.3, as gzip has it. */
uint32_t journal_crc(const char *p, size_t n);
/* A record with this JSON, *n bytes, malloc'd. */
char *journal_record(const char *json, size_t length, size_t *n);
/* The JSON of the record at *at in text[0..n), *length bytes, which points into text; *at moves behind the record.
 * NULL: there is no whole record at *at. */
const char *journal_next(const char *text, size_t n, size_t *at, size_t *length);

/* What became of a journal. */
struct journal_fate {
	enum { JOURNAL_NONE, JOURNAL_REPLAYED, JOURNAL_OLDER, JOURNAL_FOREIGN } is;
	int records;    /* that were applied */
	size_t whole;   /* bytes up to the end of the last whole record */
	size_t dropped; /* bytes behind it */
	char by[160];   /* who writes it, or wrote it last; "": unknown */
};
/* Applies the journal text[0..n) to the state `to`, an object, which was read from a file whose bytes have the hash
 * `base`. JOURNAL_OLDER: the file has all of it already; JOURNAL_FOREIGN: the journal belongs to another version of the
 * file; `to` is as it was in both. */
void journal_replay(const char *text, size_t n, const char *base, cJSON *to, struct journal_fate *fate);

#endif
