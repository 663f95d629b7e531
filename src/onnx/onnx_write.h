/* Writes a model as ONNX with opset 17 and IR 8, which onnxruntime and the converters of PyTorch have read for
 * years, or with opset 19 and IR 9 where an operator needs it. What tsviz knows beside the network (the recipe with its
 * scaler, names of channels and classes, the layout of a window) goes into metadata_props and is read back. */
#ifndef SRC_ONNX_WRITE_H
#define SRC_ONNX_WRITE_H

#include <stdio.h>
#include "core/model/model.h"
#include "src/onnx/onnx.h"

enum { ONNX_WRITE_OPSET = 17, ONNX_WRITE_IR = 8, ONNX_WRITE_NEWER = 19, ONNX_WRITE_NEWER_IR = 9 };

/* Writes the model. The caller checks the stream for errors. Returns ERR_UNSUPPORTED, with the name, for what these
 * opsets cannot express. The batch is left open if the model's file left it open and the network allows it. */
int onnx_write(const struct model *m, FILE *f, struct err *e);

/* ---- src/onnx/onnx_batch.c: any number of windows at once ---- */

/* Another input of a node in a network for any number of windows: none, or these integers. */
struct batch_input {
	bool gone;
	int n;
	int64_t dim[RANK_MAX];
};
/* Returns whether input k of the node must be another one, and sets c. */
bool onnx_batch_input(const struct graph *g, const struct node *n, int k, struct batch_input *c);
/* Returns the output's axis of the batch if the network, with these inputs, takes any number of windows; else -1. */
int onnx_batch_axis(const struct model *m);

/* ---- src/onnx/onnx_pack.c: plain structs as protobuf bytes ---- */
int onnx_pack(const struct onnx_file *f, FILE *out, struct err *e);

/* ---- src/onnx/onnx_meta.c ---- */
/* Adds the entries to the file; the arena owns them. */
void onnx_meta_write(const struct model *m, struct arena *a, struct onnx_file *f);
/* Returns the layout that the file names, or NULL. */
const char *onnx_meta_layout(const struct onnx_file *f);
/* Reads the other entries into the model. */
int onnx_meta_read(const struct onnx_file *f, struct model *m, struct err *e);

#endif
