/* What `tsviz train` is told: an architecture and how to train it, as one JSON object. A number or word after a key is
 * the value without it.
 *
 *	"name"            text, may be missing
 *	"about"           text for the reader, ignored
 *	"window"          steps of a window
 *	"layers"          [layer, ..] in order of execution
 *	"init"            "glorot" (Glorot and Bengio 2010, uniform) or "he" (He et al. 2015, normal): "glorot"
 *	"loss"            "mse", "mae", "crossentropy" or "binary_crossentropy"
 *	"optimizer"       "adam" or "sgd": "adam"
 *	"rate"            0.001
 *	"momentum"        of sgd: 0.9
 *	"beta1"           of adam: 0.9
 *	"beta2"           of adam: 0.999
 *	"epsilon"         of adam: 1e-8
 *	"schedule"        "constant", "step", "cosine" or "plateau": "constant"
 *	"schedule_epochs" 10
 *	"schedule_factor" 0.5
 *	"batch"           32
 *	"epochs"          10
 *	"shuffle"         true
 *	"seed"            0
 *	"validation"      share of the windows, the last ones, that training does not use: 0
 *	"patience"        training stops after so many epochs without a lower validation loss: 0, never
 *	"l1", "l2"        factors of the penalties on kernels: 0
 *	"norm_momentum"   of the running statistics of BatchNormalization: 0.9
 *	"recipe"          {option: text}: how data become windows; options of the command line take precedence
 *
 * A layer is {"type", "name", "input": name or [names] (the layer before it), ..} with these keys:
 *
 *	Conv1D                                   filters, kernel, stride 1, dilation 1, groups 1,
 *	                                         padding "valid" | "same" | "causal", activation, bias true
 *	Dense                                    units, activation, bias true
 *	MaxPooling1D, AveragePooling1D           pool 2, stride (pool), padding "valid" | "same"
 *	GlobalAveragePooling1D                   none
 *	GlobalMaxPooling1D, Flatten              none
 *	BatchNormalization                       epsilon 0.001
 *	Activation                               activation, alpha (leaky_relu 0.3, elu 1)
 *	Dropout                                  ratio 0.5
 *	Add, Concatenate                         input [names]
 *
 * Activations: linear relu leaky_relu elu selu sigmoid tanh softplus softsign gelu softmax hard_sigmoid swish. */
#ifndef SRC_TRAIN_SPEC_H
#define SRC_TRAIN_SPEC_H

#include "core/model/recipe.h"
#include "core/train/train.h"

struct spec_layer {
	const char *name, *type, *activation;
	double alpha, ratio, epsilon;
	int64_t filters, kernel, stride, dilation, groups; /* Dense: filters are units; pools: kernel is pool */
	char padding;                                      /* s, v, c */
	bool bias;
	int *in, n_in; /* indices of layers, -1: the network's input */
};

struct spec {
	struct arena arena;
	const char *name;
	int64_t window;
	bool he;
	struct spec_layer *layer;
	int n;
	struct train_options train;
	struct recipe recipe;
};

/* Strict: unknown keys, types, names and values are errors that name the key. On error there is nothing to release. */
int spec_from_json(struct spec *s, const char *text, size_t n, struct err *e);
int spec_read(struct spec *s, const char *path, struct err *e);
void spec_release(struct spec *s);
/* The network for n windows of C channels at once. flat: its weights one after the other; NULL: new ones from the seed.
 */
struct model *spec_build(const struct spec *s, int64_t C, int64_t n, const real *flat, struct err *e);
/* Units of the last layer, and whether it ends in softmax or a sigmoid. */
int64_t spec_outputs(const struct spec *s, enum head *head);

#endif
