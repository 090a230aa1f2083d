"""What nothing that is handed over may say: folders of this computer, names of the client's pictures."""

from __future__ import annotations

import json
import re
from pathlib import Path

from avatar.texts.text import PipelineError
from avatar.workspace.client import Client

_APART = re.compile(r"""[\s"'`/\\,;:()<>|=\[\]{}]+""")


class PrivateWords:
    """Looks for them in texts. names: of training pictures too; own: names that the delivery itself has."""

    def __init__(self, client: Client, *, names: bool, own: frozenset[str]) -> None:
        folders = {str(path) for path in (client.folder.resolve(), client.folder, Path.home()) if len(path.parts) > 1}
        self._folders = sorted({form for path in folders for form in (path, path.replace("\\", "/"), json.dumps(path)[1:-1])})
        words = (
            {word for record in client.each_record() for word in (record.original.name, record.image_id)} if names else set()
        )
        words -= own
        self._words = {word for word in words if not _APART.search(word)}
        self._phrases = sorted(word for word in words - self._words if word.strip())

    def refuse(self, member: str, text: str) -> None:
        """Raise PipelineError("deliver.private") where a text of a member holds one."""
        found = [folder for folder in self._folders if folder in text]
        found += [phrase for phrase in self._phrases if phrase in text]
        found += sorted(self._words & set(_APART.split(text)))
        if found:
            raise PipelineError("deliver.private", member=member, found=found[0])
