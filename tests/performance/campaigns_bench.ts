import { pause } from "../../db/connection/retry.ts";
import { getCampaign } from "../../src/campaigns/campaigns.ts";
import { sendCampaign } from "../../src/campaigns/sending.ts";
import { sendEmail } from "../../src/email/email.ts";
import { PASSWORD_CHANGED } from "../../src/identity/emails.ts";
import { addContacts, readyCampaign } from "../support/campaigns.ts";
import { EmailServer } from "../support/email_server.ts";
import { startWorker } from "../support/jobs.ts";
import { type Company, World } from "../support/world.ts";
import { type Figure, median, under } from "./measure.ts";

const RECIPIENTS = 4_000;
const EMAILS = 40;
const EMAIL_SERVER_MILLISECONDS = 50;
const DEVICE = { ipAddress: "192.0.2.1", userAgent: "Bench" };
/** How many times longer another workspace's email may take. */
const MOST = 2;

/** How long an email about an account takes, from its change to its arrival, alone and beside a workspace's campaign. */
export async function benchCampaigns(): Promise<Figure[]> {
  await using server = await EmailServer.start({ delay: EMAIL_SERVER_MILLISECONDS });
  await using world = await World.open({ SMTP_URL: server.url().href });
  const acme = await world.company("acme");
  await using _worker = await startWorker(world, "kv");
  await timeEmails(world, server, "warming");
  const alone = await timeEmails(world, server, "alone");
  const campaign = await startCampaign(acme, server);
  const beside = await timeEmails(world, server, "beside");
  await requireSending(acme, campaign);
  const name = `an email beside a campaign, the email server takes ${EMAIL_SERVER_MILLISECONDS} ms; alone`;
  return [under(name, "ms", beside, alone, MOST)];
}

/** The median of several emails, one after another, each to another person: an address gets few in an hour. */
async function timeEmails(world: World, server: EmailServer, group: string): Promise<number> {
  const { system } = world;
  const times: number[] = [];
  for (let number = 0; number < EMAILS; number++) {
    const { id, email } = await world.user(`${group}-${number}@people.example`);
    const started = performance.now();
    await system.tx((tx) => sendEmail(system, tx, PASSWORD_CHANGED, { userId: id, ...DEVICE }));
    while (!server.received.some(({ to }) => to.includes(email))) await pause(1);
    times.push(performance.now() - started);
  }
  return median(times);
}

/** Returns the campaign once its first email has arrived. */
async function startCampaign({ ctx, tenant }: Company, server: EmailServer): Promise<string> {
  const domain = `${tenant.subdomain}.example`;
  await addContacts(
    ctx,
    Array.from({ length: RECIPIENTS }, (_, number) => ({ email: `contact-${number}@${domain}` })),
  );
  const { id } = await readyCampaign(ctx);
  await sendCampaign(ctx, id, { scheduledAt: null });
  while (!server.received.some(({ to }) => to[0]!.startsWith("contact-") && to[0]!.endsWith(domain))) {
    await pause(10);
  }
  return id;
}

async function requireSending({ ctx }: Company, id: string): Promise<void> {
  const { status } = await getCampaign(ctx, id);
  if (status !== "sending") throw new Error(`A campaign is ${status} before the end of the measurement.`);
}
