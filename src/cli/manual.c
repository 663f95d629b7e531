#include "src/cli/manual.h"

#include <stdlib.h>
#include <string.h>
#include "core/attack/attack.h"
#include "core/base/mem_stream.h"
#include "core/truth/truth.h"
#include "src/cli/config.h"
#include "src/cli/manual_text.h"
#include "src/cli/options.h"
#include "src/cli/truth_table.h"
#include "src/read/version.h"
#include "ui/actions/actions.h"

/* An option, and the verbs that take it. */
static void option(FILE *f, const struct option_row *r)
{
	char *words = NULL;
	size_t n = 0;
	man_option(f, r, NULL);
	if (r->verbs & 1u << VERB_HELP)
		return;
	FILE *m = mem_stream(&words, &n);
	option_verbs_print(r, m);
	fputs("Verbs:\n", f);
	if (!fclose(m))
		man_sentence(f, words);
	free(words);
}

/* ---- tsviz(1) ---- */

static void verbs_section(FILE *f)
{
	fputs(".Sh VERBS\n.Bl -tag -width Ds\n", f);
	for (const struct verb *v = verbs; v->name; v++) {
		fprintf(f, ".It Cm %s", v->name);
		if (*v->args) {
			fputs(" No", f);
			man_argument(f, v->args);
		}
		fputc('\n', f);
		man_sentence(f, v->help);
	}
	fputs(".El\n", f);
}

static void options_section(FILE *f)
{
	fputs(".Sh OPTIONS\n", f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (r->group) {
			if (r != option_rows)
				fputs(".El\n", f);
			man_heading(f, "Ss", r->group);
			fputs(".Bl -tag -width Ds\n", f);
		}
		option(f, r);
	}
	fputs(".El\n", f);
}

static void keys_section(FILE *f)
{
	fputs(".Sh KEYS\nThe name after each key is what\n.Cm \\&:\nand\n.Ic bind\nin\n.Xr tsviz-config 5\ncall it.\n",
	      f);
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name) {
			if (a != actions)
				fputs(".El\n", f);
			man_heading(f, "Ss", a->help);
			fputs(".Bl -tag -width \"pgdn ctrl-d\"\n", f);
			continue;
		}
		man_item(f, "Ic", a->keys && *a->keys ? a->keys : ":");
		man_sentence(f, a->help);
		fputs(".Pq Ic", f);
		man_argument(f, a->name);
		fputc('\n', f);
	}
	fputs(".El\n.Ss \"The command line\"\n", f);
	man_line(f, "After : stands the name of an action and what it is given, or one of these, as in vim: the number "
	            "of a "
	            "window; q, which quits, but not if choices would be lost; q!, which quits at once; w FILE, which "
	            "exports what is seen; e FILE, which opens another model, with the same data if they fit it; set, "
	            "which lists the options; set NAME VALUE.");
	man_line(f, "While a word is typed, what it may become stands behind it: Tab and Shift-Tab put one choice "
	            "after the "
	            "other into the line, Right takes the first.");
	man_line(f, "A model that cannot be opened changes nothing.");
}

