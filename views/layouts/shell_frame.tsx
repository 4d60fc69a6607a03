import type { Child } from "hono/jsx";
import { Alert, type Flash } from "../components/alert.tsx";
import { classes } from "../components/classes.ts";
import { ToastRegion } from "../components/toast.tsx";
import { Document } from "./document.tsx";
import { type NavigationLink, PhoneNavigation, SideNavigation } from "./navigation.tsx";

/** The frame of every page for signed-in people: a sticky header, the navigation at the side, and the content. */
export function ShellFrame(
  { documentTitle, links, mark, menu, notice, flash, headerClass, children }: {
    documentTitle: string;
    links: readonly NavigationLink[];
    /** The left end of the header: the workspace or the back office. */
    mark: Child;
    /** The right end of the header: the person. */
    menu: Child;
    /** Shown above the content of every page. */
    notice?: Child;
    flash?: Flash;
    headerClass?: string;
    children?: Child;
  },
) {
  return (
    <Document title={documentTitle}>
      <header
        class={classes(
          "sticky top-0 z-20 flex h-14 items-center gap-1 border-b border-line bg-surface px-2 text-ink sm:px-4",
          headerClass,
        )}
      >
        <PhoneNavigation links={links} />
        {mark}
        <span class="flex-1"></span>
        {menu}
      </header>
      <div class="md:grid md:grid-cols-[14rem_minmax(0,1fr)]">
        <SideNavigation links={links} />
        <main id="main" tabindex={-1} class="mx-auto w-full max-w-5xl px-4 py-6 outline-none sm:px-8 sm:py-9">
          {notice || flash
            ? (
              <div class="mb-6 grid gap-3">
                {notice}
                {flash ? <Alert kind={flash.kind}>{flash.text}</Alert> : null}
              </div>
            )
            : null}
          {children}
        </main>
      </div>
      <ToastRegion />
    </Document>
  );
}

/** The heading of a page in a shell, with its main action. */
export function PageHeading({ title, lead, action }: { title: Child; lead?: Child; action?: Child }) {
  return (
    <header class="mb-6 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div class="min-w-0">
        <h1 class="text-2xl font-semibold tracking-tighter wrap-anywhere">{title}</h1>
        {lead ? <p class="mt-0.5 text-muted wrap-anywhere">{lead}</p> : null}
      </div>
      {action ? <div class="flex flex-wrap gap-2">{action}</div> : null}
    </header>
  );
}
