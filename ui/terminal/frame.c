#include "ui/terminal/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "core/base/mem.h"
#include "ui/terminal/pen.h"
#include "ui/terminal/signals.h"

static struct {
	FILE *stream;
	int memory; /* the file; -1: none */
	bool begun;
	char *bytes; /* (2 * most): of a picture, and shortened */
	size_t most;
} frame = { .memory = -1 };

FILE *frame_open(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	frame.stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (!frame.stream && fd >= 0)
		close(fd);
	frame.memory = frame.stream ? memfd_create("picture", MFD_CLOEXEC) : -1;
	return frame.stream;
}

void frame_close(void)
{
	if (frame.stream)
		fclose(frame.stream);
	if (frame.memory >= 0)
		close(frame.memory);
	frame.stream = NULL;
	frame.memory = -1;
	free(frame.bytes);
	frame.bytes = NULL;
	frame.most = 0;
}

void frame_begin(void)
{
	frame.begun = frame.memory >= 0 && dup3(frame.memory, fileno(frame.stream), O_CLOEXEC) >= 0;
}

/* Sends all, also after a signal that asks for nothing. */
static void send(const char *s, size_t n)
{
	while (n) {
		ssize_t k = write(STDOUT_FILENO, s, n);
		if (k < 0 && (errno != EINTR || signals.ended))
			return;
		s += k > 0 ? k : 0;
		n -= k > 0 ? (size_t)k : 0;
	}
}

void frame_end(bool off)
{
	if (!frame.begun)
		return;
	frame.begun = false;
	dup3(STDOUT_FILENO, fileno(frame.stream), O_CLOEXEC);
	off_t end = lseek(frame.memory, 0, SEEK_CUR);
	size_t n = end > 0 ? (size_t)end : 0;
	lseek(frame.memory, 0, SEEK_SET);
	if (!n)
		return;
	if (n > frame.most) {
		frame.bytes = xrealloc(frame.bytes, n, 2);
		frame.most = n;
	}
	if (pread(frame.memory, frame.bytes, n, 0) == (ssize_t)n)
		send(frame.bytes + n, pen_shorten(frame.bytes, n, off, frame.bytes + n));
}