static void tsviz_1(FILE *f)
{
	man_head(f, "tsviz", 1, "look inside 1-D convolutional networks for time series");
	fputs(".Sh SYNOPSIS\n.Nm\n.Op Cm browse\n.Op Ar options\n.Ar MODEL\n.Op Ar DATA ...\n", f);
	for (const struct verb *v = verbs + 1; v->name; v++) {
		fprintf(f, ".Nm\n.Cm %s\n.Op Ar options\n", v->name);
		if (*v->args) {
			fputs(".No", f);
			man_argument(f, v->args);
			fputc('\n', f);
		}
	}
	fputs(".Sh DESCRIPTION\n.Nm\nloads a trained network and a series, runs the network and computes by\n"
	      "back\\-propagation how much every filter matters for the prediction, to which\n"
	      "points of the input it answers, and which filters have alike activations.\n"
	      "Without a verb it opens a browser in the terminal.\n"
	      ".Pp\nHow data becomes windows is the recipe: options, a file\n.Pq Fl \\-recipe ,\n"
	      ".Pa MODEL.recipe.json\nbeside the model, or what a model that\n.Nm\nwrote carries inside.\nOptions take "
	      "precedence over files.\n",
	      f);
	fputs(".Pp\n.Ar DATA\n", f);
	man_sentence(f, options_data);
	fputs("The rows of all files are counted in one, by\n.Fl \\-rows ,\n.Fl \\-fit\nand\n.Fl \\-split .\n", f);
	verbs_section(f);
	options_section(f);
	keys_section(f);
	fputs(".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
	      ".It Ev TERM , Ev COLORTERM\nthe terminal; on one that is not known or cannot be drawn on\n(dumb) the "
	      "view is printed as with\n.Fl \\-plain\n"
	      ".It Ev NO_COLOR\nno colours, if set to anything\n"
	      ".It Ev LC_ALL , Ev LC_CTYPE , Ev LANG\nthe character set: outside UTF\\-8 plots are drawn in ASCII\n"
	      ".It Ev XDG_CONFIG_HOME , Ev HOME\nwhere the settings lie\n"
	      ".El\n"
	      ".Sh FILES\n.Bl -tag -width Ds\n"
	      ".It Pa MODEL.recipe.json\nthe recipe beside a model\n"
	      ".It Pa ${XDG_CONFIG_HOME:-~/.config}/tsviz/config\nsettings, see\n.Xr tsviz-config 5\n"
	      ".It Pa ${XDG_CACHE_HOME:-~/.cache}/tsviz/surveys\nfigures over all windows that the browser has made, "
	      "the latest 32: "
	      "the files of\n.Nm\n.Cm survey\n"
	      ".It Pa ${XDG_STATE_HOME:-~/.local/state}/tsviz/sessions\nwhat the browser remembers of each model with "
	      "its "
	      "data, see\n.Xr tsviz-session 5\n"
	      ".It Pa ${XDG_STATE_HOME:-~/.local/state}/tsviz/hints\nhow many starts there were: the first three show "
	      "a line\n"
	      "of hints in each view; or on or off, as\n.Ic \\&:set hints\nhas said\n"
	      ".El\n"
	      ".Sh EXIT STATUS\n0: done, also after\n.Ic q\nin the browser; 1: failed; the reason is on standard "
	      "error;\n"
	      "2: wrong usage; 3: below\n.Fl \\-fail\\-under ;\n"
	      "128 + n when ended by signal n.\n"
	      ".Sh EXAMPLES\n.Dl tsviz info net.h5\n.Dl tsviz net.onnx data.csv \\-\\-columns 2 \\-\\-scale standard\n"
	      ".Dl tsviz analyze net.h5 data.csv \\-w 12 \\-o window12.json\n.Dl tsviz net.h5 data.csv \\-\\-plain "
	      "layers\n"
	      ".Sh BUNDLED DATA\nThe samples of\n.Cm demo\nare inside the program.\n"
	      "The electrocardiogram is from record 208 of the MIT\\-BIH Arrhythmia Database\n"
	      "(PhysioNet, https://doi.org/10.13026/C2F305), reduced to 180 values a second.\n"
	      "It is under the Open Data Commons Attribution License 1.0.\n"
	      "The series of the machine is generated.\n"
	      ".Sh SEE ALSO\n"
	      "Each verb has a page of its own, such as\n.Xr tsviz-prune 1 .\n.Pp\n"
	      ".Xr tsviz-tutorial 7 ,\n.Xr tsviz-browser 7 ,\n"
	      ".Xr tsviz-glossary 7 ,\n.Xr tsviz-formats 5 ,\n.Xr "
	      "tsviz-config 5 ,\n.Xr tsviz-session 5 ,\n"
	      ".Xr tsviz-methods 7 ,\n.Xr tsviz-prune 7 ,\n.Xr tsviz-serve 7 ,\n.Xr tsviz-truth 7 ,\n.Xr tsviz-whatif "
	      "7\n"
	      ".Rs\n.%A S. A. Siddiqui\n.%A D. Mercier\n.%A M. Munir\n.%A A. Dengel\n.%A S. Ahmed\n"
	      ".%T TSViz: Demystification of Deep Learning Models for Time-Series Analysis\n.%D 2019\n.%O arXiv "
	      "1802.02952\n.Re\n",
	      f);
}

/* ---- tsviz-config(5) ---- */

static void config_5(FILE *f)
{
	man_head(f, "tsviz-config", 5, "settings of tsviz");
	fputs(".Sh DESCRIPTION\n.Xr tsviz 1\nreads\n.Pa ${XDG_CONFIG_HOME:-~/.config}/tsviz/config\n"
	      "when the browser starts.\nOptions of the command line take precedence over it.\n"
	      "Each line is one setting; empty lines and those that begin with\n.Sq #\nare ignored.\n"
	      "A line that is not understood is named in a warning and changes nothing.\n"
	      ".Bl -tag -width Ds\n"
	      ".It Ar name No = Ar value\nsets an option by its long name\n"
	      ".It Ic bind Ar key name\nbinds a key to an action; a key that was bound already does the new one\n"
	      ".El\n"
	      ".Sh SETTINGS\n.Bl -tag -width Ds\n",
	      f);
	for (const struct option_row *r = option_rows; r->name; r++) {
		if (!r->setting)
			continue;
		man_item(f, "Ic", r->name);
		man_sentence(f, r->help);
		man_choices(f, r);
		if (!option_arg(r, NULL))
			fputs("One of: yes no.\n", f);
	}
	fputs(".El\n"
	      ".Sh NAMES OF ACTIONS\n",
	      f);
	for (const struct action *a = actions; a->help; a++) {
		if (!a->name) {
			if (a != actions)
				fputs(".El\n", f);
			man_heading(f, "Ss", a->help);
			fputs(".Bl -tag -width percentile-more\n", f);
			continue;
		}
		man_item(f, "Ic", a->name);
		man_sentence(f, a->help);
	}
	fputs(".El\n"
	      ".Sh EXAMPLES\n.Bd -literal -offset indent\n"
	      "theme = light\nglyphs = block\nbind J window-next\nbind ctrl-n layers\n.Ed\n"
	      ".Sh SEE ALSO\n.Xr tsviz 1\n",
	      f);
}

