// The link to other versions opens a menu, whose script comes when it is wanted. What versions there
// are stands before this script.
(function () {
  "use strict";
  var doc = document;
  var copydesk = window.copydesk;
  var link = doc.querySelector("a.version");
  var waiting = [];
  if (!link) return;

  // Hands the menu to `then` once it is there.
  copydesk.withVersions = function (then) {
    if (waiting.push(then) > 1) return;
    var script = doc.createElement("script");
    script.src = doc.documentElement.dataset.root + "_copydesk/version-menu.js";
    script.onerror = function () { waiting = []; };
    doc.head.append(script);
  };
  copydesk.hasVersions = function (menu) {
    copydesk.withVersions = function (then) { then(menu); };
    waiting.forEach(copydesk.withVersions);
  };
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    copydesk.withVersions(function (menu) { menu.toggle(); });
  });
  link.addEventListener("keydown", function (event) {
    if (event.key === " " || event.key === "ArrowDown") {
      event.preventDefault();
      link.click();
    }
  });
  if (copydesk.versions.note) copydesk.withVersions(function (menu) { menu.note(); });
})();
