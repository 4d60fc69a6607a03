import { getTableName, type SQL, sql } from "drizzle-orm";
import { getTableConfig, type PgTable } from "drizzle-orm/pg-core";
import { memberships } from "../../db/control/schema/memberships.ts";
import { users } from "../../db/control/schema/users.ts";
import { type ArchiveRule, SHARED_TABLES, TENANT_RULES } from "./shared_tables.ts";

/** Where rows come from: a schema that all tenants share, or the tenant's own, which an archive calls `workspace`. */
export type Area = "control" | "stream" | "workspace";

/** A table as an archive contains it. */
export type ArchiveTable = {
  area: Area;
  name: string;
  columns: readonly Column[];
  /** The columns by which pages of rows follow each other. None: the table has one row at most. */
  key: readonly Column[];
  /** The rows: a table, or a query in parentheses. */
  source: SQL;
  /** Null if the rows are copied as they are. */
  rule: ArchiveRule | null;
};

type Column = { name: string; type: string };

/** The people of the workspace, without their accounts' secrets. The ids only tell which rows are about whom. */
const MEMBERS: ArchiveTable = {
  area: "control",
  name: "members",
  columns: [
    { name: "id", type: "uuid" },
    { name: "email", type: "text" },
    { name: "name", type: "text" },
    { name: "role", type: "text" },
    { name: "custom_role_id", type: "uuid" },
    { name: "joined_at", type: "timestamptz" },
  ],
  key: [{ name: "id", type: "uuid" }],
  source:
    sql`(select ${users.id}, ${users.email}, ${users.name}, ${memberships.role}, ${memberships.customRoleId},
    ${memberships.createdAt} as joined_at, ${memberships.tenantId}
    from ${memberships} join ${users} on ${users.id} = ${memberships.userId})`,
  rule: null,
};

/** Every table of an archive, in the order in which its rows can be inserted. `tenantTables` are those of the features. */
export function archiveTables(tenantTables: readonly PgTable[]): ArchiveTable[] {
  const [roles, ...shared] = SHARED_TABLES.map((each) => archiveTable(each.table, each));
  return [
    roles!,
    MEMBERS,
    ...shared,
    ...parentsFirst(tenantTables).map((table) =>
      archiveTable(table, TENANT_RULES.find((rule) => rule.table === table) ?? null)
    ),
  ];
}

export function isMembers({ area, name }: Pick<ArchiveTable, "area" | "name">): boolean {
  return area === "control" && name === "members";
}

function archiveTable(table: PgTable, rule: ArchiveRule | null): ArchiveTable {
  const { name, schema, columns, primaryKeys } = getTableConfig(table);
  const included = columns
    .filter(({ name }) => !(schema && name === "tenant_id") && !rule?.leftOut?.includes(name))
    .filter((column) => !column.generated)
    .map((column) => ({ name: column.name, type: column.getSQLType(), primary: column.primary }));
  // In the order of the key's index, without which each page would sort the whole table.
  const keyed = [
    ...included.filter(({ primary }) => primary).map(({ name }) => name),
    ...primaryKeys.flatMap((key) => key.columns.map((column) => column.name)),
  ];
  const hasKey = primaryKeys.length > 0 || columns.some(({ primary }) => primary);
  const area = (schema ?? "workspace") as Area;
  return {
    area,
    name,
    columns: included.map(({ name, type }) => ({ name, type })),
    // The rows of a table without a key are a set.
    key: hasKey ? keyed.flatMap((key) => included.find(({ name }) => name === key) ?? []) : included,
    source: hasKey ? sql`${table}` : sql`(select distinct * from ${table})`,
    rule,
  };
}

/** Tables before those whose foreign keys lead to them. */
function parentsFirst(tables: readonly PgTable[]): PgTable[] {
  const ordered = new Set<PgTable>();
  const add = (table: PgTable, from: readonly PgTable[] = []) => {
    if (from.includes(table)) return;
    for (const { reference } of getTableConfig(table).foreignKeys) {
      const parent = tables.find((each) => getTableName(each) === getTableName(reference().foreignTable));
      if (parent && parent !== table) add(parent, [...from, table]);
    }
    ordered.add(table);
  };
  for (const table of tables) add(table);
  return [...ordered];
}
