import { createContext, useContext } from "hono/jsx";

export type AssetName = "app.css" | "app.js" | "favicon.svg" | "htmx.js" | "alpine.js";

/** What every page needs of its request: the script nonce, the addresses of static files, the apex origin, its forms' key. */
export type PageValue = {
  nonce: string;
  asset: (name: AssetName) => string;
  apexUrl: string;
  formKey: string;
};

export const PageContext = createContext<PageValue | null>(null);

/**
 * The page around the component. JSX is evaluated inside out, so a route hands over one component
 * (`render(c, <ProjectsPage … />)`), never markup with components in it; this throws where it was forgotten.
 */
export function usePage(): PageValue {
  const page = useContext(PageContext);
  if (!page) {
    throw new Error("Render views inside <PageContext.Provider>, with a component as its only child.");
  }
  return page;
}
