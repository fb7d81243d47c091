"""The server for the Model Context Protocol: the protocol by hand, and by the official client where npm can get it."""

from __future__ import annotations

import datetime
import io
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any, Dict, Iterator, List, Tuple

import frontdesk
from frontdesk import agents, mcp, v1
import pytest

HERE = pathlib.Path(__file__).resolve().parent
# Versions of the packages of npm that the tests run.
PACKAGES = ("@modelcontextprotocol/sdk@1.32.2", "ajv@8.20.0", "ajv-formats@3.0.1")

POLICY = """
rule_sets { id: "cases" decision_points: "CancelCase" default_outcome: POLICY_OUTCOME_ALLOW
  rules { id: "no_ai" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "PERSON_NEEDED" text: "A person cancels cases."
          condition: "actor.kind == Actor.Kind.KIND_AGENT_AI" } }
rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
"""
NOW = "2026-05-01T08:00:00+00:00"
CONTEXT = {
    "actor": {"actor_id": "ada", "kind": "KIND_AGENT_AI"}, "customer_id": "c1", "interaction_id": "chat-1", "session": "s", "now": NOW,
    "page_size": 20,
}
OPEN = {"name": "open_case", "arguments": {"case_id": "7", "customer_id": "c1", "kind": "complaint", "subject": "A broken mug"}}


def make_desk(store: Any = None) -> Tuple[frontdesk.Policy, frontdesk.Desk]:
    policy = frontdesk.Policy.from_text(POLICY)
    desk = frontdesk.Desk.open(policy, store)
    now = datetime.datetime(2026, 5, 1, 7, tzinfo=datetime.timezone.utc)
    for verb in (v1.CreateCustomer(customer_id="c1", given_name="Mona"), v1.CreateCustomer(customer_id="c2", given_name="Otto"),
                 v1.StartInteraction(interaction_id="chat-1", customer_id="c1", channel=v1.CHANNEL_CHAT, direction=v1.DIRECTION_INBOUND)):
        outcome = desk.execute(frontdesk.command(verb, actor=frontdesk.actor("host"), now=now))
        assert outcome.verdict == v1.VERDICT_DONE, outcome
    return policy, desk


