import {
  DOCS_SECTIONS,
  type DocsSection,
  type Guide,
  type GuideGroup,
} from "../../../views/pages/docs/reference.ts";
import { DOCS_FOLDER } from "./folder.ts";
import { anchorOf, guideHref, linkTarget, parseGuide, renderGuide } from "./guide_markdown.ts";
import { loadPictures, type Picture } from "./pictures.ts";

const OVERVIEW = "README.md";
const LINK = /\]\(([^)\s]+)\)/g;

/** Every guide, and the contents of each section. */
type Guides = { guides: Guide[]; contents: Record<DocsSection, GuideGroup[]> };

let loaded: Promise<Guides> | undefined;

/** The guides of `docs`. Reads them once in a process, and renders each when it is opened first. */
export function loadGuides(): Promise<Guides> {
  return loaded ??= readGuides();
}

async function readGuides(): Promise<Guides> {
  const pictures = await loadPictures();
  const sections = await Promise.all(DOCS_SECTIONS.map((section) => readSection(section, pictures)));
  return {
    guides: sections.flatMap(({ guides }) => guides),
    contents: Object.fromEntries(
      DOCS_SECTIONS.map((section, index) => [section, sections[index]!.contents]),
    ) as Guides["contents"],
  };
}

async function readSection(
  section: DocsSection,
  pictures: Map<string, Picture>,
): Promise<{ guides: Guide[]; contents: GuideGroup[] }> {
  const folder = new URL(`${section}/`, DOCS_FOLDER);
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  const files = names.filter((name) => name.endsWith(".md") && name !== OVERVIEW).sort();
  const [overview = "", ...texts] = await Promise.all(
    [OVERVIEW, ...files].map((name) => Deno.readTextFile(new URL(name, folder))),
  );
  const guideOf = (text: string, href: string): Guide => {
    const guide = parseGuide(text);
    let html: string | undefined;
    return { section, href, ...guide, html: () => html ??= renderGuide(section, guide.body, pictures) };
  };
  const others = texts.map((text, index) => guideOf(text, guideHref(section, files[index]!)));
  if (section === "api") {
    const guides = [...sectionsOf(overview, guideOf), ...others];
    return { guides, contents: [{ title: "Guides", guides }] };
  }
  const start = guideOf(overview, guideHref(section, OVERVIEW));
  return { guides: [start, ...others], contents: contentsOf(section, overview, start, others) };
}

/** The overview of the API is long: each of its sections is a guide, whose headings move up a level. */
function sectionsOf(overview: string, guideOf: (text: string, href: string) => Guide): Guide[] {
  const [start = "", ...sections] = overview.split(/^## /m);
  return [
    guideOf(start, "/docs"),
    ...sections.map((text) => {
      const title = text.split("\n")[0]!;
      return guideOf(text.replaceAll(/^##(#+ )/gm, "#$1"), `/docs/guides/${anchorOf(title)}`);
    }),
  ];
}

/** The overview's headings with the guides that they link to first. The last one has the guides without a link as well. */
function contentsOf(section: DocsSection, overview: string, start: Guide, others: Guide[]): GuideGroup[] {
  const left = new Map(others.map((guide) => [guide.href, guide]));
  const [, ...parts] = overview.split(/^## /m);
  const groups = parts.map((part) => {
    const guides = [...part.matchAll(LINK)].flatMap(([, link]) => {
      const href = linkTarget(section, link!) ?? "";
      const guide = left.get(href);
      left.delete(href);
      return guide ? [guide] : [];
    });
    return { title: part.split("\n")[0]!, guides };
  }).filter(({ guides }) => guides.length > 0);
  const [first = { title: start.title, guides: [] }, ...rest] = groups;
  const contents = [{ ...first, guides: [start, ...first.guides] }, ...rest];
  contents.at(-1)!.guides.push(...left.values());
  return contents;
}
