import type { Child } from "hono/jsx";
import { PageContext, type PageValue } from "../../views/page.tsx";

export const NONCE = "n0nce";

/** The HTML of a component, as on the page at `path`. */
export async function htmlOf(content: Child, path = "/projects"): Promise<string> {
  const page: PageValue = {
    nonce: NONCE,
    locale: "en",
    theme: "system",
    asset: (name) => `/static/${name}`,
    apexUrl: "http://localhost:8000",
    path,
    formKey: "",
  };
  return String(await <PageContext.Provider value={page}>{content}</PageContext.Provider>);
}
