"""Every text that a user reads, in Spanish and English, by key. Texts of errors say what, why and what to do."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    # --- general -----------------------------------------------------------------------------------------------------
    "file.not_json": {
        "es": "No se puede leer {path} como JSON.\nCausa: la línea {line}, columna {column}, no se entiende: {shown}\n"
              "Qué hacer: mira ahí y en la línea anterior si falta o sobra una coma, si las comillas son \" y si las rutas "
              "llevan / en vez de \\ (C:/Fotos). No se ha cambiado nada.",
        "en": "{path} cannot be read as JSON.\nWhy: line {line}, column {column} makes no sense: {shown}\n"
              "What to do: look there and in the line before for a comma too few or too many, quotes other than \", and paths "
              "with \\ instead of / (C:/Photos). Nothing was changed.",
    },
    "file.not_utf8": {
        "es": "No se puede leer {path}.\nCausa: no está guardado como UTF-8.\nQué hacer: ábrelo en el Bloc de notas y guárdalo "
              "con «Guardar como», codificación UTF-8. No se ha cambiado nada.",
        "en": "{path} cannot be read.\nWhy: it is not saved as UTF-8.\nWhat to do: open it in Notepad and use \"Save as\" with "
              "the encoding UTF-8. Nothing was changed.",
    },
    "settings.invalid": {
        "es": "La configuración de {source} no es válida.\nCausa:\n{problems}\nQué hacer: corrige esas claves; "
              "no se ha cambiado nada.",
        "en": "The settings in {source} are not valid.\nWhy:\n{problems}\nWhat to do: mend those keys; nothing was changed.",
    },
    "setting.outside": {
        "es": "{name} es {value} y debe estar entre {low} y {high}.",
        "en": "{name} is {value} and must be between {low} and {high}.",
    },
    "setting.below": {
        "es": "{name} es {value} y debe ser {low} o más.",
        "en": "{name} is {value} and must be {low} or more.",
    },
    "setting.order": {
        "es": "{name} es {value} y debe ser {low} o más, porque {other} es {limit}.",
        "en": "{name} is {value} and must be {low} or more, since {other} is {limit}.",
    },
    "setting.multiple": {
        "es": "{name} es {value} y debe ser un múltiplo de {low}.",
        "en": "{name} is {value} and must be a multiple of {low}.",
    },
    "setting.shares": {
        "es": "{name} es {value} y {other} es {limit}: ninguna puede ser negativa y juntas deben sumar 1.",
        "en": "{name} is {value} and {other} is {limit}: neither may be negative, and together they must make 1.",
    },
    "setting.empty": {
        "es": "{name} está vacío; elige uno o más de: {choices}.",
        "en": "{name} is empty; choose one or more of: {choices}.",
    },
    "setting.choice": {
        "es": "{name}: {value} no vale; elige entre: {choices}.",
        "en": "{name}: {value} is not known; choose from: {choices}.",
    },
    "setting.template_start": {
        "es": "{name} es «{value}» y debe empezar por {{trigger}} o {{trigger}} {{class}} y una coma.",
        "en": "{name} is '{value}' and must begin with {{trigger}} or {{trigger}} {{class}} and a comma.",
    },
    "setting.template_part": {
        "es": "{name}: «{value}» no son palabras sin llaves ni uno de: {choices}.",
        "en": "{name}: '{value}' is neither words without braces nor one of: {choices}.",
    },
    "setting.template_twice": {
        "es": "{name}: {value} aparece dos veces.",
        "en": "{name}: {value} stands there twice.",
    },
    "setting.template_lines": {
        "es": "{name} tiene varias líneas y el entrenador solo lee la primera: «{value}».",
        "en": "{name} has several lines, and the trainer reads only the first: '{value}'.",
    },
    "setting.number": {
        "es": "{name} es {value} y debe ser un número, sin comillas y con punto decimal (0.5).",
        "en": "{name} is {value} and must be a number, without quotes (0.5).",
    },
    "setting.whole_number": {
        "es": "{name} es {value} y debe ser un número entero, sin comillas.",
        "en": "{name} is {value} and must be a whole number, without quotes.",
    },
    "setting.yes_no": {
        "es": "{name} es {value} y debe ser true (sí) o false (no), sin comillas.",
        "en": "{name} is {value} and must be true or false, without quotes.",
    },
    "setting.text": {
        "es": "{name} es {value} y debe ser un texto entre comillas.",
        "en": "{name} is {value} and must be a text in quotes.",
    },
    "setting.list": {
        "es": "{name} es {value} y debe ser una lista entre corchetes [ ].",
        "en": "{name} is {value} and must be a list in brackets [ ].",
    },
    "setting.group": {
        "es": "{name} es {value} y debe ser un grupo de claves entre llaves {{ }}.",
        "en": "{name} is {value} and must be a group of keys in braces {{ }}.",
    },
    "setting.unknown": {
        "es": "{name} no es una clave que exista.",
        "en": "{name} is no key there is.",
    },
    "setting.unknown_near": {
        "es": "{name} no es una clave que exista; ¿querías decir {near}?",
        "en": "{name} is no key there is; did you mean {near}?",
    },
    "setting.missing": {"es": "{name} falta.", "en": "{name} is missing."},
    "setting.outside_folder": {
        "es": "{name} es {value}, fuera de la carpeta del cliente.",
        "en": "{name} is {value}, outside of the client's folder.",
    },
    "setting.other": {
        "es": "{name}: {value} no vale ({detail}).",
        "en": "{name}: {value} cannot be taken ({detail}).",
    },
    "record.invalid": {
        "es": "La ficha {path} no es válida.\nCausa:\n{problems}\nQué hacer: si la editaste, deshaz el cambio; si no, "
              "aparta el archivo e importa la imagen otra vez.",
        "en": "The record {path} is not valid.\nWhy:\n{problems}\nWhat to do: if you edited it, undo that; otherwise move the "
              "file away and import the picture again.",
    },
    "record.not_json": {
        "es": "no se puede leer como JSON (línea {line}, columna {column}): «{shown}»",
        "en": "it cannot be read as JSON (line {line}, column {column}): '{shown}'",
    },
    "record.not_utf8": {"es": "no está guardada en UTF-8", "en": "it is not saved in UTF-8"},
    "record.newer": {
        "es": "{path} es de una versión más nueva de este programa.\nQué hacer: actualiza el programa; no se ha cambiado nada.",
        "en": "{path} is of a newer version of this program.\nWhat to do: update the program; nothing was changed.",
    },
    # --- clients -----------------------------------------------------------------------------------------------------
    "client.bad_id": {
        "es": "«{client}» no sirve como nombre de cliente.\nCausa: solo letras sin acento, cifras, _ y -, de 1 a 64, y "
              "ningún nombre reservado de Windows.\nQué hacer: prueba con «{suggestion}».",
        "en": "'{client}' cannot be a client's name.\nWhy: only letters without accents, digits, _ and -, 1 to 64 of them, "
              "and no name reserved by Windows.\nWhat to do: try '{suggestion}'.",
    },
    "client.bad_word": {
        "es": "«{word}» no sirve como palabra de activación o de clase.\nCausa: contiene una coma, una barra o un carácter "
              "invisible.\nQué hacer: escribe una palabra sin ellos.",
        "en": "'{word}' cannot be a trigger or class word.\nWhy: it holds a comma, a slash or an invisible character.\n"
              "What to do: type a word without them.",
    },
    "client.exists": {
        "es": "Ya existe el cliente «{client}».\nCausa: mayúsculas y minúsculas no distinguen clientes.\n"
              "Qué hacer: elige otro nombre o selecciona el que existe.",
        "en": "The client '{client}' exists already.\nWhy: upper and lower case do not tell clients apart.\n"
              "What to do: choose another name, or select the one that exists.",
    },
    "client.invalid": {
        "es": "La ficha del cliente {path} no es válida.\nCausa:\n{problems}\nQué hacer: deshaz el cambio en ese archivo; las "
              "imágenes siguen en su carpeta.",
        "en": "The client's record {path} is not valid.\nWhy:\n{problems}\nWhat to do: undo the change in that file; the "
              "pictures are still in their folder.",
    },
    "client.unknown": {
        "es": "No hay ningún cliente «{client}».\nClientes: {known}\nQué hacer: revisa el nombre o créalo.",
        "en": "There is no client '{client}'.\nClients: {known}\nWhat to do: check the name, or create it.",
    },
    "client.locked": {
        "es": "El cliente «{client}» está ocupado.\nCausa: otro programa (proceso {pid}) trabaja en él desde {since}: "
              "{stage}.\nQué hacer: espera a que termine o ciérralo, y repite.",
        "en": "The client '{client}' is busy.\nWhy: another program (process {pid}) has worked on it since {since}: "
              "{stage}.\nWhat to do: wait until it ends, or close it, and repeat.",
    },
    "client.in_use": {
        "es": "No se puede mover la carpeta del cliente «{client}».\nCausa: {detail}\nQué hacer: cierra los programas que "
              "tengan abiertas sus imágenes y repite.",
        "en": "The folder of the client '{client}' cannot be moved.\nWhy: {detail}\nWhat to do: close the programs that hold "
              "its pictures open, and repeat.",
    },
    "client.not_deleted": {
        "es": "El cliente ya no aparece, pero quedan archivos suyos en {path}.\nCausa: {detail}\nQué hacer: cierra los "
              "programas que los usen y borra otra vez, o borra esa carpeta.",
        "en": "The client is gone from the list, but files of it remain in {path}.\nWhy: {detail}\nWhat to do: close the "
              "programs that use them and delete again, or delete that folder.",
    },
    "image.bad_id": {
        "es": "«{image}» no es una imagen.\nCausa: se espera mj_ o real_ y 16 cifras hexadecimales.\n"
              "Qué hacer: copia el nombre de la hoja de contactos o de metadata/images.csv.",
        "en": "'{image}' is no image id.\nWhy: mj_ or real_ and 16 hexadecimal digits are expected.\n"
              "What to do: copy it from the contact sheet or from metadata/images.csv.",
    },
    "image.unknown": {
        "es": "El cliente «{client}» no tiene la imagen {image}.\nQué hacer: copia el nombre de la hoja de contactos o de "
              "metadata/images.csv.",
        "en": "The client '{client}' has no image {image}.\nWhat to do: copy it from the contact sheet or from "
              "metadata/images.csv.",
    },
    "export.exists": {
        "es": "{path} ya existe y no se sobrescribe.\nQué hacer: elige otro nombre.",
        "en": "{path} exists and is not overwritten.\nWhat to do: choose another name.",
    },
    "export.no_name": {
        "es": "«{path}» no nombra ningún archivo.\nQué hacer: escribe un nombre, por ejemplo ana.zip.",
        "en": "'{path}' names no file.\nWhat to do: type a name, for example ana.zip.",
    },
    "export.inside": {
        "es": "{path} está dentro de la carpeta del propio cliente.\nQué hacer: elige una carpeta fuera de él.",
        "en": "{path} lies inside the client's own folder.\nWhat to do: choose a folder outside of it.",
    },
    # --- import ------------------------------------------------------------------------------------------------------
    "midjourney.out_of_range": {
        "es": "{name}: el valor de --{parameter} ({value}) está fuera de lo que MidJourney admite; se guarda tal cual.",
        "en": "{name}: the value of --{parameter} ({value}) is outside what MidJourney allows; it is kept as it is.",
    },
    "midjourney.ow_band": {
        "es": "{name}: --ow {value} está fuera de {low}-{high}, la franja recomendada para este trabajo; se acepta.",
        "en": "{name}: --ow {value} is outside {low}-{high}, the band advised for this work; it is accepted.",
    },
    "midjourney.bad_value": {
        "es": "{name}: «{value}» no sirve como valor de --{parameter}; se guarda tal cual.",
        "en": "{name}: '{value}' is no value for --{parameter}; it is kept as it is.",
    },
    "midjourney.no_value": {
        "es": "{name}: --{parameter} no lleva ningún valor; se guarda así.",
        "en": "{name}: --{parameter} has no value; it is kept so.",
    },
    "midjourney.flag_with_value": {
        "es": "{name}: tras --{parameter}, que no lleva valor, hay texto («{value}»); ¿es parte del prompt?",
        "en": "{name}: text follows --{parameter}, which takes no value ('{value}'); is it part of the prompt?",
    },
    "midjourney.v_and_niji": {
        "es": "{name}: lleva --v y --niji a la vez, que se excluyen; se guardan ambos.",
        "en": "{name}: has both --v and --niji, which exclude each other; both are kept.",
    },
    "midjourney.two_jobs": {
        "es": "{name}: el nombre y los datos internos son de trabajos distintos; valen los datos internos.",
        "en": "{name}: its name and its embedded data are of different jobs; the embedded data count.",
    },
    "midjourney.cut_name": {
        "es": "{name}: sin datos internos; del nombre solo se conoce un prompt cortado.",
        "en": "{name}: no embedded data; of the prompt only the cut piece in the name is known.",
    },
    "import.more_like_it": {
        "es": "… y {n:aviso más|avisos más} de este tipo.",
        "en": "… and {n:more warning|more warnings} of this kind.",
    },
    "import.no_path": {
        "es": "No existe {path}.\nCausa: no hay ningún archivo ni carpeta con ese nombre.\nQué hacer: arrastra la "
              "carpeta a la ventana o copia su ruta.",
        "en": "{path} does not exist.\nWhy: there is no file or folder of that name.\nWhat to do: drag the folder into "
              "the window, or copy its path.",
    },
    "import.nothing_found": {
        "es": "No hay imágenes en {path}.\nCausa: se buscan JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF y RAW, también en "
              "subcarpetas y zip.\nQué hacer: elige otra carpeta.",
        "en": "There are no pictures in {path}.\nWhy: JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF and RAW are looked for, in "
              "subfolders and zips too.\nWhat to do: choose another folder.",
    },
    "import.unreadable": {
        "es": "{name}: no se puede leer ({detail}).\nQué hacer: comprueba que se abre con otro programa; si no, "
              "descárgalo o cópialo otra vez.",
        "en": "{name}: cannot be read ({detail}).\nWhat to do: see whether another program opens it; if not, download or "
              "copy it again.",
    },
    "import.empty": {
        "es": "{name}: el archivo está vacío.\nQué hacer: descárgalo o cópialo otra vez.",
        "en": "{name}: the file is empty.\nWhat to do: download or copy it again.",
    },
    "import.apple_double": {
        "es": "{name}: es un archivo auxiliar de macOS, no una imagen.\nQué hacer: nada; la imagen de verdad tiene el "
              "mismo nombre sin «._».",
        "en": "{name}: a helper file of macOS, not a picture.\nWhat to do: nothing; the real picture has the same name "
              "without '._'.",
    },
    "import.not_picture": {
        "es": "{name}: no es una imagen (contenido: {seen}).\nQué hacer: descárgala otra vez; a veces se guarda la "
              "página web en su lugar.",
        "en": "{name}: not a picture (content: {seen}).\nWhat to do: download it again; sometimes the web page is saved "
              "in its place.",
    },
    "import.truncated": {
        "es": "{name}: la imagen está cortada ({detail}).\nQué hacer: descárgala o cópiala otra vez.",
        "en": "{name}: the picture is cut off ({detail}).\nWhat to do: download or copy it again.",
    },
    "import.damaged": {
        "es": "{name}: empieza como una imagen, pero por dentro está dañada.\nQué hacer: descárgala o cópiala otra vez.",
        "en": "{name}: begins like a picture but is damaged inside.\nWhat to do: download or copy it again.",
    },
    "import.bomb": {
        "es": "{name}: demasiado grande ({megapixels:.0f} megapíxeles; límite: {limit:.0f}).\nQué hacer: redúcela, o "
              "sube imports.max_pixels en config.json si es de verdad.",
        "en": "{name}: too large ({megapixels:.0f} megapixels; limit: {limit:.0f}).\nWhat to do: shrink it, or raise "
              "imports.max_pixels in config.json if it is real.",
    },
    "import.garbage": {
        "es": "{name}: el RAW se abre pero no contiene imagen (un solo color).\nQué hacer: cópialo otra vez de la tarjeta.",
        "en": "{name}: the RAW opens but holds no picture (one colour only).\nWhat to do: copy it from the card again.",
    },
    "import.pixel_kind": {
        "es": "{name}: sus píxeles son de un tipo que aquí no se puede pasar a color normal ({detail}).\nQué hacer: "
              "ábrelo en tu editor de fotos y guárdalo como TIFF o PNG de 8 o 16 bits en sRGB.",
        "en": "{name}: its pixels are of a kind that cannot be turned into ordinary colour here ({detail}).\nWhat to do: "
              "open it in your photo editor and save it as TIFF or PNG of 8 or 16 bits in sRGB.",
    },
    "import.raw_unsupported": {
        "es": "{name}: RAW que no se puede revelar ({detail}).\nQué hacer: expórtalo a DNG sin comprimir o a JPEG; en "
              "iPhone, ProRAW sin JPEG XL.",
        "en": "{name}: a RAW that cannot be developed ({detail}).\nWhat to do: export it as uncompressed DNG or as JPEG; "
              "on an iPhone, ProRAW without JPEG XL.",
    },
    "import.bad_archive": {
        "es": "{name}: zip dañado o de un tipo desconocido ({detail}).\nQué hacer: descárgalo otra vez o descomprímelo tú.",
        "en": "{name}: a damaged zip or one of an unknown kind ({detail}).\nWhat to do: download it again, or unpack it "
              "yourself.",
    },
    "import.encrypted": {
        "es": "{name}: está protegido con contraseña.\nQué hacer: descomprime el zip y elige la carpeta.",
        "en": "{name}: protected by a password.\nWhat to do: unpack the zip and choose the folder.",
    },
    "import.packed": {
        "es": "{name}: es un archivo comprimido, y aquí solo se abren los .zip que no están dentro de otro.\nQué hacer: "
              "descomprímelo y elige la carpeta.",
        "en": "{name}: it is an archive, and only a .zip that lies in no other is opened here.\nWhat to do: unpack it and "
              "choose the folder.",
    },
    "import.archive_bomb": {
        "es": "{name}: ocupa sospechosamente más descomprimido que comprimido.\nQué hacer: si te fías de él, "
              "descomprímelo y elige la carpeta.",
        "en": "{name}: suspiciously larger unpacked than packed.\nWhat to do: if you trust it, unpack it and choose the "
              "folder.",
    },
    "import.other_source": {
        "es": "{name} ya está en el otro grupo (MidJourney o fotos reales), como {image}; no se añade dos veces.",
        "en": "{name} is already there under the other source (MidJourney or real photos), as {image}; it is not added "
              "twice.",
    },
    "import.photo_is_midjourney": {
        "es": "{name} lleva datos de MidJourney, pero la has cargado como foto real. Si es generada, cárgala en «Cargar "
              "imágenes MidJourney».",
        "en": "{name} carries MidJourney data, but you imported it as a real photo. If it was generated, use 'Import "
              "MidJourney pictures'.",
    },
    "disk.full": {
        "es": "No cabe en el disco.\nCausa: hacen falta {need_mb:.0f} MB y quedan {free_mb:.0f} MB.\nQué hacer: libera "
              "espacio o pon la carpeta de clientes en otro disco (--clients-dir).",
        "en": "It does not fit on the disk.\nWhy: {need_mb:.0f} MB are needed and {free_mb:.0f} MB are free.\nWhat to "
              "do: free some space, or put the clients' folder on another disk (--clients-dir).",
    },
    "prompt.no_group": {
        "es": "No hay imágenes de MidJourney del grupo {job}.\nQué hacer: elige un grupo de la lista o importa antes las "
              "imágenes.",
        "en": "There are no MidJourney pictures of the group {job}.\nWhat to do: choose a group from the list, or import "
              "the pictures first.",
    },
    "picture.note.other_type": {
        "es": "{name}: el nombre dice otro formato que el contenido; cuenta el contenido.",
        "en": "{name}: the name claims another format than the content; the content counts.",
    },
    "picture.note.dark_raw": {
        "es": "{name}: RAW muy oscuro; se ha aclarado.", "en": "{name}: very dark RAW; it was brightened.",
    },
    "picture.note.preview_only": {
        "es": "{name}: RAW que no se puede revelar; se usa su vista previa, que suele ser más pequeña.",
        "en": "{name}: RAW that cannot be developed; its preview is used, which mostly is smaller.",
    },
    # --- faces -------------------------------------------------------------------------------------------------------
    "faces.other_engine": {
        "es": "Las caras se han buscado con TensorFlow: son las mismas, pero tarda el triple.\nCausa: falta {package}.\n"
              "Qué hacer: {command}",
        "en": "Faces were looked for with TensorFlow: the same faces, in three times the time.\nWhy: {package} is missing.\n"
              "What to do: {command}",
    },
    "faces.no_mtcnn": {
        "es": "No se pueden buscar caras: falta MTCNN, o lo que lo ejecuta (onnxruntime o TensorFlow).\n"
              "Causa: {detail}\nQué hacer: {command}",
        "en": "Faces cannot be looked for: MTCNN, or what runs it (onnxruntime or TensorFlow), is missing.\n"
              "Why: {detail}\nWhat to do: {command}",
    },
    "faces.no_memory": {
        "es": "No hay memoria para esta imagen.\nCausa: es muy grande o hay otros programas abiertos.\n"
              "Qué hacer: cierra programas y repite, con menos procesos (--workers 1).",
        "en": "There is no memory for this picture.\nWhy: it is very large, or other programs are open.\n"
              "What to do: close programs and repeat, with fewer processes (--workers 1).",
    },
    "faces.not_written": {
        "es": "No se pudo leer o guardar esta imagen.\nCausa: {detail}\nQué hacer: comprueba el espacio en disco, cierra los "
              "programas que la tengan abierta y repite; lo demás está hecho.",
        "en": "This picture could not be read or saved.\nWhy: {detail}\nWhat to do: check the disk space, close the programs "
              "that hold it open, and repeat; the rest is done.",
    },
    "faces.failed": {
        "es": "Esta imagen no se pudo procesar.\nCausa: {detail}\nQué hacer: ábrela en otro programa; si se ve bien, guárdala "
              "como PNG e impórtala otra vez.",
        "en": "This picture could not be processed.\nWhy: {detail}\nWhat to do: open it in another program; if it looks right, "
              "save it as PNG and import it again.",
    },
    "faces.worker_died": {
        "es": "El proceso que miraba esta imagen terminó de golpe.\nCausa: falta de memoria o un archivo dañado.\n"
              "Qué hacer: repite con --workers 1; si vuelve a pasar, quita la imagen.",
        "en": "The process that looked at this picture ended suddenly.\nWhy: no memory left, or a broken file.\n"
              "What to do: repeat with --workers 1; if it happens again, take the picture out.",
    },
    "faces.wrong_weights": {
        "es": "No se pueden comparar caras: {path} no es el archivo esperado.\nCausa: su SHA-256 no es {sha256}.\n"
              "Qué hacer: descárgalo otra vez de {url} o bórralo para seguir sin él.",
        "en": "Faces cannot be compared: {path} is not the file expected.\nWhy: its SHA-256 is not {sha256}.\n"
              "What to do: download it again from {url}, or delete it to go on without.",
    },
    "faces.identity_off": {
        "es": "Hay imágenes con varias caras y nada indica cuál es la del cliente: elígela en «Revisar». Opcional: descarga "
              "{url} (37 MB, Apache-2.0) en {folder} y procesa otra vez; se elegirá por parecido y se avisará de quien no se "
              "parezca.",
        "en": "Some pictures have several faces, and nothing tells which is the client's: choose it in 'Review'. Optional: "
              "download {url} (37 MB, Apache-2.0) into {folder} and process again; likeness will choose, and point out who "
              "does not look alike.",
    },
    "faces.identity_few": {
        "es": "Para reconocer al cliente hacen falta {need} imágenes aprobadas con una sola cara; hay {n}.",
        "en": "To know the client, {need} approved pictures with one face are needed; there are {n}.",
    },
    "faces.identity_outliers": {
        "es": "Imágenes que no se parecen a las demás: {n}. Míralas: {names}",
        "en": "Pictures that do not look like the others: {n}. Look at them: {names}",
    },
    "faces.no_backend": {
        "es": "No se puede repartir el trabajo con {backend}.\nCausa: no está instalado.\nQué hacer: {command}\nSin "
              "--backend, todo se hace en este equipo.",
        "en": "The work cannot be spread by {backend}.\nWhy: it is not installed.\nWhat to do: {command}\nWithout "
              "--backend, all is done on this machine.",
    },
    "faces.no_scheduler": {
        "es": "No se alcanza el coordinador {address}.\nCausa: {detail}\nQué hacer: arráncalo (dask scheduler), da "
              "su dirección con --scheduler tcp://EQUIPO:8786 y revisa el cortafuegos.",
        "en": "The scheduler {address} cannot be reached.\nWhy: {detail}\nWhat to do: start it (dask scheduler), give "
              "its address by --scheduler tcp://MACHINE:8786, and check the firewall.",
    },
    "faces.no_machines": {
        "es": "El coordinador {address} no tiene equipos.\nCausa: ninguno se ha unido a él.\nQué hacer: en cada equipo, con el "
              "mismo Python y los mismos paquetes: dask worker {address}",
        "en": "The scheduler {address} has no machines.\nWhy: none has joined it.\nWhat to do: on each machine, with the same "
              "Python and packages: dask worker {address}",
    },
    "faces.no_answer": {
        "es": "Los otros equipos ({backend}) no contestan desde hace {seconds} s.\nCausa: uno se ha ido o se ha caído "
              "mientras trabajaba.\nQué hacer: mira sus ventanas, arráncalos y repite; lo hecho queda y se hace el resto.",
        "en": "The other machines ({backend}) have not answered for {seconds} s.\nWhy: one left or crashed while it worked.\n"
              "What to do: look at their windows, start them and repeat; what is done stays, and the rest is done.",
    },
    "faces.not_shared": {
        "es": "Otros equipos no ven los archivos: {machines}\nCausa: allí no existe {path}.\nQué hacer: comparte la carpeta "
              "del "
              "programa y la del cliente, con la misma ruta en todos los equipos.",
        "en": "Other machines do not see the files: {machines}\nWhy: {path} does not exist there.\nWhat to do: share the "
              "program's and the client's folder, under the same path on all machines.",
    },
    "review.no_crop": {
        "es": "No se puede usar {image} ({name}).\nCausa: no tiene recorte, porque no se encontró cara o aún no se ha "
              "procesado.\nQué hacer: procesa las caras; si no la encuentra, usa otra foto.",
        "en": "{image} ({name}) cannot be used.\nWhy: it has no crop, since no face was found or it was not processed yet."
              "\nWhat to do: process the faces; if none is found, use another photo.",
    },
    "review.twice": {
        "es": "{image} ({name}) está en dos listas a la vez.\nCausa: una imagen se aprueba, se rechaza o vuelve a las reglas, "
              "solo una cosa.\nQué hacer: nómbrala una vez; no se ha cambiado nada.",
        "en": "{image} ({name}) is in two lists at once.\nWhy: a picture is approved, rejected or given back to the rules, "
              "one of them.\nWhat to do: name it once; nothing was changed.",
    },
    "review.no_such_face": {
        "es": "La imagen {image} ({name}) no tiene la cara {face}.\nCausa: caras encontradas: {faces}.\nQué hacer: elige un "
              "número de 1 a {faces}.",
        "en": "The picture {image} ({name}) has no face {face}.\nWhy: faces found: {faces}.\nWhat to do: choose a number "
              "from 1 to {faces}.",
    },
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
    "sheet.approved": {
        "es": "{client}, {source}: aprobadas {first}-{last} de {total}",
        "en": "{client}, {source}: approved {first}-{last} of {total}",
    },
    "sheet.rejected": {
        "es": "{client}, {source}: rechazadas {first}-{last} de {total}",
        "en": "{client}, {source}: refused {first}-{last} of {total}",
    },
    "sheet.by_user": {"es": "decidido por ti", "en": "decided by you"},
    "sheet.faces": {"es": "cara {face} de {faces}", "en": "face {face} of {faces}"},
    "sheet.no_picture": {"es": "sin imagen", "en": "no picture"},
    "sheet.source.mj": {"es": "MidJourney", "en": "MidJourney"},
    "sheet.source.real": {"es": "foto real", "en": "real photo"},
    # --- dataset -----------------------------------------------------------------------------------------------------
    "dataset.no_pictures": {
        "es": "No hay ninguna imagen aprobada con la que preparar el dataset (fichas: {total}).\nCausa: falta importar "
              "imágenes, procesar las caras o aprobar alguna.\nQué hacer: importa imágenes, procesa las caras y revisa las "
              "rechazadas.",
        "en": "There is no approved picture to make a dataset of (records: {total}).\nWhy: importing, face processing or an "
              "approval is missing.\nWhat to do: import pictures, process the faces, and review the refused ones.",
    },
    "dataset.missing_crops": {
        "es": "Faltan recortes aprobados en {folder}: {n}, p. ej. {image}.\nCausa: se borraron o movieron.\n"
              "Qué hacer: ejecuta otra vez el procesamiento facial, que los hace de nuevo.",
        "en": "Approved crops are missing in {folder}: {n}, e.g. {image}.\nWhy: they were deleted or moved.\n"
              "What to do: run the face processing again; it makes them anew.",
    },
    "dataset.not_written": {
        "es": "No se ha podido escribir {path}.\nCausa: {detail}\nQué hacer: comprueba el espacio y los permisos del disco y "
              "repite; el dataset anterior sigue en su sitio.",
        "en": "{path} could not be written.\nWhy: {detail}\nWhat to do: check the disk's space and permissions and repeat; the "
              "earlier dataset is still in its place.",
    },
    "dataset.in_use": {
        "es": "No se puede sustituir {path}.\nCausa: {detail}\nQué hacer: cierra los programas que tengan abierta esa carpeta "
              "y repite; el dataset anterior sigue en su sitio.",
        "en": "{path} cannot be replaced.\nWhy: {detail}\nWhat to do: close the programs that hold that folder open and "
              "repeat; "
              "the earlier dataset is still in its place.",
    },
    "dataset.not_as_planned": {
        "es": "El dataset escrito no es el planeado y no se ha dado por bueno.\nCausa: {detail}\nQué hacer: repite; si vuelve "
              "a ocurrir, comprueba el disco.",
        "en": "The dataset that was written is not the planned one, and was not accepted.\nWhy: {detail}\nWhat to do: repeat; "
              "if it happens again, check the disk.",
    },
    "report.title": {"es": "Dataset", "en": "Dataset"},
    "report.summary": {
        "es": "Imágenes: {used} · rechazadas: {refused} · exposiciones por época: {exposures} · palabra de activación: "
              "{trigger} · {when}",
        "en": "Pictures: {used} · refused: {refused} · exposures per epoch: {exposures} · trigger word: {trigger} · {when}",
    },
    "report.advice": {"es": "¿Listo para entrenar?", "en": "Ready to train?"},
    "report.notes": {"es": "Avisos de la preparación", "en": "Notes of the preparation"},
    "report.balance": {"es": "Reparto de lo que ve el entrenador", "en": "Shares of what the trainer sees"},
    "report.coverage": {"es": "Variedad", "en": "Variety"},
    "report.mj": {"es": "MidJourney", "en": "MidJourney"},
    "report.real": {"es": "Foto real", "en": "Real photo"},
    "report.no_picture": {"es": "sin imagen", "en": "no picture"},
    "report.asked": {"es": "Pedido", "en": "Asked"},
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
        "es": "El dataset está bien, pero su informe no se pudo escribir en {path}: {detail}. Ciérralo si está "
              "abierto y repite.",
        "en": "The dataset is fine, but its report could not be written to {path}: {detail}. Close it if it is open, and "
              "repeat.",
    },
    "dataset.note.identity_left_out": {
        "es": "Rasgos que no se escriben para que se aprendan con la palabra de activación ({n}): {phrases}",
        "en": "Traits that are not written, so that they are learnt with the trigger word ({n}): {phrases}",
    },
    "dataset.note.no_mj": {
        "es": "No hay imágenes MidJourney aprobadas, aunque se pide un {percent:.0f} %: se entrena solo con fotos reales. "
              "Ayudaría añadir: {n}.",
        "en": "There are no approved MidJourney pictures, though {percent:.0f} % is asked for: only real photos are trained. "
              "It would help to add: {n}.",
    },
    "dataset.note.no_real": {
        "es": "No hay fotos reales aprobadas, aunque se pide un {percent:.0f} %: se entrena solo con MidJourney y el parecido "
              "depende de ellas. Ayudaría añadir: {n}.",
        "en": "There are no approved real photos, though {percent:.0f} % is asked for: only MidJourney pictures are trained, "
              "and the likeness depends on them. It would help to add: {n}.",
    },
    "dataset.note.left_out": {
        "es": "Imágenes aprobadas que no entran en el reparto: {n}.",
        "en": "Approved pictures left out for the sake of the shares: {n}.",
    },
    "dataset.note.capped_mj": {
        "es": "MidJourney llega al {reached:.1f} % y no al {asked:.0f} %: ninguna imagen se repite más de {ratio:.0f} veces lo "
              "que otra. Ayudarían imágenes MidJourney: {n} más.",
        "en": "MidJourney reaches {reached:.1f} %, not {asked:.0f} %: no picture is repeated more than {ratio:.0f} times as "
              "often "
              "as another. It would help to add MidJourney pictures: {n}.",
    },
    "dataset.note.capped_real": {
        "es": "Las fotos reales llegan al {reached:.1f} % y no al {asked:.0f} %: ninguna imagen se repite más de {ratio:.0f} "
              "veces lo que otra. Ayudarían fotos reales: {n} más.",
        "en": "Real photos reach {reached:.1f} %, not {asked:.0f} %: no picture is repeated more than {ratio:.0f} times as "
              "often "
              "as another. It would help to add real photos: {n}.",
    },
    "dataset.note.as_is_mj": {
        "es": "MidJourney llega al {reached:.1f} % y no al {asked:.0f} % (todas se repiten igual). Ayudarían imágenes "
              "MidJourney: {n} más.",
        "en": "MidJourney reaches {reached:.1f} %, not {asked:.0f} % (all are repeated alike). It would help to add MidJourney "
              "pictures: {n}.",
    },
    "dataset.note.as_is_real": {
        "es": "Las fotos reales llegan al {reached:.1f} % y no al {asked:.0f} % (todas se repiten igual). Ayudarían fotos "
              "reales: {n} más.",
        "en": "Real photos reach {reached:.1f} %, not {asked:.0f} % (all are repeated alike). It would help to add real "
              "photos: {n}.",
    },
    "dataset.note.whole_repeats": {
        "es": "Se pide un {asked:.0f} % y se llega al {reached:.1f} %: con imágenes y repeticiones enteras no se "
              "puede más cerca.",
        "en": "{asked:.0f} % is asked for and {reached:.1f} % reached: whole pictures and repeats come no "
              "nearer.",
    },
    "dataset.note.captions_adopted": {
        "es": "Textos editados a mano en training_data, que se conservan como tuyos: {n} (p. ej. {image}).",
        "en": "Captions edited by hand in training_data, kept as yours: {n} (e.g. {image}).",
    },
    "dataset.note.foreign_moved": {
        "es": "Había en training_data archivos que el entrenador habría leído o que no son del dataset: están ahora en {path}",
        "en": "training_data held files that the trainer would have read, or that are none of the dataset's: now in {path}",
    },
    "advice.no_trigger": {
        "es": "Textos tuyos que no empiezan por «{trigger}»: {n}. Lo que enseñan no quedará unido a esa palabra.",
        "en": "Captions of yours that do not begin with '{trigger}': {n}. What they show will not be tied to that word.",
    },
    "advice.identity_named": {
        "es": "Textos que nombran rasgos de la persona ({words}): {n}. Lo que se nombra se separa de ella; quítalo si es "
              "siempre así.",
        "en": "Captions that name traits of the person ({words}): {n}. What is named is set apart from the person; take it "
              "out where it is always so.",
    },
    "advice.one_light": {
        "es": "Casi todas tienen el mismo brillo ({low:.0f}-{high:.0f} de 255). Ayudarían fotos con otra luz.",
        "en": "Nearly all are equally bright ({low:.0f}-{high:.0f} of 255). Pictures in other light would help.",
    },
    "advice.ready": {"es": "Listo para entrenar. Imágenes: {n}", "en": "Ready to train. Pictures: {n}"},
    "advice.too_few": {
        "es": "Imágenes: {n}. Con menos de {minimum} no se aprende a una persona; los buenos resultados empiezan en {good}.",
        "en": "Pictures: {n}. Fewer than {minimum} do not teach a person; good results begin at {good}.",
    },
    "advice.few": {
        "es": "Imágenes: {n}. Son pocas; el parecido mejora a partir de {good} variadas.",
        "en": "Pictures: {n}. These are few; likeness improves from {good} varied ones on.",
    },
    "advice.near_duplicates": {
        "es": "Casi iguales a otra imagen: {n}. Pesan como repeticiones; rechaza las que sobren en Revisar.",
        "en": "Almost the same as another picture: {n}. They weigh as repeats; refuse the spare ones in Review.",
    },
    "advice.shares": {
        "es": "El reparto queda en {mj:.1f} % MidJourney y {real:.1f} % reales (pedido: {mj_asked:.0f} / {real_asked:.0f}).",
        "en": "The shares are {mj:.1f} % MidJourney and {real:.1f} % real (asked for: {mj_asked:.0f} / {real_asked:.0f}).",
    },
    "advice.same_caption": {
        "es": "{n} de {total} imágenes tienen el mismo texto («{text}»): lo que varía entre ellas se mezcla con la persona.",
        "en": "{n} of {total} pictures have the same caption ('{text}'): what varies between them blends with the person.",
    },
    "advice.one_view": {
        "es": "Casi todas muestran la cara desde el mismo lado ({view}: {n}). Ayudan otros ángulos.",
        "en": "Nearly all show the face from one side ({view}: {n}). Other angles help.",
    },
    "advice.one_pitch": {
        "es": "Casi todas tienen la cabeza igual de inclinada, más de {limit:.0f}° (imágenes: {n}). Ayudan fotos a la altura "
              "de "
              "los ojos.",
        "en": "Nearly all heads are raised or lowered alike, by more than {limit:.0f}° (pictures: {n}). Pictures at eye level "
              "help.",
    },
    "advice.one_framing": {
        "es": "Todas las caras ocupan casi lo mismo del encuadre ({low:.0f}-{high:.0f} % de su alto): se aprenden retratos así "
              "de cerca. Para planos más abiertos, sube faces.face_padding_factor en config.json y procesa de nuevo.",
        "en": "All faces take up nearly the same part of the frame ({low:.0f}-{high:.0f} % of its height): portraits that "
              "close are learnt. For wider shots, raise faces.face_padding_factor in config.json and process again.",
    },
    "sheet.groups": {
        "es": "{client} · grupos de MidJourney {first}-{last} (grupos: {total})",
        "en": "{client} · groups of MidJourney {first}-{last} (groups: {total})",
    },
    "progress.groups": {"es": "Hoja de grupos", "en": "Sheet of groups"},
    "unit.groups": {"es": "grupos", "en": "groups"},
    "sheet.no_prompt": {"es": "sin prompt", "en": "no prompt"},
    "prompt.sheet": {
        "es": "Hoja con las imágenes de cada grupo: {path}",
        "en": "Sheet with the pictures of each group: {path}",
    },
    "col.review_numbers": {"es": "N.º en Revisar", "en": "No. in Review"},
    "advice.bursts": {
        "es": "Fotos de la misma cámara a {seconds:.0f} s o menos de la anterior: {n}. Una ráfaga enseña lo mismo varias "
              "veces; "
              "rechaza las que sobren en Revisar.",
        "en": "Photos by the same camera {seconds:.0f} s or less after another: {n}. A burst teaches one thing several times; "
              "refuse the spare ones in Review.",
    },
    "advice.one_style": {
        "es": "Casi todas las imágenes MidJourney usan el mismo código de estilo ({style}; imágenes: {n}): ese estilo se "
              "aprenderá con la persona. Ayudan imágenes sin él o con otros.",
        "en": "Nearly all MidJourney pictures use the same style code ({style}; pictures: {n}): that style will be learnt with "
              "the person. Pictures without it or with others help.",
    },
    "advice.style_word": {
        "es": "Casi todos los prompts de MidJourney piden el mismo estilo ({style}; imágenes: {n}): se aprenderá con la "
              "persona. Ayudan imágenes de prompts sin esas palabras.",
        "en": "Nearly all MidJourney prompts ask for the same style ({style}; pictures: {n}): it will be learnt with the "
              "person. Pictures of prompts without these words help.",
    },
    "advice.enlarged": {
        "es": "{n} de {total} recortes están ampliados: había menos de {side} px y les falta detalle.",
        "en": "{n} of {total} crops are enlarged: there were fewer than {side} px, so they lack detail.",
    },
    "caption.no_trigger": {
        "es": "Un texto tuyo no empieza por la palabra de activación «{trigger}»: «{text}». Esa imagen no se asociará a ella.",
        "en": "A caption of yours does not begin with the trigger word '{trigger}': '{text}'. That picture will not be tied "
              "to it.",
    },
    "caption.several_lines": {
        "es": "Un texto tuyo tiene varias líneas y el entrenador solo lee la primera: «{text}»",
        "en": "A caption of yours has several lines, and the trainer reads only the first: '{text}'",
    },
    "caption.trigger.common": {
        "es": "«{word}» es o contiene algo corriente: el modelo ya lo conoce y se mezclará con la persona. Una más rara: "
              "«{suggestion}».",
        "en": "'{word}' is or holds something common: the model knows it already and will blend it with the person. "
              "A rarer one: '{suggestion}'.",
    },
    "caption.trigger.many_tokens": {
        "es": "«{word}» puede partirse en hasta {n} piezas (mejor {limit} o menos) y se aprende peor. Una más corta: "
              "«{suggestion}».",
        "en": "'{word}' may split into up to {n} pieces ({limit} or fewer is better) and is learnt less well. A shorter one: "
              "'{suggestion}'.",
    },
    "image.not_in_dataset": {
        "es": "{image} no es ninguna imagen aprobada de este cliente.\nCausa: no existe, está rechazada o falta procesarla.\n"
              "Qué hacer: mira los nombres con captions o apruébala con review.",
        "en": "{image} is no approved picture of this client.\nWhy: it does not exist, was refused or is not yet processed.\n"
              "What to do: look up the names with captions, or approve it with review.",
    },
    "caption.nothing_given": {
        "es": "No hay texto que buscar, añadir o quitar.\nCausa: está vacío.\nQué hacer: escribe al menos una palabra.",
        "en": "There is no text to look for, add or take out.\nWhy: it is empty.\nWhat to do: type at least one word.",
    },
    "caption.no_captioner": {
        "es": "No se pueden describir las imágenes automáticamente.\nCausa: falta {path}\nQué hacer: instala el entrenador con "
              "«python avatar_pipeline.py setup --trainer», o escribe los textos a mano.",
        "en": "Pictures cannot be described automatically.\nWhy: {path} is missing\nWhat to do: install the trainer with "
              "'python avatar_pipeline.py setup --trainer', or write the captions by hand.",
    },
    "caption.captioner_failed": {
        "es": "El descriptor del entrenador terminó con el código {code}; los textos siguen como estaban.\nCausa: {detail}\n"
              "Qué hacer: si falta un paquete (onnxruntime, timm), instálalo en el entorno del entrenador; si falta conexión, "
              "repite: lo ya descrito se conserva.",
        "en": "The trainer's captioner ended with code {code}; the captions are as they were.\nWhy: {detail}\nWhat to do: if a "
              "package is missing (onnxruntime, timm), install it into the trainer's environment; if the network failed, "
              "repeat: what is described already is kept.",
    },
    "caption.long": {
        "es": "El texto de {image} puede llegar a {n} tokens; el entrenador lee {limit} y deja fuera el final.",
        "en": "The caption of {image} may reach {n} tokens; the trainer reads {limit} and leaves out the end.",
    },
    "caption.bad_text": {
        "es": "Ese texto no sirve para una imagen.\nCausa: está vacío o tiene varias líneas, y el entrenador solo lee la "
              "primera.\n"
              "Qué hacer: escribe una sola línea que empiece por «{trigger}».",
        "en": "That text cannot stand beside a picture.\nWhy: it is empty or has several lines, and the trainer reads only the "
              "first.\nWhat to do: type one line that begins with '{trigger}'.",
    },
    "dataset.ignored.no_number": {
        "es": "el nombre no empieza por un número y «_»: el entrenador la pasa por alto",
        "en": "its name does not begin with a number and '_': the trainer passes it over",
    },
    "dataset.ignored.no_repeats": {
        "es": "cero repeticiones: el entrenador la pasa por alto",
        "en": "zero repeats: the trainer passes it over",
    },
    "dataset.ignored.no_pictures": {
        "es": "no contiene ninguna imagen que el entrenador lea",
        "en": "it holds no picture that the trainer reads",
    },
    "dataset.problem.no_pictures": {
        "es": "El entrenador no encontraría ninguna imagen en {path} y terminaría sin error y sin modelo. Prepara el dataset.",
        "en": "The trainer would find no picture in {path}, and end without an error and without a model. Prepare the dataset.",
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
        "en": "{file} is no readable picture: the trainer stops there without naming it. Prepare the dataset again.",
    },
    "dataset.problem.foreign_folder": {
        "es": "La carpeta {folder} no es de {client} y se entrenaría junto con las suyas. Sácala de training_data.",
        "en": "The folder {folder} is not {client}'s and would be trained together with theirs. Move it out of training_data.",
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
        "es": "{folder} contiene cachés de un entrenamiento anterior ({n}, p. ej. {file}) que el entrenador no comprueba. "
              "Prepara el dataset otra vez.",
        "en": "{folder} holds caches of an earlier training ({n}, e.g. {file}) that the trainer does not check. "
              "Prepare the dataset again.",
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
        "es": "El texto de {file} empieza con una marca BOM que el entrenador toma por un carácter. Guárdalo como UTF-8 sin "
              "BOM.",
        "en": "The caption of {file} begins with a byte order mark, which the trainer takes for a character. Save it without.",
    },
    # --- training ----------------------------------------------------------------------------------------------------
    "queue.turn": {"es": "Turno de «{client}»", "en": "Now '{client}'"},
    "train.phase.accelerator": {"es": "El entrenador arranca…", "en": "The trainer is starting…"},
    "train.phase.model": {"es": "Carga el modelo base (unos 7 GB)…", "en": "It is loading the base model (about 7 GB)…"},
    "train.phase.latents": {"es": "Prepara las imágenes…", "en": "It is preparing the pictures…"},
    "train.phase.text_encoders": {"es": "Prepara los textos…", "en": "It is preparing the captions…"},
    "train.phase.network": {"es": "Prepara el LoRA…", "en": "It is preparing the LoRA…"},
    "plot.title": {"es": "{client}: pérdida del entrenamiento {run}", "en": "{client}: loss of training {run}"},
    "plot.step": {"es": "Paso", "en": "Step"},
    "plot.loss": {"es": "Pérdida", "en": "Loss"},
    "plot.each": {"es": "de cada paso", "en": "of each step"},
    "plot.mean": {"es": "media del entrenador", "en": "the trainer's mean"},
    "plot.smoothed": {"es": "suavizada", "en": "smoothed"},
    "plot.rate": {"es": "Tasa de aprendizaje", "en": "Learning rate"},
    "plot.resumed": {"es": "continuado", "en": "resumed"},
    "plot.written": {"es": "Curva de la pérdida: {path}", "en": "Curve of the loss: {path}"},
    "plot.failed": {
        "es": "No se pudo dibujar la curva de la pérdida. Causa: {detail}",
        "en": "The curve of the loss could not be drawn. Why: {detail}",
    },
    "board.started": {
        "es": "TensorBoard con las curvas de «{client}»: {address}",
        "en": "TensorBoard with the curves of '{client}': {address}",
    },
    "board.ends": {"es": "Se cierra con el programa.", "en": "It ends with the program."},
    "board.wait": {"es": "Enter o Ctrl+C para cerrarlo:", "en": "Enter or Ctrl+C to end it:"},
    "board.ended": {"es": "TensorBoard cerrado.", "en": "TensorBoard has ended."},
    "board.not_installed": {
        "es": "TensorBoard no está instalado.\nCausa: no lo tienen ni el entorno de este programa ni el del entrenador.\nQué "
              "hacer: instala el entrenador con «python avatar_pipeline.py setup --trainer», o «pip install tensorboard» "
              "aquí. La curva como imagen "
              "(loss.png) no lo necesita.",
        "en": "TensorBoard is not installed.\nWhy: neither this program's environment nor the trainer's has it.\nWhat to do: "
              "install the trainer with 'python avatar_pipeline.py setup --trainer', or 'pip install tensorboard' here. The "
              "curve as a picture "
              "(loss.png) does not need it.",
    },
    "board.not_started": {
        "es": "TensorBoard no arranca.\nCausa: {detail}\nQué hacer: actualízalo con «pip install --upgrade tensorboard» en el "
              "entorno que lo tiene.",
        "en": "TensorBoard does not start.\nWhy: {detail}\nWhat to do: update it with 'pip install --upgrade tensorboard' in "
              "the environment that has it.",
    },
    "queue.title": {"es": "Cola de entrenamientos", "en": "Queue of trainings"},
    "queue.none": {
        "es": "La cola está vacía. Para llenarla: «Añadir clientes» en el menú, o queue add ID ID …",
        "en": "The queue is empty. To fill it: 'Add clients' in the menu, or queue add ID ID …",
    },
    "queue.changed": {"es": "Cola: {client}: {state}. {reason}", "en": "Queue: {client}: {state}. {reason}"},
    "queue.state.waiting": {"es": "en espera", "en": "waiting"},
    "queue.state.running": {"es": "entrenando", "en": "training"},
    "queue.state.stopped": {"es": "detenido por ti", "en": "stopped by you"},
    "queue.state.done": {"es": "terminado", "en": "finished"},
    "queue.state.failed": {"es": "fallido", "en": "failed"},
    "queue.stopped": {
        "es": "Has detenido la cola. Para seguir donde quedó: «Entrenar la cola» en el menú, o queue run.",
        "en": "You stopped the queue. To go on where it was: 'Train the queue' in the menu, or queue run.",
    },
    "queue.failed": {
        "es": "La cola ha terminado, pero no todos los entrenamientos salieron bien: {clients}.\nCausa: está en la tabla.\n"
              "Qué hacer: arregla lo que dice y vuelve a añadirlos con queue add.",
        "en": "The queue has ended, but not every training went well: {clients}.\nWhy: it stands in the table.\nWhat to do: "
              "mend what it says and add them again with queue add.",
    },
    "queue.empty": {
        "es": "Nadie espera en la cola.\nCausa: está vacía, o todos han terminado.\nQué hacer: añade clientes con «Añadir "
              "clientes» en el menú, o con queue add ID ID …",
        "en": "Nobody waits in the queue.\nWhy: it is empty, or all have ended.\nWhat to do: add clients with 'Add clients' "
              "in the menu, or with queue add ID ID …",
    },
    "queue.busy": {
        "es": "Otro programa está usando la cola.\nCausa: {path} está ocupado.\nQué hacer: espera a que termine, o ciérralo.",
        "en": "Another program is using the queue.\nWhy: {path} is in use.\nWhat to do: wait until it ends, or close it.",
    },
    "queue.not_in": {
        "es": "«{client}» no está en la cola.\nCausa: nunca se añadió, o ya se quitó.\nQué hacer: mira queue list.",
        "en": "'{client}' is not in the queue.\nWhy: it was never added, or was removed.\nWhat to do: look at queue list.",
    },
    "queue.bad_file": {
        "es": "La cola no se entiende: {path}\nCausa: {detail}\nQué hacer: borra ese archivo y vuelve a llenarla.",
        "en": "The queue cannot be understood: {path}\nWhy: {detail}\nWhat to do: delete that file and fill it again.",
    },
    "queue.bug": {
        "es": "Este entrenamiento tropezó con un error del programa; los demás siguieron. Detalle: {detail}",
        "en": "This training met a bug of the program; the others went on. Detail: {detail}",
    },
    "train.stop.title": {
        "es": "Ctrl+C en el paso {step} de {total}. El entrenamiento sigue mientras contestas; otro Ctrl+C lo detiene ya.",
        "en": "Ctrl+C at step {step} of {total}. The training goes on while you answer; another Ctrl+C stops it now.",
    },
    "train.stop.now": {
        "es": "Detenerlo ya (se pierde lo hecho desde el último punto de guardado)",
        "en": "Stop it now (what was done since the last checkpoint is lost)",
    },
    "train.stop.checkpoint": {
        "es": "Detenerlo tras el próximo punto de guardado (paso {step}, en {left:minuto|minutos})",
        "en": "Stop it after the next checkpoint (step {step}, in {left:minute|minutes})",
    },
    "train.stop.continue": {"es": "Seguir entrenando", "en": "Go on training"},
    "train.stop.ask": {"es": "Elige un número (1-{last}):", "en": "Choose a number (1-{last}):"},
    "train.stopped": {
        "es": "Entrenamiento detenido en el paso {step} de {total}. Lo que había guardado sigue en su carpeta.",
        "en": "Training stopped at step {step} of {total}. What it had saved stays in its folder.",
    },
    "train.settled": {
        "es": "Un entrenamiento de «{client}» ({run}) terminó mientras el programa estaba cerrado. {cause}",
        "en": "A training of '{client}' ({run}) ended while the program was closed. {cause}",
    },
    "train.settled_success": {
        "es": "Un entrenamiento de «{client}» ({run}) terminó bien mientras el programa estaba cerrado. Verificado: {path}",
        "en": "A training of '{client}' ({run}) ended well while the program was closed. Verified: {path}",
    },
    "train.orphan.title": {
        "es": "Un entrenamiento de «{client}» sigue en marcha (paso {step} de {total}): el programa que lo empezó se cerró.",
        "en": "A training of '{client}' goes on (step {step} of {total}): the program that started it was closed.",
    },
    "train.orphan.adopt": {
        "es": "Vigilarlo hasta el final, como si nada hubiera pasado",
        "en": "Watch it to its end, as if nothing had happened",
    },
    "train.orphan.stop": {"es": "Detenerlo; lo guardado se queda", "en": "Stop it; what was saved stays"},
    "train.orphan.leave": {"es": "Dejarlo seguir sin vigilar", "en": "Let it go on unwatched"},
    "train.cause.at_checkpoint": {
        "es": "Entrenamiento detenido por ti en el paso {step} de {total}, con todo guardado. Para continuarlo: train "
              "--resume (o Entrenar > Continuar un entrenamiento interrumpido en el menú).",
        "en": "Training stopped by you at step {step} of {total}, with everything saved. To go on with it: train --resume "
              "(or Train > Resume an interrupted training in the menu).",
    },
    "train.cause.names_left": {
        "es": (
            "El modelo está en {path}, pero no se entregó.\n"
            "Causa: no se pudieron quitar los nombres de sus metadatos ({detail}).\n"
            "Qué hacer: haz sitio en el disco y entrena de nuevo, o guarda los nombres (metadata_names: keep)."
        ),
        "en": (
            "The model lies at {path} but was not handed over.\n"
            "Why: the names could not be taken out of its metadata ({detail}).\n"
            "What to do: make room on the disk and train again, or keep the names (metadata_names: keep)."
        ),
    },
    "train.other_machine": {
        "es": (
            "Aquí no se entrena solo: esta es la máquina {rank} de {machines}.\n"
            "Causa: el modelo lo escribe la máquina 0, y solo allí se puede comprobar.\n"
            "Qué hacer: copia la línea que muestra la prueba sin entrenar y ejecútala aquí a mano; luego entrena en la "
              "máquina 0."
        ),
        "en": (
            "This machine does not train by itself: it is number {rank} of {machines}.\n"
            "Why: machine 0 writes the model, and only there can it be checked.\n"
            "What to do: copy the line that the dry run shows and start it here by hand; then train on machine 0."
        ),
    },
    "train.orphan": {
        "es": "Un entrenamiento de «{client}» sigue en marcha sin que nadie lo vigile: {run}, paso {step} de {total}.\n"
              "Causa: el programa que lo empezó se cerró.\nQué hacer: «monitor {client} --adopt» para vigilarlo hasta el "
              "final, o «monitor {client} --stop» para detenerlo.",
        "en": "A training of '{client}' goes on with nobody watching: {run}, step {step} of {total}.\nWhy: the program that "
              "started it was closed.\nWhat to do: 'monitor {client} --adopt' to watch it to its end, or 'monitor {client} "
              "--stop' to stop it.",
    },
    "train.no_such_run": {
        "es": "En «{client}» no hay ningún entrenamiento en marcha sin vigilar ({run}).\nCausa: ha terminado, o lo vigila "
              "otro programa.\nQué hacer: mira «monitor {client}».",
        "en": "No training of '{client}' goes on unwatched ({run}).\nWhy: it has ended, or another program watches it.\n"
              "What to do: look at 'monitor {client}'.",
    },
    "train.bad_record": {
        "es": "El registro de un entrenamiento no se entiende: {path}\nCausa: {detail}\nQué hacer: entrena de nuevo.",
        "en": "The record of a training cannot be understood: {path}\nWhy: {detail}\nWhat to do: train again.",
    },
    "train.warning.spill": {
        "es": "El entrenamiento va {slower:.0f} veces más despacio que antes ({seconds:.1f} s por paso en vez de "
              "{before:.1f}) y la tarjeta está llena ({used:.1f} de {total:.1f} GiB).\nCausa: Windows presta memoria del "
              "equipo a la tarjeta, que es mucho más lenta.\nQué hacer: cierra otros programas que usen la tarjeta; si "
              "sigue igual, Ctrl+C y configura con --set fp8_base=true o --set resolution=768.",
        "en": "The training is {slower:.0f} times slower than before ({seconds:.1f} s a step instead of {before:.1f}) and "
              "the card is full ({used:.1f} of {total:.1f} GiB).\nWhy: Windows lends the card memory of the computer, "
              "which is far slower.\nWhat to do: close other programs that use the card; if that does not help, Ctrl+C and "
              "configure with --set fp8_base=true or --set resolution=768.",
    },
    "train.warning.silent": {
        "es": "El entrenador lleva {minutes:.0f} minutos sin decir nada (paso {step}, fase {phase}).\nCausa: está colgado, o "
              "el disco o la tarjeta van muy despacio.\nQué hacer: mira si la tarjeta trabaja; si no, Ctrl+C y continúa con "
              "train --resume.",
        "en": "The trainer has said nothing for {minutes:.0f} minutes (step {step}, phase {phase}).\nWhy: it hangs, or the "
              "disk or the card is very slow.\nWhat to do: see whether the card is at work; if not, Ctrl+C and go on with "
              "train --resume.",
    },
    "train.again": {
        "es": "Nuevo intento ({n} de {most} como máximo), con {name} de {before} a {after}: {why}.",
        "en": "Trying again ({n} of at most {most}), with {name} from {before} to {after}: {why}.",
    },
    "train.warning.steadier": {
        "es": "La pérdida dejó de ser un número y se ha entrenado con otro valor: {name} de {before} a {after}.",
        "en": "The loss was no number any more, and it was trained with another value: {name} from {before} to {after}.",
    },
    "train.warning.lighter": {
        "es": "Al equipo le faltó memoria y se ha entrenado con menos memoria del equipo: {name} de {before} a {after}.",
        "en": "The computer ran out of memory, and it was trained with less of the computer's memory: {name} from {before} to "
              "{after}.",
    },
    "train.change.nan_precision": {
        "es": "la pérdida dejó de ser un número; bf16 llega mucho más lejos que fp16",
        "en": "the loss was no number any more; bf16 reaches much further than fp16",
    },
    "train.change.nan_vae": {
        "es": "la pérdida dejó de ser un número; el VAE de SDXL se desborda en media precisión",
        "en": "the loss was no number any more; the VAE of SDXL overflows in half precision",
    },
    "train.change.nan_rate": {
        "es": "la pérdida dejó de ser un número; con la mitad de tasa los pasos son menores",
        "en": "the loss was no number any more; at half the rate the steps are smaller",
    },
    "train.change.host_memory": {
        "es": "al equipo le faltó memoria; así necesita unos 9 GB del equipo en vez de 14",
        "en": "the computer ran out of memory; this way it needs about 9 GB of the computer instead of 14",
    },
    "train.arithmetic": {
        "es": "Imágenes: {images}. Exposiciones por época: {exposures_per_epoch}. Pasos por época: {steps_per_epoch}. "
              "Épocas: {epochs}. Pasos: {steps}. Exposiciones en total: {exposures} ({exposures_per_image:.0f} por "
              "imagen). Puntos de guardado: {checkpoints}.",
        "en": "Pictures: {images}. Exposures per epoch: {exposures_per_epoch}. Steps per epoch: {steps_per_epoch}. "
              "Epochs: {epochs}. Steps: {steps}. Exposures in all: {exposures} ({exposures_per_image:.0f} a picture). "
              "Checkpoints: {checkpoints}.",
    },
    "train.memory": {
        "es": "Memoria de la tarjeta, estimada (no medida): {total_gib:.1f} GiB; disponible: {free} GiB. U-Net "
              "{unet_gib:.1f}; LoRA y optimizador {lora_gib:.1f}; codificadores de texto {text_encoders_gib:.1f}; "
              "activaciones {activations_gib:.1f}; CUDA {context_gib:.1f}. Antes, al preparar las imágenes: "
              "{caching_gib:.1f}. Al hacer muestras: {sampling_gib:.1f}. Memoria del equipo: {host_gib:.0f} GiB.",
        "en": "Graphics memory, estimated (not measured): {total_gib:.1f} GiB; available: {free} GiB. U-Net "
              "{unet_gib:.1f}, LoRA and optimizer {lora_gib:.1f}, text encoders {text_encoders_gib:.1f}, activations "
              "{activations_gib:.1f}, CUDA {context_gib:.1f}; before that, preparing the pictures: {caching_gib:.1f}; "
              "making samples: {sampling_gib:.1f}. Memory of the computer: {host_gib:.0f} GiB.",
    },
    "train.success": {
        "es": "Entrenado y verificado: {path}\nPasos: {steps}. Segundos: {seconds:.0f}.",
        "en": "Trained and verified: {path}\nSteps: {steps}. Seconds: {seconds:.0f}.",
    },
    "train.warning.on_cpu": {
        "es": "Se ha entrenado en el procesador: es solo una prueba del recorrido, no un LoRA útil.",
        "en": "It was trained on the processor: a trial of the whole way, no useful LoRA.",
    },
    "train.warning.cheaper": {
        "es": "La tarjeta se quedó sin memoria y se ha entrenado con menos: {name} de {before} a {after}.",
        "en": "The card ran out of memory, and it was trained with less: {name} from {before} to {after}.",
    },
    "train.cannot_start": {
        "es": "El entrenador no arranca.\nCausa: {python}: {detail}\nQué hacer: instala el entrenador con "
              "«python avatar_pipeline.py setup --trainer» o revisa trainer.python en config.json.",
        "en": "The trainer does not start.\nWhy: {python}: {detail}\nWhat to do: install the trainer with "
              "'python avatar_pipeline.py setup --trainer', or check trainer.python in config.json.",
    },
    "train.no_state": {
        "es": "No hay nada desde lo que continuar el entrenamiento de «{client}».\nCausa: ningún entrenamiento ha "
              "guardado un estado completo.\nQué hacer: entrena de nuevo; para poder continuar en el futuro, configura "
              "con --set save_state=true.",
        "en": "There is nothing to resume the training of '{client}' from.\nWhy: no run has saved a whole state.\nWhat "
              "to do: train again; to be able to resume in future, configure with --set save_state=true.",
    },
    "train.nothing_left": {
        "es": "No queda nada por entrenar.\nCausa: el estado guardado ya tiene {done:paso|pasos} y el plan pide {total}.\nQué "
              "hacer: pide más pasos con configure --set steps=N, o entrena de nuevo.",
        "en": "Nothing is left to train.\nWhy: the saved state has {done:step|steps} already and the plan asks for "
              "{total}.\nWhat to do: ask for more steps with configure --set steps=N, or train anew.",
    },
    "train.cannot_resume": {
        "es": "Este entrenador no puede continuar un entrenamiento contando bien los pasos.\nCausa: la versión {version} "
              "no tiene --initial_step.\nQué hacer: actualiza el entrenador con «python avatar_pipeline.py setup --trainer», "
              "o entrena de nuevo.",
        "en": "This trainer cannot resume with the right step count.\nWhy: version {version} has no "
              "--initial_step.\nWhat to do: update the trainer with 'python avatar_pipeline.py setup --trainer', or train "
              "anew.",
    },
    "train.cause.cancelled": {
        "es": "Entrenamiento detenido por ti en el paso {step} de {total}. Los puntos ya guardados siguen en la carpeta "
              "del entrenamiento.",
        "en": "Training stopped by you at step {step} of {total}. Checkpoints saved before stay in the run's folder.",
    },
    "train.cause.interrupted": {
        "es": "El entrenador fue interrumpido (Ctrl+C, o se cerró su ventana) en el paso {step} de {total}. "
              "Qué hacer: vuelve a entrenar.",
        "en": "The trainer was interrupted (Ctrl+C, or its window was closed) at step {step} of {total}. "
              "What to do: train again.",
    },
    "train.cause.terminated": {
        "es": "Otro programa, o el cierre de la sesión, terminó el entrenador en el paso {step} de {total}. "
              "Qué hacer: vuelve a entrenar.",
        "en": "Another program, or logging off, ended the trainer at step {step} of {total}. What to do: train again.",
    },
    "train.cause.killed": {
        "es": "El sistema mató al entrenador en el paso {step} de {total}.\nCausa: casi siempre falta memoria del equipo "
              "(unos 14 GB; 9 GB con full_bf16).\nQué hacer: cierra programas, o configura con --set full_bf16=true (o "
              "full_fp16=true en tarjetas sin bf16).",
        "en": "The system killed the trainer at step {step} of {total}.\nWhy: almost always too little memory of the "
              "computer (about 14 GB; 9 GB with full_bf16).\nWhat to do: close programs, or configure with --set "
              "full_bf16=true (full_fp16=true on cards without bf16).",
    },
    "train.cause.abandoned": {
        "es": "El programa se cerró en el paso {step} de {total} y el entrenamiento se acabó con él. Qué hacer: vuelve a "
              "entrenar. Registro: {log}",
        "en": "The program was closed at step {step} of {total} and the training ended with it. What to do: train again. "
              "Log: {log}",
    },
    "train.cause.bad_option": {
        "es": "El entrenador no acepta una opción.\nCausa: {detail}\nQué hacer: quita esa opción de --set, o actualiza "
              "el entrenador con «python avatar_pipeline.py setup --trainer».",
        "en": "The trainer refuses an option.\nWhy: {detail}\nWhat to do: remove that option from --set, or update the "
              "trainer with 'python avatar_pipeline.py setup --trainer'.",
    },
    "train.cause.no_data": {
        "es": "El entrenador no encontró imágenes y terminó sin entrenar (con código 0).\nCausa: training_data no tiene "
              "carpetas «N_cliente» con imágenes.\nQué hacer: prepara el dataset otra vez.",
        "en": "The trainer found no pictures and ended without training (with exit code 0).\nWhy: training_data holds no "
              "'N_client' folders with pictures.\nWhat to do: prepare the dataset again.",
    },
    "train.cause.gpu_memory": {
        "es": "La tarjeta se quedó sin memoria en el paso {step} de {total}.\nCausa: CUDA out of memory. {detail}\nQué "
              "hacer: cierra otros programas que usen la tarjeta, o configura con --set fp8_base=true, --set "
              "resolution=768 o --set network_dim=16.",
        "en": "The card ran out of memory at step {step} of {total}.\nWhy: CUDA out of memory. {detail}\nWhat to do: "
              "close other programs that use the card, or configure with --set fp8_base=true, --set resolution=768 or "
              "--set network_dim=16.",
    },
    "train.cause.nan": {
        "es": "El entrenamiento se estropeó: la pérdida dejó de ser un número (NaN), y el modelo no sirve.\nCausa: "
              "precisión insuficiente o tasa de aprendizaje alta; dónde (paso o archivo): {detail}\nQué hacer: usa bf16 "
              "si tu tarjeta lo tiene (--set mixed_precision=bf16), si no baja la tasa (--set learning_rate=0.00005); "
              "comprueba también el modelo base.",
        "en": "The training went bad: the loss is no number any more (NaN), and the model is useless.\nWhy: too little "
              "precision or too high a learning rate; where (step or file): {detail}\nWhat to do: use bf16 if your card "
              "has it (--set mixed_precision=bf16), else lower the rate (--set learning_rate=0.00005); check the base "
              "model too.",
    },
    "train.cause.disk_full": {
        "es": "No queda sitio en el disco.\nCausa: {detail}\nQué hacer: libera espacio o guarda menos puntos (--set "
              "save_every_n_steps=1000).",
        "en": "The disk is full.\nWhy: {detail}\nWhat to do: free some space, or save fewer checkpoints (--set "
              "save_every_n_steps=1000).",
    },
    "train.cause.encoding": {
        "es": "El entrenador no pudo escribir japonés en la consola.\nCausa: {detail}\nQué hacer: lánzalo desde este "
              "programa, que usa UTF-8, o define PYTHONUTF8=1.",
        "en": "The trainer could not print Japanese on the console.\nWhy: {detail}\nWhat to do: start it from this "
              "program, which uses UTF-8, or set PYTHONUTF8=1.",
    },
    "train.cause.caption_encoding": {
        "es": "Un texto del dataset no es UTF-8.\nCausa: {detail}\nQué hacer: prepara el dataset otra vez.",
        "en": "A caption is not UTF-8.\nWhy: {detail}\nWhat to do: prepare the dataset again.",
    },
    "train.cause.no_bitsandbytes": {
        "es": "bitsandbytes falta en el entorno del entrenador, o no funciona con esta tarjeta, y los optimizadores de 8 bits "
              "lo necesitan.\nCausa: {detail}\nQué hacer: configura con --set optimizer=AdamW (más memoria) o "
              "optimizer=Adafactor (menos); o borra la carpeta venv del entrenador y repite «python avatar_pipeline.py setup "
              "--trainer».",
        "en": "bitsandbytes is missing in the trainer's environment or does not work with this card, and 8-bit optimizers "
              "need it.\nWhy: {detail}\nWhat to do: configure with --set optimizer=AdamW (more memory) or "
              "optimizer=Adafactor (less); or delete the trainer's folder venv and repeat 'python avatar_pipeline.py setup "
              "--trainer'.",
    },
    "train.cause.no_xformers": {
        "es": "xformers falta en el entorno del entrenador, o no funciona con esta tarjeta. Qué hacer: "
              "configura sin xformers (--set xformers=false --set sdpa=true). ({detail})",
        "en": "xformers is missing in the trainer's environment or does not work with this card. What to do: "
              "configure without it (--set xformers=false --set sdpa=true). ({detail})",
    },
    "train.cause.no_base_model": {
        "es": "No se encuentra el modelo base.\nCausa: {detail}\nQué hacer: corrige trainer.base_model en config.json "
              "(un archivo .safetensors de SDXL o un id de Hugging Face).",
        "en": "The base model is not found.\nWhy: {detail}\nWhat to do: mend trainer.base_model in config.json (an SDXL "
              ".safetensors file or a Hugging Face id).",
    },
    "train.cause.wrong_model": {
        "es": "El modelo base no es un modelo SDXL completo (puede ser SD 1.5, SD3, Flux o un LoRA), o está dañado.\nCausa: "
              "{detail}\nQué hacer: elige un modelo base SDXL 1.0, de unos 6,5 GB, en trainer.base_model (config.json).",
        "en": "The base model is no whole SDXL model (it may be SD 1.5, SD3, Flux or a LoRA), or it is damaged.\nWhy: "
              "{detail}\nWhat to do: choose an SDXL 1.0 base model, of about 6.5 GB, in trainer.base_model (config.json).",
    },
    "train.cause.broken_model": {
        "es": "El archivo del modelo base está dañado o incompleto.\nCausa: {detail}\nQué hacer: descárgalo otra vez, "
              "como .safetensors.",
        "en": "The base model's file is damaged or incomplete.\nWhy: {detail}\nWhat to do: download it again, as "
              ".safetensors.",
    },
    "train.cause.warmup": {
        "es": "El planificador no admite pasos de calentamiento.\nCausa: {detail}\nQué hacer: configura con --set "
              "lr_warmup_steps=0.",
        "en": "The scheduler takes no warm-up steps.\nWhy: {detail}\nWhat to do: configure with --set lr_warmup_steps=0.",
    },
    "train.cause.fp8_cpu": {
        "es": "fp8 no funciona en el procesador.\nCausa: {detail}\nQué hacer: configura con --set fp8_base=false.",
        "en": "fp8 does not work on the processor.\nWhy: {detail}\nWhat to do: configure with --set fp8_base=false.",
    },
    "train.cause.fp16_cpu": {
        "es": "fp16 no funciona en el procesador: el entrenador no encontró la tarjeta.\nCausa: {detail}\nQué hacer: "
              "instala en el entrenador un torch con CUDA («python avatar_pipeline.py setup --trainer»).",
        "en": "fp16 does not work on the processor: the trainer did not find the card.\nWhy: {detail}\nWhat to do: "
              "install a torch with CUDA for the trainer ('python avatar_pipeline.py setup --trainer').",
    },
    "train.cause.picture_size": {
        "es": "Una imagen del dataset no tiene el tamaño del entrenamiento.\nCausa: {detail}\nQué hacer: deja "
              "cache_latents activado, o prepara el dataset otra vez.",
        "en": "A picture of the dataset does not have the training size.\nWhy: {detail}\nWhat to do: leave cache_latents "
              "on, or prepare the dataset again.",
    },
    "train.cause.resolution": {
        "es": "La resolución no sirve para SDXL.\nCausa: {detail}\nQué hacer: usa un múltiplo de 64.",
        "en": "The resolution does not suit SDXL.\nWhy: {detail}\nWhat to do: use a multiple of 64.",
    },
    "train.cause.broken_picture": {
        "es": "Una imagen del dataset no se puede leer.\nCausa: {detail}\nQué hacer: prepara el dataset otra vez; el "
              "registro puede nombrarla.",
        "en": "A picture of the dataset cannot be read.\nWhy: {detail}\nWhat to do: prepare the dataset again; the log "
              "may name it.",
    },
    "train.cause.cuda": {
        "es": "El entrenador no puede usar la tarjeta.\nCausa: {detail}\nQué hacer: actualiza el controlador de NVIDIA y "
              "repite «python avatar_pipeline.py setup --trainer».",
        "en": "The trainer cannot use the card.\nWhy: {detail}\nWhat to do: update NVIDIA's driver and repeat "
              "'python avatar_pipeline.py setup --trainer'.",
    },
    "train.cause.no_network": {
        "es": "El entrenador no pudo descargar lo que le falta (modelo base o tokenizadores).\nCausa: {detail}\nQué "
              "hacer: conéctate y repite; después ya no hará falta la red.",
        "en": "The trainer could not download what it lacks (base model or tokenizers).\nWhy: {detail}\nWhat to do: go "
              "online and repeat; after that no network is needed.",
    },
    "train.cause.missing_package": {
        "es": "En el entorno del entrenador falta un paquete, o hay versiones que no encajan.\nCausa: {detail}\nQué hacer: "
              "borra la carpeta venv del entrenador y repite «python avatar_pipeline.py setup --trainer».",
        "en": "The trainer's environment lacks a package, or versions in it do not fit together.\nWhy: {detail}\nWhat to "
              "do: delete the trainer's folder venv and repeat 'python avatar_pipeline.py setup --trainer'.",
    },
    "train.cause.not_writable": {
        "es": "El entrenador no puede leer o escribir un archivo.\nCausa: {detail}\nQué hacer: cierra lo que lo tenga "
              "abierto (otro programa, OneDrive, el antivirus) y revisa los permisos de la carpeta del cliente; en Windows, "
              "permite Python en el acceso controlado a carpetas de Windows Defender, o lleva el programa fuera de "
              "Documentos y OneDrive.",
        "en": "The trainer cannot read or write a file.\nWhy: {detail}\nWhat to do: close what holds it open (another "
              "program, OneDrive, the antivirus) and check the permissions of the client's folder; on Windows allow Python "
              "in the controlled folder access of Windows Defender, or move the program out of Documents and OneDrive.",
    },
    "train.cause.gpu_fault": {
        "es": (
            "La tarjeta falló mientras calculaba, en el paso {step} de {total}.\nCausa: {detail}\nQué hacer: reinicia el "
            "equipo, quita cualquier overclock, actualiza el controlador de NVIDIA y continúa (train --resume) o entrena "
            "de nuevo. Si vuelve a pasar, configura con --set fp8_base=true: también falla así cuando le falta memoria."
        ),
        "en": (
            "The card failed while it computed, at step {step} of {total}.\nWhy: {detail}\nWhat to do: restart the "
            "computer, take back any overclocking, update NVIDIA's driver, and go on (train --resume) or train again. If "
            "it happens again, configure with --set fp8_base=true: want of memory looks like this too."
        ),
    },
    "train.cause.no_bf16": {
        "es": (
            "La tarjeta no tiene bf16.\nCausa: {detail}\nQué hacer: configura con --set mixed_precision=fp16 (y sin "
            "full_bf16)."
        ),
        "en": (
            "The card has no bf16.\nWhy: {detail}\nWhat to do: configure with --set mixed_precision=fp16 (and without "
            "full_bf16)."
        ),
    },
    "train.cause.nan_latents": {
        "es": (
            "El VAE del modelo base dio números no válidos (NaN) al preparar una imagen.\nCausa: se desborda en media "
            "precisión; imagen: {detail}\nQué hacer: configura con --set no_half_vae=true; si ya lo tenías, descarga de "
            "nuevo el modelo base o usa otro."
        ),
        "en": (
            "The base model's VAE gave no valid numbers (NaN) while a picture was prepared.\nWhy: it overflows in half "
            "precision; picture: {detail}\nWhat to do: configure with --set no_half_vae=true; if it was so already, "
            "download the base model again or use another."
        ),
    },
    "train.cause.hub_access": {
        "es": (
            "Hugging Face no deja descargar el modelo base.\nCausa: hace falta aceptar su licencia con una cuenta, o el "
            "token guardado ya no vale. {detail}\nQué hacer: descarga el archivo .safetensors con el navegador e indica su "
            "ruta en trainer.base_model (config.json), o renueva el token (HF_TOKEN)."
        ),
        "en": (
            "Hugging Face refuses the base model.\nWhy: its licence must be accepted with an account, or the stored token "
            "is no longer valid. {detail}\nWhat to do: download the .safetensors file with the browser and name its path "
            "in trainer.base_model (config.json), or renew the token (HF_TOKEN)."
        ),
    },
    "train.cause.proxy": {
        "es": (
            "Algo entre este equipo e internet no deja descargar.\nCausa: un proxy, o un antivirus que revisa las "
            "conexiones cifradas, o un reloj mal puesto. {detail}\nQué hacer: comprueba la fecha y la hora; quita en el "
            "antivirus la inspección de HTTPS mientras descarga; con un proxy, define HTTPS_PROXY (y REQUESTS_CA_BUNDLE "
            "con su certificado). O descarga una vez desde otra red."
        ),
        "en": (
            "Something between this computer and the internet prevents the download.\nWhy: a proxy, or an antivirus that "
            "looks into encrypted connections, or a wrong clock. {detail}\nWhat to do: check date and time; switch HTTPS "
            "scanning of the antivirus off for the download; with a proxy, set HTTPS_PROXY (and REQUESTS_CA_BUNDLE to its "
            "certificate). Or download once through another network."
        ),
    },
    "train.cause.library": {
        "es": (
            "Una biblioteca del sistema que el entrenador necesita no se puede cargar.\nCausa: {detail}\nQué hacer: en "
            "Windows, instala «Microsoft Visual C++ Redistributable» (aka.ms/vs/17/release/vc_redist.x64.exe) y reinicia; "
            "en Linux, instala el paquete que la contiene (libGL.so.1: sudo apt install libgl1). Si sigue igual, borra la "
            "carpeta venv del entrenador y repite «python avatar_pipeline.py setup --trainer»."
        ),
        "en": (
            "A library of the system that the trainer needs cannot be loaded.\nWhy: {detail}\nWhat to do: on Windows "
            "install 'Microsoft Visual C++ Redistributable' (aka.ms/vs/17/release/vc_redist.x64.exe) and restart; on "
            "Linux install the package that holds it (libGL.so.1: sudo apt install libgl1). If it stays so, delete the "
            "trainer's folder venv and repeat 'python avatar_pipeline.py setup --trainer'."
        ),
    },
    "train.cause.host_memory": {
        "es": (
            "Al equipo le faltó memoria (no a la tarjeta) en el paso {step} de {total}.\nCausa: {detail}\nQué hacer: cierra "
            "programas; en Windows, deja que el sistema administre el archivo de paginación (Configuración avanzada del "
            "sistema > Rendimiento > Memoria virtual) con 20 GB libres en el disco; o configura con --set full_bf16=true "
            "(full_fp16=true en tarjetas sin bf16)."
        ),
        "en": (
            "The computer, not the card, ran out of memory at step {step} of {total}.\nWhy: {detail}\nWhat to do: close "
            "programs; on Windows let the system manage the paging file (Advanced system settings > Performance > Virtual "
            "memory) with 20 GB free on the disk; or configure with --set full_bf16=true (full_fp16=true on cards without "
            "bf16)."
        ),
    },
    "train.cause.workers": {
        "es": (
            "Un proceso auxiliar que lee las imágenes se cayó en el paso {step} de {total}.\nCausa: {detail}\nQué hacer: "
            "configura con --set max_data_loader_n_workers=0 y cierra programas."
        ),
        "en": (
            "A helper process that reads the pictures broke down at step {step} of {total}.\nWhy: {detail}\nWhat to do: "
            "configure with --set max_data_loader_n_workers=0 and close programs."
        ),
    },
    "train.cause.path": {
        "es": (
            "El entrenador no encuentra un archivo.\nCausa: {detail}\nQué hacer: si lo has movido, devuélvelo o prepara el "
            "dataset otra vez. Si está en su sitio, la ruta es demasiado larga: lleva el programa a una carpeta corta, "
            "como C:\\avatar."
        ),
        "en": (
            "The trainer does not find a file.\nWhy: {detail}\nWhat to do: if you moved it, put it back or prepare the "
            "dataset again. If it is in its place, the path is too long: move the program to a short folder such as "
            "C:\\avatar."
        ),
    },
    "train.cause.state": {
        "es": (
            "El estado guardado no corresponde a este plan.\nCausa: la forma del LoRA o el optimizador han cambiado desde "
            "entonces. {detail}\nQué hacer: entrena de nuevo, sin --resume, o vuelve al plan con el que se guardó."
        ),
        "en": (
            "The saved state does not belong to this plan.\nWhy: the LoRA's shape or the optimizer has changed since. "
            "{detail}\nWhat to do: train anew, without --resume, or go back to the plan it was saved with."
        ),
    },
    "train.cause.several_cards": {
        "es": (
            "Los procesos de las varias tarjetas no se entienden entre sí.\nCausa: {detail}\nQué hacer: entrena con una "
            "sola tarjeta (--set num_processes=1); con varias máquinas, comprueba main_process_ip, el puerto y el "
            "cortafuegos, y que no quede otro entrenamiento abierto."
        ),
        "en": (
            "The processes of the several cards do not reach each other.\nWhy: {detail}\nWhat to do: train with one card "
            "(--set num_processes=1); with several machines check main_process_ip, the port and the firewall, and that no "
            "other training is left open."
        ),
    },
    "train.cause.crashed": {
        "es": (
            "El programa del entrenador se cayó sin decir nada en el paso {step} de {total} (código {code}).\nCausa: casi "
            "siempre falta memoria del equipo; si no, el controlador de la tarjeta o un paquete dañado.\nQué hacer: cierra "
            "programas y, en Windows, deja que el sistema administre el archivo de paginación, con 20 GB libres en el "
            "disco. Si sigue igual, actualiza el controlador, borra la carpeta venv del entrenador y repite «python "
            "avatar_pipeline.py setup --trainer»."
        ),
        "en": (
            "The trainer's program crashed without a word at step {step} of {total} (code {code}).\nWhy: almost always too "
            "little memory of the computer, else the card's driver or a damaged package.\nWhat to do: close programs and, "
            "on Windows, let the system manage the paging file, with 20 GB free on the disk. If it stays so, update the "
            "driver, delete the trainer's folder venv and repeat 'python avatar_pipeline.py setup --trainer'."
        ),
    },
    "train.cause.no_model": {
        "es": "El entrenador terminó sin guardar el modelo (código {code}).\nQué hacer: mira el registro.",
        "en": "The trainer ended without saving the model (code {code}).\nWhat to do: see the log.",
    },
    "train.cause.silent": {
        "es": (
            "El entrenador se detuvo en el paso {step} de {total} sin decir por qué (código {code}).\nCausa: desconocida; "
            "lo último que dijo: {detail}\nQué hacer: entrena otra vez; si vuelve a pararse ahí, reinicia el equipo. "
            "«doctor CLIENTE --bundle informe.zip» hace un informe para pedir ayuda. Registro: {log}"
        ),
        "en": (
            "The trainer stopped at step {step} of {total} without saying why (code {code}).\nWhy: unknown; its last "
            "words: {detail}\nWhat to do: train again; if it stops there again, restart the computer. 'doctor CLIENT "
            "--bundle report.zip' makes a report to ask for help with. Log: {log}"
        ),
    },
    "train.cause.unknown": {
        "es": "El entrenador falló en el paso {step} de {total} (código {code}).\nCausa: {detail}\nQué hacer: entrena "
              "otra vez; si se repite, busca esa línea en internet, o haz un informe con «doctor CLIENTE --bundle "
              "informe.zip». Registro: {log}",
        "en": "The trainer failed at step {step} of {total} (code {code}).\nWhy: {detail}\nWhat to do: train again; if it "
              "happens again, look for that line on the internet, or make a report with 'doctor CLIENT --bundle "
              "report.zip'. Log: {log}",
    },
    "checkpoint.none": {
        "es": "No hay ningún punto de guardado en el paso {steps}.\nHay: {known}.\nQué hacer: elige uno de esos.",
        "en": "There is no checkpoint at step {steps}.\nThere are: {known}.\nWhat to do: choose one of those.",
    },
    "checkpoint.there": {
        "es": "Ya hay un modelo con ese nombre: {path}\nQué hacer: muévelo a otra carpeta o ponle otro nombre; no se "
              "sobrescribe nada.",
        "en": "There is a model of that name already: {path}\nWhat to do: move or rename it; nothing is overwritten.",
    },
    "checkpoint.taken": {
        "es": "Punto de guardado comprobado y entregado: {path}", "en": "Checkpoint checked and handed over: {path}",
    },
    "checkpoint.title": {
        "es": "Puntos de guardado (si el último paso quedó pasado, uno anterior puede ser mejor: models ID --take PASO)",
        "en": "Checkpoints (where the last step is overdone, an earlier one may be better: models ID --take STEP)",
    },
    "checkpoint.leftovers": {
        "es": "Estados y puntos de guardado que ya no hacen falta: {gb:.2f} GB; se borran con models ID --clear.",
        "en": "States and checkpoints that nothing needs any more: {gb:.2f} GB; models ID --clear deletes them.",
    },
    "checkpoint.cleared": {
        "es": "Borrado: {n:archivo o carpeta|archivos y carpetas}, {gb:.2f} GB.",
        "en": "Deleted: {n:file or folder|files and folders}, {gb:.2f} GB.",
    },
    "checkpoint.no_more": {
        "es": "No hay puntos de guardado.", "en": "There are no checkpoints.",
    },
    "checkpoint.nothing_to_clear": {
        "es": "No hay nada que borrar: lo guardado hace falta para seguir el entrenamiento, o no hay nada.",
        "en": "There is nothing to delete: what is saved is needed to go on with the training, or nothing is.",
    },
    "lora.unreadable": {
        "es": "El archivo del LoRA está dañado.\nCausa: {path}: {detail}\nQué hacer: entrena de nuevo.",
        "en": "The LoRA file is damaged.\nWhy: {path}: {detail}\nWhat to do: train again.",
    },
    "lora.no_unet": {
        "es": "El archivo no es un LoRA de SDXL (tensores: {tensors}, ninguno de la U-Net).",
        "en": "The file is no LoRA for SDXL (tensors: {tensors}, none of the U-Net).",
    },
    "lora.half_modules": {
        "es": "Al LoRA le falta una mitad en algunos módulos: {n}.",
        "en": "The LoRA lacks one half of some modules: {n}.",
    },
    "lora.text_encoders_there": {
        "es": "El LoRA tiene módulos de los codificadores de texto ({n}) y el plan era solo la U-Net.",
        "en": "The LoRA has modules of the text encoders ({n}), and the plan was U-Net only.",
    },
    "lora.text_encoders_missing": {
        "es": "Al LoRA le faltan los codificadores de texto que el plan pedía.",
        "en": "The LoRA lacks the text encoders that the plan asked for.",
    },
    "lora.unknown_type": {
        "es": "El LoRA usa un tipo de número desconocido: {types}.",
        "en": "The LoRA uses an unknown type of number: {types}.",
    },
    "lora.not_finite": {
        "es": "El LoRA no sirve: contiene valores que no son números (NaN) en {n:tensor|tensores}, p. ej. {name}.\nQué hacer: "
              "usa bf16 si tu tarjeta lo tiene, o baja la tasa de aprendizaje.",
        "en": "The LoRA is useless: values that are no numbers (NaN) in {n:tensor|tensors}, e.g. {name}.\nWhat to do: use bf16 "
              "if your card has it, or lower the learning rate.",
    },
    "lora.nothing_learnt": {
        "es": "El LoRA no ha aprendido nada: todos sus pesos de subida ({n}) son cero.",
        "en": "The LoRA has learnt nothing: all its up weights ({n}) are zero.",
    },
    "lora.other_dim": {
        "es": "El LoRA no tiene la dimensión planeada: {found} en vez de {planned}.",
        "en": "The LoRA does not have the planned dim: {found} instead of {planned}.",
    },
    "lora.other_alpha": {
        "es": "El LoRA no tiene el alpha planeado: {found} en vez de {planned}.",
        "en": "The LoRA does not have the planned alpha: {found} instead of {planned}.",
    },
    "option.unknown": {
        "es": "El entrenador {version} no tiene la opción {option}: terminaría con un error. Quítala de --set.",
        "en": "Trainer {version} has no option {option}: it would exit with an error. Remove it from --set.",
    },
    "option.takes_no_value": {
        "es": "{option} no lleva valor, y tiene «{value}».",
        "en": "{option} takes no value, and has '{value}'.",
    },
    "option.takes_one_value": {
        "es": "{option} lleva un solo valor, y tiene «{value}».",
        "en": "{option} takes exactly one value, and has '{value}'.",
    },
    "option.not_a_choice": {
        "es": "{option} no admite «{value}», solo: {choices}.",
        "en": "{option} does not take '{value}', only: {choices}.",
    },
    "option.not_a_number": {
        "es": "{option} necesita un número, y tiene «{value}».",
        "en": "{option} needs a number, and has '{value}'.",
    },
    "plan.unknown_preset": {
        "es": "No existe el modo «{name}».\nModos: {known}\nQué hacer: elige uno de ellos.",
        "en": "There is no preset '{name}'.\nPresets: {known}\nWhat to do: choose one of them.",
    },
    "plan.unknown_gpu": {
        "es": "No existe el perfil de tarjeta «{name}».\nPerfiles: {known}\nQué hacer: elige uno de ellos, o ninguno "
              "para detectarla.",
        "en": "There is no card profile '{name}'.\nProfiles: {known}\nWhat to do: choose one of them, or none to have it "
              "detected.",
    },
    "plan.file_invalid": {
        "es": "El plan de {path} no se entiende.\nCausa: {detail}\nQué hacer: haz el plan otra vez (configure).",
        "en": "The plan in {path} cannot be understood.\nWhy: {detail}\nWhat to do: make the plan again (configure).",
    },
    "plan.not_key_value": {
        "es": "«{text}» no es CLAVE=VALOR.\nQué hacer: escribe por ejemplo network_dim=64.",
        "en": "'{text}' is not KEY=VALUE.\nWhat to do: write for example network_dim=64.",
    },
    "plan.unknown_key": {
        "es": "Ni el plan ni el entrenador conocen «{name}».\nQué hacer: ¿querías decir {near}?",
        "en": "Neither the plan nor the trainer knows '{name}'.\nWhat to do: did you mean {near}?",
    },
    "plan.other_program": {
        "es": "--{name} no existe en sd-scripts.\nCausa: es una opción de la web de A1111; el entrenador terminaría con un "
              "error.\nQué hacer: nada; el perfil de tu tarjeta ya elige lo que sí ahorra memoria (base fp8, solo U-Net).",
        "en": "--{name} does not exist in sd-scripts.\nWhy: it is an option of A1111's web UI; the trainer would end with an "
              "error.\nWhat to do: nothing; your card's profile already chooses what does save memory (fp8 base, U-Net only).",
    },
    "plan.bad_value": {
        "es": "«{value}» no sirve para {name}.\nCausa: se espera {kind}.\nQué hacer: corrige el valor.",
        "en": "'{value}' does not suit {name}.\nWhy: {kind} is expected.\nWhat to do: mend the value.",
    },
    "plan.managed_key": {
        "es": "«{name}» no se puede cambiar.\nCausa: de las carpetas y nombres se ocupa el programa.\nQué hacer: "
              "quítalo; el modelo base y el entrenador se eligen en config.json.",
        "en": "'{name}' cannot be changed.\nWhy: folders and names are the program's business.\nWhat to do: leave it "
              "out; base model and trainer are chosen in config.json.",
    },
    "plan.change.override": {"es": "lo has pedido tú", "en": "you asked for it"},
    "plan.change.no_lowvram": {
        "es": "sd-scripts no tiene {asked} (es cosa de A1111); esto ahorra memoria de verdad",
        "en": "{asked} does not exist in sd-scripts (it is A1111's); this is what saves memory",
    },
    "plan.change.bf16": {
        "es": "la tarjeta tiene bf16 (capacidad {capability}), que no se desborda",
        "en": "the card has bf16 (capability {capability}), which does not overflow",
    },
    "plan.change.fp16": {
        "es": "la tarjeta no tiene bf16 (capacidad {capability})",
        "en": "the card has no bf16 (capability {capability})",
    },
    "plan.change.cpu_bf16": {"es": "fp16 no funciona en el procesador", "en": "fp16 does not work on the processor"},
    "plan.change.cpu_full_bf16": {
        "es": "cabe en {gib:.0f} GiB de memoria del equipo en vez de {instead:.0f}",
        "en": "fits into {gib:.0f} GiB of the computer's memory instead of {instead:.0f}",
    },
    "plan.change.cpu_no_fp8": {"es": "fp8 no funciona en el procesador", "en": "fp8 does not work on the processor"},
    "plan.change.cpu_trial": {
        "es": "en el procesador solo se prueba el recorrido",
        "en": "on the processor it is only a trial",
    },
    "plan.change.follows_steps": {"es": "según los pasos: {steps}", "en": "follows the steps: {steps}"},
    "plan.change.warmup": {"es": "como mucho el 10 % de los pasos: {steps}", "en": "at most 10 % of the steps: {steps}"},
    "plan.change.no_warmup": {"es": "aquí no hay calentamiento", "en": "there is no warm-up here"},
    "plan.change.no_cycles": {"es": "{scheduler} no tiene ciclos", "en": "{scheduler} has no cycles"},
    "plan.change.out_of_memory": {"es": "la tarjeta se quedó sin memoria", "en": "the card ran out of memory"},
    "plan.change.alpha_follows": {"es": "en proporción a dim {dim}", "en": "in proportion to dim {dim}"},
    "plan.change.own_rate": {
        "es": "{optimizer} busca la tasa por sí mismo; 1 es su medida",
        "en": "{optimizer} finds the rate by itself; 1 is its measure",
    },
    "plan.change.no_bitsandbytes": {
        "es": "bitsandbytes no está en el entorno del entrenador",
        "en": "bitsandbytes is not in the trainer's environment",
    },
    "plan.change.no_xformers": {
        "es": "xformers no está en el entorno del entrenador",
        "en": "xformers is not in the trainer's environment",
    },
    "plan.change.no_option": {
        "es": "el entrenador {version} no tiene esa opción",
        "en": "trainer {version} does not have that option",
    },
    "plan.change.processes": {
        "es": "{n:proceso|procesos} ven {n:vez|veces} más imágenes en cada paso",
        "en": "{n:process|processes} see {n:time|times} as many pictures in each step",
    },
    "plan.change.trains_text_encoders": {
        "es": "los codificadores de texto se entrenan: no se pueden guardar sus salidas",
        "en": "the text encoders are trained: their outputs cannot be cached",
    },
    "plan.change.memory": {
        "es": "se estiman {needs:.1f} GiB y hay {free:.1f} GiB",
        "en": "{needs:.1f} GiB are estimated and {free:.1f} GiB are available",
    },
    "plan.warning.cpu": {
        "es": "Sin tarjeta NVIDIA: el plan es solo una prueba de {steps} pasos en el procesador. Para un plan de verdad, "
              "elige la tarjeta con --gpu.",
        "en": "No NVIDIA card: the plan is only a trial of {steps} steps on the processor. For a real plan choose the "
              "card with --gpu.",
    },
    "plan.warning.card_too_small": {
        "es": "{card} ({total:.0f} GB) no basta para SDXL: el mínimo que alguien ha conseguido son 4,4 GB, y la U-Net "
              "sola ocupa 4,8 GiB en fp16. Entrena en otro equipo: el comando bundle escribe un zip con todo lo necesario.",
        "en": "{card} ({total:.0f} GB) is not enough for SDXL: the least anyone reports is 4.4 GB, and the U-Net alone "
              "takes 4.8 GiB in fp16. Train on another computer: the command bundle writes a zip with all it takes.",
    },
    "plan.warning.too_big": {
        "es": "El plan no cabe según la estimación: {needs:.1f} GiB, y hay {free:.1f} GiB. Se respeta lo que has pedido.",
        "en": "By the estimate the plan does not fit: {needs:.1f} GiB, and {free:.1f} GiB are available. What you asked "
              "for is kept.",
    },
    "plan.warning.gtx16": {
        "es": "{card}: la serie GTX 16 da a menudo NaN en fp16. Vigila la pérdida; si pasa, el programa lo dirá.",
        "en": "{card}: the GTX 16 series often gives NaN in fp16. Watch the loss; if it happens, the program will say so.",
    },
    "plan.warning.warmup": {
        "es": "El calentamiento ({warmup} pasos) dura tanto como el entrenamiento ({steps}): la tasa nunca llega a su valor. "
              "Qué hacer: usa un lr_warmup_steps menor.",
        "en": "The warm-up ({warmup} steps) lasts as long as the training ({steps}): the rate never reaches its value. "
              "What to do: use a smaller lr_warmup_steps.",
    },
    "plan.warning.own_rate": {
        "es": "{optimizer} busca la tasa por sí mismo y learning_rate solo la multiplica: con {rate:g} apenas aprendería. Qué "
              "hacer: usa learning_rate=1.",
        "en": "{optimizer} finds the rate by itself, and learning_rate only scales it: with {rate:g} it would hardly learn. "
              "What to do: use learning_rate=1.",
    },
    "plan.warning.no_dataset": {
        "es": "Todavía no hay dataset: los pasos del plan son los mínimos. Prepáralo y configura otra vez.",
        "en": "There is no dataset yet: the plan's steps are the minimum. Prepare it and configure again.",
    },
    "plan.rule.full_fp16": {
        "es": "full_fp16 solo vale con mixed_precision=fp16.",
        "en": "full_fp16 needs mixed_precision=fp16.",
    },
    "plan.rule.full_bf16": {
        "es": "full_bf16 solo vale con mixed_precision=bf16.",
        "en": "full_bf16 needs mixed_precision=bf16.",
    },
    "plan.rule.fp8": {
        "es": "fp8_base no vale con mixed_precision=no.",
        "en": "fp8_base does not work with mixed_precision=no.",
    },
    "plan.rule.cached_text_encoders": {
        "es": "cache_text_encoder_outputs solo vale con network_train_unet_only.",
        "en": "cache_text_encoder_outputs needs network_train_unet_only.",
    },
    "plan.rule.cached_captions": {
        "es": "Con cache_text_encoder_outputs los textos no pueden variar (shuffle_caption, caption_dropout…).",
        "en": "With cache_text_encoder_outputs captions cannot vary (shuffle_caption, caption_dropout…).",
    },
    "plan.rule.cached_latents": {
        "es": "Con cache_latents no valen color_aug ni random_crop.",
        "en": "With cache_latents, color_aug and random_crop do not work.",
    },
    "plan.rule.constant_warmup": {
        "es": "Los planificadores constant y adafactor y el optimizador Adafactor no admiten calentamiento: usa "
              "lr_warmup_steps=0.",
        "en": "The schedulers constant and adafactor and the optimizer Adafactor take no warm-up: use lr_warmup_steps=0.",
    },
    "plan.rule.resolution": {
        "es": "La resolución {resolution} no es múltiplo de 32: SDXL falla en el primer paso. Usa un múltiplo de 64.",
        "en": "Resolution {resolution} is no multiple of 32: SDXL fails at the first step. Use a multiple of 64.",
    },
    "plan.rule.cpu_fp16": {
        "es": "fp16 no funciona en el procesador: usa mixed_precision=bf16.",
        "en": "fp16 does not work on the processor: use mixed_precision=bf16.",
    },
    "plan.rule.cpu_fp8": {
        "es": "fp8 no funciona en el procesador: usa fp8_base=false.",
        "en": "fp8 does not work on the processor: use fp8_base=false.",
    },
    "plan.rule.machines": {
        "es": "num_processes debe ser un múltiplo de num_machines, y machine_rank ir de 0 a num_machines - 1.",
        "en": "num_processes must be a multiple of num_machines, and machine_rank go from 0 to num_machines - 1.",
    },
    "plan.rule.no_main_machine": {
        "es": "Con varias máquinas hace falta la dirección de la primera: main_process_ip=…",
        "en": "Several machines need the address of the first one: main_process_ip=…",
    },
    "plan.rule.cpu_processes": {
        "es": "En el procesador se entrena con un solo proceso: usa num_processes=1.",
        "en": "On the processor one process trains: use num_processes=1.",
    },
    "plan.rule.fused_backward_pass": {
        "es": "fused_backward_pass no hace nada en un LoRA y solo vale con Adafactor: quítalo.",
        "en": "fused_backward_pass does nothing for a LoRA and needs Adafactor: leave it out.",
    },
    "plan.rule.below_least": {
        "es": "«{value}» no sirve para {name}: debe ser {least} o más.",
        "en": "'{value}' does not suit {name}: it must be {least} or more.",
    },
    "plan.rule.not_above_zero": {
        "es": "«{value}» no sirve para {name}: debe ser mayor que 0.",
        "en": "'{value}' does not suit {name}: it must be more than 0.",
    },
    "plan.rule.adafactor": {
        "es": "El planificador adafactor solo vale con optimizer_type=Adafactor, sin relative_step=False.",
        "en": "The scheduler adafactor needs optimizer_type=Adafactor, without relative_step=False.",
    },
    "plan.rule.optimizer": {
        "es": "El entrenador no tiene ningún optimizador «{value}» ({name}). ¿Querías decir {near}? Los de otras bibliotecas "
              "se escriben con punto (paquete.Clase).",
        "en": "The trainer has no optimizer '{value}' ({name}). Did you mean {near}? Those of other libraries are written with "
              "a dot (package.Class).",
    },
    "plan.rule.scheduler": {
        "es": "El entrenador no puede usar ningún planificador «{value}» ({name}). ¿Querías decir {near}?",
        "en": "The trainer can use no scheduler '{value}' ({name}). Did you mean {near}?",
    },
    "plan.rule.scheduler_needs": {
        "es": "El planificador {name} necesita {option}: dale un valor con --set {option}=…, o elige otro planificador.",
        "en": "The scheduler {name} needs {option}: give it a value with --set {option}=…, or choose another scheduler.",
    },
    "plan.rule.python_argument": {
        "es": "«{value}» no sirve para {name}: se escribe nombre=valor sin espacios, y el valor como en Python: 0.01, True, "
              "False, None, (0.9,0.99) o 'texto'.",
        "en": "'{value}' does not suit {name}: it is written name=value without blanks, and the value as in Python: 0.01, "
              "True, False, None, (0.9,0.99) or 'text'.",
    },
    "plan.rule.text_argument": {
        "es": "«{value}» no sirve para {name}: se escribe nombre=valor, sin espacios.",
        "en": "'{value}' does not suit {name}: it is written name=value, without blanks.",
    },
    "plan.rule.buckets": {
        "es": "Con enable_bucket, la resolución {resolution} debe estar entre min_bucket_reso (256 si no se indica) y "
              "max_bucket_reso (1024), y bucket_reso_steps (64) ser un múltiplo de 32.",
        "en": "With enable_bucket, resolution {resolution} must lie between min_bucket_reso (256 if not given) and "
              "max_bucket_reso (1024), and bucket_reso_steps (64) be a multiple of 32.",
    },
    "plan.rule.adaptive_noise": {
        "es": "adaptive_noise_scale solo vale con noise_offset.",
        "en": "adaptive_noise_scale needs noise_offset.",
    },
    "plan.rule.v_prediction": {
        "es": "scale_v_pred_loss_like_noise_pred solo vale con v_parameterization, y v_pred_like_loss solo sin él.",
        "en": "scale_v_pred_loss_like_noise_pred needs v_parameterization, and v_pred_like_loss works only without it.",
    },
    "preflight.script_there": {"es": "Script: {path}", "en": "Script: {path}"},
    "preflight.script_missing": {
        "es": "Falta el entrenador: {script} no está en {folder}. Qué hacer: «python avatar_pipeline.py setup --trainer», o "
              "indica su carpeta en "
              "config.json (trainer.folder).",
        "en": "The trainer is missing: {script} is not in {folder}. What to do: 'python avatar_pipeline.py setup --trainer', "
              "or name its folder in "
              "config.json (trainer.folder).",
    },
    "preflight.script_old": {
        "es": "En {folder} hay train_network.py (SD 1.5) pero no {script}, el de SDXL. Qué hacer: actualiza sd-scripts "
              "con «python avatar_pipeline.py setup --trainer».",
        "en": "{folder} has train_network.py (SD 1.5) but not {script}, that of SDXL. What to do: update sd-scripts with "
              "'python avatar_pipeline.py setup --trainer'.",
    },
    "preflight.python_there": {"es": "Python del entrenador: {path}", "en": "The trainer's Python: {path}"},
    "preflight.python_missing": {
        "es": "Falta el Python del entrenador: {path}. Qué hacer: «python avatar_pipeline.py setup --trainer», o indícalo en "
              "config.json "
              "(trainer.python).",
        "en": "The trainer's Python is missing: {path}. What to do: 'python avatar_pipeline.py setup --trainer', or name it "
              "in config.json "
              "(trainer.python).",
    },
    "preflight.packages_there": {"es": "Paquetes del entrenador: {names}", "en": "The trainer's packages: {names}"},
    "preflight.packages_missing": {
        "es": "Faltan paquetes en el entorno del entrenador: {names}. Qué hacer: «python avatar_pipeline.py setup --trainer».",
        "en": "Packages are missing in the trainer's environment: {names}. What to do: 'python avatar_pipeline.py setup "
              "--trainer'.",
    },
    "preflight.packages_by_hand": {
        "es": "Faltan paquetes en el entorno del entrenador: {names}. Qué hacer: «{command}», o elige otro "
              "optimizador si es él quien los necesita (--set optimizer_type=AdamW).",
        "en": "Packages are missing in the trainer's environment: {names}. What to do: '{command}', or choose another "
              "optimizer where that one needs them (--set optimizer_type=AdamW).",
    },
    "preflight.no_cuda": {
        "es": "El torch del entrenador ({torch}) no ve ninguna tarjeta. Qué hacer: «python avatar_pipeline.py setup "
              "--trainer» instala el que va "
              "con tu controlador.",
        "en": "The trainer's torch ({torch}) sees no card. What to do: 'python avatar_pipeline.py setup --trainer' installs "
              "the one that suits "
              "your driver.",
    },
    "preflight.options_asked": {
        "es": "Opciones del comando: {n}, todas conocidas por el entrenador instalado ({version}).",
        "en": "Options of the command: {n}, all known to the installed trainer ({version}).",
    },
    "preflight.options_known": {
        "es": "Opciones del comando: {n}, comprobadas solo con la tabla de {version}: no se pudo preguntar al entrenador "
              "({detail}).",
        "en": "Options of the command: {n}, checked only against the table of {version}: the trainer could not be asked "
              "({detail}).",
    },
    "preflight.resolution_64": {
        "es": "La resolución {resolution} no es múltiplo de 64: funciona, pero no es un tamaño de SDXL.",
        "en": "Resolution {resolution} is no multiple of 64: it works, but is no size of SDXL.",
    },
    "preflight.more_problems": {
        "es": "Y {n:problema más|problemas más} del mismo tipo en el dataset.",
        "en": "And {n:more problem|more problems} of the same kind in the dataset.",
    },
    "preflight.no_trigger": {
        "es": "Textos sin la palabra de activación «{word}»: {n}, p. ej. {file}. El entrenador solo la aprende de los "
              "textos.",
        "en": "Captions without the trigger word '{word}': {n}, e.g. {file}. The trainer learns it only from captions.",
    },
    "preflight.dataset_changed": {
        "es": "El dataset es otro que cuando se hizo el plan. Qué hacer: configura otra vez para ajustar los pasos.",
        "en": "The dataset is not the one the plan was made for. What to do: configure again to fit the steps.",
    },
    "preflight.dataset_there": {
        "es": "Dataset: {images:imagen|imágenes}, {exposures:exposición|exposiciones} por época, {steps:paso|pasos}, "
              "{epochs:época|épocas}.",
        "en": "Dataset: {images:picture|pictures}, {exposures:exposure|exposures} per epoch, {steps:step|steps}, "
              "{epochs:epoch|epochs}.",
    },
    "preflight.model_file": {
        "es": "Modelo base: {model}, SDXL, entero ({gb:.1f} GB).",
        "en": "Base model: {model}, SDXL, whole ({gb:.1f} GB).",
    },
    "preflight.model_folder": {
        "es": "Modelo base: {model} (carpeta de diffusers).",
        "en": "Base model: {model} (diffusers folder).",
    },
    "preflight.model_folder_bad": {
        "es": "La carpeta {model} no es un modelo de diffusers. Qué hacer: indica un archivo .safetensors de SDXL.",
        "en": "The folder {model} is no diffusers model. What to do: name an SDXL .safetensors file.",
    },
    "preflight.model_missing": {
        "es": "No existe el modelo base {model}. Qué hacer: corrige trainer.base_model en config.json; el entrenador lo "
              "buscaría en internet.",
        "en": "The base model {model} does not exist. What to do: mend trainer.base_model in config.json; the trainer "
              "would look for it online.",
    },
    "preflight.model_cached": {"es": "Modelo base: {model}, ya descargado.", "en": "Base model: {model}, downloaded already."},
    "preflight.model_download": {
        "es": "El modelo base {model} no está en este equipo: el entrenador lo descargará (unos 7 GB; hace falta red y "
              "sitio en el disco).",
        "en": "The base model {model} is not on this computer: the trainer will download it (about 7 GB; needs network "
              "and disk space).",
    },
    "preflight.model_pickle": {
        "es": "El modelo base {model} no es .safetensors: al abrirlo puede ejecutar código ajeno y no se puede "
              "comprobar. Mejor conviértelo.",
        "en": "The base model {model} is no .safetensors: opening it can run foreign code, and it cannot be checked. "
              "Better convert it.",
    },
    "preflight.model_unreadable": {
        "es": "El modelo base {model} no se puede leer. Causa: {detail}. Qué hacer: descárgalo otra vez.",
        "en": "The base model {model} cannot be read. Why: {detail}. What to do: download it again.",
    },
    "preflight.model_cut": {
        "es": "El modelo base {model} no está entero: {bytes} bytes de {expected}. Qué hacer: descárgalo otra vez.",
        "en": "The base model {model} is not whole: {bytes} bytes of {expected}. What to do: download it again.",
    },
    "preflight.model_other": {
        "es": "El modelo base {model} no es SDXL base ({kind}). Qué hacer: elige uno de SDXL 1.0.",
        "en": "The base model {model} is no SDXL base model ({kind}). What to do: choose one of SDXL 1.0.",
    },
    "preflight.tokenizers_there": {"es": "Tokenizadores: en este equipo.", "en": "Tokenizers: on this computer."},
    "preflight.tokenizers_download": {
        "es": "Los tokenizadores no están en este equipo ({names}): el entrenador los descargará (unos MB; hace falta red).",
        "en": "The tokenizers are not on this computer ({names}): the trainer will download them (a few MB; needs network).",
    },
    "preflight.output_there": {"es": "Salida: {path}", "en": "Output: {path}"},
    "preflight.output_not_writable": {
        "es": "No se puede escribir en {path}. Causa: {detail}. Qué hacer: revisa los permisos.",
        "en": "{path} cannot be written to. Why: {detail}. What to do: check its permissions.",
    },
    "preflight.disk": {
        "es": "Disco: hacen falta {needed:.1f} GiB y hay {free:.0f}.",
        "en": "Disk: {needed:.1f} GiB are needed and {free:.0f} are free.",
    },
    "preflight.disk_full": {
        "es": "Falta sitio en el disco: hacen falta {needed:.1f} GiB y hay {free:.1f}. Qué hacer: libera espacio, "
              "guarda menos puntos o ningún estado (configure --set save_state=false).",
        "en": "Too little disk space: {needed:.1f} GiB are needed and {free:.1f} are free. What to do: free some, "
              "save fewer checkpoints, or no states (configure --set save_state=false).",
    },
    "preflight.long_path": {
        "es": "La ruta {path} es muy larga para Windows ({n} caracteres con los archivos). Qué hacer: usa una carpeta de "
              "clientes más corta.",
        "en": "The path {path} is very long for Windows ({n} characters with its files). What to do: use a shorter "
              "clients folder.",
    },
    "preflight.memory": {
        "es": "Memoria del equipo: hacen falta {needed:.0f} GiB y hay {free:.0f}.",
        "en": "Memory of the computer: {needed:.0f} GiB are needed and {free:.0f} are free.",
    },
    "preflight.memory_short": {
        "es": "Poca memoria del equipo: cargar el modelo pide {needed:.0f} GiB y hay {free:.1f}. Qué hacer: cierra "
              "programas, o --set full_bf16=true.",
        "en": "Little memory of the computer: loading the model takes {needed:.0f} GiB and {free:.1f} are free. What to "
              "do: close programs, or --set full_bf16=true.",
    },
    "preflight.on_cpu": {
        "es": "Se entrenará en el procesador: solo una prueba.",
        "en": "It will be trained on the processor: only a trial.",
    },
    "preflight.no_card_but": {
        "es": "No hay tarjeta NVIDIA (sí {adapters}, que este entrenador no usa aquí): se entrenará en el procesador, "
              "solo una prueba.",
        "en": "There is no NVIDIA card (but {adapters}, which this trainer does not use here): it will be trained on the "
              "processor, only a trial.",
    },
    "preflight.card_not_here": {
        "es": "La tarjeta del plan ({card}) no está en este equipo: la memoria se compara con su tamaño.",
        "en": "The plan's card ({card}) is not in this computer: memory is compared with its size.",
    },
    "preflight.card_too_small": {
        "es": "{card} ({total:.0f} GB) no basta para SDXL: el mínimo que alguien ha conseguido son 4,4 GB. Qué hacer: "
              "entrena en otro equipo: el comando bundle escribe un zip con todo lo necesario; para intentarlo igualmente, "
              "configure --set try_anyway=true.",
        "en": "{card} ({total:.0f} GB) is not enough for SDXL: the least anyone reports is 4.4 GB. What to do: train on "
              "another computer: the command bundle writes a zip with all it takes; to try all the same, configure --set "
              "try_anyway=true.",
    },
    "preflight.vram": {
        "es": "{card}: se estiman {needed:.1f} GiB y hay {free:.1f} GiB.",
        "en": "{card}: {needed:.1f} GiB are estimated and {free:.1f} GiB are available.",
    },
    "preflight.vram_short": {
        "es": "{card}: se estiman {needed:.1f} GiB y solo hay {free:.1f} GiB. Qué hacer: cierra otros programas o "
              "configura otra vez.",
        "en": "{card}: {needed:.1f} GiB are estimated and only {free:.1f} GiB are available. What to do: close other "
              "programs, or configure again.",
    },
    "preflight.bf16_slow": {
        "es": "{card} no tiene bf16: será muy lento o fallará. Configura otra vez.",
        "en": "{card} has no bf16: it will be very slow or fail. Configure again.",
    },
    "preflight.busy": {
        "es": "Ya hay un entrenamiento en marcha: cliente {client}, {run}, proceso {pid}. Qué hacer: espera a que termine.",
        "en": "A training is running already: client {client}, {run}, process {pid}. What to do: wait until it ends.",
    },
    # --- setup -------------------------------------------------------------------------------------------------------
    "setup.python_good": {"es": "Python {version} de {bits} bits", "en": "Python {version}, {bits} bits"},
    "setup.python_bad": {
        "es": "Python {version} de {bits} bits ({path}) no sirve: hace falta 3.10 a 3.13 de 64 bits. Instálalo de python.org "
              "(Windows: winget install Python.Python.3.12; Linux: el paquete python3 de tu distribución; macOS: brew install "
              "python@3.12) y vuelve a crear .venv.",
        "en": "Python {version}, {bits} bits ({path}) will not do: 3.10 to 3.13 of 64 bits is needed. Install it from "
              "python.org "
              "(Windows: winget install Python.Python.3.12; Linux: your distribution's python3; macOS: brew install "
              "python@3.12) and make .venv anew.",
    },
    "setup.python_new": {
        "es": "Python {version} ({path}) es más nuevo que lo probado (3.10 a 3.13): puede que falten paquetes para él.",
        "en": "Python {version} ({path}) is newer than what was tried (3.10 to 3.13): packages may be missing for it.",
    },
    "setup.packages_good": {"es": "Dependencias instaladas: {n}", "en": "Dependencies installed: {n}"},
    "setup.packages_missing": {
        "es": "Faltan dependencias: {names}. Instálalas con: {command}",
        "en": "Dependencies are missing: {names}. Install them with: {command}",
    },
    "setup.packages_wrong": {
        "es": "Dependencias de otra versión que la probada: {names}. Corrígelas con: {command}",
        "en": "Dependencies of another version than the one tried: {names}. Mend them with: {command}",
    },
    "setup.packages_unknown": {
        "es": "No se encuentra {path}: no se sabe qué dependencias faltan.",
        "en": "{path} is not there: which dependencies are missing cannot be told.",
    },
    "setup.disk_good": {"es": "Disco libre: {free_gb:.0f} GB ({path})", "en": "Free disk: {free_gb:.0f} GB ({path})"},
    "setup.disk_small": {
        "es": "Disco libre: {free_gb:.0f} GB en {path}; para entrenar se aconsejan {advised_gb} GB. Libera espacio o usa "
              "--clients-dir en otro disco.",
        "en": "Free disk: {free_gb:.0f} GB at {path}; {advised_gb} GB are advised for training. Make room, or use "
              "--clients-dir "
              "on another disk.",
    },
    "setup.disk_full": {
        "es": "Disco libre: {free_gb:.1f} GB en {path}; no basta para trabajar. Libera espacio o usa --clients-dir en otro "
              "disco.",
        "en": "Free disk: {free_gb:.1f} GB at {path}; that is not enough to work. Make room, or use --clients-dir on another "
              "disk.",
    },
    "setup.memory_good": {"es": "Memoria: {total_gb:.0f} GB", "en": "Memory: {total_gb:.0f} GB"},
    "setup.memory_small": {
        "es": "Memoria: {total_gb:.0f} GB; para entrenar SDXL se aconsejan {advised_gb} GB. Cierra otros programas al "
              "entrenar o "
              "amplía el archivo de paginación.",
        "en": "Memory: {total_gb:.0f} GB; {advised_gb} GB are advised for training SDXL. Close other programs while training, "
              "or "
              "enlarge the swap file.",
    },
    "setup.memory_unknown": {
        "es": "No se sabe cuánta memoria hay (falta psutil); para entrenar se aconsejan {advised_gb} GB.",
        "en": "How much memory there is cannot be told (psutil is missing); {advised_gb} GB are advised for training.",
    },
    "setup.writable": {"es": "Se puede escribir en {path}", "en": "{path} can be written to"},
    "setup.not_writable": {
        "es": "No se puede escribir en {path}: {detail}. Cambia los permisos o usa otra carpeta con --clients-dir.",
        "en": "{path} cannot be written to: {detail}. Change its permissions, or use another folder with --clients-dir.",
    },
    "setup.path_synchronised": {
        "es": "{path} se sincroniza con la nube: bloquea archivos a ratos y sube fotos de personas. Mejor una carpeta local "
              "con "
              "--clients-dir.",
        "en": "{path} is synchronised with the cloud: that locks files at times and uploads people's photos. A local folder "
              "with --clients-dir is better.",
    },
    "setup.path_long": {
        "es": "La ruta {path} tiene {n} caracteres; con más de {limit} Windows puede fallar. Usa una más corta con "
              "--clients-dir.",
        "en": "The path {path} has {n} characters; beyond {limit} Windows may fail. Use a shorter one with --clients-dir.",
    },
    "setup.gpu_found": {
        "es": "GPU: {name}, {total_gib:.1f} GiB, libres {free_gib:.1f} GiB (tarjetas: {n})",
        "en": "GPU: {name}, {total_gib:.1f} GiB, free {free_gib:.1f} GiB (cards: {n})",
    },
    "setup.gpu_none": {
        "es": "No se encuentra ninguna GPU NVIDIA: se puede preparar todo, pero no entrenar aquí. Si tienes una, instala su "
              "controlador: "
              "https://www.nvidia.com/drivers (Linux: el paquete nvidia-driver de tu distribución).",
        "en": "No NVIDIA GPU was found: all can be prepared, but not trained here. If you have one, install its driver: "
              "https://www.nvidia.com/drivers (Linux: your distribution's package nvidia-driver).",
    },
    "setup.git_found": {"es": "git: {path}", "en": "git: {path}"},
    "setup.git_missing": {
        "es": "Falta git, con el que se descarga el entrenador. Windows: winget install Git.Git; Linux: sudo apt install git; "
              "macOS: xcode-select --install",
        "en": "git is missing, with which the trainer is fetched. Windows: winget install Git.Git; Linux: sudo apt install "
              "git; "
              "macOS: xcode-select --install",
    },
    "setup.trainer_found": {
        "es": "Entrenador instalado en {path}, revisión {revision}",
        "en": "Trainer installed in {path}, revision {revision}",
    },
    "setup.trainer_missing": {
        "es": "El entrenador (sd-scripts) no está en {path}. Instálalo con: python avatar_pipeline.py setup --trainer",
        "en": "The trainer (sd-scripts) is not in {path}. Install it with: python avatar_pipeline.py setup --trainer",
    },
    "setup.trainer_unfinished": {
        "es": "La instalación del entrenador en {path} no está completa. Continúa con: python avatar_pipeline.py setup "
              "--trainer",
        "en": "The trainer's installation in {path} is not complete. Go on with: python avatar_pipeline.py setup --trainer",
    },
    "setup.trainer_other": {
        "es": "El entrenador de {path} es la revisión {revision} y no la probada, {wanted}. Cámbiala con: "
              "python avatar_pipeline.py setup --trainer",
        "en": "The trainer in {path} is revision {revision}, not the one tried, {wanted}. Change it with: "
              "python avatar_pipeline.py setup --trainer",
    },
    "setup.step.clone": {"es": "[{n}/{total}] Descargando sd-scripts", "en": "[{n}/{total}] Fetching sd-scripts"},
    "setup.step.environment": {
        "es": "[{n}/{total}] Entorno de Python propio del entrenador",
        "en": "[{n}/{total}] The trainer's own Python environment",
    },
    "setup.step.torch": {
        "es": "[{n}/{total}] PyTorch para la GPU encontrada (varios GB la primera vez)",
        "en": "[{n}/{total}] PyTorch for the GPU that was found (several GB the first time)",
    },
    "setup.step.requirements": {
        "es": "[{n}/{total}] Dependencias del entrenador", "en": "[{n}/{total}] The trainer's requirements",
    },
    "setup.step.verify": {
        "es": "[{n}/{total}] Comprobando: preguntando al entrenador por sus opciones",
        "en": "[{n}/{total}] Verifying: asking the trainer for its options",
    },
    "setup.foreign_folder": {
        "es": "No se instala nada en {path}.\nCausa: contiene otra cosa, y no se borra ni se mezcla nada ajeno.\nQué hacer: "
              "mueve "
              "esa carpeta, o indica otra en config.json (trainer.folder).",
        "en": "Nothing is installed in {path}.\nWhy: it holds something else, and what is not ours is neither deleted nor "
              "mixed "
              "with.\nWhat to do: move that folder away, or name another one in config.json (trainer.folder).",
    },
    "setup.bad_source": {
        "es": "«{value}» no sirve como dirección o revisión del entrenador.\nCausa: está vacía, empieza por «-» o contiene "
              "caracteres "
              "invisibles.\nQué hacer: corrige --repository, --revision o config.json (trainer).",
        "en": "'{value}' cannot be the trainer's address or revision.\nWhy: it is empty, begins with '-', or holds invisible "
              "characters.\nWhat to do: mend --repository, --revision, or config.json (trainer).",
    },
    "setup.no_git": {
        "es": "No se puede ejecutar git.\nCausa: {detail}\nQué hacer: instálalo (Windows: winget install Git.Git; Linux: sudo "
              "apt "
              "install git; macOS: xcode-select --install), abre otra terminal y repite.",
        "en": "git cannot be run.\nWhy: {detail}\nWhat to do: install it (Windows: winget install Git.Git; Linux: sudo apt "
              "install "
              "git; macOS: xcode-select --install), open a new terminal and repeat.",
    },
    "setup.no_revision": {
        "es": "El entrenador no tiene la revisión {revision}.\nCausa: no está en {repository}.\nQué hacer: revisa --revision, "
              "o "
              "déjala sin indicar para usar la probada.",
        "en": "The trainer has no revision {revision}.\nWhy: it is not in {repository}.\nWhat to do: check --revision, or "
              "leave it "
              "out to use the one that was tried.",
    },
    "setup.no_script": {
        "es": "En {repository} no está {script}.\nCausa: no es sd-scripts, o es una revisión muy antigua.\nQué hacer: revisa "
              "--repository y --revision, y borra la carpeta del entrenador si venía de otra dirección.",
        "en": "{repository} has no {script}.\nWhy: it is not sd-scripts, or a very old revision.\nWhat to do: check "
              "--repository "
              "and --revision, and delete the trainer's folder if it came from another address.",
    },
    "setup.no_space": {
        "es": "No hay sitio para el entrenador en {path}.\nCausa: quedan {free_gb:.1f} GB y hacen falta unos {needed_gb:.0f} "
              "GB.\n"
              "Qué hacer: libera espacio, o indica otra carpeta en config.json (trainer.folder), y repite.",
        "en": "There is no room for the trainer in {path}.\nWhy: {free_gb:.1f} GB are left and about {needed_gb:.0f} GB "
              "needed.\n"
              "What to do: make room, or name another folder in config.json (trainer.folder), and repeat.",
    },
    "setup.step_failed": {
        "es": "La instalación del entrenador se detuvo en el paso «{step}».\nCausa: {detail}\nQué hacer: comprueba la "
              "conexión y el "
              "disco (en Debian y Ubuntu, también el paquete python3-venv) y repite: sigue donde se quedó. Registro: {log}",
        "en": "The trainer's installation stopped at the step '{step}'.\nWhy: {detail}\nWhat to do: check the connection and "
              "the "
              "disk (on Debian and Ubuntu the package python3-venv too) and repeat: it goes on where it stopped. Log: {log}",
    },
    "setup.failed.space": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: no queda sitio en el disco.\nCausa: "
            "{detail}\nQué hacer: libera espacio, también en el disco del sistema, donde se desempaqueta, y "
            "repite. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': the disk is full.\nWhy: {detail}\nWhat to do: "
            "make room, on the system's disk too, where packages are unpacked, and repeat. Log: {log}"
        ),
    },
    "setup.failed.long_path": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: una ruta es demasiado larga para "
            "Windows.\nCausa: {detail}\nQué hacer: lleva el programa a una carpeta corta, como C:\\avatar, o activa "
            "las rutas largas (https://pip.pypa.io/warnings/enable-long-paths), y repite. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': a path is too long for Windows.\nWhy: "
            "{detail}\nWhat to do: move the program to a short folder such as C:\\avatar, or enable long paths "
            "(https://pip.pypa.io/warnings/enable-long-paths), and repeat. Log: {log}"
        ),
    },
    "setup.failed.ownership": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: git no se fía de la carpeta, porque es "
            "de otro usuario o está en un disco externo.\nCausa: {detail}\nQué hacer: ejecuta git config --global "
            "--add safe.directory \"{path}\" (en Windows con / en lugar de \\) y repite, o lleva el programa a "
            "una carpeta tuya. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': git does not trust the folder, because it "
            "belongs to another user or lies on an external disk.\nWhy: {detail}\nWhat to do: run git config "
            "--global --add safe.directory \"{path}\" (on Windows with / in place of \\) and repeat, or move the "
            "program to a folder of your own. Log: {log}"
        ),
    },
    "setup.failed.changes": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: hay cambios tuyos en sus archivos y no "
            "se sobrescriben.\nCausa: {detail}\nQué hacer: deshaz esos cambios, o mueve la carpeta {path}, y "
            "repite. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': its files hold changes of yours, which are "
            "not overwritten.\nWhy: {detail}\nWhat to do: take those changes back, or move the folder {path} away, "
            "and repeat. Log: {log}"
        ),
    },
    "setup.failed.locked": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: un archivo está bloqueado.\nCausa: "
            "{detail}\nQué hacer: cierra los programas que usen el entrenador (un entrenamiento, TensorBoard), "
            "excluye la carpeta {path} en el antivirus y repite; en Windows, mejor fuera de OneDrive y de "
            "Archivos de programa. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': a file is locked.\nWhy: {detail}\nWhat to do: "
            "close the programs that use the trainer (a training, TensorBoard), exclude the folder {path} from "
            "the antivirus and repeat; on Windows, better outside OneDrive and Program Files. Log: {log}"
        ),
    },
    "setup.failed.venv": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: este Python no puede crear un "
            "entorno.\nCausa: {detail}\nQué hacer: en Debian y Ubuntu, sudo apt install python3-venv; en Windows, "
            "instala Python 3.11 de python.org (no el de Microsoft Store); y repite. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': this Python cannot make an "
            "environment.\nWhy: {detail}\nWhat to do: on Debian and Ubuntu sudo apt install python3-venv; on "
            "Windows install Python 3.11 from python.org (not the one of the Microsoft Store); and repeat. Log: "
            "{log}"
        ),
    },
    "setup.failed.proxy": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: algo entre este equipo e internet no "
            "deja descargar.\nCausa: {detail}\nQué hacer: comprueba la fecha y la hora; quita en el antivirus la "
            "inspección de HTTPS mientras se instala; con un proxy, define HTTPS_PROXY; o usa otra red. Repite: "
            "sigue donde se quedó. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': something between this computer and the "
            "internet prevents the download.\nWhy: {detail}\nWhat to do: check date and time; switch HTTPS scanning "
            "of the antivirus off while it installs; with a proxy, set HTTPS_PROXY; or use another network. "
            "Repeat: it goes on where it stopped. Log: {log}"
        ),
    },
    "setup.failed.network": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: no hay conexión, o se cortó.\nCausa: "
            "{detail}\nQué hacer: comprueba la conexión y repite: sigue donde se quedó. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': there is no connection, or it broke "
            "off.\nWhy: {detail}\nWhat to do: check the connection and repeat: it goes on where it stopped. Log: "
            "{log}"
        ),
    },
    "setup.failed.python": {
        "es": (
            "La instalación del entrenador se detuvo en el paso «{step}»: un paquete no existe para este "
            "Python.\nCausa: {detail}\nQué hacer: instala Python 3.11 de 64 bits de python.org, borra la carpeta "
            "venv de {path} y repite con él. Registro: {log}"
        ),
        "en": (
            "The trainer's installation stopped at the step '{step}': a package does not exist for this "
            "Python.\nWhy: {detail}\nWhat to do: install the 64-bit Python 3.11 from python.org, delete the folder "
            "venv in {path} and repeat with it. Log: {log}"
        ),
    },
    "setup.not_verified": {
        "es": "El entrenador está instalado, pero no responde como debe.\nCausa: {detail}\nQué hacer: repite la instalación; "
              "si sigue "
              "igual, borra la carpeta venv del entrenador y repite. Intérprete: {python}. Registro: {log}",
        "en": "The trainer is installed, but does not answer as it should.\nWhy: {detail}\nWhat to do: repeat the "
              "installation; if "
              "it stays so, delete the trainer's folder venv and repeat. Interpreter: {python}. Log: {log}",
    },
    "setup.note.python_untested": {
        "es": "El entrenador se probó con Python 3.10 a 3.12 y aquí solo hay {version}: puede fallar.",
        "en": "The trainer was tried with Python 3.10 to 3.12, and only {version} is here: it may fail.",
    },
    "setup.note.old_driver": {
        "es": "El controlador de {name} es antiguo (CUDA {cuda}): se instaló PyTorch sin GPU. Actualízalo y repite.",
        "en": "The driver of {name} is old (CUDA {cuda}): PyTorch was installed without GPU. Update it and repeat.",
    },
    "setup.note.no_cuda": {
        "es": "PyTorch no ve la GPU {name}: el entrenamiento no funcionaría. Actualiza el controlador y repite.",
        "en": "PyTorch does not see the GPU {name}: training would not work. Update the driver and repeat.",
    },
    # --- menus and commands ------------------------------------------------------------------------------------------
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
    "col.bar": {"es": "Gráfico", "en": "Chart"},
    "col.least": {"es": "Mínimo", "en": "Least"},
    "col.spread": {"es": "Reparto", "en": "Spread"},
    "col.greatest": {"es": "Máximo", "en": "Greatest"},
    "col.median": {"es": "Mediana", "en": "Median"},
    "menu.report": {"es": "Informe del cliente", "en": "Report on the client"},
    "help.report": {
        "es": "una página con todo sobre un cliente: fotos, calidad, variedad, entrenamiento",
        "en": "one page with everything about a client: pictures, quality, variety, training",
    },
    "question.bundle_file": {
        "es": "Dónde se escribe el zip. Si el nombre ya existe, no se sobrescribe.",
        "en": "Where the zip is written. A file of that name is never overwritten.",
    },
    "doctor.mtcnn.other": {
        "es": "El motor de caras «{engine}» no está instalado; «{other}» sí, y da las mismas caras.\nQué hacer: cambia "
              "de motor, o ejecuta {command}",
        "en": "The face engine '{engine}' is not installed; '{other}' is, and finds the same faces.\nWhat to do: switch "
              "the engine, or run {command}",
    },
    "doctor.remedy.engine": {
        "es": "usar el motor de caras «{arguments}» para este cliente",
        "en": "use the face engine '{arguments}' for this client",
    },
    "doctor.title": {"es": "¿Qué ha fallado?", "en": "What has failed?"},
    "doctor.verdict.ready": {"es": "Nada de la lista ha fallado.", "en": "Nothing of the list has failed."},
    "doctor.verdict.attention": {"es": "Hay puntos que conviene mirar.", "en": "Some points are worth a look."},
    "doctor.verdict.blocked": {
        "es": "Hay algo que impide seguir; la tabla dice qué hacer.",
        "en": "Something stands in the way; the table says what to do.",
    },
    "doctor.how": {"es": "Remedio: {what}", "en": "Remedy: {what}"},
    "doctor.machine": {
        "es": "El equipo (Python, disco, memoria, tarjeta) se comprueba con «Comprobar el equipo» en el menú principal, o con "
              "setup --check.",
        "en": "The computer (Python, disk, memory, card) is checked by 'Check this computer' in the main menu, or by "
              "setup --check.",
    },
    "doctor.last_success": {
        "es": "El último entrenamiento ({run}) terminó bien.",
        "en": "The last training ({run}) ended well.",
    },
    "doctor.last_failed": {
        "es": "El último entrenamiento ({run}) no terminó bien. {cause}",
        "en": "The last training ({run}) did not end well. {cause}",
    },
    "doctor.last_open": {
        "es": "El último entrenamiento ({run}) no ha terminado o sigue en marcha.",
        "en": "The last training ({run}) has not ended, or still runs.",
    },
    "doctor.mtcnn.ok": {"es": "MTCNN está instalado, con su motor.", "en": "MTCNN is installed, with its engine."},
    "doctor.mtcnn.missing": {
        "es": "«MTCNN not available»: sin esto no se encuentran caras.\nCausa: falta {names} en este Python.\nQué hacer: "
              "ejecuta {command}",
        "en": "'MTCNN not available': without it no faces are found.\nWhy: {names} is missing in this Python.\nWhat to "
              "do: run {command}",
    },
    "doctor.memory.ok": {
        "es": "Sin «CUDA out of memory» en el último entrenamiento.",
        "en": "No 'CUDA out of memory' in the last training.",
    },
    "doctor.memory.survived": {
        "es": "«CUDA out of memory» apareció en {run}, pero el entrenamiento terminó bien.",
        "en": "'CUDA out of memory' came up in {run}, but the training ended well.",
    },
    "doctor.memory.replanned": {
        "es": "«CUDA out of memory» en {run}, paso {step}; el plan ya es otro.\nQué hacer: entrena otra vez.",
        "en": "'CUDA out of memory' in {run} at step {step}; the plan is another by now.\nWhat to do: train again.",
    },
    "doctor.memory.found": {
        "es": "«CUDA out of memory» en {run}, paso {step}: la tarjeta se quedó sin memoria.\nCausa: resolución "
              "{resolution} y dim {dim} piden más de lo que hay libre.\nQué hacer: cierra otros programas que usen la "
              "tarjeta y haz un plan más ligero.",
        "en": "'CUDA out of memory' in {run} at step {step}: the card ran out of memory.\nWhy: resolution {resolution} "
              "and dim {dim} ask for more than is free.\nWhat to do: close other programs that use the card and make a "
              "lighter plan.",
    },
    "doctor.faces.none_yet": {"es": "Todavía no se han buscado caras.", "en": "Faces were not looked for yet."},
    "doctor.faces.ok": {
        "es": "Hay cara en todas las imágenes procesadas ({total}).",
        "en": "There is a face in every processed picture ({total}).",
    },
    "doctor.faces.found": {
        "es": "«No face detected»: sin cara {n} de {total} imágenes; dudosas: {unsure}.\nCausa: cara tapada, pequeña, "
              "borrosa o de espaldas, o no hay nadie.\nQué hacer: míralas en la revisión. Con el umbral {threshold} se "
              "aprobarían además: {gained}",
        "en": "'No face detected': no face in {n} of {total} pictures; doubtful: {unsure}.\nWhy: the face is hidden, "
              "small, blurred or turned away, or there is nobody.\nWhat to do: look at them in the review. A threshold "
              "of {threshold} would approve in addition: {gained}",
    },
    "doctor.nan.ok": {
        "es": "Sin NaN en el último entrenamiento, y nada en el plan lo provoca.",
        "en": "No NaN in the last training, and nothing in the plan brings it.",
    },
    "doctor.nan.half_vae": {
        "es": "El plan calcula el VAE en media precisión.\nCausa: en SDXL eso da «NaN detected in latents».\nQué hacer: "
              "haz el plan de nuevo con no_half_vae=true.",
        "en": "The plan computes the VAE in half precision.\nWhy: with SDXL that gives 'NaN detected in latents'.\nWhat "
              "to do: plan anew with no_half_vae=true.",
    },
    "doctor.nan.replanned": {
        "es": "NaN en {run}, paso {step}; el plan ya es otro.\nQué hacer: entrena otra vez.",
        "en": "NaN in {run} at step {step}; the plan is another by now.\nWhat to do: train again.",
    },
    "doctor.nan.found": {
        "es": "NaN en {run}, paso {step}: ese modelo no sirve.\nCausa: números que se desbordan, por precisión "
              "insuficiente o tasa de aprendizaje alta.\nQué hacer: haz un plan más estable y entrena otra vez.",
        "en": "NaN in {run} at step {step}: that model is useless.\nWhy: numbers that overflow, from too little "
              "precision or too high a learning rate.\nWhat to do: make a steadier plan and train again.",
    },
    "doctor.images.ok": {
        "es": "El entrenador encontraría {n:imagen|imágenes}.",
        "en": "The trainer would find {n:picture|pictures}.",
    },
    "doctor.images.problems": {
        "es": "El entrenador tropezaría con {n:archivo|archivos} de {path}.\nQué hacer: prepara el dataset otra vez.",
        "en": "The trainer would trip over {n:file|files} in {path}.\nWhat to do: prepare the dataset again.",
    },
    "doctor.images.not_imported": {
        "es": "«0 train images»: todavía no has importado imágenes.\nQué hacer: importa tus imágenes.",
        "en": "'0 train images': no pictures were imported yet.\nWhat to do: import your pictures.",
    },
    "doctor.images.not_prepared": {
        "es": "«0 train images»: en {path} no hay nada que entrenar, aunque hay "
              "{approved:imagen aprobada|imágenes aprobadas}.\nCausa: "
              "el dataset no se ha preparado, o sus carpetas «N_cliente» se movieron.\nQué hacer: prepara el dataset.",
        "en": "'0 train images': {path} holds nothing to train, although {approved:picture is|pictures are} approved.\nWhy: "
              "the "
              "dataset was not prepared, or its 'N_client' folders were moved.\nWhat to do: prepare the dataset.",
    },
    "doctor.images.not_processed": {
        "es": "«0 train images»: ninguna imagen aprobada de {total}; quedan imágenes sin procesar.\nQué hacer: haz el "
              "procesamiento facial.",
        "en": "'0 train images': none of {total} pictures is approved; some are not processed.\nWhat to do: process the "
              "faces.",
    },
    "doctor.images.none_approved": {
        "es": "«0 train images»: el control de calidad rechazó las {total} imágenes.\nQué hacer: mira los motivos en la "
              "revisión y aprueba las que sirvan.",
        "en": "'0 train images': quality control refused all {total} pictures.\nWhat to do: see the reasons in the "
              "review and approve those that will do.",
    },
    "doctor.script.ok": {"es": "sdxl_train_network.py está en {path}.", "en": "sdxl_train_network.py is in {path}."},
    "doctor.script.wrong": {
        "es": "Script equivocado para SDXL en {path} (casos: {n}).\nCausa: train_network.py es para SD 1.5.\nQué hacer: "
              "entrena desde este programa, o cambia ese script a sdxl_train_network.py.",
        "en": "The wrong script for SDXL in {path} (cases: {n}).\nWhy: train_network.py is for SD 1.5.\nWhat to do: "
              "train from this program, or change that script to sdxl_train_network.py.",
    },
    "doctor.script.old_clone": {
        "es": "En {path} hay train_network.py, pero no sdxl_train_network.py.\nCausa: es una copia antigua de "
              "sd-scripts.\nQué hacer: instala el entrenador otra vez.",
        "en": "{path} holds train_network.py but no sdxl_train_network.py.\nWhy: it is an old copy of sd-scripts.\nWhat "
              "to do: install the trainer again.",
    },
    "doctor.script.not_installed": {
        "es": "El entrenador (sdxl_train_network.py) no está en {path}.\nQué hacer: instálalo; hasta entonces todo "
              "funciona menos entrenar.",
        "en": "The trainer (sdxl_train_network.py) is not in {path}.\nWhat to do: install it; until then everything "
              "works but the training.",
    },
    "doctor.backslashes.ok": {
        "es": "Ningún script ni ajuste tiene barras invertidas mal puestas.",
        "en": "No script and no setting has misplaced backslashes.",
    },
    "doctor.backslashes.script": {
        "es": "{path} continúa líneas con «\\» (scripts: {n}).\nCausa: en cmd se continúa con «^» y en PowerShell con "
              "«`».\nQué hacer: cámbialo por el signo correcto; la copia anterior se guarda.",
        "en": "{path} continues lines with '\\' (scripts: {n}).\nWhy: cmd continues with '^' and PowerShell with '`'.\n"
              "What to do: change it to the right sign; the earlier copy is kept.",
    },
    "doctor.backslashes.config": {
        "es": "{path} no se puede leer.\nCausa: en JSON una ruta de Windows se escribe con «\\\\» o con «/».\nQué hacer: "
              "escribe dobles las barras invertidas; la copia anterior se guarda.",
        "en": "{path} cannot be read.\nWhy: in JSON a Windows path is written with '\\\\' or with '/'.\nWhat to do: "
              "double the backslashes; the earlier copy is kept.",
    },
    "doctor.hang.ok": {"es": "Ningún entrenamiento está parado. En marcha: {n}", "en": "No training hangs. At work: {n}"},
    "doctor.hang.silent": {
        "es": "El entrenamiento {run} lleva {minutes:.0f} minutos sin decir nada, en el paso {step} de {total}.\nCausa: "
              "seguramente se ha colgado al cambiar de época.\nQué hacer: detenlo y continúa desde el último estado "
              "guardado.",
        "en": "The training {run} has said nothing for {minutes:.0f} minutes, at step {step} of {total}.\nWhy: it "
              "probably hangs at the change of an epoch.\nWhat to do: stop it and go on from the last saved state.",
    },
    "doctor.hang.several": {
        "es": "Hay {n} entrenamientos a la vez.\nCausa: se estorban en la tarjeta y parecen colgados.\nQué hacer: deja "
              "solo uno.",
        "en": "{n} trainings run at the same time.\nWhy: they block each other on the card and seem to hang.\nWhat to "
              "do: keep only one.",
    },
    "doctor.hang.workers": {
        "es": "El plan usa {n:proceso|procesos} para leer imágenes.\nCausa: Windows los arranca de nuevo en cada época, y ahí "
              "se "
              "cuelga.\nQué hacer: haz el plan con max_data_loader_n_workers=0.",
        "en": "The plan uses {n:process|processes} to read pictures.\nWhy: Windows starts them anew at each epoch, and there "
              "it "
              "hangs.\nWhat to do: plan with max_data_loader_n_workers=0.",
    },
    "doctor.warnings.ok": {
        "es": "Sin avisos repetidos de xFormers, Triton o TensorFlow.",
        "en": "No repeated warnings of xFormers, Triton or TensorFlow.",
    },
    "doctor.warnings.found": {
        "es": "Avisos repetidos en el registro: {n} ({kinds}). Son inofensivos: solo ensucian la pantalla.",
        "en": "Repeated warnings in the log: {n} ({kinds}). They are harmless: only noise on the screen.",
    },
    "doctor.remedy.replan": {"es": "hacer el plan de nuevo con {arguments}", "en": "plan anew with {arguments}"},
    "doctor.remedy.threshold": {
        "es": "bajar el umbral de caras de este cliente a {arguments} y juzgar otra vez",
        "en": "lower this client's face threshold to {arguments} and judge again",
    },
    "doctor.remedy.process": {"es": "hacer el procesamiento facial", "en": "process the faces"},
    "doctor.remedy.review": {"es": "revisar las imágenes rechazadas", "en": "review the refused pictures"},
    "doctor.remedy.prepare": {"es": "preparar el dataset", "en": "prepare the dataset"},
    "doctor.remedy.stop": {"es": "detener el entrenamiento {arguments}", "en": "stop the training {arguments}"},
    "doctor.remedy.scripts": {
        "es": "cambiar «\\» al final de línea por el signo correcto",
        "en": "change '\\' at line ends to the right sign",
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
    "doctor.nothing_to_fix": {
        "es": "«{name}» no tiene nada que arreglar desde aquí.\nQué hacer: mira la lista con «doctor».",
        "en": "'{name}' has nothing to mend from here.\nWhat to do: see the list with 'doctor'.",
    },
    "doctor.mended": {"es": "Corregido: {path} (antes: {kept})", "en": "Mended: {path} (before: {kept})"},
    "doctor.ask": {"es": "¿Qué hacemos? (1-{last}, 0 nada):", "en": "What shall be done? (1-{last}, 0 nothing):"},
    "doctor.bundled": {
        "es": "Informe escrito en {path}. Contiene solo esto:",
        "en": "Report written to {path}. It holds only this:",
    },
    "doctor.bundle_left_out": {
        "es": "No lleva nombres, prompts, textos, rutas, lugares, identificadores ni imágenes: nada se copia, cada "
              "archivo se escribe de nuevo con cifras y palabras del propio programa. Ábrelo y míralo antes de enviarlo.",
        "en": "It has no names, prompts, captions, paths, places, ids or pictures: nothing is copied, each file is "
              "written anew from figures and the program's own words. Open it and look before you send it.",
    },
    "doctor.member.about": {"es": "versiones, sistema y tarjeta", "en": "versions, system and card"},
    "doctor.member.findings": {"es": "esta lista, en cifras", "en": "this list, in figures"},
    "doctor.member.settings": {"es": "ajustes numéricos cambiados", "en": "changed settings that are numbers"},
    "doctor.member.program_log": {"es": "errores del programa, sin valores", "en": "errors of the program, without values"},
    "doctor.member.pictures": {"es": "cuántas imágenes de cada clase", "en": "how many pictures of each kind"},
    "doctor.member.runs": {"es": "los últimos entrenamientos, en cifras", "en": "the last trainings, in figures"},
    "doctor.member.trainer_log": {
        "es": "pasos, fases y errores del entrenador, sin valores",
        "en": "steps, phases and errors of the trainer, without values",
    },
    "menu.doctor": {"es": "¿Qué ha fallado?", "en": "What has failed?"},
    "ask.bundle_file": {"es": "Archivo zip para el informe", "en": "Zip file for the report"},
    "help.doctor": {
        "es": "¿qué ha fallado?: comprobar y arreglar los problemas conocidos",
        "en": "what has failed?: check and mend the known troubles",
    },
    "help.doctor_fix": {
        "es": "arreglar un punto de la lista: memory, faces; o un remedio de varios: faces.review",
        "en": "mend one point of the list: memory, faces; or one remedy of several: faces.review",
    },
    "help.doctor_bundle": {
        "es": "escribir un zip para un informe de error, sin datos personales",
        "en": "write a zip for a bug report, without personal data",
    },
    "col.bytes": {"es": "Bytes", "en": "Bytes"},
    "review.page_title": {
        "es": "Revisión, {list}: página {page} de {pages}. Imágenes: {n}. Carpeta: {folder}",
        "en": "Review, {list}: page {page} of {pages}. Pictures: {n}. Folder: {folder}",
    },
    "review.list.all": {"es": "todas", "en": "all"},
    "review.list.refused": {"es": "rechazadas", "en": "refused"},
    "review.list.approved": {"es": "aprobadas", "en": "approved"},
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
    "review.undone": {
        "es": "Deshecho. Imágenes: {n}. Cambios que aún puedes deshacer: {left}",
        "en": "Undone. Pictures: {n}. Changes that can still be undone: {left}",
    },
    "review.nothing_to_undo": {
        "es": "No hay ningún cambio que deshacer.\nCausa: en este cliente no se ha decidido nada a mano, o ya está todo "
              "deshecho.\nQué hacer: si quieres cambiar una imagen, apruébala o recházala por su número.",
        "en": "There is no change to undo.\nWhy: nothing was decided by hand for this client, or all of it is undone.\n"
              "What to do: to change a picture, approve or reject it by its number.",
    },
    "review.bad_number": {
        "es": "No hay imágenes con ese número: {text}\nCausa: los números van de 1 a {last}, y se escriben así: 3,7-12\n"
              "Qué hacer: mira el número en la lista, en la hoja de contactos o en output/review.html.",
        "en": "There are no pictures of that number: {text}\nWhy: numbers go from 1 to {last}, written like this: "
              "3,7-12\nWhat to do: look the number up in the list, on the contact sheet or in output/review.html.",
    },
    "review.face_how": {
        "es": "Falta el número de la cara.\nCausa: la orden es «f IMAGEN CARA».\nQué hacer: escribe por ejemplo «f 12 2» "
              "para usar la segunda cara de la imagen 12.",
        "en": "The number of the face is missing.\nWhy: the command is 'f PICTURE FACE'.\nWhat to do: type for example 'f "
              "12 2' to use the second face of picture 12.",
    },
    "review.page_written": {
        "es": "Página para el navegador: {path} (páginas: {n})",
        "en": "Page for the browser: {path} (pages: {n})",
    },
    "review.sheets_written": {
        "es": "Hojas de contactos con los mismos números: {names} (hojas: {n}) en {path}",
        "en": "Contact sheets with the same numbers: {names} (sheets: {n}) in {path}",
    },
    "review.ask": {
        "es": "Revisar (n página siguiente, p anterior, a aprobar, r rechazar, u deshacer, ? ayuda, 0 volver):",
        "en": "Review (n next page, p previous, a approve, r reject, u undo, ? help, 0 back):",
    },
    "review.help": {
        "es": "Escribe una letra y, si hace falta, números:\n  n, p          página siguiente, anterior (Enter: "
              "siguiente)\n  l             otra lista: rechazadas, aprobadas, sin procesar, todas\n  / TEXTO       "
              "buscar por nombre (solo / quita la búsqueda)\n  12            todo sobre la imagen 12\n  a 3,7-12      "
              "aprobar\n  r 3,7-12      rechazar\n  q 3,7-12      quitar tu decisión: vuelven a decidir las reglas\n  f "
              "12 2        usar la cara 2 de la imagen 12\n  u             deshacer el último cambio\n  0             "
              "volver al menú",
        "en": "Type a letter and, where needed, numbers:\n  n, p          next page, previous page (Enter: next)\n  "
              "l             another list: refused, approved, not processed, all\n  / TEXT        search by name (/ "
              "alone ends the search)\n  12            everything about picture 12\n  a 3,7-12      approve\n  r "
              "3,7-12      reject\n  c 3,7-12      clear your decision: the rules decide again\n  f 12 2        use face "
              "2 of picture 12\n  u             undo the last change\n  0             back to the menu",
    },
    "review.last_page": {"es": "Es la última página.", "en": "This is the last page."},
    "review.first_page": {"es": "Es la primera página.", "en": "This is the first page."},
    "review.page.title": {"es": "Revisión", "en": "Review"},
    "review.page.no_picture": {"es": "sin imagen", "en": "no picture"},
    "review.page.pages": {"es": "Páginas:", "en": "Pages:"},
    "review.page.how": {
        "es": "Los números son los mismos en esta página, en las hojas de contactos y en las órdenes, y no cambian al "
              "decidir. Copia una orden, cambia los números y pégala en la terminal, en la carpeta del programa.",
        "en": "Numbers are the same on this page, on the contact sheets and in the commands, and deciding does not "
              "change them. Copy a command, change its numbers and paste it into a terminal in the program's folder.",
    },
    "review.page.approve": {"es": "Aprobar", "en": "Approve"},
    "review.page.reject": {"es": "Rechazar", "en": "Reject"},
    "review.page.clear": {"es": "Devolver a las reglas", "en": "Give back to the rules"},
    "review.page.face": {"es": "Usar otra cara: la 2 de la imagen 3", "en": "Use another face: number 2 of picture 3"},
    "review.page.undo": {"es": "Deshacer el último cambio", "en": "Undo the last change"},
    "review.page.sheets": {"es": "Hojas de contactos:", "en": "Contact sheets:"},
    "review.page.first_refused": {
        "es": "Primero las rechazadas, después las aprobadas.",
        "en": "Refused pictures first, then approved ones.",
    },
    "report.measure.confidence": {"es": "confianza {value:.2f}", "en": "confidence {value:.2f}"},
    "report.measure.face_side_px": {"es": "cara {value:.0f} px", "en": "face {value:.0f} px"},
    "report.measure.noise": {"es": "ruido {value:.1f}", "en": "noise {value:.1f}"},
    "report.measure.enlargement": {"es": "ampliación {value:.1f}×", "en": "enlargement {value:.1f}×"},
    "col.faces": {"es": "Caras", "en": "Faces"},
    "col.face": {"es": "Cara usada", "en": "Face used"},
    "col.crop": {"es": "Recorte", "en": "Crop"},
    "col.original": {"es": "Original", "en": "Original"},
    "col.measures": {"es": "Medidas", "en": "Measures"},
    "help.review_undo": {"es": "deshacer el último cambio de la revisión", "en": "undo the last change of the review"},
    "help.review_list": {
        "es": "qué imágenes: all, refused, approved o pending",
        "en": "which pictures: all, refused, approved or pending",
    },
    "help.review_page": {"es": "página de la lista", "en": "page of the list"},
    "help.review_search": {"es": "solo nombres que contengan este texto", "en": "only names that hold this text"},
    "ask.range": {"es": "de {low} a {high}{unit}", "en": "{low} to {high}{unit}"},
    "ask.limits": {"es": "{asked} ({limits})", "en": "{asked} ({limits})"},
    "ask.number": {"es": "Escribe un número de {low} a {high}.", "en": "Type a number from {low} to {high}."},
    "ask.whole_number": {
        "es": "Escribe un número de {low} a {high} sin decimales.",
        "en": "Type a number from {low} to {high} without decimals.",
    },
    "ask.not_in_list": {
        "es": "Escribe un número de 1 a {last} o parte de un nombre (0 vuelve, ? explica).",
        "en": "Type a number from 1 to {last} or part of a name (0 goes back, ? explains).",
    },
    "ask.more_rows": {"es": "¿Ver más? ({shown} de {total})", "en": "Show more? ({shown} of {total})"},
    "ask.page": {
        "es": "  {first}-{last} de {total}: n página siguiente, p anterior; o escribe parte del nombre",
        "en": "  {first}-{last} of {total}: n next page, p the one before; or type part of the name",
    },
    "ask.walk_client": {"es": "¿Con qué cliente? (o «nuevo»)", "en": "Which client? (or 'new')"},
    "ask.walk_step": {"es": "¿Desde qué paso seguimos?", "en": "From which step do we go on?"},
    "ask.plan_value": {"es": "¿Cambiar algún valor? (- para ninguno)", "en": "Change a value? (- for none)"},
    "ask.plan_number": {"es": "Valor de {name}", "en": "Value of {name}"},
    "ask.plan_text": {"es": "Valor de {name}", "en": "Value of {name}"},
    "number.tenths": {"es": "{value:.1f}", "en": "{value:.1f}"},
    "unit.none": {"es": "", "en": ""},
    "unit.px": {"es": " px", "en": " px"},
    "question.menu": {
        "es": "Escribe el número de una línea y pulsa Enter. 0 vuelve. Quien empieza: «Recorrido guiado».",
        "en": "Type the number of a line and press Enter. 0 goes back. If you are new: 'Guided walk'.",
    },
    "question.queue_add": {
        "es": "Los clientes que se entrenarán uno tras otro: números, por ejemplo 1,3-5.",
        "en": "The clients to be trained one after the other: numbers, for example 1,3-5.",
    },
    "question.queue_remove": {
        "es": "Los que salen de la cola, por número. No se borra nada suyo.",
        "en": "Those that leave the queue, by number. Nothing of theirs is deleted.",
    },
    "question.how": {
        "es": "Enter acepta lo que está entre corchetes; 0 vuelve; Ctrl+C cancela la pregunta, no el programa.",
        "en": "Enter takes what stands in brackets; 0 goes back; Ctrl+C cancels the question, not the program.",
    },
    "question.walk_client": {
        "es": "Cada persona es un cliente con su propia carpeta: imágenes, dataset y modelo no se mezclan.",
        "en": "Every person is a client with a folder of their own: pictures, dataset and model never mix.",
    },
    "question.walk_step": {
        "es": "El número de un paso de la tabla. Volver a uno anterior no borra nada: después solo se rehace lo que dependa "
              "de lo que cambies.",
        "en": "The number of a step in the table. Going back deletes nothing: afterwards only what depends on your change "
              "is done again.",
    },
    "question.plan_value": {
        "es": "El plan ya sirve tal cual. Si sabes qué quieres, elige un valor o escribe el nombre de cualquier opción del "
              "entrenador; se avisa de lo que no cabrá en la memoria.",
        "en": "The plan works as it is. If you know what you want, choose a value or type the name of any option of the "
              "trainer; you are warned of what will not fit the memory.",
    },
    "question.plan_number": {
        "es": "Un número dentro de los límites que se muestran; valen 0,5 y 0.5.",
        "en": "A number within the limits shown; 0.5 and 0,5 both work.",
    },
    "question.plan_text": {
        "es": "El valor de la opción del entrenador, como lo escribirías tras --opción.",
        "en": "The value of the trainer's option, as you would type it after --option.",
    },
    "question.caption_image": {
        "es": "El número de la primera columna de la tabla, o parte del identificador de la imagen.",
        "en": "The number in the first column of the table, or part of the picture's id.",
    },
    "question.caption_text": {
        "es": "Lo que el entrenador leerá junto a la imagen. Empieza por la palabra de activación y describe lo que cambia "
              "(ropa, fondo, luz), no la cara.",
        "en": "What the trainer reads beside the picture. Begin with the trigger word and describe what changes (clothes, "
              "background, light), not the face.",
    },
    "question.caption_old": {
        "es": "Las palabras que se buscan en todos los textos.",
        "en": "The words looked for in all captions.",
    },
    "question.caption_new": {
        "es": "Lo que queda en su lugar; con - se quitan sin más.",
        "en": "What takes their place; - just takes them out.",
    },
    "question.caption_phrase": {
        "es": "Una frase corta sin comas, por ejemplo «soft light».",
        "en": "A short phrase without commas, for example 'soft light'.",
    },
    "question.checkpoint": {
        "es": "El entrenamiento guarda el LoRA varias veces por el camino. Con pocas imágenes, el último puede estar pasado "
              "(caras rígidas, siempre la misma foto): prueba entonces uno anterior. Se comprueba igual que el último.",
        "en": "A training saves the LoRA several times on its way. With few pictures the last may be overdone (stiff faces, "
              "always the same photo): try an earlier one then. It is checked like the last.",
    },
    "question.clear_saved": {
        "es": "Los estados sirven para seguir un entrenamiento y ocupan unos 2 GB cada uno. Cuando un entrenamiento ha "
              "terminado bien ya no hacen falta.",
        "en": "States serve to go on with a training and take about 2 GB each. Once a training has ended well nothing needs "
              "them.",
    },
    "question.captioner": {
        "es": "tags da palabras sueltas, sentences da frases. Hace falta el entrenador; la primera vez descarga su modelo.",
        "en": "tags gives single words, sentences gives phrases. It needs the trainer and downloads its model the first time.",
    },
    "question.more_rows": {
        "es": "Enter muestra la página siguiente; con «n» se sigue sin ver el resto.",
        "en": "Enter shows the next page; 'n' goes on without the rest.",
    },
    "question.caption_apply": {
        "es": "Con «s» se escriben los cambios de la tabla; se pueden deshacer después.",
        "en": "'y' writes the changes of the table; they can be undone afterwards.",
    },
    "question.doctor": {
        "es": "El número de un remedio: se hace en cuanto lo eliges, y después se mira todo otra vez. Enter o 0: nada.",
        "en": "The number of a remedy: it is done as soon as you choose it, then all is looked at again. Enter or 0: nothing.",
    },
    "question.install_trainer": {
        "es": "sd-scripts es el programa que entrena. Ocupa unos 6 GB y hace falta solo para entrenar: todo lo demás "
              "funciona sin él y puedes instalarlo más tarde en «Setup inicial del proyecto».",
        "en": "sd-scripts is the program that trains. It takes about 6 GB and is needed only for training: everything else "
              "works without it, and you can install it later in 'Initial setup of the project'.",
    },
    "question.language": {"es": "El idioma de los textos; se guarda.", "en": "The language of all texts; it is kept."},
    "question.client_id": {
        "es": "El nombre de su carpeta, por ejemplo cliente01_ana: letras sin acento, cifras, _ y -.",
        "en": "The name of their folder, for example client01_ana: letters without accents, digits, _ and -.",
    },
    "question.new_id": {
        "es": "El nombre nuevo de la carpeta del cliente; la palabra de activación no cambia.",
        "en": "The new name of the client's folder; the trigger word stays.",
    },
    "question.trigger": {
        "es": "La palabra que pondrás en tus prompts para que salga esta persona. Mejor una que no exista, como ohwx.",
        "en": "The word you will put into your prompts to get this person. Best one that does not exist, like ohwx.",
    },
    "question.class_word": {
        "es": "Qué es la persona para el modelo base: man, woman o person. Ayuda a que aprenda solo lo propio de ella.",
        "en": "What the person is to the base model: man, woman or person. It helps it learn only what is their own.",
    },
    "question.consent": {
        "es": "Trabaja solo con personas que estén de acuerdo. Apunta cuándo y cómo lo dijo, por ejemplo «firmado 2025-09-01».",
        "en": "Work only with people who agreed. Note when and how they said so, for example 'signed 2025-09-01'.",
    },
    "question.value": {"es": "Un valor que este comando necesita.", "en": "A value that this command needs."},
    "question.client": {"es": "El número o el nombre de un cliente.", "en": "The number or the name of a client."},
    "question.export_file": {
        "es": "Dónde se escribe el zip con lo del cliente; no se sobrescribe nada.",
        "en": "Where the zip with all of the client is written; nothing is overwritten.",
    },
    "question.originals": {
        "es": "Los originales son las fotos tal como las diste: personales y grandes. Sin ellos van solo los recortes.",
        "en": "The originals are the photos as you gave them: personal and large. Without them only the crops go in.",
    },
    "question.confirm_delete": {
        "es": "No se puede deshacer. Escribe el nombre del cliente para borrarlo, o 0 para dejarlo.",
        "en": "It cannot be undone. Type the client's name to delete it, or 0 to leave it.",
    },
    "question.mj_path": {
        "es": "La carpeta donde guardaste las descargas de MidJourney. Puedes arrastrarla a esta ventana, pegar su ruta o "
              "completarla con Tab. Se copian: los originales no se tocan. Con - no hay ninguna.",
        "en": "The folder with your MidJourney downloads. You can drag it into this window, paste its path or complete it "
              "with Tab. They are copied: the originals stay untouched. - for none.",
    },
    "question.real_path": {
        "es": "La carpeta con las fotos de la persona: JPEG, PNG, HEIC o RAW de cámara. Puedes arrastrarla a esta ventana. "
              "Se copian: los originales no se tocan. Con - no hay ninguna.",
        "en": "The folder with the person's photos: JPEG, PNG, HEIC or a camera's RAW. You can drag it into this window. "
              "They are copied: the originals stay untouched. - for none.",
    },
    "question.typed_prompt": {
        "es": "Lo que escribiste en MidJourney. Si las descargas ya lo llevan dentro, no hace falta.",
        "en": "What you typed in MidJourney. Not needed where the downloads carry it inside.",
    },
    "question.master_prompt": {
        "es": "El prompt con el que nació el avatar; se guarda con el cliente. Con - se deja como está.",
        "en": "The prompt the avatar was born with; it is kept with the client. - leaves it as it is.",
    },
    "question.group": {
        "es": "Las cuatro variaciones de una petición forman un grupo; «all» son todos.",
        "en": "The four variations of one request are a group; 'all' means every one.",
    },
    "question.preset": {
        "es": "quick: una prueba corta. balanced: lo recomendado. quality: más pasos, más horas.",
        "en": "quick: a short trial. balanced: the advised one. quality: more steps, more hours.",
    },
    "question.gpu": {
        "es": "La tarjeta en la que se entrenará; el plan se ajusta a su memoria.",
        "en": "The card it will be trained on; the plan is fitted to its memory.",
    },
    "question.train_now": {
        "es": "Dura horas y ocupa la tarjeta. Ctrl+C pregunta cómo parar; se puede continuar más tarde.",
        "en": "It takes hours and the whole card. Ctrl+C asks how to stop; it can be resumed later.",
    },
    "question.go": {
        "es": "Con Enter se hace este paso. Puede interrumpirse: lo terminado se conserva y al volver se hace el resto.",
        "en": "Enter does this step. It may be interrupted: what is finished is kept, and the rest is done next time.",
    },
    "guided.why.setup": {
        "es": "Cada persona tiene su carpeta; antes se mira si este equipo puede con el trabajo.",
        "en": "Every person has a folder; first comes a look at whether this computer can do the work.",
    },
    "guided.why.model": {
        "es": "El archivo .safetensors se abre y se comprueba; así se usa en ComfyUI, A1111/Forge, Diffusers o InvokeAI.",
        "en": "The .safetensors is opened and checked; so it works in ComfyUI, A1111/Forge, Diffusers or InvokeAI.",
    },
    "guided.there": {"es": "Hay: {n}. Estado: {state}.", "en": "There: {n}. State: {state}."},
    "guided.keys": {
        "es": "Enter acepta lo propuesto, ? explica, < vuelve al paso anterior, 0 sale.",
        "en": "Enter takes what is proposed, ? explains, < goes back a step, 0 leaves.",
    },
    "guided.machine": {
        "es": "Este equipo: {verdict} Detalles: «Comprobar el equipo» en el menú principal.",
        "en": "This computer: {verdict} Details: 'Check this computer' in the main menu.",
    },
    "guided.look": {
        "es": "Aprobadas: {approved}. Rechazadas: {refused}. Todos los recortes, numerados: {path}",
        "en": "Approved: {approved}. Refused: {refused}. All crops, numbered: {path}",
    },
    "guided.worst": {"es": "Las peores (con su número en las hojas)", "en": "The worst (numbered as on the sheets)"},
    "guided.best": {"es": "Las mejores (con su número en las hojas)", "en": "The best (numbered as on the sheets)"},
    "guided.no_trainer": {
        "es": "Hasta aquí todo está comprobado. Para entrenar falta sd-scripts (unos 6 GB).",
        "en": "Up to here everything is checked. To train, sd-scripts is missing (about 6 GB).",
    },
    "guided.no_model": {
        "es": "Todavía no hay modelo: aparecerá aquí cuando termine el entrenamiento.",
        "en": "There is no model yet: it will be here when the training has ended.",
    },
    "guided.new_client": {"es": "nuevo", "en": "new"},
    "menu.enter": {"es": "Elige una opción (0-{last}) [{n}]:", "en": "Choose an option (0-{last}) [{n}]:"},
    "col.sharpness": {"es": "Nitidez", "en": "Sharpness"},
    "col.confidence": {"es": "Confianza (%)", "en": "Confidence (%)"},
    "stage.setup": {"es": "Preparación y cliente", "en": "Setup and client"},
    "stage.model": {"es": "Modelo final", "en": "Final model"},
    "short.setup": {"es": "Cliente", "en": "Client"},
    "short.model": {"es": "Archivo", "en": "File"},
    "stage.why.no_trainer": {
        "es": "Falta el entrenador; solo hace falta para entrenar.",
        "en": "The trainer is missing; only training needs it.",
    },
    "stage.why.retrain": {
        "es": "El modelo es de un plan anterior.",
        "en": "The model comes from an earlier plan.",
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
    "table.locked": {
        "es": "La tabla {path} está abierta en otro programa (¿Excel?) y no se ha actualizado; todo lo demás está hecho. Qué "
              "hacer: ciérrala; se escribirá de nuevo con el próximo cambio (importar, procesar o revisar).",
        "en": "The table {path} is open in another program (Excel?) and was not updated; all else is done. What to do: close "
              "it; the next change (import, process or review) writes it anew.",
    },
    "system.disk_full": {
        "es": "No queda espacio en disco.\nCausa: {detail} ({path})\nQué hacer: libera espacio y repite; lo ya terminado "
              "se conserva.",
        "en": "The disk is full.\nWhy: {detail} ({path})\nWhat to do: free some space and repeat; what was finished is kept.",
    },
    "system.error": {
        "es": "El sistema no ha permitido una operación.\nCausa: {detail} ({path})\nQué hacer: comprueba que el archivo "
              "existe, que ningún otro programa lo tiene abierto (visor, Excel, OneDrive) y que tienes permiso; luego repite.",
        "en": "The system refused an operation.\nWhy: {detail} ({path})\nWhat to do: check that the file exists, that no "
              "other program has it open (viewer, Excel, OneDrive) and that you may write there; then repeat.",
    },
    "command.bug": {
        "es": "Error interno del programa, no es culpa tuya.\nCausa: {detail}\nQué hacer: repite; si vuelve a ocurrir, "
              "envía el registro {log}",
        "en": "An internal error of the program, no fault of yours.\nWhy: {detail}\nWhat to do: repeat; if it happens "
              "again, send the log {log}",
    },
    "command.interrupted": {
        "es": "Interrumpido. Lo ya terminado se conserva; repite para continuar.",
        "en": "Interrupted. What was finished is kept; repeat to go on.",
    },
    "usage.missing": {"es": "faltan estos argumentos: {names}", "en": "these arguments are missing: {names}"},
    "usage.unknown": {"es": "argumentos que no existen: {names}", "en": "arguments that do not exist: {names}"},
    "usage.choice": {
        "es": "argumento {name}: {value} no vale (elige entre {choices})",
        "en": "argument {name}: {value} is not accepted (choose from {choices})",
    },
    "usage.no_value": {"es": "argumento {name}: falta su valor", "en": "argument {name}: its value is missing"},
    "usage.no_values": {"es": "argumento {name}: lleva al menos un valor", "en": "argument {name}: takes at least one value"},
    "usage.too_few": {
        "es": "argumento {name}: lleva {count:valor|valores}", "en": "argument {name}: takes {count:value|values}",
    },
    "usage.takes_none": {
        "es": "argumento {name}: no lleva ningún valor, y {value} sobra",
        "en": "argument {name}: takes no value, but got {value}",
    },
    "usage.not_together": {
        "es": "argumento {name}: no puede ir junto con {other}", "en": "argument {name}: not allowed together with {other}",
    },
    "usage.needs_one_of": {
        "es": "argumento {name}: hace falta uno de estos: {names}", "en": "argument {name}: needs one of these: {names}",
    },
    "usage.bad_value": {"es": "argumento {name}: {value}", "en": "argument {name}: {value}"},
    "usage.other": {"es": "{detail}", "en": "{detail}"},
    "help.usage": {"es": "uso:", "en": "usage:"},
    "help.arguments": {"es": "argumentos", "en": "arguments"},
    "help.options": {"es": "opciones", "en": "options"},
    "help.commands": {"es": "comandos", "en": "commands"},
    "help.help": {"es": "muestra esta ayuda y termina", "en": "show this help and exit"},
    "usage.wrong": {
        "es": "Orden mal escrita.\nCausa: {detail}\nQué hacer: escríbela así; con --help verás qué es cada cosa:\n{usage}",
        "en": "The command is not right.\nWhy: {detail}\nWhat to do: write it so; --help tells what is what:\n{usage}",
    },
    "client.none_chosen": {
        "es": "No hay ningún cliente seleccionado.\nQué hacer: elige «Seleccionar cliente» en el menú principal.",
        "en": "No client is selected.\nWhat to do: choose 'Select a client' in the main menu.",
    },
    "client.none_exist": {
        "es": "Todavía no hay clientes.\nQué hacer: crea uno en «Gestión de clientes».",
        "en": "There are no clients yet.\nWhat to do: create one in 'Clients'.",
    },
    "client.none_yet": {"es": "Todavía no hay clientes.", "en": "There are no clients yet."},
    "client.not_confirmed": {
        "es": "No se ha borrado nada.\nCausa: lo escrito no es «{client}».\nQué hacer: para borrar, escribe el nombre "
              "exacto (o usa --confirm {client}).",
        "en": "Nothing was deleted.\nWhy: what was typed is not '{client}'.\nWhat to do: to delete, type the exact name "
              "(or use --confirm {client}).",
    },
    "client.created": {
        "es": "Cliente «{client}» creado en {folder}. Palabra de activación: {trigger}",
        "en": "Client '{client}' created in {folder}. Trigger word: {trigger}",
    },
    "client.renamed": {
        "es": "«{old}» se llama ahora «{client}». La palabra de activación sigue siendo {trigger}; el dataset se prepara "
              "de nuevo.",
        "en": "'{old}' is now called '{client}'. The trigger word is still {trigger}; the dataset is to be prepared anew.",
    },
    "client.deleted": {
        "es": "Cliente «{client}» borrado por completo ({freed_mb:.1f} MB).",
        "en": "Client '{client}' deleted for good ({freed_mb:.1f} MB).",
    },
    "client.list_title": {"es": "Clientes", "en": "Clients"},
    "bundle.local_path": {
        "es": "No se escribió nada: la opción {option} nombra un archivo de este equipo ({path}), que en el otro no está.\n"
              "Qué hacer: configura sin esa opción y añádela en el otro equipo.",
        "en": "Nothing was written: the option {option} names a file of this computer ({path}), which the other one lacks.\n"
              "What to do: configure without that option, and add it on the other computer.",
    },
    "bundle.no_dataset": {
        "es": (
            "No hay nada que entrenar en otro equipo.\nCausa: {client} no tiene dataset preparado.\n"
            "Qué hacer: prepara el dataset (prepare {client})."
        ),
        "en": (
            "There is nothing to train elsewhere.\nWhy: {client} has no prepared dataset.\n"
            "What to do: prepare the dataset (prepare {client})."
        ),
    },
    "bundle.broken": {
        "es": (
            "El paquete {path} no se guardó.\nCausa: {member} no se pudo volver a leer del disco.\n"
            "Qué hacer: escríbelo en otro disco."
        ),
        "en": (
            "The bundle {path} was not kept.\nWhy: {member} could not be read back from the disk.\n"
            "What to do: write it to another disk."
        ),
    },
    "bundle.done": {
        "es": "Paquete listo y comprobado: {path} ({bytes_mb:.1f} MB, {pictures:imagen|imágenes}, plan {profile} / {preset}).",
        "en": "Bundle ready and checked: {path} ({bytes_mb:.1f} MB, {pictures:picture|pictures}, plan {profile} / {preset}).",
    },
    "bundle.how": {
        "es": "En el otro equipo: descomprímelo y sigue LEEME.txt (train.bat en Windows, sh train.sh en los demás).",
        "en": "On the other computer: unpack it and follow README.txt (train.bat on Windows, sh train.sh elsewhere).",
    },
    "bundle.personal_data": {
        "es": "Contiene recortes de la cara y sus textos: son datos personales. Envíalo solo a quien deba tenerlos.",
        "en": "It contains crops of the face and their captions: personal data. Send it only to those who should have it.",
    },
    "bundle.trial": {
        "es": "El plan del paquete es solo una prueba de {steps} pasos en el procesador. Qué hacer: nombra la tarjeta del otro "
              "equipo, por ejemplo --gpu rtx4090_24gb.",
        "en": "The bundle's plan is only a trial of {steps} steps on the processor. What to do: name the other computer's "
              "card, for example --gpu rtx4090_24gb.",
    },
    "bundle.readme": {
        "es": (
            "Entrenar este LoRA en otro equipo\n"
            "=================================\n\n"
            "Este paquete contiene imágenes de una persona o de un avatar: borra la copia cuando acabes.\n\n"
            "1. Instala sd-scripts con su entorno (venv): {repository}, revisión {revision}.\n"
            "2. Modelo base: {base_model}. Un archivo .safetensors de SDXL o un nombre de Hugging Face, que se descarga.\n"
            "3. Windows:      train.bat C:\\sd-scripts C:\\modelos\\sdxl.safetensors\n"
            "   Linux, macOS: sh train.sh ~/sd-scripts ~/modelos/sdxl.safetensors\n"
            "4. El modelo queda en la carpeta output. Palabra de activación: {trigger}. Peso 0.7-1.0.\n\n"
            "dataset     imágenes y textos; el número de la carpeta dice cuántas veces se repite cada una\n"
            "plan.json   todos los valores del entrenamiento\n\n"
            "Si falta memoria: en train.bat o train.sh baja --network_dim a la mitad y añade --fp8_base.\n"
            "Si acaba en segundos y sin modelo: el entrenador no vio las imágenes; no muevas el guion fuera del paquete.\n"
        ),
        "en": (
            "Train this LoRA on another computer\n"
            "===================================\n\n"
            "This bundle contains pictures of a person or of an avatar: delete the copy when you are done.\n\n"
            "1. Install sd-scripts with its environment (venv): {repository}, revision {revision}.\n"
            "2. Base model: {base_model}. A .safetensors file of SDXL or a name at Hugging Face, which is downloaded.\n"
            "3. Windows:      train.bat C:\\sd-scripts C:\\models\\sdxl.safetensors\n"
            "   Linux, macOS: sh train.sh ~/sd-scripts ~/models/sdxl.safetensors\n"
            "4. The model lies in the folder output. Trigger word: {trigger}. Weight 0.7-1.0.\n\n"
            "dataset     pictures and captions; the folder's number says how often each is repeated\n"
            "plan.json   every value of the training\n\n"
            "Out of memory: halve --network_dim in train.bat or train.sh and add --fp8_base.\n"
            "Over in seconds and without a model: the trainer saw no pictures; leave the script inside the bundle.\n"
        ),
    },
    "ask.bundle_zip": {"es": "Archivo zip", "en": "Zip file"},
    "question.bundle_zip": {
        "es": "Dónde se escribe el paquete para entrenar en otro equipo. No se sobrescribe nada.",
        "en": "Where the bundle to train on another computer is written. Nothing is overwritten.",
    },
    "ask.bundle_gpu": {"es": "Tarjeta del otro equipo", "en": "The other computer's card"},
    "question.bundle_gpu": {
        "es": "El plan se ajusta a la memoria de esa tarjeta, no a la de este equipo.",
        "en": "The plan is fitted to that card's memory, not to this computer's.",
    },
    "menu.bundle": {"es": "Paquete para entrenar en otro equipo", "en": "Bundle to train on another computer"},
    "help.bundle": {
        "es": "escribir un zip para entrenar en otro equipo: dataset, guiones y plan",
        "en": "write a zip to train elsewhere: dataset, scripts and plan",
    },
    "export.done": {"es": "Exportado a {path} ({bytes_mb:.1f} MB).", "en": "Exported to {path} ({bytes_mb:.1f} MB)."},
    "export.personal_data": {
        "es": "El archivo contiene recortes de caras y datos personales; los originales no están incluidos. Trátalo "
              "con cuidado.",
        "en": "The file holds face crops and personal data; the originals are not in it. Keep it accordingly.",
    },
    "export.personal_data_originals": {
        "es": "El archivo contiene todas las fotos originales y datos personales. Trátalo con cuidado.",
        "en": "The file holds all original photos and personal data. Keep it accordingly.",
    },
    "language.saved": {"es": "Idioma: español.", "en": "Language: English."},
    "unit.pictures": {"es": "imágenes", "en": "pictures"},
    "unit.steps": {"es": "pasos", "en": "steps"},
    "word.yes": {"es": "sí", "en": "yes"},
    "word.no": {"es": "no", "en": "no"},
    "list.join": {"es": "{first}, {rest}", "en": "{first}, {rest}"},
    "list.item": {"es": "{item}", "en": "{item}"},
    "level.ready": {"es": "listo", "en": "ready"},
    "level.attention": {"es": "atención", "en": "attention"},
    "level.blocked": {"es": "bloqueado", "en": "blocked"},
    "col.level": {"es": "Estado", "en": "State"},
    "col.finding": {"es": "Resultado", "en": "Finding"},
    "col.minutes": {"es": "Minutos", "en": "Minutes"},
    "col.client": {"es": "Cliente", "en": "Client"},
    "col.trigger": {"es": "Activación", "en": "Trigger"},
    "col.pictures": {"es": "Imágenes", "en": "Pictures"},
    "col.approved": {"es": "Aprobadas", "en": "Approved"},
    "col.models": {"es": "Modelos", "en": "Models"},
    "col.name": {"es": "Nombre", "en": "Name"},
    "col.class_word": {"es": "Clase", "en": "Class"},
    "col.consent": {"es": "Consentimiento", "en": "Consent"},
    "col.made": {"es": "Creado", "en": "Made"},
    "col.master_prompt": {"es": "Prompt maestro", "en": "Master prompt"},
    "col.folder": {"es": "Carpeta", "en": "Folder"},
    "col.what": {"es": "Dato", "en": "What"},
    "col.value": {"es": "Valor", "en": "Value"},
    "col.files": {"es": "Archivos", "en": "Files"},
    "col.file": {"es": "Archivo", "en": "File"},
    "col.reason": {"es": "Motivo", "en": "Reason"},
    "col.number": {"es": "N.º", "en": "No."},
    "col.job": {"es": "Job ID", "en": "Job ID"},
    "col.prompt": {"es": "Prompt", "en": "Prompt"},
    "col.image": {"es": "Imagen", "en": "Image"},
    "col.caption": {"es": "Texto", "en": "Caption"},
    "col.before": {"es": "Antes", "en": "Before"},
    "col.after": {"es": "Después", "en": "After"},
    "col.verdict": {"es": "Veredicto", "en": "Verdict"},
    "col.by": {"es": "Por", "en": "By"},
    "col.repeats": {"es": "Repeticiones", "en": "Repeats"},
    "col.exposures": {"es": "Exposiciones", "en": "Exposures"},
    "col.asked": {"es": "Pedido", "en": "Asked"},
    "col.fitted": {"es": "Ajustado", "en": "Fitted"},
    "col.run": {"es": "Entrenamiento", "en": "Run"},
    "col.state": {"es": "Estado", "en": "State"},
    "col.steps": {"es": "Pasos", "en": "Steps"},
    "col.step": {"es": "Paso", "en": "Step"},
    "col.of": {"es": "de", "en": "of"},
    "col.loss": {"es": "Pérdida", "en": "Loss"},
    "col.size": {"es": "Tamaño", "en": "Size"},
    "col.dim": {"es": "Dim", "en": "Dim"},
    "col.stage": {"es": "Etapa", "en": "Stage"},
    "col.count": {"es": "Cantidad", "en": "Count"},
    "progress.import": {"es": "Importando", "en": "Importing"},
    "progress.faces": {"es": "Caras", "en": "Faces"},
    "progress.report": {"es": "Informe", "en": "Report"},
    "progress.sheets": {"es": "Hojas de contactos", "en": "Contact sheets"},
    "progress.dataset": {"es": "Dataset", "en": "Dataset"},
    "progress.training": {"es": "Entrenando", "en": "Training"},
    "stage.import": {"es": "Importar", "en": "Import"},
    "stage.import-mj": {"es": "Imágenes MidJourney", "en": "MidJourney pictures"},
    "stage.import-real": {"es": "Fotos reales", "en": "Real photos"},
    "stage.process": {"es": "Procesamiento facial", "en": "Face processing"},
    "stage.prepare": {"es": "Dataset LoRA", "en": "LoRA dataset"},
    "stage.configure": {"es": "Configurar entrenamiento", "en": "Training plan"},
    "stage.check": {"es": "Comprobar el comando", "en": "Check of the command"},
    "stage.train": {"es": "Entrenar", "en": "Training"},
    "short.import-mj": {"es": "MJ", "en": "MJ"},
    "short.import-real": {"es": "Fotos", "en": "Photos"},
    "short.process": {"es": "Caras", "en": "Faces"},
    "short.prepare": {"es": "Dataset", "en": "Dataset"},
    "short.configure": {"es": "Plan", "en": "Plan"},
    "short.train": {"es": "Modelo", "en": "Model"},
    "state.done": {"es": "hecho", "en": "done"},
    "state.todo": {"es": "por hacer", "en": "to do"},
    "state.outdated": {"es": "sin actualizar", "en": "out of date"},
    "state.optional": {"es": "opcional", "en": "optional"},
    "stage.why.new_pictures": {"es": "Imágenes nuevas sin procesar: {n}", "en": "New pictures not processed: {n}"},
    "stage.why.settings": {
        "es": "Los ajustes de caras o calidad han cambiado. Imágenes: {n}",
        "en": "Face or quality settings have changed. Pictures: {n}",
    },
    "stage.why.pictures_changed": {
        "es": "Han cambiado las imágenes aprobadas, los textos o el reparto.",
        "en": "Approved pictures, captions or shares have changed.",
    },
    "stage.why.dataset_changed": {
        "es": "El dataset es otro que cuando se hizo el plan.",
        "en": "The dataset is not the one the plan was made for.",
    },
    "stage.why.run_open": {
        "es": "El entrenamiento {run} no terminó o sigue en marcha.",
        "en": "The run {run} did not end, or still runs.",
    },
    "stage.why.run_failed": {
        "es": "El entrenamiento {run} terminó sin un modelo válido.",
        "en": "The run {run} ended without a valid model.",
    },
    "stage.why.plan_changed": {
        "es": "El plan ha cambiado desde el último entrenamiento.",
        "en": "The plan has changed since the last training.",
    },
    "status.title": {
        "es": "Cliente {client}. Aprobadas: {approved}. Rechazadas: {refused}.",
        "en": "Client {client}. Approved: {approved}. Refused: {refused}.",
    },
    "status.next": {"es": "Siguiente: {stage}", "en": "Next: {stage}"},
    "status.finished": {
        "es": "Todo está hecho: el modelo está en la carpeta models/.",
        "en": "All is done: the model is in the folder models/.",
    },
    "import.report": {"es": "Añadidas: {added}. Ya estaban: {already}.", "en": "Added: {added}. Already there: {already}."},
    "import.prompts": {
        "es": "Prompt incrustado: {embedded}, del nombre: {filename}, escrito: {typed}, sin prompt: {none}",
        "en": "Prompt embedded: {embedded}, from the name: {filename}, typed: {typed}, without prompt: {none}",
    },
    "import.prompts_of_group": {
        "es": "Sin metadatos, con el prompt de otra imagen de su mismo trabajo: {n}.",
        "en": "Without metadata, with the prompt of another picture of the same job: {n}.",
    },
    "import.groups": {
        "es": "Grupos con sus cuatro imágenes: {complete}; incompletos: {incomplete}.",
        "en": "Groups with all four pictures: {complete}; incomplete: {incomplete}.",
    },
    "import.same_bytes": {
        "es": "Repetidas, guardadas una sola vez: {n} ({pairs}).",
        "en": "The same file twice, kept once: {n} ({pairs}).",
    },
    "import.near_duplicates": {
        "es": "Casi iguales a otra imagen: {n}, se conservan ({pairs}).",
        "en": "Nearly the same as another picture: {n}, kept ({pairs}).",
    },
    "import.more_files": {
        "es": "… y {n:archivo más|archivos más}",
        "en": "… and {n:more file|more files}",
    },
    "import.same_reason": {
        "es": "por lo mismo; sus nombres están en logs/avatar_pipeline.log",
        "en": "for the same reason; their names are in logs/avatar_pipeline.log",
    },
    "import.refused_title": {"es": "No admitidas: {n}", "en": "Not taken in: {n}"},
    "import.nothing_added": {
        "es": "No se ha añadido ninguna imagen.\nCausa: {n:archivo no admitido|archivos no admitidos}, cada uno con su motivo "
              "arriba.\nQué "
              "hacer: corrige lo indicado o elige otra carpeta.",
        "en": "No picture was added.\nWhy: {n:file was|files were} not taken in, each with its reason above.\nWhat to do: mend "
              "what is named, or choose another folder.",
    },
    "prompt.master_saved": {"es": "Prompt maestro guardado.", "en": "Master prompt saved."},
    "prompt.group_saved": {"es": "Prompt guardado. Imágenes: {n}", "en": "Prompt saved. Pictures: {n}"},
    "prompt.groups_title": {"es": "Grupos de MidJourney", "en": "Groups of MidJourney"},
    "process.report": {
        "es": "Procesadas: {done}. Aprobadas: {approved}. Rechazadas: {refused}. Sin cambios: {kept}. Tiempo: "
              "{seconds:.1f} s",
        "en": "Processed: {done}. Approved: {approved}. Refused: {refused}. Unchanged: {kept}. Time: {seconds:.1f} s",
    },
    "process.reasons_title": {"es": "Motivos", "en": "Reasons"},
    "process.failed_title": {"es": "Imágenes que no se pudieron procesar", "en": "Pictures that could not be processed"},
    "process.sheets": {"es": "Hojas de contactos: {n}, desde {path}", "en": "Contact sheets: {n}, from {path}"},
    "review.nothing": {
        "es": "Todavía no hay nada que revisar: primero el procesamiento facial.",
        "en": "Nothing to review yet: face processing comes first.",
    },
    "review.decided": {
        "es": "Decidido a mano. Aprobadas: {approved}. Rechazadas: {rejected}. Devueltas a las reglas: {cleared}.",
        "en": "Decided by hand. Approved: {approved}. Rejected: {rejected}. Given back to the rules: {cleared}.",
    },
    "review.face_chosen": {"es": "En {image} se usa ahora la cara {n}.", "en": "{image} now uses face {n}."},
    "verdict.approved": {"es": "aprobada", "en": "approved"},
    "verdict.pending": {"es": "sin procesar", "en": "not processed"},
    "verdict.rejected": {"es": "rechazada", "en": "refused"},
    "by.rules": {"es": "reglas", "en": "rules"},
    "by.user": {"es": "tú", "en": "you"},
    "dataset.report": {
        "es": "Dataset preparado. Imágenes: {n}. Carpeta: {path}",
        "en": "Dataset prepared. Pictures: {n}. Folder: {path}",
    },
    "dataset.shares": {
        "es": "Reparto en exposiciones: MidJourney {mj:.0f} % (pedido {mj_asked:.0f} %), fotos reales {real:.0f} % "
              "(pedido {real_asked:.0f} %)",
        "en": "Shares of exposures: MidJourney {mj:.0f} % (asked {mj_asked:.0f} %), real photos {real:.0f} % (asked "
              "{real_asked:.0f} %)",
    },
    "captions.title": {
        "es": "Textos que escribirá «Preparar dataset LoRA» (imágenes: {n}, editados por ti: {edited})",
        "en": "Captions that 'Prepare the LoRA dataset' will write (pictures: {n}, edited by you: {edited})",
    },
    "captions.preview_title": {
        "es": "Cambios en {n} de {total} textos (nada escrito todavía)",
        "en": "Changes to {n} of {total} captions (nothing written yet)",
    },
    "captions.no_changes": {"es": "No cambiaría ningún texto.", "en": "No caption would change."},
    "captions.how_to_apply": {"es": "Para escribirlos, repite con --apply.", "en": "To write them, repeat with --apply."},
    "captions.applied": {
        "es": "Textos cambiados: {n}. Son tuyos: ninguna preparación los reescribe. Se deshace con --undo --apply "
              "o en el menú.",
        "en": "Captions changed: {n}. They are yours: no preparation rewrites them. Taken back with --undo --apply or in the "
              "menu.",
    },
    "captions.undone": {"es": "Textos devueltos a como estaban: {n}.", "en": "Captions as they were before: {n}."},
    "captions.asking": {
        "es": "Preguntando al descriptor del entrenador ({kind}); la primera vez tarda…",
        "en": "Asking the trainer's captioner ({kind}); the first time takes a while…",
    },
    "captions.left_out": {"es": "fuera", "en": "left out"},
    "run.stage_done": {"es": "== {stage}", "en": "== {stage}"},
    "train.use": {
        "es": "Úsalo con la palabra {trigger}, peso 0.7-1.0, 20-30 pasos, CFG 7-8.",
        "en": "Use it with the word {trigger}, weight 0.7-1.0, 20-30 steps, CFG 7-8.",
    },
    "train.log": {"es": "Registro: {path}", "en": "Log: {path}"},
    "train.command_title": {"es": "Comando (en la carpeta {cwd})", "en": "Command (in the folder {cwd})"},
    "shell.posix": {"es": "Linux y macOS:", "en": "Linux and macOS:"},
    "shell.cmd": {"es": "Windows, cmd:", "en": "Windows, cmd:"},
    "shell.powershell": {"es": "Windows, PowerShell:", "en": "Windows, PowerShell:"},
    "preflight.title": {"es": "Comprobaciones antes de entrenar", "en": "Checks before training"},
    "train.verdict.ready": {"es": "Listo para entrenar.", "en": "Ready to train."},
    "train.verdict.attention": {
        "es": "Se puede entrenar; mira las advertencias.",
        "en": "Training is possible; see the warnings.",
    },
    "train.verdict.blocked": {
        "es": "Todavía no se puede entrenar. Corrige esto:",
        "en": "Training is not possible yet. Mend this:",
    },
    "plan.title": {"es": "Plan de entrenamiento", "en": "Training plan"},
    "plan.changes_title": {"es": "Ajustado a tu tarjeta y a tu dataset", "en": "Fitted to your card and your dataset"},
    "plan.profile": {"es": "Perfil de tarjeta", "en": "Card profile"},
    "plan.preset": {"es": "Modo", "en": "Preset"},
    "plan.base_model": {"es": "Modelo base", "en": "Base model"},
    "plan.resolution": {"es": "Resolución", "en": "Resolution"},
    "plan.dim": {"es": "Dim / alpha", "en": "Dim / alpha"},
    "plan.batch": {"es": "Lote x acumulación", "en": "Batch x accumulation"},
    "plan.precision": {"es": "Precisión", "en": "Precision"},
    "plan.optimizer": {"es": "Optimizador", "en": "Optimizer"},
    "plan.learning_rate": {"es": "Tasa de aprendizaje", "en": "Learning rate"},
    "plan.steps": {"es": "Pasos", "en": "Steps"},
    "run.working": {"es": "entrenando", "en": "training"},
    "monitor.title": {"es": "Entrenamientos", "en": "Training runs"},
    "monitor.none": {"es": "Todavía no se ha entrenado.", "en": "Nothing has been trained yet."},
    "monitor.tensorboard": {
        "es": "Curvas en el navegador: monitor {client} --tensorboard (o Entrenar > Ver las curvas en el menú).",
        "en": "Curves in the browser: monitor {client} --tensorboard (or Train > Show the curves in the menu).",
    },
    "run.done": {"es": "terminado", "en": "finished"},
    "run.failed": {"es": "fallido", "en": "failed"},
    "run.open": {"es": "sin terminar", "en": "not ended"},
    "run.cancelled": {"es": "cancelado", "en": "cancelled"},
    "model.title": {"es": "Modelos", "en": "Models"},
    "model.none": {"es": "Todavía no hay modelos.", "en": "There are no models yet."},
    "model.ok": {"es": "verificado", "en": "verified"},
    "model.bad": {"es": "dañado", "en": "damaged"},
    "model.where": {
        "es": "Carpeta: {path} (cópialos a models/Lora de A1111/Forge o a models/loras de ComfyUI)",
        "en": "Folder: {path} (copy them to models/Lora of A1111/Forge or models/loras of ComfyUI)",
    },
    "setup.check_title": {"es": "Comprobación del equipo", "en": "Check of this computer"},
    "setup.folder_made": {"es": "Carpeta creada: {path}", "en": "Folder made: {path}"},
    "setup.verdict.ready": {"es": "Todo está listo.", "en": "All is ready."},
    "setup.verdict.attention": {"es": "Se puede trabajar; mira las advertencias.", "en": "You can work; see the warnings."},
    "setup.verdict.blocked": {"es": "Falta algo imprescindible.", "en": "Something indispensable is missing."},
    "setup.blocked_error": {
        "es": "El programa no puede trabajar todavía.\nQué hacer: resuelve los puntos bloqueados de la tabla y repite.",
        "en": "The program cannot work yet.\nWhat to do: solve the blocked points of the table and repeat.",
    },
    "demo.start": {
        "es": "Demostración en {folder}: un cliente de usar y tirar, sin red y sin tarjeta gráfica",
        "en": "Demo in {folder}: a throw-away client, no network and no graphics card",
    },
    "demo.pictures": {
        "es": "Retrato de dominio público de matplotlib (512 px), ampliado {n} veces; sus variantes hacen de imágenes "
              "MidJourney y de fotos, una de ellas RAW (DNG).",
        "en": "Public-domain portrait from matplotlib (512 px), enlarged {n} times; its variants stand for MidJourney "
              "pictures and photos, one of them RAW (DNG).",
    },
    "demo.assumed_card": {
        "es": "No hay tarjeta NVIDIA: el plan se hace para {card}.",
        "en": "No NVIDIA card: the plan is made for {card}.",
    },
    "demo.done": {
        "es": "Demo terminada. Cliente: {client}. Aprobadas: {approved}. Rechazadas: {refused}.\nMira: hojas de "
              "contactos en {output}\n      dataset en {data}\n      todo en {folder}",
        "en": "Demo done. Client: {client}. Approved: {approved}. Refused: {refused}.\nLook at: contact sheets in "
              "{output}\n         dataset in {data}\n         everything in {folder}",
    },
    "guided.welcome": {
        "es": "Recorrido guiado: ocho pasos, de las imágenes al modelo. Al volver se sigue donde quedó.",
        "en": "Guided walk: eight steps, from the pictures to the model. Coming back goes on from there.",
    },
    "guided.step": {"es": "Paso {n} de {total}: {stage}", "en": "Step {n} of {total}: {stage}"},
    "guided.done": {"es": "Ya está hecho ({n}).", "en": "Done already ({n})."},
    "guided.why.import-mj": {
        "es": "Las imágenes de MidJourney dan la variedad; su prompt y su Job ID se guardan.",
        "en": "MidJourney pictures bring variety; their prompt and Job ID are kept.",
    },
    "guided.why.import-real": {
        "es": "Las fotos reales anclan el parecido; también RAW y HEIC.",
        "en": "Real photos anchor the likeness; RAW and HEIC too.",
    },
    "guided.why.process": {
        "es": "Se busca la cara, se recorta a 1024x1024 y se rechazan las malas diciendo por qué.",
        "en": "The face is found and cropped to 1024x1024; bad pictures are refused, and the reason is told.",
    },
    "guided.why.prepare": {
        "es": "Las imágenes y sus textos se ordenan como los lee el entrenador: 85 % MidJourney y 15 % fotos reales, salvo "
              "que lo cambies.",
        "en": "Pictures and captions are laid out as the trainer reads them: 85 % MidJourney and 15 % real photos, unless "
              "you change it.",
    },
    "guided.why.configure": {
        "es": "Se eligen los ajustes que caben en la memoria libre de tu tarjeta.",
        "en": "Settings are chosen that fit the free memory of your card.",
    },
    "guided.why.train": {
        "es": "Se comprueba todo y se entrena; solo un modelo verificado cuenta como éxito.",
        "en": "Everything is checked, then trained; only a verified model counts as success.",
    },
    "guided.go": {"es": "¿Hacerlo ahora? (0 sale)", "en": "Do it now? (0 leaves)"},
    "guided.finished": {"es": "Recorrido terminado.", "en": "The walk is finished."},
    "guided.left": {
        "es": "Recorrido interrumpido; continúa aquí cuando quieras.",
        "en": "The walk was left; it goes on here whenever you like.",
    },
    "guided.no_card": {
        "es": "No se ha encontrado ninguna tarjeta NVIDIA: elige la tarjeta en la que se entrenará.",
        "en": "No NVIDIA card was found: choose the card it will be trained on.",
    },
    "guided.blocked": {
        "es": "Corrige lo bloqueado y vuelve al recorrido.",
        "en": "Mend what is blocked and come back to the walk.",
    },
    "guided.no_pictures": {
        "es": "No hay imágenes.\nCausa: no se ha importado nada.\nQué hacer: indica al menos una carpeta con imágenes de "
              "MidJourney o fotos reales.",
        "en": "There are no pictures.\nWhy: nothing was imported.\nWhat to do: name at least one folder of MidJourney "
              "pictures or real photos.",
    },
    "guided.none_approved": {
        "es": "Ninguna imagen aprobada.\nCausa: rechazadas: {refused}; los motivos están en la hoja de contactos.\nQué "
              "hacer: añade mejores imágenes o aprueba alguna en «Revisar».",
        "en": "No picture approved.\nWhy: {refused} refused; the reasons are on the contact sheet.\nWhat to do: add "
              "better pictures, or approve some in 'Review'.",
    },
    "menu.rule": {"es": "", "en": ""},
    "menu.main": {"es": "AVATAR PIPELINE", "en": "AVATAR PIPELINE"},
    "menu.clients": {"es": "Gestión de clientes", "en": "Clients"},
    "menu.client_title": {"es": "Trabajar con el cliente", "en": "Work with the client"},
    "menu.training": {"es": "Entrenar", "en": "Training"},
    "menu.line": {"es": "  {n}. {label}", "en": "  {n}. {label}"},
    "menu.exit": {"es": "Salir", "en": "Exit"},
    "menu.back": {"es": "Volver", "en": "Back"},
    "menu.client": {"es": "Cliente: {client}  [{state}]", "en": "Client: {client}  [{state}]"},
    "menu.no_stages": {"es": "", "en": ""},
    "menu.stage": {"es": "{stage}: {state} ({n})", "en": "{stage}: {state} ({n})"},
    "menu.stages": {"es": "{first} | {rest}", "en": "{first} | {rest}"},
    "menu.ask": {"es": "Elige una opción (0-{last}):", "en": "Choose an option (0-{last}):"},
    "menu.invalid": {"es": "Escribe un número de 0 a {last}.", "en": "Type a number from 0 to {last}."},
    "menu.interrupted": {"es": "Para salir, escribe 0.", "en": "To leave, type 0."},
    "menu.cancelled": {"es": "Cancelado; lo ya terminado se conserva.", "en": "Cancelled; what was finished is kept."},
    "menu.bye": {"es": "Hasta pronto.", "en": "See you soon."},
    "menu.setup": {"es": "Setup inicial del proyecto", "en": "Initial setup of the project"},
    "menu.select": {"es": "Seleccionar cliente", "en": "Select a client"},
    "menu.check": {"es": "Comprobar el equipo", "en": "Check this computer"},
    "menu.demo": {"es": "Demostración", "en": "Demo"},
    "menu.language": {"es": "Idioma / Language", "en": "Language / Idioma"},
    "menu.client_new": {"es": "Crear nuevo cliente", "en": "Create a new client"},
    "menu.client_list": {"es": "Listar clientes", "en": "List clients"},
    "menu.client_show": {"es": "Ver un cliente", "en": "Show a client"},
    "menu.client_rename": {"es": "Renombrar un cliente", "en": "Rename a client"},
    "menu.client_export": {"es": "Exportar un cliente (zip)", "en": "Export a client (zip)"},
    "menu.client_delete": {"es": "Borrar un cliente", "en": "Delete a client"},
    "menu.guided": {"es": "Recorrido guiado", "en": "Guided walk"},
    "menu.import_mj": {"es": "Cargar imágenes MidJourney", "en": "Import MidJourney pictures"},
    "menu.prompts": {"es": "Prompt maestro y prompts por grupo", "en": "Master prompt and prompts per group"},
    "menu.import_real": {"es": "Cargar fotos reales", "en": "Import real photos"},
    "menu.process": {"es": "Procesamiento facial", "en": "Face processing"},
    "menu.review": {"es": "Revisar", "en": "Review"},
    "menu.models_show": {"es": "Ver los modelos", "en": "Show the models"},
    "menu.models_take": {"es": "Entregar un punto de guardado anterior", "en": "Hand over an earlier checkpoint"},
    "menu.models_clear": {"es": "Liberar el espacio que ya no hace falta", "en": "Free the room that nothing needs"},
    "menu.captions": {"es": "Textos (captions)", "en": "Captions"},
    "menu.captions_show": {"es": "Ver todos los textos", "en": "Show all captions"},
    "menu.captions_set": {"es": "Editar uno", "en": "Edit one"},
    "menu.captions_replace": {"es": "Buscar y reemplazar en todos", "en": "Search and replace in all"},
    "menu.captions_add": {"es": "Añadir una frase a todos", "en": "Add a phrase to all"},
    "menu.captions_remove": {"es": "Quitar una frase de todos", "en": "Remove a phrase from all"},
    "menu.captions_suggest": {
        "es": "Completar con un descriptor automático del entrenador", "en": "Add what a captioner of the trainer sees",
    },
    "menu.captions_undo": {"es": "Deshacer el último cambio", "en": "Undo the last change"},
    "menu.prepare": {"es": "Preparar dataset LoRA", "en": "Prepare the LoRA dataset"},
    "menu.configure": {"es": "Configurar entrenamiento", "en": "Configure training"},
    "menu.train": {"es": "Entrenar", "en": "Train"},
    "menu.monitor": {"es": "Monitor", "en": "Monitor"},
    "menu.models": {"es": "Modelos", "en": "Models"},
    "menu.status": {"es": "Estado", "en": "State"},
    "menu.dry_run": {"es": "Comprobar y ver el comando (sin entrenar)", "en": "Check and show the command (no training)"},
    "menu.train_now": {"es": "Entrenar ahora", "en": "Train now"},
    "menu.tensorboard": {"es": "Ver las curvas (TensorBoard)", "en": "Show the curves (TensorBoard)"},
    "menu.queue": {"es": "Cola: varios clientes uno tras otro", "en": "Queue: several clients one after the other"},
    "menu.queue_list": {"es": "Ver la cola", "en": "Show the queue"},
    "menu.queue_add": {"es": "Añadir clientes", "en": "Add clients"},
    "menu.queue_remove": {"es": "Quitar clientes", "en": "Remove clients"},
    "menu.queue_run": {"es": "Entrenar la cola", "en": "Train the queue"},
    "ask.queue_add": {
        "es": "Clientes que añadir (p. ej. 1,3-5; Enter: ninguno)",
        "en": "Clients to add (e.g. 1,3-5; Enter: none)",
    },
    "ask.queue_remove": {
        "es": "Clientes que quitar (p. ej. 1,3-5; Enter: ninguno)",
        "en": "Clients to remove (e.g. 1,3-5; Enter: none)",
    },
    "menu.resume": {"es": "Continuar un entrenamiento interrumpido", "en": "Resume an interrupted training"},
    "ask.plain": {"es": "{asked}:", "en": "{asked}:"},
    "ask.with_default": {"es": "{asked} [{default}]:", "en": "{asked} [{default}]:"},
    "ask.needed": {"es": "Hace falta una respuesta.", "en": "An answer is needed."},
    "ask.yes_or_no": {"es": "Responde s o n.", "en": "Answer y or n."},
    "ask.numbers": {
        "es": "Escribe números de 1 a {last} con comas entre ellos; 1-{last} los toma todos.",
        "en": "Type numbers from 1 to {last} with commas between them; 1-{last} takes all.",
    },
    "ask.caption_image": {"es": "Número o nombre de la imagen", "en": "Number or name of the picture"},
    "ask.caption_text": {"es": "Texto nuevo", "en": "New caption"},
    "ask.caption_old": {"es": "Texto que se busca", "en": "Text to look for"},
    "ask.caption_new": {"es": "Texto que lo sustituye (- para quitarlo)", "en": "Text in its place (- to take it out)"},
    "ask.caption_phrase": {"es": "Frase", "en": "Phrase"},
    "ask.captioner": {
        "es": "¿Etiquetas (wd14) o frases (BLIP)?", "en": "Tags (wd14) or sentences (BLIP)?",
    },
    "ask.checkpoint": {"es": "¿De qué paso?", "en": "Of which step?"},
    "ask.clear_saved": {
        "es": "¿Borrar {n:archivo o carpeta|archivos y carpetas} ({gb:.2f} GB)? Modelos, registros y curvas se quedan",
        "en": "Delete {n:file or folder|files and folders} ({gb:.2f} GB)? Models, logs and curves stay",
    },
    "ask.caption_apply": {"es": "¿Escribir estos cambios?", "en": "Write these changes?"},
    "ask.install_trainer": {
        "es": "¿Instalar ahora el entrenador (sd-scripts, unos 6 GB de descarga)?",
        "en": "Install the trainer now (sd-scripts, a download of about 6 GB)?",
    },
    "ask.language": {"es": "Idioma", "en": "Language"},
    "ask.client_id": {
        "es": "Nombre del cliente (letras sin acento, cifras, _ y -)",
        "en": "Client's name (letters without accents, digits, _ and -)",
    },
    "ask.new_id": {"es": "Nombre nuevo", "en": "New name"},
    "ask.trigger": {"es": "Palabra de activación", "en": "Trigger word"},
    "ask.class_word": {"es": "Clase (o escribe otra)", "en": "Class (or type another)"},
    "ask.consent": {
        "es": "Nota de consentimiento de la persona (- para ninguna)",
        "en": "Note on the person's consent (- for none)",
    },
    "ask.value": {"es": "{name}:", "en": "{name}:"},
    "ask.client": {"es": "Cliente", "en": "Client"},
    "ask.export_file": {"es": "Archivo zip", "en": "Zip file"},
    "ask.originals": {"es": "¿Incluir los originales?", "en": "Include the originals?"},
    "ask.confirm_delete": {
        "es": "Se borrará TODO lo de {client}. Escribe su nombre para confirmarlo",
        "en": "EVERYTHING of {client} will be deleted. Type its name to confirm",
    },
    "ask.mj_path": {"es": "Carpeta, imagen o zip de MidJourney", "en": "Folder, picture or zip of MidJourney"},
    "ask.real_path": {"es": "Carpeta, foto o zip de fotos reales", "en": "Folder, photo or zip of real photos"},
    "ask.typed_prompt": {
        "es": "Prompt de estas imágenes, si lo recuerdas (- para ninguno)",
        "en": "Prompt of these pictures, if you remember it (- for none)",
    },
    "ask.master_prompt": {
        "es": "Prompt maestro del cliente (- para dejarlo)",
        "en": "Master prompt of the client (- to leave it)",
    },
    "ask.group": {"es": "Grupo, o all para todos", "en": "Group, or all of them"},
    "ask.preset": {"es": "Modo", "en": "Preset"},
    "ask.gpu": {"es": "Tarjeta gráfica", "en": "Graphics card"},
    "ask.train_now": {"es": "¿Entrenar ahora?", "en": "Train now?"},
    "help.queue": {
        "es": "entrenar varios clientes uno tras otro: add, list, remove, run",
        "en": "train several clients one after the other: add, list, remove, run",
    },
    "help.queue_add": {"es": "poner clientes al final de la cola", "en": "put clients at the end of the queue"},
    "help.queue_list": {"es": "ver la cola y cómo acabó cada uno", "en": "show the queue and how each one ended"},
    "help.queue_remove": {"es": "quitar clientes de la cola", "en": "take clients out of the queue"},
    "help.queue_run": {
        "es": "entrenar la cola; repetido, sigue donde quedó",
        "en": "train the queue; repeated, it goes on where it was",
    },
    "help.tensorboard": {
        "es": "abrir TensorBoard con las curvas del cliente, solo en este equipo",
        "en": "start TensorBoard on the client's curves, on this computer only",
    },
    "help.take": {
        "es": "entregar el punto de guardado de ese paso como modelo, comprobado",
        "en": "hand over the checkpoint of that step as a model, checked",
    },
    "help.clear_saved": {
        "es": "borrar los estados y puntos de guardado que ya no hacen falta",
        "en": "delete the states and checkpoints that nothing needs any more",
    },
    "help.adopt": {
        "es": "vigilar hasta el final el entrenamiento que dejó un programa cerrado",
        "en": "watch the training that a closed program left to its end",
    },
    "help.stop": {
        "es": "detener el entrenamiento que dejó un programa cerrado",
        "en": "stop the training that a closed program left",
    },
    "help.program": {
        "es": "De imágenes MidJourney y fotos reales a un LoRA de SDXL comprobado. Sin orden se abren los menús.",
        "en": "From MidJourney pictures and real photos to a checked SDXL LoRA. Without a command the menus open.",
    },
    "help.clients_dir": {"es": "carpeta de los clientes", "en": "folder of the clients"},
    "help.plain": {
        "es": "sin colores, líneas ni barras que se mueven: para lectores de pantalla",
        "en": "no colours, lines or moving bars: for screen readers",
    },
    "help.lang": {"es": "idioma", "en": "language"},
    "help.json": {"es": "un objeto JSON en la salida estándar", "en": "one JSON object on standard output"},
    "help.log_level": {"es": "qué se ve del registro", "en": "what is shown of the log"},
    "help.demo": {"es": "todo el camino con imágenes de muestra", "en": "the whole way on sample pictures"},
    "help.setup": {"es": "carpetas y comprobación del equipo", "en": "folders and a check of this computer"},
    "help.language": {"es": "guardar el idioma", "en": "save the language"},
    "help.client": {"es": "gestión de clientes", "en": "clients"},
    "help.client_new": {"es": "crear un cliente", "en": "create a client"},
    "help.client_list": {"es": "listar los clientes", "en": "list the clients"},
    "help.client_show": {"es": "ver un cliente", "en": "show a client"},
    "help.client_rename": {"es": "renombrar un cliente", "en": "rename a client"},
    "help.client_export": {"es": "exportar un cliente a un zip", "en": "export a client to a zip"},
    "help.client_delete": {"es": "borrar un cliente por completo", "en": "delete a client for good"},
    "help.import_mj": {"es": "cargar imágenes MidJourney", "en": "import MidJourney pictures"},
    "help.import_real": {"es": "cargar fotos reales", "en": "import real photos"},
    "help.prompt": {"es": "prompt escrito a mano", "en": "a typed prompt"},
    "help.process": {"es": "encontrar, recortar y juzgar las caras", "en": "find, crop and judge the faces"},
    "help.review": {"es": "ver y cambiar los veredictos", "en": "see and change the verdicts"},
    "help.captions": {
        "es": "ver los textos y cambiarlos; sin --apply solo se muestra qué cambiaría",
        "en": "show captions and change them; without --apply only what would change is shown",
    },
    "help.captions_set": {"es": "poner el texto de una imagen", "en": "set the caption of one picture"},
    "help.captions_replace": {"es": "sustituir OLD por NEW en todos", "en": "put NEW for OLD in all"},
    "help.captions_add": {"es": "añadir una frase a todos", "en": "add a phrase to all"},
    "help.captions_remove": {"es": "quitar una frase de todos", "en": "remove a phrase from all"},
    "help.captions_suggest": {
        "es": "completar los que no son tuyos con un descriptor del entrenador (la primera vez descarga su modelo)",
        "en": "add to those that are not yours what a captioner of the trainer sees (downloads its model the first time)",
    },
    "help.captions_undo": {"es": "deshacer el último cambio", "en": "take the last change back"},
    "help.captions_apply": {"es": "escribir los cambios", "en": "write the changes"},
    "help.prepare": {"es": "preparar el dataset LoRA", "en": "prepare the LoRA dataset"},
    "help.configure": {"es": "hacer el plan de entrenamiento", "en": "make the training plan"},
    "help.train": {"es": "entrenar", "en": "train"},
    "help.monitor": {"es": "ver los entrenamientos", "en": "see the training runs"},
    "help.models": {"es": "ver los modelos", "en": "see the models"},
    "help.status": {"es": "estado de las etapas", "en": "state of the stages"},
    "help.run": {"es": "todas las etapas que falten, en orden", "en": "every stage that is not yet done, in order"},
    "help.trainer": {"es": "instalar sd-scripts en kohya_ss/", "en": "install sd-scripts in kohya_ss/"},
    "help.check": {"es": "solo comprobar", "en": "only check"},
    "help.repository": {"es": "otra dirección de sd-scripts", "en": "another address of sd-scripts"},
    "help.revision": {"es": "otra revisión de sd-scripts", "en": "another revision of sd-scripts"},
    "help.trigger": {"es": "palabra de activación (por defecto, el nombre)", "en": "trigger word (default: the name)"},
    "help.class_word": {"es": "palabra de clase: man, woman, person", "en": "class word: man, woman, person"},
    "help.name": {"es": "nombre para mostrar", "en": "display name"},
    "help.consent": {"es": "nota de consentimiento", "en": "note on consent"},
    "help.originals": {"es": "incluir los originales", "en": "include the originals"},
    "help.confirm": {"es": "el nombre otra vez, para no preguntar", "en": "the name again, so that nothing is asked"},
    "help.master": {"es": "prompt maestro del cliente", "en": "master prompt of the client"},
    "help.group": {"es": "número o Job ID del grupo, o all", "en": "the group's number or Job ID, or all"},
    "help.group_text": {"es": "prompt del grupo", "en": "prompt of the group"},
    "help.backend": {
        "es": "quién hace el trabajo: loky (este equipo) o dask (varios, con las carpetas compartidas)",
        "en": "who does the work: loky (this machine) or dask (several, with shared folders)",
    },
    "help.scheduler": {
        "es": "dirección del coordinador, p. ej. tcp://192.168.1.5:8786",
        "en": "the scheduler's address, e.g. tcp://192.168.1.5:8786",
    },
    "help.workers": {"es": "procesos a la vez", "en": "processes at once"},
    "help.force": {"es": "procesar todo de nuevo", "en": "process all anew"},
    "help.approve": {"es": "aprobar a mano, números: 3,7-12", "en": "approve by hand, numbers: 3,7-12"},
    "help.reject": {"es": "rechazar a mano, números: 3,7-12", "en": "reject by hand, numbers: 3,7-12"},
    "help.clear": {"es": "devolver a las reglas", "en": "give back to the rules"},
    "help.face": {"es": "usar otra cara de una imagen (1, 2, …)", "en": "use another face of a picture (1, 2, …)"},
    "help.preset": {"es": "modo de entrenamiento", "en": "training preset"},
    "help.gpu": {"es": "perfil de tarjeta", "en": "card profile"},
    "help.set": {"es": "cambiar un valor del plan", "en": "change a value of the plan"},
    "help.dry_run": {"es": "comprobar y mostrar el comando, sin entrenar", "en": "check and show the command, no training"},
    "help.resume": {"es": "continuar desde el último estado guardado", "en": "go on from the last saved state"},
    "help.mj": {"es": "imágenes MidJourney", "en": "MidJourney pictures"},
    "help.real": {"es": "fotos reales", "en": "real photos"},
    "help.until": {
        "es": "última etapa: import, process, prepare, configure, check o train",
        "en": "last stage: import, process, prepare, configure, check or train",
    },
}  # fmt: skip
