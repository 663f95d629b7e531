/* What the handlers of actions share, ui/actions/act_*.c. */
#ifndef UI_ACT_H
#define UI_ACT_H

#include "ui/actions/actions.h"

/* Every handler of the table: arg is what was typed behind the action's name or into its prompt, or NULL. Returns what
 * it changed. */
#define GROUP(title)
#define GO(name, keys, help, view, needs) unsigned act_view_##view(struct ui *u, const char *arg);
#define ACTION(name, keys, help, run, needs, affects) unsigned run(struct ui *u, const char *arg);
#define STEP ACTION
#define IN(view, name, keys, help, run, needs, affects) unsigned run(struct ui *u, const char *arg);
#include "ui/actions/actions.def"
#undef IN
#undef STEP
#undef ACTION
#undef GO
#undef GROUP

/* True: arg is missing, and a prompt with this label has been opened, which will run the action with what is typed. */
bool action_ask(struct ui *u, const char *arg, const char *action, const char *label);
/* A whole number of a prompt; false after saying what is wrong. */
bool action_number(struct ui *u, const char *s, int64_t *v);
/* The place of a name among n; -1: it is none of them. */
int action_name(const char *name, const char *const *names, int n);
/* Sets *v to what "on" or "off" says, or to the other value if arg is NULL; false after saying what is wrong. */
bool action_on_off(struct ui *u, const char *arg, bool *v);
/* As the keys of moving do; returns what it changed. */
unsigned action_move(struct ui *u, enum move m);

#endif
