"""Texts of the room reports: doctor.*, report.*, review.*, sheet.*, chart.*, stage.*, state.*, status.*, level.*, short.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

_NO_FACE = {
    "what": {
        "es": "Sin cara («No face detected»): {n} de {total} imágenes; dudosas: {unsure}.",
        "en": "'No face detected': no face in {n} of {total} pictures; doubtful: {unsure}.",
    },
    "why": {
        "es": "cara tapada, pequeña, borrosa o de espaldas, o no hay nadie.",
        "en": "the face is hidden, small, blurred or turned away, or there is nobody.",
    },
}

TEXTS: Mapping[str, Entry] = {
    "review.no_crop": Error(
        what={"es": "No se puede usar {name}.", "en": "{name} cannot be used."},
        why={
            "es": "no tiene recorte, porque no se encontró cara o aún no se ha procesado.",
            "en": "it has no crop, since no face was found or it was not processed yet.",
        },
        do={
            "es": "procesa las caras; si no la encuentra, usa otra foto.",
            "en": "process the faces; if none is found, use another photo.",
        },
    ),
    "review.twice": Error(
        what={"es": "{name} está en dos listas a la vez.", "en": "{name} is in two lists at once."},
        why={
            "es": "una imagen se aprueba, se rechaza o vuelve a las reglas, solo una cosa.",
            "en": "a picture is either approved, rejected or returned to the rules.",
        },
        do={"es": "nómbrala una vez; no se ha cambiado nada.", "en": "name it once; nothing was changed."},
    ),
    "review.no_such_face": Error(
        what={
            "es": "La imagen {name} no tiene la cara {face}.",
            "en": "The picture {name} has no face {face}.",
        },
        why={"es": "caras encontradas: {faces}.", "en": "faces found: {faces}."},
        do={"es": "elige un número de 1 a {faces}.", "en": "choose a number from 1 to {faces}."},
    ),
    "review.page_title": {
        "es": "Revisión, {list}: página {page} de {pages}. Imágenes: {n}. Carpeta: {folder}",
        "en": "Review, {list}: page {page} of {pages}. Pictures: {n}. Folder: {folder}",
    },
    "review.list.all": {"es": "todas", "en": "all"},
    "review.list.refused": {"es": "rechazadas", "en": "refused"},
    "review.list.approved": {"es": "aprobadas", "en": "approved"},
    "review.list.held-out": {"es": "reservadas", "en": "kept aside"},
    "review.uses": {
        "es": """
            Fotos reservadas: {held}. Fotos que se entrenan: {trained}. El dataset cambia con la próxima preparación:
            [[prepare ID]]
        """,
        "en": """
            Photos kept aside: {held}. Photos that are trained: {trained}. The dataset changes with the next preparation:
            [[prepare ID]]
        """,
    },
    "review.not_a_photo": Error(
        what={"es": "{name} no es una foto real.", "en": "{name} is no real photo."},
        why={
            "es": "el parecido se mide con fotos reales; una imagen de MidJourney no dice cómo es la persona.",
            "en": "likeness is measured on real photos; a MidJourney picture does not say what the person looks like.",
        },
        do={
            "es": "reserva fotos reales; para no entrenar esta imagen, recházala.",
            "en": "keep real photos aside; to leave this picture untrained, reject it.",
        },
    ),
    "review.list.pending": {"es": "sin procesar", "en": "not processed"},
    "review.entry": {
        "es": "{n}. {name}: {verdict} ({by})\n     {measures}\n     {path}",
        "en": "{n}. {name}: {verdict} ({by})\n     {measures}\n     {path}",
    },
    "review.entry_reasons": {
        "es": "{n}. {name}: {verdict} ({by}): {reasons}\n     {measures}\n     {path}",
        "en": "{n}. {name}: {verdict} ({by}): {reasons}\n     {measures}\n     {path}",
    },
    "review.entry_pending": {"es": "{n}. {name}: {verdict}", "en": "{n}. {name}: {verdict}"},
    "review.no_measures": {"es": "sin medidas", "en": "nothing measured"},
    "review.none_in_list": {"es": "Lista «{list}»: no hay ninguna imagen.", "en": "List '{list}': there is no picture."},
    "review.none_found": {
        "es": "Ninguna imagen de esta lista contiene «{text}» en su nombre.",
        "en": "No picture of this list has '{text}' in its name.",
    },
    "review.compared": {"es": "Comparadas otra vez: {n:imagen|imágenes}.", "en": "Compared again: {n:picture|pictures}."},
    "review.undone": {
        "es": "Deshecho. Imágenes: {n}. Cambios que aún puedes deshacer: {left}",
        "en": "Undone. Pictures: {n}. Changes that can still be undone: {left}",
    },
    "review.nothing_to_undo": Error(
        what={"es": "No hay ningún cambio que deshacer.", "en": "There is no change to undo."},
        why={
            "es": "en este cliente no se ha decidido nada a mano, o ya está todo deshecho.",
            "en": "nothing was decided by hand for this client, or all of it is undone.",
        },
        do={
            "es": "si quieres cambiar una imagen, apruébala o recházala por su número.",
            "en": "to change a picture, approve or reject it by its number.",
        },
    ),
    "review.same_name": Error(
        what={"es": "Varias imágenes se llaman así: {text}", "en": "Several pictures have that name: {text}"},
        why={"es": "son los números {numbers}.", "en": "they are the numbers {numbers}."},
        do={"es": "escribe el número de la que quieres.", "en": "give the number of the one you mean."},
    ),
    "review.bad_number": Error(
        what={
            "es": "No hay imágenes con ese número o nombre: {text}",
            "en": "There are no pictures with that number or name: {text}",
        },
        why={
            "es": "los números van de 1 a {last}, y se escriben así: 3,7-12; también valen nombres e identificadores.",
            "en": "numbers go from 1 to {last}, written like this: 3,7-12; a file name or an id is taken too.",
        },
        do={
            "es": "mira el número en la lista, en la hoja de contactos o en output/review.html.",
            "en": "look the number up in the list, on the contact sheet or in output/review.html.",
        },
    ),
    "review.face_how": Error(
        what={"es": "Falta el número de la cara.", "en": "The number of the face is missing."},
        why={"es": "el comando es «f IMAGEN CARA».", "en": "the command is 'f PICTURE FACE'."},
        do={
            "es": "escribe por ejemplo «f 12 2» para usar la segunda cara de la imagen 12.",
            "en": "type for example 'f 12 2' to use the second face of picture 12.",
        },
    ),
    "review.page_written": {
        "es": "Página para el navegador: {path} (páginas: {n})",
        "en": "Page for the browser: {path} (pages: {n})",
    },
    "review.sheets_written": {
        "es": "Hojas de contactos con los mismos números: {names} (hojas: {n}) en {path}",
        "en": "Contact sheets with the same numbers: {names} (sheets: {n}) in {path}",
    },
    "review.ask": {
        "es": "Revisar (n siguiente, p anterior, a aprobar, r rechazar, ? ayuda, 0 volver):",
        "en": "Review (n next page, p previous, a approve, r reject, u undo, ? help, 0 back):",
    },
    "review.help": {
        "es": """
            Escribe una letra y, si hace falta, números:
              n, p          página siguiente, anterior (Enter: siguiente)
              l             otra lista: rechazadas, aprobadas, sin procesar, todas…
              / TEXTO       buscar por nombre (solo / quita la búsqueda)
              12            todo sobre la imagen 12
              a 3,7-12      aprobar
              r 3,7-12      rechazar
              q 3,7-12      quitar tu decisión: vuelven a decidir las reglas
              o 3,7-12      reservar fotos: no se entrenan, con ellas se mide el parecido
              t 3,7-12      entrenarlas
              f 12 2        usar la cara 2 de la imagen 12
              u             deshacer el último cambio
              0             volver al menú
        """,
        "en": """
            Type a letter and, where needed, numbers:
              n, p          next page, previous page (Enter: next)
              l             another list: refused, approved, not processed, kept aside, all
              / TEXT        search by name (/ alone ends the search)
              12            everything about picture 12
              a 3,7-12      approve
              r 3,7-12      reject
              c 3,7-12      clear your decision: the rules decide again
              o 3,7-12      keep photos aside: not trained, likeness is measured on them
              t 3,7-12      train them
              f 12 2        use face 2 of picture 12
              u             undo the last change
              0             back to the menu
        """,
    },
    "review.last_page": {"es": "Es la última página.", "en": "This is the last page."},
    "review.first_page": {"es": "Es la primera página.", "en": "This is the first page."},
    "review.page.title": {"es": "Revisión", "en": "Review"},
    "review.page.no_picture": {"es": "sin imagen", "en": "no picture"},
    "review.page.pages": {"es": "Páginas:", "en": "Pages:"},
    "review.page.how": {
        "es": """
            Los números son los mismos en esta página, en las hojas de contactos y en los comandos, y no cambian al decidir.
            Copia un comando, cambia los números y pégalo en la terminal, en la carpeta del programa.
        """,
        "en": """
            Numbers are the same on this page, on the contact sheets and in the commands, and deciding does not change them.
            Copy a command, change its numbers and paste it into a terminal in the program's folder.
        """,
    },
    "review.page.approve": {"es": "Aprobar", "en": "Approve"},
    "review.page.reject": {"es": "Rechazar", "en": "Reject"},
    "review.page.clear": {"es": "Devolver a las reglas", "en": "Return to the rules"},
    "review.page.face": {
        "es": "Usar otra cara: la {face} de la imagen {number}",
        "en": "Use another face: number {face} of picture {number}",
    },
    "review.page.undo": {"es": "Deshacer el último cambio", "en": "Undo the last change"},
    "review.page.sheets": {"es": "Hojas de contactos:", "en": "Contact sheets:"},
    "review.page.first_refused": {
        "es": "Primero las rechazadas, después las aprobadas.",
        "en": "Refused pictures first, then approved ones.",
    },
    "review.nothing": {
        "es": "Todavía no hay nada que revisar: primero el procesamiento facial.",
        "en": "Nothing to review yet: face processing comes first.",
    },
    "review.decided": {
        "es": "Decidido a mano. Aprobadas: {approved}. Rechazadas: {rejected}. Devueltas a las reglas: {cleared}.",
        "en": "Decided by hand. Approved: {approved}. Rejected: {rejected}. Returned to the rules: {cleared}.",
    },
    "review.is_client": {
        "es": "Imágenes en las que has dicho que está {client}: {n}",
        "en": "Pictures that you said show {client}: {n}",
    },
    "review.faces_sheet": {"es": "Todas las caras, numeradas: {path}", "en": "Every face, numbered: {path}"},
    "review.face_chosen": {"es": "En {image} se usa ahora la cara {n}.", "en": "{image} now uses face {n}."},
    "sheet.several_faces": {
        "es": "{client}: imágenes con varias caras, números {numbers} (en total {total}); en verde, la elegida",
        "en": "{client}: pictures with several faces, numbers {numbers} ({total} in all); the chosen one in green",
    },
    "sheet.person": {
        "es": "{client}: persona {number}, números {numbers} (imágenes: {n})",
        "en": "{client}: person {number}, numbers {numbers} (pictures: {n})",
    },
    "sheet.approved": {
        "es": "{client}, {source}: aprobadas, números {numbers} (en total {total})",
        "en": "{client}, {source}: approved, numbers {numbers} ({total} in all)",
    },
    "sheet.rejected": {
        "es": "{client}, {source}: rechazadas, números {numbers} (en total {total})",
        "en": "{client}, {source}: refused, numbers {numbers} ({total} in all)",
    },
    "sheet.held_out": {"es": "reservada", "en": "kept aside"},
    "sheet.by_user": {"es": "decidido por ti", "en": "decided by you"},
    "sheet.faces": {"es": "cara {face} de {faces}", "en": "face {face} of {faces}"},
    "sheet.no_picture": {"es": "sin imagen", "en": "no picture"},
    "sheet.source.mj": {"es": "MidJourney", "en": "MidJourney"},
    "sheet.source.real": {"es": "foto real", "en": "real photo"},
    "sheet.background": {
        "es": "{client}: lo que no se aprende, en rosa ({n:imagen|imágenes})",
        "en": "{client}: what is not learnt, in pink ({n:picture|pictures})",
    },
    "sheet.groups": {
        "es": "{client} · grupos de MidJourney {first}-{last} (grupos: {total})",
        "en": "{client} · groups of MidJourney {first}-{last} (groups: {total})",
    },
    "sheet.no_prompt": {"es": "sin prompt", "en": "no prompt"},
    "report.numbers": {"es": "números en Revisar", "en": "numbers in the review"},
    "report.title": {"es": "Dataset", "en": "Dataset"},
    "report.summary": {
        "es": """
            Imágenes: {used} · rechazadas: {refused} · exposiciones por época: {exposures} · palabra de activación: {trigger} ·
            {when}
        """,
        "en": "Pictures: {used} · refused: {refused} · exposures per epoch: {exposures} · trigger word: {trigger} · {when}",
    },
    "report.advice": {"es": "¿Listo para entrenar?", "en": "Ready to train?"},
    "report.notes": {"es": "Avisos de la preparación", "en": "Notes of the preparation"},
    "report.balance": {"es": "Reparto de lo que ve el entrenador", "en": "Shares of what the trainer sees"},
    "report.coverage": {"es": "Variedad", "en": "Variety"},
    "report.mj": {"es": "MidJourney", "en": "MidJourney"},
    "report.real": {"es": "Foto real", "en": "Real photo"},
    "report.no_picture": {"es": "sin imagen", "en": "no picture"},
    "report.asked": {"es": "Pedido", "en": "Requested"},
    "report.reached": {"es": "Alcanzado", "en": "Reached"},
    "report.views": {"es": "Dirección de la cabeza", "en": "Direction of the head"},
    "report.view.profile_left": {"es": "perfil ←", "en": "profile ←"},
    "report.view.quarter_left": {"es": "tres cuartos ←", "en": "three-quarter ←"},
    "report.view.front": {"es": "de frente", "en": "front"},
    "report.view.quarter_right": {"es": "tres cuartos →", "en": "three-quarter →"},
    "report.view.profile_right": {"es": "perfil →", "en": "profile →"},
    "report.tilts": {"es": "Inclinación de la cabeza", "en": "Tilt of the head"},
    "report.tilt.up": {"es": "hacia arriba", "en": "raised"},
    "report.tilt.level": {"es": "recta", "en": "level"},
    "report.tilt.down": {"es": "hacia abajo", "en": "lowered"},
    "report.framings": {"es": "Tamaño de la cara en el encuadre", "en": "Size of the face in the frame"},
    "report.framing.close": {"es": "primer plano", "en": "close-up"},
    "report.framing.head": {"es": "cara y hombros", "en": "head, shoulders"},
    "report.framing.upper": {"es": "medio cuerpo", "en": "upper body"},
    "report.brightness": {"es": "Brillo medio (0–255)", "en": "Mean brightness (0–255)"},
    "report.unknown": {"es": "Sin medida: {n}", "en": "Not measured: {n}"},
    "report.used": {"es": "Imágenes del dataset ({n})", "en": "Pictures of the dataset ({n})"},
    "report.held_out": {"es": "Fotos reservadas, no se entrenan ({n})", "en": "Photos kept aside, not trained ({n})"},
    "report.refused": {"es": "Rechazadas ({n})", "en": "Refused ({n})"},
    "report.refused_by_user": {"es": "rechazada por ti", "en": "refused by you"},
    "report.edited": {"es": "Texto editado por ti", "en": "Caption edited by you"},
    "report.more": {"es": "… y {n} más", "en": "… and {n} more"},
    "report.measure.blur": {"es": "nitidez {value:.0f}", "en": "sharpness {value:.0f}"},
    "report.measure.brightness": {"es": "brillo {value:.0f}", "en": "brightness {value:.0f}"},
    "report.measure.contrast": {"es": "contraste {value:.0f}", "en": "contrast {value:.0f}"},
    "report.measure.yaw": {"es": "giro {value:+.0f}°", "en": "turn {value:+.0f}°"},
    "report.written": {"es": "Informe del dataset: {path}", "en": "Report on the dataset: {path}"},
    "report.not_written": {
        "es": """
            El dataset está bien, pero su informe no se pudo escribir en {path}: {detail}. Ciérralo si está abierto y repite.
        """,
        "en": """
            The dataset is fine, but its report could not be written to {path}: {detail}. Close it if it is open, and repeat.
        """,
    },
    "report.client.title": {"es": "Informe", "en": "Report"},
    "report.client.summary": {
        "es": "{name}. Activación: {trigger} {class_word}. Fecha: {when}",
        "en": "{name}. Trigger: {trigger} {class_word}. Date: {when}",
    },
    "report.client.stages": {"es": "Estado", "en": "State"},
    "report.client.pictures": {"es": "Imágenes", "en": "Pictures"},
    "report.client.reasons": {"es": "Por qué se rechazaron", "en": "Why pictures were refused"},
    "report.client.quality": {"es": "Calidad, con los límites", "en": "Quality, with its limits"},
    "report.client.coverage": {"es": "Variedad", "en": "Variety"},
    "report.client.faces": {"es": "Del original al recorte", "en": "From the original to the crop"},
    "report.client.sheets": {"es": "Hojas de contactos", "en": "Contact sheets"},
    "report.client.plan": {"es": "Plan de entrenamiento", "en": "Training plan"},
    "report.client.loss": {"es": "Curva de pérdida", "en": "Loss curve"},
    "report.client.samples": {"es": "Muestras del entrenamiento", "en": "Samples of the training"},
    "report.client.use": {"es": "Cómo se usa", "en": "How it is used"},
    "report.client.use.trigger": {"es": "Palabras de activación", "en": "Trigger words"},
    "report.client.use.weight": {"es": "Peso", "en": "Weight"},
    "report.client.use.sampler": {"es": "Muestreador", "en": "Sampler"},
    "report.client.use.steps": {"es": "Pasos", "en": "Steps"},
    "report.client.use.cfg": {"es": "CFG", "en": "CFG"},
    "report.client.use.size": {"es": "Tamaño", "en": "Size"},
    "report.client.use.base": {"es": "Modelo base", "en": "Base model"},
    "report.client.use_where": {
        "es": "{name} va en models/loras de ComfyUI o models/Lora de A1111 y Forge: [[install ID --to comfyui]].",
        "en": "{name} goes into models/loras of ComfyUI or models/Lora of A1111 and Forge: [[install ID --to comfyui]].",
    },
    "report.client.midjourney": {"es": "Datos de MidJourney", "en": "MidJourney data"},
    "report.client.group": {"es": "Grupo", "en": "Group"},
    "report.client.numbers": {"es": "imágenes", "en": "pictures"},
    "report.client.left_out": {"es": "No está en los textos", "en": "Not in the captions"},
    "report.client.models": {"es": "Modelos", "en": "Models"},
    "report.client.consent": {"es": "Consentimiento", "en": "Consent"},
    "report.client.approved_mj": {"es": "Aprobadas de MidJourney", "en": "Approved from MidJourney"},
    "report.client.approved_real": {"es": "Fotos reales aprobadas", "en": "Approved real photos"},
    "report.client.refused": {"es": "Rechazadas", "en": "Refused"},
    "report.client.more_sheets": {
        "es": "Los números son los de la revisión. Todas las hojas, en tamaño completo: {path}",
        "en": "Numbers are those of the review. All sheets in full size: {path}",
    },
    "report.client.written": {
        "es": "Informe del cliente: {path} ({bytes_mb:.1f} MB)",
        "en": "Report on the client: {path} ({bytes_mb:.1f} MB)",
    },
    "report.client.charts": {"es": "Gráficos: {names} en {path}", "en": "Charts: {names} in {path}"},
    "report.measure.confidence": {"es": "confianza {value:.2f}", "en": "confidence {value:.2f}"},
    "report.measure.face_side_px": {"es": "cara {value:.0f} px", "en": "face {value:.0f} px"},
    "report.measure.noise": {"es": "ruido {value:.1f}", "en": "noise {value:.1f}"},
    "report.measure.enlargement": {"es": "ampliación {value:.1f}×", "en": "enlargement {value:.1f}×"},
    "chart.quality": {"es": "Medidas de calidad", "en": "Measures of quality"},
    "chart.coverage": {"es": "Variedad de las imágenes aprobadas", "en": "Variety of the approved pictures"},
    "chart.faces": {"es": "Del original al recorte", "en": "From the original to the crop"},
    "chart.approved": {"es": "aprobadas", "en": "approved"},
    "chart.refused": {"es": "rechazadas", "en": "refused"},
    "chart.limit": {"es": "límite", "en": "limit"},
    "chart.kind.raw": {"es": "RAW", "en": "RAW"},
    "chart.kind.standard": {"es": "fotos", "en": "photos"},
    "chart.kind.mj": {"es": "MidJourney", "en": "MidJourney"},
    "chart.most": {"es": "máx. {n}", "en": "max. {n}"},
    "chart.box": {"es": "cara elegida y sus puntos", "en": "chosen face and its landmarks"},
    "chart.square": {"es": "cuadrado recortado", "en": "square cut out"},
    "chart.measure.blur": {"es": "Nitidez", "en": "Sharpness"},
    "chart.measure.brightness": {"es": "Brillo (0–255)", "en": "Brightness (0–255)"},
    "chart.measure.contrast": {"es": "Contraste", "en": "Contrast"},
    "chart.measure.noise": {"es": "Ruido", "en": "Noise"},
    "chart.measure.face_side_px": {"es": "Tamaño de la cara (px)", "en": "Size of the face (px)"},
    "chart.measure.enlargement": {"es": "Ampliación", "en": "Enlargement"},
    "chart.measure.confidence": {"es": "Confianza en que es una cara", "en": "Confidence that it is a face"},
    "chart.measure.yaw": {"es": "Giro de la cabeza (grados)", "en": "Turn of the head (degrees)"},
    "doctor.mtcnn.other": Error(
        what={
            "es": "El motor de caras «{engine}» no está instalado; «{other}» sí, y da las mismas caras.",
            "en": "The face engine '{engine}' is not installed; '{other}' is, and finds the same faces.",
        },
        do={"es": "cambia de motor, o ejecuta {command}", "en": "switch the engine, or run {command}"},
    ),
    "doctor.remedy.engine": {
        "es": "usar el motor de caras «{arguments}» para este cliente",
        "en": "use the face engine '{arguments}' for this client",
    },
    "doctor.clients_title": {"es": "Clientes con algo que mirar", "en": "Clients with something to look at"},
    "doctor.title": {"es": "¿Qué ha fallado?", "en": "What has failed?"},
    "doctor.verdict.ready": {
        "es": "No se ha encontrado ninguno de los problemas conocidos.",
        "en": "None of the known problems was found.",
    },
    "doctor.verdict.attention": {"es": "Hay puntos que conviene mirar.", "en": "Some points deserve a look."},
    "doctor.verdict.blocked": {
        "es": "Hay algo que impide seguir; la tabla dice qué hacer.",
        "en": "Something blocks the work; the table says what to do.",
    },
    "doctor.how": {"es": "Remedio: {what}", "en": "Remedy: {what}"},
    "doctor.machine": {
        "es": """
            El equipo (Python, disco, memoria, tarjeta) se comprueba con [[setup --check]].
        """,
        "en": """
            The computer (Python, disk, memory, card) is checked by [[setup --check]].
        """,
    },
    "doctor.training.none": {"es": "Todavía no se ha entrenado.", "en": "There was no training yet."},
    "doctor.training.ok": {
        "es": "El último entrenamiento ({run:dated}) terminó bien.",
        "en": "The last training ({run:dated}) finished successfully.",
    },
    "doctor.training.open": {
        "es": "El último entrenamiento ({run:dated}) no ha terminado o sigue en marcha.",
        "en": "The last training ({run:dated}) is unfinished or still running.",
    },
    "doctor.training.stopped": {
        "es": "El último entrenamiento ({run:dated}) lo detuviste tú.",
        "en": "You stopped the last training ({run:dated}).",
    },
    "doctor.training.failed": {
        "es": "El último entrenamiento ({run:dated}) no terminó bien. {cause}",
        "en": "The last training ({run:dated}) failed. {cause}",
    },
    "doctor.training.replanned": Error(
        what={
            "es": "El último entrenamiento ({run:dated}) no terminó bien, y el plan ha cambiado desde entonces.",
            "en": "The last training ({run:dated}) failed, and the plan has changed since.",
        },
        do={"es": "entrena de nuevo: [[train ID]].", "en": "train again: [[train ID]]."},
    ),
    "doctor.training.see_log": {"es": "Su registro dice por qué: {path}", "en": "Its log says why: {path}"},
    "doctor.plan.none": {"es": "Todavía no hay plan de entrenamiento.", "en": "There is no training plan yet."},
    "doctor.plan.ok": {
        "es": "El plan es el del dataset y los ajustes de ahora.",
        "en": "The plan fits the dataset and the settings as they are now.",
    },
    "doctor.plan.outdated": Error(
        what={"es": "El plan se ha quedado antiguo.", "en": "The plan is out of date."},
        why={"es": "{why}", "en": "{why}"},
        do={
            "es": "hazlo de nuevo, con lo mismo que elegiste: [[configure ID]].",
            "en": "make it again, with what you had chosen: [[configure ID]].",
        },
    ),
    "doctor.remedy.configure": {
        "es": "hacer el plan de nuevo con lo mismo que elegiste",
        "en": "make the plan again with what you had chosen",
    },
    "doctor.mtcnn.ok": {"es": "MTCNN está instalado, con su motor.", "en": "MTCNN is installed, with its engine."},
    "doctor.mtcnn.missing": Error(
        what={
            "es": "«MTCNN not available»: sin esto no se encuentran caras.",
            "en": "'MTCNN not available': without it no faces are found.",
        },
        why={"es": "falta {names} en este Python.", "en": "{names} is missing in this Python."},
        do={"es": "ejecuta {command}", "en": "run {command}"},
    ),
    "doctor.memory.ok": {
        "es": "Sin «CUDA out of memory» en el último entrenamiento.",
        "en": "No 'CUDA out of memory' in the last training.",
    },
    "doctor.memory.survived": {
        "es": "«CUDA out of memory» apareció en el entrenamiento del {run:dated}, que terminó bien.",
        "en": "'CUDA out of memory' appeared in the training of {run:dated}, which finished successfully.",
    },
    "doctor.memory.replanned": Error(
        what={
            "es": "«CUDA out of memory» en el entrenamiento del {run:dated}, paso {step}; el plan ha cambiado desde entonces.",
            "en": "'CUDA out of memory' in the training of {run:dated} at step {step}; the plan has changed since.",
        },
        do={"es": "entrena otra vez.", "en": "train again."},
    ),
    "doctor.memory.found": Error(
        what={
            "es": "«CUDA out of memory» en el entrenamiento del {run:dated}, paso {step}: la tarjeta se quedó sin memoria.",
            "en": "'CUDA out of memory' in the training of {run:dated} at step {step}: the card ran out of memory.",
        },
        why={
            "es": "resolución {resolution} y dim {dim} piden más de lo que hay libre.",
            "en": "resolution {resolution} and dim {dim} need more memory than is free.",
        },
        do={
            "es": "cierra otros programas que usen la tarjeta y haz un plan más ligero.",
            "en": "close other programs that use the card and make a lighter plan.",
        },
    ),
    "doctor.faces.none_yet": {"es": "Todavía no se han buscado caras.", "en": "No picture has been processed yet."},
    "doctor.faces.ok": {
        "es": "Hay cara en todas las imágenes procesadas ({total}).",
        "en": "There is a face in every processed picture ({total}).",
    },
    "doctor.faces.found": Error(
        what=_NO_FACE["what"],
        why=_NO_FACE["why"],
        do={
            "es": "míralas en la revisión.",
            "en": "look at them in the review.",
        },
    ),
    "doctor.faces.found_more": Error(
        what=_NO_FACE["what"],
        why=_NO_FACE["why"],
        do={
            "es": "míralas en la revisión. Con una seguridad mínima de {threshold} se aprobarían además: {gained}.",
            "en": "look at them in the review. A least certainty of {threshold} would approve in addition: {gained}.",
        },
    ),
    "doctor.nan.ok": {
        "es": "Sin NaN en el último entrenamiento, y nada en el plan lo provoca.",
        "en": "No NaN in the last training, and nothing in the plan causes it.",
    },
    "doctor.nan.half_vae": Error(
        what={"es": "El plan calcula el VAE en media precisión.", "en": "The plan computes the VAE in half precision."},
        why={"es": "en SDXL eso da «NaN detected in latents».", "en": "with SDXL that causes 'NaN detected in latents'."},
        do={
            "es": "haz el plan de nuevo: [[configure ID --set no_half_vae=true]]",
            "en": "make the plan again: [[configure ID --set no_half_vae=true]]",
        },
    ),
    "doctor.nan.replanned": Error(
        what={
            "es": "NaN en el entrenamiento del {run:dated}, paso {step}; el plan ha cambiado desde entonces.",
            "en": "NaN in the training of {run:dated} at step {step}; the plan has changed since.",
        },
        do={"es": "entrena otra vez.", "en": "train again."},
    ),
    "doctor.nan.first_step": Error(
        what={
            "es": "NaN en el entrenamiento del {run:dated}, ya en el paso {step}: ese modelo no sirve.",
            "en": "NaN in the training of {run:dated}, at step {step} already: that model is useless.",
        },
        why={
            "es": "el modelo base ({model}) o su precisión; la tasa de aprendizaje aún no ha contado.",
            "en": "the base model ({model}) or its precision; no learning rate has had a part in it yet.",
        },
        do={
            "es": "descarga otra vez el modelo base o usa otro; luego, lo de abajo si lo hay.",
            "en": "download the base model again or use another; then what is named below, if anything is.",
        },
    ),
    "doctor.nan.found": Error(
        what={
            "es": "NaN en el entrenamiento del {run:dated}, paso {step}: ese modelo no sirve.",
            "en": "NaN in the training of {run:dated} at step {step}: that model is useless.",
        },
        why={
            "es": "números que se desbordan, por precisión insuficiente o tasa de aprendizaje alta.",
            "en": "numerical overflow, from too little precision or too high a learning rate.",
        },
        do={"es": "haz un plan más estable y entrena otra vez.", "en": "make a steadier plan and train again."},
    ),
    "doctor.originals.ok": {"es": "Cada imagen tiene su original.", "en": "Every picture has its original."},
    "doctor.originals.no_record": Error(
        what={
            "es": "{n:original de {client} no tiene ficha|originales de {client} no tienen ficha}.",
            "en": "{n:original of {client} has no record|originals of {client} have no record}.",
        },
        why={
            "es": "alguien ha borrado las fichas, o una importación se quedó a medias.",
            "en": "somebody deleted the records, or an import stopped halfway.",
        },
        do={
            "es": "importa otra vez esas imágenes, o cualquier otra: se les hace la ficha. {again}",
            "en": "import those pictures again, or any other: their records are made then. {again}",
        },
    ),
    "doctor.originals.missing": Error(
        what={
            "es": "{n:imagen ha perdido su original|imágenes han perdido su original}.",
            "en": "{n:picture has lost its original|pictures have lost their originals}.",
        },
        why={
            "es": "alguien los ha borrado o movido. Los recortes hechos valen, pero no se pueden rehacer.",
            "en": "somebody deleted or moved them. Crops that are made are good, but cannot be made again.",
        },
        do={
            "es": "devuelve los archivos o importa otra vez las mismas imágenes.",
            "en": "put the files back, or import the same pictures again.",
        },
    ),
    "doctor.originals.uncut": Error(
        what={
            "es": "{n:imagen ha perdido su original|imágenes han perdido su original}; sin recorte, e inútiles así: {uncut}.",
            "en": "{n:picture has lost its original|pictures have lost their originals}; without a crop, useless so: {uncut}.",
        },
        why={
            "es": "alguien los ha borrado o movido.",
            "en": "somebody deleted or moved them.",
        },
        do={
            "es": "devuelve los archivos o importa otra vez las mismas imágenes; si ya no existen, apártalas.",
            "en": "put the files back, or import the same pictures again; if they are no more, take them out.",
        },
    ),
    "doctor.images.ok": {
        "es": "El entrenador encontraría {n:imagen|imágenes}.",
        "en": "The trainer would find {n:picture|pictures}.",
    },
    "doctor.images.problems": Error(
        what={
            "es": "El entrenador se detendría en {n:archivo|archivos} de {path}.",
            "en": "The trainer would stop at {n:file|files} in {path}.",
        },
        why={"es": "{first}", "en": "{first}"},
        do={"es": "prepara el dataset otra vez.", "en": "prepare the dataset again."},
    ),
    "doctor.images.not_imported": Error(
        what={
            "es": "«0 train images»: todavía no has importado imágenes.",
            "en": "'0 train images': no pictures were imported yet.",
        },
        do={"es": "importa tus imágenes.", "en": "import your pictures."},
    ),
    "doctor.images.not_prepared": Error(
        what={
            "es": """
                «0 train images»: en {path} no hay nada que entrenar, aunque hay {approved:imagen aprobada|imágenes aprobadas}.
            """,
            "en": "'0 train images': {path} contains nothing to train, although {approved:picture is|pictures are} approved.",
        },
        why={
            "es": "el dataset no se ha preparado, o sus carpetas «N_cliente» se movieron.",
            "en": "the dataset was not prepared, or its 'N_client' folders were moved.",
        },
        do={"es": "prepara el dataset.", "en": "prepare the dataset."},
    ),
    "doctor.images.not_processed": Error(
        what={
            "es": "«0 train images»: ninguna imagen aprobada de {total}; quedan imágenes sin procesar.",
            "en": "'0 train images': none of {total} pictures is approved; some are not processed.",
        },
        do={"es": "haz el procesamiento facial.", "en": "process the faces."},
    ),
    "doctor.images.none_approved": Error(
        what={
            "es": "«0 train images»: el control de calidad rechazó las {total} imágenes.",
            "en": "'0 train images': quality control refused all {total} pictures.",
        },
        do={
            "es": "mira los motivos en la revisión y aprueba las que sirvan.",
            "en": "see the reasons in the review and approve the ones that are good enough.",
        },
    ),
    "doctor.script.ok": {"es": "El programa que entrena está en {path}.", "en": "The program that trains is in {path}."},
    "doctor.script.wrong": Error(
        what={
            "es": "Script equivocado para SDXL en {path} (casos: {n}).",
            "en": "The wrong script for SDXL in {path} (cases: {n}).",
        },
        why={"es": "train_network.py es para SD 1.5.", "en": "train_network.py is for SD 1.5."},
        do={
            "es": "entrena desde este programa, o cambia ese script a sdxl_train_network.py.",
            "en": "train from this program, or change that script to sdxl_train_network.py.",
        },
    ),
    "doctor.script.old_clone": Error(
        what={
            "es": "En {path} está el programa de SD 1.5, pero no el de SDXL.",
            "en": "{path} contains the program of SD 1.5 but not that of SDXL.",
        },
        why={"es": "es una copia antigua de sd-scripts.", "en": "it is an old copy of sd-scripts."},
        do={"es": "instala el entrenador otra vez.", "en": "install the trainer again."},
    ),
    "doctor.script.not_installed": Error(
        what={
            "es": "El entrenador no está en {path}.",
            "en": "The trainer is not in {path}.",
        },
        do={
            "es": "instálalo; hasta entonces todo funciona menos entrenar.",
            "en": "install it; until then everything works but the training.",
        },
    ),
    "doctor.backslashes.ok": {
        "es": "Ningún script ni ajuste tiene barras invertidas mal puestas.",
        "en": "No script and no setting has misplaced backslashes.",
    },
    "doctor.backslashes.script": Error(
        what={
            "es": "{path} continúa líneas con «\\» (scripts: {n}).",
            "en": "{path} continues lines with '\\' (scripts: {n}).",
        },
        why={
            "es": "en cmd se continúa con «^» y en PowerShell con «`».",
            "en": "cmd continues with '^' and PowerShell with '`'.",
        },
        do={
            "es": "cámbialo por el carácter correcto; se guarda la versión anterior.",
            "en": "change it to the right character; the earlier version is kept.",
        },
    ),
    "doctor.backslashes.config": Error(
        what={"es": "{path} no se puede leer.", "en": "{path} cannot be read."},
        why={
            "es": "en JSON una ruta de Windows se escribe con «\\\\» o con «/».",
            "en": "in JSON a Windows path is written with '\\\\' or with '/'.",
        },
        do={
            "es": "escribe dobles las barras invertidas; se guarda la versión anterior.",
            "en": "double the backslashes; the earlier version is kept.",
        },
    ),
    "doctor.hang.ok": {"es": "Ningún entrenamiento está parado. En marcha: {n}", "en": "No training hangs. Running: {n}"},
    "doctor.hang.silent": Error(
        what={
            "es": """
                El entrenamiento del {run:dated} lleva {minutes:.0f} minutos sin escribir nada en su registro, en el paso {step}
                de {total}.
            """,
            "en": """
                The training of {run:dated} has written nothing to its log for {minutes:.0f} minutes, at step {step} of {total}.
            """,
        },
        why={"es": "seguramente se ha colgado al cambiar de época.", "en": "it probably hangs at the change of an epoch."},
        do={
            "es": "detenlo y continúa desde el último estado guardado.",
            "en": "stop it and continue from the last saved state.",
        },
    ),
    "doctor.hang.several": Error(
        what={"es": "Hay {n} entrenamientos a la vez.", "en": "{n} trainings run at the same time."},
        why={
            "es": "se estorban en la tarjeta y parecen colgados.",
            "en": "they block each other on the card and seem to hang.",
        },
        do={"es": "deja solo uno.", "en": "keep only one."},
    ),
    "doctor.hang.workers": Error(
        what={
            "es": "El plan usa {n:proceso|procesos} para leer imágenes.",
            "en": "The plan uses {n:process|processes} to read pictures.",
        },
        why={
            "es": "Windows los arranca de nuevo en cada época, y ahí se cuelga.",
            "en": "Windows restarts them at each epoch, which can hang.",
        },
        do={
            "es": "haz el plan de nuevo: [[configure ID --set max_data_loader_n_workers=0]]",
            "en": "make the plan again: [[configure ID --set max_data_loader_n_workers=0]]",
        },
    ),
    "doctor.warnings.ok": {
        "es": "Sin avisos repetidos de xFormers, Triton o TensorFlow.",
        "en": "No repeated warnings of xFormers, Triton or TensorFlow.",
    },
    "doctor.warnings.found": {
        "es": "Avisos repetidos en el registro: {n} ({kinds}). Son inofensivos: solo ensucian la pantalla.",
        "en": "Repeated warnings in the log: {n} ({kinds}). They are harmless: only noise on the screen.",
    },
    "doctor.remedy.replan": {
        "es": "hacer el plan de nuevo; {arguments:all_chosen}",
        "en": "make the plan again; {arguments:all_chosen}",
    },
    "doctor.remedy.threshold": {
        "es": "bajar el umbral de caras de este cliente a {arguments} y juzgar otra vez",
        "en": "lower this client's face threshold to {arguments} and judge again",
    },
    "doctor.remedy.remove": {
        "es": "apartar del cliente las imágenes sin original ni recorte (se puede deshacer)",
        "en": "take the pictures without original and crop out of the client (can be undone)",
    },
    "doctor.remedy.process": {"es": "hacer el procesamiento facial", "en": "process the faces"},
    "doctor.remedy.review": {"es": "revisar las imágenes rechazadas", "en": "review the refused pictures"},
    "doctor.remedy.prepare": {"es": "preparar el dataset", "en": "prepare the dataset"},
    "doctor.remedy.stop": {"es": "detener el entrenamiento {arguments}", "en": "stop the training {arguments}"},
    "doctor.remedy.scripts": {
        "es": "cambiar «\\» al final de línea por el carácter correcto",
        "en": "change '\\' at line ends to the right character",
    },
    "doctor.remedy.config_file": {
        "es": "doblar las barras invertidas de config.json",
        "en": "double the backslashes of config.json",
    },
    "doctor.remedy.trainer": {"es": "instalar el entrenador (unos 6 GB)", "en": "install the trainer (about 6 GB)"},
    "doctor.remedy.bundle": {
        "es": "escribir un zip para un informe de error, sin datos personales",
        "en": "write a zip for a bug report, without personal data",
    },
    "doctor.nothing_to_fix": Error(
        what={"es": "«{name}» no tiene nada que arreglar desde aquí.", "en": "There is nothing to fix from here for '{name}'."},
        do={"es": "mira la lista con [[doctor]].", "en": "see the list with [[doctor]]."},
    ),
    "doctor.mended": {"es": "Corregido: {path} (versión anterior: {kept})", "en": "Fixed: {path} (earlier version: {kept})"},
    "doctor.ask": {
        "es": "¿Qué quieres hacer? (1-{last}; 0: nada) [0]:",
        "en": "What should be done? (1-{last}; 0: nothing) [0]:",
    },
    "doctor.bundled": {
        "es": "Informe escrito en {path}. Contiene solo esto:",
        "en": "Report written to {path}. It contains only this:",
    },
    "doctor.bundle_left_out": {
        "es": """
            No contiene nombres, prompts, textos, rutas, lugares, identificadores ni imágenes: no se copia nada; cada archivo se
            genera con números y palabras del propio programa. Míralo antes de enviarlo.
        """,
        "en": """
            It has no names, prompts, captions, paths, places, ids or pictures: nothing is copied; each file is generated from
            numbers and the program's own words. Check it before you send it.
        """,
    },
    "doctor.member.about": {"es": "versiones, sistema y tarjeta", "en": "versions, system and card"},
    "doctor.member.findings": {"es": "esta lista, en cifras", "en": "this list, in numbers"},
    "doctor.member.settings": {"es": "ajustes numéricos cambiados", "en": "changed settings that are numbers"},
    "doctor.member.program_log": {"es": "errores del programa, sin valores", "en": "errors of the program, without values"},
    "doctor.member.pictures": {"es": "cuántas imágenes de cada clase", "en": "how many pictures of each kind"},
    "doctor.member.runs": {"es": "los últimos entrenamientos, en cifras", "en": "the last trainings, in numbers"},
    "doctor.member.trainer_log": {
        "es": "pasos, fases y errores del entrenador, sin valores",
        "en": "steps, phases and errors of the trainer, without values",
    },
    "stage.setup": {"es": "Preparación y cliente", "en": "Setup and client"},
    "stage.model": {"es": "Modelo final", "en": "Final model"},
    "stage.why.no_trainer": {
        "es": "Falta el entrenador; solo hace falta para entrenar.",
        "en": "The trainer is missing; only training needs it.",
    },
    "stage.tune": {"es": "Ajuste automático", "en": "Automatic tuning"},
    "stage.try": {"es": "Probar el modelo", "en": "Try the model"},
    "stage.choose": {"es": "Usar el mejor", "en": "Use the best"},
    "stage.why.new_model": {"es": "Hay un modelo más nuevo.", "en": "There is a newer model."},
    "stage.why.chosen": {"es": "En uso: {candidate:weighted}", "en": "In use: {candidate:weighted}"},
    "stage.why.retrain": {"es": "El modelo es de un plan anterior.", "en": "The model comes from an earlier plan."},
    "stage.review": {"es": "Revisar", "en": "Review"},
    "stage.who": {"es": "Decir quién es el cliente", "en": "Say who the client is"},
    "stage.import": {"es": "Importar", "en": "Import"},
    "stage.import-mj": {"es": "Imágenes MidJourney", "en": "MidJourney pictures"},
    "stage.import-real": {"es": "Fotos reales", "en": "Real photos"},
    "stage.process": {"es": "Procesamiento facial", "en": "Face processing"},
    "stage.prepare": {"es": "Dataset LoRA", "en": "LoRA dataset"},
    "stage.configure": {"es": "Configurar entrenamiento", "en": "Training plan"},
    "stage.check": {"es": "Comprobar el comando", "en": "Check of the command"},
    "stage.train": {"es": "Entrenar", "en": "Training"},
    "stage.why.new_pictures": {"es": "Imágenes nuevas sin procesar: {n}", "en": "New pictures not processed: {n}"},
    "stage.why.originals_missing": {"es": "Originales que ya no están: {n}.", "en": "Originals that are gone: {n}."},
    "stage.why.settings": {
        "es": "Los ajustes de caras o calidad han cambiado. Imágenes: {n}",
        "en": "Face or quality settings have changed. Pictures: {n}",
    },
    "stage.why.pictures_changed": {
        "es": "Han cambiado las imágenes aprobadas, los textos o el reparto.",
        "en": "Approved pictures, captions or shares have changed.",
    },
    "stage.why.pictures_missing": {
        "es": "Imágenes preparadas que ya no están: {n}.",
        "en": "Prepared pictures that are missing: {n}.",
    },
    "stage.why.dataset_changed": {
        "es": "El dataset ha cambiado desde que se hizo el plan.",
        "en": "The dataset has changed since the plan was made.",
    },
    "stage.why.setting_changed": {
        "es": "El plan se hizo con otro valor de «{name:option}»; en los ajustes ahora hay: {now}.",
        "en": "The plan was made with another value of '{name:option}'; the settings now have: {now}.",
    },
    "stage.why.run_open": {
        "es": "El entrenamiento del {run:dated} no terminó o sigue en marcha.",
        "en": "The training of {run:dated} is unfinished or still running.",
    },
    "stage.why.run_stopped": {
        "es": "Detuviste el entrenamiento del {run:dated} antes de su fin.",
        "en": "You stopped the training of {run:dated} before its end.",
    },
    "stage.why.run_failed": {
        "es": "El entrenamiento del {run:dated} terminó sin un modelo válido.",
        "en": "The training of {run:dated} ended without a valid model.",
    },
    "stage.why.plan_changed": {
        "es": "El plan ha cambiado desde el último entrenamiento.",
        "en": "The plan has changed since the last training.",
    },
    "short.setup": {"es": "Cliente", "en": "Client"},
    "short.model": {"es": "Archivo", "en": "File"},
    "short.import-mj": {"es": "MJ", "en": "MJ"},
    "short.import-real": {"es": "Fotos", "en": "Photos"},
    "short.process": {"es": "Caras", "en": "Faces"},
    "short.prepare": {"es": "Dataset", "en": "Dataset"},
    "short.configure": {"es": "Plan", "en": "Plan"},
    "short.train": {"es": "Modelo", "en": "Model"},
    "level.ready": {"es": "listo", "en": "ready"},
    "level.attention": {"es": "atención", "en": "attention"},
    "level.blocked": {"es": "bloqueado", "en": "blocked"},
    "state.done": {"es": "hecho", "en": "done"},
    "state.todo": {"es": "por hacer", "en": "to do"},
    "state.outdated": {"es": "desactualizado", "en": "out of date"},
    "state.optional": {"es": "opcional", "en": "optional"},
    "status.title": {
        "es": "Cliente {client}. Aprobadas: {approved}. Rechazadas: {refused}.",
        "en": "Client {client}. Approved: {approved}. Refused: {refused}.",
    },
    "status.odd": {
        "es": "No se parecen a {client}, rechazadas o por mirar: {n} ({names})",
        "en": "Do not look like {client}, refused or to be looked at: {n} ({names})",
    },
    "status.import_mj_again": {"es": "[[import-mj {client} CARPETA]]", "en": "[[import-mj {client} FOLDER]]"},
    "status.import_real_again": {"es": "[[import-real {client} CARPETA]]", "en": "[[import-real {client} FOLDER]]"},
    "status.originals_missing": Error(
        what={
            "es": "{n:imagen de {client} ha perdido su original|imágenes de {client} han perdido su original}.",
            "en": "{n:picture of {client} has lost its original|pictures of {client} have lost their originals}.",
        },
        why={
            "es": "alguien ha borrado o movido archivos de {folders}. Los recortes hechos valen, pero no se pueden rehacer.",
            "en": "somebody deleted or moved files of {folders}. Crops that are made are good, but cannot be made again.",
        },
        do={
            "es": "devuelve la carpeta, o carga otra vez las mismas imágenes: {again}.",
            "en": "put the folder back, or import the same pictures again: {again}.",
        },
    ),
    "status.next": {"es": "Siguiente: {stage}", "en": "Next: {stage}"},
    "status.next_who": {
        "es": "Siguiente: decir cuál de las personas es {client}, como se indica arriba.",
        "en": "Next: say which of the persons is {client}, as is told above.",
    },
    "status.next_review": {
        "es": """
            Siguiente: Revisar. Ninguna imagen está aprobada ({refused:rechazada|rechazadas}): mira los motivos y aprueba
            las que sirvan, o añade otras. [[review {client}]]. Qué falla y cómo se arregla: [[doctor {client}]].
        """,
        "en": """
            Next: Review. No picture is approved ({refused} refused): see why, and approve the ones that are good enough, or add
            others. [[review {client}]]. What is wrong and what to do about it: [[doctor {client}]].
        """,
    },
    "status.finished": {
        "es": "Todo está hecho. Entregarlo en un zip: [[deliver ID]]. Copiarlo a tu programa: [[install ID --to comfyui]].",
        "en": "All is done. Hand it over as a zip: [[deliver ID]]. Copy it to your program: [[install ID --to comfyui]].",
    },
}
