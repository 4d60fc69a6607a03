import { fill } from "../text.ts";
import { componentText } from "./component_text.ts";
import { Day } from "./time.tsx";

export type FormerSubdomain = { subdomain: string; expiresAt: Date };

/** A workspace's former addresses that still redirect, each with its last day. */
export function FormerAddresses(
  { former, hostSuffix = "" }: { former: FormerSubdomain[]; hostSuffix?: string },
) {
  return (
    <ul class="grid gap-1">
      {former.map(({ subdomain, expiresAt }) => (
        <li>
          {subdomain}
          {hostSuffix}{" "}
          <span class="text-muted">
            {fill(componentText.use().redirectsUntil, { day: <Day at={expiresAt} /> })}
          </span>
        </li>
      ))}
    </ul>
  );
}
