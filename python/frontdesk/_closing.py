"""Closing by ``close()`` or at the end of a ``with`` statement. Private."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Optional, Type, TypeVar

    Self = TypeVar("Self", bound="Closing")


class Closing:
    """Owns an object of the core, which is gone when this one is closed."""

    _open: Any

    def close(self) -> None:
        """Lets go of the store. Every later use but another close raises ``ValueError``."""
        self._open = None

    def __enter__(self: Self) -> Self:
        self._core  # Raises when it is closed.
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    @property
    def _core(self) -> Any:
        raise NotImplementedError
