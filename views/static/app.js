const TOAST_MILLISECONDS = 6000;
const LONGEST_SUBDOMAIN = 40;

document.addEventListener("alpine:init", () => {
  const { Alpine } = globalThis;

  // A <details> that behaves like a menu: it closes on Escape and on a click elsewhere.
  Alpine.data("menu", () => ({
    close() {
      this.$root.open = false;
    },
    escape() {
      if (!this.$root.open) return;
      this.close();
      this.$root.querySelector("summary").focus();
    },
  }));

  Alpine.data("toast", () => ({
    timer: 0,
    init() {
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

  // A dialog that came in by htmx: it opens when it arrives and leaves the page when it is closed.
  Alpine.data("dialog", () => ({
    opener: null,
    init() {
      const focused = document.activeElement;
      this.opener = focused.closest("details")?.querySelector("summary") ?? focused;
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
      (this.opener.isConnected ? this.opener : document.getElementById("main")).focus();
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
