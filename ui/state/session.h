/* What the user is looking at: state and its changes, without a screen. Every change returns what it changed (enum
 * changed), and nothing else decides what is done again. Functions here trust their caller: preconditions are checked
 * by the actions. */
#ifndef UI_SESSION_H
#define UI_SESSION_H

#include "core/analysis/analysis.h"
#include "ui/state/subject.h"

enum view_id {
#define VIEW(id, name) VIEW_##id,
#include "ui/state/views.def"
#undef VIEW
	VIEW_COUNT,
};

enum changed {
	CHANGED_WINDOW = 1 << 0, /* another window: all numbers */
	CHANGED_VALUES = 1 << 1, /* target, measure: numbers of the same window */
	CHANGED_METHOD = 1 << 2, /* saliency maps only */
	CHANGED_CLUSTERS = 1 << 3,
	CHANGED_ORDER = 1 << 4, /* sort, percentile: which rows in which order */
	CHANGED_VIEW = 1 << 5,
	CHANGED_LAYER = 1 << 6,
	CHANGED_FILTER = 1 << 7,
	CHANGED_TIME = 1 << 8,  /* time cursor, highlighting */
	CHANGED_LOOK = 1 << 9,  /* glyphs, theme, size, zoom */
	CHANGED_LIST = 1 << 10, /* cursor or order of windows, findings, help */
	CHANGED_REST = 1 << 11, /* the cursor has rested */
	CHANGED_MESSAGE = 1 << 12,
	CHANGED_ARRIVED = 1 << 13, /* numbers that were asked for */
	CHANGED_MARKS = 1 << 14,
	CHANGED_SWITCHES = 1 << 15, /* filters switched off or on: numbers of the same window, in the same order */
	CHANGED_NUMBERS = CHANGED_WINDOW | CHANGED_VALUES | CHANGED_SWITCHES,
	CHANGED_QUESTION = CHANGED_NUMBERS | CHANGED_METHOD | CHANGED_CLUSTERS,
	CHANGED_ALL = (1 << 16) - 1,
};

enum highlight { HIGHLIGHT_OFF, HIGHLIGHT_BACK, HIGHLIGHT_FORWARD, HIGHLIGHTS };
enum sort { SORT_IMPORTANCE, SORT_INDEX, SORT_CLUSTER, SORT_MEAN, SORT_COUNT };
extern const char *const sort_names[SORT_COUNT];

struct session {
	const struct model *m;
	const struct dataset *d;   /* NULL: architecture only */
	bool runs;                 /* there is something to analyse */
	const struct truth *truth; /* true values by hand, or NULL: the data's */
	struct question q;         /* what the numbers are of */
	int *column, n_column;     /* analysed layers: indices into m->layer, in order */

	enum view_id view, back[16];
	int n_back;
	int net_at;    /* level 1: any layer */
	int layer;     /* analysed layer selected: index into m->layer, -1: there is none */
	int *filter;   /* [n_layer]: filter selected in each layer */
	bool *chosen;  /* [n_layer]: false: it will be the most important one, once that is known */
	int64_t *time; /* [n_layer]: time cursor of the filter view */
	bool has_y;    /* y and cls of window q.window */
	real *y;       /* (outputs), scaled, when has_y */
	int cls;       /* true class or -1 */
	struct filter_set marks;
	int percentile;       /* 0..100 */
	char expression[128]; /* which filters are shown; "": all */
	enum sort sort;
	bool reverse, cluster_colours, raw_units;
	enum highlight highlight;
	int zoom;
	int channel; /* first channel shown */
	char search[64];
};

/* q (copied): the first question. TASK_AUTO in it: task and target are chosen by model and data. truth: by hand, or
 * NULL; it must stay valid. */
void session_init(struct session *s, const struct model *m, const struct dataset *d, const struct question *q,
                  const struct truth *truth);
void session_release(struct session *s);
/* New model, data and true values; place, marks and switched-off filters are kept where they still exist. The old model
 * must still be there. */
unsigned session_reload(struct session *s, const struct subject *now);

unsigned session_window(struct session *s, int64_t i); /* clamped */
unsigned session_view(struct session *s, enum view_id v, bool push);
/* To where one came from; false: at the top already. */
bool session_back(struct session *s, unsigned *changed);
unsigned session_layer(struct session *s, int layer); /* analysed layer by model index */
unsigned session_filter(struct session *s, int64_t f);
unsigned session_time(struct session *s, int64_t t);
unsigned session_percentile(struct session *s, int p);
unsigned session_sort(struct session *s, enum sort k, bool reverse);
unsigned session_measure(struct session *s, int i);
unsigned session_method(struct session *s, int i);
unsigned session_target(struct session *s, struct target t);
/* The target after this one: sum, (loss), each output or the predicted class. */
struct target session_next_target(const struct session *s);
unsigned session_clusters(struct session *s, enum cluster_method method, int k);
unsigned session_switch(struct session *s); /* the selected filter off or on */

/* Position of the selected layer among the analysed ones. */
int session_column(const struct session *s);
/* Does the view list filters (levels 2 to 4)? */
static inline bool session_lists(const struct session *s)
{
	return s->view == VIEW_LAYERS || s->view == VIEW_GRID || s->view == VIEW_CLUSTERS;
}
static inline const struct layer *session_layer_now(const struct session *s)
{
	return &s->m->layer[s->layer];
}

#endif
