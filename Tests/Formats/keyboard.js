// Steps through a page by the Tab key in headless Chromium, and prints each stop as a line of JSON:
// what it is, whether it lies in <main>, whether it is seen, and how wide the ring round it is.
// The first line is where Enter on the first stop and one more Tab lead.
// usage: keyboard.js CHROMIUM PAGE FOLDER
'use strict';
const { spawn } = require('child_process');

const [program, file, profile] = process.argv.slice(2);
const chromium = spawn(program, [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-pipe',
  `--user-data-dir=${profile}`,
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

const waiting = new Map();
let [last, rest] = [0, ''];
chromium.stdio[4].on('data', (data) => {
  const messages = (rest + data).split('\0');
  rest = messages.pop();
  for (const message of messages.map((text) => JSON.parse(text))) {
    waiting.get(message.id ?? message.method)?.(message);
  }
});
function ask(method, params = {}, sessionId = undefined) {
  return new Promise((resolve, reject) => {
    waiting.set(++last, ({ error, result }) => (error ? reject(new Error(error.message)) : resolve(result)));
    chromium.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + '\0');
  });
}

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

async function main() {
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => ask(method, params, sessionId);
  await page('Page.enable');
  const open = async (url) => {
    const loaded = new Promise((resolve) => waiting.set('Page.loadEventFired', resolve));
    await page('Page.navigate', { url });
    await loaded;
  };
  const press = async (key, code, text) => {
    const words = { key, code: key, windowsVirtualKeyCode: code, text };
    await page('Input.dispatchKeyEvent', { type: 'keyDown', ...words });
    await page('Input.dispatchKeyEvent', { type: 'keyUp', ...words });
    return (await page('Runtime.evaluate', { expression: `(${stop})()`, returnByValue: true })).result.value;
  };
  const tab = () => press('Tab', 9);

  await open(`file://${file}`);
  await tab();
  await press('Enter', 13, '\r');
  console.log(await tab());
  await open('about:blank');
  await open(`file://${file}`);
  for (let one = await tab(), count = 0; one && count < 200; one = await tab(), count++) console.log(one);
}

main().then(() => { chromium.kill(); process.exit(0); }, (error) => {
  console.error(error);
  chromium.kill();
  process.exit(1);
});
