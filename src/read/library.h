/* Opens a library only when a file that needs it is read, because some libraries are slow to load or bring many
 * others with them. With TSVIZ_STATIC the library is linked into the program, and these functions do nothing. `make
 * static` defines it for every file; other builds define it for libhdf5 alone, if its archive is installed. */
#ifndef SRC_LIBRARY_H
#define SRC_LIBRARY_H

#include <stdbool.h>
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

/* LIBRARY(FUNCTIONS) defines `lib`, a pointer to each function of a library, and library_find(so), which sets them and
 * returns false if one is missing. FUNCTIONS is a macro that lists the functions: #define FUNCTIONS(X) X(f) X(g). */
#define LIBRARY_FIELD(f) __typeof__(f) *f;
#define LIBRARY_FIND(f)                                  \
	if (!(*(void **)&lib.f = library_symbol(so, f))) \
		return false;
#define LIBRARY(FUNCTIONS)                 \
	static struct {                    \
		void *so;                  \
		FUNCTIONS(LIBRARY_FIELD)   \
	} lib;                             \
	static bool library_find(void *so) \
	{                                  \
		FUNCTIONS(LIBRARY_FIND)    \
		return true;               \
	}

/* Loads the first library of the list that can be loaded and that `find` accepts. NULL ends the list. Returns its
 * handle, or NULL. */
static inline void *library_load(const char *const *names, bool (*find)(void *so))
{
	for (; *names; names++) {
		void *so = library_open((const char *[]){ *names, NULL });
		if (so && find(so))
			return so;
		if (so)
			library_close(so);
	}
	return NULL;
}

#endif
