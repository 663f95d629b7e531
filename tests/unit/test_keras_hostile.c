/* Keras files that mean harm: in the container (tests/gen_keras_hostile.py wrote tests/keras_hostile) and in the
 * configuration. Each ends in the error that names the place. */
#include "src/keras/keras_build.h"
#include "src/read/read_model.h"
#include "tests/unit/unit.h"

static struct err e;

/* ---- the container ---- */

static const struct {
	const char *file, *part; /* NULL: is read */
} files[] = {
	{ "good", NULL },
	{ "half", NULL },
	{ "double", NULL },
	{ "whole", NULL },
	{ "big_endian", NULL },
	{ "link_external", "or only as a link" },
	{ "link_soft", "or only as a link" },
	{ "link_loop", "is not a data set" },
	{ "storage_external", "keeps its numbers in another file" },
	{ "storage_virtual", "its numbers lie in other files" },
	{ "bomb_contiguous", "declares more numbers than the file holds" },
	{ "bomb_chunked", "declares more numbers than the file holds" },
	{ "bomb_chunk", "declares more numbers than the file holds" },
	{ "bomb_overflow", "more numbers than are read" },
	{ "filter_lzf", "packed by a filter that is not read" },
	{ "filter_scale", "packed by a filter that is not read" },
	{ "type_compound", "of a type that weights do not have" },
	{ "type_text", "of a type that weights do not have" },
	{ "type_bool", "of a type that weights do not have" },
	{ "type_complex", "of a type that weights do not have" },
	{ "type_opaque", "of a type that weights do not have" },
	{ "type_array", "of a type that weights do not have" },
	{ "type_vlen", "of a type that weights do not have" },
	{ "type_reference", "of a type that weights do not have" },
	{ "space_null", "cannot be read" },
	{ "space_zero", "a dimension of 0" },
	{ "rank_5", "more than 4 dimensions" },
	{ "rank_2", "is not (steps,channels,filters)" },
	{ "group", "is not a data set" },
	{ "names_number", "attribute weight_names is not text" },
	{ "names_missing", "'c/other:0' is not in the file" },
	{ "names_dots", "is not in the file" },
	{ "names_long", "is not in the file" },
	{ "names_nul", "attribute weight_names has a text with a NUL byte" },
	{ "config_number", "attribute model_config is not text" },
	{ "config_bytes", "model_config: line 1" },
	{ "config_deep", "nested too deeply" },
	{ "no_layer_names", "no layer_names" },
};

static void read_hostile(int i, const struct read_options *o)
{
	char path[128];
	snprintf(path, sizeof path, "tests/keras_hostile/%s.h5", files[i].file);
	e = (struct err){ 0 };
	struct model *m = read_model(path, o, &e);
	if (!files[i].part) {
		ck_assert_msg(m != NULL, "%s", e.text);
		/* (3,1,2) of 0 to 5: filters first here */
		const real *w = m->graph->value[graph_find(m->graph, "c/kernel")].r;
		const real expect[] = { 0, 2, 4, 1, 3, 5 };
		ck_assert_mem_eq(w, expect, sizeof expect);
		model_free(m);
		return;
	}
	ck_assert_msg(!m, "was read");
	ck_assert_msg(e.code == ERR_FORMAT && strstr(e.text, files[i].part), "%d: %s", e.code, e.text);
}

START_TEST(container_in_the_child)
{
	struct read_options o = { 0 };
	read_hostile(_i, &o);
}
END_TEST

/* The same gates hold without the child: it is not they alone that keep files out. */
START_TEST(container_in_this_process)
{
	struct read_options o = { .no_sandbox = true };
	read_hostile(_i, &o);
}
END_TEST

START_TEST(environment_loads_nothing)
{
	setenv("HDF5_PLUGIN_PATH", "/tmp", 1);
	setenv("HDF5_DRIVER", "stdio", 1);
	struct read_options o = { .no_sandbox = true };
	read_hostile(0, &o);
	ck_assert_ptr_null(getenv("HDF5_PLUGIN_PATH"));
	ck_assert_ptr_null(getenv("HDF5_DRIVER"));
}
END_TEST

/* ---- the configuration ---- */

#define SEQ(layers) "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[" layers "]}}"
#define FUN(layers, in, out)                                                                                     \
	"{\"class_name\":\"Functional\",\"config\":{\"name\":\"f\",\"layers\":[" layers "],\"input_layers\":" in \
	",\"output_layers\":" out "}}"
