"""Texts of the room dataset: dataset.*, caption.*, captions.*, advice.*, regularisation.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "advice.held_out": {
        "es": """
            Fotos reservadas para medir después el parecido, sin entrenarlas: {n} de {photos}. Con ellas entrenadas, gana el
            modelo que se las sabe de memoria. Las otras {left} se repiten más (× {times:.1f}), así que el reparto
            entre MidJourney y fotos no cambia; se pierde algo de variedad. Para cambiarlas: [[review ID --hold-out N]] o
            [[review ID --train N]]
        """,
        "en": """
            Photos kept aside to measure likeness later, not trained: {n} of {photos}. If they were trained, the model that
            knows them by heart would win. The other {left} are seen {times:.1f} times as often, so that the balance between
            MidJourney and photos stays; some variety is lost. To change them: [[review ID --hold-out N]] or
            [[review ID --train N]]
        """,
    },
    "advice.held_out_few": {
        "es": """
            Con menos de {least} fotos reales ({photos}) no se reserva ninguna: hacen falta todas. El parecido se medirá con las
            mismas fotos que se entrenan, y eso premia a quien se las sabe de memoria.
        """,
        "en": """
            With fewer than {least} real photos ({photos}) none is kept aside: all are needed. Likeness will be measured on the
            photos that are trained, which rewards a model that knows them by heart.
        """,
    },
    "advice.held_out_none": {
        "es": """
            De las fotos reales ({photos}) no se ha podido reservar ninguna para medir el parecido: no se comparan las caras, o
            son casi iguales unas a otras o a imágenes de MidJourney.
        """,
        "en": """
            None of the real photos ({photos}) could be kept aside to measure likeness: their faces are not compared, or they
            are nearly the same as each other or as MidJourney pictures.
        """,
    },
    "dataset.no_pictures": Error(
        what={
            "es": "No hay ninguna imagen aprobada con la que preparar el dataset (cargadas: {total}).",
            "en": "There are no approved pictures to prepare a dataset from (imported: {total}).",
        },
        why={
            "es": "falta importar imágenes, procesar las caras o aprobar alguna.",
            "en": "no pictures were imported, processed or approved.",
        },
        do={
            "es": "importa imágenes, procesa las caras y revisa las rechazadas.",
            "en": "import pictures, process the faces, and review the refused ones.",
        },
    ),
    "dataset.missing_crops": Error(
        what={
            "es": "Faltan recortes aprobados en {folder}, o no se pueden leer: {n}, p. ej. {image}.",
            "en": "Approved crops are missing in {folder}, or cannot be read: {n}, e.g. {image}.",
        },
        why={
            "es": "se borraron, movieron o dañaron, y no se han podido rehacer del original con los ajustes de ahora.",
            "en": """
                they were deleted, moved or damaged, and could not be re-created from the original with the current settings.
            """,
        },
        do={
            "es": "ejecuta otra vez el procesamiento facial; dice qué imagen falla.",
            "en": "run the face processing again; it says which picture fails.",
        },
    ),
    "dataset.not_written": Error(
        what={"es": "No se ha podido escribir {path}.", "en": "{path} could not be written."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "comprueba el espacio y los permisos del disco y repite; el dataset anterior sigue en su sitio.",
            "en": "check the disk's space and permissions and repeat; the previous dataset is still in place.",
        },
    ),
    "dataset.in_use": Error(
        what={"es": "No se puede sustituir {path}.", "en": "{path} cannot be replaced."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra los programas que tengan abierta esa carpeta y repite; el dataset anterior sigue en su sitio.",
            "en": "close the programs that hold that folder open and repeat; the previous dataset is still in place.",
        },
    ),
    "dataset.not_as_planned": Error(
        what={
            "es": "El dataset escrito no es el planeado y no se ha dado por bueno.",
            "en": "The written dataset does not match the plan and was rejected.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "repite; si vuelve a ocurrir, comprueba el disco.", "en": "repeat; if it happens again, check the disk."},
    ),
    "dataset.note.identity_left_out": {
        "es": "Rasgos que no se escriben para que se aprendan con la palabra de activación ({n}): {phrases}",
        "en": "Traits left out of the captions, so that they are learnt with the trigger word ({n}): {phrases}",
    },
    "dataset.note.no_mj": {
        "es": """
            No hay imágenes MidJourney aprobadas, aunque se pide un {percent:.0f} %: se entrena solo con fotos reales. Ayudaría
            añadir: {n}.
        """,
        "en": """
            There are no approved MidJourney pictures, although {percent:.0f} % was requested: only real photos are trained.
            Suggested number to add: {n}.
        """,
    },
    "dataset.note.no_real": {
        "es": """
            No hay fotos reales aprobadas, aunque se pide un {percent:.0f} %: se entrena solo con MidJourney y el parecido
            depende de ellas. Ayudaría añadir: {n}.
        """,
        "en": """
            There are no approved real photos, although {percent:.0f} % was requested: only MidJourney pictures are trained, but
            the likeness depends on the photos. Suggested number to add: {n}.
        """,
    },
    "dataset.note.left_out": {
        "es": "Imágenes aprobadas que no entran en el reparto: {n}.",
        "en": "Approved pictures left out to reach the requested shares: {n}.",
    },
    "dataset.note.capped_mj": {
        "es": """
            MidJourney llega al {reached~asked:.1f} % y no al {asked~reached:.0f} %: ninguna imagen se repite más de {ratio}
            veces lo que otra. Ayudarían imágenes MidJourney: {n} más.
        """,
        "en": """
            MidJourney reaches {reached~asked:.1f} %, not {asked~reached:.0f} %: no picture is repeated more than {ratio} times
            as often as another. Suggested number of MidJourney pictures to add: {n}.
        """,
    },
    "dataset.note.capped_real": {
        "es": """
            Las fotos reales llegan al {reached~asked:.1f} % y no al {asked~reached:.0f} %: ninguna imagen se repite más de
            {ratio} veces lo que otra. Ayudarían fotos reales: {n} más.
        """,
        "en": """
            Real photos reach {reached~asked:.1f} %, not {asked~reached:.0f} %: no picture is repeated more than {ratio} times
            as often as another. Suggested number of real photos to add: {n}.
        """,
    },
    "dataset.note.as_is_mj": {
        "es": """
            MidJourney llega al {reached~asked:.1f} % y no al {asked~reached:.0f} % (todas se repiten igual). Ayudarían imágenes
            MidJourney: {n} más.
        """,
        "en": """
            MidJourney reaches {reached~asked:.1f} %, not {asked~reached:.0f} % (all pictures have the same repeats). Suggested
            number of MidJourney pictures to add: {n}.
        """,
    },
    "dataset.note.as_is_real": {
        "es": """
            Las fotos reales llegan al {reached~asked:.1f} % y no al {asked~reached:.0f} % (todas se repiten igual). Ayudarían
            fotos reales: {n} más.
        """,
        "en": """
            Real photos reach {reached~asked:.1f} %, not {asked~reached:.0f} % (all pictures have the same repeats). Suggested
            number of real photos to add: {n}.
        """,
    },
    "dataset.note.whole_repeats": {
        "es": """
            Se pide un {asked~reached:.0f} % y se llega al {reached~asked:.1f} %: con imágenes y repeticiones enteras no se
            puede más cerca.
        """,
        "en": """
            {asked~reached:.0f} % was requested and {reached~asked:.1f} % reached: whole pictures and repeats cannot come
            closer.
        """,
    },
    "dataset.note.remade": {
        "es": "Recortes que faltaban o estaban dañados, hechos otra vez del original: {n}.",
        "en": "Crops that were missing or damaged, re-created from the original: {n}.",
    },
    "dataset.note.captions_adopted": {
        "es": "Textos editados a mano en el dataset, que se conservan como tuyos: {n}.",
        "en": "Captions edited by hand in the dataset, kept as yours: {n}.",
    },
    "dataset.note.foreign_moved": {
        "es": """
            Había en la carpeta del dataset archivos que el entrenador habría leído o que no son del dataset: están ahora en
            {path}
        """,
        "en": """
            The dataset's folder contained files that the trainer would have read or that are not part of the dataset: moved to
            {path}
        """,
    },
    "dataset.ignored.no_number": {
        "es": "el nombre no empieza por un número y «_»: el entrenador la pasa por alto",
        "en": "its name does not begin with a number and '_': the trainer ignores it",
    },
    "dataset.ignored.no_repeats": {
        "es": "cero repeticiones: el entrenador la pasa por alto",
        "en": "zero repeats: the trainer ignores it",
    },
    "dataset.ignored.no_pictures": {
        "es": "no contiene ninguna imagen que el entrenador lea",
        "en": "it contains no picture that the trainer reads",
    },
    "dataset.problem.no_pictures": {
        "es": "El entrenador no encontraría ninguna imagen en {path} y terminaría sin error y sin modelo. Prepara el dataset.",
        "en": """
            The trainer would find no pictures in {path} and exit without an error and without a model. Prepare the dataset.
        """,
    },
    "dataset.problem.empty_caption_file": {
        "es": "El texto de {file} está vacío (0 bytes): el entrenador se detiene ahí. Prepara el dataset otra vez.",
        "en": "The caption of {file} is empty (0 bytes): the trainer stops there. Prepare the dataset again.",
    },
    "dataset.problem.caption_not_utf8": {
        "es": "El texto de {file} no está en UTF-8: el entrenador se detiene ahí. Guárdalo en UTF-8 o prepara otra vez.",
        "en": "The caption of {file} is not UTF-8: the trainer stops there. Save it as UTF-8, or prepare again.",
    },
    "dataset.problem.unreadable_picture": {
        "es": "{file} no es una imagen legible: el entrenador se detiene ahí sin nombrarla. Prepara el dataset otra vez.",
        "en": "{file} is not a readable picture: the trainer stops there without naming it. Prepare the dataset again.",
    },
    "dataset.problem.missing_picture": {
        "es": "Falta {file}, que se preparó y ya no está: se entrenaría sin ella. Prepara el dataset otra vez, que la repone.",
        "en": "{file} was prepared but is missing: training would run without it. Prepare the dataset again.",
    },
    "dataset.problem.missing_folder": {
        "es": "Falta la carpeta {folder}, que se preparó con {n:imagen|imágenes}. Prepara el dataset otra vez.",
        "en": "The folder {folder}, prepared with {n:picture|pictures}, is missing. Prepare the dataset again.",
    },
    "dataset.problem.damaged_picture": {
        "es": "{file} está dañada ({detail}): el entrenador se detendría ahí. Prepara el dataset otra vez, que la rehace.",
        "en": """
            {file} is damaged ({detail}): the trainer would stop there. Prepare the dataset again: it is re-created from the
            original.
        """,
    },
    "dataset.problem.foreign_folder": {
        "es": "La carpeta {folder} no es de {client} y se entrenaría junto con las suyas. Sácala de la carpeta del dataset.",
        "en": "The folder {folder} does not belong to {client} and would be trained too. Move it out of the dataset's folder.",
    },
    "dataset.problem.foreign_picture": {
        "es": "{file} no pertenece al dataset preparado y se entrenaría también. Sácala o prepara otra vez.",
        "en": "{file} does not belong to the prepared dataset and would be trained too. Move it out, or prepare again.",
    },
    "dataset.problem.mixed_case": {
        "es": "{file}: el entrenador no lee extensiones con mayúsculas y minúsculas mezcladas, salvo en Windows.",
        "en": "{file}: the trainer does not read extensions in mixed case, except on Windows.",
    },
    "dataset.problem.shared_stem": {
        "es": "{file}: {n} imágenes comparten un mismo texto y una misma caché.",
        "en": "{file}: {n} pictures share one caption and one cache.",
    },
    "dataset.problem.dot_in_name": {
        "es": "{file}: un punto en el nombre hace que las cachés de imágenes distintas se pisen.",
        "en": "{file}: a dot in the name makes the caches of different pictures overwrite each other.",
    },
    "dataset.problem.stale_cache": {
        "es": """
            {folder} contiene cachés de un entrenamiento anterior ({n}, p. ej. {file}) que el entrenador no comprueba. Prepara
            el dataset otra vez.
        """,
        "en": """
            {folder} contains caches of an earlier training ({n}, e.g. {file}) that the trainer does not check. Prepare the
            dataset again.
        """,
    },
    "dataset.problem.missing_caption": {
        "es": "{file} no tiene texto: el entrenador usaría el nombre de la carpeta.",
        "en": "{file} has no caption: the trainer would use the folder's name.",
    },
    "dataset.problem.blank_caption": {
        "es": "La primera línea del texto de {file} está en blanco: se entrenaría sin palabra de activación.",
        "en": "The first line of the caption of {file} is blank: it would be trained without the trigger word.",
    },
    "dataset.problem.several_lines": {
        "es": "El texto de {file} tiene varias líneas: el entrenador solo lee la primera.",
        "en": "The caption of {file} has several lines: the trainer reads only the first.",
    },
    "dataset.problem.byte_order_mark": {
        "es": """
            El texto de {file} empieza con una marca BOM que el entrenador toma por un carácter. Guárdalo como UTF-8 sin BOM.
        """,
        "en": "The caption of {file} begins with a byte order mark, which the trainer takes for a character. Save it without.",
    },
    "dataset.masked": {
        "es": "{n:imagen|imágenes} sin aprender el fondo; lo que no se aprende se ve en rosa en {path}",
        "en": "{n:picture|pictures} without learning the background; what is not learnt is shown in pink in {path}",
    },
    "dataset.report": {
        "es": "Dataset preparado. Imágenes: {n}. Carpeta: {path}",
        "en": "Dataset prepared. Pictures: {n}. Folder: {path}",
    },
    "dataset.shares": {
        "es": """
            Reparto en exposiciones: MidJourney {mj:.0f} % (pedido {mj_asked:.0f} %), fotos reales {real:.0f} % (pedido
            {real_asked:.0f} %)
        """,
        "en": """
            Shares of exposures: MidJourney {mj:.0f} % (requested {mj_asked:.0f} %), real photos {real:.0f} % (requested
            {real_asked:.0f} %)
        """,
    },
    "advice.no_trigger": {
        "es": """
            Textos tuyos que no empiezan por «{trigger}»: {n}. Lo que enseñan no quedará unido a esas palabras. Para
            arreglarlo: [[captions {client} --renew --apply]]
        """,
        "en": """
            Your captions that do not begin with '{trigger}': {n}. What they show will not be tied to those words. To mend
            it: [[captions {client} --renew --apply]]
        """,
    },
    "advice.identity_named": {
        "es": """
            Textos que nombran rasgos de la persona ({words}): {n}. Lo que se nombra se separa de ella; quítalo si es siempre
            así.
        """,
        "en": """
            Captions that name traits of the person ({words}): {n}. The model learns named traits as separate from the person;
            remove those that never change.
        """,
    },
    "advice.one_light": {
        "es": "Casi todas tienen el mismo brillo ({low:.0f}-{high:.0f} de 255). Ayudarían fotos con otra luz.",
        "en": "Nearly all have the same brightness ({low:.0f}-{high:.0f} of 255). Pictures in different light would help.",
    },
    "advice.ready": {"es": "Listo para entrenar. Imágenes: {n}", "en": "Ready to train. Pictures: {n}"},
    "advice.odd": {
        "es": "Se parecen poco a las demás: {n} ({names}). Míralas: una cara ajena se aprende como si fuera de la persona.",
        "en": "Look little like the others: {n} ({names}). Look at them: a stranger's face is learnt as the person's.",
    },
    "advice.too_few": {
        "es": "Imágenes: {n}. Con menos de {minimum} no se aprende a una persona; los buenos resultados empiezan en {good}.",
        "en": "Pictures: {n}. Fewer than {minimum} are not enough to learn a person; good results start at {good}.",
    },
    "advice.few": {
        "es": "Imágenes: {n}. Son pocas; el parecido mejora a partir de {good} variadas.",
        "en": "Pictures: {n}. These are few; likeness improves with {good} or more varied ones.",
    },
    "advice.another_tool": {
        "es": """
            Con tan pocas imágenes ({n}), o si solo quieres una imagen hoy, un LoRA no es lo que hace falta: hay herramientas
            que toman la cara de una a cuatro fotos en segundos, sin entrenar (IP-Adapter FaceID, InstantID, PuLID o
            PhotoMaker en ComfyUI o Forge; mira su licencia: suelen prohibir el uso comercial), y modelos que editan una foto.
            Un LoRA compensa cuando se quieren muchas imágenes, también de perfil y de cuerpo entero, y un solo archivo.
        """,
        "en": """
            With so few pictures ({n}), or if you want a single picture today, a LoRA is not what is needed: there are tools
            that take the face from one to four photos within seconds, without training (IP-Adapter FaceID, InstantID, PuLID
            or PhotoMaker in ComfyUI or Forge; see their licences, which mostly forbid commercial use), and models that edit
            a photo. A LoRA pays where many pictures are wanted, profile and full figure too, and one file for all.
        """,
    },
    "advice.near_duplicates": {
        "es": "Casi iguales a otra imagen: {n}. Pesan como repeticiones; rechaza las que sobren en Revisar.",
        "en": "Almost the same as another picture: {n}. They count like repeats; reject the extra ones in Review.",
    },
    "advice.shares": {
        "es": "El reparto queda en {mj:.1f} % MidJourney y {real:.1f} % reales (pedido: {mj_asked:.0f} / {real_asked:.0f}).",
        "en": "The shares are {mj:.1f} % MidJourney and {real:.1f} % real (requested: {mj_asked:.0f} / {real_asked:.0f}).",
    },
    "advice.same_caption": {
        "es": "{n} de {total} imágenes tienen el mismo texto («{text}»): lo que varía entre ellas se mezcla con la persona.",
        "en": """
            {n} of {total} pictures have the same caption ('{text}'): whatever varies between them is learnt as part of the
            person.
        """,
    },
    "advice.unsaid": {
        "es": """
            De {n} de {total} imágenes, las que no tienen prompt, el texto no dice ni la ropa ni el lugar; algo puede mirarlas y
            decirlo: [[captions ID --suggest sentences]]
        """,
        "en": """
            Of {n} of {total} pictures, those without a prompt, the caption says neither clothes nor place; something can look
            at them and say so: [[captions ID --suggest sentences]]
        """,
    },
    "advice.one_view": {
        "es": "Casi todas muestran la cara desde el mismo lado ({view}: {n}). Ayudan otros ángulos.",
        "en": "Nearly all show the face from one side ({view}: {n}). Other angles help.",
    },
    "advice.one_pitch": {
        "es": """
            Casi todas tienen la cabeza igual de inclinada, más de {limit:.0f}° (imágenes: {n}). Ayudan fotos a la altura de los
            ojos.
        """,
        "en": """
            Nearly all heads are tilted up or down in the same way, by more than {limit:.0f}° (pictures: {n}). Pictures at eye
            level help.
        """,
    },
    "advice.one_framing": {
        "es": """
            Todas las caras ocupan casi lo mismo del encuadre ({low:.0f}-{high:.0f} % de su alto): se aprenden retratos así de
            cerca. Para planos más abiertos, agranda el recorte, [[settings faces.face_padding_factor 2.4 --client ID]], y
            procesa de nuevo, [[process ID]].
        """,
        "en": """
            All faces take up nearly the same part of the frame ({low:.0f}-{high:.0f} % of its height): the LoRA learns
            portraits that close. For wider shots, make crops larger, [[settings faces.face_padding_factor 2.4 --client ID]],
            and process again, [[process ID]].
        """,
    },
    "advice.bursts": {
        "es": """
            Fotos de la misma cámara a {seconds:.0f} s o menos de la anterior: {n}. Una ráfaga enseña lo mismo varias veces;
            rechaza las que sobren en Revisar.
        """,
        "en": """
            Photos taken by the same camera within {seconds:.0f} s of another: {n}. A burst repeats the same content; reject the
            extra ones in Review.
        """,
    },
    "advice.one_style": {
        "es": """
            Casi todas las imágenes MidJourney usan el mismo código de estilo ({style}; imágenes: {n}): ese estilo se aprenderá
            con la persona. Ayudan imágenes sin él o con otros.
        """,
        "en": """
            Nearly all MidJourney pictures use the same style code ({style}; pictures: {n}): that style will be learnt with the
            person. Pictures without it or with others help.
        """,
    },
    "advice.style_word": {
        "es": """
            Casi todos los prompts de MidJourney piden el mismo estilo ({style}; imágenes: {n}): se aprenderá con la persona.
            Ayudan imágenes de prompts sin esas palabras.
        """,
        "en": """
            Nearly all MidJourney prompts ask for the same style ({style}; pictures: {n}): it will be learnt with the person.
            Pictures of prompts without these words help.
        """,
    },
    "advice.mixed_media": {
        "es": """
            El conjunto mezcla técnicas. Fotos: {photo}; dibujos o pinturas: {drawn}; 3D o figuras: {made}. Cada texto nombra
            la de su imagen, pero el parecido se aprende mejor con una sola: conviene quitar las que sobran.
        """,
        "en": """
            The set mixes media. Photos: {photo}; drawings or paintings: {drawn}; 3D or figures: {made}. Each caption names
            that of its picture, but a likeness is learnt better from one medium: taking out the others helps.
        """,
    },
    "advice.enlarged": {
        "es": "{n} de {total} recortes están ampliados: había menos de {side} px y les falta detalle.",
        "en": "{n} of {total} crops are enlarged: the original has fewer than {side} px there, so they lack detail.",
    },
    "caption.no_trigger": {
        "es": "Un texto tuyo no empieza por la palabra de activación «{trigger}»: «{text}». Esa imagen no se asociará a ella.",
        "en": """
            One of your captions does not begin with the trigger word '{trigger}': '{text}'. That picture will not be tied to
            it.
        """,
    },
    "caption.several_lines": {
        "es": "Un texto tuyo tiene varias líneas y el entrenador solo lee la primera: «{text}»",
        "en": "One of your captions has several lines, and the trainer reads only the first: '{text}'",
    },
    "caption.trigger.common": {
        "es": """
            «{word}» es o contiene algo corriente: el modelo ya lo conoce y se mezclará con la persona. Una más rara:
            «{suggestion}».
        """,
        "en": """
            '{word}' is or contains a common word: the model already knows it and will mix it with the person. A rarer one:
            '{suggestion}'.
        """,
    },
    "caption.trigger.several": {
        "es": """
            «{word}» tiene espacios, tildes u otras letras que el inglés no usa: es fácil escribirla mal en un prompt, y
            sus trozos tienen significado propio. Una sola palabra sin nada de eso: «{suggestion}».
        """,
        "en": """
            '{word}' has blanks, accents or letters that English has not: it is easily typed differently in a prompt, and its
            parts have meanings of their own. One word without them: '{suggestion}'.
        """,
    },
    "caption.trigger.many_tokens": {
        "es": """
            «{word}» se lee como hasta {n} trozos (tokens; mejor {limit} o menos) y se aprende peor. Una palabra de activación
            más corta: «{suggestion}».
        """,
        "en": """
            '{word}' may be read as up to {n} pieces (tokens; {limit} or fewer is better) and is learnt less well. A shorter
            trigger word: '{suggestion}'.
        """,
    },
    "caption.nothing_given": Error(
        what={"es": "No hay texto que buscar, añadir o quitar.", "en": "There is no text to find, add or remove."},
        why={"es": "está vacío.", "en": "it is empty."},
        do={"es": "escribe al menos una palabra.", "en": "type at least one word."},
    ),
    "caption.no_captioner": Error(
        what={
            "es": "No se pueden describir las imágenes automáticamente.",
            "en": "Pictures cannot be described automatically.",
        },
        why={"es": "falta {path}", "en": "{path} is missing"},
        do={
            "es": "instala el entrenador con [[setup --trainer]], o escribe los textos a mano.",
            "en": "install the trainer with [[setup --trainer]], or write the captions by hand.",
        },
    ),
    "caption.captioner_failed": Error(
        what={
            "es": "El generador de descripciones del entrenador terminó con el código {code}; los textos siguen como estaban.",
            "en": "The trainer's captioner ended with code {code}; the captions are as they were.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": """
                repite: lo ya descrito se conserva. Si vuelve a pasar, [[captions ID --suggest none]] borra su modelo, que puede
                estar dañado, y se descarga otra vez.
            """,
            "en": """
                repeat: what was already described is kept. If it happens again, [[captions ID --suggest none]] deletes its
                model, which may be damaged, and it is downloaded anew.
            """,
        },
    ),
    "caption.long": {
        "es": "El texto de {image} puede llegar a {n} tokens; el entrenador lee {limit} y deja fuera el final.",
        "en": "The caption of {image} may reach {n} tokens; the trainer reads {limit} and leaves out the end.",
    },
    "caption.bad_text": Error(
        what={"es": "Ese texto no sirve para una imagen.", "en": "That text cannot be a caption."},
        why={
            "es": "está vacío o tiene varias líneas, y el entrenador solo lee la primera.",
            "en": "it is empty or has several lines, and the trainer reads only the first.",
        },
        do={"es": "escribe una sola línea que empiece por «{trigger}».", "en": "type one line that begins with '{trigger}'."},
    ),
    "captions.pick_title": {"es": "Textos, los menos seguros primero", "en": "Captions, the least certain first"},
    "captions.title": {
        "es": "Textos: {n}, los menos seguros primero (dudosos: {doubtful}, tuyos: {edited})",
        "en": "Captions: {n}, the least certain first (doubtful: {doubtful}, yours: {edited})",
    },
    "captions.strayed": {
        "es": """
            {n:texto tuyo no empieza|textos tuyos no empiezan} por «{words}», la activación y la clase de ahora. Para
            arreglarlo: [[captions {client} --renew --apply]]
        """,
        "en": """
            {n:caption of yours does not begin|captions of yours do not begin} with '{words}', the trigger and class word of
            now. To mend it: [[captions {client} --renew --apply]]
        """,
    },
    "captions.how_to_look": {
        "es": "Una entera, con su prompt y los motivos: [[captions ID --of N]]",
        "en": "One in full, with its prompt and the reasons: [[captions ID --of N]]",
    },
    "captions.how_to_describe": {
        "es": """
            De {n:texto|textos} apenas se sabe qué hay en la imagen; algo puede mirarla y decirlo: [[captions ID --suggest
            sentences]]
        """,
        "en": """
            Of {n:caption|captions} hardly anything on the picture is known; something can look at it and say so: [[captions ID
            --suggest sentences]]
        """,
    },
    "captions.doubtful": {"es": "dudoso", "en": "doubtful"},
    "captions.yours": {"es": "tuyo", "en": "yours"},
    "captions.by_rules": {"es": "reglas", "en": "rules"},
    "captions.left_out_why": {"es": "{words} ({why})", "en": "{words} ({why})"},
    "captions.more": {"es": "y {n} más", "en": "and {n} more"},
    "captions.only_more": {"es": "{n:frase|frases} sin interés", "en": "{n:phrase|phrases} of no interest"},
    "captions.picture": {"es": "la N.º {number}", "en": "No. {number}"},
    "captions.of_title": {"es": "N.º {number}, {name} ({state})", "en": "No. {number}, {name} ({state})"},
    "captions.of_text": {"es": "Texto: {text}", "en": "Caption: {text}"},
    "captions.of_rules": {"es": "Las reglas dirían: {text}", "en": "The rules would say: {text}"},
    "captions.of_prompt": {"es": "Prompt: {prompt}", "en": "Prompt: {prompt}"},
    "captions.of_no_prompt": {
        "es": "Sin prompt: nadie ha dicho qué hay en ella.",
        "en": "No prompt: nobody has said what is on it.",
    },
    "captions.seen.tags": {"es": "Un etiquetador vio: {text}", "en": "A tagger saw: {text}"},
    "captions.seen.sentences": {"es": "Un generador de frases vio: {text}", "en": "A captioner saw: {text}"},
    "captions.seen.server": {"es": "Un modelo con visión vio: {text}", "en": "A vision model saw: {text}"},
    "captions.one_title": {
        "es": "Cambio en el texto de la N.º {number}, {name} (nada escrito todavía)",
        "en": "Change to the caption of No. {number}, {name} (nothing written yet)",
    },
    "captions.one_before": {"es": "Antes: {text}", "en": "Before: {text}"},
    "captions.one_after": {"es": "Ahora: {text}", "en": "Now: {text}"},
    "caption.short.not_understood": {"es": "no se entiende", "en": "not understood"},
    "caption.short.not_translated": {"es": "sin traducción", "en": "no translation"},
    "caption.short.no_room": {"es": "no cabe", "en": "no room"},
    "caption.short.below_the_crop": {"es": "recortado", "en": "cut off"},
    "caption.short.denied": {"es": "negado", "en": "denied"},
    "caption.short.identity": {"es": "identidad", "en": "identity"},
    "captions.preview_title": {
        "es": "Cambios en {n} de {total} textos (nada escrito todavía)",
        "en": "Changes to {n} of {total} captions (nothing written yet)",
    },
    "captions.no_changes": {"es": "No cambiaría ningún texto.", "en": "No caption would change."},
    "captions.how_to_apply": {"es": "Para escribirlos, repite con --apply.", "en": "To write them, repeat with --apply."},
    "captions.applied": {
        "es": """
            Textos cambiados: {n}. Son tuyos: preparar el dataset no los sobrescribe. Para deshacerlo: [[captions ID --undo
            --apply]]
        """,
        "en": """
            Captions changed: {n}. They are marked as yours: preparing the dataset does not overwrite them. To undo it:
            [[captions ID --undo --apply]]
        """,
    },
    "captions.undone": {"es": "Textos restaurados: {n}.", "en": "Captions restored: {n}."},
    "captions.left_out": {"es": "fuera", "en": "left out"},
    "regularisation.none": Error(
        what={"es": "No hay imágenes de regularización que colocar.", "en": "There are no regularisation pictures to lay out."},
        do={"es": "indica al menos un PNG.", "en": "name at least one PNG."},
    ),
    "regularisation.no_word": Error(
        what={
            "es": "Ninguna carpeta puede llamarse como la clase «{word}».",
            "en": "No folder can be named for the class '{word}'.",
        },
        do={"es": "da una palabra como woman, man o person.", "en": "give a word such as woman, man or person."},
    ),
    "regularisation.damaged": Error(
        what={"es": "{path} no es un PNG entero ({detail}).", "en": "{path} is not a whole PNG ({detail})."},
        why={"es": "el entrenador tropezaría con él.", "en": "the trainer would stumble over it."},
        do={
            "es": "quítalo o genéralo otra vez; no se ha cambiado nada.",
            "en": "leave it out or make it again; nothing was changed.",
        },
    ),
    "regularisation.not_ours": Error(
        what={
            "es": "En {path} hay archivos que no son del programa, como {file}.",
            "en": "{path} holds files that are not the program's, such as {file}.",
        },
        why={"es": "al rehacer la carpeta se perderían.", "en": "they would be lost when the folder is made anew."},
        do={
            "es": "muévelos a otra carpeta numerada, por ejemplo 1_mias woman, y repite.",
            "en": "move them into another numbered folder, such as 1_own woman, and repeat.",
        },
    ),
    "regularisation.in_use": Error(
        what={"es": "No se puede escribir en {path}: {detail}", "en": "{path} cannot be written: {detail}"},
        do={
            "es": "cierra los programas que tengan abierta la carpeta, mira si queda sitio y repite.",
            "en": "close the programs that have the folder open, check the free space, and repeat.",
        },
    ),
}
