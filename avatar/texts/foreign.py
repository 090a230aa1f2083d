r"""Words of libraries and of the system as texts of ours: an OSError says "No space left on device" in every language.

`told` is asked for each value called `detail` when a text is drawn, so that records, logs and JSON keep the words as they came.
"""

from __future__ import annotations

import re

from avatar.texts.text import Text

_KIND = r"(?:[A-Za-z_.]*(?:Error|Exception|Warning|BadZipFile|LargeZipFile): )?"
_NUMBER = r"(?:\[(?:Errno|WinError) -?\d+\] )?"
_OF_FILE = r"(?:: '(?P<path>[^']*)'.*)?"

# What they say, as a whole -> the text. Each was raised by the library named, or stands in the errors of its source.
_KNOWN: dict[str, str] = {
    "detail.not_a_zip": r"File is not a zip file",  # zipfile
    "detail.zip_damaged": r"Bad magic number for .*|Bad CRC-32 for .*|Truncated (?:central directory|file header)"
    r"|Corrupt .*|Overlapped entries.*|Error -\d+ while decompressing.*|bad central directory.*|File name in directory .*",
    "detail.zip_method": r"That compression method is not supported|compression type \d+.*|zip file version .*"
    r"|zipfiles that span multiple disks are not supported|strong encryption.*|compressed patched data.*",
    "detail.password": r"File .* is encrypted, password required for extraction|Bad password for file .*",
    "detail.ends_early": r"image file is truncated.*|[Tt]runcated .*|[Uu]nexpected end of .*"
    r"|Premature end of .*|image was incomplete|not enough image data|Not enough data in header|end of file|cut|End of data: .*"
    r"|Expected to read \d+ bytes but only got \d+\.?|buffer is not large enough|a field is cut off|.*: Read beyond EOF.*",
    "detail.damaged": r"broken PNG file.*|broken data stream.*|damaged(?: in \S+)?|cannot parse this image|Data error"
    r"|unrecognized data stream contents when reading image file|Invalid input: .*|decoder error.*|bad .* table marker"
    r"|cannot decode image data|Decoder plugin generated an error.*|Failed to decode image.*|b?'?Data error'?|image data found",
    "detail.no_pixels": r"no pixels",
    "detail.no_picture": r"cannot identify image file.*|not a \w+ file|Not an? \w+ file|cannot find loader for this \w+ file",
    "detail.not_supported": r"Unsupported (?!file format or not RAW).*|unavailable in base \w+|.* is not supported"
    r"|unknown \w+ mode|Only 3 or 4 output channels are supported|cannot handle .*",
    "detail.no_raw": r"Unsupported file format or not RAW file|Unsupported file format",  # LibRaw
    "detail.too_many_pixels": r"Image size \((?P<pixels>\d+) pixels\) exceeds limit of .*",
    "detail.no_safetensors": r"no safetensors header.*|Error while deserializing header.*",
    "detail.no_json": r"(?:Expecting|Extra data|Invalid control character|Unterminated string|Invalid \\?escape)\b.*line \d+.*",
    "detail.not_utf8": r"'?utf-?8'? codec can't decode .*",
    "detail.empty": r"0 bytes|cannot mmap an empty file",
    "detail.missing": r"No such file or directory|missing|The system cannot find the (?:file|path) specified",
    "detail.missing_package": r"No module named '(?P<name>[^']+)'",
    "detail.ended_with": r"exit (?P<code>-?\d+)",
    "detail.disk_full": r"No space left on device|Disk quota exceeded|There is not enough space on the disk",
    "detail.no_permission": r"Permission denied|Operation not permitted|Access is denied",
    "detail.is_folder": r"Is a directory",
    "detail.no_folder": r"Not a directory|The directory name is invalid",
    "detail.read_only": r"Read-only file system|The media is write protected",
    "detail.there_already": r"File exists|Cannot create a file when that file already exists",
    "detail.disk_error": r"Input/output error|I/O error|b?'?Input/output error'?",
    "detail.in_use": r"Device or resource busy|Text file busy"
    r"|The process cannot access the file because it is being used by another process",
    "detail.too_many_open": r"Too many open files(?: in system)?",
    "detail.name_too_long": r"File ?name too long",
    "detail.not_empty": r"Directory not empty|The directory is not empty",
    "detail.other_disk": r"Invalid cross-device link",
    "detail.no_memory": r"Cannot allocate memory|Out of memory|b?'?Not enough memory'?",
    "detail.refused": r"Connection refused|.*actively refused it",
    "detail.timed_out": r"(?:Connection )?timed out|.*timed out(?: after .*)?",
    "detail.no_host": r"Name or service not known|getaddrinfo failed|Temporary failure in name resolution"
    r"|nodename nor servname provided, or not known",
}
_PATTERNS = {key: re.compile(f"{_KIND}{_NUMBER}(?:{pattern}){_OF_FILE}\\.?", re.DOTALL) for key, pattern in _KNOWN.items()}
_PROSE = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}|[A-Za-z]+(?:Error|Exception)\b")
_PLACE = re.compile(r"[/\\~]|[A-Za-z]:[/\\]")  # a path has words too, and is no language


def told(words: str) -> Text | None:
    """Return foreign words as a text of ours, or as a technical detail; None where there is no sentence in them.

    >>> told("[Errno 28] No space left on device")
    Text(key='detail.disk_full', values={}, style='plain')
    >>> told("Expected all tensors on one device")
    Text(key='detail.technical', values={'words': 'Expected all tensors on one device'}, style='plain')
    >>> told("0xC0000005"), told("/fotos de ana/a b.png")
    (None, None)
    """
    for key, pattern in _PATTERNS.items():
        if found := pattern.fullmatch(words.strip()):
            values = {name: value for name, value in found.groupdict().items() if value is not None}
            path = values.pop("path", "")
            text = Text(key, {name: int(value) if value.isdecimal() else value for name, value in values.items()})
            return Text("detail.of_file", {"what": text, "path": path}) if path else text
    if _PLACE.match(words) or not _PROSE.search(words):
        return None
    return Text("detail.technical", {"words": words})
