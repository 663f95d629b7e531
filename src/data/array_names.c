#include "src/data/array_names.h"

#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"

static int add_name(struct array_names *a, const char *name, struct err *e)
{
	if (!*name)
		return err_set(e, ERR_VALUE, "--array: a name between the commas is empty");
	for (int i = 0; i < a->n; i++)
		if (!strcmp(a->name[i], name))
			return err_set(e, ERR_VALUE, "--array names '%.60s' twice", name);
	if (a->n == ARRAYS_MOST)
		return err_set(e, ERR_LIMIT, "--array names more than %d arrays", ARRAYS_MOST);
	a->name[a->n++] = name;
	return 0;
}

int array_names_split(struct array_names *a, const char *asked, struct err *e)
{
	*a = (struct array_names){ .text = xstrdup(asked) };
	int bad = 0;
	for (char *s = a->text; s && !bad;) {
		char *comma = strchr(s, ',');
		if (comma)
			*comma = 0;
		s += strspn(s, " ");
		for (size_t k = strlen(s); k && s[k - 1] == ' ';)
			s[--k] = 0;
		bad = add_name(a, s, e);
		s = comma ? comma + 1 : NULL;
	}
	if (bad)
		array_names_release(a);
	return bad;
}

void array_names_release(struct array_names *a)
{
	free(a->text);
	*a = (struct array_names){ .n = 0 };
}

int array_names_differ(const char *first, const char *shape, const char *name, const char *other, struct err *e)
{
	return err_set(e, ERR_VALUE,
	               "--array: '%.60s' is %.60s and '%.60s' is %.60s; arrays that are channels of the same data have "
	               "one shape",
	               first, shape, name, other);
}
