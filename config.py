"""Every default of the program, in one place: frozen, keyword-only, with units in the names and the origin of each value.

Origins: [user] the user's description; [measured] on real pictures, see the figure; [trainer] what sd-scripts does
(main 48d368fa); [choice] ours, not measured. `settings.py` lays config.json, client.json and the command over these.
This module imports nothing but the standard library, so that the menu is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from avatar.texts.setting_errors import SettingError, as_written, check, outside, prefixed, unordered
from avatar.texts.text import Text

PROGRAM_DIR = Path(__file__).resolve().parent
CLIENTS_DIR = PROGRAM_DIR / "clients"
CONFIG_FILE = PROGRAM_DIR / "config.json"
TRAINER_DIR = PROGRAM_DIR / "kohya_ss"
LOG_DIR = PROGRAM_DIR / "logs"
CACHE_DIR = LOG_DIR / "cache"  # of libraries, which would use the home folder


def program_files() -> list[Path]:
    """Return the program's own modules, relative to PROGRAM_DIR, sorted: those beside this one and the package `avatar`."""
    files = [*PROGRAM_DIR.glob("*.py"), *(PROGRAM_DIR / "avatar").rglob("*.py")]
    return sorted(path.relative_to(PROGRAM_DIR) for path in files)


# Types by name are only a first guess (the content decides); a folder is searched for these.
STANDARD_EXTENSIONS = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif"})
# What LibRaw 0.21 names as supported makers' extensions (rawpy README; libraw.org/supported-cameras).
RAW_EXTENSIONS = frozenset(
    {
        ".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".fff", ".iiq", ".k25", ".kdc", ".mef", ".mos",
        ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f",
    }
)  # fmt: skip

# How a group is read from a file: no unknown keys, no NaN (which is below and above no limit), no infinity.
_FROM_FILES: dict[str, Any] = {"extra": "forbid", "allow_inf_nan": False}


SMALLEST_CONFIDENCE = 0.01  # [choice] 0 would take every window for a face
SMALLEST_FACE_PX = 12  # what MTCNN's first network looks at
BUCKET_STEP_PX = 64  # [trainer] sides of SDXL's buckets

Framing = Literal["face", "head_shoulders", "half_figure"]
FaceEngine = Literal["onnx", "mtcnn"]
CopyWay = Literal["copy", "clone", "link"]  # how an original gets into the client's folder


@dataclass(frozen=True, kw_only=True)
class KindLimits:
    """What one kind of picture must meet instead of the common limit; None: the common one holds."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    min_brightness: float | None = None
    max_brightness: float | None = None
    min_contrast: float | None = None
    blur_threshold: float | None = None
    max_noise_sigma: float | None = None
    max_clipped_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class QualityControlConfig:
    """Limits a picture must meet. Brightness and contrast in grey levels 0..255, shares in 0..1.

    Names and first values are the user's; where a measure needs another definition to mean what the user meant, the
    comment says which (`blur_threshold`).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    face_confidence_threshold: float = 0.85  # [user]; MTCNN's own face probability
    min_brightness: float = 40.0  # [user]; mean of the crop: ordinary pictures 57-177, quarter exposure 31 [measured]
    max_brightness: float = 220.0  # [user]
    min_contrast: float = 25.0  # [user]; standard deviation of the crop: ordinary 44-95, quarter exposure 14 [measured]
    # [user] 100, kept as the number the user knows. Laplacian variance taken literally refuses all of ten good
    # MidJourney-like portraits (9-33 at 1024 px) and accepts noise, so the score is 4 x the variance on the face scaled
    # to 256 px: blurred <= 34, sharp to the eye >= 156 [measured: facts on 77 pictures, 8.4 and 39 before the factor].
    blur_threshold: float = 100.0
    max_noise_sigma: float = 15.0  # Immerkaer's estimate: clean 0.2-3, noisy 25 [measured]
    max_enlargement: float = 1.5  # [choice] above, the crop holds invented detail: warned about
    # Refused: faces of 50-110 px come out 6-13 times enlarged, a half-length portrait of 1024 px about 2 [measured].
    refuse_enlargement: float = 3.0  # [choice]
    min_face_side_px: int = 64  # [choice] below, MTCNN's box is guesswork and the crop a smear
    max_clipped_share: float = 0.25  # [choice] share of the face at 0-2 or 253-255
    # Second face at least this share of the first one's height, and as sure: who is meant is doubtful. [choice]
    ambiguous_face_ratio: float = 0.6
    # Sets of their own for RAW, MidJourney and all other pictures. Each limit is the common one until set, since on the blur
    # score sharp pictures of the three kinds overlap: RAW 220-12,500, standard 130-11,000, MidJourney 160-700; blurred ones
    # of any kind stay below 34; brightness 57-177 and contrast 44-95 hold for all three [measured].
    raw: KindLimits = field(default_factory=KindLimits)
    standard: KindLimits = field(default_factory=KindLimits)
    mj: KindLimits = field(default_factory=KindLimits)

    def of_kind(self, kind: Literal["raw", "standard", "mj"]) -> QualityControlConfig:
        """Return the limits for one kind of picture, with no kinds left in them. Raises ValueError."""
        own = {name: value for name, value in asdict(getattr(self, kind)).items() if value is not None}
        return replace(self, raw=KindLimits(), standard=KindLimits(), mj=KindLimits(), **own)

    def __post_init__(self) -> None:
        problems = outside(self, "face_confidence_threshold", SMALLEST_CONFIDENCE, 1)
        problems += outside(self, "min_brightness", 0, 254) + outside(self, "max_brightness", 1, 255)
        problems += unordered(self, "max_brightness", "min_brightness", apart=1)
        for name in ("min_contrast", "blur_threshold", "max_noise_sigma"):
            problems += outside(self, name, 0)
        problems += outside(self, "max_enlargement", 1) + unordered(self, "refuse_enlargement", "max_enlargement")
        problems += outside(self, "min_face_side_px", SMALLEST_FACE_PX)
        for name in ("max_clipped_share", "ambiguous_face_ratio"):
            problems += outside(self, name, 0, 1)
        for kind in ("raw", "standard", "mj"):
            if getattr(self, kind) != KindLimits():
                try:
                    self.of_kind(kind)
                except SettingError as error:
                    problems += [prefixed(problem, kind) for problem in error.problems if problem not in problems]
        check(problems)


