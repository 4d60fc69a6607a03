import type { FC } from "hono/jsx";
import type { Flash } from "../components/alert.tsx";

/** The values that a page passes to its layout. */
export type LayoutProps = {
  title: string;
  flash?: Flash;
  /** The body spans the whole window. */
  wide?: boolean;
};

/** The frame around a page: the site's header and footer, or the shell of a workspace or the back office. */
export type Layout = FC<LayoutProps>;
