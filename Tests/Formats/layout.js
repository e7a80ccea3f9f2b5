// Opens pages in headless Chromium, on a screen or as for paper, and prints for each a line of JSON: how
// wide the window and the page are, what is cut off, what can be scrolled, and what of it shows no sign.
// usage: layout.js CHROMIUM FOLDER screen|print WIDTH PAGE…
'use strict';
const { withPage } = require('./chromium.js');

const [program, profile, media, width, ...files] = process.argv.slice(2);

/** How wide the page is in its window, and what is cut off: on paper nothing can be scrolled. */
function layout() {
  const cut = matchMedia('print').matches
    ? [...document.querySelectorAll('body *')].filter((element) =>
      getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth) : [];
  const scrolled = [...document.querySelectorAll('body *')].filter((element) =>
    getComputedStyle(element).overflowX === 'auto' && element.scrollWidth > element.clientWidth);
  const words = (elements) => elements.slice(0, 5).map((element) => `${element.tagName} ${element.textContent.slice(0, 60)}`);
  return JSON.stringify({
    window: innerWidth, page: document.scrollingElement.scrollWidth,
    cut: words(cut), scrolled: words(scrolled.filter((element) => element.tagName !== 'PRE')),
    unsigned: words(scrolled.filter((element) =>
      !getComputedStyle(element).backgroundAttachment.includes('local'))),
  });
}

withPage(program, profile, async ({ ask, open, evaluate }) => {
  await ask('Emulation.setEmulatedMedia', { media });
  await ask('Emulation.setDeviceMetricsOverride',
    { width: Number(width), height: 740, deviceScaleFactor: 1, mobile: false });
  await ask('Emulation.setScrollbarsHidden', { hidden: true });
  for (const file of files) {
    await open(`file://${file}`);
    console.log(await evaluate(layout));
  }
});
