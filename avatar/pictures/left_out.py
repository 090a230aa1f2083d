"""What lies in people's folders and is no picture that can be imported: which kind it is, and what is told about it.

Two lists. FORMATS are pictures of formats that are not read here: each is refused by name, since the user may miss it.
KINDS are no pictures: they are counted, named, and told with what to do in one line a kind (texts import.left.*). What
operating systems and other programs make for themselves (`is_of_system`) is no loss and is not told file by file.

GIFs could be read, but hold 256 colours: a face in them is dots, so the user is told to look for the original.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath

from avatar.texts.text import Text


@dataclass(frozen=True)
class Format:
    """A picture format that is not read: its name, its extensions, and how a file of it begins where that is known."""

    name: str
    suffixes: frozenset[str]
    start: re.Pattern[bytes]


def _format(name: str, suffixes: str, start: bytes = rb"(?!)") -> Format:
    return Format(name, frozenset(suffixes.split()), re.compile(start, re.DOTALL))


FORMATS = (
    _format("GIF", ".gif", rb"GIF8[79]a"),
    _format("JPEG XL", ".jxl", rb"\xff\n|\0\0\0\x0cJXL \r\n\x87\n"),
    _format("JPEG 2000", ".jp2 .j2k .j2c .jpf .jpx .jpm", rb"\0\0\0\x0cjP  \r\n\x87\n|\xffO\xffQ"),
    _format("JPEG XR", ".jxr .wdp .hdp", rb"II\xbc[\0\1]"),
    _format("Photoshop", ".psd .psb", rb"8BPS"),
    _format("GIMP", ".xcf", rb"gimp xcf"),
    _format("Krita", ".kra"), _format("OpenRaster", ".ora"), _format("Affinity Photo", ".afphoto .af"),
    _format("Clip Studio", ".clip", rb"CSFCHUNK"), _format("Procreate", ".procreate"), _format("Pixelmator", ".pxd .pxm"),
    _format("Paint.NET", ".pdn", rb"PDN3"), _format("Paint Shop Pro", ".pspimage .psp", rb"Paint Shop Pro Im"),
    _format("OpenEXR", ".exr", rb"v/1\x01"), _format("Radiance HDR", ".hdr", rb"#\?(RADIANCE|RGBE)"),
    _format("Targa", ".tga"), _format("PCX", ".pcx"), _format("ICO", ".ico .cur"), _format("ICNS", ".icns", rb"icns"),
    _format("DDS", ".dds", rb"DDS \x7c"), _format("QOI", ".qoi", rb"qoif"), _format("FLIF", ".flif", rb"FLIF"),
    _format("BPG", ".bpg", rb"BPG\xfb"), _format("PNM", ".pbm .pgm .ppm .pnm .pam", rb"P[1-7]\s[\d\s#]"),
    _format("DICOM", ".dcm", rb".{128}DICM"),
)  # fmt: skip
# Extensions of what is counted: the name of the kind is the end of its text's key, import.left.*.
KINDS: Mapping[str, frozenset[str]] = {
    kind: frozenset(suffixes.split())
    for kind, suffixes in {
        "video": ".mp4 .mov .m4v .avi .mkv .webm .3gp .3g2 .mpg .mpeg .mts .m2ts .wmv .flv .mp .lrv .insv .vob .ogv .gifv .mxf",
        "document": ".pdf .svg .svgz .ai .eps .ps .indd .cdr .emf .wmf .doc .docx .odt .rtf .ppt .pptx .odp .xls .xlsx .ods"
                    " .pages .key .numbers",
        "edits": ".aae .xmp .dop .pp3 .on1 .cos .comask .nksc .vrd .arp .lrcat .lrtemplate .cocatalog .pgd",
        "text": ".txt .caption .prompt .json .jsonl .csv .tsv .md .xml .htm .html .yaml .yml .toml .log .nfo .url .webloc .lnk",
        "sound": ".mp3 .m4a .wav .aac .ogg .opus .flac .amr .wma .aif .aiff",
        "weights": ".safetensors .ckpt .npz .npy .pt .pth .onnx .gguf",
    }.items()
}  # fmt: skip
SHOWN_NAMES = 3  # [choice] of a kind
LEFT = ("cloud", *KINDS, "live_photo", "hidden", "link", "system", "other")
# How films begin: MP4 and QuickTime (any brand that is no picture's), AVI, Matroska and WebM, Windows Media, Flash, MPEG.
VIDEO_START = re.compile(
    rb".{4}(ftyp(?!avi[fs]|hei[cmsx]|hev[cx]|mi[af]|msf1|crx)|moov|mdat|wide|pnot)|RIFF.{4}AVI |\x1aE\xdf\xa3"
    rb"|0&\xb2u\x8ef\xcf\x11|FLV\x01|\0\0\x01[\xba\xb3]",
    re.DOTALL,
)
# Of browsers (Chrome, Firefox, Edge, Safari, Opera), WinSCP, aria2 and torrents.
UNFINISHED = frozenset(
    {".crdownload", ".part", ".partial", ".download", ".opdownload", ".filepart", ".aria2", ".!ut", ".!qb", ".bc!"}
)  # fmt: skip
PLACEHOLDER = re.compile(r"\..+\.icloud", re.DOTALL)  # what macOS leaves of a file that lies in iCloud only
# Folders and files of Windows, macOS, NAS boxes (Synology, QNAP), Linux disks, and of other programs' previews.
SYSTEM_NAMES = frozenset(
    {"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "@tmp", "@recycle",
     "#recycle", "#snapshot", "@recently-snapshot", "$recycle.bin", "recycler", "recycled", "system volume information",
     "lost+found", "ipod photo cache", "network trash folder", "temporary items", "picasa.ini", "zbthumbnail.info",
     "captureone"}
)  # fmt: skip
SYSTEM_PATTERN = re.compile(
    r"found\.\d{3}|syno(photo|file)_thumb.*|.*@syno(eastream|resource)|~\$.*|.*\.(lrdata|lrcat-data|lrcat-(wal|shm|lock)|thm|ithmb|cop|cot)",
    re.DOTALL,
)
# Names that begin with a dot and are nobody's pictures; others are hidden by the user.
DOT_NAMES = re.compile(
    r"\._.*|\.(ds_store|trash.*|thumbnails|spotlight.*|fseventsd|documentrevisions.*|temporaryitems|apdisk|localized|git.*"
    r"|cache|@__thumb|picasa.*|nomedia|directory|venv|idea|vscode|ipynb_checkpoints|sync.*|stfolder|dropbox.*|bridge.*|dtrash|nextcloud.*|owncloud.*|ctx_.*)",
    re.DOTALL,
)
# In a library of Photos only these hold pictures; the others hold smaller copies of them.
LIBRARIES = frozenset({".photoslibrary", ".photolibrary", ".aplibrary", ".migratedphotolibrary"})  # of Photos, iPhoto, Aperture
LIBRARY_PICTURES = frozenset({"originals", "masters"})


def is_of_system(name: str) -> bool:
    """Return whether a file or folder was made by an operating system or a program for itself: thumbnails, trash, caches."""
    lower = name.lower()
    return lower in SYSTEM_NAMES or SYSTEM_PATTERN.fullmatch(lower) is not None or DOT_NAMES.fullmatch(lower) is not None


def format_of_others(head: bytes) -> str | None:
    """Return the name of the format that is not read here, by the first bytes of a file; None for any other file."""
    return next((known.name for known in FORMATS if known.start.match(head)), None)


def holds_own_pictures(folder: PurePath) -> bool:
    """Return whether a folder may hold the user's pictures: in a library of Photos only two do."""
    return folder.parent.suffix.lower() not in LIBRARIES or folder.name.lower() in LIBRARY_PICTURES


