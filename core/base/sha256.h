/* SHA-256 (FIPS 180-4), for names of models and data that depend on their contents alone. */
#ifndef CORE_SHA256_H
#define CORE_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_BYTES = 32, SHA256_TEXT = 65 /* 64 hexadecimal digits and a NUL */ };
struct sha256 {
	uint32_t h[8];
	uint64_t n; /* bytes so far */
	unsigned char block[64];
};
void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *p, size_t n);
/* Writes the hash of all bytes as hexadecimal digits. */
void sha256_end(struct sha256 *s, char text[SHA256_TEXT]);

#endif
