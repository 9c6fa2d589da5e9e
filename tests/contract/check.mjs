// Holds recorded exchanges against the OpenAPI document that the daemon serves:
//   node check.mjs DOCUMENT EXCHANGES
// Prints which statuses each operation has shown. Exit code 1, and what is wrong, when a reply is not as documented, or
// when something documented was never seen.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [document, exchanges] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
const failures = new Set();

// Nothing from outside brings these about: a defect of the program, and a disk that fails.
const UNPROVOKED = new Set(["500", "503"]);

// Members that the daemons of this test have no occasion to tell.
const UNSEEN_MEMBERS = new Set([
  "Ready.certificateDays", // only with TLS
  "EventData.days", // only of a certificate that expires
]);

// Schemas of replies are open, since later versions may add members. Here they are closed: what this version answers
// with is documented, member by member.
function closed(schema) {
  if (schema === null || typeof schema !== "object") return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isObject = schema.type === "object" && schema.properties !== undefined;
  if (isObject && schema.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

const relocated = (value) => JSON.parse(JSON.stringify(value).replaceAll("#/components/schemas/", "schemas#/$defs/"));
const ajv = new Ajv({ strict: true, strictRequired: false, allErrors: true });
addFormats(ajv);
ajv.addSchema({ $id: "schemas", $defs: closed(relocated(document.components.schemas)) });

const compiled = new Map();
function faultsOf(schema, value) {
  const key = JSON.stringify(schema);
  if (!compiled.has(key)) compiled.set(key, ajv.compile(closed(relocated(schema))));
  const validate = compiled.get(key);
  if (validate(value)) return [];
  return validate.errors.map((each) => `${each.instancePath || "/"} ${each.message} ${JSON.stringify(each.params)}`);
}

// Text of a header or a query parameter, as its schema understands it.
const fromText = (schema, text) => (schema.type === "integer" && text.trim() !== "" ? Number(text) : text);

function resolved(node) {
  if (node === undefined || node.$ref === undefined) return node;
  return node.$ref.split("/").slice(1).reduce((at, key) => at[key], document);
}

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    id: operation.operationId,
    method: method.toUpperCase(),
    path,
    pattern: new RegExp(`^${path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+")}$`),
    parameters: (operation.parameters ?? []).map(resolved),
    body: operation.requestBody,
    responses: operation.responses,
    seen: new Set(),
    types: new Set(),
  })),
);

// Where two paths fit, the one that is written out sooner: "{" comes after every letter.
function operationOf(exchange, path) {
  if (exchange.operation !== null) return operations.find((each) => each.id === exchange.operation);
  const fitting = operations.filter((each) => each.method === exchange.method && each.pattern.test(path));
  return fitting.sort((left, right) => (left.path < right.path ? -1 : 1))[0];
}

// A request that succeeded must be one that the document allows.
function requestFaults(operation, exchange, query) {
  const faults = [];
  const known = new Map(operation.parameters.filter((each) => each.in === "query").map((each) => [each.name, each]));
  for (const name of new Set(query.keys())) {
    const schema = known.get(name)?.schema;
    const list = query.getAll(name).flatMap((each) => each.split(","));
    if (schema === undefined) faults.push(`the parameter ${name} is not documented`);
    else if (schema.type === "array") faults.push(...faultsOf(schema, list));
    else faults.push(...faultsOf(schema, fromText(schema, query.get(name))));
  }
  for (const [name, parameter] of known) if (parameter.required && !query.has(name)) faults.push(`${name} is required`);
  if (exchange.sent === null) {
    if (operation.body?.required) faults.push("it succeeded without the required body");
  } else if (operation.body === undefined) faults.push("it took a body that is not documented");
  else faults.push(...faultsOf(Object.values(operation.body.content)[0].schema, exchange.sent));
  return faults.map((each) => `request: ${each}`);
}

// Members of replies that were seen, as "Schema.member", and those that are documented.
const seenMembers = new Set();
function markSeen(name, schema, value) {
  if (schema.$ref !== undefined) return markSeen(schema.$ref.split("/").pop(), resolved(schema), value);
  for (const each of schema.anyOf ?? []) if (faultsOf(each, value).length === 0) markSeen(name, each, value);
  if (Array.isArray(value)) for (const each of value) markSeen(name, schema.items ?? {}, each);
  for (const [member, property] of Object.entries(schema.properties ?? {})) {
    if (value[member] === undefined) continue;
    seenMembers.add(`${name}.${member}`);
    markSeen(`${name}.${member}`, property, value[member]);
  }
}

