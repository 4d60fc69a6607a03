import assert from "node:assert/strict";

export type Sample = { name: string; labels: Record<string, string>; value: number };

/** A scrape, parsed as strictly as the Prometheus text format (0.0.4) requires. */
export class Exposition {
  /** Each metric's type: counter, gauge or histogram. */
  readonly types = new Map<string, string>();
  readonly samples: Sample[] = [];

  constructor(text: string) {
    assert.ok(text.endsWith("\n"), "the last line ends with a line break");
    for (const line of text.split("\n").filter(Boolean)) this.#read(line);
    const series = this.samples.map(({ name, labels }) =>
      JSON.stringify([name, Object.entries(labels).sort()])
    );
    assert.equal(new Set(series).size, series.length, "each series appears once");
    for (const [name, type] of this.types) if (type === "histogram") this.#checkHistogram(name);
  }

  /** A metric's samples with these labels. */
  where(name: string, labels: Record<string, string> = {}): Sample[] {
    return this.samples.filter((sample) =>
      sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value)
    );
  }

  sum(name: string, labels: Record<string, string> = {}): number {
    return this.where(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  valuesOf(name: string, label: string): string[] {
    return [...new Set(this.where(name).map(({ labels }) => labels[label]!))].sort();
  }

  #read(line: string): void {
    const type = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      assert.ok(!this.types.has(type[1]!), line);
      this.types.set(type[1]!, type[2]!);
      return;
    }
    if (/^# HELP [a-z_]+ .+$/.test(line)) return;
    const sample = /^([a-z_]+)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line);
    assert.ok(sample, line);
    const [, name, labels, value] = sample;
    assert.ok(this.types.has(name!.replace(/_(bucket|sum|count)$/, "")) || this.types.has(name!), line);
    this.samples.push({ name: name!, labels: readLabels(labels ?? ""), value: Number(value) });
  }

  #checkHistogram(name: string): void {
    for (const { labels, value: count } of this.where(`${name}_count`)) {
      const buckets = this.where(`${name}_bucket`, labels).map(({ value }) => value);
      assert.deepEqual(buckets, [...buckets].sort((one, other) => one - other), "buckets are cumulative");
      assert.equal(this.sum(`${name}_bucket`, { ...labels, le: "+Inf" }), count);
      assert.equal(this.where(`${name}_sum`, labels).length, 1);
    }
  }
}

function readLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-z_]+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/g)];
  assert.equal(pairs.map(([pair]) => pair).join(""), text);
  return Object.fromEntries(pairs.map(([, label, value]) => [label, value]));
}
