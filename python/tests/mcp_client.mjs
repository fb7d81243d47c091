// The official client of the Model Context Protocol: lists all tools, compiles their schemas, calls some, and prints the answers.
//
//   node mcp_client.mjs COMMAND ARGUMENT…
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const [command, ...args] = process.argv.slice(2);
const client = new Client({ name: "frontdesk-test", version: "1" });
await client.connect(new StdioClientTransport({ command, args, env: process.env, stderr: "inherit" }));
await client.ping();

const tools = [];
let cursor;
do {
  const page = await client.listTools(cursor === undefined ? {} : { cursor });
  tools.push(...page.tools);
  cursor = page.nextCursor;
} while (cursor !== undefined);

const ajv = new Ajv({ strict: false });
addFormats(ajv);
const faults = [];
let schemas = 0;
for (const tool of tools) {
  try {
    ajv.compile(tool.inputSchema);
    schemas += 1;
  } catch (error) {
    faults.push(`${tool.name}: ${error.message}`);
  }
}

const progress = [];
const opened = await client.callTool(
  { name: "open_case", arguments: { case_id: "7", customer_id: "c1", kind: "complaint", subject: "A broken mug" } },
  undefined,
  { onprogress: (each) => progress.push(each.progress) },
);
const refused = await client.callTool({ name: "cancel_case", arguments: { case_id: "7", reason: "solved" } });
let unknown = 0;
try {
  await client.callTool({ name: "no_such_tool", arguments: {} });
} catch (error) {
  unknown = error.code;
}
await client.close();
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), schemas, faults, opened, refused, progress, unknown }));
