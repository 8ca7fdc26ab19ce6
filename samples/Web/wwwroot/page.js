// The page: where pictures come from, and where answers go.
import { startClassifier } from './classifier.js';
import { hasCamera, startCamera } from './camera.js';
import { announce, best, clear, say, show } from './answer.js';

const $ = id => document.getElementById(id);
const [photo, video, file, choose, camera, stop, network, message, time] =
  ['photo', 'video', 'file', 'choose', 'camera', 'stop', 'network', 'message', 'time'].map($);

let shown;              // the file that is shown, while the camera is off
let requests = 0;       // of these only the last one's answer counts
let stopCamera = null;
const classifier = startClassifier();

// Pictures from files, whatever they come by.

async function showFile(picture, description) {
  endCamera();
  shown = picture;
  if (description) {
    URL.revokeObjectURL(photo.src);
    photo.src = URL.createObjectURL(picture);
    photo.alt = description;
  }
  await answer(picture, false);
}

function showFirst(files) {
  const picture = [...files].find(candidate => candidate.type.startsWith('image/')) ?? files[0];
  if (picture)
    showFile(picture, picture.name || 'The pasted picture');
}

choose.addEventListener('click', () => file.click());
file.addEventListener('change', () => {
  showFirst(file.files);
  file.value = '';
});
addEventListener('paste', event => showFirst(event.clipboardData.files));
addEventListener('dragover', event => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
addEventListener('dragleave', event => document.body.classList.toggle('dragging', event.relatedTarget !== null));
addEventListener('drop', event => {
  event.preventDefault();
  document.body.classList.remove('dragging');
  showFirst(event.dataTransfer.files);
});

// The camera.

camera.hidden = !hasCamera;
camera.addEventListener('click', async () => {
  camera.disabled = true;
  try {
    stopCamera = await startCamera(video, frame => answer(frame, true));
    setCameraShown(true);
    stop.focus();
  } catch (error) {
    fail(error.name === 'NotAllowedError' ? 'The camera was not allowed.' : 'There is no camera that can be used.');
  }
  camera.disabled = false;
});
stop.addEventListener('click', () => {
  endCamera();
  camera.focus();
  answer(shown, false);
});

function endCamera() {
  stopCamera?.();
  stopCamera = null;
  setCameraShown(false);
}

function setCameraShown(isShown) {
  video.hidden = stop.hidden = !isShown;
  photo.hidden = isShown;
  camera.hidden = isShown || !hasCamera;
}

// Answers.

async function answer(picture, isCamera) {
  const request = ++requests;
  try {
    const { networks, classify } = await classifier;
    const chosen = network.selectedIndex;
    const result = await classify(chosen, picture);
    if (request !== requests)
      return;

    const classes = best(result.scores, networks[chosen].labels);
    show(classes);
    announce(classes, isCamera);
    message.textContent = '';
    time.textContent = `${milliseconds(result.run)} for the network, ${milliseconds(result.decode + result.prepare)} to ${isCamera ? 'read' : 'decode'} and shrink the picture.`;
    document.dispatchEvent(new CustomEvent('classified', { detail: result }));
  } catch (error) {
    if (request === requests)
      fail(error.message);
  }
}

/** Number and unit stay in one line. */
function milliseconds(time) {
  return `${time.toFixed(1)}\u00A0ms`;
}

function fail(text) {
  clear();
  time.textContent = '';
  message.textContent = text;
  say(text);
}

network.addEventListener('change', () => stopCamera || answer(shown, false));

classifier.then(({ networks }) => {
  network.append(...networks.map(({ name }) => new Option(name)));
  $('network-choice').hidden = networks.length < 2;
  describe();
  network.addEventListener('change', describe);

  function describe() {
    const { width, height, labels } = networks[network.selectedIndex];
    const some = labels.slice(0, 10).join(', ');
    $('knows').textContent = `It sees ${width}×${height} pixels` + (labels.length === 0 ? '.'
      : labels.length <= 10 ? ` and knows ${some}.`
      : ` and knows ${labels.length.toLocaleString('en')} classes: ${some}, …`);
  }
}, () => {});

// The photograph that comes with the page is the first; and the page is kept for use offline.

const first = await (await fetch(photo.src)).blob();
if (!shown)
  showFile(first);

if ('serviceWorker' in navigator) {
  // Where it cannot be registered, the page works all the same, but not offline.
  navigator.serviceWorker.register('service-worker.js').catch(() => {});
  navigator.serviceWorker.ready.then(() => $('offline').textContent = 'It also works offline.');
}
