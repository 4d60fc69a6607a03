import { and, eq, type SQL } from "drizzle-orm";
import type { ControlDb } from "../../db/connection/connect.ts";
import type { ControlTx } from "../../db/connection/with_tenant.ts";
import { type DISABLED_REASONS, webhookEndpoints } from "../../db/control/schema/webhooks.ts";
import type { TenantId } from "../../db/ids.ts";
import { notFound } from "../errors.ts";
import { decrypt, encrypt } from "../platform/crypto.ts";
import { isId } from "../platform/ids.ts";
import { problem } from "../platform/problem.ts";
import { sealedColumn } from "../platform/sealed_column.ts";
import type { Services } from "../ports.ts";
import type { NamedEndpoint } from "./events.ts";
import type { RequestHeaders } from "./request_headers.ts";

export const ENDPOINT_NOT_FOUND = problem("webhook_endpoint_not_found", "This webhook was not found.");

export type DisabledReason = typeof DISABLED_REASONS[number];
export type EndpointRow = typeof webhookEndpoints.$inferSelect;

/** Where a tenant wants its events sent. */
export type Endpoint = {
  id: string;
  url: string;
  description: string;
  /** Event types such as `project.created`, all of a noun such as `project.*`, or `*`. */
  events: string[];
  /** Additional headers. Their values may be credentials: show only the names. */
  headers: RequestHeaders;
  /** The most attempts per second, or null. */
  rateLimit: number | null;
  status: EndpointRow["status"];
  disabledReason: DisabledReason | null;
  disabledAt: Date | null;
  /** The first failed attempt since the last success. Null if the last attempt succeeded. */
  failingSince: Date | null;
  /** Until when the former secret signs as well. */
  previousSecretUntil: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

const SECRET_PURPOSE = "webhook secret";
const HEADERS_PURPOSE = "webhook headers";

const SEALED = { table: webhookEndpoints, id: webhookEndpoints.id };
export const SEALED_COLUMNS = [
  sealedColumn("webhook secrets", {
    ...SEALED,
    column: webhookEndpoints.sealedSecret,
    purpose: SECRET_PURPOSE,
  }),
  sealedColumn("former webhook secrets", {
    ...SEALED,
    column: webhookEndpoints.sealedPreviousSecret,
    purpose: SECRET_PURPOSE,
  }),
  sealedColumn("webhook headers", {
    ...SEALED,
    column: webhookEndpoints.sealedHeaders,
    purpose: HEADERS_PURPOSE,
  }),
];

type Sealing = Pick<Services, "config">;

export function sealSecret({ config }: Sealing, secret: string): string {
  return encrypt(secret, config.appSecret, SECRET_PURPOSE);
}

/** The secrets that sign at `now`: the current one, and the former one until a day after the rotation. */
export function signingSecrets({ config }: Sealing, row: EndpointRow, now: Date): string[] {
  const { sealedSecret, sealedPreviousSecret, previousSecretUntil } = row;
  const former = previousSecretUntil && previousSecretUntil > now ? sealedPreviousSecret : null;
  return [sealedSecret, former].flatMap((sealed) =>
    sealed ? [decrypt(sealed, config.appSecrets, SECRET_PURPOSE)] : []
  );
}

/** Null if there are no headers. */
export function sealHeaders({ config }: Sealing, headers: RequestHeaders): string | null {
  if (Object.keys(headers).length === 0) return null;
  return encrypt(JSON.stringify(headers), config.appSecret, HEADERS_PURPOSE);
}

export function openHeaders({ config }: Sealing, { sealedHeaders }: Pick<EndpointRow, "sealedHeaders">) {
  if (!sealedHeaders) return {};
  return JSON.parse(decrypt(sealedHeaders, config.appSecrets, HEADERS_PURPOSE)) as RequestHeaders;
}

export function toEndpoint(services: Sealing, row: EndpointRow): Endpoint {
  const { id, url, description, events, rateLimit, status, disabledReason, disabledAt, failingSince } = row;
  const { previousSecretUntil, createdAt, updatedAt } = row;
  return {
    id,
    url,
    description,
    events,
    headers: openHeaders(services, row),
    rateLimit,
    status,
    disabledReason,
    disabledAt,
    failingSince,
    previousSecretUntil,
    createdAt,
    updatedAt,
  };
}

/** How the audit log names an endpoint. */
export function named(services: Sealing, row: EndpointRow): NamedEndpoint {
  const { id, url, description, events, rateLimit } = row;
  const headers = JSON.stringify(openHeaders(services, row));
  return { id, name: new URL(url).host, url, description, events: events.join(", "), headers, rateLimit };
}

/** A tenant's endpoint, locked until the transaction ends. Throws `not_found`. */
export async function lockEndpoint(tx: ControlTx, tenantId: TenantId, id: string): Promise<EndpointRow> {
  if (!isId(id)) throw notFound(ENDPOINT_NOT_FOUND);
  const [row] = await tx.select().from(webhookEndpoints).where(ownEndpoint(tenantId, id)).for("update");
  if (!row) throw notFound(ENDPOINT_NOT_FOUND);
  return row;
}

/** A tenant's endpoint. Throws `not_found`. */
export async function readEndpoint(
  db: ControlDb | ControlTx,
  tenantId: TenantId,
  id: string,
): Promise<EndpointRow> {
  const row = isId(id) ? await findEndpoint(db, tenantId, id) : null;
  if (!row) throw notFound(ENDPOINT_NOT_FOUND);
  return row;
}

/** A tenant's endpoint. Null if it was deleted. */
export async function findEndpoint(
  db: ControlDb | ControlTx,
  tenantId: TenantId,
  id: string,
): Promise<EndpointRow | null> {
  const [row] = await db.select().from(webhookEndpoints).where(ownEndpoint(tenantId, id));
  return row ?? null;
}

export function ownEndpoint(tenantId: TenantId, id: string): SQL {
  return and(eq(webhookEndpoints.tenantId, tenantId), eq(webhookEndpoints.id, id))!;
}
