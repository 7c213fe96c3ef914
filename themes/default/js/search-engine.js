// Searches the index that the build has written, without a server. What is done here, step by
// step, is what src/search does: tokens.rs, query.rs and rank.rs for the plan, reader.rs for the
// files, bm25.rs for the scores. Change both or none.
(function () {
  "use strict";
  var copydesk = (window.copydesk = window.copydesk || {});

  // Tokens.
  var WORD = /[\p{Alphabetic}\p{N}_\u0300-\u036f]/u;
  var LETTER = /\p{Alphabetic}/u;
  var UPPER = /\p{Uppercase}/u;
  var LOWER = /\p{Lowercase}/u;
  var PAIRED = /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\u{20000}-\u{3ffff}]/u;

  function fold(text) {
    if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
    return text.normalize("NFKD").toLowerCase().replace(/\s+/g, "")
      .replace(/([a-z\u0370-\u03ff])[\u0300-\u036f]+/g, "$1").normalize("NFC");
  }
  function isPaired(c) { return PAIRED.test(c); }
  function isWord(c) { return !!c && WORD.test(c) && !isPaired(c); }
  function charAt(text, at) {
    return at < text.length ? String.fromCodePoint(text.codePointAt(at)) : "";
  }
  function run(text, at, is) {
    for (var c; (c = charAt(text, at)) && is(c);) at += c.length;
    return at;
  }
  function afterSign(text, at) {
    if (text.substr(at, 2) === "--") return at + 2;
    return "-$@.".indexOf(text[at]) >= 0 ? at + 1 : -1;
  }
  function opens(text, at, before) {
    if (before && !/[\s"'\u0060(\[{<=,|]/.test(before)) return false;
    var next = afterSign(text, at);
    var first = next < 0 ? "" : charAt(text, next);
    return isWord(first) && LETTER.test(first);
  }

  // Calls each(text, role, start, end) for every token; the role is word, whole or part.
  function tokens(text, each) {
    var at = 0;
    var before = "";
    function emit(part, role, start, end) {
      var folded = fold(part);
      // Longer tokens are data, not words.
      if (folded && (folded.length < 22 || new TextEncoder().encode(folded).length <= 64)) each(folded, role, start, end);
    }
    function camel(word, start) {
      if (!UPPER.test(word) || !LOWER.test(word)) return;
      var letters = Array.from(word);
      var parts = [letters[0]];
      for (var i = 1; i < letters.length; i++) {
        var hump = UPPER.test(letters[i]) && (!UPPER.test(letters[i - 1]) || (i + 1 < letters.length && LOWER.test(letters[i + 1])));
        if (hump) parts.push("");
        parts[parts.length - 1] += letters[i];
      }
      if (parts.length < 2 || parts.some(function (part) { return Array.from(part).length < 2; })) return;
      parts.forEach(function (part) {
        emit(part, "part", start, start + part.length);
        start += part.length;
      });
    }
    function identifier(at) {
      var signed = !isWord(charAt(text, at));
      var end = signed ? afterSign(text, at) : at;
      var first = end;
      var joints = 0;
      for (;;) {
        end = run(text, end, isWord);
        var joint = text[end] === "." || text[end] === "-" ? 1 : text.substr(end, 2) === "::" ? 2 : 0;
        if (!joint || !isWord(charAt(text, end + joint))) break;
        end += joint;
        joints++;
      }
      var tail = "";
      if (!joints && end - first <= 2) {
        ["++", "#"].forEach(function (sign) {
          if (!tail && text.substr(end, sign.length) === sign && !isWord(charAt(text, end + sign.length))) tail = sign;
        });
      }
      var source = text.slice(first, end);
      end += tail.length;
      if (signed || joints || tail || source.replace(/^_+|_+$/g, "").indexOf("_") >= 0) {
        emit(text.slice(at, end), "whole", at, end);
      }
      var start = first;
      source.split(/([_.:-])/).forEach(function (word) {
        if (word && !/^[_.:-]$/.test(word)) {
          emit(word, "word", start, start + word.length);
          camel(word, start);
        }
        start += word.length;
      });
      if (/^['\u2019]s/.test(text.slice(end, end + 2)) && !isWord(charAt(text, end + 2))) end += 2;
      return end;
    }
    while (at < text.length) {
      var c = charAt(text, at);
      var end = at + c.length;
      if (isPaired(c)) {
        end = run(text, at, isPaired);
        var source = Array.from(text.slice(at, end));
        var folded = Array.from(fold(source.join("")));
        var width = folded.length === 1 ? 1 : 2;
        var place = at;
        for (var i = 0; i + width <= folded.length; i++) {
          var same = source.length === folded.length;
          var length = same ? source.slice(i, i + width).join("").length : end - at;
          each(folded.slice(i, i + width).join(""), "word", same ? place : at, (same ? place : at) + length);
          if (same) place += source[i].length;
        }
      } else if (isWord(c) || opens(text, at, before)) {
        end = identifier(at);
      }
      before = Array.from(text.slice(Math.max(at, end - 2), end)).pop();
      at = end;
    }
  }
  function symbol(text) {
    text = text.trim();
    return text && new TextEncoder().encode(text).length <= 8 && !/[\p{Alphabetic}\p{N}\s\p{Cc}]/u.test(text) ? text : "";
  }

  // Files: scripts that call back with what they hold. There may be several indexes: other versions
  // of the site have their own. What is read of one stands in an object with its folder.
  var own = document.documentElement.dataset.root + "_copydesk/search/";
  var indexes = {};
  function indexAt(base) {
    return (indexes[base] = indexes[base] || { base: base, waiting: {}, shards: {} });
  }
  function fetched(index, name) {
    var waiting = index.waiting;
    if (waiting[name]) return waiting[name].promise;
    var entry = (waiting[name] = {});
    entry.promise = new Promise(function (resolve, reject) {
      var script = document.createElement("script");
      function fail() {
        delete waiting[name];
        reject(new Error(index.base + name + ".js"));
      }
      entry.done = function (value) {
        entry.has = true;
        resolve(value);
      };
      script.onerror = fail;
      script.onload = function () {
        script.remove();
        if (!entry.has) fail();
      };
      script.index = index;
      script.src = index.base + name + ".js";
      document.head.appendChild(script);
    });
    return entry.promise;
  }
  copydesk.searchShard = function (name, value) {
    var waiting = ((document.currentScript || {}).index || indexAt(own)).waiting;
    if (waiting[name]) waiting[name].done(value);
  };
  copydesk.searchIndex = function (value) { copydesk.searchShard("index", value); };

  function Numbers(text) {
    this.text = text;
    this.at = 0;
  }
  Numbers.prototype.next = function () {
    var code = this.text.charCodeAt(this.at++);
    if (code >= 0xe000) return 55000 + (code - 0xe000) * 50000 + this.next();
    return code - (code > 92 ? 36 : 35);
  };
  Numbers.prototype.more = function () { return this.at < this.text.length; };
  Numbers.prototype.rest = function () { return this.text.slice(this.at); };
  function all(text) {
    var found = [];
    for (var numbers = new Numbers(text); numbers.more();) found.push(numbers.next());
    return found;
  }
  function hash(hashes, at) { return hashes.substr(at * 6, 6); }

  // The entry file, with what is worked out from it.
  var FORM = 2;
  function open(base) {
    var index = indexAt(base || own);
    if (!index.opened) {
      index.opened = fetched(index, "index").then(function (entry) {
        // Another version may have been built by another program.
        if (entry.version !== FORM) throw new Error(index.base + "index.js");
        Object.assign(index, entry);
        var section = 0;
        index.pageStarts = [];
        index.fragmentStarts = all(index.fragments).map(function (code) {
          var first = section;
          if (code % 2) index.pageStarts.push(first);
          section += code >> 1;
          return first;
        });
        index.firsts = index.first_forms.split(" ").slice(0, -1);
        index.newWords = all(index.new_words);
        var word = 0;
        index.wordStarts = all(index.words_in_shard).map(function (count) {
          word += count;
          return word - count;
        });
        index.lengths = index.lengths.map(Math.fround);
        return index;
      });
      index.opened.catch(function () { index.opened = null; });
    }
    return index.opened;
  }
  // The last of sorted numbers that is not above another.
  function below(numbers, value) {
    var low = 0;
    var high = numbers.length;
    while (low < high) {
      var middle = (low + high) >> 1;
      if (numbers[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  // Words.
  function forms(index, shard) {
    var vocabulary = index.shards;
    if (vocabulary[shard]) return vocabulary[shard];
    var next = index.newWords.slice(0, shard).reduce(function (sum, count) { return sum + count; }, 0);
    return (vocabulary[shard] = fetched(index, "v" + shard + "-" + hash(index.vocabulary, shard)).then(function (parts) {
      var words = new Numbers(parts[1]);
      var weights = new Numbers(parts[2]);
      var weightOf = new Map();
      var before = [];
      return parts[0].split(" ").slice(0, -1).map(function (item) {
        var numbers = new Numbers(item);
        var text = before.slice(0, numbers.next()).join("") + numbers.rest();
        before = Array.from(text);
        var back = words.next();
        var word = next - back;
        var number = 0;
        if (back) number = words.next();
        else next++;
        if (!weightOf.has(word)) weightOf.set(word, weights.next());
        return { text: text, word: word, number: number, weight: weightOf.get(word) };
      });
    }, function (error) {
      delete vocabulary[shard];
      throw error;
    }));
  }
  // Of the forms that begin so, or, where only the word itself is asked for, of the one shard that
  // can hold it.
  function beginning(index, prefix, alone) {
    var shards = [];
    index.firsts.forEach(function (first, shard) {
      var after = index.firsts[shard + 1];
      if (alone && first > prefix) return;
      if (first <= prefix ? !(after !== undefined && after <= prefix) : first.startsWith(prefix)) shards.push(forms(index, shard));
    });
    return Promise.all(shards).then(function (found) {
      return [].concat.apply([], found).filter(function (form) { return form.text.startsWith(prefix); });
    });
  }

  // Lists: for each field sections, times, and ids of lengths; for what links call pages, sections alone.
  var LINKS = 4;
  var LONG = 32;
  function record(index, kind, word) {
    var shard = below(index.wordStarts, word);
    return fetched(index, kind + shard + "-" + hash(index.records, shard)).then(function (records) { return records[word - index.wordStarts[shard]]; });
  }
  function list(numbers, field) {
    var count = numbers.next();
    var entries = { sections: [], times: [], lengths: [] };
    var last = 0;
    var i;
    for (i = 0; i < count; i++) entries.sections.push((last += numbers.next()));
    if (field === LINKS) return entries;
    for (i = 0; i < count; i++) entries.times.push(numbers.next() + 1);
    for (i = 0; i < count; i++) entries.lengths.push(numbers.next());
    return entries;
  }
  function lists(index, word, long) {
    return record(index, "p", word).then(function (text) {
      var numbers = new Numbers(text);
      var mask = numbers.next();
      var found = { mask: mask, fields: [] };
      function read(numbers, from, to) {
        for (var field = from; field < to; field++) if (mask & (1 << field)) found.fields[field] = list(numbers, field);
      }
      if (!(mask & LONG)) {
        read(numbers, 0, 5);
        return found;
      }
      read(numbers, 0, 2);
      read(numbers, LINKS, 5);
      if (!long) return found;
      return fetched(index, "l" + word + "-" + numbers.rest()).then(function (text) {
        read(new Numbers(text), 2, 4);
        return found;
      });
    });
  }
  // Where a word stands in titles (0) and text (2): by section, pairs of place and form.
  function places(index, word) {
    return Promise.all([lists(index, word, true), record(index, "x", word)]).then(function (both) {
      var found = both[0];
      return (found.mask & LONG ? fetched(index, "y" + word + "-" + both[1]) : Promise.resolve(both[1])).then(function (text) {
        var numbers = new Numbers(text);
        var every = [];
        var maps = { 0: new Map(), 2: new Map() };
        [0, 2].forEach(function (field) {
          var entries = found.fields[field];
          if (!entries) return;
          entries.sections.forEach(function (section, i) {
            var at = [];
            var last = 0;
            for (var n = 0; n < entries.times[i]; n++) {
              at.push([(last += numbers.next()), 0]);
              every.push(at[n]);
            }
            maps[field].set(section, at);
          });
        });
        if (numbers.more()) every.forEach(function (place) { place[1] = numbers.next(); });
        return maps;
      });
    });
  }

  // BM25, in single precision.
  var f = Math.fround;
  var K1 = f(1.2);
  var B = f(0.75);
  function lengthOf(id) {
    if (id < 24) return id;
    var rest = id - 24;
    var shift = (rest >> 3) - 1;
    return 24 + (shift < 0 ? rest & 7 : ((rest & 7) | 8) * Math.pow(2, shift));
  }
  function scorer(count, total, average) {
    var x = f(f(f(total - count) + 0.5) / f(f(count) + 0.5));
    var weight = f(f(Math.log(f(1 + x))) * f(1 + K1));
    var norms = [];
    return function (length, times) {
      var norm = norms[length];
      if (norm === undefined) norms[length] = norm = f(K1 * f(f(1 - B) + f(f(B * f(lengthOf(length))) / average)));
      return f(weight * f(times / f(times + norm)));
    };
  }

  // Queries.
  var QUOTES = /["\u201c\u201d\u201e]/;
  var EDGE = /[\p{Alphabetic}\p{N}]/u;
  function typed(text) {
    var words = [];
    var wholeEnd = 0;
    tokens(text, function (token, role, start, end) {
      var inside = start < wholeEnd;
      var last = words[words.length - 1];
      if (inside && role === "word" && last) last.parts.push(token);
      else if (role === "part" && last) {
        if (!inside) last.parts.push(token);
      } else words.push({ text: token, parts: [], whole: role === "whole" });
      if (role === "whole") wholeEnd = end;
    });
    if (!words.length && symbol(text)) words.push({ text: fold(symbol(text)), parts: [] });
    return words;
  }
  function parse(text, expand) {
    var query = { words: [], phrases: [], without: [] };
    var excluded = [];
    text.split(QUOTES).forEach(function (part, at) {
      if (at % 2) {
        var phrase = [];
        typed(part).forEach(function (word) {
          (word.whole && word.parts.length ? word.parts : [word.text]).forEach(function (text) {
            phrase.push(text);
            query.words.push({ text: text, parts: [], quoted: true });
          });
        });
        if (phrase.length) query.phrases.push(phrase);
        return;
      }
      part.split(/\s+/).forEach(function (chunk) {
        var letters = Array.from(chunk);
        if (chunk[0] === "-" && letters.length > 2 && EDGE.test(letters[1])) excluded.push(chunk);
        else query.words = query.words.concat(typed(chunk));
      });
    });
    if (!query.words.length) excluded.forEach(function (chunk) { query.words = query.words.concat(typed(chunk)); });
    else query.without = excluded.map(function (chunk) { return fold(chunk.replace(/^-+/, "")); });
    var seen = new Set();
    query.words = query.words.filter(function (word) { return !seen.has(word.text) && seen.add(word.text); }).slice(0, 16);
    var last = query.words[query.words.length - 1];
    if (last && expand && /\S$/.test(text) && !QUOTES.test(text[text.length - 1]) && !last.quoted && !query.without.length) last.open = true;
    return query;
  }

  // Words of the index for those that were typed.
  function heaviest(forms, most, but) {
    var chosen = [];
    forms.slice().sort(function (a, b) { return b.weight - a.weight; }).some(function (form) {
      if (form.word !== but && chosen.every(function (other) { return other.word !== form.word; })) chosen.push(form);
      return chosen.length >= most;
    });
    return chosen;
  }
  function distance(a, text, most) {
    var b = Array.from(text);
    if (Math.abs(a.length - b.length) > most) return -1;
    var before = [];
    var above = [];
    for (var j = 0; j <= b.length; j++) above.push(j);
    for (var i = 0; i < a.length; i++) {
      var row = [i + 1];
      var least = i + 1;
      for (j = 0; j < b.length; j++) {
        var cost = Math.min(above[j] + (a[i] === b[j] ? 0 : 1), above[j + 1] + 1, row[j] + 1);
        if (i && j && a[i - 1] === b[j] && b[j - 1] === a[i]) cost = Math.min(cost, before[j - 1] + 1);
        if (cost < least) least = cost;
        row.push(cost);
      }
      if (least > most) return -1;
      before = above;
      above = row;
    }
    return above[b.length] <= most ? above[b.length] : -1;
  }
  function correct(index, found) {
    var letters = Array.from(found.text);
    if (letters.length < 4) return Promise.resolve(found);
    function near(pool, most) {
      function off(form) { return Math.abs(Array.from(form.text).length - letters.length); }
      // Of the forms of one word, one as long as what was typed is likelier meant.
      return heaviest(pool.filter(function (form) { return distance(letters, form.text, most) === most; })
        .sort(function (a, b) { return off(a) - off(b); }), 3);
    }
    function inflected(pool) {
      var shared = Math.max(letters.length - 3, 4);
      return heaviest(pool.filter(function (form) {
        var other = Array.from(form.text);
        var common = 0;
        while (common < letters.length && letters[common] === other[common]) common++;
        return common >= shared && other.length <= common + 3;
      }), 1);
    }
    function pool() {
      if (index.forms <= 20000) return beginning(index, "");
      return beginning(index, letters[0]).then(function (forms) {
        if (forms.some(function (form) { return distance(letters, form.text, 1) >= 0; })) return forms;
        return beginning(index, letters[1]);
      });
    }
    return pool().then(function (pool) {
      var factor = 0.7;
      var chosen = near(pool, 1);
      if (!chosen.length) {
        factor = 0.8;
        chosen = inflected(pool);
      }
      if (!chosen.length && letters.length >= 8) {
        factor = 0.5;
        chosen = near(pool, 2);
      }
      chosen.forEach(function (form, at) {
        if (!at) {
          found.instead = form.text;
          found.weight = form.weight;
        }
        found.words.push([form.word, factor]);
      });
      return found;
    });
  }
  function resolve(index, word) {
    var single = Array.from(word.text).length === 1;
    var open = !word.quoted && ((single && isPaired(word.text)) || (word.open && !single));
    return beginning(index, word.text, !open).then(function (forms) {
      var known = forms[0] && forms[0].text === word.text ? forms[0] : null;
      var foundWhole = !!known || (open && forms.length > 0);
      var split = word.whole || !foundWhole ? word.parts : [];
      return Promise.all(split.map(function (text, at) {
        return resolve(index, { text: text, parts: [], open: word.open && at === word.parts.length - 1 });
      })).then(function (parts) {
        parts = [].concat.apply([], parts);
        return parts.length && !foundWhole ? parts : itself(forms, known, open, parts);
      });
    });
    function itself(forms, known, open, parts) {
      var found = { text: word.text, words: [], weight: 0, exact: !!known, extra: parts.length > 0 };
      if (known) {
        found.words.push([known.word, 1]);
        found.weight = known.weight;
      }
      if (open) {
        heaviest(forms, known ? 4 : 10, known ? known.word : -1).forEach(function (form) {
          if (!found.words.length) found.weight = form.weight;
          found.words.push([form.word, known ? 0.3 : 0.7, form.weight > MOST_COMMON]);
        });
        // Those in many sections are looked for in titles; where all are such, the rarest counts.
        if (found.words.length && found.words.every(function (pair) { return pair[2]; })) found.words[found.words.length - 1][2] = false;
      }
      parts.push(found);
      return found.words.length || word.quoted ? parts : correct(index, found).then(function () { return parts; });
    }
  }

  // The plan.
  var TITLE = 2;
  var NAMED = 0.5;
  var LINKED = 3;
  var PAGE = 1;
  var FURTHER = 0.5;
  var MOST_LOST = 0.7;
  var NEAR = 0.5;
  var FARTHEST = 6;
  var CLOSER = 30;
  var NEAR_PLACES = 200;
  var PHRASE = 0.75;
  var COMMON = 0.25;
  var MOST_COMMON = 2000;
  var ENOUGH = 10;

  function closeness(first, second) {
    var closest = Infinity;
    var from = 0;
    first.forEach(function (place) {
      var a = place[0];
      while (from < second.length && second[from][0] + FARTHEST < a) from++;
      for (var i = from; i < second.length; i++) {
        var b = second[i][0];
        closest = Math.min(closest, b > a ? b - a : a - b + 1);
        if (b > a + FARTHEST) break;
      }
    });
    return closest < FARTHEST ? 1 / closest : 0;
  }
  function phraseSections(index, phrase) {
    return Promise.all(phrase.map(function (text) {
      return beginning(index, text, true).then(function (forms) {
        if (!forms[0] || forms[0].text !== text) return null;
        return places(index, forms[0].word).then(function (places) { return { number: forms[0].number, places: places }; });
      });
    })).then(function (words) {
      var sections = new Set();
      if (words.indexOf(null) >= 0) return sections;
      [0, 2].forEach(function (field) {
        var starts = null;
        words.forEach(function (word, offset) {
          var next = new Map();
          word.places[field].forEach(function (at, section) {
            at.forEach(function (place) {
              var start = place[0] - offset;
              var fits = !starts || (starts.has(section) && starts.get(section).has(start));
              if (start < 0 || place[1] !== word.number || !fits) return;
              if (!next.has(section)) next.set(section, new Set());
              next.get(section).add(start);
            });
          });
          starts = next;
        });
        starts.forEach(function (_, section) { sections.add(section); });
      });
      return sections;
    });
  }

  // Answers a query from the index in a folder; that of the site itself where none is named.
  function answer(text, base) {
    var index;
    var query;
    var words;
    var common;
    var phrases;
    return open(base).then(function (value) {
      index = value;
      query = parse(text, index.expand);
      return Promise.all(query.phrases.map(function (phrase) { return phraseSections(index, phrase); }));
    }).then(function (found) {
      // What nothing has in these very words is looked for in any.
      function isFound(_, at) { return found[at].size; }
      query.unquoted = query.phrases.filter(function (_, at) { return !found[at].size; });
      query.phrases = query.phrases.filter(isFound);
      phrases = found.filter(isFound);
      query.words.forEach(function (word) {
        word.quoted = word.quoted && query.phrases.some(function (phrase) { return phrase.indexOf(word.text) >= 0; });
      });
      return Promise.all(query.words.map(function (word) { return resolve(index, word); }));
    }).then(function (resolved) {
      words = [].concat.apply([], resolved);
      function counts(word) { return !word.extra && word.words.length > 0; }
      function above(most) { return words.map(function (word) { return word.exact && !word.extra && word.weight > most; }); }
      function hasRare() { return words.some(function (word, i) { return !common[i] && counts(word); }); }
      common = above(Math.min(index.sections * COMMON, MOST_COMMON));
      if (!hasRare()) {
        common = above(MOST_COMMON);
        if (!hasRare()) {
          var rarest = words.reduce(function (best, word, i) {
            return counts(word) && (best < 0 || word.weight < words[best].weight) ? i : best;
          }, -1);
          if (rarest >= 0) common[rarest] = false;
        }
      }
      var fit = words.map(function (word, i) { return !common[i] && !word.extra && word.weight <= NEAR_PLACES && word.words.length ? word.words[0][0] : -1; });
      var near = [];
      for (var i = 0; i + 1 < fit.length; i++) {
        if (fit[i] >= 0 && fit[i + 1] >= 0) near.push(Promise.all([i, places(index, fit[i]), places(index, fit[i + 1])]));
      }
      return Promise.all([
        Promise.all(words.map(function (word, i) {
          return Promise.all(word.words.map(function (pair) { return lists(index, pair[0], !common[i] && !pair[2]); }));
        })),
        Promise.all(near),
        Promise.all(query.without.map(function (word) {
          return beginning(index, word, true).then(function (forms) {
            return forms[0] && forms[0].text === word ? lists(index, forms[0].word, true) : { fields: [] };
          });
        })),
      ]);
    }).then(function (read) {
      return rank(index, query, words, common, read[0], phrases, read[1], read[2]);
    });
  }

  // The words of a query may stand in a hundred thousand sections, and a reader types on: what is
  // known of sections is in arrays with a place for each, which are filled in a fraction of the time
  // of maps, and only what is shown becomes objects.
  function rank(index, query, words, common, read, phrases, near, without) {
    // How much each word says.
    var says = words.map(function (word) {
      var having = Math.min(word.weight, index.sections);
      return word.extra ? 0 : Math.log(1 + (index.sections - having + 0.5) / (having + 0.5));
    });
    var saysAll = says.reduce(function (sum, one) { return sum + one; }, 0);
    var own = words.filter(function (word) { return !word.extra; }).length;

    // What each word scores in each section, and what titles and the query share.
    var shared = new Uint8Array(index.sections);
    var titleLengths = new Uint8Array(index.sections);
    var titleSays = new Float64Array(index.sections);
    var titledBy = new Uint8Array(index.sections);
    var seen = new Uint8Array(index.sections);
    var touched = [];
    function touch(section) {
      if (!seen[section]) touched.push(section);
      seen[section] = 1;
    }
    // For each word the pages that links in other pages call by it, and how much of it they say.
    var linked = words.map(function () { return new Map(); });
    var scores = words.map(function (word, at) {
      var best = new Float64Array(index.sections);
      var sum = word.words.length === 1 && word.words[0][1] === 1 ? best : new Float64Array(index.sections);
      word.words.forEach(function (pair, i) {
        var these = [];
        read[at][i].fields.forEach(function (entries, field) {
          if (field === LINKS) {
            // The page answers, although none of its sections may have a word.
            entries.sections.forEach(function (section) {
              touch(section);
              var page = below(index.pageStarts, section);
              linked[at].set(page, Math.max(linked[at].get(page) || 0, pair[1]));
            });
            return;
          }
          if ((common[at] || pair[2]) && field > 1) return;
          var score = scorer(entries.sections.length, index.sections, index.lengths[field]);
          var boost = index.boosts[field];
          for (var n = 0; n < entries.sections.length; n++) {
            var section = entries.sections[n];
            these.push(section);
            sum[section] += boost * score(entries.lengths[n], entries.times[n]);
            touch(section);
            if (field === 0 && !word.extra && titledBy[section] !== at + 1) {
              titledBy[section] = at + 1;
              shared[section]++;
              titleLengths[section] = entries.lengths[n];
              titleSays[section] += says[at];
            }
          }
        });
        if (sum === best) return;
        these.forEach(function (section) {
          best[section] = Math.max(best[section], sum[section] * pair[1]);
          sum[section] = 0;
        });
      });
      return best;
    });

    function called(section) {
      if (!shared[section]) return 0;
      return Math.sqrt(Math.min(shared[section] / lengthOf(titleLengths[section]), 1) * Math.min(titleSays[section] / saysAll, 1));
    }
    function sectionScore(section, bonus) {
      var score = 0;
      for (var word = 0; word < words.length; word++) score += scores[word][section];
      score += bonus;
      if (shared[section]) {
        var covered = shared[section] / Math.max(lengthOf(titleLengths[section]), own, 1);
        score *= 1 + TITLE * covered * covered;
      }
      for (var at = 0; at < phrases.length; at++) score *= phrases[at].has(section) ? 1 + PHRASE : 1 - PHRASE;
      return score;
    }
    var sections = new Float64Array(index.sections);
    touched = Uint32Array.from(touched).sort();
    var pages = [];
    var excluded = new Set();
    without.forEach(function (found) {
      found.fields.slice(0, LINKS).forEach(function (entries) {
        entries.sections.forEach(function (section) { excluded.add(below(index.pageStarts, section)); });
      });
    });
    for (var from = 0, to = 0; from < touched.length; from = to) {
      var page = below(index.pageStarts, touched[from]);
      var after = page + 1 < index.pageStarts.length ? index.pageStarts[page + 1] : index.sections;
      for (; to < touched.length && touched[to] < after; to++) sections[touched[to]] = sectionScore(touched[to], 0);
      if (!excluded.has(page)) pages.push({ page: page, from: from, to: to });
    }

    // Rates a page anew; false where it has no word but common ones.
    function rate(hit) {
      var total = 0;
      var lost = 0;
      var wanted = 0;
      var byLinks = 0;
      var has = false;
      var here = [];
      var at;
      hit.missing = [];
      hit.apart = 0;
      for (at = 0; at < words.length; at++) {
        var kept = 0;
        for (var n = hit.from; n < hit.to; n++) {
          var score = scores[at][touched[n]];
          if (!(score > 0)) continue;
          // From the best one down.
          for (var place = kept++; place > 0 && here[place - 1] < score; place--) here[place] = here[place - 1];
          here[place] = score;
        }
        for (var i = 0, counts = 1; i < kept; i++, counts *= FURTHER) total += here[i] * counts;
        wanted += says[at];
        var byLink = linked[at].get(hit.page);
        if (byLink) byLinks += says[at] * byLink;
        if (common[at]) continue;
        // Links name a page by an identifier; they do not put it there.
        if (!kept && words[at].extra) hit.apart++;
        if (kept || byLink) has = true;
        else {
          lost += says[at];
          if (!words[at].extra && hit.missing.indexOf(words[at].text) < 0) hit.missing.push(words[at].text);
        }
      }
      wanted = wanted || 1;
      lost /= wanted;
      hit.behind = lost > MOST_LOST ? hit.missing.length : 0;
      for (at = 0; at < phrases.length; at++) {
        var phrase = phrases[at];
        if (touched.subarray(hit.from, hit.to).some(function (section) { return phrase.has(section); })) has = true;
        else {
          hit.missing.push("\"" + query.phrases[at].join(" ") + "\"");
          hit.behind++;
        }
      }
      var best = 0;
      for (at = hit.from; at < hit.to; at++) best = Math.max(best, sections[touched[at]]);
      hit.score = (best + PAGE * total + LINKED * byLinks * byLinks / wanted) * Math.sqrt(1 - lost) * (1 + NAMED * called(index.pageStarts[hit.page]));
      return has;
    }
    function order(a, b) { return a.behind - b.behind || a.apart - b.apart || b.score - a.score || a.page - b.page; }
    var hits = pages.filter(rate).sort(order);
    var full = hits.findIndex(function (hit) { return hit.behind; });
    if (full < 0) full = hits.length;
    if (full >= ENOUGH) hits.length = full;

    // Words side by side, on the pages that answer best.
    if (near.length) {
      var first = hits.slice(0, CLOSER);
      first.forEach(function (hit) {
        touched.subarray(hit.from, hit.to).forEach(function (section) {
          var bonus = 0;
          near.forEach(function (pair) {
            var closest = 0;
            [0, 2].forEach(function (field) {
              closest = Math.max(closest, closeness(pair[1][field].get(section) || [], pair[2][field].get(section) || []));
            });
            bonus += NEAR * Math.min(scores[pair[0]][section], scores[pair[0] + 1][section]) * closest;
          });
          if (bonus > 0) sections[section] = sectionScore(section, bonus);
        });
        rate(hit);
      });
      hits = first.sort(order).concat(hits.slice(CLOSER));
    }
    hits = hits.slice(0, index.limit).map(function (hit) {
      var found = Array.from(touched.subarray(hit.from, hit.to)).map(function (section) { return [section, sections[section]]; });
      found.sort(function (a, b) { return b[1] - a[1] || a[0] - b[0]; });
      return { page: hit.page, score: hit.score, missing: hit.missing, sections: found };
    });
    var looked = new Set();
    words.forEach(function (word) { word.words.forEach(function (pair) { looked.add(pair[0]); }); });
    return {
      index: index,
      pages: hits,
      instead: words.filter(function (word) { return word.instead; }).map(function (word) { return [word.text, word.instead]; }),
      unquoted: query.unquoted.map(function (phrase) { return phrase.join(" "); }),
      looked: looked,
      query: query,
      teaser: index.teaser,
    };
  }

  // What results show.
  function section(index, number) {
    var at = below(index.fragmentStarts, number);
    var named = index.tables
      ? fetched(index, "t" + (at >> 8) + "-" + hash(index.tables, at >> 8)).then(function (names) { return hash(names, at & 255); })
      : Promise.resolve(hash(index.names, at));
    return named.then(function (name) { return fetched(index, "f" + at + "-" + name); }).then(function (page) {
      var own = page[3][number - index.fragmentStarts[at]];
      return { url: page[0], page: page[1], trail: page[2], id: own[0], title: own[1], text: own[2] };
    });
  }
  // The forms of the words that were looked for, with their words.
  function formsOf(answer) {
    var found = new Map();
    return Promise.all(Object.values(answer.index.shards)).then(function (shards) {
      shards.forEach(function (forms) {
        forms.forEach(function (form) { if (answer.looked.has(form.word)) found.set(form.text, form.word); });
      });
      return found;
    });
  }
  // The part of a text that shows why it answers: pieces of text, and whether each is a match.
  function snippet(text, forms, length) {
    var found = [];
    tokens(text, function (token, role, start, end) {
      var word = forms.has(token) ? forms.get(token) : -1;
      var last = found[found.length - 1];
      if (last && last[1] > start) {
        if (last[2] < 0 && word >= 0) found[found.length - 1] = [start, end, word];
      } else found.push([start, end, word]);
    });
    var best = [0, 0];
    found.forEach(function (token, at) {
      if (token[2] < 0) return;
      var distinct = new Set(found.slice(at, at + length).map(function (token) { return token[2]; }));
      distinct.delete(-1);
      if (distinct.size > best[0]) best = [distinct.size, at];
    });
    var from = Math.max(0, best[1] - (length >> 2));
    var first = found.length ? found[best[1]][0] : 0;
    var line = text.lastIndexOf("\n", first - 1) + 1;
    if (first === 0) line = 0;
    var start = from > 0 ? Math.max(found[from][0], line) : Math.min(line, first);
    if (!best[0]) start = 0;
    var shown = found.filter(function (token) { return token[0] >= start; })[Math.max(0, length - 1)];
    var end = shown ? shown[1] : text.length;
    var pieces = start > 0 ? [["\u2026", false]] : [];
    var at = start;
    found.forEach(function (token) {
      if (token[2] < 0 || token[0] < start || token[1] > end) return;
      pieces.push([text.slice(at, token[0]), false], [text.slice(token[0], token[1]), true]);
      at = token[1];
    });
    pieces.push([text.slice(at, end) + (end < text.length ? "\u2026" : ""), false]);
    return pieces.filter(function (piece) { return piece[0]; });
  }

  copydesk.searchEngine = { open: open, answer: answer, section: section, formsOf: formsOf, snippet: snippet, tokens: tokens };
})();
