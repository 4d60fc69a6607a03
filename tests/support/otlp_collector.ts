import assert from "node:assert/strict";

export type CollectedSpan = {
  traceId: string;
  spanId: string;
  /** Empty for the root of a trace. */
  parentSpanId: string;
  name: string;
  kind: number;
  /** 2 is an error. */
  status: number;
  attributes: Record<string, string>;
  links: { traceId: string; spanId: string }[];
};

type Value = { stringValue?: string; intValue?: string | number; doubleValue?: number };
type Sent = {
  resourceSpans?: {
    scopeSpans: {
      spans: (Omit<CollectedSpan, "attributes" | "status" | "links"> & {
        links?: CollectedSpan["links"];
        attributes: { key: string; value: Value }[];
        status: { code: number };
      })[];
    }[];
  }[];
};

/** An OpenTelemetry collector on this machine that takes OTLP over HTTP, as JSON. */
export class OtlpCollector implements AsyncDisposable {
  readonly spans: CollectedSpan[] = [];
  /** Everything that was sent, to search for what must not be in it. */
  text = "";
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  private constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {} },
      (request) => this.#collect(request),
    );
  }

  static open(): OtlpCollector {
    return new OtlpCollector();
  }

  /** The variables that make a product process send its spans here. */
  variables(sampler: string): Record<string, string> {
    return {
      OTEL_DENO: "true",
      OTEL_DENO_TRACING: "false",
      OTEL_DENO_METRICS: "false",
      OTEL_TRACES_SAMPLER: sampler,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.#server.addr.port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    };
  }

  async #collect(request: Request): Promise<Response> {
    const body = await request.text();
    assert.equal(request.headers.get("Content-Type"), "application/json");
    this.text += body;
    const { resourceSpans = [] } = JSON.parse(body) as Sent;
    for (
      const { attributes, status, links = [], ...span } of resourceSpans.flatMap(({ scopeSpans }) =>
        scopeSpans
      ).flatMap((
        { spans },
      ) => spans)
    ) {
      const values = attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]);
      assert.equal(new Set(values.map(([key]) => key)).size, values.length, "each attribute appears once");
      this.spans.push({ ...span, links, status: status.code, attributes: Object.fromEntries(values) });
    }
    return Response.json({});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