@dataclass(frozen=True, kw_only=True)
class FaceConfig:
    """How faces are looked for and cut out."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    # The same networks on onnxruntime, or as the package mtcnn runs them, on TensorFlow: same decisions, 3 x the time
    # [measured]. Pictures that were looked at are not looked at again for a change here; `process --force` does that.
    engine: FaceEngine = "onnx"
    # [user]; side of the square / longer side of the face box. Where the head is larger than that (hat, bun, tall hair, the
    # back of the head in profiles) the square slides, and grows up to 1.25 times, until it holds it; not without keep_head.
    face_padding_factor: float = 1.6
    keep_head: bool = True
    # Pictures take turns among these: each gives one crop, so that none counts more than another. A picture too small for its
    # turn gives the next narrower one named here, or "face". head_shoulders: 2.4 x the face; half_figure: 4 x, the face in
    # the upper third.
    framings: tuple[Framing, ...] = ("face",)
    # "turns": every picture gives one crop, the framings take turns; "all": one crop for each framing that fits it.
    framing_mode: Literal["turns", "all"] = "turns"
    straighten: bool = False  # turn the crop until the eyes are level
    crop_side_px: int = 1024  # [user]; SDXL's native size (arXiv:2307.01952 section 2.3)
    # Detection on a copy of this long side takes the same decision as full size on 80 of 81 pictures, 50 x faster at
    # 24 MP [measured]; where it finds nothing or only a doubtful face, a larger copy is looked at.
    detection_side_px: int = 768
    # How sure YuNet must be, 0..1, of a face in a MidJourney picture in which MTCNN finds none (a drawing, a painting, a figure
    # rendered in 3D). [measured] At 0.7 48 of 79 such faces are found and 11 in 352 pictures without any, at 0.8 38 and 7.
    stylised_confidence: float = 0.7
    second_look_side_px: int = 1536  # [measured] finds the faces of 5 % of the width that 768 px loses

    def __post_init__(self) -> None:
        problems: list[Text] = []
        if not self.framings:
            problems.append(Text("setting.empty", {"name": "framings", "choices": ", ".join(get_args(Framing))}))
        problems += outside(self, "face_padding_factor", 1, 5)
        if self.crop_side_px < BUCKET_STEP_PX or self.crop_side_px % BUCKET_STEP_PX:
            multiple = {
                "name": "crop_side_px",
                "value": as_written(self.crop_side_px),
                "low": as_written(BUCKET_STEP_PX),
            }
            problems.append(Text("setting.multiple", {**multiple}))
        problems += outside(self, "stylised_confidence", 0.3, 1)
        problems += outside(self, "detection_side_px", 128) + unordered(self, "second_look_side_px", "detection_side_px")
        check(problems)


MOST_REPEATS = 200  # [choice] every pair of repeats is tried, each time a menu is drawn: 0.1 s [measured]


@dataclass(frozen=True, kw_only=True)
class DatasetDistribution:
    """What the trainer shall see: shares are of exposures (pictures x repeats), not of files."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    mj_share: float = 0.85  # [user]
    real_share: float = 0.15  # [user]
    strategy: Literal["repeats", "select", "as_is"] = "repeats"
    exposures_per_epoch: int = 200  # [choice]: about 100-150 exposures a picture over 10-20 epochs (peers 3.3)
    max_repeats: int = 20  # [choice] one picture shown more often than this an epoch is learnt by heart
    # False: only head and shoulders are learnt (an alpha channel, `--alpha_mask`): for sets that all have one background.
    learn_background: bool = True
    max_repeat_ratio: float = 8.0  # [choice] between the sources, for the same reason

    def __post_init__(self) -> None:
        problems: list[Text] = []
        if not (min(self.mj_share, self.real_share) >= 0 and abs(self.mj_share + self.real_share - 1) <= 1e-6):
            shares = {"value": as_written(self.mj_share), "limit": as_written(self.real_share)}
            problems.append(Text("setting.shares", {"name": "mj_share", "other": "real_share", **shares}))
        problems += outside(self, "max_repeats", 1, MOST_REPEATS)
        for name in ("exposures_per_epoch", "max_repeat_ratio"):
            problems += outside(self, name, 1)
        check(problems)


