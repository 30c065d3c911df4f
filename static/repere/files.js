/* Sends a document with its progress said, and tells a file that is too large before it leaves. Without it the form posts. */
(function () {
  "use strict";

  function prepare(form) {
    var file = form.querySelector("input[type=file]");
    var state = form.querySelector("[data-state]");
    var sending = false;

    function tooLarge() {
      return file.files.length > 0 && file.files[0].size > Number(form.dataset.most);
    }
    file.addEventListener("change", function () {
      file.setCustomValidity("");
      state.textContent = tooLarge() ? form.dataset.tooLarge : "";
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      if (sending) return;
      if (tooLarge()) {
        state.textContent = form.dataset.tooLarge;
        file.focus();
        return;
      }
      sending = true;
      send(form, state, function () { sending = false; });
    });
  }

  function send(form, state, over) {
    var request = new XMLHttpRequest();
    request.upload.addEventListener("progress", function (event) {
      if (!event.lengthComputable) return;
      var part = Math.round((100 * event.loaded) / event.total);
      state.textContent = part < 100 ? form.dataset.sending + " " + part + " %" : form.dataset.checking;
    });
    request.addEventListener("error", function () {
      state.textContent = form.dataset.lost;
      over();
    });
    request.addEventListener("load", function () {
      over();
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      if (page.querySelector("main")) shown(request, page);
      else state.textContent = refused(form, request.status);
    });
    request.open("POST", window.location.href);
    request.send(new FormData(form));
  }

  /* What the proxy answers in place of the application is no page: what was chosen and typed stays. */
  function refused(form, status) {
    if (status === 413) return form.dataset.tooLarge;
    return status === 503 ? form.dataset.busy : form.dataset.unanswered;
  }

  /* Put the page that was answered in place of this one: a second request would lose what it says once. */
  function shown(request, page) {
    var led = new URL(request.responseURL);
    if (led.pathname !== window.location.pathname) {
      window.history.pushState(null, "", led.pathname + led.search);
      window.addEventListener("popstate", function () { window.location.reload(); });
    }
    var main = page.querySelector("main");
    var chosen = document.querySelector("[data-upload] input[type=file]");
    document.title = page.title;
    document.querySelector("main").replaceWith(main);
    main.querySelectorAll("[data-upload]").forEach(prepare);
    keep(chosen, main.querySelector("[data-upload] input[type=file]"));
    var summary = main.querySelector("[data-focus], [tabindex='-1']");
    if (summary) summary.focus();
    window.scrollTo(0, 0);
  }

  /* Another answer was missing: a photo just taken is not to be taken again. One that was refused is. */
  function keep(chosen, input) {
    if (chosen && input && input.getAttribute("aria-invalid") !== "true") input.files = chosen.files;
  }

  document.querySelectorAll("[data-upload]").forEach(prepare);
})();
