/* Opens a library only when a file that needs it is read, because some libraries are slow to load or bring many
 * others with them. With TSVIZ_STATIC the library is linked into the program, and these functions do nothing. `make
 * static` defines it for every file; other builds define it for libhdf5 alone, if its archive is installed. */
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
/* Loads the first library of the list that can be loaded. NULL ends the list. Returns its handle, or NULL if none
 * can be loaded. */
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
