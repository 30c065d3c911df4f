/* The page of the device: writes a danger or an alert without network, and shows what waits to be sent. */
(function () {
  "use strict";

  var box = document.querySelector("[data-offline-page]");
  var outbox = window.repereOutbox;
  if (!box || !outbox) return;
  // « attente » is no place of the page: what was just kept is shown from its top, where the numbers are
  var PANES = { danger: "danger", signaler: "report", envois: "waiting", attente: "waiting" };

  function word(name, values) {
    var text = box.querySelector("[data-word='" + name + "']").textContent;
    Object.keys(values || {}).forEach(function (key) { text = text.replace("{" + key + "}", values[key]); });
    return text;
  }

  function time(at) {
    return new Date(at).toLocaleString(document.documentElement.lang, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  }

  /* What the address asks for: a pane by its anchor, else that of the page that could not be reached. */
  function wanted() {
    var anchor = window.location.hash.slice(1);
    if (PANES[anchor]) return PANES[anchor];
    var path = window.location.pathname;
    if (path.indexOf("/danger/") === 0) return "danger";
    if (path.indexOf("/signaler/") === 0) return "report";
    return anchor ? "" : "start";
  }

  function choose(focus) {
    var name = wanted();
    box.querySelectorAll("[data-pane]").forEach(function (pane) { pane.hidden = pane.dataset.pane !== name; });
    var title = box.querySelector("[data-pane='" + name + "'] h2");
    if (title && focus) title.focus();
  }

  /* How each sign is known: one line of the page, made for each of them here, so that it is sent once. */
  function addSources(form) {
    var line = form.querySelector("[data-how]");
    form.querySelectorAll("[data-grid] [name=sign]").forEach(function (sign) {
      var made = line.content.firstElementChild.cloneNode(true);
      made.querySelectorAll("input").forEach(function (input) {
        input.name = "by/" + sign.id;
        input.dataset.by = sign.value;
        input.disabled = sign.disabled;
        input.defaultChecked = input.value === sign.dataset.known;
      });
      sign.parentNode.appendChild(made);
    });
  }

  /* The short grid of the form and the age; the others are out of the way, and not sent. */
  function chooseGrid(form) {
    var given = new FormData(form);
    var asked = (given.get("form") || "") + " " + (given.get("minor") || "no");
    form.querySelectorAll("[data-grid]").forEach(function (grid) {
      var on = grid.dataset.grid.split("|").indexOf(asked) >= 0;
      grid.hidden = !on;
      grid.querySelectorAll("input").forEach(function (input) { input.disabled = !on; });
    });
  }

  function exclude(form, target) {
    if (target.name === "sign" && target.checked) form.elements.none_of_these.checked = false;
    if (target.name === "none_of_these" && target.checked) {
      form.querySelectorAll("[name=sign]:checked").forEach(function (sign) { sign.checked = false; });
    }
  }

  function fieldsOf(form) {
    var pairs = [];
    new FormData(form).forEach(function (value, name) {
      if (name.indexOf("/") < 0) pairs.push([name, value]);
      // each grid has its own circles; how a sign is known goes with a sign that is ticked
      if (name !== "sign") return;
      var known = form.querySelector("[data-by='" + value + "']:checked:not(:disabled)");
      if (known) pairs.push(["by_" + value, known.value]);
    });
    return pairs;
  }

  function fill(form, pairs) {
    form.reset();
    outbox.fill(form, pairs);
    if (form.dataset.kind === "report") chooseGrid(form);
  }

  /* The required answers without one: [name, what to do]. */
  function missing(form) {
    var given = new FormData(form);
    var signs = given.has("sign") || given.has("none_of_these");
    return Array.prototype.map.call(form.querySelectorAll("[data-missing] li"), function (line) {
      return [line.dataset.for, line.textContent];
    }).filter(function (line) {
      return line[0] === "indications" ? !signs : !String(given.get(line[0]) || "").trim();
    });
  }

  function say(form, lines) {
    var summary = form.querySelector("[data-errors]");
    var list = summary.querySelector("ul");
    list.textContent = "";
    lines.forEach(function (line) {
      var item = document.createElement("li");
      var field = form.querySelector("[name='" + (line[0] === "indications" ? "none_of_these" : line[0]) + "']");
      var link = document.createElement(field ? "a" : "span");
      if (field) link.href = "#" + field.id;
      link.textContent = line[1];
      if (field) {
        link.addEventListener("click", function (event) {
          event.preventDefault();
          field.focus();
        });
      }
      item.appendChild(link);
      list.appendChild(item);
    });
    summary.hidden = !lines.length;
    if (lines.length) summary.focus();
  }

  /* One form: its draft is kept as it is typed, and given back when the page is opened again. */
  function writer(form) {
    var kind = form.dataset.kind;
    var draft = "draft-" + kind;
    var saved = form.querySelector("[data-saved]");
    var timer = null;
    var id = window.crypto.randomUUID();
    if (kind === "report") addSources(form);

    function keep() {
      var item = { id: draft, kind: kind, mark: outbox.mark(), at: Date.now(), state: "draft", alert: id };
      return outbox.keep(item, fieldsOf(form)).then(function () {
        saved.textContent = word("kept", { time: time(Date.now()) });
      }, function () { saved.textContent = word("lost"); });
    }
    function drop() {
      window.clearTimeout(timer);
      id = window.crypto.randomUUID();
      form.reset();
      if (kind === "report") chooseGrid(form);
      saved.textContent = "";
      say(form, []);
      return outbox.forget(draft);
    }
    function typed(event) {
      exclude(form, event.target);
      if (kind === "report" && (event.target.name === "minor" || event.target.name === "form")) chooseGrid(form);
      window.clearTimeout(timer);
      timer = window.setTimeout(keep, 500);
    }

    form.addEventListener("input", typed);
    form.addEventListener("change", typed);
    form.querySelector("[data-drop]").addEventListener("click", drop);
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden || !saved.textContent) return;
      window.clearTimeout(timer);
      keep();
    });
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var lines = missing(form);
      say(form, lines);
      if (lines.length) return;
      window.clearTimeout(timer);
      outbox.add(kind, id, fieldsOf(form)).then(drop).then(function () {
        window.location.hash = "attente";
        window.scrollTo(0, 0);
        box.querySelector("[data-title]").focus({ preventScroll: true });
        return outbox.send();
      }, function () { saved.textContent = word("lost"); });
    });
    form.correct = function (item) {
      return outbox.read(item).then(function (pairs) {
        id = item.id;
        fill(form, pairs);
        say(form, (item.errors || []).map(function (text) { return ["", text]; }));
      });
    };
    outbox.get(draft).then(function (item) {
      if (!item) return null;
      return outbox.read(item).then(function (pairs) {
        id = item.alert;
        fill(form, pairs);
        saved.textContent = word("kept", { time: time(item.at) });
      });
    });
  }

  function button(text, way) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "fr-btn fr-btn--sm fr-btn--tertiary";
    made.textContent = text;
    made.addEventListener("click", way);
    return made;
  }

  function link(text, address) {
    var made = document.createElement("a");
    made.className = "fr-btn fr-btn--sm";
    made.href = address;
    made.textContent = text;
    return made;
  }

  function acts(item) {
    var found = [];
    if (item.why === "signin") found.push(link(word("signin-act"), box.dataset.signIn));
    if (item.state === "unfinished") found.push(link(word("finish-act"), item.url));
    if (item.state === "sent") found.push(link(word("open-act"), item.url));
    if (item.state === "wrong") {
      found.push(button(word("correct-act"), function () {
        var form = box.querySelector("form[data-kind='" + item.kind + "']");
        form.correct(item).then(function () {
          window.location.hash = item.kind === "danger" ? "danger" : "signaler";
        });
      }));
    }
    var erase = button(word("erase-act"), function () {
      if (item.sealed && item.state !== "unfinished" && erase.textContent !== word("erase-sure")) {
        erase.textContent = word("erase-sure"); // pressed twice: nobody was told of it
        return;
      }
      outbox.forget(item.id).then(show);
    });
    found.push(erase);
    return found;
  }

  function lineOf(item) {
    var row = document.createElement("li");
    row.className = "rp-card";
    row.dataset.state = item.state;
    var head = document.createElement("p");
    var name = document.createElement("strong");
    name.textContent = word(item.kind);
    head.append(name, " · " + word("written", { time: time(item.at) }));
    var said = document.createElement("p");
    var end = { time: time(item.state === "sent" ? item.sent : item.at + 72 * 3600 * 1000), reference: item.reference || "" };
    said.textContent = word(item.state === "waiting" && item.why ? item.why : item.state, end);
    var row2 = document.createElement("div");
    row2.className = "rp-actions";
    acts(item).forEach(function (act) { row2.appendChild(act); });
    row.append(head, said, row2);
    return row;
  }

  function show() {
    return outbox.all().then(function (items) {
      var kept = items.filter(function (item) { return item.state !== "draft"; });
      var waiting = kept.filter(function (item) { return item.state === "waiting" || item.state === "wrong"; });
      var list = box.querySelector("[data-list]");
      list.textContent = "";
      kept.forEach(function (item) { list.appendChild(lineOf(item)); });
      box.querySelector("[data-none]").hidden = kept.length > 0;
      box.querySelector("[data-send]").hidden = !waiting.length;
      box.querySelector("[data-waiting]").textContent = waiting.length ? "(" + waiting.length + ")" : "";
      box.querySelector("[data-told]").hidden = !waiting.length;
      box.querySelector("[data-nothing-told]").hidden = waiting.length > 0;
    });
  }

  box.querySelectorAll("form").forEach(writer);
  box.querySelector("[data-send]").addEventListener("click", outbox.send);
  window.addEventListener("hashchange", function () { choose(window.location.hash !== "#attente"); });
  window.addEventListener("repere:outbox", show);
  if ("serviceWorker" in navigator && navigator.serviceWorker.controller) {
    navigator.serviceWorker.addEventListener("controllerchange", function () {
      box.querySelector("[data-fresh]").hidden = false;
    });
  }
  choose(false);
  show();
})();
