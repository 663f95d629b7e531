/* The table of actions, made from ui/actions/actions.def, and the keys that run them: the user's own (`bind` in the
 * settings) take precedence over those of the table. */
#ifndef UI_ACTIONS_H
#define UI_ACTIONS_H

#include "ui/state/ui.h"

/* What has to be there before an action runs. */
enum need {
	NEED_DATA = 1,
	NEED_LAYER = 2,  /* a layer with filters */
	NEED_FILTER = 4, /* a selected filter on the screen */
	NEED_FRESH = 16, /* the view as the keys before have left it: keys typed ahead are faster than it */
	NEED_LAYOUT = NEED_FRESH | 32, /* and a screen large enough for it */
	NEED_WHOLE = NEED_LAYOUT |
	             64, /* and the numbers that its text has beside those on the screen, as far as they are there */
};
enum { EVERYWHERE = -1 };
struct action {
	const char *name, *keys, *help; /* name NULL: help is the title of a group */
	/* arg: what a prompt or the command line gave; NULL when a key ran it. Returns what changed. */
	unsigned (*run)(struct ui *u, const char *arg);
	unsigned needs;   /* enum need */
	unsigned affects; /* enum changed: what run may return */
	bool steps;       /* it moves by a step: the place before it is no place to come back to */
	int view;         /* the only view in which it works (enum view_id), or EVERYWHERE */
};
extern const struct action actions[]; /* help NULL ends */

/* NULL: there is none. */
const struct action *action_find(const char *name);
const struct action *action_of_key(int key); /* by the table alone, in every view */
/* The action that has the key in this view alone; NULL: none. It comes before all others, the user's too. */
const struct action *action_of_view(enum view_id v, int key);
const struct action *action_of_user_key(const struct ui *u, int key); /* by the user's settings, then by the table */
/* The n-th key (from 0) that runs an action: first the user's own, then those of the table that the user has not given
 * to another action. 0: there are no more. */
int action_key(const struct ui *u, const struct action *a, int n);
/* The name of its first key, "" without one; the names of all of them between blanks. Both return buf. */
const char *action_key_format(const struct ui *u, const struct action *a, char *buf, size_t size);
const char *action_keys_format(const struct ui *u, const struct action *a, char *buf, size_t size);
/* Checks what the action needs, then runs it; says what is missing. Returns what changed. */
unsigned action_run(struct ui *u, const struct action *a, const char *arg);
/* What a command is in the command line: an action, by its own name or by the name that it has in vim (n bytes); NULL:
 * there is none. */
const struct action *command_find(const char *name, size_t n);
/* The i-th name that command_find knows; NULL behind the last. */
const char *command_name(int i);
/* What the line of the open prompt may become: names of commands, then what each can be given. ctx is the struct ui. */
prompt_complete complete_prompt;
/* With u->hints: says the hints of a view that is seen for the first time, those that fit the width, if nothing else is
 * said. */
void tips_say(struct ui *u);
/* Reads again what has changed (bits of enum followed). A window that was the last one of the data is the last one of
 * what is read, else it stays. Says what happened in one line. Returns what changed. */
unsigned act_follow(struct ui *u, unsigned what);
/* Prints the table, one action a line. */
void actions_print(FILE *f);

#endif
