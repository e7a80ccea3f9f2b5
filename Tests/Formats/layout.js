// Opens pages in headless Chromium at the width of a phone, and prints for each a line of JSON: how wide
// the window and the page are, and what sticks out at the right.
// usage: layout.js CHROMIUM FOLDER PAGE…
'use strict';
const { spawn } = require('child_process');

const [program, profile, ...files] = process.argv.slice(2);
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

/** What of the page lies beyond the window and can not be scrolled to within a box of its own. */
function layout() {
  const scrolls = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth) return one !== element || 1;
    }
    return 0;
  };
  const out = [...document.body.querySelectorAll('*')].filter((element) =>
    element.getBoundingClientRect().right > innerWidth + 1 && !scrolls(element.parentElement));
  return JSON.stringify({
    window: innerWidth, page: document.scrollingElement.scrollWidth,
    out: out.slice(0, 5).map((element) => `${element.tagName}.${element.getAttribute('class')}: ${element.textContent.slice(0, 60)}`),
  });
}

async function main() {
  const { targetId } = await ask('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await ask('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => ask(method, params, sessionId);
  await page('Page.enable');
  await page('Emulation.setDeviceMetricsOverride', { width: 360, height: 740, deviceScaleFactor: 1, mobile: false });
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
