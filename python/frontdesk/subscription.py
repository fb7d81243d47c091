"""Following what happens in a desk."""

from __future__ import annotations

from frontdesk import _core
from frontdesk import _guard
from frontdesk import v1
from frontdesk._closing import Closing
from frontdesk.messages import MessageList

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

__all__ = ["Subscription"]


class Subscription(Closing):
    """A place in the log of a desk that moves on, and a descriptor to wait on. Made by :meth:`frontdesk.Reader.subscribe`.

    The changes are those of all desks on the store, and of all processes that share it, each once and in their order. Nothing happens on
    its own: ask with :meth:`read`, and wait before that by ``select``, ``selectors`` or an event loop, which take the object for its
    :meth:`fileno`. Safe to use from many threads. It keeps the store: use it in a ``with`` statement, or :meth:`close` it.
    Not for a child of the process: ``FailedPreconditionError``, ``PROCESS_FORKED``.

    >>> import datetime
    >>> import select
    >>> import frontdesk
    >>> from frontdesk import v1
    >>> desk = frontdesk.Desk.open(frontdesk.Policy.from_text(
    ...     'rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }'))
    >>> noon = datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.timezone.utc)
    >>> with desk.subscribe() as subscription:
    ...     for verb in (None, v1.CreateCustomer(customer_id="c1", given_name="Ann")):
    ...         if verb is not None:
    ...             outcome = desk.execute(frontdesk.command(verb, actor=frontdesk.actor("anna"), now=noon))
    ...         ready = select.select([subscription], [], [])
    ...         print([len(change.events) for change in subscription.read()], subscription.position)
    [1] 1
    [1] 2
    """

    def __init__(self, reader: _core.Reader, core: _core.Subscription) -> None:
        # For the collector of cycles: a store that is written in Python may refer to this object.
        self._reader: Optional[_core.Reader] = reader
        self._open: Optional[_core.Subscription] = core

    def read(self, page_size: int = 1000) -> MessageList[v1.LogChange]:
        """The changes behind :attr:`position`, oldest first, at most `page_size`, which is clamped to 1 to 10,000. Empty: there is
        nothing new. The position moves behind those that are returned; each goes to one caller. Errors of
        :meth:`frontdesk.Reader.read_log`; then nothing has moved."""
        return MessageList(self._core.read(_guard.number(page_size, "page_size", "int")), v1.LogChange)

    @property
    def position(self) -> int:
        """The position of the last change that was returned, or the one that was subscribed from. Keep it with the results of
        the changes: the next process begins there."""
        return self._core.position

    def fileno(self) -> int:
        """A descriptor to wait on. It is readable as long as there may be a change that :meth:`read` has not returned, from the beginning
        on: so waiting and reading in turn misses nothing. Now and then it is readable without a new change. Linux only.

        Raises:
            UnimplementedError: ``STORE_NOT_WATCHABLE`` for a store that cannot be waited for, such as one of your own.
            UnavailableError: ``STORE_UNAVAILABLE`` when the system has no more descriptors.
        """
        return self._core.fileno()

    def close(self) -> None:
        """Closes the descriptor, and lets go of the store. Every later use but another close raises ``ValueError``. Take the object out
        of an event loop first."""
        self._open = None
        self._reader = None

    @property
    def _core(self) -> _core.Subscription:
        if self._open is None:
            raise ValueError("the subscription is closed")
        return self._open
