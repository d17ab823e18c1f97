// A secret value for a drawn lot is made and hashed here: the portal gets its SHA-256 alone.
"use strict";

(() => {
  const place = document.querySelector("[data-fl-secret]");
  const box = document.querySelector("[name=commitment]");
  if (!place || !box || !window.crypto || !window.crypto.subtle) return;
  const inHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  place.hidden = false;
  place.querySelector("button").addEventListener("click", async () => {
    const value = inHex(window.crypto.getRandomValues(new Uint8Array(16)));
    const digest = await window.crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
    box.value = inHex(new Uint8Array(digest));
    place.querySelector("[role=status]").textContent =
      `Your secret value is ${value} – write it down now. It is nowhere else, and without it the lot cannot be drawn.`;
  });
})();
