// Steps through a practice page by the Tab key in headless Chromium, on a phone, and answers it where
// scripts do not run. Prints as JSON how many stops there are, which the score hides, which fields do not
// say how they are answered, and what is left and said without scripts.
// usage: practice-keyboard.js CHROMIUM FOLDER PAGE
'use strict';
const { withPage } = require('./chromium.js');

const [program, profile, file] = process.argv.slice(2);

function stop() {
  const one = document.activeElement;
  if (one === document.body) return null;
  const score = document.getElementById('score').getBoundingClientRect();
  return { isHidden: one.getBoundingClientRect().bottom > score.top, html: one.outerHTML.slice(0, 80) };
}

withPage(program, profile, async ({ ask, open, evaluate, strike }) => {
  const press = async (key, code, text) => {
    await strike(key, code, text);
    return evaluate(stop);
  };
  await ask('Emulation.setDeviceMetricsOverride', { width: 360, height: 640, deviceScaleFactor: 1, mobile: false });
  await open(`file://${file}`);
  const stops = [];
  for (let one; stops.length < 300 && (one = await press('Tab', 9));) stops.push(one);
  const unsaid = await evaluate(() => [...document.querySelectorAll('input.answer')].filter((field) =>
    !field.getAttribute('aria-describedby').split(' ').some((id) => document.getElementById(id).offsetWidth > 0)).length);

  await ask('Emulation.setScriptExecutionDisabled', { value: true });
  await open(`file://${file}`);
  await evaluate(() => document.querySelector('input.answer').focus());
  await ask('Input.insertText', { text: '42' });
  await press('Enter', 13, '\r');
  const [typed, said, buttons] = await evaluate(() => [
    document.querySelector('input.answer').value, document.querySelector('header').innerText,
    [...document.querySelectorAll('button')].filter((button) => button.offsetWidth > 0).length,
  ]);
  console.log(JSON.stringify({
    stops: stops.length, hidden: stops.filter((one) => one.isHidden).map((one) => one.html), unsaid, typed, said, buttons,
  }));
});
