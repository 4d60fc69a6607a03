import type { Role } from "../../src/access/permissions.ts";
import type { Config } from "../../src/config.ts";
import { CommandFailure } from "../options.ts";

/** Every sample person signs in with it. */
export const PASSWORD = "sample-people-share-this";

/** Throws `CommandFailure` in production, where everyone could sign in as these people. */
export function refuseInProduction({ environment }: Config): void {
  if (environment !== "production") return;
  throw new CommandFailure("The sample people share a public password, so they aren't for production.");
}

type Person = { name: string; email: string; role: Role };

/** `projects` are names and descriptions, the newest last. */
export type Company = {
  name: string;
  subdomain: string;
  people: [Person, ...Person[]];
  projects: [string, string][];
};

export const HARBOR_AND_PINE: Company = {
  name: "Harbor & Pine",
  subdomain: "harbor-pine",
  people: [
    { name: "Priya Raman", email: "priya@harborpine.example", role: "owner" },
    { name: "Tomás Herrera", email: "tomas@harborpine.example", role: "viewer" },
  ],
  projects: [
    ["Spring catalog", "Forty-eight pages, to print in February."],
    ["Lisbon showroom", "Lease, fit-out and opening."],
  ],
};

export const KESTREL: Company = {
  name: "Kestrel Cycles",
  subdomain: "kestrel",
  people: [
    { name: "Bo Nakamura", email: "bo@kestrel.example", role: "owner" },
    { name: "Zuri Mwangi", email: "zuri@kestrel.example", role: "member" },
  ],
  projects: [
    ["Workshop calendar", "Bookings for repairs, by bike and by bench."],
    ["Rental fleet", "Twenty city bikes, maintained every month."],
  ],
};
