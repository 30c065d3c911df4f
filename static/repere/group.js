/* Pages of an event with many persons: batches that go on by themselves, answers by one key, no answer by accident. */
(function () {
  "use strict";
  var CALM = 500; // ms: the second tap of a hurried thumb would answer for the next person
  var shown = Date.now();

  var calm = document.querySelector("[data-calm]");
  if (calm) {
    calm.addEventListener("submit", function (event) {
      if (Date.now() - shown < CALM) event.preventDefault();
    });
  }

  /* While nothing else has the focus than the box of the person (WCAG 2.1.4): a letter typed in a field stays one. */
  var keys = document.querySelector("[data-keys]");
  if (keys) {
    keys.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
      var pressed = keys.querySelector("[data-key='" + CSS.escape(event.key.toLowerCase()) + "']");
      if (!pressed || event.repeat) return;
      event.preventDefault();
      pressed.focus();
      pressed.click();
    });
  }

  var next = document.querySelector("[data-press-on]");
  if (next) next.requestSubmit();
})();
