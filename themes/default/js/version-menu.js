// The menu of versions, the note on pages of those that are not current, and the search in other
// versions. The texts stand before this script; where a page is in other versions comes when it is
// asked for.
(function () {
  "use strict";
  var doc = document;
  var copydesk = window.copydesk;
  var data = copydesk.versions;
  var texts = copydesk.versionTexts;
  var base = doc.documentElement.dataset.root;
  var link = doc.querySelector("a.version");
  var menu = make("nav", { class: "version-menu", id: "version-menu", "aria-label": texts.versions, hidden: "" });
  var pages;

  function make(name, attributes, content) {
    var element = doc.createElement(name);
    for (var key in attributes) element.setAttribute(key, attributes[key]);
    [].concat(content || []).forEach(function (part) { element.append(part); });
    return element;
  }
  // The pages of this folder, once they are there; none where they cannot be had.
  function load() {
    pages = pages || new Promise(function (done) {
      copydesk.versionPages = done;
      var script = make("script", { src: link.href.replace(/[^\/]*(#.*)?$/, "pages.js") });
      script.onerror = function () { done({}); };
      doc.head.append(script);
    });
    return pages;
  }
  // Where this page is in a version: its URL, and whether it is the page itself.
  function place(at, known) {
    var version = data.all[at];
    var row = known[link.hash.slice(1)];
    var found = row && row[1][at];
    return [base + version[1] + (found ? (found === 1 ? row[0] : found) : version[3]), Boolean(found)];
  }
  function close(back) {
    menu.hidden = true;
    link.setAttribute("aria-expanded", "false");
    if (back) link.focus();
  }
  function fill(known) {
    var here = known[link.hash.slice(1)];
    menu.replaceChildren(make("ul", {}, data.all.map(function (version, at) {
      var to = place(at, known);
      var said = [texts[version[2]]];
      if (here && !to[1]) said.push(texts.missing);
      var row = make("a", { href: to[0] }, [version[0], make("small", {}, said.join(" \u00b7 "))]);
      if (at === data.at) row.setAttribute("aria-current", "true");
      return make("li", {}, row);
    })));
  }

  link.after(menu);
  link.setAttribute("aria-controls", menu.id);
  menu.addEventListener("keydown", function (event) {
    var links = [].slice.call(menu.querySelectorAll("a"));
    var at = links.indexOf(doc.activeElement);
    var keys = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key in keys) {
      event.preventDefault();
      links[(keys[event.key] + links.length) % links.length].focus();
    }
  });
  menu.parentNode.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || menu.hidden) return;
    event.stopPropagation();
    close(true);
  });
  doc.addEventListener("click", function (event) {
    if (!menu.hidden && !menu.parentNode.contains(event.target)) close();
  });
  menu.parentNode.addEventListener("focusout", function (event) {
    if (event.relatedTarget && !menu.parentNode.contains(event.relatedTarget)) close();
  });

  copydesk.hasVersions({
    toggle: function () {
      if (!menu.hidden) return close();
      load().then(function (known) {
        fill(known);
        menu.hidden = false;
        link.setAttribute("aria-expanded", "true");
        (menu.querySelector("[aria-current]") || menu.querySelector("a")).focus();
      });
    },
    note: function () {
      var note = doc.querySelector(".version-note");
      if (!note) return;
      note.classList.add("told");
      note.prepend(data.note);
      if (data.current !== null) load().then(function (known) {
        var to = place(data.current, known);
        var target = note.querySelector("a");
        target.href = to[0];
        target.textContent = (to[1] ? texts.to_page : texts.to_home).replace("{current}", data.all[data.current][0]);
      });
    },
    // Which versions are searched: this one, and those that the reader adds. Each has an index of
    // its own. `titles` are those that are searched at first.
    search: function (titles, changed) {
      var engine = copydesk.searchEngine;
      var box = make("fieldset", { class: "found-versions" }, make("legend", { class: "vh" }, texts.search_in));
      var all = data.all.map(function (version, at) {
        if (!version[4]) return null;
        var input = make("input", { type: "checkbox" });
        input.checked = titles.length ? titles.indexOf(version[0]) >= 0 : at === data.at;
        input.addEventListener("change", changed);
        box.append(make("label", {}, [input, version[0]]));
        return { input: input, own: at === data.at, title: version[0], root: base + version[1] };
      }).filter(Boolean);
      box.hidden = all.length < 2;
      // Its own version first. Where nothing is chosen, it is that one.
      function chosen() {
        var own = all.filter(function (version) { return version.own; });
        var others = all.filter(function (version) { return !version.own && version.input.checked; });
        return others.length && !(own[0] && own[0].input.checked) ? others : own.concat(others);
      }
      function titlesOf() {
        var versions = chosen();
        if (versions.length === 1 && versions[0].own) return [];
        return versions.map(function (version) { return version.title; });
      }
      return {
        box: box,
        // What is chosen; nothing where that is its own version alone.
        titles: titlesOf,
        // The answers of all versions that are chosen, as one.
        answer: function (query) {
          if (!titlesOf().length) return engine.answer(query);
          return Promise.all(chosen().map(function (version) {
            return engine.answer(query, version.root + "_copydesk/search/").then(function (answer) {
              answer.version = version;
              answer.pages.forEach(function (hit, rank) {
                hit.answer = answer;
                hit.rank = rank;
              });
              return answer;
            });
          })).then(function (answers) {
            // What one version has is not missing, whatever the others say of the query.
            function least(key) {
              return answers.map(function (answer) { return answer[key]; }).sort(function (a, b) { return a.length - b.length; })[0];
            }
            // Scores of one index mean nothing in another one; versions take turns.
            function order(a, b) { return a.behind - b.behind || a.apart - b.apart || a.rank - b.rank; }
            var pages = [].concat.apply([], answers.map(function (answer) { return answer.pages; }));
            return { pages: pages.sort(order), instead: least("instead"), unquoted: least("unquoted") };
          });
        },
      };
    },
  });
})();
