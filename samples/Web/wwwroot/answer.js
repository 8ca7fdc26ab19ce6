// The answer as bars, and as a sentence for those who listen.

const SHOWN = 5;
const SPOKEN_APART = 3000;
const bars = document.getElementById('bars');
const announcement = document.getElementById('announcement');
let spoken = '';
let spokenAt = -Infinity;

/** The most probable classes, the most probable first. A single score is the probability of the second of two classes. */
export function best(scores, labels) {
  return Array.from(scores.length === 1 ? [1 - scores[0], scores[0]] : scores, (score, index) => ({ label: labels[index] ?? `class ${index}`, score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, SHOWN);
}

/** Draws the bars. Those that are there are changed, so that they move. */
export function show(classes) {
  while (bars.children.length > classes.length)
    bars.lastChild.remove();
  classes.forEach(({ label, score }, index) => {
    const [name, percent, bar] = (bars.children[index] ?? bars.appendChild(newBar())).children;
    name.textContent = label;
    percent.textContent = `${(100 * score).toFixed(1)}%`;
    bar.style.setProperty('--score', score);
  });
}

export const clear = () => show([]);

/** Says the answer. Of a camera, only another answer is said, and not every moment. */
export function announce([{ label, score }], isCamera) {
  const now = performance.now();
  if (isCamera && (label === spoken || now - spokenAt < SPOKEN_APART))
    return;
  spoken = label;
  spokenAt = now;
  announcement.textContent = `${label}, ${Math.round(100 * score)} percent`;
}

/** Says something else. */
export function say(text) {
  announcement.textContent = text;
  spoken = '';
}

function newBar() {
  const item = document.createElement('li');
  for (const part of ['label', 'percent', 'bar'])
    item.appendChild(document.createElement('span')).className = part;
  item.lastChild.setAttribute('aria-hidden', 'true');
  return item;
}
