// Runs before the first paint: the reader's colour scheme, and the sign that scripts run.
(function (root) {
  root.classList.remove("no-js");
  try {
    var scheme = localStorage.getItem("copydesk-scheme");
    if (/^(auto|light|dark)$/.test(scheme)) root.dataset.scheme = scheme;
  } catch (error) {}
})(document.documentElement);
