// The same three usages as CloudEvents: one structured, one binary, and all of them as a batch. Tells what was answered.
import { CloudEvent, emitterFor, HTTP, httpTransport, Mode } from "cloudevents";

const sink = `${process.env.TOKENFACTORY_URL}/v1/events`;
const headers = { Authorization: `Bearer ${process.env.TOKENFACTORY_KEY}` };

const usage = (id) => new CloudEvent({
  type: "tokenfactory.usage.v1",
  source: process.env.TOKENFACTORY_SOURCE,
  id,
  time: "2026-10-05T10:00:00.250Z",
  data: { producer: "moonshot", model: "kimi-k2", account: "acme", usage: { input: 86, output: 40 } },
  partitionkey: "acme",
});

const answers = [];
for (const [id, mode] of [["js-1", Mode.STRUCTURED], ["js-2", Mode.BINARY]]) {
  const emit = emitterFor(httpTransport(sink), { mode });
  answers.push(JSON.parse((await emit(usage(id), { headers })).body));
}

const events = ["js-1", "js-2", "js-3"].map(usage);
const batch = await fetch(sink, {
  method: "POST",
  headers: { ...headers, "Content-Type": "application/cloudevents-batch+json" },
  body: `[${events.map((event) => HTTP.structured(event).body).join(",")}]`,
});
answers.push(await batch.json());
console.log(JSON.stringify(answers));
