"""A desk that a shop was taken over into, and the policy that it decides by."""

import pathlib
from typing import Any, Final, Iterator, Optional

import frontdesk
from frontdesk import EntityKind, agents, v1
from shop_digest import opened_change
from shop_json import Problems
from shop_reader import Shop
from shop_store import DeskStore, StoreChoice

OTHER_DESK: Final = (
    "holds something else than this shop; name a file that does not exist, or one with the same shop and policy"
)


def read_policy(path: pathlib.Path, problems: Problems) -> Optional[frontdesk.Policy]:
    """Reads and compiles the policy; None when that cannot be done, which is then reported."""
    try:
        policy = frontdesk.Policy.from_file(path)
        print(frontdesk.rules.format_issues(policy.issues), end="")
        return policy
    except OSError:
        problems.add(str(path), "", "cannot be read")
    except frontdesk.PolicyError as error:
        print(error)
    return None


class ShopDesk:
    """A desk with the shop in it.

    Args:
        store: where it is kept.
        reopen_after: the desk is closed, with its file, and opened again after every that many commands; 0: never.
        max_cached_state_bytes: of the desk; None: its default.
        toolset: None: commands are carried out as they are. Else they are calls of its tools.
    """

    def __init__(
        self,
        policy: frontdesk.Policy,
        ids: frontdesk.ids.SequenceIds,
        store: DeskStore,
        *,
        reopen_after: int,
        max_cached_state_bytes: Optional[int],
        toolset: Optional[agents.Toolset] = None,
    ) -> None:
        self._policy = policy
        self._ids = ids
        self._store = store
        self._reopen_after = reopen_after
        self._max_cached_state_bytes = max_cached_state_bytes
        self._toolset = toolset
        self._commands = 0
        self._calls = 0
        self._reopened = [0]  # Shared with the forks.
        self.imported_at = 0  # The position of the log at which the shop was imported.
        self.was_there = False  # Whether the file was there already.
        try:
            self.desk = self._opened()
        except frontdesk.Error:
            store.close()
            raise

    @classmethod
    def open(
        cls,
        shop: Shop,
        policy: frontdesk.Policy,
        problems: Problems,
        *,
        choice: StoreChoice = StoreChoice(),
        reopen_after: int = 0,
        max_cached_state_bytes: Optional[int] = None,
        calls_tools: bool = False,
    ) -> Optional["ShopDesk"]:
        """Opens a desk and carries out the shop's imports. All imports that are refused are reported with the place that
        they were read from, and nothing is returned; a file that was made is removed.

        A file that exists must hold this shop and nothing else, imported by the same policy: then it is used as it is.
        Else that is reported, and the file is as it was.
        """
        expected = None
        if choice.exists():
            expected = cls.open(shop, policy, problems)
            if expected is None:
                return None
        # Ids that depend on nothing but the order of the commands: the same run gives the same bytes.
        ids = frontdesk.ids.SequenceIds("r") if expected is None else expected._ids
        try:
            made = cls(
                policy, ids, DeskStore(choice), reopen_after=reopen_after, max_cached_state_bytes=max_cached_state_bytes
            )
        except frontdesk.Error as error:
            problems.add(choice.name, "", error.text)
            return None
        if expected is None:
            made._import_all(shop, problems)
        else:
            made.was_there = True
            if list(made.log()) != list(expected.log()):
                problems.add(choice.name, "", OTHER_DESK)
        if len(problems):
            made.close()
            if not made.was_there:
                made._store.remove()
            return None
        made.imported_at = max((change.entry.position for change in made.log()), default=0)
        if calls_tools:
            made._toolset = agents.Toolset.make(policy, include_host_commands=True)
        made._store.keep_original()
        return made

    def fork(self) -> "ShopDesk":
        """A desk of its own that begins with the shop as it was imported. One in a file has a copy of the file, which is
        removed when the desk is closed."""
        fork = ShopDesk(
            self._policy,
            self._ids,
            self._store.copy(),
            reopen_after=self._reopen_after,
            max_cached_state_bytes=self._max_cached_state_bytes,
            toolset=self._toolset,
        )
        fork.imported_at = self.imported_at
        fork._reopened = self._reopened
        return fork

    def execute(self, command: v1.Command, *, facts: Optional[v1.Facts] = None) -> v1.Outcome:
        """`frontdesk.Desk.execute`, or a call of the tool, then the reopening that was asked for."""
        try:
            if self._toolset is not None:
                return self._call_tool(self._toolset, command, facts)
            return self.desk.execute(command, facts=facts)
        finally:
            self._commands += 1
            if self._reopen_after and self._commands % self._reopen_after == 0:
                self.desk.close()
                self._store.reopen()
                self.desk = self._opened()
                self._reopened[0] += 1

    def _call_tool(self, toolset: agents.Toolset, command: v1.Command, facts: Optional[v1.Facts]) -> v1.Outcome:
        """Calls the tool of the command, bound to the customer that it is about, where there is one."""
        entity = getattr(command, command.WhichOneof("command"))
        verb = getattr(entity, entity.WhichOneof("verb"))
        self._calls += 1
        customer_id = self._customer_of(verb)
        context = agents.Context(
            actor=command.actor, now=command.now, call_id=f"call-{self._calls}", customer_id=customer_id,
            whole_desk=not customer_id, facts=facts, note=command.note)
        answer = toolset.call(self.desk, *agents.call_of(verb), context)
        assert answer.outcome is not None, answer.json
        return answer.outcome

    def _customer_of(self, verb: Any) -> str:
        kind, entity_id = (
            (EntityKind.ORDER, verb.order_id) if hasattr(verb, "order_id") else (EntityKind.CUSTOMER, verb.customer_id))
        try:
            state = self.desk.get(frontdesk.entity_ref(kind, entity_id))
        except frontdesk.NotFoundError:
            return ""
        return state.order.customer_id if kind == EntityKind.ORDER else state.customer.customer_id

    @property
    def reopened(self) -> int:
        """How often this desk and its forks were opened again."""
        return self._reopened[0]

    def log(self, *, after: int = 0) -> Iterator[v1.LogChange]:
        """The log of the desk behind a position, each change as `opened_change`."""
        for change in self.desk.read_log(after=after):
            yield opened_change(change)

    def close(self) -> None:
        """Lets go of the store."""
        self.desk.close()
        self._store.close()

    def __enter__(self) -> "ShopDesk":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _opened(self) -> frontdesk.Desk:
        if self._max_cached_state_bytes is None:
            return frontdesk.Desk.open(self._policy, self._store.rows, ids=self._ids)
        return frontdesk.Desk.open(
            self._policy, self._store.rows, ids=self._ids, max_cached_state_bytes=self._max_cached_state_bytes
        )

    def _import_all(self, shop: Shop, problems: Problems) -> None:
        for each in shop.imports:
            try:
                outcome = self.execute(each.command)
            except frontdesk.Error as error:
                problems.add(each.file, each.place, error.text)
                continue
            for refusal in outcome.refusals:
                where = f" ({refusal.field})" if refusal.field else ""
                problems.add(each.file, each.place, f"{refusal.reason}{where}: {refusal.text}")
            if outcome.verdict == frontdesk.Verdict.HELD:
                problems.add(each.file, each.place, f"is held for {outcome.held.authority}")