@dataclass(frozen=True, kw_only=True)
class CaptionConfig:
    """How captions are written: trigger word, class word, then what varies between the pictures."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    # [trainer] one CLIP window: 77 less start and end. More is read only with `configure --set max_token_length=225`.
    max_tokens: int = 75
    include_traits: bool = True
    # Identity that stays the same is left to the trigger word; what is captioned becomes separable (captions.md).
    include_identity: bool = False
    # Which groups of phrases stand in a caption, and in what order: what comes first is kept where not all fits. Words
    # without braces between two commas stand in every caption.
    template: str = (
        "{trigger} {class}, {medium}, {framing}, {angle}, {pose}, {expression}, {clothing}, {objects}, {background}, {weather},"
        " {lighting}, {identity}"
    )

    def __post_init__(self) -> None:
        check(_template_problems(self.template) + outside(self, "max_tokens", 4, 225))


TRAIT_GROUPS = ("lighting", "expression", "physical")
CAPTION_GROUPS = (
    "medium", "framing", "angle", "pose", "expression", "clothing", "objects", "background", "weather", "lighting", "identity",
)  # fmt: skip


def _template_problems(template: str) -> list[Text]:
    """Return all that is wrong with a caption template."""
    first, *rest = (" ".join(part.split()) for part in template.split(","))
    values: dict[str, object] = {"name": "template", "value": template}
    problems: list[Text] = []
    if first not in {"{trigger}", "{trigger} {class}"}:
        problems.append(Text("setting.template_start", values))
    for part in rest:
        if part.strip("{}") == part and part:
            continue  # fixed words
        if part[1:-1] not in CAPTION_GROUPS or part != f"{{{part[1:-1]}}}":
            known = ", ".join(f"{{{group}}}" for group in CAPTION_GROUPS)
            problems.append(Text("setting.template_part", {"name": "template", "value": part, "choices": known}))
        elif rest.count(part) > 1:
            twice: Text = Text("setting.template_twice", {"name": "template", "value": part})
            problems += [] if twice in problems else [twice]
    if "\n" in template or "\r" in template:
        problems.append(Text("setting.template_lines", values))
    return problems


@dataclass(frozen=True, kw_only=True)
class ImportConfig:
    """Limits of what is taken in."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    max_pixels: int = 400_000_000  # [choice] above, a file is a bomb: the largest sensors have 151 MP
    max_archive_bytes: int = 50_000_000_000  # [choice] unpacked size of a zip
    max_archive_ratio: float = 200.0  # [choice] unpacked / packed of one member; pictures hardly shrink
    keep_gps: bool = False  # a place is personal data: only when asked for
    raw_cache_mb: int = 2000  # [choice] developed RAWs kept per client, 72 MB for 24 MP; 0 keeps none
    # "clone" and "link" save the room of a second copy where the file system can. Beware of "link": a program that edits the
    # user's own file in place then changes ours too.
    copy_way: CopyWay = "copy"
    near_duplicate_bits: int = 6  # of 64 of the perceptual hash (peers 1c: Hamming <= 6/64)
    omni_weight_low: int = 150  # [user] `--ow` outside 150-170 is warned about, never refused
    omni_weight_high: int = 170  # [user]
    # Further phrases by group and trait, beside those of traits.py: {"lighting": {"studio": ["ring light"]}}.
    trait_words: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Text] = [
            Text("setting.choice", {"name": "trait_words", "value": group, "choices": ", ".join(TRAIT_GROUPS)})
            for group in self.trait_words if group not in TRAIT_GROUPS
        ]  # fmt: skip
        for name in ("max_pixels", "max_archive_bytes", "max_archive_ratio"):
            problems += outside(self, name, 1)  # below, nothing could be imported
        problems += outside(self, "near_duplicate_bits", 0, 64) + outside(self, "raw_cache_mb", 0)
        problems += unordered(self, "omni_weight_high", "omni_weight_low")
        check(problems)