/* ---- tsviz-truth(7) ---- */

static void truth_7(FILE *f)
{
	man_head(f, "tsviz-truth", 7, "which map should I believe");
	fputs(".Sh DESCRIPTION\n", f);
	man_paragraph(f, "Two saliency methods often give two different answers about the same window. The shares "
	                 "that one of them gives are not a fact about the network. Which method describes the "
	                 "network depends on the network and on the data, so it has to be measured there:");
	fputs(".Dl tsviz truth MODEL DATA\n", f);
	man_paragraph(f, "The program replaces the points of a window in the order of the map, and looks at the "
	                 "output. A good map changes the output early when the most important points go first, and "
	                 "late when the least important ones go first. The area between the two curves, relative "
	                 "to the change when all points are replaced, is SRG. A random order gives 0. All measures "
	                 "are in");
	fputs(".Xr tsviz-methods 7 .\n"
	      ".Sh HOW TO READ IT\n",
	      f);
	man_paragraph(f, "Believe a method that leads under all replacements, with an interval above those of the "
	                 "others. An interval that holds 0 means that the map says nothing about the order of the "
	                 "points. A difference that lies within the intervals is none; --windows takes more "
	                 "windows. Other windows of the same series give other numbers: the area of gradient on "
	                 "the traffic below is 0.211 here, and 0.19 to 0.23 in eight other draws of 200 windows.");
	fputs(".Pp\n", f);
	man_paragraph(f,
	              "SRG of several windows is the sum of their areas, divided by the sum of their changes when all "
	              "points are replaced. So a class whose outputs change more counts for more, however few "
	              "windows it has, and the SRG of all windows is no mean of the SRG by class.");
	fputs(".Pp\n", f);
	man_paragraph(f,
	              "--method auto is the method with the largest mean SRG, if it is clear: under each replacement "
	              "its interval lies above 0, and above the interval of gradient, which is the default. Else "
	              "auto is gradient.");
	fputs(".Pp\n", f);
	man_paragraph(f, "Where the replacements disagree, what leads depends on what stands for a point. Choose "
	                 "the replacement that could occur in your data. A line between neighbours (interpolate) "
	                 "draws a long event again from the few of its points that are left, so the best map of "
	                 "the event loses. Channels that are derived from others follow them (--points series); "
	                 "taken apart (--points free) they make windows that cannot occur.");
	fputs(truth_table, f);
	man_paragraph(f, "Traffic is the model of the paper, norm a classifier with batch normalisation on the data of "
	                 "machine, boxes the sample whose important points are known. Points are a series on ECG and "
	                 "free elsewhere. No method leads everywhere, which is why there is no default to believe.");
	fputs(".Sh WHERE THE TRUTH IS KNOWN\n", f);
	man_paragraph(f, "If somebody knows which points are important, --mask FILE compares the maps with them: 1 "
	                 "where a point is important, 0 elsewhere. This is the only test that asks for the truth "
	                 "itself; SRG asks for what the network uses, which may be less. On boxes:");
	fputs(truth_mask_table, f);
	fputs(".Sh NOT OFFERED AS A HEADLINE\n"
	      ".Bl -tag -width Ds -compact\n"
	      ".It one curve with one replacement\nthe replacement decides the winner\n"
	      ".It AOPC between models\nits range differs from model to model\n"
	      ".It ROAR\nit measures other networks, which were trained anew\n"
	      ".It parameter randomisation in its first form\nnoise in the maps decides it\n"
	      ".It sums of differences over the whole range\nthe last steps, where nothing is left, outweigh the "
	      "first\n"
	      ".El\n"
	      ".Sh SEE ALSO\n"
	      ".Xr tsviz 1 ,\n"
	      ".Xr tsviz-methods 7\n",
	      f);
}

/* ---- tsviz-whatif(7) ---- */

