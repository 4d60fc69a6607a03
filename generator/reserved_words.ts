/** Words that PostgreSQL reserves, and its system columns. */
const SQL =
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp
  current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having
  ilike in initially inner intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not
  notnull null offset on only or order outer overlaps placing primary references returning right select session_user similar
  some symmetric system_user table tablesample then to trailing true union unique user using variadic verbose when where window
  with cmax cmin ctid tableoid xmax xmin`;

/** Words that TypeScript reserves, and names that every program has. */
const TYPESCRIPT =
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends
  false finally for function globalthis if implements import in infinity instanceof interface let nan new null package private
  protected prototype public return static super switch this throw true try typeof undefined var void while with yield`;

const RESERVED = new Set(`${SQL} ${TYPESCRIPT}`.split(/\s+/));

export function isReservedWord(word: string): boolean {
  return RESERVED.has(word);
}
