"""A ComfyUI that draws noise: written from exchanges with a real one (0.3.64, see the shared data `backends/comfyui`).

It lies as the real one does: it takes pictures from its cache, keeps a LoRA's content by the name of its file, passes over
files that fit nothing, and forgets a prompt that somebody took from its queue.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import queue
import struct
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from tests.generate.standin_http import StandIn, reply, reset
from tests.generate.standin_pictures import drawn

SAMPLERS = ["euler", "euler_ancestral", "heun", "dpmpp_2m"]
SCHEDULERS = ["simple", "karras", "normal"]
INTERNAL_ERROR = "500 Internal Server Error\n\nServer got itself in trouble"


class StandInComfyUI(StandIn):
    """How it can be made to behave:

    no_effect, black    starts of a LoRA's content that is passed over, or makes black pictures
    fail                (type, message) of an exception at a node, by its class
    hold                set: prompts wait in the queue; step_s: time of a step
    on_step             called at each step with (prompt id, step)
    node_errors         of a reply that takes the prompt all the same
    """

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.loras, self.temp = root / "loras", root / "temp"
        for folder in (self.loras, self.temp):
            folder.mkdir(parents=True)
        self.checkpoints = ["small_sdxl.ckpt"]
        self.vaes = ["sdxl_vae.safetensors"]
        self.lora_prefix = ""
        self.tells_folders = True
        self.no_effect: tuple[bytes, ...] = ()
        self.black: tuple[bytes, ...] = ()
        self.fail: dict[str, tuple[str, str]] = {}
        self.node_errors: dict[str, Any] = {}
        self.rewrite: Any = None
        self.hold, self.step_s = threading.Event(), 0.0
        self.on_step: Any = lambda prompt_id, step: None
        self._life = 0
        self.forget()

    def forget(self) -> None:
        """Be as after a start: queue, history and caches are kept in memory only."""
        self.pending: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = []
        self.running: list[tuple[int, str, dict[str, Any], dict[str, Any]]] = []
        self.history: dict[str, Any] = {}
        self._sockets: dict[str, queue.Queue[str | None]] = {}
        self._cache: dict[str, Any] = {}
        self._files: dict[str, bytes] = {}
        self._cut = threading.Event()
        self._number = 0

    def start(self, port: int = 0) -> None:
        self.dead = False
        super().start(port)
        self._life += 1
        threading.Thread(target=self._work, args=(self._life,), daemon=True).start()

    def stop(self) -> None:
        super().stop()
        for events in list(self._sockets.values()):
            events.put(None)

    # --- what is asked -----------------------------------------------------------------------------------------------

    def answer(self, handler: BaseHTTPRequestHandler, method: str, path: str, params: dict[str, str], body: Any) -> None:
        if path == "/ws":
            self._socket(handler, params["clientId"])
        elif method == "POST" and path == "/prompt":
            self._prompt(handler, body)
        elif method == "POST" and path == "/interrupt":
            with self.lock:
                if not (body or {}).get("prompt_id") or any(one[1] == body["prompt_id"] for one in self.running):
                    self._cut.set()
            reply(handler, 200, "")
        elif method == "POST" and path == "/queue":
            with self.lock:
                self.pending = [one for one in self.pending if one[1] not in body.get("delete", ())]
            reply(handler, 200, "")
        elif path.startswith("/history/"):
            name = path.rpartition("/")[2]
            reply(handler, 200, {name: self.history[name]} if name in self.history else {})
        elif path == "/view":
            target = self.temp / params["filename"]
            reply(handler, 200, target.read_bytes()) if target.is_file() else reply(handler, 404, "")
        else:
            self._list(handler, path)

    def _list(self, handler: BaseHTTPRequestHandler, path: str) -> None:
        if path == "/system_stats":
            reply(handler, 200, {"system": {"os": "posix", "comfyui_version": "0.3.64", "python_version": "3.11.7",
                                            "argv": ["main.py", "--cpu"]}, "devices": []})  # fmt: skip
        elif path == "/queue":
            with self.lock:
                entries = {"queue_running": self.running, "queue_pending": self.pending}
                reply(handler, 200, {name: [[*one, ["9"]] for one in listed] for name, listed in entries.items()})
        elif path == "/internal/folder_paths" and self.tells_folders:
            reply(handler, 200, {"loras": [str(self.loras)], "checkpoints": [str(self.loras.parent)]})
        elif path.startswith("/object_info/") and (info := self._info(path.rpartition("/")[2])):
            reply(handler, 200, info)
        else:
            reply(handler, 404, "404: Not Found")

    def lora_names(self) -> list[str]:
        return sorted(self.lora_prefix + one.name for one in self.loras.iterdir() if one.suffix == ".safetensors")

    def _info(self, node: str) -> dict[str, Any]:
        lists: dict[str, dict[str, list[str]]] = {
            "CheckpointLoaderSimple": {"ckpt_name": self.checkpoints}, "VAELoader": {"vae_name": self.vaes},
            "KSampler": {"sampler_name": SAMPLERS, "scheduler": SCHEDULERS}, "LoraLoader": {"lora_name": self.lora_names()},
            "LoraLoaderModelOnly": {"lora_name": self.lora_names()}, "CLIPTextEncode": {}, "EmptyLatentImage": {},
            "VAEDecode": {}, "PreviewImage": {}, "ModelSamplingDiscrete": {},
        }  # fmt: skip
        if node not in lists:
            return {}
        return {node: {"input": {"required": {name: [names, {}] for name, names in lists[node].items()}}}}

    def _prompt(self, handler: BaseHTTPRequestHandler, body: Any) -> None:
        if not isinstance(body, dict) or not body.get("prompt"):
            reply(handler, 500, INTERNAL_ERROR)
            return
        graph = self.rewrite(body["prompt"]) if self.rewrite else body["prompt"]
        errors = {node: error for node, entry in graph.items() if (error := self._problem(entry))}
        if errors:
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": "",
                     "extra_info": {}}  # fmt: skip
            reply(handler, 400, {"error": error, "node_errors": errors})
            return
        prompt_id = str(body.get("prompt_id") or uuid.uuid4())
        with self.lock:
            self._number += 1
            number = self._number
            self.pending.append((number, prompt_id, graph, {"client_id": body.get("client_id")}))
        reply(handler, 200, {"prompt_id": prompt_id, "number": number, "node_errors": self.node_errors})

    def _problem(self, entry: dict[str, Any]) -> dict[str, Any]:
        info = self._info(entry["class_type"])[entry["class_type"]]["input"]["required"]
        for name, (names, _) in info.items():
            if entry["inputs"][name] not in names:
                detail = f"{name}: '{entry['inputs'][name]}' not in {names}"
                extra = {"input_name": name, "input_config": [names, {}], "received_value": entry["inputs"][name]}
                error = {"type": "value_not_in_list", "message": "Value not in list", "details": detail, "extra_info": extra}
                return {"errors": [error], "dependent_outputs": ["9"], "class_type": entry["class_type"]}
        return {}

    # --- work --------------------------------------------------------------------------------------------------------

    def _work(self, life: int) -> None:
        """Execute prompts, until the server is stopped: one that is started again is another."""
        while not self.dead and life == self._life:
            with self.lock:
                ready = self.pending.pop(0) if self.pending and not self.hold.is_set() else None
                self.running = [ready] if ready else []
                self._cut.clear()
            if ready is None:
                time.sleep(0.01)
                continue
            entry = self._execute(*ready)
            if life != self._life:
                return
            with self.lock:
                self.history[ready[1]] = entry
                self.running = []
            self._tell(ready[3]["client_id"], "executing", node=None, prompt_id=ready[1])

    def _execute(self, number: int, prompt_id: str, graph: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
        client, messages = extra["client_id"], []

        def tell(name: str, **values: Any) -> None:
            messages.append([name, {"prompt_id": prompt_id, **values}])
            self._tell(client, name, prompt_id=prompt_id, **values)

        tell("execution_start")
        signatures = {node: _signature(graph, node) for node in graph}
        cached = [node for node, signature in signatures.items() if signature in self._cache]
        tell("execution_cached", nodes=cached)
        outputs: dict[str, Any] = {}
        try:
            for node in _order(graph):
                if node not in cached:
                    self._tell(client, "executing", node=node, prompt_id=prompt_id)
                    self._run_node(graph, node, prompt_id, client)
            outputs = self._saved(graph, cached, signatures)
        except _FailedAt as error:
            kind, message = error.args[1]
            tell("execution_error", node_id=error.args[0], node_type=graph[error.args[0]]["class_type"], executed=[],
                 exception_type=kind, exception_message=message, traceback=[])  # fmt: skip
        except _Cut as error:
            tell("execution_interrupted", node_id=error.args[0], node_type="KSampler", executed=[])
        else:
            tell("execution_success")
        done = bool(outputs)
        status = {"status_str": "success" if done else "error", "completed": done, "messages": messages}
        return {"prompt": [number, prompt_id, graph, extra, ["9"]], "outputs": outputs, "status": status, "meta": {}}

    def _run_node(self, graph: dict[str, Any], node: str, prompt_id: str, client: str) -> None:
        kind, inputs = graph[node]["class_type"], graph[node]["inputs"]
        if kind in self.fail:
            raise _FailedAt(node, self.fail[kind])
        if kind.startswith("LoraLoader") and float(inputs["strength_model"]) != 0:
            name = inputs["lora_name"]
            if name not in self._files:  # its own copy, by name, whatever has become of the file
                content = (self.loras / name.removeprefix(self.lora_prefix)).read_bytes()
                if content.startswith(b"cut"):
                    raise _FailedAt(node, ("safetensors_rust.SafetensorError", "Error while deserializing header"))
                self._files = {name: content}
        if kind == "KSampler":
            for step in range(1, inputs["steps"] + 1):
                self.on_step(prompt_id, step)
                time.sleep(self.step_s)
                if self._cut.is_set() or self.dead:
                    raise _Cut(node)
                self._tell(client, "progress", value=step, max=inputs["steps"], prompt_id=prompt_id, node=node)

    def _saved(self, graph: dict[str, Any], cached: list[str], signatures: dict[str, str]) -> dict[str, Any]:
        """Write the pictures of the output nodes. The classic cache keeps what the last prompt had."""
        outputs: dict[str, Any] = {}
        for node, entry in graph.items():
            if entry["class_type"] not in ("PreviewImage", "SaveImage"):
                continue
            if node in cached:
                outputs[node] = self._cache[signatures[node]]
                continue
            name = f"ComfyUI_temp_abcde_{len(list(self.temp.iterdir())) + 1:05}_.png"
            (self.temp / name).write_bytes(self._picture(graph))
            outputs[node] = {"images": [{"filename": name, "subfolder": "", "type": "temp"}]}
        self._cache = {signatures[node]: outputs.get(node) for node in graph}
        return outputs

    def _picture(self, graph: dict[str, Any]) -> bytes:
        sampler = {name: value for name, value in graph["3"]["inputs"].items() if name != "avatar"}
        lora = graph.get("10", {}).get("inputs", {})
        content = self._files.get(lora.get("lora_name", ""), b"")
        used = b"" if not lora.get("strength_model") or content.startswith(self.no_effect or (b"\0none",)) else content
        sampler["model"] = None  # where it comes from is no part of the picture: only what was put into it is
        what = [hashlib.sha256(used).hexdigest(), lora.get("strength_model", 0) if used else 0, sampler,
                graph["6"]["inputs"]["text"], graph["7"]["inputs"]["text"]]  # fmt: skip
        black = bool(used) and content.startswith(self.black or (b"\0none",))
        size = (graph["5"]["inputs"]["width"], graph["5"]["inputs"]["height"])
        return drawn(what, size, black=black, texts={"prompt": json.dumps(graph)})

    # --- events ------------------------------------------------------------------------------------------------------

    def _tell(self, client: str | None, kind: str, **data: Any) -> None:
        """Send an event to the socket of the prompt's client, as the real one: to no other."""
        if client in self._sockets:
            self._sockets[client].put(json.dumps({"type": kind, "data": data}))

    def hang_up(self) -> None:
        """Break every socket off; the server lives on."""
        for events in list(self._sockets.values()):
            events.put(None)

    def _socket(self, handler: BaseHTTPRequestHandler, client: str) -> None:
        key = handler.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()  # noqa: S324  # RFC 6455 says so
        handler.send_response(101)
        for name, value in (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)):
            handler.send_header(name, value)
        handler.end_headers()
        events: queue.Queue[str | None] = queue.Queue()
        self._sockets[client] = events
        status = {"status": {"exec_info": {"queue_remaining": 0}}, "sid": client}
        events.put(json.dumps({"type": "status", "data": status}))
        threading.Thread(target=_until_closed, args=(handler, events), daemon=True).start()
        with contextlib.suppress(OSError):
            handler.wfile.write(_frame(struct.pack(">I", 1) + b"preview", 2))
            while (event := events.get()) is not None:
                handler.wfile.write(_frame(event.encode(), 1))
            reset(handler)


