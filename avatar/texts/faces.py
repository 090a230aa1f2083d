"""Texts of the room faces: faces.*, quality.*, reason.*, process.*, by.*, verdict.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "faces.other_engine": Error(
        what={
            "es": "Las caras se han buscado con TensorFlow: son las mismas, pero se tarda unas tres veces más tiempo.",
            "en": "Faces were detected with TensorFlow: same faces, but it takes about three times as long.",
        },
        why={"es": "falta {package}.", "en": "{package} is missing."},
        do={"es": "{command}", "en": "{command}"},
    ),
    "faces.no_mtcnn": Error(
        what={
            "es": "No se pueden buscar caras: falta MTCNN, o lo que lo ejecuta (onnxruntime o TensorFlow).",
            "en": "Faces cannot be detected: MTCNN or its runtime (onnxruntime or TensorFlow) is missing.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "{command}", "en": "{command}"},
    ),
    "faces.no_memory": Error(
        what={"es": "No hay memoria suficiente para esta imagen.", "en": "Not enough memory for this picture."},
        why={"es": "es muy grande o hay otros programas abiertos.", "en": "it is very large, or other programs are open."},
        do={
            "es": "cierra programas y repite, con menos procesos: [[process ID --workers 1]]",
            "en": "close other programs and repeat with fewer processes: [[process ID --workers 1]]",
        },
    ),
    "faces.not_written": Error(
        what={"es": "No se pudo leer o guardar esta imagen.", "en": "This picture could not be read or saved."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "comprueba el espacio en disco, cierra los programas que la tengan abierta y repite; lo demás está hecho.",
            "en": "check the disk space, close the programs that hold it open, and repeat; the rest is done.",
        },
    ),
    "faces.failed": Error(
        what={"es": "Esta imagen no se pudo procesar.", "en": "This picture could not be processed."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "ábrela en otro programa; si se ve bien, guárdala como PNG e impórtala otra vez.",
            "en": "open it in another program; if it looks right, save it as PNG and import it again.",
        },
    ),
    "faces.worker_died": Error(
        what={
            "es": "El proceso que trabajaba con esta imagen terminó de forma inesperada.",
            "en": "The worker process ended unexpectedly at this picture.",
        },
        why={"es": "falta de memoria o un archivo dañado.", "en": "out of memory, or a damaged file."},
        do={
            "es": "repite con un solo proceso, [[process ID --workers 1]]; si vuelve a pasar, quita la imagen.",
            "en": "repeat with a single process, [[process ID --workers 1]]; if it happens again, remove the picture.",
        },
    ),
    "process.not_all": Error(
        what={
            "es": "No se han procesado todas: {n:imagen se ha quedado fuera|imágenes se han quedado fuera}.",
            "en": "Not all were processed: {n:picture was|pictures were} left out.",
        },
        why={
            "es": "puede que no sea culpa de la imagen: el motivo de cada una está arriba.",
            "en": "it may be no fault of the picture: the reason for each is listed above.",
        },
        do={
            "es": "haz lo que dice ahí y repite: se procesa solo lo que falta.",
            "en": "do what it says there and repeat: only what is missing is processed.",
        },
    ),
    "faces.wrong_weights": Error(
        what={
            "es": "No se pueden comparar caras: {path} no es el archivo esperado.",
            "en": "Faces cannot be compared: {path} is not the expected file.",
        },
        why={"es": "su SHA-256 no es {sha256}.", "en": "its SHA-256 is not {sha256}."},
        do={
            "es": "descárgalo otra vez de {url} o bórralo para seguir sin él.",
            "en": "download it again from {url}, or delete it to continue without it.",
        },
    ),
    "faces.wrong_package": Error(
        what={
            "es": "No se pueden comparar caras: {path} no es el archivo esperado.",
            "en": "Faces cannot be compared: {path} is not the expected file.",
        },
        why={
            "es": "está dañado o viene de otra versión de {package}; su SHA-256 no es {sha256}.",
            "en": "it is damaged or of another version of {package}; its SHA-256 is not {sha256}.",
        },
        do={"es": "instálalo otra vez:\n{command}", "en": "install it again:\n{command}"},
    ),
    "faces.identity_off": {
        "es": """
            Las caras no se comparan, así que nadie avisa si una imagen es de otra persona: falta {package}. Instálalo y procesa
            otra vez:
            {command}
        """,
        "en": """
            Faces are not compared, so nothing is said where a picture shows somebody else: {package} is missing. Install it and
            process again:
            {command}
        """,
    },
    "faces.identity_few": {
        "es": "Para saber si todas son de la misma persona hacen falta {need} fotos (o imágenes de MidJourney) aprobadas.",
        "en": "To know whether all pictures show one person, {need} approved photos (or MidJourney pictures) are needed.",
    },
    "faces.identity_persons": {
        "es": "En estas imágenes hay varias personas ({n}) y no se sabe cuál es {client}",
        "en": "These pictures show several persons ({n}), and it is not known which of them is {client}",
    },
    "faces.client_unknown": {
        "es": """
            Varias personas ({n}), y no se sabe cuál es {client}. Míralas ({path}) y dilo: [[review {client} --is-client N]]
        """,
        "en": """
            Several persons ({n}), and it is not known which is {client}. Look ({path}) and say it:
            [[review {client} --is-client N]]
        """,
    },
    "faces.identity_persons_how": {
        "es": """
            Míralas: {path}. Di cuál es con el número de una de sus imágenes en Revisar; las de las demás se rechazan, y ahí
            se deshace:
            [[review {client} --is-client N]]
        """,
        "en": """
            Look at them: {path}. Say who it is by the number of one of the pictures in Review; those of the others are
            rejected, and Review undoes it:
            [[review {client} --is-client N]]
        """,
    },
    "faces.identity_refused": {
        "es": "Fotos rechazadas porque parecen de otra persona: {n}. Míralas: {names}",
        "en": "Photos refused because they look like somebody else: {n}. Look at them: {names}",
    },
    "faces.identity_outliers": {
        "es": "Imágenes aprobadas que se parecen poco a las demás: {n}. Míralas: {names}",
        "en": "Approved pictures that look little like the others: {n}. Look at them: {names}",
    },
    "faces.who_rejected": {"es": "Rechazadas por ti: {n} ({names})", "en": "Rejected by you: {n} ({names})"},
    "faces.who_back": {
        "es": "Ya no están rechazadas por tu respuesta anterior: {n} ({names})",
        "en": "No longer rejected by your earlier answer: {n} ({names})",
    },
    "faces.identity_unknown": {
        "es": """
            El parecido no es una prueba: con niños, hermanos o fotos separadas por muchos años no se sabe cuánto acierta, y
            dentro de un mismo grupo de origen confunde más (entre el 0,3 % y el 1,9 % de las parejas de desconocidos). Lo que
            tú decidas vale más.
        """,
        "en": """
            Likeness is no proof: how good it is with children, siblings or photos many years apart is not known, and within one
            group of origin it errs more often (0.3 % to 1.9 % of pairs of strangers). What you decide counts more.
        """,
    },
    "faces.no_answer": Error(
        what={
            "es": "Los otros equipos ({backend}) no contestan desde hace {seconds} s.",
            "en": "The other machines ({backend}) have not answered for {seconds} s.",
        },
        why={"es": "uno se ha ido o se ha caído mientras trabajaba.", "en": "one left or crashed while it worked."},
        do={
            "es": "mira sus ventanas, arráncalos y repite; lo hecho queda y se hace el resto.",
            "en": "check their terminals, restart them and repeat; finished pictures are kept.",
        },
    ),
    "quality.reason.no_face": {"es": "no se encontró ninguna cara", "en": "no face was found"},
    "quality.reason.faces_small": {
        "es": "caras demasiado pequeñas: la mayor mide {value~limit:.0f} px (mínimo {limit~value:.0f})",
        "en": "faces too small: the largest has {value~limit:.0f} px (at least {limit~value:.0f})",
    },
    "quality.reason.faces_far": {
        "es": "caras demasiado pequeñas en la foto ({value:.0f} px): recórtala más cerca e impórtala otra vez",
        "en": "faces too small in the picture ({value:.0f} px): cut it closer and import it again",
    },
    "quality.reason.crowd": {
        "es": "una multitud: al menos {value:.0f} caras, todas pequeñas",
        "en": "a crowd: {value:.0f} faces or more, all of them small",
    },
    "quality.reason.user": {"es": "rechazada por ti", "en": "refused by you"},
    "quality.reason.turned": {
        "es": "girada: gírala {value:.0f}° en sentido horario e impórtala otra vez",
        "en": "rotated: turn {value:.0f}° clockwise and import it again",
    },
    "quality.reason.ambiguous_face": {
        "es": "varias caras: otra mide {value~limit:.0%} de la elegida (límite {limit~value:.0%}); di cuál es",
        "en": """
            several faces: another is {value~limit:.0%} of the size of the chosen one (limit {limit~value:.0%}); choose which
        """,
    },
    "quality.reason.low_confidence": {
        "es": "puede no ser una cara: {value~limit:.2f} (mínimo {limit~value:.2f})",
        "en": "low confidence that it is a face: {value~limit:.2f} (at least {limit~value:.2f})",
    },
    "quality.reason.face_small": {
        "es": "cara pequeña: {value~limit:.0f} px (mínimo {limit~value:.0f})",
        "en": "small face: {value~limit:.0f} px (at least {limit~value:.0f})",
    },
    "quality.reason.enlarged_far": {
        "es": "ampliada {value~limit:.1f}× (máximo {limit~value:.1f}×): sin detalle",
        "en": "enlarged {value~limit:.1f}× (at most {limit~value:.1f}×): not enough detail",
    },
    "quality.reason.enlarged": {
        "es": "ampliada {value~limit:.1f}× (mejor hasta {limit~value:.1f}×)",
        "en": "enlarged {value~limit:.1f}× (better up to {limit~value:.1f}×)",
    },
    "quality.reason.too_dark": {
        "es": "oscura: brillo {value~limit:.0f} (mínimo {limit~value:.0f})",
        "en": "dark: brightness {value~limit:.0f} (at least {limit~value:.0f})",
    },
    "quality.reason.face_dark": {
        "es": "cara oscura: su parte más clara llega a {value~limit:.0f} (mínimo {limit~value:.0f})",
        "en": "dark face: its light part reaches {value~limit:.0f} (at least {limit~value:.0f})",
    },
    "quality.reason.face_bright": {
        "es": "cara quemada: la mitad pasa de {value~limit:.0f} (máximo {limit~value:.0f})",
        "en": "burnt out face: half of it is above {value~limit:.0f} (at most {limit~value:.0f})",
    },
    "quality.reason.too_bright": {
        "es": "clara: brillo {value~limit:.0f} (máximo {limit~value:.0f})",
        "en": "bright: brightness {value~limit:.0f} (at most {limit~value:.0f})",
    },
    "quality.reason.low_contrast": {
        "es": "poco contraste: {value~limit:.0f} (mínimo {limit~value:.0f})",
        "en": "low contrast: {value~limit:.0f} (at least {limit~value:.0f})",
    },
    "quality.reason.blurred": {
        "es": "borrosa: nitidez {value~limit:.0f} (mínimo {limit~value:.0f})",
        "en": "blurred: sharpness {value~limit:.0f} (at least {limit~value:.0f})",
    },
    "quality.reason.noisy": {
        "es": "mucho ruido: {value~limit:.0f} (máximo {limit~value:.0f})",
        "en": "noisy: {value~limit:.0f} (at most {limit~value:.0f})",
    },
    "quality.reason.clipped": {
        "es": "quemado o en negro el {value~limit:.0%} de la cara (mejor hasta {limit~value:.0%})",
        "en": "{value~limit:.0%} of the face is pure white or black (better up to {limit~value:.0%})",
    },
    "quality.reason.face_cut": {
        "es": "cara cortada por el borde: se ve {value~limit:.0%} (mejor desde {limit~value:.0%})",
        "en": "face cut off by the edge: {value~limit:.0%} visible (better from {limit~value:.0%})",
    },
    "quality.reason.head_cut": {
        "es": "la cabeza no cabe entera, por el borde de la imagen o porque la cara quedaría pequeña: se ve {value~limit:.0%} "
        "(mejor desde {limit~value:.0%})",
        "en": "the head does not fit, because of the picture's edge or as the face would get small: {value~limit:.0%} visible "
        "(better from {limit~value:.0%})",
    },
    "quality.reason.profile": {
        "es": "de perfil: {value~limit:.0f}° (de frente hasta {limit~value:.0f}°)",
        "en": "profile: {value~limit:.0f}° (frontal up to {limit~value:.0f}°)",
    },
    "quality.reason.other_person": {
        "es": "parece otra persona: parecido {value~limit:.2f} (mínimo {limit~value:.2f})",
        "en": "looks like somebody else: likeness {value~limit:.2f} (at least {limit~value:.2f})",
    },
    "quality.reason.doubtful_person": {
        "es": "se parece poco a las demás: {value~limit:.2f} (mejor desde {limit~value:.2f})",
        "en": "looks little like the others: {value~limit:.2f} (better from {limit~value:.2f})",
    },
    "quality.reason.looks_up": {
        "es": "mira muy arriba: {value~limit:.0f}° (mejor hasta {limit~value:.0f}°)",
        "en": "looks far up: {value~limit:.0f}° (better up to {limit~value:.0f}°)",
    },
    "quality.reason.looks_down": {
        "es": "mira muy abajo: {value~limit:.0f}° (mejor hasta {limit~value:.0f}°)",
        "en": "looks far down: {value~limit:.0f}° (better up to {limit~value:.0f}°)",
    },
    "quality.reason.doubtful_face": {
        "es": "cara dudosa, quizá tapada en parte: {value~limit:.3f} (mejor desde {limit~value:.2f})",
        "en": "doubtful face, perhaps partly covered: {value~limit:.3f} (better from {limit~value:.2f})",
    },
    "quality.reason.stylised": {
        "es": "parece un dibujo, una pintura o un 3D, y de eso no hay certeza: mira que sea la persona y no un animal, una "
        "máscara o un muñeco",
        "en": "looks like a drawing, a painting or 3D, where nothing is certain: check that it is the person and not an "
        "animal, a mask or a doll",
    },
    "reason.no_face": {"es": "sin cara", "en": "no face"},
    "reason.faces_small": {"es": "caras demasiado pequeñas", "en": "faces too small"},
    "reason.faces_far": {"es": "caras demasiado pequeñas en la foto", "en": "faces too small in the picture"},
    "reason.crowd": {"es": "una multitud", "en": "a crowd"},
    "reason.turned": {"es": "girada", "en": "rotated"},
    "reason.ambiguous_face": {"es": "varias caras", "en": "several faces"},
    "reason.low_confidence": {"es": "puede no ser una cara", "en": "low face confidence"},
    "reason.face_small": {"es": "cara pequeña", "en": "small face"},
    "reason.enlarged_far": {"es": "ampliada sin detalle", "en": "enlarged too far"},
    "reason.enlarged": {"es": "ampliada", "en": "enlarged"},
    "reason.too_dark": {"es": "oscura", "en": "dark"},
    "reason.face_dark": {"es": "cara oscura", "en": "dark face"},
    "reason.face_bright": {"es": "cara quemada", "en": "burnt out face"},
    "reason.too_bright": {"es": "clara", "en": "bright"},
    "reason.low_contrast": {"es": "poco contraste", "en": "low contrast"},
    "reason.blurred": {"es": "borrosa", "en": "blurred"},
    "reason.noisy": {"es": "ruido", "en": "noisy"},
    "reason.clipped": {"es": "quemada o en negro", "en": "over- or underexposed"},
    "reason.face_cut": {"es": "cara cortada", "en": "face cut off"},
    "reason.head_cut": {"es": "cabeza cortada", "en": "head cut off"},
    "reason.profile": {"es": "de perfil", "en": "profile"},
    "reason.other_person": {"es": "parece otra persona", "en": "looks like somebody else"},
    "reason.doubtful_person": {"es": "se parece poco a las demás", "en": "looks little like the others"},
    "reason.looks_up": {"es": "mira muy arriba", "en": "looks far up"},
    "reason.looks_down": {"es": "mira muy abajo", "en": "looks far down"},
    "reason.doubtful_face": {"es": "cara dudosa", "en": "doubtful face"},
    "reason.stylised": {"es": "parece un dibujo", "en": "looks drawn"},
    "reason.user": {"es": "rechazada por ti", "en": "refused by you"},
    "process.no_pictures": {
        "es": """
            «{client}» no tiene imágenes que procesar. Cárgalas: [[import-mj {client} CARPETA]] o
            [[import-real {client} CARPETA]].
        """,
        "en": """
            '{client}' has no pictures to process. Import them: [[import-mj {client} FOLDER]] or
            [[import-real {client} FOLDER]].
        """,
    },
    "process.report": {
        "es": "Procesadas: {done}. Aprobadas: {approved}. Rechazadas: {refused}. Sin cambios: {kept}. Tiempo: {seconds:.1f} s",
        "en": "Processed: {done}. Approved: {approved}. Refused: {refused}. Unchanged: {kept}. Time: {seconds:.1f} s",
    },
    "process.reasons": {"es": "Motivos: {reasons}.", "en": "Reasons: {reasons}."},
    "process.reason": {"es": "{reason} {n}", "en": "{reason} {n}"},
    "process.reasons_title": {"es": "Motivos", "en": "Reasons"},
    "process.failed_title": {"es": "Imágenes que no se pudieron procesar", "en": "Pictures that could not be processed"},
    "process.sheets": {"es": "Hojas de contactos: {n}, desde {path}", "en": "Contact sheets: {n}, from {path}"},
    "verdict.held_out": {"es": "reservada, no se entrena", "en": "kept aside, not trained"},
    "verdict.approved": {"es": "aprobada", "en": "approved"},
    "verdict.pending": {"es": "sin procesar", "en": "not processed"},
    "verdict.rejected": {"es": "rechazada", "en": "refused"},
    "by.rules": {"es": "reglas", "en": "rules"},
    "by.user": {"es": "tú", "en": "you"},
}
