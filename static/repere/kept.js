/* Send what waited for a second factor alone: its button was pressed before. Without this script it is pressed again. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-send-now]");
  if (form) form.submit();
})();
