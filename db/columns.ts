import { customType, timestamp } from "drizzle-orm/pg-core";

/** A timestamp with time zone, with millisecond precision. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** Binary data. */
export const bytes = customType<{ data: Uint8Array<ArrayBuffer> }>({ dataType: () => "bytea" });