static void whatif_7(FILE *f)
{
	man_head(f, "tsviz-whatif", 7, "what if the input were another one");
	fputs(".Sh DESCRIPTION\n", f);
	man_paragraph(f,
	              "Three verbs change a window and ask the model again. What they change is the series: channels "
	              "that the recipe derives follow the channels that they are computed from, so that what comes out "
	              "is the window of a series. It can be written with -o as raw rows, and reading the file with the "
	              "recipe beside it gives the same prediction. With --free derived channels change by themselves, "
	              "which is the window of no series.");
	fputs(".Sh ATTACK\n.Dl tsviz attack MODEL DATA --attack fgsm,pgd --curve-out curve.svg\n", f);
	man_paragraph(
	        f, "How little must change for the model to be wrong? The loss against the true value rises along the "
	           "sign of its gradient, by at most epsilon deviations of each channel. Believe the smallest "
	           "epsilon of pgd: fgsm takes one step and often stops short. A model that falls only under local "
	           "or only at large epsilons is sturdy against small disturbances everywhere. A small epsilon "
	           "under smooth says more than one under pgd where the data have no noise of that kind, because a "
	           "smooth change looks like data. The methods are:");
	fputs(".Bl -tag -width Ds\n", f);
	for (const struct attack_method_row *q = attack_methods; q->name; q++) {
		man_item(f, "Cm", q->name);
		man_formula(f, q->label, q->formula, q->source);
	}
	fputs(".El\n.Sh COUNTERFACTUAL\n.Dl tsviz counterfactual MODEL DATA -w 12 --to-class normal\n", f);
	man_paragraph(f,
	              "Which part of another window would make the model say something else? The guide is the nearest "
	              "window of the data of which the model says what is wished. One segment of it replaces the same "
	              "steps of the window: it grows from the step where gradient times difference is largest, until "
	              "the model says it, and is then shortened as long as the model still says it. Each channel alone "
	              "and all together are tried; the fewest points count. All values are real ones, but the joint at "
	              "the ends of the segment may not be: compare the distance to the nearest windows with that "
	              "before the change. A counterfactual says what the model reacts to, not what causes what.");
	fputs(".Sh INVERT\n.Dl tsviz invert MODEL DATA --filter conv1d_2:13 --from noise --max-cycles 6\n", f);
	man_paragraph(f,
	              "What does a filter, a class or an output look for? A window is moved along the gradient by Adam "
	              "until the filter is as active, or the class as probable, as it can be. With d the deviation of "
	              "a channel and x0 the window of -w the loss is that of the wish, plus");
	fputs(".Bl -tag -width Ds\n", f);
	man_item(f, "Fl", "-near W");
	man_line(f, "W times the mean of ((x - x0) / d)^2,");
	man_item(f, "Fl", "-variation W");
	man_line(f, "W times the mean of |x_t - x_(t-1)| / d,");
	man_item(f, "Fl", "-consistent W");
	man_line(f, "with --free, W times the mean of ((x - derived(x)) / d)^2 over derived channels.");
	fputs(".El\n", f);
	man_paragraph(
	        f, "--max-cycles keeps only slow changes: cosines of at most so many cycles in a window. An input that "
	           "was optimised looks like nothing that exists. Without priors it is often noise that says more of "
	           "the network's weak spots than of what it has learnt. So the nearest real windows stand beside "
	           "it, with their distance in deviations; where that is large, look at the windows in which the "
	           "filter is most active instead. Other starts (--from, --seed) may end elsewhere.");
	fputs(".Sh SEE ALSO\n.Xr tsviz 1 ,\n.Xr tsviz-methods 7\n", f);
}

static const struct man_page pages[] = { { "tsviz.1", tsviz_1 },         { "tsviz-config.5", config_5 },
	                                 { "tsviz-truth.7", truth_7 },   { "tsviz-prune.7", man_prune_7 },
	                                 { "tsviz-whatif.7", whatif_7 }, { 0 } };
static const struct man_page *const page_lists[] = { pages, man_files, man_verbs, NULL };

/* Page i of all lists; NULL behind the last. */
static const struct man_page *page_at(int i)
{
	for (int k = 0; page_lists[k]; k++)
		for (const struct man_page *p = page_lists[k]; p->name; p++)
			if (i-- == 0)
				return p;
	return NULL;
}

const char *manual_name(int i)
{
	const struct man_page *p = page_at(i);
	return p ? p->name : NULL;
}

void (*manual_page(const char *name))(FILE *f)
{
	const struct man_page *p;
	for (int i = 0; (p = page_at(i)); i++)
		if (!strcmp(p->name, name))
			return p->print;
	return NULL;
}

void manual_list(FILE *f)
{
	const char *name;
	for (int i = 0; (name = manual_name(i)); i++)
		fprintf(f, "%s\n", name);
}
