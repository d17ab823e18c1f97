// Passkeys: asks the browser to make a key, or to let one answer, and sends what it says with the form around it.
(function () {
  "use strict";

  var bytes = function (text) {
    var plain = window.atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (character) { return character.charCodeAt(0); });
  };
  var text = function (buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return window.btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  var readable = function (asked) {
    asked.challenge = bytes(asked.challenge);
    if (asked.user) { asked.user.id = bytes(asked.user.id); }
    (asked.allowCredentials || asked.excludeCredentials || []).forEach(function (key) { key.id = bytes(key.id); });
    return asked;
  };
  var written = function (key) {
    var said = key.response, response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) {
      response.attestationObject = text(said.attestationObject);
      response.transports = said.getTransports ? said.getTransports() : [];
    } else {
      response.authenticatorData = text(said.authenticatorData);
      response.signature = text(said.signature);
      response.userHandle = said.userHandle ? text(said.userHandle) : null;
    }
    return JSON.stringify({
      id: key.id, rawId: text(key.rawId), type: key.type, response: response,
      clientExtensionResults: key.getClientExtensionResults()
    });
  };

  Array.prototype.forEach.call(document.querySelectorAll("[data-fl-passkey]"), function (box) {
    var form = box.closest("form"), button = box.querySelector("button"), said = box.querySelector("[role=status]");
    if (!window.PublicKeyCredential) { return; }
    box.querySelector("[data-fl-passkey-off]").hidden = true;
    box.querySelector("[data-fl-passkey-on]").hidden = false;
    button.addEventListener("click", function () {
      var asked = { publicKey: readable(JSON.parse(box.getAttribute("data-fl-passkey"))) };
      said.textContent = "Follow what your browser asks.";
      (asked.publicKey.user ? navigator.credentials.create(asked) : navigator.credentials.get(asked)).then(
        function (key) {
          form.elements[box.getAttribute("data-fl-answer")].value = written(key);
          said.textContent = "Thank you. One moment.";
          form.requestSubmit(form.querySelector("button[type=submit]"));
        },
        function (refused) {
          said.textContent = refused.name === "InvalidStateError" ?
            "This passkey is here already. Use another computer or key." :
            "That did not work, or it was stopped. Press the button to try again.";
        }
      );
    });
  });
})();
