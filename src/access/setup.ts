import { setupStep } from "../setup/setup_step.ts";
import { MEMBERS_MANAGE } from "./members.ts";

export const INVITE_TEAMMATE = setupStep("invite_teammate", {
  label: "Invite a teammate",
  position: 30,
  path: "/team/invitations/new",
  permission: MEMBERS_MANAGE,
  isDone: ({ members }) => members > 1,
});
