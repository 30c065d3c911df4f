/* Keeps on this device, encrypted, what was written without network, and sends it once. Loaded by the page without
   network, and by site.js when something waits. The key cannot be taken out of the browser; signing out erases both. */
window.repereOutbox = (function () {
  "use strict";

  var LIFE = 72 * 3600 * 1000; // then the content is erased, and the line says that it was never sent
  var place = document.querySelector("[data-outbox]");
  var store = null;

  function database() {
    store = store || new Promise(function (found, failed) {
      var asked = window.indexedDB.open("repere", 1);
      asked.onupgradeneeded = function () {
        asked.result.createObjectStore("keys");
        asked.result.createObjectStore("kept", { keyPath: "id" });
      };
      asked.onsuccess = function () { found(asked.result); };
      asked.onerror = function () { failed(asked.error); };
    });
    return store;
  }

  /* Run one act on a table and give its result once the transaction is complete. */
  function act(table, mode, what) {
    return database().then(function (db) {
      return new Promise(function (found, failed) {
        var turn = db.transaction(table, mode);
        var asked = what(turn.objectStore(table));
        turn.oncomplete = function () { found(asked.result); };
        turn.onabort = turn.onerror = function () { failed(turn.error); };
      });
    });
  }

  function key() {
    return act("keys", "readonly", function (keys) { return keys.get("one"); }).then(function (known) {
      if (known) return known;
      return window.crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
        .then(function (made) {
          return act("keys", "readwrite", function (keys) { return keys.add(made, "one"); })
            .then(function () { return made; }, key); // another tab was quicker
        });
    });
  }

  function put(item) {
    return act("kept", "readwrite", function (kept) { return kept.put(item); }).then(count);
  }

  /* Keep a form: `item` says what and when in clear (never an answer), `fields` are [name, value] pairs, sealed. */
  function keep(item, fields) {
    var iv = window.crypto.getRandomValues(new Uint8Array(12));
    return key().then(function (one) {
      var bytes = new TextEncoder().encode(JSON.stringify(fields));
      var bound = new TextEncoder().encode(item.id);
      return window.crypto.subtle.encrypt({ name: "AES-GCM", iv: iv, additionalData: bound }, one, bytes);
    }).then(function (sealed) {
      return put(Object.assign({}, item, { iv: iv, sealed: sealed }));
    });
  }

  function read(item) {
    if (!item || !item.sealed) return Promise.resolve([]);
    return key().then(function (one) {
      var bound = new TextEncoder().encode(item.id);
      return window.crypto.subtle.decrypt({ name: "AES-GCM", iv: item.iv, additionalData: bound }, one, item.sealed);
    }).then(function (bytes) { return JSON.parse(new TextDecoder().decode(bytes)); });
  }

  /* Write what was kept into a form; how a sign is known has circles of its own in each grid of the device's page. */
  function fill(form, pairs) {
    form.querySelectorAll("[type=checkbox], [type=radio]").forEach(function (field) { field.checked = field.defaultChecked && field.type === "radio"; });
    pairs.forEach(function (pair) {
      var apart = pair[0].indexOf("by_") === 0 && form.querySelector("[data-by]");
      form.querySelectorAll(apart ? "[data-by='" + pair[0].slice(3) + "']" : "[name='" + pair[0] + "']").forEach(function (field) {
        if (field.type === "checkbox" || field.type === "radio") {
          if (field.value === pair[1]) field.checked = true;
        } else field.value = pair[1];
      });
    });
  }

  function forget(id) {
    return act("kept", "readwrite", function (kept) { return kept.delete(id); }).then(count);
  }

  function get(id) {
    return act("kept", "readonly", function (kept) { return kept.get(id); });
  }

  function without(item, more) {
    var left = Object.assign({}, item, more);
    delete left.iv;
    delete left.sealed;
    return left;
  }

  /* Everything kept here, newest first. What is older than 72 hours loses its content. */
  function all() {
    return act("kept", "readonly", function (kept) { return kept.getAll(); }).then(function (items) {
      var old = items.filter(function (item) { return item.sealed && Date.now() - item.at > LIFE; });
      return Promise.all(old.map(function (item) {
        return item.state === "draft" ? forget(item.id) : put(without(item, { state: "expired" }));
      })).then(function () {
        return old.length ? all() : items.sort(function (a, b) { return b.at - a.at; });
      });
    });
  }

  /* Say to the other pages, which do not open the store, how many wait. */
  function count() {
    return act("kept", "readonly", function (kept) { return kept.getAll(); }).then(function (items) {
      var waiting = items.filter(function (item) { return item.state === "waiting" || item.state === "wrong"; }).length;
      try {
        if (waiting) window.localStorage.setItem("repere-waiting", String(waiting));
        else window.localStorage.removeItem("repere-waiting");
        var pages = items.some(function (item) { return item.kind === "page"; });
        if (pages) window.localStorage.setItem("repere-pages", "1");
        else window.localStorage.removeItem("repere-pages");
      } catch (refused) {
        return waiting; // storage of words is forbidden here: the page without network still lists all
      }
      return waiting;
    });
  }

  function mark() {
    try {
      return window.localStorage.getItem("repere-device") || "";
    } catch (refused) {
      return "";
    }
  }

  /* Put a form among what waits. The id is that of its draft: sent twice, it is the same alert. */
  function add(kind, id, fields) {
    return keep({ id: id, kind: kind, mark: mark(), at: Date.now(), state: "waiting", why: "" }, fields);
  }

  function asked(address, more) {
    return window.fetch(address, Object.assign({ credentials: "same-origin", cache: "no-store", redirect: "manual" }, more));
  }

  /* The token is asked for at the moment of sending; without a session, or under another account, all is kept. */
  function ticket() {
    return asked(place.dataset.ticket).then(function (answer) {
      if (answer.type === "opaqueredirect" || answer.status === 401) return { why: "signin" };
      if (answer.status === 403) return { why: "refused" };
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.json();
    });
  }

  function day(at) {
    var when = new Date(at);
    var two = function (number) { return String(number).padStart(2, "0"); };
    return when.getFullYear() + "-" + two(when.getMonth() + 1) + "-" + two(when.getDate());
  }

  function sendOne(item, given) {
    if (given.why) return put(Object.assign({}, item, { why: given.why }));
    if (item.mark && item.mark !== given.mark) return put(Object.assign({}, item, { why: "other" }));
    return read(item).then(function (fields) {
      var body = new URLSearchParams();
      fields.forEach(function (pair) { body.append(pair[0], pair[1]); });
      body.set("draft", item.id);
      body.set("kind", item.kind);
      body.set("written", day(item.at));
      body.set("csrfmiddlewaretoken", given.token);
      body.set("_membership", given.membership);
      return asked(place.dataset.deliver, { method: "POST", body: body });
    }).then(function (answer) {
      if (answer.type === "opaqueredirect") return put(Object.assign({}, item, { why: "signin" }));
      if (!answer.ok) return put(Object.assign({}, item, { why: "refused" }));
      return answer.json().then(function (said) {
        if (said.state === "sent") {
          return put(without(item, { state: "sent", why: "", reference: said.reference, url: said.url, sent: Date.now() }));
        }
        return put(Object.assign({}, item, { state: said.state === "draft" ? "unfinished" : "wrong", why: "",
          url: said.url || "", errors: Object.values(said.errors || {}) }));
      });
    });
  }

  function attempt() {
    return all().then(function (items) {
      var waiting = items.filter(function (item) { return item.state === "waiting"; });
      if (!waiting.length) return null;
      return ticket().then(function (given) {
        // the oldest first, dangers before the rest
        waiting.sort(function (a, b) { return (b.kind === "danger") - (a.kind === "danger") || a.at - b.at; });
        return waiting.reduce(function (before, item) {
          return before.then(function () { return sendOne(item, given); });
        }, Promise.resolve());
      });
    });
  }

  /* Send what waits; one tab at a time. A failure of the network leaves all as it is, for the next attempt. */
  function send() {
    var turn = navigator.locks ? navigator.locks.request("repere-outbox", attempt) : attempt();
    return turn.catch(function (error) {
      if (!(error instanceof TypeError) && !/^\d+$/.test(error.message)) throw error;
    }).then(function () { window.dispatchEvent(new Event("repere:outbox")); });
  }

  window.addEventListener("online", send);
  window.setInterval(function () { if (navigator.onLine) send(); }, 30000);
  if (navigator.onLine) send();
  return { add: add, all: all, get: get, keep: keep, read: read, fill: fill, forget: forget, send: send, mark: mark, put: put };
})();