@dataclass(frozen=True, kw_only=True)
class TrainerConfig:
    """Where the trainer comes from and lives."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    repository: str = "https://github.com/kohya-ss/sd-scripts"
    revision: str = "48d368fa557731ad0488c07304dfeba8c07910eb"
    folder: str = ""  # empty: kohya_ss beside the program
    python: str = ""  # empty: venv in that folder
    # Where PyTorch comes from: empty: PyTorch's own index, by the driver; an address; "pip": as pip is configured.
    torch_index: str = ""
    base_model: str = "stabilityai/stable-diffusion-xl-base-1.0"  # [user]
    models_folder: str = ""  # of A1111, Forge or ComfyUI: where base models to choose from lie
    tokenizer_cache_dir: str = ""  # empty: the hub's cache
    # A model is made to be passed on, and the trainer writes names, folders and every caption into it: "trim" takes them out of
    # the finished one. "keep" leaves A1111 its list of tags. May be set for one client.
    metadata_names: Literal["trim", "keep"] = "trim"


@dataclass(frozen=True, kw_only=True)
class GenerateConfig:
    """What draws pictures with a finished LoRA, and where it is. Never a client's: pictures of persons go to the address."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    backend: Literal["auto", "trainer", "comfyui", "a1111"] = "auto"  # auto: the trainer where it fits the card
    comfyui_address: str = "http://127.0.0.1:8188"
    a1111_address: str = "http://127.0.0.1:7860"  # Forge, reForge and SD.Next speak it too
    comfyui_loras: str = ""  # its folder models/loras; empty: looked for, else asked once
    a1111_loras: str = ""  # its folder models/Lora
    invokeai_folder: str = ""  # its root; empty: INVOKEAI_ROOT, else ~/invokeai
    user: str = ""  # of a server that asks for one
    password: str = ""
    base_name: str = ""  # the base model's name there; empty: the name of our file
    keep_files: bool = False  # leave the LoRA in the server's folder afterwards


@dataclass(frozen=True, kw_only=True)
class CaptionerConfig:
    """What looks at pictures and says what is on them, where it is asked to. Never a client's: pictures go to the address."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    # Of Ollama, or of a server that speaks as OpenAI's does: LM Studio has port 1234, llama.cpp 8080, vLLM 8000.
    server: str = "http://127.0.0.1:11434"
    model: str = ""  # as the server calls it; empty: its first one that can see
    timeout_s: float = 300.0  # [choice] seconds for one picture; the first one loads the model
    # From which doubt on a caption is asked about: 0 all, 1 without a prompt. [choice] 0.5: neither clothing nor place known.
    min_doubt: float = 0.5
    # What was agreed to, each asked once: "tags", "sentences", "server ADDRESS". Delete one to be asked again.
    allowed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check(outside(self, "timeout_s", 10, 3600) + outside(self, "min_doubt", 0, 1))


@dataclass(frozen=True, kw_only=True)
class ResultsConfig:
    """What a candidate of a trial must meet to be proposed; one that does not is shown, behind the others."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    # Share of its pictures with exactly one face. [choice] SceneWorks' study of one person has 0.88 at weight 0.8, 0.78 at 1.1.
    min_faces_share: float = 0.8
    # Simulated (benchmarks/ranking.py): -0.02 to 0.02 where nothing is copied, from 0.07 on where half the pictures repeat one.
    max_copy_risk: float = 0.05
    min_flexibility: float = 0.5  # [choice] of the base model's own, 0 deaf to the prompt; not measured yet on a real LoRA

    def __post_init__(self) -> None:
        problems = outside(self, "min_faces_share", 0, 1) + outside(self, "max_copy_risk", 0, 1)
        check(problems + outside(self, "min_flexibility", 0, 2))


