import type { Child } from "hono/jsx";
import { classes } from "../../components/classes.ts";
import { Icon } from "../../components/icon.tsx";
import { SearchField } from "../../components/search_field.tsx";
import { usePage } from "../../page.tsx";
import { DOCS_SECTIONS, type DocsNavigation, type DocsSection, type ReferenceGroup } from "./reference.ts";
import { docsText } from "./text.ts";

export const ERRORS_GUIDE = "/docs/guides/errors";
const REFERENCE = "/docs/reference/";

/** The address of a section's first guide. */
export function sectionHref(section: DocsSection): string {
  return section === "api" ? "/docs" : `/docs/${section}`;
}

/** The address of a part of the reference, or of one of its operations or events. */
export function referenceHref(group: string, id?: string): string {
  return REFERENCE + group + (id ? `#${id}` : "");
}

/** The address of a type or a code in the catalog of errors. */
export function errorHref(anchor: string): string {
  return `${ERRORS_GUIDE}#${anchor}`;
}

/** The frame of every page of the docs: the contents beside the page. `group` is the open part of the reference. */
export function DocsFrame(
  { navigation, group, query = "", children }: {
    navigation: DocsNavigation;
    group?: ReferenceGroup;
    query?: string;
    children?: Child;
  },
) {
  const text = docsText.use();
  return (
    <div class="mx-auto grid max-w-[70rem] grid-cols-1 gap-x-10 gap-y-6 px-5 pt-8 pb-20 sm:px-8 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <Sections current={navigation.section} />
      <div class="lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:self-start lg:overflow-y-auto">
        <form action="/docs/search" role="search" class="mb-4 flex">
          <input type="hidden" name="in" value={navigation.section} />
          <SearchField name="q" label={text.search} value={query} />
          <button type="submit" class="sr-only">{text.search}</button>
        </form>
        <details class="rounded-md border border-line lg:hidden">
          <summary class="flex min-h-11 items-center justify-between px-3 font-medium">
            {text.contents}
            <Icon name="chevron-down" class="text-muted" />
          </summary>
          <div class="border-t border-line p-3">
            <Contents navigation={navigation} group={group} label={text.contents} />
          </div>
        </details>
        <div class="max-lg:hidden">
          <Contents navigation={navigation} group={group} label={text.navigation} />
        </div>
      </div>
      <div class="min-w-0">{children}</div>
    </div>
  );
}

/** The parts of the docs, above the contents of one of them. */
function Sections({ current }: { current: DocsSection }) {
  const text = docsText.use();
  return (
    <nav aria-label={text.sections} class="border-b border-line lg:col-span-2">
      <ul class="flex flex-wrap gap-x-5 text-sm">
        {DOCS_SECTIONS.map((section) => (
          <li key={section}>
            <a
              href={sectionHref(section)}
              aria-current={section === current ? "true" : undefined}
              class={classes(
                "-mb-px block border-b-2 py-2.5 transition-colors",
                section === current
                  ? "border-accent font-medium text-ink"
                  : "border-transparent text-muted hover:text-ink",
              )}
            >
              {text.sectionTitles[section]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Contents(
  { navigation, group, label }: { navigation: DocsNavigation; group?: ReferenceGroup; label: string },
) {
  const text = docsText.use();
  return (
    <nav aria-label={label} class="grid gap-5 text-sm">
      {navigation.guides.map(({ title, guides }) => (
        <Section key={title} title={title}>
          {guides.map((guide) => <Entry key={guide.href} href={guide.href} label={guide.title} />)}
        </Section>
      ))}
      {navigation.section === "api"
        ? (
          <Section title={text.reference}>
            {navigation.groups.map(({ slug, title }) => (
              <>
                <Entry key={slug} href={referenceHref(slug)} label={title} />
                {slug === group?.slug ? <Parts group={group} /> : null}
              </>
            ))}
            <Entry href="/openapi.json" label={text.openApi} />
          </Section>
        )
        : null}
    </nav>
  );
}

function Section({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="grid gap-1">
      <h2 class="px-2 text-xs font-medium text-faint">{title}</h2>
      <ul class="grid">{children}</ul>
    </section>
  );
}

function Entry({ href, label }: { href: string; label: string }) {
  const isCurrent = usePage().path === href;
  return (
    <li>
      <a
        href={href}
        aria-current={isCurrent ? "page" : undefined}
        class={classes(
          "block rounded-md px-2 py-1 transition-colors max-lg:py-2",
          isCurrent ? "bg-hover font-medium text-ink" : "text-muted hover:text-ink",
        )}
      >
        {label}
      </a>
    </li>
  );
}

function Parts({ group: { slug, operations, events } }: { group: ReferenceGroup }) {
  const parts = [...operations, ...events.map(({ id }) => ({ id, title: id }))];
  return (
    <li>
      <ul class="ms-2 mb-1 grid border-s border-line ps-2">
        {parts.map(({ id, title }) => (
          <li key={id}>
            <a
              href={referenceHref(slug, id)}
              class="block rounded-md px-2 py-1 text-muted transition-colors wrap-anywhere hover:text-ink max-lg:py-2"
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </li>
  );
}
