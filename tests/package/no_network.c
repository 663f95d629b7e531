/* The static libhdf5 holds a driver for files in S3, which wants libcurl and OpenSSL. tsviz reads HDF5 from memory only
 * and never asks for that driver: what it would call fails here, so that the static program needs neither. */
#include <stddef.h>

int curl_global_init(long flags);
void curl_global_cleanup(void);
void *curl_easy_init(void);
int curl_easy_setopt(void *handle, int option, ...);
int curl_easy_perform(void *handle);
void curl_easy_cleanup(void *handle);
void *curl_slist_append(void *list, const char *text);
void curl_slist_free_all(void *list);
const void *EVP_sha256(void);
unsigned char *HMAC(const void *md, const void *key, int n_key, const unsigned char *d, size_t n, unsigned char *out,
                    unsigned *n_out);
unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *out);

enum { FAILED = 2 };

int curl_global_init(long flags)
{
	(void)flags;
	return FAILED;
}
void curl_global_cleanup(void)
{
}
void *curl_easy_init(void)
{
	return NULL;
}
int curl_easy_setopt(void *handle, int option, ...)
{
	(void)handle, (void)option;
	return FAILED;
}
int curl_easy_perform(void *handle)
{
	(void)handle;
	return FAILED;
}
void curl_easy_cleanup(void *handle)
{
	(void)handle;
}
void *curl_slist_append(void *list, const char *text)
{
	(void)list, (void)text;
	return NULL;
}
void curl_slist_free_all(void *list)
{
	(void)list;
}
const void *EVP_sha256(void)
{
	return NULL;
}

unsigned char *HMAC(const void *md, const void *key, int n_key, const unsigned char *d, size_t n, unsigned char *out,
                    unsigned *n_out)
{
	(void)md, (void)key, (void)n_key, (void)d, (void)n, (void)out, (void)n_out;
	return NULL;
}

unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *out)
{
	(void)d, (void)n, (void)out;
	return NULL;
}
