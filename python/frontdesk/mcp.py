"""A server for the Model Context Protocol over standard input and output: the tools of :mod:`frontdesk.agents` for any client of it.

    python -m frontdesk.mcp --policy retail.textproto --desk shop.db --context chat.json

One process serves one conversation. The host writes the context file with the actor and the customer; the model cannot change it::

    {"actor": {"actor_id": "ada", "kind": "KIND_AGENT_AI"}, "customer_id": "c1", "interaction_id": "chat-1",
     "session": "chat-1", "tools": ["get_profile", "open_case"]}

``actor`` is required. It and ``facts`` have the JSON form of protobuf. ``customer_id``, ``interaction_id``, ``whole_desk`` and ``note`` are those
of :class:`frontdesk.agents.Context`. ``tools``, ``include_reads``, ``include_previews`` and ``include_host_commands`` are those of
:meth:`frontdesk.agents.Toolset.make`. ``for_actor`` leaves only tools that the policy may allow the actor. ``page_size`` is that of tools/list.
``session`` distinguishes the calls of this process from those of others; by default it is random. ``now`` is an instant for tests, in place of the
clock. A member of another name is an error.

>>> from frontdesk import mcp
>>> settings = mcp.read_settings('{"actor": {"actor_id": "ada"}, "customer_id": "c1", "tools": ["get_profile"]}')
>>> settings.customer_id, settings.tools, settings.page_size
('c1', ('get_profile',), 50)

``docs/agents.md`` lists them all. Reasons of errors are in ``error.data.reason``.
"""

from __future__ import annotations

import argparse
import collections
import datetime
import hashlib
import json
import secrets
import sys
import threading
from importlib import metadata
from typing import IO, Any, Callable, Deque, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

import frontdesk
from frontdesk import agents, v1
from google.protobuf import json_format

__all__ = ["MAX_LINE_BYTES", "MAX_WAITING_CALLS", "PROTOCOL_VERSIONS", "Server", "Settings", "main", "read_settings"]

#: Versions of the protocol, newest first. A client of another version is offered the newest.
PROTOCOL_VERSIONS = ("2025-11-25", "2025-06-18", "2024-11-05")
#: The longest message, in bytes. Beyond: ``MCP_MESSAGE_TOO_LARGE``.
MAX_LINE_BYTES = 1 << 20
#: The most calls that wait for their turn. Beyond: ``MCP_TOO_MANY_CALLS``.
MAX_WAITING_CALLS = 64
#: The most tools of a page of tools/list.
MAX_PAGE_SIZE = 1000

_PARSE, _INVALID_REQUEST, _NO_METHOD, _INVALID_PARAMS, _INTERNAL, _BUSY = -32700, -32600, -32601, -32602, -32603, -32000

RequestId = Union[int, str]


class Fault(Exception):
    """An answer with an error: the code of JSON-RPC, a stable reason and a text without values."""

    def __init__(self, code: int, reason: str, text: str) -> None:
        super().__init__(text)
        self.code, self.reason, self.text = code, reason, text

    @property
    def error(self) -> Dict[str, Any]:
        return {"code": self.code, "message": self.text, "data": {"reason": self.reason}}


class Settings(NamedTuple):
    """The content of a context file."""

    actor: v1.Actor
    facts: Optional[v1.Facts] = None
    customer_id: str = ""
    interaction_id: str = ""
    whole_desk: bool = False
    note: str = ""
    session: str = ""
    now: Optional[datetime.datetime] = None
    tools: Tuple[str, ...] = ()
    for_actor: bool = False
    include_reads: bool = True
    include_previews: bool = False
    include_host_commands: bool = False
    page_size: int = 50


def _version() -> str:
    """The version of the package; that of a build tree is not known."""
    try:
        return metadata.version("frontdesk")
    except metadata.PackageNotFoundError:
        return "0"


def _no_duplicates(pairs: Sequence[Tuple[str, Any]]) -> Dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member occurs twice")
    return made


def _no_constant(text: str) -> Any:
    raise ValueError("a number that JSON does not have")