class _FailedAt(Exception):  # noqa: N818
    pass


class _Cut(Exception):  # noqa: N818
    pass


def _until_closed(handler: BaseHTTPRequestHandler, events: queue.Queue[str | None]) -> None:
    """End the events at the first thing that a client says: it says nothing but that it closes."""
    with contextlib.suppress(OSError, ValueError):
        handler.rfile.read(1)
    events.put(None)


def _frame(data: bytes, kind: int) -> bytes:
    """Return an unmasked frame, 1 text and 2 binary."""
    head = bytes([0x80 | kind])
    length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
    return head + length + data


def _signature(graph: dict[str, Any], node: str) -> str:
    """Return what the cache knows a node by: class and inputs, also those that the node does not have, and its ancestors."""
    entry = graph[node]
    inputs = {
        name: _signature(graph, value[0]) + str(value[1]) if isinstance(value, list) else value
        for name, value in sorted(entry["inputs"].items())
    }
    return json.dumps([entry["class_type"], inputs])


def _order(graph: dict[str, Any]) -> list[str]:
    """Return the nodes, each behind those that it needs."""
    done: list[str] = []

    def visit(node: str) -> None:
        for value in graph[node]["inputs"].values():
            if isinstance(value, list):
                visit(value[0])
        if node not in done:
            done.append(node)

    for node in graph:
        visit(node)
    return done
