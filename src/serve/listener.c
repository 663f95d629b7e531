/* The one file that knows libmicrohttpd, which it loads when it is needed. */
#include "src/serve/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "src/read/library.h"
#include "src/serve/kept.h"
#include "src/serve/worker.h"

#if __has_include(<microhttpd.h>) && !defined TSVIZ_STATIC
#include <microhttpd.h>

#define FUNCTIONS(X)                       \
	X(MHD_start_daemon)                \
	X(MHD_stop_daemon)                 \
	X(MHD_quiesce_daemon)              \
	X(MHD_run)                         \
	X(MHD_get_timeout)                 \
	X(MHD_get_daemon_info)             \
	X(MHD_get_connection_info)         \
	X(MHD_lookup_connection_value)     \
	X(MHD_suspend_connection)          \
	X(MHD_resume_connection)           \
	X(MHD_create_response_from_buffer) \
	X(MHD_create_response_from_fd64) X(MHD_add_response_header) X(MHD_queue_response) X(MHD_destroy_response)
LIBRARY(FUNCTIONS)

enum phase { PHASE_IDLE, PHASE_READING, PHASE_WORKING, PHASE_WRITING };

/* A connection. */
struct client {
	struct client *next, **at;
	int fd;
	enum phase phase;
	int64_t since; /* in this phase; idle and reading are one */
	bool cut;
};

/* A request. */
struct call {
	struct call *next; /* in the queue */
	struct client *client;
	struct MHD_Connection *connection;
	char target[REQUEST_BYTES + 2]; /* longer ones are cut, and too long then, too */
	bool begun, large;
	struct asked asked;
	struct reply reply;
	struct body body;
	unsigned char *bytes; /* body.bytes */
	int worker;           /* index; -1: none */
	int64_t held;         /* bytes of the answer that is being sent */
};

struct listener {
	struct served *s;
	struct MHD_Daemon *daemon;
	int socket, port, epoll;
	struct client *clients;
	struct call *first, **last; /* the queue */
	int n_queued, n_worker;
	struct worker worker[WORKERS_MOST];
	struct call *of[WORKERS_MOST]; /* whose answer it makes */
	struct kept kept;
	int64_t held;
	bool draining;
};

/* ---- connections ---- */

static void enter(struct client *c, enum phase phase)
{
	if (!(c->phase == PHASE_IDLE && phase == PHASE_READING))
		c->since = clock_ms();
	c->phase = phase;
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
	struct listener *l = cls;
	struct client *c = *context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		c = xcalloc(1, sizeof *c);
		c->fd = lib.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		c->since = clock_ms();
		c->next = l->clients;
		c->at = &l->clients;
		if (c->next)
			c->next->at = &c->next;
		l->clients = c;
		*context = c;
	} else if (c) {
		*c->at = c->next;
		if (c->next)
			c->next->at = c->at;
		free(c);
		*context = NULL;
	}
}

/* Ends a connection. The library sees that nothing can be read or written, and closes it. */
static void cut(struct client *c)
{
	if (!c->cut)
		shutdown(c->fd, SHUT_RDWR);
	c->cut = true;
}

static void sweep(struct listener *l)
{
	int64_t now = clock_ms();
	for (struct client *c = l->clients; c; c = c->next) {
		int64_t seconds = c->phase == PHASE_WRITING ? WRITE_SECONDS : READ_SECONDS;
		if (c->phase != PHASE_WORKING && now - c->since > seconds * 1000)
			cut(c);
		if (l->draining && c->phase == PHASE_IDLE)
			cut(c);
	}
}

static bool has_gone(const struct client *c)
{
	char byte;
	return c->cut || !recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
}

/* ---- requests ---- */

