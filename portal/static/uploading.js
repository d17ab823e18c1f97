// Files go up one after another and in parts, with what has arrived shown; a connection that breaks costs one part.
// Without this file, or where the browser cannot work out a SHA-256, the form sends them whole.
(() => {
  "use strict";

  const SILENCE = 90000, LONGEST_PAUSE = 30000, MOST_REPEATS = 5;
  const TOLD = "fairlot-uploaded";
  const inHex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const digestOf = async (blob) => inHex(await window.crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  const SIGNED_OUT = "was not attached: you may have been signed out. What has arrived is kept for a day: sign in and choose the file again.";
  const UNREAD = "cannot be read any more. Choose it again.";

  // Told as {status, told}; rejected when nothing answers, or nothing moves for so long.
  const post = (address, fields, moved) => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(), body = new FormData();
    let silence;
    const moves = () => { window.clearTimeout(silence); silence = window.setTimeout(() => request.abort(), SILENCE); };
    Object.entries(fields).forEach(([name, value]) => body.append(name, value));
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => { moves(); moved(event.loaded); });
    request.addEventListener("loadend", () => {
      window.clearTimeout(silence);
      if (!request.status || request.status >= 500) { reject(new Error("silent")); return; }
      let told = {};
      try { told = JSON.parse(request.responseText); } catch { /* a page, not an answer: somebody has to sign in */ }
      resolve(told);
    });
    moves();
    request.send(body);
  });

  const whenBack = (pause) => new Promise((resolve) => {
    const wait = window.setTimeout(resolve, pause);
    window.addEventListener("online", () => { window.clearTimeout(wait); resolve(); }, { once: true });
  });

  const bind = (place) => {
    if (!place.querySelector("form")) { return; }
    const { flParts: parts, flWhole: whole, flQuestion: question, flReplaces: replaces, flAfter: after } = place.dataset;
    const size = Number(place.dataset.flPart), largest = Number(place.dataset.flLargest);
    const form = place.querySelector("form"), box = form.querySelector("[type=file]");
    const list = place.querySelector("[data-fl-files]"), spoken = place.querySelector("[aria-live]");
    const stop = place.querySelector("[data-fl-stop]");
    let stopped = false;

    const say = (words) => { spoken.textContent = words; };

    // Asks again until something answers: what is asked changes nothing the second time.
    const insist = async (row, address, fields, moved = () => {}) => {
      for (let pause = 1000; !stopped; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
        try { return await post(address, { csrf_token: form.elements.csrf_token.value, question, replaces, ...fields }, moved); } catch {
          row.say("The connection is broken. This goes on by itself when it is back.");
          say(row.words.textContent);
          await whenBack(pause);
        }
      }
      return null;
    };

    const rowOf = (file) => {
      const item = document.createElement("li"), name = document.createElement("p");
      const bar = document.createElement("progress"), words = document.createElement("p");
      item.className = "fl-upload";
      name.className = "fl-upload__name fl-file__name";
      name.textContent = file.name;
      bar.max = 100;
      bar.value = 0;
      bar.setAttribute("aria-label", file.name);
      words.className = "fl-upload__words";
      words.textContent = "Waiting";
      item.append(name, bar, words);
      list.append(item);
      return { item, bar, words, say: (text) => { words.textContent = text; }, reach: (bytes) => {
        bar.value = Math.min(99, Math.floor(100 * bytes / file.size));
        words.textContent = `${bar.value} % sent`;
      } };
    };

    // What became of one file: its sentences, and whether it is attached.
    const send = async (file, row) => {
      const refused = (words) => ({ said: [words], kept: false });
      let known;
      try {
        // What is too large is refused by its size: nobody reads it first.
        known = { name: file.name, size: file.size, sha256: file.size > largest ? "0".repeat(64) : await digestOf(file) };
      } catch { return refused(`${file.name} ${UNREAD}`); }
      let told = await insist(row, parts, known), repeats = 0;
      while (told && told.there !== undefined && told.there * size < file.size) {
        const number = told.there, blob = file.slice(number * size, (number + 1) * size);
        let digest;
        try { digest = await digestOf(blob); } catch { return refused(`${file.name} ${UNREAD}`); }
        row.reach(number * size);
        const sent = { ...known, number, digest, piece: new File([blob], "part") };
        told = await insist(row, parts, sent, (loaded) => row.reach(number * size + Math.min(loaded, blob.size)));
        repeats = told && told.there === number ? repeats + 1 : 0;
        if (repeats === MOST_REPEATS) { return refused(`${file.name} did not arrive as it was sent. Choose it again.`); }
      }
      if (told && told.there !== undefined) {
        row.say("Sent. It is being checked.");
        told = await insist(row, whole, known);
      }
      if (!told) { return refused(`${file.name} was stopped. Choose it again within a day, and it goes on from there.`); }
      if (!told.kept) { return refused(told.message ?? `${file.name} ${SIGNED_OUT}`); }
      return { said: [...told.kept.map((one) => `${one} is attached.`), ...told.refused, ...told.doubled], kept: told.kept.length > 0 };
    };

    const warn = (event) => { event.preventDefault(); };

    form.addEventListener("submit", async (event) => {
      const files = [...box.files];
      if (!files.length) { return; }
      event.preventDefault();
      form.hidden = true;
      place.querySelector("[data-fl-uploading]").hidden = false;
      stop.focus();
      window.addEventListener("beforeunload", warn);
      const outcome = [], rows = files.map(rowOf);
      for (const [at, file] of files.entries()) {
        if (stopped) { break; }
        say(`Sending ${file.name}, ${at + 1} of ${files.length}.`);
        const { said, kept } = await send(file, rows[at]);
        rows[at].bar.value = kept ? 100 : 0;
        rows[at].say(kept ? "Attached" : said.join(" "));
        say(said.join(" "));
        outcome.push({ said, kept });
      }
      files.slice(outcome.length).forEach((file) => outcome.push({ said: [`${file.name} was not sent.`], kept: false }));
      window.removeEventListener("beforeunload", warn);
      // The page comes afresh, as it is now; what became of the files waits for it in this tab, and for nothing else.
      try { window.sessionStorage.setItem(TOLD, JSON.stringify({ question, outcome })); } catch { /* the list says what is there */ }
      window.location.assign(after || form.getAttribute("action"));
    });

    stop.addEventListener("click", () => { stopped = true; stop.disabled = true; say("Stopping."); });
  };

  const tell = () => {
    let told;
    try { told = JSON.parse(window.sessionStorage.getItem(TOLD)); window.sessionStorage.removeItem(TOLD); } catch { return; }
    const place = told && document.querySelector(`[data-fl-question="${window.CSS.escape(told.question)}"] [data-fl-outcome]`);
    if (!place) { return; }
    const attached = told.outcome.filter(({ kept }) => kept).length, all = told.outcome.length;
    place.querySelector("[data-fl-count]").textContent = all === attached ? `Attached: ${attached}` : `Attached: ${attached} of ${all}`;
    told.outcome.forEach(({ said, kept }) => said.forEach((words) => {
      const item = document.createElement("li");
      item.textContent = words;
      item.className = kept ? "" : "fl-upload__refused";
      place.querySelector("ul").append(item);
    }));
    place.hidden = false;
    place.focus();
  };

  tell();
  if (window.crypto && window.crypto.subtle) { document.querySelectorAll("[data-fl-parts]").forEach(bind); }
})();
