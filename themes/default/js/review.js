// Keys and the switch between versions in a review. Everything is there without them.
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.remove('no-js');
  var text = document.querySelector('.review-text');
  var versions = document.querySelector('.review-versions');
  if (versions && text) {
    versions.addEventListener('click', function (event) {
      var pressed = event.target.closest('button');
      if (!pressed) return;
      text.dataset.shown = pressed.dataset.version;
      versions.querySelectorAll('button').forEach(function (button) {
        button.setAttribute('aria-pressed', String(button === pressed));
      });
    });
  }
  function places(selector) {
    return Array.prototype.filter.call(document.querySelectorAll(selector), function (place) {
      return place.getClientRects().length > 0;
    });
  }
  // The place that was gone to last, or the first one on the screen.
  var last = null;
  function go(step, selector) {
    var all = places(selector);
    if (!all.length) return;
    var at = all.indexOf(last);
    if (at < 0) {
      at = all.findIndex(function (change) { return change.getBoundingClientRect().top > 0; });
      at = at < 0 ? all.length : at;
      at = step > 0 ? at - 1 : at;
    }
    last = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    for (var fold = last.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
    if (!last.hasAttribute('tabindex')) last.tabIndex = -1;
    last.focus({ preventScroll: true });
    last.scrollIntoView({ block: 'center' });
  }
  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, textarea, select')) return;
    var page = { N: 'next', P: 'prev' }[event.key];
    var changes = '.review-text [data-change]', threads = '[data-thread]';
    if (event.key === 'n') go(1, changes);
    else if (event.key === 'p') go(-1, changes);
    else if (event.key === 'c') go(1, threads);
    else if (event.key === 'C') go(-1, threads);
    else if (page) {
      var link = document.querySelector('.review-pager [rel="' + page + '"]');
      if (link) link.click();
    } else return;
    event.preventDefault();
  });
})();
