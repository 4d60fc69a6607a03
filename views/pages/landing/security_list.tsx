import { Icon, type IconName } from "../../components/icon.tsx";
import { landingText } from "./text.ts";

/** One for each item of the text. */
const ICONS: readonly IconName[] = ["database", "shield", "archive", "layers"];

export function SecurityList() {
  const { security } = landingText.use();
  return (
    <ul class="grid gap-x-10 gap-y-8 sm:grid-cols-2 lg:grid-cols-4">
      {security.items.map(({ title, text }, index) => (
        <li>
          <span class="mb-3 grid size-9 place-items-center rounded-md border border-line bg-surface text-muted">
            <Icon name={ICONS[index % ICONS.length]!} />
          </span>
          <h3 class="mb-1 text-md font-semibold">{title}</h3>
          <p class="text-[0.9375rem] leading-6 text-pretty text-muted">{text}</p>
        </li>
      ))}
    </ul>
  );
}
