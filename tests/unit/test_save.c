#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <signal.h>
#include "src/read/save.h"
#include "tests/unit/unit.h"

static char dir[64], path[128];

static void make_dir(void)
{
	strcpy(dir, "/tmp/tsviz-save-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/out.txt", dir);
}

static int entries(void)
{
	int n = 0;
	DIR *d = opendir(dir);
	for (struct dirent *x; (x = readdir(d));)
		n += x->d_name[0] != '.' || (x->d_name[1] && strcmp(x->d_name, "..") != 0);
	closedir(d);
	return n;
}

/* Everything in the folder goes, then the folder. */
static void remove_dir(void)
{
	DIR *d = opendir(dir);
	for (struct dirent *x; (x = readdir(d));)
		unlinkat(dirfd(d), x->d_name, 0);
	closedir(d);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void put(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(name, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
	ck_assert_int_eq(chmod(name, mode), 0);
}

static void expect(const char *name, const char *text, unsigned mode)
{
	char buf[256] = "";
	struct stat st;
	FILE *f = fopen(name, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(buf, 1, sizeof buf - 1, f), strlen(text));
	fclose(f);
	ck_assert_str_eq(buf, text);
	ck_assert_int_eq(lstat(name, &st), 0);
	ck_assert(S_ISREG(st.st_mode));
	ck_assert_uint_eq(st.st_mode & 07777, mode);
}

static void save_by(int (*begin)(struct save *, const char *, struct err *), const char *text)
{
	struct save s;
	struct err e = { 0 };
	ck_assert_msg(!begin(&s, path, &e), "%s", e.text);
	fputs(text, s.f);
	ck_assert_msg(!save_commit(&s, &e), "%s", e.text);
}

static void save(const char *text)
{
	save_by(save_begin, text);
}

START_TEST(a_new_file_gets_what_the_umask_leaves_and_is_alone)
{
	static const mode_t mask[] = { 022, 027, 0, 077 };
	for (size_t i = 0; i < sizeof mask / sizeof *mask; i++) {
		mode_t before = umask(mask[i]);
		make_dir();
		save("new");
		expect(path, "new", 0666 & ~mask[i]);
		ck_assert_int_eq(entries(), 1);
		remove_dir();
		umask(before);
	}
}
END_TEST

START_TEST(a_private_file_is_for_its_owner_alone_unless_it_was_not)
{
	mode_t before = umask(0);
	make_dir();
	save_by(save_begin_private, "new");
	expect(path, "new", 0600);
	ck_assert_int_eq(chmod(path, 0640), 0);
	save_by(save_begin_private, "again");
	expect(path, "again", 0640);
	remove_dir();
	umask(before);
}
END_TEST

START_TEST(the_old_file_is_whole_until_the_end_and_keeps_its_mode)
{
	struct save s;
	struct err e;
	make_dir();
	put(path, "old", 0640);
	ck_assert_int_eq(save_begin(&s, path, &e), 0);
	fputs("half", s.f);
	fflush(s.f);
	expect(path, "old", 0640);
	fputs(" and half", s.f);
	ck_assert_int_eq(save_commit(&s, &e), 0);
	expect(path, "half and half", 0640);
	ck_assert_int_eq(entries(), 1);
	remove_dir();
}
END_TEST

START_TEST(given_up_leaves_no_trace)
{
	struct save s;
	struct err e;
	make_dir();
	put(path, "old", 0644);
	ck_assert_int_eq(save_begin(&s, path, &e), 0);
	fputs("new", s.f);
	ck_assert_int_eq(entries(), 2);
	save_abort(&s);
	expect(path, "old", 0644);
	ck_assert_int_eq(entries(), 1);
	remove_dir();
}
END_TEST

START_TEST(a_link_is_replaced_and_not_followed)
{
	char other[128];
	mode_t before = umask(022);
	make_dir();
	snprintf(other, sizeof other, "%s/other.txt", dir);
	put(other, "other", 0644);
	ck_assert_int_eq(symlink("other.txt", path), 0);
	save("new");
	expect(path, "new", 0644);
	expect(other, "other", 0644);
	/* a dangling one too */
	unlink(path);
	unlink(other);
	ck_assert_int_eq(symlink("other.txt", path), 0);
	save("new");
	expect(path, "new", 0644);
	ck_assert_int_ne(access(other, F_OK), 0);
	remove_dir();
	umask(before);
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_file)
{
	struct save s;
	struct err e = { 0 };
	make_dir();
	put(path, "old", 0644);
	signal(SIGXFSZ, SIG_IGN);
	struct rlimit small = { 1000, 1000 };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(save_begin(&s, path, &e), 0);
	for (int i = 0; i < 1000; i++)
		fputs("0123456789", s.f);
	ck_assert_int_eq(save_commit(&s, &e), ERR_IO);
	ck_assert_ptr_nonnull(strstr(e.text, path));
	ck_assert_ptr_nonnull(strstr(e.text, "File too large"));
	expect(path, "old", 0644);
	ck_assert_int_eq(entries(), 1);
	remove_dir();
}
END_TEST

START_TEST(targets_that_are_no_files_are_refused)
{
	static const char *const targets[] = { "/dev/null", "/dev/stdout",          "/tmp", "/tmp/", "/",
		                               "",          "/nonexistent-folder/x" };
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		struct save s;
		struct err e = { 0 };
		ck_assert_msg(save_begin(&s, targets[i], &e) == ERR_IO, "%s was taken", targets[i]);
		ck_assert(e.text[0]);
		save_abort(&s); /* harmless after a failed beginning */
	}
}
END_TEST

static void refused(const char *target, const char *why)
{
	struct save s;
	struct err e = { 0 };
	ck_assert_msg(save_begin(&s, target, &e) == ERR_IO, "%s was taken", target);
	ck_assert_msg(strstr(e.text, why) != NULL, "%s", e.text);
}

START_TEST(standard_streams_by_name_are_refused)
{
	char other[128], far[128];
	make_dir();
	snprintf(other, sizeof other, "%s/stream", dir);
	snprintf(far, sizeof far, "%s/far", dir);
	put(path, "old", 0644);
	ck_assert_int_eq(symlink("stream", far), 0);
	for (int fd = 0; fd < 3; fd++) {
		static const char *const why[] = { "standard input comes from", "use -o - or another name",
			                           "standard error goes to" };
		char proc[32];
		int was = dup(fd), file = open(path, O_RDWR);
		snprintf(proc, sizeof proc, "/proc/self/fd/%d", fd);
		ck_assert_int_eq(symlink(proc, other), 0);
		ck_assert_int_eq(dup2(file, fd), fd);
		close(file);
		/* the stream, a link to it, a link to that, the file behind */
		refused(proc, why[fd]);
		refused(other, why[fd]);
		refused(far, why[fd]);
		refused(path, why[fd]);
		dup2(was, fd);
		close(was);
		unlink(other);
	}
	ck_assert_int_eq(symlink("/proc/self/fd/99", other), 0);
	refused(other, "a link into /proc");
	expect(path, "old", 0644);
	ck_assert_int_eq(entries(), 3);
	remove_dir();
}
END_TEST

START_TEST(names_that_cannot_be_are_told_at_once)
{
	char name[4500], *end;
	make_dir();
	refused("", "the name of the file to write is empty");
	end = name + sprintf(name, "%s/", dir);
	memset(end, 'x', 300);
	end[300] = '\0';
	refused(name, ": cannot be written: File name too long");
	/* of a long path the beginning, the end and the reason are said */
	memset(end, '/', 4200);
	strcpy(end + 4200, "y/end.txt");
	refused(name, "y/end.txt: its folder cannot be opened: File name too long");
	refused(name, dir);
	ck_assert_int_eq(entries(), 0);
	remove_dir();
}
END_TEST

UNIT_MAIN("save", a_new_file_gets_what_the_umask_leaves_and_is_alone,
          a_private_file_is_for_its_owner_alone_unless_it_was_not,
          the_old_file_is_whole_until_the_end_and_keeps_its_mode, given_up_leaves_no_trace,
          a_link_is_replaced_and_not_followed, a_full_disk_leaves_the_old_file, targets_that_are_no_files_are_refused,
          standard_streams_by_name_are_refused, names_that_cannot_be_are_told_at_once)
