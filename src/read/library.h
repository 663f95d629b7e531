/* Libraries that are slow to load, or bring many others, are loaded when a file of theirs is opened. Where they are
 * linked in (TSVIZ_STATIC: in make static all, else libhdf5 where its archive is installed), this header is all that
 * differs. */
#ifndef SRC_LIBRARY_H
#define SRC_LIBRARY_H

#include <stddef.h>

#ifdef TSVIZ_STATIC
#define LIBRARY_COMES "built in"
static inline void *library_open(const char *const *names)
{
	return (void *)(size_t)names;
}
static inline void library_close(void *so)
{
	(void)so;
}
#define library_symbol(so, f) ((void)(so), (void *)&f)
#else
#include <dlfcn.h>
#define LIBRARY_COMES "loaded when a file of its kind is read"
/* The first of these (NULL ends) that can be loaded, or NULL. */
static inline void *library_open(const char *const *names)
{
	void *so = NULL;
	for (; *names && !so; names++)
		so = dlopen(*names, RTLD_NOW | RTLD_LOCAL);
	return so;
}
static inline void library_close(void *so)
{
	dlclose(so);
}
#define library_symbol_named(so, name) dlsym(so, #name)
#define library_symbol(so, f) library_symbol_named(so, f)
#endif

#endif
