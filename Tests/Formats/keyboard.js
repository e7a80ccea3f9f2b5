// Steps through a page by the Tab key in headless Chromium, and prints each stop as a line of JSON:
// what it is, whether it lies in <main>, whether it is seen, and how wide the ring round it is.
// The first line is where Enter on the first stop and one more Tab lead.
// usage: keyboard.js CHROMIUM PAGE FOLDER
'use strict';
const { withPage } = require('./chromium.js');

const [program, file, profile] = process.argv.slice(2);

function stop() {
  const one = document.activeElement;
  if (one === document.body) return null;
  const [box, style] = [one.getBoundingClientRect(), getComputedStyle(one)];
  return JSON.stringify({
    tag: one.tagName.toLowerCase(),
    name: one.getAttribute('aria-label') ?? one.textContent,
    isInMain: one.closest('main') !== null,
    isSeen: box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
    ring: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
  });
}

withPage(program, profile, async ({ open, evaluate, strike }) => {
  const press = async (key, code, text) => {
    await strike(key, code, text);
    return evaluate(stop);
  };
  const tab = () => press('Tab', 9);

  await open(`file://${file}`);
  await tab();
  await press('Enter', 13, '\r');
  console.log(await tab());
  await open('about:blank');
  await open(`file://${file}`);
  for (let one = await tab(), count = 0; one && count < 200; one = await tab(), count++) console.log(one);
});
