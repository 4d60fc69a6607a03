import { z } from "zod";
import { idOfText } from "./ids.ts";
import type { Page } from "./list.ts";
import { readCursor, writeCursor } from "./list_cursor.ts";
import { pageCursor, pageSize } from "./list_query.ts";

/** Items come in the order of their keys, and those with equal keys in the order of their ids. */
type Position = { key: string; id: string };

const query = z.object({ limit: pageSize, cursor: pageCursor });

/**
 * Declares a list that is so short that each page reads all of it. A cursor holds the position of a page's last item, so it works
 * also after that item has moved or is gone.
 */
export function shortList<Item>(name: string, positionOf: (item: Item) => Position) {
  return {
    query,
    /** One page of all `items`. Throws `invalid` for a cursor of another list. */
    page(
      items: readonly Item[],
      { limit, cursor }: z.output<typeof query>,
    ): Pick<Page<Item>, "items" | "nextCursor"> {
      const start = cursor === undefined ? null : readCursor(cursor, [name], () => true);
      const positioned = items.map((item) => ({ item, ...withUuid(positionOf(item)) })).sort(compare);
      const rest = positioned.filter((each) => !start || compare(each, start) > 0);
      const shown = rest.slice(0, limit);
      const goesOn = rest.length > limit;
      return {
        items: shown.map(({ item }) => item),
        nextCursor: goesOn ? writeCursor({ side: "after", ...shown.at(-1)! }, [name]) : null,
      };
    },
  };
}

function withUuid({ key, id }: Position): Position {
  return { key, id: idOfText(id) };
}

function compare(one: Position, other: Position): number {
  if (one.key !== other.key) return one.key < other.key ? -1 : 1;
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
