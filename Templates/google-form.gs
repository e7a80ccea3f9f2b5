// Builds the form in which candidates answer, as a quiz.
//
// 1. Open script.google.com, begin a new project and put this file in place of what is there.
// 2. Run buildForm and allow it to make a form for you. The log shows the form's addresses.
// 3. After the test: Responses > Download responses (.csv), then `gradus grade` that file.
//
// The titles begin with the names by which the export is read back: leave what stands before the colon.

const FORM = {{form}};

function buildForm() {
  const form = FormApp.create(FORM.title);
  form.setDescription(FORM.description);
  form.setIsQuiz(true);
  form.setCollectEmail(true);
  form.setAllowResponseEdits(false);
  form.setProgressBar(true);
  FORM.items.forEach(function (item) { BUILDERS[item.kind](form, item); });
  Logger.log('To answer: ' + form.getPublishedUrl());
  Logger.log('To edit:   ' + form.getEditUrl());
  return form;
}

const BUILDERS = {
  section: function (form, item) {
    form.addPageBreakItem().setTitle(item.title);
  },
  text: function (form, item) {
    form.addSectionHeaderItem().setTitle(item.title).setHelpText(item.help);
  },
  picture: function (form, item) {
    const image = Utilities.newBlob(Utilities.base64Decode(item.image), 'image/png', 'question.png');
    form.addImageItem().setTitle(item.title).setImage(image);
  },
  field: function (form, item) {
    const question = form.addTextItem();
    const validation = FormApp.createTextValidation()
      .setHelpText(item.help)
      .requireTextMatchesPattern(item.pattern)
      .build();
    question.setTitle(item.title).setHelpText(item.help).setRequired(item.required);
    question.setValidation(validation);
    if (item.points > 0) question.setPoints(item.points);
    if (item.feedback) question.setGeneralFeedback(FormApp.createFeedback().setText(item.feedback).build());
  },
  choice: function (form, item) {
    choose(form.addMultipleChoiceItem(), item);
  },
  choices: function (form, item) {
    choose(form.addCheckboxItem(), item);
  },
};

function choose(question, item) {
  question.setTitle(item.title).setHelpText(item.help).setRequired(item.required);
  question.setChoices(item.choices.map(function (choice) {
    return item.hasKey ? question.createChoice(choice.text, choice.right) : question.createChoice(choice.text);
  }));
  if (item.points > 0) question.setPoints(item.points);
  if (item.feedback) question.setFeedbackForIncorrect(FormApp.createFeedback().setText(item.feedback).build());
}