/* The library knows the target, as it stands in the request, only here. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
	struct call *c = xcalloc(1, sizeof *c);
	(void)cls;
	c->client = lib.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
	c->connection = connection;
	c->worker = -1;
	c->reply.file = -1;
	snprintf(c->target, sizeof c->target, "%s", target);
	enter(c->client, PHASE_READING);
	return c;
}

static void unqueue(struct listener *l, struct call *c)
{
	for (struct call **at = &l->first; *at; at = &(*at)->next)
		if (*at == c) {
			*at = c->next;
			l->n_queued--;
			if (!*at)
				l->last = at;
			return;
		}
}

static void drop_reply(struct reply *r)
{
	free(r->text);
	r->text = NULL;
	if (r->file >= 0)
		close(r->file);
	r->file = -1;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
	struct listener *l = cls;
	struct call *c = *context;
	(void)connection, (void)why;
	if (!c)
		return;
	unqueue(l, c);
	if (c->worker >= 0) {
		int answer;
		int64_t size;
		struct err e;
		l->of[c->worker] = NULL;
		if (worker_end(&l->worker[c->worker], true, &answer, &size, &e) == 200)
			close(answer);
	}
	l->held -= c->held;
	enter(c->client, PHASE_IDLE);
	drop_reply(&c->reply);
	free(c->bytes);
	free(c);
	*context = NULL;
}

static void headers(const struct listener *l, struct MHD_Response *r, const struct reply *p)
{
	const char *origin = l->s->o->allow_origin;
	if (p->type)
		lib.MHD_add_response_header(r, "Content-Type", p->type);
	if (*p->tag)
		lib.MHD_add_response_header(r, "ETag", p->tag);
	if (*p->allow)
		lib.MHD_add_response_header(r, "Allow", p->allow);
	if (p->later)
		lib.MHD_add_response_header(r, "Retry-After", "1");
	if (p->ends || l->draining)
		lib.MHD_add_response_header(r, "Connection", "close");
	lib.MHD_add_response_header(r, "Cache-Control", "no-cache");
	lib.MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	lib.MHD_add_response_header(
	        r, "Content-Security-Policy",
	        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; form-action 'self'; "
	        "frame-ancestors 'none'");
	if (!origin) {
		lib.MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
		return;
	}
	lib.MHD_add_response_header(r, "Access-Control-Allow-Origin", origin);
	lib.MHD_add_response_header(r, "Vary", "Origin");
	if (p->status == 204) {
		lib.MHD_add_response_header(r, "Access-Control-Allow-Methods", p->allow);
		lib.MHD_add_response_header(r, "Access-Control-Allow-Headers", "Content-Type, If-None-Match");
	}
}

static enum MHD_Result send_reply(struct listener *l, struct call *c)
{
	struct reply *p = &c->reply;
	struct MHD_Response *r;
	if (p->file >= 0) {
		r = lib.MHD_create_response_from_fd64((uint64_t)p->size, p->file);
		p->file = r ? -1 : p->file;
		c->held = p->size;
		l->held += p->size;
	} else {
		r = lib.MHD_create_response_from_buffer(p->text ? (size_t)p->size : 0, p->text, MHD_RESPMEM_MUST_COPY);
	}
	if (!r)
		return MHD_NO;
	headers(l, r, p);
	enter(c->client, PHASE_WRITING);
	enum MHD_Result done = lib.MHD_queue_response(c->connection, (unsigned)p->status, r);
	lib.MHD_destroy_response(r);
	return done;
}

static void begin(struct listener *l, struct call *c, const char *method, const char *version)
{
#define HEADER(name) lib.MHD_lookup_connection_value(c->connection, MHD_HEADER_KIND, name)
	struct ask q = { .method = method,
		         .target = c->target,
		         .host = HEADER("Host"),
		         .origin = HEADER("Origin"),
		         .content_type = HEADER("Content-Type"),
		         .length = HEADER("Content-Length"),
		         .none_match = HEADER("If-None-Match"),
		         .http_1_0 = !strcmp(version, "HTTP/1.0") };
	front_ask(l->s, &q, &c->asked, &c->reply);
	if (!c->reply.status && l->draining)
		front_problem(&c->reply, 503, "the server ends");
	/* that a request has so many bytes says only what it says */
	if (!c->reply.status && q.length && strspn(q.length, "0123456789") != strlen(q.length))
		front_problem(&c->reply, 400, "the length of the content is no number");
	for (const struct body_type *b = body_types; !c->reply.status && q.content_type && b->type; b++)
		if (!strncasecmp(q.content_type, b->type, strlen(b->type)))
			c->body.type = b->type;
}

