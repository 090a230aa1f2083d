"""Texts of the room commands: help.*, usage.*, command.*, shell.*, progress.*, unit.*, word.*, metavar.*."""

from __future__ import annotations

from collections.abc import Mapping

from avatar.texts.tables import Entry, Error

TEXTS: Mapping[str, Entry] = {
    "progress.groups": {"es": "Hoja de grupos", "en": "Group sheet"},
    "progress.demo": {"es": "Preparando las imágenes", "en": "Making the pictures"},
    "progress.import": {"es": "Importando", "en": "Importing"},
    "progress.faces": {"es": "Caras", "en": "Faces"},
    "progress.report": {"es": "Informe", "en": "Report"},
    "progress.sheets": {"es": "Hojas de contactos", "en": "Contact sheets"},
    "progress.restore": {"es": "Restaurando", "en": "Restoring"},
    "progress.dataset": {"es": "Dataset", "en": "Dataset"},
    "progress.trial": {"es": "Dibujando", "en": "Drawing"},
    "progress.measures": {"es": "Midiendo parecido", "en": "Measuring likeness"},
    "progress.training": {"es": "Entrenando", "en": "Training"},
    "progress.captioner": {"es": "Describiendo", "en": "Describing"},
    "progress.captioner_packages": {"es": "Instalando paquetes", "en": "Installing packages"},
    "progress.captioner_model": {"es": "Descargando el modelo", "en": "Downloading the model"},
    "progress.loss": {"es": "pérdida {loss}", "en": "loss {loss}"},
    "progress.memory": {"es": "tarjeta {used:.1f}/{free:.1f} GiB", "en": "card {used:.1f}/{free:.1f} GiB"},
    "progress.setup": {"es": "Instalando el entrenador", "en": "Installing the trainer"},
    "unit.groups": {"es": "grupos", "en": "groups"},
    "unit.files": {"es": "archivos", "en": "files"},
    "unit.none": {"es": "", "en": ""},
    "unit.px": {"es": " px", "en": " px"},
    "unit.gb": {"es": "{value:.1f} GB", "en": "{value:.1f} GB"},
    "unit.mb": {"es": "{value:.0f} MB", "en": "{value:.0f} MB"},
    "unit.likeness": {"es": "{value:.2f}", "en": "{value:.2f}"},
    "unit.pictures": {"es": "imágenes", "en": "pictures"},
    "unit.megabytes": {"es": "MB", "en": "MB"},
    "unit.steps": {"es": "pasos", "en": "steps"},
    "unit.parts": {"es": "partes", "en": "parts"},
    "help.report": {
        "es": "una página con todo sobre un cliente: fotos, calidad, variedad, entrenamiento",
        "en": "one page with everything about a client: pictures, quality, variety, training",
    },
    "help.doctor": {
        "es": "¿qué ha fallado?: comprobar y arreglar los problemas conocidos",
        "en": "what has failed?: check for known problems and fix them",
    },
    "help.doctor_fix": {
        "es": "arreglar un punto de la lista: memory, faces; o un remedio de varios: faces.review",
        "en": "fix one point of the list: memory, faces; or apply one of several remedies: faces.review",
    },
    "help.doctor_bundle": {
        "es": "escribir un zip para un informe de error, sin datos personales",
        "en": "write a zip for a bug report, without personal data",
    },
    "help.settings": {
        "es": "los ajustes: verlos todos, una sección o uno; cambiarlos y deshacer el cambio",
        "en": "the settings: see all, a section or one; change them and take a change back",
    },
    "help.setting_key": {
        "es": "nombre de un ajuste, su final o su número; o una sección, como quality",
        "en": "name of a setting, its end or its number; or a section, like quality",
    },
    "help.setting_value": {
        "es": "valor nuevo; números con punto o coma, sí o no, listas con comas",
        "en": "new value; numbers with point or comma, yes or no, lists with commas",
    },
    "help.setting_client": {"es": "solo para este cliente", "en": "for this client only"},
    "help.setting_unset": {"es": "vuelve al valor de fábrica o del proyecto", "en": "return to the default or the project's"},
    "help.setting_clear": {
        "es": "borra las cifras guardadas de los entrenamientos de todos los clientes",
        "en": "delete the figures kept of all clients' trainings",
    },
    "help.setting_undo": {"es": "deshace el último cambio de ajustes", "en": "take the last change of settings back"},
    "help.limits": {
        "es": "los límites de calidad de un cliente: verlos, probar otros y guardarlos",
        "en": "a client's quality limits: see them, try others, keep them",
    },
    "help.limits_set": {
        "es": "guarda límites y juzga otra vez lo ya medido: blur_threshold=80; con un guion vuelve el del proyecto",
        "en": "keep limits and judge anew what was measured: blur_threshold=80; a hyphen gives the project's back",
    },
    "help.limits_preview": {
        "es": "solo di qué cambiaría; no se guarda nada",
        "en": "only tell what would change; nothing is saved",
    },
    "help.limits_undo": {
        "es": "vuelve a los ajustes de antes del último cambio",
        "en": "return to the settings before the last change",
    },
    "help.review_compare": {
        "es": "solo comparar otra vez las caras y escribir images.csv, como tras cada cambio",
        "en": "only compare the faces again and write images.csv, as after every change",
    },
    "help.review_undo": {"es": "deshacer el último cambio de la revisión", "en": "undo the last change of the review"},
    "help.review_list": {
        "es": "qué imágenes: todas, rechazadas, aprobadas, sin procesar o reservadas",
        "en": "which pictures: all, refused, approved, pending or kept aside",
    },
    "help.review_page": {"es": "página de la lista", "en": "page of the list"},
    "help.review_search": {"es": "solo nombres que contengan este texto", "en": "only names that contain this text"},
    "help.usage": {"es": "uso:", "en": "usage:"},
    "help.arguments": {"es": "argumentos", "en": "arguments"},
    "help.options": {"es": "opciones", "en": "options"},
    "help.commands": {"es": "comandos", "en": "commands"},
    "help.command_word": {"es": "COMANDO", "en": "COMMAND"},
    "help.action_word": {"es": "ACCIÓN", "en": "ACTION"},
    "help.help": {"es": "muestra esta ayuda y termina", "en": "show this help and exit"},
    "help.bundle": {
        "es": "escribir un zip para entrenar en otro equipo: dataset, scripts y plan",
        "en": "write a zip to train elsewhere: dataset, scripts and plan",
    },
    "help.queue": {
        "es": "entrenar varios clientes uno tras otro: add, list, remove, run",
        "en": "train several clients one after the other: add, list, remove, run",
    },
    "help.queue_add": {"es": "poner clientes al final de la cola", "en": "put clients at the end of the queue"},
    "help.queue_list": {"es": "ver la cola y cómo acabó cada uno", "en": "show the queue and how each one ended"},
    "help.queue_remove": {"es": "quitar clientes de la cola", "en": "take clients out of the queue"},
    "help.queue_run": {
        "es": "entrenar la cola; repetido, sigue donde quedó",
        "en": "train the queue; run again to continue where it stopped",
    },
    "help.tensorboard": {
        "es": "abrir TensorBoard con las curvas del cliente, solo en este equipo",
        "en": "start TensorBoard on the client's curves, on this computer only",
    },
    "help.try": {
        "es": "dibujar imágenes con el LoRA entrenado: cada punto de guardado con varios pesos",
        "en": "draw pictures with the trained LoRA: every checkpoint at several weights",
    },
    "help.try_models": {
        "es": "qué modelos: pasos de los puntos de guardado, o final; si no se dice, los últimos",
        "en": "which models: steps of the checkpoints, or final; the last ones by default",
    },
    "help.try_weights": {"es": "con qué pesos; si no se dice, 0.6 0.8 1.0", "en": "at which weights; 0.6 0.8 1.0 by default"},
    "help.try_prompts": {
        "es": "archivo con un texto por línea; {{trigger}} y {{class_word}} se sustituyen",
        "en": "file with a prompt a line; {{trigger}} and {{class_word}} are filled in",
    },
    "help.try_seeds": {"es": "semillas de la primera ronda", "en": "seeds of the first round"},
    "help.try_minutes": {
        "es": "cuánto puede durar; con menos tiempo se prueban menos puntos y menos pesos",
        "en": "how long it may take; with less time fewer checkpoints and fewer weights are tried",
    },
    "help.try_backend": {
        "es": "quién dibuja: el propio entrenador, ComfyUI o A1111/Forge",
        "en": "what draws: the trainer itself, ComfyUI or A1111/Forge",
    },
    "help.try_address": {
        "es": "dirección de ComfyUI o A1111; con varias se reparten las imágenes",
        "en": "address of ComfyUI or A1111; several share the pictures out",
    },
    "help.try_size": {"es": "lado de las imágenes en píxeles", "en": "side of the pictures in pixels"},
    "help.try_mean": {
        "es": "probar además la media de los últimos modelos, que sale gratis",
        "en": "try the mean of the last models too, which costs no training",
    },
    "help.try_class": {
        "es": "en vez de una prueba, dibujar N imágenes de la clase sin LoRA, para regularización",
        "en": "instead of a trial, draw N pictures of the class without LoRA, for regularisation",
    },
    "help.try_more": {
        "es": "más semillas para los que empatan en la última prueba",
        "en": "more seeds for those that are tied in the last trial",
    },
    "help.results": {
        "es": "ver el resultado de una prueba: parecido, orden, hoja y página",
        "en": "see the result of a trial: likeness, order, sheet and page",
    },
    "help.results_sheet": {
        "es": "solo dibujar la hoja y la página, sin medir",
        "en": "only draw sheet and page, without measuring",
    },
    "help.results_score": {"es": "medir de nuevo todas las imágenes", "en": "measure all pictures anew"},
    "help.tune": {
        "es": "qué archivo usar: compara lo entrenado y, con horas, entrena variantes del plan",
        "en": "which file to use: compares what is trained and, with hours, trains variants of the plan",
    },
    "help.tune_hours": {
        "es": "cuánto puede durar; sin horas solo se compara lo entrenado, o sigue lo que quedó a medias",
        "en": "how long it may take; without hours what is trained is compared, or what was not finished goes on",
    },
    "help.tune_stage": {
        "es": "0: solo comparar lo entrenado; 1: también entrenar variantes",
        "en": "0: only compare what is trained; 1: train variants too",
    },
    "help.tune_take": {
        "es": "usar el archivo de esta variante; best es la mejor",
        "en": "use the file of this variant; best is the best one",
    },
    "help.tune_values": {
        "es": "con --take: poner también sus valores en el plan",
        "en": "with --take: make its values the plan's too",
    },
    "help.tune_scheduler": {
        "es": "entrenar los candidatos en otros equipos: dirección del coordinador de Dask, p. ej. tcp://192.168.1.5:8786",
        "en": "train the candidates on other machines: address of the Dask scheduler, e.g. tcp://192.168.1.5:8786",
    },
    "help.tune_add": {
        "es": "añadir lo que otro equipo entrenó con un paquete (result_….zip)",
        "en": "add what another computer trained with a bundle (result_….zip)",
    },
    "help.bundle_candidate": {
        "es": "el plan de un candidato del ajuste automático; all: un .zip por cada uno",
        "en": "the plan of a candidate of the automatic tuning; all: a zip for each",
    },
    "help.results_take": {
        "es": "usar este candidato: se entrega con su peso y su imagen; best es el mejor",
        "en": "use this candidate: handed over with its weight and picture; best is the best one",
    },
    "help.take": {
        "es": "entregar el punto de guardado de ese paso como modelo, comprobado",
        "en": "check the checkpoint of that step and deliver it as a model",
    },
    "help.clear_newest": {
        "es": "con --clear: también los del entrenamiento más nuevo que acabó bien",
        "en": "with --clear: also those of the newest training that ended well",
    },
    "help.clear_saved": {
        "es": "borrar los estados y puntos de guardado que ya no hacen falta",
        "en": "delete the states and checkpoints that are no longer needed",
    },
    "help.adopt": {
        "es": "vigilar hasta el final el entrenamiento que dejó un programa cerrado",
        "en": "monitor until its end the training that a closed program left running",
    },
    "help.stop": {
        "es": "detener el entrenamiento, también uno que dejó un programa cerrado; lo guardado se queda",
        "en": "stop the training, also one that a closed program left running; what was saved is kept",
    },
    "help.go_on": {
        "es": "retirar lo pedido con --stop --after-checkpoint: el entrenamiento sigue",
        "en": "take back what --stop --after-checkpoint asked for: the training goes on",
    },
    "help.after_checkpoint": {
        "es": "con --stop: en cuanto se haya guardado el próximo punto",
        "en": "with --stop: as soon as the next checkpoint is saved",
    },
    "help.program": {
        "es": "De imágenes MidJourney y fotos reales a un LoRA de SDXL comprobado. Sin ningún comando se abren los menús.",
        "en": "From MidJourney pictures and real photos to a checked SDXL LoRA. Without a command the menus open.",
    },
    "help.clients_dir": {"es": "carpeta de los clientes", "en": "folder of the clients"},
    "help.plain": {
        "es": "sin colores, líneas ni barras que se mueven: para lectores de pantalla",
        "en": "no colours, lines or moving bars: for screen readers",
    },
    "help.demo_delete": {"es": "borrar la demostración", "en": "delete the demo"},
    "help.details": {
        "es": "también lo que casi nadie necesita: tablas enteras, nombres de los ajustes, órdenes para otros sistemas",
        "en": "what few need as well: whole tables, names of settings, commands for other systems",
    },
    "help.lang": {"es": "idioma", "en": "language"},
    "help.json": {"es": "un objeto JSON en la salida estándar", "en": "one JSON object on standard output"},
    "help.log_level": {
        "es": "nivel mínimo de los mensajes del registro que se muestran",
        "en": "lowest level of log messages shown",
    },
    "help.demo": {"es": "todo el proceso con imágenes de muestra", "en": "the whole process on sample pictures"},
    "help.setup": {"es": "carpetas y comprobación del equipo", "en": "folders and a check of this computer"},
    "help.base_model": {"es": "elegir el modelo base, por nombre o número", "en": "choose the base model, by name or number"},
    "help.models_folder": {
        "es": "carpeta de A1111, Forge o ComfyUI donde están los modelos; se guarda",
        "en": "folder of A1111, Forge or ComfyUI with the models; it is kept",
    },
    "help.language": {"es": "guardar el idioma", "en": "save the language"},
    "help.client": {"es": "gestión de clientes", "en": "clients"},
    "help.client_new": {"es": "crear un cliente", "en": "create a client"},
    "help.client_list": {"es": "listar los clientes", "en": "list the clients"},
    "help.client_show": {"es": "ver un cliente", "en": "show a client"},
    "help.client_edit": {
        "es": "cambiar palabra de activación, clase, consentimiento o nombre de un cliente",
        "en": "change trigger word, class, consent or name of a client",
    },
    "help.client_rename": {"es": "renombrar un cliente", "en": "rename a client"},
    "help.client_export": {"es": "exportar un cliente a un zip", "en": "export a client to a zip"},
    "help.client_delete": {"es": "borrar un cliente por completo", "en": "delete a client permanently"},
    "help.remove": {
        "es": "quitar imágenes, o una carga entera, de un cliente; se pueden recuperar. A solas: ver las cargas",
        "en": "take pictures, or a whole import, out of a client; they can be brought back. Alone: list the imports",
    },
    "help.remove_import": {"es": "la carga con este número, entera", "en": "the whole import of this number"},
    "help.remove_undo": {"es": "recuperar lo último que se quitó", "en": "bring back what was removed last"},
    "help.remove_drop": {"es": "borrar del todo lo que se quitó", "en": "delete for good what was removed"},
    "help.import_mj": {"es": "cargar imágenes MidJourney", "en": "import MidJourney pictures"},
    "help.import_real": {"es": "cargar fotos reales", "en": "import real photos"},
    "help.prompt": {"es": "poner un prompt a mano", "en": "set a prompt by hand"},
    "help.process": {"es": "encontrar, recortar y juzgar las caras", "en": "find, crop and judge the faces"},
    "help.review": {"es": "ver y cambiar los veredictos", "en": "see and change the verdicts"},
    "help.captions": {
        "es": "ver los textos y cambiarlos; sin --apply solo se muestra qué cambiaría",
        "en": "show captions and change them; without --apply only what would change is shown",
    },
    "help.captions_set": {
        "es": "poner el texto de una imagen: su número en la lista, el nombre de su archivo o su identificador",
        "en": "set the caption of one picture: its number in the list, its file's name or its id",
    },
    "help.captions_of": {
        "es": "una entera: prompt, qué se dice, qué no y por qué (por número de Revisar, nombre o id)",
        "en": "one in full: prompt, what is said, what is not and why (by number of the review, name or id)",
    },
    "help.captions_replace": {
        "es": "sustituir VIEJO por NUEVO en todos, como palabras enteras",
        "en": "replace OLD with NEW in all, as whole words",
    },
    "help.captions_add": {"es": "añadir una frase a todos", "en": "add a phrase to all"},
    "help.captions_remove": {"es": "quitar una frase de todos", "en": "remove a phrase from all"},
    "help.captions_renew": {
        "es": "hacer que los que has editado empiecen por la activación y la clase de ahora",
        "en": "make those that you edited begin with the trigger and class word of now",
    },
    "help.captions_suggest": {
        "es": """
            describir las imágenes de las que ningún prompt dice nada, las fotos sobre todo: con un generador del entrenador
            (tags, sentences) o con un modelo con visión de tu Ollama, LM Studio… (server); none retira tu permiso y borra los
            modelos descargados
        """,
        "en": """
            describe the pictures of which no prompt says anything, photos above all: with a captioner of the trainer (tags,
            sentences) or a vision model of your Ollama, LM Studio… (server); none takes your agreement back and deletes the
            models that were downloaded
        """,
    },
    "help.captions_all": {
        "es": "con --suggest: todas las que no has editado, no solo las dudosas",
        "en": "with --suggest: all that you have not edited, not only the doubtful ones",
    },
    "help.captions_agree": {
        "es": "con --suggest: aceptas lo que necesita (la primera vez lo dice y no hace nada más)",
        "en": "with --suggest: you agree to what it needs (the first time it says so and does nothing else)",
    },
    "help.captions_undo": {"es": "deshacer el último cambio", "en": "undo the last change"},
    "help.captions_apply": {"es": "escribir los cambios", "en": "write the changes"},
    "help.prepare": {"es": "preparar el dataset LoRA", "en": "prepare the LoRA dataset"},
    "help.configure": {"es": "hacer el plan de entrenamiento", "en": "make the training plan"},
    "help.train": {"es": "entrenar", "en": "train"},
    "help.monitor": {"es": "ver los entrenamientos", "en": "see the training runs"},
    "help.models": {"es": "ver los modelos", "en": "see the models"},
    "help.dashboard": {
        "es": "páginas en el navegador de este equipo: entrenamiento en directo, revisión, resultados",
        "en": "pages in the browser of this computer: the training live, review, results",
    },
    "help.port": {"es": "solo este puerto (1024-65535)", "en": "this port and no other (1024-65535)"},
    "help.open": {"es": "abrirlo en el navegador", "en": "open it in the browser"},
    "help.stop_dashboard": {"es": "cerrar el que está en marcha", "en": "end the one that runs"},
    "help.status": {"es": "estado de las etapas", "en": "state of the stages"},
    "help.run": {"es": "todas las etapas que falten, en orden", "en": "run all stages that are not done yet, in order"},
    "help.trainer": {
        "es": "instalar sd-scripts y su PyTorch en kohya_ss/",
        "en": "install sd-scripts and its PyTorch in kohya_ss/",
    },
    "help.prepare_check": {
        "es": "solo decir si está listo y qué conviene; no escribe nada",
        "en": "only tell whether it is ready and what is advised; write nothing",
    },
    "help.check": {"es": "solo comprobar", "en": "only check"},
    "help.repository": {
        "es": "sd-scripts de otra dirección, de una carpeta o de un zip",
        "en": "sd-scripts from another address, a folder or a zip",
    },
    "help.torch_index": {
        "es": "de dónde viene PyTorch: una dirección, o pip para lo que pip tenga configurado",
        "en": "where PyTorch comes from: an address, or pip for what pip is configured with",
    },
    "help.revision": {"es": "otra revisión de sd-scripts", "en": "another revision of sd-scripts"},
    "help.trigger": {"es": "palabra de activación (por defecto, el nombre)", "en": "trigger word (default: the name)"},
    "help.class_word": {"es": "palabra de clase en inglés: man, woman, person", "en": "class word: man, woman, person"},
    "help.name": {"es": "nombre para mostrar", "en": "display name"},
    "help.consent": {"es": "nota de consentimiento", "en": "note about consent"},
    "help.client_restore": {
        "es": "traer un cliente de un zip exportado, en este equipo o en otro",
        "en": "bring a client back from an exported zip, on this computer or another",
    },
    "help.restore_as": {"es": "con otro nombre", "en": "under another name"},
    "help.deliver": {
        "es": "escribir el zip que se entrega: modelo, imágenes, instrucciones y sumas",
        "en": "write the zip that is handed over: model, pictures, instructions and checksums",
    },
    "help.add_model": {
        "es": "traer un LoRA entrenado en otro sitio (.safetensors, o un zip con él), comprobado",
        "en": "bring home a LoRA that was trained elsewhere (.safetensors, or a zip with it), checked",
    },
    "help.install": {
        "es": "copiar el modelo adonde ComfyUI, A1111, Forge o InvokeAI lo buscan",
        "en": "copy the model to where ComfyUI, A1111, Forge or InvokeAI look for it",
    },
    "help.install_to": {
        "es": "el programa, o la carpeta de LoRAs (ComfyUI: models/loras; A1111, Forge: models/Lora)",
        "en": "the program, or the folder of LoRAs (ComfyUI: models/loras; A1111, Forge: models/Lora)",
    },
    "help.install_remove": {
        "es": "quitar de ahí lo que instaló este programa",
        "en": "take away from there what this program installed",
    },
    "help.with_pictures": {
        "es": "incluir también las imágenes de entrenamiento",
        "en": "include the training pictures too",
    },
    "help.originals": {"es": "incluir los originales", "en": "include the originals"},
    "help.confirm": {"es": "el nombre otra vez, para no preguntar", "en": "the name again, to skip the question"},
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
    "help.workers": {"es": "número de procesos en paralelo", "en": "number of parallel processes"},
    "help.force": {"es": "procesar todo de nuevo", "en": "process everything again"},
    "help.approve": {"es": "aprobar a mano, números: 3,7-12", "en": "approve by hand, numbers: 3,7-12"},
    "help.reject": {"es": "rechazar a mano, números: 3,7-12", "en": "reject by hand, numbers: 3,7-12"},
    "help.clear": {"es": "devolver a las reglas", "en": "return to the rules"},
    "help.face": {"es": "usar otra cara de una imagen (1, 2, …)", "en": "use another face of a picture (1, 2, …)"},
    "help.presets": {
        "es": "lo que llevaría cada preajuste: pasos, tiempo, disco",
        "en": "what each preset would take: steps, time, disk",
    },
    "help.hold_out": {
        "es": "reservar estas fotos: no se entrenan, con ellas se mide después el parecido (1, 3-5)",
        "en": "keep these photos aside: they are not trained, likeness is measured on them later (1, 3-5)",
    },
    "help.train_photo": {
        "es": "entrenar estas fotos, aunque las reglas las reservarían (1, 3-5)",
        "en": "train these photos, even if the rules would keep them aside (1, 3-5)",
    },
    "help.is_client": {
        "es": """
            estas imágenes muestran a este cliente, aunque no se le parezcan (1, 3-5); si no se sabía cuál de varias personas
            es, las imágenes de las demás se rechazan
        """,
        "en": """
            these pictures show this client, however little they look so (1, 3-5); where it was open which of several persons
            that is, the pictures of the others are rejected
        """,
    },
    "help.preset": {
        "es": "preajuste de entrenamiento: quick (rápido), balanced (equilibrado) o quality (calidad)",
        "en": "training preset",
    },
    "help.gpu": {
        "es": "tarjeta gráfica por su nombre o una parte: 4060ti, «3060 8»",
        "en": "graphics card by its name or a part of it: 4060ti, '3060 8'",
    },
    "help.set": {
        "es": "cambiar un valor del plan; CLAVE=- quita el que se dio antes",
        "en": "change a value of the plan; KEY=- removes one that was set before",
    },
    "help.unset": {"es": "quitar un valor que se dio con --set", "en": "remove a value that was set with --set"},
    "help.new_plan": {
        "es": "olvidar preajuste, tarjeta y valores elegidos antes",
        "en": "forget preset, card and values chosen before",
    },
    "help.dry_run": {"es": "comprobar y mostrar el comando, sin entrenar", "en": "check and show the command, no training"},
    "help.resume": {"es": "continuar desde el último estado guardado", "en": "continue from the last saved state"},
    "help.mj": {"es": "imágenes MidJourney", "en": "MidJourney pictures"},
    "help.real": {"es": "fotos reales", "en": "real photos"},
    "help.until": {
        "es": "última etapa: import, process, prepare, configure, check o train",
        "en": "last stage: import, process, prepare, configure, check or train",
    },
    "command.more": {
        "es": "Hay más detalles: repite la orden con --details.",
        "en": "There is more: repeat the command with --details.",
    },
    "command.more_in_menus": {"es": "Hay más detalles: escribe +.", "en": "There is more: type +."},
    "command.bug": Error(
        what={
            "es": "Error interno del programa, no es culpa tuya.",
            "en": "Internal error in the program; it is not your fault.",
        },
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "repite; si vuelve a ocurrir, envía el registro {log}",
            "en": "repeat; if it happens again, send the log {log}",
        },
    ),
    "command.interrupted": {
        "es": "Interrumpido. Lo ya terminado se conserva; repite para continuar.",
        "en": "Interrupted. What was finished is kept; repeat to continue.",
    },
    "usage.missing": {"es": "faltan estos argumentos: {names}", "en": "these arguments are missing: {names}"},
    "usage.unknown": {"es": "argumentos que no existen: {names}", "en": "arguments that do not exist: {names}"},
    "usage.choice": {
        "es": "argumento {name}: {value} no vale (elige entre {choices})",
        "en": "argument {name}: {value} is not accepted (choose from {choices})",
    },
    "usage.several": {
        "es": "argumento {name}: «{value}» puede ser cualquiera de estos; escribe lo que está a la derecha:\n{which}",
        "en": "argument {name}: '{value}' may be any of these; write what stands on the right:\n{which}",
    },
    "usage.one_of_them": {"es": "{label}: {choice}", "en": "{label}: {choice}"},
    "usage.no_value": {"es": "argumento {name}: falta su valor", "en": "argument {name}: its value is missing"},
    "usage.no_values": {"es": "argumento {name}: lleva al menos un valor", "en": "argument {name}: takes at least one value"},
    "usage.too_few": {
        "es": "argumento {name}: lleva {count:valor|valores}",
        "en": "argument {name}: takes {count:value|values}",
    },
    "usage.takes_none": {
        "es": "argumento {name}: no lleva ningún valor, y {value} sobra",
        "en": "argument {name}: takes no value, but got {value}",
    },
    "usage.not_together": {
        "es": "argumento {name}: no puede ir junto con {other}",
        "en": "argument {name}: not allowed together with {other}",
    },
    "usage.needs_one_of": {
        "es": "argumento {name}: hace falta uno de estos: {names}",
        "en": "argument {name}: needs one of these: {names}",
    },
    "usage.bad_value": {"es": "argumento {name}: {value}", "en": "argument {name}: {value}"},
    "usage.other": {"es": "{detail}", "en": "{detail}"},
    "usage.wrong": Error(
        what={"es": "El comando no es válido.", "en": "The command is not valid."},
        why={"es": "{detail}", "en": "{detail}"},
        do={
            "es": "escríbelo así; --help lo explica:\n{usage}",
            "en": "write it like this; --help explains it:\n{usage}",
        },
    ),
    "word.yes": {"es": "sí", "en": "yes"},
    "word.no": {"es": "no", "en": "no"},
    "word.never": {"es": "nunca", "en": "never"},
    "word.none": {"es": "ninguno", "en": "none"},
    "word.early": {"es": "antes", "en": "early"},
    "shell.powershell": {"es": "Windows, PowerShell:", "en": "Windows, PowerShell:"},
    # Placeholders of values in usage lines.
    "metavar.CANDIDATE": {"es": "VARIANTE", "en": "CANDIDATE"},
    "metavar.COMMIT": {"es": "REVISIÓN", "en": "COMMIT"},
    "metavar.FILE": {"es": "ARCHIVO", "en": "FILE"},
    "metavar.FOLDER": {"es": "CARPETA", "en": "FOLDER"},
    "metavar.H": {"es": "HORAS", "en": "HOURS"},
    "metavar.IMAGE": {"es": "IMAGEN", "en": "IMAGE"},
    "metavar.JOB": {"es": "GRUPO", "en": "JOB"},
    "metavar.KEY": {"es": "CLAVE", "en": "KEY"},
    "metavar.VALUE": {"es": "VALOR", "en": "VALUE"},
    "metavar.MODEL": {"es": "MODELO", "en": "MODEL"},
    "metavar.WEIGHT": {"es": "PESO", "en": "WEIGHT"},
    "metavar.NAME": {"es": "NOMBRE", "en": "NAME"},
    "metavar.NEW_ID": {"es": "ID_NUEVO", "en": "NEW_ID"},
    "metavar.PATH": {"es": "RUTA", "en": "PATH"},
    "metavar.PHRASE": {"es": "FRASE", "en": "PHRASE"},
    "metavar.STAGE": {"es": "ETAPA", "en": "STAGE"},
    "metavar.STEP": {"es": "PASO", "en": "STEP"},
    "metavar.TEXT": {"es": "TEXTO", "en": "TEXT"},
    "metavar.TRIAL": {"es": "PRUEBA", "en": "TRIAL"},
    "metavar.W": {"es": "PALABRA", "en": "WORD"},
    "metavar.OLD": {"es": "VIEJO", "en": "OLD"},
    "metavar.NEW": {"es": "NUEVO", "en": "NEW"},
    "metavar.D": {"es": "CARPETA", "en": "FOLDER"},
}
