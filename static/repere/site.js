/* What scripts add to every page: the menu on phones, the theme choice, the quick exit, the idle warning. */
(function () {
  "use strict";

  function remember(key, value) {
    try {
      window.localStorage.setItem(key, value);
    } catch (refused) {
      return; // storage can be forbidden; nothing depends on it
    }
  }
  function remembered(key) {
    try {
      return window.localStorage.getItem(key);
    } catch (refused) {
      return null;
    }
  }

  /* On phones: « Menu » opens below its button; the button, Escape and a press elsewhere close it. */
  function menu() {
    var button = document.querySelector("[data-menu]");
    if (!button) return;
    var header = button.closest("[data-header]");
    function set(open) {
      button.setAttribute("aria-expanded", String(open));
      header.toggleAttribute("data-open", open);
    }
    button.addEventListener("click", function () { set(!header.hasAttribute("data-open")); });
    header.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !header.hasAttribute("data-open")) return;
      set(false);
      button.focus();
    });
    document.addEventListener("click", function (event) {
      if (header.hasAttribute("data-open") && !header.contains(event.target)) set(false);
    });
  }

  function theme() {
    var box = document.querySelector("[data-theme-choice]");
    if (!box) return;
    var now = document.documentElement.getAttribute("data-fr-scheme");
    box.querySelectorAll("input").forEach(function (input) {
      input.checked = input.value === now;
      input.addEventListener("change", function () {
        remember("repere-theme", input.value);
        window.dispatchEvent(new Event("repere:theme"));
      });
    });
    box.hidden = false;
  }

  /* Blank first, then another site in place of this page: « back » does not return here. */
  function quickExit() {
    var link = document.querySelector("[data-quick-exit]");
    if (!link) return;
    function leave() {
      exit = true;
      document.title = " ";
      document.body.hidden = true;
      window.location.replace(link.href);
    }
    link.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
    var presses = [];
    document.addEventListener("keyup", function (event) {
      if (event.key !== "Shift") {
        presses = [];
        return;
      }
      var now = Date.now();
      presses = presses.filter(function (at) { return now - at < 1500; }).concat(now);
      if (presses.length === 3) leave();
    });
  }

  /* The form somebody typed in last and did not send; pages that keep their draft by themselves have none. */
  var typed = null;
  var exit = false; // the way out is never asked about
  function watchForms() {
    document.addEventListener("input", function (event) {
      var form = event.target.form;
      if (!form || form.getAttribute("method") !== "post" || form.matches("[data-autosave]")) return;
      typed = form;
      if (event.target.tagName === "TEXTAREA") form.dataset.unsaved = "";
    });
    document.addEventListener("submit", function (event) {
      if (event.defaultPrevented) return;
      typed = null;
      delete event.target.dataset.unsaved;
    });
    window.addEventListener("beforeunload", function (event) {
      if (!exit && document.querySelector("form[data-unsaved]")) event.preventDefault();
    });
    var script = document.querySelector("[data-drafts]");
    if (script && document.querySelector("main form[method=post] textarea")) {
      var tag = document.createElement("script");
      tag.src = script.dataset.script;
      document.head.appendChild(tag);
    }
  }

  /* A form is sent only when the site can be reached: the browser's own error would take the page and what was typed in it.
     Asked when nothing came for half a minute; silence is not taken for absence. What fails nevertheless is told by the
     service worker: the page stays, and the site may have heard. */
  function withoutNetwork() {
    var box = document.querySelector("[data-offline]");
    if (!box) return;
    var heard = Date.now();
    var former = null;
    window.addEventListener("repere:heard", function () { heard = Date.now(); });
    var title = box.querySelector("h2");
    var sure = title.textContent;
    function show(form, unanswered) {
      former = document.activeElement;
      unsent = form;
      title.textContent = unanswered ? title.dataset.unanswered : sure;
      keep.hidden = !form.dataset.kind;
      box.hidden = false;
      box.querySelector(keep.hidden ? "[data-offline-close]" : "[data-offline-keep] button").focus();
    }
    function close() {
      box.hidden = true;
      if (former) former.focus();
    }
    box.querySelector("[data-offline-close]").addEventListener("click", close);
    var keep = box.querySelector("[data-offline-keep]");
    var unsent = null;
    var target = "";
    /* A danger is kept on the device, under the id of its page: sent twice, it is the same alert. */
    keep.querySelector("button").addEventListener("click", function () {
      var fields = [];
      new FormData(unsent).forEach(function (value, name) {
        if (name !== "csrfmiddlewaretoken" && name !== "_membership") fields.push([name, value]);
      });
      outbox().then(function (kept) {
        return kept.add(unsent.dataset.kind, unsent.elements.draft.value, fields);
      }).then(function () {
        window.location.assign("/hors-ligne/#attente");
      });
    });
    box.addEventListener("keydown", function (event) { if (event.key === "Escape") close(); });
    document.addEventListener("submit", function (event) {
      var form = event.target;
      if (form.getAttribute("method") !== "post") return;
      var asked = form.dataset.reach;
      delete form.dataset.reach;
      unsent = form;
      // a field may be called « action »
      var own = event.submitter && event.submitter.getAttribute("formaction");
      target = new URL(own || form.getAttribute("action") || "", window.location.href).href;
      if (asked === "yes") return;
      if (navigator.onLine && Date.now() - heard < 30000) return;
      event.preventDefault();
      if (asked === "asking") {
        form.dataset.reach = asked;
        return;
      }
      form.dataset.reach = "asking";
      var patience = new AbortController();
      window.setTimeout(function () { patience.abort(); }, 3000);
      window.fetch("/healthz", { method: "HEAD", cache: "no-store", signal: patience.signal }).catch(function (error) {
        if (error.name !== "AbortError") throw error;
      }).then(function () {
        form.dataset.reach = "yes";
        form.requestSubmit(event.submitter);
      }, function () {
        delete form.dataset.reach;
        show(form);
      });
    }, true);
    if (navigator.serviceWorker) navigator.serviceWorker.addEventListener("message", function (event) {
      if (!unsent || event.data.unanswered !== target) return; // a form of another page
      typed = unsent;
      unsent.dataset.unsaved = "";
      window.dispatchEvent(new Event("pageshow")); // its draft is kept again
      show(unsent, true);
    });
  }

  /* « Back » and « reload » never ask to send a form again: its answer takes, in the history, the place of its page. */
  function settle() {
    if (!document.body.hasAttribute("data-posted")) return;
    document.querySelectorAll("form").forEach(function (form) {
      form.setAttribute("action", new URL(form.getAttribute("action") || "", window.location.href).href);
    });
    document.querySelectorAll("a[href^='?']").forEach(function (link) { link.href = link.href; });
    var from = document.referrer;
    var ours = from.indexOf(window.location.origin + "/") === 0;
    window.history.replaceState(null, "", ours ? from : window.location.href);
  }

  /* Sign out by ourselves: what was typed is kept on the server first, and given back after the next sign-in. */
  function signOut(logout, said) {
    function leave() {
      exit = true;
      logout.action += "?inactif";
      logout.submit();
    }
    // without an answer, or before a late one, we would stay on this page: nothing of it is left on the screen
    function empty() {
      var closed = document.createElement("p");
      closed.textContent = document.title = said.closed;
      closed.className = "fr-container";
      logout.hidden = true;
      document.body.replaceChildren(closed, logout);
    }
    if (!typed) return empty(), leave();
    var body = new URLSearchParams();
    new FormData(typed).forEach(function (value, name) {
      if (typeof value === "string") body.append(name, value);
    });
    var button = typed.querySelector("button:not([type=button])[name]");
    if (button) body.append(button.name, button.value);
    var sent = new URL(typed.getAttribute("action") || "", window.location.href); // a field may be called « action »
    body.set("_path", sent.pathname + sent.search);
    empty();
    window.fetch(said.keep, { method: "POST", body: body, credentials: "same-origin", redirect: "manual" }).then(leave, leave);
  }

  /* The session ends after 15 minutes, or up to one earlier. Activity in any tab counts; typing asks the site. */
  function idle() {
    var box = document.querySelector("[data-idle]");
    var logout = document.querySelector("[data-logout]");
    if (!box || !logout) return;
    var MINUTE = 60000;
    var stay = box.querySelector("[data-idle-stay]");
    var asked = Date.now();
    var former = null;
    var leaving = false;
    function active() {
      return Math.max(Number(remembered("repere-active") || 0), asked);
    }
    function touch() {
      if (!box.hidden) return;
      var now = Date.now();
      if (now - active() > 5000) remember("repere-active", String(now));
      if (now - asked > 4 * MINUTE) ping();
    }
    function ping() {
      asked = Date.now();
      remember("repere-active", String(asked));
      window.fetch(stay.dataset.href, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
        window.dispatchEvent(new Event("repere:heard"));
        if (answer.redirected && !typed) window.location.reload(); // else the form is kept when it is sent
      }, function () {
        asked = Date.now() - 3.5 * MINUTE; // no network: asked again in half a minute, if there is activity
      });
    }
    function close() {
      box.hidden = true;
      if (former) former.focus();
      ping();
    }
    stay.addEventListener("click", close);
    box.addEventListener("keydown", function (event) {
      if (event.key === "Tab") {
        event.preventDefault();
        stay.focus();
      }
      if (event.key === "Escape") close();
    });
    ["keydown", "pointerdown", "scroll", "input"].forEach(function (name) {
      document.addEventListener(name, touch, { passive: true });
    });
    window.setInterval(function () {
      var quiet = Date.now() - active();
      if (quiet >= 15 * MINUTE) {
        if (!leaving) signOut(logout, stay.dataset);
        leaving = true;
      } else if (quiet >= 13 * MINUTE && box.hidden) {
        window.dispatchEvent(new Event("repere:idle")); // a form keeps its draft now
        former = document.activeElement;
        box.hidden = false;
        stay.focus();
      } else if (quiet < 13 * MINUTE && !box.hidden) {
        box.hidden = true;
      }
    }, 5000);
  }

  /* What a device keeps for the days without network: the page to write on, and what waits. */
  var loading = null;
  function outbox() {
    loading = loading || new Promise(function (found, failed) {
      if (window.repereOutbox) return found(window.repereOutbox);
      var tag = document.createElement("script");
      tag.src = document.querySelector("[data-outbox]").dataset.script;
      tag.addEventListener("load", function () { found(window.repereOutbox); });
      tag.addEventListener("error", failed);
      document.head.appendChild(tag);
    });
    return loading;
  }

  window.repereDevice = outbox; // for a page that keeps its answers on the device

  function device() {
    var place = document.querySelector("[data-outbox]");
    var served = document.querySelector("link[data-worker]"); // on the sign-in page too: there before the field
    if (served && "serviceWorker" in navigator) {
      navigator.serviceWorker.register(served.dataset.worker, { scope: "/" }).catch(function (refused) {
        return refused; // a private window keeps nothing: pages work as before
      });
    }
    if (!place || !place.dataset.script) return;
    remember("repere-device", place.dataset.mark);
    if (remembered("repere-waiting")) outbox();
  }

  /* Signing out erases what waits on the device: asked first. */
  function askBeforeLeaving() {
    var logout = document.querySelector("[data-logout]");
    var box = document.querySelector("[data-leaving]");
    if (!logout || !box) return;
    logout.addEventListener("submit", function (event) {
      if (!remembered("repere-waiting") || event.submitter === null) return;
      event.preventDefault();
      box.hidden = false;
      box.querySelector("a").focus();
    });
    box.addEventListener("keydown", function (event) { if (event.key === "Escape") box.hidden = true; });
    box.querySelector("[data-leave]").addEventListener("click", function () { logout.submit(); });
  }

  function focusErrors() {
    var summary = document.querySelector("#erreurs");
    if (summary) summary.focus();
  }

  menu();
  theme();
  settle();
  quickExit();
  withoutNetwork();
  watchForms();
  idle();
  device();
  askBeforeLeaving();
  focusErrors();
})();
