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
    }).then(function () {
      var forgotten = keptThere();
      settle();
      return forgotten;
    }, function () {
      changed = true; // kept with the next change, or when the page is sent
      if (line) line.textContent = line.dataset.lost;
      return keepHere();
    });
  }

  function shown(text) {
    var found = new DOMParser().parseFromString(text, "text/html");
    var saved = found.querySelector("[data-saved-line]");
    if (line) line.textContent = (saved || found.body).textContent.trim();
    base = keptAt(found) || base;
    if (!reading) return;
    ["output", "[data-reading-why]"].forEach(function (part) {
      var old = reading.querySelector(part);
      var fresh = found.querySelector(part);
      if (!old || !fresh || old.innerHTML === fresh.innerHTML) return;
      var open = old.querySelector("details[open]");
      old.innerHTML = fresh.innerHTML;
      if (open && old.querySelector("details")) old.querySelector("details").open = true;
    });
  }

  /* The server's draft and the device's of one page: what the server could not take is kept here, and given back when the
     page is opened again. The later typed wins, the other is one press away. */
  var base = keptAt(document); // the server's version that this page began with
  var here = ""; // under what the device keeps this page, while it does
  var typed = 0;

  function place() {
    return "page-" + window.location.pathname;
  }

  /* The page of a new alert becomes that of its draft once there is one: « reload » and « back » show it. */
  function settle() {
    if (form.elements.draft) window.history.replaceState(null, "", form.action);
  }

  function keptAt(part) {
    var said = part.querySelector("[data-kept]");
    return said ? Number(said.dataset.kept) : 0;
  }

  function fields() {
    var pairs = [];
    new FormData(form).forEach(function (value, name) {
      if (["csrfmiddlewaretoken", "_membership", "go", "draft"].indexOf(name) < 0) pairs.push([name, value]);
    });
    return pairs;
  }

  function keepHere() {
    if (!form.hasAttribute("data-device") || !window.repereDevice) return null;
    return window.repereDevice().then(function (outbox) {
      here = place();
      var item = { id: here, kind: "page", mark: outbox.mark(), at: typed, base: base, state: "draft" };
      return outbox.keep(item, fields());
    }).then(function () {
      if (line) line.textContent = line.dataset.here;
    }, function (refused) {
      here = "";
      return refused; // a private window: the line says already that nothing was kept
    });
  }

  function keptThere() {
    if (!here) return null;
    var kept = here;
    here = "";
    return window.repereDevice().then(function (outbox) { return outbox.forget(kept); });
  }

  function pagesKept() {
    try {
      return window.localStorage.getItem("repere-pages");
    } catch (refused) {
      return null; // storage is forbidden: then nothing was kept either
    }
  }

  function giveBack() {
    var told = form.querySelector("[data-other]");
    if (!told || !window.repereDevice || !pagesKept()) return;
    window.repereDevice().then(function (outbox) {
      return outbox.get(place()).then(function (item) {
        if (!item || item.mark !== outbox.mark()) return null;
        return outbox.read(item).then(function (other) {
          here = item.id;
          if (JSON.stringify(other) === JSON.stringify(fields())) return keptThere(); // it arrived after all
          var newer = base === item.base || item.at / 1000 > base;
          told.querySelector(newer ? "[data-older]" : "[data-newer]").hidden = true;
          told.hidden = false;
          function swap() {
            var mine = fields();
            outbox.fill(form, other);
            other = mine;
            changed = true;
            typed = Date.now();
            keep(false);
          }
          told.querySelector("[data-swap]").addEventListener("click", swap);
          return newer ? swap() : null;
        });
      });
    });
  }

  /* « Aucun signe de la liste » and the signs exclude each other. */
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
    typed = Date.now();
    window.clearTimeout(timer);
    timer = window.setTimeout(keep, event.type === "change" ? 250 : 1500);
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", touched);
  form.addEventListener("submit", function (event) {
    if (event.defaultPrevented) return; // the page stays: no network
    leaving = true;
    window.clearTimeout(timer);
    keptThere(); // it goes with the page
  });
  window.addEventListener("online", function () { keep(false); });
  window.addEventListener("pageshow", function () { leaving = false; });
  window.addEventListener("repere:idle", function () { keep(true); });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) keep(true);
  });
  giveBack();
})();
