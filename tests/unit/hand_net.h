/* A network that is small enough to compute by hand: x (1,1,4) -> Conv w (2,1,2) b (2) -> Relu -> MaxPool 2 ->
 * Flatten -> Gemm (1). */
#ifndef TESTS_HAND_NET_H
#define TESTS_HAND_NET_H

#include "core/model/model.h"
#include "tests/unit/unit.h"

static struct err e;

static struct shape sh(int rank, int64_t a, int64_t b, int64_t c)
{
	return (struct shape){ rank, { a, b, c } };
}

static const real conv_w[] = { 1, -1, 2, 1 }, conv_b[] = { 0, -3 }, dense_w[] = { 1, 2, 3, 4 }, dense_b[] = { 0.5 };

struct net {
	struct model *m;
	int x, conv, relu, pool, flat, y;
};

static struct net net_new(void)
{
	struct net n = { .m = model_new("dir/tiny.json", "test") };
	struct graph *g = n.m->graph;
	n.x = model_input(n.m, "input", "InputLayer", "NCT", 4, 1, 1, &e);
	struct shape s = sh(3, 2, 1, 2);
	int w = graph_const_real(g, "w", &s, conv_w, true, &e);
	s = sh(1, 2, 0, 0);
	int b = graph_const_real(g, "b", &s, conv_b, true, &e);
	n.conv = graph_op(g, "Conv", "conv", 3, (int[]){ n.x, w, b }, 0, NULL, &e);
	n.relu = graph_op(g, "Relu", "relu", 1, (int[]){ n.conv }, 0, NULL, &e);
	int l = model_layer(n.m, "conv", "Conv1D", "relu", LAYER_ANALYSED, n.conv, n.relu, 1, (int[]){ 0 }, &e);
	int64_t two[] = { 2 };
	struct attr a[] = { attr_is("kernel_shape", 1, two), attr_is("strides", 1, (int64_t[]){ 1 }) };
	n.pool = graph_op(g, "MaxPool", "pool", 1, (int[]){ n.relu }, 2, a, &e);
	l = model_layer(n.m, "pool", "MaxPooling1D", "", LAYER_ANALYSED, n.pool, n.pool, 1, &l, &e);
	n.flat = graph_op(g, "Flatten", "flat", 1, (int[]){ n.pool }, 0, NULL, &e);
	l = model_layer(n.m, "flat", "Flatten", "", LAYER_LAYOUT, n.flat, n.flat, 1, &l, &e);
	s = sh(2, 4, 1, 0);
	int dw = graph_const_real(g, "dw", &s, dense_w, true, &e);
	s = sh(1, 1, 0, 0);
	int db = graph_const_real(g, "db", &s, dense_b, true, &e);
	n.y = graph_op(g, "Gemm", "dense", 3, (int[]){ n.flat, dw, db }, 0, NULL, &e);
	ck_assert_msg(n.y >= 0, "%s", e.text);
	model_layer(n.m, "dense", "Dense", "", LAYER_ANALYSED, n.y, n.y, 1, &l, &e);
	ck_assert_msg(model_finish(n.m, n.y, &e) == 0, "%s", e.text);
	return n;
}

/* conv filter 0: x[t]-x[t+1] = -2 1 -3; filter 1: 2x[t]+x[t+1]-3 = 2 5 6. Relu: 0 1 0; 2 5 6. Pool: 1 1; 5 6. y =
 * 1+2+15+24+0.5. dy/da of layer conv, which is by the output of relu: 0 3 0; 0 3 4. */
static const real window[] = { 1, 3, 2, 5 };

#endif