static void take_bytes(struct call *c, const char *bytes, size_t n)
{
	if (c->body.n + n > BODY_MOST) {
		c->large = true;
		return;
	}
	c->bytes = xrealloc(c->bytes, c->body.n + n + 1, 1);
	memcpy(c->bytes + c->body.n, bytes, n);
	c->body.n += n;
	c->bytes[c->body.n] = 0;
	c->body.bytes = c->bytes;
}

/* Takes the answer, if it is kept. */
static bool take_kept(struct listener *l, struct call *c)
{
	struct reply *p = &c->reply;
	int file = *p->tag ? kept_find(&l->kept, p->tag, &p->size) : -1;
	if (file < 0)
		return false;
	p->status = 200;
	p->type = c->asked.route->type;
	p->file = file;
	return true;
}

/* A worker is needed, unless the answer is kept. false: it waits for one. */
static bool is_answered(struct listener *l, struct call *c)
{
	struct reply *p = &c->reply;
	if (take_kept(l, c))
		return true;
	if (c->large) {
		front_problem(p, 413, "the content is larger than was said");
	} else if (l->n_queued >= QUEUE_MOST) {
		front_problem(p, 503, "too many questions are waiting; ask again later");
	}
	return p->status;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *bytes, size_t *n, void **context)
{
	struct listener *l = cls;
	struct call *c = *context;
	(void)connection, (void)url;
	if (!c)
		return MHD_NO;
	if (!c->begun) {
		c->begun = true;
		begin(l, c, method, version);
		/* a reply that comes before the content ends the connection */
		return c->reply.status && c->reply.ends ? send_reply(l, c) : MHD_YES;
	}
	if (*n) {
		if (!c->reply.status)
			take_bytes(c, bytes, *n);
		*n = 0;
		return MHD_YES;
	}
	if (c->reply.status || is_answered(l, c))
		return send_reply(l, c);
	if (!c->body.bytes)
		take_bytes(c, "", 0);
	enter(c->client, PHASE_WORKING);
	c->next = NULL;
	*l->last = c;
	l->last = &c->next;
	l->n_queued++;
	lib.MHD_suspend_connection(c->connection);
	return MHD_YES;
}

/* ---- workers ---- */

static void resume(struct call *c)
{
	c->worker = -1;
	lib.MHD_resume_connection(c->connection);
}

static void start_next(struct listener *l, int i)
{
	struct call *c = l->first;
	struct err e = { 0 };
	unqueue(l, c);
	if (has_gone(c->client)) {
		front_problem(&c->reply, 503, "nobody waits for the answer");
		cut(c->client);
	} else if (take_kept(l, c)) {
		/* another has asked the same meanwhile */
	} else if (worker_start(&l->worker[i], l->s, &c->asked, &c->body, &e)) {
		front_problem(&c->reply, 503, e.text);
	} else {
		c->worker = i;
		l->of[i] = c;
		return;
	}
	resume(c);
}

static void start_workers(struct listener *l)
{
	for (int i = 0; i < l->n_worker; i++)
		while (l->first && !l->worker[i].pid && l->held < HELD_BYTES)
			start_next(l, i);
}

static void finish(struct listener *l, int i, bool late)
{
	struct call *c = l->of[i];
	struct err e = { 0 };
	struct reply *p = &c->reply;
	int status = worker_end(&l->worker[i], late, &p->file, &p->size, &e);
	if (status == 200) {
		p->status = 200;
		p->type = c->asked.route->type;
		if (*p->tag)
			kept_add(&l->kept, p->tag, p->file, p->size);
	} else {
		front_problem(p, status, e.text);
	}
	l->of[i] = NULL;
	resume(c);
}

/* ---- the loop ---- */

static void wait_and_look(struct listener *l, const sigset_t *mask)
{
	struct pollfd fd[WORKERS_MOST + 1] = { { l->epoll, POLLIN, 0 } };
	int at[WORKERS_MOST + 1], n = 1;
	unsigned long long ms = 0;
	int wait = l->clients ? 500 : -1;
	if (lib.MHD_get_timeout(l->daemon, &ms) == MHD_YES && (wait < 0 || ms < (unsigned long long)wait))
		wait = (int)(ms < 500 ? ms : 500);
	for (int i = 0; i < l->n_worker; i++)
		if (l->worker[i].pid) {
			at[n] = i;
			fd[n++] = (struct pollfd){ l->worker[i].alive, POLLIN, 0 };
		}
	struct timespec t = { wait / 1000, wait % 1000 * 1000000L };
	int ready = ppoll(fd, (nfds_t)n, wait < 0 ? NULL : &t, mask);
	int64_t now = clock_ms();
	for (int k = 1; k < n; k++) {
		bool late = now > l->worker[at[k]].deadline;
		if (late || (ready > 0 && fd[k].revents))
			finish(l, at[k], late);
	}
}

