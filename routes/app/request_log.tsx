import type { Context } from "hono";
import { METHODS } from "../../src/api_access/api_call.ts";
import { REQUEST_LOG_READ } from "../../src/api_access/permissions.ts";
import {
  getRequest,
  getRequestChoices,
  listRequests,
  type LoggedRequest,
  REQUEST_LIST,
} from "../../src/api_access/request_log.ts";
import { DomainError } from "../../src/errors.ts";
import type { Column } from "../../src/platform/csv.ts";
import { everyItem, type ListQuery } from "../../src/platform/list.ts";
import { MAX_PAGE_SIZE } from "../../src/platform/list_query.ts";
import { REQUEST_LOG, type RequestView } from "../../views/pages/request_log/request_address.ts";
import { endpointLabel } from "../../views/pages/request_log/request_filter.tsx";
import { RequestList } from "../../views/pages/request_log/request_list.tsx";
import { RequestPage } from "../../views/pages/request_log/request_page.tsx";
import { requestLogText } from "../../views/pages/request_log/text.ts";
import { sendCsv } from "../csv.ts";
import type { MemberEnv } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, page } from "../page.tsx";
import { problemText } from "../problem_text.ts";
import { MemberPages } from "./member_pages.ts";

const COLUMNS: Column<LoggedRequest>[] = [
  { heading: "Time", cell: ({ at }) => at },
  { heading: "Method", cell: ({ method }) => method },
  { heading: "Endpoint", cell: ({ endpoint }) => endpoint },
  { heading: "Status", cell: ({ status }) => status },
  { heading: "Error code", cell: ({ errorCode }) => errorCode },
  { heading: "Duration (ms)", cell: ({ durationMs }) => durationMs },
  { heading: "Caller", cell: ({ actor }) => actor.name },
  { heading: "Caller type", cell: ({ actor }) => actor.type },
  { heading: "Caller ID", cell: ({ actor }) => actor.id },
  { heading: "IP address", cell: ({ ipAddress }) => ipAddress },
  { heading: "Request ID", cell: ({ id }) => id },
];

/** The workspace's API calls. */
const pages = new MemberPages({
  label: (locale) => requestLogText.of(locale).title,
  href: REQUEST_LOG.path,
  icon: "inbox",
  group: "developers",
  position: 40,
  permission: REQUEST_LOG_READ,
});
export default pages;

pages.get("/developers/logs", async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), REQUEST_LIST);
  const [{ items, ...places }, { actors, operations }] = await Promise.all([
    listRequests(ctx, query),
    getRequestChoices(ctx),
  ]);
  const endpoints = [...new Set(operations.map(({ endpoint }) => endpoint))];
  const list = {
    requests: items,
    pages: { ...places, place: null },
    view: viewOf(query),
    choices: { actors, endpoints, methods: METHODS },
  };
  return await page(c, {
    title: textOf(c).title,
    body: <RequestList {...list} />,
    partial: <RequestList {...list} />,
  });
});

pages.get("/developers/logs.csv", (c) => {
  const ctx = c.get("member");
  const query = { ...readListAddress(c.req.query(), REQUEST_LIST), limit: MAX_PAGE_SIZE };
  return sendCsv(c, "request-log.csv", COLUMNS, everyItem(query, (part) => listRequests(ctx, part)));
});

/** Leads to the request with the id that someone typed, or back to the log. */
pages.get("/developers/logs/find", async (c) => {
  try {
    const { id } = await getRequest(c.get("member"), c.req.query("request_id")?.trim() ?? "");
    return c.redirect(`${REQUEST_LOG.path}/${id}`, 303);
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== "not_found") throw error;
    const text = problemText(error.problem, localeOf(c));
    return done(c, { to: REQUEST_LOG.path, flash: { kind: "error", text } });
  }
});

pages.get("/developers/logs/:id", async (c) => {
  const ctx = c.get("member");
  const request = await getRequest(ctx, c.req.param("id"));
  return await page(c, {
    title: `${request.method} ${endpointLabel(request.endpoint, textOf(c))}`,
    trail: [{ label: textOf(c).title, href: REQUEST_LOG.path }],
    body: <RequestPage request={request} now={ctx.services.clock.now()} />,
  });
});

function viewOf({ sort, ...filters }: ListQuery<typeof REQUEST_LIST>): RequestView {
  const { status = "all", method = "all", endpoint = "all", actor = "all", since = "", until = "" }: Partial<
    RequestView
  > = filters;
  return { status, method, endpoint, actor, since, until, sort };
}

function textOf(c: Context<MemberEnv>) {
  return requestLogText.of(localeOf(c));
}
