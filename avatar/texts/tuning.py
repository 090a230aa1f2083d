"""Texts of the automatic tuning: tune.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    # --- the plan of a night ---
    "tune.plan.stage0": {
        "es": "Sin horas solo se comparan los modelos del último entrenamiento; no se entrena nada.",
        "en": "Without hours only the models of the last training are compared; nothing is trained.",
    },
    "tune.plan.fits": {
        "es": "En {hours} h caben {n:entrenamiento corto|entrenamientos cortos}, y {k} de ellos hasta el final: unas {left}.",
        "en": "{hours} h have room for {n:short training|short trainings}, and {k} of them to the end: about {left}.",
    },
    "tune.plan.still": {
        "es": "Caben {n:entrenamiento corto|entrenamientos cortos} en total, y {k} hasta el final; quedan unas {left}.",
        "en": "There is room for {n:short training|short trainings} in all, and {k} to the end; about {left} are left.",
    },
    "tune.plan.no_more": {
        "es": "En las {hours} h no cabe ningún entrenamiento más; se compara lo que hay.",
        "en": "The {hours} h have no room for another training; what there is is compared.",
    },
    "tune.plan.too_short": {
        "es": """
            {hours} h no bastan para {n:entrenamiento corto|entrenamientos cortos} y uno entero: harían falta unas {needed}.
            Se comparan los modelos del último entrenamiento.
        """,
        "en": """
            {hours} h are too few for {n:short training|short trainings} and one to the end: that takes about {needed}.
            The models of the last training are compared.
        """,
    },
    "tune.plan.no_candidates": {
        "es": "No hay bastantes variantes del plan que quepan en la tarjeta ({n}); se compara lo que hay.",
        "en": "Too few variants of the plan fit the card ({n}); what there is is compared.",
    },
    "tune.plan.unmeasured": {
        "es": "Todavía no se sabe cuánto tarda un paso en esta tarjeta: lo mide el primer entrenamiento corto.",
        "en": "How long a step takes on this card is not known yet: the first short training measures it.",
    },
    # --- what it can tell ---
    "tune.tell.stage0": {
        "es": "La respuesta dirá qué archivo usar y con qué peso.",
        "en": "The answer will say which file to use, and at which weight.",
    },
    "tune.tell.file": {
        "es": "La respuesta dirá qué archivo usar y con qué peso; los empates se dicen como empates.",
        "en": "The answer will say which file to use, and at which weight; ties are called ties.",
    },
    "tune.tell.no_setting": {
        "es": """
            Qué ajustes son mejores no lo dirá: el mismo plan entrenado dos veces difiere en 0.08–0.11 de parecido, y aquí
            cada variante se entrena una vez.
        """,
        "en": """
            It will not say which settings are better: the same plan trained twice differs by 0.08–0.11 in likeness, and here
            each variant is trained once.
        """,
    },
    "tune.tell.survives": {
        "es": """
            De cada {n}, siguen {k}: en las simulaciones, el mejor estaba entre ellos en {percent} de cada 100.
        """,
        "en": "Of {n} short ones {k} go on: in simulations the best was among them in {percent} of 100.",
    },
    # --- why a value changes: which one it is, never that it is better ---
    "tune.why.learning_rate": {"es": "otra tasa de aprendizaje", "en": "another learning rate"},
    "tune.why.network_dim": {"es": "otro rango de la LoRA", "en": "another rank of the LoRA"},
    "tune.why.network_alpha": {
        "es": "sigue al rango, para que la fuerza de cada paso no cambie",
        "en": "follows the rank, so that the strength of a step stays the same",
    },
    "tune.why.caption_dropout_rate": {
        "es": "a veces entrena sin el texto de la imagen",
        "en": "trains without the caption now and then",
    },
    "tune.why.cache_text_encoder_outputs": {
        "es": "los textos no pueden guardarse ya calculados",
        "en": "captions cannot be kept computed",
    },
    "tune.why.network_train_unet_only": {
        "es": "entrena también los codificadores de texto",
        "en": "trains the text encoders too",
    },
    "tune.why.optimizer_type": {
        "es": "un optimizador que busca la tasa él mismo",
        "en": "an optimizer that finds the rate by itself",
    },
    "tune.why.lr_scheduler": {"es": "el que conviene a ese optimizador", "en": "the one that suits this optimizer"},
    "tune.why.lr_scheduler_num_cycles": {"es": "no tiene reinicios", "en": "it has no restarts"},
    "tune.why.lr_warmup_steps": {"es": "se calienta él mismo", "en": "it warms up by itself"},
    "tune.why.other": {"es": "otro valor de {name}", "en": "another value of {name}"},
    # --- on the way ---
    "tune.now.stage0": {
        "es": "A comparar: {n:modelo|modelos} del último entrenamiento",
        "en": "To be compared: {n:model|models} of the last training",
    },
    "tune.now.short": {
        "es": "Entrenamiento corto «{name}», hasta el paso {steps}",
        "en": "Short training '{name}', up to step {steps}",
    },
    "tune.now.full": {
        "es": "«{name}» sigue hasta el final, el paso {steps}",
        "en": "'{name}' goes on to its end, step {steps}",
    },
    "tune.now.final": {"es": "Última comparación: {n:modelo|modelos}", "en": "Last comparison: {n:model|models}"},
    "tune.failed": {
        "es": "La variante «{name}» falló; se sigue con la próxima. {reason}",
        "en": "The variant '{name}' failed; the next one follows. {reason}",
    },
    "tune.unknown_cause": {"es": "La causa no se conoce.", "en": "The cause is not known."},
    "tune.nothing_compared": Error(
        what={
            "es": "Los entrenamientos cortos están hechos, pero no se pueden comparar.",
            "en": "The short trainings are done, but they cannot be compared.",
        },
        why={
            "es": "ahora no se puede dibujar con ellos; el aviso de arriba dice por qué.",
            "en": "nothing draws with them at the moment; the warning above says why.",
        },
        do={
            "es": "arréglalo y repite el ajuste: sigue desde aquí, sin entrenar nada otra vez.",
            "en": "mend that and repeat the tuning: it goes on from here, and nothing is trained again.",
        },
    ),
    "tune.invalid": Error(
        what={"es": "La ficha del ajuste {path} no es válida.", "en": "The record of the tuning {path} is not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": "deshaz el cambio en ese archivo, o borra su carpeta para empezar otro ajuste.",
            "en": "undo the change in that file, or delete its folder to begin another tuning.",
        },
    ),
    # --- the answer ---
    "tune.answer.alone": {
        "es": "El mejor archivo es {file}.",
        "en": "The best file is {file}.",
    },
    "tune.answer.tied": {
        "es": "Usa {file}; empata con {n:archivo más|archivos más}: entre ellos no se ve diferencia.",
        "en": "Use {file}; it is tied with {n:more file|more files}: no difference between them was seen.",
    },
    "tune.answer.none": {
        "es": "Ningún archivo se pudo comparar.",
        "en": "No file could be compared.",
    },
    "tune.more.tied": {
        "es": "Más imágenes podrían separar a los que empatan ({n}): ahora solo cuentan diferencias desde {value:.2f}.",
        "en": "More pictures could tell the {n} tied ones apart: for now only differences from {value:.2f} on count.",
    },
    "tune.more.untried": {
        "es": "Otra noche podría entrenar lo que no cupo ({n}): {names}.",
        "en": "Another night could train what did not fit ({n}): {names}.",
    },
    "tune.more.dropped": {
        "es": "{n:variante se paró|variantes se pararon} a medio camino; llevar una hasta el final son unas {left}.",
        "en": "{n:variant was|variants were} stopped on the way; taking one to its end is about {left}.",
    },
}
