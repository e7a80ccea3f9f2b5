// What is wider than its window can be scrolled by the keyboard in every browser, and only then is a stop.
(() => {
  const watch = new ResizeObserver((all) => {
    for (const { target: one } of all) {
      if (one.scrollWidth > one.clientWidth) one.setAttribute('tabindex', '0');
      else one.removeAttribute('tabindex');
    }
  });
  for (const one of document.querySelectorAll('.stem, .prompt, .solution, pre, .formula, math[display="block"]')) watch.observe(one);
})();
