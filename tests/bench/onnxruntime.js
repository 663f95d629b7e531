// node onnxruntime.js FOLDER MODEL: median time of one forward pass by the npm package onnxruntime-node, one thread.
const ort = require(process.argv[2] + "/node_modules/onnxruntime-node");

async function main() {
	const session = await ort.InferenceSession.create(process.argv[3], {
		intraOpNumThreads: 1, interOpNumThreads: 1, graphOptimizationLevel: "all",
	});
	const x = new ort.Tensor("float32", Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i * i)), [1, 1, 1000]);
	const times = [], end = performance.now() + 3000;
	while (performance.now() < end || times.length < 12) {
		const at = performance.now();
		await session.run({ [session.inputNames[0]]: x });
		times.push(performance.now() - at);
	}
	const t = times.slice(2).sort((a, b) => a - b);
	console.log(JSON.stringify({ median_ms: t[t.length >> 1], min_ms: t[0], runs: t.length }));
}
main();