class Client:
    """A client by hand: lines in, messages out."""

    def __init__(self, **settings: Any) -> None:
        self.written: List[str] = []
        self.logged: List[str] = []
        policy, self.desk = make_desk()
        self.server = mcp.Server(self.desk, policy, mcp.read_settings(json.dumps({**CONTEXT, **settings})), self.written.append, self.logged.append)

    def send(self, message: Any) -> None:
        self.server.take(message if isinstance(message, bytes) else json.dumps(message).encode())

    def ask(self, method: str, parameters: Any = None, request_id: Any = 1) -> Dict[str, Any]:
        """The answer to a request that is answered at once."""
        before = len(self.written)
        self.send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": {} if parameters is None else parameters})
        return json.loads(self.written[before])

    def begin(self) -> "Client":
        self.ask("initialize", {"protocolVersion": mcp.PROTOCOL_VERSIONS[0], "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}, 0)
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return self

    def messages(self) -> List[Dict[str, Any]]:
        """All messages, once the calls that were accepted are answered."""
        self.server.close()
        return [json.loads(line) for line in self.written]

    def call(self, parameters: Any, request_id: Any = 1) -> None:
        self.send({"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": parameters})


@pytest.fixture(name="client")
def make_client() -> Iterator[Client]:
    client = Client().begin()
    yield client
    client.server.close()


def reason_of(answer: Dict[str, Any]) -> Tuple[int, str]:
    return answer["error"]["code"], answer["error"]["data"]["reason"]


def test_initialize_agrees_on_a_version() -> None:
    for asked, given in [*((each, each) for each in mcp.PROTOCOL_VERSIONS), ("1999-01-01", mcp.PROTOCOL_VERSIONS[0])]:
        client = Client()
        answer = client.ask("initialize", {"protocolVersion": asked})["result"]
        assert answer["protocolVersion"] == given
        assert answer["capabilities"] == {"tools": {"listChanged": False}}
        assert answer["serverInfo"]["name"] == "frontdesk" and answer["serverInfo"]["version"]
        assert reason_of(client.ask("initialize", {"protocolVersion": asked})) == (-32600, "MCP_INITIALIZED_TWICE")
        client.server.close()


def test_nothing_but_ping_comes_before_initialize() -> None:
    client = Client()
    assert client.ask("ping")["result"] == {}
    assert reason_of(client.ask("tools/list")) == (-32600, "MCP_NOT_INITIALIZED")
    client.call(OPEN)
    assert reason_of(json.loads(client.written[-1])) == (-32600, "MCP_NOT_INITIALIZED")
    assert reason_of(client.ask("initialize")) == (-32602, "MCP_PROTOCOL_VERSION_MISSING")
    client.server.close()


def test_tools_come_in_pages(client: Client) -> None:
    expected = agents.Toolset.make(frontdesk.Policy.from_text(POLICY)).definitions(agents.Form.MCP)
    listed: List[Any] = []
    cursors = [None]
    while cursors:
        cursor = cursors.pop()
        page = client.ask("tools/list", {} if cursor is None else {"cursor": cursor})["result"]
        assert len(page["tools"]) <= 20
        listed += page["tools"]
        if "nextCursor" in page:
            cursors.append(page["nextCursor"])
    assert listed == expected
    for cursor in ("7", "-20", "x", "100000", 20, "\u0662\u0660", "99999999999999999999"):
        assert reason_of(client.ask("tools/list", {"cursor": cursor})) == (-32602, "MCP_CURSOR_INVALID")


def test_calls_are_decided_and_recorded(client: Client) -> None:
    client.call(OPEN, "a")
    client.call({"name": "cancel_case", "arguments": {"case_id": "7", "reason": "solved"}}, 2)
    client.call({"name": "open_case", "arguments": {"case_id": "8", "customer_id": "c2", "kind": "complaint", "subject": "x"}}, 3)
    client.call({"name": "no_such_tool"}, 4)
    done, refused, foreign, unknown = client.messages()[-4:]
    assert (done["id"], done["result"]["isError"]) == ("a", False)
    assert json.loads(done["result"]["content"][0]["text"]) == done["result"]["structuredContent"]
    assert refused["result"]["isError"] and refused["result"]["structuredContent"]["reasons"][0]["reason"] == "PERSON_NEEDED"
    assert foreign["result"]["structuredContent"]["reasons"][0]["reason"] == "AGENT_OUT_OF_SCOPE"
    assert reason_of(unknown) == (-32602, "AGENT_TOOL_UNKNOWN")
    replayed = agents.replay_calls(client.desk, "chat-1", frontdesk.Policy.from_text(POLICY))
    assert [(each.call.tool, each.result.name) for each in replayed][:2] == [("open_case", "DONE"), ("cancel_case", "REFUSED")]


def test_a_call_with_the_same_id_is_done_once() -> None:
    client = Client().begin()
    client.call(OPEN, 5)
    client.call(OPEN, "5")  # Another id.
    first, other = client.messages()[-2:]
    assert not first["result"]["isError"]
    assert other["result"]["isError"]  # The case is there already.
    again = mcp.Server(client.desk, frontdesk.Policy.from_text(POLICY), mcp.read_settings(json.dumps(CONTEXT)), client.written.append, client.logged.append)
    client.server = again
    client.begin().call(OPEN, 5)
    assert not client.messages()[-1]["result"]["isError"]


def test_a_call_that_waits_can_be_canceled(client: Client) -> None:
    begun = client.server._changed  # Held, no call begins.
    with begun:
        for number in (1, 2, 3):
            client.call({**OPEN, "arguments": {**OPEN["arguments"], "case_id": str(number)}}, number)
        client.call(OPEN, 2)
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2, "reason": "no"}})
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "3"}})  # Another id.
        client.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {}})
        client.send({"jsonrpc": "2.0", "method": "notifications/unheard_of"})
    answers = {(message["id"], "result" in message) for message in client.messages()[1:]}
    assert answers == {(1, True), (2, False), (3, True)}


def test_those_who_ask_hear_of_progress(client: Client) -> None:
    client.call({**OPEN, "_meta": {"progressToken": "t"}})
    begin, end, answer = client.messages()[-3:]
    assert [each["params"] for each in (begin, end)] == [{"progressToken": "t", "progress": done, "total": 1} for done in (0, 1)]
    assert begin["method"] == "notifications/progress" and answer["id"] == 1


def test_too_many_calls_are_refused(client: Client) -> None:
    with client.server._changed:
        for number in range(mcp.MAX_WAITING_CALLS + 2):
            client.call({"name": "get_profile", "arguments": {"customer_id": "c1"}}, number)
    busy = [message for message in client.messages() if "error" in message]
    assert busy and {reason_of(each) for each in busy} == {(-32000, "MCP_TOO_MANY_CALLS")}


