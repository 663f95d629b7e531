// A model and its feeds a line, as JSON, on standard input; the outputs of onnxruntime-node, or its error, a line on standard output.
const ort = require('onnxruntime-node');
const lines = require('readline').createInterface({ input: process.stdin });
const types = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array };
let last = Promise.resolve();

async function answer(line) {
	let reply;
	try {
		const q = JSON.parse(line), runs = [];
		const s = await ort.InferenceSession.create(q.model, { graphOptimizationLevel: q.optimise || 'disabled', intraOpNumThreads: 1, logSeverityLevel: 4,
			optimizedModelFilePath: q.save });
		for (const f of q.feeds || []) {
			const t = new ort.Tensor(f.type || 'float32', types[f.type || 'float32'].from(f.data, f.type === 'int64' ? BigInt : Number), f.dims);
			const o = (await s.run({ [s.inputNames[0]]: t }))[s.outputNames[0]];
			runs.push({ dims: o.dims, data: Array.from(o.data, v => Number.isFinite(Number(v)) ? Number(v) : String(v)) });
		}
		reply = { runs };
		if (s.release)
			await s.release();
	} catch (e) {
		reply = { error: String(e.message || e).slice(0, 400) };
	}
	process.stdout.write(JSON.stringify(reply) + '\n');
}
lines.on('line', line => { last = last.then(() => answer(line)); });