def refusal(name: str, head: Callable[[], bytes]) -> Text | None:
    """Return why a file that is no picture by its extension is refused by name; None for one that is only counted.

    head  gives the first bytes of the file; asked only where the name does not tell
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in UNFINISHED:
        return Text("import.unfinished", {"name": name})
    told = next((known.name for known in FORMATS if suffix in known.suffixes), None)
    told = told or (None if any(suffix in suffixes for suffixes in KINDS.values()) else format_of_others(head()))
    return Text("import.other_format", {"name": name, "format": told}) if told else None


def kind_left(name: str, head: Callable[[], bytes], pictures: Collection[str] = ()) -> str:
    """Return the kind, of LEFT, that a file is counted as.

    pictures  names without extension, in small letters, of the pictures in its folder
    """
    path = PurePosixPath(name)
    if PLACEHOLDER.fullmatch(name):
        return "cloud"
    if name.startswith("."):
        return "hidden"
    suffix = path.suffix.lower()
    kind = next((kind for kind, suffixes in KINDS.items() if suffix in suffixes), None)
    kind = kind or ("video" if VIDEO_START.match(head()) else "other")
    return "live_photo" if suffix == ".mov" and path.stem.lower() in pictures else kind


def lines(left: Mapping[str, Sequence[str]]) -> list[Text]:
    """Return a line for each kind that was left out: how many, the first names, and what to do.

    left  the names by kind
    """
    told = []
    for kind in (kind for kind in LEFT if left.get(kind)):
        names = list(dict.fromkeys(left[kind]))
        few = names[:SHOWN_NAMES] + ["…"] * (len(names) > SHOWN_NAMES)
        told.append(Text(f"import.left.{kind}", {"n": len(left[kind]), "names": ", ".join(few)}))
    return told
