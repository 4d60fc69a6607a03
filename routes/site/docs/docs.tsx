import { type Context, Hono } from "hono";
import { listProblems } from "../../../src/platform/problem.ts";
import { ERRORS_GUIDE } from "../../../views/pages/docs/docs_frame.tsx";
import { anchorOfType, ErrorCatalog } from "../../../views/pages/docs/error_catalog.tsx";
import { GuidePage } from "../../../views/pages/docs/guide_page.tsx";
import {
  DOCS_SECTIONS,
  type DocsNavigation,
  type DocsSection,
  type ReferenceGroup,
} from "../../../views/pages/docs/reference.ts";
import { ReferencePage } from "../../../views/pages/docs/reference_page.tsx";
import { type DocsHits, DocsSearchPage } from "../../../views/pages/docs/search_page.tsx";
import { docsText } from "../../../views/pages/docs/text.ts";
import { notFound } from "../../../src/errors.ts";
import { openApiDocument } from "../../api/api.ts";
import { listProblemKinds } from "../../api/problem.ts";
import { type HttpEnv, PAGE_NOT_FOUND } from "../../http.ts";
import { localeOf } from "../../locale.ts";
import { page } from "../../page.tsx";
import { loadGuides } from "./guides.ts";
import { loadPictures } from "./pictures.ts";
import { readerOf } from "./reader.ts";
import { referenceOf } from "./reference_model.ts";

const MAX_QUERY_LENGTH = 100;
const ONE_DAY = "public, max-age=86400";

/** The guides and the reference of the API, for everyone. */
export const docsPages = new Hono<HttpEnv>();

docsPages.get("/docs", async (c) => await guidePage(c));

docsPages.get("/docs/guides/:slug", async (c) => await guidePage(c));

docsPages.get("/docs/images/:name", async (c) => {
  const picture = (await loadPictures()).get(c.req.param("name"));
  if (!picture) throw notFound(PAGE_NOT_FOUND);
  return await picture.file.send(c, { "Cache-Control": ONE_DAY });
});

docsPages.get("/docs/reference/:slug", async (c) => {
  const group = reference().find(({ slug }) => slug === c.req.param("slug"));
  if (!group) throw notFound(PAGE_NOT_FOUND);
  const text = docsText.of(localeOf(c));
  return await page(c, {
    title: group.title,
    description: text.referenceDescription(group.title),
    wide: true,
    body: (
      <ReferencePage
        navigation={await navigation("api")}
        group={group}
        reader={await readerOf(c)}
      />
    ),
  });
});

docsPages.get("/docs/search", async (c) => {
  const query = (c.req.query("q") ?? "").trim().slice(0, MAX_QUERY_LENGTH);
  const hits = await search(query);
  const from = DOCS_SECTIONS.find((each) => each === c.req.query("in")) ?? "api";
  const body = <DocsSearchPage navigation={await navigation(from)} query={query} hits={hits} />;
  return await page(c, { title: docsText.of(localeOf(c)).searchTitle, wide: true, body });
});

for (const section of DOCS_SECTIONS.filter((each) => each !== "api")) {
  docsPages.get(`/docs/${section}`, async (c) => await guidePage(c));
  docsPages.get(`/docs/${section}/:slug`, async (c) => await guidePage(c));
}

/** The operations of the API by resource. Built once in a process, because the document never changes while it runs. */
export function reference(): ReferenceGroup[] {
  return built ??= referenceOf(openApiDocument(""));
}
let built: ReferenceGroup[] | undefined;

/** The guide at the request's address. */
async function guidePage(c: Context<HttpEnv>): Promise<Response> {
  const guide = (await loadGuides()).guides.find(({ href }) => href === c.req.path);
  if (!guide) throw notFound(PAGE_NOT_FOUND);
  const catalog = guide.href === ERRORS_GUIDE
    ? <ErrorCatalog kinds={listProblemKinds()} codes={listProblems()} />
    : null;
  return await page(c, {
    title: guide.title,
    description: guide.lead,
    wide: true,
    body: (
      <GuidePage navigation={await navigation(guide.section)} guide={guide}>
        {catalog}
      </GuidePage>
    ),
  });
}

async function navigation(section: DocsSection): Promise<DocsNavigation> {
  const { contents } = await loadGuides();
  return { section, guides: contents[section], groups: reference() };
}

/** What contains every word of the query. Titles count before texts. */
async function search(query: string): Promise<DocsHits> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text: string) => words.length > 0 && words.every((word) => text.includes(word));
  const guides = (await loadGuides()).guides
    .filter(({ title, body }) => matches(`${title} ${body}`.toLowerCase()));
  const operations = reference().flatMap(({ slug: group, title, operations }) =>
    operations.map((operation) => ({ ...operation, group }))
      .filter((operation) => matches(`${title} ${textOf(operation)}`.toLowerCase()))
  );
  const events = reference().flatMap(({ slug: group, title, events }) =>
    events.map((event) => ({ ...event, group }))
      .filter(({ id, description }) => matches(`${title} ${id} ${description}`.toLowerCase()))
  );
  const errors = catalogOfErrors().filter(({ name, text }) => matches(`${name} ${text}`.toLowerCase()));
  return { guides, operations, events, errors };
}

function catalogOfErrors(): DocsHits["errors"] {
  const types = listProblemKinds().flatMap(({ type, status, title }) =>
    type ? [{ anchor: anchorOfType(type), name: type, text: `${status} ${title}` }] : []
  );
  const codes = listProblems().map(({ code, english }) => ({ anchor: code, name: code, text: english }));
  return [...types, ...codes];
}

function textOf({ id, title, method, path, description }: ReferenceGroup["operations"][number]): string {
  return [id, title, method, path, description].join(" ");
}
