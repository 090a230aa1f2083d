"""Texts of the room generate: draw.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error, Pair


def _pair(es: str, en: str) -> Pair:
    return {"es": es, "en": en}


_OTHER_LORA = _pair(
    "elige el LoRA de SDXL que salió del entrenamiento, o entrena uno.",
    "choose the SDXL LoRA that came out of the training, or train one.",
)
_COPY_AGAIN = _pair(
    "copia el archivo de nuevo desde donde está entero; si se hizo aquí, elige otro punto de guardado.",
    "copy the file again from where it is whole; if it was made here, choose another checkpoint.",
)
_OTHER_CHECKPOINT = _pair("elige otro punto de guardado, o entrena de nuevo.", "choose another checkpoint, or train again.")

TEXTS: Mapping[str, Entry] = {
    # --- a LoRA that cannot be drawn with --------------------------------------------------------------------------
    "draw.lora.unreadable": Error(
        what={"es": "No se puede leer el LoRA {file}.", "en": "The LoRA {file} cannot be read."},
        why={"es": "{detail}.", "en": "{detail}."},
        do=_COPY_AGAIN,
    ),
    "draw.lora.not_safetensors": Error(
        what={"es": "{file} no es un archivo safetensors.", "en": "{file} is no safetensors file."},
        why={
            "es": "le falta el encabezado con el que empieza todo archivo de ese tipo, o no se entiende.",
            "en": "the header that every file of that kind begins with is missing or makes no sense.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.cut": Error(
        what={"es": "El LoRA {file} está cortado.", "en": "The LoRA {file} is cut short."},
        why={
            "es": "tiene {bytes} bytes y según su encabezado serían {expected}.",
            "en": "it has {bytes} bytes, and its header says {expected}.",
        },
        do=_COPY_AGAIN,
    ),
    "draw.lora.of_sd15": Error(
        what={
            "es": "{file} es un LoRA de Stable Diffusion 1.5, no de SDXL.",
            "en": "{file} is a LoRA of Stable Diffusion 1.5, not of SDXL.",
        },
        why={
            "es": "sus capas tienen las medidas de aquel modelo ({name}); con SDXL no haría nada, y nadie avisaría.",
            "en": "its layers have that model's sizes ({name}); with SDXL it would do nothing, and nobody would say so.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.of_sd2": Error(
        what={
            "es": "{file} es un LoRA de Stable Diffusion 2, no de SDXL.",
            "en": "{file} is a LoRA of Stable Diffusion 2, not of SDXL.",
        },
        why={
            "es": "sus capas tienen las medidas de aquel modelo ({name}); con SDXL no haría nada, y nadie avisaría.",
            "en": "its layers have that model's sizes ({name}); with SDXL it would do nothing, and nobody would say so.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.of_flux": Error(
        what={"es": "{file} es un LoRA de Flux, no de SDXL.", "en": "{file} is a LoRA of Flux, not of SDXL."},
        why={
            "es": "sus capas son las de Flux ({name}); con SDXL no haría nada, y nadie avisaría.",
            "en": "its layers are those of Flux ({name}); with SDXL it would do nothing, and nobody would say so.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.other_names": Error(
        what={
            "es": "{file} es de SDXL, pero sus capas se llaman de otra manera.",
            "en": "{file} is of SDXL, but its layers have other names.",
        },
        why={
            "es": "otro programa lo guardó con nombres ({name}) que el entrenador no reconoce: dibujaría sin él.",
            "en": "another program saved it under names ({name}) that the trainer does not know: it would draw without it.",
        },
        do={
            "es": "guárdalo con los nombres de kohya (lora_unet_input_blocks_…) en el programa que lo hizo.",
            "en": "save it with kohya's names (lora_unet_input_blocks_…) in the program that made it.",
        },
    ),
    "draw.lora.unknown": Error(
        what={"es": "{file} no es un LoRA de SDXL.", "en": "{file} is no LoRA of SDXL."},
        why={
            "es": "no tiene ninguna de las capas que SDXL espera; tiene otras, por ejemplo {name}.",
            "en": "it has none of the layers that SDXL expects, but others, e.g. {name}.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.mixed": Error(
        what={
            "es": "{file} mezcla capas de SDXL con otras: una parte no se usaría.",
            "en": "{file} mixes layers of SDXL with others: a part of it would not be used.",
        },
        why={
            "es": "tiene {found} de las {expected} capas de SDXL y otras que no son suyas, por ejemplo {name}.",
            "en": "it has {found} of SDXL's {expected} layers, and others that are none of them, e.g. {name}.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.missing": Error(
        what={"es": "Al LoRA {file} le faltan capas.", "en": "The LoRA {file} lacks layers."},
        why={
            "es": "tiene {found} de las {expected} capas de SDXL; las demás quedarían como si no hubiera LoRA.",
            "en": "it has {found} of SDXL's {expected} layers; the others would be as without a LoRA.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.half": Error(
        what={"es": "El LoRA {file} está incompleto.", "en": "The LoRA {file} is incomplete."},
        why={
            "es": "a la capa {name} le falta una de sus dos matrices (lora_down, lora_up).",
            "en": "the layer {name} lacks one of its two matrices (lora_down, lora_up).",
        },
        do=_COPY_AGAIN,
    ),
    "draw.lora.other_kind": Error(
        what={"es": "{file} no es un LoRA corriente.", "en": "{file} is no ordinary LoRA."},
        why={
            "es": "trae además {name}, de otro método (DoRA, LoHa, LoKr…), que no todos los programas aplican.",
            "en": "it also has {name}, of another method (DoRA, LoHa, LoKr…), which not every program applies.",
        },
        do=_OTHER_LORA,
    ),
    "draw.lora.sizes": Error(
        what={
            "es": "El LoRA {file} no encaja en SDXL: las medidas de sus capas son otras.",
            "en": "The LoRA {file} does not fit SDXL: the sizes of its layers are others.",
        },
        why={
            "es": "la capa {name} va de {expected} en SDXL, y sus matrices miden {found}.",
            "en": "the layer {name} goes from {expected} in SDXL, and its matrices measure {found}.",
        },
        do={
            "es": "usa el LoRA con el modelo base con el que se entrenó, o elige otro LoRA.",
            "en": "use the LoRA with the base model it was trained on, or choose another LoRA.",
        },
    ),
    "draw.lora.number_type": Error(
        what={
            "es": "El LoRA {file} usa un tipo de número que no se conoce: {types}.",
            "en": "The LoRA {file} uses an unknown number type: {types}.",
        },
        do={"es": "guárdalo en fp16, bf16 o fp32.", "en": "save it as fp16, bf16 or fp32."},
    ),
    "draw.lora.not_finite": Error(
        what={
            "es": "El LoRA {file} no sirve: daría imágenes negras.",
            "en": "The LoRA {file} is useless: its pictures would be black.",
        },
        why={
            "es": "contiene valores que no son números (NaN) en {n:tensor|tensores}, p. ej. {name}.",
            "en": "it contains NaN (not a number) in {n:tensor|tensors}, e.g. {name}.",
        },
        do=_OTHER_CHECKPOINT,
    ),
    "draw.lora.zero": Error(
        what={"es": "El LoRA {file} no ha aprendido nada.", "en": "The LoRA {file} has learnt nothing."},
        why={
            "es": "todos sus pesos lora_up son cero: las imágenes serían las del modelo base.",
            "en": "all its lora_up weights are zero: the pictures would be those of the base model.",
        },
        do=_OTHER_CHECKPOINT,
    ),
    # --- a picture that is not what was asked for --------------------------------------------------------------------
    "draw.picture.damaged": Error(
        what={"es": "La imagen llegó dañada o cortada.", "en": "The picture came damaged or cut short."},
        why={"es": "{bytes} bytes; {detail}.", "en": "{bytes} bytes; {detail}."},
        do={
            "es": "mira si queda espacio en el disco de quien dibuja, y repite.",
            "en": "see whether the disk of what draws has space left, and repeat.",
        },
    ),
    "draw.picture.size": Error(
        what={"es": "La imagen mide {found} y se pidió {asked}.", "en": "The picture is {found}, and {asked} was asked for."},
        do={
            "es": "pide un ancho y un alto que sean múltiplos de 64.",
            "en": "ask for a width and a height that are multiples of 64.",
        },
    ),
    "draw.picture.black": Error(
        what={"es": "La imagen salió negra.", "en": "The picture came out black."},
        why={
            "es": "casi siempre es un NaN: en el LoRA o en el VAE a media precisión.",
            "en": "it is nearly always a NaN: in the LoRA, or in the VAE at half precision.",
        },
        do={
            "es": "usa un VAE a precisión completa (--no-half-vae en A1111 y Forge) o prueba otro punto de guardado.",
            "en": "use a VAE at full precision (--no-half-vae in A1111 and Forge), or try another checkpoint.",
        },
    ),
    "draw.picture.flat": Error(
        what={"es": "La imagen salió de un solo color.", "en": "The picture came out in one flat colour."},
        why={
            "es": "sus tonos apenas varían (desviación {deviation:.1f} de 255).",
            "en": "its tones hardly vary (deviation {deviation:.1f} of 255).",
        },
        do={
            "es": "prueba otro peso u otro punto de guardado; si le pasa a todas, mira si el modelo base está entero.",
            "en": "try another weight or checkpoint; if all come out so, see whether the base model is whole.",
        },
    ),
}
