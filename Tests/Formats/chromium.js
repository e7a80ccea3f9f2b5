// A page in headless Chromium, led through the pipes of its debugging protocol.
'use strict';
const { spawn } = require('child_process');

/**
 * Runs `body` with a page and ends the program with it.
 * `ask(method, parameters)` answers what the protocol does, `open(url)` returns when the page is
 * loaded, `evaluate(f)` tells what a function returns that is called within it, and
 * `strike(key, code, text)` presses a key and lets it go.
 */
function withPage(program, profile, body) {
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
  const send = (method, params = {}, sessionId = undefined) => new Promise((resolve, reject) => {
    waiting.set(++last, ({ error, result }) => (error ? reject(new Error(error.message)) : resolve(result)));
    chromium.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId }) + '\0');
  });
  const run = async () => {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const ask = (method, params) => send(method, params, sessionId);
    await ask('Page.enable');
    const open = async (url) => {
      const loaded = new Promise((resolve) => waiting.set('Page.loadEventFired', resolve));
      await ask('Page.navigate', { url });
      await loaded;
    };
    const evaluate = async (f) =>
      (await ask('Runtime.evaluate', { expression: `(${f})()`, returnByValue: true, awaitPromise: true })).result.value;
    const strike = async (key, code, text) => {
      const words = { key, code: key, windowsVirtualKeyCode: code, text };
      await ask('Input.dispatchKeyEvent', { type: 'keyDown', ...words });
      await ask('Input.dispatchKeyEvent', { type: 'keyUp', ...words });
    };
    await body({ ask, open, evaluate, strike });
  };
  const end = (status) => {
    // Its folder is the caller's again only when it has ended.
    chromium.once('exit', () => process.exit(status));
    chromium.kill();
  };
  run().then(() => end(0), (error) => {
    console.error(error);
    end(1);
  });
}

module.exports = { withPage };
