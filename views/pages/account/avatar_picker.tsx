import type { AvatarColor } from "../../../src/identity/users.ts";
import { Avatar, AVATAR_TINTS, avatarColorOf } from "../../components/avatar.tsx";
import { accountText } from "./text.ts";

/** The person's initials in each color, to choose one. */
export function AvatarPicker({ name, color }: { name: string; color: AvatarColor | null }) {
  const text = accountText.use();
  const chosen = avatarColorOf(name, color);
  return (
    <fieldset class="grid gap-1.5">
      <legend class="mb-1.5 font-medium">{text.color}</legend>
      <div class="-mx-1.5 flex flex-wrap gap-x-0.5 gap-y-2 sm:gap-x-2">
        {(Object.keys(AVATAR_TINTS) as AvatarColor[]).map((each) => (
          <label
            key={each}
            title={text.colors[each]}
            class="grid size-11 cursor-pointer place-items-center rounded-full border-2 border-transparent transition-colors hover:border-line-strong has-checked:border-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="avatar_color"
              value={each}
              checked={each === chosen}
              class="sr-only"
            />
            <Avatar name={name} color={each} size="medium" />
            <span class="sr-only">{text.colors[each]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
