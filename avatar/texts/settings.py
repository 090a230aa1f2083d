"""Texts of the settings: what each key means (meaning.KEY), its list, its changes (settings.*)."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "settings.invalid": Error(
        what={"es": "La configuración de {source} no es válida.", "en": "The settings in {source} are not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": """
                da otro valor a cada clave con [[settings CLAVE VALOR]] o quítala con [[settings --unset CLAVE]]; las de un
                cliente, con --client y su nombre. No se ha cambiado nada.
            """,
            "en": """
                give each key another value with [[settings KEY VALUE]] or take it away with [[settings --unset KEY]]; a
                client's with --client and its name. Nothing was changed.
            """,
        },
    ),
    "settings.nothing_to_undo": Error(
        what={"es": "No hay ningún cambio que deshacer en {source}.", "en": "There is no change of {source} to take back."},
        do={"es": "mira lo que hay: [[settings]]", "en": "look at what there is: [[settings]]"},
    ),
    "settings.refused": Error(
        what={"es": "No se ha cambiado nada: {given} no vale.", "en": "Nothing was changed: {given} is not accepted."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={"es": "\n{help}", "en": "\n{help}"},
    ),
    "settings.help": {"es": "{label}: admite {takes}.", "en": "{label}: takes {takes}."},
    "settings.help_near": {
        "es": "{label}: admite {takes}. Lo más cercano: [[settings {name} {value}{of}]]",
        "en": "{label}: takes {takes}. The nearest: [[settings {name} {value}{of}]]",
    },
    "settings.unknown_key": Error(
        what={"es": "No hay ningún ajuste que se llame «{name}».", "en": "There is no setting called '{name}'."},
        do={"es": "quizá querías decir: {near}. La lista: [[settings]]", "en": "did you mean: {near}? The list: [[settings]]"},
    ),
    "settings.not_found": Error(
        what={"es": "Ningún grupo ni ajuste es «{name}».", "en": "No group and no setting is '{name}'."},
        do={
            "es": "escribe el número de un grupo, o una palabra de lo que buscas: «dirección», «recorte»…",
            "en": "type the number of a group, or a word of what you look for: 'address', 'crop'…",
        },
    ),
    "settings.not_of_client": Error(
        what={
            "es": "«{label}» no puede ser distinto para un cliente.",
            "en": "'{label}' cannot be another one for one client.",
        },
        why={
            "es": "es del programa entero, o decide qué se ejecuta o a dónde van las imágenes.",
            "en": "it is of the whole program, or decides what is run or where pictures go.",
        },
        do={"es": "cámbialo para todos: [[settings {name} VALOR]]", "en": "change it for all: [[settings {name} VALUE]]"},
    ),
    "settings.of_client_too": {"es": "Con lo que tiene {client}: {problem}", "en": "With what {client} has: {problem}"},
    "settings.locked": Error(
        what={"es": "Otro programa está cambiando {path}.", "en": "Another program is changing {path}."},
        do={"es": "espera un momento y repite.", "en": "wait a moment and repeat."},
    ),
    "settings.not_set": Error(
        what={"es": "«{label}» no está cambiado {source}.", "en": "'{label}' is not changed {source}."},
        do={"es": "mira de dónde viene su valor: [[settings {name}]]", "en": "see what its value is: [[settings {name}]]"},
    ),
    "settings.for_client": {"es": "para «{client}»", "en": "for '{client}'"},
    "settings.for_all": {"es": "para todos", "en": "for all"},
    # What was typed and is none of its kind.
    "settings.no.number": {"es": "«{typed}» no es un número.", "en": "'{typed}' is no number."},
    "settings.no.whole": {"es": "«{typed}» no es un número entero.", "en": "'{typed}' is no whole number."},
    "settings.no.yes_no": {"es": "«{typed}» no es ni sí ni no.", "en": "'{typed}' is neither yes nor no."},
    "settings.no.choice": {"es": "«{typed}» no es una de las opciones.", "en": "'{typed}' is none of the choices."},
    "settings.no.words": {
        "es": "«{typed}» no tiene la forma grupo.rasgo=frase, frase.",
        "en": "'{typed}' is not written as group.trait=phrase, phrase.",
    },
    "settings.no.folder": {"es": "La carpeta {typed} no existe.", "en": "The folder {typed} does not exist."},
    "settings.no.file": {"es": "El archivo {typed} no existe.", "en": "The file {typed} does not exist."},
    "settings.no.program": {
        "es": "{typed} no es un programa: hace falta el python del entrenador.",
        "en": "{typed} is no program: the trainer's python is needed.",
    },
    "settings.no.address": {
        "es": "«{typed}» no es una dirección, como http://127.0.0.1:8188.",
        "en": "'{typed}' is no address, such as http://127.0.0.1:8188.",
    },
    # What a key takes.
    "settings.bounds.range": {"es": "de {low} a {high}{unit}", "en": "{low} to {high}{unit}"},
    "settings.bounds.from": {"es": "{low}{unit} o más", "en": "{low}{unit} or more"},
    "settings.bounds.any": {"es": "un número{unit}", "en": "a number{unit}"},
    "settings.bounds.whole_range": {"es": "un entero de {low} a {high}{unit}", "en": "a whole number, {low} to {high}{unit}"},
    "settings.bounds.whole_from": {"es": "un entero, {low}{unit} o más", "en": "a whole number, {low}{unit} or more"},
    "settings.bounds.whole_any": {"es": "un entero{unit}", "en": "a whole number{unit}"},
    "settings.order.not_below": {"es": "{takes}, no menos que «{other}»", "en": "{takes}, not less than '{other}'"},
    "settings.order.not_above": {"es": "{takes}, no más que «{other}»", "en": "{takes}, not more than '{other}'"},
    "settings.takes_multiple": {"es": "un múltiplo de {step}{unit}", "en": "a multiple of {step}{unit}"},
    "settings.takes_choice": {"es": "una de estas opciones: {choices}", "en": "one of these: {choices}"},
    "settings.takes_list_of": {"es": "una o varias, con comas: {choices}", "en": "one or more, with commas: {choices}"},
    "settings.takes.list": {"es": "una lista con comas", "en": "a list with commas"},
    "settings.takes.yes_no": {"es": "sí o no", "en": "yes or no"},
    "settings.takes.text": {"es": "un texto", "en": "a text"},
    "settings.takes.words": {
        "es": "grupo.rasgo=frase, frase; por ejemplo: lighting.studio=ring light, softbox",
        "en": "group.trait=phrase, phrase; for example: lighting.studio=ring light, softbox",
    },
    "settings.takes.folder": {"es": "una carpeta", "en": "a folder"},
    "settings.takes.file": {"es": "un archivo", "en": "a file"},
    "settings.takes.model": {
        "es": "un modelo de la lista, una ruta o un nombre de Hugging Face",
        "en": "a model of the list, a path or a name of Hugging Face",
    },
    "settings.unit.px": {"es": " px", "en": " px"},
    "settings.unit.s": {"es": " s", "en": " s"},
    "settings.unit.MB": {"es": " MB", "en": " MB"},
    "settings.unit.bytes": {"es": " bytes", "en": " bytes"},
    "settings.unit.bits": {"es": " bits", "en": " bits"},
    "settings.unit.tokens": {"es": " tokens", "en": " tokens"},
    "settings.unit.pixels": {"es": " píxeles", "en": " pixels"},
    "settings.unit.levels": {"es": " niveles de gris", "en": " grey levels"},
    # The list.
    "settings.col.key": {"es": "clave", "en": "key"},
    "settings.col.see": {"es": "para verlos", "en": "to see them"},
    "settings.col.before": {"es": "antes", "en": "before"},
    "settings.col.after": {"es": "ahora", "en": "now"},
    "settings.col.choices": {"es": "opciones", "en": "choices"},
    "settings.names": {
        "es": "Cómo se llaman en config.json y en los comandos",
        "en": "Their names in config.json and commands",
    },
    "settings.see": {"es": "[[settings {name}]]", "en": "[[settings {name}]]"},
    "settings.col.value": {"es": "valor", "en": "value"},
    "settings.col.meaning": {"es": "qué es", "en": "what it is"},
    "settings.section.general": {"es": "General", "en": "General"},
    "settings.section.quality": {"es": "Límites de calidad", "en": "Quality limits"},
    "settings.section.faces": {"es": "Caras y recortes", "en": "Faces and crops"},
    "settings.section.dataset": {"es": "Conjunto de entrenamiento", "en": "Dataset"},
    "settings.section.captions": {"es": "Textos de las imágenes", "en": "Captions"},
    "settings.section.imports": {"es": "Carga de imágenes", "en": "Import of pictures"},
    "settings.section.trainer": {"es": "Entrenador y modelo base", "en": "Trainer and base model"},
    "settings.section.generate": {"es": "Programas que dibujan", "en": "Programs that draw"},
    "settings.section.captioner": {"es": "Quien mira las imágenes", "en": "What looks at pictures"},
    "settings.section.results": {"es": "Qué modelo se propone", "en": "Which model is proposed"},
    "settings.section.dashboard": {"es": "Páginas en el navegador", "en": "Pages in the browser"},
    "settings.section.evidence": {"es": "Cifras que se guardan", "en": "Figures that are kept"},
    "settings.meaning_takes": {"es": "{meaning} Admite {takes}.", "en": "{meaning} Takes {takes}."},
    "settings.meaning_default": {
        "es": "{meaning} Admite {takes}. De fábrica: {default}.",
        "en": "{meaning} Takes {takes}. Default: {default}.",
    },
    "settings.number": {"es": "{n}", "en": "{n}"},
    "settings.nothing": {"es": "(nada)", "en": "(none)"},
    "settings.secret": {"es": "(guardado, no se muestra)", "en": "(kept, not shown)"},
    "settings.value_from": {"es": "{value} ({origin})", "en": "{value} ({origin})"},
    "settings.origin.default": {"es": "de fábrica", "en": "default"},
    "settings.origin.project": {"es": "para todos", "en": "for all"},
    "settings.origin.client": {"es": "de este cliente", "en": "this client's own"},
    "settings.origin.environment": {"es": "del sistema", "en": "of the system"},
    "settings.changed_ones": {"es": "Cambiados", "en": "Changed"},
    "settings.none_changed": {"es": "Todos los ajustes están como de fábrica.", "en": "All settings have their defaults."},
    "settings.col.group": {"es": "Grupo", "en": "Group"},
    "settings.col.count": {"es": "Ajustes", "en": "Settings"},
    "settings.found": {
        "es": "Ajustes que hablan de «{typed}»: {n}",
        "en": "Settings that speak of '{typed}': {n}",
    },
    "settings.how": {
        "es": """
            Un ajuste, por su número: [[settings N]]. Cambiarlo: [[settings N VALOR]]. Volver al de fábrica:
            [[settings --unset N]]. Deshacer el último cambio: [[settings --undo]]. Solo para un cliente:
            [[settings N VALOR --client ID]].
        """,
        "en": """
            One setting by its number: [[settings N]]. Change it: [[settings N VALUE]]. Back to the default:
            [[settings --unset N]]. Take the last change back: [[settings --undo]]. For one client only:
            [[settings N VALUE --client ID]].
        """,
    },
    "settings.fact.meaning": {"es": "Qué es", "en": "What it is"},
    "settings.fact.value": {"es": "Valor", "en": "Value"},
    "settings.fact.origin": {"es": "De dónde viene", "en": "Where it comes from"},
    "settings.fact.default": {"es": "De fábrica", "en": "Default"},
    "settings.fact.takes": {"es": "Admite", "en": "Takes"},
    "settings.fact.of_client": {"es": "Puede tener el suyo cada cliente", "en": "A client may have its own"},
    "settings.how_key": {
        "es": "Para cambiarlo: [[settings {name} VALOR{of}]]",
        "en": "To change it: [[settings {name} VALUE{of}]]",
    },
    "settings.how_unset": {
        "es": "Para volver al anterior: [[settings --unset {name}{of}]]",
        "en": "To give it up again: [[settings --unset {name}{of}]]",
    },
    # Changes.
    "settings.changed": {"es": "{label}: {before} → {after}", "en": "{label}: {before} → {after}"},
    "settings.same": {
        "es": "{label}: ya era {value}; no cambia nada.",
        "en": "{label}: it was {value} already; nothing changes.",
    },
    "settings.way_back": {"es": "Para deshacerlo: [[settings --undo{of}]]", "en": "To take it back: [[settings --undo{of}]]"},
    "settings.judged": {
        "es": "Lo medido se ha juzgado otra vez. Aprobadas: {approved}. Rechazadas: {refused}.",
        "en": "What was measured is judged anew. Approved: {approved}. Refused: {refused}.",
    },
    "settings.outdated.process": {
        "es": "{stage}: desactualizado ({clients}). Hazlo otra vez: [[process {client}]]",
        "en": "{stage}: out of date ({clients}). Do it again: [[process {client}]]",
    },
    "settings.outdated.prepare": {
        "es": "{stage}: desactualizado ({clients}). Hazlo otra vez: [[prepare {client}]]",
        "en": "{stage}: out of date ({clients}). Do it again: [[prepare {client}]]",
    },
    "settings.outdated.configure": {
        "es": "{stage}: desactualizado ({clients}). Hazlo otra vez: [[configure {client}]]",
        "en": "{stage}: out of date ({clients}). Do it again: [[configure {client}]]",
    },
    "settings.own_value": {
        "es": "{clients}: sigue con su valor de «{label}». Para que tenga este: [[settings --unset {name} --client {client}]]",
        "en": "{clients}: keeps its own value of '{label}'. To give it this one: [[settings --unset {name} --client {client}]]",
    },
    # The questions of the menu.
    "settings.group.program": {"es": "Programa: idioma, páginas, cifras", "en": "Program: language, pages, figures"},
    "settings.group.quality": {"es": "Límites de calidad de las imágenes", "en": "Quality limits of pictures"},
    "settings.group.kinds": {
        "es": "Límites solo para RAW, fotos corrientes o MidJourney",
        "en": "Limits only for RAW, ordinary photos or MidJourney",
    },
    "settings.group.faces": {"es": "Caras y recortes", "en": "Faces and crops"},
    "settings.group.dataset": {"es": "Dataset y textos", "en": "Dataset and captions"},
    "settings.group.imports": {"es": "Carga de imágenes", "en": "Import of pictures"},
    "settings.group.trainer": {"es": "Entrenador y modelo base", "en": "Trainer and base model"},
    "settings.group.results": {"es": "Qué modelo se propone", "en": "Which model is proposed"},
    "settings.group.programs": {"es": "ComfyUI, A1111, InvokeAI, Ollama", "en": "ComfyUI, A1111, InvokeAI, Ollama"},
    "settings.group_changed": {"es": "{group} (cambiados: {n})", "en": "{group} (changed: {n})"},
    "settings.menu_undo": {"es": "Deshacer el último cambio", "en": "Take the last change back"},
    "settings.menu_key": {"es": "{value} · {meaning}", "en": "{value} · {meaning}"},
    "settings.menu_default": {"es": "Lo de fábrica o del proyecto", "en": "The default, or the project's"},
    "settings.menu_other": {"es": "Otra ruta…", "en": "Another path…"},
    "settings.given": {"es": "«{name}» con {value}", "en": "'{name}' as {value}"},
    "settings.label": {"es": "{meaning:label}", "en": "{meaning:label}"},
    "settings.choice.language.es": {"es": "español", "en": "español"},
    "settings.choice.language.en": {"es": "English", "en": "English"},
    "settings.choice.faces.engine.onnx": {"es": "rápido", "en": "fast"},
    "settings.choice.faces.engine.mtcnn": {"es": "con TensorFlow, más lento", "en": "by TensorFlow, slower"},
    "settings.choice.faces.framings.face": {"es": "la cara", "en": "the face"},
    "settings.choice.faces.framings.head_shoulders": {"es": "cabeza y hombros", "en": "head and shoulders"},
    "settings.choice.faces.framings.half_figure": {"es": "medio cuerpo", "en": "half figure"},
    "settings.choice.faces.framing_mode.turns": {"es": "se turnan", "en": "they take turns"},
    "settings.choice.faces.framing_mode.all": {"es": "uno de cada por imagen", "en": "one of each for a picture"},
    "settings.choice.dataset.strategy.repeats": {"es": "repetir más unas que otras", "en": "repeat some more than others"},
    "settings.choice.dataset.strategy.select": {"es": "dejar fuera las que sobran", "en": "leave out what is too much"},
    "settings.choice.dataset.strategy.as_is": {"es": "todas igual", "en": "all alike"},
    "settings.choice.imports.copy_way.copy": {"es": "copia entera", "en": "a whole copy"},
    "settings.choice.imports.copy_way.clone": {
        "es": "copia que comparte el disco, si el sistema sabe",
        "en": "a copy that shares the disk, where the system can",
    },
    "settings.choice.imports.copy_way.link": {
        "es": "enlace: cambiar tu archivo cambia también este",
        "en": "a link: changing your file changes this one too",
    },
    "settings.choice.trainer.metadata_names.trim": {"es": "se quitan", "en": "they are taken out"},
    "settings.choice.trainer.metadata_names.keep": {"es": "se dejan", "en": "they stay"},
    "settings.choice.generate.backend.auto": {"es": "lo que quepa o conteste", "en": "what fits or answers"},
    "settings.choice.generate.backend.trainer": {"es": "el del entrenador", "en": "the trainer's own"},
    "settings.choice.generate.backend.comfyui": {"es": "ComfyUI", "en": "ComfyUI"},
    "settings.choice.generate.backend.a1111": {"es": "A1111 o Forge", "en": "A1111 or Forge"},
    # Limits of one kind of picture.
    "settings.of_kind": {"es": "Solo para {kind}: {meaning}", "en": "Only for {kind}: {meaning}"},
    "settings.kind.raw": {"es": "fotos RAW", "en": "RAW photos"},
    "settings.kind.standard": {"es": "fotos corrientes", "en": "ordinary photos"},
    "settings.kind.mj": {"es": "imágenes de MidJourney", "en": "MidJourney pictures"},
    # What each key means.
    "meaning.language": {"es": "Idioma; nada: el del sistema.", "en": "Language; none: the system's."},
    "meaning.quality.face_confidence_threshold": {
        "es": "Seguridad mínima de que hay una cara.",
        "en": "Least certainty that there is a face.",
    },
    "meaning.quality.min_brightness": {"es": "Brillo medio mínimo del recorte.", "en": "Least mean brightness of the crop."},
    "meaning.quality.max_brightness": {"es": "Brillo medio máximo del recorte.", "en": "Most mean brightness of the crop."},
    "meaning.quality.min_contrast": {"es": "Contraste mínimo del recorte.", "en": "Least contrast of the crop."},
    "meaning.quality.blur_threshold": {
        "es": "Nitidez mínima de la cara; por debajo de 100 se ve borrosa.",
        "en": "Least sharpness of the face; below 100 it looks blurred.",
    },
    "meaning.quality.max_noise_sigma": {
        "es": "Ruido máximo; una foto limpia tiene de 0 a 3.",
        "en": "Most noise; a clean photo has 0 to 3.",
    },
    "meaning.quality.max_enlargement": {
        "es": "Veces que se amplía el recorte antes de que avise.",
        "en": "How many times a crop is enlarged before it is warned about.",
    },
    "meaning.quality.refuse_enlargement": {
        "es": "Veces que se amplía el recorte antes de rechazarlo.",
        "en": "How many times a crop is enlarged before it is refused.",
    },
    "meaning.quality.min_face_side_px": {"es": "Tamaño mínimo de la cara.", "en": "Least size of the face."},
    "meaning.quality.max_clipped_share": {
        "es": "Parte de la cara que puede estar quemada o en negro.",
        "en": "Share of the face that may be burnt out or black.",
    },
    "meaning.quality.ambiguous_face_ratio": {
        "es": "Desde qué tamaño una segunda cara, respecto a la primera, hace dudar de quién es.",
        "en": "From which size, beside the first, a second face makes it doubtful who is meant.",
    },
    "meaning.faces.engine": {"es": "Con qué se buscan las caras.", "en": "What faces are looked for with."},
    "meaning.faces.face_padding_factor": {
        "es": "Lado del recorte, en veces la cara.",
        "en": "Side of the crop, in times the face.",
    },
    "meaning.faces.keep_head": {
        "es": "Ensanchar o mover el recorte para que quepa la cabeza entera.",
        "en": "Widen or move the crop so that the whole head is in it.",
    },
    "meaning.faces.framings": {"es": "Encuadres de los recortes.", "en": "Framings of the crops."},
    "meaning.faces.framing_mode": {
        "es": "Si los encuadres se turnan o cada imagen da uno de cada.",
        "en": "Whether framings take turns or each picture gives one of each.",
    },
    "meaning.faces.straighten": {
        "es": "Girar el recorte hasta que los ojos estén a nivel.",
        "en": "Turn the crop until the eyes are level.",
    },
    "meaning.faces.crop_side_px": {"es": "Lado del recorte que se guarda.", "en": "Side of the crop that is kept."},
    "meaning.faces.detection_side_px": {
        "es": "Lado de la copia en la que se buscan las caras.",
        "en": "Side of the copy in which faces are looked for.",
    },
    "meaning.faces.stylised_confidence": {
        "es": "Seguridad mínima de una cara dibujada de MidJourney.",
        "en": "Least certainty of a drawn face of MidJourney.",
    },
    "meaning.faces.second_look_side_px": {
        "es": "Lado de la copia mayor, donde se mira otra vez si no hay cara.",
        "en": "Side of the larger copy that is looked at where no face is found.",
    },
    "meaning.dataset.mj_share": {
        "es": "Parte de MidJourney en lo que ve el entrenador; con la de fotos suma 1.",
        "en": "MidJourney's share of what the trainer sees; 1 together with that of the photos.",
    },
    "meaning.dataset.real_share": {
        "es": "Parte de fotos reales en lo que ve el entrenador; con la de MidJourney suma 1.",
        "en": "The photos' share of what the trainer sees; 1 together with MidJourney's.",
    },
    "meaning.dataset.strategy": {"es": "Cómo se llega a esas partes.", "en": "How those shares are reached."},
    "meaning.dataset.exposures_per_epoch": {
        "es": "Imágenes que ve el entrenador en cada vuelta (época).",
        "en": "Pictures that the trainer sees in each round (epoch).",
    },
    "meaning.dataset.max_repeats": {
        "es": "Veces que como mucho se ve una imagen en cada vuelta.",
        "en": "How often one picture is seen at most in each round.",
    },
    "meaning.dataset.learn_background": {
        "es": "Aprender también el fondo; no: solo cabeza y hombros.",
        "en": "Learn the background too; no: head and shoulders only.",
    },
    "meaning.dataset.max_repeat_ratio": {
        "es": "Cuántas veces más que las otras pueden repetirse las imágenes de un origen.",
        "en": "How many times more than the others the pictures of one source may be repeated.",
    },
    "meaning.captions.max_tokens": {"es": "Longitud máxima de un texto.", "en": "Greatest length of a caption."},
    "meaning.captions.include_traits": {
        "es": "Decir en los textos lo que cambia: luz, expresión, ropa.",
        "en": "Say in captions what varies: light, expression, clothing.",
    },
    "meaning.captions.include_identity": {
        "es": "Decir también los rasgos propios de la persona, que si no quedan en la palabra de activación.",
        "en": "Say the person's own traits too, which are otherwise left to the trigger word.",
    },
    "meaning.captions.template": {"es": "Orden de las partes de un texto.", "en": "Order of the parts of a caption."},
    "meaning.imports.max_pixels": {
        "es": "Tamaño máximo de una imagen; por encima se rechaza.",
        "en": "Greatest size of a picture; above, it is refused.",
    },
    "meaning.imports.max_archive_bytes": {
        "es": "Tamaño máximo de un zip descomprimido.",
        "en": "Greatest size of a zip once unpacked.",
    },
    "meaning.imports.max_archive_ratio": {
        "es": "Cuántas veces puede crecer un archivo al salir de un zip.",
        "en": "How many times a file may grow on leaving a zip.",
    },
    "meaning.imports.keep_gps": {
        "es": "Guardar el lugar de las fotos, que es un dato personal.",
        "en": "Keep the place of photos, which is personal data.",
    },
    "meaning.imports.raw_cache_mb": {
        "es": "Disco por cliente para fotos RAW ya reveladas; 0: ninguno.",
        "en": "Disk for each client's developed RAW photos; 0: none.",
    },
    "meaning.imports.copy_way": {
        "es": "Cómo llegan los originales a la carpeta del cliente.",
        "en": "How originals get into the client's folder.",
    },
    "meaning.imports.near_duplicate_bits": {
        "es": "Diferencia hasta la que dos imágenes son casi la misma.",
        "en": "Difference up to which two pictures are nearly the same.",
    },
    "meaning.imports.omni_weight_low": {
        "es": "Omni-weight (--ow) de MidJourney por debajo del cual se avisa.",
        "en": "MidJourney's omni weight (--ow) below which it is warned about.",
    },
    "meaning.imports.omni_weight_high": {
        "es": "Omni-weight (--ow) de MidJourney por encima del cual se avisa.",
        "en": "MidJourney's omni weight (--ow) above which it is warned about.",
    },
    "meaning.imports.trait_words": {
        "es": "Palabras de tus prompts que dicen un rasgo, además de las conocidas.",
        "en": "Words of your prompts that tell a trait, beside those that are known.",
    },
    "meaning.trainer.repository": {"es": "De dónde se descarga el entrenador.", "en": "Where the trainer is fetched from."},
    "meaning.trainer.revision": {"es": "Versión del entrenador.", "en": "Version of the trainer."},
    "meaning.trainer.folder": {
        "es": "Carpeta del entrenador; nada: kohya_ss junto al programa.",
        "en": "Folder of the trainer; none: kohya_ss beside the program.",
    },
    "meaning.trainer.python": {
        "es": "Python con el que se entrena; nada: el que se instala con el entrenador.",
        "en": "Python to train with; none: the one installed with the trainer.",
    },
    "meaning.trainer.torch_index": {
        "es": "De dónde viene PyTorch; una dirección, «pip», o nada: la de PyTorch.",
        "en": "Where PyTorch comes from; an address, 'pip', or none: PyTorch's own.",
    },
    "meaning.trainer.base_model": {"es": "Modelo sobre el que se entrena.", "en": "Model that is trained on."},
    "meaning.trainer.models_folder": {
        "es": "Carpeta de A1111, Forge o ComfyUI con modelos base.",
        "en": "Folder of A1111, Forge or ComfyUI with base models.",
    },
    "meaning.trainer.tokenizer_cache_dir": {
        "es": "Carpeta de los tokenizadores; nada: la de Hugging Face.",
        "en": "Folder of the tokenizers; none: Hugging Face's own.",
    },
    "meaning.trainer.metadata_names": {
        "es": "Qué se hace con nombres y textos dentro del modelo terminado.",
        "en": "What happens to names and captions inside the finished model.",
    },
    "meaning.generate.backend": {"es": "Quién dibuja las pruebas.", "en": "What draws the trials."},
    "meaning.generate.comfyui_address": {"es": "Dirección de ComfyUI.", "en": "Address of ComfyUI."},
    "meaning.generate.a1111_address": {"es": "Dirección de A1111 o Forge.", "en": "Address of A1111 or Forge."},
    "meaning.generate.comfyui_loras": {
        "es": "Carpeta models/loras de ComfyUI; nada: se busca.",
        "en": "Folder models/loras of ComfyUI; none: it is looked for.",
    },
    "meaning.generate.a1111_loras": {
        "es": "Carpeta models/Lora de A1111 o Forge; nada: se busca.",
        "en": "Folder models/Lora of A1111 or Forge; none: it is looked for.",
    },
    "meaning.generate.invokeai_folder": {
        "es": "Carpeta de InvokeAI; nada: INVOKEAI_ROOT o la de tu usuario.",
        "en": "Folder of InvokeAI; none: INVOKEAI_ROOT, else the one of your user.",
    },
    "meaning.generate.user": {"es": "Usuario del servidor, si lo pide.", "en": "User of the server, if it asks."},
    "meaning.generate.password": {"es": "Contraseña del servidor, si la pide.", "en": "Password of the server, if it asks."},
    "meaning.generate.base_name": {
        "es": "Nombre del modelo base en ese programa; nada: el de nuestro archivo.",
        "en": "Name of the base model in that program; none: that of our file.",
    },
    "meaning.generate.keep_files": {
        "es": "Dejar el LoRA en la carpeta del servidor después de dibujar.",
        "en": "Leave the LoRA in the server's folder after drawing.",
    },
    "meaning.captioner.server": {
        "es": "Dirección de quien mira las imágenes (Ollama, LM Studio).",
        "en": "Address of what looks at pictures (Ollama, LM Studio).",
    },
    "meaning.captioner.model": {
        "es": "Modelo de ese servidor; nada: el primero que ve imágenes.",
        "en": "Model of that server; none: its first that sees pictures.",
    },
    "meaning.captioner.timeout_s": {"es": "Espera máxima por imagen.", "en": "Longest wait for one picture."},
    "meaning.captioner.min_doubt": {
        "es": "Duda desde la que se pregunta por un texto; 0: por todos.",
        "en": "Doubt from which a caption is asked about; 0: all.",
    },
    "meaning.captioner.allowed": {
        "es": "A qué has dicho que sí; quítalo para que vuelva a preguntar.",
        "en": "What you have agreed to; take it away to be asked again.",
    },
    "meaning.results.min_faces_share": {
        "es": "Parte de sus imágenes con una sola cara que necesita un modelo para proponerlo.",
        "en": "Share of its pictures with one face that a model needs to be proposed.",
    },
    "meaning.results.max_copy_risk": {
        "es": "Riesgo de copiar las fotos que puede tener como mucho.",
        "en": "Most risk of copying the photos that it may have.",
    },
    "meaning.results.min_flexibility": {
        "es": "Cuánto debe obedecer al prompt, comparado con el modelo base.",
        "en": "How well it must follow the prompt, beside the base model.",
    },
    "meaning.dashboard.with_training": {
        "es": "Abrir las páginas del navegador al empezar a entrenar.",
        "en": "Start the browser pages when a training starts.",
    },
    "settings.nothing_to_clear": {
        "es": "No hay cifras de ningún entrenamiento.",
        "en": "There are no figures of any training.",
    },
    "settings.cleared": {
        "es": "Borradas las cifras de los entrenamientos en {path} (líneas: {n}).",
        "en": "The figures of trainings in {path} were deleted (lines: {n}).",
    },
    "meaning.evidence.collect": {
        "es": "Guardar en este equipo cifras de entrenamientos y pruebas, sin nombres ni rutas.",
        "en": "Keep figures of trainings and trials on this computer, without names or paths.",
    },
}
