import type { Child } from "hono/jsx";
import { classes } from "../components/classes.ts";
import { Icon } from "../components/icon.tsx";
import { Toast, ToastRegion } from "../components/toast.tsx";
import { Document } from "./document.tsx";
import type { Crumb, LayoutProps } from "./layout.ts";
import { layoutText } from "./text.ts";

const SIDEBAR =
  "fixed inset-y-0 start-0 end-auto m-0 h-dvh max-h-none w-60 flex-col border-e border-line bg-canvas p-3 text-ink open:flex max-md:w-72 max-md:bg-surface max-md:shadow-pop md:flex";

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
      <div class="md:ps-60">
        <PageBar title={title} trail={trail} actions={actions} />
        <main id="main" tabindex={-1} class="mx-auto w-full max-w-6xl px-4 pt-6 pb-16 outline-none sm:px-8">
          {notices ? <div class="mb-6 grid gap-3">{notices}</div> : null}
          {subNavigation
            ? (
              <div class="grid grid-cols-1 gap-6 max-lg:first:-mt-6 lg:grid-cols-[11rem_minmax(0,40rem)] lg:gap-12">
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

function PageBar({ title, trail = [], actions }: Pick<LayoutProps, "title" | "trail" | "actions">) {
  const text = layoutText.use();
  return (
    <header class="sticky top-0 z-20 flex min-h-14 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-canvas px-4 py-2 sm:px-8">
      <button
        type="button"
        popovertarget="sidebar"
        aria-label={text.menu}
        class="-ms-2 grid size-11 place-items-center rounded-md hover:bg-sunken md:hidden"
      >
        <Icon name="menu" class="size-5" />
      </button>
      <div class="flex min-w-0 flex-1 items-center gap-2 max-sm:grid max-sm:gap-0">
        {trail.length > 0 ? <Trail crumbs={trail} /> : null}
        <h1 class="max-w-full truncate justify-self-start text-md font-semibold" dir="auto">{title}</h1>
      </div>
      {actions ? <div class="flex flex-wrap gap-2">{actions}</div> : null}
    </header>
  );
}

function Trail({ crumbs }: { crumbs: Crumb[] }) {
  return (
    <nav aria-label={layoutText.use().trail} class="min-w-0 sm:max-w-1/2 sm:shrink-0">
      <ol class="flex items-center gap-2">
        {crumbs.map(({ label, href }) => (
          <li class="flex min-w-0 items-center gap-2 font-medium text-muted max-sm:text-xs max-sm:last:[&>span]:hidden">
            <a href={href} class="truncate rounded-sm py-1 hover:text-ink" dir="auto">{label}</a>
            <span class="text-faint" aria-hidden="true">/</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
