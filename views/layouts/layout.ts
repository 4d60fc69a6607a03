import type { FC } from "hono/jsx";
import type { Flash } from "../components/alert.tsx";

/** What a page tells the layout around it. */
export type LayoutProps = {
  title: string;
  flash?: Flash;
  /** The body reaches the edges of the window. */
  wide?: boolean;
};

/** What stands around a page: the site's header and footer, or the shell of a workspace or of the back office. */
export type Layout = FC<LayoutProps>;
