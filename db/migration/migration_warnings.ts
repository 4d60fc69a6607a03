/** Statements that block readers or writers of a table while a migration runs, and how to avoid them. */
const RULES: { pattern: RegExp; warning: string }[] = [
  {
    pattern: /\balter\s+column\s+"?\w+"?\s+(set\s+data\s+)?type\b/i,
    warning:
      "changes a column's type: rewrites the table while nobody can read it. Add a new column, copy the values, then drop the old one.",
  },
  {
    pattern: /\bset\s+not\s+null\b/i,
    warning:
      "SET NOT NULL reads the whole table while nobody can use it. First add a CHECK … NOT VALID and validate it.",
  },
  {
    pattern: /\badd\s+constraint\b(?![\s\S]*?\bnot\s+valid\b)[\s\S]*?\b(foreign\s+key|check)\b/i,
    warning:
      "adds a constraint and checks every row under a lock. Add it NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
  },
  {
    pattern:
      /\badd\s+(column\s+)?"?\w+"?[^,;]*\bdefault\s+(gen_random_uuid|random|clock_timestamp|nextval)\s*\(/i,
    warning:
      "adds a column whose default differs from row to row: rewrites the table while nobody can read it.",
  },
  {
    pattern: /\bcreate\s+(unique\s+)?index\b(?!\s+concurrently)/i,
    warning: "builds an index while nobody can write to the table. Fast for small tables.",
  },
  {
    pattern: /\badd\s+constraint\s+"?\w+"?\s+(unique|primary\s+key)\b/i,
    warning: "builds a unique index while nobody can use the table. Fast for small tables.",
  },
  {
    pattern: /^\s*(update|delete)\b/i,
    warning: "changes rows in bulk: they stay locked until the transaction ends.",
  },
  { pattern: /\b(vacuum\s+full|cluster)\b/i, warning: "rewrites the table while nobody can read it." },
  { pattern: /\block\s+table\b/i, warning: "locks a table until the transaction ends." },
  {
    pattern: /\bdrop\s+(column|table)\b/i,
    warning: "drops something that running code may still use. First deploy code that doesn't use it.",
  },
];

export type MigrationWarning = { statement: string; warning: string };

const MAX_SHOWN_LENGTH = 90;

/**
 * The statements of a migration that hold locks for long or break running code. Ignores tables that the migration
 * itself creates.
 */
export function findWarnings(sql: string): MigrationWarning[] {
  const statements = withoutComments(sql).split(";").map((statement) => statement.trim()).filter(Boolean);
  const created = new Set(
    statements.flatMap((statement) => /^create\s+table\s+([\w".]+)/i.exec(statement)?.[1] ?? []),
  );
  return statements.flatMap((statement) => {
    const table = /^(?:alter\s+table|create\s+(?:unique\s+)?index\s+\S+\s+on)\s+(?:only\s+)?([\w".]+)/i.exec(
      statement,
    )?.[1];
    if (table && created.has(table)) return [];
    return RULES.filter(({ pattern }) => pattern.test(statement))
      .map(({ warning }) => ({ statement: shorten(statement), warning }));
  });
}

/** Removes comments and the bodies of DO blocks, which are programs and not statements of the migration. */
function withoutComments(sql: string): string {
  return sql.replaceAll(/\$\$[\s\S]*?\$\$/g, "").replaceAll(/--.*$/gm, "").replaceAll(
    /\/\*[\s\S]*?\*\//g,
    "",
  );
}

function shorten(statement: string): string {
  const line = statement.replaceAll(/\s+/g, " ");
  return line.length > MAX_SHOWN_LENGTH ? `${line.slice(0, MAX_SHOWN_LENGTH)}…` : line;
}
