// What comes when a reader asks for it: the list of keys, the way to the top, the meaning of a word.
(function () {
  "use strict";
  var doc = document;
  var root = doc.documentElement;
  var copydesk = window.copydesk;
  var said = copydesk.texts || {};

  function make(name, attributes, text) {
    var element = doc.createElement(name);
    for (var key in attributes) element.setAttribute(key, attributes[key]);
    if (text) element.textContent = text;
    return element;
  }

  // What the keys do.
  var sheetOfKeys;
  function help() {
    if (!sheetOfKeys) {
      sheetOfKeys = make("dialog", { class: "keys", "aria-labelledby": "keys-title" });
      sheetOfKeys.appendChild(make("h2", { id: "keys-title" }, said.keys));
      var list = sheetOfKeys.appendChild(make("dl"));
      var rows = [["\u2190", said.previous], ["\u2192", said.next], ["?", said.help], ["Esc", said.shut]];
      if (root.dir === "rtl") rows[0][1] = said.next, rows[1][1] = said.previous;
      if (!doc.querySelector(".turn")) rows.splice(0, 2);
      if (doc.querySelector(".find")) rows.unshift(["/", said.search]);
      rows.forEach(function (row) {
        list.appendChild(make("dt")).appendChild(make("kbd", {}, row[0]));
        list.appendChild(make("dd", {}, row[1]));
      });
      var shut = make("button", { type: "button", class: "tool", "aria-label": said.shut });
      shut.appendChild(make("span", { class: "icon i-close" }));
      shut.addEventListener("click", function () { sheetOfKeys.close(); });
      sheetOfKeys.addEventListener("click", function (event) { if (event.target === sheetOfKeys) sheetOfKeys.close(); });
      sheetOfKeys.insertBefore(shut, list);
      doc.body.appendChild(sheetOfKeys);
    }
    if (!sheetOfKeys.open) sheetOfKeys.showModal();
  }

  // On long pages, those who turn back find the way to the top.
  var top;
  var last = 0;
  function turned() {
    var y = window.scrollY;
    if (Math.abs(y - last) < 8) return;
    var wanted = y < last && y > 2 * window.innerHeight;
    last = y;
    if (wanted && !top && said.top) {
      top = make("a", { class: "up", href: "#main", "aria-label": said.top, title: said.top });
      top.appendChild(make("span", { class: "icon i-up" }));
      top.addEventListener("click", function (event) {
        event.preventDefault();
        window.scrollTo(0, 0);
        doc.getElementById("main").focus({ preventScroll: true });
      });
      doc.body.appendChild(top);
    }
    if (top) top.hidden = !wanted && doc.activeElement !== top;
  }

  // What a word of the glossary means, for those who point at a link to it.
  var about;
  var gone;
  function tell(event) {
    var link = event.target.closest && event.target.closest("a.term");
    clearTimeout(gone);
    if (!link) {
      if (about && !(event.target.closest && event.target.closest(".about"))) gone = setTimeout(hush, 200);
      return;
    }
    hush();
    about = make("span", { class: "about", role: "tooltip", id: "about" }, link.dataset.about);
    doc.body.appendChild(about);
    link.setAttribute("aria-describedby", "about");
    var at = link.getBoundingClientRect();
    var left = Math.min(at.left, root.clientWidth - about.offsetWidth - 8);
    about.style.left = Math.max(8, left) + window.scrollX + "px";
    about.style.top = at.bottom + window.scrollY + 6 + "px";
  }
  function hush() {
    var link = doc.querySelector("[aria-describedby=about]");
    if (link) link.removeAttribute("aria-describedby");
    if (about) about.remove();
    about = null;
  }
  doc.addEventListener("focusout", hush);
  doc.addEventListener("keydown", function (event) { if (event.key === "Escape") hush(); });

  copydesk.more = {
    help: help,
    tell: tell,
    up: function () {
      last = window.scrollY;
      window.addEventListener("scroll", turned, { passive: true });
    },
  };
  (copydesk.wanted || []).forEach(function (wanted) { copydesk.more[wanted[0]](wanted[1]); });
})();
