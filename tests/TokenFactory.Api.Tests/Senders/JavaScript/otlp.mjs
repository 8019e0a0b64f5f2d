// What both OTLP scripts share: the encoding that is asked for, and warnings on stderr (a partial success is one).
import { diag, DiagConsoleLogger, DiagLogLevel } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";

diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);

/** `proto` sends protobuf, `http` sends JSON. Where to and with which key is up to OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_HEADERS. */
export const encoding = process.argv[2];

export const resource = resourceFromAttributes({ "service.name": "javascript-sender", "tokenfactory.sector": "government" });
