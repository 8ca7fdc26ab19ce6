// Makes Files/tensorflowjs with TensorFlow.js 4.22, which also computes what the network gives:
//   npm install @tensorflow/tfjs@4.22.0
//   NODE_PATH=node_modules node make_tensorflowjs.js tensorflowjs
// The network is a small MobileNetV2, named as Keras' own, with a batch normalisation after each convolution.
const fs = require('fs');
const path = require('path');
const tf = require('@tensorflow/tfjs');

const folder = process.argv[2];
const side = 32;

// The same numbers everywhere: a linear congruential generator, from -1 to 1.
let state = 12345;
const next = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};

function network(epsilon) {
  const normalize = (x, name) => tf.layers.batchNormalization({ name, epsilon }).apply(x);
  const relu6 = (x, name) => tf.layers.reLU({ name, maxValue: 6 }).apply(x);
  const convolution = (x, name, filters, size, strides, bn) => normalize(
    tf.layers.conv2d({ name, filters, kernelSize: size, strides, padding: strides === 2 ? 'valid' : 'same', useBias: false }).apply(x), bn);
  const pad = (x, name) => tf.layers.zeroPadding2d({ name, padding: [[0, 1], [0, 1]] }).apply(x);

  const block = (x, name, filters, expand, strides) => {
    const channels = x.shape[3];
    let y = x;
    if (expand > 1)
      y = relu6(convolution(y, `${name}_expand`, channels * expand, 1, 1, `${name}_expand_BN`), `${name}_expand_relu`);
    if (strides === 2)
      y = pad(y, `${name}_pad`);
    y = tf.layers.depthwiseConv2d(
      { name: `${name}_depthwise`, kernelSize: 3, strides, padding: strides === 2 ? 'valid' : 'same', useBias: false }).apply(y);
    y = relu6(normalize(y, `${name}_depthwise_BN`), `${name}_depthwise_relu`);
    y = convolution(y, `${name}_project`, filters, 1, 1, `${name}_project_BN`);
    return strides === 1 && channels === filters ? tf.layers.add({ name: `${name}_add` }).apply([x, y]) : y;
  };

  const input = tf.input({ shape: [side, side, 3], name: 'input_1' });
  let x = relu6(convolution(pad(input, 'Conv1_pad'), 'Conv1', 8, 3, 2, 'bn_Conv1'), 'Conv1_relu');
  x = block(x, 'expanded_conv', 8, 1, 1);
  x = block(x, 'block_1', 12, 3, 2);
  x = block(x, 'block_2', 12, 3, 1);
  x = relu6(convolution(x, 'Conv_1', 24, 1, 1, 'Conv_1_bn'), 'out_relu');
  x = tf.layers.globalAveragePooling2d({ name: 'global_average_pooling2d' }).apply(x);
  x = tf.layers.dense({ name: 'predictions', units: 5, activation: 'softmax' }).apply(x);
  return tf.model({ inputs: input, outputs: x, name: 'tiny' });
}

function setWeights(model) {
  model.setWeights(model.weights.map(weight => {
    const size = weight.shape.reduce((a, b) => a * b, 1);
    const name = weight.originalName.split('/').pop();
    const inputs = weight.shape.length === 4 && name === 'kernel' ? size / weight.shape[3] : name === 'kernel' ? weight.shape[0] : 9;
    const values = Float32Array.from({ length: size }, () => {
      switch (name) {
        case 'gamma': return 1 + 0.5 * next();
        case 'beta': return 0.5 + 0.5 * next();
        case 'moving_mean': return 0.3 * next();
        case 'moving_variance': return 0.35 + 0.3 * next();
        case 'bias': return 0.2 * next();
        default: return next() * 2 / Math.sqrt(inputs);
      }
    });
    return tf.tensor(values, weight.shape);
  }));
}

// As in transfer learning with Teachable Machine: the network without its head in a model, that and a mean in another, and the new head in a third.
function teachable(base) {
  const features = tf.model({ inputs: base.inputs, outputs: base.getLayer('out_relu').output, name: 'features' });
  const first = tf.sequential({ name: 'sequential_1', layers: [features, tf.layers.globalAveragePooling2d({ name: 'pool' })] });
  const head = tf.sequential({ name: 'sequential_2', layers: [
    tf.layers.dense({ name: 'dense_Dense1', units: 10, activation: 'relu', inputShape: [24] }), tf.layers.dropout({ name: 'dropout', rate: 0.5 }),
    tf.layers.dense({ name: 'dense_Dense2', units: 3, activation: 'softmax', useBias: false }),
  ] });
  return tf.sequential({ name: 'sequential_3', layers: [first, head] });
}

