import { createContext, useContext } from "hono/jsx";
import type { Locale } from "./locale.ts";
import type { AssetName } from "./static_files.ts";

/** The person's choice of colors. `system` follows the device. */
export type Theme = "system" | "light" | "dark";

/** The request's values that every page needs. */
export type PageValue = {
  /** Lets the page's own scripts and htmx attributes run. */
  nonce: string;
  locale: Locale;
  theme: Theme;
  /** Returns a static file's URL. */
  asset: (name: AssetName) => string;
  apexUrl: string;
  /** The page's own path. The navigation highlights it. */
  path: string;
  formKey: string;
  /** How the workspace of the page's host looks as an installed app. Absent on other hosts. */
  app?: AppLook;
  /** Stands for the member's sign-in in forms that a browser keeps. Absent for visitors. */
  offlineTag?: string;
};

export type AppLook = {
  name: string;
  /** The color of its title bar, `#rrggbb`. */
  color: string;
  /** The URL of its icon, without transparent corners. */
  iconUrl: string;
};

export const PageContext = createContext<PageValue | null>(null);

/**
 * The context of the page around the component. JSX is evaluated inside out, so a route passes one component
 * (`body: <ProjectsPage … />`), never markup that contains components. Throws outside a page.
 */
export function usePage(): PageValue {
  const page = useContext(PageContext);
  if (!page) {
    throw new Error("Render views inside <PageContext.Provider>, with a component as its only child.");
  }
  return page;
}
