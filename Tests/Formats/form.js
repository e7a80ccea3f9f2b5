// Runs an Apps Script of ours against the methods of FormApp that Google documents, and no others,
// and prints the titles of the form's questions in order: the header of its export.
'use strict';
const fs = require('fs');
const vm = require('vm');

/** An object that knows these methods; each returns the object unless it is given otherwise. */
function strict(kind, methods, returns = {}) {
  return new Proxy({}, {
    get(_, name, self) {
      if (typeof name === 'symbol' || name === 'kind') return name === 'kind' ? kind : undefined;
      if (!(name in methods)) throw new Error(`${kind} has no method ${name}`);
      return (...values) => {
        const check = methods[name];
        if (values.length !== check.length || values.some((v, i) => !check[i](v)))
          throw new Error(`${kind}.${name}(${values.map((v) => JSON.stringify(v))}) is not allowed`);
        return name in returns ? returns[name](...values) : self;
      };
    },
  });
}
const text = (v) => typeof v === 'string' && v.length > 0;
const line = (v) => text(v) && !/[\r\n]/.test(v);
const flag = (v) => typeof v === 'boolean';
const whole = (v) => Number.isInteger(v) && v >= 0;
const kind = (name) => (v) => v && v.kind === name;

/** Bytes that are a whole PNG of some size: its first chunk, and its last. */
function isPNG(bytes) {
  const png = Buffer.from(bytes);
  return png.subarray(0, 16).equals(Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'))
    && png.readUInt32BE(16) > 100 && png.readUInt32BE(20) > 10
    && png.subarray(-8, -4).equals(Buffer.from('IEND'));
}

const titles = [];
const build = { build: () => strict('Feedback', {}) };
const validation = () => strict('TextValidationBuilder',
  { setHelpText: [text], requireTextMatchesPattern: [(v) => text(v) && new RegExp(v)], build: [] },
  { build: () => strict('TextValidation', {}) });
const feedback = () => strict('FeedbackBuilder', { setText: [text], build: [] }, build);

function question(name, more) {
  let item;
  item = strict(name, { setTitle: [line], setHelpText: [text], setRequired: [flag], setPoints: [whole], ...more },
    {
      setTitle: (title) => { titles.push(title); return item; },
      createChoice: () => strict('Choice', {}),
    });
  return item;
}
const choices = {
  setChoices: [(v) => Array.isArray(v) && v.length > 0 && v.every(kind('Choice'))],
  setFeedbackForIncorrect: [kind('Feedback')],
  get createChoice() { return createChoice; },
};
// createChoice takes a text, and in a quiz whether it is right.
const createChoice = { get length() { return current; }, 0: text, 1: flag };
let current = 1;

function chooser(name) {
  const inner = question(name, choices);
  return new Proxy(inner, {
    get(target, key) {
      if (key !== 'createChoice') return target[key];
      return (...values) => { current = values.length; return target.createChoice(...values); };
    },
  });
}

const form = strict('Form', {
  setDescription: [text], setIsQuiz: [flag], setCollectEmail: [flag], setAllowResponseEdits: [flag],
  setProgressBar: [flag], addPageBreakItem: [], addSectionHeaderItem: [], addTextItem: [], addImageItem: [],
  addMultipleChoiceItem: [], addCheckboxItem: [], getPublishedUrl: [], getEditUrl: [],
}, {
  addPageBreakItem: () => strict('PageBreakItem', { setTitle: [line], setHelpText: [text] }),
  addSectionHeaderItem: () => strict('SectionHeaderItem', { setTitle: [line], setHelpText: [text] }),
  addImageItem: () => strict('ImageItem', { setTitle: [line], setImage: [kind('Blob')] }),
  addTextItem: () => question('TextItem',
    { setValidation: [kind('TextValidation')], setGeneralFeedback: [kind('Feedback')] }),
  addMultipleChoiceItem: () => chooser('MultipleChoiceItem'),
  addCheckboxItem: () => chooser('CheckboxItem'),
  getPublishedUrl: () => '', getEditUrl: () => '',
});

const context = vm.createContext({
  FormApp: strict('FormApp', { create: [line], createTextValidation: [], createFeedback: [] },
    { create: () => form, createTextValidation: validation, createFeedback: feedback }),
  Utilities: strict('Utilities',
    { base64Decode: [text], newBlob: [isPNG, (type) => type === 'image/png', line] },
    { base64Decode: (code) => [...Buffer.from(code, 'base64')], newBlob: () => strict('Blob', {}) }),
  Logger: { log() {} },
});
vm.runInContext(fs.readFileSync(process.argv[2], 'utf8') + '\nbuildForm();', context);
console.log(JSON.stringify(titles));
