/* Finds the data files that the arguments of the command line name. An argument is a file, "-", a folder or a pattern
 * such as 'data/' followed by *.csv. A folder stands for the data files in it and in the folders below it.
 *
 *	data_files_find(&f, arg, n, false, &o, &e);     f.file[0..f.n) in the order of the arguments
 *	data_files_release(&f);                  also after an error
 *
 * In a pattern, "**" and a slash stand for any number of folders. The files of a folder and of a pattern are in natural
 *order: a2.csv comes before a10.csv. */
#ifndef SRC_DATA_FILES_H
#define SRC_DATA_FILES_H

#include <stdbool.h>
#include "src/read/read_model.h"

enum {
	DATA_FILES_MAX = 1 << 17,   /* files of one command line */
	DATA_ENTRIES_MAX = 1 << 20, /* entries of all folders that are looked at */
	DATA_DEPTH_MAX = 64,        /* folders inside each other */
};

struct data_file {
	char *path;   /* as it is opened; "-": standard input */
	char *name;   /* cleaned and different from all others: the file's name, or its path below the common folder */
	char *folder; /* cleaned name of the folder that holds the file; NULL: there is none, as for "-" */
	bool found;   /* in a folder or by a pattern, not named by an argument */
};

struct data_files {
	struct data_file *file;
	int n;
	char *skipped; /* which files of the folders were left out, as a sentence; NULL: none */
};

/* Finds the files. In folders and patterns it leaves out hidden files, READMEs, models, recipes, and files that do not
 * look like data; f->skipped says so. It refuses a folder or a pattern without any data file, and a file that is named
 * twice. A link to a folder or to a file that is found anyway is followed once. labels: files
 * with the name of a file of labels are data whatever they hold. */
int data_files_find(struct data_files *f, const char *const *arg, int n, bool labels, const struct read_options *o,
                    struct err *e);
/* Is the file called as files of labels are: y_train.txt, labels.csv? Where all files hold one number a row, "y" may be
 * a channel beside x and z: y_too is false. */
bool data_files_label(const char *name, bool y_too);
void data_files_release(struct data_files *f);
/* What messages call the files: the path of a single file, or "3 files (a.csv to c.csv)". The caller frees it. */
char *data_files_say(const struct data_files *f);
/* The order of natural names: digits are compared as numbers. Like strcmp. */
int natural_order(const char *a, const char *b);

#endif
