import { Badge } from "./badge.tsx";
import { Day } from "./time.tsx";

/** Members have no access until the workspace is resumed. */
export function SuspendedBadge() {
  return <Badge tone="warning">Suspended</Badge>;
}

/** A workspace whose deletion is scheduled. */
export function DeletionBadge({ on }: { on: Date }) {
  return (
    <Badge tone="danger">
      <span>
        Deletion on <Day at={on} />
      </span>
    </Badge>
  );
}
