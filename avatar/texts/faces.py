"""Texts of the room faces: faces.*, quality.*, reason.*, process.*, by.*, verdict.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "faces.other_engine": Error(
        what={
            "es": "Las caras se han buscado con TensorFlow: son las mismas, pero tarda el triple.",
            "en": "Faces were looked for with TensorFlow: the same faces, in three times the time.",
        },
        why={"es": "falta {package}.", "en": "{package} is missing."},
        do={"es": "{command}", "en": "{command}"},
    ),
    "faces.no_mtcnn": Error(
        what={
            "es": "No se pueden buscar caras: falta MTCNN, o lo que lo ejecuta (onnxruntime o TensorFlow).",
            "en": "Faces cannot be looked for: MTCNN, or what runs it (onnxruntime or TensorFlow), is missing.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={"es": "{command}", "en": "{command}"},
    ),
    "faces.no_memory": Error(
        what={"es": "No hay memoria para esta imagen.", "en": "There is no memory for this picture."},
        why={"es": "es muy grande o hay otros programas abiertos.", "en": "it is very large, or other programs are open."},
        do={
            "es": "cierra programas y repite, con menos procesos (--workers 1).",
            "en": "close programs and repeat, with fewer processes (--workers 1).",
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
            "es": "El proceso que miraba esta imagen terminó de golpe.",
            "en": "The process that looked at this picture ended suddenly.",
        },
        why={"es": "falta de memoria o un archivo dañado.", "en": "no memory left, or a broken file."},
        do={
            "es": "repite con --workers 1; si vuelve a pasar, quita la imagen.",
            "en": "repeat with --workers 1; if it happens again, take the picture out.",
        },
    ),
    "faces.wrong_weights": Error(
        what={
            "es": "No se pueden comparar caras: {path} no es el archivo esperado.",
            "en": "Faces cannot be compared: {path} is not the file expected.",
        },
        why={"es": "su SHA-256 no es {sha256}.", "en": "its SHA-256 is not {sha256}."},
        do={
            "es": "descárgalo otra vez de {url} o bórralo para seguir sin él.",
            "en": "download it again from {url}, or delete it to go on without.",
        },
    ),
    "faces.identity_off": {
        "es": """
            Hay imágenes con varias caras y nada indica cuál es la del cliente: elígela en «Revisar». Opcional: descarga {url}
            (37 MB, Apache-2.0) en {folder} y procesa otra vez; se elegirá por parecido y se avisará de quien no se parezca.
        """,
        "en": """
            Some pictures have several faces, and nothing tells which is the client's: choose it in 'Review'. Optional: download
            {url} (37 MB, Apache-2.0) into {folder} and process again; likeness will choose, and point out who does not look
            alike.
        """,
    },
    "faces.identity_few": {
        "es": "Para reconocer al cliente hacen falta {need} imágenes aprobadas con una sola cara; hay {n}.",
        "en": "To know the client, {need} approved pictures with one face are needed; there are {n}.",
    },
    "faces.identity_outliers": {
        "es": "Imágenes que no se parecen a las demás: {n}. Míralas: {names}",
        "en": "Pictures that do not look like the others: {n}. Look at them: {names}",
    },
    "faces.no_backend": Error(
        what={"es": "No se puede repartir el trabajo con {backend}.", "en": "The work cannot be spread by {backend}."},
        why={"es": "no está instalado.", "en": "it is not installed."},
        do={
            "es": "{command}\nSin --backend, todo se hace en este equipo.",
            "en": "{command}\nWithout --backend, all is done on this machine.",
        },
    ),
    "faces.no_scheduler": Error(
        what={"es": "No se alcanza el coordinador {address}.", "en": "The scheduler {address} cannot be reached."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "arráncalo (dask scheduler), da su dirección con --scheduler tcp://EQUIPO:8786 y revisa el cortafuegos.",
            "en": "start it (dask scheduler), give its address by --scheduler tcp://MACHINE:8786, and check the firewall.",
        },
    ),
    "faces.no_machines": Error(
        what={"es": "El coordinador {address} no tiene equipos.", "en": "The scheduler {address} has no machines."},
        why={"es": "ninguno se ha unido a él.", "en": "none has joined it."},
        do={
            "es": "en cada equipo, con el mismo Python y los mismos paquetes: dask worker {address}",
            "en": "on each machine, with the same Python and packages: dask worker {address}",
        },
    ),
    "faces.no_answer": Error(
        what={
            "es": "Los otros equipos ({backend}) no contestan desde hace {seconds} s.",
            "en": "The other machines ({backend}) have not answered for {seconds} s.",
        },
        why={"es": "uno se ha ido o se ha caído mientras trabajaba.", "en": "one left or crashed while it worked."},
        do={
            "es": "mira sus ventanas, arráncalos y repite; lo hecho queda y se hace el resto.",
            "en": "look at their windows, start them and repeat; what is done stays, and the rest is done.",
        },
    ),
    "faces.not_shared": Error(
        what={"es": "Otros equipos no ven los archivos: {machines}", "en": "Other machines do not see the files: {machines}"},
        why={"es": "allí no existe {path}.", "en": "{path} does not exist there."},
        do={
            "es": "comparte la carpeta del programa y la del cliente, con la misma ruta en todos los equipos.",
            "en": "share the program's and the client's folder, under the same path on all machines.",
        },
    ),
    "quality.reason.no_face": {"es": "no se encontró ninguna cara", "en": "no face was found"},
    "quality.reason.turned": {
        "es": "está girada: gírala {value:.0f}° a la derecha e impórtala otra vez",
        "en": "it lies on its side or head: turn it {value:.0f}° clockwise and import it again",
    },
    "quality.reason.ambiguous_face": {
        "es": "varias caras: otra mide {value:.0%} de la elegida (límite {limit:.0%}); di cuál es",
        "en": "several faces: another is {value:.0%} of the chosen one (limit {limit:.0%}); say which",
    },
    "quality.reason.low_confidence": {
        "es": "puede no ser una cara: {value:.2f} (mínimo {limit:.2f})",
        "en": "not sure it is a face: {value:.2f} (at least {limit:.2f})",
    },
    "quality.reason.face_small": {
        "es": "cara pequeña: {value:.0f} px (mínimo {limit:.0f})",
        "en": "small face: {value:.0f} px (at least {limit:.0f})",
    },
    "quality.reason.enlarged_far": {
        "es": "ampliada {value:.1f} veces (máximo {limit:.1f}): sin detalle",
        "en": "enlarged {value:.1f} times (at most {limit:.1f}): no detail",
    },
    "quality.reason.enlarged": {
        "es": "ampliada {value:.1f} veces (mejor hasta {limit:.1f})",
        "en": "enlarged {value:.1f} times (better up to {limit:.1f})",
    },
    "quality.reason.too_dark": {
        "es": "oscura: brillo {value:.0f} (mínimo {limit:.0f})",
        "en": "dark: brightness {value:.0f} (at least {limit:.0f})",
    },
    "quality.reason.too_bright": {
        "es": "clara: brillo {value:.0f} (máximo {limit:.0f})",
        "en": "bright: brightness {value:.0f} (at most {limit:.0f})",
    },
    "quality.reason.low_contrast": {
        "es": "poco contraste: {value:.0f} (mínimo {limit:.0f})",
        "en": "low contrast: {value:.0f} (at least {limit:.0f})",
    },
    "quality.reason.blurred": {
        "es": "borrosa: nitidez {value:.0f} (mínimo {limit:.0f})",
        "en": "blurred: sharpness {value:.0f} (at least {limit:.0f})",
    },
    "quality.reason.noisy": {
        "es": "mucho ruido: {value:.0f} (máximo {limit:.0f})",
        "en": "noisy: {value:.0f} (at most {limit:.0f})",
    },
    "quality.reason.clipped": {
        "es": "cara quemada o en negro: {value:.0%} (mejor hasta {limit:.0%})",
        "en": "face burnt out or pure black: {value:.0%} (better up to {limit:.0%})",
    },
    "quality.reason.face_cut": {
        "es": "cara cortada por el borde: se ve {value:.0%} (mejor desde {limit:.0%})",
        "en": "face cut by the edge: {value:.0%} visible (better from {limit:.0%})",
    },
    "quality.reason.profile": {
        "es": "de perfil: {value:.0f}° (de frente hasta {limit:.0f}°)",
        "en": "profile: {value:.0f}° (frontal up to {limit:.0f}°)",
    },
    "quality.reason.other_person": {
        "es": "no se parece a las demás: {value:.2f} (mejor desde {limit:.2f})",
        "en": "does not look like the others: {value:.2f} (better from {limit:.2f})",
    },
    "quality.reason.looks_up": {
        "es": "mira muy arriba: {value:.0f}° (mejor hasta {limit:.0f}°)",
        "en": "looks far up: {value:.0f}° (better up to {limit:.0f}°)",
    },
    "quality.reason.looks_down": {
        "es": "mira muy abajo: {value:.0f}° (mejor hasta {limit:.0f}°)",
        "en": "looks far down: {value:.0f}° (better up to {limit:.0f}°)",
    },
    "quality.reason.doubtful_face": {
        "es": "cara dudosa, quizá tapada en parte: {value:.3f} (mejor desde {limit:.2f})",
        "en": "doubtful face, perhaps partly covered: {value:.3f} (better from {limit:.2f})",
    },
    "reason.no_face": {"es": "sin cara", "en": "no face"},
    "reason.turned": {"es": "girada", "en": "lies on its side or head"},
    "reason.ambiguous_face": {"es": "varias caras", "en": "several faces"},
    "reason.low_confidence": {"es": "puede no ser una cara", "en": "not sure it is a face"},
    "reason.face_small": {"es": "cara pequeña", "en": "small face"},
    "reason.enlarged_far": {"es": "ampliada sin detalle", "en": "enlarged without detail"},
    "reason.enlarged": {"es": "ampliada", "en": "enlarged"},
    "reason.too_dark": {"es": "oscura", "en": "dark"},
    "reason.too_bright": {"es": "clara", "en": "bright"},
    "reason.low_contrast": {"es": "poco contraste", "en": "low contrast"},
    "reason.blurred": {"es": "borrosa", "en": "blurred"},
    "reason.noisy": {"es": "ruido", "en": "noisy"},
    "reason.clipped": {"es": "quemada o en negro", "en": "burnt out or pure black"},
    "reason.face_cut": {"es": "cara cortada", "en": "face cut"},
    "reason.profile": {"es": "de perfil", "en": "profile"},
    "reason.other_person": {"es": "no se parece a las demás", "en": "does not look like the others"},
    "reason.looks_up": {"es": "mira muy arriba", "en": "looks far up"},
    "reason.looks_down": {"es": "mira muy abajo", "en": "looks far down"},
    "reason.doubtful_face": {"es": "cara dudosa", "en": "doubtful face"},
    "reason.user": {"es": "rechazada por ti", "en": "refused by you"},
    "process.report": {
        "es": "Procesadas: {done}. Aprobadas: {approved}. Rechazadas: {refused}. Sin cambios: {kept}. Tiempo: {seconds:.1f} s",
        "en": "Processed: {done}. Approved: {approved}. Refused: {refused}. Unchanged: {kept}. Time: {seconds:.1f} s",
    },
    "process.reasons_title": {"es": "Motivos", "en": "Reasons"},
    "process.failed_title": {"es": "Imágenes que no se pudieron procesar", "en": "Pictures that could not be processed"},
    "process.sheets": {"es": "Hojas de contactos: {n}, desde {path}", "en": "Contact sheets: {n}, from {path}"},
    "verdict.approved": {"es": "aprobada", "en": "approved"},
    "verdict.pending": {"es": "sin procesar", "en": "not processed"},
    "verdict.rejected": {"es": "rechazada", "en": "refused"},
    "by.rules": {"es": "reglas", "en": "rules"},
    "by.user": {"es": "tú", "en": "you"},
}
