// Opens pages in headless Chromium, on a screen or as for paper, and prints for each a line of JSON: how
// wide the window and the page are, and what is cut off.
// usage: layout.js CHROMIUM FOLDER screen|print WIDTH PAGE…
'use strict';
const { withPage } = require('./chromium.js');

const [program, profile, media, width, ...files] = process.argv.slice(2);

/** How wide the page is in its window, and what is cut off: on paper nothing can be scrolled. */
function layout() {
  const cut = matchMedia('print').matches
    ? [...document.querySelectorAll('body *')].filter((element) =>
      getComputedStyle(element).overflowX !== 'visible' && element.scrollWidth > element.clientWidth) : [];
  return JSON.stringify({
    window: innerWidth, page: document.scrollingElement.scrollWidth,
    cut: cut.slice(0, 5).map((element) => element.textContent.slice(0, 60)),
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
