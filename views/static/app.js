const TOAST_MILLISECONDS = 6000;
const LONGEST_SUBDOMAIN = 40;

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
    opener: null,
    openerHome: "main",
    init() {
      this.opener = document.activeElement;
      this.openerHome = this.opener.closest("[id]")?.id ?? "main";
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
      const replaced = document.getElementById(this.openerHome)?.querySelector("summary");
      const next = this.opener.isConnected ? this.opener : replaced;
      (next ?? document.getElementById("main")).focus();
    },
  }));

  // Suggests an address from the company's name until the person types one.
  Alpine.data("subdomain", () => ({
    subdomain: "",
    isTheirs: false,
    isReady: true,
    init() {
      this.subdomain = this.$refs.subdomain.value;
      this.isTheirs = this.subdomain !== "";
    },
    suggest(event) {
      if (this.isTheirs) return;
      this.subdomain = toSubdomain(event.target.value);
      this.$refs.subdomain.value = this.subdomain;
    },
    take(event) {
      this.subdomain = event.target.value.trim().toLowerCase();
      this.isTheirs = this.subdomain !== "";
    },
    get preview() {
      return this.subdomain || "your-company";
    },
  }));
});

function toSubdomain(name) {
  return name.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").slice(0, LONGEST_SUBDOMAIN).replace(/^-+|-+$/g, "");
}
