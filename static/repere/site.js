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

  function menu() {
    var button = document.querySelector("[data-menu]");
    if (!button) return;
    button.addEventListener("click", function () {
      var open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      button.closest("nav").classList.toggle("is-open", open);
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

  /* The session ends after 15 minutes. Activity in any tab counts; typing alone keeps it alive through a request. */
  function idle() {
    var box = document.querySelector("[data-idle]");
    var logout = document.querySelector("[data-logout]");
    if (!box || !logout) return;
    var MINUTE = 60000;
    var stay = box.querySelector("[data-idle-stay]");
    var asked = Date.now();
    var former = null;
    function active() {
      return Math.max(Number(remembered("repere-active") || 0), asked);
    }
    function touch() {
      if (!box.hidden) return;
      var now = Date.now();
      if (now - active() > 5000) remember("repere-active", String(now));
      if (now - asked > 5 * MINUTE) ping();
    }
    function ping() {
      asked = Date.now();
      remember("repere-active", String(asked));
      window.fetch(stay.dataset.href, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
        if (answer.redirected) window.location.reload();
      }, function () {
        asked = Date.now() - 4.5 * MINUTE; // no network: asked again in half a minute, if there is activity
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
        logout.submit();
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

  function focusErrors() {
    var summary = document.querySelector(".rp-summary");
    if (summary) summary.focus();
  }

  menu();
  theme();
  quickExit();
  idle();
  focusErrors();
})();
