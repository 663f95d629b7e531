/* Losses of PyTorch 1.13.0a0 in double precision, made by tests/gen_train.py. */
struct train_case {
	int rows;
	const char *spec;
	double step1, step10, step100; /* losses of these batches */
	double after;                  /* mean loss of all windows behind step 100 */
};

static const struct train_case train_cases[] = {
	{ 400,
	  "{\"name\": \"paper\", \"window\": 50, \"loss\": \"mse\", \"rate\": 0.001, \"batch\": 5, \"epochs\": 2, "
	  "\"layer"
	  "s\": [{\"type\": \"Conv1D\", \"name\": \"conv1\", \"filters\": 64, \"kernel\": 3, \"padding\": \"same\", "
	  "\"act"
	  "ivation\": \"relu\"}, {\"type\": \"MaxPooling1D\", \"padding\": \"same\"}, {\"type\": \"Conv1D\", \"name\": "
	  "\""
	  "conv2\", \"filters\": 32, \"kernel\": 3, \"padding\": \"same\", \"activation\": \"relu\"}, {\"type\": "
	  "\"MaxPoo"
	  "ling1D\", \"padding\": \"same\"}, {\"type\": \"Conv1D\", \"name\": \"conv3\", \"filters\": 16, \"kernel\": "
	  "3, "
	  "\"padding\": \"same\", \"activation\": \"relu\"}, {\"type\": \"Flatten\"}, {\"type\": \"Dense\", \"units\": "
	  "1}"
	  "], \"shuffle\": false, \"seed\": 3}",
	  1.07246425047894, 0.0687203648531565, 0.0519419770925761, 0.230789429553794 },
	{ 166,
	  "{\"name\": \"normalised classifier\", \"window\": 32, \"loss\": \"crossentropy\", \"rate\": 0.002, "
	  "\"schedule\""
	  ": \"cosine\", \"batch\": 20, \"epochs\": 15, \"layers\": [{\"type\": \"Conv1D\", \"name\": \"conv1\", "
	  "\"filter"
	  "s\": 8, \"kernel\": 5, \"padding\": \"same\", \"bias\": false}, {\"type\": \"BatchNormalization\"}, "
	  "{\"type\":"
	  " \"Activation\", \"activation\": \"leaky_relu\", \"alpha\": 0.3}, {\"type\": \"Conv1D\", \"name\": "
	  "\"conv2\", "
	  "\"filters\": 6, \"kernel\": 3, \"stride\": 2, \"bias\": false}, {\"type\": \"BatchNormalization\", "
	  "\"epsilon\""
	  ": 1e-05}, {\"type\": \"Activation\", \"activation\": \"relu\"}, {\"type\": \"GlobalAveragePooling1D\"}, "
	  "{\"typ"
	  "e\": \"Dense\", \"units\": 3, \"activation\": \"softmax\"}], \"shuffle\": false, \"seed\": 3}",
	  0.967833168440609, 1.06850069266527, 0.821649474968086, 1.00725909175374 },
	{ 200,
	  "{\"name\": \"momentum and penalties\", \"window\": 24, \"loss\": \"binary_crossentropy\", \"optimizer\": "
	  "\"sgd"
	  "\", \"momentum\": 0.9, \"rate\": 0.05, \"schedule\": \"step\", \"schedule_epochs\": 2, \"schedule_factor\": "
	  "0."
	  "3, \"l1\": 0.0001, \"l2\": 0.001, \"batch\": 32, \"epochs\": 17, \"layers\": [{\"type\": \"Conv1D\", "
	  "\"name\":"
	  " \"conv1\", \"filters\": 6, \"kernel\": 3, \"padding\": \"causal\", \"dilation\": 2, \"activation\": "
	  "\"tanh\"}"
	  ", {\"type\": \"MaxPooling1D\"}, {\"type\": \"Flatten\"}, {\"type\": \"Dense\", \"units\": 1, "
	  "\"activation\": \""
	  "sigmoid\"}], \"shuffle\": false, \"seed\": 3}",
	  0.730555066309444, 0.531729430644301, 0.330933005910308, 0.441507731717048 },
	{ 200,
	  "{\"name\": \"residual\", \"window\": 24, \"loss\": \"mae\", \"rate\": 0.002, \"beta1\": 0.8, \"beta2\": "
	  "0.99, "
	  "\"epsilon\": 1e-06, \"batch\": 17, \"epochs\": 10, \"layers\": [{\"type\": \"Conv1D\", \"name\": \"conv1\", "
	  "\""
	  "filters\": 6, \"kernel\": 3, \"padding\": \"same\", \"activation\": \"elu\"}, {\"type\": \"Conv1D\", "
	  "\"name\":"
	  " \"conv2\", \"filters\": 6, \"kernel\": 3, \"padding\": \"same\", \"groups\": 2, \"activation\": "
	  "\"softplus\"}"
	  ", {\"type\": \"Add\", \"name\": \"sum\", \"input\": [\"conv1\", \"conv2\"]}, {\"type\": "
	  "\"AveragePooling1D\", "
	  "\"pool\": 3}, {\"type\": \"Concatenate\", \"input\": [\"averagepooling1d_4\", \"averagepooling1d_4\"]}, "
	  "{\"typ"
	  "e\": \"GlobalMaxPooling1D\"}, {\"type\": \"Dense\", \"units\": 1}], \"shuffle\": false, \"seed\": 3}",
	  1.35511964364749, 1.88203104646487, 0.34198176496924, 0.427055628385671 },
};
