// What a workspace's pages do as an app: they register the service worker, offer a new version and the installation, and show the
// number of unread notifications on the app's icon.

type InstallPrompt = Event & { prompt(): Promise<{ outcome: "accepted" | "dismissed" }> };
type ScriptPolicy = { createScriptURL(url: string): string };
type PolicyFactory = { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy };

const WORKER = "/sw.js";
const UPDATE_OFFERED = "update-offered";

const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };
const rules: ScriptPolicy = {
  createScriptURL(url) {
    if (url !== WORKER) throw new TypeError(`${url} is no worker of this workspace.`);
    return url;
  },
};
const scripts = trustedTypes?.createPolicy("denizen", rules) ?? rules;

let installPrompt: InstallPrompt | null = null;

if (navigator.serviceWorker) addEventListener("load", register);
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offerInstallation(event as InstallPrompt);
});
addEventListener("appinstalled", () => offerInstallation(null));
document.addEventListener("click", async ({ target }) => {
  if (!(target instanceof Element) || !target.closest("[data-install]") || !installPrompt) return;
  const { outcome } = await installPrompt.prompt();
  if (outcome === "accepted") offerInstallation(null);
});
document.addEventListener("htmx:after:swap", () => {
  showUnread();
  offerInstallation(installPrompt);
});
showUnread();

// The page that says that the device is offline.
if (document.querySelector("[data-offline-page]")) addEventListener("online", () => location.reload());

async function register() {
  const registration = await navigator.serviceWorker.register(scripts.createScriptURL(WORKER), {
    updateViaCache: "none",
  });
  if (!registration) return; // a test blocks it
  offerUpdate(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => next.state === "installed" && offerUpdate(next));
  });
}

/** Says once in a window that a new version waits. The first version of all has no one to replace. */
function offerUpdate(next: ServiceWorker | null) {
  const toast = document.querySelector<HTMLTemplateElement>("#app-update")?.content.firstElementChild;
  if (!next || !navigator.serviceWorker.controller || !toast || sessionStorage.getItem(UPDATE_OFFERED)) {
    return;
  }
  sessionStorage.setItem(UPDATE_OFFERED, "yes");
  const shown = toast.cloneNode(true) as Element;
  shown.querySelector("[data-reload]")?.addEventListener("click", () => {
    sessionStorage.removeItem(UPDATE_OFFERED);
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    next.postMessage("activate");
  });
  document.getElementById("flash")?.append(shown);
}

function offerInstallation(prompt: InstallPrompt | null) {
  installPrompt = prompt;
  for (const button of document.querySelectorAll<HTMLElement>("[data-install]")) button.hidden = !prompt;
}

/** The first element with `data-unread` says how many notifications are unread. */
function showUnread() {
  const count = Number(document.querySelector<HTMLElement>("[data-unread]")?.dataset.unread ?? 0);
  const badge = count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  badge?.catch(() => {}); // not installed
}
