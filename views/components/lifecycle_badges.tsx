import { fill } from "../text.ts";
import { Badge } from "./badge.tsx";
import { componentText } from "./component_text.ts";
import { Day } from "./time.tsx";

/** Members have no access until the workspace is resumed. */
export function SuspendedBadge() {
  return <Badge tone="warning">{componentText.use().suspended}</Badge>;
}

/** A workspace whose deletion is scheduled. */
export function DeletionBadge({ on }: { on: Date }) {
  return (
    <Badge tone="danger">
      <span>{fill(componentText.use().deletionOn, { day: <Day at={on} /> })}</span>
    </Badge>
  );
}
