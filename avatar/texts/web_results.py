"""Texts of the pages of results and of the report: web.results.*, web.report.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry

TEXTS: Mapping[str, Entry] = {
    "web.results.title": {"es": "Resultados", "en": "Results"},
    "web.results.intro": {
        "es": "Los puntos de guardado, con varios pesos y los mismos prompts: cuál se parece más y qué diferencias son reales.",
        "en": "Checkpoints at several weights with the same prompts: which is most alike, and which differences are real.",
    },
    "web.results.loading": {"es": "Cargando la prueba…", "en": "Loading the trial…"},
    "web.results.trial": {"es": "Prueba", "en": "Trial"},
    "web.results.drawing": {"es": "Dibujando: {done} de {total}", "en": "Drawing: {done} of {total}"},
    "web.results.left": {"es": "quedan {left}", "en": "{left} left"},
    "web.results.left_unknown": {"es": "aún no se sabe cuánto falta", "en": "time left not known yet"},
    "web.results.whole": {"es": "Imágenes: {done} de {total}", "en": "Pictures: {done} of {total}"},
    "web.results.failed": {"es": "no dibujadas: {n}", "en": "not drawn: {n}"},
    "web.results.partly": {
        "es": "A esta prueba le faltan imágenes: otro modelo podría ganar con todas.",
        "en": "Pictures of this trial are missing: another model might win with all of them.",
    },
    "web.results.unmeasured": {
        "es": "Imágenes sin medir: {n}. Al medirlas se sabe cuánto se parecen; tarda unos segundos y no cambia ninguna.",
        "en": "Pictures not measured yet: {n}. Measuring tells how alike they are; it takes seconds and changes none.",
    },
    "web.results.measure": {"es": "Medir ahora", "en": "Measure now"},
    "web.results.measuring": {"es": "Midiendo…", "en": "Measuring…"},
    "web.results.no_effect": {
        "es": "Sin efecto: {names}. Su imagen es la misma que sin LoRA; no se pueden elegir.",
        "en": "No effect: {names}. Their picture is the same as with no LoRA; they cannot be chosen.",
    },
    # --- the proposed one --------------------------------------------------------------------------------------------
    "web.results.proposed": {"es": "El recomendado", "en": "The recommended one"},
    "web.results.so_far": {"es": "El primero por ahora", "en": "First so far"},
    "web.results.in_use": {"es": "En uso", "en": "In use"},
    "web.results.badge.proposed": {"es": "★ recomendado", "en": "★ recommended"},
    "web.results.badge.first": {"es": "★ por ahora", "en": "★ so far"},
    "web.results.badge.taken": {"es": "✓ en uso", "en": "✓ in use"},
    "web.results.badge.tied": {"es": "≈ empate", "en": "≈ tied"},
    "web.results.badge.out": {"es": "✕ no elegible", "en": "✕ not eligible"},
    "web.results.enough": {
        "es": "Se parece tanto como una foto de la persona.",
        "en": "It is as like as a photo of the person.",
    },
    "web.results.under": {
        "es": "Todavía menos que una foto de la persona ({low:.2f}).",
        "en": "Still less than a photo of the person ({low:.2f}).",
    },
    "web.results.take": {"es": "Usar este", "en": "Use this one"},
    "web.results.take_named": {"es": "Usar {candidate}", "en": "Use {candidate}"},
    "web.results.take_title": {"es": "¿Usar este modelo?", "en": "Use this model?"},
    "web.results.take_what": {
        "es": "Será el modelo del cliente: con su peso, su palabra de activación y una imagen de muestra. Nada se borra.",
        "en": "It becomes the client's model: with its weight, its trigger word and a sample picture. Nothing is deleted.",
    },
    "web.results.take_other": {
        "es": "Ahora está en uso {candidate}; puedes volver a él del mismo modo.",
        "en": "{candidate} is in use now; you can go back to it in the same way.",
    },
    "web.results.taking": {"es": "Preparando el modelo…", "en": "Preparing the model…"},
    "web.results.compare": {"es": "Comparar", "en": "Compare"},
    "web.results.next": {"es": "Lo siguiente", "en": "What is next"},
    "web.results.next_what": {
        "es": "Entrega el modelo en un zip con sus imágenes y cómo usarlo: [[deliver ID]]",
        "en": "Hand the model over as a zip with its pictures and how to use it: [[deliver ID]]",
    },
    "web.results.deliver": {"es": "Hacer el zip de entrega", "en": "Make the zip to hand over"},
    "web.results.delivering": {"es": "Haciendo el zip…", "en": "Making the zip…"},
    "web.results.nothing_best": {
        "es": "Nada se ha podido ordenar: mira las imágenes y elige tú.",
        "en": "Nothing could be ranked: look at the pictures and choose yourself.",
    },
    # --- the order ---------------------------------------------------------------------------------------------------
    "web.results.order": {"es": "Orden", "en": "Order"},
    "web.results.difference": {
        "es": "Diferencias de parecido menores de {value:.2f} no significan nada aquí.",
        "en": "Differences in likeness below {value:.2f} mean nothing here.",
    },
    "web.results.key_tie": {"es": "banda: lo que no se distingue del mejor", "en": "band: not told apart from the best"},
    "web.results.key_photo": {"es": "raya: una foto de la persona", "en": "line: a photo of the person"},
    "web.results.key_base": {"es": "triángulo: sin LoRA", "en": "triangle: no LoRA"},
    "web.results.col.place": {"es": "Puesto", "en": "Place"},
    "web.results.col.candidate": {"es": "Modelo y peso", "en": "Model and weight"},
    "web.results.col.likeness": {"es": "Parecido", "en": "Likeness"},
    "web.results.col.faces": {"es": "Con una cara", "en": "With one face"},
    "web.results.col.copies": {"es": "Copia", "en": "Copying"},
    "web.results.col.free": {"es": "Flexibilidad", "en": "Flexibility"},
    "web.results.col.why": {"es": "Por qué", "en": "Why"},
    "web.results.n": {"es": "{n:imagen|imágenes}", "en": "{n:picture|pictures}"},
    "web.results.copies.no": {"es": "no copia", "en": "copies nothing"},
    "web.results.copies.yes": {"es": "copia fotos del entrenamiento", "en": "copies training pictures"},
    "web.results.copies.unknown": {"es": "sin medir", "en": "not measured"},
    "web.results.free.yes": {"es": "sigue el prompt", "en": "follows the prompt"},
    "web.results.free.less": {"es": "algo más rígido", "en": "somewhat stiffer"},
    "web.results.free.no": {"es": "rígido: desoye el prompt", "en": "stiff: deaf to the prompt"},
    "web.results.free.unknown": {"es": "sin medir", "en": "not measured"},
    # --- the pictures ------------------------------------------------------------------------------------------------
    "web.results.pictures": {"es": "Imágenes", "en": "Pictures"},
    "web.results.pictures_how": {
        "es": "Cada fila es un punto de guardado y cada columna un peso, con la misma semilla. Pulsa una para verla grande.",
        "en": "Each row is a checkpoint and each column a weight, at the same seed. Click one to see it large.",
    },
    "web.results.base": {"es": "sin LoRA", "en": "no LoRA"},
    "web.results.weight": {"es": "peso {weight}", "en": "weight {weight}"},
    "web.results.seed": {"es": "semilla {seed}", "en": "seed {seed}"},
    "web.results.finals": {"es": "Los mejores, con más semillas", "en": "The best, with more seeds"},
    "web.results.cell": {
        "es": "{candidate}, prompt {prompt}, semilla {seed}: {note}. Ver grande",
        "en": "{candidate}, prompt {prompt}, seed {seed}: {note}. See it large",
    },
    "web.results.reference.held_out": {
        "es": "Fotos reales que el entrenamiento no ha visto",
        "en": "Real photos that the training has not seen",
    },
    "web.results.reference.training": {
        "es": "Fotos reales (también se entrenaron)",
        "en": "Real photos (they were trained too)",
    },
    "web.results.reference.mj": {"es": "Imágenes de MidJourney (sin fotos)", "en": "MidJourney's pictures (no photos)"},
    # --- large -------------------------------------------------------------------------------------------------------
    "web.results.viewer": {"es": "Imágenes en grande", "en": "Pictures, large"},
    "web.results.mode": {"es": "Cómo se ven", "en": "How they are shown"},
    "web.results.mode.one": {"es": "Una", "en": "One"},
    "web.results.mode.beside": {"es": "Lado a lado", "en": "Side by side"},
    "web.results.mode.slide": {"es": "Cortina", "en": "Slider"},
    "web.results.mode.flip": {"es": "Alternar", "en": "Flip"},
    "web.results.left_side": {"es": "Imagen A", "en": "Picture A"},
    "web.results.right_side": {"es": "Imagen B", "en": "Picture B"},
    "web.results.slide_at": {"es": "Cuánto se ve de la imagen B", "en": "How much of picture B is seen"},
    "web.results.flip_now": {"es": "Alternar A y B (espacio)", "en": "Flip A and B (space)"},
    "web.results.previous": {"es": "Prompt anterior", "en": "Previous prompt"},
    "web.results.following": {"es": "Prompt siguiente", "en": "Next prompt"},
    "web.results.prompt_of": {"es": "Prompt {n} de {total}", "en": "Prompt {n} of {total}"},
    "web.results.photo": {"es": "foto {n}", "en": "photo {n}"},
    "web.results.put_beside": {"es": "Poner {name} como imagen B", "en": "Put {name} as picture B"},
    "web.results.viewer_keys": {
        "es": "Teclas: ← → otra imagen · ↑ ↓ otro prompt · espacio alterna · 1 a 4 cómo se ven · Esc cierra",
        "en": "Keys: ← → another picture · ↑ ↓ another prompt · space flips · 1 to 4 how they are shown · Esc closes",
    },
    "web.results.close": {"es": "Cerrar", "en": "Close"},
    # --- the report --------------------------------------------------------------------------------------------------
    "web.report.title": {"es": "Informe", "en": "Report"},
    "web.report.write": {"es": "Escribir el informe", "en": "Write the report"},
    "web.report.writing": {"es": "Escribiendo…", "en": "Writing…"},
    "web.report.what": {
        "es": "El archivo client_report.html reúne esta página en un solo archivo, para guardarla o enviarla.",
        "en": "The file client_report.html holds this page in one file, to keep it or send it.",
    },
    "web.report.written_at": {"es": "Escrito el {when}: {path}", "en": "Written on {when}: {path}"},
    "web.report.not_written": {"es": "Todavía no se ha escrito.", "en": "It has not been written yet."},
    "web.report.charts.missing": {
        "es": "Los gráficos se dibujan al escribir el informe.",
        "en": "Charts are drawn when the report is written.",
    },
    "web.report.charts.old": {
        "es": "Los gráficos son de antes: las imágenes o los límites han cambiado desde entonces. Escríbelo otra vez.",
        "en": "The charts are older: pictures or limits have changed since. Write it again.",
    },
    "web.report.changed": {
        "es": "Hay cambios desde que se cargó la página.",
        "en": "Something changed since the page was loaded.",
    },
    "web.report.reload": {"es": "Recargar", "en": "Load again"},
    # --- the page of a tuning
    "web.tuning.what": {
        "es": "Qué archivo usar, según lo que dejaron el último entrenamiento y las variantes de una noche.",
        "en": "Which file to use, of those that the last training and the variants of a night left.",
    },
    "web.tuning.use": {"es": "Usar este archivo", "en": "Use this file"},
    "web.tuning.use_values": {"es": "Usarlo, y sus valores para el plan", "en": "Use it, and its values for the plan"},
    "web.tuning.taken": {"es": "Ahora es el modelo del cliente.", "en": "It is now the client's model."},
}
