import { z } from "zod";
import { REQUEST_LOG_READ } from "../../src/api_access/permissions.ts";
import { listRequests, REQUEST_LIST } from "../../src/api_access/request_log.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const request = model("LoggedRequest", {
  id: z.uuid(),
  at: z.iso.datetime(),
  method: z.string(),
  endpoint: z.string(),
  status: z.int(),
  durationMs: z.number(),
  errorCode: z.string().nullable(),
  ipAddress: z.string().nullable(),
  actor: z.object({ type: z.string(), id: z.uuid(), name: z.string() }),
}, {
  id: "0198c0de-9e3e-7f12-8a3b-4c5d6e7f8a9b",
  at: "2026-03-02T09:00:00.000Z",
  method: "PATCH",
  endpoint: "/projects/{id}",
  status: 200,
  durationMs: 4.2,
  errorCode: null,
  ipAddress: "192.0.2.17",
  actor: { type: "key", id: "0198c0de-6b1f-7d20-9a3c-4e5f60718293", name: "Nightly import" },
});

const requestLog = tenantResource("Request log", "The API calls of the tenant.");
export default requestLog;

requestLog.list("/request-log", {
  operationId: "listRequests",
  summary: "List the API calls of the last 30 days",
  description:
    "Newest first, without bodies. A call shows within a second. `id` is the call's `X-Request-Id`, and `endpoint` its route, such as " +
    "`/projects/{id}`. `status` is a class, `2xx`, `3xx`, `4xx` or `5xx`, or `error` for both kinds of errors. `actor` is the ID of a member's user or of an API key. `since` " +
    "and `until` are days or times.",
  permission: REQUEST_LOG_READ,
  list: REQUEST_LIST,
  name: "RequestLog",
  item: request,
  answer: "A page of calls",
  run: listRequests,
});
