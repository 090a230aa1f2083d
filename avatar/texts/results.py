"""Texts of the room results: trial.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "trial.unknown": Error(
        what={"es": "No hay ninguna prueba «{trial}».", "en": "There is no trial '{trial}'."},
        why={"es": "las que hay: {known}", "en": "those there are: {known}"},
        do={
            "es": "escribe una de esas, o ninguna para la última.",
            "en": "type one of those, or none for the newest.",
        },
    ),
    "trial.invalid": Error(
        what={"es": "La ficha de la prueba {path} no es válida.", "en": "The record of the trial {path} is not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": "deshaz el cambio en ese archivo; las imágenes de la prueba siguen en su carpeta.",
            "en": "undo the change in that file; the pictures of the trial are still in their folder.",
        },
    ),
    "trial.locked": Error(
        what={"es": "Ya se está dibujando una prueba de «{client}».", "en": "A trial of '{client}' is being drawn already."},
        why={"es": "la dibuja el proceso {pid} desde {since}.", "en": "process {pid} has been drawing it since {since}."},
        do={
            "es": "espera a que acabe, o interrúmpela en su ventana con Ctrl+C; lo dibujado se conserva.",
            "en": "wait until it is done, or stop it in its window by Ctrl+C; what is drawn is kept.",
        },
    ),
    "trial.no_models": Error(
        what={"es": "Todavía no hay ningún modelo que probar.", "en": "There is no model to try yet."},
        do={"es": "entrena primero: [[train ID]]", "en": "train one first: [[train ID]]"},
    ),
    "trial.no_model": Error(
        what={"es": "No hay ningún modelo «{name}».", "en": "There is no model '{name}'."},
        why={"es": "los que hay: {known}", "en": "those there are: {known}"},
        do={"es": "escribe uno o varios de esos.", "en": "type one or several of those."},
    ),
    "trial.two_words": Error(
        what={
            "es": "Dos modelos ({first:model}, {second:model}) no responden a la misma palabra.",
            "en": "Two models ({first:model}, {second:model}) do not answer to the same word.",
        },
        why={
            "es": "el primero se entrenó con «{one}» y el segundo con «{two}»: ningún prompt sería justo con los dos.",
            "en": "the first was trained with '{one}' and the second with '{two}': no prompt would be fair to both.",
        },
        do={
            "es": "pruébalos por separado: [[try {client} --models {second}]]",
            "en": "try them apart: [[try {client} --models {second}]]",
        },
    ),
    "trial.bad_model": {
        "es": "No se prueba: {name:model}. {reason}",
        "en": "Not tried: {name:model}. {reason}",
    },
    "trial.bad_models": {
        "es": "Los modelos {name} no se prueban. {reason}",
        "en": "The models {name} are not tried. {reason}",
    },
    "trial.lost": {
        "es": "{address} ha dejado de responder; se espera a que vuelva. {reason}",
        "en": "{address} has stopped answering; waiting for it to come back. {reason}",
    },
    "trial.without": {
        "es": "La prueba sigue sin {address}. {reason}",
        "en": "The trial goes on without {address}. {reason}",
    },
    "trial.cut_off": {
        "es": "Otro programa ha cortado la imagen varias veces.",
        "en": "Another program has cut the picture off several times.",
    },
    "trial.no_effect": {
        "es": "{candidate:weighted} no cambia nada: su imagen es la misma que sin él. No se dibuja más con ese archivo.",
        "en": "{candidate:weighted} changes nothing: its picture is the same as without it. No more is drawn with that file.",
    },
    "trial.same_picture": {
        "es": """
            {candidate:weighted} dibuja exactamente lo mismo que {other:weighted}: uno de los dos no se ha cargado. No se dibuja
            más con él.
        """,
        "en": """
            {candidate:weighted} draws exactly the same as {other:weighted}: one of the two was not loaded. No more is drawn
            with it.
        """,
    },
    "trial.no_finalists": {
        "es": "No se puede distinguir a los mejores, así que no se dibujan más imágenes de ellos.",
        "en": "The best cannot be told apart, so no more pictures of them are drawn.",
    },
    "trial.prompts_unreadable": Error(
        what={"es": "No se puede leer el archivo de prompts {path}.", "en": "The file of prompts {path} cannot be read."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "da un archivo de texto con un prompt por línea: [[try ID --prompts ARCHIVO]]",
            "en": "give a text file with one prompt a line: [[try ID --prompts FILE]]",
        },
    ),
    "trial.prompts_empty": Error(
        what={"es": "El archivo de prompts {path} está vacío.", "en": "The file of prompts {path} is empty."},
        do={
            "es": "escribe en él un prompt por línea; sin ese archivo se dibujan los de siempre.",
            "en": "write one prompt a line into it; without that file the usual ones are drawn.",
        },
    ),
    "trial.why": {"es": "{candidate:weighted_short}: {why}", "en": "{candidate:weighted_short}: {why}"},
    # What a person calls a model of a trial; see `spoken`.
    "trial.model.step": {"es": "paso {step}", "en": "step {step}"},
    "trial.model.final": {"es": "modelo final", "en": "final model"},
    "trial.model.mean": {"es": "media de los últimos", "en": "mean of the last"},
    "trial.model.base": {"es": "sin LoRA", "en": "no LoRA"},
    "trial.model.variant": {"es": "{variant}, paso {step}", "en": "{variant}, step {step}"},
    "trial.weight": {"es": "{value:.1f}", "en": "{value:.1f}"},
    "trial.weighted": {"es": "{model} con peso {weight}", "en": "{model} at weight {weight}"},
    "trial.weighted_short": {"es": "{model} · {weight}", "en": "{model} · {weight}"},
    "trial.model_gone": Error(
        what={
            "es": "El archivo con el que se dibujó la prueba ({name}) ya no está.",
            "en": "The file that the trial was drawn with ({name}) is no longer there.",
        },
        why={"es": "se borró, o su contenido ha cambiado.", "en": "it was deleted, or its content has changed."},
        do={"es": "haz una prueba nueva y elige en ella.", "en": "make a new trial and choose from that."},
    ),
    "trial.no_candidate": Error(
        what={"es": "«{candidate}» no es un candidato de la prueba.", "en": "'{candidate}' is no candidate of the trial."},
        why={"es": "los que hay: {known}", "en": "those there are: {known}"},
        do={
            "es": "escribe modelo y peso, por ejemplo «modelo final 0,8»; el peso puede ser otro, de más de 0 hasta 2.",
            "en": "type model and weight, for example 'final model 0.8'; the weight may be another one, above 0 up to 2.",
        },
    ),
    "trial.nothing_ranked": Error(
        what={"es": "Nada de la prueba se ha podido ordenar.", "en": "Nothing of the trial could be ranked."},
        do={
            "es": "mira la hoja y elige tú, con modelo y peso.",
            "en": "look at the sheet and choose yourself, by model and weight.",
        },
    ),
    # --- sheet and page ----------------------------------------------------------------------------------------------
    "trial.cell.missing": {"es": "sin dibujar", "en": "not drawn"},
    "trial.cell.failed": {"es": "falló", "en": "failed"},
    "trial.cell.no_effect": {"es": "sin efecto", "en": "no effect"},
    "trial.cell.unreadable": {"es": "no se puede abrir", "en": "cannot be opened"},
    "trial.cell.unmeasured": {"es": "sin medir", "en": "not measured"},
    "trial.cell.likeness": {"es": "parecido {value:.2f}", "en": "likeness {value:.2f}"},
    "trial.cell.one_face": {"es": "una cara", "en": "one face"},
    "trial.cell.faces": {"es": "caras: {n}", "en": "faces: {n}"},
    "trial.cell.no_face": {"es": "sin cara", "en": "no face found"},
    "trial.sheet.title": {"es": "Prueba de {trigger} · {trial:dated}", "en": "Trial of {trigger} · {trial:dated}"},
    "trial.sheet.finals": {"es": "Los mejores, con más semillas", "en": "The best, with more seeds"},
    "trial.sheet.base": {"es": "sin LoRA", "en": "no LoRA"},
    "trial.yardstick": {
        "es": """
            Una foto de la persona se parece {value:.2f} a las demás fotos (fotos comparadas: {n}); a partir de {low:.2f} más
            parecido ya no cuenta.
        """,
        "en": """
            A photo of the person has a likeness of {value:.2f} to the others (photos compared: {n}); from {low:.2f} on more
            likeness no longer counts.
        """,
    },
    "trial.left_out": {
        "es": "Por falta de tiempo no se han probado todos: puntos {models}, pesos {weights}.",
        "en": "For lack of time not all were tried: checkpoints {models}, weights {weights}.",
    },
    "trial.figure": {"es": "{value:.2f}", "en": "{value:.2f}"},
    "trial.percent": {"es": "{value:.0f} %", "en": "{value:.0f} %"},
    "trial.prompt.usual": {"es": "prompt de las muestras", "en": "prompt of the samples"},
    "trial.prompt.user": {"es": "prompt tuyo", "en": "prompt of yours"},
    "trial.prompt.unseen": {
        "es": "algo que las imágenes de entrenamiento no tienen",
        "en": "what the training pictures have not",
    },
    "trial.page.title": {"es": "Resultado de la prueba", "en": "Result of the trial"},
    "trial.page.order": {"es": "Orden", "en": "Order"},
    "trial.page.verdict": {"es": "veredicto", "en": "verdict"},
    "trial.verdict.taken": {"es": "en uso", "en": "in use"},
    "trial.verdict.first": {"es": "el mejor", "en": "the best"},
    "trial.verdict.tied_first": {"es": "propuesto; hay empate", "en": "proposed; there is a tie"},
    "trial.verdict.tied": {"es": "empata con el mejor", "en": "tied with the best"},
    "trial.verdict.behind": {"es": "se parece menos", "en": "less like the person"},
    "trial.verdict.not_final": {"es": "se parece menos (1.ª ronda)", "en": "less like (round 1)"},
    "trial.verdict.open": {"es": "sin decidir: pocas imágenes", "en": "open: too few pictures"},
    "trial.verdict.no_face": {"es": "no sirve: sin cara", "en": "of no use: no face"},
    "trial.verdict.few_faces": {"es": "no sirve: caras de más o de menos", "en": "of no use: not one face each"},
    "trial.verdict.copies": {"es": "no sirve: copia las fotos", "en": "of no use: copies the photos"},
    "trial.verdict.stiff": {"es": "no sirve: no sigue el texto", "en": "of no use: deaf to the prompt"},
    "trial.page.place": {"es": "puesto", "en": "place"},
    "trial.page.candidate": {"es": "modelo · peso", "en": "model · weight"},
    "trial.page.likeness": {"es": "parecido", "en": "likeness"},
    "trial.page.n": {"es": "imágenes", "en": "pictures"},
    "trial.page.faces": {"es": "con una cara", "en": "with one face"},
    "trial.page.copy_risk": {"es": "riesgo de copia", "en": "copy risk"},
    "trial.page.flexibility": {"es": "flexibilidad", "en": "flexibility"},
    "trial.page.why": {"es": "por qué", "en": "why"},
    "trial.page.tied": {"es": "empate", "en": "tied"},
    "trial.page.take": {"es": "Para usar el mejor:", "en": "To use the best one:"},
    "trial.page.base": {"es": "sin LoRA", "en": "no LoRA"},
    "trial.page.pictures": {
        "es": "Imágenes: cada punto de guardado con cada peso (pulsa una para verla grande)",
        "en": "Pictures: every checkpoint at every weight (click one to enlarge it)",
    },
    "trial.page.finals": {"es": "Los mejores, con más semillas", "en": "The best, with more seeds"},
    "trial.page.seed": {"es": "semilla", "en": "seed"},
    "trial.page.back": {"es": "volver", "en": "back"},
    "trial.page.full": {"es": "archivo", "en": "file"},
    "trial.page.unranked": {
        "es": "Nada se ha podido ordenar: mira las imágenes y elige modelo y peso.",
        "en": "Nothing could be ranked: look at the pictures and choose model and weight.",
    },
    "trial.page.taken": {"es": "En uso:", "en": "In use:"},
    # --- the commands ------------------------------------------------------------------------------------------------
    "trial.none": Error(
        what={"es": "Todavía no hay ninguna prueba de «{client}».", "en": "There is no trial of '{client}' yet."},
        do={"es": "haz una: [[try ID]]", "en": "make one: [[try ID]]"},
    ),
    "trial.no_tie": Error(
        what={"es": "No hay candidatos empatados.", "en": "No candidates are tied."},
        why={
            "es": "o el mejor ya se distingue de los demás, o no se ha podido medir ningún parecido.",
            "en": "either the best already stands alone, or no likeness could be measured.",
        },
        do={"es": "mira el orden: [[results ID]]", "en": "see the order: [[results ID]]"},
    ),
    "trial.bad_weight": Error(
        what={"es": "«{weight}» no es un peso.", "en": "'{weight}' is no weight."},
        do={
            "es": "escribe números de más de 0 hasta 2, por ejemplo 0.6 0.8 1.0.",
            "en": "type numbers above 0 up to 2, for example 0.6 0.8 1.0.",
        },
    ),
    "trial.address_of_what": Error(
        what={"es": "Falta decir de qué programa es la dirección.", "en": "It is not said which program the address is of."},
        do={
            "es": "dilo: [[try ID --backend comfyui]], o [[try ID --backend a1111]] (también para Forge, reForge y SD.Next).",
            "en": "say it: [[try ID --backend comfyui]], or [[try ID --backend a1111]] (for Forge, reForge and SD.Next too).",
        },
    ),
    "trial.no_trigger": {
        "es": "El texto «{prompt}» no nombra a la persona ({trigger}).",
        "en": "The prompt '{prompt}' does not name the person ({trigger}).",
    },
    "trial.takes": {
        "es": "Cada imagen tarda unos {each} s; en total son {n:imagen|imágenes}. Lo que falta: {left}.",
        "en": "A picture takes about {each} s; it is {n:picture|pictures} in all. What is left: {left}.",
    },
    "trial.ask_minutes": {
        "es": "Enter: dibujarlas todas; o escribe cuántos minutos puede durar: ",
        "en": "Enter: draw them all; or type how many minutes it may take: ",
    },
    "trial.bad_minutes": {
        "es": "Escribe un número de minutos mayor que 0, o nada.",
        "en": "Type a number of minutes above 0, or nothing.",
    },
    "trial.stop.title": {
        "es": "La prueba está en {done} de {total} imágenes. ¿Qué hacemos?",
        "en": "The trial is at {done} of {total} pictures. What now?",
    },
    "trial.stop.now": {"es": "Parar ya; lo dibujado se conserva", "en": "Stop now; what is drawn is kept"},
    "trial.stop.after": {"es": "Parar cuando acabe la imagen en curso", "en": "Stop when the picture at work is done"},
    "trial.stop.continue": {"es": "Seguir", "en": "Go on"},
    "trial.done": {
        "es": "Prueba del {trial:dated} terminada. Imágenes: {n}.",
        "en": "The trial of {trial:dated} is done. Pictures: {n}.",
    },
    "trial.partly": {
        "es": """
            Prueba del {trial:dated}: {n} de {total} imágenes. Para dibujar las que faltan, repite [[try ID]] con las mismas
            opciones que hayas puesto: con otras sería otra prueba.
        """,
        "en": """
            Trial of {trial:dated}: {n} of {total} pictures. To draw what is missing, repeat [[try ID]] with the same options,
            if you gave any: with others it would be another trial.
        """,
    },
    "trial.failed": {
        "es": "No se han podido dibujar: {n}. Se intentan otra vez al repetir.",
        "en": "Could not be drawn: {n}. They are tried again by a repeat.",
    },
    "trial.without_effect": {
        "es": "Modelos que no cambian nada en la imagen: {n}. No son elegibles.",
        "en": "Models that change nothing in the picture: {n}. They cannot be chosen.",
    },
    "trial.title": {"es": "Orden de la prueba del {trial:dated}", "en": "Order of the trial of {trial:dated}"},
    "trial.title_id": {"es": "Orden de la prueba {trial}", "en": "Order of trial {trial}"},
    "trial.written": {"es": "Para verlo: {path}", "en": "To look at: {path}"},
    "trial.take_best": {
        "es": "El mejor: {candidate:weighted}. Para usarlo: [[results ID --take best]]",
        "en": "The best: {candidate:weighted}. To use it: [[results ID --take best]]",
    },
    "trial.take_tied": {
        "es": """
            Empatan: {names}. Con estas imágenes no se distinguen. Se propone {candidate:weighted}:
            [[results ID --take best]]. Para apurar más, dibuja más imágenes de ellos: [[try ID --more]]
        """,
        "en": """
            Tied: {names}. These pictures do not tell them apart. The proposed one is {candidate:weighted}:
            [[results ID --take best]]. To be more exact, draw more pictures of them: [[try ID --more]]
        """,
    },
    "trial.nothing_drawn": {
        "es": "Esta prueba no tiene ninguna imagen todavía. Repite [[try ID]] con las mismas opciones, y sigue donde estaba.",
        "en": "This trial has no picture yet. Repeat [[try ID]] with the same options, and it goes on where it was.",
    },
    "trial.then": {
        "es": "Lo siguiente: entregarlo en un zip, [[deliver ID]], o copiarlo a tu programa, [[install ID --to comfyui]].",
        "en": "Next: hand it over as a zip, [[deliver ID]], or copy it to your program, [[install ID --to comfyui]].",
    },
    "trial.choose_yourself": {
        "es": "Mira la hoja y elige tú, por ejemplo: [[results ID --take {candidate}]]",
        "en": "Look at the sheet and choose yourself, for example: [[results ID --take {candidate}]]",
    },
    "trial.taken": {
        "es": "En uso: {candidate:weighted}. Palabra de activación: «{trigger}». Archivo: {path}",
        "en": "In use: {candidate:weighted}. Trigger word: '{trigger}'. File: {path}",
    },
    "trial.offer": {
        "es": "Imágenes de la prueba: {n}. Cuánto tarda se mide con las primeras y se dice antes de seguir.",
        "en": "Pictures of the trial: {n}. The first ones show how long it takes, which is said before it goes on.",
    },
    "trial.offer_time": {
        "es": "Imágenes de la prueba: {n}; tiempo: {left}.",
        "en": "Pictures of the trial: {n}; time: {left}.",
    },
    "trial.unranked": {
        "es": "Nada se ha podido ordenar: mira la hoja y elige tú.",
        "en": "Nothing could be ranked: look at the sheet and choose yourself.",
    },
    "trial.no_mean": Error(
        what={"es": "No se puede hacer la media de: {names}.", "en": "There is no mean of: {names}."},
        why={
            "es": "hacen falta al menos dos modelos de un mismo entrenamiento, del mismo tamaño.",
            "en": "it takes at least two models of one training, of the same size.",
        },
        do={"es": "prueba sin la media: [[try ID]]", "en": "try without the mean: [[try ID]]"},
    ),
    "trial.class_done": {
        "es": "Imágenes de la clase: {n}, en {path}. El plan las cuenta desde la próxima vez: [[configure ID]]",
        "en": "Pictures of the class: {n}, in {path}. The plan counts them from the next time on: [[configure ID]]",
    },
    "trial.class_partly": {
        "es": "Imágenes de la clase: {n} de {total}. Repite para dibujar las que faltan; antes no se usa ninguna.",
        "en": "Pictures of the class: {n} of {total}. Repeat to draw what is missing; until then none is used.",
    },
}
