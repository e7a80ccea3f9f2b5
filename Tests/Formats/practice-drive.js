// Answers a practice page in headless Chromium: every key, and then a known mistake wherever one is
// typed. Prints a line for each key that is not taken for right, and the counts.
// usage: practice-drive.js CHROMIUM FOLDER PAGE
'use strict';
const { withPage } = require('./chromium.js');
const { typed } = require('./practice-typing.js');

const [program, profile, file] = process.argv.slice(2);

withPage(program, profile, async ({ ask, open, evaluate }) => {
  await open(`file://${file}`);
  const parts = JSON.parse(await evaluate(() => document.getElementById('parts').textContent));
  const row = (index) => `document.querySelector('[data-part="${index}"]')`;

  /** Types into the part's field as a keyboard does; false where it has options to pick instead. */
  async function type(index, text) {
    const isField = await evaluate(`() => {
      const field = ${row(index)}.querySelector('input[type=text]');
      field?.focus();
      field?.select();
      return field !== null;
    }`);
    if (isField) await ask('Input.insertText', { text });
    return isField;
  }
  const pick = (index, texts) => evaluate(`() => {
    for (const input of ${row(index)}.querySelectorAll('input')) {
      if (${JSON.stringify(texts)}.includes(input.value)) input.click();
    }
  }`);
  const check = () => evaluate(() => {
    for (const button of document.querySelectorAll('button[type=submit]')) button.click();
    return [...document.querySelectorAll('.verdict')].map((said) => said.className.replace('verdict ', ''));
  });

  for (const [index, part] of parts.entries()) {
    if (await type(index, typed(part.key, part))) continue;
    const none = part.key.length === 0 ? ['None of these'] : [];
    await pick(index, Array.isArray(part.key) ? [...part.key, ...none] : [part.key]);
  }
  const outcomes = await check();
  outcomes.forEach((outcome, index) => {
    if (outcome !== 'correct') console.log(JSON.stringify(parts[index].key), outcome);
  });
  const score = await evaluate(() => document.getElementById('score').textContent);

  for (const [index, part] of parts.entries()) {
    if (part.mistakes.length > 0) await type(index, typed(part.mistakes[0].value, part));
  }
  const hints = (await check()).filter((outcome) => outcome === 'misconception').length;
  console.log(JSON.stringify({
    parts: parts.length, right: outcomes.filter((outcome) => outcome === 'correct').length, score, hints,
  }));
});
