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

bool label_name(const char *name)
{
	static const char *const names[] = { "label",        "labels",     "class",      "classes",     "classlabel",
		                             "classname",    "classid",    "target",     "targets",     "y",
		                             "ylabel",       "ytrue",      "truth",      "groundtruth", "category",
		                             "categories",   "activity",   "activities", "activityid",  "output",
		                             "outputs",      "species",    "outcome",    "diagnosis",   "fault",
		                             "faulttype",    "faultlabel", "state",      "gesture",     "condition",
		                             "anomaly",      "isanomaly",  "annotation", "arrhythmia",  "beat",
		                             "eyedetection", "result",     "type",       NULL };
	return is_among(names, name);
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
