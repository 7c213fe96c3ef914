// The reading page with scripts. Everything here adds to a page that works without it.
(function () {
  "use strict";
  var doc = document;
  var root = doc.documentElement;
  var texts = doc.body.dataset;
  var copydesk = (window.copydesk = window.copydesk || {});
  // The texts that no page has to hold: the build writes them before this script.
  var said = copydesk.texts || {};

  function all(selector, from) {
    return Array.prototype.slice.call((from || doc).querySelectorAll(selector));
  }
  function make(name, attributes, text) {
    var element = doc.createElement(name);
    for (var key in attributes) element.setAttribute(key, attributes[key]);
    if (text) element.textContent = text;
    return element;
  }
  function store(key, value) {
    try {
      if (value === undefined) return localStorage.getItem(key);
      localStorage.setItem(key, value);
    } catch (error) {}
    return null;
  }
  function load(url) {
    doc.head.appendChild(make("script", { src: url }));
  }

  // What happened, for those who cannot see it.
  var status = doc.body.appendChild(make("p", { class: "vh", role: "status" }));
  function say(text) {
    status.textContent = "";
    setTimeout(function () { status.textContent = text; }, 50);
  }

  // Copies where the browser lets it: pages from file:// have only the old way.
  function copy(text, done) {
    function old() {
      var area = make("textarea", { class: "vh", readonly: "" });
      area.value = text;
      doc.body.appendChild(area);
      area.select();
      var worked = doc.execCommand("copy");
      area.remove();
      if (worked) done();
    }
    if (navigator.clipboard && window.isSecureContext) navigator.clipboard.writeText(text).then(done, old);
    else old();
  }

  // Colour scheme: as the system, light, dark, and round again.
  all(".scheme").forEach(function (button) {
    var label = button.querySelector(".vh");
    function show() {
      var text = button.dataset[root.dataset.scheme] || button.dataset.auto;
      if (label) label.textContent = text;
      button.title = text;
      return text;
    }
    button.addEventListener("click", function () {
      var order = { auto: "light", light: "dark", dark: "auto" };
      root.dataset.scheme = order[root.dataset.scheme] || "auto";
      store("copydesk-scheme", root.dataset.scheme);
      say(show());
    });
    show();
  });

  // On a narrow screen the navigation is a sheet; the rest of the page is inert below it.
  var nav = doc.getElementById("nav");
  var menu = doc.querySelector(".menu");
  if (nav && menu) {
    var narrow = window.matchMedia("(max-width: 799px)");
    var rest = all(".skip, .banner, .top, .column, .toc");
    var close = nav.querySelector(".close");
    var sheet = function (open) {
      root.classList.toggle("sheet", open);
      menu.setAttribute("aria-expanded", open);
      rest.forEach(function (part) { part.inert = open; });
      nav[open ? "setAttribute" : "removeAttribute"]("aria-modal", "true");
      nav[open ? "setAttribute" : "removeAttribute"]("role", "dialog");
      if (open) {
        close.focus();
        reveal();
      }
    };
    var shut = function (event) {
      if (event) event.preventDefault();
      if (location.hash === "#nav") history.replaceState(null, "", location.pathname + location.search + "#main");
      if (!root.classList.contains("sheet")) return;
      sheet(false);
      menu.focus();
    };
    menu.setAttribute("role", "button");
    menu.setAttribute("aria-expanded", "false");
    close.setAttribute("role", "button");
    menu.addEventListener("click", function (event) {
      event.preventDefault();
      sheet(true);
    });
    menu.addEventListener("keydown", function (event) {
      if (event.key === " ") {
        event.preventDefault();
        sheet(true);
      }
    });
    close.addEventListener("click", shut);
    close.addEventListener("keydown", function (event) {
      if (event.key === " ") shut(event);
    });
    doc.addEventListener("click", function (event) {
      if (root.classList.contains("sheet") && !nav.contains(event.target) && !menu.contains(event.target)) shut(event);
    });
    doc.addEventListener("keydown", function (event) {
      if (!root.classList.contains("sheet")) return;
      if (event.key === "Escape") shut(event);
      if (event.key !== "Tab") return;
      // From the last stop to the first and back, as the focus must stay inside.
      var stops = all("a[href], button", nav).filter(function (stop) { return stop.getClientRects().length; });
      var edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (doc.activeElement !== edge) return;
      event.preventDefault();
      (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    });
    narrow.addEventListener("change", function () {
      if (root.classList.contains("sheet")) sheet(false);
    });
  }
  function reveal() {
    var current = nav.querySelector("[aria-current]");
    if (!current) return;
    var top = current.getBoundingClientRect().top - nav.getBoundingClientRect().top;
    if (top < 0 || top > nav.clientHeight - 80) nav.scrollTop += top - nav.clientHeight / 3;
  }

  // Sections of the navigation fold; what a page does not hold is fetched as a script that
  // calls copydesk.nav with the script's name and the items below.
  var waiting = {};
  function list(items) {
    var ul = make("ul");
    items.forEach(function (item) {
      var url = item.url ? root.dataset.root + item.url : "";
      var li = make("li", item.children ? { "data-nav": root.dataset.root + item.children } : {});
      if (item.kind === "separator") li = make("li", { class: "sep", "aria-hidden": "true" });
      else if (item.kind === "part") li = make("li", { class: "part" }, item.title);
      else {
        if (item.more) li.className = "all";
        var link = li.appendChild(url ? make("a", { href: url }) : make("span", { class: "draft" }));
        if (item.number) {
          link.appendChild(make("b", {}, item.number));
          link.appendChild(doc.createTextNode(" "));
        }
        link.appendChild(doc.createTextNode(item.title));
        fold(li);
      }
      ul.appendChild(li);
    });
    return ul;
  }
  function fold(li) {
    var below = li.querySelector("ul");
    var link = li.firstElementChild;
    if ((!below && !li.dataset.nav) || (link.nextSibling && link.nextSibling.nodeName === "BUTTON")) return;
    var button = make("button", { type: "button", "aria-expanded": String(!!below) });
    button.setAttribute("aria-label", (texts.below || "{title}").replace("{title}", link.textContent));
    button.addEventListener("click", function () {
      if (!li.querySelector("ul")) {
        var id = li.dataset.nav.replace(/^.*\/|\.js$/g, "");
        waiting[id] = li;
        load(li.dataset.nav);
      }
      button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") !== "true"));
    });
    link.after(button);
  }
  copydesk.nav = function (id, items) {
    var li = waiting[id];
    delete waiting[id];
    if (li && !li.querySelector("ul")) li.appendChild(list(items));
  };

  // A block whose lines fit has nothing to wrap; a formula that does not fit can be scrolled.
  var sizes = window.ResizeObserver && new ResizeObserver(function (entries) {
    // All are measured before one is changed: else the page is laid out anew for each of them, and a whole
    // book on one page stands still for seconds.
    var wide = entries.map(function (entry) { return entry.target.scrollWidth > entry.target.clientWidth; });
    entries.forEach(function (entry, at) {
      var box = entry.target;
      var wrap = box.parentElement.querySelector(".i-wrap");
      if (wrap && box.nodeName === "PRE") wrap.parentElement.hidden = !wide[at] && !box.parentElement.classList.contains("wrap");
      else if (wide[at]) box.tabIndex = 0;
    });
  });

  // Code: copy without hidden and deleted lines; hidden lines on request.
  function dressCode(pre) {
    var figure = pre.parentElement;
    if (figure.querySelector(".acts")) return;
    var acts = make("div", { class: "acts" });
    function action(icon, text) {
      var button = acts.appendChild(make("button", { type: "button" }));
      button.appendChild(make("span", { class: "icon i-" + icon }));
      name(button, text);
      return button;
    }
    function name(button, text) {
      button.title = text;
      button.setAttribute("aria-label", text);
    }
    if (pre.querySelector(".hidden")) {
      var lines = action("lines", texts.lines);
      lines.addEventListener("click", function () {
        name(lines, figure.classList.toggle("lines") ? texts.noLines : texts.lines);
      });
    }
    if (texts.copy && pre.dataset.noCopy === undefined) {
      var button = action("copy", texts.copy);
      button.addEventListener("click", function () {
        var code = pre.cloneNode(true);
        all(figure.classList.contains("lines") ? ".l.del" : ".l.del, .hidden", code).forEach(function (line) { line.remove(); });
        copy(code.textContent.replace(/\n$/, ""), function () {
          button.classList.add("done");
          say(texts.copied);
          setTimeout(function () { button.classList.remove("done"); }, 1600);
        });
      });
    }
    // Long lines run on until the reader wants them broken.
    var wrap = action("wrap", said.wrap);
    wrap.setAttribute("aria-pressed", "false");
    wrap.hidden = true;
    wrap.addEventListener("click", function () {
      var on = figure.classList.toggle("wrap");
      wrap.setAttribute("aria-pressed", String(on));
      wrap.title = on ? said.no_wrap : said.wrap;
    });
    if (sizes) sizes.observe(pre);
    if (acts.firstChild) figure.appendChild(acts);
  }

  // Tabs: sections become panels; tabs of one group change together and are remembered.
  var groups = [];
  var number = -1;
  function dressTabs(tabs) {
    var panels = all(":scope > .tab", tabs);
    if (!panels.length || tabs.classList.contains("on")) return;
    number++;
    var bar = make("div", { class: "tablist", role: "tablist" });
    var names = [];
    var buttons = panels.map(function (panel, at) {
      var title = panel.querySelector(".tab-label");
      var name = title ? title.textContent : String(at + 1);
      var id = "tab-" + number + "-" + at;
      var button = make("button", { type: "button", role: "tab", id: id, "aria-controls": id + "-panel" }, name);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", id);
      panel.tabIndex = 0;
      if (!panel.id) panel.id = id + "-panel";
      else button.setAttribute("aria-controls", panel.id);
      names.push(name);
      bar.appendChild(button);
      return button;
    });
    var group = tabs.dataset.sync;
    function choose(name) {
      var chosen = names.indexOf(name);
      if (chosen < 0) return;
      buttons.forEach(function (button, at) {
        button.setAttribute("aria-selected", String(at === chosen));
        button.tabIndex = at === chosen ? 0 : -1;
        panels[at].hidden = at !== chosen;
      });
    }
    function pick(at) {
      var before = bar.getBoundingClientRect().top;
      var name = names[at];
      choose(name);
      if (group) {
        groups.forEach(function (other) { if (other.group === group) other.choose(name); });
        store("copydesk-tab-" + group, name);
      }
      buttons[at].focus({ preventScroll: true });
      // What changed above must not move what the reader looks at.
      window.scrollBy(0, bar.getBoundingClientRect().top - before);
    }
    buttons.forEach(function (button, at) {
      button.addEventListener("click", function () { pick(at); });
    });
    bar.addEventListener("keydown", function (event) {
      var at = buttons.indexOf(doc.activeElement);
      var last = buttons.length - 1;
      var step = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
      var to = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: last }[event.key];
      if (to === undefined || at < 0) return;
      event.preventDefault();
      pick(to < 0 ? last : to > last ? 0 : to);
    });
    tabs.insertBefore(bar, tabs.firstChild);
    tabs.classList.add("on");
    choose(names[0]);
    if (group) {
      groups.push({ group: group, choose: choose });
      choose(store("copydesk-tab-" + group));
    }
  }

  // Gives what the page holds its shape; again where a script has put something in.
  copydesk.dress = function () {
    if (nav) all("li", nav).forEach(fold);
    all(".code > pre").forEach(dressCode);
    all(".tabs").forEach(dressTabs);
    if (sizes) all(".math.display").forEach(function (math) { sizes.observe(math); });
    if (contents) contents();
  };
  var contents;
  copydesk.dress();
  if (nav) reveal();

  // An address may point into a panel or a details element that is shut, or at a heading that
  // has gone to another page.
  function arrive() {
    var id = location.hash.slice(1);
    if (!id) return;
    try { id = decodeURIComponent(id); } catch (error) {}
    var target = doc.getElementById(id);
    if (!target) {
      var moved = {};
      try { moved = JSON.parse(doc.getElementById("main").dataset.moved); } catch (error) {}
      if (Object.prototype.hasOwnProperty.call(moved, id)) location.replace(moved[id]);
      return;
    }
    var opened = false;
    for (var up = target; up; up = up.parentElement) {
      if (up.hidden && up.getAttribute("role") === "tabpanel") {
        doc.getElementById(up.getAttribute("aria-labelledby")).click();
        opened = true;
      }
      if (up.tagName === "DETAILS" && !up.open) opened = up.open = true;
    }
    if (opened) target.scrollIntoView();
  }
  window.addEventListener("hashchange", arrive);
  arrive();

  // A heading's link goes there and copies the address.
  doc.addEventListener("click", function (event) {
    var anchor = event.target.closest && event.target.closest(".anchor");
    if (anchor && !event.ctrlKey && !event.metaKey && !event.shiftKey) copy(anchor.href, function () { say(texts.link); });
  });

  // The table of contents follows the reader: the last heading above the upper third, or the one
  // at the top, where a link has led. The line comes down as the reader leaves the start of the page.
  var box = doc.querySelector(".toc");
  if (box) {
    var links, marks;
    var shown = -1;
    var due = false;
    var follow = function () {
      due = false;
      var line = Math.min(window.innerHeight / 3, window.scrollY + 96);
      var at = -1;
      for (var i = 0; i < marks.length; i++) {
        var top = marks[i] ? marks[i].getBoundingClientRect().top : line + 1;
        if (top <= line) at = i;
        if (top > 0 && top < 96) break;
      }
      if (window.innerHeight + window.scrollY >= doc.body.scrollHeight - 2) at = marks.length - 1;
      if (at === shown) return;
      if (links[shown]) links[shown].removeAttribute("aria-current");
      shown = at;
      var link = links[at];
      if (!link) return void (box.scrollTop = 0);
      link.setAttribute("aria-current", "location");
      if (link.offsetTop < box.scrollTop || link.offsetTop > box.scrollTop + box.clientHeight - 60) box.scrollTop = link.offsetTop - box.clientHeight / 2;
    };
    var soon = function () {
      if (!due) requestAnimationFrame(follow);
      due = true;
    };
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    contents = function () {
      links = all("a", box);
      marks = links.map(function (link) { return doc.getElementById(decodeURIComponent(link.hash.slice(1))); });
      shown = -1;
      follow();
    };
    contents();
  }

  // Keys, which count while nothing is being typed.
  function turn(where) {
    var link = doc.querySelector(".turn ." + where);
    if (link) link.click();
  }
  doc.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || root.classList.contains("sheet")) return;
    if (event.key === "?" && !typing(event)) {
      event.preventDefault();
      more("help");
    }
    if (event.shiftKey || (doc.activeElement !== doc.body && doc.activeElement.id !== "main")) return;
    var rtl = root.dir === "rtl";
    if (event.key === "ArrowLeft") turn(rtl ? "next" : "prev");
    if (event.key === "ArrowRight") turn(rtl ? "prev" : "next");
  });
  function typing(event) {
    return event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
  }

  // What few readers ask for comes when it is wanted: its script does what waits in the list.
  function more(name, event) {
    if (copydesk.more) return copydesk.more[name](event);
    if (copydesk.wanted) return copydesk.wanted.push([name, event]);
    copydesk.wanted = [[name, event]];
    load(root.dataset.root + copydesk.moreUrl);
  }
  function far() {
    if (window.scrollY < 2 * window.innerHeight) return;
    window.removeEventListener("scroll", far);
    more("up");
  }
  window.addEventListener("scroll", far, { passive: true });
  if (doc.querySelector("a.term")) ["pointerover", "focusin"].forEach(function (name) {
    doc.addEventListener(name, function (event) {
      if (copydesk.more || (event.target.closest && event.target.closest("a.term"))) more("tell", event);
    });
  });

  // A page that somebody is about to open is fetched before the click.
  var fetched = {};
  function intent(event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || link.origin !== location.origin || !/^http/.test(link.protocol) || link.hasAttribute("download")) return;
    var url = link.href.split("#")[0];
    if (fetched[url] || url === location.href.split("#")[0] || !/(\.html|\/)(\?|$)/.test(url)) return;
    if (navigator.connection && navigator.connection.saveData) return;
    fetched[url] = true;
    doc.head.appendChild(make("link", { rel: "prefetch", href: url }));
  }
  var hover;
  doc.addEventListener("pointerover", function (event) {
    clearTimeout(hover);
    hover = setTimeout(intent, 65, event);
  });
  doc.addEventListener("focusin", intent);
  doc.addEventListener("touchstart", intent, { passive: true });

  // Search comes when it is wanted: its script defines copydesk.search.
  var find = doc.querySelector(".find");
  if (find) {
    var search = function () {
      if (copydesk.search) return copydesk.search();
      copydesk.searchWanted = true;
      soonWanted();
    };
    find.addEventListener("click", search);
    if (/Mac|iP/.test(navigator.platform)) find.querySelector("kbd").textContent = "\u2318K";
    // Where the pointer or the focus goes there, the search will be wanted.
    var soonWanted = function () {
      if (!copydesk.search && !find.dataset.asked) load(find.dataset.script);
      find.dataset.asked = "yes";
    };
    find.addEventListener("pointerenter", soonWanted);
    find.addEventListener("focus", soonWanted);
    if (/[?&]q=./.test(location.search) && !doc.getElementById("search-page")) search();
    doc.addEventListener("keydown", function (event) {
      var slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event);
      if (slash || ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k")) {
        event.preventDefault();
        search();
      }
    });
  }
})();