def _read_json(text: str) -> Any:
    """Strict JSON: no member twice, and no NaN.

    Raises:
        ValueError: it is none, or it is nested too deeply.
    """
    try:
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _setting(name: str, value: Any) -> Any:
    """One member of a context file, as :class:`Settings` has it.

    Raises:
        ValueError: it has another type, or a value that it may not have.
    """
    if name == "actor":
        return json_format.ParseDict(value, v1.Actor())
    if name == "facts":
        return json_format.ParseDict(value, v1.Facts())
    if name == "now":
        if not isinstance(value, str):
            raise ValueError("now is a text such as 2026-05-01T08:00:00Z")
        now = datetime.datetime.fromisoformat(value)
        if now.tzinfo is None:
            raise ValueError("now has no offset from UTC")
        return now
    if name == "tools":
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError("tools is a list of texts")
        return tuple(value)
    if name == "page_size":
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_PAGE_SIZE:
            raise ValueError(f"page_size is a whole number from 1 to {MAX_PAGE_SIZE}")
        return value
    wanted = type(Settings._field_defaults[name])
    if not isinstance(value, wanted):
        raise ValueError(f"{name} is of type {wanted.__name__}")
    return value


def read_settings(text: str) -> Settings:
    """Reads a context file.

    Raises:
        ValueError: it is no such file; the text names the member.
    """
    value = _read_json(text)
    if not isinstance(value, dict):
        raise ValueError("a context is a JSON object")
    unknown = sorted(set(value) - set(Settings._fields))
    if unknown:
        raise ValueError(f"unknown member {unknown[0]!r}; there are {', '.join(Settings._fields)}")
    if "actor" not in value:
        raise ValueError("actor is missing")
    try:
        return Settings(**{name: _setting(name, each) for name, each in value.items()})
    except json_format.ParseError as error:
        raise ValueError(str(error)) from None


class _Call(NamedTuple):
    """A tools/call that waits."""

    request_id: RequestId
    name: str
    arguments: str
    progress_token: Optional[RequestId]


def _is_id(value: Any) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool)