@dataclass(frozen=True, kw_only=True)
class GPUProfile:
    """Training settings asked for on one card, before they are fitted to the memory that is free.

    dim, alpha, resolution, batch and accumulation of the named cards are the user's table; the rest follows
    peers.md section 3.3.
    """

    name: str
    label: str
    vram_gib: float
    network_dim: int
    network_alpha: int
    resolution: int
    batch_size: int = 1
    gradient_accumulation_steps: int = 1
    compute_capability: tuple[int, int] = (8, 6)
    # A1111's switches do not exist in sd-scripts; what they ask for is met by an fp8 base where the plan needs one, and by
    # training the U-Net only, with cached text-encoder outputs. Offloaded checkpointing ends SDXL runs with a TypeError.
    lowvram: bool = False
    medvram: bool = False
    optimizer: str = "AdamW8bit"
    steps_per_hour: int | None = None  # [user] the description's table; None: not known
    timed_as: str = ""  # [choice] without a figure of its own: the profile of the table whose time is told instead


AUTO = "auto"  # in place of a profile: that of the card in this computer
GPU_PROFILES: dict[str, GPUProfile] = {
    profile.name: profile
    for profile in (
        GPUProfile(name="gtx1650_4gb", label="NVIDIA GTX 1650 4 GB", vram_gib=4, network_dim=32, network_alpha=16,
                   resolution=768, gradient_accumulation_steps=8, compute_capability=(7, 5), lowvram=True, medvram=True,
                   steps_per_hour=175),
        GPUProfile(name="gpu_6gb", label="6 GB (RTX 2060, GTX 1660)", vram_gib=6, network_dim=32, network_alpha=16,
                   resolution=1024, compute_capability=(7, 5), lowvram=True, medvram=True,
                   timed_as="gtx1650_4gb"),
        GPUProfile(name="rtx3050_8gb", label="NVIDIA RTX 3050 8 GB", vram_gib=8, network_dim=96, network_alpha=48,
                   resolution=1024, gradient_accumulation_steps=2, medvram=True, steps_per_hour=400),
        GPUProfile(name="rtx3060_8gb", label="NVIDIA RTX 3060 8 GB", vram_gib=8, network_dim=96, network_alpha=48,
                   resolution=1024, gradient_accumulation_steps=2, medvram=True, steps_per_hour=450),
        GPUProfile(name="rtx4060_8gb", label="NVIDIA RTX 4060 8 GB", vram_gib=8, network_dim=128, network_alpha=64,
                   resolution=1024, gradient_accumulation_steps=2, compute_capability=(8, 9), medvram=True,
                   steps_per_hour=500),
        GPUProfile(name="gpu_8gb", label="8 GB (RTX 2070, 3070, 5060)", vram_gib=8, network_dim=96, network_alpha=48,
                   resolution=1024, gradient_accumulation_steps=2, compute_capability=(7, 5), medvram=True,
                   timed_as="rtx3050_8gb"),
        GPUProfile(name="rtx3060_12gb", label="NVIDIA RTX 3060 12 GB", vram_gib=12, network_dim=96, network_alpha=48,
                   resolution=1024, gradient_accumulation_steps=2, timed_as="rtx3060_8gb"),
        GPUProfile(name="rtx4070_12gb", label="NVIDIA RTX 4070 12 GB", vram_gib=12, network_dim=128, network_alpha=64,
                   resolution=1024, gradient_accumulation_steps=2, compute_capability=(8, 9), timed_as="rtx4060_8gb"),
        GPUProfile(name="gpu_12gb", label="10-12 GB", vram_gib=12, network_dim=64, network_alpha=32, resolution=1024,
                   gradient_accumulation_steps=2, timed_as="rtx3060_8gb"),
        GPUProfile(name="rtx4060ti_16gb", label="NVIDIA RTX 4060 Ti 16 GB", vram_gib=16, network_dim=128,
                   network_alpha=64, resolution=1024, batch_size=2, compute_capability=(8, 9), steps_per_hour=600),
        GPUProfile(name="rtx4080_16gb", label="NVIDIA RTX 4080 16 GB", vram_gib=16, network_dim=128, network_alpha=64,
                   resolution=1024, batch_size=2, compute_capability=(8, 9), timed_as="rtx4060ti_16gb"),
        GPUProfile(name="gpu_16gb", label="16-20 GB", vram_gib=16, network_dim=128, network_alpha=64, resolution=1024,
                   batch_size=2, timed_as="rtx4060ti_16gb"),
        GPUProfile(name="rtx3090_24gb", label="NVIDIA RTX 3090 24 GB", vram_gib=24, network_dim=128, network_alpha=64,
                   resolution=1024, batch_size=2, timed_as="rtx4060ti_16gb"),
        GPUProfile(name="rtx4090_24gb", label="NVIDIA RTX 4090 24 GB", vram_gib=24, network_dim=128, network_alpha=64,
                   resolution=1024, batch_size=2, compute_capability=(8, 9), timed_as="rtx4060ti_16gb"),
        GPUProfile(name="gpu_24gb", label="24 GB or more", vram_gib=24, network_dim=128, network_alpha=64,
                   resolution=1024, batch_size=2, timed_as="rtx4060ti_16gb"),
        # Only to try the whole way without a card: hours per step, never a useful LoRA.
        GPUProfile(name="cpu", label="no card (trial only)", vram_gib=0, network_dim=4, network_alpha=2, resolution=128,
                   compute_capability=(0, 0), optimizer="AdamW"),
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TrainingPreset:
    """How long and how thoroughly, whatever the card."""

    name: str
    exposures_per_picture: int  # peers 3.3: 100-150 a picture, 1500-3000 in all
    min_steps: int
    max_steps: int
    checkpoints: int  # saved states of the LoRA over the run, the last included
    samples: int = 0  # [choice] rounds of sample pictures over the run, where memory allows; peers 3.3: from 16 GB
    # [choice] a state, from which a training goes on, takes 2 GB at dim 128: worth it where the training takes hours, and
    # bounded to the last two of the run and that of its end.
    save_state: bool = False
    learning_rate: float = 1e-4  # [user]
    fast_learning_rate: float | None = None  # from 8 GB upwards


TRAINING_PRESETS: dict[str, TrainingPreset] = {
    preset.name: preset
    for preset in (
        TrainingPreset(name="quick", exposures_per_picture=60, min_steps=400, max_steps=1000, checkpoints=2,
                       fast_learning_rate=1.2e-4),  # [user] 0.00012 "for faster" from 8 GB
        TrainingPreset(name="balanced", exposures_per_picture=100, min_steps=800, max_steps=2000, checkpoints=4,
                       samples=3, save_state=True),
        TrainingPreset(name="quality", exposures_per_picture=150, min_steps=1200, max_steps=3000, checkpoints=6,
                       samples=4, save_state=True),
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DashboardConfig:
    """The pages in the browser."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    with_training: bool = True  # [choice] `train` at a terminal starts them, and tells their address in one line


@dataclass(frozen=True, kw_only=True)
class EvidenceConfig:
    """What the program keeps of finished trainings and trials on this computer: figures, no name and no path."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    collect: bool = True  # [choice] nothing leaves this computer; `settings evidence.collect off` ends it


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings that a file or command may change, in force for one client."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _FROM_FILES

    version: Literal[1] = 1
    language: Literal["es", "en"] | None = None
    quality: QualityControlConfig = field(default_factory=QualityControlConfig)
    faces: FaceConfig = field(default_factory=FaceConfig)
    dataset: DatasetDistribution = field(default_factory=DatasetDistribution)
    captions: CaptionConfig = field(default_factory=CaptionConfig)
    imports: ImportConfig = field(default_factory=ImportConfig)
    trainer: TrainerConfig = field(default_factory=TrainerConfig)
    generate: GenerateConfig = field(default_factory=GenerateConfig)
    captioner: CaptionerConfig = field(default_factory=CaptionerConfig)
    results: ResultsConfig = field(default_factory=ResultsConfig)
    dashboard: DashboardConfig = field(default_factory=DashboardConfig)
    evidence: EvidenceConfig = field(default_factory=EvidenceConfig)
