import type { Context } from "hono";
import { z } from "zod";
import { authorize } from "../../src/access/authorize.ts";
import { isEntitled, requireFeature } from "../../src/billing/plan_features.ts";
import { planOf } from "../../src/billing/plans.ts";
import { CAMPAIGNS, CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { segmentFilter } from "../../src/contacts/segment_filter.ts";
import {
  browseSegments,
  countSegment,
  createSegment,
  deleteSegment,
  getSegment,
  newSegment,
  SEGMENT_LIST,
  updateSegment,
} from "../../src/contacts/segments.ts";
import { isId } from "../../src/platform/ids.ts";
import { parseInput } from "../../src/platform/input.ts";
import { contactText } from "../../views/pages/contacts/text.ts";
import { DeletePage } from "../../views/pages/contacts/contact_form.tsx";
import { SegmentForm, type SegmentFormProps } from "../../views/pages/segments/segment_form.tsx";
import type { SegmentRows } from "../../views/pages/segments/segment_rows.ts";
import {
  NewSegmentLink,
  SegmentActions,
  SegmentList,
  SegmentsPage,
} from "../../views/pages/segments/segments_page.tsx";
import { segmentText } from "../../views/pages/segments/text.ts";
import { type MemberEnv, readForm } from "../http.ts";
import { readListAddress } from "../list_address.ts";
import { localeOf } from "../locale.ts";
import { done, form, type Page, page } from "../page.tsx";
import { snakeCase } from "../wire.ts";
import { listsOf } from "./contact_list.tsx";
import { MemberPages } from "./member_pages.ts";
import { filterOf, NEW_SEGMENT, readSegmentForm, rowsOf } from "./segment_rows.ts";

const versioned = z.object({ version: z.coerce.number().int().positive() });

const pages = new MemberPages();
export default pages;

pages.get("/segments", async (c) => {
  const ctx = c.get("member");
  const query = readListAddress(c.req.query(), SEGMENT_LIST);
  const { items, tabs: _, ...place } = await browseSegments(ctx, query);
  const isIncluded = isEntitled(ctx, CAMPAIGNS);
  const list = {
    segments: items,
    pages: place,
    view: { search: query.search ?? "", sort: snakeCase(query.sort) },
    now: ctx.services.clock.now(),
    missingPlan: isIncluded ? undefined : planOf(CAMPAIGNS.from).name,
  };
  return await page(c, {
    title: segmentText.of(localeOf(c)).title,
    actions: isIncluded ? <NewSegmentLink /> : undefined,
    body: <SegmentsPage {...list} />,
    partial: <SegmentList {...list} />,
  });
});

pages.get("/segments/new", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  requireFeature(ctx, CAMPAIGNS);
  return await page(c, await formPage(c, { rows: NEW_SEGMENT }));
});

/** The form after a change of its conditions, with the count as of now. It saves nothing. */
pages.post("/segments/builder", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const { id = "" } = await readForm(c);
  const segment = isId(id) ? await getSegment(ctx, id) : undefined;
  return await page(c, await formPage(c, { segment, rows: await readSegmentForm(c) }));
});

pages.post("/segments", async (c) => {
  const ctx = c.get("member");
  authorize(ctx, CAMPAIGNS_MANAGE);
  const rows = await readSegmentForm(c);
  return await form(c, {
    schema: z.looseObject({}),
    submit: (_, { idFor }) => createSegment(ctx, readSegment(rows), idFor("segment")),
    done: ({ name }) => ({ to: "/segments", flash: segmentText.of(localeOf(c)).saved(name) }),
    refusals: ["invalid", "conflict"],
    refused: ({ errors, kind, problem }) => formPage(c, { rows, errors, kind, problem }),
  });
});

pages.get("/segments/:id", async (c) => {
  const segment = await getSegment(c.get("member"), c.req.param("id"));
  return await page(c, {
    ...await formPage(c, { segment, rows: rowsOf(segment) }),
    actions: <SegmentActions id={segment.id} />,
  });
});

pages.post("/segments/:id", async (c) => {
  const ctx = c.get("member");
  const segment = await getSegment(ctx, c.req.param("id"));
  const rows = await readSegmentForm(c);
  return await form(c, {
    schema: versioned,
    submit: ({ version }) => updateSegment(ctx, segment.id, readSegment(rows), [version]),
    done: ({ name }) => ({ to: "/segments", flash: segmentText.of(localeOf(c)).saved(name) }),
    refusals: ["invalid", "precondition_failed"],
    refused: ({ errors, kind, problem }) => formPage(c, { segment, rows, errors, kind, problem }),
  });
});

pages.get("/segments/:id/delete", async (c) => {
  const { id, name } = await getSegment(c.get("member"), c.req.param("id"));
  const { remove, deleteWarning } = segmentText.of(localeOf(c));
  return await page(c, {
    title: remove,
    trail: trailOf(c),
    body: (
      <DeletePage
        action={`/segments/${id}/delete`}
        back={`/segments/${id}`}
        warning={deleteWarning}
        name={name}
        button={remove}
      />
    ),
  });
});

pages.post("/segments/:id/delete", async (c) => {
  const { name } = await deleteSegment(c.get("member"), c.req.param("id"));
  return await done(c, { to: "/segments", flash: segmentText.of(localeOf(c)).deleted(name) });
});

async function formPage(
  c: Context<MemberEnv>,
  props: Omit<SegmentFormProps, "lists" | "count">,
): Promise<Page> {
  const ctx = c.get("member");
  const filter = segmentFilter.safeParse(filterOf(props.rows));
  const [lists, count] = await Promise.all([
    listsOf(ctx),
    filter.success ? countSegment(ctx, filter.data) : null,
  ]);
  const text = segmentText.of(localeOf(c));
  const shown = { ...props, lists, count };
  return {
    title: props.segment ? text.edit : text.new,
    trail: trailOf(c),
    body: <SegmentForm {...shown} />,
    partial: <SegmentForm {...shown} />,
  };
}

function readSegment(rows: SegmentRows) {
  return parseInput(newSegment, { name: rows.name, filter: filterOf(rows) });
}

function trailOf(c: Context<MemberEnv>) {
  const locale = localeOf(c);
  return [
    { label: contactText.of(locale).title, href: "/contacts" },
    { label: segmentText.of(locale).title, href: "/segments" },
  ];
}