// Heads and layers that Keras' own networks do not have, on bytes.
function heads() {
  const model = tf.sequential({ name: 'heads' });
  model.add(tf.layers.rescaling({ name: 'rescaling', scale: 1 / 127.5, offset: -1, inputShape: [side, side, 3] }));
  model.add(tf.layers.conv2d({ name: 'conv2d', filters: 8, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }));
  model.add(tf.layers.separableConv2d({ name: 'separable', filters: 6, kernelSize: 3, strides: 4, padding: 'same', useBias: false }));
  model.add(tf.layers.batchNormalization({ name: 'bn', axis: 3, scale: false }));
  model.add(tf.layers.activation({ name: 'relu', activation: 'relu' }));
  model.add(tf.layers.flatten({ name: 'flatten' }));
  model.add(tf.layers.batchNormalization({ name: 'bn_1', center: false, epsilon: 0.01 }));
  model.add(tf.layers.dense({ name: 'dense', units: 7, activation: 'tanh' }));
  model.add(tf.layers.dense({ name: 'dense_1', units: 1, activation: 'sigmoid' }));
  return model;
}

async function save(model, file, shard) {
  await model.save(tf.io.withSaveHandler(async artifacts => {
    const weightsManifest = [{ paths: [shard], weights: artifacts.weightSpecs }];
    fs.writeFileSync(path.join(folder, shard), Buffer.from(artifacts.weightData));
    fs.writeFileSync(path.join(folder, file), JSON.stringify({
      modelTopology: artifacts.modelTopology, format: artifacts.format, generatedBy: artifacts.generatedBy, convertedBy: artifacts.convertedBy, weightsManifest,
    }));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  }));
}

// Bytes in place of the real numbers, as the converter's --quantize_uint8 makes them.
function quantize(file, quantized, shard) {
  const model = JSON.parse(fs.readFileSync(path.join(folder, file)));
  const [group] = model.weightsManifest;
  const data = fs.readFileSync(path.join(folder, group.paths[0]));
  const real = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
  const parts = [];
  let start = 0;
  group.weights.forEach((weight, i) => {
    const values = real.subarray(start, start += weight.shape.reduce((a, b) => a * b, 1));
    const dtype = ['uint8', 'uint16', 'float16'][i % 3];
    if (dtype === 'float16') {
      weight.quantization = { dtype };
      parts.push(Buffer.from(Uint16Array.from(values, half).buffer));
      return;
    }
    const [min, max] = [Math.min(...values), Math.max(...values)];
    const scale = (max - min) / (dtype === 'uint8' ? 255 : 65535);
    weight.quantization = { min, scale, dtype };
    const steps = (dtype === 'uint8' ? Uint8Array : Uint16Array).from(values, value => Math.round((value - min) / scale));
    parts.push(Buffer.from(steps.buffer));
  });
  const all = Buffer.concat(parts);
  const middle = all.length >> 1;
  group.paths = [1, 2].map(n => `${shard}-shard${n}of2.bin`);
  fs.writeFileSync(path.join(folder, group.paths[0]), all.subarray(0, middle));
  fs.writeFileSync(path.join(folder, group.paths[1]), all.subarray(middle));
  fs.writeFileSync(path.join(folder, quantized), JSON.stringify(model));
}

// binary16, truncated: none of these numbers is too small or too large for it.
function half(value) {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0];
  const exponent = ((bits >>> 23) & 255) - 127 + 15;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 1023);
}

const handler = file => ({
  load: async () => {
    const model = JSON.parse(fs.readFileSync(path.join(folder, file)));
    const data = Buffer.concat(model.weightsManifest[0].paths.map(name => fs.readFileSync(path.join(folder, name))));
    return {
      modelTopology: model.modelTopology, format: model.format, signature: model.signature,
      weightSpecs: model.weightsManifest[0].weights,
      weightData: data.buffer.slice(data.byteOffset, data.byteOffset + data.length),
    };
  },
});

