/* Writing a model as ONNX: opset 17, IR 8, which onnxruntime and PyTorch's converters of the last years take. What
 * tsviz knows beyond the network (recipe with its scaler, names of channels and classes, layout of a window) goes into
 * metadata_props and is read back. */
#ifndef SRC_ONNX_WRITE_H
#define SRC_ONNX_WRITE_H

#include <stdio.h>
#include "core/model/model.h"
#include "src/onnx/onnx.h"

enum { ONNX_WRITE_OPSET = 17, ONNX_WRITE_IR = 8 };

/* Errors of the stream are the caller's to find. ERR_UNSUPPORTED names what opset 17 cannot say. */
int onnx_write(const struct model *m, FILE *f, struct err *e);

/* ---- src/onnx/onnx_pack.c: plain structs as protobuf's bytes ---- */
int onnx_pack(const struct onnx_file *f, FILE *out, struct err *e);

/* ---- src/onnx/onnx_meta.c ---- */
/* Entries for the file, in a. */
void onnx_meta_write(const struct model *m, struct arena *a, struct onnx_file *f);
/* The layout that the file carries, or NULL. */
const char *onnx_meta_layout(const struct onnx_file *f);
/* The rest of it into the model. */
int onnx_meta_read(const struct onnx_file *f, struct model *m, struct err *e);

#endif
