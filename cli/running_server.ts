import { request } from "node:http";
import type { Config } from "../src/config.ts";
import { SECOND } from "../src/platform/clock.ts";

const ANSWER_TIME = 3 * SECOND;

/** What the server on this machine answers, or why it doesn't. */
export type Answer = { status: number; text: string } | { failure: string };

/** Whether the server on this machine is ready for requests. */
export function askReady(config: Config): Promise<Answer> {
  return ask(config, config.port, "/ready");
}

/** The metrics of the server on this machine, from their own port if there is one. */
export function askMetrics(config: Config): Promise<Answer> {
  return ask(config, config.metricsPort ?? config.port, "/metrics");
}

function ask({ appUrl, host, metricsToken }: Config, port: number, path: string): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const call = request({
    host: host ?? "127.0.0.1",
    port,
    path,
    headers: { Host: appUrl.host, ...(metricsToken ? { Authorization: `Bearer ${metricsToken}` } : {}) },
    agent: false,
    timeout: ANSWER_TIME,
  });
  call.on("response", (response) => {
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => text += chunk);
    response.on("end", () => resolve({ status: response.statusCode!, text }));
  });
  call.on("timeout", () => call.destroy(new Error("no answer in time")));
  call.on("error", ({ message }) => resolve({ failure: message || "no answer" }));
  call.end();
  return promise;
}