// The same network as a graph, optimised as the converter does: batch normalisation folded into weights and offsets, and both fused into the convolutions.
function graph(file, shard) {
  const layers = JSON.parse(fs.readFileSync(path.join(folder, 'model.json')));
  const data = fs.readFileSync(path.join(folder, layers.weightsManifest[0].paths[0]));
  const stored = {};
  let at = 0;
  for (const weight of layers.weightsManifest[0].weights) {
    const size = weight.shape.reduce((a, b) => a * b, 1);
    stored[weight.name] = { shape: weight.shape, values: new Float32Array(data.buffer, data.byteOffset + at, size) };
    at += 4 * size;
  }
  const [node, weights, values] = [[], [], []];
  const text = s => ({ s: Buffer.from(s).toString('base64') });
  const type = { type: 'DT_FLOAT' };
  const constant = (name, shape, numbers, dtype = 'float32') => {
    node.push({ name, op: 'Const', attr: { dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' }, value: { tensor: { dtype: 'DT_FLOAT', tensorShape: {} } } } });
    weights.push({ name, shape, dtype });
    values.push(Buffer.from((dtype === 'int32' ? Int32Array : Float32Array).from(numbers).buffer));
    return name;
  };
  const op = (name, op, input, attr = {}) => {
    node.push({ name, op, input, attr: { T: type, ...attr } });
    return name;
  };
  const convolution = (x, name, bn, stride, ops) => {
    const depthwise = stored[`${name}/depthwise_kernel`];
    const { shape, values: kernel } = depthwise ?? stored[`${name}/kernel`];
    const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(part => stored[`${bn}/${part}`].values);
    const outputs = gamma.length;
    const factor = Float64Array.from(gamma, (g, c) => g / Math.sqrt(variance[c] + 1e-3));
    const folded = constant(`tiny/${name}/weights`, shape, Float32Array.from(kernel, (w, i) => w * factor[i % outputs]));
    const offset = constant(`tiny/${name}/offset`, [outputs], Float32Array.from(beta, (b, c) => b - mean[c] * factor[c]));
    return op(`tiny/${name}`, depthwise ? 'FusedDepthwiseConv2dNative' : '_FusedConv2D', [x, folded, offset], {
      strides: { list: { i: ['1', `${stride}`, `${stride}`, '1'] } }, dilations: { list: { i: ['1', '1', '1', '1'] } },
      padding: text('SAME'), data_format: text('NHWC'), explicit_paddings: { list: {} }, num_args: { i: '1' }, epsilon: { f: 0 },
      fused_ops: { list: { s: ['BiasAdd', ...ops].map(name => text(name).s) } },
    });
  };
  const block = (x, name, expand, stride, residual) => {
    let y = expand ? convolution(x, `${name}_expand`, `${name}_expand_BN`, 1, ['Relu6']) : x;
    y = convolution(y, `${name}_depthwise`, `${name}_depthwise_BN`, stride, ['Relu6']);
    y = convolution(y, `${name}_project`, `${name}_project_BN`, 1, []);
    return residual ? op(`tiny/${name}_add`, 'AddV2', [x, y]) : y;
  };
  const size = ['-1', `${side}`, `${side}`, '3'].map(size => ({ size }));
  node.push({ name: 'input_1', op: 'Placeholder', attr: { dtype: type, shape: { shape: { dim: size } } } });
  let x = convolution('input_1', 'Conv1', 'bn_Conv1', 2, ['Relu6']);
  x = block(x, 'expanded_conv', false, 1, true);
  x = block(x, 'block_1', true, 2, false);
  x = block(x, 'block_2', true, 1, true);
  x = convolution(x, 'Conv_1', 'Conv_1_bn', 1, ['Relu6']);
  x = op('tiny/mean', 'Mean', [x, constant('tiny/axes', [2], [1, 2], 'int32')], { keep_dims: { b: false }, Tidx: { type: 'DT_INT32' } });
  const { shape, values: kernel } = stored['predictions/kernel'];
  x = op('tiny/predictions', '_FusedMatMul', [
    x, constant('tiny/predictions/weights', shape, kernel), constant('tiny/predictions/bias', [5], stored['predictions/bias'].values),
  ], { transpose_a: { b: false }, transpose_b: { b: false }, num_args: { i: '1' }, fused_ops: { list: { s: [text('BiasAdd').s] } }, epsilon: { f: 0 } });
  x = op('Identity', 'Softmax', [x]);

  fs.writeFileSync(path.join(folder, shard), Buffer.concat(values));
  fs.writeFileSync(path.join(folder, file), JSON.stringify({
    format: 'graph-model', generatedBy: '2', convertedBy: 'make_tensorflowjs.js',
    signature: { inputs: { input_1: { name: 'input_1:0', dtype: 'DT_FLOAT', tensorShape: { dim: size } } }, outputs: { predictions: { name: 'Identity:0', dtype: 'DT_FLOAT', tensorShape: {} } } },
    modelTopology: { node, versions: {} }, weightsManifest: [{ paths: [shard], weights }],
  }));
}

async function main() {
  await tf.setBackend('cpu');
  const model = network(1e-3);
  setWeights(model);
  await save(model, 'model.json', 'group1-shard1of1.bin');
  const other = network(0.02);
  other.setWeights(model.getWeights());
  await save(other, 'epsilon.json', 'group1-shard1of1.bin');
  quantize('model.json', 'quantized.json', 'quantized');
  graph('graph.json', 'graph.bin');
  const nested = teachable(model);
  setWeights(nested.layers[1]);
  await save(nested, 'teachable.json', 'teachable.bin');
  const headed = heads();
  setWeights(headed);
  await save(headed, 'heads.json', 'heads.bin');

  // The picture that all scripts make, of numbers that every type holds exactly.
  const picture = Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const [y, x, c] = [Math.floor(i / (side * 3)), Math.floor(i / 3) % side, i % 3];
    return (y * 31 + x * 17 + c * 7) % 64 / 32 - 1;
  });
  const x = tf.tensor(picture, [1, side, side, 3]);
  const bytes = tf.tensor(picture.map(value => (value + 1) * 127.5), x.shape);
  for (const file of ['model.json', 'epsilon.json', 'quantized.json', 'graph.json', 'teachable.json', 'heads.json']) {
    const loaded = await (file === 'graph.json' ? tf.loadGraphModel : tf.loadLayersModel)(handler(file));
    fs.writeFileSync(path.join(folder, `${file}.expected.txt`), [...loaded.predict(file === 'heads.json' ? bytes : x).dataSync()].map(value => `${value}\n`).join(''));
  }
}

main();
