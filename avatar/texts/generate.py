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
            "es": "a la capa {name} le falta una de sus dos matrices.",
            "en": "the layer {name} lacks one of its two matrices.",
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
            "es": "todos sus pesos de salida son cero: las imágenes serían las del modelo base.",
            "en": "all its output weights are zero: the pictures would be those of the base model.",
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
    # --- the trainer's own generator -----------------------------------------------------------------------------------
    "draw.trainer.no_script": Error(
        what={
            "es": "El entrenador no está instalado, o es una versión que no dibuja.",
            "en": "The trainer is not installed, or is a version that does not draw.",
        },
        why={"es": "se buscó en {folder}.", "en": "looked for in {folder}."},
        do={
            "es": "[[setup --trainer]], o dibuja con ComfyUI: [[settings generate.backend comfyui]]",
            "en": "[[setup --trainer]], or draw with ComfyUI: [[settings generate.backend comfyui]]",
        },
    ),
    "draw.trainer.no_python": Error(
        what={"es": "Falta el Python del entrenador.", "en": "The trainer's Python is missing."},
        why={"es": "se buscó en {path}.", "en": "looked for at {path}."},
        do={
            "es": "[[setup --trainer]], o di cuál es: [[settings trainer.python RUTA]]",
            "en": "[[setup --trainer]], or say which it is: [[settings trainer.python PATH]]",
        },
    ),
    "draw.trainer.no_base": Error(
        what={
            "es": "El modelo base no está en este equipo: {base}.",
            "en": "The base model is not on this computer: {base}.",
        },
        why={
            "es": "al dibujar no se descarga nada.",
            "en": "nothing is downloaded for drawing.",
        },
        do={
            "es": "[[base-model]] muestra los que hay y dónde se buscan.",
            "en": "[[base-model]] shows those that are there, and where they are looked for.",
        },
    ),
    "draw.trainer.no_vae": Error(
        what={"es": "Falta el VAE que se eligió: {path}.", "en": "The chosen VAE is missing: {path}."},
        do={
            "es": "[[configure ID --set vae=-]] vuelve al del modelo base.",
            "en": "[[configure ID --set vae=-]] goes back to that of the base model.",
        },
    ),
    "draw.trainer.no_start": Error(
        what={"es": "No arranca el Python del entrenador ({path}).", "en": "The trainer's Python does not start ({path})."},
        why={"es": "{detail}.", "en": "{detail}."},
        do={
            "es": "[[setup --trainer]] lo repara; [[doctor]] dice qué más falla.",
            "en": "[[setup --trainer]] repairs it; [[doctor]] says what else is wrong.",
        },
    ),
    "draw.trainer.on_processor": {
        "es": "Sin tarjeta gráfica se dibuja con el procesador: funciona, pero son muchos minutos por imagen.",
        "en": "Without a graphics card the processor draws: that works, but takes many minutes a picture.",
    },
    "draw.trainer.little_ram": {
        "es": """
            Cargar el modelo base pide {needs~free:.1f} GiB de RAM y hay {free~needs:.1f} libres: puede ir muy lento, o
            terminarlo el sistema. Cierra otros programas.
        """,
        "en": """
            Loading the base model takes {needs~free:.1f} GiB of RAM, and {free~needs:.1f} are free: it may be very slow, or the
            system may end it. Close other programs.
        """,
    },
    "draw.trainer.no_karras": {
        "es": "El generador del entrenador no tiene Karras: se dibuja con el reparto de pasos normal.",
        "en": "The trainer's generator has no Karras: the pictures are drawn with the normal spacing of the steps.",
    },
    "draw.trainer.in_groups": {
        "es": """
            La tarjeta no puede con los {n} LoRA a la vez: se cargan de {many} en {many}, así que el modelo base se
            cargará al menos {loads} veces.
        """,
        "en": """
            The card cannot hold all {n} LoRAs at once: they are loaded {many} at a time, so that the base model is loaded at
            least {loads} times.
        """,
    },
    "draw.trainer.not_taken": Error(
        what={
            "es": "El generador del entrenador no cargó los LoRA enteros.",
            "en": "The trainer's generator did not load the LoRAs as a whole.",
        },
        why={
            "es": "enteros: {whole} de {asked}; capas del que menos tiene: {modules}.",
            "en": "whole: {whole} of {asked}; layers of the one that has fewest: {modules}.",
        },
        do={
            "es": "actualiza el entrenador con [[setup --trainer]]; si sigue igual, elige otro punto de guardado.",
            "en": "update the trainer with [[setup --trainer]]; if nothing changes, choose another checkpoint.",
        },
    ),
    "draw.trainer.no_picture": Error(
        what={"es": "El generador del entrenador no guardó la imagen.", "en": "The trainer's generator saved no picture."},
        why={"es": "lo último que dijo: {detail}.", "en": "the last that it said: {detail}."},
        do={"es": "repite; si vuelve a pasar, [[doctor]].", "en": "repeat; if it happens again, [[doctor]]."},
    ),
    "draw.trainer.other_picture": Error(
        what={
            "es": "El generador del entrenador dibujó otra cosa que la pedida.",
            "en": "The trainer's generator drew something else than was asked for.",
        },
        why={"es": "{name}: se pidió {asked} y usó {found}.", "en": "{name}: {asked} was asked for, {found} was used."},
        do={
            "es": "quita del texto los signos raros; si vuelve a pasar, [[doctor]].",
            "en": "take odd signs out of the text; if it happens again, [[doctor]].",
        },
    ),
    "draw.trainer.empty_prompt": Error(
        what={"es": "El texto de la imagen está vacío.", "en": "The picture's text is empty."},
        do={"es": "escribe qué se debe ver.", "en": "write what is to be seen."},
    ),
    "draw.trainer.silent": Error(
        what={
            "es": "El generador del entrenador lleva {minutes} min sin decir nada, y se paró.",
            "en": "The trainer's generator said nothing for {minutes} min, and was stopped.",
        },
        why={"es": "lo último que dijo: {detail}.", "en": "the last that it said: {detail}."},
        do={
            "es": "cierra lo que ocupe la tarjeta y repite: sigue donde se quedó.",
            "en": "close what occupies the card and repeat: it goes on where it stopped.",
        },
    ),
    "draw.trainer.ended": Error(
        what={
            "es": "El generador del entrenador terminó con un error (código {code}).",
            "en": "The trainer's generator ended with an error (code {code}).",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "repite: sigue donde se quedó; si vuelve a pasar, [[doctor]].",
            "en": "repeat: it goes on where it stopped; if it happens again, [[doctor]].",
        },
    ),
    "draw.trainer.killed": Error(
        what={
            "es": "Algo terminó el generador del entrenador desde fuera (código {code}).",
            "en": "Something ended the trainer's generator from outside (code {code}).",
        },
        why={
            "es": "suele ser el sistema, cuando se acaba la memoria.",
            "en": "usually the system does so when memory runs out.",
        },
        do={
            "es": "cierra otros programas y repite: sigue donde se quedó.",
            "en": "close other programs and repeat: it goes on where it stopped.",
        },
    ),
    "draw.trainer.disk_full": Error(
        what={"es": "No queda espacio en el disco para dibujar.", "en": "The disk has no space left for drawing."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "libera espacio (también en la carpeta temporal) y repite: sigue donde se quedó.",
            "en": "free some space (in the temporary folder too) and repeat: it goes on where it stopped.",
        },
    ),
    "draw.trainer.card_full": Error(
        what={"es": "La tarjeta se quedó sin memoria al dibujar.", "en": "The card ran out of memory while drawing."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra lo que ocupe la tarjeta, pide imágenes más pequeñas o menos modelos, o dibuja con ComfyUI.",
            "en": "close what occupies the card, ask for smaller pictures or fewer models, or draw with ComfyUI.",
        },
    ),
    "draw.trainer.memory_full": Error(
        what={
            "es": "El equipo se quedó sin memoria (RAM) al dibujar.",
            "en": "The computer ran out of memory (RAM) while drawing.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra otros programas y repite: sigue donde se quedó.",
            "en": "close other programs and repeat: it goes on where it stopped.",
        },
    ),
    "draw.trainer.incomplete": Error(
        what={
            "es": "Al entrenador le falta algo para dibujar, o es de otra versión.",
            "en": "The trainer lacks something for drawing, or is of another version.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "[[setup --trainer]] lo pone al día.", "en": "[[setup --trainer]] brings it up to date."},
    ),
    # --- which one draws -----------------------------------------------------------------------------------------------
    "draw.trainer.too_large": Error(
        what={
            "es": "El generador del entrenador no cabe en la tarjeta.",
            "en": "The trainer's generator does not fit the card.",
        },
        why={
            "es": "hasta con las imágenes más pequeñas necesita {needs~free:.1f} GiB y quedan libres {free~needs:.1f}.",
            "en": "even with the smallest pictures it needs {needs~free:.1f} GiB, and {free~needs:.1f} are free.",
        },
        do={
            "es": "cierra lo que ocupe la tarjeta, o usa ComfyUI, que necesita menos: [[settings generate.backend comfyui]]",
            "en": "close what occupies the card, or use ComfyUI, which needs less: [[settings generate.backend comfyui]]",
        },
    ),
    "draw.choice.smaller": {
        "es": """
            Para que quepan en la tarjeta, las imágenes serán de {size} y no de {asked} (necesita {needs~free:.1f} GiB; libres:
            {free~needs:.1f}).
        """,
        "en": """
            So that they fit the card, the pictures will be {size} and not {asked} (it needs {needs~free:.1f} GiB; free:
            {free~needs:.1f}).
        """,
    },
    "draw.choice.narrow": {
        "es": """
            Va muy justo: se calcula que necesita {needs~free:.1f} GiB de los {free~needs:.1f} libres, y nadie lo ha medido en
            una tarjeta así. Si se queda sin memoria, usa ComfyUI.
        """,
        "en": """
            It is narrow: by calculation it needs {needs~free:.1f} of the {free~needs:.1f} GiB that are free, and nobody has
            measured it on such a card. Should it run out of memory, use ComfyUI.
        """,
    },
    "draw.choice.server_for_memory": {
        "es": """
            Dibuja {server}: el generador del entrenador necesita {needs~free:.1f} GiB en la tarjeta y quedan libres
            {free~needs:.1f}.
        """,
        "en": """
            {server} draws: the trainer's generator needs {needs~free:.1f} GiB of the card, and {free~needs:.1f} are free.
        """,
    },
    "draw.choice.server": {"es": "Dibuja {server}.", "en": "{server} draws."},
    "draw.choice.too_small": Error(
        what={"es": "Nada puede dibujar en este momento.", "en": "Nothing can draw at the moment."},
        why={
            "es": """
                el generador del entrenador necesita {needs~free:.1f} GiB en la tarjeta y quedan libres {free~needs:.1f}; y ni
                ComfyUI ni A1111 responden.
            """,
            "en": """
                the trainer's generator needs {needs~free:.1f} GiB of the card, and {free~needs:.1f} are free; and neither
                ComfyUI nor A1111 answers.
            """,
        },
        do={
            "es": "cierra lo que ocupe la tarjeta, o abre ComfyUI (o A1111 con --api) y repite.",
            "en": "close what occupies the card, or start ComfyUI (or A1111 with --api) and repeat.",
        },
    ),
    "draw.choice.nothing_on_small_card": Error(
        what={"es": "Nada puede dibujar en este equipo todavía.", "en": "Nothing on this computer can draw yet."},
        why={
            "es": """
                ni ComfyUI ni A1111 responden, y el generador del entrenador no cabría en la tarjeta ({needs~free:.1f} GiB;
                libres: {free~needs:.1f}).
            """,
            "en": """
                neither ComfyUI nor A1111 answers, and the trainer's generator would not fit the card ({needs~free:.1f} GiB;
                free: {free~needs:.1f}).
            """,
        },
        do={
            "es": "instala o abre ComfyUI (comfy.org), que se las arregla con menos memoria, y repite.",
            "en": "install or start ComfyUI (comfy.org), which manages with less memory, and repeat.",
        },
    ),
    "draw.choice.nothing": Error(
        what={"es": "Nada puede dibujar en este equipo todavía.", "en": "Nothing on this computer can draw yet."},
        why={
            "es": "el entrenador dibuja con {lacks}, que no está; y ni ComfyUI ni A1111 responden.",
            "en": "the trainer draws with {lacks}, which is not there; and neither ComfyUI nor A1111 answers.",
        },
        do={
            "es": "[[setup --trainer]] basta; o abre ComfyUI (o A1111 con --api) y repite.",
            "en": "[[setup --trainer]] is enough; or start ComfyUI (or A1111 with --api) and repeat.",
        },
    ),
    "draw.choice.no_card": Error(
        what={"es": "Aquí no hay tarjeta gráfica con la que dibujar.", "en": "There is no graphics card here to draw with."},
        why={
            "es": "ni ComfyUI ni A1111 responden, y con el procesador una imagen tarda muchos minutos.",
            "en": "neither ComfyUI nor A1111 answers, and on the processor a picture takes many minutes.",
        },
        do={
            "es": """
                abre ComfyUI (o A1111 con --api) y repite; si está en otro equipo, da antes su dirección:
                [[settings generate.comfyui_address http://192.168.1.20:8188]]. O acepta la espera: [[try ID --backend trainer]]
            """,
            "en": """
                start ComfyUI (or A1111 with --api) and repeat; if it is on another computer, give its address first:
                [[settings generate.comfyui_address http://192.168.1.20:8188]]. Or accept the wait: [[try ID --backend trainer]]
            """,
        },
    ),
    "draw.choice.nothing_without_card": Error(
        what={"es": "Nada puede dibujar en este equipo.", "en": "Nothing on this computer can draw."},
        why={
            "es": "no hay tarjeta gráfica, el entrenador dibuja con {lacks}, que no está, y ni ComfyUI ni A1111 responden.",
            "en": """
                there is no graphics card, the trainer draws with {lacks}, which is not there, and neither ComfyUI nor A1111
                answers.
            """,
        },
        do={
            "es": "da la dirección de un ComfyUI de otro equipo: [[settings generate.comfyui_address DIRECCIÓN]]",
            "en": "give the address of a ComfyUI on another computer: [[settings generate.comfyui_address ADDRESS]]",
        },
    ),
}
