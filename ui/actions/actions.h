/* The table of actions, made from ui/actions/actions.def, and the keys that run them: the user's own (`bind` in the
 * settings) take precedence over those of the table. */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

#include "ui/state/ui.h"

/* What has to be there before an action runs. */
enum need { NEED_DATA = 1, NEED_LAYER = 2, NEED_FILTER = 4 };
struct action {
	const char *name, *keys, *help; /* name NULL: help is the title of a group */
	/* arg: what a prompt or the command line gave; NULL when a key ran it. Returns what changed. */
	unsigned (*run)(struct ui *u, const char *arg);
	unsigned needs;   /* enum need */
	unsigned affects; /* enum changed: what run may return */
};
extern const struct action actions[]; /* help NULL ends */

/* NULL: there is none. */
const struct action *action_find(const char *name);
const struct action *action_of_key(int key);                          /* by the table alone */
const struct action *action_of_user_key(const struct ui *u, int key); /* by the user's settings, then by the table */
/* Checks what the action needs, then runs it; says what is missing. Returns what changed. */
unsigned action_run(struct ui *u, const struct action *a, const char *arg);
/* Tab in the command line: completes the action's name, then what it can be given. ctx is the struct ui. */
prompt_complete complete_command;
/* Prints the table, one action a line. */
void actions_print(FILE *f);

#endif
