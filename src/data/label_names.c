#include "src/data/label_names.h"

#include <stdlib.h>
#include <string.h>
#include "core/data/column_name.h"

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
	return column_name_among(certain, name)    ? LABEL_YES
	       : column_name_among(possible, name) ? LABEL_MAYBE
	                                           : LABEL_NO;
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
	return column_name_among(names, name) || !strncmp(name, "Unnamed:", 8);
}

int64_t label_position(const char *asked, int64_t n)
{
	const char *number = asked + (*asked == '#');
	size_t digits = strspn(number, "0123456789");
	int64_t k = digits && digits < 9 && !number[digits] ? atoll(number) : 0;
	return !strcmp(asked, "first") ? 0 : !strcmp(asked, "last") ? n - 1 : k >= 1 && k <= n ? k - 1 : -1;
}
