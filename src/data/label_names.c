#include "src/data/label_names.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Compares without regard to case, blanks, dashes and underscores: "Class_Label" is "classlabel". */
static bool is_among(const char *const *names, const char *name)
{
	char plain[32];
	size_t n = 0;
	for (const char *s = name; *s; s++) {
		if (strchr("_- .", *s))
			continue;
		if (n + 1 == sizeof plain)
			return false;
		plain[n++] = *s;
	}
	plain[n] = 0;
	for (int i = 0; names[i]; i++)
		if (!strcasecmp(names[i], plain))
			return true;
	return false;
}

enum label_sign label_name(const char *name)
{
	static const char *const certain[] = { "label",         "labels",     "class",     "classes",    "classlabel",
		                               "classname",     "classid",    "target",    "targets",    "y",
		                               "ylabel",        "ytrue",      "truth",     "gt",         "groundtruth",
		                               "category",      "categories", "activity",  "activities", "activityid",
		                               "activitylabel", "species",    "diagnosis", "faulttype",  "faultlabel",
		                               "faultclass",    "gesture",    "isanomaly", "annotation", "arrhythmia",
		                               "eyedetection",  NULL };
	static const char *const possible[] = { "output",    "outputs", "outcome", "fault",  "state",
		                                "condition", "anomaly", "beat",    "result", "type",
		                                "status",    "event",   "mode",    "phase",  "stage",
		                                "level",     "grade",   "quality", NULL };
	return is_among(certain, name) ? LABEL_YES : is_among(possible, name) ? LABEL_MAYBE : LABEL_NO;
}

bool id_name(const char *name)
{
	static const char *const names[] = {
		"",          "id",       "index",     "idx",      "subject",     "subjectid", "sample",
		"sampleid",  "patient",  "patientid", "record",   "recordid",    "user",      "userid",
		"name",      "file",     "filename",  "uid",      "uuid",        "row",       "rowid",
		"rowname",   "no",       "nr",        "number",   "window",      "windowid",  "segment",
		"segmentid", "seriesid", "uniqueid",  "caseid",   "participant", "trial",     "trialid",
		"unit",      "session",  "key",       "instance", "split",       "fold",      NULL
	};
	return is_among(names, name) || !strncmp(name, "Unnamed:", 8);
}

int64_t label_position(const char *asked, int64_t n)
{
	const char *number = asked + (*asked == '#');
	size_t digits = strspn(number, "0123456789");
	int64_t k = digits && digits < 9 && !number[digits] ? atoll(number) : 0;
	return !strcmp(asked, "first") ? 0 : !strcmp(asked, "last") ? n - 1 : k >= 1 && k <= n ? k - 1 : -1;
}
