// The preview: keeps the open page up to date, and shows what is wrong with it.
(function () {
  "use strict";
  var doc = document;
  var root = doc.documentElement;
  var LIVE = "/_copydesk/live/";
  var build = 0;
  var busy = false;
  var again = false;

  function make(name, attributes, content) {
    var element = doc.createElement(name);
    for (var key in attributes) if (attributes[key] !== null) element.setAttribute(key, attributes[key]);
    [].concat(content || []).forEach(function (part) { if (part) element.append(part); });
    return element;
  }
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }

  // ---- Patching ----

  // What scripts have added or opened stays: what the reader holds in the hand is not taken away.
  var MADE = ".copydesk-live, dialog, .tablist, .acts, [role=status], button[aria-expanded]";
  // Attributes and classes that scripts and readers set.
  var OURS = ["title", "aria-label", "aria-labelledby", "aria-expanded", "aria-selected", "aria-modal", "aria-current", "open", "hidden", "inert", "tabindex", "role", "data-scheme"];
  var CLASSES = ["on", "lines", "done"];

  function isMade(node) { return node.nodeType === 1 && node.matches(MADE); }
  // What the page said of an element, whatever scripts have made of it since.
  var printed;
  function print(node) {
    if (node.nodeType !== 1) return node.nodeType + String(node.nodeValue);
    if (!printed.has(node)) {
      var copy = node.cloneNode(true);
      all(MADE, copy).forEach(function (made) { made.remove(); });
      [copy].concat(all("*", copy)).forEach(function (element) {
        OURS.forEach(function (name) { element.removeAttribute(name); });
        CLASSES.forEach(function (name) { element.classList.remove(name); });
        if (!element.className) element.removeAttribute("class");
        if (/^tab-\d/.test(element.id)) element.removeAttribute("id");
      });
      printed.set(node, copy.outerHTML);
    }
    return printed.get(node);
  }
  function like(a, b) {
    return a.nodeType === b.nodeType && a.nodeName === b.nodeName && (a.isEqualNode(b) || print(a) === print(b));
  }
  function same(a, b) {
    if (a.nodeType !== b.nodeType || a.nodeName !== b.nodeName) return false;
    return a.nodeType !== 1 || (a.id || "") === (b.id || "") || /^tab-\d/.test(a.id);
  }
  function attributes(from, to) {
    Array.prototype.slice.call(to.attributes).forEach(function (attribute) {
      var value = attribute.value;
      // What the reader has opened or shut, and what the script has said, stays.
      if (OURS.indexOf(attribute.name) >= 0 && from.hasAttribute(attribute.name)) return;
      if (attribute.name === "open" || from === root) return;
      if (attribute.name === "class") {
        CLASSES.forEach(function (name) { if (from.classList.contains(name)) value += " " + name; });
      }
      if (from.getAttribute(attribute.name) !== value) from.setAttribute(attribute.name, value);
    });
    Array.prototype.slice.call(from.attributes).forEach(function (attribute) {
      var name = attribute.name;
      if (to.hasAttribute(name) || OURS.indexOf(name) >= 0 || name === "class") return;
      if (name === "id" && /^tab-\d/.test(attribute.value)) return;
      from.removeAttribute(name);
    });
  }
  function labels(tabs) {
    return all(":scope > .tab > .tab-label", tabs).map(function (label) { return label.textContent; }).join("\n");
  }
  function morph(from, to) {
    if (like(from, to)) return;
    if (from.nodeType !== 1) {
      from.nodeValue = to.nodeValue;
      return;
    }
    // What scripts give a shape by what it holds is put in anew.
    if (from.matches(".code") || (from.matches(".tabs") && labels(from) !== labels(to))) {
      from.replaceWith(doc.importNode(to, true));
      return;
    }
    attributes(from, to);
    children(from, to);
  }
  // So far is looked for a node that has moved.
  var FAR = 40;
  function children(from, to) {
    var at = from.firstChild;
    var wanted = Array.prototype.slice.call(to.childNodes);
    wanted.forEach(function (want, index) {
      while (at && isMade(at)) at = at.nextSibling;
      var found = at;
      if (found && !like(found, want)) {
        // The same node may stand further down, where something was taken out; or the node here may
        // be wanted later, where something was put in.
        var look = at;
        for (var steps = 0; look && steps < FAR && !(look.nodeType === 1 && like(look, want)); steps++) look = look.nextSibling;
        var later = found.nodeType === 1 && wanted.slice(index + 1, index + FAR).some(function (other) { return like(found, other); });
        if (want.nodeType === 1 && look && steps < FAR) found = look;
        else if (later || !same(found, want)) found = null;
      }
      if (!found) {
        from.insertBefore(doc.importNode(want, true), at);
        return;
      }
      while (at !== found) {
        var gone = at;
        at = at.nextSibling;
        if (!isMade(gone)) gone.remove();
      }
      at = found.nextSibling;
      morph(found, want);
    });
    while (at) {
      var rest = at;
      at = at.nextSibling;
      if (!isMade(rest)) rest.remove();
    }
  }

  // Whether the page needs other scripts than those that run. Scripts that these have fetched, as the
  // search does, are no part of the page.
  function otherScripts(next) {
    function sources(selector, from) {
      return all(selector, from.head).map(function (script) { return script.getAttribute("src"); });
    }
    var run = sources("script[src]", doc);
    var wanted = sources("script[src]", next);
    return wanted.some(function (src) { return run.indexOf(src) < 0; }) ||
      sources("script[src][defer]", doc).some(function (src) { return wanted.indexOf(src) < 0; });
  }
  // Style sheets are swapped once the new ones are there, so that nothing flashes.
  function styles(next) {
    var now = all('link[rel="stylesheet"]', doc.head);
    var wanted = all('link[rel="stylesheet"]', next.head).map(function (link) { return link.getAttribute("href"); });
    var known = {};
    now.forEach(function (link) { known[link.getAttribute("href")] = link; });
    var before = now.length ? now[now.length - 1].nextSibling : doc.head.firstChild;
    wanted.forEach(function (href) {
      if (known[href]) {
        doc.head.insertBefore(known[href], before);
        delete known[href];
        return;
      }
      var link = make("link", { rel: "stylesheet", href: href });
      var old = Object.keys(known).filter(function (other) { return other.replace(/[-.][0-9a-f]{6,}\./, ".") === href.replace(/[-.][0-9a-f]{6,}\./, "."); })[0];
      var drop = old && known[old];
      if (old) delete known[old];
      link.addEventListener("load", function () { if (drop) drop.remove(); });
      link.addEventListener("error", function () { if (drop) drop.remove(); });
      doc.head.insertBefore(link, before);
    });
    Object.keys(known).forEach(function (href) { if (href.indexOf(LIVE) < 0) known[href].remove(); });
  }

  function patch(html) {
    var next = new DOMParser().parseFromString(html, "text/html");
    if (otherScripts(next)) return location.reload();
    var x = window.scrollX, y = window.scrollY;
    styles(next);
    doc.title = next.title;
    ["lang", "dir", "data-root"].forEach(function (name) {
      if (next.documentElement.hasAttribute(name)) root.setAttribute(name, next.documentElement.getAttribute(name));
    });
    printed = new WeakMap();
    children(doc.body, next.body);
    if (window.copydesk && window.copydesk.dress) window.copydesk.dress();
    if (window.scrollX !== x || window.scrollY !== y) window.scrollTo({ left: x, top: y, behavior: "instant" });
    if (panel && !panel.hidden) fill();
  }

  function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-cache" })
      .then(function (response) {
        var made = Number(response.headers.get("copydesk-build"));
        return response.text().then(function (html) {
          if (made) build = Math.max(build, made);
          if (/html/.test(response.headers.get("content-type") || "") && response.status !== 500) patch(html);
        });
      })
      .catch(function () {})
      .then(function () {
        busy = false;
        if (again) { again = false; refresh(); }
      });
  }

  // ---- The bar ----

  var bar, button, panel, overlay;
  function plural(count, one, many) { return count + " " + (count === 1 ? one : many); }
  function said(status) {
    var parts = [];
    if (status.errors) parts.push(plural(status.errors, "error", "errors"));
    if (status.warnings) parts.push(plural(status.warnings, "warning", "warnings"));
    if (status.advice) parts.push(plural(status.advice, "piece of advice", "pieces of advice"));
    return parts.join(", ") || "no findings";
  }
  function begin() {
    doc.head.append(make("link", { rel: "stylesheet", href: LIVE + "live.css" }));
    button = make("button", { type: "button", "aria-expanded": "false", "aria-controls": "copydesk-panel" });
    panel = make("div", { id: "copydesk-panel", class: "copydesk-panel", hidden: "" });
    overlay = make("div", { class: "copydesk-overlay", role: "alert", hidden: "" });
    bar = make("aside", { class: "copydesk-live", "aria-label": "Preview" }, [overlay, panel, button]);
    button.addEventListener("click", function () {
      panel.hidden = !panel.hidden;
      button.setAttribute("aria-expanded", String(!panel.hidden));
      if (!panel.hidden) fill();
    });
    doc.body.append(bar);
  }
  function finding(one) {
    var place = one.file ? one.file + (one.line ? ":" + one.line + ":" + one.column : "") : "";
    var link = one.editor || one.url;
    return make("li", { class: one.severity }, [
      make("b", {}, one.code), " " + one.message,
      one.help ? make("p", {}, one.help) : null,
      place ? make("p", {}, link ? make("a", { href: link }, place) : place) : null,
      one.excerpt ? make("pre", {}, one.excerpt) : null,
    ]);
  }
  function part(title, items) {
    return items.length ? make("section", {}, [make("h2", {}, title), make("ul", {}, items)]) : null;
  }
  function fill() {
    fetch(LIVE + "report?path=" + encodeURIComponent(decodeURI(location.pathname)))
      .then(function (response) { return response.json(); })
      .then(function (report) {
        var changed = report.changed || [];
        var at = changed.map(function (page) { return page.url; }).indexOf(location.pathname);
        var next = changed.length > 1 || (changed.length && at < 0) ? changed[(at + 1) % changed.length] : null;
        var previous = changed.length > 1 ? changed[(Math.max(at, 0) + changed.length - 1) % changed.length] : null;
        panel.replaceChildren.apply(panel, [
          part("On this page", (report.page || []).map(finding)),
          changed.length ? make("p", {}, [
            previous ? make("a", { href: previous.url }, "Previous changed page") : null, " ",
            next ? make("a", { href: next.url }, "Next changed page") : null,
          ]) : null,
          part("Changed pages", changed.map(function (page) {
            return make("li", {}, [make("a", { href: page.url }, page.title), " " + page.how]);
          })),
          part("On other pages", (report.others || []).map(finding)),
        ].filter(Boolean));
        if (!panel.firstChild) panel.append(make("p", {}, "Nothing to tell."));
      })
      .catch(function () {});
  }
  function show(status) {
    if (!bar) begin();
    var branch = status.branch ? status.branch + (status.base && status.base !== status.branch ? " against " + status.base : "") + " \u00b7 " : "";
    button.textContent = branch + (status.done ? said(status) : "looking at the site");
    button.className = status.errors ? "error" : status.warnings ? "warning" : "";
    overlay.hidden = !status.broken.length;
    overlay.replaceChildren();
    if (status.broken.length) {
      overlay.append(make("h2", {}, "The site stays what it was until this is mended"), make("ul", {}, status.broken.map(finding)));
    }
    if (!panel.hidden && status.done) fill();
  }

  // ---- The connection ----

  var seen = false;
  function connect() {
    var events = new EventSource(LIVE + "events");
    events.addEventListener("status", function (event) {
      var next = JSON.parse(event.data);
      var first = !seen;
      seen = true;
      root.dataset.copydeskBuild = next.build;
      if (first) build = build || next.build;
      var moved = next.build !== build || (first && reconnecting);
      build = next.build;
      reconnecting = false;
      if (moved) refresh();
      show(next);
    });
    events.addEventListener("error", function () {
      events.close();
      reconnecting = true;
      setTimeout(connect, 700);
    });
    window.addEventListener("pagehide", function () { events.close(); });
  }
  var reconnecting = false;
  window.addEventListener("pageshow", function (event) { if (event.persisted) { reconnecting = true; connect(); } });
  connect();
})();
