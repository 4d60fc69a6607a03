import { DocsFrame, errorHref, referenceHref } from "./docs_frame.tsx";
import type { DocsNavigation, Guide, ReferenceEvent, ReferenceOperation } from "./reference.ts";
import { docsText } from "./text.ts";

export type DocsHits = {
  guides: readonly Guide[];
  operations: readonly (ReferenceOperation & { group: string })[];
  events: readonly (ReferenceEvent & { group: string })[];
  errors: readonly { anchor: string; name: string; text: string }[];
};

/** `/docs/search`: what matches, guides with a matching title first and errors last. */
export function DocsSearchPage(
  { navigation, query, hits: { guides, operations, events, errors } }: {
    navigation: DocsNavigation;
    query: string;
    hits: DocsHits;
  },
) {
  const text = docsText.use();
  const words = query.toLowerCase().split(/\s+/);
  const isTitled = ({ title }: Guide) => words.every((word) => title.toLowerCase().includes(word));
  const count = guides.length + operations.length + events.length + errors.length;
  return (
    <DocsFrame navigation={navigation} query={query}>
      <h1 class="text-2xl font-semibold tracking-tighter">{text.searchTitle}</h1>
      <p class="mt-2 text-muted" role="status">
        {count > 0 ? text.results(count, query) : text.noResults(query)}
      </p>
      <ul class="mt-4 max-w-[46rem] divide-y divide-line">
        {guides.filter(isTitled).map((guide) => <GuideHit key={guide.href} guide={guide} />)}
        {operations.map(({ id, group, title, method, path }) => (
          <Hit key={id} href={referenceHref(group, id)} title={title} detail={`${method} ${path}`} />
        ))}
        {events.map(({ id, group, description }) => (
          <Hit key={id} href={referenceHref(group, id)} title={id} detail={description} />
        ))}
        {guides.filter((guide) => !isTitled(guide)).map((guide) => (
          <GuideHit
            key={guide.href}
            guide={guide}
          />
        ))}
        {errors.map(({ anchor, name, text }) => (
          <Hit key={anchor} href={errorHref(anchor)} title={name} detail={text} />
        ))}
      </ul>
    </DocsFrame>
  );
}

function GuideHit({ guide: { section, href, title, lead } }: { guide: Guide }) {
  const text = docsText.use();
  return <Hit href={href} title={title} detail={text.sectionDetail(text.sectionTitles[section], lead)} />;
}

function Hit({ href, title, detail }: { href: string; title: string; detail: string }) {
  return (
    <li class="relative grid gap-0.5 py-3 hover:bg-hover">
      <a href={href} class="font-medium after:absolute after:inset-0">{title}</a>
      <span class="text-sm text-muted wrap-anywhere">{detail}</span>
    </li>
  );
}
