// The button that turns notifications on this device on and off. It shows once the service worker runs.
(() => {
  const toggle = document.querySelector("[data-push]");
  if (!toggle || !navigator.serviceWorker || !globalThis.PushManager || !globalThis.Notification) return;

  const [status, problem] = toggle.querySelectorAll("p");
  const buttons = { on: toggle.querySelector("#push-off"), off: toggle.querySelector("#push-on") };
  const actions = { on: turnOff, off: turnOn };
  const applicationServerKey = bytesOf(toggle.dataset.push);

  navigator.serviceWorker.ready.then(async ({ pushManager }) => {
    for (const state of ["on", "off"]) {
      buttons[state].addEventListener("click", () => change(pushManager, state));
    }
    show(await stateOf(pushManager));
  });

  async function change(pushManager, state) {
    const button = buttons[state];
    problem.hidden = true;
    button.disabled = true;
    try {
      await actions[state](pushManager);
    } catch {
      problem.hidden = Notification.permission === "denied";
    }
    button.disabled = false;
    show(await stateOf(pushManager));
    (Object.values(buttons).find(({ hidden }) => !hidden) ?? document.getElementById("main")).focus();
  }

  async function turnOn(pushManager) {
    const former = await pushManager.getSubscription();
    // A subscription with a key that the server no longer has gets nothing.
    if (former && !hasKey(former)) await former.unsubscribe();
    const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    const { endpoint, keys } = subscription.toJSON();
    if (await post("", { endpoint, ...keys })) return;
    await subscription.unsubscribe();
    throw new Error("the subscription was not stored");
  }

  async function turnOff(pushManager) {
    const subscription = await pushManager.getSubscription();
    if (!subscription) return;
    await post("/remove", { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }

  // A browser may still be subscribed for someone who has signed out, so the server decides.
  async function stateOf(pushManager) {
    if (Notification.permission === "denied") return "blocked";
    const subscription = await pushManager.getSubscription();
    const isOn = subscription && hasKey(subscription) &&
      await post("/check", { endpoint: subscription.endpoint });
    return isOn ? "on" : "off";
  }

  function show(state) {
    status.textContent = status.dataset[state];
    for (const [each, button] of Object.entries(buttons)) button.hidden = each !== state;
    toggle.hidden = false;
  }

  async function post(path, fields) {
    try {
      const body = new URLSearchParams(fields);
      const { ok } = await fetch(`/account/push-subscriptions${path}`, { method: "POST", body });
      return ok;
    } catch {
      return false;
    }
  }

  function hasKey({ options }) {
    const key = new Uint8Array(options.applicationServerKey ?? []);
    return key.length === applicationServerKey.length &&
      key.every((byte, at) => byte === applicationServerKey[at]);
  }

  function bytesOf(base64url) {
    return Uint8Array.from(
      atob(base64url.replaceAll("-", "+").replaceAll("_", "/")),
      (char) => char.charCodeAt(0),
    );
  }
})();
