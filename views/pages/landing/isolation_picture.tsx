import { classes } from "../../components/classes.ts";
import { landingText } from "./text.ts";

const WIDTH = 440;
const BOX = { width: 128, height: 196, top: 28, gap: 28 };

/** Three workspaces behind their walls, and a query that Postgres denies. */
export function IsolationPicture() {
  const { isolation } = landingText.use();
  const [first, second] = isolation.neighbors;
  const columns = [first!, isolation.you, second!];
  return (
    <svg viewBox={`0 0 ${WIDTH} 300`} class="w-full" role="img" aria-label={isolation.picture}>
      {columns.map((name, index) => <Workspace key={name} name={name} index={index} isOwn={index === 1} />)}
      <DeniedQuery />
      <text
        x={WIDTH * 0.605}
        y="280"
        text-anchor="middle"
        font-size="13"
        class="fill-danger font-mono"
      >
        {isolation.denied}
      </text>
    </svg>
  );
}

function Workspace({ name, index, isOwn }: { name: string; index: number; isOwn: boolean }) {
  const { isolation } = landingText.use();
  const x = index * (BOX.width + BOX.gap);
  const middle = x + BOX.width / 2;
  return (
    <g>
      <rect
        x={x + 1}
        y={BOX.top}
        width={BOX.width - 2}
        height={BOX.height}
        rx="12"
        stroke-width={isOwn ? "2" : "1"}
        class={classes("fill-surface", isOwn ? "stroke-accent" : "stroke-line-strong")}
      />
      <text
        x={middle}
        y={BOX.top + 32}
        text-anchor="middle"
        font-size="15"
        font-weight="600"
        class="fill-ink"
      >
        {name}
      </text>
      <Cylinder x={middle} y={BOX.top + 58} isOwn={isOwn} />
      <text x={middle} y={BOX.top + 150} text-anchor="middle" font-size="13" class="fill-muted">
        {isolation.schema}
      </text>
      <text x={middle} y={BOX.top + 172} text-anchor="middle" font-size="13" class="fill-muted">
        {isolation.role}
      </text>
    </g>
  );
}

function Cylinder({ x, y, isOwn }: { x: number; y: number; isOwn: boolean }) {
  return (
    <g
      transform={`translate(${x - 28} ${y})`}
      stroke-width="1.5"
      class={isOwn ? "fill-accent-soft stroke-accent" : "fill-sunken stroke-field"}
    >
      <path d="M0 10v44c0 5.5 12.5 10 28 10s28-4.5 28-10V10" />
      <ellipse cx="28" cy="10" rx="28" ry="10" />
      <path
        d="M0 25c0 5.5 12.5 10 28 10s28-4.500 28-10M0 40c0 5.500 12.500 10 28 10s28-4.500 28-10"
        fill="none"
      />
    </g>
  );
}

/** From the middle workspace to its right neighbor, stopped at the wall. */
function DeniedQuery() {
  const wall = 2 * (BOX.width + BOX.gap);
  const y = BOX.top + BOX.height + 22;
  return (
    <g class="stroke-danger" stroke-width="2" fill="none" stroke-linecap="round">
      <path d={`M${WIDTH / 2} ${BOX.top + BOX.height + 4}V${y}H${wall - 2}`} stroke-dasharray="2 5" />
      <path d={`M${wall + 4} ${y - 6}l12 12M${wall + 16} ${y - 6}l-12 12`} />
    </g>
  );
}
