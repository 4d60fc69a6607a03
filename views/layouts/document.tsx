import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { FailureToast } from "../components/failure_toast.tsx";
import { directionOf } from "../locale.ts";
import { usePage } from "../page.tsx";
import { layoutText } from "./text.ts";
import { AppToasts } from "./app_toasts.tsx";

/** A refresh that morphs the page keeps an open <details> open. */
const HTMX_CONFIG =
  `extensions:"hx-csp,list-rows", includeIndicatorCSS:false, defaultTimeout:30000, morphIgnore:'["data-htmx-powered","open"]'`;
const SCRIPTS = ["htmx.js", "app.js", "alpine.js"] as const;
/** The scripts of a workspace's pages. Alpine comes last, because it starts the components that the others declare. */
const APP_SCRIPTS = ["htmx.js", "app.js", "installed_app.js", "alpine.js"] as const;

const SKIP_LINK =
  "sr-only focus:not-sr-only focus:fixed focus:top-3 focus:start-3 focus:z-50 focus:rounded-md focus:bg-raised focus:px-4 focus:py-2 focus:font-medium focus:shadow-pop";

/** The HTML document around every page: head, scripts, and the link to `#main`. */
export function Document(
  { title, description, children }: { title: string; description?: string; children?: Child },
) {
  const { nonce, asset, locale, theme, app } = usePage();
  return (
    <>
      {raw("<!DOCTYPE html>")}
      <html lang={locale} dir={directionOf(locale)} data-theme={theme === "system" ? undefined : theme}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="htmx-config" content={HTMX_CONFIG} />
          <title>{title}</title>
          {description ? <PublicTags title={title} description={description} /> : null}
          <link rel="icon" sizes="32x32" href={asset("favicon.ico")} />
          <link rel="icon" type="image/svg+xml" href={asset("favicon.svg")} />
          <AppTags />
          <link
            rel="preload"
            as="font"
            type="font/woff2"
            href={asset("inter-latin.woff2")}
            crossorigin="anonymous"
          />
          <link rel="stylesheet" href={asset("app.css")} />
          {(app ? APP_SCRIPTS : SCRIPTS).map((name) => <Script key={name} src={asset(name)} nonce={nonce} />)}
        </head>
        <body class="min-h-dvh">
          <a href="#main" class={SKIP_LINK}>{layoutText.use().skip}</a>
          {children}
          <FailureToast />
          {app ? <AppToasts /> : null}
        </body>
      </html>
    </>
  );
}

/** What a device shows of the page on its home screen, or of the workspace as an installed app. */
function AppTags() {
  const { app, offlineTag, asset } = usePage();
  if (!app) return <link rel="apple-touch-icon" href={asset("apple-touch-icon.png")} />;
  return (
    <>
      <link rel="apple-touch-icon" href={app.iconUrl} />
      <link rel="manifest" href="/manifest.webmanifest" />
      <meta name="theme-color" content={app.color} />
      <meta name="apple-mobile-web-app-title" content={app.name} />
      {offlineTag ? <meta name="offline-tag" content={offlineTag} /> : null}
    </>
  );
}

/** What search engines and shared links show of a public page. */
function PublicTags({ title, description }: { title: string; description: string }) {
  const { apexUrl, path, asset } = usePage();
  const text = layoutText.use();
  const address = apexUrl + path;
  return (
    <>
      <meta name="description" content={description} />
      <link rel="canonical" href={address} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Denizen" />
      <meta property="og:title" content={title} />
      <meta property="og:description" content={description} />
      <meta property="og:url" content={address} />
      <meta property="og:image" content={apexUrl + asset("social.png")} />
      <meta property="og:image:width" content="1200" />
      <meta property="og:image:height" content="630" />
      <meta property="og:image:alt" content={text.socialImage} />
      <meta name="twitter:card" content="summary_large_image" />
    </>
  );
}

function Script({ src, nonce }: { src: string; nonce: string }) {
  return <script nonce={nonce} src={src} defer></script>;
}
