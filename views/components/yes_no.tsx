import { componentText } from "./component_text.ts";
import { Icon } from "./icon.tsx";

/** Yes as a check mark, no as a dash. Use it in tables that compare. */
export function YesNo({ isYes }: { isYes: boolean }) {
  const text = componentText.use();
  if (!isYes) return <span class="text-faint" role="img" aria-label={text.no}>–</span>;
  return (
    <span class="inline-block align-middle text-success" role="img" aria-label={text.yes}>
      <Icon name="check" />
    </span>
  );
}
