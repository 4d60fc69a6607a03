import type { Child } from "hono/jsx";
import { classes } from "../components/classes.ts";
import { Icon } from "../components/icon.tsx";
import { Toast, ToastRegion } from "../components/toast.tsx";
import { Document } from "./document.tsx";
import type { LayoutProps } from "./layout.ts";
import { BESIDE_SUB_NAVIGATION } from "./navigation.tsx";
import { PAGE_BAR, PageTitle } from "./page_bar.tsx";
import { layoutText } from "./text.ts";

const SIDEBAR =
  "fixed inset-y-0 start-0 end-auto m-0 h-dvh max-h-none w-60 flex-col border-e border-line bg-canvas p-3 text-ink open:flex max-md:w-72 max-md:bg-surface max-md:shadow-pop md:flex print:hidden";

/** The frame of every page for signed-in people: a sidebar, a bar with the page's title and actions, and the content. */
export function ShellFrame(
  {
    documentTitle,
    description,
    sidebar,
    isDark = false,
    subNavigation,
    notices,
    search,
    title,
    trail,
    actions,
    flash,
    children,
  }:
    & Pick<LayoutProps, "title" | "trail" | "actions" | "description" | "flash">
    & {
      documentTitle: string;
      sidebar: Child;
      /** Marks the back office. */
      isDark?: boolean;
      /** The pages beside this one. */
      subNavigation?: Child;
      /** Shown above the content of every page. */
      notices?: Child;
      /** The search dialog. */
      search?: Child;
      children?: Child;
    },
) {
  return (
    <Document title={documentTitle} description={description}>
      <aside id="sidebar" popover="auto" class={classes(SIDEBAR, isDark && "scheme-dark")}>{sidebar}</aside>
      <div class="md:ps-60 print:ps-0">
        <PageBar title={title} trail={trail} actions={actions} />
        <main id="main" tabindex={-1} class="mx-auto w-full max-w-6xl px-4 pt-6 pb-16 outline-none sm:px-8">
          {notices ? <div class="mb-6 grid gap-3 empty:hidden print:hidden">{notices}</div> : null}
          {subNavigation
            ? (
              <div class={BESIDE_SUB_NAVIGATION}>
                {subNavigation}
                <div class="min-w-0">{children}</div>
              </div>
            )
            : children}
        </main>
      </div>
      {search}
      <ToastRegion>
        {flash ? <Toast {...flash} /> : null}
      </ToastRegion>
    </Document>
  );
}

function PageBar(page: Pick<LayoutProps, "title" | "trail" | "actions">) {
  return (
    <header class={classes(PAGE_BAR, "sticky top-0 z-20 print:static")}>
      <button
        type="button"
        popovertarget="sidebar"
        aria-label={layoutText.use().menu}
        class="-ms-2 grid size-11 place-items-center rounded-md hover:bg-sunken md:hidden"
      >
        <Icon name="menu" class="size-5" />
      </button>
      <PageTitle {...page} />
    </header>
  );
}
