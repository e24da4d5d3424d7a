"""How papermill runs a notebook here: its line is shown, and it can be interrupted."""

import asyncio
from typing import Any, Final

from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from helpers import terminal

NAME: Final = "with-the-kernels-line"
_running: "set[_Client]" = set()


def interrupt() -> None:
    """Interrupt each notebook under way: its cell fails, and so the notebook ends."""
    for client in list(_running):
        if client.km is not None and client.km.has_kernel:
            asyncio.run(client.km.interrupt_kernel())


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def execute(self, **options: Any) -> Any:
        """Do as papermill, and be known meanwhile."""
        _running.add(self)
        try:
            return super().execute(**options)
        finally:
            _running.remove(self)

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Show the text of a line that changes, then do as papermill."""
        if msg["msg_type"] == "update_display_data":
            content = msg["content"]
            place = str(content.get("transient", {}).get("display_id", ""))
            terminal.line(str(content.get("data", {}).get("text/plain", "")), place)
        return super().process_message(msg, cell, cell_index)


class _Engine(NBClientEngine):  # type: ignore[misc]
    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, *, start_timeout: int = 60, **options: Any
    ) -> Any:
        """Do as papermill's own engine, with a client of ours."""
        known = {name: value for name, value in options.items() if name in _Client.class_traits()}
        return _Client(
            nb_man, kernel_name=kernel_name, startup_timeout=start_timeout, **known
        ).execute()


papermill_engines.register(NAME, _Engine)
