// Cases on standard input, answers of onnxruntime-node on standard output: see runtime.py.
const ort = require('onnxruntime-node');
ort.env.logLevel = 'error';

async function answer(c) {
	try {
		const s = await ort.InferenceSession.create(Buffer.from(c.model, 'base64'), { graphOptimizationLevel: 'disabled' });
		const r = await s.run({ x: new ort.Tensor('float32', Float32Array.from(c.feed), c.shape) });
		return { y: Array.from(r.y.data) };
	} catch (e) {
		return { error: String(e.message || e) };
	}
}

(async () => {
	const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
	const out = [];
	for (const c of cases)
		out.push(await answer(c));
	process.stdout.write(JSON.stringify(out));
})();
