/* Libraries that are slow to load, or bring many others, are loaded when a file of theirs is opened. In the static build
 * (make static) they are linked in, and this header is all that differs. */
#ifndef SRC_LIBRARY_H
#define SRC_LIBRARY_H

#include <stddef.h>

#ifdef TSVIZ_STATIC
static inline void *library_open(const char *const *names) { return (void *)(size_t)names; }
static inline void library_close(void *so) { (void)so; }
#define library_symbol(so, f) ((void)(so), (void *)&f)
#else
#include <dlfcn.h>
/* The first of these (NULL ends) that can be loaded, or NULL. */
static inline void *library_open(const char *const *names)
{
	void *so = NULL;
	for (; *names && !so; names++)
		so = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	return so;
}
static inline void library_close(void *so) { dlclose(so); }
#define library_symbol_named(so, name) dlsym(so, #name)
#define library_symbol(so, f) library_symbol_named(so, f)
#endif

#endif
