// Forms that use a passkey. Each sends the browser's answer in its field marked `data-credential`. The page loads the library before.
(() => {
  const { browserSupportsWebAuthn, browserSupportsWebAuthnAutofill, startAuthentication, startRegistration } =
    globalThis.SimpleWebAuthnBrowser;

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form);
    });
    if (form.dataset.passkey === "autofill") offer(form);
  }

  async function submit(form) {
    if (!browserSupportsWebAuthn()) return explain(form, "unsupported");
    const button = form.querySelector("button");
    explain(form, null);
    button.disabled = true;
    try {
      const optionsJSON = await optionsOf(form);
      const isNew = form.dataset.passkey === "create";
      send(form, await (isNew ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON })));
    } catch (error) {
      explain(form, reasonOf(error));
    } finally {
      button.disabled = false;
    }
  }

  // Browsers list the passkeys in the email field, beside saved passwords.
  async function offer(form) {
    if (!await browserSupportsWebAuthnAutofill()) return;
    try {
      const optionsJSON = await optionsOf(form);
      send(form, await startAuthentication({ optionsJSON, useBrowserAutofill: true }));
    } catch {
      // The person signs in another way, or with the button.
    }
  }

  async function optionsOf(form) {
    const response = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams() });
    if (!response.ok) throw new Error(`${form.dataset.options} answered ${response.status}`);
    return await response.json();
  }

  function send(form, credential) {
    const { remember } = form.elements;
    if (remember && document.getElementById("remember")?.checked === false) remember.value = "off";
    form.querySelector("[data-credential]").value = JSON.stringify(credential);
    form.submit();
  }

  function explain(form, reason) {
    const message = form.querySelector("[data-problem]");
    message.textContent = reason ? message.dataset[reason] : "";
    message.hidden = !reason;
  }

  function reasonOf({ name, code }) {
    if (code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") return "known";
    return name === "NotAllowedError" || name === "AbortError" ? "canceled" : "failed";
  }
})();
