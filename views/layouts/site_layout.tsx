import type { Child, PropsWithChildren } from "hono/jsx";
import { ButtonLink } from "../components/button.tsx";
import { classes } from "../components/classes.ts";
import { Logo } from "../components/icon.tsx";
import { Toast, ToastRegion } from "../components/toast.tsx";
import { usePage } from "../page.tsx";
import { Document } from "./document.tsx";
import type { LayoutProps } from "./layout.ts";

/** The layout of the site's pages. `viewer` is the signed-in person, null for a visitor, and absent if unknown. */
export function SiteLayout(
  { title, description, viewer, flash, wide = false, children }: PropsWithChildren<
    LayoutProps & { viewer?: { name: string } | null }
  >,
) {
  return (
    <Document title={`${title} · Denizen`} description={description}>
      <div class="flex min-h-dvh flex-col">
        <SiteHeader viewer={viewer} />
        <main
          id="main"
          tabindex={-1}
          class={classes("w-full flex-1 outline-none", !wide && "px-5 py-10 sm:py-16")}
        >
          {children}
        </main>
        <SiteFooter />
      </div>
      <ToastRegion>{flash ? <Toast {...flash} /> : null}</ToastRegion>
    </Document>
  );
}

/** The heading of a wide page, with its main action. */
export function SiteHeading({ title, lead, action }: { title: Child; lead?: Child; action?: Child }) {
  return (
    <header class="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div class="min-w-0">
        <h1 class="text-xl font-semibold wrap-anywhere">{title}</h1>
        {lead ? <p class="mt-0.5 text-muted wrap-anywhere">{lead}</p> : null}
      </div>
      {action ? <div class="flex flex-wrap gap-2">{action}</div> : null}
    </header>
  );
}

/** A narrow column with a heading, for pages with one form. */
export function FormColumn(
  { title, lead, mark, children }: { title: Child; lead?: Child; mark?: Child; children?: Child },
) {
  return (
    <div class="mx-auto grid max-w-sm grid-cols-1 gap-6">
      <header class="grid gap-1.5">
        {mark ? <div class="mb-3">{mark}</div> : null}
        <h1 class="text-2xl font-semibold tracking-tighter wrap-anywhere">{title}</h1>
        {lead ? <p class="text-muted">{lead}</p> : null}
      </header>
      {children}
    </div>
  );
}

function SiteHeader({ viewer }: { viewer?: { name: string } | null }) {
  const { apexUrl } = usePage();
  return (
    <header>
      <div class="mx-auto flex h-16 max-w-6xl items-center justify-between gap-4 px-5">
        <a href={`${apexUrl}/`} class="flex rounded-md" aria-label="Denizen, home">
          <Logo />
        </a>
        {viewer === undefined ? null : (
          <nav aria-label="Account" class="flex items-center gap-1.5">
            {viewer
              ? <ButtonLink href={`${apexUrl}/workspaces`} size="small">Your workspaces</ButtonLink>
              : (
                <>
                  <ButtonLink href={`${apexUrl}/login`} variant="quiet" size="small">Sign in</ButtonLink>
                  <ButtonLink href={`${apexUrl}/signup`} variant="primary" size="small">Sign up</ButtonLink>
                </>
              )}
          </nav>
        )}
      </div>
    </header>
  );
}

function SiteFooter() {
  const { apexUrl } = usePage();
  return (
    <footer class="border-t border-line">
      <div class="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-6 gap-y-2 px-5 py-6 text-sm text-muted">
        <p>Denizen. A separate workspace for every company.</p>
        <nav aria-label="Footer" class="flex gap-5">
          <a class="rounded-sm hover:text-ink" href={`${apexUrl}/openapi.json`}>API description</a>
          <a class="rounded-sm hover:text-ink" href={`${apexUrl}/login`}>Sign in</a>
        </nav>
      </div>
    </footer>
  );
}
