// Types into a practice page every key and every known mistake, as a candidate would, and prints
// a line for each that the page marks otherwise, and the counts.
'use strict';
const fs = require('fs');
const vm = require('vm');
const { typed } = require('./practice-typing.js');

const page = fs.readFileSync(process.argv[2], 'utf8');
const parts = JSON.parse(/<script type="application\/json" id="parts">(.*?)<\/script>/s.exec(page)[1]);
const script = /<script>\n([\s\S]*?)\n'use strict';\n\n\(\(\) => \{\n  const parts/.exec(page)[1];
const Practice = vm.runInNewContext(script + '\nPractice');

const counts = { keys: 0, mistakes: 0, asked: 0, wrong: 0 };
function expect(outcomes, answer, part) {
  const said = Practice.mark(answer, part);
  if (said.outcome === 'unreadable') counts.asked++;
  if (said.outcome === 'unreadable' && part.kind === 'expression') return;
  if (!outcomes.includes(said.outcome)) { counts.wrong++; console.log(part.kind, JSON.stringify(part.key), JSON.stringify(part.tolerance), answer, said.outcome, said.says); }
}
for (const part of parts) {
  counts.keys++;
  expect(['correct'], typed(part.key, part), part);
  for (const mistake of part.mistakes) {
    counts.mistakes++;
    // Rounded as the answer is to be, a mistake may be nothing but a wrong or a coarse answer, and
    // one of another shape than was asked for need not be read.
    expect(['misconception', 'incorrect', 'imprecise', 'unreadable'], typed(mistake.value, part), part);
  }
}
console.log(JSON.stringify(counts));
