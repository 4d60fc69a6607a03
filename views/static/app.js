const TOAST_MILLISECONDS = 6000;
const MAX_LOGO_BYTES = 1024 * 1024;
/** The code with which a socket closes for someone who is no longer signed in. */
const SIGNED_OUT = 4401;

// Alpine reads every global. Chromium logs a deprecation when a script reads this one, which nothing here uses.
delete globalThis.fence;

document.addEventListener("alpine:init", () => {
  const { Alpine } = globalThis;

  // A <details> that behaves like a menu: it closes on Escape, on a choice, and on a click elsewhere.
  Alpine.data("menu", () => ({
    close() {
      if (!this.$root.open) return;
      if (this.$root.contains(document.activeElement)) this.$root.querySelector("summary").focus();
      this.$root.open = false;
    },
  }));

  Alpine.data("toast", () => ({
    timer: 0,
    init() {
      // An open dialog makes the page behind it inert, so the message goes into the dialog.
      document.querySelector("dialog[open] [data-messages]")?.append(this.$root);
      this.resume();
    },
    pause() {
      clearTimeout(this.timer);
    },
    resume() {
      this.timer = setTimeout(() => this.dismiss(), TOAST_MILLISECONDS);
    },
    dismiss() {
      this.pause();
      this.$root.remove();
    },
  }));

  // A dialog that htmx loads: it opens when it arrives, and is removed from the page when it closes.
  Alpine.data("dialog", () => ({
    places: [],
    init() {
      this.places = placesFrom(document.activeElement);
      this.$root.showModal();
    },
    close() {
      this.$root.close();
    },
    closeOnBackdrop(event) {
      if (event.target === this.$root) this.close();
    },
    leave() {
      this.$root.remove();
    },
    destroy() {
      focusFirst(this.places);
    },
  }));

  // The search over the page. Arrow keys choose a result, and Enter opens it, or the first one once it arrives.
  Alpine.data("palette", () => ({
    list: null,
    chosen: null,
    isExpecting: false,
    opensFirst: false,
    init() {
      const key = /Mac|iP/.test(navigator.platform) ? "⌘K" : "Ctrl K";
      for (const hint of document.querySelectorAll("[data-shortcut]")) hint.textContent = key;
    },
    openByKey(event) {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      if (event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.open();
    },
    openByLink(event) {
      if (event.metaKey || event.ctrlKey || event.shiftKey || !event.target.closest("a[href='/search']")) {
        return;
      }
      event.preventDefault();
      this.open();
    },
    open() {
      if (document.querySelector("dialog[open]")) return;
      this.$root.showModal();
      this.$refs.field.select();
      if (!this.chosen) this.$refs.field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    closeOnBackdrop(event) {
      if (event.target === this.$root) this.$root.close();
    },
    expect() {
      this.isExpecting = true;
      this.opensFirst = false;
    },
    receive() {
      const list = this.$root.querySelector("[data-found]");
      if (list === this.list) return; // the request failed
      this.list = list;
      this.isExpecting = false;
      this.choose(this.options()[0]);
      this.$refs.status.textContent = list.dataset.found;
      if (this.opensFirst) this.chosen?.click();
    },
    onKey(event) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing || !(step || event.key === "Enter")) return;
      event.preventDefault();
      if (!step) {
        this.opensFirst = this.isExpecting;
        if (!this.isExpecting) this.chosen?.click();
      } else if (this.chosen) {
        const options = this.options();
        this.choose(options.at((options.indexOf(this.chosen) + step) % options.length));
      }
    },
    point(event) {
      const option = event.target.closest("[role=option]");
      if (option && (event.movementX || event.movementY)) this.choose(option);
    },
    choose(option) {
      this.chosen?.setAttribute("aria-selected", "false");
      this.chosen = option;
      option?.setAttribute("aria-selected", "true");
      option?.scrollIntoView({ block: "nearest" });
      this.$refs.field.setAttribute("aria-activedescendant", option?.id ?? "");
      this.$refs.field.setAttribute("aria-expanded", Boolean(option));
    },
    options() {
      return [...this.$root.querySelectorAll("[role=option]")];
    },
  }));

  // Shows a workspace's color and logo before they are saved.
  Alpine.data("brand", () => ({
    color: "",
    logo: "",
    isTooLarge: false,
    init() {
      this.color = this.$refs.hex.value;
    },
    get fill() {
      const [, digits] = /^\s*#?([0-9a-f]{6})\s*$/i.exec(this.color) ?? [];
      return digits ? `#${digits}` : this.$root.dataset.color;
    },
    get ink() {
      return isReadableOnWhite(this.fill) ? "#ffffff" : "#000000";
    },
    type(event) {
      this.color = event.target.value;
    },
    pick(event) {
      this.color = this.$refs.hex.value = event.target.value;
    },
    choose(event) {
      const [file] = event.target.files;
      this.logo = "";
      this.isTooLarge = file?.size > MAX_LOGO_BYTES;
      if (!file || this.isTooLarge) return;
      const reader = new FileReader();
      reader.onload = () => (this.logo = reader.result);
      reader.readAsDataURL(file);
    },
  }));

  // What the server says about a workspace's address, and the address that it suggests. The suggestion goes into the field if
  // nobody has typed there in the meantime.
  Alpine.data("address", () => ({
    init() {
      const field = document.getElementById("subdomain");
      const { problem, address, replaces } = this.$root.dataset;
      if (field.value === replaces) this.write(field, address);
      field.setAttribute("aria-invalid", problem !== undefined);
    },
    use() {
      const field = document.getElementById("subdomain");
      this.write(field, this.$root.dataset.address);
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
    write(field, address) {
      field.value = address;
      document.getElementById("suggested").value = address;
    },
  }));

  // Permissions to choose. Those that a chosen one implies, as its `data-implies` says, stay chosen with it.
  Alpine.data("permissions", () => ({
    addImplied() {
      for (const { dataset } of this.$root.querySelectorAll("[data-implies]:checked")) {
        for (const key of dataset.implies.split(" ")) {
          this.$root.querySelector(`[value="${key}"]`).checked = true;
        }
      }
    },
  }));

  // Text to copy, such as a new API key. Where the browser has no clipboard, the text is selected instead.
  Alpine.data("copying", () => ({
    isCopied: false,
    get isUncopied() {
      return !this.isCopied;
    },
    select() {
      this.$refs.value.select();
    },
    async copy() {
      this.select();
      await navigator.clipboard?.writeText(this.$refs.value.value);
      this.isCopied = navigator.clipboard !== undefined;
    },
  }));

  // A password that can be shown. For a new one, a meter and a note say how hard it is to guess.
  Alpine.data("password", () => ({
    isShown: false,
    strength: 0,
    get isHidden() {
      return !this.isShown;
    },
    get type() {
      return this.isShown ? "text" : "password";
    },
    get note() {
      return this.$root.dataset.notes.split("|")[this.strength];
    },
    toggle() {
      this.isShown = !this.isShown;
    },
    hide() {
      this.isShown = false;
    },
    rate(event) {
      this.strength = strengthOf(event.target.value);
    },
  }));
});

// A request without a response of ours, as from a proxy, changes nothing on the page. A toast says why. Polling stays silent.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const isOurs = ctx.hx.response === "true";
  if (isOurs && !(isPoll(ctx) && ctx.response.status >= 400)) return;
  event.preventDefault();
  if (!isOurs) explainFailure(ctx, "broken");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx) return;
  const reason = ctx.request.signal.reason === "timeout"
    ? "slow"
    : ctx.text !== undefined
    ? "broken"
    : navigator.onLine
    ? "unreachable"
    : "offline";
  explainFailure(ctx, reason);
});

