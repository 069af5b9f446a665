"""Equal shares of a resource among whoever wants it, counted in virtual time."""


class Shares:
    """What each name has had of a resource that all active names share equally, in virtual milliseconds."""

    def __init__(self) -> None:
        self._had: dict[str, float] = {}
        self._active: dict[str, int] = {}
        self._fair = 0.0
        """What somebody who had been active all the time would have had."""

    def enter(self, name: str) -> None:
        """One more job. Who was idle has no claim on the past, and keeps the debt of having had more than a share."""
        if name not in self._active:
            self._had[name] = max(self._had.get(name, 0.0), self._fair)
        self._active[name] = self._active.get(name, 0) + 1

    def leave(self, name: str) -> bool:
        """One job less. True if it was the name's last."""
        self._active[name] -= 1
        if self._active[name]:
            return False
        del self._active[name]
        if not self._active:
            self._had.clear()
            self._fair = 0.0
        else:
            self._had = {who: had for who, had in self._had.items() if who in self._active or had > self._fair}
        return True

    def charge(self, name: str, ms: float) -> None:
        """`name` was served for `ms`, and the share of everybody active grew by their part of it."""
        self._had[name] += ms
        self._fair += ms / len(self._active)

    def __getitem__(self, name: str) -> float:
        return self._had[name]
