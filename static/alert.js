/* Keeps an alert's page as it is typed, and shows the reading of the signs. The pages work without it. */
(function () {
  "use strict";

  var form = document.querySelector("[data-autosave]");
  if (!form) return;
  var line = form.querySelector("[data-saved]");
  var reading = form.querySelector("[data-reading]");
  var timer = null;
  var changed = false;
  var leaving = false;
  var turn = 0;

  function keep(now) {
    if (!changed || leaving) return;
    changed = false;
    var mine = ++turn;
    var body = new FormData(form);
    body.set("go", "auto");
    window.fetch(reading ? reading.dataset.reading : form.action, {
      method: "POST", body: new URLSearchParams(body), credentials: "same-origin", cache: "no-store", keepalive: Boolean(now)
    }).then(function (answer) {
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      window.dispatchEvent(new Event("repere:heard"));
      return answer.text();
    }).then(function (text) {
      if (mine === turn) shown(text);
    }).catch(function () {
      changed = true; // kept with the next change, or when the page is sent
      if (line) line.textContent = line.dataset.lost;
    });
  }

  function shown(text) {
    var found = new DOMParser().parseFromString(text, "text/html");
    var saved = found.querySelector("[data-saved-line]");
    if (line) line.textContent = (saved || found.body).textContent.trim();
    if (!reading) return;
    [".rp-reading__head", ".rp-reading__more"].forEach(function (part) {
      var old = reading.querySelector(part);
      var fresh = found.querySelector(part);
      if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
      var open = old.querySelector("details[open]");
      old.innerHTML = fresh.innerHTML;
      if (open && old.querySelector("details")) old.querySelector("details").open = true;
    });
  }

  /* « Rien de tout cela » and the signs exclude each other. */
  function exclude(target) {
    if (target.name === "sign" && target.checked) {
      var none = form.querySelector("[name=none_of_these]");
      if (none) none.checked = false;
    }
    if (target.name === "none_of_these" && target.checked) {
      form.querySelectorAll("[name=sign]:checked").forEach(function (sign) { sign.checked = false; });
    }
  }

  function touched(event) {
    exclude(event.target);
    changed = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, event.type === "change" ? 250 : 1500);
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return; // the page stays: no network
    leaving = true;
    window.clearTimeout(timer);
  });
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("repere:idle", function () { keep(true); });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) keep(true);
  });
})();
