// Forms with `data-offline` that are sent without a connection are kept in this browser, and sent once when it is back. A kept form
// belongs to the sign-in of its page: after a sign-out, or in someone else's sign-in, it is deleted unsent.

type KeptForm = { tag: string; action: string; body: string; isRefused?: boolean };
type Outcome = "saved" | "refused" | "signed_out" | "later";

const DATABASE = "offline";
const STORE = "forms";
const LOCK = "offline-forms";
/** The request carries the tag of the sign-in, and the response says whether the form was saved. */
const HEADER = "Offline-Form";
const RETRY_MILLISECONDS = 30_000;

/** Stands for the person's sign-in. Absent on pages that know nobody. */
const tag = document.querySelector<HTMLMetaElement>("meta[name='offline-tag']")?.content;
const isSignIn = document.getElementById("login-button") !== null;
const templates = document.querySelector<HTMLTemplateElement>("#offline-forms");

document.addEventListener("submit", (event) => {
  if (navigator.onLine || !isKept(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keep(event.target);
}, true);

// The device believes that it has a connection, but the server can't be reached.
document.addEventListener("htmx:error", (event) => {
  const { ctx } = (event as CustomEvent).detail;
  const isUnsent = ctx && ctx.text === undefined && ctx.request.signal.reason !== "timeout";
  if (!isUnsent || !isKept(ctx.sourceElement)) return;
  event.stopImmediatePropagation();
  keep(ctx.sourceElement);
}, true);

if (navigator.locks && (tag || isSignIn)) {
  addEventListener("online", sendKept);
  sendKept();
}

function isKept(form: EventTarget | null): form is HTMLFormElement {
  return form instanceof HTMLFormElement && form.hasAttribute("data-offline") && tag !== undefined &&
    Boolean(navigator.serviceWorker?.controller);
}

async function keep(form: HTMLFormElement) {
  const body = new URLSearchParams(new FormData(form) as unknown as Record<string, string>).toString();
  try {
    await inStore("readwrite", (store) => store.add({ tag, action: form.getAttribute("action"), body }));
  } catch {
    return say("unkept");
  }
  form.reset();
  form.closest("dialog")?.close();
  say("kept");
  if (navigator.onLine) setTimeout(sendKept, RETRY_MILLISECONDS);
}

/** One window at a time, so that two windows don't send the same form. A browser that can't open its store has kept nothing. */
async function sendKept() {
  await navigator.locks.request(LOCK, async () => {
    const keys: IDBValidKey[] = await inStore("readonly", (store) => store.getAllKeys()).catch(() => []);
    for (const key of keys) {
      const form: KeptForm = await inStore("readonly", (store) => store.get(key));
      const remove = () => inStore("readwrite", (store) => store.delete(key));
      if (form.tag !== tag) {
        await remove();
        continue;
      }
      if (form.isRefused) {
        offerReview(form, remove);
        continue;
      }
      const outcome = navigator.onLine ? await send(form) : "later";
      if (outcome === "later") return navigator.onLine && setTimeout(sendKept, RETRY_MILLISECONDS);
      if (outcome === "signed_out") return await inStore("readwrite", (store) => store.clear());
      if (outcome === "saved") {
        await remove();
        say("saved");
      } else {
        await inStore("readwrite", (store) => store.put({ ...form, isRefused: true }, key));
        offerReview(form, remove);
      }
    }
  });
}

/** The server does nothing if the browser is in another sign-in by now. */
async function send({ tag, action, body }: KeptForm): Promise<Outcome> {
  const headers = {
    "Content-Type": "application/x-www-form-urlencoded",
    "HX-Request": "true",
    [HEADER]: tag,
  };
  try {
    const response = await fetch(action, { method: "POST", headers, body });
    const { status } = response;
    if (response.headers.get(HEADER) === "saved") return "saved";
    if (!response.headers.has("HX-Response")) return "later"; // a proxy's answer
    if (status === 401) return "signed_out";
    return status >= 400 && status < 500 && status !== 429 ? "refused" : "later";
  } catch {
    return "later";
  }
}

/** Lets the person correct a form that the server has refused, or forget it. */
function offerReview({ action, body }: KeptForm, remove: () => Promise<unknown>) {
  const toast = say("refused");
  for (const button of toast?.querySelectorAll<HTMLElement>("[data-review], [data-discard]") ?? []) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      toast?.remove();
      await remove();
      if (button.hasAttribute("data-review")) submitAgain(action, body);
    });
  }
}

/** As the person would have: the answer is the page with the form, its values and its errors. */
function submitAgain(action: string, body: string) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  for (const [name, value] of new URLSearchParams(body)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}

function say(text: "kept" | "unkept" | "saved" | "refused"): Element | undefined {
  const toast = templates?.content.firstElementChild?.cloneNode(true) as Element | undefined;
  if (!toast) return undefined;
  if (text !== "kept") document.querySelector("[data-said=kept]")?.remove();
  toast.setAttribute("data-said", text);
  toast.querySelector("p")!.textContent = templates!.dataset[text]!;
  document.getElementById("flash")?.append(toast);
  return toast;
}

/** Runs a request in a transaction of its own, and waits until it is stored. */
// deno-lint-ignore no-explicit-any
async function inStore(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest): Promise<any> {
  const database = await openDatabase();
  try {
    const transaction = database.transaction(STORE, mode);
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    database.close();
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
