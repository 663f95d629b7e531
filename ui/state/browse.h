/* The browser, as the rest of the program calls it.
 *
 *	browse_start()   before browse(), and before model and data are loaded: curses, while there is memory; nothing
 *is seen of it browse()         on a terminal, until the user quits; on one that cannot be drawn on (TERM=dumb) the
 *view as plain text browse_screen()  headless: the keys are played on a canvas, whose text (and style plane) is printed
 *(--screen) browse_plain()   one view as plain text, as long as it takes (--plain)
 *
 * The last three return an exit status (0, 1, 2) with a sentence in e when it is not 0. */
#ifndef UI_BROWSE_H
#define UI_BROWSE_H

#include <stdio.h>
#include "core/analysis/analysis.h"
#include "core/data/dataset.h"
#include "ui/state/export.h"

/* The user's settings, as the program that calls keeps them. */
struct browse_binding {
	int key; /* ui/state/keys.h */
	const char *action;
};
struct browse_setting {
	const char *name, *value;
};

struct browse_options {
	const struct model *m;
	const struct dataset *d;     /* NULL: the architecture only */
	int64_t window;              /* -1: the first */
	const struct target *target; /* NULL: the task's default */
	enum task task;              /* resolved, or TASK_AUTO */
	int measure, method;         /* indices into the tables of core/analysis/analysis.h */
	uint64_t seed;
	int clusters; /* 0: by the method */
	enum cluster_method cluster_method;
	enum baseline baseline;
	int64_t baseline_window; /* BASELINE_WINDOW: which */
	const double *y;         /* (outputs) true values by hand, or NULL: the data's */
	const char *glyphs;      /* "braille", "block", "ascii"; NULL: by the locale */
	const char *colours;     /* "auto", "256", "16", "8", "mono"; NULL: auto */
	const char *theme;       /* "dark", "light"; NULL: dark */
	bool mouse;
	const char *size; /* "80x24"; headless only */
	const char *keys; /* headless: played first. "j j enter 2" */
	const char *view; /* "network", "layers" ...; NULL: network */
	bool styles;      /* browse_screen: print the style plane below the text */
	FILE *out;        /* headless */
	/* Read model and data again (F5): new ones through the pointers, the old stay until the call after; what is to
	 * be said of them in e->text. NULL: not possible, as one of them came from standard input. */
	int (*reload)(void *ctx, const struct model **m, const struct dataset **d, struct err *e);
	void *ctx;
	const struct export_ops *export;   /* how what is seen is written to files; NULL: not possible */
	const struct browse_binding *bind; /* win over the bindings of the table; the last of a key counts */
	int n_bind;
	const char *notice;                 /* shown first, or NULL */
	void (*warn)(const char *sentence); /* where there is no screen to say it on; NULL: unsaid */
	/* Keep settings for the next time, by the names of the options; NULL: not possible. */
	int (*save_settings)(const struct browse_setting *s, int n, struct err *e);
};

void browse_start(void);
int browse(const struct browse_options *o, struct err *e);
int browse_screen(const struct browse_options *o, struct err *e);
int browse_plain(const struct browse_options *o, struct err *e);
/* Names of the views for messages and --help: "network layers grid ...". */
void browse_views_print(FILE *f);
/* Every action with its keys, one a line (--bindings). */
void browse_bindings_print(FILE *f);
/* "ncurses 6.4.20221231": the library in use. */
const char *browse_curses_version(void);

#endif
