// Enhancements only: every page works without this file.
(function () {
  "use strict";

  var each = function (selector, act) { Array.prototype.forEach.call(document.querySelectorAll(selector), act); };
  var plural = function (count, word) { return count + " " + word + (count === 1 ? "" : "s"); };

  // After a failed form, bring the reader and the screen reader to the list of problems.
  each("[data-fl-errors]", function (summary) { summary.focus(); });

  // An address that names a part of the page opens what it is folded into.
  var unfold = function () {
    var named = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    for (var fold = named && named.closest("details"); fold; fold = fold.parentElement.closest("details")) { fold.open = true; }
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // Words left, in the hint below the box; spoken only when typing pauses. The gaps are those of
  // portal/core/parsing/text.py, and a word holds something that can be seen.
  var run = /[^\s\u001c-\u001f\u0085\u115f\u1160\u180e\u200b\u2060\u2800\u3164\ufeff\uffa0]+/g;
  var seen = /[\p{L}\p{N}\p{P}\p{S}]/u;
  each("[data-fl-words]", function (box) {
    var limit = Number(box.getAttribute("data-fl-words"));
    var shown = document.getElementById(box.id + "-limit");
    if (!shown || !limit) { return; }
    var spoken = document.createElement("span");
    spoken.className = "govuk-visually-hidden";
    spoken.setAttribute("aria-live", "polite");
    shown.insertAdjacentElement("afterend", spoken);
    var pause;
    var count = function () {
      var words = (box.value.match(run) || []).filter(function (word) { return seen.test(word); }).length;
      var left = limit - words;
      shown.textContent = left >= 0 ? "You have " + plural(left, "word") + " left of " + limit + "." :
        "You have " + plural(-left, "word") + " too many. The limit is " + limit + ".";
      shown.classList.toggle("fl-words--over", left < 0);
      window.clearTimeout(pause);
      pause = window.setTimeout(function () { spoken.textContent = shown.textContent; }, 1500);
    };
    box.addEventListener("input", count);
    count();
    window.clearTimeout(pause);
  });

  // Time left: counted on from the server's time in the page with the browser's monotonic clock, so that a wrong
  // clock on the reader's side changes nothing. The server alone decides what is late.
  each("[data-fl-countdown]", function (shown) {
    var closes = Date.parse(shown.getAttribute("data-fl-countdown"));
    var server = Date.parse(shown.getAttribute("data-fl-now"));
    var began = window.performance.now();
    if (isNaN(closes) || isNaN(server)) { return; }
    var tick = function () {
      var left = Math.floor((closes - server - (window.performance.now() - began)) / 1000);
      if (left <= 0) { shown.textContent = "The time has passed. Reload the page to see where things stand."; return; }
      var days = Math.floor(left / 86400), hours = Math.floor(left % 86400 / 3600);
      var minutes = Math.floor(left % 3600 / 60), seconds = left % 60;
      var text = days ? plural(days, "day") + (hours ? " and " + plural(hours, "hour") : "") :
        hours ? plural(hours, "hour") + (minutes ? " and " + plural(minutes, "minute") : "") :
          minutes >= 10 ? plural(minutes, "minute") :
            (minutes ? plural(minutes, "minute") + " and " : "") + plural(seconds, "second");
      shown.textContent = text + " left";
      window.setTimeout(tick, left > 3600 ? 30000 : 1000);
    };
    tick();
  });

  // A scanned card brings its code behind the "#", which no server sees; it is filled in and taken out of the address.
  each("[data-fl-scanned] input", function (box) {
    if (!window.location.hash || box.value) { return; }
    box.value = decodeURIComponent(window.location.hash.slice(1));
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  });

  // Leaving a half-filled form that nothing keeps (a visitor's) asks first; sending it does not. Offline it is not sent,
  // because the browser's error page would take the text, unless the button is pressed again. See keeping.js.
  var changed = false;
  each("form[data-fl-unsaved]", function (form) {
    var offline = form.querySelector("[data-fl-saving]");
    form.addEventListener("input", function () { changed = true; });
    form.addEventListener("submit", function (event) {
      if (!window.navigator.onLine && offline.hidden) { event.preventDefault(); offline.hidden = false; return; }
      changed = false;
    });
    window.addEventListener("online", function () { offline.hidden = true; });
  });
  window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); } });

  // A second press within two seconds is a slip of the hand. The server copes with it as well.
  var pressed = new WeakMap();
  document.addEventListener("submit", function (event) {
    if (event.defaultPrevented) { return; }
    var last = pressed.get(event.target);
    if (last && event.timeStamp - last < 2000) { event.preventDefault(); return; }
    pressed.set(event.target, event.timeStamp);
  });

  // On paper, everything folded away is open.
  window.addEventListener("beforeprint", function () {
    each("details:not([open])", function (item) { item.setAttribute("data-fl-shut", ""); item.open = true; });
  });
  window.addEventListener("afterprint", function () {
    each("details[data-fl-shut]", function (item) { item.open = false; item.removeAttribute("data-fl-shut"); });
  });
}());
