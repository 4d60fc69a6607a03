import { type Context, Hono } from "hono";
import { listProblems } from "../../../src/platform/problem.ts";
import { subdomainUrl, tenantUrl } from "../../../src/tenancy/tenant.ts";
import { listTenantsOf } from "../../../src/tenancy/workspaces.ts";
import { ErrorCatalog } from "../../../views/pages/docs/error_catalog.tsx";
import { GuidePage } from "../../../views/pages/docs/guide_page.tsx";
import {
  type DocsNavigation,
  type Guide,
  LANGUAGES,
  type Reader,
  type ReferenceGroup,
} from "../../../views/pages/docs/reference.ts";
import { ReferencePage } from "../../../views/pages/docs/reference_page.tsx";
import { type DocsHits, DocsSearchPage } from "../../../views/pages/docs/search_page.tsx";
import { docsText } from "../../../views/pages/docs/text.ts";
import { notFound } from "../../../src/errors.ts";
import { openApiDocument } from "../../api/api.ts";
import { listProblemKinds } from "../../api/problem.ts";
import { type HttpEnv, PAGE_NOT_FOUND, systemContextOf } from "../../http.ts";
import { localeOf } from "../../locale.ts";
import { page } from "../../page.tsx";
import { loadGuides } from "./guides.ts";
import { referenceOf } from "./reference_model.ts";

const ERRORS_GUIDE = "errors";
const EXAMPLE_WORKSPACE = "acme";
const MAX_QUERY_LENGTH = 100;

/** The API's guides and reference, for everyone. */
export const docsPages = new Hono<HttpEnv>();

docsPages.get("/docs", async (c) => {
  const [first] = await loadGuides();
  return await guidePage(c, first!);
});

docsPages.get("/docs/guides/:slug", async (c) => {
  const guide = (await loadGuides()).find(({ slug }) => slug === c.req.param("slug"));
  if (!guide) throw notFound(PAGE_NOT_FOUND);
  return await guidePage(c, guide);
});

docsPages.get("/docs/reference/:slug", async (c) => {
  const group = reference().find(({ slug }) => slug === c.req.param("slug"));
  if (!group) throw notFound(PAGE_NOT_FOUND);
  const { reader, workspace } = await readerOf(c);
  const text = docsText.of(localeOf(c));
  return await page(c, {
    title: group.title,
    description: text.referenceDescription(group.title),
    wide: true,
    body: (
      <ReferencePage navigation={await navigation()} group={group} reader={reader} workspace={workspace} />
    ),
  });
});

docsPages.get("/docs/search", async (c) => {
  const query = (c.req.query("q") ?? "").trim().slice(0, MAX_QUERY_LENGTH);
  const hits = await search(query);
  const body = <DocsSearchPage navigation={await navigation()} query={query} hits={hits} />;
  return await page(c, { title: docsText.of(localeOf(c)).searchTitle, wide: true, body });
});

/** The operations of the API by resource. Built once in a process, because the document never changes while it runs. */
export function reference(): ReferenceGroup[] {
  return built ??= referenceOf(openApiDocument(""));
}
let built: ReferenceGroup[] | undefined;

async function guidePage(c: Context<HttpEnv>, guide: Guide): Promise<Response> {
  const catalog = guide.slug === ERRORS_GUIDE
    ? <ErrorCatalog kinds={listProblemKinds()} codes={listProblems()} />
    : null;
  return await page(c, {
    title: guide.title,
    description: guide.lead,
    wide: true,
    body: <GuidePage navigation={await navigation()} guide={guide}>{catalog}</GuidePage>,
  });
}

async function navigation(): Promise<DocsNavigation> {
  return { guides: await loadGuides(), groups: reference() };
}

/** The samples call the workspace of the person who is signed in, or an example. */
async function readerOf(c: Context<HttpEnv>): Promise<{ reader: Reader; workspace?: string }> {
  const session = c.get("session");
  const [tenant] = session ? await listTenantsOf(systemContextOf(c), session.actor.id) : [];
  const { appUrl } = c.get("services").config;
  const origin = tenant ? tenantUrl(appUrl, tenant) : subdomainUrl(appUrl, { subdomain: EXAMPLE_WORKSPACE });
  const language = LANGUAGES.find((each) => each === c.req.query("lang")) ?? LANGUAGES[0];
  return { reader: { origin, language }, workspace: tenant?.subdomain };
}

/** What contains every word of the query. Titles count before texts. */
async function search(query: string): Promise<DocsHits> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (text: string) => words.length > 0 && words.every((word) => text.includes(word));
  const guides = (await loadGuides()).map((guide, place) => ({ ...guide, isFirst: place === 0 }))
    .filter(({ title, html }) => matches(`${title} ${html.replaceAll(/<[^>]*>/g, " ")}`.toLowerCase()));
  const operations = reference().flatMap(({ slug: group, title, operations }) =>
    operations.map((operation) => ({ ...operation, group }))
      .filter((operation) => matches(`${title} ${textOf(operation)}`.toLowerCase()))
  );
  return { guides, operations };
}

function textOf({ id, title, method, path, description }: ReferenceGroup["operations"][number]): string {
  return [id, title, method, path, description].join(" ");
}
