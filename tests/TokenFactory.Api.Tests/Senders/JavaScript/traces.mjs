// An agent's span that repeats the usage of the one model call inside it. Tells the ids of that call's span.
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";
import { encoding, resource } from "./otlp.mjs";

const { OTLPTraceExporter } = await import(`@opentelemetry/exporter-trace-otlp-${encoding}`);
const provider = new NodeTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())] });
provider.register();
const tracer = provider.getTracer("javascript-sender");

const usage = {
  "gen_ai.provider.name": "openai",
  "gen_ai.usage.input_tokens": 17903,
  "gen_ai.usage.cache_read.input_tokens": 17817,
  "gen_ai.usage.output_tokens": 52,
  "gen_ai.usage.reasoning.output_tokens": 12,
};
const ids = tracer.startActiveSpan("invoke_agent planner", { attributes: { "gen_ai.operation.name": "invoke_agent", ...usage } }, (agent) => {
  const chat = tracer.startSpan("chat gpt-4o", {
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-4o",
      "gen_ai.response.model": "gpt-4o-2024-08-06",
      "gen_ai.input.messages": JSON.stringify([{ role: "user", parts: [{ type: "text", content: "the secret plan of the minister" }] }]),
      "tokenfactory.account": "acme",
      ...usage,
    },
  });
  chat.addEvent("gen_ai.client.inference.operation.details", { "gen_ai.output.messages": "the secret answer" });
  chat.end();
  agent.end();
  return chat.spanContext();
});
await provider.shutdown();
console.log(JSON.stringify({ trace_id: ids.traceId, span_id: ids.spanId }));