function explainFailure(ctx, reason) {
  if (isPoll(ctx)) return;
  const { content, dataset } = document.getElementById("failure");
  const toast = content.firstElementChild.cloneNode(true);
  toast.id = "failed";
  toast.querySelector("p").textContent = dataset[reason];
  document.getElementById("failed")?.remove();
  document.getElementById("flash").append(toast);
}

function isPoll({ sourceEvent }) {
  return ["every", "told"].includes(sourceEvent?.type);
}

// Like `inkOn` in views/emails/palette.ts.
function isReadableOnWhite(color) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const share = parseInt(color.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5;
}

// Another view of a list gets new rows. Rows that stay would jump to their new places.
globalThis.htmx.registerExtension("list-rows", {
  htmx_before_morph_node(_, { oldNode, newNode }) {
    const { view } = oldNode.dataset;
    if (view === undefined || view === newNode.dataset.view) return true;
    oldNode.dataset.view = newNode.dataset.view;
    oldNode.replaceChildren(...newNode.childNodes);
    return false;
  },
});

// A swap that removes the focused element hands the focus on.
let focusPlaces = [];
document.addEventListener("htmx:before:swap", () => focusPlaces = placesFrom(document.activeElement));
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement === document.body && !document.querySelector("dialog[open]")) {
    focusFirst(focusPlaces);
  }
});

