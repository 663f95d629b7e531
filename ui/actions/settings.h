/* The table of the browser's options: the options view lists them, and `:set` changes them by name. */
#ifndef UI_SETTINGS_H
#define UI_SETTINGS_H

#include "ui/state/ui.h"

struct setting {
	const char *label;  /* in the options view; NULL ends the table */
	const char *action; /* the action that changes it, whose name is also its name for :set; NULL: none does */
	void (*value)(const struct ui *u, char *buf, size_t size); /* writes its value; NULL: it has none */
	bool command; /* the action takes no value, so :set does not know it */
	bool on_off;  /* its values are "on" and "off" */
};
extern const struct setting settings[];
int settings_count(void);

/* Whether :set can change it. */
static inline bool setting_settable(const struct setting *s)
{
	return s->action && s->value && !s->command;
}
/* The option that :set knows by this name, the action's or the label, or NULL. */
const struct setting *setting_find(const char *name);

/* The names that the actions "units" and "keybar" take. */
enum { UNITS = 2 };
extern const char *const unit_names[UNITS], *const keybar_names[KEYBARS];

#endif
