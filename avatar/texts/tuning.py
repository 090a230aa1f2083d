"""Texts of the automatic tuning: tune.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    # --- the plan of a night ---
    "tune.plan.stage0": {
        "es": "Solo se comparan los modelos del último entrenamiento; no se entrena nada.",
        "en": "Only the models of the last training are compared; nothing is trained.",
    },
    "tune.plan.fits": {
        "es": "En {hours} h caben {n:entrenamiento corto|entrenamientos cortos}, y {k} de ellos hasta el final: {left}.",
        "en": "{hours} h have room for {n:short training|short trainings}, and {k} of them to the end: {left}.",
    },
    "tune.plan.still": {
        "es": "Caben {n:entrenamiento corto|entrenamientos cortos} en total, y {k} hasta el final; quedan {left}.",
        "en": "There is room for {n:short training|short trainings} in all, and {k} to the end; {left} are left.",
    },
    "tune.plan.no_more": {
        "es": "En las {hours} h no cabe ningún entrenamiento más; se compara lo que hay.",
        "en": "The {hours} h have no room for another training; what there is is compared.",
    },
    "tune.plan.too_short": {
        "es": """
            {hours} h no bastan para {n:entrenamiento corto|entrenamientos cortos} y uno entero: harían falta {needed}.
            Se comparan los modelos del último entrenamiento.
        """,
        "en": """
            {hours} h are too few for {n:short training|short trainings} and one to the end: that takes {needed}.
            The models of the last training are compared.
        """,
    },
    "tune.plan.no_candidates": {
        "es": "No hay bastantes variantes del plan que quepan en la tarjeta ({n}); se compara lo que hay.",
        "en": "Too few variants of the plan fit the card ({n}); what there is is compared.",
    },
    "tune.plan.no_time": {
        "es": "El tiempo se ha acabado; se compara lo que hay.",
        "en": "The time is over; what there is is compared.",
    },
    "tune.plan.unmeasured": {
        "es": "Todavía no se sabe cuánto tarda un paso en esta tarjeta: lo mide el primer entrenamiento corto.",
        "en": "How long a step takes on this card is not known yet: the first short training measures it.",
    },
    "tune.told.places": {
        "es": "Se entrenan a la vez {n:candidato|candidatos}: {names}.",
        "en": "At the same time {n:candidate is|candidates are} trained: {names}.",
    },
    "tune.none_to_bundle": Error(
        what={
            "es": "No hay ningún candidato «{candidate}» por entrenar.",
            "en": "There is no candidate '{candidate}' left to train.",
        },
        do={"es": "escribe uno de estos: {known}.", "en": "type one of these: {known}."},
    ),
    "tune.not_begun_yet": Error(
        what={
            "es": "«{client}» no tiene ningún ajuste automático con candidatos que entrenar.",
            "en": "'{client}' has no automatic tuning with candidates to train.",
        },
        do={
            "es": "empieza uno con horas ([[tune {client} --hours 8]]); basta con que diga qué cabe.",
            "en": "begin one with hours ([[tune {client} --hours 8]]); it is enough that it says what fits.",
        },
    ),
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
            Qué ajustes son mejores no lo dirá: el mismo plan entrenado dos veces difiere en 0,08–0,11 de parecido, y aquí
            cada variante se entrena una vez.
        """,
        "en": """
            It will not say which settings are better: the same plan trained twice differs by 0.08–0.11 in likeness, and here
            each variant is trained once.
        """,
    },
    "tune.tell.rest": {
        "es": "En lo que quede de las horas se dibujan más imágenes de los que empatan.",
        "en": "In what is left of the hours more pictures of the tied ones are drawn.",
    },
    "tune.tell.survives": {
        "es": """
            De cada {n}, siguen {k}: en las simulaciones, el mejor estaba entre ellos en {percent} de cada 100.
        """,
        "en": "Of {n} short ones {k} go on: in simulations the best was among them in {percent} of 100.",
    },
    # --- why a value changes: which one it is, never that it is better ---
    "tune.why.learning_rate": {"es": "otra tasa de aprendizaje", "en": "another learning rate"},
    "tune.why.network_dim": {"es": "otro rango del LoRA", "en": "another rank of the LoRA"},
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
    "tune.why.other": {"es": "otro valor", "en": "another value"},
    # --- on the way ---
    "tune.now.stage0": {
        "es": "A comparar: {n:modelo|modelos} del último entrenamiento",
        "en": "To be compared: {n:model|models} of the last training",
    },
    "tune.now.short": {
        "es": "Entrenamiento corto hasta el paso {step}: {name:variant}",
        "en": "Short training up to step {step}: {name:variant}",
    },
    "tune.now.full": {
        "es": "Sigue hasta el final, el paso {step}: {name:variant}",
        "en": "On to the end, step {step}: {name:variant}",
    },
    "tune.now.final": {"es": "Última comparación: {n:modelo|modelos}", "en": "Last comparison: {n:model|models}"},
    "tune.now.apart": {
        "es": "Queda tiempo: más imágenes para distinguir {n:candidato|candidatos}",
        "en": "There is time left: more pictures to tell {n:candidate|candidates} apart",
    },
    "tune.failed": {
        "es": "Falló la variante «{name:variant}»; se sigue con la próxima. {reason}",
        "en": "The variant '{name:variant}' failed; the next one follows. {reason}",
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
            "es": "arréglalo y repite [[tune ID]]: sigue desde aquí, sin entrenar nada otra vez.",
            "en": "mend that and repeat [[tune ID]]: it goes on from here, and nothing is trained again.",
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
    # --- before it begins ---
    "tune.told.stage0": {
        "es": "Primero, {n:modelo|modelos} del último entrenamiento con tres pesos: {pictures:imagen|imágenes}, {left}.",
        "en": "First, {n:model|models} of the last training at three weights: {pictures:picture|pictures}, {left}.",
    },
    "tune.told.stage0_unmeasured": {
        "es": "Primero, {n:modelo|modelos} con tres pesos: hasta {pictures:imagen|imágenes}; las primeras dirán cuánto tardan.",
        "en": "First, {n:model|models} at three weights: up to {pictures:picture|pictures}; the first show how long.",
    },
    "tune.told.stage0_drawn": {
        "es": "Los modelos del último entrenamiento ya están dibujados.",
        "en": "The models of the last training are drawn already.",
    },
    "tune.told.candidates": {
        "es": "Variantes del plan, en este orden (cada una, primero hasta el paso {step} de {total}):\n{names}",
        "en": "Variants of the plan, in this order (each of them first up to step {step} of {total}):\n{names}",
    },
    "tune.told.plan_trained": {
        "es": "El plan tal cual no se entrena otra vez: es el último entrenamiento, y se compara con las variantes.",
        "en": "The plan as it is is not trained again: it is the last training, and is compared with the variants.",
    },
    "tune.told.disk": {
        "es": "En el disco, hasta {gb:.0f} GB de puntos de guardado, hasta que haya respuesta.",
        "en": "On the disk, up to {gb:.0f} GB of checkpoints and states until the answer is there.",
    },
    "tune.told.disk_short": {
        "es": "En el disco quedan {free:.0f} GB y pueden hacer falta {gb:.0f}: haz sitio antes, o la noche acabará ahí.",
        "en": "The disk has {free:.0f} GB left and {gb:.0f} may be needed: make room first, or the night ends there.",
    },
    "tune.told.server": {
        "es": """
            {program} sigue abierto mientras se entrena y ocupa memoria de la tarjeta: si entonces un entrenamiento no cabe,
            ciérralo y repite: [[tune ID --backend trainer]]
        """,
        "en": """
            {program} stays open during the trainings and holds memory of the card: where a training does not fit then, close it
            and repeat: [[tune ID --backend trainer]]
        """,
    },
    "tune.no_held_out": {
        "es": """
            Sin al menos 3 fotos reales reservadas (se reservan desde 20) ganaría quien mejor copia: solo se comparan los
            modelos del último entrenamiento.
        """,
        "en": """
            Without at least 3 real photos that are held out (from 20 on they are) the best copier would win: only the models
            of the last training are compared.
        """,
    },
    "tune.ask": {"es": "¿Empezar el ajuste?", "en": "Begin the tuning?"},
    "tune.begin": {"es": "Empezar", "en": "Begin"},
    "tune.not_now": {"es": "Ahora no", "en": "Not now"},
    "tune.not_begun": {
        "es": "El ajuste no ha empezado; está preparado para otra vez.",
        "en": "The tuning has not begun; it is ready for another time.",
    },
    "tune.changed.plan": {"es": "el plan ha cambiado", "en": "the plan has changed"},
    "tune.changed.dataset": {"es": "el dataset ha cambiado", "en": "the dataset has changed"},
    "tune.changed.photos": {"es": "las fotos reservadas han cambiado", "en": "the photos that are held out have changed"},
    "tune.changed.models": {
        "es": "sus archivos ya no están todos",
        "en": "not all of its files are there any more",
    },
    "tune.begun_anew": {
        "es": "El ajuste a medias ya no sirve ({reason}): sus cifras no serían comparables. Empieza otro.",
        "en": "The tuning that was begun is of no use now ({reason}): its figures could not be compared. Another one begins.",
    },
    "tune.goes_on": {
        "es": "Sigue el ajuste del {tuning:dated}, que quedó a medias; nada se hace dos veces.",
        "en": "The tuning of {tuning:dated} goes on, which was not finished; nothing is done twice.",
    },
    "tune.goes_further": {
        "es": "El ajuste del {tuning:dated} ya tenía respuesta; estas horas se añaden a las suyas.",
        "en": "The tuning of {tuning:dated} had its answer already; these hours are added to its own.",
    },
    "tune.hours_needed": Error(
        what={"es": "Para entrenar variantes hacen falta horas.", "en": "To train variants takes hours."},
        do={
            "es": "di cuántas puede usar: [[tune ID --hours 8]]",
            "en": "say how many it may take: [[tune ID --hours 8]]",
        },
    ),
    "tune.nothing_trained": Error(
        what={
            "es": "«{client}» no tiene todavía ningún modelo que comparar.",
            "en": "'{client}' has no model to compare yet.",
        },
        do={
            "es": "entrena uno con [[train ID]], o deja que lo haga el ajuste: [[tune ID --hours 8]]",
            "en": "train one by [[train ID]], or let the tuning do so: [[tune ID --hours 8]]",
        },
    ),
    "tune.nothing_to_judge_by": Error(
        what={
            "es": "«{client}» no tiene ningún modelo que comparar, ni fotos con las que juzgar variantes.",
            "en": "'{client}' has no model to compare, and no photos that variants could be judged by.",
        },
        why={
            "es": "hacen falta al menos 3 fotos reales reservadas (se reservan desde 20): sin ellas ganaría quien mejor copia.",
            "en": "at least 3 real photos must be held out (from 20 on they are): without them the best copier would win.",
        },
        do={
            "es": "carga más fotos ([[import-real ID CARPETA]]) y prepara el dataset, o entrena sin ajuste: [[train ID]]",
            "en": "import more photos ([[import-real ID FOLDER]]) and prepare the dataset, or train without it: [[train ID]]",
        },
    ),
    "tune.card_is_full": Error(
        what={
            "es": "En la tarjeta no queda sitio para dibujar a {side} px como hasta ahora.",
            "en": "The card has no room to draw at {side} px as so far.",
        },
        why={
            "es": "otro programa ocupa su memoria, y a otro tamaño las imágenes no serían comparables.",
            "en": "another program holds its memory, and at another size the pictures could not be compared.",
        },
        do={
            "es": "ciérralo y repite [[tune ID]]: sigue desde aquí.",
            "en": "close it and repeat [[tune ID]]: it goes on from here.",
        },
    ),
    "tune.interrupted": {
        "es": "El ajuste queda a medias; lo hecho se conserva. Para seguir: [[tune ID]]",
        "en": "The tuning is not finished; what is done is kept. To go on: [[tune ID]]",
    },
    "tune.state_at_work": {
        "es": "Ajuste automático del {tuning:dated} en marcha; entrena: {name:variant}.",
        "en": "The automatic tuning of {tuning:dated} is at work; it trains: {name:variant}.",
    },
    "tune.state_begun": {
        "es": "El ajuste automático del {tuning:dated} quedó a medias. Para seguir: [[tune ID]]",
        "en": "The automatic tuning of {tuning:dated} was not finished. To go on: [[tune ID]]",
    },
    "tune.state_answered": {
        "es": "El ajuste automático del {tuning:dated} propone: {file:weighted}. Para usarlo: [[tune ID --take best]]",
        "en": "The automatic tuning of {tuning:dated} proposes: {file:weighted}. To use it: [[tune ID --take best]]",
    },
    # --- taking ---
    "tune.none": Error(
        what={"es": "«{client}» no tiene ningún ajuste automático.", "en": "'{client}' has no automatic tuning."},
        do={"es": "empieza uno: [[tune ID --hours 8]]", "en": "begin one: [[tune ID --hours 8]]"},
    ),
    "tune.no_candidate": Error(
        what={"es": "El ajuste no tiene ninguna variante «{candidate}».", "en": "The tuning has no variant '{candidate}'."},
        why={"es": "las que hay: {known}", "en": "those there are: {known}"},
        do={
            "es": "escribe el nombre que tiene en la tabla, o toma la mejor: [[tune ID --take best]]",
            "en": "type the name that it has in the table, or take the best one: [[tune ID --take best]]",
        },
    ),
    "tune.nothing_to_take": Error(
        what={"es": "El ajuste no ha podido elegir ningún archivo.", "en": "The tuning could not choose any file."},
        why={
            "es": "no ha terminado, o en sus imágenes no se reconoce la cara.",
            "en": "it has not ended, or its pictures show no face that can be compared.",
        },
        do={
            "es": "mira cómo está con [[tune ID]], o las imágenes con [[results ID]], y elige tú.",
            "en": "see how it stands by [[tune ID]], or the pictures by [[results ID]], and choose yourself.",
        },
    ),
    "tune.not_compared": Error(
        what={
            "es": "La variante «{candidate:variant}» no tiene ningún archivo que se comparara.",
            "en": "The variant '{candidate:variant}' has no file that was compared.",
        },
        do={
            "es": "mira la tabla con [[tune ID]] y toma otra.",
            "en": "look at the table by [[tune ID]] and take another one.",
        },
    ),
    "tune.values_taken": {
        "es": "Sus valores son ahora los del plan: {values:all_chosen} (del ajuste del {tuning:dated}).",
        "en": "Its values are now the plan's: {values:all_chosen} (from the tuning of {tuning:dated}).",
    },
    "tune.values_same": {
        "es": "No se diferencia del plan en ningún valor: el plan queda como está.",
        "en": "It differs from the plan in no value: the plan stays as it is.",
    },
    # --- the answer ---
    "tune.title": {"es": "Ajuste automático", "en": "Automatic tuning"},
    "tune.col.candidate": {"es": "variante", "en": "variant"},
    "tune.col.state": {"es": "hasta", "en": "up to"},
    "tune.col.file": {"es": "archivo", "en": "file"},
    "tune.col.verdict": {"es": "veredicto", "en": "verdict"},
    "tune.col.likeness": {"es": "parecido", "en": "likeness"},
    "tune.col.n": {"es": "n.º", "en": "no."},
    "tune.col.copy_risk": {"es": "copia", "en": "copying"},
    "tune.col.flexibility": {"es": "libre", "en": "free"},
    "tune.col.loss": {"es": "error", "en": "error"},
    "tune.col.minutes": {"es": "min", "en": "min"},
    "tune.state.last": {"es": "ya entrenado", "en": "trained before"},
    "tune.state.planned": {"es": "sin empezar", "en": "not begun"},
    "tune.state.running": {"es": "entrenando", "en": "training"},
    "tune.state.short": {"es": "corto", "en": "short"},
    "tune.state.stopped": {"es": "parado", "en": "stopped"},
    "tune.state.full": {"es": "el final", "en": "the end"},
    "tune.state.failed": {"es": "falló", "en": "failed"},
    "tune.state.dropped": {"es": "corto", "en": "short"},
    "tune.differs": {
        "es": "{name:option}: {before:plain} → {after:plain}",
        "en": "{name:option}: {before:plain} → {after:plain}",
    },
    "tune.tied": {"es": "{value} =", "en": "{value} ="},
    "tune.answer.critical": {
        "es": "Con {n:imagen común|imágenes comunes}, menos de {value:.2f} de diferencia no dice nada; = es empate.",
        "en": "With {n:common picture|common pictures} differences below {value:.2f} say nothing; = is tied.",
    },
    "tune.answer.differs": {
        "es": """
            Ese archivo se entrenó con otro valor; {name:option}: {after:plain} en vez de {before:plain} ({why}). Que sea mejor
            no se sabe.
        """,
        "en": """
            That file was trained with another value; {name:option}: {after:plain} instead of {before:plain} ({why}). Better or
            not is not known.
        """,
    },
    "tune.answer.take": {
        "es": """
            Para usarlo: [[tune ID --take {candidate}]]; y también sus valores para el plan: [[tune ID --take {candidate}
            --values]]
        """,
        "en": """
            To use it: [[tune ID --take {candidate}]]; and its values for the plan too: [[tune ID --take {candidate} --values]]
        """,
    },
    "tune.nothing_found": Error(
        what={"es": "El ajuste no ha podido comparar nada.", "en": "The tuning could not compare anything."},
        do={
            "es": "mira los avisos de arriba y repite [[tune ID]]: sigue desde aquí.",
            "en": "look at the warnings above and repeat [[tune ID]]: it goes on from here.",
        },
    ),
    "tune.answer.alone": {
        "es": "El mejor: {file:weighted}.",
        "en": "The best one: {file:weighted}.",
    },
    "tune.answer.tied": {
        "es": "Usa este: {file:weighted}; empata con {n:archivo más|archivos más}: entre ellos no se ve diferencia.",
        "en": "Use this one: {file:weighted}; it is tied with {n:more file|more files}: no difference between them was seen.",
    },
    "tune.answer.none": {
        "es": "Ningún archivo se pudo elegir: en sus imágenes no hay cara que comparar, o ninguno sirve: [[results ID]]",
        "en": "No file could be chosen: its pictures show no face to compare, or none is good enough: [[results ID]]",
    },
    "tune.more.tied": {
        "es": "Más imágenes podrían separar a los que empatan ({n}): ahora solo cuentan diferencias desde {value:.2f}.",
        "en": "More pictures could tell the {n} tied ones apart: for now only differences from {value:.2f} on count.",
    },
    "tune.more.untried": {
        "es": "Otra noche podría entrenar lo que no cupo ({n}): {names:variants}.",
        "en": "Another night could train what did not fit ({n}): {names:variants}.",
    },
    "tune.more.dropped": {
        "es": "{n:variante se paró|variantes se pararon} a medio camino; llevar una hasta el final son {hours:.1f} h.",
        "en": "{n:variant was|variants were} stopped on the way; taking one to its end is {hours:.1f} h.",
    },
    # --- the page ---
    # In a word or two; see `spoken`.
    "tune.short.last": {"es": "último", "en": "last"},
    "tune.short.plan": {"es": "el plan", "en": "the plan"},
    "tune.short.rate_half": {"es": "tasa ÷ 2", "en": "rate ÷ 2"},
    "tune.short.rate_double": {"es": "tasa × 2", "en": "rate × 2"},
    "tune.short.rank_16": {"es": "rango 16", "en": "rank 16"},
    "tune.short.rank_32": {"es": "rango 32", "en": "rank 32"},
    "tune.short.caption_dropout": {"es": "a veces sin texto", "en": "captions left out"},
    "tune.short.text_encoder": {"es": "también el texto", "en": "captions too"},
    "tune.short.prodigy": {"es": "Prodigy", "en": "Prodigy"},
    "tune.name.last": {"es": "el último entrenamiento", "en": "the last training"},
    "tune.name.plan": {"es": "el plan tal cual", "en": "the plan as it is"},
    "tune.name.rate_half": {"es": "la mitad de la tasa de aprendizaje", "en": "half the learning rate"},
    "tune.name.rate_double": {"es": "el doble de la tasa de aprendizaje", "en": "twice the learning rate"},
    "tune.name.rank_16": {"es": "un LoRA más pequeño (rango 16)", "en": "a smaller LoRA (rank 16)"},
    "tune.name.rank_32": {"es": "otro tamaño de LoRA (rango 32)", "en": "another size of LoRA (rank 32)"},
    "tune.name.caption_dropout": {"es": "a veces sin texto", "en": "sometimes without the caption"},
    "tune.name.text_encoder": {"es": "también el codificador de texto", "en": "the text encoder too"},
    "tune.name.prodigy": {"es": "Prodigy elige la tasa", "en": "Prodigy chooses the rate"},
    "tune.page.critical": {
        "es": "Con {n:imagen común|imágenes comunes}, menos de {value:.2f} de diferencia de parecido no dice nada.",
        "en": "With {n:common picture|common pictures} differences of likeness below {value:.2f} say nothing.",
    },
    "tune.page": {"es": "La página: {path}", "en": "The page: {path}"},
    "tune.page.title": {"es": "Ajuste automático", "en": "Automatic tuning"},
    "tune.page.none": {
        "es": "Todavía no hay ningún ajuste automático.\nSe empieza en la terminal o en el menú: [[tune ID --hours 8]]",
        "en": "There is no automatic tuning yet.\nIt is begun in the terminal or in the menu: [[tune ID --hours 8]]",
    },
    "tune.page.at_work": {
        "es": "El ajuste está en marcha: entrena «{name:variant}»; {n:variante hecha|variantes hechas}.",
        "en": "The tuning is at work: it trains '{name:variant}'; {n:variant|variants} done.",
    },
    "tune.page.draws": {
        "es": "El ajuste está en marcha: dibuja y compara; {n:variante hecha|variantes hechas}.",
        "en": "The tuning is at work: it draws and compares; {n:variant|variants} done.",
    },
    "tune.page.used": {"es": "Ha usado {used}", "en": "{used} used"},
    "tune.page.used_of": {"es": "Ha usado {used} de {hours}", "en": "{used} used of {hours}"},
    "tune.page.candidates": {"es": "Las variantes", "en": "The variants"},
    "tune.page.candidate": {"es": "variante", "en": "variant"},
    "tune.page.state": {"es": "hasta", "en": "up to"},
    "tune.page.file": {"es": "su mejor archivo", "en": "its best file"},
    "tune.page.likeness": {"es": "parecido", "en": "likeness"},
    "tune.page.n": {"es": "imágenes", "en": "pictures"},
    "tune.page.copy_risk": {"es": "copia", "en": "copying"},
    "tune.page.flexibility": {"es": "flexible", "en": "flexible"},
    "tune.page.loss": {"es": "error en las reservadas", "en": "error on those held out"},
    "tune.loss": {"es": "{value:.3f}", "en": "{value:.3f}"},
    "tune.page.time": {"es": "tiempo", "en": "time"},
    "tune.page.limits": {"es": "Qué dice esto y qué no", "en": "What this tells and what it does not"},
    "tune.page.tied": {"es": "empate", "en": "tied"},
    "tune.page.chosen": {"es": "úsalo", "en": "use this"},
    "tune.page.in_use": {"es": "en uso", "en": "in use"},
    "tune.page.take": {"es": "Para usarlo:", "en": "To use it:"},
    "tune.page.take_values": {"es": "También sus valores para el plan:", "en": "Its values for the plan too:"},
    "tune.page.scale": {
        "es": "La marca es el parecido de cada variante; dentro de la franja no se ve diferencia con la mejor.",
        "en": "The mark is the likeness of each variant; within the band no difference to the best one was seen.",
    },
    "tune.page.pictures": {"es": "Las mismas imágenes de cada una", "en": "The same pictures of each"},
}
