import { z } from "zod";
import { SEGMENT_CREATED, SEGMENT_DELETED, SEGMENT_UPDATED } from "../../src/contacts/events.ts";
import { CAMPAIGNS_MANAGE } from "../../src/contacts/permissions.ts";
import { segmentFilter } from "../../src/contacts/segment_filter.ts";
import {
  createSegment,
  deleteSegment,
  getSegment,
  listSegments,
  newSegment,
  type Segment,
  SEGMENT_LIST,
  segmentChanges,
  updateSegment,
} from "../../src/contacts/segments.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const FILTER = {
  match: "all" as const,
  conditions: [
    { type: "tag" as const, op: "has" as const, value: "customer" },
    { type: "field" as const, key: "city", op: "is" as const, value: "Lisbon" },
  ],
};

const segment = model("Segment", {
  id: z.uuid(),
  name: z.string(),
  filter: segmentFilter,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
}, {
  id: "0198c0de-4b1c-7d33-9e4f-60718293a4b8",
  name: "Customers in Lisbon",
  filter: FILTER,
  createdAt: "2026-03-02T09:00:00.000Z",
  updatedAt: "2026-03-02T09:00:00.000Z",
});

const versionOf = ({ version }: Segment) => version;

const segments = tenantResource("Segments", "Saved selections of contacts, which campaigns are sent to.");
export default segments;

segments.list("/segments", {
  operationId: "listSegments",
  summary: "List segments",
  permission: CAMPAIGNS_MANAGE,
  list: SEGMENT_LIST,
  name: "SegmentPage",
  item: segment,
  answer: "A page of segments",
  run: listSegments,
});

segments.operation("post", "/segments", {
  operationId: "createSegment",
  summary: "Create a segment",
  description:
    "A filter has up to 20 conditions. One of the type `group` has a `match` and `conditions` of its own.",
  permission: CAMPAIGNS_MANAGE,
  events: [SEGMENT_CREATED],
  refusals: [409],
  body: newSegment,
  example: { name: "Customers in Lisbon", filter: FILTER },
  answer: { status: 201, description: "The new segment", schema: segment },
  versionOf,
  run: (ctx, { body }) => createSegment(ctx, body),
});

segments.operation("get", "/segments/{id}", {
  operationId: "getSegment",
  summary: "Get a segment",
  permission: CAMPAIGNS_MANAGE,
  answer: { description: "The segment", schema: segment },
  versionOf,
  run: (ctx, { id }) => getSegment(ctx, id),
});

segments.operation("patch", "/segments/{id}", {
  operationId: "updateSegment",
  summary: "Change a segment",
  permission: CAMPAIGNS_MANAGE,
  events: [SEGMENT_UPDATED],
  body: segmentChanges,
  example: { name: "Portuguese customers" },
  answer: { description: "The changed segment", schema: segment },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, body, expectedVersions }) => updateSegment(ctx, id, body, expectedVersions),
});

segments.operation("delete", "/segments/{id}", {
  operationId: "deleteSegment",
  summary: "Delete a segment",
  permission: CAMPAIGNS_MANAGE,
  events: [SEGMENT_DELETED],
  answer: { status: 204, description: "The segment was deleted" },
  versionOf,
  checksMatch: true,
  run: (ctx, { id, expectedVersions }) => deleteSegment(ctx, id, expectedVersions),
});
