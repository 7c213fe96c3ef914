// The search as readers see it: a dialog, and the same on the page of results. It comes when it
// is wanted, and what it needs of the index comes as it is needed.
(function () {
  "use strict";
  var doc = document;
  var root = doc.documentElement;
  var copydesk = window.copydesk;
  var engine = copydesk.searchEngine;
  var texts = copydesk.searchTexts;
  var AT_ONCE = 6;
  var SECTIONS = 3;
  var RECENT = "copydesk-searches";

  function make(name, attributes, content) {
    var element = doc.createElement(name);
    for (var key in attributes) element.setAttribute(key, attributes[key]);
    [].concat(content || []).forEach(function (part) { element.append(part); });
    return element;
  }
  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (hole, name) { return name in values ? values[name] : hole; });
  }
  function recent(add) {
    var list = [];
    try {
      list = JSON.parse(localStorage.getItem(RECENT)) || [];
      if (add) {
        list = [add].concat(list.filter(function (one) { return one !== add; })).slice(0, 5);
        localStorage.setItem(RECENT, JSON.stringify(list));
      } else if (add === null) localStorage.removeItem(RECENT);
    } catch (error) {}
    return list;
  }
  function asked() { return new URLSearchParams(location.search).get("q") || ""; }
  // The query stands in the address, with the versions that are searched, so that it can be sent and
  // come back to.
  function address(query, versions) {
    var search = new URLSearchParams(location.search);
    search.delete("q");
    search.delete("in");
    if (query) {
      search.set("q", query);
      (versions || []).forEach(function (title) { search.append("in", title); });
    }
    search = search.toString();
    try {
      history.replaceState(history.state, "", location.pathname + (search ? "?" + search : "") + location.hash);
    } catch (error) {}
  }

  // The field and its results, in a dialog or in the page.
  function Search(input, frame, id) {
    var self = this;
    var list = make("div", { id: id, role: "listbox", "aria-label": texts.results, class: "found" });
    var note = make("p", { class: "found-note" });
    var status = make("p", { class: "vh", role: "status" });
    var more = make("button", { type: "button", class: "found-more", hidden: "" }, texts.more);
    var turn = 0;
    var timer;
    var telling;
    var options = [];
    var active = -1;
    var pending = [];
    var shown = {};
    frame.append(note, list, more, status);
    var versions;
    var titles = new URLSearchParams(location.search).getAll("in");
    if (copydesk.withVersions) copydesk.withVersions(function (menu) {
      versions = menu.search(titles, function () { self.run(); });
      frame.prepend(versions.box);
      if (versions.titles().length) self.run();
    });
    var attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false", "aria-label": texts.search, autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go" };
    for (var key in attributes) input.setAttribute(key, attributes[key]);

    function tell(text) {
      clearTimeout(telling);
      telling = setTimeout(function () { status.textContent = text; }, 400);
    }
    function say(parts) {
      note.replaceChildren.apply(note, [].concat(parts || []));
    }
    function choose(at) {
      if (options[active]) options[active].setAttribute("aria-selected", "false");
      active = options.length ? (at + options.length) % options.length : -1;
      var option = options[active];
      if (!option) return input.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    }
    function option(element) {
      element.id = id + "-" + options.length;
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      element.tabIndex = -1;
      options.push(element);
      return element;
    }
    function clear() {
      options = [];
      pending = [];
      shown = {};
      list.replaceChildren();
      more.hidden = true;
      choose(0);
      input.setAttribute("aria-expanded", "false");
    }
    function show() {
      input.setAttribute("aria-expanded", String(options.length > 0));
      if (active < 0) choose(0);
    }
    function failed(error) {
      clear();
      var again = make("button", { type: "button" }, texts.again);
      again.addEventListener("click", function () {
        input.focus();
        self.run();
      });
      say([fill(texts.failed, { file: error.message }) + " ", again]);
      tell(note.textContent);
    }

    // The next pages of the answers, once their text is there.
    function next(mine) {
      var pages = pending.splice(0, AT_ONCE);
      var before = options.length;
      more.hidden = true;
      return Promise.all(pages.map(function (hit) {
        var least = hit.sections[0][1] * 0.5;
        var best = hit.sections.filter(function (pair, at) { return at < SECTIONS && pair[1] >= least; });
        hit.answer.forms = hit.answer.forms || engine.formsOf(hit.answer);
        return Promise.all([hit.answer.forms].concat(best.map(function (pair) { return engine.section(hit.answer.index, pair[0]); })));
      })).then(function (read) {
        if (mine !== turn) return;
        var chosen = options[active];
        read.forEach(function (sections, at) { page(pages[at], sections, sections.shift()); });
        // What was found in a further version stands with the page, and not at the end.
        options = [].slice.call(list.querySelectorAll("[role=option]"));
        active = options.indexOf(chosen);
        more.hidden = !pending.length;
        show();
        // All of them may be pages that are shown already, in another version.
        if (options.length === before && pending.length) return next(mine);
      }).catch(function (error) { if (mine === turn) failed(error); });
    }
    function page(hit, sections, forms) {
      var first = sections[0];
      var version = hit.answer.version;
      var base = version ? version.root : root.dataset.root;
      // The first result of a page that is found as a whole says itself what it is called.
      var head = make("div", { class: "found-page" }, first.title ? make("b", {}, first.page) : []);
      if (first.trail.length) head.append(make("span", {}, first.trail.join(" / ")));
      if (hit.missing.length) head.append(make("span", { class: "found-missing" }, fill(texts.missing, { words: hit.missing.join(", ") })));
      if (version) {
        var same = first.url + "\n" + first.page;
        // The same page in another version is shown once, with an option for each.
        if (shown[same]) return shown[same].append(leading(make("a", { href: base + first.url, class: "found-version" }, version.title)));
        head.append(make("span", {}, version.title));
      }
      var group = make("div", { role: "group", "aria-label": first.page }, head);
      sections.forEach(function (section) {
        var text = make("span", { class: "found-text" });
        engine.snippet(section.text, forms, hit.answer.teaser).forEach(function (piece) {
          text.append(piece[1] ? make("mark", {}, piece[0]) : piece[0].replace(/\n/g, " "));
        });
        var link = make("a", { href: base + section.url + (section.id ? "#" + encodeURIComponent(section.id) : "") });
        link.append(make("span", { class: "found-title" }, section.title || section.page), text);
        group.append(leading(link));
      });
      if (version) shown[same] = group;
      list.append(group);
    }
    function leading(link) {
      link.addEventListener("click", function (event) {
        recent(input.value.trim());
        if (!event.ctrlKey && !event.metaKey && !event.shiftKey) self.leave(link);
      });
      return option(link);
    }
    function remember() {
      clear();
      say();
      tell("");
      var known = recent();
      if (!known.length) return;
      var head = make("div", { class: "found-page", id: id + "-recent" }, make("b", {}, texts.recent));
      var group = make("div", { role: "group", "aria-labelledby": head.id }, head);
      known.forEach(function (query) {
        var button = option(make("div", { class: "found-query" }, query));
        button.addEventListener("click", function () {
          input.value = query;
          input.focus();
          self.run();
        });
        group.append(button);
      });
      list.append(group);
      show();
      choose(-1);
      options[active].setAttribute("aria-selected", "false");
      active = -1;
      input.removeAttribute("aria-activedescendant");
      var forget = make("button", { type: "button" }, texts.forget);
      forget.addEventListener("click", function () {
        recent(null);
        input.focus();
        remember();
      });
      say(forget);
    }

    this.run = function () {
      var query = input.value.trim();
      var mine = ++turn;
      address(query, versions && versions.titles());
      if (!query) return remember();
      (versions || engine).answer(input.value).then(function (answer) {
        if (mine !== turn) return;
        clear();
        pending = answer.pages.slice();
        pending.forEach(function (hit) { hit.answer = hit.answer || answer; });
        var count = pending.length;
        var instead = answer.unquoted.map(function (words) { return fill(texts.unquoted, { words: words }); })
          .concat(answer.instead.map(function (pair) { return fill(texts.instead, { word: pair[0], found: pair[1] }); }));
        if (!count) say(fill(texts.none, { query: query }));
        else say(instead.join(" "));
        tell((instead.join(" ") + " " + (count ? fill(count === 1 ? texts.one : texts.count, { count: count }) : note.textContent)).trim());
        return next(mine);
      }).catch(function (error) { if (mine === turn) failed(error); });
    };
    this.leave = function () {};
    input.addEventListener("input", function () {
      turn++;
      clearTimeout(timer);
      timer = setTimeout(self.run, 60);
    });
    input.addEventListener("keydown", function (event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var down = event.key === "ArrowDown";
        if (down && active === options.length - 1 && pending.length) {
          var at = active + 1;
          next(turn).then(function () { choose(at); });
        } else choose(active < 0 ? (down ? 0 : -1) : active + (down ? 1 : -1));
      } else if (event.key === "Enter") {
        event.preventDefault();
        var option = options[active];
        if (!option) return self.run();
        if ((event.ctrlKey || event.metaKey) && option.href) {
          recent(input.value.trim());
          window.open(option.href, "_blank", "noopener");
        } else option.click();
      }
    });
    more.addEventListener("click", function () {
      var at = options.length;
      next(turn).then(function () {
        input.focus();
        choose(at);
      });
    });
    frame.addEventListener("scroll", function () {
      if (!more.hidden && frame.scrollTop + frame.clientHeight > frame.scrollHeight - 200) next(turn);
    }, { passive: true });
  }

  // The dialog.
  var dialog;
  function build() {
    var input = make("input", { type: "search", placeholder: texts.placeholder });
    var close = make("button", { type: "button", class: "found-close" }, [make("span", { class: "vh" }, texts.close), make("kbd", { "aria-hidden": "true" }, "Esc")]);
    var frame = make("div", { class: "found-frame" });
    dialog = make("dialog", { class: "search", "aria-label": texts.search }, [
      make("div", { class: "found-bar" }, [make("span", { class: "icon i-search" }), input, close]),
      frame,
      make("p", { class: "found-keys", "aria-hidden": "true" }, texts.keys),
    ]);
    doc.body.append(dialog);
    var search = new Search(input, frame, "search-list");
    search.leave = function () { dialog.close(); };
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("close", function () { address(""); });
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog) dialog.close();
    });
    dialog.start = function () {
      if (asked()) input.value = asked();
      dialog.showModal();
      input.focus();
      input.select();
      search.run();
      engine.open().catch(function () {});
    };
  }
  // The page of results has the field in itself.
  var field = doc.querySelector("#search-page input");
  // The script of versions comes after this one.
  if (field) doc.addEventListener("DOMContentLoaded", function () {
    var onPage = new Search(field, doc.querySelector("#search-page .found-frame"), "search-page-list");
    field.form.addEventListener("submit", function (event) { event.preventDefault(); });
    field.value = asked();
    onPage.run();
  });
  copydesk.search = function () {
    if (field) {
      field.focus();
      return field.select();
    }
    if (!dialog) build();
    if (!dialog.open) dialog.start();
  };
  if (copydesk.searchWanted) copydesk.search();
})();
