"""Texts of the room pictures: import.*, remove.*, picture.*, prompt.*, midjourney.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "midjourney.out_of_range": {
        "es": "{name}: el valor de --{parameter} ({value}) está fuera de lo que MidJourney admite; se guarda tal cual.",
        "en": "{name}: the value of --{parameter} ({value}) is outside what MidJourney allows; it is kept as it is.",
    },
    "midjourney.ow_band": {
        "es": "{name}: --ow {value} está fuera de {low}-{high}, la franja recomendada para este trabajo; se acepta.",
        "en": "{name}: --ow {value} is outside {low}-{high}, the range recommended for this work; it is kept.",
    },
    "midjourney.bad_value": {
        "es": "{name}: «{value}» no sirve como valor de --{parameter}; se guarda tal cual.",
        "en": "{name}: '{value}' is not a valid value for --{parameter}; it is kept as it is.",
    },
    "midjourney.no_value": {
        "es": "{name}: --{parameter} no lleva ningún valor; se guarda así.",
        "en": "{name}: --{parameter} has no value; it is kept as it is.",
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
        "en": "{name}: its name and its embedded data belong to different jobs; the embedded data are used.",
    },
    "midjourney.grid": {
        "es": "{name}: son cuatro imágenes en una. Guarda las cuatro por separado en MidJourney o recórtala en cuatro.",
        "en": "{name}: four pictures in one, a grid. Save the four single ones in MidJourney, or cut it into four.",
    },
    "midjourney.preview": {
        "es": "{name}: es una vista previa pequeña; descarga la imagen completa en MidJourney.",
        "en": "{name}: a small preview; download the full picture from MidJourney.",
    },
    "midjourney.cut_name": {
        "es": "{name}: sin datos internos; del nombre solo se conoce un prompt cortado.",
        "en": "{name}: no embedded data; only the shortened prompt in the file name is known.",
    },
    "import.more_like_it": {
        "es": "… y {n:aviso más|avisos más} de este tipo.",
        "en": "… and {n:more warning|more warnings} of this kind.",
    },
    "import.no_path": Error(
        what={"es": "No existe {path}.", "en": "{path} does not exist."},
        why={"es": "no hay ningún archivo ni carpeta con ese nombre.", "en": "there is no file or folder of that name."},
        do={
            "es": "arrastra la carpeta a la ventana o copia su ruta.",
            "en": "drag the folder into the window, or copy its path.",
        },
    ),
    "import.nothing_found": Error(
        what={"es": "No hay imágenes en {path}.", "en": "There are no pictures in {path}."},
        why={
            "es": "se buscan JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF y RAW, también en subcarpetas y zip.",
            "en": "only JPEG, PNG, WebP, TIFF, BMP, HEIC, AVIF and RAW are imported, also from subfolders and zips.",
        },
        do={"es": "elige otra carpeta.", "en": "choose another folder."},
    ),
    "import.only_others": Error(
        what={"es": "No hay imágenes en {path}.", "en": "There are no pictures in {path}."},
        why={"es": "lo que hay no son imágenes:\n{others}", "en": "what is there is no picture:\n{others}"},
        do={
            "es": "haz lo que pone ahí, o elige otra carpeta.",
            "en": "do what stands there, or choose another folder.",
        },
    ),
    "import.left.cloud": {
        "es": """
            Están en iCloud y no en este ordenador: {n} ({names}). En Finder, haz clic derecho sobre ellos, elige «Descargar
            ahora» y repite la carga.
        """,
        "en": """
            In iCloud, not on this computer: {n} ({names}). In Finder, right-click them, choose 'Download Now' and import again.
        """,
    },
    "import.left.video": {
        "es": "Vídeos que no se cargan: {n} ({names}). Para usar uno, páusalo y guarda ese fotograma como PNG.",
        "en": "Videos left out: {n} ({names}). To use one, pause it and save that still picture as PNG.",
    },
    "import.left.live_photo": {
        "es": "Vídeos de Live Photos, que no se cargan: {n} ({names}). Sus fotos sí: no hay que hacer nada.",
        "en": "Videos of Live Photos left out: {n} ({names}). Their photos are not: nothing to do.",
    },
    "import.left.document": {
        "es": "Documentos y dibujos vectoriales que no se cargan: {n} ({names}). Exporta como PNG la imagen que quieras.",
        "en": "Documents and vector drawings left out: {n} ({names}). Export the picture you want as PNG.",
    },
    "import.left.edits": {
        "es": """
            Archivos de edición de otro programa, que no se aplican: {n} ({names}). Si quieres la foto editada, expórtala como
            JPEG o TIFF.
        """,
        "en": """
            Files with another program's edits, which are not applied: {n} ({names}). If you want the edited photo, export it as
            JPEG or TIFF.
        """,
    },
    "import.left.text": {
        "es": "Textos y datos que no se cargan: {n} ({names}).",
        "en": "Texts and data left out: {n} ({names}).",
    },
    "import.left.sound": {"es": "Sonidos que no se cargan: {n} ({names}).", "en": "Sounds left out: {n} ({names})."},
    "import.left.weights": {
        "es": "Modelos y cachés de un entrenador, que no se cargan: {n} ({names}).",
        "en": "Models and a trainer's caches left out: {n} ({names}).",
    },
    "import.left.hidden": {
        "es": "Ocultos (su nombre empieza por punto), que no se cargan: {n} ({names}). Si los quieres, quítales el punto.",
        "en": "Hidden (the name begins with a dot), left out: {n} ({names}). If you want them, remove the dot.",
    },
    "import.left.link": {
        "es": "Enlaces que no se siguen: {n} ({names}). Si llevan a imágenes que quieres, carga también su carpeta.",
        "en": "Links not followed: {n} ({names}). If they lead to pictures you want, import that folder too.",
    },
    "import.left.system": {
        "es": "Carpetas del sistema (miniaturas, papelera), que no se miran: {n} ({names}).",
        "en": "Folders of the system (thumbnails, trash), not looked into: {n} ({names}).",
    },
    "import.left.other": {
        "es": "Otros archivos, que no son imágenes: {n} ({names}).",
        "en": "Other files, which are no pictures: {n} ({names}).",
    },
    "import.other_format": Error(
        what={
            "es": "{name}: es una imagen {format}, un formato que aquí no se lee.",
            "en": "{name}: a picture in the format {format}, which is not read here.",
        },
        do={
            "es": "busca el original en JPEG o PNG, o ábrela y expórtala como PNG.",
            "en": "find the original as JPEG or PNG, or open it and export it as PNG.",
        },
    ),
    "import.coding": Error(
        what={
            "es": "{name}: HEIF con la codificación {coding}, que aquí no se puede abrir.",
            "en": "{name}: a HEIF in the coding {coding}, which cannot be opened here.",
        },
        do={
            "es": "expórtala como JPEG en el móvil o en la cámara.",
            "en": "export it as JPEG on the phone or camera.",
        },
    ),
    "import.video": Error(
        what={"es": "{name}: es un vídeo, no una imagen.", "en": "{name}: a video, not a picture."},
        do={
            "es": "páusalo y guarda el fotograma que quieras como PNG.",
            "en": "pause it and save the still picture you want as PNG.",
        },
    ),
    "import.unfinished": Error(
        what={
            "es": "{name}: una descarga que no ha terminado.",
            "en": "{name}: a download that is not finished.",
        },
        do={
            "es": "espera a que termine, o descárgalo otra vez.",
            "en": "wait until it is finished, or download it again.",
        },
    ),
    "import.unreadable": Error(
        what={"es": "{name}: no se puede leer ({detail}).", "en": "{name}: cannot be read ({detail})."},
        do={
            "es": "comprueba que se abre con otro programa; si no, descárgalo o cópialo otra vez.",
            "en": "check whether another program opens it; if not, download or copy it again.",
        },
    ),
    "import.copy_lost": Error(
        what={
            "es": "{name}: su copia ha desaparecido de la carpeta del cliente mientras se importaba.",
            "en": "{name}: its copy vanished from the client's folder during the import.",
        },
        do={
            "es": "mira qué la ha borrado (una persona, un antivirus, un programa de sincronización) y repite.",
            "en": "see what deleted it (a person, a virus scanner, a program that synchronises folders), and repeat.",
        },
    ),
    "import.empty": Error(
        what={"es": "{name}: el archivo está vacío.", "en": "{name}: the file is empty."},
        do={"es": "descárgalo o cópialo otra vez.", "en": "download or copy it again."},
    ),
    "import.apple_double": Error(
        what={
            "es": "{name}: es un archivo auxiliar de macOS, no una imagen.",
            "en": "{name}: a macOS metadata file, not a picture.",
        },
        do={
            "es": "nada; la imagen de verdad tiene el mismo nombre sin «._».",
            "en": "nothing; the real picture has the same name without '._'.",
        },
    ),
    "import.not_picture": Error(
        what={"es": "{name}: no es una imagen (contenido: {seen}).", "en": "{name}: not a picture (content: {seen})."},
        do={
            "es": "descárgala otra vez; a veces se guarda la página web en su lugar.",
            "en": "download it again; sometimes a web page is saved instead.",
        },
    ),
    "import.truncated": Error(
        what={"es": "{name}: la imagen está cortada ({detail}).", "en": "{name}: the picture is cut off ({detail})."},
        do={"es": "descárgala o cópiala otra vez.", "en": "download or copy it again."},
    ),
    "import.zeros": Error(
        what={
            "es": "{name}: está dañada: el resto de la imagen son ceros.",
            "en": "{name}: damaged: the rest of the picture is zeros.",
        },
        why={
            "es": "una copia o una descarga que no terminó, o una tarjeta que falla.",
            "en": "a copy or download that did not end, or a failing card.",
        },
        do={"es": "descárgala o cópiala otra vez.", "en": "download or copy it again."},
    ),
    "import.damaged": Error(
        what={
            "es": "{name}: empieza como una imagen, pero por dentro está dañada.",
            "en": "{name}: starts like a picture, but its data are damaged.",
        },
        do={"es": "descárgala o cópiala otra vez.", "en": "download or copy it again."},
    ),
    "import.bomb": Error(
        what={
            "es": "{name}: demasiado grande ({megapixels~limit:.0f} megapíxeles; límite: {limit~megapixels:.0f}).",
            "en": "{name}: too large ({megapixels~limit:.0f} megapixels; limit: {limit~megapixels:.0f}).",
        },
        do={
            "es": "redúcela o, si es de verdad, sube el límite: [[settings imports.max_pixels 800000000]]",
            "en": "shrink it or, if it is real, raise the limit: [[settings imports.max_pixels 800000000]]",
        },
    ),
    "import.bomb_inside": Error(
        what={
            "es": "{name}: demasiado grande para abrirla ({detail}).",
            "en": "{name}: too large to be opened ({detail}).",
        },
        do={
            "es": "ábrela en tu editor de fotos y guárdala más pequeña.",
            "en": "open it in your photo editor and save it at a smaller size.",
        },
    ),
    "import.no_memory": Error(
        what={
            "es": "{name}: no hay memoria suficiente para esta imagen.",
            "en": "{name}: not enough memory for this picture.",
        },
        do={
            "es": "cierra otros programas y repite; si vuelve a ocurrir, redúcela.",
            "en": "close other programs and repeat; if it happens again, shrink it.",
        },
    ),
    "import.memory": Error(
        what={
            "es": "{name}: ocuparía demasiada memoria ({megapixels:.0f} megapíxeles; límite de su tipo: {limit:.0f}).",
            "en": "{name}: it would take too much memory ({megapixels:.0f} megapixels; limit of its kind: {limit:.0f}).",
        },
        do={"es": "redúcela o guárdala como JPEG.", "en": "shrink it, or save it as JPEG."},
    ),
    "import.garbage": Error(
        what={
            "es": "{name}: el RAW se abre pero no contiene imagen (un solo color).",
            "en": "{name}: the RAW opens but contains a single colour only.",
        },
        do={"es": "cópialo otra vez de la tarjeta.", "en": "copy it from the memory card again."},
    ),
    "import.pixel_kind": Error(
        what={
            "es": "{name}: sus píxeles son de un tipo que aquí no se puede pasar a color normal ({detail}).",
            "en": "{name}: its pixel format cannot be converted to RGB here ({detail}).",
        },
        do={
            "es": "ábrelo en tu editor de fotos y guárdalo como TIFF o PNG de 8 o 16 bits en sRGB.",
            "en": "open it in your photo editor and save it as TIFF or PNG of 8 or 16 bits in sRGB.",
        },
    ),
    "import.raw_unsupported": Error(
        what={
            "es": "{name}: RAW que no se puede revelar ({detail}).",
            "en": "{name}: a RAW that cannot be developed ({detail}).",
        },
        do={
            "es": "expórtalo a DNG sin comprimir o a JPEG; en iPhone, ProRAW sin JPEG XL.",
            "en": "export it as uncompressed DNG or as JPEG; on an iPhone, ProRAW without JPEG XL.",
        },
    ),
    "import.bad_archive": Error(
        what={
            "es": "{name}: zip dañado o de un tipo desconocido ({detail}).",
            "en": "{name}: a damaged zip or one of an unknown kind ({detail}).",
        },
        do={"es": "descárgalo otra vez o descomprímelo tú.", "en": "download it again, or unpack it yourself."},
    ),
    "import.encrypted": Error(
        what={"es": "{name}: está protegido con contraseña.", "en": "{name}: protected by a password."},
        do={"es": "descomprime el zip y elige la carpeta.", "en": "unpack the zip and choose the folder."},
    ),
    "import.packed": Error(
        what={
            "es": "{name}: es un archivo comprimido, y aquí solo se abren los .zip que no están dentro de otro.",
            "en": "{name}: an archive; only .zip files that are not inside another archive are opened here.",
        },
        do={"es": "descomprímelo y elige la carpeta.", "en": "unpack it and choose the folder."},
    ),
    "import.archive_bomb": Error(
        what={
            "es": "{name}: ocupa sospechosamente más descomprimido que comprimido.",
            "en": "{name}: it unpacks to a suspiciously large size.",
        },
        do={
            "es": "si te fías de él, descomprímelo y elige la carpeta.",
            "en": "if you trust it, unpack it and choose the folder.",
        },
    ),
    "import.other_source": {
        "es": """
            {n:imagen ya está|imágenes ya están} como {as}: no se añaden dos veces y se quedan así. Si es un error: deshaz
            aquella carga, [[remove {client} --import {number}]], y repite esta.
        """,
        "en": """
            {n:picture is|pictures are} there already as {as}: not added twice, left as it was. If that is a mistake: undo that
            import, [[remove {client} --import {number}]], and repeat this one.
        """,
    },
    "import.as_mj": {"es": "de MidJourney", "en": "MidJourney's"},
    "import.as_real": {"es": "fotos reales", "en": "real photos"},
    "import.photo_is_midjourney": {
        "es": """
            {name} lleva datos de MidJourney, pero la has cargado como foto real. Si es generada, cárgala en «Cargar imágenes
            MidJourney».
        """,
        "en": """
            {name} contains MidJourney data, but you imported it as a real photo. If it was generated, use 'Import MidJourney
            pictures'.
        """,
    },
    "import.report": {"es": "Añadidas: {added}. Ya estaban: {already}.", "en": "Added: {added}. Already there: {already}."},
    "import.camera_as_mj": {
        "es": """
            De {total:imagen|imágenes}, {n:viene|vienen} de una cámara, y han entrado como de MidJourney. Si has dado fotos:
            [[remove {client} --import {number}]], y carga cada carpeta en lo suyo; las fotos, con
            [[import-real {client} CARPETA]].
        """,
        "en": """
            Of {total:picture|pictures}, {n:comes|come} from a camera, imported as MidJourney's. If you gave photos:
            [[remove {client} --import {number}]], then import each folder as what it is; photos by
            [[import-real {client} FOLDER]].
        """,
    },
    "import.nothing_of_mj": {
        "es": """
            De {total:imagen|imágenes}, {n:no dice|no dicen} nada de MidJourney, ni dentro ni en el nombre; las demás sí. Si
            son fotos: [[remove {client} --import {number}]], y carga cada carpeta en lo suyo; las fotos, con
            [[import-real {client} CARPETA]].
        """,
        "en": """
            Of {total:picture|pictures}, {n:says|say} nothing of MidJourney, neither inside nor in their names; the others do.
            If these are photos: [[remove {client} --import {number}]], then import each folder as what it is; photos by
            [[import-real {client} FOLDER]].
        """,
    },
    "import.number": {
        "es": "Es la carga {number}; si era la carpeta equivocada: [[remove {client} --import {number}]].",
        "en": "This is import {number}; if it was the wrong folder: [[remove {client} --import {number}]].",
    },
    "import.work_back": {
        "es": "Se habían quitado antes, y vuelven con lo que habías decidido o escrito de ellas: {n:imagen|imágenes}.",
        "en": "Removed before, and back with what you had decided or written about them: {n:picture|pictures}.",
    },
    "import.nothing_of_midjourney": {
        "es": """
            Nada de esto parece de MidJourney: {n:imagen|imágenes} sin prompt dentro, trabajo ni nombre suyo. Si son fotos:
            [[remove {client} --import {number}]], y cárgalas como fotos reales.
        """,
        "en": """
            Nothing here looks like MidJourney's: {n:picture|pictures} without a prompt inside, a job or one of its names. If
            they are photos: [[remove {client} --import {number}]], and import them as real photos.
        """,
    },
    "import.list_title": {"es": "Cargas", "en": "Imports"},
    "import.line": {"es": "Cargas: {imports}", "en": "Imports: {imports}"},
    "import.short": {"es": "{number} ({source}, {n:imagen|imágenes})", "en": "{number} ({source}, {n:picture|pictures})"},
    "import.source.mj": {"es": "MidJourney", "en": "MidJourney"},
    "import.source.real": {"es": "fotos reales", "en": "real photos"},
    "import.source.early": {"es": "anteriores", "en": "earlier ones"},
    "import.choice": {
        "es": "la carga {number}: {names}, {source}, {n:imagen|imágenes}, {when}",
        "en": "import {number}: {names}, {source}, {n:picture|pictures}, {when}",
    },
    "import.choice_early": {
        "es": "lo de antes de que las cargas llevaran número: {n:imagen|imágenes}",
        "en": "what was there before imports had numbers: {n:picture|pictures}",
    },
    "remove.choice.pictures": {"es": "Quitar imágenes", "en": "Remove pictures"},
    "remove.choice.undo": {"es": "Recuperar lo último que se quitó", "en": "Bring back what was removed last"},
    "remove.choice.drop": {"es": "Borrar del todo lo apartado", "en": "Delete for good what was set aside"},
    "remove.done": {"es": "Quitadas: {n:imagen|imágenes} ({names}).", "en": "Removed: {n:picture|pictures} ({names})."},
    "remove.kept": {
        "es": """
            Están apartadas en {path} ({mb:.1f} MB), con sus recortes y textos. Para recuperarlas: [[remove {client} --undo]];
            para borrarlas del todo: [[remove {client} --drop]].
        """,
        "en": """
            They are set aside in {path} ({mb:.1f} MB), with their crops and captions. To bring them back:
            [[remove {client} --undo]]; to delete them for good: [[remove {client} --drop]].
        """,
    },
    "remove.in_dataset": {
        "es": "El dataset preparado tiene aún {n} de ellas: rehazlo con [[prepare {client}]] antes de entrenar.",
        "en": "The prepared dataset still has {n} of them: make it anew with [[prepare {client}]] before training.",
    },
    "remove.undone": {
        "es": "Recuperadas: {n:imagen|imágenes} ({names}). Retiradas que aún se pueden deshacer: {left}.",
        "en": "Brought back: {n:picture|pictures} ({names}). Removals left to undo: {left}.",
    },
    "remove.there_already": {
        "es": "Se habían cargado otra vez y se quedan como están: {n}.",
        "en": "Imported again meanwhile, left as they are: {n}.",
    },
    "remove.other_source": {
        "es": """
            Siguen apartadas {n:imagen|imágenes}: los mismos archivos se cargaron después en el otro grupo (MidJourney o fotos
            reales), y ninguno se añade dos veces.
        """,
        "en": """
            Still set aside: {n:picture|pictures}. The same files were imported afterwards as the other source (MidJourney or
            real photos), and no file is added twice.
        """,
    },
    "remove.dropped": {
        "es": "Borradas del todo: {n:imagen|imágenes}; quedan libres {mb:.1f} MB.",
        "en": "Deleted for good: {n:picture|pictures}; {mb:.1f} MB are free again.",
    },
    "remove.nothing_kept": {"es": "No hay nada apartado que borrar.", "en": "Nothing is set aside that could be deleted."},
    "remove.resumed": {
        "es": """
            Se quedó a medias y ya está completo: quitadas {n:imagen|imágenes}. No se ha hecho nada más, pues los números pueden
            ser otros: mira [[review {client}]] y repite si falta alguna. Para recuperarlas: [[remove {client} --undo]].
        """,
        "en": """
            A removal that was interrupted is complete now: {n:picture|pictures} removed. Nothing else was done, as numbers may
            have changed: look at [[review {client}]], and repeat if more are to go. To bring them back:
            [[remove {client} --undo]].
        """,
    },
    "remove.resumed_undo": {
        "es": "Se estaban recuperando a medias y ya están todas de vuelta: {n:imagen|imágenes}. No se ha hecho nada más.",
        "en": "Bringing back had been interrupted and is complete now: {n:picture|pictures}. Nothing else was done.",
    },
    "remove.how": {
        "es": "Quitar una carga: [[remove {client} --import N]]. Quitar imágenes por número o nombre: [[remove {client} N]].",
        "en": "Remove an import: [[remove {client} --import N]]. Remove pictures by number or name: [[remove {client} N]].",
    },
    "remove.kept_title": {"es": "Apartadas en {path}", "en": "Set aside in {path}"},
    "remove.how_undo": {
        "es": "Recuperar lo último: [[remove {client} --undo]]. Borrarlo todo de verdad: [[remove {client} --drop]].",
        "en": "To bring back the last ones: [[remove {client} --undo]]. To delete all for good: [[remove {client} --drop]].",
    },
    "remove.nothing_there": {
        "es": "Este cliente no tiene imágenes, ni nada apartado.",
        "en": "This client has no pictures, and nothing is set aside.",
    },
    "remove.no_import": Error(
        what={"es": "No hay ninguna carga {n} en este cliente.", "en": "This client has no import {n}."},
        why={
            "es": "las que tienen imágenes son: {known}",
            "en": "those that have pictures are: {known}",
        },
        do={
            "es": "mira sus números con [[remove ID]].",
            "en": "look their numbers up with [[remove ID]].",
        },
    ),
    "remove.nothing_to_undo": Error(
        what={"es": "No hay nada que recuperar.", "en": "There is nothing to bring back."},
        why={
            "es": "no se ha quitado ninguna imagen, o ya se recuperó o se borró del todo.",
            "en": "no picture was removed, or it was brought back or deleted for good.",
        },
        do={
            "es": "si tienes los archivos, cárgalos otra vez.",
            "en": "if you have the files, import them again.",
        },
    ),
    "remove.in_use": Error(
        what={"es": "No se puede mover {path}.", "en": "{path} cannot be moved."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra el programa que lo tenga abierto y repite: sigue donde se quedó.",
            "en": "close the program that holds it open, and repeat: it goes on where it stopped.",
        },
    ),
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
    "import.single_pictures": {
        "es": "Imágenes sueltas (ampliaciones, variaciones), que no son parte de un grupo: {n}.",
        "en": "Single pictures (upscales, variations), no part of a group: {n}.",
    },
    "import.captions_beside": {
        "es": """
            Descripciones que estaban junto a las imágenes y quedan como tuyas: {n}; sin la palabra clave {trigger}: {without}.
            Tras procesar las caras se ven con [[captions {client}]].
        """,
        "en": """
            Captions that lay beside the pictures, kept as yours: {n}; without the trigger word {trigger}: {without}. They
            are shown by [[captions {client}]] once the faces are processed.
        """,
    },
    "import.captions_of_more_lines": {
        "es": "Archivos con más de una línea: {n}. Se usa la primera, que es la única que lee el entrenador.",
        "en": "Files of more than one line: {n}. The first one is used; the trainer reads no other.",
    },
    "import.captions_kept": {
        "es": "Descripciones tuyas que se conservan aunque el archivo de al lado dice otra cosa: {n}.",
        "en": "Captions of yours that are kept, although the file beside the picture says something else: {n}.",
    },
    "import.prompts_beside": {
        "es": "Prompts de MidJourney leídos de archivos junto a las imágenes: {n}.",
        "en": "MidJourney prompts read from files beside the pictures: {n}.",
    },
    "import.keywords": {
        "es": """
            {name}: palabras clave en {where}: {words}. No pasan a la descripción. Si las quieres en ella, procesa las
            caras y escribe: [[captions {client} --set {image} "TEXTO" --apply]]
        """,
        "en": """
            {name}: keywords in {where}: {words}. They are not put into the caption. To have them there, process the faces
            and type: [[captions {client} --set {image} "TEXT" --apply]]
        """,
    },
    "import.other_generator": {
        "es": "{name}: la hizo otro programa, {program}, no MidJourney ni una cámara; su prompt no se usa.",
        "en": "{name}: made by another program, {program}, neither by MidJourney nor by a camera; its prompt is not used.",
    },
    "import.photo_is_generated": {
        "es": "{name}: sus metadatos dicen que la generó una IA, entera o en parte: no es una foto real.",
        "en": "{name}: its metadata say that it was generated by AI, wholly or in part: not a photo.",
    },
    "import.beside.second": {
        "es": "Archivos que dicen otra cosa que el primero de su imagen, sin usar: {n} ({names}).",
        "en": "Files that say something else than the first one of their picture, not used: {n} ({names}).",
    },
    "import.beside.prompt_of_photo": {
        "es": "Prompts de MidJourney junto a fotos reales, sin usar: {n} ({names}).",
        "en": "MidJourney prompts beside real photos, not used: {n} ({names}).",
    },
    "import.beside.empty": {
        "es": "Archivos vacíos junto a imágenes: {n} ({names}).",
        "en": "Empty files beside pictures: {n} ({names}).",
    },
    "import.beside.unreadable": {
        "es": "Archivos junto a imágenes que no se pueden leer como texto: {n} ({names}).",
        "en": "Files beside pictures that cannot be read as text: {n} ({names}).",
    },
    "import.beside.broken_json": {
        "es": "Archivos JSON estropeados junto a imágenes, sin usar: {n} ({names}).",
        "en": "Broken JSON files beside pictures, not used: {n} ({names}).",
    },
    "import.beside.takeout": {
        "es": "Datos de Google Fotos junto a imágenes; no hacen falta: {n} ({names}).",
        "en": "Data of Google Photos beside pictures; they are not needed: {n} ({names}).",
    },
    "import.beside.other_program": {
        "es": "Datos de otro programa junto a imágenes, sin usar: {n} ({names}).",
        "en": "Data of another program beside pictures, not used: {n} ({names}).",
    },
    "import.beside.unknown": {
        "es": "Archivos junto a imágenes sin descripción ni prompt: {n} ({names}).",
        "en": "Files beside pictures without a caption or a prompt: {n} ({names}).",
    },
    "import.beside.too_large": {
        "es": "Archivos junto a imágenes demasiado grandes para ser una descripción, sin leer: {n} ({names}).",
        "en": "Files beside pictures too large to be captions, not read: {n} ({names}).",
    },
    "import.same_bytes": {
        "es": "Repetidas, guardadas una sola vez: {n} ({pairs}).",
        "en": "The same file twice, kept once: {n} ({pairs}).",
    },
    "import.near_duplicates": {
        "es": "Casi iguales a otra imagen: {n}, se conservan (números en Revisar: {pairs}).",
        "en": "Nearly the same as another picture: {n}, kept (numbers in the review: {pairs}).",
    },
    "import.more_files": {"es": "… y {n:archivo más|archivos más}", "en": "… and {n:more file|more files}"},
    "import.same_reason": {
        "es": "por lo mismo; sus nombres están en logs/avatar_pipeline.log",
        "en": "for the same reason; their names are in logs/avatar_pipeline.log",
    },
    "import.refused_title": {"es": "No admitidas: {n}", "en": "Not imported: {n}"},
    "import.nothing_added": Error(
        what={"es": "No se ha añadido ninguna imagen.", "en": "No picture was added."},
        why={
            "es": "{n:archivo no admitido|archivos no admitidos}, cada uno con su motivo arriba.",
            "en": "{n:file was|files were} not imported; the reasons are listed above.",
        },
        do={"es": "corrige lo indicado o elige otra carpeta.", "en": "fix what is listed, or choose another folder."},
    ),
    "import.not_all": Error(
        what={
            "es": "No se han añadido todas: {n:imagen sana se ha quedado fuera|imágenes sanas se han quedado fuera}.",
            "en": "Not all were added: {n:sound picture was|sound pictures were} left out.",
        },
        why={
            "es": "no es culpa de los archivos: el motivo de cada uno está arriba.",
            "en": "it is no fault of the files: the reason for each is listed above.",
        },
        do={
            "es": "haz lo que dice ahí y repite el mismo comando: añade solo lo que falta.",
            "en": "do what it says there and repeat the same command: it adds only what is missing.",
        },
    ),
    "prompt.no_group": Error(
        what={
            "es": "No hay imágenes de MidJourney del grupo {job}.",
            "en": "There are no MidJourney pictures of the group {job}.",
        },
        do={
            "es": "elige un grupo de la lista o importa antes las imágenes.",
            "en": "choose a group from the list, or import the pictures first.",
        },
    ),
    "prompt.sheet": {
        "es": "Hoja con las imágenes de cada grupo: {path}",
        "en": "Sheet with the pictures of each group: {path}",
    },
    "prompt.master_saved": {"es": "Prompt maestro guardado.", "en": "Master prompt saved."},
    "prompt.group_saved": {"es": "Prompt guardado. Imágenes: {n}", "en": "Prompt saved. Pictures: {n}"},
    "prompt.how_to_look": {
        "es": "Todo sobre un grupo: [[prompt ID --group N]].",
        "en": "All about one group: [[prompt ID --group N]].",
    },
    "prompt.of_title": {"es": "Grupo {number}, Job ID {job}", "en": "Group {number}, job id {job}"},
    "prompt.no_groups": {
        "es": "Todavía no hay imágenes MidJourney, y por eso tampoco grupos.",
        "en": "There are no MidJourney pictures yet, and so no groups.",
    },
    "prompt.groups_title": {"es": "Grupos de MidJourney", "en": "MidJourney groups"},
    "picture.note.other_type": {
        "es": "{name}: el nombre dice otro formato que el contenido; cuenta el contenido.",
        "en": "{name}: its extension does not match its content; the content decides.",
    },
    "picture.note.palette": {
        "es": "{name}: tiene pocos colores (paleta o tramado de puntos); si hay un original mejor, usa ese.",
        "en": "{name}: has few colours (a palette, or dithered dots); if there is a better original, use that.",
    },
    "picture.note.two_colours": {
        "es": "{name}: solo tiene dos colores (blanco y negro, 1 bit); si hay un original mejor, usa ese.",
        "en": "{name}: has two colours only (black and white, 1 bit); if there is a better original, use that.",
    },
    "picture.note.animated": {
        "es": "{name}: es una animación; se usa solo su primera imagen.",
        "en": "{name}: an animation; only its first picture is used.",
    },
    "picture.note.several": {
        "es": "{name}: contiene varias imágenes; se usa solo la principal. Si quieres las demás, expórtalas como JPEG.",
        "en": "{name}: holds several pictures; only the main one is used. If you want the others, export them as JPEG.",
    },
    "picture.note.pages": {
        "es": "{name}: tiene varias páginas; se usa solo una. Si quieres las demás, guárdalas cada una en su archivo.",
        "en": "{name}: has several pages; only one is used. If you want the others, save each as a file of its own.",
    },
    "picture.note.motion": {
        "es": "{name}: foto en movimiento; se usa la foto, no su vídeo.",
        "en": "{name}: a motion photo; its still picture is used, not its video.",
    },
    "picture.note.hdr": {
        "es": "{name}: HDR (PQ o HLG); se pasa a colores normales, con las luces comprimidas. Compruébala.",
        "en": "{name}: HDR (PQ or HLG); brought to ordinary colours, its lights pressed together. Have a look at it.",
    },
    "picture.note.unknown_colour": {
        "es": "{name}: sus colores están guardados de un modo desconocido (cICP o nclx); se toman por sRGB. Compruébala.",
        "en": "{name}: its colours are stored in an unknown way (cICP or nclx); they are taken for sRGB. Have a look at it.",
    },
    "picture.note.dark_raw": {
        "es": "{name}: RAW muy oscuro; se ha aclarado.",
        "en": "{name}: very dark RAW; it was brightened.",
    },
    "picture.note.preview_only": {
        "es": "{name}: RAW que no se puede revelar; se usa su vista previa, que suele ser más pequeña.",
        "en": "{name}: the RAW cannot be developed; its preview is used, which is usually smaller.",
    },
}