// Where the focus goes from `element`, best first: itself, the row it is about, the rows beside it, the list around it.
function placesFrom(element) {
  const row = element.closest("tr[id]");
  const rows = [row, row?.nextElementSibling, row?.previousElementSibling];
  const ids = [element.closest("[data-row]")?.dataset.row, ...rows.map((each) => each?.id)];
  return [element, ...ids, row?.closest("div[id]")?.id, "main"];
}

function focusFirst(places) {
  for (const place of places) {
    const found = typeof place === "string" ? document.getElementById(place) : place;
    const target = found?.id === "main" || found === places[0] ? found : found?.querySelector("a[href]");
    if (target?.isConnected && target !== document.body && target.checkVisibility()) {
      return target.focus({ preventScroll: true });
    }
  }
}

// A chart's points, one at a time: the range in the chart has the keys, and the table behind it has the texts.
for (const type of ["focusin", "input"]) {
  document.addEventListener(type, ({ target }) => target.dataset.step && showPoint(target));
}
document.addEventListener("focusout", ({ target }) => target.dataset.step && hidePoint(target));
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement.dataset.step) showPoint(document.activeElement);
});

function showPoint(range) {
  const chart = range.parentElement;
  const table = chart.parentElement.querySelector("table");
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const [point, ...values] = [...table.tBodies[0].rows[range.value].cells].map((cell) => cell.textContent);
  const named = names.length > 1 ? names.map((name, index) => `${name} ${values[index]}`) : values;
  const text = `${point}: ${named.join(", ")}`;
  range.setAttribute("aria-valuetext", text);
  const note = range.nextElementSibling;
  note.textContent = text;
  note.toggleAttribute("data-end", range.value < range.max / 2);
  note.hidden = false;
  const x = `${Number(range.dataset.first) + Number(range.dataset.step) * range.value}%`;
  const cursor = chart.querySelector("[data-cursor]");
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  cursor.setAttribute("visibility", "visible");
}

function hidePoint(range) {
  range.nextElementSibling.hidden = true;
  range.parentElement.querySelector("[data-cursor]").setAttribute("visibility", "hidden");
}

const COMMON =
  /p[a@4][s$5]{2}w?[o0]?r?[dt]?|qwert[yz]?|asdf|admin|welcome|letmein|iloveyou|1234+|abcd|[^\p{L}]+/giu;

// 0: nothing typed. 1: shorter than a password may be. 2: easy to guess. 3, 4, 5: fair, good, strong.
function strengthOf(password) {
  const length = [...password].length;
  const variety = new Set(password.toLowerCase()).size;
  if (length < 12) return Math.min(length, 1);
  if (variety < 6 || (length < 20 && password.replace(COMMON, "").length < 4 && variety < 12)) return 2;
  return length + variety < 26 ? 3 : length + variety < 36 ? 4 : 5;
}

// Notifications that arrive while the page is open. The socket only says that something has changed, so the page asks what: after
// each hint, and after it was disconnected, because the socket compares the version that the page shows.
const told = document.getElementById("told");
let wait = 1000;
if (told) connect();

function connect() {
  const { version } = document.getElementById("unread").dataset;
  const socket = new WebSocket(`/ws/notifications?version=${version}`);
  socket.onopen = () => wait = 1000;
  socket.onmessage = () => told.dispatchEvent(new Event("told"));
  socket.onclose = ({ code }) => {
    if (code !== SIGNED_OUT) setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 60_000);
  };
}
