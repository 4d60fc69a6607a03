import { noun } from "./names.ts";
import { refuse } from "./refusal.ts";

/** A table that a reference leads to. */
export type Target = {
  /** The constant of the table, and the file that declares it. */
  table: string;
  file: string;
  /** An expression of what people call a row, and the column that orders rows. */
  title: string;
  orderBy: string;
  /** The path of its pages, and whether a row has a page. */
  path: string;
  hasPage: boolean;
  /** The constant of the permission to see a row, and the file in `src` that declares it. */
  permission: string;
  permissionFile: string;
};

const SCHEMA = "db/tenant/schema";

/** Finds the table of a resource, such as `contacts`. Its rows need a name, and pages that say who may see them. */
export async function findTarget(root: URL, name: string): Promise<Target> {
  const known: string[] = [];
  for await (const { name: file } of Deno.readDir(new URL(SCHEMA, root))) {
    const text = await Deno.readTextFile(new URL(`${SCHEMA}/${file}`, root));
    for (
      const [, table, snake, columns] of text.matchAll(
        /^export const (\w+) = pgTable\("(\w+)", \{\n([^]*?)^\}/gm,
      )
    ) {
      if (!/^ {2}id: uuid\("id"\)/m.test(columns!) || !/^ {2}name: text\("name"\)/m.test(columns!)) continue;
      known.push(snake!);
      if (snake === name) return await describe(root, { table: table!, snake, file, columns: columns! });
    }
  }
  refuse(`There are no ${name} to refer to. A reference can lead to ${known.sort().join(", ")}.`);
}

async function describe(
  root: URL,
  { table, snake, file, columns }: { table: string; snake: string; file: string; columns: string },
): Promise<Target> {
  const path = noun(snake).kebab;
  const routes = await Deno.readTextFile(new URL(`routes/app/${snake}.tsx`, root)).catch(() => "");
  const mayBeEmpty = /^ {2}name: .*\.default\(""\)/m.test(columns) && /^ {2}email: text/m.test(columns);
  return {
    table,
    file,
    title: mayBeEmpty
      ? `sql<string>\`coalesce(nullif(\${${table}.name}, ''), \${${table}.email})\``
      : `${table}.name`,
    orderBy: "name",
    path,
    hasPage: routes.includes(`"/${path}/:id"`),
    ...permissionOf(routes, snake),
  };
}

/** The permission of the pages' link, or the first one that they ask for. */
function permissionOf(routes: string, snake: string): Pick<Target, "permission" | "permissionFile"> {
  const [, ofLink, asked] = /\bpermission: (\w+)|\bauthorize\([^,()]+(?:\([^()]*\))?, (\w+)\)/.exec(routes) ??
    [];
  const permission = ofLink ?? asked;
  const [, permissionFile] =
    new RegExp(`import \\{[^}]*\\b${permission}\\b[^}]*\\} from "\\.\\./\\.\\./src/([^"]+)"`).exec(routes) ??
      [];
  if (!permission || !permissionFile) {
    refuse(
      `routes/app/${snake}.tsx doesn't say who may see ${noun(snake).words}, so nothing can refer to them.`,
    );
  }
  return { permission, permissionFile };
}
