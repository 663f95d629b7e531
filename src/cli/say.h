/* Lines on standard error, as main and the verbs write them. */
#ifndef SRC_SAY_H
#define SRC_SAY_H

/* "tsviz: SENTENCE": why the program ends with a status other than 0. */
void say_error(const char *sentence);
/* "tsviz: warning: ...": what is doubtful. Callers leave it out where --quiet is given. */
void say_warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same for each line of `lines`, with the file's name in front. */
void say_warnings(const char *file, const char *lines);
/* The same as a function of one sentence, for struct browse_options and config_read(). */
void say_warning_sentence(const char *sentence);
/* "tsviz: ...": what a user should know, though nothing is wrong. Callers leave it out where --quiet is given. */
void say_remark(const char *sentence);

#endif
