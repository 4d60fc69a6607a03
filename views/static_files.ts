/**
 * A file that the server sends as it is. Its parts are paths in the project, which become one file. TypeScript becomes
 * JavaScript.
 */
export type StaticFile = { parts: string[]; type: string };

const JAVASCRIPT = "text/javascript; charset=utf-8";

/**
 * Every file that is served, by name. A request finds a file by this name, so its path never reaches the disk.
 * htmx and its extension hx-csp share one file. In separate files, htmx's timer could start it before hx-csp.
 */
export const STATIC_FILES = {
  "app.css": { parts: [local("app.css")], type: "text/css; charset=utf-8" },
  "app.js": { parts: [local("app.js")], type: JAVASCRIPT },
  "collect.js": { parts: [local("collect.js")], type: JAVASCRIPT },
  "installed_app.js": { parts: [local("installed_app.ts"), local("offline_forms.ts")], type: JAVASCRIPT },
  "htmx.js": {
    parts: [installed("htmx.org/dist/htmx.min.js"), installed("htmx.org/dist/ext/hx-csp.min.js")],
    type: JAVASCRIPT,
  },
  "passkeys.js": {
    parts: [installed("@simplewebauthn/browser/dist/bundle/index.umd.min.js"), local("passkeys.js")],
    type: JAVASCRIPT,
  },
  "push.js": { parts: [local("push.js")], type: JAVASCRIPT },
  "alpine.js": { parts: [installed("@alpinejs/csp/dist/cdn.min.js")], type: JAVASCRIPT },
  "inter-latin.woff2": font("latin"),
  "inter-latin-ext.woff2": font("latin-ext"),
  "inter-cyrillic.woff2": font("cyrillic"),
  "inter-greek.woff2": font("greek"),
  "inter-vietnamese.woff2": font("vietnamese"),
  "favicon.svg": { parts: [local("favicon.svg")], type: "image/svg+xml" },
  "favicon.ico": { parts: [local("favicon.ico")], type: "image/x-icon" },
  "apple-touch-icon.png": { parts: [local("apple-touch-icon.png")], type: "image/png" },
  "dashboard-light.webp": { parts: [local("dashboard-light.webp")], type: "image/webp" },
  "dashboard-dark.webp": { parts: [local("dashboard-dark.webp")], type: "image/webp" },
  "social.png": { parts: [local("social.png")], type: "image/png" },
} satisfies Record<string, StaticFile>;

/** Served at `/sw.js` on the hosts of workspaces. */
export const SERVICE_WORKER: StaticFile = { parts: [local("service_worker.ts")], type: JAVASCRIPT };

/** What every page of a workspace loads. An installed app keeps them for a device that is offline. */
export const SHELL_FILES: readonly AssetName[] = [
  "app.css",
  "htmx.js",
  "app.js",
  "installed_app.js",
  "alpine.js",
  "inter-latin.woff2",
  "favicon.svg",
];

export type AssetName = keyof typeof STATIC_FILES;

/** A part of the typeface Inter. Browsers load only the parts whose letters a page shows. */
function font(subset: string): StaticFile {
  const path = `@fontsource-variable/inter/files/inter-${subset}-wght-normal.woff2`;
  return { parts: [installed(path)], type: "font/woff2" };
}

function local(name: string): string {
  return `views/static/${name}`;
}

function installed(path: string): string {
  return `node_modules/${path}`;
}
