import { Badge } from "./badge.tsx";
import { Day } from "./time.tsx";

/** Nobody can work in it for now. */
export function SuspendedBadge() {
  return <Badge tone="warning">Suspended</Badge>;
}

/** It is going to be deleted, and when. */
export function DeletionBadge({ on }: { on: Date }) {
  return (
    <Badge tone="danger">
      <span>
        Deletion on <Day at={on} />
      </span>
    </Badge>
  );
}
