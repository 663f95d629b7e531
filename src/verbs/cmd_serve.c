/* serve: answers questions about model and data over HTTP, on the loopback, until a signal ends it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include "core/base/mem.h"
#include "src/kept/survey_names.h"
#include "src/serve/listener.h"
#include "src/verbs/cmd.h"

static volatile int stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* The signals that end it are let through only while it waits; a second one ends it at once. */
static void take_signals(sigset_t *before)
{
	sigset_t mine;
	struct sigaction a = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	sigaction(SIGINT, &a, NULL);
	sigaction(SIGTERM, &a, NULL);
	/* a client that goes away is no reason to end */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&mine);
	sigaddset(&mine, SIGINT);
	sigaddset(&mine, SIGTERM);
	sigprocmask(SIG_BLOCK, &mine, before);
}

/* All that the answers depend on, by contents. */
static int name_of(struct served *s, struct err *e)
{
	struct survey_head h;
	int bad = survey_head_of(&h, &s->l, &s->l.q.target, s->l.data.n, e);
	if (!bad)
		s->name = xasprintf("%s\n%s\n%s\n%s\n%s\n%s\n%s\n%d", h.version, h.isa, h.model, h.model_hash, h.data,
		                    h.data_hash, h.recipe, (int)s->l.q.task);
	survey_head_release(&h);
	return bad;
}

int cmd_serve(struct options *o, struct err *e)
{
	struct served s = { .o = o, .run = verb_run };
	struct listener *listener = NULL;
	sigset_t before;
	int bad = load(&s.l, o, 0, e);
	if (!bad && s.l.data.n < 1)
		bad = err_set(e, ERR_VALUE, "%s: there is no window", s.l.read->name);
	bad = bad ? bad : name_of(&s, e);
	if (!bad) {
		take_signals(&before);
		listener = listener_open(&s, o->port < 0 ? 8080 : o->port, options_threads(o), e);
	}
	if (listener) {
		struct output out;
		bad = output_open(&out, o, e);
		fprintf(out.f, "http://127.0.0.1:%d/\n", listener_port(listener));
		bad = bad ? bad : output_close(&out, e);
	}
	if (listener && !bad) {
		listener_run(listener, &stopped, &before);
	}
	if (listener)
		listener_close(listener);
	free(s.name);
	loaded_release(&s.l);
	return listener && !bad ? 0 : 1;
}
