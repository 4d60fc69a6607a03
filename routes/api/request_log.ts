import { z } from "zod";
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
});

const requestLog = tenantResource("Request log");
export default requestLog;

requestLog.list("/request-log", {
  operationId: "listRequests",
  summary: "List the API calls of the last 30 days",
  description:
    "Newest first, without bodies. A call shows within a second. `id` is the call's `X-Request-Id`, and `endpoint` its route, such as " +
    "`/projects/{id}`. `status` is a class, `2xx`, `3xx`, `4xx` or `5xx`, or `error` for both kinds of errors. `actor` is the ID of a member's user or of an API key. `since` " +
    "and `until` are days or times. Needs the permission `request_log:read`.",
  list: REQUEST_LIST,
  name: "RequestLog",
  item: request,
  answer: "A page of calls",
  run: listRequests,
});
