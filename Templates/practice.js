// Checks typed answers against the keys.
'use strict';

const Practice = (() => {
  const {
    Unreadable, unreadable, plain, fold, isBlank, isNone, formulas, evaluate, withoutLaTeX,
    number, vector, matrix, shape, option, several, picked, words,
  } = Reading;

  // ------------------------------------------------------------------ Comparing

  const real = (x) => (x === 'inf' ? Infinity : x === '-inf' ? -Infinity : x === 'nan' ? NaN : x);

  function unitOf(tolerance, key) {
    if ('decimals' in tolerance) return Math.pow(10, -tolerance.decimals);
    return key === 0 ? 0 : Math.pow(10, Math.floor(Math.log10(Math.abs(key)) + 1e-12) - tolerance.significant + 1);
  }

  function roundings(key, unit) {
    const scaled = key / unit, below = Math.floor(scaled), rest = scaled - below;
    if (Math.abs(rest - 0.5) <= Math.max(1e-9, Math.abs(scaled) * 1e-15)) return [below * unit, (below + 1) * unit];
    return [(rest < 0.5 ? below : below + 1) * unit];
  }

  function near(x, key, tolerance) {
    if (!Number.isFinite(x) || !Number.isFinite(key)) return Object.is(x, key);
    if (tolerance === 'exact') return x === key;
    const wide = (bound) => bound * (1 + 1e-9) + Math.abs(key) * 1e-15;
    if ('absolute' in tolerance) return Math.abs(x - key) <= wide(tolerance.absolute);
    if ('relative' in tolerance) return Math.abs(x - key) <= wide(tolerance.relative * Math.abs(key));
    const unit = unitOf(tolerance, key);
    if (unit === 0) return x === 0;
    return roundings(key, unit).some((r) => Math.abs(x - r) <= wide(unit / 2));
  }

  function coarse(x, places, key, tolerance) {
    if (places === null || places === undefined || !x || !key || !Number.isFinite(x) || typeof tolerance === 'string') return false;
    if (!('decimals' in tolerance || 'significant' in tolerance)) return false;
    const asked = unitOf(tolerance, key);
    let unit = Math.pow(10, -places);
    do {
      const says = Math.abs(Math.round(x / unit)) >= 10 || (places > 0 && unit < asked * 15);
      if (unit > asked * 1.5 && says && roundings(key, unit).some((r) => Math.abs(x - r) <= unit * 1e-6)) return true;
      unit *= 10;
    } while (places === 0 && unit < Math.abs(x) && Math.round(x / unit) * unit === x);
    return false;
  }

  const sameList = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

  /** Numbers against a key of the same layout: correct, imprecise or neither. */
  function numbers(values, places, key, tolerance) {
    if (values.length !== key.length) return 'incorrect';
    const right = values.map((x, i) => near(x, real(key[i]), tolerance));
    if (right.every(Boolean)) return 'correct';
    const isCoarse = values.every((x, i) => right[i] || coarse(x, places[i], real(key[i]), tolerance));
    return isCoarse ? 'imprecise' : 'incorrect';
  }

  /** Whether two formulas agree wherever both are defined; null where that cannot be told. */
  function agree(typed, key, part) {
    if (/[@]|transpose|inv\(|\bT\b/.test(key)) unreadable('this page cannot compare formulas of matrices; look at the solution');
    if (/\.\d{5}|\d{7}|\d[eE][+-]?\d/.test(plain(typed))) unreadable('write it as a formula with short numbers');
    if (/(?![0-9])\p{Nd}|[\u00D7\u00B7\u22C5\u2217\u2219]{2}/u.test(typed)) unreadable('write it in plain figures and signs');
    const text = withoutLaTeX(plain(typed)).replace(/^[A-Za-z][\w/]*\s*=\s*/, '').replace(/\b(np|math|torch)\./g, '');
    let seed = 20260305, tried = 0;
    const random = () => { seed = (seed * 1103515245 + 12345) % 2147483648; return 0.2 + 1.6 * seed / 2147483648; };
    for (let i = 0; i < 24; i++) {
      const names = {};
      for (const name of part.free) names[name] = random() * (i % 3 === 2 ? -1 : 1);
      for (const [name, formula] of part.derived) names[name] = evaluate(formula, names, formulas);
      const a = evaluate(text, names, formulas), b = evaluate(key, names, formulas);
      if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
      tried++;
      const apart = Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
      if (apart > 1e-9) return false;
      if (apart > 1e-12) unreadable('it is too near to the answer to be told from it; look at the solution');
    }
    return tried >= 8 ? true : unreadable('it is not defined where it was tried');
  }

  /** What is typed against one value: the key, or what a mistake gives. */
  function judge(typed, kind, value, part) {
    if (value === 'undefined' && kind !== 'choice' && kind !== 'text') {
      if (isNone(typed)) return 'correct';
      readOnly(typed, kind, part);
      return 'incorrect';
    }
    if (isNone(typed) && !['choice', 'choices', 'text'].includes(kind)) return 'incorrect';
    switch (kind) {
      case 'number': { const read = number(typed); return numbers([read.value], [read.places], [value], part.tolerance); }
      case 'integer': {
        const read = number(typed).value;
        if (Number.isFinite(read) && !Number.isInteger(read)) return 'incorrect';
        return read === value ? 'correct' : 'incorrect';
      }
      case 'vector': { const read = vector(typed); return numbers(read.values, read.places, value, part.tolerance); }
      case 'matrix': {
        const read = matrix(typed);
        if (read.rows.length !== value.length || read.rows[0].length !== value[0].length) return 'incorrect';
        return numbers(read.rows.flat(), read.places, value.flat(), part.tolerance);
      }
      case 'shape': return sameList(shape(typed).map(String), value.map(String)) ? 'correct' : 'incorrect';
      case 'choice': return option(typed, part.options) === value ? 'correct' : 'incorrect';
      case 'choices': return sameList(picked(typed, part.options).sort(), [...value].sort()) ? 'correct' : 'incorrect';
      case 'ordering': {
        const read = part.options.length > 0 ? several(typed, part.options, ',;>|') : words(typed);
        if (part.options.length === 0) return sameList(read, value.map((item) => fold(String(item)))) ? 'correct' : 'incorrect';
        if (read.length !== value.length) unreadable('name each of them once');
        return sameList(read, value) ? 'correct' : 'incorrect';
      }
      case 'expression': return agree(typed, value, part) ? 'correct' : 'incorrect';
      default: {
        const letters = (text) => fold(text).replace(/[^\p{L}\p{N}]/gu, '');
        return letters(typed) === letters(value) ? 'correct' : 'incorrect';
      }
    }
  }

  /** Fails where what is typed cannot be read as the kind. */
  function readOnly(typed, kind, part) {
    const readers = { number, integer: number, vector, matrix, shape };
    if (kind in readers) readers[kind](typed);
    else if (part.options.length > 0) several(typed, part.options, ',;>|');
  }

  /** The outcome of one typed answer, with what is to be said to it. */
  function mark(typed, part) {
    const isOption = part.options.some((o) => fold(o) === fold(typed));
    const isEmpty = isBlank(typed) || (part.kind === 'text' && !fold(typed));
    if (isEmpty && !isOption) return { outcome: 'blank', says: 'Nothing is typed yet.' };
    try {
      const outcome = judge(typed, part.kind, part.key, part);
      if (outcome === 'correct') return { outcome, says: 'Right.' };
      if (outcome === 'imprecise') return { outcome, says: `The right value, rounded more coarsely than ${part.accepted}.` };
      for (const mistake of part.mistakes) {
        let matches = false;
        // A mistake of another shape than what was typed is no match.
        try { matches = judge(typed, part.kind, mistake.value, part) === 'correct'; } catch (error) { if (!(error instanceof Unreadable)) throw error; }
        if (matches) return { outcome: 'misconception', says: mistake.feedback };
      }
      return { outcome, says: 'Not right.' };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { outcome: 'unreadable', says: `I cannot read that: ${error.message}.` };
    }
  }

  return { mark };
})();
