// The preview: keeps the open page up to date, and shows what is wrong with it.
(function () {
  "use strict";
  var doc = document;
  var root = doc.documentElement;
  var LIVE = "/_copydesk/live/";
  var REVIEW = LIVE + "review/";
  // A page of the review is made anew wherever anything changes, one of the site with the site.
  var inReview = location.pathname.indexOf(REVIEW) === 0;
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
  var MADE = ".copydesk-live, dialog, .tablist, .acts, .version-menu, [role=status], button[aria-expanded]";
  // Attributes and classes that scripts and readers set.
  var OURS = ["title", "aria-label", "aria-labelledby", "aria-controls", "aria-expanded", "aria-selected", "aria-modal", "aria-current", "open", "hidden", "inert", "tabindex", "role", "data-scheme", "data-copydesk-mark", "data-shown", "aria-pressed"];
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
  // Style sheets are swapped once the new ones are there, so that nothing flashes. One that stays is not
  // moved: a link that is taken out and put in again is loaded anew, and the page has no style meanwhile.
  function styles(next) {
    var now = all('link[rel="stylesheet"]', doc.head);
    var wanted = all('link[rel="stylesheet"]', next.head).map(function (link) { return link.getAttribute("href"); });
    var known = {}, last = null;
    now.forEach(function (link) { known[link.getAttribute("href")] = link; });
    wanted.forEach(function (href) {
      var link = known[href];
      delete known[href];
      if (link && (!last || last.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING)) {
        last = link;
        return;
      }
      if (!link) {
        link = make("link", { rel: "stylesheet", href: href });
        var old = Object.keys(known).filter(function (other) { return other.replace(/[-.][0-9a-f]{6,}\./, ".") === href.replace(/[-.][0-9a-f]{6,}\./, "."); })[0];
        var drop = old && known[old];
        if (old) delete known[old];
        var swap = function () { if (drop) drop.remove(); };
        link.addEventListener("load", swap);
        link.addEventListener("error", swap);
      }
      doc.head.insertBefore(link, last ? last.nextSibling : now[0] || doc.head.firstChild);
      last = link;
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
    if (bar) mark(report.page || []);
  }

  function refresh() {
    if (busy) { again = true; return; }
    busy = true;
    fetch(location.pathname + location.search, { headers: { accept: "text/html" }, cache: "no-cache" })
      .then(function (response) {
        var made = Number(response.headers.get("copydesk-build"));
        // A review that is still being made is asked for again; what stands here stays meanwhile.
        if (inReview && !made) { setTimeout(refresh, 500); return null; }
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

  // ---- Marks ----

  // Findings are marked in the text that readers see. A page does not say where its text comes from, so
  // that the source of a finding is looked for, without markup, where what stands around it fits best.
  // Highlights of CSS leave the page's elements alone.
  var marks = [];
  var CAN_MARK = !!(window.CSS && CSS.highlights && window.Highlight);
  var LEVELS = ["advice", "warning", "error"];
  function plain(text) {
    return text.replace(/<!--[^]*?(-->|$)/g, " ").replace(/\]\([^)]*\)?/g, " ").replace(/<\/?[a-z][^>]*>?/gi, " ")
      .replace(/&#?\w+;/g, " ").normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase();
  }
  // The letters and digits of the page, and where each of them stands.
  function read(main) {
    var walker = doc.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    var text = "", nodes = [], starts = [], spots = [];
    for (var node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest(MADE + ", script, style, .anchor")) continue;
      nodes.push(node);
      starts.push(text.length);
      var value = node.nodeValue, letter = /[\p{L}\p{N}]/gu, found;
      while ((found = letter.exec(value))) {
        var small = found[0].toLowerCase();
        for (var i = 0; i < small.length; i++) spots.push(found.index);
        text += small;
      }
    }
    return { text: text, nodes: nodes, starts: starts, spots: spots };
  }
  function nodeAt(page, index) {
    var low = 0, high = page.starts.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (page.starts[middle] <= index) low = middle; else high = middle - 1;
    }
    return page.nodes[low];
  }
  function range(page, from, to) {
    var made = doc.createRange();
    made.setStart(nodeAt(page, from), page.spots[from]);
    made.setEnd(nodeAt(page, to - 1), page.spots[to - 1] + 1);
    return made;
  }
  function common(a, b, step) {
    var count = 0, most = Math.min(a.length, b.length);
    while (count < most && a[step < 0 ? a.length - 1 - count : count] === b[step < 0 ? b.length - 1 - count : count]) count++;
    return count;
  }
  var taken;
  function place(page, one) {
    var found = plain(one.place.found), before = plain(one.place.before), after = plain(one.place.after);
    var best = -1, most = -1;
    if (!found) {
      // A sign, or an empty place: the text behind it, or before it.
      for (var size = Math.min(after.length, 40); size >= 6 && best < 0; size -= 4) best = page.text.indexOf(after.slice(0, size));
      if (best >= 0) return range(page, best, best + 1);
      for (size = Math.min(before.length, 40); size >= 6 && best < 0; size -= 4) {
        best = page.text.indexOf(before.slice(-size));
        if (best >= 0) return range(page, best + size - 1, best + size);
      }
      return null;
    }
    for (var at = page.text.indexOf(found); at >= 0; at = page.text.indexOf(found, at + 1)) {
      var score = common(page.text.slice(Math.max(0, at - before.length), at), before, -1) +
        common(page.text.slice(at + found.length, at + found.length + after.length), after, 1);
      if (!taken[at + ":" + found.length]) score += 0.5;
      if (score > most) { most = score; best = at; }
    }
    // A short text may stand anywhere.
    if (best < 0 || (found.length < 4 && most < 3 && before.length + after.length > 6)) return null;
    taken[best + ":" + found.length] = true;
    return range(page, best, best + found.length);
  }
  // What an address is about: a link or an image.
  function element(main, one) {
    var address = /\]\(\s*<?([^)\s>]+)/.exec(one.place.found) || /^<?([^\s<>]+[./#][^\s<>]*)>?$/.exec(one.place.found.trim());
    if (!address) return null;
    var wanted = address[1];
    var tail = wanted.split("/").pop().replace(/\.(md|markdown|mdx)(?=#|$)/, "");
    var fits = all("a[href], img[src]", main).filter(function (other) {
      if (other.matches(".anchor")) return false;
      var has = other.getAttribute("href") || other.getAttribute("src");
      return has === wanted || (tail && decodeURI(has.split("/").pop()).replace(/\.html(?=#|$)/, "") === tail);
    });
    return fits[0] || null;
  }
  function unmark() {
    all("[data-copydesk-mark]").forEach(function (marked) { marked.removeAttribute("data-copydesk-mark"); });
    if (CAN_MARK) LEVELS.forEach(function (level) { CSS.highlights.delete("copydesk-" + level); });
    marks = [];
  }
  function mark(findings) {
    unmark();
    var main = doc.querySelector("main");
    if (!main || !marked()) return;
    var page = read(main), ranges = { error: [], warning: [], advice: [] };
    taken = {};
    findings.forEach(function (one, index) {
      if (!one.line || !one.place) return;
      var link = element(main, one);
      var where = link ? null : place(page, one);
      if (!where && !link) return;
      if (link && !link.textContent.trim()) link.dataset.copydeskMark = one.severity;
      // A broken link has a line of its own, in whose place the mark stands.
      else if (link && CAN_MARK && link.matches(".broken")) link.dataset.copydeskMark = "text";
      if (link) { where = doc.createRange(); where.selectNodeContents(link); }
      marks.push({ range: where, element: link, index: index });
      ranges[one.severity].push(where);
    });
    if (CAN_MARK) LEVELS.forEach(function (level, index) {
      var highlight = new Highlight();
      ranges[level].forEach(function (made) { highlight.add(made); });
      highlight.priority = index;
      if (highlight.size) CSS.highlights.set("copydesk-" + level, highlight);
    });
  }
  function markAt(x, y) {
    return marks.filter(function (one) {
      var boxes = one.element ? one.element.getClientRects() : one.range.getClientRects();
      return Array.prototype.some.call(boxes, function (box) {
        return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      });
    })[0];
  }
  doc.addEventListener("click", function (event) {
    var target = event.target;
    if (!target.closest || target.closest("a[href], button, summary, input, .copydesk-live") || String(getSelection())) return;
    var hit = markAt(event.clientX, event.clientY);
    if (hit) { open(true); list(); pick(hit.index); }
  });

  // ---- The bar ----

  var bar, counter, panel, overlay, about, note, shown, report = {}, findings = -1, wanted = false;
  function kept(name, value) {
    try {
      if (value === undefined) return sessionStorage.getItem("copydesk-" + name);
      sessionStorage.setItem("copydesk-" + name, value);
    } catch (error) { /* Where nothing may be kept, nothing is. */ }
    return null;
  }
  function marked() { return kept("marks") !== "off"; }
  function plural(count, one, many) { return count + " " + (count === 1 ? one : many); }
  function said(status) {
    var parts = [];
    if (status.errors) parts.push(plural(status.errors, "error", "errors"));
    if (status.warnings) parts.push(plural(status.warnings, "warning", "warnings"));
    if (status.advice) parts.push(plural(status.advice, "piece of advice", "pieces of advice"));
    return parts.join(", ") || "no findings";
  }
  function act(name, attributes, action) {
    var button = make("button", Object.assign({ type: "button" }, attributes), name);
    button.addEventListener("click", action);
    return button;
  }
  function open(yes) {
    panel.hidden = !yes;
    counter.setAttribute("aria-expanded", String(yes));
    kept("panel", yes ? "on" : "off");
    if (yes) fill();
  }
  function hide(yes) {
    kept("bar", yes ? "off" : "on");
    bar.classList.toggle("is-small", yes);
    shown.setAttribute("aria-expanded", String(!yes));
    shown.textContent = yes ? "Preview" : "Hide";
    if (yes) { open(false); }
  }
  function begin() {
    doc.head.append(make("link", { rel: "stylesheet", href: LIVE + "live.css" }));
    panel = make("div", { id: "copydesk-panel", class: "copydesk-panel", hidden: "", tabindex: "-1" });
    overlay = make("div", { class: "copydesk-overlay", role: "alert", hidden: "" });
    note = make("p", { class: "copydesk-note", role: "status", hidden: "" });
    about = make("span", { class: "copydesk-about" });
    counter = act("", { class: "copydesk-counter", "aria-expanded": "false", "aria-controls": "copydesk-panel" }, function () { open(panel.hidden); });
    shown = act("Hide", { class: "copydesk-hide", "aria-expanded": "true", "aria-controls": "copydesk-bar" }, function () { hide(!bar.classList.contains("is-small")); });
    bar = make("aside", { class: "copydesk-live", "aria-label": "Preview" }, [
      overlay, panel, note,
      make("div", { class: "copydesk-line" }, [make("div", { id: "copydesk-bar", class: "copydesk-bar" }, [about, counter]), shown]),
    ]);
    bar.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !panel.hidden) { open(false); counter.focus(); }
    });
    doc.body.append(bar);
    if (kept("bar") === "off") hide(true);
    else if (kept("panel") === "on") open(true);
  }

  // What the list offers to do about a finding.
  function wish(path, one, done) {
    var body = { token: status.token, file: one.file, seen: one.seen, code: one.code, start: one.start, end: one.end };
    fetch(LIVE + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
      .then(function (response) {
        return response.text().then(function (text) { tell(response.ok ? done : "Nothing was changed: " + text.trim()); });
      })
      .catch(function () { tell("The preview does not answer."); });
  }
  var silence;
  function tell(text) {
    note.textContent = text;
    note.hidden = false;
    clearTimeout(silence);
    silence = setTimeout(function () { note.hidden = true; }, 6000);
  }
  function code(text) {
    // Names stand between backticks.
    return text.split("`").map(function (part, index) { return index % 2 ? make("code", {}, part) : part; });
  }
  function finding(one, index) {
    var place = one.file ? one.file + (one.line ? ":" + one.line + ":" + one.column : "") : "";
    var acts = [];
    if (index !== undefined && one.line) {
      acts.push(act("Show", { class: "copydesk-show" }, function () { pick(index, true); }));
    }
    if (status.token && one.seen && one.fix) {
      acts.push(act(one.fix.safe ? "Fix" : "Apply the suggestion", { title: one.fix.title }, function () { wish("fix", one, "Done: " + one.fix.title); }));
    }
    if (status.token && one.word) {
      acts.push(act("Add to dictionary", {}, function () { wish("accept", one, "Added to the dictionary."); }));
    }
    if (one.editor) acts.push(make("a", { href: one.editor, class: "copydesk-editor" }, "Open in editor"));
    var excerpt = one.excerpt, text = excerpt && excerpt.before + excerpt.found + excerpt.after;
    return make("li", { class: one.severity, "data-index": index === undefined ? null : index }, [
      make("p", { class: "copydesk-message" }, [make("b", {}, one.severity), " "].concat(code(one.message), " ", make("small", {}, one.code))),
      text ? make("pre", { tabindex: "0", "aria-label": "Source" }, [excerpt.before, excerpt.found ? make("mark", {}, excerpt.found) : null, excerpt.after]) : null,
      // What a click would do says more than advice in general.
      one.fix && !one.fix.safe ? make("p", {}, ["Suggestion: "].concat(code(one.fix.title))) : one.help ? make("p", {}, code(one.help)) : null,
      make("p", { class: "copydesk-acts" }, [
        place ? (one.url && index === undefined ? make("a", { href: one.url }, place) : make("span", {}, place)) : null,
      ].concat(acts)),
    ]);
  }
  function part(title, items) {
    return items.length ? make("section", {}, [make("h2", {}, title), make("ul", {}, items)]) : null;
  }
  // Shows where a finding is: in the list, and in the text where it is wanted.
  var picked = -1;
  function pick(index, scrolls) {
    picked = index;
    all("li[data-index]", panel).forEach(function (item) {
      var is = Number(item.dataset.index) === index;
      item.classList.toggle("is-picked", is);
      if (is && !scrolls) { item.scrollIntoView({ block: "nearest" }); panel.focus({ preventScroll: true }); }
    });
    if (!scrolls) return;
    var hit = marks.filter(function (one) { return one.index === index; })[0];
    if (!hit) return tell("Its place is not to be seen in the text.");
    var holder = hit.element || hit.range.startContainer.parentElement;
    for (var details = holder.closest("details:not([open])"); details; details = holder.closest("details:not([open])")) details.open = true;
    holder.scrollIntoView({ block: "center", behavior: "instant" });
    if (CAN_MARK && hit.range) {
      CSS.highlights.set("copydesk-picked", new Highlight(hit.range));
      setTimeout(function () { CSS.highlights.delete("copydesk-picked"); }, 1600);
    }
  }
  function list() {
    var changed = report.changed || [];
    var top = panel.scrollTop;
    var focused = doc.activeElement && panel.contains(doc.activeElement);
    panel.replaceChildren.apply(panel, [
      make("p", { class: "copydesk-acts" }, [
        CAN_MARK ? act(marked() ? "Hide marks" : "Show marks", {}, function () { kept("marks", marked() ? "off" : "on"); mark(report.page || []); list(); }) : null,
      ]),
      part("On this page", (report.page || []).map(finding)),
      part("Changed pages", changed.map(function (page) {
        return make("li", {}, [
          make("a", { href: page.url, "aria-current": page.url === location.pathname ? "page" : null }, page.title), " ",
          status.base ? make("a", { href: page.review, "aria-label": page.how + ": what differs on " + page.title, "aria-current": page.review === location.pathname ? "page" : null }, page.how) : page.how,
        ]);
      })),
      part("On other pages", (report.others || []).map(function (one) { return finding(one); })),
    ].filter(Boolean));
    all("li[data-index]", panel).forEach(function (item) {
      if (Number(item.dataset.index) === picked) item.classList.add("is-picked");
    });
    if (!panel.querySelector("section")) panel.append(make("p", {}, "Nothing to tell."));
    panel.scrollTop = top;
    if (focused) panel.focus({ preventScroll: true });
  }
  function neighbors() {
    var changed = report.changed || [];
    var at = changed.map(function (page) { return page.url; }).indexOf(location.pathname);
    all(".copydesk-turn", about).forEach(function (link) { link.remove(); });
    // The review has its own way from page to page.
    if (inReview || changed.length < (at < 0 ? 1 : 2)) return;
    var next = changed[(at + 1) % changed.length], previous = changed[(Math.max(at, 0) + changed.length - 1) % changed.length];
    about.append(
      make("a", { class: "copydesk-turn", href: previous.url, "aria-label": "Previous changed page", title: previous.title }, "\u2039"),
      make("a", { class: "copydesk-turn", href: next.url, "aria-label": "Next changed page", title: next.title }, "\u203a")
    );
  }
  // Where a finding of one report stands in the next: an edit above it has moved its place, so the
  // first, second, ... finding with its code and message is looked for. -1 when it is gone.
  function follow(index, before, after) {
    if (!before[index]) return -1;
    var like = function (one) { return one.code === before[index].code && one.message === before[index].message; };
    var turn = before.slice(0, index).filter(like).length;
    return after.findIndex(function (one) { return like(one) && turn-- === 0; });
  }
  // Asks for the findings of the page, one question at a time.
  var asking = false;
  function fill() {
    if (asking) { wanted = true; return; }
    asking = true;
    fetch(LIVE + "report?path=" + encodeURIComponent(decodeURI(location.pathname)))
      .then(function (response) { return response.json(); })
      .then(function (answer) {
        picked = follow(picked, report.page || [], answer.page || []);
        report = answer;
        mark(report.page || []);
        neighbors();
        if (!panel.hidden) list();
      })
      .catch(function () {})
      .then(function () {
        asking = false;
        if (wanted) { wanted = false; fill(); }
      });
  }
  var status = {};
  function show(next) {
    status = next;
    if (!bar) begin();
    var branch = next.branch ? next.branch + (next.base && next.base !== next.branch ? " \u2190 " + next.base : "") : "";
    var changed = next.changed ? plural(next.changed, "changed page", "changed pages") : "";
    var turns = all(".copydesk-turn", about);
    // Where there is nothing to compare with, there is no review.
    var review = next.base ? make("a", { class: "copydesk-review", href: REVIEW + "index.html" }, changed || "Review") : changed ? make("span", {}, changed) : null;
    about.replaceChildren.apply(about, [branch ? make("span", { class: "copydesk-branch" }, branch) : null, review].filter(Boolean).concat(turns));
    counter.textContent = next.done ? said(next) : said(next) + " so far";
    counter.className = "copydesk-counter " + (next.errors ? "error" : next.warnings ? "warning" : "");
    overlay.hidden = !next.broken.length;
    overlay.replaceChildren();
    if (next.broken.length) {
      overlay.append(make("h2", {}, "The site stays what it was until this is mended"), make("ul", {}, next.broken.map(function (one) { return finding(one); })));
    }
    if (next.findings !== findings && next.done) {
      findings = next.findings;
      fill();
    }
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
      var number = inReview ? next.review : next.build;
      if (first) build = build || number;
      var moved = number !== build || (first && reconnecting);
      build = number;
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
  if (doc.querySelector("[data-copydesk-wait]")) setTimeout(refresh, 500);
})();
