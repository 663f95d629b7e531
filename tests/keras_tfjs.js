/* Holds the models that `tests/gen_keras_more.py --tfjs FOLDER` wrote against TensorFlow.js, whose layers are the same as
 * Keras' but written independently: `node tests/keras_tfjs.js FOLDER`, with node_modules/@tensorflow/tfjs from npm where
 * NODE_PATH finds it. Prints the largest difference of each model. It needs the network once, so no suite runs it. */
const fs = require('fs'), path = require('path'), tf = require('@tensorflow/tfjs');

async function one(file) {
	const m = JSON.parse(fs.readFileSync(file));
	const model = await tf.models.modelFromJSON({ modelTopology: m.config });
	const seen = {};
	for (const layer of model.layers) {
		/* Weights come in the order of the layer's own list, which is that of Keras. */
		const mine = m.weights.filter((w) => w.layer === layer.name);
		if (mine.length && !seen[layer.name])
			layer.setWeights(mine.map((w) => tf.tensor(w.data, w.shape)));
		seen[layer.name] = true;
	}
	let y = model.predict(tf.tensor(m.x.data, m.x.shape));
	y = Array.isArray(y) ? y : [y];
	let worst = 0;
	y.forEach((t, i) => t.dataSync().forEach((v, j) => (worst = Math.max(worst, Math.abs(v - m.y[i][j])))));
	console.log(path.basename(file), worst);
	return worst;
}

(async () => {
	await tf.setBackend('cpu');
	let bad = 0;
	for (const f of fs.readdirSync(process.argv[2]).filter((n) => n.endsWith('.json'))) {
		try {
			bad |= (await one(path.join(process.argv[2], f))) > 1e-5;
		} catch (e) {
			console.log(f, e.message.slice(0, 200));
			bad = 1;
		}
	}
	process.exit(bad ? 1 : 0);
})();
