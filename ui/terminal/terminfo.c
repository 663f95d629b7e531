#include "ui/terminal/terminfo.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *term, *description;
} builtin[] = {
#include "gen/terminfo.h"
	{ NULL, NULL },
};

const char *terminfo_builtin(const char *term)
{
	for (size_t i = 0; builtin[i].term; i++)
		if (!strcmp(builtin[i].term, term))
			return builtin[i].description;
	return NULL;
}
