"""A few words of the language server protocol, enough to ask yaml-language-server about one file."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any


class Editor:
    """An editor with one server; `ask` waits for the answer, `told` for the first notice of a kind."""

    def __init__(self, command: list[str], root: Path) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, **pipes)  # type: ignore[call-overload]
        self.notices: list[dict[str, Any]] = []
        self.count = 0
        self.ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": {}})
        self.tell("initialized", {})
        self.tell("workspace/didChangeConfiguration", {"settings": {"yaml": {"validate": True, "completion": True}}})

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        self.count += 1
        self._send({"id": self.count, "method": method, "params": params})
        while True:
            said = self._read()
            if said.get("id") == self.count and "method" not in said:
                return said.get("result")
            self._notice(said)

    def told(self, method: str) -> Any:
        while not (found := next((n for n in self.notices if n["method"] == method), None)):
            self._notice(self._read())
        self.notices.remove(found)
        return found["params"]

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _notice(self, said: dict[str, Any]) -> None:
        if "id" in said and "method" in said:  # the server asks for settings: there are none beside those told
            items = said.get("params", {}).get("items", []) if said["method"] == "workspace/configuration" else None
            ours = {"validate": True, "completion": True}
            result = [ours if one.get("section") == "yaml" else None for one in items or ()]
            self._send({"id": said["id"], "result": result if items is not None else None})
        elif "method" in said:
            self.notices.append(said)

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        size = 0
        while (line := self.process.stdout.readline().strip()) or not size:
            if line.lower().startswith(b"content-length:"):
                size = int(line.split(b":")[1])
        found: dict[str, Any] = json.loads(self.process.stdout.read(size))
        return found
