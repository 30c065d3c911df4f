/* Sign in with a passkey, or make one: asks the server for its challenge, the device for its answer, and sends that as a
   form. The form stays hidden where the browser knows no passkeys; what reads and writes the answer comes from allauth. */
(function () {
  "use strict";

  function library(address) {
    return new Promise(function (found, failed) {
      if (window.webauthnJSON) return found(window.webauthnJSON);
      var script = document.createElement("script");
      script.src = address;
      script.onload = function () { found(window.webauthnJSON); };
      script.onerror = failed;
      document.head.append(script);
    });
  }

  function challenge(form) {
    var asked = new FormData(form);
    asked.delete("credential");
    return window.fetch(form.action, { method: "POST", body: asked, credentials: "same-origin" })
      .then(function (answer) {
        if (answer.redirected) window.location.assign(answer.url); // to be shown once more first, or to sign in
        if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
        return answer.json();
      });
  }

  function ready(form) {
    var button = form.querySelector("[type=submit]"), refused = form.querySelector("[data-refused]");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      button.disabled = true;
      refused.hidden = true;
      Promise.all([library(form.dataset.library), challenge(form)]).then(function (both) {
        return both[0][form.dataset.passkey](both[1]);
      }).then(function (answer) {
        form.elements.credential.value = JSON.stringify(answer);
        form.submit();
      }).catch(function () { // refused by its person, too late, or no network: said, and the button is there again
        button.disabled = false;
        refused.hidden = false;
      });
    });
  }

  if (!window.PublicKeyCredential) return;
  document.querySelectorAll("form[data-passkey]").forEach(ready);
  document.querySelectorAll("[data-passkey-none]").forEach(function (said) { said.hidden = true; });
})();
