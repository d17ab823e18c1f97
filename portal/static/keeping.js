// What is typed is kept: in this browser at once, sealed with a key that the server gives to the same person only, and
// on the server a moment later. Every page works without this file; then the server keeps whatever is sent.
(() => {
  "use strict";

  const PAUSE = 2000, LONGEST = 10000, RETRY = 10000, MONTH = 30 * 86400000;
  const PREFIX = "fairlot-";
  const store = (() => { try { return window.localStorage; } catch { return null; } })();
  const failing = new Set();

  const readStored = (name) => {
    try { return JSON.parse(store.getItem(name)); } catch { store.removeItem(name); return null; }
  };

  // What is typed or chosen: never a secret, a file, or what the page itself put into the form.
  const NOT_TYPED = "[type=hidden], [type=file], [type=password], [type=submit], [autocomplete=one-time-code], button, fieldset";
  const isBox = (control) => control.type === "radio" || control.type === "checkbox";
  const controlsOf = (form, name) =>
    [...form.elements].filter((one) => one.name && (!name || one.name === name) && !one.matches(NOT_TYPED));
  const isChanged = (control) =>
    control.options ? [...control.options].some((one) => one.selected !== one.defaultSelected) :
      isBox(control) ? control.checked !== control.defaultChecked : control.value !== control.defaultValue;
  const valuesOf = (form, name) =>
    controlsOf(form, name).filter((one) => !isBox(one) || one.checked).map((one) => one.value);
  const changesOf = (form) =>
    Object.fromEntries(controlsOf(form).filter(isChanged).map((one) => [one.name, valuesOf(form, one.name)]));
  const settle = (form) => controlsOf(form).forEach((one) => {
    if (one.options) { [...one.options].forEach((option) => { option.defaultSelected = option.selected; }); }
    else if (isBox(one)) { one.defaultChecked = one.checked; }
    else { one.defaultValue = one.value; }
  });
  const fill = (form, typed) => Object.entries(typed).forEach(([name, values]) => {
    controlsOf(form, name).forEach((one, place) => {
      if (isBox(one)) { one.checked = values.includes(one.value); } else { one.value = values[place] ?? ""; }
      one.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // A sealed copy in this browser of what was changed; none on a card's sitting, and none where it cannot be sealed.
  const copyOf = (form) => {
    const name = PREFIX + form.dataset.flCopy;
    if (!store || !form.dataset.flKey || !window.crypto.subtle) { return null; }
    const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    const text = (buffer) => btoa([...new Uint8Array(buffer)].map((one) => String.fromCharCode(one)).join(""));
    const key = crypto.subtle.importKey("raw", bytes(form.dataset.flKey), "AES-GCM", false, ["encrypt", "decrypt"]);
    const drop = () => store.removeItem(name);
    return {
      drop,
      async write(typed) {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(typed));
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, plain);
        store.setItem(name, JSON.stringify({ at: Date.now(), iv: text(iv), sealed: text(sealed) }));
      },
      async read() {
        const held = readStored(name);
        if (!held) { return null; }
        try {
          const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(held.iv) }, await key, bytes(held.sealed));
          return { at: new Date(held.at), typed: JSON.parse(new TextDecoder().decode(plain)) };
        } catch { drop(); return null; }
      },
    };
  };

  const keep = (form) => {
    const shown = form.querySelector("[data-fl-saving]"), spoken = shown.nextElementSibling;
    const found = form.querySelector("[data-fl-found]"), copy = copyOf(form);
    let typed = 0, since = 0, due, busy = false, leaving = false, copied = false;
    let unanswered = null, waiting = null, insists = false;

    const say = (words, state) => {
      shown.hidden = false;
      shown.textContent = words;
      if (shown.dataset.flState !== state) { spoken.textContent = words; }  // not every minute anew
      shown.dataset.flState = state;
    };

    const failure = () =>
      (navigator.onLine ? shown.dataset.flFailed : shown.dataset.flOffline) + " " +
      (copied ? shown.dataset.flCopied : shown.dataset.flUncopied);

    const send = async (atOnce) => {
      if (busy || leaving) { return; }
      busy = true;
      // What was not answered may have arrived. It goes again as it was: the text that is stored is then this page's own.
      const pause = unanswered ? 0 : PAUSE;
      unanswered ??= { version: typed, fields: [...new FormData(form)].filter(([, value]) => typeof value === "string") };
      const version = unanswered.version, body = new URLSearchParams(unanswered.fields);
      const headers = { "Fairlot-Autosave": "1", Accept: "application/json" };
      try {
        const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers, keepalive: atOnce === true });
        const told = await answer.json();
        if (answer.status <= 500) { unanswered = null; }  // else it broke off somewhere on its way
        Object.entries(told.fields ?? {}).forEach(([name, value]) => { fieldOf(form, name).value = value; });
        Object.entries(told.beside ?? {}).forEach(([name, words]) => sayBeside(form, name, words));
        say(told.said ?? failure(), told.state ?? "failed");
        if (!told.fields) { throw new Error(told.state); }
        failing.delete(form);
        if (version === typed) { since = 0; settle(form); copy?.drop(); }
      } catch {
        failing.add(form);
        if (shown.dataset.flState !== "signed_out") { say(failure(), "failed"); }
        plan(RETRY);
      }
      busy = false;
      if (waiting) { pressAgain(); } else if (version !== typed && !failing.has(form)) { plan(pause); }
    };
    // A button that was pressed while nobody can be reached leads to no error page of the browser's, unless it is pressed twice.
    const pressAgain = () => {
      const { submitter } = waiting;
      waiting = null;
      insists = true;
      if (!unanswered) { form.requestSubmit(submitter); return; }
      say(`${failure()} ${shown.dataset.flAgain}`, "failed");
      spoken.textContent = shown.textContent;
    };
    const plan = (pause) => {
      window.clearTimeout(due);
      due = window.setTimeout(send, pause);
    };
    const changed = () => {
      typed += 1;
      insists = false;
      since ||= Date.now();
      // A browser may refuse to store anything: the page then does not say that it has.
      copied = false;
      copy?.write(changesOf(form)).then(() => { copied = true; }, () => {});
      plan(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
    };

    form.addEventListener("input", changed);
    window.addEventListener("online", () => { if (since) { send(); } });
    window.addEventListener("pageshow", () => { leaving = false; });  // back from a page that never came
    document.addEventListener("visibilitychange", () => { if (document.hidden && since) { send(true); } });
    form.addEventListener("submit", (event) => {
      // One at a time: what is saved at this moment arrives first, and the page then knows of it.
      if (busy || (!insists && (unanswered || !navigator.onLine))) {
        event.preventDefault();
        waiting = { submitter: event.submitter };
        send();
        return;
      }
      leaving = true;
      window.clearTimeout(due);
      failing.delete(form);
      if (copy) { fieldOf(form, "form_copy").value = form.dataset.flCopy; }
    });

    copy?.read().then((held) => {
      if (!held) { return; }
      if (Object.keys(held.typed).every((name) => "" + valuesOf(form, name) === "" + held.typed[name])) { copy.drop(); return; }
      found.hidden = false;
      found.querySelector("[data-fl-at]").textContent = held.at.toTimeString().slice(0, 5);
      found.querySelector("[data-fl-use]").addEventListener("click", () => { found.remove(); fill(form, held.typed); });
      found.querySelector("[data-fl-drop]").addEventListener("click", () => { found.remove(); copy.drop(); });
    });
  };

  // What is to be known of an answer that was saved stands above its box, in the words of the page; said once, politely.
  const sayBeside = (form, name, words) => {
    const place = form.querySelector(`[data-fl-beside="${CSS.escape(name)}"]`), said = words.join("\n");
    if (!place || place.dataset.flSaid === said) { return; }
    place.dataset.flSaid = said;
    place.replaceChildren(...words.map((one) => Object.assign(document.createElement("p"), { className: "fl-beside", textContent: one })));
    const group = controlsOf(form, name)[0]?.closest(".govuk-form-group--error");
    if (!group) { return; }
    // What the page said of the answer as it was, when it came.
    group.classList.remove("govuk-form-group--error");
    group.querySelectorAll(".govuk-error-message").forEach((one) => one.remove());
    controlsOf(form, name).forEach((one) => one.removeAttribute("aria-invalid"));
  };

  const fieldOf = (form, name) => {
    const held = form.elements.namedItem(name);
    if (held) { return held; }
    const made = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.append(made);
    return made;
  };

  // Copies of what has arrived, and old ones, are of no use; the server names the form that it has just carried out.
  const arrived = /(?:^|; )fairlot-arrived=([0-9a-f]+)/.exec(document.cookie);
  if (store && arrived) {
    store.removeItem(PREFIX + arrived[1]);
    document.cookie = "fairlot-arrived=; path=/; max-age=0; samesite=lax";
  }
  Object.keys(store ?? {}).filter((name) => name.startsWith(PREFIX)).forEach((name) => {
    if ((readStored(name)?.at ?? 0) < Date.now() - MONTH) { store.removeItem(name); }
  });

  document.querySelectorAll("form[data-fl-keep]").forEach(keep);
  window.addEventListener("beforeunload", (event) => { if (failing.size) { event.preventDefault(); } });
})();