@pytest.mark.parametrize("line, expected", [
    (b"{", (-32700, "MCP_NOT_JSON")),
    (b"\xff\xfe", (-32700, "MCP_NOT_JSON")),
    (b'{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "ping"}', (-32700, "MCP_NOT_JSON")),
    (b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', (-32700, "MCP_NOT_JSON")),
    (b"[" * 100_000, (-32700, "MCP_NOT_JSON")),
    (b"[]", (-32600, "MCP_NOT_A_MESSAGE")),
    (b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'"ping"', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'{"jsonrpc": "2.0", "id": 1}', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": 7}', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}', (-32600, "MCP_NOT_A_MESSAGE")),
    (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', (-32600, "MCP_ID_INVALID")),
    (b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}', (-32600, "MCP_ID_INVALID")),
    (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', (-32600, "MCP_ID_INVALID")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/run"}', (-32601, "MCP_METHOD_UNKNOWN")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call"}', (-32602, "MCP_PARAMS_INVALID")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "open_case", "arguments": []}}', (-32602, "MCP_PARAMS_INVALID")),
    (b'{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "x", "_meta": {"progressToken": 1.5}}}', (-32602, "MCP_PARAMS_INVALID")),
], ids=itertools.count())
def test_hostile_lines_have_an_answer(client: Client, line: bytes, expected: Tuple[int, str]) -> None:
    client.send(line)
    assert reason_of(json.loads(client.written[-1])) == expected
    assert client.ask("ping")["result"] == {}


def test_answers_of_the_client_and_unknown_ids_are_passed_over(client: Client) -> None:
    before = len(client.written)
    client.send({"jsonrpc": "2.0", "id": 9, "result": {}})
    client.send({"jsonrpc": "2.0", "id": 9, "error": {}})
    assert len(client.written) == before


def test_a_message_that_is_too_large_is_passed_over() -> None:
    client = Client()
    ping = b'{"jsonrpc": "2.0", "id": 2, "method": "ping"}\n'
    client.server.serve(io.BytesIO(b" " * (3 * mcp.MAX_LINE_BYTES) + b"\n\n" + ping))
    first, second = [json.loads(line) for line in client.written]
    assert reason_of(first) == (-32600, "MCP_MESSAGE_TOO_LARGE")
    assert second == {"jsonrpc": "2.0", "id": 2, "result": {}}


def test_the_ids_of_calls_are_short_and_of_one_session(client: Client) -> None:
    names = {client.server._call_id(each) for each in (1, "1", "x" * 1000, "\ud800", "a\nb", 10**30)}
    assert len(names) == 6 and all(len(name.encode()) <= 64 for name in names)
    assert Client(session="").server._call_id(1) != Client(session="").server._call_id(1)


@pytest.mark.parametrize("text, expected", [
    ("[]", "JSON object"), ("{}", "actor is missing"), ('{"actor": {}, "model": 1}', "unknown member 'model'"),
    ('{"actor": {"nobody": 1}}', "nobody"), ('{"actor": {}, "now": "yesterday"}', ""), ('{"actor": {}, "now": "2026-01-01T00:00:00"}', "offset"),
    ('{"actor": {}, "tools": "open_case"}', "list of texts"), ('{"actor": {}, "page_size": 0}', "page_size"), ('{"actor": {}, "page_size": true}', "page_size"),
    ('{"actor": {}, "whole_desk": 1}', "whole_desk"), ('{"actor": {}, "actor": {}}', "twice"),
])
def test_faults_of_a_context_are_named(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=expected):
        mcp.read_settings(text)


# ---- The program -------------------------------------------------------------------------------------------------------


def write_files(folder: pathlib.Path, **settings: Any) -> List[str]:
    """The command of a server on a desk in a file."""
    (folder / "policy.textproto").write_text(POLICY, encoding="utf-8")
    (folder / "context.json").write_text(json.dumps({**CONTEXT, **settings}), encoding="utf-8")
    with make_desk(folder / "shop.db")[1]:
        pass
    return [sys.executable, "-B", "-m", "frontdesk.mcp", "--policy", str(folder / "policy.textproto"), "--desk", str(folder / "shop.db"),
            "--context", str(folder / "context.json")]


def test_the_program_serves_until_its_input_ends(tmp_path: pathlib.Path) -> None:
    command = write_files(tmp_path)
    lines = [{"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}}, {"id": 2, "method": "tools/call", "params": OPEN}]
    text = "".join(json.dumps({"jsonrpc": "2.0", **line}) + "\n" for line in lines)
    ended = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in ended.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == [1, 2] and not answers[1]["result"]["isError"] and ended.stderr == ""
    # The answered call is kept.
    text = text.replace('"open_case"', '"get_profile"').replace(json.dumps(OPEN["arguments"]), '{"customer_id": "c1"}')
    again = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    assert '\\"7\\"' in again.stdout
    (tmp_path / "context.json").write_text("{}", encoding="utf-8")
    broken = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert (broken.returncode, broken.stdout) == (2, "") and "actor is missing" in broken.stderr


@pytest.fixture(name="packages", scope="module")
def install_packages(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("npm")
    got = subprocess.run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent", *PACKAGES], cwd=folder, capture_output=True,
                         check=False, timeout=240)
    if got.returncode != 0:
        pytest.skip("npm cannot get the official client here")
    return folder


def test_the_official_client_lists_and_calls_the_tools(packages: pathlib.Path, tmp_path: pathlib.Path) -> None:
    command = write_files(tmp_path)
    script = packages / "client.mjs"
    shutil.copy(HERE / "mcp_client.mjs", script)
    ended = subprocess.run(["node", str(script), *command], capture_output=True, text=True, check=False, timeout=120, env={**os.environ})
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert seen["tools"] == [tool.name for tool in agents.Toolset.make(frontdesk.Policy.from_text(POLICY)).tools]
    assert seen["schemas"] == len(seen["tools"]) and seen["faults"] == []
    assert seen["opened"]["isError"] is False and seen["refused"]["isError"] is True
    # The client no longer hears of progress when it has the answer.
    assert seen["progress"][:1] == [0] and seen["unknown"] == -32602


def test_schemas_are_schemas_for_python_too() -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for tool in agents.Toolset.make(frontdesk.Policy.from_text(POLICY), include_previews=True, include_host_commands=True).tools:
        jsonschema.Draft202012Validator.check_schema(tool.schema)
