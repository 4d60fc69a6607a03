import type { Child, FC } from "hono/jsx";
import type { Flash } from "../components/alert.tsx";

/** A step on the way to a page. */
export type Crumb = { label: string; href: string };

/** The values that a page passes to its layout. */
export type LayoutProps = {
  /** The page's heading, and the start of the document's title. */
  title: string;
  /** The pages above this one, shown before its title. */
  trail?: Crumb[];
  /** The page's buttons: one component. At most one button is primary. */
  actions?: Child;
  /** The description that search engines show of a public page. A workspace's pages have one by default. */
  description?: string;
  flash?: Flash;
  /** The body spans the whole window. */
  wide?: boolean;
};

/** The frame around a page: the site's header and footer, or the shell of a workspace or the back office. */
export type Layout = FC<LayoutProps> & {
  /** Whether the layout shows the page's title as its heading. */
  isTitled?: true;
};

/** Marks a layout that shows the page's title as its heading. */
export function titled(layout: FC<LayoutProps>): Layout {
  return Object.assign(layout, { isTitled: true as const });
}
