// The page around the checking: fields, hints, solutions, and what was right so far.
'use strict';

(() => {
  const parts = JSON.parse(document.getElementById('parts').textContent);
  const signs = { correct: '✓', imprecise: '~', misconception: '✗', incorrect: '✗', blank: '–', unreadable: '?' };
  const done = new Map();

  function typedIn(row) {
    const picked = [...row.querySelectorAll('input[type=radio]:checked, input[type=checkbox]:checked')];
    const field = row.querySelector('input[type=text]');
    return field ? field.value : picked.map((input) => input.value).join(';');
  }

  function check(row) {
    const part = parts[row.dataset.part];
    const result = Practice.mark(typedIn(row), part);
    const said = row.querySelector('.verdict');
    said.className = `verdict ${result.outcome}`;
    said.textContent = `${signs[result.outcome]} ${result.says}`;
    if (result.outcome === 'correct' && !done.has(row.dataset.part)) done.set(row.dataset.part, true);
    else if (!['blank', 'unreadable', 'correct'].includes(result.outcome) && !done.has(row.dataset.part)) done.set(row.dataset.part, false);
    const right = [...done.values()].filter(Boolean).length;
    document.getElementById('score').textContent = `${right} of ${parts.length} right at the first try, ${done.size} answered`;
  }

  for (const form of document.querySelectorAll('form')) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      for (const row of form.querySelectorAll('[data-part]')) check(row);
    });
  }
})();
