const README = new URL("../../README.md", import.meta.url);

/** The SQL in the README's section about PostgreSQL: the part for any database, and the part for the new one. */
export type ReadmeSql = { onServer: string; inDatabase: string };

export async function readmeSql(): Promise<ReadmeSql> {
  const chapter = (await Deno.readTextFile(README)).split("\n## PostgreSQL\n")[1]!;
  const [, block] = /```sql\n([^]*?)```/.exec(chapter)!;
  const [onServer, inDatabase] = block!.split(/^\\connect denizen\n/m);
  return { onServer: onServer!.trim(), inDatabase: inDatabase!.trim() };
}
