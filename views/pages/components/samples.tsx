import type { Child } from "hono/jsx";
import { Card } from "../../components/card.tsx";

/** A titled group of samples. */
export function Samples({ title, children }: { title: string; children?: Child }) {
  return (
    <Card title={title}>
      <div class="flex flex-wrap items-start gap-4">{children}</div>
    </Card>
  );
}
