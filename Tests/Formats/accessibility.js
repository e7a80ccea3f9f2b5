// Judges pages by axe-core in headless Chromium, in a light and in a dark scheme and at the width of a
// phone, with everything opened that opens. Prints what breaks a rule; exits with 1 if anything does.
// usage: accessibility.js CHROMIUM FOLDER AXE.JS PAGE…
'use strict';
const { readFileSync } = require('fs');
const { withPage } = require('./chromium.js');

const [program, profile, axe, ...files] = process.argv.slice(2);

/** A line for each rule that the page breaks: its name, how grave, where first, how often, and why. */
async function violations() {
  for (const one of document.querySelectorAll('details')) one.open = true;
  // What is opened is measured by the page in the next frame.
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const { violations: found, passes } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
  // axe-core takes a head that is a formula for an empty one.
  const isFormula = ({ target }) => document.querySelector(`${target[0]} > math[alttext]`) !== null;
  const broken = found.filter(({ id, nodes }) => id !== 'empty-table-header' || !nodes.every(isFormula));
  return JSON.stringify({
    passed: passes.length,
    broken: broken.map(({ id, impact, nodes, help }) =>
      `${id} (${impact}): ${nodes[0].target.join(' ')}, of ${nodes.length}: ${help}`),
  });
}

withPage(program, profile, async ({ ask, open, evaluate }) => {
  const source = readFileSync(axe, 'utf8');
  await ask('Emulation.setDeviceMetricsOverride',
    { width: 360, height: 740, deviceScaleFactor: 1, mobile: false });
  let [faults, checks] = [0, 0];
  for (const file of files) {
    for (const value of ['light', 'dark']) {
      await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      await open(`file://${file}`);
      await ask('Runtime.evaluate', { expression: source });
      const { passed, broken } = JSON.parse(await evaluate(violations));
      for (const line of broken) console.log(`${file}, ${value}: ${line}`);
      [faults, checks] = [faults + broken.length, checks + passed];
    }
  }
  if (!files.length || faults || !checks) throw new Error(`${faults} rules broken on ${files.length} pages`);
  console.log(`axe-core: ${files.length} pages, light and dark, ${checks} rules checked, none broken`);
});
