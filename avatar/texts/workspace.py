"""Texts of the room workspace: client, record, settings, setting, file, disk, export, restore, image, table."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "file.not_json": Error(
        what={"es": "No se puede leer {path} como JSON.", "en": "{path} cannot be read as JSON."},
        why={
            "es": "la línea {line}, columna {column}, no se entiende: {shown}",
            "en": "line {line}, column {column} is not valid JSON: {shown}",
        },
        do={
            "es": """
                mira ahí y en la línea anterior si falta o sobra una coma, si las comillas son " y si las rutas llevan / en vez
                de \\ (C:/Fotos). No se ha cambiado nada.
            """,
            "en": """
                check that line and the one before it for a missing or extra comma, quotes other than ", and paths with \\
                instead of / (C:/Photos). Nothing was changed.
            """,
        },
    ),
    "file.not_utf8": Error(
        what={"es": "No se puede leer {path}.", "en": "{path} cannot be read."},
        why={"es": "no está guardado como UTF-8.", "en": "it is not saved as UTF-8."},
        do={
            "es": "ábrelo en el Bloc de notas y guárdalo con «Guardar como», codificación UTF-8. No se ha cambiado nada.",
            "en": 'open it in Notepad and use "Save as" with the encoding UTF-8. Nothing was changed.',
        },
    ),
    "file.text_lost": {
        "es": "Este archivo contiene un mensaje que esta versión del programa no puede mostrar ({name})",
        "en": "This file holds a message that this version of the program cannot show ({name})",
    },
    "setting.outside": {
        "es": "{name} es {value} y debe estar entre {low} y {high}.",
        "en": "{name} is {value} and must be between {low} and {high}.",
    },
    "setting.below": {"es": "{name} es {value} y debe ser {low} o más.", "en": "{name} is {value} and must be {low} or more."},
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
        "en": "{name} is {value} and {other} is {limit}: neither may be negative, and together they must add up to 1.",
    },
    "setting.empty": {
        "es": "{name} está vacío; elige uno o más de: {choices}.",
        "en": "{name} is empty; choose one or more of: {choices}.",
    },
    "setting.choice": {
        "es": "{name}: {value} no vale; elige entre: {choices}.",
        "en": "{name}: {value} is not accepted; choose from: {choices}.",
    },
    "setting.template_start": {
        "es": "{name} es «{value}» y debe empezar por {{trigger}} o {{trigger}} {{class}} y una coma.",
        "en": "{name} is '{value}' and must begin with {{trigger}} or {{trigger}} {{class}} and a comma.",
    },
    "setting.template_part": {
        "es": "{name}: «{value}» no son palabras sin llaves ni uno de: {choices}.",
        "en": "{name}: '{value}' is neither text without braces nor one of: {choices}.",
    },
    "setting.template_twice": {"es": "{name}: {value} aparece dos veces.", "en": "{name}: {value} appears twice."},
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
        "en": "{name} is {value} and must be text in quotes.",
    },
    "setting.list": {
        "es": "{name} es {value} y debe ser una lista entre corchetes [ ].",
        "en": "{name} is {value} and must be a list in brackets [ ].",
    },
    "setting.group": {
        "es": "{name} es {value} y debe ser un grupo de claves entre llaves {{ }}.",
        "en": "{name} is {value} and must be a group of keys in braces {{ }}.",
    },
    "setting.unknown": {"es": "Ajuste desconocido: {name}.", "en": "Unknown setting {name}."},
    "setting.unknown_near": {
        "es": "Ajuste desconocido: {name}; ¿querías decir {near}?",
        "en": "Unknown setting {name}; did you mean {near}?",
    },
    "setting.config_only": {
        "es": """
            {name} decide qué programas se ejecutan o a dónde van las imágenes, o qué se guarda fuera del cliente: es de todo el
            programa, no de un cliente.
        """,
        "en": """
            {name} decides which programs are run or where pictures go, or what is kept outside of the client: it is of the
            whole program, not of one client.
        """,
    },
    "setting.missing": {"es": "{name} falta.", "en": "{name} is missing."},
    "setting.outside_folder": {
        "es": "{name} es {value}, fuera de la carpeta del cliente.",
        "en": "{name} is {value}, outside the client's folder.",
    },
    "setting.other": {"es": "{name}: {value} no vale ({detail}).", "en": "{name}: {value} is not accepted ({detail})."},
    "record.invalid": Error(
        what={"es": "La ficha {path} no es válida.", "en": "The record {path} is not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": "si la editaste, deshaz el cambio; si no, aparta el archivo e importa la imagen otra vez.",
            "en": "if you edited it, undo the change; otherwise move the file away and import the picture again.",
        },
    ),
    "record.not_json": {
        "es": "no se puede leer como JSON (línea {line}, columna {column}): «{shown}»",
        "en": "it cannot be read as JSON (line {line}, column {column}): '{shown}'",
    },
    "record.not_utf8": {"es": "no está guardada en UTF-8", "en": "it is not saved in UTF-8"},
    "record.newer": Error(
        what={
            "es": "{path} es de una versión más nueva de este programa.",
            "en": "{path} was written by a newer version of this program.",
        },
        do={"es": "actualiza el programa; no se ha cambiado nada.", "en": "update the program; nothing was changed."},
    ),
    "client.bad_id": Error(
        what={"es": "«{client}» no sirve como nombre de cliente.", "en": "'{client}' cannot be a client's name."},
        why={
            "es": "solo letras sin acento, cifras, _ y - (no al principio), de 1 a 64, y ningún nombre reservado de Windows.",
            "en": "only letters without accents, digits, _, and - (not first), 1 to 64, and no name reserved by Windows.",
        },
        do={"es": "prueba con «{suggestion}».", "en": "try '{suggestion}'."},
    ),
    "client.too_long": Error(
        what={"es": "Eso es demasiado largo: {n:letra|letras}.", "en": "That is too long: {n:letter|letters}."},
        why={
            "es": "un nombre o una palabra de un cliente tiene como mucho {most}.",
            "en": "a client's name or word has {most} at most.",
        },
        do={"es": "escribe algo más corto.", "en": "type something shorter."},
    ),
    "client.misnamed": Error(
        what={
            "es": "La carpeta «{folder}» tiene un cliente, pero con ese nombre no se puede usar.",
            "en": "The folder '{folder}' holds a client, but cannot be used by that name.",
        },
        why={
            "es": "el nombre de una carpeta de cliente solo lleva letras sin acento, cifras, _ y -.",
            "en": "the name of a client's folder has only letters without accents, digits, _ and -.",
        },
        do={"es": "cambia su nombre a «{suggestion}».", "en": "rename it to '{suggestion}'."},
    ),
    "client.headless": Error(
        what={
            "es": "La carpeta del cliente «{client}» está incompleta: le falta la ficha.",
            "en": "The folder of the client '{client}' is incomplete: the client's record is missing.",
        },
        why={
            "es": "alguien ha borrado una parte de la carpeta, o el borrado se quedó a medias.",
            "en": "somebody deleted a part of the folder, or a deletion stopped halfway.",
        },
        do={
            "es": """
                si quieres seguir con lo que queda, crea otra vez la ficha (con las mismas opciones que entonces): [[client new
                {client}]]. Si no, borra la carpeta.
            """,
            "en": """
                to go on with what is left, make its record again (with the same options as then): [[client new {client}]]. If
                not, delete the folder.
            """,
        },
    ),
    "client.bad_word": Error(
        what={
            "es": "«{word}» no sirve como palabra de activación o de clase.",
            "en": "'{word}' cannot be a trigger or class word.",
        },
        why={
            "es": "contiene una coma, una barra o un carácter invisible.",
            "en": "it contains a comma, a slash or an invisible character.",
        },
        do={"es": "escribe una palabra sin ellos.", "en": "type a word without them."},
    ),
    "client.word_is_syntax": Error(
        what={
            "es": "«{word}» no sirve como palabra de activación o de clase.",
            "en": "'{word}' cannot be a trigger or class word.",
        },
        why={
            "es": "los programas que usan el LoRA leen ( ) [ ] {{ }} < > | : AND y BREAK como órdenes.",
            "en": "the programs that use the LoRA read ( ) [ ] {{ }} < > | : AND and BREAK as orders.",
        },
        do={"es": "escribe una palabra sin ellos.", "en": "type a word without them."},
    ),
    "client.class_not_english": Error(
        what={"es": "«{word}» no sirve como clase.", "en": "'{word}' cannot be the class."},
        why={
            "es": "los textos de las imágenes y el modelo base están en inglés, y esta palabra no se conoce en inglés.",
            "en": "captions and the base model are English, and this word is not known in English.",
        },
        do={"es": "escribe una en inglés: {offered}.", "en": "type an English one: {offered}."},
    ),
    "client.exists": Error(
        what={"es": "Ya existe el cliente «{client}».", "en": "The client '{client}' exists already."},
        why={
            "es": "mayúsculas y minúsculas no distinguen clientes.",
            "en": "names that differ only in upper and lower case count as the same.",
        },
        do={"es": "elige otro nombre o selecciona el que existe.", "en": "choose another name, or select the one that exists."},
    ),
    "client.invalid": Error(
        what={"es": "La ficha del cliente {path} no es válida.", "en": "The client's record {path} is not valid."},
        why={"es": "\n{problems}", "en": "\n{problems}"},
        do={
            "es": "deshaz el cambio en ese archivo; las imágenes siguen en su carpeta.",
            "en": "undo the change in that file; the pictures are still in their folder.",
        },
    ),
    "client.unknown": Error(
        what={
            "es": "No hay ningún cliente «{client}».\nClientes: {known}",
            "en": "There is no client '{client}'.\nClients: {known}",
        },
        do={"es": "revisa el nombre o créalo.", "en": "check the name, or create it."},
    ),
    "client.vanished": Error(
        what={
            "es": "La carpeta del cliente «{client}» ha desaparecido mientras se trabajaba en ella.",
            "en": "The folder of the client '{client}' vanished while it was worked on.",
        },
        why={
            "es": "alguien ha borrado o movido {path}, o su disco se ha desconectado.",
            "en": "somebody deleted or moved {path}, or its disk was disconnected.",
        },
        do={
            "es": """
                devuelve la carpeta y repite; tus archivos de partida están intactos. Si el cliente ya no existe, créalo otra
                vez: [[client new {client}]]
            """,
            "en": """
                put the folder back and repeat; the files that you gave are untouched. If the client is no more, create it
                again: [[client new {client}]]
            """,
        },
    ),
    "client.locked": Error(
        what={"es": "El cliente «{client}» está ocupado.", "en": "The client '{client}' is busy."},
        why={
            "es": "otro programa (proceso {pid}) trabaja en él desde {since}: {stage}.",
            "en": "another program (process {pid}) has worked on it since {since}: {stage}.",
        },
        do={"es": "espera a que termine o ciérralo, y repite.", "en": "wait until it ends, or close it, and repeat."},
    ),
    "client.in_use": Error(
        what={
            "es": "No se puede mover la carpeta del cliente «{client}».",
            "en": "The folder of the client '{client}' cannot be moved.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra los programas que tengan abiertas sus imágenes y repite.",
            "en": "close the programs that hold its pictures open, and repeat.",
        },
    ),
    "client.training": Error(
        what={"es": "El cliente «{client}» está entrenando.", "en": "The client '{client}' is training."},
        why={
            "es": "el entrenador (proceso {pid}, empezado el {run:dated}) escribe en su carpeta y la crearía otra vez.",
            "en": "the trainer (process {pid}, started {run:dated}) writes into its folder and would make it again.",
        },
        do={
            "es": "espera a que acabe, o páralo con [[monitor {client} --stop]]; después repite.",
            "en": "wait for its end, or stop it with [[monitor {client} --stop]]; then repeat.",
        },
    ),
    "client.linked": Error(
        what={
            "es": "La carpeta {path} del cliente «{client}» es un enlace a {target}.",
            "en": "The folder {path} of the client '{client}' is a link to {target}.",
        },
        why={
            "es": "lo que se escriba ahí queda fuera de su carpeta: no se borraría con el cliente ni se exportaría.",
            "en": "what is written there lies outside of its folder: it would not be deleted with the client, nor exported.",
        },
        do={
            "es": "quita el enlace y mueve la propia carpeta a su sitio; para usar otro disco, mueve todos los clientes.",
            "en": "delete the link and move the folder itself to its place; to use another disk, move all clients.",
        },
    ),
    "client.elsewhere": {
        "es": "Eran enlaces, y solo se han borrado los enlaces; sigue como estaba: {paths}",
        "en": "These were links, and only the links were deleted; left as it was: {paths}",
    },
    "client.figures_stay": {
        "es": """
            De sus entrenamientos quedan cifras en {path} (líneas: {n}): sin nombre, imágenes, prompts ni fecha; con lo borrado
            se fue lo único que decía de quién son. Para borrarlas: [[settings --clear evidence]]
        """,
        "en": """
            Figures of its trainings stay in {path} (lines: {n}): no name, picture, prompt or date; what was deleted held the
            only thing that tells whose they are. To delete them: [[settings --clear evidence]]
        """,
    },
    "client.not_deleted": Error(
        what={
            "es": "El cliente ya no está en la lista, pero quedan archivos suyos en {path}.",
            "en": "The client is gone from the list, but some of its files remain in {path}.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "cierra los programas que los usen y borra otra vez, o borra esa carpeta.",
            "en": "close the programs that use them and delete again, or delete that folder.",
        },
    ),
    "client.none_chosen": Error(
        what={"es": "No hay ningún cliente seleccionado.", "en": "No client is selected."},
        do={"es": "elige «Seleccionar cliente» en el menú principal.", "en": "choose 'Select a client' in the main menu."},
    ),
    "client.none_exist": Error(
        what={"es": "Todavía no hay clientes.", "en": "There are no clients yet."},
        do={"es": "crea uno en «Gestión de clientes».", "en": "create one in 'Clients'."},
    ),
    "client.none_yet": {"es": "Todavía no hay clientes.", "en": "There are no clients yet."},
    "client.not_confirmed": Error(
        what={"es": "No se ha borrado nada.", "en": "Nothing was deleted."},
        why={"es": "lo escrito no es «{client}».", "en": "what was typed is not '{client}'."},
        do={
            "es": "para borrar, escribe el nombre exacto : [[client delete {client} --confirm {client}]]",
            "en": "to delete, type the exact name : [[client delete {client} --confirm {client}]]",
        },
    ),
    "client.created": {
        "es": "Cliente «{client}» creado en {folder}. Palabra de activación: {trigger}",
        "en": "Client '{client}' created in {folder}. Trigger word: {trigger}",
    },
    "client.named": {
        "es": "Se muestra como «{name}»; la carpeta y los comandos usan {client}.",
        "en": "Shown as '{name}'; its folder and the commands use {client}.",
    },
    "client.class_translated": {
        "es": "Clase «{word}»: se guarda como «{class_word}», porque los textos de las imágenes están en inglés.",
        "en": "Class '{word}': kept as '{class_word}', because captions are English.",
    },
    "client.class_joined": {
        "es": "Clase «{word}»: se guarda como «{class_word}», que es una sola palabra.",
        "en": "Class '{word}': kept as '{class_word}', which is one word.",
    },
    "client.class_guessed": {
        "es": """
            Clase «{word}»: parece español y no está en la lista; como los textos de las imágenes van en inglés, se toma
            «{class_word}». Otras: man, woman, person.
        """,
        "en": """
            Class '{word}': it looks Spanish and no list has it; as captions are English, '{class_word}' is taken. Others: man,
            woman, person.
        """,
    },
    "client.class_unknown": {
        "es": """
            Clase «{word}»: se guarda así, pero no está en la lista de palabras inglesas para personas, y los textos de las
            imágenes van en inglés. Si no es inglés, usa man, woman o person.
        """,
        "en": """
            Class '{word}': kept, but no list of English words for persons has it, and captions are English. If it is not
            English, use man, woman or person.
        """,
    },
    "client.edited": {"es": "{what}: {before} → {after}", "en": "{what}: {before} → {after}"},
    "client.edit_same": {"es": "No cambia nada.", "en": "Nothing changes."},
    "client.edit_prompts": {
        "es": "Los prompts de muestra que editaste dicen «{old}»: cámbialo en {path}",
        "en": "The sample prompts that you edited say '{old}': change it in {path}",
    },
    "client.edit_stage": {
        "es": "{stage}: desactualizado. Los textos automáticos cambian solos al preparar: [[prepare {client}]]",
        "en": "{stage}: out of date. Captions by the rules change by themselves when it is prepared: [[prepare {client}]]",
    },
    "client.edit_models": {
        "es": "Los modelos ya entrenados siguen respondiendo a «{words}»: pruebas y entregas de ellos usan esa palabra.",
        "en": "Models that were trained before still answer to '{words}': their trials and deliveries use that word.",
    },
    "client.edit_back": {
        "es": "Para volver atrás: [[client edit {client} {given}]]",
        "en": "To go back: [[client edit {client} {given}]]",
    },
    "client.class_odd": {
        "es": "La clase «{word}» no es inglesa y los textos lo son. Cámbiala: [[client edit {client} --class {class_word}]]",
        "en": "The class '{word}' is not English, and captions are. Change it: [[client edit {client} --class {class_word}]]",
    },
    "client.renamed": {
        "es": """
            «{old}» se llama ahora «{client}». La palabra de activación sigue siendo {trigger}; prepara otra vez el dataset.
        """,
        "en": "'{old}' is now called '{client}'. The trigger word is still {trigger}; prepare the dataset again.",
    },
    "client.deleted": {
        "es": "Cliente «{client}» borrado por completo ({freed_mb:.1f} MB).",
        "en": "Client '{client}' deleted permanently ({freed_mb:.1f} MB).",
    },
    "client.list_title": {"es": "Clientes", "en": "Clients"},
    "image.bad_id": Error(
        what={"es": "«{image}» no es el identificador de una imagen.", "en": "'{image}' is not an image id."},
        why={
            "es": "los identificadores son más largos: la clase de la imagen y 16 cifras.",
            "en": "ids are longer: the kind of the picture and 16 digits.",
        },
        do={
            "es": "usa su número de la hoja de contactos, o cópialo de la tabla metadata/images.csv.",
            "en": "copy it from the contact sheet or from metadata/images.csv.",
        },
    ),
    "image.unknown": Error(
        what={"es": "El cliente «{client}» no tiene la imagen {image}.", "en": "The client '{client}' has no image {image}."},
        do={
            "es": "usa su número de la hoja de contactos, o cópiala de la tabla metadata/images.csv.",
            "en": "copy it from the contact sheet or from metadata/images.csv.",
        },
    ),
    "image.not_in_dataset": Error(
        what={
            "es": "{image} no es ninguna imagen aprobada de este cliente.",
            "en": "{image} is not an approved picture of this client.",
        },
        why={
            "es": "no existe, está rechazada o falta procesarla.",
            "en": "it does not exist, was refused or is not yet processed.",
        },
        do={
            "es": "mira los nombres con [[captions ID]] o apruébala con [[review ID]].",
            "en": "find the ids with [[captions ID]], or approve it with [[review ID]].",
        },
    ),
    "export.exists": Error(
        what={"es": "{path} ya existe y no se sobrescribe.", "en": "{path} exists and is not overwritten."},
        do={"es": "elige otro nombre.", "en": "choose another name."},
    ),
    "export.no_name": Error(
        what={"es": "«{path}» no nombra ningún archivo.", "en": "'{path}' is not the name of a file."},
        do={"es": "escribe un nombre, por ejemplo ana.zip.", "en": "type a name, for example ana.zip."},
    ),
    "export.inside": Error(
        what={
            "es": "{path} está dentro de la carpeta del propio cliente.",
            "en": "{path} lies inside the client's own folder.",
        },
        do={"es": "elige una carpeta fuera de ella.", "en": "choose a folder outside it."},
    ),
    "export.done": {"es": "Exportado a {path} ({bytes_mb:.1f} MB).", "en": "Exported to {path} ({bytes_mb:.1f} MB)."},
    "export.personal_data": {
        "es": """
            El archivo contiene recortes de caras y datos personales; los originales no están incluidos. Trátalo con cuidado.
            Donde se restaure se podrá revisar, preparar y entrenar con los recortes, pero no volver a procesar las fotos (otros
            límites, otra cara, otro encuadre): para eso, [[client export ID ARCHIVO --originals]]
        """,
        "en": """
            The file contains face crops and personal data; the originals are not in it. Store it accordingly. Where it is
            restored, the crops can be reviewed, prepared and trained, but the photos cannot be processed anew (other limits,
            another face, another framing): for that, [[client export ID FILE --originals]]
        """,
    },
    "export.personal_data_originals": {
        "es": "El archivo contiene todas las fotos originales y datos personales. Trátalo con cuidado.",
        "en": "The file contains all original photos and personal data. Store it accordingly.",
    },
    "export.no_pictures": {
        "es": """
            El archivo contiene los datos del cliente y ninguna imagen; con los originales: [[client export ID ARCHIVO
            --originals]]
        """,
        "en": "The file contains the client's data and no picture; with the originals: [[client export ID FILE --originals]]",
    },
    "export.how_back": {
        "es": "En el otro equipo: [[client restore ARCHIVO]], o «Restaurar (zip)» en el menú.",
        "en": "On the other computer: [[client restore FILE]], or 'Restore (zip)' in the menu.",
    },
    "restore.done": {
        "es": "Cliente «{client}» restaurado: {n:archivo|archivos}, {bytes_mb:.1f} MB, cada uno comprobado.",
        "en": "Client '{client}' restored: {n:file|files}, {bytes_mb:.1f} MB, each one checked.",
    },
    "restore.anew": {
        "es": "El dataset se hace de nuevo, igual que era: [[prepare {client}]].",
        "en": "The dataset is made anew, the same as it was: [[prepare {client}]].",
    },
    "restore.no_originals": {
        "es": """
            Faltan los originales de {n:imagen|imágenes}: se puede revisar, preparar y entrenar con los recortes, pero no volver
            a procesarlas (otros límites, otra cara, otro encuadre). Para eso hace falta un zip con los originales: [[client
            export ID ARCHIVO --originals]]
        """,
        "en": """
            The originals of {n:picture|pictures} are missing: the crops can be reviewed, prepared and trained, but the pictures
            cannot be processed anew (other limits, another face, another framing). That takes a zip with the originals:
            [[client export ID FILE --originals]]
        """,
    },
    "restore.states": Error(
        what={
            "es": "El zip trae {n:estado|estados} de entrenamiento, que el entrenador carga y podrían llevar código.",
            "en": "The zip brings {n:state|states} of trainings, which the trainer loads and which could hold code.",
        },
        do={
            "es": "continúa un entrenamiento solo si el zip es tuyo; si no, empieza de nuevo: [[train {client}]].",
            "en": "go on with a training only if the zip is yours; if not, begin anew: [[train {client}]].",
        },
        one_line=True,
    ),
    "restore.no_file": Error(
        what={"es": "No existe {path}.", "en": "{path} does not exist."},
        do={"es": "comprueba la ruta del zip.", "en": "check the path of the zip."},
    ),
    "restore.no_zip": Error(
        what={"es": "{path} no es un zip entero.", "en": "{path} is not a whole zip."},
        why={
            "es": "no lo es, se copió a medias o está dañado.",
            "en": "it is none, or was copied only in part, or is damaged.",
        },
        do={
            "es": "cópialo otra vez o expórtalo de nuevo. No se ha cambiado nada.",
            "en": "copy it again, or export it anew. Nothing was changed.",
        },
    ),
    "restore.no_client": Error(
        what={"es": "{path} no es un cliente exportado.", "en": "{path} is not an exported client."},
        why={
            "es": "un cliente exportado es una sola carpeta, con su ficha (client.json).",
            "en": "an exported client is one single folder, with its record (client.json).",
        },
        do={
            "es": "usa el zip que escribió [[client export ID ARCHIVO]]; unas fotos se cargan con [[import-real ID CARPETA]]",
            "en": "use the zip that [[client export ID FILE]] wrote; photos are imported by [[import-real ID FOLDER]]",
        },
    ),
    "restore.delivery": Error(
        what={
            "es": "{path} es la entrega de un modelo, no un cliente exportado.",
            "en": "{path} is the delivery of a model, not an exported client.",
        },
        do={
            "es": "para usar aquí ese modelo, añádelo a un cliente: [[models ID --add ARCHIVO]].",
            "en": "to use that model here, add it to a client: [[models ID --add FILE]].",
        },
    ),
    "restore.unsafe": Error(
        what={"es": "No se ha restaurado nada: {path} no es de fiar.", "en": "Nothing was restored: {path} cannot be trusted."},
        why={"es": "{fault}: {member}", "en": "{fault}: {member}"},
        do={
            "es": "usa un zip que haya escrito [[client export ID ARCHIVO]] y que nadie haya cambiado.",
            "en": "use a zip that [[client export ID FILE]] wrote and that nobody has changed.",
        },
    ),
    "restore.fault.name": {
        "es": "el nombre sale de la carpeta, o no puede ser el de un archivo",
        "en": "the name leads out of the folder, or cannot be that of a file",
    },
    "restore.fault.outside": {"es": "está fuera de la carpeta del cliente", "en": "it lies outside of the client's folder"},
    "restore.fault.link": {"es": "es un enlace", "en": "it is a link"},
    "restore.fault.locked": {"es": "está cifrado", "en": "it is encrypted"},
    "restore.fault.bomb": {"es": "ocupa demasiado al descomprimirlo", "en": "it unpacks to far too much"},
    "restore.fault.twice": {
        "es": "está dos veces (mayúsculas y minúsculas no distinguen archivos)",
        "en": "it is there twice (upper and lower case do not tell files apart)",
    },
    "restore.too_big": Error(
        what={"es": "{path} es demasiado grande.", "en": "{path} is too large."},
        why={
            "es": "descomprimido pasa de {gb:.0f} GB o de un millón de archivos.",
            "en": "unpacked it exceeds {gb:.0f} GB or a million files.",
        },
        do={
            "es": "si de verdad es tuyo, sube el límite: [[settings imports.max_archive_bytes 200000000000]]",
            "en": "if it really is yours, raise the limit: [[settings imports.max_archive_bytes 200000000000]]",
        },
    ),
    "restore.broken": Error(
        what={"es": "No se ha restaurado nada: {path} está dañado.", "en": "Nothing was restored: {path} is damaged."},
        why={
            "es": "{member} no contiene los mismos bytes que se guardaron.",
            "en": "{member} does not hold the bytes that went in.",
        },
        do={"es": "cópialo otra vez o expórtalo de nuevo.", "en": "copy it again, or export it anew."},
    ),
    "disk.full": Error(
        what={"es": "No hay espacio suficiente en el disco.", "en": "There is not enough space on the disk."},
        why={
            "es": "hacen falta {need_mb~free_mb:.0f} MB y quedan {free_mb~need_mb:.0f} MB.",
            "en": "{need_mb~free_mb:.0f} MB are needed and {free_mb~need_mb:.0f} MB are free.",
        },
        do={
            "es": """
                libera espacio o pon la carpeta de clientes en otro disco, con esto en cada comando: [[setup --clients-dir
                CARPETA]]
            """,
            "en": """
                free some space, or put the clients' folder on another disk, with this in every command: [[setup --clients-dir
                FOLDER]]
            """,
        },
    ),
    "table.locked": Error(
        what={
            "es": "La tabla {path} está abierta en otro programa (¿Excel?) y no se ha actualizado; todo lo demás está hecho.",
            "en": "The table {path} is open in another program (Excel?) and was not updated; everything else is done.",
        },
        do={
            "es": "ciérrala; se escribirá de nuevo con el próximo cambio (importar, procesar o revisar).",
            "en": "close it; the next change (import, process or review) writes it again.",
        },
        one_line=True,
    ),
}
