// Opens pages in headless Chromium, on a screen or as for paper, and prints for each a line of JSON: how
// wide the window and the page are, and what is cut off.
// usage: layout.js CHROMIUM FOLDER screen|print WIDTH PAGE…
'use strict';
const { spawn } = require('child_process');

const [program, profile, media, width, ...files] = process.argv.slice(2);
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

/** How wide the page is in its window, and what is cut off: on paper nothing can be scrolled. */
function layout() {
  const cut = matchMedia('print').matches
    ? [...document.querySelectorAll('body *')].filter((element) =>
      getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth) : [];
  return JSON.stringify({
    window: innerWidth, page: document.scrollingElement.scrollWidth,
    cut: cut.slice(0, 5).map((element) => element.textContent.slice(0, 60)),
  });
}

async function main() {
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => ask(method, params, sessionId);
  await page('Page.enable');
  await page('Emulation.setEmulatedMedia', { media });
  await page('Emulation.setDeviceMetricsOverride',
    { width: Number(width), height: 740, deviceScaleFactor: 1, mobile: false });
  await page('Emulation.setScrollbarsHidden', { hidden: true });
  for (const file of files) {
    const loaded = new Promise((resolve) => waiting.set('Page.loadEventFired', resolve));
    await page('Page.navigate', { url: `file://${file}` });
    await loaded;
    console.log((await page('Runtime.evaluate', { expression: `(${layout})()`, returnByValue: true })).result.value);
  }
}

main().then(() => { chromium.kill(); process.exit(0); }, (error) => {
  console.error(error);
  chromium.kill();
  process.exit(1);
});
