/* Runs before the first paint: the theme, and the sign that scripts run. */
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var paper = window.matchMedia("print");
  function chosen() {
    try {
      return window.localStorage.getItem("repere-theme") || "system";
    } catch (refused) {
      return "system"; // storage can be forbidden: the device's own choice then stands
    }
  }
  function apply() {
    var scheme = chosen();
    root.setAttribute("data-fr-scheme", scheme);
    // paper is white: what is light on dark would not be read there
    if (paper.matches) scheme = "light";
    root.setAttribute("data-fr-theme", scheme === "system" ? (dark.matches ? "dark" : "light") : scheme);
  }
  root.classList.add("js");
  apply();
  dark.addEventListener("change", apply);
  paper.addEventListener("change", apply);
  window.addEventListener("repere:theme", apply);
})();
