/* What the program that calls the browser gives it: model and data, the first question, and the user's settings.
 * Pointers belong to the caller, and must stay valid as long as the browser runs. */
#ifndef UI_BROWSE_OPTIONS_H
#define UI_BROWSE_OPTIONS_H

#include <stdio.h>
#include "core/analysis/analysis.h"
#include "core/data/dataset.h"
#include "ui/behind/judge.h"
#include "ui/behind/surveyor.h"
#include "ui/session/export.h"
#include "ui/session/session.h"
#include "ui/session/subject.h"

/* The user's settings, as the program that calls keeps them. */
struct browse_binding {
	int key; /* ui/terminal/keys.h */
	const char *action;
};
struct browse_setting {
	const char *name, *value;
};

enum followed { FOLLOWED_MODEL = 1, FOLLOWED_DATA = 2 };

struct ui;

/* How the state of the browser is kept from one start to the next. None of these waits for a disk, but end. */
/* What is new about the keeping: something is to be said; the state was changed as by resume, too. */
enum keep_news { KEEP_NO_NEWS, KEEP_SAYS, KEEP_RESUMED };

struct keep_ops {
	/* Brings the state of the last start back. What there is to say of it is put into said (size bytes). */
	void (*resume)(void *ctx, struct ui *u, char *said, size_t size);
	void (*keep)(void *ctx, const struct ui *u); /* the state may have changed */
	/* Writes what is new about the keeping into said. A session that was found only now is brought into u. */
	enum keep_news (*news)(void *ctx, struct ui *u, char *said, size_t size);
	/* What there is to say of the session: sentences, one a line. It holds until the next call. */
	const char *(*report)(void *ctx);
	bool (*waits)(void *ctx); /* whether news may come by themselves */
	bool (*keeps)(void *ctx); /* what the user chooses will be there at the next start */
	/* The last state was handed over: all is written. An error says what was not. */
	int (*end)(void *ctx, struct err *e);
};

/* A report of what is shown, which another process makes while the user goes on. */
struct report_ops {
	/* Begins to make it; the name's end says in which form. Returns 0 or a negative code with a sentence in e. */
	int (*start)(void *ctx, const struct ui *u, const char *path, struct err *e);
	/* Whether one has ended since the last call; said (size bytes) then tells how. */
	bool (*news)(void *ctx, char *said, size_t size);
	bool (*busy)(void *ctx);
};

/* What is selected: an analysed layer, as index into the layers of the model, and its filter, -1: the most important.
 */
struct place_given {
	int layer;
	int64_t filter;
};

struct browse_options {
	const struct model *m;
	const struct dataset *d;     /* NULL: the architecture only */
	struct question q;           /* the first; TASK_AUTO: task and target are chosen by model and data */
	const struct edited *edited; /* shown first, beside its window in the file; NULL: none */
	const struct truth *truth;   /* true values by hand, or NULL: the data's */
	const struct beside *beside; /* another model, which this one is compared with, or NULL */
	const char *glyphs;          /* "braille", "block", "ascii"; NULL: by the locale */
	const char *colours;         /* "auto", "256", "16", "8", "mono"; NULL: auto */
	const char *theme;           /* "dark", "light"; NULL: dark */
	const char *filter_columns;  /* columns of the filter table, between commas; NULL: the usual ones */
	bool mouse;
	bool hints;       /* a line of hints in each view */
	const char *size; /* "80x24"; headless only */
	const char *keys; /* headless: played first. "j j enter 2" */
	const char *view; /* "network", "layers" ...; NULL: network */
	bool styles;      /* browse_screen: print the style plane below the text */
	/* browse_screen: writes the screen instead, as export_ops.screen does. NULL: as text */
	void (*picture)(const struct canvas *c, const struct export_look *look, FILE *f);
	const struct place_given *begin; /* headless: what is selected first, or NULL */
	FILE *out;                       /* headless */
	/* Read model, data and true values again (F5): into *s, while the old model and data stay until the call after.
	 * What is to be said of them is in e->text. A negative code: it failed, and all stays as it is. NULL: not
	 * possible, as one of them came from standard input. */
	int (*reload)(void *ctx, struct subject *s, struct err *e);
	/* Opens another model for the same data (`:e FILE`), with the same contract. The data are left out if they do
	 * not fit the model; e->text then says why. NULL: not possible. */
	int (*open)(void *ctx, const char *path, struct subject *s, struct err *e);
	/* Which files (bits of enum followed) are others than those that were read last; a file that is being written
	 * is not, until it has stood still for a while. NULL: nobody follows the files. */
	unsigned (*changed)(void *ctx);
	void *ctx;
	/* Writes a model to a file: .onnx or .json, with the recipe of the data. A file that exists is not overwritten.
	 * Returns 0 or a negative code with a sentence in e. NULL: not possible. */
	int (*write_model)(void *ctx, const char *path, const struct model *m, struct err *e);
	const struct export_ops *export; /* how what is seen is written to files; NULL: not possible */
	/* The question and the view under which a note is written, as text, malloc'd. NULL: notes keep nothing of
	 * them. */
	char *(*note_picture)(const struct ui *u, const struct note *n);
	/* Brings the browser to the picture of a note that has one. What has no place is listed in lost (size bytes).
	 * Returns how many things that are. */
	int (*note_show)(struct ui *u, const struct note *n, char *lost, size_t size);
	const char *author;                /* of notes; NULL: unknown */
	int64_t now;                       /* the time of notes, in seconds since 1970; 0: as the clock says */
	const struct browse_binding *bind; /* win over the bindings of the table; the last of a key counts */
	int n_bind;
	const struct survey_source *survey;   /* NULL: surveys are always made anew */
	const struct standing_source *truths; /* the same of the standing of the methods */
	const void *origin;                   /* of model and data, for both */
	enum auto_method auto_method;         /* whether the question's method gives way to the one that leads */
	bool surveys;                         /* all windows are surveyed at once, not only when they are asked about */
	const char *notice;                   /* shown first, or NULL */
	void (*warn)(const char *sentence);   /* where there is no screen to say it on; NULL: unsaid */
	const struct keep_ops *keep;          /* NULL: nothing is kept */
	void *keep_ctx;
	const struct report_ops *report; /* NULL: not possible */
	void *report_ctx;
	/* Keep for the next starts whether there are hints; NULL: not possible. */
	int (*keep_hints)(bool on, struct err *e);
	/* Keep settings for the next time, by the names of the options; NULL: not possible. */
	int (*save_settings)(const struct browse_setting *s, int n, struct err *e);
};

#endif
