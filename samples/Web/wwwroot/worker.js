// Runs .NET. Each message brings a picture and gets the scores.
import { dotnet } from './_framework/dotnet.js';

/** More pixels than this are drawn smaller first: memory would run out on telephones. */
const MAXIMUM_PIXELS = 25e6;

const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext('2d', { willReadFrequently: true });
let pixels;

const { setModuleImports, getAssemblyExports, getConfig } = await dotnet.create();
setModuleImports('worker', { copyPicture: memory => memory.set(pixels) });
const { Program } = (await getAssemblyExports(getConfig().mainAssemblyName)).MobileNetGen.Samples.Web;

onmessage = async ({ data: { call, network, picture } }) => {
  try {
    postMessage({ call, result: await classify(network, picture) });
  } catch (error) {
    postMessage({ call, error: error.message });
  }
};

// The first call prepares what the others use, so it is of a picture of one pixel.
pixels = new Uint8Array(4);
Program.Prepare(0, 1, 1);
Program.Run(0);

postMessage({
  result: Program.Names().map((name, network) => {
    const [width, height] = Program.Size(network);
    return { name, width, height, labels: Program.Labels(network) };
  }),
});

async function classify(network, picture) {
  const start = performance.now();
  const { width, height, data } = read(picture instanceof ImageBitmap ? picture : await decode(picture));
  pixels = new Uint8Array(data.buffer);

  const decoded = performance.now();
  Program.Prepare(network, width, height);
  const prepared = performance.now();
  const scores = Program.Run(network);
  return { scores, width, height, decode: decoded - start, prepare: prepared - decoded, run: performance.now() - prepared };
}

/** The picture upright, as the camera was held, and with its colours as the file has them: as networks are trained. */
async function decode(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image', colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch {
    throw new Error('Your browser cannot read this file as a picture.');
  }
}

function read(bitmap) {
  const scale = Math.min(1, Math.sqrt(MAXIMUM_PIXELS / (bitmap.width * bitmap.height)));
  canvas.width = Math.max(1, Math.floor(bitmap.width * scale));
  canvas.height = Math.max(1, Math.floor(bitmap.height * scale));
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
