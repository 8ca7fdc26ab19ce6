// The networks, in a worker of their own, so that the page stays responsive while they compute.

/** Starts the worker. Gives `networks` (name, labels, width, height) and `classify`. */
export async function startClassifier() {
  const worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
  const waiting = new Map();
  let calls = 0;

  const networks = await new Promise((resolve, reject) => {
    worker.onerror = event => reject(new Error(event.message || 'The worker did not start.'));
    worker.onmessage = ({ data: { call, error, result } }) => {
      const { resolve: answer, reject: refuse } = waiting.get(call) ?? { resolve, reject };
      waiting.delete(call);
      if (error)
        refuse(new Error(error));
      else
        answer(result);
    };
  });

  /**
   * Classifies a picture: a file, or an ImageBitmap, which is handed over.
   * Gives `scores`, one a class, and the milliseconds of `decode`, `prepare` and `run`.
   */
  function classify(network, picture) {
    const call = ++calls;
    worker.postMessage({ call, network, picture }, picture instanceof ImageBitmap ? [picture] : []);
    return new Promise((resolve, reject) => waiting.set(call, { resolve, reject }));
  }

  return { networks, classify };
}