void listener_run(struct listener *l, const volatile int *stop, const void *mask)
{
	int64_t end = 0;
	while (!l->draining || (l->clients && clock_ms() < end)) {
		wait_and_look(l, mask);
		if (*stop && !l->draining) {
			l->draining = true;
			end = clock_ms() + (WORKER_SECONDS + WRITE_SECONDS) * 1000;
			lib.MHD_quiesce_daemon(l->daemon);
			close(l->socket);
			l->socket = -1;
		}
		lib.MHD_run(l->daemon);
		start_workers(l);
		sweep(l);
	}
}

/* ---- the socket ---- */

static int listen_at(struct listener *l, int port, struct err *e)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		                 .sin_port = htons((uint16_t)port),
		                 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	int yes = 1;
	l->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->socket < 0 || setsockopt(l->socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) ||
	    bind(l->socket, (struct sockaddr *)&a, sizeof a) || listen(l->socket, 256) ||
	    getsockname(l->socket, (struct sockaddr *)&a, &n))
		return err_set(e, ERR_IO, "127.0.0.1:%d: %s%s", port, strerror(errno),
		               errno == EADDRINUSE ? "; --port chooses another, --port 0 one that is free" : "");
	l->port = ntohs(a.sin_port);
	return 0;
}

struct listener *listener_open(struct served *s, int port, int workers, struct err *e)
{
	static const char *const names[] = { "libmicrohttpd.so.12", NULL };
	lib.so = lib.so ? lib.so : library_load(names, library_find);
	if (!lib.so) {
		err_set(e, ERR_UNSUPPORTED,
		        "libmicrohttpd is not installed; serve needs it: apt install libmicrohttpd12");
		return NULL;
	}
	struct listener *l = xcalloc(1, sizeof *l);
	l->s = s;
	l->last = &l->first;
	l->n_worker = workers < WORKERS_MOST ? workers : WORKERS_MOST;
	if (!listen_at(l, port, e)) {
		l->daemon = lib.MHD_start_daemon(
		        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, (uint16_t)l->port, NULL, NULL, on_request, l,
		        MHD_OPTION_LISTEN_SOCKET, l->socket, MHD_OPTION_URI_LOG_CALLBACK, on_target, l,
		        MHD_OPTION_NOTIFY_CONNECTION, on_connection, l, MHD_OPTION_NOTIFY_COMPLETED, on_completed, l,
		        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		        (size_t)HEADER_BYTES * 2, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)READ_SECONDS,
		        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
		if (l->daemon) {
			l->epoll = lib.MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
			return l;
		}
		err_set(e, ERR_IO, "127.0.0.1:%d: the server cannot be started", l->port);
	}
	if (l->socket >= 0)
		close(l->socket);
	free(l);
	return NULL;
}

void listener_close(struct listener *l)
{
	for (int i = 0; i < l->n_worker; i++)
		if (l->worker[i].pid)
			finish(l, i, true);
	while (l->first) {
		struct call *c = l->first;
		unqueue(l, c);
		front_problem(&c->reply, 503, "the server ends");
		resume(c);
	}
	lib.MHD_stop_daemon(l->daemon);
	if (l->socket >= 0)
		close(l->socket);
	kept_release(&l->kept);
	free(l);
}

int listener_port(const struct listener *l)
{
	return l->port;
}

#else

struct listener *listener_open(struct served *s, int port, int workers, struct err *e)
{
	(void)s, (void)port, (void)workers;
	err_set(e, ERR_UNSUPPORTED, "this tsviz was built without libmicrohttpd, which serve needs");
	return NULL;
}
int listener_port(const struct listener *l)
{
	(void)l;
	return 0;
}
void listener_run(struct listener *l, const volatile int *stop, const void *mask)
{
	(void)l, (void)stop, (void)mask;
}
void listener_close(struct listener *l)
{
	(void)l;
}

#endif