function documentedMembers(name, schema) {
  return Object.entries({ ...schema.properties, ...schema.items?.properties }).flatMap(([member, property]) => [
    `${name}.${member}`,
    ...documentedMembers(`${name}.${member}`, property),
  ]);
}

function headerFaults(response, exchange) {
  return Object.entries(response.headers ?? {}).flatMap(([name, reference]) => {
    const { schema, required } = resolved(reference);
    const value = exchange.headers[name.toLowerCase()];
    if (value === undefined) return required ? [`the header ${name} is missing`] : [];
    return faultsOf(schema, fromText(schema, value)).map((each) => `header ${name}: ${each}`);
  });
}

// The events of a stream, of which the document can only say that it is text.
function streamFaults(text) {
  return text.split("\n").filter((line) => line.startsWith("data: ")).flatMap((line) => {
    const event = JSON.parse(line.slice("data: ".length));
    const isLive = document.components.schemas.LiveEventType.enum.includes(event.type);
    return isLive ? [] : faultsOf({ $ref: "#/components/schemas/Event" }, event);
  });
}

const mediaType = (exchange) => exchange.headers["content-type"]?.split(";")[0];

function bodyFaults(response, exchange) {
  const body = Buffer.from(exchange.body, "base64");
  const type = mediaType(exchange);
  if (response.content === undefined) return body.length || type ? ["there should be no body"] : [];
  const media = response.content[type];
  if (media === undefined) return [`the content type ${type} is not documented`];
  if (body.length === 0) return ["the body is empty"];
  if (type === "text/event-stream") return streamFaults(body.toString("utf8"));
  if (media.schema === undefined) return [];
  const value = type.endsWith("json") ? JSON.parse(body) : body.toString("utf8");
  markSeen("", media.schema, value);
  return faultsOf(media.schema, value);
}

for (const exchange of exchanges) {
  const [path, query = ""] = exchange.target.split("?", 2);
  const call = `${exchange.method} ${exchange.target} → ${exchange.status}`;
  const operation = operationOf(exchange, path);
  const response = resolved(operation?.responses[exchange.status]);
  if (response === undefined) {
    failures.add(`${call}: ${operation === undefined ? "no such operation" : `not documented for ${operation.id}`}`);
    continue;
  }
  operation.seen.add(String(exchange.status));
  operation.types.add(`${exchange.status} ${mediaType(exchange)}`);
  const faults = [...headerFaults(response, exchange), ...bodyFaults(response, exchange)];
  if (exchange.status < 400) faults.push(...requestFaults(operation, exchange, new URLSearchParams(query)));
  for (const fault of faults) failures.add(`${call} (${operation.id}): ${fault}`);
}

for (const { id, seen, types, responses } of operations) {
  const documented = Object.keys(responses);
  const succeeded = documented.some((status) => status < "300" && seen.has(status));
  if (!succeeded) failures.add(`operation ${id} was never called with success`);
  const missing = documented.filter((status) => !seen.has(status) && !UNPROVOKED.has(status));
  for (const status of documented.filter((each) => seen.has(each))) {
    const described = Object.keys(resolved(responses[status]).content ?? {});
    missing.push(...described.map((type) => `${status} ${type}`).filter((each) => !types.has(each)));
  }
  if (missing.length > 0) failures.add(`operation ${id} was never seen to answer ${missing.join(", ")}`);
}

for (const [name, schema] of Object.entries(document.components.schemas)) {
  if (name.endsWith("Request")) continue;
  for (const member of documentedMembers(name, schema)) {
    if (!seenMembers.has(member) && !UNSEEN_MEMBERS.has(member)) failures.add(`${member} was never seen`);
  }
}

console.log(`${exchanges.length} exchanges; statuses seen of each operation (in parentheses: documented, not seen)`);
for (const { id, seen, responses } of operations) {
  const statuses = Object.keys(responses).map((status) => (seen.has(status) ? status : `(${status})`));
  console.log(`  ${id.padEnd(24)} ${statuses.join(" ")}`);
}
if (failures.size > 0) {
  console.log(`\n${failures.size} failures:\n${[...failures].map((each) => `  ${each}`).join("\n")}`);
  process.exit(1);
}
