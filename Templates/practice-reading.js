// Reads typed answers. What it is not sure to read as the marking does, it asks for again.
'use strict';

const Reading = (() => {
  class Unreadable extends Error {}
  const unreadable = (why) => { throw new Unreadable(why); };

  // ------------------------------------------------------------------ Signs

  const signs = {
    '\u2212': '-', '\u2010': '-', '\u2011': '-', '\u2012': '-', '\u2013': '-', '\uFE63': '-',
    '\u00D7': '*', '\u00B7': '*', '\u22C5': '*', '\u2217': '*', '\u2219': '*', '\u00F7': '/', '\u2215': '/',
    '\u2044': '/', '\u2236': ':', '\u03C0': 'pi', '\u221E': 'inf', '\u2019': "'", '\u2018': "'",
    '\u201C': '"', '\u201D': '"',
  };
  const raised = '\u2070\u00B9\u00B2\u00B3\u2074\u2075\u2076\u2077\u2078\u2079';

  /** The text in plain signs, without what cannot be seen. */
  function plain(text) {
    return text.replace(/[\u200B-\u200F\u2060\uFEFF\u00AD]/g, '')
      .replace(/[\u207A\u207B]?[\u2070\u00B9\u00B2\u00B3\u2074-\u2079]+/g, (run) => '^(' + [...run].map((c) =>
        c === '\u207B' ? '-' : c === '\u207A' ? '+' : raised.indexOf(c)).join('') + ')')
      .replace(/[^\x00-\x7F\u00BC-\u00BE\u2150-\u215F\u2460-\u24FF]/g, (c) => (c in signs ? signs[c] : c.normalize('NFKC')))
      .replace(/\s+/g, ' ').trim();
  }

  const pairs = ['""', "''", '``', '$$', '$$$$'].map((pair) => [pair.slice(0, pair.length / 2), pair.slice(pair.length / 2)]);

  /** A text in plain signs without the marks around the whole and one stray sign at its end. */
  function unwrapped(typed) {
    let text = plain(typed), before;
    do {
      before = text;
      if (/^'[^']/.test(text) && !text.slice(1).includes("'")) text = text.slice(1);
      text = text.replace(/^=(?!=)/, '');
      for (const [open, close] of [...pairs, ['\\(', '\\)'], ['\\[', '\\]']]) {
        const inner = text.slice(open.length, -close.length);
        if (text.startsWith(open) && text.endsWith(close) && inner && text.length > open.length + close.length && !inner.includes(open)) text = inner;
      }
      text = text.replace(/([^.;,])[.;,]$/, '$1').trim();
    } while (text !== before);
    return text;
  }

  const fold = (text) => unwrapped(text).toLowerCase().replace(/["`]/g, '').replace(/\s+/g, ' ').trim().replace(/[.;]+$/, '');
  const blanks = /^(|[-\u2014?_]+|n\/?a|idk|i don'?t know|i do not know|don'?t know|no idea|not sure|skip|skipped|no answer|blank|unknown|pass)$/;
  const none = /^(undefined|not defined|is undefined|it is undefined|impossible|not possible|does not exist|doesn'?t exist|dne)$/;
  const isBlank = (text) => blanks.test(unwrapped(text).toLowerCase());
  const isNone = (text) => none.test(unwrapped(text).toLowerCase());

  // ------------------------------------------------------------------ Arithmetic

  const functions = {
    sqrt: Math.sqrt, exp: Math.exp, ln: Math.log, abs: Math.abs, tanh: Math.tanh, sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  };
  const formulas = { ...functions, sin: Math.sin, cos: Math.cos, relu: (x) => Math.max(0, x) };

  /** Evaluates a formula; `names` are values of its quantities. */
  function evaluate(text, names = {}, calls = functions) {
    const known = Object.keys(names).sort((a, b) => b.length - a.length);
    const isFormula = calls !== functions;
    let rest = text, depth = 0, last = '', isRaised = false;
    const skip = () => { rest = rest.replace(/^ +/, ''); };
    const take = (pattern) => {
      skip();
      const found = pattern.exec(rest);
      if (found) rest = rest.slice((last = found[0]).length);
      return found;
    };
    function sum() {
      if (++depth > 100) unreadable('it is nested too deeply');
      let value = take(/^-/) ? -product() : (take(/^\+/), product());
      for (let sign; (sign = take(/^[+-]/));) value = sign[0] === '+' ? value + product() : value - product();
      depth--;
      return value;
    }
    function product() {
      let value = power(), hasDivision = false;
      for (;;) {
        if (take(/^\*(?!\*)/)) value *= signed();
        else if (take(/^\//)) { value /= signed(); hasDivision = true; }
        else if (skip(), isFormula ? /^[A-Za-z(\u0370-\u03FF]/.test(rest) : /^(pi|sqrt)/.test(rest)) {
          if (hasDivision || (isFormula ? isRaised : !/[\d.]$/.test(last))) unreadable('a sign between two factors is missing');
          value *= power();
        } else return value;
      }
    }
    function signed() { return take(/^-/) ? -power() : power(); }
    function power() {
      const base = atom();
      isRaised = false;
      if (!take(/^(\*\*|\^)/)) return base;
      const minus = take(/^-/);
      let exponent = power();
      if (isFormula && isRaised) unreadable('a power of a power; use brackets');
      isRaised = true;
      if (minus) exponent = -exponent;
      if (!isFormula && (Math.abs(exponent) > 400 || (base <= 0 && !Number.isInteger(exponent)))) unreadable('that power is not understood');
      return Math.pow(base, exponent);
    }
    function group() { const value = sum(); if (!take(/^\)/)) unreadable('a bracket is not closed'); return value; }
    function atom() {
      if (take(/^\(/)) return group();
      const number = take(/^(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/);
      if (number) return Number.isFinite(Number(number[0])) ? Number(number[0]) : unreadable('the number is too large');
      skip();
      for (const name of known) {
        if (rest.startsWith(name) && !/^[A-Za-z0-9_]/.test(rest.slice(name.length))) {
          rest = rest.slice(name.length);
          return names[name];
        }
      }
      const word = take(/^[A-Za-z]+/);
      if (!word) unreadable(rest ? `"${rest[0]}" has no meaning here` : 'it ends too early');
      const name = word[0];
      if (name === 'pi') return Math.PI;
      if (name === 'e') return Math.E;
      if (Object.hasOwn(calls, name) && take(/^\(/)) return calls[name](group());
      return unreadable(`"${name}" is not understood`);
    }
    const value = sum();
    skip();
    if (rest) unreadable(`"${rest[0]}" has no meaning here`);
    return value;
  }

  /** LaTeX and fractions of one sign as plain formulas. */
  function withoutLaTeX(text) {
    let plain = text.replace(/[\u00BC-\u00BE\u2150-\u215F]/g, (c) => `(${c.normalize('NFKC').replace('\u2044', '/')})`)
      .replace(/^\$+|\$+$/g, '').replace(/\\[,;! ]/g, ' ').replace(/\\(left|right)\b/g, '')
      .replace(/\\(cdot|times)\b/g, '*').replace(/\\(exp|ln|sqrt|pi|sigma)\b/g, '$1').replace(/\\%/g, '%');
    for (let i = 0; i < 20 && /\\[dt]?frac/.test(plain); i++) {
      plain = plain.replace(/\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}/, '(($1)/($2))');
    }
    return plain.replace(/\^\{([^{}]*)\}/g, '^($1)').replace(/_\{([^{}]*)\}/g, '_$1').replace(/sqrt\{([^{}]*)\}/g, 'sqrt($1)');
  }

  /** One number, with how many decimals were typed where it is a plain one. */
  const number = (typed) => cell(unwrapped(typed));

  /** The same, among others in a list. */
  function cell(typed, mayHaveComma = true) {
    let text = withoutLaTeX(typed).trim().replace(/^(["`])([^"'`]*)\1$/, '$2')
      .replace(/\s*\((\d+ ?(d\.?p|s\.?f)\.?|rounded|exact)\)$/, '').replace(/(\d)\s*[xX]\s*10(?=\^|\*\*)/, '$1*10')
      .replace(/\u221A\s*(\d+(\.\d+)?)/g, 'sqrt($1)').replace(/\u221A\(/g, 'sqrt(');
    if (/^[+-]?(inf|infinity)$/i.test(text)) return { value: text[0] === '-' ? -Infinity : Infinity };
    if (/^nan$/i.test(text)) return { value: NaN };
    text = text.replace(/^(the )?(answer|result|value)( is|:| =)? /i, '').replace(/^(about|approx\.?|approximately|ca\.?)\s+|^[~\u2248=]\s*/i, '')
      .replace(/^[A-Za-z][A-Za-z0-9_/]*\s*=\s*/, '').trim()
      .replace(/^\[([^[\],;]*)\]$/, '$1').replace(/^\(([^()]*)\)$/, '$1').trim();
    if (/=/.test(text)) unreadable('it holds two values');
    if (/\/\s*[\d.]+\s*\*\s*10\s*(\^|\*\*)/.test(text)) unreadable('it is not clear how far the division goes; use brackets');
    let share = 1;
    const percent = /^([^%]*[\d.)])\s*%$/.exec(text);
    if (percent) {
      const fraction = /^[+-]?\s*(\d+)\s*\/\s*(\d+)$/.exec(percent[1]);
      const isClear = fraction ? Number(fraction[1]) < Number(fraction[2]) && fraction[2] <= 10 : /^[+-]?[\d\s.,'_]+$|^\([^()]*\)$/.test(percent[1]);
      if (!isClear) unreadable('it is not clear how far the percent sign goes; use brackets');
      share = 100;
      text = percent[1];
    }
    text = text.replace(/'(?=\d{3}(?!\d))/g, '');
    if (mayHaveComma && text.includes(',')) {
      if (/^[+-]?\d{1,3}(,\d{3})+\.\d+$/.test(text) || /^[+-]?\d{1,3}(,\d{3}){2,}$/.test(text)) text = text.replace(/,/g, '');
      else if (/^[+-]?(0|\d{4,}),\d+$/.test(text) || (/^[+-]?\d+,\d+$/.test(text) && !/^[+-]?\d{1,3},\d{3}$/.test(text))) text = text.replace(',', '.');
      else unreadable('the comma may part digits or decimals; write a point');
    }
    if (/\d \d/.test(text)) {
      if (!/^[+-]?\d{1,3}( \d{3})+(\.\d+)?$/.test(text)) unreadable('it looks like two numbers');
      text = text.replace(/ /g, '');
    }
    if (/\d\.\d+\./.test(text)) unreadable('it has two points');
    const range = /^(\d+\.?\d*|\.\d+)\s*-\s*(\d+\.?\d*|\.\d+)$/.exec(text);
    if (range && Number(range[1]) < Number(range[2])) unreadable('it may be a range');
    if (/^[^/]*\/[^/]*\/[^/]*$/.test(text) && !/[()]/.test(text)) unreadable('it may be a date, or a fraction of a fraction');
    if (/\*\s*10\d+$/.test(text)) unreadable('write a power of ten as 10^3 or e3');
    const value = evaluate(text) / share;
    if (!Number.isFinite(value)) unreadable('it is no finite number');
    const shown = /^[+-]?\d*\.?(\d*)$/.exec(text.replace(/\s/g, ''));
    const fraction = /\.(\d*)$/.exec(text);
    return { value, places: shown && share === 1 ? (fraction ? fraction[1].length : 0) : null };
  }

  // ------------------------------------------------------------------ Lists

  const wrapped = /^(?:(?:np|numpy|jnp|torch|tf)\.)?(?:array|tensor|Tensor|constant|Matrix|vector)\s*\((.*?)(?:,\s*(?:dtype|grad_fn)=[^\])]*)?\)$/;
  const grid = /^(?:\\left)?[[({|]?\s*\\begin\s*\{\w*matrix\}(.*)\\end\s*\{\w*matrix\}\s*(?:\\right)?[\])}|]?$/;
  const transposed = /([\])}])(\^\(?\{?T\}?\)?|')$/;
  function bare(typed) {
    let text = unwrapped(typed).replace(/\s*\((rounded|exact)\)$/, '');
    const cells = grid.exec(text);
    if (cells) text = '[' + cells[1].trim().replace(/\\\\\s*$/, '').split('\\\\').map((row) => '[' + row.split('&').map((c) => c.trim()).join(', ') + ']').join(', ') + ']';
    const label = /^[A-Za-z]\w*\s*=\s*/.exec(text) || [''];
    text = text.slice(label[0].length).trim();
    if (label[0] && /\(.*=/.test(text)) unreadable('it holds several equals signs');
    const call = wrapped.exec(text);
    return call ? call[1].trim() : text;
  }

  /** Whether every bracket has its other half. */
  function isBalanced(text) {
    const open = [];
    for (const sign of text) {
      if ('[({'.includes(sign)) open.push(sign);
      else if ('])}'.includes(sign) && '[({'.indexOf(open.pop()) !== '])}'.indexOf(sign)) return false;
    }
    return open.length === 0;
  }

  function items(text) {
    if (!isBalanced(text)) unreadable('a bracket lacks its other half');
    const inner = text.replace(/^[[({<]\s*|\s*[\])}>]$/g, '').replace(/,\s*$/, '').trim();
    if (/[[\](){}]/.test(inner.replace(/(sqrt|exp|ln)\([^()]*\)|\([^(),;]*\)/g, ''))) unreadable('the brackets do not fit');
    if (inner.includes(';') && inner.includes(',') && inner.includes('.')) unreadable('commas and semicolons part it in two ways');
    if (inner.includes(';')) return inner.split(';').map((text) => cell(text));
    if (inner.includes(',')) {
      const isTight = /\d,\d/.test(inner);
      if (isTight && (inner.includes(' ') || inner.split(',').length === 2 || /(^|[^\d.])0,\d\d/.test(inner))) unreadable('the comma may part decimals; put a space behind it');
      return inner.split(',').map((text) => cell(text, false));
    }
    if (/[-+*/]\s/.test(inner)) unreadable('a sign stands alone');
    return inner.split(' ').map((text) => cell(text, false));
  }

  function vector(typed) {
    const text = bare(typed).replace(transposed, '$1');
    if (/^[[(]\s*[[(]/.test(text)) {
      const read = matrix(typed);
      if (read.rows.length > 1 && read.rows[0].length > 1) unreadable('it looks like a matrix');
      return { values: read.rows.flat(), places: read.places };
    }
    const isRow = (line) => /[\d.)]\s*[,\s]\s*[-+.\d(]/.test(line);
    if (/\n/.test(typed.trim()) && typed.split('\n').some(isRow)) unreadable('lines of several numbers');
    const cells = items(text);
    return { values: cells.map((c) => c.value), places: cells.map((c) => c.places) };
  }

  function matrix(typed) {
    const lines = typed.trim().split(/\n/).filter((line) => line.trim());
    let rows;
    const text = bare(typed);
    if (/^[[({]\s*[[({]|[\])}]\s*,?\s*[[({]/.test(text)) {
      if (!isBalanced(text)) unreadable('a bracket lacks its other half');
      rows = text.replace(/^[[({]\s*(?=[[({])/, '').replace(/([\])}])\s*[\])}]$/, '$1').split(/(?<=[\])}])\s*[,;]?\s*(?=[[({])/);
      if (rows.length === 1 && lines.length > 1) unreadable('lines inside a row');
    } else if (lines.length > 1) rows = text.includes(';') ? unreadable('rows are parted in two ways') : lines.map((line) => plain(line));
    else if (text.includes(';') && isBalanced(text)) rows = text.replace(/^[[(]|[\])]$/g, '').split(';');
    else unreadable('write it in rows: [[1, 2], [3, 4]]');
    const cells = rows.map((row) => items(row.trim()));
    if (new Set(cells.map((row) => row.length)).size !== 1) unreadable('its rows have different lengths');
    return { rows: cells.map((row) => row.map((c) => c.value)), places: cells.flat().map((c) => c.places) };
  }

  function shape(typed) {
    if (/\n/.test(typed.trim())) unreadable('it has several lines');
    const whole = bare(typed.replace(/\u211D/g, 'R'));
    if (!isBalanced(whole)) unreadable('a bracket lacks its other half');
    const text = whole.replace(/^(torch|tf)?\.?(Size|TensorShape)\s*|^(the )?shape( is)?:?\s*/i, '').replace(/^R\s*\^?/, '');
    if (/^\D*\d,\d{3}\D*$/.test(text)) unreadable('the comma may part digits; put a space behind it');
    if (/\d \d.*[xX*]/.test(text)) unreadable('a sign between two sizes is missing');
    if (text === 'scalar') return [];
    let inside = text.trim();
    while (/^(\[.*\]|\(.*\)|\{.*\}|<.*>)$/.test(inside)) inside = inside.slice(1, -1).trim();
    if (/[[\](){}<>]/.test(inside)) unreadable('the brackets do not fit');
    if (/[,;]/.test(inside) && /\bby\b|[xX*]/.test(inside)) unreadable('two kinds of separators');
    if (!inside) return text ? [] : unreadable('a size is missing');
    const inner = inside.replace(/,$/, '').replace(/\bby\b|[xX*]/g, ',');
    const cells = inner.includes(',') ? inner.split(',').map((size) => size.trim()) : inner.trim().split(/\s+/);
    return cells.map((cell) => (/^(0|[1-9]\d*)$/.test(cell) ? Number(cell) : unreadable(`"${cell}" is no size`)));
  }

  // ------------------------------------------------------------------ Options

  function option(typed, options) {
    const text = fold(typed).replace(/^(option|answer|choice)( is)?:? /, '').replace(/^\[([a-z])\]$/, '$1');
    const byText = options.filter((o) => fold(o) === text);
    if (byText.length === 1) return byText[0];
    const letter = /^\(?([a-z])\)?[.):]?(?:\s+(.*)|\?)?$/.exec(text);
    const index = letter ? letter[1].charCodeAt(0) - 97 : -1;
    if (index >= 0 && index < options.length && (!letter[2] || fold(options[index]) === letter[2])) return options[index];
    return unreadable(`"${typed.trim()}" is none of the options`);
  }

  function once(found) {
    return new Set(found).size === found.length ? found : unreadable('one of them stands there twice');
  }

  /** The options of a list, with `signs` or spaces between them. */
  function several(typed, options, signs) {
    const ends = new RegExp(`^($|\\s*[${signs}])`), next = new RegExp(`[${signs}\\s]|$`);
    const gap = new RegExp(`^[\\s${signs}]+${signs.includes('>') ? '(->)?' : ''}\\s*(and |then )?`);
    const text = plain(typed);
    if (options.some((o) => fold(o) === fold(text))) return [option(text, options)];
    if (/^[A-Za-z]{2,}$/.test(text) && [...text.toUpperCase()].every((c) => c.charCodeAt(0) - 65 < options.length)) {
      return once([...text].map((c) => option(c, options)));
    }
    // Whole options first, the longest before the others: they may hold commas.
    let rest = fold(typed.replace(/\n/g, ';')).replace(/^[[({]([^[\](){}<]*)[\])}]$/, '$1');
    const found = [];
    while (rest) {
      const label = /^\(?([a-z])[).:]\s+/.exec(rest) || [''];
      const bare = rest.slice(label[0].length);
      const named = [...options].sort((a, b) => b.length - a.length).find((o) => bare.startsWith(fold(o)) && ends.test(bare.slice(fold(o).length)));
      if (named && label[0]) {
        if (options.indexOf(named) !== label[1].charCodeAt(0) - 97) unreadable('the letter and the text name two options');
        rest = bare;
      }
      const cut = named ? fold(named).length : rest.search(next);
      found.push(named || option(rest.slice(0, cut), options));
      rest = rest.slice(cut).replace(gap, '');
    }
    return found.length > 0 ? once(found) : unreadable('it names none of the options');
  }

  const nothing = /^(none|none of (them|these|the above)|\[\]|\{\}|\(\)|\u2205)$/;

  /** The options that were ticked; a list may say that there is none. */
  function picked(typed, options) {
    const isOption = options.some((o) => fold(o) === fold(typed));
    return nothing.test(fold(typed)) && !isOption ? [] : several(typed, options, ',;|');
  }

  /** Items of no fixed list, in order. */
  function words(typed) {
    let text = unwrapped(typed).toLowerCase().replace(/[-=]>| and | then /g, ',');
    while (/^(\[.*\]|\(.*\)|\{.*\}|<[^<>]*>)$/.test(text)) text = text.slice(1, -1).trim();
    const found = text.split(/[\s,;|>\u2192]+/).map((item) => fold(item.replace(/["'`]/g, ''))).filter(Boolean);
    return /[[\](){}<]/.test(text) ? unreadable('the brackets do not fit') : found;
  }

  return {
    Unreadable, unreadable, plain, fold, isBlank, isNone, formulas, evaluate, withoutLaTeX,
    number, vector, matrix, shape, option, several, picked, words,
  };
})();
