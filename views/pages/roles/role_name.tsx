import type { ListedRole } from "../../../src/access/roles.ts";
import { componentText } from "../../components/component_text.ts";

/** A role's name: a built-in one in the reader's language, or the one that the workspace chose. */
export function RoleName(
  { role: { id, name, isBuiltIn } }: { role: Pick<ListedRole, "id" | "name" | "isBuiltIn"> },
) {
  if (isBuiltIn) return <>{componentText.use().roles[id]}</>;
  return <bdi>{name}</bdi>;
}
