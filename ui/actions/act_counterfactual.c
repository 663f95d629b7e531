/* Action: the window as little changed as makes the model say something else. */
#include "ui/actions/act.h"

#include <math.h>
#include <string.h>
#include "core/base/number.h"
#include "core/base/text.h"
#include "ui/state/format.h"

/* "there is no class 'x': 0 normal, 1 anomaly", as many as the last line has room for. */
static void say_classes(struct ui *u, const char *asked, int64_t n)
{
	char list[200] = "", name[160], one[192];
	int room = u->canvas.w - 30 - text_width(asked), used = 0;
	for (int k = 0; k < n; k++) {
		char number[16];
		snprintf(number, sizeof number, "%d", k);
		bool named = strcmp(class_name_format(u, k, name, sizeof name), number) != 0;
		snprintf(one, sizeof one, "%s%s%s%s", k ? ", " : "", number, named ? " " : "", named ? name : "");
		used += text_width(one);
		if (used > room || strlen(list) + strlen(one) + 8 > sizeof list) {
			text_add(list, sizeof list, " ...");
			break;
		}
		text_add(list, sizeof list, "%s", one);
	}
	ui_say(u, "there is no class '%.40s': %s", asked, list);
}

/* A class by its name or its number; false after saying what there is. */
static bool class_wished(struct ui *u, const char *s, int *cls)
{
	char name[160];
	int64_t n = model_classes(u->s.m);
	double v;
	for (int k = 0; k < n; k++)
		if (!strcmp(class_name_format(u, k, name, sizeof name), s)) {
			*cls = k;
			return true;
		}
	if (number_parse(s, strlen(s), '.', &v) == NUMBER_OK && v == floor(v) && v >= 0 && v < (double)n) {
		*cls = (int)v;
		return true;
	}
	say_classes(u, s, n);
	return false;
}

/* A:B, where one of the two may be missing. */
static bool range_wished(struct ui *u, const char *s, double *low, double *high)
{
	const char *colon = strchr(s, ':');
	*low = -(double)INFINITY;
	*high = (double)INFINITY;
	bool good = colon && s[1] && (colon == s || number_parse(s, (size_t)(colon - s), '.', low) == NUMBER_OK) &&
	            (!colon[1] || number_parse(colon + 1, strlen(colon + 1), '.', high) == NUMBER_OK);
	if (good && *low <= *high)
		return true;
	ui_say(u, "counterfactual '%.40s': the outputs that are wished are A:B, A not above B: 0.5:1.5 or 0.5:", s);
	return false;
}

unsigned act_counterfactual(struct ui *u, const char *arg)
{
	const struct session *s = &u->s;
	bool classes = s->q.task == TASK_CLASSIFICATION;
	struct counterfactual_job j = { .m = s->m, .d = s->d, .task = s->q.task, .window = s->q.window };
	if (s->q.task == TASK_SEGMENTATION || s->q.task == TASK_RECONSTRUCTION) {
		ui_say(u, "counterfactual: it is for one class or for numbers of a window; here the outputs belong to "
		          "single steps");
		return CHANGED_MESSAGE;
	}
	if (s->q.off.n) {
		ui_say(u, "counterfactual: it is of the whole network; A switches all filters on");
		return CHANGED_MESSAGE;
	}
	if (action_ask(u, arg, "counterfactual",
	               classes ? "what class shall the model say? "
	                       : "between which numbers shall the output lie (A:B)? ") ||
	    !*arg)
		return 0;
	if (classes ? !class_wished(u, arg, &j.cls) : !range_wished(u, arg, &j.low, &j.high))
		return CHANGED_MESSAGE;
	scene_counter(&u->scene, &j);
	ui_say(u, "a counterfactual of window %lld is looked for", (long long)j.window);
	return CHANGED_MESSAGE;
}
