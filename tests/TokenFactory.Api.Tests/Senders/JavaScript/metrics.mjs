// The histogram of token usage, exported three times: after two calls, after a third, and once more with nothing new.
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { encoding, resource } from "./otlp.mjs";

const { OTLPMetricExporter } = await import(`@opentelemetry/exporter-metrics-otlp-${encoding}`);
const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 3_600_000, exportTimeoutMillis: 60_000 });
const provider = new MeterProvider({ resource, readers: [reader] });
const tokens = provider.getMeter("javascript-sender").createHistogram("gen_ai.client.token.usage", { unit: "{token}" });

function call(input, output) {
  const attributes = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-4o", "gen_ai.response.model": "gpt-4o-2024-08-06" };
  tokens.record(input, { ...attributes, "gen_ai.token.type": "input" });
  tokens.record(output, { ...attributes, "gen_ai.token.type": "output" });
}

call(1000, 40);
call(200, 10);
await provider.forceFlush();
call(34, 7);
await provider.forceFlush();
await provider.shutdown();
