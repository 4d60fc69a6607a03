import type { AvatarColor } from "../../../src/identity/users.ts";
import { Avatar, AVATAR_TINTS } from "../../components/avatar.tsx";
import { Badge, type Tone } from "../../components/badge.tsx";
import { formatBytes, formatChange, formatCount } from "../../components/count.ts";
import { DeletionBadge, SuspendedBadge } from "../../components/lifecycle_badges.tsx";
import { TenantMark } from "../../components/tenant_mark.tsx";
import { Clock, Day, Instant, Time } from "../../components/time.tsx";
import { YesNo } from "../../components/yes_no.tsx";
import { usePage } from "../../page.tsx";
import { NOON, Sample, Samples } from "./samples.tsx";

const TONES: Record<Tone, string> = {
  neutral: "Archived",
  success: "Paid",
  info: "Invited",
  warning: "Past due",
  danger: "Failed",
};
const MINUTE = 60_000;
const AGES_IN_MINUTES = [0, 5, 180, 1_500, 7_200, 43_200];

/** Badges, people, workspaces, times and numbers. */
export function PeopleSamples() {
  return (
    <>
      <Samples title="Badges">
        <Sample state="The normal state is plain text">
          <span>Active</span>
        </Sample>
        <Sample state="Neutral, success, info, warning, danger">
          {Object.entries(TONES).map(([tone, label]) => <Badge key={tone} tone={tone as Tone}>{label}
          </Badge>)}
        </Sample>
        <Sample state="Workspaces">
          <SuspendedBadge />
          <DeletionBadge on={NOON} />
        </Sample>
        <Sample state="Yes and no, in tables that compare">
          <YesNo isYes />
          <YesNo isYes={false} />
        </Sample>
      </Samples>
      <Samples title="Avatars and marks">
        <Sample state="Every color">
          {(Object.keys(AVATAR_TINTS) as AvatarColor[]).map((color) => (
            <Avatar key={color} name="Imogen Ferreira" color={color} />
          ))}
        </Sample>
        <Sample state="Small, one name, other scripts">
          <Avatar name="Grace Hopper" size="small" />
          <Avatar name="Linus" size="small" />
          <Avatar name="أمل الخطيب" size="small" />
          <Avatar name="Ελένη Παππά" size="small" />
        </Sample>
        <Sample state="Workspaces: color, product's color, logo">
          <TenantMark name="Northwind" color="#6d4fc2" />
          <TenantMark name="Acme" />
          <TenantMark name="Globex" logoUrl={usePage().asset("favicon.svg")} />
          <TenantMark name="Northwind" color="#6d4fc2" size="large" />
        </Sample>
      </Samples>
      <Samples title="Times and numbers">
        <Sample state="How long ago">
          {AGES_IN_MINUTES.map((age) => (
            <span key={age} class="me-3">
              <Time at={new Date(NOON.getTime() - age * MINUTE)} now={NOON} />
            </span>
          ))}
        </Sample>
        <Sample state="Day, and in a sentence">
          <span class="me-3">
            <Day at={NOON} />
          </span>
          <Day at={NOON} long />
        </Sample>
        <Sample state="Time of day">
          <Clock at={NOON} />
        </Sample>
        <Sample state="To the second">
          <span>
            <Instant at={new Date(NOON.getTime() - 125 * MINUTE)} now={NOON} />
          </span>
        </Sample>
        <Sample state="Count, size, change">
          <span class="tabular-nums">
            {`${formatCount(1_284)} · ${formatBytes(48_200_000)} · ${formatChange(-3, formatCount)}`}
          </span>
        </Sample>
      </Samples>
    </>
  );
}
