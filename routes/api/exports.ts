import { z } from "@hono/zod-openapi";
import { EXPORT_REQUESTED } from "../../src/exports/events.ts";
import { exportLink, getOrRequestExport } from "../../src/exports/exports.ts";
import { DATA_EXPORT } from "../../src/exports/permissions.ts";
import { model } from "../operation_document.ts";
import { tenantResource } from "./audiences.ts";

const archive = model("Export", {
  id: z.uuid(),
  status: z.enum(["pending", "ready"]),
  size: z.int().nullable().openapi({ description: "Bytes. Null until it is ready." }),
  sha256: z.string().nullable().openapi({ description: "The archive's checksum. Null until it is ready." }),
  rows: z.int().nullable().openapi({ description: "The records in it. Null until it is ready." }),
  downloadUrl: z.url().nullable().openapi({
    description: "Downloads the archive within an hour, without credentials. Null until it is ready.",
  }),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().openapi({ description: "When the archive is deleted." }),
}, {
  id: "0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01",
  status: "ready",
  size: 5_242_880,
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  rows: 18_240,
  downloadUrl:
    "https://acme.denizen.example/exports/0198c0de-5a7e-7b3c-9d10-3f2a8c6b4e01?expires=1772445600&signature=yN0",
  createdAt: "2026-03-02T09:00:00.000Z",
  expiresAt: "2026-03-03T09:00:00.000Z",
});

const exports = tenantResource("Exports", "All data of the tenant, as one archive.");
export default exports;

exports.operation("get", "/export", {
  operationId: "getExport",
  summary: "Get all data of the tenant",
  description:
    "Starts a job that makes an archive, unless there is one of the last day. Repeat the request until it returns 200, and download the archive from `download_url`. Only owners can do this, with an access token. The guide to exports describes the archive.",
  permission: DATA_EXPORT,
  events: [EXPORT_REQUESTED],
  answer: { description: "The archive is ready", schema: archive },
  otherAnswer: {
    status: 202,
    description: "The archive is being made",
    schema: archive,
    applies: (row: { status: unknown }) => row.status === "pending",
  },
  withoutEtag: true,
  async run(ctx) {
    const made = await getOrRequestExport(ctx);
    const { requestedBy: _, ...shown } = made;
    return {
      ...shown,
      status: made.status === "ready" ? "ready" as const : "pending" as const,
      downloadUrl: made.status === "ready" ? exportLink(ctx, made) : null,
    };
  },
});