#define LAYER(cls, name, rest) "{\"class_name\":\"" cls "\",\"config\":{\"name\":\"" name "\"" rest "}}"
#define NODE(cls, name, rest, in)                                                                  \
	"{\"class_name\":\"" cls "\",\"name\":\"" name "\",\"config\":{\"name\":\"" name "\"" rest \
	"},\"inbound_nodes\":" in "}"
#define OP3(cls, config, args)                                                                                   \
	"{\"class_name\":\"" cls "\",\"module\":\"keras.src.ops.numpy\",\"name\":\"o\",\"config\":{" config "}," \
	"\"inbound_nodes\":[{\"args\":[" args "],\"kwargs\":{}}]}"
#define OP(function, in)                                                                                           \
	"{\"class_name\":\"TFOpLambda\",\"name\":\"o\",\"config\":{\"name\":\"o\",\"function\":\"" function "\"}," \
	"\"inbound_nodes\":[" in "]}"
#define IN NODE("InputLayer", "x", ",\"batch_input_shape\":[null,4,1]", "[]")
/* A model inside of the model, whose layer `last` gives its output. */
#define INNER(layers, last, training)                                                                 \
	"{\"class_name\":\"Functional\",\"name\":\"m\",\"config\":{\"name\":\"m\",\"layers\":[" NODE( \
	        "InputLayer", "i", ",\"batch_input_shape\":[null,4,1]",                               \
	        "[]") "," layers "],\"input_layers\":[[\"i\",0,0]],\"output_layers\":[[\"" last       \
	              "\",0,0]]},\"inbound_nodes\":[[[\"x\",0,0,{\"training\":" training "}]]]}"
#define SHAPE ",\"batch_input_shape\":[null,4,1]"
#define CONV(rest) LAYER("Conv1D", "c", SHAPE ",\"use_bias\":false" rest)

