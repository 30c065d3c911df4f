/* Keeps a draft of each form with a long text while somebody types, and brings it back. Loaded by site.js. */
(function () {
  "use strict";

  var box = document.querySelector("[data-drafts]");
  if (!box) return;
  var words = box.dataset;
  var turn = Math.random().toString(36).slice(2) + Date.now().toString(36); // this display of the page

  function typedIn(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && ["hidden", "file", "password", "submit", "button"].indexOf(field.type) < 0;
    });
  }

  /* The address a form is sent to, and what tells it from others of the same address: not what changes by itself. */
  function keyOf(form) {
    var parts = [new URL(form.getAttribute("action") || "", window.location.href).pathname];
    ["act", "target", "entry"].forEach(function (name) {
      var field = form.querySelector("input[type=hidden][name=" + name + "]");
      if (field) parts.push(field.value);
    });
    parts.push(form.querySelector("textarea").name);
    return parts.join("|");
  }

  /* What the page held before one typed: a draft of another text must not take its place. */
  function baseOf(form) {
    var sum = 5381;
    var seen = Array.prototype.slice.call(form.querySelectorAll("input[name=seen]")); // the version that was read
    var text = typedIn(form).concat(seen).map(function (field) { return field.defaultValue || ""; }).join("\u0000");
    for (var at = 0; at < text.length; at += 1) sum = ((sum * 33) ^ text.charCodeAt(at)) >>> 0;
    return String(sum);
  }

  function hidden(form, name, value) {
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.appendChild(field);
  }

  function post(form, what, more) {
    var body = new URLSearchParams();
    ["csrfmiddlewaretoken", "_membership"].forEach(function (name) {
      var field = form.querySelector("input[name=" + name + "]");
      if (field) body.append(name, field.value);
    });
    (more.fields || []).forEach(function (pair) { body.append(pair[0], pair[1]); });
    (more.keys || [keyOf(form)]).forEach(function (key) { body.append("_draft", key); });
    body.append("_do", what);
    body.append("_turn", turn);
    body.append("_base", more.base || "");
    return window.fetch(words.drafts, {
      method: "POST", body: body, credentials: "same-origin", cache: "no-store", redirect: "error",
      keepalive: Boolean(more.leaving), signal: more.signal
    }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      window.dispatchEvent(new Event("repere:heard"));
      return answer;
    });
  }

  function Keeper(form) {
    this.form = form;
    this.base = baseOf(form);
    this.timer = null;
    this.changed = false;
    this.sent = false;
    this.line = document.createElement("p");
    this.line.className = "fr-hint-text";
    this.line.setAttribute("role", "status");
    form.insertBefore(this.line, form.querySelector("button:not([type=button])"));
    if (this.line.parentNode !== form) form.appendChild(this.line);
    hidden(form, "_draft", keyOf(form));
    hidden(form, "_turn", turn);
    var keep = this.keep.bind(this);
    var touched = this.touched.bind(this);
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
    form.addEventListener("submit", this.submitted.bind(this));
    window.addEventListener("pageshow", this.shownAgain.bind(this));
    window.addEventListener("repere:idle", function () { keep(true); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) keep(true); });
  }

  Keeper.prototype.touched = function () {
    this.changed = true;
    this.form.dataset.unsaved = "";
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.keep.bind(this), 1500);
  };

  Keeper.prototype.keep = function (leaving) {
    if (!this.changed || this.sent) return;
    var self = this;
    this.changed = false;
    var fields = [];
    new FormData(this.form).forEach(function (value, name) {
      if (typeof value === "string" && typedIn(self.form).some(function (f) { return f.name === name; })) {
        fields.push([name, value]);
      }
    });
    this.going = new AbortController();
    post(this.form, "save", { fields: fields, base: this.base, leaving: leaving === true, signal: this.going.signal })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        if (!self.changed) delete self.form.dataset.unsaved;
        self.line.textContent = text;
      })
      .catch(function () {
        if (self.sent) return;
        self.changed = true; // kept with the next change, or when the form is sent
        self.line.textContent = words.lost;
      });
  };

  Keeper.prototype.submitted = function (event) {
    if (event.defaultPrevented) return; // the page stays: no network
    this.sent = true;
    window.clearTimeout(this.timer);
    if (this.going) this.going.abort();
    delete this.form.dataset.unsaved;
  };

  Keeper.prototype.shownAgain = function () {
    this.sent = false;
  };

  Keeper.prototype.restore = function (draft) {
    var values = Object.create(null);  // a field may be called "constructor"
    draft.fields.forEach(function (pair) { (values[pair[0]] = values[pair[0]] || []).push(pair[1]); });
    if (draft.base === this.base) {
      typedIn(this.form).forEach(function (field) {
        var given = values[field.name] || [];
        if (field.type === "checkbox" || field.type === "radio") field.checked = given.indexOf(field.value) >= 0;
        else if (field.multiple && field.options) {
          Array.prototype.forEach.call(field.options, function (one) { one.selected = given.indexOf(one.value) >= 0; });
        } else if (given.length) field.value = given.shift();
      });
      this.line.textContent = draft.said;
    } else {
      this.line.textContent = words.other;
      this.copy(values);
    }
    var drop = document.createElement("button");
    drop.type = "button";
    drop.className = "fr-btn fr-btn--tertiary fr-btn--sm";
    drop.textContent = words.drop;
    drop.addEventListener("click", this.drop.bind(this, drop));
    var apart = document.createElement("p");
    apart.appendChild(drop);
    this.line.insertAdjacentElement("afterend", apart);
    for (var fold = this.form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  };

  /* The page says something else than when the draft was written: shown beside it, to be copied. */
  Keeper.prototype.copy = function (values) {
    var self = this;
    this.form.querySelectorAll("textarea").forEach(function (field) {
      (values[field.name] || []).forEach(function (text) {
        var shown = document.createElement("blockquote");
        shown.className = "rp-words";
        text.split("\n").forEach(function (part, row) {
          if (row) shown.appendChild(document.createElement("br"));
          shown.appendChild(document.createTextNode(part));
        });
        if (text) self.line.insertAdjacentElement("afterend", shown);
      });
    });
  };

  Keeper.prototype.drop = function (button) {
    var self = this;
    this.sent = true;
    window.clearTimeout(this.timer);
    post(this.form, "forget", {}).then(function () {
      self.form.reset();
      self.changed = false;
      delete self.form.dataset.unsaved;
      self.form.querySelectorAll("blockquote.rp-words").forEach(function (shown) { shown.remove(); });
      button.parentNode.remove();
      self.line.textContent = words.dropped;
    }, function () {
      self.line.textContent = words.lost;
    }).then(function () { self.sent = false; });
  };

  var keepers = Object.create(null);
  document.querySelectorAll("form").forEach(function (form) {
    var posted = form.getAttribute("method") === "post" && !form.matches("[data-autosave]");
    if (!posted || !form.querySelector("textarea:not([hidden])") || form.closest("[data-no-draft]")) return;
    var key = keyOf(form);
    if (!(key in keepers)) keepers[key] = new Keeper(form);
  });
  var keys = Object.keys(keepers).slice(0, 40);
  // the answer to a refused form holds what was just typed, which is newer
  if (!keys.length || document.querySelector("#erreurs")) return;
  post(keepers[keys[0]].form, "find", { keys: keys }).then(function (answer) { return answer.json(); }).then(function (found) {
    keys.forEach(function (key) {
      if (found[key] && !keepers[key].changed) keepers[key].restore(found[key]);
    });
  }, function () {
    return; // no network: nothing to bring back now
  });
})();
