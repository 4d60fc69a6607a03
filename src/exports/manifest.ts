import { z } from "zod";
import { timeZone } from "../tenancy/time_zones.ts";

export const FORMAT = "denizen-workspace";
/** Raised when older versions couldn't read an archive any longer. */
export const FORMAT_VERSION = 1;
export const MANIFEST = "manifest.json";

/** The names that members of an archive can have. No other name is ever opened. */
export const PART_NAME = /^(?<area>control|stream|workspace)\/(?<table>[a-z][a-z0-9_]*)\/\d{6}\.ndjson$/;
export const FILE_NAME = /^files\/[0-9a-f]{64}$/;

/** Members hold about this much; a single row or file can be larger. */
export const PART_BYTES = 4 * 1024 * 1024;
/** What a member may hold at most. It is read into memory as a whole. */
export const MAX_MEMBER_BYTES = 64 * 1024 * 1024;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);

const member = z.strictObject({ name: z.string(), bytes: count, sha256 });

/** The last member of an archive: what it is of, and what it must contain. */
export const manifestSchema = z.strictObject({
  format: z.literal(FORMAT),
  format_version: z.int(),
  product_version: z.string(),
  schema_version: z.strictObject({ control: z.string(), tenant: z.string() }),
  created_at: z.iso.datetime(),
  workspace: z.strictObject({
    id: z.uuid(),
    name: z.string(),
    subdomain: z.string(),
    brand_color: z.string().nullable(),
    logo_version: z.string().regex(/^[0-9a-f]{16}$/).nullable(),
    api_origins: z.array(z.string()),
    time_zones: z.array(z.strictObject({ zone: timeZone, from: z.iso.datetime().nullable() })),
    second_factor_from: z.iso.datetime({ offset: true }).nullable(),
    created_at: z.iso.datetime(),
  }),
  tables: z.array(z.strictObject({
    area: z.enum(["control", "stream", "workspace"]),
    name: z.string(),
    columns: z.array(z.string()),
    rows: count,
    parts: z.array(member.extend({ rows: count })),
  })),
  files: z.array(member),
});

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestTable = Manifest["tables"][number];
export type Member = z.output<typeof member>;
