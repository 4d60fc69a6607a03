import assert from "node:assert/strict";
import { UnknownHosts } from "../../routes/middleware/unknown_hosts.ts";

/** Protects: unknown hosts are logged, and nobody can flood the log or forge lines with hosts (S35). */

Deno.test("each unknown host is logged once a minute, with the expected host", () => {
  const { hosts, lines, pass } = watched();

  hosts.report("www.example.com", "example.com");
  hosts.report("www.example.com", "example.com");
  pass(60_000);
  hosts.report("www.example.com", "example.com");

  assert.deepEqual(lines, [["www.example.com", "example.com"], ["www.example.com", "example.com"]]);
});

Deno.test("at most 20 unknown hosts a minute are logged", () => {
  const { hosts, lines } = watched();

  for (let number = 0; number < 10_000; number++) hosts.report(`${number}.example`, "example.com");

  assert.equal(lines.length, 20);
});

Deno.test("invalid characters and long hosts don't reach the log", () => {
  const { hosts, lines } = watched();

  hosts.report('x\n{"level":"FATAL"}', "example.com");
  hosts.report("a".repeat(5_000), "example.com");

  assert.deepEqual(lines.map(([host]) => host), ["x???level?:?FATAL??", "a".repeat(100)]);
});

/** The log's lines, and a clock that the test moves. */
function watched() {
  let now = 0;
  const lines: [string, string][] = [];
  const hosts = new UnknownHosts((...line) => lines.push(line), () => now);
  return { hosts, lines, pass: (milliseconds: number) => now += milliseconds };
}
