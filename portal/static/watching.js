// A page that stays up to date: it asks for itself again, and the answer is empty while nothing has happened. What
// somebody has opened or is typing is never taken from under them: they are told, and look again when they like.
(() => {
  "use strict";

  const EVERY = 5000;
  let here = document.querySelector("[data-fl-watch]");
  if (!here) { return; }
  let tag = here.dataset.flWatch;

  const isInUse = () => here.contains(document.activeElement) || here.querySelector("details[open]") !== null;
  const show = (text) => {
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-fl-watch]");
    if (!fresh) { return; }
    if (isInUse()) {
      here.querySelector("[data-fl-news]").hidden = false;
      return;
    }
    here.replaceWith(fresh);
    here = fresh;
  };
  const look = async () => {
    if (document.hidden) { return; }
    try {
      const headers = { "Fairlot-Watches": "1" };
      if (tag) { headers["If-None-Match"] = tag; }
      const answer = await fetch(window.location.href, { headers, cache: "no-store", redirect: "error" });
      if (answer.status !== 200) { return; }
      tag = answer.headers.get("ETag");
      show(await answer.text());
    } catch { /* Offline, or signed out: the next press says so. */ }
  };
  window.setInterval(look, EVERY);
})();
