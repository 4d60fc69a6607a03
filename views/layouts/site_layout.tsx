import type { Child, PropsWithChildren } from "hono/jsx";
import { classes } from "../components/classes.ts";
import { Toast, ToastRegion } from "../components/toast.tsx";
import { Document } from "./document.tsx";
import type { LayoutProps } from "./layout.ts";
import { SiteFooter, SmallFooter } from "./site_footer.tsx";
import { SiteHeader, type Viewer } from "./site_header.tsx";

/** The layout of the site's pages. Wide pages introduce the product; the others have one form or one message. */
export function SiteLayout(
  { title, description, viewer, flash, wide = false, children }: PropsWithChildren<
    LayoutProps & { viewer?: Viewer }
  >,
) {
  const introduces = wide && viewer !== undefined;
  return (
    <Document title={`${title} · Denizen`} description={description}>
      <div class="flex min-h-dvh flex-col">
        <SiteHeader viewer={viewer} wide={introduces} />
        <main
          id="main"
          tabindex={-1}
          class={classes("w-full flex-1 outline-none", !wide && "px-5 py-10 sm:py-16")}
        >
          {children}
        </main>
        {introduces ? <SiteFooter /> : <SmallFooter />}
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
