"""The records of clients and pictures: pydantic models of the files, each with its version.

Unknown keys are refused, old versions are migrated (`MIGRATIONS`). Nothing here touches a disk.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Source = Literal["mj", "real"]
Verdict = Literal["approved", "rejected"]
RECORD_VERSION = 3
CLIENT_VERSION = 1


class Strict(BaseModel):
    """Base of all records: a misspelt key is an error, and a record is changed by making another (`model_copy`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Original(Strict):
    """The file as it was given."""

    name: str
    sha256: str
    bytes: int
    stored: str  # relative to the client's folder, with '/'
    imported_at: str


class Picture(Strict):
    """The decoded picture; width and height in pixels after orientation."""

    format: str  # by content: PNG, JPEG, WEBP, TIFF, BMP, HEIF, AVIF, RAW
    width: int
    height: int
    taken_at: str | None = None  # ISO 8601, as the camera or MidJourney wrote it
    phash: str | None = None  # 64 bits as 16 hex digits
    notes: list[str] = Field(default_factory=list)  # e.g. "extension .nef, content JPEG"


class Parameter(Strict):
    """One MidJourney parameter: as typed, and as a number where it is one."""

    text: str
    number: float | None = None
    cut: bool = False  # taken from a file name that ends in the middle of it
    warning: str | None = None


class MidJourney(Strict):
    """Data of a picture from MidJourney or the user."""

    job_id: str | None = None
    tile: int | None = None
    author: str | None = None
    prompt: str | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    unknown_parameters: dict[str, str] = Field(default_factory=dict)
    evidence: Literal["embedded", "filename", "typed"] | None = None
    told_by: str | None = None  # image id of the tile of this job whose prompt it is, None: its own
    typed_prompt: str | None = None  # stands beside embedded data, never replaces it
    created_at: str | None = None
    image_guid: str | None = None
    source_type: str | None = None
    warnings: list[str] = Field(default_factory=list)


class Camera(Strict):
    """Camera data of a photo; GPS only if requested."""

    make: str | None = None
    model: str | None = None
    lens: str | None = None
    focal_length_mm: float | None = None
    aperture: float | None = None
    shutter_s: float | None = None
    iso: int | None = None
    flash: bool | None = None
    gps: tuple[float, float] | None = None  # degrees north, east


class Trait(Strict):
    """One trait of the picture and the evidence for it."""

    value: str
    evidence: str


class Traits(Strict):
    """Lighting, expression and physical traits; each with its evidence."""

    lighting: list[Trait] = Field(default_factory=list)
    expression: list[Trait] = Field(default_factory=list)
    physical: list[Trait] = Field(default_factory=list)


class Face(Strict):
    """One detected face. Pixels of the upright, full-size picture."""

    box: tuple[float, float, float, float]  # left, top, width, height
    confidence: float
    keypoints: dict[str, tuple[float, float]]  # left_eye, right_eye, nose, mouth_left, mouth_right
    identity: str | None = None  # vector of faces.identity, packed; None: not measured


class FaceChoice(Strict):
    """Which face of `faces` was cut out, and why."""

    index: int
    why: str  # only | largest_central | identity | user
    ambiguous: bool = False


class Identity(Strict):
    """Whose face the one that was cut out is, beside the client's other pictures."""

    vector: str  # of faces.identity, packed: personal data as the picture is
    points: Literal["yunet", "detector"]  # whose points it was aligned by; a profile by the detector's is no proof
    likeness: float | None = None  # cosine to the mean of the others of the set; None: too few to compare with
    verdict: Literal["client", "doubtful", "other"] | None = None
    by: Literal["rules", "user"] = "rules"  # the user's verdict outlives every repeat
    asked: bool = False  # the user was asked once whether this is the client


FURTHER = "~"  # between a picture's id and the framing in the name of a further crop of it


class Crop(Strict):
    """The square that was cut out, in pixels of the upright, full-size picture."""

    square: tuple[int, int, int, int]  # left, top, right, bottom; right and bottom exclusive
    side_px: int  # of the PNG written
    scale: float  # side_px / side of the square; above 1: enlarged
    framing: str = "face"  # face | head_shoulders | half_figure
    angle: float = 0.0  # degrees by which the square is turned clockwise about its middle


class Reason(Strict):
    """One limit that a picture does not meet."""

    code: str  # quality.reason.<code> is its sentence
    level: Literal["refuse", "warn"]
    value: float | None = None
    limit: float | None = None


class Quality(Strict):
    """The measures of a crop and the verdict that follows from them."""

    measures: dict[str, float] = Field(default_factory=dict)
    verdict: Verdict
    reasons: list[Reason] = Field(default_factory=list)
    rules: str  # fingerprint of the limits in force


class Decision(Strict):
    """The final verdict on a picture; the user's outlives every repeat."""

    verdict: Verdict
    by: Literal["rules", "user"]
    when: str
    by_answer: bool = False  # of the user's: rejected as another person was said to be the client


class Caption(Strict):
    """The text beside the picture in the dataset."""

    text: str
    by: Literal["rules", "user"]


class Use(Strict):
    """Whether a training sees the picture; the user's mark outlives every repeat."""

    kind: Literal["train", "held_out"]
    by: Literal["rules", "user"]


class ImageRecord(Strict):
    """Everything known about one picture: clients/{id}/metadata/images/{image_id}.json."""

    version: Literal[3] = 3
    image_id: str
    source: Source
    original: Original
    picture: Picture
    midjourney: MidJourney | None = None
    camera: Camera | None = None
    traits: Traits = Field(default_factory=Traits)
    analysis: dict[str, float] = Field(default_factory=dict)  # measured brightness, contrast, warmth of a photo
    near_duplicate_of: str | None = None
    faces: list[Face] = Field(default_factory=list)
    face_choice: FaceChoice | None = None
    identity: Identity | None = None
    processed_with: str | None = None  # fingerprint of the face settings; None: not yet processed
    crop: Crop | None = None
    more_crops: list[Crop] = Field(default_factory=list)  # further framings of the same face, in files id~framing.png
    quality: Quality | None = None
    decision: Decision | None = None
    use: Use | None = None  # None: trained, as nothing was decided yet
    caption: Caption | None = None

    @property
    def crop_ids(self) -> list[str]:
        """The names of its crops, without extension: its own id, then id~framing for each further one."""
        return [self.image_id, *(f"{self.image_id}{FURTHER}{crop.framing}" for crop in self.more_crops)]

    @property
    def held_out(self) -> bool:
        """True where no training shall see the picture."""
        return self.use is not None and self.use.kind == "held_out"

    @property
    def approved(self) -> bool:
        """True where the picture goes into the dataset, unless it is held out."""
        return self.decision is not None and self.decision.verdict == "approved" and self.crop is not None


class ClientInfo(Strict):
    """clients/{id}/client.json."""

    version: Literal[1] = 1
    client_id: str
    display_name: str = ""
    trigger_word: str
    class_word: str = "person"
    consent_note: str = ""
    master_prompt: str = ""
    created_at: str
    settings: dict[str, Any] = Field(default_factory=dict)


# version found -> function that returns the next version's data; every old version stays as a fixture in tests/fixtures.
def _to_2(data: dict[str, Any]) -> dict[str, Any]:
    """Version 2 has `identity`; vectors of version 1 were aligned by other points, so that they are measured anew."""
    faces = [face for face in data.get("faces", ()) if isinstance(face, dict)]
    for face in faces:
        face["identity"] = None
    quality = data.get("quality")
    if isinstance(quality, dict) and isinstance(quality.get("measures"), dict):
        for name in ("identity", "identity_limit"):
            quality["measures"].pop(name, None)
    return {**data, "version": 2}


def _to_3(data: dict[str, Any]) -> dict[str, Any]:
    """Version 3 has `use`: before, every approved picture was trained."""
    return {**data, "version": 3, "use": None}


MIGRATIONS: dict[int, Any] = {1: _to_2, 2: _to_3}


def migrate(data: Any, current: int) -> Any:
    """Bring data of an older version up to `current`; of a newer one, or no object, it is left for its model to refuse."""
    if not isinstance(data, dict):
        return data
    version = data.get("version", 1)
    while isinstance(version, int) and version < current and version in MIGRATIONS:
        data = MIGRATIONS[version](data)
        version = data["version"]
    return data
