import { createContext, useContext } from "hono/jsx";
import type { Locale } from "./locale.ts";

export type AssetName = "app.css" | "app.js" | "favicon.svg" | "htmx.js" | "alpine.js";

/** What every page needs of its request. */
export type PageValue = {
  /** Lets the page's own scripts and htmx attributes run. */
  nonce: string;
  locale: Locale;
  /** The address of a static file. */
  asset: (name: AssetName) => string;
  apexUrl: string;
  /** The page's own path, which the navigation marks. */
  path: string;
  formKey: string;
};

export const PageContext = createContext<PageValue | null>(null);

/**
 * The page around the component. JSX is evaluated inside out, so a route passes one component
 * (`body: <ProjectsPage … />`), never markup with components in it. This throws where it was forgotten.
 */
export function usePage(): PageValue {
  const page = useContext(PageContext);
  if (!page) {
    throw new Error("Render views inside <PageContext.Provider>, with a component as its only child.");
  }
  return page;
}
