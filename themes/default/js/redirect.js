// Follows the fragment of an old address. Without a fragment the page's own refresh does it.
(function (root, script) {
  var hash = location.hash.slice(1);
  if (!hash) return;
  var moved = {};
  try {
    moved = JSON.parse(root.dataset.moved);
    hash = decodeURIComponent(hash);
  } catch (error) {}
  var url = script.dataset.url;
  var to = Object.prototype.hasOwnProperty.call(moved, hash) ? moved[hash] : null;
  if (to === null && url) to = url.indexOf("#") < 0 ? url + location.hash : url;
  if (to === null) return;
  // Stops the parser, so that the refresh that follows cannot win.
  window.stop();
  location.replace(to);
})(document.documentElement, document.currentScript);
