// Has the practice page's scripts mark a table of typed answers, and prints what they make of it:
// a line for each answer that is marked otherwise than in the table, and the counts.
// usage: practice-answers.js READING MARKING TABLE [asked | agree]
'use strict';
const fs = require('fs');
const vm = require('vm');

const [reading, marking, table] = process.argv.slice(2, 5).map((file) => fs.readFileSync(file, 'utf8'));
const Practice = vm.runInNewContext(`${reading}\n${marking}\nPractice`);
const counts = { agree: 0, asked: 0, contradict: 0 };
for (const line of table.trimEnd().split('\n').slice(1)) {
  const cells = line.split('\t');
  const typed = cells[0].replace(/\u240A/g, '\n').replace(/\u2409/g, '\t')
    .replace(/\\u\{([0-9A-F]+)\}/g, (_, hex) => String.fromCodePoint(parseInt(hex, 16)));
  const part = { kind: cells[1], tolerance: { relative: 1e-9 }, accepted: '', options: [], mistakes: [], free: [], derived: [] };
  try { part.key = JSON.parse(cells[2]); } catch { part.key = cells[2]; }
  for (const rule of cells[3].startsWith('options') ? [cells[3]] : cells[3].split('; ')) {
    const [name, ...rest] = rule.split(' ');
    if (name === 'options') part.options = JSON.parse(rest.join(' '));
    else if (name && name !== 'locale') part.tolerance = { [name]: Number(rest[0]) };
  }
  if (cells[3].includes('locale')) continue;
  if (part.kind === 'expression' && typeof part.key === 'string') {
    part.free = [...new Set(part.key.match(/[A-Za-z_]\w*/g))].filter((n) => !['exp', 'ln', 'sqrt', 'abs'].includes(n));
  }
  const outcome = Practice.mark(typed, part).outcome;
  const kind = outcome === cells[4] ? 'agree' : outcome === 'unreadable' ? 'asked' : 'contradict';
  counts[kind]++;
  if (kind === 'contradict' || process.argv[5] === kind) console.log([kind, cells[1], JSON.stringify(typed), cells[2], cells[3], 'table:', cells[4], 'page:', outcome].join('  '));
}
console.log(JSON.stringify(counts));
