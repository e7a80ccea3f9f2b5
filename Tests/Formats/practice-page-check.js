// Types into a practice page every key and every known mistake, as a candidate would, and prints
// a line for each that the page marks otherwise, and the counts.
'use strict';
const fs = require('fs');
const vm = require('vm');

const page = fs.readFileSync(process.argv[2], 'utf8');
const parts = JSON.parse(/<script type="application\/json" id="parts">(.*?)<\/script>/s.exec(page)[1]);
const script = /<script>\n([\s\S]*?)\n'use strict';\n\n\(\(\) => \{\n  const parts/.exec(page)[1];
const Practice = vm.runInNewContext(script + '\nPractice');

function typed(value, part) {
  const places = part.tolerance.decimals ?? 4;
  const one = (x) => (typeof x !== 'number' ? String(x) : Number.isInteger(x) ? String(x) : x.toFixed(part.tolerance.significant ? 10 : places));
  if (value === 'undefined' || ['expression', 'text', 'choice'].includes(part.kind)) return String(value);
  if (part.kind === 'shape') return `(${value.join(', ')}${value.length === 1 ? ',' : ''})`;
  if (part.kind === 'matrix') return `[${value.map((row) => `[${row.map(one).join(', ')}]`).join(', ')}]`;
  if (part.kind === 'vector') return `[${value.map(one).join(', ')}]`;
  if (part.kind === 'choices' && value.length === 0) return 'None of these';
  if (['choices', 'ordering'].includes(part.kind)) return value.map((text) => (part.options.length > 0 ? Practice.letterOf(part.options.indexOf(text)) : text)).join(', ');
  return typeof part.tolerance === 'object' && 'relative' in part.tolerance ? String(value) : one(value);
}

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