static const struct {
	const char *json;
	int code; /* 0: is built */
	const char *part;
} configs[] = {
	{ SEQ(CONV("")), 0, NULL },
	{ SEQ(CONV(",\"activation\":{\"class_name\":\"LeakyReLU\",\"config\":{\"alpha\":0.1}}")), 0, NULL },
	{ SEQ(CONV(",\"strides\":[2],\"padding\":\"causal\"")), 0, NULL },
	{ FUN(IN "," NODE("Conv1D", "c", ",\"use_bias\":false", "[[[\"x\",0,0,{}]]]"), "[[\"x\",0,0]]",
	      "[[\"c\",0,0]]"),
	  0, NULL },
	/* Keras 3 */
	{ FUN(NODE("InputLayer", "x", ",\"batch_shape\":[null,4,1]", "[]") "," NODE(
	              "Conv1D", "c", ",\"use_bias\":false,\"padding\":\"same\"",
	              "[{\"args\":[{\"class_name\":\"__keras_tensor__\",\"config\":{\"keras_history\":[\"x\",0,0]}}],"
	              "\"kwargs\":{}}]") "," NODE("Add", "a", "",
	                                          "[{\"args\":[[{\"config\":{\"keras_history\":[\"x\",0,0]}},{"
	                                          "\"config\":{\"keras_history\":"
	                                          "[\"c\",0,0]}}]],\"kwargs\":{}}]"),
	      "[\"x\",0,0]", "[\"a\",0,0]"),
	  0, NULL },
	/* layers in another order than they run */
	{ FUN(NODE("ReLU", "r", "", "[[[\"c\",0,0]]]") "," NODE("Conv1D", "c", ",\"use_bias\":false",
	                                                        "[[[\"x\",0,0]]]") "," IN,
	      "[[\"x\",0,0]]", "[[\"r\",0,0]]"),
	  0, NULL },
	/* operations of tf.keras and of Keras 3 */
	{ FUN(IN "," NODE("Conv1D", "c", ",\"use_bias\":false", "[[[\"x\",0,0,{}]]]") "," OP(
	              "__operators__.add", "[\"c\",0,0,{\"y\":[1,2.5],\"name\":null}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  0, NULL },
	{ FUN(IN "," NODE("Conv1D", "c", ",\"use_bias\":false", "[[[\"x\",0,0,{}]]]") "," OP(
	              "__operators__.getitem",
	              "[\"c\",0,0,{\"slice_spec\":[{\"start\":null,\"stop\":1,\"step\":null},-1,null]}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  0, NULL },
	{ FUN(IN "," NODE("Conv1D", "c", ",\"use_bias\":false",
	                  "[[[\"x\",0,0,{}]]]") ","
	                                        "{\"class_name\":\"Mean\",\"module\":\"keras.src.ops.numpy\",\"name\":"
	                                        "\"o\",\"config\":{\"axis\":[1],"
	                                        "\"keepdims\":true},\"inbound_nodes\":[{\"args\":[{\"config\":{\"keras_"
	                                        "history\":[\"c\",0,0]}}],"
	                                        "\"kwargs\":{}}]}",
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  0, NULL },
	/* a layer for each piece of the window */
	{ SEQ(LAYER("TimeDistributed", "c",
	            ",\"batch_input_shape\":[null,2,4,1],\"layer\":{\"class_name\":\"Conv1D\",\"config\":{\"use_bias\":"
	            "false}}")),
	  0, NULL },
	{ "", ERR_FORMAT, "model_config" },
	{ "[]", ERR_UNSUPPORTED, "class ''" },
	{ "{\"class_name\":\"Sequential\"}", ERR_FORMAT, "lists no layers" },
	{ SEQ(""), ERR_FORMAT, "lists no layers" },
	{ SEQ("7"), ERR_FORMAT, "has no class_name" },
	{ SEQ(LAYER("Lambda", "evil", SHAPE ",\"function\":[\"4wEAAAA=\",null,null]")), ERR_UNSUPPORTED,
	  "'evil' (Lambda)" },
	{ SEQ(LAYER("Sequential", "inner", SHAPE)), ERR_FORMAT,
	  "layer 'inner' (Sequential): model_config lists no layers" },
	{ SEQ(LAYER("Sequential", "inner", SHAPE ",\"layers\":[" LAYER("Lambda", "evil", "") "]")), ERR_UNSUPPORTED,
	  "'evil' (Lambda)" },
	{ SEQ(LAYER("Sequential", "inner", SHAPE ",\"layers\":[" CONV("") "]")), ERR_FORMAT,
	  "its kernel is not in the file" },
	{ SEQ(LAYER("Tension", "\\u001b[2J\\u202e", SHAPE)), ERR_UNSUPPORTED,
	  "'\xef\xbf\xbd[2J\xef\xbf\xbd' (Tension)" },
	{ SEQ("{\"class_name\":\"Dense\",\"registered_name\":\"mine>Dense\",\"config\":{\"name\":\"d\"" SHAPE "}}"),
	  ERR_UNSUPPORTED, "'d' (Dense, a custom class)" },
	{ SEQ("{\"class_name\":\"Dense\",\"module\":\"__main__\",\"config\":{\"name\":\"d\"" SHAPE "}}"),
	  ERR_UNSUPPORTED, "'d' (Dense, a custom class)" },
	{ SEQ("{\"class_name\":\"Fft\",\"module\":\"keras.src.ops.numpy\",\"config\":{\"name\":\"fft\"" SHAPE "}}"),
	  ERR_UNSUPPORTED, "'fft' (Fft, an operation)" },
	{ SEQ(LAYER("LSTM", "l", SHAPE)), ERR_FORMAT, "layer 'l' (LSTM): its kernel is not in the file" },
	{ SEQ(LAYER("LSTM", "l", SHAPE ",\"go_backwards\":1")), ERR_FORMAT, "go_backwards is neither true nor false" },
	{ SEQ(CONV("") "," LAYER("Bidirectional", "b", "")), ERR_UNSUPPORTED, "Bidirectional()" },
	{ SEQ(CONV("") "," LAYER("Bidirectional", "b", ",\"layer\":{\"class_name\":\"Dense\"}")), ERR_UNSUPPORTED,
	  "Bidirectional(Dense)" },
	{ SEQ(CONV("") "," LAYER("TimeDistributed", "b", ",\"layer\":{\"class_name\":\"Lambda\"}")), ERR_UNSUPPORTED,
	  "'Lambda' (Lambda)" },
	{ SEQ(CONV("") "," LAYER("Rescaling", "b", ",\"scale\":[1,2,3]")), ERR_FORMAT,
	  "scale has 3 numbers instead of 2" },
	{ SEQ(CONV("") "," LAYER("Normalization", "b", "")), ERR_FORMAT, "its mean is not in the file" },
	{ SEQ(CONV("") "," LAYER("Normalization", "b", ",\"axis\":[0],\"mean\":1,\"variance\":1")), ERR_UNSUPPORTED,
	  "its axis" },
	{ SEQ(CONV("") "," LAYER("UnitNormalization", "b", ",\"axis\":1e18")), ERR_UNSUPPORTED, "its axis" },
	{ SEQ(CONV("") "," LAYER("GroupNormalization", "b", ",\"groups\":3,\"scale\":false,\"center\":false")),
	  ERR_FORMAT, "3 groups" },
	{ SEQ(CONV("") "," LAYER("LayerNormalization", "b", ",\"rms_scaling\":true")), ERR_UNSUPPORTED, "rms_scaling" },
	{ SEQ(LAYER("Conv1DTranspose", "c", SHAPE ",\"use_bias\":false,\"strides\":268435456")), ERR_FORMAT,
	  "layer 'c'" },
	{ FUN(IN "," NODE("LSTM", "a", "", "[[[\"x\",0,0,{\"initial_state\":[[\"x\",0,0]]}]]]"), "[[\"x\",0,0]]",
	      "[[\"a\",0,0]]"),
	  ERR_FORMAT, "it reads 1 initial states" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0,{\"other\":[[\"x\",0,0]]}]]]"), "[[\"x\",0,0]]",
	      "[[\"a\",0,0]]"),
	  ERR_UNSUPPORTED, "fed by keyword" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,1]]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_UNSUPPORTED,
	  "output 1 of layer 'x'" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]"), "[[\"x\",0,0]]", "[[\"a\",0,3]]"), ERR_UNSUPPORTED,
	  "output 3 of layer 'a'" },
	{ SEQ(LAYER("Conv1D", "c", "")), ERR_VALUE, "--window" },
	{ SEQ(LAYER("Flatten", "f", "")), ERR_FORMAT, "the file does not say what the network reads" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,4,4,1]")), ERR_VALUE,
	  "--layout NTC1 or --layout NCT1" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,4,5,1]")), ERR_FORMAT, "reads a series" },
	{ SEQ(LAYER("Conv2D", "c", ",\"batch_input_shape\":[null,4,4,4]")), ERR_UNSUPPORTED, "two axes beside time" },
	{ SEQ(LAYER("Conv2D", "c", ",\"batch_input_shape\":[null,4,4,4,1]")), ERR_UNSUPPORTED,
	  "the input has 5 dimensions" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,4,null]")), ERR_FORMAT,
	  "no valid number of channels" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,4.5,1]")), ERR_FORMAT, "no valid number of steps" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,1e18,1]")), ERR_FORMAT, "no valid number of steps" },
	{ SEQ(LAYER("Conv1D", "c", ",\"batch_input_shape\":[null,268435456,2]")), ERR_LIMIT, "elements" },
	{ SEQ(CONV(",\"filters\":0")), ERR_FORMAT, "filters is not a whole number" },
	{ SEQ(CONV(",\"filters\":3")), ERR_FORMAT, "filters is 3 in the architecture" },
	{ SEQ(CONV(",\"kernel_size\":[1e18]")), ERR_FORMAT, "kernel_size is not a whole number" },
	{ SEQ(CONV(",\"kernel_size\":[3,3]")), ERR_FORMAT, "kernel_size is not a whole number" },
	{ SEQ(CONV(",\"strides\":0")), ERR_FORMAT, "strides is not a whole number" },
	{ SEQ(CONV(",\"strides\":-1")), ERR_FORMAT, "strides is not a whole number" },
	{ SEQ(CONV(",\"strides\":\"1\"")), ERR_FORMAT, "strides is not a whole number" },
	{ SEQ(CONV(",\"dilation_rate\":268435456")), ERR_LIMIT, "layer 'c' (Conv1D)" },
	{ SEQ(CONV(",\"groups\":3")), ERR_FORMAT, "groups" },
	{ SEQ(CONV(",\"padding\":7")), ERR_FORMAT, "padding is not a name" },
	{ SEQ(CONV(",\"activation\":7")), ERR_FORMAT, "activation is not a name" },
	{ SEQ(CONV(",\"activation\":{\"class_name\":\"Activation\"}")), ERR_UNSUPPORTED, "activation 'Activation'" },
	{ SEQ(CONV(",\"data_format\":\"channels_first\"")), ERR_FORMAT, "does not fit an input of 4 channels" },
	{ SEQ(LAYER("Conv1D", "c", SHAPE)), ERR_FORMAT, "its bias is not in the file" },
	{ SEQ(CONV("") "," LAYER("Dense", "d", "")), ERR_FORMAT, "its kernel is not in the file" },
	{ SEQ(CONV("") "," LAYER("Add", "d", "")), ERR_FORMAT, "reads 1 layers instead of 2 or more" },
	{ SEQ(CONV("") "," LAYER("MaxPooling1D", "d", ",\"pool_size\":0")), ERR_FORMAT,
	  "pool_size is not a whole number" },
	{ SEQ(CONV("") "," LAYER("MaxPooling1D", "d", ",\"pool_size\":9")), ERR_FORMAT, "layer 'd'" },
	{ SEQ(CONV("") "," LAYER("ZeroPadding1D", "d", ",\"padding\":[268435456,268435456]")), ERR_LIMIT, "layer 'd'" },
	{ SEQ(CONV("") "," LAYER("ZeroPadding1D", "d", ",\"padding\":[-1,0]")), ERR_FORMAT,
	  "padding is not one or two" },
	{ SEQ(CONV("") "," LAYER("Cropping1D", "d", ",\"cropping\":[2,2]")), ERR_FORMAT, "cuts 2 and 2 off" },
	{ SEQ(CONV("") "," LAYER("UpSampling1D", "d", ",\"size\":1000000")), ERR_LIMIT, "size is larger than 256" },
	{ SEQ(CONV("") "," LAYER("Reshape", "d", ",\"target_shape\":[-1,-1]")), ERR_FORMAT, "target_shape" },
	{ SEQ(CONV("") "," LAYER("Reshape", "d", ",\"target_shape\":[3,-1]")), ERR_FORMAT, "4 values" },
	{ SEQ(CONV("") "," LAYER("Reshape", "d", ",\"target_shape\":[2,2,2]")), ERR_FORMAT, "4 values" },
	{ SEQ(CONV("") "," LAYER("Reshape", "d", ",\"target_shape\":[1,1,1,1,1,1]")), ERR_UNSUPPORTED, "6 dimensions" },
	{ SEQ(CONV("") "," LAYER("Reshape", "d", ",\"target_shape\":[9e15,9e15]")), ERR_FORMAT, "not a list of sizes" },
	{ SEQ(CONV("") "," LAYER("Permute", "d", ",\"dims\":[1,1]")), ERR_FORMAT, "dims" },
	{ SEQ(CONV("") "," LAYER("Softmax", "d", ",\"axis\":0")), ERR_UNSUPPORTED, "axis 0" },
	{ SEQ(CONV("") "," LAYER("Flatten", "d", "") "," LAYER("MaxPooling1D", "e", "")), ERR_FORMAT, "rank 2" },
	{ SEQ(CONV("") "," CONV("")), ERR_FORMAT, "two layers are called 'c'" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"b\",0,0]]]") "," NODE("ReLU", "b", "", "[[[\"a\",0,0]]]"),
	      "[[\"x\",0,0]]", "[[\"b\",0,0]]"),
	  ERR_FORMAT, "in a circle" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"ghost\",0,0]]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT,
	  "reads 'ghost', which is not in the model" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT, "nothing feeds it" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT, "layer 'a'" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[7]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT, "layer 'a'" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]],[[\"x\",0,0]]]"), "[[\"x\",0,0]]", "[[\"a\",2,0]]"),
	  ERR_FORMAT, "call 2 of 'a', which has 2" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",1,0]]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT,
	  "call 1 of 'x', which has 1" },
	/* operations */
	{ FUN(IN "," OP("__operators__.add", "[\"x\",0,0,{}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "its argument y is missing" },
	{ FUN(IN "," OP("__operators__.add", "[\"x\",0,0,{\"y\":[[1,2],[3]]}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "neither a tensor nor an array" },
	{ FUN(IN "," OP("__operators__.add", "[\"x\",0,0,{\"y\":[[1],[2],[3]]}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_FORMAT, "layer 'o'" },
	{ FUN(IN "," OP("__operators__.add", "[\"x\",0,0,{\"y\":[[[[[[[1]]]]]]]}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "more than 6 dimensions" },
	{ FUN(IN "," OP("concat", "[[\"x\",0,0,{\"axis\":7}]]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "axis is not one of the 3 axes" },
	{ FUN(IN "," OP("concat", "[[\"_CONSTANT_VALUE\",-1,0,{}]]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "layer 'o'" },
	{ FUN(IN "," OP("reshape", "[\"x\",0,0,{\"shape\":[0,-1]}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "not a list of sizes" },
	{ FUN(IN "," OP("reshape", "[\"x\",0,0,{\"shape\":[[\"x\",0,0],1]}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "computed from the window" },
	{ FUN(IN "," OP("range", "[\"_CONSTANT_VALUE\",-1,9e15,{}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "counts no numbers" },
	{ FUN(IN "," OP("split", "[\"x\",0,0,{\"num_or_size_splits\":1e9}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "parts are not supported" },
	{ FUN(IN "," OP("__operators__.getitem", "[\"x\",0,0,{\"slice_spec\":[0,0,0,0,0,0,0,0,0]}]"), "[[\"x\",0,0]]",
	      "[[\"o\",0,0]]"),
	  ERR_FORMAT, "it takes parts of 9 axes of 3" },
	{ FUN(IN "," OP("__operators__.getitem", "[\"x\",0,0,{\"slice_spec\":[null,null,null,null,null,null,null]}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "more than 6 axes" },
	{ FUN(IN "," OP("__operators__.getitem",
	                "[\"x\",0,0,{\"slice_spec\":[{\"start\":null,\"stop\":null,\"step\":0}]}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "neither a number nor a slice" },
	{ FUN(IN "," OP("matmul", "[\"x\",0,0,{\"b\":1}]"), "[[\"x\",0,0]]", "[[\"o\",0,0]]"), ERR_FORMAT,
	  "multiplies matrices" },
	{ FUN(IN "," OP("matmul", "[\"x\",0,0,{\"b\":[\"x\",0,0],\"transpose_b\":true,\"adjoint_a\":true}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "its argument adjoint_a is not supported" },
	{ FUN(IN "," OP3("Max", "\"axis\":1,\"initial\":2", "{\"config\":{\"keras_history\":[\"x\",0,0]}}"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "its argument initial is not supported" },
	{ FUN(IN "," OP3("GetItem", "",
	                 "{\"config\":{\"keras_history\":[\"x\",0,0]}},[{\"class_name\":\"__slice__\",\"config\":{"
	                 "\"start\":null,\"stop\":null,\"step\":null}},{\"class_name\":\"__numpy__\",\"config\":{"
	                 "\"value\":[0,2],\"dtype\":\"int32\"}}]"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "neither a number nor a slice" },
	{ FUN(IN "," NODE("MultiHeadAttention", "a", "", "[[[\"x\",0,0,{}]]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_FORMAT, "query_dense is not in the file" },
	{ FUN(IN "," NODE("MultiHeadAttention", "a", ",\"attention_axes\":[]", "[[[\"x\",0,0,{}]]]"), "[[\"x\",0,0]]",
	      "[[\"a\",0,0]]"),
	  ERR_UNSUPPORTED, "along other axes" },
	{ FUN(IN "," NODE("MultiHeadAttention", "a", "", "[[[\"x\",0,0,{\"mask\":[\"x\",0,0]}]]]"), "[[\"x\",0,0]]",
	      "[[\"a\",0,0]]"),
	  ERR_UNSUPPORTED, "a mask of other axes" },
	{ SEQ(CONV("") "," LAYER("TCN", "d", ",\"nb_filters\":4,\"dilations\":[1]")), ERR_FORMAT,
	  "are not in the file" },
	{ SEQ(CONV("") "," LAYER("TCN", "d", ",\"nb_filters\":4,\"dilations\":[-1]")), ERR_FORMAT, "dilations" },
	{ SEQ(CONV("") "," LAYER("Embedding", "d", "")), ERR_FORMAT, "its table is not in the file" },
	{ SEQ(CONV("") "," LAYER("RepeatVector", "d", ",\"n\":3")), ERR_FORMAT, "repeats a vector" },
	{ SEQ(CONV("") "," LAYER("ZeroPadding2D", "d", ",\"padding\":[1,1]")), ERR_FORMAT, "planes of two axes" },
	{ SEQ(CONV("") "," LAYER("TimeDistributed", "b",
	                         ",\"layer\":{\"class_name\":\"TimeDistributed\",\"config\":{}}")),
	  ERR_UNSUPPORTED, "TimeDistributed(TimeDistributed)" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]"), "[[\"x\",0,0]]", "[[\"b\",0,0]]"), ERR_FORMAT,
	  "reads 'b'" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]"), "[[\"x\",0,0]]", "[]"), ERR_FORMAT, "no output_layers" },
	/* settings and arguments that change the answer and are not read */
	{ SEQ(LAYER("Masking", "m", SHAPE) "," LAYER("Softmax", "s", "")), ERR_UNSUPPORTED,
	  "a softmax of an input with a mask" },
	{ SEQ(CONV(",\"dtype\":{\"class_name\":\"QuantizedDTypePolicy\"}")), ERR_UNSUPPORTED,
	  "its weights are quantised" },
	{ FUN(IN "," INNER(NODE("BatchNormalization", "b", ",\"scale\":false", "[[[\"i\",0,0,{}]]]"), "b", "true"),
	      "[[\"x\",0,0]]", "[[\"m\",0,0]]"),
	  ERR_UNSUPPORTED, "its model is called with training=True" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0,{\"training\":true}]]]"), "[[\"x\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_UNSUPPORTED, "its argument training is not supported" },
	{ FUN(IN "," OP3("Mean", "\"name\":\"o\"", "{\"config\":{\"keras_history\":[\"x\",0,0]}},1,true,5"),
	      "[[\"x\",0,0]]", "[[\"o\",0,0]]"),
	  ERR_UNSUPPORTED, "its argument 4 is not supported" },
	{ FUN(IN "," NODE("Dot", "d", ",\"axes\":0", "[[[\"x\",0,0],[\"x\",0,0]]]"), "[[\"x\",0,0]]", "[[\"d\",0,0]]"),
	  ERR_FORMAT, "axes are not two of the axes behind the batch" },
	{ FUN(IN "," NODE("Dot", "d", ",\"axes\":[1,2]", "[[[\"x\",0,0],[\"x\",0,0]]]"), "[[\"x\",0,0]]",
	      "[[\"d\",0,0]]"),
	  ERR_FORMAT, "its inputs have different sizes along axes" },
	{ SEQ(CONV("") "," LAYER("RNN", "r", ",\"cell\":{\"class_name\":\"TensionCell\"}")), ERR_UNSUPPORTED,
	  "a cell of class 'TensionCell'" },
	{ SEQ(CONV("") "," LAYER("RNN", "r", ",\"cell\":{\"class_name\":\"StackedRNNCells\"}")), ERR_UNSUPPORTED,
	  "more than 64 cells, are not supported" },
	{ SEQ(CONV("") "," LAYER("RNN", "r", ",\"cell\":{\"class_name\":\"LSTMCell\"}")), ERR_FORMAT,
	  "its kernel is not in the file" },
	{ SEQ(CONV("") "," LAYER("TCN", "t", ",\"dilations\":[1]")), ERR_FORMAT,
	  "its weights 'residual_block_0/conv1D_0/kernel' are not in the file" },
	{ SEQ(CONV("") "," LAYER("TCN", "t", ",\"use_layer_norm\":true,\"use_weight_norm\":true")), ERR_FORMAT,
	  "more than one normalisation" },
	{ SEQ(CONV(",\"activation\":{\"class_name\":\"function\",\"config\":\"mine\"}")), ERR_UNSUPPORTED,
	  "activation 'mine' is not one of Keras'" },
	{ SEQ(CONV("") "," LAYER("InstanceNormalization", "i", ",\"axis\":[1,2]")), ERR_UNSUPPORTED,
	  "several axes are not supported" },
	{ SEQ(LAYER("Embedding", "e", ",\"batch_input_shape\":[null,4]")), ERR_FORMAT, "its table is not in the file" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]"), "[[\"x\",0,0],[\"x\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_FORMAT, "input_layers names 'x' twice" },
	{ FUN(IN "," NODE("InputLayer", "h", ",\"batch_input_shape\":[null,null]", "[]") "," NODE("ReLU", "a", "",
	                                                                                          "[[[\"x\",0,0]]]"),
	      "[[\"x\",0,0],[\"h\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_UNSUPPORTED, "input 'h', which is not the window, has no fixed size" },
	{ FUN(IN "," NODE("InputLayer", "h", ",\"batch_input_shape\":[null,2]", "[]") "," NODE("ReLU", "a", "",
	                                                                                       "[[[\"h\",0,0]]]"),
	      "[[\"x\",0,0],[\"h\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_FORMAT, "does not depend on the input" },
	{ FUN(IN "," NODE("InputLayer", "h", ",\"batch_input_shape\":[null,2]", "[]") "," NODE("ReLU", "a", "",
	                                                                                       "[[[\"x\",0,0]]]"),
	      "[[\"x\",0,0],[\"h\",0,0],[\"h\",0,0]]", "[[\"a\",0,0]]"),
	  ERR_FORMAT, "input_layers names 'h' twice" },
	{ FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]"), "[[\"a\",0,0]]", "[[\"a\",0,0]]"), ERR_FORMAT,
	  "no input" },
};

static float numbers[6] = { 0, 1, 2, 3, 4, 5 };

static struct model *build(const char *json, const char *head)
{
	struct keras_weight w = { "c/kernel:0", { 3, { 3, 1, 2 } }, numbers };
	struct keras_layer l = { "c", 1, &w };
	struct keras_file f = { .config = (char *)(uintptr_t)json,
		                .config_size = strlen(json),
		                .version = (char[]){ "2.4.0" },
		                .n_layer = 1,
		                .layer = &l };
	e = (struct err){ 0 };
	struct model *m = keras_build("x.h5", &f, &(struct read_options){ .head = head }, &e);
	arena_release(&f.arena);
	return m;
}

START_TEST(configuration)
{
	struct model *m = build(configs[_i].json, NULL);
	if (!configs[_i].code) {
		ck_assert_msg(m != NULL, "%s", e.text);
		ck_assert_int_eq(m->params, 6);
	} else {
		ck_assert_msg(!m, "was built: %s", configs[_i].json);
		ck_assert_msg(e.code == configs[_i].code && strstr(e.text, configs[_i].part), "%d: %s\n%s", e.code,
		              e.text, configs[_i].json);
	}
	model_free(m);
}
END_TEST

static const struct {
	const char *json, *part; /* NULL: no warning */
} warnings[] = {
	{ SEQ(CONV(",\"tension\":3")), "layer 'c' (Conv1D) has a setting 'tension' that is not known" },
	{ SEQ(CONV(",\"seed\":3,\"trainable\":true,\"kernel_initializer\":{\"class_name\":\"Zeros\"},"
	           "\"bias_constraint\":1,\"tension\":null,\"slack\":false,\"more\":[],\"most\":{}")),
	  NULL },
	{ SEQ(CONV(",\"activation\":{\"class_name\":\"ReLU\",\"config\":{\"max_value\":6,\"bend\":1}}")),
	  "a setting 'bend' that is not known" },
	{ SEQ(LAYER("TimeDistributed", "c",
	            ",\"batch_input_shape\":[null,2,4,1],\"layer\":{\"class_name\":\"Conv1D\",\"config\":{\"use_bias\":"
	            "false,\"tension\":1}}")),
	  "a setting 'tension' that is not known" },
	{ FUN(IN "," NODE("Conv1D", "c", ",\"use_bias\":false", "[[[\"x\",0,0,{}]]]") "," NODE(
	              "Dropout", "d", ",\"rate\":0.5", "[[[\"c\",0,0,{\"training\":true}]]]"),
	      "[[\"x\",0,0]]", "[[\"d\",0,0]]"),
	  "layer 'd' (Dropout) acts in Keras also when it predicts" },
	{ FUN(IN "," INNER(NODE("Dropout", "d", ",\"rate\":0.5", "[[[\"i\",0,0,{}]]]"), "d", "true"), "[[\"x\",0,0]]",
	      "[[\"m\",0,0]]"),
	  "(Dropout) acts in Keras also when it predicts" },
};

START_TEST(settings_that_nothing_reads)
{
	struct model *m = build(warnings[_i].json, NULL);
	ck_assert_msg(m != NULL, "%s", e.text);
	const char *said = m->warning ? m->warning : "", *part = warnings[_i].part;
	ck_assert_msg(part ? strstr(said, part) != NULL : !strstr(said, "is not known"), "%s", said);
	model_free(m);
}
END_TEST

/* Whatever is cut off or changed: a model or a sentence. */
START_TEST(configuration_cut_and_changed)
{
	char text[2048];
	size_t n = strlen(configs[_i].json);
	for (size_t k = 0; k < n; k++) {
		memcpy(text, configs[_i].json, n + 1);
		text[k] = '\0';
		ck_assert_ptr_null(build(text, NULL));
		ck_assert(e.code < 0 && *e.text);
		static const char other[] = "0-9.x\"[]{},:";
		for (size_t j = 0; j < sizeof other - 1; j++) {
			memcpy(text, configs[_i].json, n + 1);
			text[k] = other[j];
			struct model *m = build(text, NULL);
			ck_assert(m || (e.code < 0 && *e.text));
			model_free(m);
		}
	}
}
END_TEST

START_TEST(head_is_chosen)
{
	static const char *const json =
	        FUN(IN "," NODE("ReLU", "a", "", "[[[\"x\",0,0]]]") "," NODE("ELU", "b", "", "[[[\"x\",0,0]]]"),
	            "[[\"x\",0,0]]", "[[\"a\",0,0],[\"b\",0,0]]");
	static const char *const heads[] = { NULL, "0", "a", "1", "b" };
	for (int i = 0; i < 5; i++) {
		struct model *m = build(json, heads[i]);
		ck_assert_msg(m != NULL, "%s", e.text);
		ck_assert_str_eq(m->graph->value[m->output].name, i < 3 ? "a" : "b");
		model_free(m);
	}
	ck_assert_ptr_null(build(json, "2"));
	ck_assert_msg(strstr(e.text, "--head takes a layer's name or 0 to 1"), "%s", e.text);
}
END_TEST

static void setup(TCase *c)
{
	tcase_add_loop_test(c, container_in_the_child, 0, sizeof files / sizeof *files);
	tcase_add_loop_test(c, container_in_this_process, 0, sizeof files / sizeof *files);
	tcase_add_loop_test(c, configuration, 0, sizeof configs / sizeof *configs);
	tcase_add_loop_test(c, settings_that_nothing_reads, 0, sizeof warnings / sizeof *warnings);
	tcase_add_loop_test(c, configuration_cut_and_changed, 0, 10);
	tcase_add_test(c, environment_loads_nothing);
	tcase_add_test(c, head_is_chosen);
}

UNIT_MAIN_WITH("keras_hostile", setup)
