// A foreign client: the protocol's text and a file are all it knows. It prints what it was told, a line of JSON.
//
// node client.cjs PROTO HOST:PORT PICTURE
const [proto, address, picture] = process.argv.slice(2);
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const fs = require('fs');

const { inference } = grpc.loadPackageDefinition(loader.loadSync(proto, { keepCase: true, longs: Number, defaults: true }));
const client = new inference.GRPCInferenceService(address, grpc.credentials.createInsecure());
const call = (method, request) => new Promise((resolve, reject) => client[method](request, (error, answer) => error ? reject(error) : resolve(answer)));

(async () => {
    const ready = await call('ServerReady', {});
    const model = await call('ModelMetadata', { name: 'cifar10' });
    const answer = await call('ModelInfer', {
        model_name: 'cifar10',
        inputs: [{ name: model.inputs[0].name, datatype: 'BYTES', shape: [1], contents: { bytes_contents: [fs.readFileSync(picture)] } }],
        outputs: [{ name: model.outputs[0].name, parameters: { classification: { int64_param: 3 } } }],
    });
    const code = await call('ModelInfer', { model_name: 'none' }).then(() => 0, error => error.code);
    console.log(JSON.stringify({ ready: ready.ready, classes: answer.outputs[0].contents.bytes_contents.map(String), code }));
})().catch(error => { console.error(error); process.exit(1); });
