/* A stream into memory holds every byte, or the program says that memory is short and ends: each of its allocations
 * fails here in turn. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include "core/base/mem.h"
#include "core/base/mem_stream.h"
#include "tests/unit/unit.h"

/* The C library's, or the sanitizer's. The real ones are replaced here, in the program and in the libraries. */
#ifdef TSVIZ_SAN
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif
extern void *REAL(malloc)(size_t), *REAL(calloc)(size_t, size_t), *REAL(realloc)(void *, size_t);

static int allocations, fail_at = -1, grown;
static bool counting;

static bool fails(void)
{
	if (!counting || allocations++ != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return fails() ? NULL : REAL(malloc)(n);
}
void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : REAL(calloc)(n, size);
}
void *realloc(void *p, size_t n)
{
	grown += counting;
	return fails() ? NULL : REAL(realloc)(p, n);
}

START_TEST(what_was_never_written_is_an_empty_text)
{
	char *text = NULL;
	size_t n = 7;
	FILE *f = mem_stream(&text, &n);
	ck_assert_uint_eq(n, 0);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_str_eq(text, "");
	free(text);
}
END_TEST

static unsigned char byte_at(size_t i)
{
	return (unsigned char)((i * 2654435761u) >> 13);
}

enum { BIG = 3 << 20 };

/* Pieces of sizes from 0 to far more than the buffer of the stream, in numbers, characters and blocks; zeros are among
 * the bytes. */
START_TEST(every_byte_is_there_in_its_order)
{
	unsigned char *bytes = xmalloc(BIG);
	char *text = NULL;
	size_t n = 0, at = 0;
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = byte_at(i);
	FILE *f = mem_stream(&text, &n);
	for (size_t piece = 0; at < BIG; piece = piece * 3 + 1) {
		piece = piece > BIG - at ? BIG - at : piece;
		if (piece == 1)
			ck_assert_int_eq(fputc(bytes[at], f), bytes[at]);
		else
			ck_assert_uint_eq(fwrite(bytes + at, 1, piece, f), piece);
		at += piece;
		if (piece == 40) {
			/* an fflush shows what is there so far */
			ck_assert_int_eq(fflush(f), 0);
			ck_assert_uint_eq(n, at);
			ck_assert_int_eq(memcmp(text, bytes, n), 0);
			ck_assert_int_eq(text[n], 0);
		}
		piece = piece > 1 << 19 ? 0 : piece;
	}
	ck_assert_int_gt(fprintf(f, "%d|%s|%.3f", -5, "end", 0.25), 0);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_uint_eq(n, BIG + strlen("-5|end|0.250"));
	ck_assert_int_eq(memcmp(text, bytes, BIG), 0);
	ck_assert_str_eq(text + BIG, "-5|end|0.250");
	free(text);
	free(bytes);
}
END_TEST

START_TEST(it_cannot_be_sought_in)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = mem_stream(&text, &n);
	fputs("abc", f);
	ck_assert_int_ne(fseek(f, 0, SEEK_SET), 0);
	ck_assert_int_eq(ftell(f), -1);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_str_eq(text, "abc");
	free(text);
}
END_TEST

/* 0: the text was whole. 1: memory was short. */
static int write_some(void)
{
	char *text = NULL, block[5000];
	size_t n = 0;
	memset(block, 'x', sizeof block);
	allocations = grown = 0;
	counting = true;
	FILE *f = mem_stream(&text, &n);
	for (int i = 0; i < 100; i++) {
		fwrite(block, 1, sizeof block, f);
		fprintf(f, "%d\n", i);
	}
	int bad = fclose(f);
	counting = false;
	size_t want = 100 * sizeof block + 190 + 100;
	bool whole = !bad && n == want && text[0] == 'x' && !strcmp(text + n - 3, "99\n");
	free(text);
	return whole ? 0 : 7;
}

/* A text that ends early would be a fault that nobody sees. */
START_TEST(when_memory_is_short_the_program_says_so_and_ends)
{
	char said[64];
	ck_assert_int_eq(write_some(), 0);
	int n = allocations, short_of = 0;
	ck_assert_int_ge(grown, 6);
	for (int k = 0; k < n; k++) {
		int status, to[2];
		ck_assert_int_eq(pipe(to), 0);
		pid_t child = fork();
		if (!child) {
			dup2(to[1], STDERR_FILENO);
			fail_at = k;
			_exit(write_some());
		}
		close(to[1]);
		ck_assert_int_eq(waitpid(child, &status, 0), child);
		ssize_t got = read(to[0], said, sizeof said - 1);
		said[got > 0 ? got : 0] = '\0';
		close(to[0]);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) <= 1, "allocation %d: status %d", k, status);
		/* without its buffer a stream of the C library goes on, byte by byte */
		short_of += WEXITSTATUS(status);
		ck_assert_str_eq(said, WEXITSTATUS(status) ? "tsviz: out of memory\n" : "");
	}
	ck_assert_int_ge(short_of, grown + 2);
}
END_TEST

UNIT_MAIN("mem_stream", what_was_never_written_is_an_empty_text, every_byte_is_there_in_its_order,
          it_cannot_be_sought_in, when_memory_is_short_the_program_says_so_and_ends)
