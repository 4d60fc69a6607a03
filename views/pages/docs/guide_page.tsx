import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import { DocsFrame } from "./docs_frame.tsx";
import type { DocsNavigation, Guide } from "./reference.ts";

/** A guide. `children` follow it. */
export function GuidePage(
  { navigation, guide, children }: { navigation: DocsNavigation; guide: Guide; children?: Child },
) {
  return (
    <DocsFrame navigation={navigation}>
      <article class="max-w-[46rem]" lang="en" dir="ltr">
        <h1 class="text-2xl font-semibold tracking-tighter">{guide.title}</h1>
        <div class="prose mt-4">{raw(guide.html())}</div>
        {children}
      </article>
    </DocsFrame>
  );
}
