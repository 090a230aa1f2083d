"""What ComfyUI answers: whether a prompt was taken as it was sent, and what its history proves of the picture.

"success" alone proves nothing: the picture may be another's out of the cache, and files that fit nothing are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from avatar.generate import comfyui_graph as graphs
from avatar.generate.backend import BackendError, PictureError
from avatar.generate.comfyui_graph import Graph
from avatar.generate.server import Reply, no_room, short

PROGRAM = "ComfyUI"
LOADERS = ("LoraLoader", "LoraLoaderModelOnly")


class Spoiled(Exception):  # noqa: N818  # no error: the picture is drawn again
    """The picture was cut off or taken away by somebody else."""


@dataclass(frozen=True)
class Image:
    """Where the server has the picture."""

    filename: str
    subfolder: str
    type: str

    @property
    def params(self) -> dict[str, str]:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


def accepted(reply: Reply) -> str:
    """Return the id of a prompt that was taken whole. Raises BackendError, PictureError.

    200 alone is not enough: with non-empty node_errors a part of the graph is left out.
    """
    answer = reply.json()
    if not isinstance(answer, dict):
        raise PictureError(
            "server.failed", program=PROGRAM, detail=short(reply.body.decode("utf-8", "replace")) or str(reply.status)
        )
    problems = _node_problems(answer.get("node_errors"))
    if not problems and reply.status == 200 and isinstance(answer.get("prompt_id"), str):
        return str(answer["prompt_id"])
    for problem in problems:
        if problem.input == "lora_name":
            raise BackendError("server.lora_not_listed", program=PROGRAM, name=problem.value)
        if problem.input == "ckpt_name":
            raise BackendError("server.base_gone", program=PROGRAM, name=problem.value)
    error = answer.get("error")
    detail = problems[0].detail if problems else _mapping(error).get("message") or error
    raise PictureError("server.refused", program=PROGRAM, detail=short(detail or reply.status))


@dataclass(frozen=True)
class _Problem:
    input: str
    value: str
    detail: str


def _node_problems(errors: Any) -> list[_Problem]:
    found = []
    for node, entry in _mapping(errors).items():
        for error in map(_mapping, _sequence(_mapping(entry).get("errors")) or [{}]):
            more = _mapping(error.get("extra_info"))
            detail = f"{node}: {error.get('message', '')} {error.get('details', '')}"
            found.append(_Problem(str(more.get("input_name", "")), short(more.get("received_value", "")), short(detail)))
    return found


def finished_picture(entry: Mapping[str, Any], graph: Graph, *, loader_seen: bool) -> Image:
    """Return the picture of a history entry that proves that this graph was executed for it.

    loader_seen  this LoRA was loaded before our eyes at this weight already, so that the cache may have it
    Raises Spoiled, PictureError, BackendError.
    """
    status = _mapping(entry.get("status"))
    told = _messages(status)
    if "execution_interrupted" in told:
        raise Spoiled("interrupted")
    if "execution_error" in told:
        raise failure(told["execution_error"])
    if status.get("status_str") != "success" or status.get("completed") is not True:
        raise PictureError("server.failed", program=PROGRAM, detail=short(status.get("status_str") or "?"))
    executed = _executed(entry)
    if any(executed.get(node) != dict(asked) for node, asked in graph.items()):
        raise PictureError("server.other_graph", program=PROGRAM)
    cached = set(map(str, _sequence(told.get("execution_cached", {}).get("nodes"))))
    stale = [node for node in graphs.FRESH if node in cached]
    if graphs.LORA in graph and graphs.LORA in cached and not loader_seen:
        stale.append(graphs.LORA)
    if stale:
        classes = ", ".join(str(graph[node]["class_type"]) for node in stale)
        raise PictureError("server.from_cache", program=PROGRAM, nodes=classes)
    images = _sequence(_mapping(_mapping(entry.get("outputs")).get(graphs.SAVE)).get("images"))
    if len(images) != 1:
        raise PictureError("server.no_picture", program=PROGRAM, n=len(images))
    return Image(*(str(_mapping(images[0]).get(name, "")) for name in ("filename", "subfolder", "type")))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _messages(status: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    listed = [one for one in _sequence(status.get("messages")) if len(_sequence(one)) == 2]
    return {str(name): _mapping(values) for name, values in listed}


def _executed(entry: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the graph that was executed: [number, id, graph, extra data, outputs]. Extensions may add nodes."""
    prompt = _sequence(entry.get("prompt"))
    nodes = _mapping(prompt[2]) if len(prompt) > 2 else {}
    return {
        str(name): {part: node.get(part) for part in ("class_type", "inputs")}
        for name, node in nodes.items()
        if isinstance(node, dict)
    }


def failure(error: Mapping[str, Any]) -> BackendError | PictureError:
    """Return the error for what ComfyUI says went wrong while it drew."""
    kind, message = str(error.get("exception_type", "")), str(error.get("exception_message", ""))
    if (grave := no_room(PROGRAM, kind, message)) is not None:
        return grave
    if error.get("node_type") in LOADERS:
        return BackendError("server.lora_unreadable", program=PROGRAM, detail=short(f"{kind}: {message}"))
    return PictureError("server.failed", program=PROGRAM, detail=short(f"{error.get('node_type', '?')}: {kind}: {message}"))
