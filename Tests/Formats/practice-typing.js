// How a candidate types a key or a known mistake of a practice page.
'use strict';

const letter = (index) => String.fromCharCode(65 + index);

function typed(value, part) {
  const places = part.tolerance.decimals ?? 4;
  const one = (x) => (typeof x !== 'number' ? String(x) : Number.isInteger(x) ? String(x) : x.toFixed(part.tolerance.significant ? 10 : places));
  if (value === 'undefined' || ['expression', 'text', 'choice'].includes(part.kind)) return String(value);
  if (part.kind === 'shape') return `(${value.join(', ')}${value.length === 1 ? ',' : ''})`;
  if (part.kind === 'matrix') return `[${value.map((row) => `[${row.map(one).join(', ')}]`).join(', ')}]`;
  if (part.kind === 'vector') return `[${value.map(one).join(', ')}]`;
  if (part.kind === 'choices' && value.length === 0) return 'None of these';
  if (['choices', 'ordering'].includes(part.kind)) return value.map((text) => (part.options.length > 0 ? letter(part.options.indexOf(text)) : text)).join(', ');
  return typeof part.tolerance === 'object' && 'relative' in part.tolerance ? String(value) : one(value);
}

module.exports = { typed };
