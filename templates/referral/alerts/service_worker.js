/* Keeps on the device the page to write on, the practical sheets and their files, the same for all, and shows them when
   the site cannot be reached. Nothing else is ever kept: no case, no answer, no page of a member. */
"use strict";

var NAME = "repere-{{ version }}";
var PAGE = "{{ page }}"; // in the place of any other page
var SHEETS = [{% for sheet in sheets %}"{{ sheet }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
var FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(NAME).then(function (kept) {
    return Promise.all([PAGE].concat(SHEETS, FILES).map(function (address) {
      // without cookies: what is kept is what somebody who is not signed in would see
      return fetch(new Request(address, { credentials: "omit", cache: "no-cache" })).then(function (answer) {
        if (!answer.ok) throw new Error(address + " " + answer.status);
        return kept.put(address, answer);
      });
    }));
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) {
      return name.indexOf("repere-") === 0 && name !== NAME;
    }).map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

self.addEventListener("fetch", function (event) {
  var asked = event.request;
  if (asked.method !== "GET") {
    // no answer to a form: 204 keeps the page and what was typed in it, which is told so; a file is left to the browser
    if (asked.mode !== "navigate" || (asked.headers.get("Content-Type") || "").indexOf("application/x-www-form") !== 0) return;
    event.respondWith(fetch(asked).catch(function () {
      return self.clients.matchAll({ type: "window" }).then(function (pages) {
        pages.forEach(function (page) { page.postMessage({ unanswered: asked.url }); });
        return new Response(null, { status: 204 });
      });
    }));
    return;
  }
  if (asked.mode === "navigate") {
    event.respondWith(fetch(asked).catch(function () {
      var path = new URL(asked.url).pathname;
      return caches.match(SHEETS.indexOf(path) < 0 ? PAGE : path);
    }));
  } else if (FILES.indexOf(new URL(asked.url).pathname) >= 0) {
    event.respondWith(fetch(asked).catch(function () { return caches.match(new URL(asked.url).pathname); }));
  }
});