class Server:
    """Answers the messages of one client. Calls run one after the other in a thread of their own, so that pings and cancellations are heard.

    Args:
        desk: the desk; its active policy decides.
        policy: the policy that the tools are made from.
        settings: the actor, the customer, and the tools.
        write: takes one message, a line without its end.
        log: takes a line for the host. It holds nothing personal.
    """

    def __init__(self, desk: frontdesk.Desk, policy: frontdesk.Policy, settings: Settings, write: Callable[[str], Any], log: Callable[[str], Any]) -> None:
        self._desk, self._settings, self._log, self._write_line = desk, settings, log, write
        self._session = settings.session or secrets.token_hex(8)
        self._toolset = agents.Toolset.make(
            policy, tools=settings.tools, actor=settings.actor if settings.for_actor else None, include_reads=settings.include_reads,
            include_previews=settings.include_previews, include_host_commands=settings.include_host_commands)
        self._definitions = self._toolset.definitions(agents.Form.MCP)
        self._names = {tool.name for tool in self._toolset.tools}
        self._is_initialized = False
        self._writing = threading.Lock()
        self._changed = threading.Condition()
        self._waiting: Deque[_Call] = collections.deque()
        self._running: Optional[RequestId] = None
        self._dropped: Set[RequestId] = set()  # Running, and canceled.
        self._is_ending = False
        self._worker = threading.Thread(target=self._work, name="frontdesk.mcp", daemon=True)
        self._worker.start()
        self._methods: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {
            "initialize": self._initialize, "ping": lambda parameters: {}, "tools/list": self._list_tools}

    # ---- Messages --------------------------------------------------------------------------------------------------

    def serve(self, lines: IO[bytes]) -> None:
        """Answers until the end of the input, then waits for the calls that were accepted."""
        while True:
            line = lines.readline(MAX_LINE_BYTES + 1)
            if not line:
                break
            if len(line) > MAX_LINE_BYTES:
                while line and not line.endswith(b"\n"):
                    line = lines.readline(MAX_LINE_BYTES)
                self._answer(None, Fault(_INVALID_REQUEST, "MCP_MESSAGE_TOO_LARGE", f"a message has at most {MAX_LINE_BYTES} bytes"))
            elif line.strip():
                self.take(line)
        self.close()

    def close(self) -> None:
        """Waits for the calls that were accepted, and ends."""
        with self._changed:
            self._is_ending = True
            self._changed.notify_all()
        self._worker.join()

    def take(self, line: bytes) -> None:
        """Answers one message."""
        request_id: Optional[RequestId] = None
        try:
            try:
                message = _read_json(line.decode("utf-8"))
            except ValueError:
                raise Fault(_PARSE, "MCP_NOT_JSON", "the message is no JSON, or has a member twice, or is nested too deeply") from None
            if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
                raise Fault(_INVALID_REQUEST, "MCP_NOT_A_MESSAGE", "a message is one object with \"jsonrpc\": \"2.0\"")
            if "method" not in message and ("result" in message or "error" in message):
                return  # This server asks for nothing, so an answer is of no meaning.
            if "id" in message:
                if not _is_id(message["id"]):
                    raise Fault(_INVALID_REQUEST, "MCP_ID_INVALID", "an id is a text or a whole number")
                request_id = message["id"]
            method, parameters = message.get("method"), message.get("params", {})
            if not isinstance(method, str) or not isinstance(parameters, dict):
                raise Fault(_INVALID_REQUEST, "MCP_NOT_A_MESSAGE", "a message has a method, a text, and params, an object")
            if request_id is None:
                self._note(method, parameters)
            elif (result := self._ask(request_id, method, parameters)) is not None:
                self._answer(request_id, result)
        except Fault as fault:
            self._answer(request_id, fault)

    def _answer(self, request_id: Optional[RequestId], answer: Union[Dict[str, Any], Fault]) -> None:
        body = {"error": answer.error} if isinstance(answer, Fault) else {"result": answer}
        self._write({"jsonrpc": "2.0", "id": request_id, **body})

    def _write(self, message: Dict[str, Any]) -> None:
        with self._writing:
            self._write_line(json.dumps(message, separators=(",", ":")))

    def _note(self, method: str, parameters: Dict[str, Any]) -> None:
        """A notification. One of an unknown kind says nothing."""
        if method != "notifications/cancelled" or not _is_id(parameters.get("requestId")):
            return
        canceled = parameters["requestId"]
        with self._changed:
            self._waiting = collections.deque(call for call in self._waiting if not self._is_same(call.request_id, canceled))
            if self._running is not None and self._is_same(self._running, canceled):
                self._dropped.add(self._running)

    def _ask(self, request_id: RequestId, method: str, parameters: Dict[str, Any]) -> Optional[Dict[str, Any]]:
        """The result of a request; None for one that is answered later."""
        if not self._is_initialized and method not in ("initialize", "ping"):
            raise Fault(_INVALID_REQUEST, "MCP_NOT_INITIALIZED", "the first request is initialize")
        if method == "tools/call":
            self._accept(request_id, parameters)
            return None
        if method not in self._methods:
            raise Fault(_NO_METHOD, "MCP_METHOD_UNKNOWN", "there is no such method")
        return self._methods[method](parameters)

    # ---- Methods ---------------------------------------------------------------------------------------------------

    def _initialize(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        version = parameters.get("protocolVersion")
        if not isinstance(version, str):
            raise Fault(_INVALID_PARAMS, "MCP_PROTOCOL_VERSION_MISSING", "initialize has a protocolVersion")
        if self._is_initialized:
            raise Fault(_INVALID_REQUEST, "MCP_INITIALIZED_TWICE", "the session has begun")
        self._is_initialized = True
        return {
            "protocolVersion": version if version in PROTOCOL_VERSIONS else PROTOCOL_VERSIONS[0],
            "capabilities": {"tools": {"listChanged": False}},
            "serverInfo": {"name": "frontdesk", "title": "frontdesk", "version": _version()},
            "instructions": "Each call is decided by the company's policy. A refusal has reasons; a held call waits for a person.",
        }

    def _list_tools(self, parameters: Dict[str, Any]) -> Dict[str, Any]:
        cursor = parameters.get("cursor", "0")
        is_number = isinstance(cursor, str) and cursor.isascii() and cursor.isdigit() and len(cursor) < 10
        begin = int(cursor) if is_number else -1
        if begin != 0 and not (0 < begin < len(self._definitions) and begin % self._settings.page_size == 0):
            raise Fault(_INVALID_PARAMS, "MCP_CURSOR_INVALID", "the cursor is not one that tools/list gave")
        end = begin + self._settings.page_size
        page: Dict[str, Any] = {"tools": self._definitions[begin:end]}
        if end < len(self._definitions):
            page["nextCursor"] = str(end)
        return page

    def _accept(self, request_id: RequestId, parameters: Dict[str, Any]) -> None:
        name, arguments, meta = parameters.get("name"), parameters.get("arguments", {}), parameters.get("_meta", {})
        if not isinstance(name, str) or not isinstance(arguments, dict) or not isinstance(meta, dict):
            raise Fault(_INVALID_PARAMS, "MCP_PARAMS_INVALID", "tools/call has a name, a text, and arguments, an object")
        token = meta.get("progressToken")
        if token is not None and not _is_id(token):
            raise Fault(_INVALID_PARAMS, "MCP_PARAMS_INVALID", "a progressToken is a text or a whole number")
        with self._changed:
            pending = [call.request_id for call in self._waiting] + ([] if self._running is None else [self._running])
            if any(self._is_same(each, request_id) for each in pending):
                raise Fault(_INVALID_REQUEST, "MCP_ID_IN_USE", "a request with this id waits for its answer")
            if len(self._waiting) >= MAX_WAITING_CALLS:
                raise Fault(_BUSY, "MCP_TOO_MANY_CALLS", f"at most {MAX_WAITING_CALLS} calls wait at once")
            self._waiting.append(_Call(request_id, name, json.dumps(arguments), token))
            self._changed.notify_all()

    # ---- Calls -----------------------------------------------------------------------------------------------------

    @staticmethod
    def _is_same(one: RequestId, other: RequestId) -> bool:
        return type(one) is type(other) and one == other

    def _call_id(self, request_id: RequestId) -> str:
        """The id of a call for the desk: that of the request, with its type, in this session."""
        name = f"{self._session}/{'n' if isinstance(request_id, int) else 's'}{request_id}"
        if name.isascii() and name.isprintable() and len(name) <= 64:
            return name
        return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._running = None
                self._dropped.clear()
                while not self._waiting and not self._is_ending:
                    self._changed.wait()
                if not self._waiting:
                    return
                call = self._waiting.popleft()
                self._running = call.request_id
            answer = self._run(call)
            with self._changed:
                is_dropped = call.request_id in self._dropped
            # The call was done all the same, and is recorded; the client no longer wants to know.
            if not is_dropped:
                self._progress(call, 1)
                self._answer(call.request_id, answer)

    def _progress(self, call: _Call, done: int) -> None:
        if call.progress_token is not None:
            parameters = {"progressToken": call.progress_token, "progress": done, "total": 1}
            self._write({"jsonrpc": "2.0", "method": "notifications/progress", "params": parameters})

    def _run(self, call: _Call) -> Union[Dict[str, Any], Fault]:
        settings = self._settings
        self._progress(call, 0)
        try:
            context = agents.Context(
                actor=settings.actor, now=settings.now or datetime.datetime.now(datetime.timezone.utc), call_id=self._call_id(call.request_id),
                customer_id=settings.customer_id, interaction_id=settings.interaction_id, whole_desk=settings.whole_desk, facts=settings.facts,
                note=settings.note)
            answer = self._toolset.call(self._desk, call.name, call.arguments, context)
        except frontdesk.Error as error:
            self._log(f"a call failed: {error.reason}")
            return Fault(_INTERNAL, error.reason, "the call could not be decided")
        except Exception as error:  # pylint: disable=broad-except  # The client gets an answer whatever happens.
            self._log(f"a call failed: {type(error).__name__}")
            return Fault(_INTERNAL, "MCP_INTERNAL", "the call could not be decided")
        if answer.record_error:
            self._log("a call is not recorded in its interaction")
        if call.name not in self._names:
            return Fault(_INVALID_PARAMS, "AGENT_TOOL_UNKNOWN", "there is no such tool")
        is_error = answer.result in (agents.Result.REFUSED, agents.Result.FAILED)
        return {"content": [{"type": "text", "text": answer.json}], "structuredContent": answer.value, "isError": is_error}


def main(arguments: Optional[List[str]] = None) -> int:
    """Serves standard input until its end. Exit codes: 0, and 2 for a file that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m frontdesk.mcp", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--policy", required=True, metavar="FILE", help="a policy, text format or .json")
    parser.add_argument("--desk", required=True, metavar="FILE", help="the SQLite file of a desk; \"memory\" for one that is forgotten")
    parser.add_argument("--context", required=True, metavar="FILE", help="the actor and the customer: JSON")
    chosen = parser.parse_args(arguments)
    output, sys.stdout = sys.stdout, sys.stderr  # Nothing but messages is written to the client.

    def write(line: str) -> None:
        output.buffer.write(line.encode("ascii") + b"\n")
        output.buffer.flush()

    try:
        with open(chosen.context, encoding="utf-8") as file:
            settings = read_settings(file.read())
        policy = frontdesk.Policy.from_file(chosen.policy)
        with frontdesk.Desk.open(policy, None if chosen.desk == "memory" else chosen.desk) as desk:
            server = Server(desk, policy, settings, write, lambda line: print(f"frontdesk.mcp: {line}", file=sys.stderr, flush=True))
            server.serve(sys.stdin.buffer)
    except (OSError, ValueError) as error:
        print(f"frontdesk.mcp: {error}", file=sys.stderr)
        return 2
    finally:
        sys.stdout = output
    return 0


if __name__ == "__main__":
    sys.exit(main())
