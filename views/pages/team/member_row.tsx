import type { Member } from "../../../src/access/members.ts";
import { Avatar } from "../../components/avatar.tsx";
import { Cell } from "../../components/table.tsx";
import { Day } from "../../components/time.tsx";

/** A member in the list. */
export function MemberRow({ member: { name, email, avatarColor, role, joinedAt } }: { member: Member }) {
  return (
    <tr class="transition-colors hover:bg-canvas">
      <Cell class="w-1/2 max-w-0">
        <div class="flex items-center gap-2.5 max-md:items-start">
          <Avatar name={name} color={avatarColor} size="small" />
          <div class="min-w-0">
            <p class="truncate text-left font-medium" dir="auto">{name}</p>
            <div class="text-sm text-muted md:hidden">
              <p class="truncate">{email}</p>
              <p class="mt-1 flex flex-wrap gap-x-3">
                <span class="capitalize">{role}</span>
                <span>
                  Joined <Day at={joinedAt} />
                </span>
              </p>
            </div>
          </div>
        </div>
      </Cell>
      <Cell wideOnly class="w-1/2 max-w-0 truncate text-muted">{email}</Cell>
      <Cell wideOnly class="whitespace-nowrap capitalize">{role}</Cell>
      <Cell wideOnly class="whitespace-nowrap text-muted">
        <Day at={joinedAt} />
      </Cell>
    </tr>
  );
}
