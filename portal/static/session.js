// Five minutes before the session ends, one press goes on (WCAG 2.2.1). Another tab may have gone on already, so the
// server is asked first; asking does not count as being there.
(() => {
  "use strict";

  const dialog = document.querySelector("dialog[data-fl-seconds]");
  if (!dialog) { return; }
  const WARN = 300;
  const soon = dialog.querySelector("[data-fl-soon]"), over = dialog.querySelector("[data-fl-over]");
  const form = dialog.querySelector("form");
  let due;

  const count = (seconds) => {
    window.clearTimeout(due);
    if (seconds > WARN) {
      dialog.close();
      due = window.setTimeout(look, (seconds - WARN) * 1000);
      return;
    }
    const minutes = Math.ceil(seconds / 60);
    dialog.querySelector("[data-fl-minutes]").textContent = minutes + (minutes === 1 ? " minute" : " minutes");
    soon.hidden = form.hidden = seconds <= 0;
    over.hidden = seconds > 0;
    if (!dialog.open) { dialog.showModal(); }
    if (seconds > 0) { due = window.setTimeout(look, (seconds % 60 || 60) * 1000); }
  };
  const ask = async (address, options) => {
    try { count((await (await fetch(address, options)).json()).seconds); } catch { due = window.setTimeout(look, 30000); }
  };
  const look = () => ask(dialog.dataset.flAsk);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { look(); } });
  due = window.setTimeout(look, Math.max(0, dialog.dataset.flSeconds - WARN) * 1000);
})();
